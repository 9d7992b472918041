"""Runs `yaodian` with one fault built in: `python -m tests.faults.faulty SPOT ACTION run …`.

The program itself knows nothing of faults: this wrapper goes round its functions, and watches its file system calls, from outside.
"""

from __future__ import annotations

import errno
import functools
import importlib
import os
import signal
import sys
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.progress import Progress
from tests.unaudited import skip_great_expectations

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

PACKAGES = ("flows", "schemas", "transforms", "warehouse")
CHANGES = frozenset({"os.rename", "os.symlink", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"})
WATCHED_STEP = "judge and publish"


def strike(action: str) -> None:
    """Let the fault happen."""
    sys.stderr.write(f"FAULT {action}\n")
    sys.stderr.flush()
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)
    elif action == "terminate":
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.2)  # the main thread's turn
    elif action == "full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "somewhere")
    elif action.startswith("remove="):
        Path(action.removeprefix("remove=")).unlink()
    elif action.startswith("wait="):
        go_on = Path(action.removeprefix("wait="))
        while not go_on.exists():
            time.sleep(0.05)


def hit_step(when: str, name: str, action: str) -> None:
    """Strike before or after a step of the story."""
    unfaulted = Progress.step

    @contextmanager
    def step(self: Progress, step_name: str, n_parts: int = 1) -> Generator[Callable[[], None]]:
        if (when, step_name) == ("before", name):
            strike(action)
        with unfaulted(self, step_name, n_parts) as advance:
            yield advance
        if (when, step_name) == ("after", name):
            strike(action)

    Progress.step = step  # ty: ignore[invalid-assignment]


def hit_call(when: str, function: str, nth: int, action: str) -> None:
    """Strike before or after the n-th call of a function, wherever it is called from."""
    module_name, _, name = function.rpartition(".")
    unfaulted = getattr(importlib.import_module(module_name), name)
    n_calls = 0

    @functools.wraps(unfaulted)
    def faulted(*args: Any, **kwargs: Any) -> Any:
        nonlocal n_calls
        n_calls += 1
        is_hit = n_calls == nth
        if is_hit and when == "before":
            strike(action)
        result = unfaulted(*args, **kwargs)
        if is_hit and when == "after":
            strike(action)
        return result

    importlib.import_module("flows.build")
    for module in [module for key, module in sys.modules.items() if key.split(".")[0] in PACKAGES]:
        if getattr(module, name, None) is unfaulted:
            setattr(module, name, faulted)


def hit_change(nth: int, action: str) -> None:
    """Strike before the n-th change of the file system (renames, links, removals, new folders and files) while the run publishes."""
    n_changes = 0
    is_watching = False

    def watch(event: str, args: tuple[Any, ...]) -> None:
        nonlocal n_changes
        if not is_watching or not (event in CHANGES or (event == "open" and _writes(args))):
            return
        n_changes += 1
        if action == "trace":
            sys.stderr.write(f"CHANGE {n_changes} {event} {args[0]}\n")
        elif n_changes == nth:
            strike(action)

    unfaulted = Progress.step

    @contextmanager
    def step(self: Progress, step_name: str, n_parts: int = 1) -> Generator[Callable[[], None]]:
        nonlocal is_watching
        is_watching = is_watching or step_name == WATCHED_STEP
        with unfaulted(self, step_name, n_parts) as advance:
            yield advance

    Progress.step = step  # ty: ignore[invalid-assignment]
    sys.addaudithook(watch)


def _writes(args: tuple[Any, ...]) -> bool:
    return isinstance(args[0], str) and isinstance(args[1], str) and any(letter in args[1] for letter in "wax+")


def main(spot: str, action: str, *arguments: str) -> int:
    """Build the fault in and run the command line."""
    kind, _, rest = spot.partition(":")
    if kind == "step":
        hit_step(*rest.split(":", 1), action)
    elif kind == "call":
        when, function, nth = rest.split(":")
        hit_call(when, function, int(nth), action)
    elif kind == "change":
        hit_change(int(rest), action)
    from flows.cli import main as run_command

    is_audited = os.environ.get("YAODIAN_TEST_AUDIT") == "whole"
    with nullcontext() if is_audited else skip_great_expectations():  # how data is judged is not what faults are about
        return run_command(list(arguments))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
