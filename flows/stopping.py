"""How a run stops before its end: at its limit of time, on a signal or on an error, and none of its steps goes on by itself."""

from __future__ import annotations

import concurrent.futures
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from flows.submit import StoppableSubmit
from schemas.errors import TimeLimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from flows.submit import Future, Submit


@contextmanager
def limit_time(seconds: int | None) -> Generator[None]:
    """Raise TimeLimitError in the body when it has taken `seconds`; only the main thread can be stopped so, others have no limit."""
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TimeLimitError(f"the run took longer than its limit of {seconds} seconds and was stopped (YAODIAN_TIME_LIMIT)")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def stop_together(submit: Submit) -> Generator[Submit]:
    """Yield `submit`; where the body ends by an error, drop the steps that have not begun and wait for those that have.

    So nobody writes any more when the caller clears up.
    """
    if isinstance(submit, StoppableSubmit):
        try:
            yield submit
        except BaseException:
            submit.stop()
            raise
        return
    submitted: WeakSet[concurrent.futures.Future[Any]] = WeakSet()

    def submit_noted(step: Callable[..., Any], *args: Any) -> Future:
        future = submit(step, *args)
        work = getattr(future, "wrapped_future", future)  # Prefect puts its own around it
        if isinstance(work, concurrent.futures.Future):
            submitted.add(work)
        return future

    try:
        yield submit_noted
    except BaseException:
        concurrent.futures.wait([work for work in submitted if not work.cancel()])
        raise
