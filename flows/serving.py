"""A schedule in; a Prefect server on this machine alone, and a process that starts a run when one is due, both stopped together.

For one machine without a server; where there is one (PREFECT_API_URL), that is used and none is started.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.orchestrated import check_settings, prepare_prefect
from schemas.errors import SettingsError, YaodianError

if TYPE_CHECKING:
    from collections.abc import Generator
    from uuid import UUID

    from flows.settings import Settings

HOST, PORT = "127.0.0.1", 4200
PATIENCE_SECONDS = 180
STOP_SECONDS = 60  # a step that has begun is not broken off
ENTRYPOINT = f"{Path(__file__).resolve().parent / 'deployed.py'}:yaodian"
NAME = "served"


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


def serve(settings: Settings, schedule: Schedule, port: int = PORT) -> None:
    """Run by a schedule until stopped by SIGTERM or SIGINT; a run at work is then stopped too, and the published warehouse stays.

    Raises SettingsError for a schedule that cannot be read, YaodianError where the server does not start.
    """
    check_settings(settings)
    prepare_prefect(settings.data_dir, is_quiet=False)
    if os.environ.get("PREFECT_API_URL"):
        _serve(_make_deployment(settings, schedule))
        return
    address = f"http://{HOST}:{port}/api"
    os.environ["PREFECT_API_URL"] = address  # before Prefect is imported, or it starts a server of its own
    deployment = _make_deployment(settings, schedule)
    with _start_server(port, address):
        sys.stderr.write(f"runs, logs and artifacts: http://{HOST}:{port}\n")
        _serve(deployment)


def _make_deployment(settings: Settings, schedule: Schedule) -> Any:
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
            ENTRYPOINT,
            name=NAME,
            schedule=due,
            tags=["yaodian", NAME],
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
            parameters={
                "inputs": [str(path.resolve()) for path in settings.inputs],
                "data_dir": str(settings.data_dir.resolve()),
                "shard_bytes": settings.shard_bytes,
                "workers": settings.workers,
                "is_incremental": settings.is_incremental,
            },
        )
    except ValueError as error:
        raise SettingsError(f"this schedule cannot be read: {schedule.cron or schedule.interval_seconds} ({schedule.timezone})") from error


def _serve(deployment: Any) -> None:
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
        deployment_id = await runner.aadd_deployment(deployment)
        serving, stopped = asyncio.create_task(runner.start()), asyncio.create_task(stopping.wait())
        signal.signal(signal.SIGINT, runner.handle_sigterm)
        await asyncio.wait([serving, stopped], return_when=asyncio.FIRST_COMPLETED)
        if not serving.done():
            await _cancel_runs(deployment_id)
            serving.cancel()
        await serving

    loop: asyncio.AbstractEventLoop
    stopping = asyncio.Event()
    with suppress(asyncio.CancelledError):
        asyncio.run(run())


async def _cancel_runs(deployment_id: UUID) -> None:
    """Cancel the run at work, and wait until it has ended: it leaves no candidate, and is on record as failed."""
    from prefect import get_client
    from prefect.client.schemas import filters
    from prefect.client.schemas.objects import StateType
    from prefect.states import Cancelling

    def in_state(*types: StateType) -> dict[str, Any]:
        is_so = filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=list(types)))
        is_ours = filters.DeploymentFilter(id=filters.DeploymentFilterId(any_=[deployment_id]))
        return {"flow_run_filter": filters.FlowRunFilter(state=is_so), "deployment_filter": is_ours}

    async with get_client() as client:
        for flow_run in await client.read_flow_runs(**in_state(StateType.PENDING, StateType.RUNNING)):
            await client.set_flow_run_state(flow_run.id, Cancelling(), force=True)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and await client.read_flow_runs(**in_state(StateType.CANCELLING)):
            await asyncio.sleep(0.5)


@contextmanager
def _start_server(port: int, address: str) -> Generator[None]:
    """Have a Prefect server on the loopback address, which other machines cannot reach, for as long as the body runs."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise YaodianError(f"port {port} is taken: is another server at work? give another --port") from error
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(port)]
    environment = os.environ | {"PREFECT_SERVER_UI_API_URL": address}  # else its pages ask at the port that they know
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, env=environment) as server:  # noqa: S603  our own
        try:
            _wait_for(server, f"{address}/health")
            yield
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait_for(server: subprocess.Popen[bytes], address: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with opener.open(address, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise YaodianError(f"the Prefect server did not start within {PATIENCE_SECONDS} seconds: try `prefect server start` to see why")
