"""Writes what a run did and found, for people (Markdown) and for programs (JSON), into the folder of reports.

One `Report` holds the facts, read from the warehouse itself; each format is a rendering of it that shows hostile text as text.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from schemas.fields import CONTENT_ROLES
from warehouse.connect import open_duckdb
from warehouse.folder import warehouse_file
from warehouse.markdown import render_markdown
from warehouse.results import show_value
from warehouse.runs import write_whole
from warehouse.storage import storage_errors

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.folder import DataFolder
    from warehouse.runs import RunRecord

SHOWN_ROWS = 100
_NO_DETAIL = {"description": "", "problem": None, "crash": None, "sample": [], "query": None}
_CONTENT = ", ".join(f"'{role}'" for role in CONTENT_ROLES)
_COUNTS = (
    (
        "Lines by role",
        f"""
        SELECT CASE WHEN role IN ({_CONTENT}) THEN 'kept' ELSE 'dropped' END AS fate, role,
            count(*) AS lines, sum(length(raw_text))::BIGINT AS characters
        FROM lineage.lines GROUP BY ALL ORDER BY fate DESC, lines DESC, role
        """,
    ),
    (
        "Rules that dropped lines",
        f"""
        SELECT role, rule, count(*) AS lines FROM lineage.lines
        WHERE role NOT IN ({_CONTENT}, 'blank') GROUP BY ALL ORDER BY lines DESC, role, rule LIMIT {SHOWN_ROWS}
        """,
    ),
    (
        "Repeats found",
        """
        SELECT kind, count(*) AS repeats, sum(last_line - first_line + 1)::BIGINT AS lines
        FROM lineage.duplicates GROUP BY ALL ORDER BY repeats DESC, kind
        """,
    ),
    (
        "Repairs",
        """
        SELECT kind, count(*) AS repairs, count(replacement) AS replaced, round(avg(confidence), 3) AS mean_confidence
        FROM lineage.repairs GROUP BY ALL ORDER BY repairs DESC, kind
        """,
    ),
    (
        "Sources by type and encoding",
        """
        SELECT media_type, encoding, count(*) AS sources, sum(n_bytes)::BIGINT AS bytes, sum(n_lines)::BIGINT AS lines
        FROM lineage.sources GROUP BY ALL ORDER BY sources DESC, media_type, encoding
        """,
    ),
)


@dataclass(frozen=True)
class CountTable:
    """A small table of counts."""

    title: str
    columns: list[str]
    rows: list[list[Any]]


@dataclass(frozen=True)
class Report:
    """What a run did and found; `failed` errors first, each with its `detail` (description, sample, query, crash)."""

    run: RunRecord
    counts: list[CountTable]
    tables: list[dict[str, Any]]
    failed: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]
    n_passed: int
    n_errors: int
    n_warnings: int
    shown: int = SHOWN_ROWS

    @property
    def headline(self) -> str:
        """Say in one line whether the data can be trusted."""
        if self.run.status == "published":
            return f"Published: no error in {self.run.n_checks} checks, {self.n_warnings} warnings"
        if self.run.status == "rejected":
            return f"Rejected: {self.n_errors} of {self.run.n_checks} checks failed; what was published before stays"
        return "Failed: the run did not reach its checks"


def write_reports(folder: DataFolder, run: RunRecord, checks: pl.DataFrame) -> Report:
    """Write `quality.md` and `quality.json` about a run and return the report.

    `checks` are those that `verdict.record_verdict` or `verdict.check_release` returned. Raises StorageError if the disk refuses.
    """
    report = make_report(_warehouse_of(folder, run), run, checks)
    with storage_errors(folder.reports):
        folder.reports.mkdir(parents=True, exist_ok=True)
        write_whole(folder.reports / "quality.md", render_markdown(report))
        write_whole(folder.reports / "quality.json", render_json(report))
    return report


def make_report(warehouse: Path, run: RunRecord, checks: pl.DataFrame) -> Report:
    """Collect the facts: the checks, and what the warehouse file of a release or candidate counts.

    A table that cannot be read has no counts: the checks say why.
    """
    is_failed, is_error = ~pl.col("passed"), pl.col("severity") == "error"
    failed = checks.filter(is_failed).sort("severity", "table_name", "check_name", "engine")
    tables = checks.group_by("table_name", "engine").agg(
        pl.col("n_rows").max(),
        pl.len().alias("n_checks"),
        (is_failed & is_error).sum().alias("n_errors"),
        (is_failed & ~is_error).sum().alias("n_warnings"),
    )
    connection = open_duckdb(warehouse, read_only=True)
    try:
        counts = [_count(connection, title, query) for title, query in _COUNTS]
        quarantine = _count(connection, "", f"SELECT * EXCLUDE run_id FROM quality.quarantine WHERE run_id = '{run.run_id}' ORDER BY ALL")
    finally:
        connection.close()
    return Report(
        run=run,
        counts=counts,
        tables=tables.sort("table_name", "engine").to_dicts(),
        failed=[row | {"detail": _NO_DETAIL | json.loads(row["detail"] or "{}")} for row in failed.drop("run_id").iter_rows(named=True)],
        quarantine=[dict(zip(quarantine.columns, row, strict=True)) for row in quarantine.rows],
        n_passed=checks.height - failed.height,
        n_errors=failed.filter(is_error).height,
        n_warnings=failed.filter(~is_error).height,
    )


def render_json(report: Report) -> str:
    """Return the report as JSON."""
    facts = dataclasses.asdict(report) | {"headline": report.headline}
    return json.dumps(facts, ensure_ascii=False, indent=2, default=_json_value) + "\n"


def _json_value(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else str(value)


def _count(connection: duckdb.DuckDBPyConnection, title: str, query: str) -> CountTable:
    try:
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description or ()]
        return CountTable(title, names, [[show_value(value) for value in row] for row in cursor.fetchall()])
    except duckdb.Error:
        return CountTable(title, [], [])


def _warehouse_of(folder: DataFolder, run: RunRecord) -> Path:
    """Return the file that the run made: its release, or its rejected candidate."""
    release = warehouse_file(folder.release(run.run_id))
    return release if release.is_file() else warehouse_file(folder.candidate(run.run_id))
