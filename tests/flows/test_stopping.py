"""A run that is stopped leaves the published warehouse whole and no candidate; one whose process died is named by the next one."""

from __future__ import annotations

import dataclasses
import json
import shutil
import threading
import time
from typing import TYPE_CHECKING

import pytest

import flows.build
from flows.build import build
from flows.progress import Progress
from flows.settings import SEED_TEXTS, read_settings
from flows.stopping import limit_time, stop_together
from flows.submit import run_in_threads
from flows.summary import describe_run
from schemas.errors import TimeLimitError
from warehouse.changes import compare_sources
from warehouse.runs import RunRecord, note_start, read_runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.build import RunSummary
    from warehouse.folder import DataFolder


def test_a_run_over_its_limit_of_time_fails_and_leaves_no_candidate(published: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def idle(candidate: Path, _: object) -> None:
        time.sleep(1.2)
        (candidate / "late").mkdir(parents=True)

    before = published.current.resolve()
    monkeypatch.setattr(flows.build, "load_candidate", idle)
    settings = dataclasses.replace(read_settings((SEED_TEXTS,), published.root, is_incremental=False), time_limit=1)
    with run_in_threads(2) as submit, pytest.raises(TimeLimitError, match="limit of 1 seconds"):
        build(settings, submit, Progress(is_quiet=True))
    assert not list(published.candidates.iterdir())
    assert read_runs(published)[-1].status == "failed"
    assert published.current.resolve() == before


def test_steps_that_have_begun_are_waited_for_and_the_others_dropped() -> None:
    done: list[int] = []
    begun = threading.Event()

    def step(n: int) -> None:
        begun.set()
        time.sleep(0.2)
        done.append(n)

    def submit_five() -> None:
        with stop_together(submit) as submit_together:
            for n in range(5):
                submit_together(step, n)
            begun.wait()
            raise KeyboardInterrupt

    with run_in_threads(1) as submit:
        with pytest.raises(KeyboardInterrupt):
            submit_five()
        assert done == [0]


def test_a_limit_that_is_kept_is_not_felt() -> None:
    with limit_time(1):
        pass
    with limit_time(None):
        time.sleep(0.01)


def test_a_run_that_died_is_named_by_the_next_one(
    published: DataFolder, run_direct: Callable[..., RunSummary], monkeypatch: pytest.MonkeyPatch
) -> None:
    last = read_runs(published)[-1]
    monkeypatch.setattr(flows.build, "tell_code_version", lambda: last.code_version)
    dead = dataclasses.replace(last, run_id="20260101T000000Z-dead", status="failed")
    note_start(published, dead)
    second = run_direct([SEED_TEXTS], published.root, is_incremental=True)
    assert second.is_unchanged
    assert [run.run_id for run in second.died] == [dead.run_id]
    assert f"run {dead.run_id}" in describe_run(second).facts["died before"]
    assert {run.run_id: run.status for run in read_runs(published)} == {dead.run_id: "died", last.run_id: "published"}
    third = run_direct([SEED_TEXTS], published.root, is_incremental=True)
    assert third.died == ()


@pytest.mark.parametrize("left", [None, '{"run": {"run_id": "20260101T000000Z-dead"}}', '{"run"'])
def test_a_run_that_finds_nothing_new_writes_the_reports_that_the_published_one_did_not_come_to(
    published: DataFolder, run_direct: Callable[..., RunSummary], monkeypatch: pytest.MonkeyPatch, left: str | None
) -> None:
    last, report = read_runs(published)[-1], published.reports / "quality.json"
    monkeypatch.setattr(flows.build, "tell_code_version", lambda: last.code_version)
    shutil.rmtree(published.reports)
    if left:
        published.reports.mkdir()
        report.write_text(left, encoding="utf-8")
    assert run_direct([SEED_TEXTS], published.root, is_incremental=True).is_unchanged
    assert json.loads(report.read_text(encoding="utf-8"))["run"]["run_id"] == last.run_id
    assert f"Quality of run `{last.run_id}`" in (published.reports / "quality.md").read_text(encoding="utf-8")
    written = report.stat().st_mtime_ns
    assert run_direct([SEED_TEXTS], published.root, is_incremental=True).is_unchanged
    assert report.stat().st_mtime_ns == written


def test_sources_that_came_changed_and_went_are_named(
    published: DataFolder, run_unaudited: Callable[..., RunSummary], tmp_path: Path
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    first, second, third, *others = sorted(SEED_TEXTS.glob("*.txt"))
    (pages / second.name).write_bytes(second.read_bytes() + "附则\n".encode())
    (pages / third.name).write_bytes(b"\x00\x01\x02" * 999)
    (pages / "new.txt").write_bytes(first.read_bytes())
    for other in others:
        (pages / other.name).write_bytes(other.read_bytes())
    before = published.current.resolve().name
    summary = run_unaudited([pages], published.root)
    assert summary.changes
    assert dataclasses.astuple(summary.changes) == (before, ["new.txt"], [second.name], [first.name], [third.name])
    text = describe_run(summary).as_text()
    assert f"1 new, 1 changed, 1 removed, 1 now refused since run {before}" in text
    assert f"  removed       {first.name}" in text
    report = (published.reports / "quality.md").read_text(encoding="utf-8")
    assert "Sources that are missing now" in report
    assert compare_sources(tmp_path / "nothing", published.current, summary.quarantine) is None


def test_a_record_under_way_is_not_taken_for_an_end(published: DataFolder) -> None:
    note_start(published, dataclasses.replace(read_runs(published)[-1], run_id="20260101T000000Z-live"))
    [first, _] = sorted(read_runs(published), key=lambda run: run.run_id)
    assert isinstance(first, RunRecord)
    assert first.status == "running"
