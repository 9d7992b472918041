"""Steps and their arguments in, done by the processes of a Dask cluster: of this machine, or of others that see the data folder too.

Prefect's own task runner for Dask has them done. What is long goes through the data folder and not through the scheduler: a frame of the
whole corpus is written once, not sent with each shard.
"""

from __future__ import annotations

import logging
import os
import pickle
import secrets
import socket
import time
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from weakref import WeakSet

import cloudpickle  # also takes functions that have no name, such as the checks that a contract has made

from flows.version import tell_code_version
from schemas.errors import SettingsError, YaodianError
from warehouse.connect import limit_memory
from warehouse.folder import DataFolder
from warehouse.storage import remove_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from flows.settings import Settings
    from flows.submit import Future

LOCAL = "local"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LONG_BYTES = 50_000  # measured: about what Prefect itself sends with each step
RECENT = 16  # more arguments than two steps have: what is given to all shards is among them
STOP_SECONDS = 60
LEAVE_IT_TO_US = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"  # a Ctrl-C reaches workers of the same terminal too
NO_WORKERS_SECONDS = 300  # then a step fails that waits for a worker to come back


class Terms(NamedTuple):
    """What a worker needs to know of the run besides a step's arguments."""

    data_dir: Path
    code_version: str
    memory_mb: int


@dataclass(frozen=True)
class Filed:
    """An argument that waits in a file."""

    path: Path

    @lru_cache(maxsize=4)  # noqa: B019  a worker does the same step for many shards
    def read(self) -> Any:
        """Read the argument."""
        return pickle.loads(self.path.read_bytes())  # noqa: S301  written by this run


@dataclass
class Files:
    """Files the arguments of steps that are long, each once."""

    root: Path
    recent: OrderedDict[int, tuple[Any, Any]] = field(default_factory=OrderedDict)
    n_filed: int = 0

    def file(self, argument: Any) -> Any:
        """Return the argument if it is short, else put it in a file and return that."""
        if id(argument) not in self.recent:
            self.recent[id(argument)] = (argument, self._file(argument))  # kept together: else its id may become another's
            if len(self.recent) > RECENT:
                self.recent.popitem(last=False)
        self.recent.move_to_end(id(argument))
        return self.recent[id(argument)][1]

    def _file(self, argument: Any) -> Any:
        pickled = cloudpickle.dumps(argument)
        if len(pickled) <= LONG_BYTES:
            return argument
        if not self.n_filed:
            self._remove_others()
        self.root.mkdir(parents=True, exist_ok=True)
        self.n_filed += 1
        path = self.root / f"{self.n_filed:06d}.pickle"
        path.write_bytes(pickled)
        return Filed(path)

    def _remove_others(self) -> None:
        """Remove what killed runs left: who submits steps holds the data folder's lock."""
        for path in self.root.parent.glob("*"):
            if path != self.root:
                remove_folder(path)


def do_step(work: bytes) -> Any:
    """Do a step in a worker process, which must see the same data folder and run the same code.

    Step, arguments and terms come pickled: Dask takes tuples and lists apart to look for futures, and makes plain ones of named tuples.
    """
    step, arguments, terms = pickle.loads(work)  # noqa: S301  by this run
    if not terms.data_dir.is_dir():
        raise YaodianError(
            f"worker {socket.gethostname()} does not see the data folder {terms.data_dir}: mount it there under the same path"
        )
    if (own := _tell_own_version()) != terms.code_version:
        raise YaodianError(f"worker {socket.gethostname()} runs version {own}, this run {terms.code_version}: install the same on both")
    limit_memory(terms.memory_mb)
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    return step(*(argument.read() if isinstance(argument, Filed) else argument for argument in arguments))


@cache
def _tell_own_version() -> str:
    return tell_code_version()


