"""An id in; where that thing came from, as text for people, out: facts, raw lines with their rules, repairs, repeats.

Everything in the warehouse lies on lines of a source, so every kind of thing is explained by the same four listings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemas.errors import InputError, WarehouseError
from warehouse.query import fetch_rows, open_warehouse

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

SHOWN_LINES = 200
SHOWN_CHARS = 300


@dataclass(frozen=True)
class Kind:
    """A kind of thing that can be explained: its table, key column and the SQL that finds its source and lines."""

    name: str
    table: str
    key: str
    pattern: str
    lines: str

    @property
    def place(self) -> str:
        """Return the query for source_id, first_line and last_line of the thing."""
        of = "" if self.lines.startswith("t.source_id") else "JOIN main.documents d USING (document_id) "
        return f"SELECT {self.lines} FROM {self.table} t {of}WHERE t.{self.key} = ?"


_OF_DOCUMENT = "d.source_id, t.first_line, t.last_line"
_SPAN = "t.source_id, t.first_line, t.last_line"
KINDS = (
    Kind("document", "main.documents", "document_id", r"[0-9a-z]{12}", "t.source_id, 1, 2147483647"),
    Kind("paragraph", "main.paragraphs", "paragraph_id", r"[0-9a-z]{12}-p\d+", _OF_DOCUMENT),
    Kind("section", "main.sections", "section_id", r"[0-9a-z]{12}-s\d+", _OF_DOCUMENT),
    Kind("measure", "main.measures", "measure_id", r"[0-9a-z]{12}-m\d+", _OF_DOCUMENT),
    Kind("target", "main.targets", "target_id", r"[0-9a-z]{12}-t\d+", "d.source_id, t.line_no, t.line_no"),
    Kind("citation", "main.citations", "citation_id", r"[0-9a-z]{12}-c\d+", "d.source_id, t.line_no, t.line_no"),
    Kind("repair", "lineage.repairs", "repair_id", r"[0-9a-z]{12}-r\d+", "t.source_id, t.line_no, t.line_no"),
    Kind("repeat", "lineage.duplicates", "duplicate_id", r"[0-9a-z]{12}-d\d+", _SPAN),
    Kind("source", "lineage.sources", "source_id", r".+", "t.source_id, 1, 2147483647"),
)


@dataclass(frozen=True)
class Place:
    """Where a thing lies: its source and the first and last of its lines."""

    source_id: str
    first_line: int
    last_line: int

    @property
    def arguments(self) -> list[Any]:
        """Return the arguments of the queries below."""
        return [self.source_id, self.first_line, self.last_line]


@dataclass(frozen=True)
class Found:
    """A thing that the warehouse knows: its kind, what to call it, the columns of its row, and where it lies."""

    kind: str
    name: str
    facts: dict[str, Any]
    place: Place


def explain_id(warehouse: Path, thing: str) -> str:
    """Tell where `thing` came from: a source, SOURCE:LINE, or the id of anything that was read out of one.

    Raises `InputError` where the warehouse knows no such id, `WarehouseError` where there is no warehouse.
    """
    with open_warehouse(warehouse) as con:
        found = find_thing(con, thing)
        place = found.place
        parts = [found.name, *_list_facts(found.facts), "", *_describe_source(con, place), *_list_lines(con, place)]
        return "\n".join([*parts, *_list_repairs(con, place), *_list_repeats(con, place)])


def find_thing(con: duckdb.DuckDBPyConnection, thing: str) -> Found:
    """Find what has the id `thing`; raises `InputError` where nothing has it, `WarehouseError` where the file has no ledger."""
    tables = {name for (name,) in con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()}
    if "lineage.lines" not in tables:
        raise WarehouseError("the warehouse has no table lineage.lines: it was not made by this program")
    for kind in KINDS:
        if kind.table not in tables or not re.fullmatch(kind.pattern, thing):
            continue
        facts = _row(con, f"SELECT * FROM {kind.table} WHERE {kind.key} = ?", [thing])
        if facts is not None:
            [place] = con.execute(kind.place, [thing]).fetchall()
            return Found(kind.name, f"{kind.name} {thing}", facts, Place(*place))
    source_id, _, number = thing.rpartition(":")
    if source_id and number.isascii() and number.isdigit() and len(number) < 10:
        facts = _row(con, "SELECT * FROM lineage.lines WHERE source_id = ? AND line_no = ?", [source_id, int(number)])
        if facts is not None:
            return Found("line", f"line {number} of {source_id}", facts, Place(source_id, int(number), int(number)))
    raise InputError(f"nothing in the warehouse has the id {thing!r}: give the id of a row, a source, or SOURCE:LINE")


def _row(con: duckdb.DuckDBPyConnection, sql: str, arguments: list[Any]) -> dict[str, Any] | None:
    rows = fetch_rows(con, sql, arguments)
    return rows[0] if rows else None


def _list_facts(facts: dict[str, Any]) -> list[str]:
    width = max(map(len, facts))
    return [f"  {name:<{width}}  {_shorten(value)}" for name, value in facts.items() if value is not None]


def _describe_source(con: duckdb.DuckDBPyConnection, place: Place) -> list[str]:
    row = con.execute(
        "SELECT s.source_id, s.encoding, s.n_bytes, s.sha256, s.run_id, d.document_id, d.title FROM lineage.sources s"
        " LEFT JOIN main.documents d USING (source_id) WHERE s.source_id = ?",
        [place.source_id],
    ).fetchall()
    [(source_id, encoding, n_bytes, sha256, run_id, document_id, title)] = row
    read = f"source {source_id}: {n_bytes} bytes, {encoding}, SHA-256 {sha256[:12]}…, read by run {run_id}"
    return [read, f"document {document_id}: {title or 'without a title'}" if document_id else "no document: no line of its own text"]


def _list_lines(con: duckdb.DuckDBPyConnection, place: Place) -> list[str]:
    rows = con.execute(
        "SELECT line_no, role, rule, joins_previous, raw_text FROM lineage.lines"
        " WHERE source_id = ? AND line_no BETWEEN ? AND ? ORDER BY line_no",
        place.arguments,
    ).fetchall()
    if not rows:
        return ["", "no lines"]
    width = max(len(role) + len(rule) for _, role, rule, _, _ in rows) + 3
    shown = [
        f"  {line_no:>6}{'+' if joins else ' '} {f'{role} ({rule})':<{width}}  {_shorten(text)}"
        for line_no, role, rule, joins, text in rows[:SHOWN_LINES]
    ]
    more = [f"  … and {len(rows) - SHOWN_LINES} more in lineage.lines"] if len(rows) > SHOWN_LINES else []
    return ["", "raw lines, role (rule), + = goes on with the previous line", *shown, *more]


def _list_repairs(con: duckdb.DuckDBPyConnection, place: Place) -> list[str]:
    rows = con.execute(
        "SELECT line_no, repair_id, kind, original, replacement, confidence, evidence FROM lineage.repairs"
        " WHERE source_id = ? AND line_no BETWEEN ? AND ? ORDER BY line_no, start_char",
        place.arguments,
    ).fetchall()
    shown = [
        f"  {line_no:>6}  {repair_id} {kind}: {original!r} -> {'not told' if new is None else repr(new)}"
        f" (confidence {confidence:.2f}; {evidence})"
        for line_no, repair_id, kind, original, new, confidence, evidence in rows
    ]
    return ["", "repairs", *shown] if shown else ["", "no repairs"]


def _list_repeats(con: duckdb.DuckDBPyConnection, place: Place) -> list[str]:
    rows = con.execute(
        "SELECT duplicate_id, kind, source_id, first_line, last_line, duplicate_of_source_id, duplicate_of_first_line,"
        " duplicate_of_last_line, similarity"
        " FROM lineage.duplicates WHERE (source_id = $1 AND last_line >= $2 AND first_line <= $3) OR (duplicate_of_source_id = $1"
        " AND duplicate_of_last_line >= $2 AND duplicate_of_first_line <= $3) ORDER BY duplicate_id",
        place.arguments,
    ).fetchall()
    shown = [
        f"  {duplicate_id} {kind}: {source}:{first}-{last} repeats {of}:{of_first}-{of_last} (similarity {similarity:.2f})"
        for duplicate_id, kind, source, first, last, of, of_first, of_last, similarity in rows
    ]
    return ["", "repeats", *shown] if shown else ["", "no repeats"]


def _shorten(value: object) -> str:
    text = str(value).replace("\n", "⏎")
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}… ({len(text)} characters)"
