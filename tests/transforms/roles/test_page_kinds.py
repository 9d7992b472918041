"""Every kind of page in pages.py and more_pages.py gets the roles and joins written beside its lines."""

from pathlib import Path

import polars as pl
import pytest

from tests.transforms.roles import more_pages, pages
from transforms.lines import add_clean_text
from transforms.roles import label_lines

PAGES = {**pages.PAGES, **more_pages.MORE_PAGES}
LINE_RULES = pl.read_csv(Path(__file__).parents[3] / "seeds/reference/line_rules.csv")


def read_page(page: str, gap: bool) -> tuple[pl.DataFrame, list[str]]:
    """The page's lines and the roles wanted; with `gap`, a blank line stands after every line, as in text taken from HTML."""
    rows = [line.split(" ", 1) for line in page.strip("\n").split("\n")]
    raw = [row[1] for row in rows]
    numbers = [index * 2 - 1 for index in range(1, len(rows) + 1)] if gap else list(range(1, len(rows) + 1))
    texts = dict(zip(numbers, raw, strict=True))
    last = numbers[-1]
    frame = pl.DataFrame(
        {
            "source_id": "page.txt",
            "line_no": range(1, last + 1),
            "raw_text": [texts.get(n, "") for n in range(1, last + 1)],
            "line_ending": "\n",
        }
    )
    return add_clean_text(frame.with_columns(pl.col("line_no").cast(pl.Int32))), [row[0] for row in rows]


@pytest.mark.parametrize("gap", [False, True], ids=["close", "airy"])
@pytest.mark.parametrize("name", PAGES)
def test_each_line_gets_the_role_written_beside_it(name: str, gap: bool) -> None:
    lines, wanted = read_page(PAGES[name], gap)
    labelled = label_lines(lines, LINE_RULES)[0].filter(pl.col("text") != "")
    wrong = []
    for text, role, rule, joins, want in zip(
        labelled["text"], labelled["role"], labelled["rule"], labelled["joins_previous"], wanted, strict=True
    ):
        if role not in want.removesuffix("+").split("|"):
            wrong.append(f"{text[:30]}: {role} ({rule}), want {want}")
        if joins != want.endswith("+") and "|" not in want:
            wrong.append(f"{text[:30]}: joins {joins}, want {want}")
    assert wrong == []


def test_pages_of_one_shard_do_not_touch_each_other() -> None:
    shard = [read_page(page, gap=False)[0].with_columns(source_id=pl.lit(f"{number:02}.txt")) for number, page in enumerate(PAGES.values())]
    together, duplicates_together = label_lines(pl.concat(shard), LINE_RULES)
    alone = [label_lines(page, LINE_RULES) for page in shard]
    assert together.equals(pl.concat([labelled for labelled, _ in alone]))
    assert duplicates_together.equals(pl.concat([duplicates for _, duplicates in alone]))
    assert together.equals(together.sort("source_id", "line_no"))
