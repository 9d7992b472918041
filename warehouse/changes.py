"""Two releases in; the rows that came, went or changed between them, by table and key, out; or just what became of the sources.

DuckDB compares tables in place: keys and hashes of rows first, then the columns of the rows that differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from schemas.errors import WarehouseError
from schemas.lineage import SOURCES
from schemas.tables import DATA_TABLES
from warehouse.connect import duckdb_settings, sql_name, sql_text
from warehouse.folder import table_parts, warehouse_file

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.table import Contract

SOURCE_CHANGES = ("new", "changed", "removed", "refused")
CHANGE_SCHEMA = {"table_name": pl.String, "change": pl.String, "key": pl.String, "columns": pl.List(pl.String)}


@dataclass(frozen=True)
class SourceChanges:
    """What became of the sources since the release `since`: ids by change; `refused` ones were in it and are in quarantine now."""

    since: str
    new: list[str]
    changed: list[str]
    removed: list[str]
    refused: list[str]


def compare_sources(published: Path, candidate: Path, quarantine: pl.DataFrame) -> SourceChanges | None:
    """Compare the sources of a candidate with those of the published release; None where there is none, or none that can be read."""
    try:
        old, new = (_read_sources(folder) for folder in (published, candidate))
    except (OSError, pl.exceptions.PolarsError):
        return None
    both = old.join(new, on="source_id", how="full", coalesce=True, suffix="_now").sort("source_id")
    is_gone = pl.col("sha256_now").is_null()
    is_refused = pl.col("source_id").is_in(quarantine["source_id"].implode())
    change = (
        pl.when(pl.col("sha256").is_null())
        .then(pl.lit("new"))
        .when(is_gone & is_refused)
        .then(pl.lit("refused"))
        .when(is_gone)
        .then(pl.lit("removed"))
        .when(pl.col("sha256") != pl.col("sha256_now"))
        .then(pl.lit("changed"))
    )
    named = both.select("source_id", change=change)
    return SourceChanges(published.resolve().name, **{kind: named.filter(change=kind)["source_id"].to_list() for kind in SOURCE_CHANGES})


def _read_sources(release: Path) -> pl.DataFrame:
    parts = sorted(table_parts(release, SOURCES.name).glob("*.parquet"))
    if not parts:
        raise FileNotFoundError(release)
    return pl.read_parquet(parts, columns=["source_id", "sha256"], glob=False)


def compare_releases(old: Path, new: Path) -> pl.DataFrame:
    """Compare the data tables of two release folders.

    Returns one row for each row that differs, in the order of tables and keys: `table_name`, `change` (added, removed, changed), `key` (the
    values of the primary key, parted by spaces) and `columns` (those that changed). Columns that differ between any two runs, and those
    that only one of the releases has, are not compared. Raises WarehouseError where a release cannot be read.
    """
    with duckdb.connect(config=duckdb_settings()) as connection:
        for name, release in (("old", old), ("new", new)):
            try:
                connection.execute(f"ATTACH {sql_text(str(warehouse_file(release)))} AS {name} (READ_ONLY)")
            except duckdb.Error as error:
                raise WarehouseError(f"the release {release.name} cannot be read: {' '.join(str(error).split())[:200]}") from None
        found = [_compare_table(connection, contract) for contract in DATA_TABLES]
    return pl.concat([pl.DataFrame(schema=CHANGE_SCHEMA), *found])


def count_changes(changes: pl.DataFrame) -> pl.DataFrame:
    """Count what `compare_releases` found: `table_name`, `added`, `removed`, `changed`; tables in their order."""
    kinds = ("added", "removed", "changed")
    return changes.group_by("table_name", maintain_order=True).agg((pl.col("change") == kind).sum().alias(kind) for kind in kinds)


def _compare_table(connection: duckdb.DuckDBPyConnection, contract: Contract) -> pl.DataFrame:
    sides = {side: _columns(connection, side, contract) for side in ("old", "new")}
    shared = [name for name in contract.dtypes if all(name in columns for columns in sides.values()) and name not in contract.volatile]
    keys = [sql_name(name) for name in contract.primary_key]
    values = {name: sql_name(name) for name in shared if name not in contract.primary_key}
    by_key = ", ".join(keys)
    same_key = " AND ".join(f"old_rows.{key} = new_rows.{key}" for key in keys)

    def rows(side: str) -> str:
        if not sides[side]:  # of a release from before there was this table
            return f"(SELECT {', '.join(f'NULL AS {key}' for key in keys)}, NULL AS hashed WHERE false) AS {side}_rows"
        hashed = f"hash({', '.join(values.values()) or '0'}) AS hashed"
        return f"(SELECT {by_key}, {hashed} FROM {side}.{sql_name(contract.name)}) AS {side}_rows"

    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE differing AS
        SELECT {", ".join(f"coalesce(new_rows.{key}, old_rows.{key}) AS {key}" for key in keys)},
            CASE WHEN old_rows.hashed IS NULL THEN 'added' WHEN new_rows.hashed IS NULL THEN 'removed' ELSE 'changed' END AS change
        FROM {rows("old")} FULL JOIN {rows("new")} ON {same_key}
        WHERE old_rows.hashed IS DISTINCT FROM new_rows.hashed
    """)
    names = ", ".join(
        f"CASE WHEN old_rows.{column} IS DISTINCT FROM new_rows.{column} THEN {sql_text(name)} END" for name, column in values.items()
    )
    columns = f"""
        SELECT {", ".join(f"new_rows.{key}" for key in keys)}, list_filter([{names}]::VARCHAR[], lambda name: name IS NOT NULL) AS columns
        FROM new.{sql_name(contract.name)} AS new_rows
        SEMI JOIN (FROM differing WHERE change = 'changed') AS altered USING ({by_key})
        JOIN old.{sql_name(contract.name)} AS old_rows ON {same_key}
    """
    nothing = f"SELECT {by_key}, NULL::VARCHAR[] AS columns FROM differing WHERE false"
    return connection.sql(f"""
        SELECT {sql_text(contract.name)} AS table_name, change, concat_ws(' ', {", ".join(f"differing.{key}" for key in keys)}) AS key,
            coalesce(columns, []::VARCHAR[]) AS columns
        FROM differing LEFT JOIN ({columns if all(sides.values()) else nothing}) USING ({by_key})
        ORDER BY {", ".join(f"differing.{key}" for key in keys)}
    """).pl()


def _columns(connection: duckdb.DuckDBPyConnection, side: str, contract: Contract) -> set[str]:
    where = f"database_name = '{side}' AND schema_name = {sql_text(contract.schema)} AND table_name = {sql_text(contract.table)}"
    return {row[0] for row in connection.execute(f"SELECT column_name FROM duckdb_columns() WHERE {where}").fetchall()}
