"""The same story as a Prefect flow: each step a named task run, the run in Prefect's history, its report and failed checks as artifacts.

Prefect reads its settings when it is imported, so that `flows/server.py` comes first.
"""

from __future__ import annotations

import dataclasses
import errno
import inspect
import logging
import os
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from flows.auditing import audit_warehouse
from flows.build import STEPS, RunSummary, build
from flows.building import build_tables
from flows.cluster import check_cluster, submit_to_cluster
from flows.progress import Progress, write_json_line
from flows.reading import read_sources
from flows.relating import hand_over_corpus_tables, hand_over_shard
from flows.server import ADDRESS, have_server, prepare_prefect
from flows.settings import Settings, read_settings
from flows.summary import Description, describe_checks, describe_run, list_failures, name_failures
from schemas.errors import YaodianError
from warehouse.folder import DataFolder
from warehouse.inputs import find_inputs
from warehouse.report import count_verdicts
from warehouse.storage import hold_lock, prepare_data_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import polars as pl
    from prefect import Flow, Task

    from flows.submit import Future, Submit
    from warehouse.runs import RunRecord

# Steps that do little but read and write files, and what a file system over a network says when it may be there again in a moment.
RETRIED = (read_sources, build_tables, hand_over_shard, hand_over_corpus_tables)
PASSING = {errno.EIO, errno.EAGAIN, errno.EBUSY, errno.ESTALE, errno.ETIMEDOUT, errno.ECONNRESET, errno.EHOSTUNREACH, errno.ENOTCONN}
RETRY_SECONDS = (2.0, 10.0)

Text = Annotated[str, Field(min_length=1)]
Number = Annotated[int, Field(ge=1)]
Inputs = Annotated[list[Text], Field(min_length=1)]


class RunRejectedError(YaodianError):
    """A quality check rejected the run: Prefect shows it as failed, the command line exits with 1."""

    def __init__(self, run: RunRecord, checks: pl.DataFrame, summary: RunSummary | None = None) -> None:
        """Say which checks failed, and keep the summary for the caller."""
        super().__init__(f"run {run.run_id} was rejected by a quality check: {name_failures(checks)}")
        self.summary = summary


def run_with_prefect(settings: Settings, progress: Progress) -> RunSummary:
    """Run the flow with a Prefect server if one is configured (PREFECT_API_URL), which gets the log, else with a temporary one."""
    check_settings(settings)
    has_server = bool(os.environ.get(ADDRESS))
    prepare_prefect(settings.data_dir, is_quiet=not has_server)
    progress.note("starting Prefect: this takes some seconds (--direct does without)")
    with have_server(settings.data_dir) as wait_for_server:
        flow = make_flow(None if has_server else progress)
        from prefect import tags
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        wait_for_server()
        no_heartbeat = temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})  # it would cost a second at the end
        try:
            with tags("yaodian", "by-hand"), no_heartbeat:
                return flow(**name_parameters(settings))
        except RunRejectedError as rejected:
            if rejected.summary is None:
                raise
            return rejected.summary


def name_parameters(settings: Settings) -> dict[str, Any]:
    """Return what settings are as parameters of the flow: text and numbers."""
    return {
        "inputs": [str(path) for path in settings.inputs],
        "data_dir": str(settings.data_dir),
        "shard_bytes": settings.shard_bytes,
        "workers": settings.workers,
        "is_incremental": settings.is_incremental,
    }


def check_settings(settings: Settings) -> None:
    """Find out now, not after the seconds that Prefect needs to start, whether inputs, data folder and cluster can be used."""
    check_cluster(settings)
    folder = DataFolder(settings.data_dir)
    prepare_data_folder(folder)
    with hold_lock(folder):
        find_inputs(settings.inputs)


def make_flow(progress: Progress | None = None) -> Flow[..., RunSummary]:
    """Return the Prefect flow `yaodian`; `progress` shows its steps, else Prefect's log does."""
    from prefect import flow

    @flow(name="yaodian", flow_run_name=_name_flow_run, log_prints=False, persist_result=False, validate_parameters=True)
    def yaodian(
        inputs: Inputs | None = None,
        data_dir: Text | None = None,
        shard_bytes: Number | None = None,
        workers: Number | None = None,
        is_incremental: bool = True,
    ) -> RunSummary:
        """Build, audit and publish the warehouse."""
        _silence_chatter()
        paths = tuple(map(Path, inputs or ()))
        settings = read_settings(paths, Path(data_dir) if data_dir else None, shard_bytes, workers, is_incremental=is_incremental)
        if settings.cluster:
            settings = dataclasses.replace(settings, data_dir=settings.data_dir.resolve())  # its processes work in other folders
        with submit_tasks(settings) as submit:
            summary = build(settings, submit, progress or _log_to_prefect(settings))
        _leave_artifacts(describe_run(summary), summary.folder, summary.run, summary.checks)
        _tag_flow_run("unchanged" if summary.is_unchanged else summary.run.status)
        if summary.run.status != "published":
            raise RunRejectedError(summary.run, summary.checks, summary)
        return summary

    return yaodian


