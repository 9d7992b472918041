"""Loads Parquet parts into a candidate DuckDB file whose tables and comments come from the contracts.

The file begins empty, or as a copy of the published release's: then only rows of parts that went are deleted, and parts that came loaded.
NOT NULL is declared; keys are named in the comments and checked by the audit, not declared: DuckDB keeps an index in the file for each
(measured: twice the time to load, half as much again in bytes), and knows no foreign keys into another schema or the same table.
Texts are declared uncompressed, which nine in ten bytes of them are anyway: to have DuckDB try took a third of the load for a sixth of
the file. The index's postings are sorted by pair: not to have DuckDB find out that a pair stands in runs spares a fifth of storing them.
"""

from __future__ import annotations

import logging
import os
import shutil
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from schemas.tables import MACROS, SCHEMAS
from warehouse.connect import open_duckdb, open_memory, sql_name, sql_text
from warehouse.folder import table_parts, warehouse_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from schemas.table import Contract

LOADED_BYTES = "loaded_bytes"  # beside the DuckDB file: how long it was when all was last loaded into an empty one
MOST_GROWTH = 1.3
COMPRESSION = {"VARCHAR": "uncompressed", "bigram": "rle"}  # by type or column; of others DuckDB tries each kind

log = logging.getLogger(__name__)


class Exchange(NamedTuple):
    """Parquet parts of a table that a release has and a candidate has not, and the other way round: paths from the candidate's folder."""

    gone: list[str]
    come: list[str]


def load_candidate(candidate_folder: Path, tables: Iterable[Contract], release: Path | None = None) -> None:
    """Create the tables in the candidate's DuckDB file (made if there is none, tables replaced) and load their Parquet parts.

    With a `release` that was made by the same code and not touched since, a new file begins as a copy of its file; where that fails, for
    whatever reason, or would leave the file much longer than need be, it begins empty.

    Rows that lack a value are loaded all the same, into a table that allows it, and a part that does not fit its table leaves the table
    empty: the audit then says what is wrong, and the candidate is rejected.
    """
    contracts = tuple(tables)
    if release is not None and _is_compact(release):
        try:
            _load_tables(candidate_folder, contracts, release)
        except duckdb.Error as error:
            log.warning("the published DuckDB file is not to be built on, so that all is loaded: %s", error)
            file = warehouse_file(candidate_folder)
            for left in (file, file.with_name(f"{file.name}.wal")):
                left.unlink(missing_ok=True)
        else:
            shutil.copyfile(release / LOADED_BYTES, candidate_folder / LOADED_BYTES)
            return
    is_new = not warehouse_file(candidate_folder).exists()
    _load_tables(candidate_folder, contracts)
    if is_new:
        (candidate_folder / LOADED_BYTES).write_text(str(warehouse_file(candidate_folder).stat().st_size), encoding="utf-8")


