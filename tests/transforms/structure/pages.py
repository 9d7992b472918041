"""Small documents for tests, as frames: written out, or made of a seed page and its gold roles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from transforms.lines import add_clean_text
from transforms.paragraphs import Paragraphs, build_paragraphs

ROOT = Path(__file__).parents[3]
SEEDS = sorted((ROOT / "tests/gold/seeds").glob("*.json"))
DOCUMENT_COLUMNS = ("title", "plan_title", "issuer", "document_number", "region_code")


def reference(name: str) -> pl.DataFrame:
    """Read one hand-kept table."""
    codes = dict.fromkeys(("region_code", "parent_code"), pl.String)
    return pl.read_csv(ROOT / f"seeds/reference/{name}.csv", schema_overrides=codes if name == "regions" else None)


def write_document(text: str, document_id: str = "000000000001", **facts: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make a document of lines `role text`; h, b, t, d, a, r stand for heading, body, title, date, attachment, recipients."""
    roles = {"h": "heading", "b": "body", "t": "title", "d": "date", "a": "attachment", "r": "recipients"}
    rows = [(roles[line.strip()[0]], line.strip()[2:]) for line in text.strip().splitlines()]
    paragraphs = pl.DataFrame(
        {
            "paragraph_id": [f"{document_id}-p{place:04d}" for place in range(1, len(rows) + 1)],
            "document_id": document_id,
            "ordinal": range(1, len(rows) + 1),
            "role": [role for role, _ in rows],
            "text": [written for _, written in rows],
            "first_line": range(1, len(rows) + 1),
            "last_line": range(1, len(rows) + 1),
        },
        schema_overrides=dict.fromkeys(("ordinal", "first_line", "last_line"), pl.Int32),
    )
    return describe(document_id, facts), paragraphs


def describe(document_id: str, facts: dict[str, Any]) -> pl.DataFrame:
    """Make the row of `documents` that structure needs."""
    known = {column: facts.get(column) for column in DOCUMENT_COLUMNS}
    first = {column: value[0] if isinstance(value, list) else value for column, value in known.items()}
    ids = {"document_id": document_id, "canonical_document_id": facts.get("canonical_document_id", document_id)}
    return pl.DataFrame({**ids, **first}, schema=dict.fromkeys((*ids, *DOCUMENT_COLUMNS), pl.String))


def read_seed(gold_path: Path) -> tuple[dict[str, Any], pl.DataFrame, Paragraphs]:
    """Make paragraphs of a seed page, its spam repaired, and the roles and joins of its gold answers."""
    gold = json.loads(gold_path.read_text(encoding="utf-8"))
    raw = (ROOT / "seeds/texts" / gold["source"]).read_text(encoding="utf-8").split("\n")
    for spam in (row for row in gold["repairs"] if row["kind"] == "injected_spam"):
        raw[spam["line"] - 1] = raw[spam["line"] - 1].replace(spam["original"], spam["replacement"] or "")
    roles = [*gold["roles"], *["blank"] * len(raw)][: len(raw)]
    document_id = f"{int(gold['source'][:3]):012d}"
    lines = pl.DataFrame(
        {
            "source_id": gold["source"],
            "line_no": range(1, len(raw) + 1),
            "raw_text": raw,
            "role": [role.split("|")[0] for role in roles],
            "joins_previous": [number in gold["joins"] for number in range(1, len(raw) + 1)],
            "document_id": document_id,
        },
        schema_overrides={"line_no": pl.Int32},
    )
    return gold, describe(document_id, gold["document"]), build_paragraphs(add_clean_text(lines))
