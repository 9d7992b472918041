"""A part of `make mutation`: of all damage done to a few tables of the sound rows, the contracts alone find most, and all of keys."""

from __future__ import annotations

import duckdb
import pytest

from benchmarks.mutation.mutants import Mutant, make_mutants
from benchmarks.mutation.score import try_mutants
from schemas.tables import BY_NAME, MACROS, SCHEMAS
from tests.warehouse.sound_rows import sound_frames

ASKED = ("main.sections", "main.measures", "main.citations", "lineage.duplicates")
FLOOR = 0.95


@pytest.fixture(scope="module")
def sound() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for macro in MACROS:
        connection.execute(f"CREATE MACRO {macro.name}({macro.parameters}) AS {macro.body}")
    for name, frame in sound_frames().items():
        connection.register("frame", frame.to_arrow())
        connection.execute(f"CREATE TABLE {name} AS FROM frame")
    return connection


def test_the_contracts_find_most_damage_and_all_of_keys(sound: duckdb.DuckDBPyConnection) -> None:
    mutants = [mutant for name in ASKED for mutant in make_mutants(sound, BY_NAME[name])]
    outcomes = list(try_mutants(sound, mutants, has_parts=False))
    assert len(outcomes) > 150
    survivors = [str(outcome.mutant) for outcome in outcomes if not outcome.is_found_at_hand_over]
    assert [name for name in survivors if name.endswith(("key", "orphan", "row"))] in ([], ["main.citations.cited_document_id: null key"])
    assert len(survivors) <= (1 - FLOOR) * len(outcomes), survivors


def test_nothing_is_found_where_nothing_is_damaged(sound: duckdb.DuckDBPyConnection) -> None:
    untouched = [Mutant(name, None, "nothing", f"DELETE FROM {name} WHERE FALSE") for name in ASKED]
    assert [outcome.found_by for outcome in try_mutants(sound, untouched, has_parts=False)] == [()] * len(ASKED)
