"""Writes, for each check, the DuckDB query that lists the rows that break it: what the audit runs, counts and shows samples of."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from warehouse.connect import sql_name, sql_text
from warehouse.load import read_parts, sql_types

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.checks import Check, Kind
    from schemas.table import Contract, ForeignKey

ROW_KINDS: tuple[Kind, ...] = ("not_null", "values", "pattern", "minimum", "maximum", "length", "row_rule")


def list_breaches(check: Check, contract: Contract) -> str:
    """Return a query with one row a row of the table that breaks the check, its primary key first."""
    table = sql_name(contract.name)
    of_tables: dict[Kind, Callable[[], str]] = {
        "columns": lambda: _wrong_columns(contract),
        "type": lambda: _wrong_type(check, contract),
        "unique": lambda: _repeated_keys(check, contract),
        "foreign_key": lambda: _orphans(check.value, contract),
        "table_rule": lambda: check.value.breaches,
        "not_empty": lambda: f"SELECT 'no row' AS problem WHERE NOT EXISTS (SELECT 1 FROM {table})",
        "handed_over": lambda: _changed_rows(contract),
    }
    if check.kind in of_tables:
        return of_tables[check.kind]()
    shown = "*" if check.kind == "row_rule" else _shown(contract, check.column or "")
    return f"SELECT {shown} FROM {table} WHERE {breach_of_row(check)}"


def breach_of_row(check: Check) -> str:
    """Return the condition that a row which breaks the check, one of `ROW_KINDS`, makes TRUE."""
    if check.kind == "row_rule":
        return f"NOT ({check.value.condition})"
    column = sql_name(check.column or "")
    if check.kind == "not_null":
        return f"{column} IS NULL"
    if check.kind == "values":
        return f"{column} NOT IN ({', '.join(sql_literal(value) for value in check.value)})"
    value = sql_literal(check.value)
    return {
        "pattern": f"NOT regexp_matches({column}, {value})",
        "length": f"{column} = ''" if check.value == 1 else f"length({column}) < {value}",
        "minimum": f"{column} < {value}",
        "maximum": f"{column} > {value}",
    }[check.kind]


def find_repeated_key(check: Check, contract: Contract) -> str:
    """Return a query with a row a key that stands in more than one row: far cheaper than to list these rows.

    Where each row's key comes after that of the row above, as in tables that lie sorted, there is none, and keys are not grouped.
    """
    table, names = sql_name(contract.name), [sql_name(name) for name in check.value]
    key = ", ".join(names)
    above = ", ".join(f"lag({name}) OVER () AS above_{number}" for number, name in enumerate(names))
    comes_after = "FALSE"
    for number, name in reversed(list(enumerate(names))):
        comes_after = f"{name} > above_{number} OR ({name} = above_{number} AND ({comes_after}))"
    return f"""
        WITH falls AS (SELECT count(*) FILTER (WHERE ({comes_after}) IS NOT TRUE) AS n_falls FROM (SELECT {key}, {above} FROM {table}))
        SELECT {key}
        FROM {table}
        WHERE (SELECT n_falls FROM falls) > 1 AND {_has_key(check)}
        GROUP BY ALL
        HAVING count(*) > 1
    """


def sql_literal(value: Any) -> str:
    """Return a Python value as a SQL literal."""
    if isinstance(value, str):
        return sql_text(value) if value.isprintable() else " || ".join(sql_text(c) if c.isprintable() else f"chr({ord(c)})" for c in value)
    if isinstance(value, dt.date):
        return f"DATE {sql_text(value.isoformat())}"
    return repr(value)


def _shown(contract: Contract, *columns: str) -> str:
    return ", ".join(sql_name(name) for name in dict.fromkeys([*contract.primary_key, *columns]))


def _wrong_columns(contract: Contract) -> str:
    return f"""
        SELECT {sql_text(", ".join(contract.dtypes))} AS agreed, found
        FROM (
            SELECT string_agg(column_name, ', ' ORDER BY column_index) AS found
            FROM duckdb_columns()
            WHERE schema_name = {sql_text(contract.schema)} AND table_name = {sql_text(contract.table)}
        )
        WHERE found IS DISTINCT FROM agreed
    """


def _wrong_type(check: Check, contract: Contract) -> str:
    return f"""
        SELECT {sql_text(sql_types(contract)[check.column or ""])} AS agreed, (
            SELECT data_type
            FROM duckdb_columns()
            WHERE schema_name = {sql_text(contract.schema)} AND table_name = {sql_text(contract.table)}
                AND column_name = {sql_text(check.column or "")}
        ) AS found
        WHERE found IS DISTINCT FROM agreed
    """


def _repeated_keys(check: Check, contract: Contract) -> str:
    key = ", ".join(sql_name(name) for name in check.value)
    shown = _shown(contract, *check.value)
    return f"SELECT {shown} FROM {sql_name(contract.name)} WHERE {_has_key(check)} QUALIFY count(*) OVER (PARTITION BY {key}) > 1"


def _has_key(check: Check) -> str:
    return " AND ".join(f"{sql_name(name)} IS NOT NULL" for name in check.value)


def _orphans(key: ForeignKey, contract: Contract) -> str:
    shown = ", ".join(f"child.{sql_name(name)}" for name in dict.fromkeys([*contract.primary_key, *key.columns]))
    pairs = zip(key.columns, key.references, strict=True)
    matched = " AND ".join(f"child.{sql_name(column)} = parent.{sql_name(referred)}" for column, referred in pairs)
    has_key = " AND ".join(f"child.{sql_name(column)} IS NOT NULL" for column in key.columns)
    return f"SELECT {shown} FROM {sql_name(contract.name)} AS child ANTI JOIN {sql_name(key.table)} AS parent ON {matched} WHERE {has_key}"


def _changed_rows(contract: Contract) -> str:
    loaded = f"SELECT {', '.join(sql_name(name) for name in contract.dtypes)} FROM {sql_name(contract.name)}"
    parts = read_parts(contract)
    return f"""
        SELECT 'not handed over' AS problem, * FROM ({loaded} EXCEPT ALL {parts})
        UNION ALL
        SELECT 'not in the table' AS problem, * FROM ({parts} EXCEPT ALL {loaded})
    """
