"""Loads Parquet parts into a candidate DuckDB file whose tables and comments come from the contracts.

NOT NULL is declared; keys are named in the comments and checked by the audit, not declared: DuckDB keeps an index in the file for each
(measured: twice the time to load, half as much again in bytes), and knows no foreign keys into another schema or the same table.
Texts are declared uncompressed, which nine in ten bytes of them are anyway: to have DuckDB try took a third of the load for a sixth of
the file.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

import duckdb

from schemas.tables import MACROS, SCHEMAS
from warehouse.connect import open_duckdb, sql_name, sql_text
from warehouse.folder import table_parts, warehouse_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from schemas.table import Contract

log = logging.getLogger(__name__)


def load_candidate(candidate_folder: Path, tables: Iterable[Contract]) -> None:
    """Create the tables in the candidate's DuckDB file (made if there is none, tables replaced) and load their Parquet parts.

    Rows that lack a value are loaded all the same, into a table that allows it, and a part that does not fit its table leaves the table
    empty: the audit then says what is wrong, and the candidate is rejected.
    """
    connection = open_duckdb(warehouse_file(candidate_folder), read_only=False)
    try:
        create_schemas(connection)
        for contract in tables:
            _load_table(connection, candidate_folder, contract)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def create_schemas(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas of the warehouse, and the SQL functions that rules use."""
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {sql_name(schema)}")
    for macro in MACROS:
        connection.execute(f"CREATE OR REPLACE MACRO {macro.name}({macro.parameters}) AS {macro.body}")
        connection.execute(f"COMMENT ON MACRO {macro.name} IS {sql_text(macro.description)}")


def read_parts(contract: Contract) -> str:
    """Return SQL that reads a table's Parquet parts, in the table's types; relative to the folder of the DuckDB file."""
    columns = ", ".join(f"{sql_name(name)}::{sql_type} AS {sql_name(name)}" for name, sql_type in sql_types(contract).items())
    return f"SELECT {columns} FROM read_parquet({sql_text(f'parquet/{contract.schema}/{contract.table}/*.parquet')})"


@cache
def sql_types(contract: Contract) -> dict[str, str]:
    """Return the DuckDB type of each column, as DuckDB itself translates the contract's Arrow schema."""
    with duckdb.connect() as connection:
        connection.register("contract", contract.empty().to_arrow())
        return {row[0]: row[1] for row in connection.execute("DESCRIBE contract").fetchall()}


def create_statement(contract: Contract, *, is_strict: bool = True) -> str:
    """Return the statement that creates the table, or replaces it; where `is_strict`, with NOT NULL as agreed."""
    columns = contract.columns.to_schema().columns
    parts = [
        " ".join(
            [
                sql_name(name),
                sql_type,
                *(["NOT NULL"] if is_strict and not columns[name].nullable else []),
                *(["USING COMPRESSION uncompressed"] if sql_type == "VARCHAR" else []),
            ]
        )
        for name, sql_type in sql_types(contract).items()
    ]
    return f"CREATE OR REPLACE TABLE {sql_name(contract.name)} ({', '.join(parts)})"


def _load_table(connection: duckdb.DuckDBPyConnection, folder: Path, contract: Contract) -> None:
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


def comment_table(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Put the contract's descriptions on a table and its columns."""
    comments = [f"COMMENT ON TABLE {sql_name(contract.name)} IS {sql_text(contract.comment)}"]
    for name, column in contract.columns.to_schema().columns.items():
        comments.append(f"COMMENT ON COLUMN {sql_name(contract.name)}.{sql_name(name)} IS {sql_text(column.description or '')}")
    connection.execute("; ".join(["BEGIN", *comments, "COMMIT"]))
