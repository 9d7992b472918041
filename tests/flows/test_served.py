"""`yaodian serve` as it stands in production: its runs start by themselves, can be cancelled, and tell why they failed; it stops in order.

Servers, schedules and runs take minutes, so that these run only where YAODIAN_TEST_UNATTENDED is set (`make unattended`).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.settings import SEED_TEXTS
from tests.conftest import PROJECT
from tests.faults.harness import list_leftovers, tell_tables
from tests.flows.test_telling import read_events
from warehouse.runs import read_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from tests.flows.conftest import Hook
    from warehouse.folder import DataFolder

pytestmark = pytest.mark.skipif(
    not os.environ.get("YAODIAN_TEST_UNATTENDED"), reason="servers and schedules take minutes: YAODIAN_TEST_UNATTENDED=1"
)
PATIENCE_SECONDS = 240
REJECTING = Path(__file__).with_name("rejecting.py")
SERVE = "import pathlib, sys, flows.cli, flows.serving as s; s.FLOWS = pathlib.Path(sys.argv[1]); sys.exit(flows.cli.main(sys.argv[2:]))"


@dataclass
class Served:
    """A `yaodian serve` at work, and the API of its server."""

    process: subprocess.Popen[bytes]
    port: int
    mark: str = field(default_factory=str)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the server's API; without a body by GET."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api{path}", data, {"Content-Type": "application/json"})
        for _ in range(20):
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  our own server
                    return json.loads(answer.read() or "null")
            except urllib.error.HTTPError as error:
                if error.code != 503:  # its database is busy: to be asked again, as Prefect's client does
                    raise
            time.sleep(0.5)
        raise TimeoutError(path)

    def list_runs(self, *states: str) -> list[dict[str, Any]]:
        """Return the flow runs in these states, oldest first."""
        runs = self.ask("/flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": list(states)}}}})
        return sorted(runs, key=lambda run: run["expected_start_time"])

    def start_run(self, name: str = "yaodian/served") -> str:
        """Have a run of a deployment started now, and return its id."""
        deployment = self.ask(f"/deployments/name/{name}")
        return self.ask(f"/deployments/{deployment['id']}/create_flow_run", {})["id"]

    def list_processes(self) -> list[str]:
        """List the processes that it started, and itself."""
        listed = subprocess.run(["ps", "axeww", "-o", "pid=,command="], capture_output=True, check=True, text=True).stdout
        return [line for line in listed.splitlines() if self.mark in line]


@contextmanager
def serve(pages: Path, folder: DataFolder, *options: str, flows: Path | None = None, **environment: str) -> Generator[Served]:
    """Have `yaodian serve` at work, with a server of its own, until the end of the body."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    mark = f"YAODIAN_TEST_MARK={uuid.uuid4()}"
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    settings |= {"PYTHONPATH": str(PROJECT), **dict([mark.split("=")]), **environment}
    arguments = ["serve", str(pages), "--data-dir", str(folder.root), "--port", str(port), *options]
    command = [sys.executable, "-c", SERVE, str(flows or PROJECT / "flows" / "deployed.py"), *arguments]
    process = subprocess.Popen(command, env=settings, cwd=folder.root.parent, start_new_session=True)
    served = Served(process, port, mark)
    try:
        wait_until(lambda: find_deployment(served))
        yield served
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def find_deployment(served: Served) -> bool:
    try:
        return bool(served.ask("/deployments/name/yaodian/served"))
    except OSError:
        return False


def wait_until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.2)
    return found


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return shutil.copytree(SEED_TEXTS, tmp_path / "pages")


def has_candidate(folder: DataFolder) -> bool:
    return any(folder.candidates.glob("*"))


def add_page(pages: Path) -> None:
    """Add a page, so that a run has something to do."""
    first = min(pages.glob("*.txt"))
    (pages / f"{uuid.uuid4()}.txt").write_bytes(first.read_bytes() + "\n附则\n本办法自发布之日起施行。\n".encode())


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_runs_start_by_themselves_and_stopping_it_in_the_middle_of_one_leaves_nothing_behind(
    pages: Path, published: DataFolder, stop: signal.Signals
) -> None:
    add_page(pages)
    with serve(pages, published, "--interval", "10") as served:
        n_due = 3 if stop is signal.SIGTERM else 1
        done = wait_until(lambda: runs if len(runs := served.list_runs("COMPLETED")) >= n_due else None)
        assert all(run["auto_scheduled"] for run in done)
        first, *later = [next(iter({"published", "unchanged"} & set(run["tags"]))) for run in done]
        assert (first, set(later)) == ("published", {"unchanged"} if later else set())
        before, n_runs = tell_tables(published.warehouse), len(read_runs(published))
        assert len(served.list_processes()) >= 2
        add_page(pages)
        wait_until(lambda: has_candidate(published))
        if stop is signal.SIGINT:  # a terminal tells all its processes
            os.killpg(served.process.pid, stop)
        else:
            served.process.send_signal(stop)
        assert served.process.wait(timeout=PATIENCE_SECONDS) == 0
        assert served.list_processes() == []
    assert list_leftovers(published) == []
    assert tell_tables(published.warehouse) == before
    *_, last = read_runs(published)
    assert (len(read_runs(published)), last.status) == (n_runs + 1, "failed")


def test_a_run_cancelled_in_the_middle_leaves_the_warehouse_whole_and_is_on_record(pages: Path, published: DataFolder) -> None:
    before = tell_tables(published.warehouse)
    add_page(pages)
    with serve(pages, published, "--interval", "86400") as served:
        run_id = served.start_run()
        wait_until(lambda: has_candidate(published))
        served.ask(f"/flow_runs/{run_id}/set_state", {"state": {"type": "CANCELLING"}})
        [cancelled] = wait_until(lambda: served.list_runs("CANCELLED"))
        assert cancelled["id"] == run_id
        assert list_leftovers(published) == []
        assert tell_tables(published.warehouse) == before
        *_, last = read_runs(published)
        assert last.status == "failed"
        *_, end = read_events(published.runs)
        assert (end["eventType"], end["run"]["facets"]["errorMessage"]["message"]) == ("ABORT", "TerminationSignal")
        served.start_run()
        wait_until(lambda: served.list_runs("COMPLETED"))
        *_, last = read_runs(published)
        assert last.status == "published"
        audit_id = served.start_run("yaodian-audit/served-audit")
        wait_until(lambda: len(served.list_runs("COMPLETED")) == 2)
        audit = served.ask(f"/flow_runs/{audit_id}")
        assert (audit["state_type"], "passed" in audit["tags"]) == ("COMPLETED", True)


def test_a_planted_quality_failure_ends_as_failed_with_its_reason_and_is_told(pages: Path, published: DataFolder, hook: Hook) -> None:
    before = published.current.resolve()
    add_page(pages)
    with serve(pages, published, "--interval", "86400", flows=REJECTING, YAODIAN_WEBHOOK=hook.address) as served:
        served.start_run()
        [failed] = wait_until(lambda: served.list_runs("FAILED", "CRASHED"))
        assert (failed["state_name"], "rejected" in failed["tags"]) == ("Failed", True)
        assert "main.documents is_never_true (6 of 6 rows)" in failed["state"]["message"]
    [message] = hook.messages
    assert message["event"] == "run rejected"
    failed_checks = [(check["table_name"], check["check_name"], check["n_failed"]) for check in message["failed_checks"]]
    assert ("main.documents", "is_never_true", 6) in failed_checks
    assert published.current.resolve() == before