def create_schemas(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas of the warehouse, and the SQL functions that rules use."""
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {sql_name(schema)}")
    for macro in MACROS:
        connection.execute(f"CREATE OR REPLACE MACRO {macro.name}({macro.parameters}) AS {macro.body}")
        connection.execute(f"COMMENT ON MACRO {macro.name} IS {sql_text(macro.description)}")


def read_parts(contract: Contract, parts: Sequence[str] = ()) -> str:
    """Return SQL that reads Parquet parts of a table, all or those named, in its types; relative to the folder of the DuckDB file."""
    return cast_rows(contract, _open_parts(parts or [f"parquet/{contract.schema}/{contract.table}/*.parquet"]))


def cast_rows(contract: Contract, rows: str) -> str:
    """Return SQL for rows of a table, from wherever they come, in the table's types."""
    columns = ", ".join(f"{sql_name(name)}::{sql_type} AS {sql_name(name)}" for name, sql_type in sql_types(contract).items())
    return f"SELECT {columns} FROM {rows}"


@cache
def sql_types(contract: Contract) -> dict[str, str]:
    """Return the DuckDB type of each column, as DuckDB itself translates the contract's Arrow schema."""
    with open_memory().cursor() as connection:
        columns = connection.from_arrow(contract.empty().to_arrow())
        return dict(zip(columns.columns, map(str, columns.types), strict=True))


def create_statement(contract: Contract, *, is_strict: bool = True) -> str:
    """Return the statement that creates the table, or replaces it; where `is_strict`, with NOT NULL as agreed."""
    columns = contract.columns.to_schema().columns
    parts = [
        " ".join(
            [
                sql_name(name),
                sql_type,
                *(["NOT NULL"] if is_strict and not columns[name].nullable else []),
                *(f"USING COMPRESSION {COMPRESSION[key]}" for key in (name, sql_type) if key in COMPRESSION),
            ]
        )
        for name, sql_type in sql_types(contract).items()
    ]
    return f"CREATE OR REPLACE TABLE {sql_name(contract.name)} ({', '.join(parts)})"


def _is_compact(release: Path) -> bool:
    """Tell whether the release's file is not much longer than it was when all was loaded: what is deleted leaves gaps."""
    try:
        loaded = int((release / LOADED_BYTES).read_text(encoding="utf-8"))
        return warehouse_file(release).stat().st_size <= MOST_GROWTH * loaded
    except (OSError, ValueError):
        return False


def _load_tables(folder: Path, contracts: Iterable[Contract], release: Path | None = None) -> None:
    if release is not None:
        shutil.copyfile(warehouse_file(release), warehouse_file(folder))
    connection = open_duckdb(warehouse_file(folder), read_only=False)
    try:
        if release is not None:
            _drop_all_but_tables(connection)
        create_schemas(connection)
        exchanges = {contract: _compare_parts(release, folder, contract) if release else None for contract in contracts}
        for contract, exchange in exchanges.items():
            _delete_rows(connection, contract, exchange)
        connection.execute("CHECKPOINT")  # so that what they took is free for others
        for contract, exchange in exchanges.items():
            _load_table(connection, folder, contract, exchange)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _drop_all_but_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what is made of the tables, and those that tell of the run: they are made again."""
    made = connection.execute("""
        SELECT 'VIEW', schema_name, view_name FROM duckdb_views() WHERE NOT internal
        UNION
        SELECT CASE function_type WHEN 'macro' THEN 'MACRO' ELSE 'MACRO TABLE' END, schema_name, function_name
        FROM duckdb_functions()
        WHERE NOT internal
    """).fetchall()
    for kind, schema, name in made:
        connection.execute(f"DROP {kind} {sql_name(f'{schema}.{name}')}")
    for schema in ("quality", "search"):
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def _compare_parts(release: Path, candidate: Path, contract: Contract) -> Exchange | None:
    """Compare the parts of a table, which are the same file where they are the same; None where too few are to be worth it."""
    before, now = (
        {(found.st_dev, found.st_ino): path for path in table_parts(folder, contract.name).glob("*.parquet") for found in [path.stat()]}
        for folder in (release, candidate)
    )
    gone, come = ([some[key] for key in some if key not in others] for some, others in ((before, now), (now, before)))
    if 2 * len(gone) > len(before):
        return None
    return Exchange(*([os.path.relpath(path.resolve(), candidate.resolve()) for path in sorted(paths)] for paths in (gone, come)))


def _delete_rows(connection: duckdb.DuckDBPyConnection, contract: Contract, exchange: Exchange | None) -> None:
    """Delete the rows of parts that went; where parts are not exchanged, the whole table."""
    if exchange is None:
        connection.execute(f"DROP TABLE IF EXISTS {sql_name(contract.name)}")
    elif exchange.gone:
        matched = " AND ".join(f"held.{sql_name(name)} = gone.{sql_name(name)}" for name in contract.primary_key)
        connection.execute(f"DELETE FROM {sql_name(contract.name)} AS held USING {_open_parts(exchange.gone)} AS gone WHERE {matched}")


def _load_table(connection: duckdb.DuckDBPyConnection, folder: Path, contract: Contract, exchange: Exchange | None) -> None:
    """Load the parts that came; where parts are not exchanged, all into a new table."""
    if exchange is not None:
        if exchange.come:
            connection.execute(f"INSERT INTO {sql_name(contract.name)} {read_parts(contract, exchange.come)}")
        return
    connection.execute(create_statement(contract))
    try:
        _insert_parts(connection, folder, contract)
    except duckdb.ConstraintException as error:
        log.warning("%s: rows lack a value, so it is loaded without NOT NULL for the audit to list them: %s", contract.name, error)
        connection.execute(create_statement(contract, is_strict=False))
        _insert_parts(connection, folder, contract)
    except (duckdb.IOException, duckdb.OutOfMemoryException):
        raise
    except duckdb.Error as error:
        log.warning("%s: its Parquet parts cannot be loaded: %s", contract.name, error)
    comment_table(connection, contract)


def _insert_parts(connection: duckdb.DuckDBPyConnection, folder: Path, contract: Contract) -> None:
    if any(table_parts(folder, contract.name).glob("*.parquet")):
        connection.execute(f"INSERT INTO {sql_name(contract.name)} {read_parts(contract)}")


def _open_parts(parts: Sequence[str]) -> str:
    return f"read_parquet([{', '.join(map(sql_text, parts))}])"


def comment_table(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Put the contract's descriptions on a table and its columns."""
    comments = [f"COMMENT ON TABLE {sql_name(contract.name)} IS {sql_text(contract.comment)}"]
    for name, column in contract.columns.to_schema().columns.items():
        comments.append(f"COMMENT ON COLUMN {sql_name(contract.name)}.{sql_name(name)} IS {sql_text(column.description or '')}")
    connection.execute("; ".join(["BEGIN", *comments, "COMMIT"]))
