"""One warehouse of the seed pages and one of the development pages for the whole test session."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from flows.build import build
from flows.progress import Progress
from flows.settings import SEED_TEXTS, read_settings
from flows.submit import run_in_threads
from tests.unaudited import skip_great_expectations
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.build import RunSummary

PROJECT = Path(__file__).resolve().parent.parent
DEV_TEXTS = PROJECT.parent / "shared" / "corpora" / "dev"

# The same examples at every run: a change is judged by itself. `pytest --hypothesis-profile=default` draws others.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.load_profile("same")


def build_direct(inputs: list[Path], data_dir: Path, *, is_incremental: bool = False, **settings: int) -> RunSummary:
    """Run the whole flow in this process; all of it, unless `is_incremental`."""
    made = read_settings(tuple(inputs), data_dir, is_incremental=is_incremental, **settings)
    with run_in_threads(made.workers) as submit:
        return build(made, submit, Progress(is_quiet=True))


@pytest.fixture(scope="session")
def run_direct() -> Callable[..., RunSummary]:
    return build_direct


@pytest.fixture(scope="session")
def run_unaudited() -> Callable[..., RunSummary]:
    """Runs whose tables are compared with those of an audited run."""

    def run(inputs: list[Path], data_dir: Path, **settings: Any) -> RunSummary:
        with skip_great_expectations():
            return build_direct(inputs, data_dir, **settings)

    return run


@pytest.fixture(scope="session")
def seeds_run(tmp_path_factory: pytest.TempPathFactory) -> RunSummary:
    return build_direct([SEED_TEXTS], tmp_path_factory.mktemp("seeds") / "data")


@pytest.fixture(scope="session")
def dev_texts() -> list[Path]:
    paths = sorted(DEV_TEXTS.glob("*.txt"))
    if not paths:
        pytest.skip(f"the development pages are not here ({DEV_TEXTS.parent.parent.name}/corpora/dev beside the project)")
    return paths


@pytest.fixture(scope="session")
def dev_run(dev_texts: list[Path], tmp_path_factory: pytest.TempPathFactory) -> RunSummary:
    return build_direct(dev_texts, tmp_path_factory.mktemp("dev") / "data")


@pytest.fixture
def published(seeds_run: RunSummary, tmp_path: Path) -> DataFolder:
    """A data folder with a published release to lose."""
    shutil.copytree(seeds_run.folder.root, tmp_path / "data", symlinks=True)
    return DataFolder(tmp_path / "data")
