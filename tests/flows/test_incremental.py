"""What was worked out is kept: the next run, or the one after a crash, does only what is left, and makes the same tables."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import flows.build
import flows.building
import flows.reading
import warehouse.inputs
from flows.reading import KEY
from flows.settings import SEED_TEXTS
from schemas.checks import HANDED_OVER_NAME
from schemas.tables import DATA_TABLES
from tests.flows.test_build import assert_same_tables
from warehouse.audit import audit_candidate
from warehouse.folder import DataFolder
from warehouse.runs import read_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.build import RunSummary
    from schemas.table import Contract
    from warehouse.unchanged import Audited

ONE_PAGE_A_SHARD = 1


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The sources that each half of the work was really done on."""
    done: dict[str, list[str]] = {"label": [], "build": []}
    label, build = flows.reading._label_sources, flows.building._read_tables

    def label_and_note(raw, reference):
        done["label"] += raw["sources"]["source_id"].to_list()
        return label(raw, reference)

    def build_and_note(frames, reference):
        done["build"] += frames["sources"]["source_id"].to_list()
        return build(frames, reference)

    monkeypatch.setattr(flows.reading, "_label_sources", label_and_note)
    monkeypatch.setattr(flows.building, "_read_tables", build_and_note)
    return done


@pytest.fixture(autouse=True, scope="module")
def _files_are_trusted_at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warehouse.inputs, "TICK_NS", 0)
        yield


@pytest.fixture(scope="module")
def first(run_unaudited: Callable[..., RunSummary], tmp_path_factory: pytest.TempPathFactory) -> RunSummary:
    """A run over pages that stay as they are, beside its data folder."""
    place = tmp_path_factory.mktemp("first")
    pages = shutil.copytree(SEED_TEXTS, place / "pages")
    return run_unaudited([pages], place / "data", is_incremental=True, shard_bytes=ONE_PAGE_A_SHARD)


@pytest.fixture
def pages(first: RunSummary, tmp_path: Path) -> Path:
    """A copy of the pages of the first run, to change, with a copy of its data folder beside them."""
    copied: dict[int, str] = {}

    def copy(source: str, to: str) -> None:  # what is one file under two names, cache and release have together
        inode = Path(source).stat().st_ino
        if inode in copied:
            os.link(copied[inode], to)
        else:
            copied[inode] = shutil.copy2(source, to)

    shutil.copytree(first.folder.root.parent, tmp_path, symlinks=True, copy_function=copy, dirs_exist_ok=True)
    return tmp_path / "pages"


def run_again(first: RunSummary, run_unaudited: Callable[..., RunSummary]) -> RunSummary:
    pages = first.folder.root.parent / "pages"
    return run_unaudited([pages], first.folder.root, is_incremental=True, shard_bytes=ONE_PAGE_A_SHARD)


def test_a_run_over_the_same_files_publishes_nothing_new(
    first: RunSummary, run_unaudited: Callable[..., RunSummary], worked: dict[str, list[str]]
) -> None:
    second = run_again(first, run_unaudited)
    assert (first.is_unchanged, second.is_unchanged) == (False, True)
    assert second.run == first.run
    assert second.checks.height == first.checks.height
    assert worked == {"label": [], "build": []}
    assert len(read_runs(second.folder)) == 1


