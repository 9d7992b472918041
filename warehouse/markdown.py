"""Renders a report as Markdown in which no value, whatever a raw page held, can act as markup."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from warehouse.report import Report

_OWN_NAME = re.compile(r"[A-Za-z0-9_.-]+")


def render_markdown(report: Report) -> str:
    """Return the report as Markdown: the state first, then counts, quarantine, checks, and every failed check with rows that broke it."""
    run = report.run
    facts = [
        ("started", run.started_at),
        ("finished", run.finished_at),
        ("code version", run.code_version),
        ("checks", f"{report.n_passed} passed, {report.n_errors} errors, {report.n_warnings} warnings"),
        ("sources", f"{run.n_sources} read, {len(report.quarantine)} in quarantine"),
        ("documents", run.n_documents),
    ]
    blocks = [
        f"# Quality of run {_name(run.run_id)}",
        f"**{escape_markdown(report.headline)}**",
        _table(["", ""], facts),
        "## What became of the text",
        *(block for counts in report.counts for block in (f"### {counts.title}", _table(counts.columns, counts.rows))),
        "## Input that could not be used",
        _records(report.quarantine[: report.shown]),
        *([f"The first {report.shown} of {len(report.quarantine)}."] if len(report.quarantine) > report.shown else []),
        "## Checks by table and engine",
        _records(report.tables),
        "## Checks that failed",
        *([block for check in report.failed for block in _failed_check(check)] or ["None."]),
    ]
    return "\n\n".join(blocks) + "\n"


def _failed_check(check: dict[str, Any]) -> list[str]:
    detail, column = check["detail"], check["column_name"]
    where = f"{_name(check['table_name'])} {_name(check['check_name'])}"
    blocks = [f"### {check['severity']}: {where} ({_name(check['engine'])})", escape_markdown(detail["description"])]
    if detail["crash"]:
        return [*blocks, f"The check itself crashed, so that nothing is known: {escape_markdown(detail['crash'])}"]
    if detail["problem"]:
        blocks.append(f"Found: {escape_markdown(detail['problem'])}")
    if detail["sample"]:
        shown = f", {len(detail['sample'])} of them here" if check["n_failed"] > len(detail["sample"]) else ""
        of_column = f" in the column {_name(column)}" if column else ""
        blocks += [f"Breaches{of_column}: {check['n_failed']} (rows checked: {check['n_rows']}){shown}.", _records(detail["sample"])]
    return [*blocks, "The query that lists all:", _code(detail["query"])] if detail["query"] else blocks


def _records(rows: Sequence[dict[str, Any]]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return _table(columns, [[row.get(name) for name in columns] for row in rows])


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [_cells(row) for row in rows]
    return "\n".join([_cells(columns), "|" + "---|" * len(columns), *lines]) if lines else "None."


def _cells(row: Iterable[object]) -> str:
    return f"| {' | '.join(escape_markdown(value) for value in row)} |"


def escape_markdown(value: object) -> str:
    """Return a value as one line of plain Markdown text: no markup, HTML or link comes of it, and no table cell or line ends by it.

    Control, directional and line-separating characters are shown by number, so that no text can hide or turn round others.
    """
    if value is None:
        return "NULL"
    text = value.isoformat(sep=" ", timespec="seconds") if isinstance(value, dt.datetime) else str(value)
    text = show_invisible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_\[\]|~])", r"\\\1", text)
    text = re.sub(r"^([#+=-])", r"\\\1", text)
    text = re.sub(r"^(\d+)([.)])(?=\s)", r"\1\\\2", text)
    return re.sub(r"(?i)\b(https?|ftp|mailto|www)([:.])", r"\1\\\2", text)


def _name(name: str) -> str:
    """Return one of our own names as code; anything else as text."""
    return f"`{name}`" if _OWN_NAME.fullmatch(name) else escape_markdown(name)


def _code(query: str) -> str:
    lines = [line for line in query.splitlines() if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    return "\n".join("    " + show_invisible(line[margin:]) for line in lines)


def show_invisible(text: str) -> str:
    """Return a text with control, directional and line-separating characters and lone surrogates written as <U+….>."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\u3000" else f"<U+{ord(c):04X}>" for c in text)
