"""A finished run in; what a person should know about it, as text or Markdown, out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from schemas.fields import CONTENT_ROLES

if TYPE_CHECKING:
    from flows.build import RunSummary
    from warehouse.changes import SourceChanges
    from warehouse.folder import DataFolder

FOUND = ("sections", "measures", "targets")
SHOWN_FAILURES = 20
SHOWN_SAMPLES = 3
SHOWN_SOURCES = 20


@dataclass(frozen=True)
class Description:
    """A headline, facts by name, and what broke the checks that failed, a line each."""

    headline: str
    facts: dict[str, str]
    failures: list[str] = field(default_factory=list)

    def as_text(self) -> str:
        """Return it for a terminal."""
        return "\n".join([self.headline, *(f"  {name:<14}{text}" for name, text in self.facts.items()), *self.failures])

    def as_markdown(self) -> str:
        """Return it for a page: the facts as a list, whose lines are broken where those of Prefect's tables are cut off."""
        facts = [f"- **{name}**: {_escape(text)}" for name, text in self.facts.items()]
        failures = ["", "```", *self.failures, "```"] if self.failures else []
        return "\n".join([f"**{_escape(self.headline)}**", "", *facts, *failures])


def describe_run(summary: RunSummary) -> Description:
    """Tell what was read, kept, dropped, repaired, checked and refused, and where the results are."""
    run, folder, counts = summary.run, summary.folder, summary.counts
    read = f"{run.n_sources} read, {run.n_documents} documents, {summary.quarantine.height} refused (quality.quarantine)"
    if summary.is_unchanged:
        headline = f"unchanged: run {run.run_id} was made of the same inputs by the same code, and stays published (--anew does all again)"
        return Description(headline, {"sources": read, "warehouse": str(folder.warehouse), **_tell_died(summary)})
    rows = {
        "sources": read,
        **(_tell_changes(summary.changes) if summary.changes else {}),
        "lines kept": _list_counts({role: n for role, n in counts["lines"].items() if role in CONTENT_ROLES}),
        "lines dropped": _list_counts({role: n for role, n in counts["lines"].items() if role not in CONTENT_ROLES}),
        "repeats": _list_counts(counts["repeats"]),
        "repairs": _list_counts(counts["repairs"]),
        "found": ", ".join(f"{counts['rows'][f'main.{name}']} {name}" for name in FOUND),
        "checks": _count_checks(summary.checks),
        "seconds": ", ".join(f"{name} {seconds:.1f}" for name, seconds in summary.elapsed_seconds.items()),
    }
    if run.status == "published":
        rows["warehouse"] = str(folder.warehouse)
    else:
        rows["candidate"] = f"{folder.candidate(run.run_id)} (rejected; the published warehouse stays as it was)"
    rows |= {"reports": str(folder.reports), **_tell_died(summary)}
    return Description(f"{run.status}: run {run.run_id}", rows, _list_failures(summary.checks))


def list_failures(checks: pl.DataFrame) -> pl.DataFrame:
    """Return the checks that failed, errors first."""
    return checks.filter(~pl.col("passed")).sort("severity", "table_name", "check_name", "engine")


def name_failures(checks: pl.DataFrame) -> str:
    """Name the error checks that failed, on one line, with the rows that broke them."""
    errors = list_failures(checks).filter(severity="error")
    named = [f"{row['table_name']} {row['check_name']} ({row['n_failed']} of {row['n_rows']} rows)" for row in errors.iter_rows(named=True)]
    named = list(dict.fromkeys(named))
    return ", ".join(named[:SHOWN_SAMPLES]) + (f" and {len(named) - SHOWN_SAMPLES} more" if len(named) > SHOWN_SAMPLES else "")


def describe_checks(folder: DataFolder, checks: pl.DataFrame) -> Description:
    """Tell how many checks passed, and what broke those that did not."""
    facts = {"checks": _count_checks(checks), "reports": str(folder.reports)}
    return Description(f"checked: {folder.warehouse}", facts, _list_failures(checks))


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_<|\[])", r"\\\1", text)


def _tell_changes(changes: SourceChanges) -> dict[str, str]:
    """Say how many sources came, changed and went since the last release, and which are missing now."""
    counts = f"{len(changes.new)} new, {len(changes.changed)} changed, {len(changes.removed)} removed, {len(changes.refused)} now refused"
    rows = {"changes": f"{counts} since run {changes.since}"}
    for kind, sources in (("removed", changes.removed), ("now refused", changes.refused)):
        if sources:
            more = f", … and {len(sources) - SHOWN_SOURCES} more" if len(sources) > SHOWN_SOURCES else ""
            rows[kind] = ", ".join(sources[:SHOWN_SOURCES]) + more
    return rows


def _tell_died(summary: RunSummary) -> dict[str, str]:
    """Name the runs whose process ended before they did."""
    return {"died before": ", ".join(f"run {run.run_id}" for run in summary.died)} if summary.died else {}


def _list_counts(counts: dict[str, int]) -> str:
    total = sum(counts.values())
    parts = ", ".join(f"{name} {n}" for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return f"{total} ({parts})" if counts else "0"


def _count_checks(checks: pl.DataFrame) -> str:
    n_failed = checks.filter(~pl.col("passed")).height
    n_errors = checks.filter(~pl.col("passed"), severity="error").height
    by_engine = ", ".join(f"{engine} {n}" for engine, n in checks.group_by("engine").len().sort("engine").iter_rows())
    return f"{checks.height - n_failed} passed, {n_failed} failed ({n_errors} errors, {n_failed - n_errors} warnings) by {by_engine}"


def _list_failures(checks: pl.DataFrame) -> list[str]:
    failed = list_failures(checks)
    shown = []
    for check in failed.head(SHOWN_FAILURES).iter_rows(named=True):
        detail = json.loads(check["detail"] or "{}")
        why = detail.get("crash") or detail.get("problem") or detail.get("description", "")
        name = f"{check['table_name']} {check['check_name']}"
        shown.append(f"  {check['severity']}: {name} ({check['engine']}): {check['n_failed']} of {check['n_rows']} rows; {why}")
        shown += [f"      {json.dumps(row, ensure_ascii=False)[:300]}" for row in detail.get("sample", [])[:SHOWN_SAMPLES]]
    if failed.height > SHOWN_FAILURES:
        shown.append(f"  … and {failed.height - SHOWN_FAILURES} more failed checks in the reports")
    return shown