def test_files_that_look_as_they_did_are_not_read_again(
    first: RunSummary, run_unaudited: Callable[..., RunSummary], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bytes:
        raise AssertionError("a file was read")

    monkeypatch.setattr(warehouse.inputs, "read_content", refuse)
    assert run_again(first, run_unaudited).is_unchanged


def test_a_change_is_seen_though_length_and_time_stay(run_unaudited: Callable[..., RunSummary], tmp_path: Path) -> None:
    page = Path(shutil.copy(min(SEED_TEXTS.glob("*.txt")), tmp_path / "page.txt"))
    first = run_unaudited([page], tmp_path / "data", is_incremental=True)
    before = page.stat()
    page.write_bytes(page.read_bytes().replace("。".encode(), "！".encode(), 1))
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (page.stat().st_size, page.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    second = run_unaudited([page], tmp_path / "data", is_incremental=True)
    assert second.run.run_id != first.run.run_id


def test_only_the_changed_page_is_worked_on_and_the_tables_are_those_of_a_fresh_run(
    pages: Path, run_unaudited: Callable[..., RunSummary], tmp_path: Path, worked: dict[str, list[str]]
) -> None:
    changed = sorted(pages.glob("*.txt"))[1]
    changed.write_bytes(changed.read_bytes() + "\n附则\n本办法自发布之日起施行。\n".encode())
    second = run_unaudited([pages], tmp_path / "data", is_incremental=True, shard_bytes=ONE_PAGE_A_SHARD)
    assert not second.is_unchanged
    assert worked == {"label": [changed.name], "build": [changed.name]}
    fresh = run_unaudited([pages], tmp_path / "fresh")
    assert_same_tables(second.folder.warehouse, fresh.folder.warehouse)


def break_text_of(folder: Path, source_id: str) -> None:
    with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        con.execute(
            "UPDATE main.paragraphs SET text = text || '而且' WHERE ordinal = 2"
            " AND document_id IN (SELECT document_id FROM main.documents WHERE source_id = ?)",
            [source_id],
        )


def list_failed(folder: Path, audited: Audited) -> set[str]:
    checks = audit_candidate(folder, DATA_TABLES, audited)
    return set(checks.filter(~pl.col("passed"))["check_name"])


def test_only_new_sources_are_asked_about_and_the_verdicts_are_those_of_a_full_audit(
    pages: Path, run_direct: Callable[..., RunSummary], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Audited | None] = []

    def audit_and_note(folder: Path, tables: tuple[Contract, ...], audited: Audited | None = None) -> pl.DataFrame:
        seen.append(audited)
        return audit_candidate(folder, tables, audited)

    monkeypatch.setattr(flows.build, "audit_candidate", audit_and_note)
    old, changed = sorted(pages.glob("*.txt"))[:2]
    changed.write_bytes(changed.read_bytes() + "\n附则\n本办法自发布之日起施行。\n".encode())
    second = run_direct([pages], tmp_path / "data", is_incremental=True, shard_bytes=ONE_PAGE_A_SHARD)
    [audited] = seen
    assert audited is not None
    assert audited.new_parts == ("000001",)
    release = second.folder.current.resolve()
    found = second.checks.filter(pl.col("engine") == "great_expectations", pl.col("table_name").is_in([t.name for t in DATA_TABLES]))
    compared = ["table_name", "check_name", "passed", "n_rows", "n_failed"]
    assert_frame_equal(found.select(compared), audit_candidate(release, DATA_TABLES).select(compared), check_row_order=False)
    break_text_of(release, old.name)
    assert HANDED_OVER_NAME in list_failed(release, audited)
    break_text_of(release, changed.name)
    assert {"text_stands_in_the_ledger", HANDED_OVER_NAME} <= list_failed(release, audited)


def test_a_page_that_is_gone_leaves_nothing(pages: Path, run_unaudited: Callable[..., RunSummary], tmp_path: Path) -> None:
    sorted(pages.glob("*.txt"))[0].unlink()
    second = run_unaudited([pages], tmp_path / "data", is_incremental=True, shard_bytes=ONE_PAGE_A_SHARD)
    assert second.run.n_sources == 4
    fresh = run_unaudited([pages], tmp_path / "fresh")
    assert_same_tables(second.folder.warehouse, fresh.folder.warehouse)
    [version] = second.folder.cache.iterdir()
    assert len(list(version.iterdir())) == 4 * 5


def test_a_release_that_was_written_into_is_made_again(
    pages: Path, first: RunSummary, run_unaudited: Callable[..., RunSummary], tmp_path: Path
) -> None:
    folder = DataFolder(tmp_path / "data")
    with duckdb.connect(str(folder.warehouse.resolve())) as con:
        con.execute("DELETE FROM main.targets")
    part = next((folder.parquet / "lineage" / "lines").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-1])
    second = run_unaudited([pages], folder.root, is_incremental=True, shard_bytes=ONE_PAGE_A_SHARD)
    assert not second.is_unchanged
    assert second.run.status == "published"
    assert_same_tables(second.folder.warehouse, first.folder.warehouse)


def list_finished(data: Path) -> list[Path]:
    """The halves of the work that are done, shard by shard."""
    return [
        path.parent
        for path in data.glob("cache/*/*/manifest.json")
        if not path.match("*.unfinished/*") and not (path.parent / KEY).exists()
    ]


def test_a_killed_run_goes_on_where_it_stopped(
    seeds_run: RunSummary, run_unaudited: Callable[..., RunSummary], tmp_path: Path, worked: dict[str, list[str]]
) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-m", "flows.cli", "run", "--direct", "--workers", "1", "--shard-bytes", "1", "--data-dir", str(data)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(list_finished(data)) < 3 and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    finished = list_finished(data)
    assert finished, "the run was killed before it had finished anything"
    assert not DataFolder(data).current.exists()
    summary = run_unaudited([SEED_TEXTS], data, is_incremental=True, shard_bytes=ONE_PAGE_A_SHARD)
    assert len(worked["label"]) + len(worked["build"]) == 2 * 5 - len(finished)
    assert_same_tables(seeds_run.folder.warehouse, summary.folder.warehouse)
