"""An old release of three pages, and what an undisturbed run over five makes of it: made once for all faults, without their process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from flows.settings import SEED_TEXTS
from tests.faults.harness import SHARD_BYTES, Faulty, copy_release, tell_tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.build import RunSummary
    from tests.faults.harness import Fingerprint
    from warehouse.folder import DataFolder


@dataclass(frozen=True)
class Releases:
    """The old release, its tables, and those of the release that a run without faults puts in its place."""

    folder: DataFolder
    old: Fingerprint
    new: Fingerprint


@pytest.fixture(scope="session")
def releases(run_unaudited: Callable[..., RunSummary], tmp_path_factory: pytest.TempPathFactory) -> Releases:
    pages = sorted(SEED_TEXTS.glob("*.txt"))
    place = tmp_path_factory.mktemp("faults")
    before = run_unaudited(pages[:3], place / "old", is_incremental=True, shard_bytes=SHARD_BYTES).folder
    copy = copy_release(before, place / "new")
    after = run_unaudited([SEED_TEXTS], copy.root, is_incremental=True, shard_bytes=SHARD_BYTES).folder
    return Releases(before, tell_tables(before.warehouse), tell_tables(after.warehouse))


@pytest.fixture
def disturb(releases: Releases, tmp_path: Path) -> Callable[[], Faulty]:
    """Copies the old release to a folder in which things may go wrong."""
    return lambda: Faulty(copy_release(releases.folder, tmp_path / "data"), [SEED_TEXTS])
