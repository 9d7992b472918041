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
        ("在50个以上、100个以下", ("range", 50, 100, "个")),
        ("面积大于500平方米且小于等于1000平方米", ("range", 500, 1000, "平方米")),
        ("最多100最少20个", ("range", 20, 100, "个")),
        ("比例在10%和20%之间", ("range", 10, 20, "%")),
        ("介于10000与20000间", ("range", 10_000, 20_000, None)),
        ("5-20%之间", ("range", 5, 20, "%")),
        ("比30%高一些", (">", 30, None, "%")),
        ("小于 或 等于 100", ("<=", 100, None, None)),
        ("< = 100", ("<=", 100, None, None)),
        ("≥50分", (">=", 50, None, "分")),
        ("100家或者更多", (">=", 100, None, "家")),
        ("500万余亿元", (">", 5e14, None, "元")),
    ],
)
def test_quantity_is_read(read, text: str, wanted: tuple) -> None:
    assert read(text) == [wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("大于50小于12", [(">", 50, None, None), ("<", 12, None, None)]),  # no number is both
        ("x大于10且y小于20", [(">", 10, None, None), ("<", 20, None, None)]),  # two things are measured
        ("企业20家以上,投诉率5%以下", [(">=", 20, None, "家"), ("<=", 5, None, "%")]),
        ("大于1小于5,大于6小于9", [("range", 1, 5, None), ("range", 6, 9, None)]),
        ("比6.5%高0.5个百分点", [("=", 6.5, None, "%"), ("=", 0.5, None, "百分点")]),
        ("第二日起五日以内", [(">=", 2, None, "日"), ("<=", 5, None, "日")]),
        ("占比50%高于全省", [("=", 50, None, "%")]),
        ("企业20家和基地3个之间", [("=", 20, None, "家"), ("=", 3, None, "个")]),
    ],
)
def test_only_bounds_of_one_thing_make_a_range(read, text: str, wanted: list[tuple]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize("text", ["IPv6", "5G+工业互联网", "“1+3+N”", "2.52:1", "COP15", "没有数"])
def test_names_and_codes_hold_no_quantity(read, text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(("text", "read_as"), [("27,2590592平方米", 27_259), ("1976.12.1 — 123倍", 1976.12)])
def test_what_is_left_of_a_row_of_numbers_is_no_number(read, text: str, read_as: float) -> None:
    assert read(text) == [("=", read_as, None, None)]


@pytest.mark.parametrize(
    ("text", "wanted"), [("2-3万8千家", [("range", 2, 38_000, "家")]), ("百分之四十二  三分之二", [("=", 2, None, None)])]
)
def test_cells_of_tables_make_no_sums(read, text: str, wanted: list[tuple]) -> None:
    assert read(text) == wanted


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text("建设达到 ,。、约近和与比大间之且0123456789.%万亿千百十一两个家名元以上以下左右至-第年()", max_size=40),
        min_size=1,
        max_size=5,
    )
)
def test_places_quote_the_text(texts: list[str]) -> None:
    units = pl.DataFrame(
        {"written": ["个", "家", "名", "元", "%", "年"], "unit": ["个", "家", "名", "元", "%", "年"], "kind": ["count"] * 6}
    )
    comparators = pl.DataFrame(
        {
            "written": ["达到", "约", "近", "以上", "以下", "左右", "比…大"],
            "position": ["before"] * 3 + ["after"] * 3 + ["around"],
            "comparator": ["=", "~", "~", ">=", "<=", "~", ">"],
        }
    )
    frame = pl.DataFrame({"id": range(len(texts)), "text": texts})
    found = parse_quantities(frame, units, comparators)
    for row in found.iter_rows(named=True):
        assert texts[row["id"]][row["start_char"] : row["end_char"]] == row["text"]
        assert row["value_high"] is None or row["comparator"] == "range"
