"""The disk fills up, an input goes away, another run is at work: each is said in one line, and readers notice nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.settings import SEED_TEXTS
from tests.faults.harness import PATIENCE, Faulty, copy_release, tell_tables
from tests.faults.test_killed_runs import ALL, see_that_a_release_stands, see_that_the_next_run_makes_good

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from tests.faults.conftest import Releases

FULL_POINTS = [
    "call:before:warehouse.publish.start_candidate:1",
    "call:before:warehouse.handover.hand_over:1",
    "call:before:warehouse.handover.hand_over:30",
    "call:before:warehouse.load._load_table:2",
    "call:before:warehouse.verdict._fill:2",
    "call:before:warehouse.publish._flush:1",
    "call:before:warehouse.publish._point:1",
    "call:before:warehouse.runs.write_whole:1",
]


def test_two_at_once_the_second_is_turned_away_and_the_first_ends_well(
    disturb: Callable[[], Faulty], releases: Releases, tmp_path: Path
) -> None:
    faulty = disturb()
    go_on = tmp_path / "go_on"
    with faulty.reader():
        first = faulty.start("step:after:find site templates", f"wait={go_on}")
        try:
            deadline = time.monotonic() + PATIENCE
            while not any(faulty.folder.candidates.glob("*")):
                assert time.monotonic() < deadline, "the first run has no candidate"
                time.sleep(0.1)
            second = faulty.run()
            see_that_a_release_stands(faulty, releases)
        finally:
            go_on.touch()
            first.communicate(timeout=PATIENCE)
    assert second.returncode == 2
    assert b"another run" in second.stderr
    assert first.returncode == 0
    assert tell_tables(faulty.folder.warehouse) == releases.new
    assert faulty.problems == []


def test_an_input_that_goes_away_in_mid_run_is_in_quarantine(disturb: Callable[[], Faulty], tmp_path: Path) -> None:
    faulty = disturb()
    shutil.copytree(SEED_TEXTS, tmp_path / "in")
    faulty.inputs = [tmp_path / "in"]
    gone = sorted((tmp_path / "in").glob("*.txt"))[2]
    ended = faulty.run("step:after:find inputs", f"remove={gone}")
    assert ended.returncode == 0, ended.stderr.decode()
    refused = pl.read_parquet(faulty.folder.parquet / "quality" / "quarantine" / "*.parquet")
    assert refused.select("source_id", "stage", "reason").rows() == [(gone.name, "read", "unreadable")]
    assert gone.name not in pl.read_parquet(faulty.folder.parquet / "lineage" / "sources" / "*.parquet")["source_id"]


@pytest.mark.skipif(not ALL, reason="every point one by one takes minutes: set YAODIAN_TEST_FAULTS=all")
@pytest.mark.parametrize("spot", FULL_POINTS)
def test_a_full_disk_is_said_in_one_line(disturb: Callable[[], Faulty], releases: Releases, spot: str) -> None:
    faulty = disturb()
    with faulty.reader():
        ended = faulty.run(spot, "full")
        assert b"FAULT" in ended.stderr, "the run never came to this point"
        assert ended.returncode == 2
        said = [line for line in ended.stderr.decode().splitlines() if line.startswith("yaodian: ")]
        assert len(said) == 1
        assert "disk is full" in said[0]
        see_that_a_release_stands(faulty, releases)
        see_that_the_next_run_makes_good(faulty, releases)
    assert faulty.problems == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    """A file system in memory that can be made too small."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", str(place)], capture_output=True, check=False)
    except OSError:
        pytest.skip("there is no mount here")
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.skipif(not ALL or os.geteuid() != 0, reason="only root can mount a disk, and it takes minutes: YAODIAN_TEST_FAULTS=all")
@pytest.mark.parametrize("free_kilobytes", [4, 64, 256, 512, 1_000, 2_000, 4_000, 6_000, 8_000, 10_000, 14_000])
def test_a_disk_that_is_really_full(releases: Releases, small_disk: Path, free_kilobytes: int) -> None:
    faulty = Faulty(copy_release(releases.folder, small_disk / "data"), [SEED_TEXTS])
    taken = shutil.disk_usage(small_disk).used // 1024
    with faulty.reader():
        _resize(small_disk, taken + free_kilobytes)
        ended = faulty.run()
        see_that_a_release_stands(faulty, releases)
        _resize(small_disk, 200_000)
        assert ended.returncode in {0, 2}, (ended.stdout + ended.stderr).decode()[-3000:]
        if ended.returncode == 2:
            said = [line for line in ended.stderr.decode().splitlines() if line.startswith("yaodian: ")]
            assert len(said) == 1
            assert "unexpected" not in said[0]
            assert "disk is full" in said[0] or "space" in said[0].lower()
        see_that_the_next_run_makes_good(faulty, releases)
    assert faulty.problems == []


def _resize(disk: Path, kilobytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", str(disk)], check=True)