def make_audit_flow() -> Flow[..., None]:
    """Return the Prefect flow `yaodian-audit`."""
    from prefect import flow

    @flow(name="yaodian-audit", flow_run_name=_name_flow_run, log_prints=False, persist_result=False, validate_parameters=True)
    def audit(data_dir: Text | None = None, fail_on: Literal["error", "warning"] = "error") -> None:
        """Audit the published warehouse again; nothing in it is changed."""
        _silence_chatter()
        settings = read_settings(data_dir=Path(data_dir) if data_dir else None)
        folder = DataFolder(settings.data_dir)
        run, checks, has_failed = audit_warehouse(settings, fail_on, _log_to_prefect(settings))
        _leave_artifacts(describe_checks(folder, checks), folder, run, checks)
        _tag_flow_run("failed" if has_failed else "passed")
        if has_failed:
            raise RunRejectedError(run, checks)

    return audit


def _silence_chatter() -> None:
    """Keep out of Prefect's log what Great Expectations says of itself, and that a step is done: the run tells how long each took."""
    logging.getLogger("great_expectations").propagate = False
    logging.getLogger("prefect.task_runs").setLevel(logging.WARNING)


@contextmanager
def submit_tasks(settings: Settings) -> Generator[Submit]:
    """Yield a way to have steps done as Prefect task runs: by threads of this process, or by the cluster that the settings name."""
    if settings.cluster:
        with submit_to_cluster(settings, make_task) as submit:
            yield submit
        return
    from prefect.task_runners import ThreadPoolTaskRunner
    from prefect.utilities.annotations import quote

    def submit_to_thread(step: Callable[..., Any], *arguments: Any) -> Future:
        parameters = inspect.signature(step).bind(*arguments).arguments
        return runner.submit(make_task(step), {name: quote(argument) for name, argument in parameters.items()})

    with ThreadPoolTaskRunner(max_workers=settings.workers) as runner:
        yield submit_to_thread


def make_task(step: Callable[..., Any], done_by: Callable[..., Any] | None = None) -> Task[..., Any]:
    """Return the Prefect task of a step of the run; `done_by` does it where the step is not called itself."""
    return _tasks(done_by)[step]


@cache
def _tasks(done_by: Callable[..., Any] | None) -> dict[Callable[..., Any], Task[..., Any]]:
    from prefect import Task
    from prefect.cache_policies import NO_CACHE

    retried: dict[str, Any] = {"retries": len(RETRY_SECONDS), "retry_delay_seconds": list(RETRY_SECONDS), "retry_condition_fn": _may_pass}
    return {
        step: Task(
            done_by or step,
            name=step.__name__.replace("_", " "),
            cache_policy=NO_CACHE,
            persist_result=False,
            **(retried if step in RETRIED else {}),
        )
        for step in STEPS
    }


def _may_pass(_task: Any, _task_run: Any, state: Any) -> bool:
    """Tell whether a step may do better in a moment: any other error would come again."""
    try:
        state.result()
    except OSError as error:
        return error.errno in PASSING
    except Exception:  # noqa: BLE001  it is asked about, and raised by Prefect
        return False
    return False


def _name_flow_run() -> str:
    """Name a flow run after what it reads, where it writes and when it was due."""
    from prefect.runtime import flow_run

    parameters, due = flow_run.parameters or {}, flow_run.scheduled_start_time
    inputs = ", ".join(Path(path).name or path for path in parameters.get("inputs") or ())
    read = f"{inputs} into " if inputs else ""
    return f"{read}{parameters.get('data_dir') or 'the data folder'}, {due:%Y-%m-%d %H:%M:%S} UTC"


def _log_to_prefect(settings: Settings) -> Progress:
    from prefect import get_run_logger

    def log(level: str, text: str, facts: dict[str, Any]) -> None:
        get_run_logger().log(logging.getLevelName(level.upper()), text)
        if settings.log == "json":
            write_json_line(level, text, facts)

    return Progress(log=log)


def _leave_artifacts(description: Description, folder: DataFolder, run: RunRecord, checks: pl.DataFrame) -> None:
    """Leave summary, verdicts by table, failed checks and a link to the report with the flow run."""
    from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

    failures = list_failures(checks).select("severity", "table_name", "check_name", "engine", "n_failed", "n_rows")
    report = (folder.reports / "quality.html").resolve()
    try:
        create_markdown_artifact(description.as_markdown(), key="yaodian-run", description=f"Run {run.run_id}")
        verdicts = count_verdicts(checks, "table_name").to_dicts()
        create_table_artifact(verdicts, key="yaodian-quality", description=f"Checks of run {run.run_id} by table")
        create_table_artifact(failures.to_dicts(), key="yaodian-failed-checks", description=f"Failed checks of run {run.run_id}")
        create_link_artifact(report.as_uri(), link_text=str(report), key="yaodian-report", description="The quality report")
    except Exception as error:  # noqa: BLE001  artifacts are a courtesy: the run stands without them
        logging.getLogger(__name__).warning("no Prefect artifacts: %s", error)


def _tag_flow_run(how_it_ended: str) -> None:
    from prefect import get_client
    from prefect.runtime import flow_run

    try:
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, tags={*flow_run.tags, how_it_ended})
    except Exception as error:  # noqa: BLE001  as above
        logging.getLogger(__name__).warning("no Prefect tag: %s", error)
