"""A canary for every check: of rows that break it, only checks that look at what was corrupted may fail, the meant one among them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from schemas.checks import Check, list_checks
from schemas.tables import MACROS, SCHEMAS
from tests.warehouse.corruptions import RULES, corrupt
from tests.warehouse.sound_rows import CONTRACTS, sound_frames
from warehouse.audit import judge_table, open_source
from warehouse.breaches import list_breaches
from warehouse.dialect import DuckDBModule, ReadingConnection
from warehouse.handover import check_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from great_expectations.datasource.fluent import SQLDatasource

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


def pack(checks: Sequence[Check]) -> Iterator[list[Check]]:
    """Put checks of one table together whose corruptions do not touch what the others look at: one audit can try them all."""
    left = [(check, *corrupt(check, SOUND)) for check in checks]
    while left:
        packed: list[tuple[Check, dict[str, pl.DataFrame], set[str]]] = []
        waiting = []
        for one in left:
            check, frames, columns = one
            is_local = all(frame is SOUND[name] or name == check.table for name, frame in frames.items())
            fits = is_local and all(not looks_at(other, columns) and not looks_at(check, touched) for other, _, touched in packed)
            (packed if fits or not packed else waiting).append(one)
            if packed and not is_local and packed[0] is one:
                waiting = [other for other in left if other is not one]
                break
        yield [check for check, *_ in packed]
        left = waiting


class Playground:
    """A warehouse in memory whose tables are swapped for corrupted ones and back, read by Great Expectations over the same connection."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        for schema in SCHEMAS:
            self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for macro in MACROS:
            self.connection.execute(f"CREATE OR REPLACE MACRO {macro.name}({macro.parameters}) AS {macro.body}")
        self.now = dict.fromkeys(SOUND)
        self.show(SOUND)

    def show(self, frames: dict[str, pl.DataFrame]) -> None:
        for name, frame in frames.items():
            if self.now[name] is not frame:
                self.connection.register("frame", frame.to_arrow())
                self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS FROM frame")
                self.connection.unregister("frame")
                self.now[name] = frame

    def finds(self, check: Check) -> bool:
        return bool(self.connection.execute(f"SELECT 1 FROM ({list_breaches(check, CONTRACTS[check.table])}) LIMIT 1").fetchall())


@pytest.fixture(scope="module")
def playground() -> Playground:
    return Playground()


@pytest.fixture(scope="module")
def source(playground: Playground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SQLDatasource]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DuckDBModule, "connect", staticmethod(lambda database: ReadingConnection(playground.connection.cursor())))
        with open_source(tmp_path_factory.mktemp("nothing") / "in memory") as source:
            yield source


def judge(source: SQLDatasource, table: str, checks: Sequence[Check]) -> dict[str, Crash | bool]:
    if table in {asset.name for asset in source.assets}:
        source.delete_asset(table)
    return judge_table(source, CONTRACTS[table], checks)


@pytest.mark.parametrize("table", CONTRACTS)
def test_sound_rows_pass_everything(table: str, playground: Playground, source: SQLDatasource) -> None:
    playground.show(SOUND)
    by_pandera = check_frame(CONTRACTS[table], SOUND[table])
    assert by_pandera.filter(~pl.col("passed"))["detail"].to_list() == []
    verdicts = judge(source, table, list_checks(CONTRACTS[table]))
    assert {name: verdict for name, verdict in verdicts.items() if verdict is not True} == {}
    assert [check.name for check in list_checks(CONTRACTS[table]) if playground.finds(check)] == []


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


@pytest.mark.parametrize("check", CHECKS, ids=name_case)
def test_query_lists_breaches(check: Check, playground: Playground) -> None:
    frames, _ = corrupt(check, SOUND)
    playground.show(frames)
    assert playground.finds(check)
    playground.show(SOUND)


@pytest.mark.parametrize("table", CONTRACTS)
def test_great_expectations_finds(table: str, playground: Playground, source: SQLDatasource) -> None:
    checks = list_checks(CONTRACTS[table])
    for meant in pack(checks):
        frames, touched = SOUND, set()
        for check in meant:
            frames, columns = corrupt(check, frames)
            touched |= columns
        playground.show(frames)
        verdicts = judge(source, table, checks)
        assert {check.name: verdicts[check.name] for check in meant} == {check.name: False for check in meant}
        strays = [
            other.name for other in checks if verdicts[other.name] is not True and other not in meant and not looks_at(other, touched)
        ]
        assert strays == []
    playground.show(SOUND)


def test_each_rule_has_its_own_canary() -> None:
    rules = {(check.table, check.name) for check in CHECKS if check.kind in ("row_rule", "table_rule")}
    assert rules == set(RULES)
