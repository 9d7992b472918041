"""Quantities read from text: number, unit, comparator, range, place."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.targets import parse_quantities


@pytest.fixture(scope="module")
def read(units: pl.DataFrame, comparators: pl.DataFrame):
    def parse(text: str) -> list[tuple]:
        found = parse_quantities(pl.DataFrame({"id": [1], "text": [text]}), units, comparators)
        return found.select("comparator", "value_low", "value_high", "unit").rows()

    return parse


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("技术合同成交额达800亿元", ("=", 8e10, None, "元")),
        ("科技型中小企业突破1万户", (">", 10_000, None, "户")),
        ("建设2-3家", ("range", 2, 3, "家")),
        ("派出50至100名", ("range", 50, 100, "名")),
        ("3-5万户", ("range", 30_000, 50_000, "户")),
        ("5%-6%", ("range", 5, 6, "%")),
        ("1000万元到2000万元", ("range", 1e7, 2e7, "元")),
        ("不低于14%", (">=", 14, None, "%")),
        ("提高3个百分点", ("=", 3, None, "百分点")),
        ("控制在5.5%以内", ("<=", 5.5, None, "%")),
        ("达到约20家左右", ("~", 20, None, "家")),
        ("百分之三十以上", (">=", 30, None, "%")),
        ("超万亿元", (">", 1e12, None, "元")),
        ("装机500万千瓦", ("=", 5e6, None, "千瓦")),
        ("新增12千瓦", ("=", 12, None, "千瓦")),
        ("三成", ("=", 30, None, "%")),
        ("30余家", (">", 30, None, "家")),
        ("14EFlops", ("=", 14, None, "EFlops")),
    ],
)
def test_quantity_is_read(read, text: str, wanted: tuple) -> None:
    assert read(text) == [wanted]


@pytest.mark.parametrize("text", ["IPv6", "5G+工业互联网", "“1+3+N”", "2.52:1", "COP15", "没有数"])
def test_names_and_codes_hold_no_quantity(read, text: str) -> None:
    assert read(text) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("建设达到 ,。、约近0123456789.%万亿千百十一两个家名元以上左右至-第年()", max_size=40), min_size=1, max_size=5))
def test_places_quote_the_text(texts: list[str]) -> None:
    units = pl.DataFrame(
        {"written": ["个", "家", "名", "元", "%", "年"], "unit": ["个", "家", "名", "元", "%", "年"], "kind": ["count"] * 6}
    )
    comparators = pl.DataFrame(
        {
            "written": ["达到", "约", "近", "以上", "左右"],
            "position": ["before"] * 3 + ["after"] * 2,
            "comparator": ["=", "~", "~", ">=", "~"],
        }
    )
    frame = pl.DataFrame({"id": range(len(texts)), "text": texts})
    found = parse_quantities(frame, units, comparators)
    for row in found.iter_rows(named=True):
        assert texts[row["id"]][row["start_char"] : row["end_char"]] == row["text"]
        assert row["value_high"] is None or row["comparator"] == "range"
