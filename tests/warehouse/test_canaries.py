"""A canary for every check: one corruption, and exactly the checks that look at what was corrupted may fail, the meant one among them."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import polars as pl
import pytest

from schemas.checks import Check, list_checks
from schemas.tables import MACROS, SCHEMAS
from tests.warehouse.corruptions import RULES, corrupt
from tests.warehouse.sound_rows import CONTRACTS, sound_frames
from warehouse.audit import judge_table, open_source
from warehouse.breaches import list_breaches
from warehouse.connect import open_duckdb
from warehouse.handover import check_frame
from warehouse.results import Crash

SOUND = sound_frames()
CHECKS = [check for contract in CONTRACTS.values() for check in list_checks(contract)]
OF_FRAMES = [check for check in CHECKS if check.is_of_frames]


def name_case(check: Check) -> str:
    return f"{check.table}:{check.name}"


def looks_at(check: Check, columns: set[str]) -> bool:
    """Say whether a check has to do with any of some columns of its table."""
    text = " ".join((check.name, check.column or "", str(check.value)))
    return any(re.search(rf"(?<![a-z0-9]){re.escape(column)}(?![a-z0-9])", text) for column in columns)


def write_warehouse(path: Path, frames: dict[str, pl.DataFrame]) -> None:
    """Write frames as tables without keys, with whatever columns and types they have."""
    connection = open_duckdb(path, read_only=False)
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for macro in MACROS:
        connection.execute(f"CREATE OR REPLACE MACRO {macro.name}({macro.parameters}) AS {macro.body}")
    for name, frame in frames.items():
        connection.register("frame", frame.to_arrow())
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS FROM frame")
        connection.unregister("frame")
    connection.close()


@pytest.fixture(scope="module")
def sound_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "warehouse.duckdb"
    write_warehouse(path, SOUND)
    return path


def failing_by_query(path: Path, table: str) -> set[str]:
    """Return the names of the table's checks whose own query lists a row, or cannot run."""
    connection = open_duckdb(path, read_only=True)
    failing = set()
    for check in list_checks(CONTRACTS[table]):
        try:
            if connection.execute(f"SELECT 1 FROM ({list_breaches(check, CONTRACTS[table])}) LIMIT 1").fetchall():
                failing.add(check.name)
        except duckdb.Error:
            failing.add(check.name)
    connection.close()
    return failing


def test_sound_rows_pass_everything(sound_warehouse: Path) -> None:
    by_pandera = pl.concat(check_frame(contract, SOUND[name]) for name, contract in CONTRACTS.items())
    assert by_pandera.filter(~pl.col("passed"))["detail"].to_list() == []
    with open_source(sound_warehouse) as source:
        for contract in CONTRACTS.values():
            verdicts = judge_table(source, contract, list_checks(contract))
            assert {name: verdict for name, verdict in verdicts.items() if verdict is not True} == {}
            assert failing_by_query(sound_warehouse, contract.name) == set()


@pytest.mark.parametrize("check", OF_FRAMES, ids=name_case)
def test_pandera_finds(check: Check) -> None:
    frames, columns = corrupt(check, SOUND)
    results = check_frame(CONTRACTS[check.table], frames[check.table])
    failed = results.filter(~pl.col("passed"))["check_name"].to_list()
    assert check.name in failed
    meant = results.row(by_predicate=pl.col("check_name") == check.name, named=True)
    assert meant["n_failed"] > 0
    assert '"crash"' not in meant["detail"]
    strays = [other.name for other in OF_FRAMES if other.table == check.table and other.name in failed and not looks_at(other, columns)]
    assert strays in ([], [check.name])


@pytest.fixture(scope="module")
def audited(sound_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], tuple[object, set[str], set[str]]]:
    """Return, by check, Great Expectations' verdict on its corruption, the checks whose query fails, and the columns touched."""
    found = {}
    folder = tmp_path_factory.mktemp("corrupted")
    for number, check in enumerate(CHECKS):
        frames, columns = corrupt(check, SOUND)
        path = folder / f"{number}.duckdb"
        path.write_bytes(sound_warehouse.read_bytes())
        write_warehouse(path, {name: frame for name, frame in frames.items() if frame is not SOUND[name]})
        with open_source(path) as source:
            verdict = judge_table(source, CONTRACTS[check.table], [check])[check.name]
        found[check.table, check.name] = verdict, failing_by_query(path, check.table), columns
        path.unlink()
    return found


@pytest.mark.parametrize("check", CHECKS, ids=name_case)
def test_audit_finds(check: Check, audited: dict) -> None:
    verdict, failing, columns = audited[check.table, check.name]
    assert not isinstance(verdict, Crash), verdict
    assert verdict is False
    assert check.name in failing
    strays = [other.name for other in CHECKS if other.table == check.table and other.name in failing and not looks_at(other, columns)]
    assert strays in ([], [check.name])


def test_each_rule_has_its_own_canary() -> None:
    rules = {(check.table, check.name) for check in CHECKS if check.kind in ("row_rule", "table_rule")}
    assert rules == set(RULES)
