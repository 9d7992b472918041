"""One run over the whole hostile folder, in a process of its own, for all tests that look at what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.hostile.child import run_yaodian
from tests.hostile.corpus import write_corpus
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hostile.child import Ended
    from tests.hostile.nasty import Nasty


@dataclass(frozen=True)
class HostileRun:
    """The hostile folder, what is in it, and the run over it."""

    inputs: Path
    sources: list[Nasty]
    ended: Ended
    folder: DataFolder


@pytest.fixture(scope="session")
def hostile_run(tmp_path_factory: pytest.TempPathFactory) -> HostileRun:
    place = tmp_path_factory.mktemp("hostile")
    inputs = place / "in"
    inputs.mkdir()
    sources = write_corpus(inputs)
    data = place / "da'ta \"[x]* #1 %20 数据"
    ended = run_yaodian("run", str(inputs), "--direct", "--data-dir", str(data), folder=place)
    return HostileRun(inputs, sources, ended, DataFolder(data))
