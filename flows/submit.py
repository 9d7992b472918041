"""A step and its arguments in, a future out: how a run's steps get done without an orchestrator.

The story in `flows/build.py` takes any such way to submit a step; this one is a pool of threads in the process (polars and DuckDB
leave Python while they work, so threads use all cores).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


class Future(Protocol):
    """A result to come."""

    def result(self) -> Any:
        """Wait for the result, or raise the step's error."""


class Submit(Protocol):
    """A way to have a step done."""

    def __call__(self, step: Callable[..., Any], *args: Any) -> Future:
        """Have `step(*args)` done, now or later."""


@runtime_checkable
class StoppableSubmit(Submit, Protocol):
    """A way to have steps done by others, who have to be told to stop."""

    def stop(self) -> None:
        """Drop the steps that have not begun, and wait for those that have."""


@contextmanager
def run_in_threads(workers: int) -> Generator[Submit]:
    """Yield a way to submit steps to `workers` threads; on an error the steps that have not begun are dropped."""
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="step")
    try:
        yield cast("Submit", pool.submit)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
