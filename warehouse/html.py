"""Renders a report as one HTML page that needs nothing else: no script, nothing fetched, every value escaped.

Plots are inline SVG stretched to the width at hand, with their words in HTML beside them, so that a phone shows them as well as a screen.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.fields import CONTENT_ROLES, OTHER_ROLES
from warehouse.markdown import show_invisible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Template

    from warehouse.report import Report

WIDTH = 1000  # units of a plot's width, whatever the screen's
SHOWN_DRIFT = 20
SHOWN_REASONS = 3
# The roles that most lines have first, so that their bars share a baseline and can be compared.
ROLES = (
    "body",
    "heading",
    *(role for role in CONTENT_ROLES if role not in ("body", "heading")),
    "chrome",
    "metadata",
    "duplicate",
    "blank",
)
_METRICS = {
    "rows": "rows",
    "share_of_lines": "share of the lines",
    "fill_rate": "share of rows filled",
    "rows_per_document": "per document",
}


def render_html(report: Report) -> str:
    """Return the page."""
    n_outside = sum(not number["lower"] <= number["value"] <= number["upper"] for number in report.drift)
    return load_template("quality.html.j2").render(
        report=report,
        run=report.run,
        failed=[verdict for verdict in report.checks if not verdict["passed"] and not verdict["crash"]],
        crashed=list(gather_crashes(report.checks)),
        tables=list(sum_tables(report.checks)),
        sources=[stack_roles(source["source_id"], source["roles"]) for source in report.sources],
        every_source=stack_roles("all sources", _roles_of_all(report)),
        history=place_runs(report.history),
        drift=[place_drift(number) for number in report.drift[: max(SHOWN_DRIFT, n_outside)]],
    )


def gather_crashes(verdicts: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield each table with checks that crashed, their names, and why, each reason once: a lost table takes all its checks with it."""
    crashed = sorted((verdict for verdict in verdicts if verdict["crash"]), key=lambda verdict: verdict["table_name"])
    for table, group in groupby(crashed, key=lambda verdict: verdict["table_name"]):
        checks = list(group)
        reasons = dict.fromkeys(check["crash"] for check in checks)
        yield {"table_name": table, "names": [check["check_name"] for check in checks], "messages": list(reasons)[:SHOWN_REASONS]}


def stack_roles(name: str, roles: dict[str, int]) -> dict[str, Any]:
    """Return a source's roles as the segments of a bar: role, lines, share of all lines, start and width in the plot."""
    total = sum(roles.values()) or 1
    segments, start = [], 0.0
    for role in (role for role in ROLES if roles.get(role)):
        width = WIDTH * roles[role] / total
        segments.append({"role": role, "n_lines": roles[role], "share": roles[role] / total, "start": start, "width": width})
        start += width
    return {"name": name, "n_lines": total if roles else 0, "segments": segments}


def sum_tables(verdicts: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield each table with its checks (failed ones first) and how many passed, warned and failed."""
    ordered = sorted(verdicts, key=lambda verdict: verdict["table_name"])
    for table, group in groupby(ordered, key=lambda verdict: verdict["table_name"]):
        checks = list(group)
        n_errors = sum(not check["passed"] and check["severity"] == "error" for check in checks)
        n_warnings = sum(not check["passed"] and check["severity"] == "warning" for check in checks)
        counts = {"passed": len(checks) - n_errors - n_warnings, "warning": n_warnings, "error": n_errors}
        n_rows = max(engine["n_rows"] for check in checks for engine in check["engines"])
        yield {"name": table, "n_rows": n_rows, "checks": checks, "counts": counts, "n_checks": len(checks)}


def place_runs(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return runs, oldest first, with the height of their bar (documents, as a share of the most)."""
    most = max((run["n_documents"] for run in history), default=0) or 1
    return [run | {"height": run["n_documents"] / most} for run in history]


def place_drift(number: dict[str, Any]) -> dict[str, Any]:
    """Return a number with its places on a strip whose middle third is what is no drift: value and past values, cut at the ends."""
    lower, upper = number["lower"], number["upper"]

    def place(value: float) -> float:
        reach = (value - lower) / (upper - lower) if upper > lower else 0.5 + (value > upper) - (value < lower)
        return WIDTH * min(max((1 + reach) / 3, 0.01), 0.99)

    is_share = number["metric"] in ("share_of_lines", "fill_rate")
    return number | {
        "shown": f"{100 * number['value']:.1f} %" if is_share else show(number["value"]),
        "label": f"{number['table_name'].partition('.')[2]}.{number['subject']}" if number["metric"] == "fill_rate" else number["subject"],
        "what": _METRICS.get(number["metric"], number["metric"]),
        "is_outside": not lower <= number["value"] <= upper,
        "at": place(number["value"]),
        "past_at": [place(value) for value in number["past"] or []],
    }


def show(value: object) -> str:
    """Return a value as text: times short, numbers readable, invisible characters by number."""
    if value is None:
        return "NULL"
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return show_invisible(str(value))


def show_sql(query: str) -> str:
    """Return a query without its margin, lines kept."""
    lines = textwrap.dedent(query).strip().splitlines()
    return "\n".join(show_invisible(line) for line in lines)


def _roles_of_all(report: Report) -> dict[str, int]:
    of_lines = next((counts for counts in report.counts if counts.title == "Lines by role"), None)
    return {row[1]: row[2] for row in of_lines.rows if row[1] in CONTENT_ROLES + OTHER_ROLES} if of_lines else {}


@cache
def load_template(name: str) -> Template:
    """Return a page's template: every value is escaped, and all pages have one style sheet and the same colours for roles."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"show": show, "sql": show_sql, "values": dict.values, "pick": lambda name, row: row.get(name)}
    return environment.get_template(name, globals={"roles": ROLES})
