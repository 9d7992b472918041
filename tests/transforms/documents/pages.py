"""Pages written as `role text` lines (a `+` after the role joins the line to the one before), and what the transforms make of them."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

import polars as pl

from transforms.documents import extract_documents
from transforms.paragraphs import build_paragraphs

REFERENCE = Path(__file__).parents[3] / "seeds" / "reference"
LINE_COLUMNS = {
    "source_id": pl.String,
    "line_no": pl.Int32,
    "text": pl.String,
    "role": pl.String,
    "joins_previous": pl.Boolean,
    "document_id": pl.String,
}


@cache
def reference() -> dict[str, pl.DataFrame]:
    names = ("regions", "document_kinds", "document_labels", "host_rules", "region_aliases", "region_level_words")
    return {name: pl.read_csv(REFERENCE / f"{name}.csv", infer_schema=False) for name in names}


def read_page(page: str, source_id: str = "page.txt") -> pl.DataFrame:
    document_id = sha256(source_id.encode()).hexdigest()[:12]
    rows = []
    for number, line in enumerate(page.strip().splitlines(), 1):
        role, _, text = line.strip().partition(" ")
        rows.append((source_id, number, text.strip(), role.rstrip("+") or "blank", role.endswith("+"), document_id))
    return pl.DataFrame(rows, schema=LINE_COLUMNS, orient="row")


def describe_lines(lines: pl.DataFrame) -> pl.DataFrame:
    built = build_paragraphs(lines)
    sources = lines.select("source_id", source_key="document_id").unique()
    return extract_documents(built.lines, built.paragraphs, sources, reference())


def describe(page: str) -> dict:
    """Give the one document of a page, its days as text."""
    document = describe_lines(read_page(page)).row(0, named=True)
    return {name: str(value) if name.endswith("_on") and value else value for name, value in document.items()}
