"""Steps in; what a person sees while they run, and how long each took, out. All of it goes to stderr.

On a terminal a bar a step, else one plain line a step when it is done.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence


class Progress:
    """Shows the steps of a run and keeps their times."""

    def __init__(self, *, is_quiet: bool = False) -> None:
        """Show nothing where `is_quiet`; the times are kept all the same."""
        self.elapsed_seconds: dict[str, float] = {}
        self._is_quiet = is_quiet

    @contextmanager
    def step(self, name: str, n_parts: int = 1) -> Generator[Callable[[], None]]:
        """Time the step `name`, made of `n_parts`; yields a function to call when a part is done."""
        started = time.perf_counter()
        with self._shown(name, n_parts) as advance:
            yield advance
        elapsed = time.perf_counter() - started
        self.elapsed_seconds[name] = self.elapsed_seconds.get(name, 0.0) + elapsed
        parts = f" in {n_parts} shards" if n_parts > 1 else ""
        self.note(f"{name}{parts}: {elapsed:.1f} s")

    def note(self, text: str) -> None:
        """Show a line."""
        if not self._is_quiet:
            sys.stderr.write(f"{text}\n")

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
        if self._is_quiet or not sys.stderr.isatty():
            yield lambda: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
            bar = bars.add_task(name, total=n_parts)
            yield lambda: bars.advance(bar)
