"""An old release of three pages, and what an undisturbed run over five makes of it: made once for all faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from flows.settings import SEED_TEXTS
from tests.faults.harness import Faulty, copy_release, tell_tables
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.harness import Fingerprint


@dataclass(frozen=True)
class Releases:
    """The old release, its tables, and those of the release that a run without faults puts in its place."""

    folder: DataFolder
    old: Fingerprint
    new: Fingerprint


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    pages = sorted(SEED_TEXTS.glob("*.txt"))
    place = tmp_path_factory.mktemp("faults")
    before = Faulty(DataFolder(place / "old"), pages[:3])
    assert before.run().returncode == 0
    after = Faulty(copy_release(before.folder, place / "new"), [SEED_TEXTS])
    assert after.run().returncode == 0
    return Releases(before.folder, tell_tables(before.folder.warehouse), tell_tables(after.folder.warehouse))


@pytest.fixture
def disturb(releases: Releases, tmp_path: Path) -> Callable[[], Faulty]:
    """Copies the old release to a folder in which things may go wrong."""
    return lambda: Faulty(copy_release(releases.folder, tmp_path / "data"), [SEED_TEXTS])
