"""Each view and macro has the columns that its description names, says so in the file, and answers its example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemas.views import ALL_VIEWS
from warehouse.query import open_warehouse

if TYPE_CHECKING:
    from flows.build import RunSummary
    from schemas.view import View

every_view = pytest.mark.parametrize("view", ALL_VIEWS, ids=lambda view: view.name)


@every_view
def test_has_the_columns_described(view: View, seeds_run: RunSummary) -> None:
    arguments = "" if view.parameters is None else "('')"
    with open_warehouse(seeds_run.folder.warehouse) as con:
        assert con.sql(f"FROM {view.name}{arguments} LIMIT 0").columns == list(view.columns)


@every_view
def test_answers_its_example(view: View, seeds_run: RunSummary) -> None:
    with open_warehouse(seeds_run.folder.warehouse) as con:
        assert con.sql(view.example).fetchall()


@every_view
def test_says_in_the_file_what_it_is(view: View, seeds_run: RunSummary) -> None:
    found = (
        "SELECT comment FROM duckdb_views() WHERE schema_name || '.' || view_name = ?"
        if view.parameters is None
        else "SELECT comment FROM duckdb_functions() WHERE schema_name || '.' || function_name = ?"
    )
    with open_warehouse(seeds_run.folder.warehouse) as con:
        assert con.execute(found, [view.name]).fetchall() == [(view.comment,)]
