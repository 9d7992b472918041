"""Starts faulty runs in processes of their own, with a reader beside them, and tells what state the data folder is in."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from schemas.tables import DATA_TABLES
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

PROJECT = Path(__file__).parents[2]
NO_FAULT = ("none", "none")
PATIENCE = 300
KILLED = -signal.SIGKILL
TERMINATED = 128 + signal.SIGTERM  # as a shell tells it
SHARD_BYTES = 1  # a page a shard

Fingerprint = dict[str, tuple[int, int]]


@dataclass
class Faulty:
    """A data folder, the inputs of its next run, and all that readers met."""

    folder: DataFolder
    inputs: Sequence[Path]
    n_reads: int = 0
    problems: list[str] = field(default_factory=list)

    def run(self, spot: str = "none", action: str = "none", *options: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        """Run the flow with a fault built in, and wait for its end."""
        process = self.start(spot, action, *options, **environment)
        out, err = process.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def start(self, spot: str = "none", action: str = "none", *options: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start the flow with a fault built in."""
        inputs = [str(path) for path in self.inputs]
        command = ["run", *inputs, "--direct", "--data-dir", str(self.folder.root), "--shard-bytes", str(SHARD_BYTES), *options]
        settings = {**os.environ, "PYTHONPATH": str(PROJECT), "YAODIAN_WORKERS": "2", **environment}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.faulty", spot, action, *command],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=settings, cwd=PROJECT,
        )  # fmt: skip

    @contextmanager
    def reader(self) -> Generator[None]:
        """Keep a reader at the published warehouse all along."""
        beside = self.folder.root.parent
        stop, report = beside / "stop", beside / "report.json"
        stop.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.faults.reader", str(self.folder.root), str(stop), str(report)]
        process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(PROJECT)}, cwd=PROJECT)
        try:
            yield
            time.sleep(0.1)
        finally:
            stop.touch()
            process.wait(timeout=PATIENCE)
        told: dict[str, Any] = json.loads(report.read_text("utf-8"))
        self.n_reads += told["n_reads"]
        self.problems += told["problems"]


def copy_release(folder: DataFolder, to: Path) -> DataFolder:
    """Copy a data folder, links as links."""
    shutil.copytree(folder.root, to, symlinks=True)
    return DataFolder(to)


def tell_tables(warehouse: Path) -> Fingerprint:
    """Return number and hash of the rows of each table of a warehouse, columns that differ between runs left out."""
    found = {}
    with duckdb.connect(str(warehouse.resolve()), read_only=True) as connection:
        for table in DATA_TABLES:
            columns = ", ".join(f'"{name}"' for name in table.dtypes if name not in table.volatile)
            [row] = connection.execute(f"SELECT count(*), coalesce(sum(hash({columns})::HUGEINT), 0) FROM {table.name}").fetchall()
            found[table.name] = row
    return found


def list_leftovers(folder: DataFolder) -> list[str]:
    """List what a good run should not leave behind: candidates, and files half written or half replaced."""
    candidates = [str(path.relative_to(folder.root)) for path in folder.candidates.iterdir()]
    hidden = [str(path.relative_to(folder.root)) for path in folder.root.rglob(".*")]
    return sorted(candidates + hidden)
