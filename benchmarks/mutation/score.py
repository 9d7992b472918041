"""A sound candidate in; the share of its mutants that some error check finds, and those that none finds, out.

Two scores. *In the warehouse*: rows damaged after the hand-over, which is what the audit as a whole is asked. *At the hand-over*: rows
that were wrong already when they were handed over, so that the comparison with the Parquet parts is of no help and only the contract's
rules can tell. The checks are run as the queries that list their breaches; that Great Expectations and pandera agree with these is what
the canary tests show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from benchmarks.mutation.mutants import Mutant, make_mutants
from schemas.tables import MACROS, QUALITY_TABLES, SCHEMAS, TABLES
from warehouse.audit import audit_checks
from warehouse.breaches import list_breaches
from warehouse.connect import sql_name, sql_text
from warehouse.folder import warehouse_file
from warehouse.sums import compare_with_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from schemas.checks import Check


QUALITY_NAMES = {table.name for table in QUALITY_TABLES}


@dataclass(frozen=True)
class Question:
    """An error check as a query that must find nothing."""

    check: Check
    query: str


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: the checks of the contracts that found it, and whether the comparison with the parts did."""

    mutant: Mutant
    found_by: tuple[str, ...]
    is_unlike_parts: bool

    @property
    def is_found_at_hand_over(self) -> bool:
        """Say whether a rule of a contract found it."""
        return bool(self.found_by)

    @property
    def is_found_in_warehouse(self) -> bool:
        """Say whether anything found it."""
        return self.is_found_at_hand_over or self.is_unlike_parts


def copy_candidate(release: Path) -> duckdb.DuckDBPyConnection:
    """Return a database in memory with the tables of a candidate or release, without keys, so that any damage can be done to them."""
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.execute("SET memory_limit = '2GB'")
    connection.execute(f"SET file_search_path = {sql_text(str(release.resolve()))}")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"ATTACH {sql_text(str(warehouse_file(release)))} AS candidate (READ_ONLY)")
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for macro in MACROS:
        connection.execute(f"CREATE MACRO {macro.name}({macro.parameters}) AS {macro.body}")
    for table in TABLES:
        connection.execute(f"CREATE TABLE {sql_name(table.name)} AS FROM candidate.{sql_name(table.name)}")
    connection.execute("DETACH candidate")
    return connection


def ask_questions() -> list[Question]:
    """Return every error check of every table, costly ones last."""
    costly = ("table_rule", "handed_over")
    questions = [
        Question(check, compare_with_parts(contract) if check.kind == "handed_over" else list_breaches(check, contract))
        for contract in TABLES
        for check in audit_checks(contract)
        if check.severity == "error"
    ]
    return sorted(questions, key=lambda question: question.check.kind in costly)


def try_mutants(connection: duckdb.DuckDBPyConnection, mutants: Iterable[Mutant], *, has_parts: bool = True) -> Iterator[Outcome]:
    """Do each damage, ask the checks that look at the table, and undo it; without Parquet parts none are compared."""
    questions = [question for question in ask_questions() if has_parts or question.check.kind != "handed_over"]
    looking = {table.name: [question for question in questions if _looks_at(question, table.name)] for table in TABLES}
    for mutant in mutants:
        connection.execute("BEGIN")
        try:
            connection.execute(mutant.statement)
            yield _try(connection, mutant, looking[mutant.table])
        finally:
            connection.execute("ROLLBACK")


def list_mutants(connection: duckdb.DuckDBPyConnection, seed: int = 0) -> list[Mutant]:
    """Return the mutants of all tables."""
    return [mutant for contract in TABLES for mutant in make_mutants(connection, contract, seed)]


def _try(connection: duckdb.DuckDBPyConnection, mutant: Mutant, questions: list[Question]) -> Outcome:
    found_by: list[str] = []
    is_unlike_parts = False
    for question in questions:
        if found_by and question.check.kind != "handed_over":
            continue
        if not _finds(connection, question.query):
            continue
        if question.check.kind == "handed_over":
            is_unlike_parts = True
        else:
            found_by.append(f"{question.check.table} {question.check.name}")
    return Outcome(mutant, tuple(found_by), is_unlike_parts)


def _finds(connection: duckdb.DuckDBPyConnection, query: str) -> bool:
    try:
        return bool(connection.execute(f"SELECT 1 FROM ({query}) LIMIT 1").fetchall())
    except duckdb.Error:  # a check that crashes is an error, whatever its severity
        return True


def _looks_at(question: Question, table: str) -> bool:
    """Say whether a check has to do with a table; those of the quality tables, filled after the others, are asked about these only."""
    if question.check.table == table:
        return True
    is_later = question.check.table in QUALITY_NAMES and table not in QUALITY_NAMES
    return not is_later and _mentions(question.query, table)


def _mentions(query: str, table: str) -> bool:
    return bool(re.search(rf"(?<![\w.]){re.escape(table)}(?!\w)", query.replace('"', "")))
