"""A watched folder is run over when it has settled, and not before."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from flows.watching import RETRY_SECONDS, take_snapshot, watch

if TYPE_CHECKING:
    from pathlib import Path

SETTLE, EVERY = 30, 10


def watch_for(states: list[str], statuses: list[int] | None = None) -> list[int]:
    """The seconds at which a run started, while each of `states` is what is seen for ten seconds."""
    started: list[int] = []
    ticks = iter(range(0, len(states) * EVERY, EVERY))
    now = [0]

    def look() -> frozenset[tuple[str, int, int]]:
        now[0] = next(ticks)
        state = states[now[0] // EVERY]
        return frozenset({(state, 1, 1)}) if state else frozenset()

    def run() -> int:
        started.append(now[0])
        return (statuses or []).pop(0) if statuses else 0

    with pytest.raises(StopIteration):
        watch(look, run, SETTLE, EVERY, sleep=lambda _: None, clock=lambda: now[0])
    return started


def test_a_run_starts_once_when_nothing_has_changed_for_a_while() -> None:
    assert watch_for(list("aaaaaaaaaa")) == [30]
    assert watch_for(list("abcdeeeeeeee")) == [70]
    assert watch_for(list("aaaabbbbbb")) == [30, 70]


def test_a_change_back_is_no_change_and_an_empty_folder_no_input() -> None:
    assert watch_for(list("aaaabaaaaa")) == [30]
    assert watch_for(["", "", "", "", "", "", ""]) == []


def test_a_rejected_run_is_not_repeated_and_a_failed_one_is_later() -> None:
    assert watch_for(["a"] * 100, [1]) == [30]
    assert watch_for(["a"] * 100, [2, 0]) == [30, 30 + RETRY_SECONDS]


def test_files_are_told_apart_by_path_size_and_time(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    page = tmp_path / "deep" / "page.txt"
    page.write_text("一")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    first = take_snapshot([tmp_path])
    assert [path for path, _, _ in first] == [str(page)]
    assert take_snapshot([page]) == first
    os.utime(page, ns=(1, 1))
    assert take_snapshot([tmp_path]) != first
    assert take_snapshot([tmp_path / "nowhere"]) == frozenset()
