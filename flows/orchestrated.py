"""The same story as a Prefect flow: each step a named task run, the run in Prefect's history, its report and failed checks as artifacts.

Prefect reads its settings when it is imported, so `prepare_prefect` comes first where no server is configured.
"""

from __future__ import annotations

import logging
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.build import STEPS, RunSummary, build
from flows.progress import Progress
from flows.settings import Settings, read_settings
from flows.summary import describe_run, list_failures
from schemas.errors import YaodianError
from warehouse.folder import DataFolder
from warehouse.inputs import find_inputs
from warehouse.storage import hold_lock, prepare_data_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from prefect import Flow, Task

    from flows.submit import Future

QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",  # at exit the temporary server logs tracebacks that mean nothing
    "PREFECT_LOGGING_ROOT_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}


class RunRejectedError(YaodianError):
    """A quality check rejected the run: Prefect shows it as failed, the command line exits with 1."""

    def __init__(self, summary: RunSummary) -> None:
        """Keep the summary for the caller."""
        super().__init__(f"run {summary.run.run_id} was rejected by a quality check")
        self.summary = summary


def prepare_prefect(data_dir: Path) -> None:
    """Set Prefect up, before it is imported, to keep its history in the data folder and to be quiet; the user's own settings win."""
    home = (data_dir / "prefect").resolve()
    if "PREFECT_HOME" not in os.environ:
        home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(home))
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    logging.getLogger("great_expectations").propagate = False  # else Prefect's handlers show its chatter


def run_with_prefect(settings: Settings, progress: Progress) -> RunSummary:
    """Run the flow with a Prefect server if one is configured (PREFECT_API_URL), else with a temporary one."""
    check_settings(settings)
    prepare_prefect(settings.data_dir)
    progress.note("starting Prefect: this takes some seconds (--direct does without)")
    flow = make_flow(progress)
    try:
        return flow.with_options(task_runner=_threads(settings.workers))(
            inputs=[str(path) for path in settings.inputs],
            data_dir=str(settings.data_dir),
            shard_bytes=settings.shard_bytes,
            workers=settings.workers,
            is_incremental=settings.is_incremental,
        )
    except RunRejectedError as rejected:
        return rejected.summary


def check_settings(settings: Settings) -> None:
    """Find out now, not after the seconds that Prefect needs to start, whether inputs and data folder can be used."""
    folder = DataFolder(settings.data_dir)
    prepare_data_folder(folder)
    with hold_lock(folder):
        find_inputs(settings.inputs)


def make_flow(progress: Progress | None = None) -> Flow[..., RunSummary]:
    """Return the Prefect flow `yaodian`; `progress` shows its steps, if given."""
    from prefect import flow

    @flow(name="yaodian", log_prints=False, persist_result=False, validate_parameters=True)
    def yaodian(
        inputs: list[str] | None = None,
        data_dir: str | None = None,
        shard_bytes: int | None = None,
        workers: int | None = None,
        is_incremental: bool = True,
    ) -> RunSummary:
        """Build, audit and publish the warehouse."""
        paths = tuple(map(Path, inputs or ()))
        settings = read_settings(paths, Path(data_dir) if data_dir else None, shard_bytes, workers, is_incremental=is_incremental)
        summary = build(settings, submit_task, progress or Progress(is_quiet=True))
        _leave_artifacts(summary)
        if summary.run.status != "published":
            raise RunRejectedError(summary)
        return summary

    return yaodian


def submit_task(step: Callable[..., Any], *arguments: Any) -> Future:
    """Submit a step as a Prefect task run."""
    from prefect import unmapped

    return _tasks()[step].submit(*(unmapped(argument) for argument in arguments))


@cache
def _tasks() -> dict[Callable[..., Any], Task[..., Any]]:
    from prefect import Task
    from prefect.cache_policies import NO_CACHE

    return {step: Task(step, name=step.__name__.replace("_", " "), cache_policy=NO_CACHE, persist_result=False) for step in STEPS}


def _threads(workers: int) -> Any:
    from prefect.task_runners import ThreadPoolTaskRunner

    return ThreadPoolTaskRunner(max_workers=workers)


def _leave_artifacts(summary: RunSummary) -> None:
    from prefect.artifacts import create_markdown_artifact, create_table_artifact

    try:
        create_markdown_artifact(f"```\n{describe_run(summary)}\n```", key="yaodian-run", description=f"Run {summary.run.run_id}")
        failures = list_failures(summary.checks).select("severity", "table_name", "check_name", "engine", "n_failed", "n_rows")
        create_table_artifact(failures.to_dicts(), key="yaodian-failed-checks", description=f"Failed checks of run {summary.run.run_id}")
    except Exception as error:  # noqa: BLE001  artifacts are a courtesy: the run stands without them
        logging.getLogger(__name__).warning("no Prefect artifacts: %s", error)
