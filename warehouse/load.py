"""Loads Parquet parts into a candidate DuckDB file whose tables, keys and comments come from the contracts.

Primary keys, NOT NULL and foreign keys are declared, save those that DuckDB cannot bear: foreign keys into another schema (not supported)
and into the same table (checked row by row, so that a bulk load breaks them). The audit checks every key in any case.
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
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from schemas.table import Contract

log = logging.getLogger(__name__)


def load_candidate(candidate_folder: Path, tables: Iterable[Contract]) -> None:
    """Create the tables in the candidate's DuckDB file (made if there is none, tables replaced) and load their Parquet parts.

    Tables come in an order in which each follows those it refers to. Rows that break a key are loaded all the same, into a table without
    keys, and a part that does not fit its table leaves the table empty: the audit then says what is wrong, and the candidate is rejected.
    """
    contracts = tuple(tables)
    connection = open_duckdb(warehouse_file(candidate_folder), read_only=False)
    try:
        for schema in SCHEMAS:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {sql_name(schema)}")
        for macro in MACROS:
            connection.execute(f"CREATE OR REPLACE MACRO {macro.name}({macro.parameters}) AS {macro.body}")
            connection.execute(f"COMMENT ON MACRO {macro.name} IS {sql_text(macro.description)}")
        for contract in reversed(contracts):
            connection.execute(f"DROP TABLE IF EXISTS {sql_name(contract.name)}")
        for contract in contracts:
            _load_table(connection, candidate_folder, contract)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


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


def create_statement(contract: Contract, present: Iterable[str] = (), *, with_keys: bool = True) -> str:
    """Return the CREATE TABLE statement; foreign keys only to tables that are `present` already."""
    columns = contract.columns.to_schema().columns
    parts = [
        f"{sql_name(name)} {sql_type}{' NOT NULL' if with_keys and not columns[name].nullable else ''}"
        for name, sql_type in sql_types(contract).items()
    ]
    if with_keys:
        parts.append(f"PRIMARY KEY ({_list(contract.primary_key)})")
        parts += _foreign_keys(contract, set(present))
    return f"CREATE TABLE {sql_name(contract.name)} ({', '.join(parts)})"


def _foreign_keys(contract: Contract, present: set[str]) -> Iterator[str]:
    for key in contract.foreign_keys:
        if key.table in present and key.table != contract.name and key.table.startswith(f"{contract.schema}."):
            yield f"FOREIGN KEY ({_list(key.columns)}) REFERENCES {sql_name(key.table)} ({_list(key.references)})"


def _load_table(connection: duckdb.DuckDBPyConnection, folder: Path, contract: Contract) -> None:
    name = sql_name(contract.name)
    keyed = "SELECT DISTINCT schema_name || '.' || table_name FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'"
    present = [row[0] for row in connection.execute(keyed).fetchall()]
    connection.execute(create_statement(contract, present))
    try:
        _insert_parts(connection, folder, contract)
    except duckdb.ConstraintException as error:
        log.warning("%s: rows break its keys, so it is loaded without keys for the audit to list them: %s", contract.name, error)
        connection.execute(f"DROP TABLE {name}")
        connection.execute(create_statement(contract, with_keys=False))
        _insert_parts(connection, folder, contract)
    except (duckdb.IOException, duckdb.OutOfMemoryException):
        raise
    except duckdb.Error as error:
        log.warning("%s: its Parquet parts cannot be loaded: %s", contract.name, error)
    _comment(connection, contract)


def _insert_parts(connection: duckdb.DuckDBPyConnection, folder: Path, contract: Contract) -> None:
    if any(table_parts(folder, contract.name).glob("*.parquet")):
        connection.execute(f"INSERT INTO {sql_name(contract.name)} {read_parts(contract)}")


def _comment(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    connection.execute(f"COMMENT ON TABLE {sql_name(contract.name)} IS {sql_text(contract.description)}")
    for name, column in contract.columns.to_schema().columns.items():
        connection.execute(f"COMMENT ON COLUMN {sql_name(contract.name)}.{sql_name(name)} IS {sql_text(column.description or '')}")


def _list(columns: Iterable[str]) -> str:
    return ", ".join(sql_name(column) for column in columns)
