"""Puts the views and table macros of the contracts into a DuckDB file, with comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.connect import sql_name, sql_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from schemas.view import View


def create_views(connection: duckdb.DuckDBPyConnection, views: Iterable[View]) -> None:
    """Create or replace views and table macros; the tables that they read must be there."""
    for view in views:
        name = sql_name(view.name)
        if view.parameters is None:
            connection.execute(f"CREATE OR REPLACE VIEW {name} AS {view.sql}")
            connection.execute(f"COMMENT ON VIEW {name} IS {sql_text(view.comment)}")
            for column, description in view.columns.items():
                connection.execute(f"COMMENT ON COLUMN {name}.{sql_name(column)} IS {sql_text(description)}")
        else:
            connection.execute(f"CREATE OR REPLACE MACRO {name}({view.parameters}) AS TABLE {view.sql}")
            connection.execute(f"COMMENT ON MACRO TABLE {name} IS {sql_text(view.comment)}")
