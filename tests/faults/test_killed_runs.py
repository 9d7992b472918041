"""A run that is killed anywhere leaves a whole release to its readers, and nothing that the next run does not clear away.

YAODIAN_TEST_FAULTS=all tries every point one by one (some ten minutes, `make faults`); without it a few points are tried on end.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.faults.harness import KILLED, TERMINATED, list_leftovers, tell_tables
from warehouse.runs import read_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.faults.conftest import Releases
    from tests.faults.harness import Faulty

ALL = os.environ.get("YAODIAN_TEST_FAULTS") == "all"
STEPS = (
    *("find inputs", "read sources", "find site templates", "find what fits in place of spam", "count fitting words", "build tables"),
    *("find likely duplicates", "compare texts", "choose canonical documents", "hand over documents", "sample passages"),
    *("mark repeated passages", "locate repeated passages", "survey passages", "join passages", "compare passages"),
    *("read around passages", "settle passages", "read passages", "hand over passages"),
    *("load warehouse", "add views", "audit warehouse", "judge and publish", "report"),
)
BOUNDARIES = [(f"step:{when}:{name}", action) for name in STEPS for when, action in (("before", "kill"), ("after", "terminate"))]
CHAINS = [BOUNDARIES[start : start + 6] for start in range(0, len(BOUNDARIES), 6)]
CALL_POINTS = [
    "call:after:warehouse.publish.start_candidate:1",
    "call:after:warehouse.handover.hand_over:1",
    "call:before:warehouse.handover.hand_over:20",
    "call:before:warehouse.load._load_table:1",
    "call:after:warehouse.load._load_table:3",
    "call:before:warehouse.load.comment_table:5",
    "call:after:warehouse.load._load_table:14",
    "call:after:warehouse.load.load_candidate:1",
    "call:before:warehouse.verdict._fill:1",
    "call:after:warehouse.verdict._fill:1",
    "call:after:warehouse.verdict._fill:2",
    "call:before:warehouse.publish.publish:1",
    "call:before:warehouse.publish._flush:1",
    "call:after:warehouse.publish._flush:40",
    "call:before:warehouse.publish._point:1",
    "call:after:warehouse.publish._point:1",
    "call:after:warehouse.publish._point:3",
    "call:before:warehouse.publish._drop_old_releases:1",
    "call:after:warehouse.publish.publish:1",
    "call:before:warehouse.runs.write_run:1",
    "call:after:warehouse.runs.write_run:1",
    "call:before:warehouse.report.write_reports:1",
]
FEW = (
    ("step:after:read sources", "terminate"),
    ("call:after:warehouse.load._load_table:3", "full"),
    ("call:before:warehouse.publish._point:1", "kill"),
    ("call:after:warehouse.publish._point:1", "kill"),
)
STATUS = {"kill": {KILLED}, "terminate": {TERMINATED}, "full": {2}}


def see_that_a_release_stands(faulty: Faulty, releases: Releases) -> None:
    """The published warehouse is the old release or the new one, whole, its tables and its record alike."""
    tables = tell_tables(faulty.folder.warehouse)
    assert tables in (releases.old, releases.new)
    assert (faulty.folder.current / "parquet").resolve() == faulty.folder.parquet.resolve()


def see_that_the_next_run_makes_good(faulty: Faulty, releases: Releases) -> None:
    """The next run succeeds, makes the tables of an undisturbed run, and clears away what was left lying about."""
    ended = faulty.run()
    assert ended.returncode == 0, ended.stderr.decode()[-2000:]
    assert tell_tables(faulty.folder.warehouse) == releases.new
    assert list_leftovers(faulty.folder) == []
    assert len(list(faulty.folder.releases.iterdir())) <= 3


def strike_and_make_good(faulty: Faulty, releases: Releases, faults: Sequence[tuple[str, str]]) -> None:
    """Let runs end by faults, one after the other, with a reader all along; then let one run through."""
    with faulty.reader():
        for spot, action in faults:
            is_published = tell_tables(faulty.folder.warehouse) == releases.new
            ended = faulty.run(spot, action, *(["--anew"] if is_published else []))  # else it finds that nothing changed
            assert b"FAULT" in ended.stderr, f"the run never came to {spot}"
            assert ended.returncode in STATUS[action], (spot, ended.stderr.decode()[-2000:])
            assert b"Traceback" not in ended.stderr
            see_that_a_release_stands(faulty, releases)
        published = faulty.folder.current.resolve().name
        see_that_the_next_run_makes_good(faulty, releases)
    recorded = {run.run_id: run.status for run in read_runs(faulty.folder)}
    assert recorded.get(published) == "published", "a published run is not on record as such"
    assert faulty.problems == []
    assert faulty.n_reads > len(faults)


def test_a_run_that_ends_anywhere_loses_nothing(disturb: Callable[[], Faulty], releases: Releases) -> None:
    strike_and_make_good(disturb(), releases, FEW)


@pytest.mark.skipif(not ALL, reason="every point one by one takes minutes: set YAODIAN_TEST_FAULTS=all")
def test_the_points_are_those_of_all_steps(disturb: Callable[[], Faulty]) -> None:
    told = [line.partition(":")[0] for line in disturb().run().stderr.decode().splitlines()]
    assert {re.sub(r" in \d+ shards$", "", name) for name in told} == {*STEPS}


@pytest.mark.skipif(not ALL, reason="every point one by one takes minutes: set YAODIAN_TEST_FAULTS=all")
@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain[0][0])
def test_stopped_between_steps_a_run_loses_nothing(disturb: Callable[[], Faulty], releases: Releases, chain: list[tuple[str, str]]) -> None:
    strike_and_make_good(disturb(), releases, chain)


@pytest.mark.skipif(not ALL, reason="every point one by one takes minutes: set YAODIAN_TEST_FAULTS=all")
@pytest.mark.parametrize("spot", CALL_POINTS)
def test_killed_within_a_step_a_run_loses_nothing(disturb: Callable[[], Faulty], releases: Releases, spot: str) -> None:
    strike_and_make_good(disturb(), releases, [(spot, "kill")])


@pytest.mark.skipif(not ALL, reason="every point one by one takes minutes: set YAODIAN_TEST_FAULTS=all")
def test_terminated_within_steps_a_run_loses_nothing(disturb: Callable[[], Faulty], releases: Releases) -> None:
    strike_and_make_good(disturb(), releases, [(spot, "terminate") for spot in CALL_POINTS[::2]])


@pytest.mark.skipif(not ALL, reason="every change one by one takes minutes: set YAODIAN_TEST_FAULTS=all")
def test_killed_before_any_change_of_the_file_system_while_publishing(disturb: Callable[[], Faulty], releases: Releases) -> None:
    faulty = disturb()
    traced = faulty.run("change:0", "trace")
    n_changes = traced.stderr.count(b"CHANGE ")
    assert n_changes > 20
    with faulty.reader():
        for nth in range(1, n_changes + 1, 3):
            assert faulty.run(f"change:{nth}", "kill").returncode in {KILLED, 0}
            see_that_a_release_stands(faulty, releases)
        see_that_the_next_run_makes_good(faulty, releases)
    assert faulty.problems == []
