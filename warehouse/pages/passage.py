"""A thing's place in; the raw lines around it and all that was read out of them, as plain records, out.

A page shows a bounded stretch of a source, so that a source of any size, or with lines of any length, gives a page that a browser can open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

    from warehouse.explain import Place

Row = dict[str, Any]

SHOWN_LINES = 2_000
SHOWN_CHARS = 2_000
SHOWN_ROWS = 2_000
LINES_BEFORE = 200

_WITHIN = "last_line >= $first AND first_line <= $last"
_LINES = """
    SELECT line_no, left(raw_text, $chars) AS text, length(raw_text) AS n_chars, role, rule, joins_previous, paragraph_id
    FROM lineage.lines WHERE source_id = $source AND line_no BETWEEN $first AND $last ORDER BY line_no"""
_REPAIRS = """
    SELECT line_no, repair_id, kind, original, replacement, confidence, evidence
    FROM lineage.repairs WHERE source_id = $source AND line_no BETWEEN $first AND $last ORDER BY line_no, start_char"""
_REPEATS = """
    SELECT * FROM lineage.duplicates WHERE source_id = $source AND last_line >= $first AND first_line <= $last
    OR duplicate_of_source_id = $source AND duplicate_of_last_line >= $first AND duplicate_of_first_line <= $last
    ORDER BY source_id <> $source, first_line, duplicate_id"""
_PARAGRAPHS = f"""
    SELECT paragraph_id, section_id, measure_id, role, left(text, $chars) AS text, length(text) AS n_chars, first_line, last_line
    FROM main.paragraphs WHERE document_id = $document AND {_WITHIN} ORDER BY ordinal"""
_SECTIONS = f"SELECT * FROM main.sections WHERE document_id = $document AND {_WITHIN} ORDER BY ordinal"
_MEASURES = f"""
    SELECT measure_id, number, title, first_line, last_line
    FROM main.measures WHERE document_id = $document AND {_WITHIN} ORDER BY ordinal"""
_AGENCIES = f"""
    SELECT measure_id, named.role, agencies.name, agency_id FROM main.measure_agencies AS named
    JOIN main.agencies USING (agency_id) JOIN main.measures USING (measure_id)
    WHERE document_id = $document AND {_WITHIN} ORDER BY measure_id, named.ordinal"""
_TARGETS = """
    SELECT * EXCLUDE document_id FROM main.targets
    WHERE document_id = $document AND line_no BETWEEN $first AND $last ORDER BY line_no, target_id"""
_CITATIONS = """
    SELECT * EXCLUDE document_id FROM main.citations
    WHERE document_id = $document AND line_no BETWEEN $first AND $last ORDER BY line_no, citation_id"""


@dataclass(frozen=True)
class Passage:
    """A stretch of a source, from `first_line` to `last_line`, and what was read out of it."""

    source: Row
    document: Row | None
    first_line: int
    last_line: int
    lines: list[Row]
    repairs: list[Row]
    repeats: list[Row]
    paragraphs: list[Row]
    sections: list[Row]
    measures: list[Row]
    agencies: list[Row]
    targets: list[Row]
    citations: list[Row]

    @property
    def is_whole(self) -> bool:
        """Return whether the whole source is here."""
        return self.last_line - self.first_line + 1 >= self.source["n_lines"]

    @property
    def is_crowded(self) -> bool:
        """Return whether the lines hold more things of one kind than are here."""
        return any(len(rows) == SHOWN_ROWS for rows in (self.repairs, self.repeats, self.targets, self.citations, self.agencies))


def read_passage(con: duckdb.DuckDBPyConnection, place: Place) -> Passage:
    """Read the source of `place`, all of it or at most `SHOWN_LINES` lines from a little before the place on."""
    [source] = _rows(con, "SELECT * FROM lineage.sources WHERE source_id = $source", {"source": place.source_id})
    found = _rows(con, "SELECT * EXCLUDE text FROM main.documents WHERE source_id = $source", {"source": place.source_id})
    document = found[0] if found else None
    first = 1 if source["n_lines"] <= SHOWN_LINES else max(1, min(place.first_line - LINES_BEFORE, source["n_lines"] - SHOWN_LINES + 1))
    last = min(source["n_lines"], first + SHOWN_LINES - 1)
    span = {"first": first, "last": last}
    of_source, of_document = span | {"source": place.source_id}, span | {"document": document["document_id"] if document else None}
    return Passage(
        source=source,
        document=document,
        first_line=first,
        last_line=last,
        lines=_rows(con, _LINES, of_source | {"chars": SHOWN_CHARS}),
        repairs=_rows(con, _REPAIRS, of_source),
        repeats=_rows(con, _REPEATS, of_source),
        paragraphs=_rows(con, _PARAGRAPHS, of_document | {"chars": SHOWN_CHARS}),
        sections=_rows(con, _SECTIONS, of_document),
        measures=_rows(con, _MEASURES, of_document),
        agencies=_rows(con, _AGENCIES, of_document),
        targets=_rows(con, _TARGETS, of_document),
        citations=_rows(con, _CITATIONS, of_document),
    )


def _rows(con: duckdb.DuckDBPyConnection, sql: str, values: Row) -> list[Row]:
    return con.sql(f"{sql} LIMIT {SHOWN_ROWS}", params=values).pl().to_dicts()
