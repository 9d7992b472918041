"""The seed pages and their gold answers: with the gold roles, every document fact is right."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tests.gold.score import norm
from tests.transforms.documents.pages import LINE_COLUMNS, describe_lines

ROOT = Path(__file__).parents[3]
GOLD = sorted((ROOT / "tests" / "gold" / "seeds").glob("*.json"))
FOLDED = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " ", "\u00a0": " ", "\u200b": "", "\ufeff": ""}


def gold_lines(gold: dict) -> pl.DataFrame:
    raw = (ROOT / "seeds" / "texts" / gold["source"]).read_text(encoding="utf-8").split("\n")
    text = pl.Series(raw).str.replace_many(FOLDED).str.strip_chars()
    roles = [role.split("|")[0] for role in gold["roles"]] + ["blank"] * (len(raw) - len(gold["roles"]))
    rows = [
        (gold["source"], number, line, role, number in gold["joins"], "0" * 12)
        for number, (line, role) in enumerate(zip(text, roles, strict=True), 1)
    ]
    return pl.DataFrame(rows, schema=LINE_COLUMNS, orient="row")


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_every_fact_is_the_gold_one(path):
    gold = json.loads(path.read_text(encoding="utf-8"))
    found = describe_lines(gold_lines(gold)).row(0, named=True)
    for field, wanted in gold["document"].items():
        allowed = {norm(value) for value in (wanted if isinstance(wanted, list) else [wanted])}
        assert norm(found[field]) in allowed, field
