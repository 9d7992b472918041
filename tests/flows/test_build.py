"""Properties of the whole: what a run makes depends on its input alone, and what goes wrong never reaches the published warehouse."""

from __future__ import annotations

import dataclasses
import errno
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

import flows.build
import flows.reading
import flows.relating
from flows.settings import SEED_TEXTS
from schemas.documents import DOCUMENTS
from schemas.errors import StorageError
from schemas.table import RowRule
from schemas.tables import DATA_TABLES
from tests.unaudited import skip_great_expectations
from transforms.decode import rebuild_source
from warehouse.runs import read_runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.build import RunSummary
    from schemas.table import Contract
    from warehouse.folder import DataFolder

NEVER = RowRule("is_never_true", "n_chars < 0", "A check that fails on every row")


def read_tables(warehouse: Path) -> dict[str, pl.DataFrame]:
    """All tables but the quality ones, sorted, without the columns that differ between runs."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return {
            table.name: con.sql(
                f"SELECT * EXCLUDE ({', '.join(table.volatile)}) FROM {table.name} ORDER BY ALL"
                if table.volatile
                else f"SELECT * FROM {table.name} ORDER BY ALL"
            ).pl()
            for table in DATA_TABLES
        }


def assert_same_tables(first: Path, second: Path) -> None:
    one, other = read_tables(first), read_tables(second)
    assert [name for name in one if not one[name].equals(other[name])] == []


def assert_ledger_rebuilds(warehouse: Path, files: dict[str, Path]) -> None:
    tables = read_tables(warehouse)
    lines, repairs = tables["lineage.lines"], tables["lineage.repairs"]
    sources = dict(tables["lineage.sources"].select("source_id", "encoding").iter_rows())
    assert sources.keys() == files.keys()
    for source_id, encoding in sources.items():
        of_source = lines.filter(source_id=source_id).sort("line_no")
        repaired = repairs.filter(source_id=source_id).sort("line_no", "start_char")
        assert rebuild_source(of_source, repaired, encoding) == files[source_id].read_bytes(), source_id


def test_the_ledger_rebuilds_each_seed_page(seeds_run: RunSummary) -> None:
    assert_ledger_rebuilds(seeds_run.folder.warehouse, {path.name: path for path in SEED_TEXTS.glob("*.txt")})


def test_the_ledger_rebuilds_each_development_page(dev_run: RunSummary, dev_texts: list[Path]) -> None:
    assert_ledger_rebuilds(dev_run.folder.warehouse, {path.name: path for path in dev_texts})


def test_the_published_files_are_the_same_tables(seeds_run: RunSummary) -> None:
    folder = seeds_run.folder
    for name, frame in read_tables(folder.warehouse).items():
        schema, table = name.split(".")
        parts = pl.read_parquet(folder.parquet / schema / table / "*.parquet")
        assert parts.height == frame.height, name


@pytest.mark.parametrize(("shard_bytes", "workers"), [(10**9, 1), (90_000, 2), (1, 2)])
def test_shards_and_workers_change_nothing(
    seeds_run: RunSummary, run_unaudited: Callable[..., RunSummary], tmp_path: Path, shard_bytes: int, workers: int
) -> None:
    summary = run_unaudited([SEED_TEXTS], tmp_path, shard_bytes=shard_bytes, workers=workers)
    assert_same_tables(seeds_run.folder.warehouse, summary.folder.warehouse)


def test_the_order_of_inputs_changes_nothing_and_a_second_run_replaces_the_first(
    seeds_run: RunSummary, run_unaudited: Callable[..., RunSummary], tmp_path: Path
) -> None:
    pages = sorted(SEED_TEXTS.glob("*.txt"), reverse=True)
    first = run_unaudited([pages[0]], tmp_path)
    second = run_unaudited(pages, tmp_path)
    assert_same_tables(seeds_run.folder.warehouse, second.folder.warehouse)
    assert [run.run_id for run in read_runs(second.folder)] == [first.run.run_id, second.run.run_id]
    assert second.folder.current.resolve().name == second.run.run_id


def test_development_pages_come_out_the_same_in_many_shards(
    dev_run: RunSummary, dev_texts: list[Path], run_unaudited: Callable[..., RunSummary], tmp_path: Path
) -> None:
    summary = run_unaudited(dev_texts[::-1], tmp_path, shard_bytes=300_000, workers=2)
    assert_same_tables(dev_run.folder.warehouse, summary.folder.warehouse)


def with_failing_check() -> tuple[Contract, ...]:
    strict = dataclasses.replace(DOCUMENTS, row_rules=(*DOCUMENTS.row_rules, NEVER))
    return tuple(strict if table is DOCUMENTS else table for table in DATA_TABLES)


def fail_by_great_expectations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.build, "DATA_TABLES", with_failing_check())


def fail_by_pandera(monkeypatch: pytest.MonkeyPatch) -> None:
    strict = dataclasses.replace(DOCUMENTS, row_rules=(*DOCUMENTS.row_rules, NEVER))
    monkeypatch.setattr(flows.relating, "DOCUMENTS", strict)


@pytest.mark.parametrize(("engine", "fail"), [("great_expectations", fail_by_great_expectations), ("pandera", fail_by_pandera)])
def test_a_failed_check_of_either_engine_rejects_the_run_and_the_old_release_stays(
    published: DataFolder, run_direct: Callable[..., RunSummary], monkeypatch: pytest.MonkeyPatch, engine: str, fail: Callable
) -> None:
    before = published.current.resolve()
    fail(monkeypatch)
    with skip_great_expectations(but=DOCUMENTS.name):
        summary = run_direct([SEED_TEXTS], published.root)
    failed = summary.checks.filter(~pl.col("passed"), table_name="main.documents")
    assert failed.select("engine", "check_name", "n_failed").rows() == [(engine, "is_never_true", 5)]
    assert summary.run.status == "rejected"
    assert published.current.resolve() == before
    assert (published.candidate(summary.run.run_id) / "warehouse.duckdb").is_file()
    assert "is_never_true" in (published.reports / "quality.md").read_text(encoding="utf-8")
    assert read_runs(published)[-1].status == "rejected"


def test_a_step_that_crashes_fails_the_run_and_the_old_release_stays(
    published: DataFolder, run_direct: Callable[..., RunSummary], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise ValueError("the audit broke")

    before = published.current.resolve()
    monkeypatch.setattr(flows.build, "audit_candidate", crash)
    with pytest.raises(ValueError, match="the audit broke"):
        run_direct([SEED_TEXTS], published.root)
    assert published.current.resolve() == before
    assert read_runs(published)[-1].status == "failed"


def test_a_page_that_crashes_a_step_is_refused_and_the_others_are_published(
    published: DataFolder, run_unaudited: Callable[..., RunSummary], monkeypatch: pytest.MonkeyPatch
) -> None:
    label = flows.reading.label_lines
    culprit = "002_ff3c51a40e654508.txt"

    def crash_on_one(lines: pl.DataFrame, rules: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        if culprit in lines["source_id"]:
            raise ZeroDivisionError("a rule broke")
        return label(lines, rules)

    monkeypatch.setattr(flows.reading, "label_lines", crash_on_one)
    summary = run_unaudited([SEED_TEXTS], published.root)
    assert (summary.run.status, summary.run.n_sources) == ("published", 4)
    with duckdb.connect(str(published.warehouse.resolve()), read_only=True) as con:
        refused = con.execute("SELECT source_id, stage, reason FROM quality.quarantine").fetchall()
    assert refused == [(culprit, "read_sources", "crashed")]


def test_a_step_that_crashes_on_every_page_fails_the_run(
    published: DataFolder, run_direct: Callable[..., RunSummary], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(lines: pl.DataFrame, rules: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        if lines.height:
            raise ZeroDivisionError("a rule broke")
        return label(lines, rules)

    label = flows.reading.label_lines
    monkeypatch.setattr(flows.reading, "label_lines", crash)
    with pytest.raises(RuntimeError, match="crashed for every source"):
        run_direct([SEED_TEXTS], published.root)
    assert read_runs(published)[-1].status == "failed"


def test_a_full_disk_is_named_and_the_old_release_stays(
    published: DataFolder, run_direct: Callable[..., RunSummary], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = published.current.resolve()
    monkeypatch.setattr(pl.DataFrame, "write_parquet", refuse)
    with pytest.raises(StorageError, match="disk is full"):
        run_direct([SEED_TEXTS], published.root)
    assert published.current.resolve() == before
