"""Writes what a run did and found, for people (HTML, Markdown) and for programs (JSON, JUnit XML), into the folder of reports.

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
from schemas.tables import BY_NAME
from warehouse.audit import ENGINE, audit_checks
from warehouse.breaches import list_breaches
from warehouse.changes import SOURCE_CHANGES
from warehouse.connect import open_duckdb
from warehouse.folder import warehouse_file
from warehouse.html import render_html
from warehouse.junit import render_junit
from warehouse.markdown import render_markdown
from warehouse.results import show_value
from warehouse.runs import write_whole
from warehouse.storage import storage_errors

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.checks import Check
    from schemas.table import Severity
    from warehouse.changes import SourceChanges
    from warehouse.folder import DataFolder
    from warehouse.runs import RunRecord

SHOWN_ROWS = 100
SHOWN_SOURCES = 24
SHOWN_RUNS = 40
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
_SOURCES = f"""
    SELECT source_id, sum(n) AS n_lines, map_from_entries(list((role, n))) AS roles
    FROM (
        SELECT source_id, role::VARCHAR AS role, count(*) AS n
        FROM lineage.lines
        SEMI JOIN (FROM lineage.sources ORDER BY n_lines DESC, source_id LIMIT {SHOWN_SOURCES}) USING (source_id)
        GROUP BY ALL
    )
    GROUP BY source_id ORDER BY n_lines DESC, source_id
"""
_RUNS = "SELECT run_id, started_at, status, n_sources, n_documents, n_checks, n_failed FROM quality.runs ORDER BY run_id DESC"
_DRIFT = """
    SELECT now.table_name, now.metric, now.subject, now.value, now.lower, now.upper, now.n_past_runs, now.severity,
        (
            SELECT list(past.value ORDER BY past.run_id)
            FROM quality.metrics AS past
            JOIN quality.runs AS r USING (run_id)
            WHERE past.run_id < now.run_id AND r.status = 'published'
                AND r.inputs = (FROM quality.runs SELECT inputs WHERE run_id = now.run_id)
                AND (past.table_name, past.metric, past.subject) = (now.table_name, now.metric, now.subject)
        ) AS past
    FROM quality.metrics AS now
    WHERE now.run_id = ? AND now.lower IS NOT NULL
    ORDER BY now.table_name, now.metric, now.subject
"""


@dataclass(frozen=True)
class CountTable:
    """A small table of counts."""

    title: str
    columns: list[str]
    rows: list[list[Any]]


@dataclass(frozen=True)
class Report:
    """What a run did and found.

    `failed` holds the failed checks by engine, errors first, each with its `detail` (description, sample, query, crash); `checks` holds
    every check once, with both engines' verdicts; `drift` the numbers that past runs set bounds to, the oddest first; `is_release` says
    that what was checked is published.
    """

    run: RunRecord
    counts: list[CountTable]
    tables: list[dict[str, Any]]
    failed: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    history: list[dict[str, Any]]
    drift: list[dict[str, Any]]
    n_passed: int
    n_errors: int
    n_warnings: int
    is_release: bool = False
    shown: int = SHOWN_ROWS

    @property
    def headline(self) -> str:
        """Say in one line whether the data can be trusted."""
        n_checks, warnings = f"{self.run.n_checks:,} checks", f"{self.n_warnings} warning{'s' * (self.n_warnings != 1)}"
        if self.run.status == "published":
            return f"Published: no error in {n_checks}, {warnings}"
        if self.run.status == "rejected":
            advice = "the published warehouse is damaged, run again" if self.is_release else "what was published before stays"
            errors = f"{self.n_errors} error{'s' * (self.n_errors != 1)}"
            return f"Rejected: {errors} in {n_checks}, {warnings}; {advice}"
        return "Failed: the run did not reach its checks"


def write_reports(
    folder: DataFolder, run: RunRecord, checks: pl.DataFrame, fail_on: Severity = "error", changes: SourceChanges | None = None
) -> Report:
    """Write `quality.html`, `.md`, `.json` and `.xml` about a run and return the report.

    `checks` are those that `verdict.record_verdict` or `verdict.check_release` returned; `fail_on` says whether warnings are failures in
    the JUnit file or skipped cases; `changes` are those of the sources since the release before. Raises StorageError if the disk refuses.
    """
    report = make_report(_warehouse_of(folder, run), run, checks)
    if changes:
        report = dataclasses.replace(report, counts=[*report.counts, *_count_changes(changes)])
    with storage_errors(folder.reports):
        folder.reports.mkdir(parents=True, exist_ok=True)
        write_whole(folder.reports / "quality.html", render_html(report))
        write_whole(folder.reports / "quality.md", render_markdown(report))
        write_whole(folder.reports / "quality.xml", render_junit(report.run, checks, fail_on))
        write_whole(folder.reports / "quality.json", render_json(report))
    return report


def is_reported(folder: DataFolder, run: RunRecord) -> bool:
    """Say whether the reports are those of a run; a run killed between publication and its end leaves those of another, or none."""
    try:
        told = json.loads((folder.reports / "quality.json").read_text("utf-8"))  # the last that `write_reports` writes
        return told["run"]["run_id"] == run.run_id
    except (OSError, ValueError, KeyError, TypeError):
        return False


def make_report(warehouse: Path, run: RunRecord, checks: pl.DataFrame) -> Report:
    """Collect the facts: the checks, and what the warehouse file of a release or candidate counts.

    A table that cannot be read has no counts: the checks say why.
    """
    failed = checks.filter(~pl.col("passed")).sort("severity", "table_name", "check_name", "engine")
    connection = open_duckdb(warehouse, read_only=True)
    try:
        counts = [_count(connection, title, query) for title, query in _COUNTS]
        sources, history = _records(connection, _SOURCES), _records(connection, f"{_RUNS} LIMIT {SHOWN_RUNS}")
        drift = sorted(_records(connection, _DRIFT, [run.run_id]), key=_oddness, reverse=True)
        quarantine = _count(connection, "", f"SELECT * EXCLUDE run_id FROM quality.quarantine WHERE run_id = '{run.run_id}' ORDER BY ALL")
    finally:
        connection.close()
    return Report(
        run=run,
        is_release=warehouse.parent.parent.name == "releases",
        counts=counts,
        tables=count_verdicts(checks, "table_name", "engine").to_dicts(),
        failed=[row | {"detail": _NO_DETAIL | json.loads(row["detail"] or "{}")} for row in failed.drop("run_id").iter_rows(named=True)],
        quarantine=[dict(zip(quarantine.columns, row, strict=True)) for row in quarantine.rows],
        checks=list_verdicts(checks),
        sources=sources,
        history=history[::-1],
        drift=drift,
        n_passed=checks.height - failed.height,
        n_errors=failed.filter(severity="error").height,
        n_warnings=failed.filter(pl.col("severity") != "error").height,
    )


def count_verdicts(checks: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Count checks, failed errors and failed warnings by some columns, and the most rows that a check saw."""
    has_failed, is_error = ~pl.col("passed"), pl.col("severity") == "error"
    counted = checks.group_by(by).agg(
        pl.col("n_rows").max(),
        pl.len().alias("n_checks"),
        (has_failed & is_error).sum().alias("n_errors"),
        (has_failed & ~is_error).sum().alias("n_warnings"),
    )
    return counted.sort(by)


