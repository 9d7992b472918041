"""A data folder in; Prefect set up to keep its history there and itself to itself, with a server for as long as it is needed, out.

Prefect reads its settings when it is imported, so that this comes first. A server that there is (PREFECT_API_URL) is used instead.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from schemas.errors import YaodianError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

HOST = "127.0.0.1"  # which other machines cannot reach
PATIENCE_SECONDS = 180
STOP_SECONDS = 20
ADDRESS = "PREFECT_API_URL"
PRIVATE = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_CLI_PROMPT": "false",
}
QUIET = {"PREFECT_LOGGING_LEVEL": "CRITICAL", "PREFECT_LOGGING_ROOT_LEVEL": "CRITICAL"}  # the steps are shown by our own progress
TEMPORARY = {"PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false", "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false"}


def prepare_prefect(data_dir: Path, *, is_quiet: bool) -> None:
    """Set Prefect up, before it is imported, to keep its history in the data folder and itself to itself; the user's own settings win."""
    home = (data_dir / "prefect").resolve()
    if "PREFECT_HOME" not in os.environ:
        home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(home))
    for name, value in {**PRIVATE, **(QUIET if is_quiet else {})}.items():
        os.environ.setdefault(name, value)


@contextmanager
def have_server(data_dir: Path, port: int | None = None) -> Generator[Callable[[], None]]:
    """Have a Prefect server on the loopback address for as long as the body runs, unless there is one already.

    With a `port` it has pages for browsers and starts what is due, without it is there for one run. Yields a function that waits until
    it answers: there is something else to do in the seconds that it takes. Raises YaodianError where it does not start.
    """
    if os.environ.get(ADDRESS):
        yield lambda: None
        return
    chosen = _reserve(port)
    os.environ[ADDRESS] = address = f"http://{HOST}:{chosen}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(chosen)]
    changes = {"PREFECT_SERVER_UI_API_URL": address} if port else TEMPORARY  # else its pages ask at the port that they know
    log = data_dir / "prefect" / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            log.open("wb") as out,
            subprocess.Popen(  # noqa: S603  our own
                [*command, *([] if port else ["--no-ui"])],
                start_new_session=True,  # a Ctrl-C is for us: the server is there until we are done
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=os.environ | changes,
            ) as server,
        ):
            try:
                yield lambda: _wait_for(server, f"{address}/health", log)
            finally:
                _stop(server)
    finally:
        os.environ.pop(ADDRESS, None)


def _reserve(port: int | None) -> int:
    """Return the port if it is free, or any free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port or 0))
        except OSError as error:
            raise YaodianError(f"port {port} is taken: is another server at work? give another --port") from error
        return probe.getsockname()[1]


def _wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with opener.open(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise YaodianError(f"the Prefect server did not start within {PATIENCE_SECONDS} seconds: {log} may say why")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
