"""A space inside a number with its unit is a slip only where the page does not write it otherwise."""

from __future__ import annotations

import pytest

from tests.transforms.repairs.pages import make_lines
from transforms.repairs import apply_repairs, find_stray_spaces

USUAL = ["到2021年建成10家实验室、20个中心,投入3亿元,培育500名人才。"] * 4


def test_closes_a_number_up_with_its_unit() -> None:
    lines = make_lines({"a": [*USUAL, "推动创建国家高新区,遴选3 家以上基础较好的园区建设省级高新区。"]})
    found = find_stray_spaces(lines)
    assert found.select("line_no", "start_char", "original", "replacement").rows() == [(5, 12, "3 家", "3家")]
    assert apply_repairs(lines, found)["text"][4] == "推动创建国家高新区,遴选3家以上基础较好的园区建设省级高新区。"


@pytest.mark.parametrize(
    "text",
    [
        "组 长:王大明 副省长,联系电话 3 家",
        "一、 健全关键核心技术攻关机制,建设3家中心。",
        "专栏1  工业互联网平台,培育计划。",
        "合计 3 家 5 个 7 项,其中重点实验室。",
        "3 家庭农场建设情况,包括种植、养殖。",
        "2021年 1月 2日",
    ],
)
def test_leaves_layout(text: str) -> None:
    assert find_stray_spaces(make_lines({"a": [*USUAL, text]})).is_empty()


def test_leaves_the_style_of_a_page() -> None:
    styled = ["到 2021 年建成 10 家实验室。", "遴选3 家园区建设省级高新区,投入5 亿元支持。", "培育4 家企业,支持其加快发展壮大。"]
    assert find_stray_spaces(make_lines({"a": styled, "b": USUAL})).is_empty()
