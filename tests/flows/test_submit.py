from __future__ import annotations

import threading

import pytest

from flows.progress import Progress
from flows.submit import run_in_threads


def test_results_come_in_the_order_of_submission() -> None:
    with run_in_threads(4) as submit:
        assert Progress(is_quiet=True).gather("square", [submit(pow, n, 2) for n in range(50)]) == [n * n for n in range(50)]


def test_no_more_steps_at_a_time_than_workers() -> None:
    lock, running, most = threading.Lock(), 0, 0

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.01)
        with lock:
            running -= 1

    with run_in_threads(2) as submit:
        Progress(is_quiet=True).gather("work", [submit(work) for _ in range(10)])
    assert most == 2


def test_an_error_is_raised_and_waiting_steps_are_dropped() -> None:
    done: list[int] = []

    def work(n: int) -> None:
        threading.Event().wait(0.02)
        if n == 0:
            raise ValueError("step 0 broke")
        done.append(n)

    with pytest.raises(ValueError, match="step 0 broke"), run_in_threads(1) as submit:
        Progress(is_quiet=True).gather("work", [submit(work, n) for n in range(100)])
    assert len(done) < 10


def test_progress_keeps_the_time_of_each_step() -> None:
    progress = Progress(is_quiet=True)
    with progress.step("wait"):
        threading.Event().wait(0.02)
    assert 0.02 <= progress.elapsed_seconds["wait"] < 5
