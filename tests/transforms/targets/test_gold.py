"""Targets of the seed pages against their gold answers, each line a paragraph."""

import json
from collections import Counter
from pathlib import Path

import polars as pl

from transforms.targets import extract_targets

ROOT = Path(__file__).parents[3]
FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}


def test_seed_targets_are_found(units: pl.DataFrame, comparators: pl.DataFrame, target_rules: pl.DataFrame) -> None:
    hits = found_total = wanted_total = 0
    for path in sorted((ROOT / "tests" / "gold" / "seeds").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        texts = (ROOT / "seeds" / "texts" / gold["source"]).read_text(encoding="utf-8").split("\n")
        roles = [role.split("|")[0] for role in gold["roles"]]
        rows = [(i, role, text.translate(FOLD).strip()) for i, (role, text) in enumerate(zip(roles, texts, strict=False), start=1)]
        paragraphs = pl.DataFrame(rows, schema={"ordinal": pl.Int32, "role": pl.String, "text": pl.String}, orient="row").with_columns(
            document_id=pl.lit("d"), paragraph_id=pl.format("d-p{}", "ordinal")
        )
        lines = paragraphs.select("paragraph_id", line_no="ordinal", start_char=pl.lit(0, pl.Int32))
        documents = pl.DataFrame({"document_id": ["d"], "title": [gold["document"]["title"]]}, schema_overrides={"title": pl.String})
        found = extract_targets(documents, paragraphs, lines, units=units, comparators=comparators, target_rules=target_rules)
        optional = {(t["line"], float(t["low"]), t["unit"]) for t in gold["targets"] if t.get("optional")}
        wanted = Counter((t["line"], float(t["low"]), t["unit"]) for t in gold["targets"] if not t.get("optional"))
        got = Counter(key for key in found.select("line_no", "value_low", "unit").rows() if key not in optional)
        hits += sum((wanted & got).values())
        found_total += sum(got.values())
        wanted_total += sum(wanted.values())
    assert 2 * hits / (found_total + wanted_total) >= 0.95
