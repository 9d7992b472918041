"""The five seed pages, scored against their gold answers line by line."""

import json
from pathlib import Path

import polars as pl
import pytest

from transforms.lines import add_clean_text
from transforms.roles import label_lines, rule_names

ROOT = Path(__file__).parents[3]
GOLD = sorted((ROOT / "tests/gold/seeds").glob("*.json"))


def lines_of(source_id: str, raw: str) -> pl.DataFrame:
    parts = raw.removesuffix("\n").split("\n")
    frame = pl.DataFrame({"source_id": source_id, "line_no": range(1, len(parts) + 1), "raw_text": parts, "line_ending": "\n"})
    return add_clean_text(frame.with_columns(pl.col("line_no").cast(pl.Int32)))


@pytest.fixture(scope="module")
def line_rules() -> pl.DataFrame:
    return pl.read_csv(ROOT / "seeds/reference/line_rules.csv")


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.name[:3])
def test_roles_and_joins_of_a_seed_page_are_those_of_the_gold(path: Path, line_rules: pl.DataFrame) -> None:
    gold = json.loads(path.read_text(encoding="utf-8"))
    raw = (ROOT / "seeds/texts" / gold["source"]).read_text(encoding="utf-8")
    labelled, duplicates = label_lines(lines_of(gold["source"], raw), line_rules)
    wrong = [
        (line_no, role, wanted)
        for line_no, role, wanted in zip(labelled["line_no"], labelled["role"], gold["roles"], strict=False)
        if role not in wanted.split("|")
    ]
    assert wrong == []
    doubtful = [line_no for line_no, wanted in enumerate(gold["roles"], start=1) if "|" in wanted]
    joins = labelled.filter("joins_previous", ~pl.col("line_no").is_in(doubtful))["line_no"].to_list()
    assert joins == [line_no for line_no in gold["joins"] if line_no not in doubtful]
    assert set(labelled["rule"]) <= set(rule_names(line_rules))
    assert duplicates.height == (1 if "duplicate" in gold["roles"] else 0)
