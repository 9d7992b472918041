"""A schedule in; a Prefect server on this machine alone, and a process that starts a run when one is due, both stopped together.

For one machine without a server; where there is one (PREFECT_API_URL), that is used and none is started.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.orchestrated import check_settings, name_parameters
from flows.server import ADDRESS, HOST, have_server, prepare_prefect
from schemas.errors import SettingsError
from warehouse.store import find_address

if TYPE_CHECKING:
    from uuid import UUID

    from flows.settings import Settings

STOP_SECONDS = 60  # a step that has begun is not broken off
FLOWS = Path(__file__).resolve().parent / "deployed.py"


@dataclass(frozen=True)
class Schedule:
    """When runs are due: by `cron` in a `timezone`, or every `interval_seconds`."""

    cron: str | None
    interval_seconds: int | None
    timezone: str

    def __post_init__(self) -> None:
        """Raise SettingsError unless there is one schedule that can be read."""
        if (self.cron is None) == (self.interval_seconds is None):
            raise SettingsError("when shall it run? give --cron or --interval, one of them")
        if self.interval_seconds is not None and self.interval_seconds < 1:
            raise SettingsError(f"--interval must be 1 second or more, not {self.interval_seconds}")


def serve(settings: Settings, schedule: Schedule, port: int) -> None:
    """Run by a schedule until stopped by SIGTERM or SIGINT; a run at work is then stopped too, and the published warehouse stays.

    What is published is audited again when `settings.audit_cron` says so, in the same time zone. Raises SettingsError for a schedule that
    cannot be read, YaodianError where the server does not start.
    """
    check_settings(settings)
    prepare_prefect(settings.data_dir, is_quiet=False)
    has_server = bool(os.environ.get(ADDRESS))
    with have_server(settings.data_dir, port) as wait_for_server:
        deployments = _make_deployments(settings, schedule)
        wait_for_server()
        if not has_server:
            sys.stderr.write(f"runs, logs and artifacts: http://{HOST}:{port}\n")
        _serve(deployments)


def _make_deployments(settings: Settings, schedule: Schedule) -> list[Any]:
    inputs = tuple(path if find_address(path) else path.resolve() for path in settings.inputs)
    here = dataclasses.replace(settings, inputs=inputs, data_dir=settings.data_dir.resolve())
    deployments = [_make_deployment("yaodian", "served", schedule, name_parameters(here))]
    if settings.audit_cron:
        weekly = Schedule(settings.audit_cron, None, schedule.timezone)
        deployments.append(_make_deployment("audit", "served-audit", weekly, {"data_dir": str(here.data_dir)}))
    return deployments


def _make_deployment(flow: str, name: str, schedule: Schedule, parameters: dict[str, Any]) -> Any:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron, Interval

    try:
        due = (
            Cron(schedule.cron, timezone=schedule.timezone)
            if schedule.cron
            else Interval(schedule.interval_seconds or 0, timezone=schedule.timezone)
        )
        return RunnerDeployment.from_entrypoint(
            f"{FLOWS}:{flow}",
            name=name,
            schedule=due,
            tags=["yaodian", name],
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
            parameters=parameters,
        )
    except ValueError as error:
        raise SettingsError(f"this schedule cannot be read: {schedule.cron or schedule.interval_seconds} ({schedule.timezone})") from error


def _serve(deployments: list[Any]) -> None:
    from prefect.runner import Runner

    class StoppableRunner(Runner):
        """Leaves it to `run` to stop in order: its own way kills the run at work."""

        def handle_sigterm(self, *_args: Any, **_kwargs: Any) -> None:
            """Have `run` stop."""
            loop.call_soon_threadsafe(stopping.set)

    async def run() -> None:
        nonlocal loop
        loop = asyncio.get_running_loop()
        runner = StoppableRunner(name="yaodian", limit=1)
        deployment_ids = [await runner.aadd_deployment(deployment) for deployment in deployments]
        serving, stopped = asyncio.create_task(runner.start()), asyncio.create_task(stopping.wait())
        signal.signal(signal.SIGINT, runner.handle_sigterm)
        await asyncio.wait([serving, stopped], return_when=asyncio.FIRST_COMPLETED)
        if not serving.done():
            await _cancel_runs(deployment_ids)
            serving.cancel()
        await serving

    loop: asyncio.AbstractEventLoop
    stopping = asyncio.Event()
    with suppress(asyncio.CancelledError):
        asyncio.run(run())


async def _cancel_runs(deployment_ids: list[UUID]) -> None:
    """Cancel the runs at work, and wait until they have ended: they leave no candidate, and are on record as failed."""
    from prefect import get_client
    from prefect.client.schemas import filters
    from prefect.client.schemas.objects import StateType
    from prefect.states import Cancelling

    def in_state(*types: StateType) -> dict[str, Any]:
        is_so = filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=list(types)))
        is_ours = filters.DeploymentFilter(id=filters.DeploymentFilterId(any_=deployment_ids))
        return {"flow_run_filter": filters.FlowRunFilter(state=is_so), "deployment_filter": is_ours}

    async with get_client() as client:
        for flow_run in await client.read_flow_runs(**in_state(StateType.PENDING, StateType.RUNNING)):
            await client.set_flow_run_state(flow_run.id, Cancelling(), force=True)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and await client.read_flow_runs(**in_state(StateType.CANCELLING)):
            await asyncio.sleep(0.5)
