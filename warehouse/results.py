"""The result of one check, from whichever engine, and its row in `quality.checks`.

Failed (rows broke it) and crashed (the check itself could not run) are told apart; both are not passed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.quality import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.checks import Check
    from schemas.table import Severity

SAMPLE_ROWS = 20  # rows shown of those that broke a check; n_failed counts all
SAMPLE_CHARS = 200  # characters shown of one value


@dataclass(frozen=True)
class Crash:
    """Why a check could not run."""

    message: str


@dataclass(frozen=True)
class CheckResult:
    """One check's verdict: rows seen, rows that broke it, a sample of them, the query that lists all."""

    engine: str
    check: Check
    n_rows: int
    n_failed: int
    sample: list[dict[str, Any]] = field(default_factory=list)
    query: str | None = None
    problem: str | None = None
    crash: Crash | None = None

    @property
    def passed(self) -> bool:
        """Say whether the check ran and no row broke it."""
        return self.n_failed == 0 and self.problem is None and self.crash is None

    @property
    def severity(self) -> Severity:
        """Return the contract's severity; a check that crashed is an error, since nothing is known."""
        return "error" if self.crash else self.check.severity

    @property
    def detail(self) -> str:
        """Return JSON: description, then as far as there are any: problem, crash, sample with its limit, query."""
        shown: dict[str, Any] = {"description": self.check.description}
        if self.problem:
            shown["problem"] = self.problem
        if self.crash:
            shown["crash"] = self.crash.message[:2000]
        if not self.passed:
            shown |= {"sample": self.sample, "sample_limit": SAMPLE_ROWS}
        if self.query:
            shown["query"] = self.query
        return json.dumps(shown, ensure_ascii=False)


def frame_of_results(results: Iterable[CheckResult]) -> pl.DataFrame:
    """Return results as rows of `quality.checks`, without `run_id`."""
    dtypes = {name: dtype for name, dtype in CHECKS.dtypes.items() if name != "run_id"}
    rows = [
        {
            "engine": result.engine,
            "table_name": result.check.table,
            "check_name": result.check.name,
            "column_name": result.check.column,
            "severity": result.severity,
            "passed": result.passed,
            "n_rows": result.n_rows,
            "n_failed": result.n_failed,
            "detail": result.detail,
        }
        for result in results
    ]
    return pl.DataFrame(rows, schema=dtypes, orient="row")


def show_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return a few rows for people to look at: long values cut, dates and times as text, all of it fit for JSON."""
    return [{name: show_value(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]


def show_value(value: object) -> object:
    """Return a value fit for JSON; text is cut to `SAMPLE_CHARS` characters."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if abs(value) != float("inf") and value == value else str(value)  # noqa: PLR0124  # NaN
    text = str(value)
    return text if len(text) <= SAMPLE_CHARS else text[:SAMPLE_CHARS] + f"… ({len(text)} characters)"