def list_verdicts(checks: pl.DataFrame) -> list[dict[str, Any]]:
    """List every check once, failed errors first: what it asks, what each engine said, and of the failed ones rows that broke it."""
    known = {(name, check.name): check for name, contract in BY_NAME.items() for check in audit_checks(contract)}
    rows = checks.with_columns(pl.col("detail").fill_null("{}")).sort("table_name", "check_name", "engine").iter_rows(named=True)
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        verdict = row | {"detail": _NO_DETAIL | json.loads(row["detail"])}
        found.setdefault((row["table_name"], row["check_name"]), []).append(verdict)
    verdicts = [_verdict(of_check, known.get(key)) for key, of_check in found.items()]
    return sorted(verdicts, key=lambda verdict: (verdict["passed"], verdict["severity"], verdict["table_name"], verdict["check_name"]))


def _verdict(of_check: list[dict[str, Any]], check: Check | None) -> dict[str, Any]:
    """Join the verdicts of the engines on one check; Great Expectations saw the whole table, so that its sample comes first."""
    details = [row["detail"] for row in sorted(of_check, key=lambda row: row["engine"] != ENGINE)]
    query = list_breaches(check, BY_NAME[check.table]) if check else None
    return {
        "table_name": of_check[0]["table_name"],
        "check_name": of_check[0]["check_name"],
        "column_name": of_check[0]["column_name"],
        "severity": min(row["severity"] for row in of_check),
        "passed": all(row["passed"] for row in of_check),
        "kind": check.kind if check else None,
        "description": details[0]["description"],
        "bound": _bound(check) if check else None,
        "engines": [{name: row[name] for name in ("engine", "passed", "n_rows", "n_failed")} for row in of_check],
        "n_failed": max(row["n_failed"] for row in of_check),
        **{name: next((detail[name] for detail in details if detail[name]), None) for name in ("problem", "crash", "sample")},
        "query": next((detail["query"] for detail in details if detail["query"]), query),
    }


def _bound(check: Check) -> str:
    """Say what the check measures against, as short as can be."""
    if check.kind in ("minimum", "maximum"):
        return f"{'≥' if check.kind == 'minimum' else '≤'} {check.value}"
    if check.kind == "length":
        return f"≥ {check.value} characters"
    if check.kind == "values":
        return ", ".join(repr(value) for value in check.value)
    if check.kind == "row_rule":
        return check.value.condition
    if check.kind in ("pattern", "type"):
        return str(check.value)
    return {"not_null": "never NULL", "not_empty": "≥ 1 row", "columns": "these columns, in this order"}.get(check.kind, "0 rows")


def _oddness(number: dict[str, Any]) -> tuple[bool, float]:
    """Return how far a number lies from the last run's, measured by its bounds; numbers out of bounds come before all others."""
    last = (number["past"] or [number["value"]])[-1]
    is_outside = not number["lower"] <= number["value"] <= number["upper"]
    return is_outside, abs(number["value"] - last) / max(number["upper"] - number["lower"], 1e-9)


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


def _count_changes(changes: SourceChanges) -> list[CountTable]:
    ids = {kind: getattr(changes, kind) for kind in SOURCE_CHANGES}
    n_sources = [[kind, len(of_kind)] for kind, of_kind in ids.items()]
    counted = CountTable(f"Sources since run {changes.since}", ["change", "sources"], n_sources)
    missing = [[kind, source_id] for kind in ("removed", "refused") for source_id in ids[kind]]
    named = CountTable("Sources that are missing now", ["change", "source"], missing[:SHOWN_ROWS])
    return [counted, named] if missing else [counted]


def _records(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[str] | None = None) -> list[dict[str, Any]]:
    try:
        cursor = connection.execute(query, parameters)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except duckdb.Error:
        return []


def _warehouse_of(folder: DataFolder, run: RunRecord) -> Path:
    """Return the file that the run made: its release, or its rejected candidate."""
    release = warehouse_file(folder.release(run.run_id))
    return release if release.is_file() else warehouse_file(folder.candidate(run.run_id))
