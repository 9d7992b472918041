"""Runs the command line in a process of its own, and tells what it said, how long it took and how much memory it had."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a process ended; a negative status is the signal that killed it."""

    status: int
    out: bytes
    err: bytes
    seconds: float
    peak_bytes: int


def run_yaodian(*arguments: str, folder: Path, **environment: str) -> Ended:
    """Run `yaodian` with arguments; its output goes through files in `folder`."""
    out, err = folder / "stdout", folder / "stderr"
    started = time.monotonic()
    command = [sys.executable, "-m", "flows.cli", *arguments]
    settings = {**os.environ, "PYTHONPATH": str(PROJECT), "YAODIAN_WORKERS": "2", **environment}
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(command, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL, env=settings, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Ended(process.returncode, out.read_bytes(), err.read_bytes(), time.monotonic() - started, usage.ru_maxrss * 1024)


def run_on_terminal(*arguments: str, folder: Path, program: Sequence[str] = ("flows.cli",)) -> tuple[int, bytes]:
    """Run `yaodian` with a pseudo terminal for its output; returns its status and every byte that the terminal got."""
    reader, terminal = os.openpty()
    command = [sys.executable, "-m", *program, *arguments]
    settings = {**os.environ, "PYTHONPATH": str(PROJECT)}
    process = subprocess.Popen(command, stdout=terminal, stderr=terminal, stdin=subprocess.DEVNULL, env=settings, cwd=folder)
    os.close(terminal)
    shown = b""
    while True:
        try:
            some = os.read(reader, 65536)
        except OSError:  # the other end was closed
            break
        if not some:
            break
        shown += some
    os.close(reader)
    return process.wait(), shown
