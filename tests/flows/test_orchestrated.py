"""The real flow under Prefect, once; the steps themselves are tested without it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from flows.orchestrated import RunRejectedError, make_flow, prepare_prefect
from flows.settings import SEED_TEXTS
from tests.conftest import PROJECT
from tests.flows.test_build import assert_same_tables, fail_by_great_expectations
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.build import RunSummary


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    prepare_prefect(tmp_path_factory.mktemp("prefect"))
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


def read_server() -> tuple[list[tuple[str, str]], set[str], dict[str, str]]:
    """Flow runs with their states, names of finished task runs, and the latest artifacts by key."""
    from prefect import get_client

    async def ask() -> tuple[list[tuple[str, str]], set[str], dict[str, str]]:
        async with get_client() as client:
            flow_runs = await client.read_flow_runs()
            task_runs = await client.read_task_runs(limit=200)
            artifacts = sorted(await client.read_artifacts(), key=lambda artifact: str(artifact.created))
        states = [(str(run.state_name), run.name) for run in sorted(flow_runs, key=lambda run: str(run.created))]
        tasks = {run.name.rsplit("-", 1)[0] for run in task_runs if run.state_name == "Completed"}
        return states, tasks, {str(artifact.key): str(artifact.data) for artifact in artifacts}

    return asyncio.run(ask())


@pytest.mark.usefixtures("_server")
def test_the_flow_publishes_what_a_direct_run_does_and_shows_it_in_prefect(seeds_run: RunSummary, tmp_path: Path) -> None:
    summary = make_flow()(inputs=[str(SEED_TEXTS)], data_dir=str(tmp_path), shard_bytes=40_000)
    assert summary.run.status == "published"
    assert_same_tables(seeds_run.folder.warehouse, DataFolder(tmp_path).warehouse)
    states, tasks, artifacts = read_server()
    assert states[-1][0] == "Completed"
    assert {"read sources", "build tables", "load candidate", "audit candidate"} <= tasks
    assert summary.run.run_id in artifacts["yaodian-run"]
    assert "yaodian-failed-checks" in artifacts


@pytest.mark.usefixtures("_server")
def test_a_rejected_run_is_a_failed_flow_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_by_great_expectations(monkeypatch)
    with pytest.raises(RunRejectedError):
        make_flow()(inputs=[str(SEED_TEXTS)], data_dir=str(tmp_path))
    states, _, artifacts = read_server()
    assert states[-1][0] == "Failed"
    assert "is_never_true" in artifacts["yaodian-failed-checks"]
    assert not DataFolder(tmp_path).warehouse.exists()


def test_the_deployment_points_at_the_flow() -> None:
    import yaml
    from prefect.flows import load_flow_from_entrypoint

    [deployment] = yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    flow = load_flow_from_entrypoint(str(PROJECT / deployment["entrypoint"]))
    assert flow.name == "yaodian"
    assert set(deployment["parameters"]) <= set(flow.parameters.properties)
