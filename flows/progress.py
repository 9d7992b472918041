"""Steps in; what a person or a log sees of them while they run, and how long each took, out.

On a terminal a bar a step, else one plain line a step when it is done; or one JSON object an event; or another log, such as Prefect's.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    Tell = Callable[[str, str, dict[str, Any]], None]

Level = Literal["info", "warning", "error"]


class Progress:
    """Shows the steps of a run and keeps their times."""

    def __init__(self, *, is_quiet: bool = False, log: Tell | None = None) -> None:
        """Show nothing where `is_quiet`, and where there is a `log` nothing but that; the times are kept all the same."""
        self.elapsed_seconds: dict[str, float] = {}
        self._is_shown = not is_quiet and log is None
        self._log = log

    @contextmanager
    def step(self, name: str, n_parts: int = 1) -> Generator[Callable[[], None]]:
        """Time the step `name`, made of `n_parts`; yields a function to call when a part is done."""
        started = time.perf_counter()
        with self._shown(name, n_parts) as advance:
            yield advance
        elapsed = time.perf_counter() - started
        self.elapsed_seconds[name] = self.elapsed_seconds.get(name, 0.0) + elapsed
        parts = f" in {n_parts} shards" if n_parts > 1 else ""
        text = f"{name}{parts}: {elapsed:.1f} s"
        self.note(text)
        self.record("info", text, event="step", step=name, n_parts=n_parts, elapsed_seconds=round(elapsed, 3))

    def note(self, text: str) -> None:
        """Show a line."""
        if self._is_shown:
            sys.stderr.write(f"{text}\n")

    def record(self, level: Level, text: str, **facts: Any) -> None:
        """Write an event to the log, if there is one: a person at a terminal learns of it from the summary."""
        if self._log:
            self._log(level, text, facts)

    def gather(self, name: str, futures: Sequence[Any]) -> list[Any]:
        """Wait for all `futures` of the step `name` and return their results in order; the first error is raised."""
        results = []
        with self.step(name, len(futures)) as advance:
            for future in futures:
                results.append(future.result())
                advance()
        return results

    @contextmanager
    def _shown(self, name: str, n_parts: int) -> Generator[Callable[[], None]]:
        if not self._is_shown or not sys.stderr.isatty():
            yield lambda: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
            bar = bars.add_task(name, total=n_parts)
            yield lambda: bars.advance(bar)


def write_json_line(level: str, text: str, facts: dict[str, Any]) -> None:
    """Write an event to stderr as one line of JSON: `time` (UTC), `level`, `message`, and its facts."""
    event = {"time": dt.datetime.now(dt.UTC).isoformat(), "level": level, "message": text, **facts}
    sys.stderr.write(json.dumps(event, ensure_ascii=False, default=str) + "\n")
