"""Folders in; a run each time that they have changed and settled, out.

Files are told apart by path, size and time of change, looked up every few seconds: that works on any file system, shared ones included.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from warehouse.store import find_address, list_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from flows.settings import Settings

    Snapshot = frozenset[tuple[str, int, int]]

FAILED = 2
RETRY_SECONDS = 600


def watch(
    look: Callable[[], Snapshot],
    run: Callable[[], int],
    settle_seconds: float,
    every_seconds: float,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Run each time that what `look` sees has changed and then stayed the same for `settle_seconds`; ends only by an exception.

    What is there at the beginning is a change. A run that could not do its work (exit status 2) is tried again after ten minutes, or when
    something changes.
    """
    seen, since, done = None, clock(), None
    while True:
        now = look()
        if now != seen:
            seen, since = now, clock()
        elif now and now != done and clock() - since >= settle_seconds:
            if run() == FAILED:
                since = clock() + RETRY_SECONDS - settle_seconds
            else:
                done = now
        sleep(every_seconds)


def take_snapshot(inputs: Iterable[Path]) -> Snapshot:
    """Return path, size and time of change of each file of the inputs; one that goes away meanwhile is left out."""
    found: set[tuple[str, int, int]] = set()
    for path in inputs:
        if address := find_address(path):
            found |= {(f"{address}/{item.relative}", item.n_bytes, item.written_ns) for item in list_objects(address) or ()}
            continue
        files = [path] if path.is_file() else [os.path.join(at, name) for at, _, names in os.walk(path) for name in names]
        for file in files:
            try:
                known = os.stat(file)
            except OSError:
                continue
            found.add((os.fspath(file), known.st_size, known.st_mtime_ns))
    return frozenset(found)


def run_apart(settings: Settings) -> int:
    """Run in a process of its own, which is stopped if this one is, and return its exit status."""
    options = ["--data-dir", str(settings.data_dir), "--workers", str(settings.workers), "--shard-bytes", str(settings.shard_bytes)]
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "run",
        "--direct",
        *options,
        "--",
        *(find_address(path) or str(path) for path in settings.inputs),
    ]
    with subprocess.Popen(command) as running:  # noqa: S603  our own program
        try:
            return running.wait()
        except BaseException:
            running.terminate()
            raise
