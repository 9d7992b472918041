"""The real flow under Prefect, once; the steps themselves are tested without it."""

from __future__ import annotations

import asyncio
import errno
from typing import TYPE_CHECKING

import pytest

from flows.build import STEPS
from flows.cli import main
from flows.orchestrated import RunRejectedError, _may_pass, make_flow, make_task
from flows.settings import SEED_TEXTS
from tests.conftest import PROJECT
from tests.flows.test_build import assert_same_tables, fail_by_pandera
from tests.unaudited import skip_great_expectations
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from pathlib import Path

    from flows.build import RunSummary


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


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_publishes_what_a_direct_run_does_and_shows_it_in_prefect(seeds_run: RunSummary, tmp_path: Path) -> None:
    with skip_great_expectations():
        summary = make_flow()(inputs=[str(SEED_TEXTS)], data_dir=str(tmp_path), shard_bytes=40_000)
    assert summary.run.status == "published"
    assert_same_tables(seeds_run.folder.warehouse, DataFolder(tmp_path).warehouse)
    states, tasks, artifacts = read_server()
    assert states[-1][0] == "Completed"
    assert states[-1][1].startswith(f"texts into {tmp_path}, 2")
    assert {"read sources", "build tables", "load candidate", "audit candidate"} <= tasks
    assert artifacts["yaodian-run"].startswith(f"**published: run {summary.run.run_id}**\n\n- **sources**: 5 read")
    assert {"yaodian-failed-checks", "yaodian-quality"} <= artifacts.keys()
    assert (tmp_path / "reports" / "quality.html").as_uri() in artifacts["yaodian-report"]


@pytest.mark.usefixtures("prefect_server")
def test_a_rejected_run_is_a_failed_flow_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_by_pandera(monkeypatch)
    with skip_great_expectations(), pytest.raises(RunRejectedError, match=r"main\.documents is_never_true \(5 of 5 rows\)"):
        make_flow()(inputs=[str(SEED_TEXTS)], data_dir=str(tmp_path))
    states, _, artifacts = read_server()
    assert states[-1][0] == "Failed"
    assert "is_never_true" in artifacts["yaodian-failed-checks"]
    assert not DataFolder(tmp_path).warehouse.exists()


def test_each_deployment_points_at_a_flow_that_takes_its_parameters() -> None:
    import yaml
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.flows import load_flow_from_entrypoint

    deployments = yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    assert [deployment["name"] for deployment in deployments] == ["nightly", "on-demand", "weekly-audit"]
    for deployment in deployments:
        flow = load_flow_from_entrypoint(str(PROJECT / deployment["entrypoint"]))
        assert flow.name in {"yaodian", "yaodian-audit"}
        flow.validate_parameters(deployment["parameters"])
        for schedule in deployment["schedules"]:
            CronSchedule(**schedule)


@pytest.mark.parametrize(
    "parameters", [{"workers": 0}, {"workers": "many"}, {"inputs": []}, {"inputs": [""]}, {"data_dir": ""}, {"shard_bytes": -1}]
)
def test_wrong_parameters_are_refused(parameters: dict) -> None:
    from prefect.exceptions import ParameterTypeError

    with pytest.raises(ParameterTypeError):
        make_flow().validate_parameters({"data_dir": "data", **parameters})


def test_a_schedule_that_cannot_be_read_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    for schedule in ([], ["--cron", "0 0 * * *", "--interval", "60"], ["--interval", "0"], ["--cron", "every night"]):
        assert main(["serve", str(SEED_TEXTS), "--data-dir", str(tmp_path / "data"), *schedule]) == 2
        assert capsys.readouterr().err.startswith(("yaodian: when shall", "yaodian: --interval must", "yaodian: this schedule cannot"))


@pytest.mark.parametrize(
    ("error", "is_retried"), [(OSError(errno.ESTALE, "stale"), True), (OSError(errno.ENOSPC, "full"), False), (ValueError("a bug"), False)]
)
def test_only_what_may_pass_is_tried_again(error: Exception, is_retried: bool) -> None:
    from prefect.states import exception_to_failed_state

    state = asyncio.run(exception_to_failed_state(error))
    assert _may_pass(None, None, state) is is_retried


def test_only_steps_that_read_and_write_files_are_tried_again() -> None:
    assert {step.__name__ for step in STEPS if make_task(step).retries} == {
        *("read_sources", "build_tables", "hand_over_shard", "hand_over_corpus_tables"),
    }