class ClusterSubmit:
    """A way to have steps done by a cluster, as Prefect task runs."""

    def __init__(self, runner: Any, make_task: Callable[..., Any], terms: Terms, files: Files) -> None:
        """Take the task runner, started, and how a task is made of a step and the function that does it."""
        self._runner, self._make_task, self._terms, self._files = runner, make_task, terms, files
        self._submitted: WeakSet[Any] = WeakSet()  # results that nobody waits for are dropped

    def __call__(self, step: Callable[..., Any], *arguments: Any) -> Future:
        """Have `step(*arguments)` done."""
        filed = [self._files.file(argument) for argument in arguments]
        work = cloudpickle.dumps((step, filed, self._terms))
        try:
            future = self._runner.submit(self._make_task(step, do_step), {"work": work})
        except ValueError as error:
            if "KeyboardInterrupt" in str(error):  # pydantic words whatever hits it while it writes a context, a Ctrl-C too
                raise KeyboardInterrupt from error
            raise
        self._submitted.add(future.wrapped_future)
        return future

    def stop(self) -> None:
        """Drop the steps that have not begun, and wait for those that have."""
        client = self._runner.client
        ours = {future.key for future in self._submitted}
        client.cancel(list(self._submitted))
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and any(ours & at_work for at_work in client.run(_tell_work, on_error="ignore").values()):
            time.sleep(0.1)


def _tell_work(dask_worker: Any) -> set[str]:
    """Tell what a worker is at (Dask fills in the worker by the parameter's name)."""
    return set(dask_worker.active_threads.values())


@contextmanager
def submit_to_cluster(settings: Settings, make_task: Callable[..., Any]) -> Generator[ClusterSubmit]:
    """Yield a way to have steps done by the cluster that the settings name; one of this machine starts and ends here."""
    folder = DataFolder(settings.data_dir)
    terms = Terms(folder.root, tell_code_version(), settings.memory_mb)
    files = Files(folder.exchange / secrets.token_hex(4))
    try:
        with _make_runner(settings, files.root) as runner:
            _connect(runner, settings)
            yield ClusterSubmit(runner, make_task, terms, files)
    finally:
        remove_folder(files.root)


def check_cluster(settings: Settings) -> None:
    """Find out before the work whether there is a cluster to be had; raises SettingsError."""
    if not settings.cluster:
        return
    if find_spec("prefect_dask") is None:  # not imported: Prefect is not set up yet
        raise SettingsError("YAODIAN_CLUSTER needs Dask, which is not installed: install yaodian[cluster]")
    if not _is_here(settings) and not os.environ.get("PREFECT_API_URL"):
        raise SettingsError(
            "YAODIAN_CLUSTER names other machines, which need a Prefect server too: set PREFECT_API_URL to one that they reach"
        )


def _is_here(settings: Settings) -> bool:
    return settings.cluster == LOCAL or urlsplit(settings.cluster or "").hostname in LOOPBACK


def _make_runner(settings: Settings, scratch: Path) -> Any:
    from prefect_dask import DaskTaskRunner

    if settings.cluster != LOCAL:
        return DaskTaskRunner(address=settings.cluster)
    import dask

    dask.config.set({"distributed.scheduler.no-workers-timeout": NO_WORKERS_SECONDS})
    logging.getLogger("distributed").setLevel(logging.ERROR)  # a worker that ends is no news at the end of a run
    threads = max(1, (os.cpu_count() or 1) // settings.workers)
    return DaskTaskRunner(
        cluster_kwargs={
            "n_workers": settings.workers,
            "threads_per_worker": 1,
            "host": LOOPBACK[0],
            "dashboard_address": None,
            "memory_limit": 0,  # shards and YAODIAN_MEMORY_MB bound it
            "silence_logs": logging.ERROR,
            "env": {"POLARS_MAX_THREADS": os.environ.get("POLARS_MAX_THREADS", str(threads))},
            "local_directory": str(scratch),
            "preload": [LEAVE_IT_TO_US],
        }
    )


def _connect(runner: Any, settings: Settings) -> None:
    """Connect now, so that it is told in one line where there is no cluster."""
    try:
        n_workers = len(runner.client.scheduler_info(n_workers=-1)["workers"])
    except (OSError, TimeoutError, ValueError) as error:
        raise SettingsError(f"no Dask scheduler answers at {settings.cluster}: start one, or correct YAODIAN_CLUSTER") from error
    if not n_workers:
        raise SettingsError(f"the Dask scheduler at {settings.cluster} has no workers: start some with `dask worker {settings.cluster}`")
