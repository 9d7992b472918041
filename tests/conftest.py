"""One warehouse of the seed pages and one of the development pages for the whole test session."""

from __future__ import annotations

import hashlib
import logging
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

from flows.build import build
from flows.progress import Progress
from flows.settings import SEED_TEXTS, read_settings
from flows.submit import run_in_threads
from tests.unaudited import skip_great_expectations
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xdist.remote import Producer

    from flows.build import RunSummary

PROJECT = Path(__file__).resolve().parent.parent
TOGETHER = {  # tests that share what takes long to make: one process has them all, where several are at work
    "tests/faults/": "faults",
    "tests/hostile/": "hostile",
    "tests/flows/test_cluster.py": "prefect",
    "tests/flows/test_orchestrated.py": "prefect",
}
DEV_TEXTS = PROJECT.parent / "shared" / "corpora" / "dev"

# The same examples at every run: a change is judged by itself. `pytest --hypothesis-profile=default` draws others.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.load_profile("same")


class ByFile(LoadScopeScheduling):
    """Gives each process of `pytest -n` whole files, in their order."""

    def _split_scope(self, nodeid: str) -> str:
        return next((name for begins, name in TOGETHER.items() if nodeid.startswith(begins)), nodeid.partition("::")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    config.option.loadscopereorder = False  # long files have few tests: they would come last
    return ByFile(config, log)


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


@pytest.fixture(scope="session")
def store_endpoint() -> Iterator[str]:
    """The address of an object store with the S3 API, on this machine."""
    moto = pytest.importorskip("moto.server", reason="moto is not installed: make setup")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def object_store(store_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment says where the object store is."""
    told = {"ENDPOINT_URL": store_endpoint, "REGION": "us-east-1", "ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret"}
    for name, value in told.items():
        monkeypatch.setenv(f"AWS_{name}", value)


@pytest.fixture
def bucket(object_store: None, request: pytest.FixtureRequest) -> str:
    """The address of a new bucket."""
    import boto3

    name = f"bucket-{hashlib.md5(request.node.nodeid.encode(), usedforsecurity=False).hexdigest()}"
    boto3.client("s3").create_bucket(Bucket=name)
    return f"s3://{name}"


@pytest.fixture
def published(seeds_run: RunSummary, tmp_path: Path) -> DataFolder:
    """A data folder with a published release to lose."""
    shutil.copytree(seeds_run.folder.root, tmp_path / "data", symlinks=True)
    return DataFolder(tmp_path / "data")
