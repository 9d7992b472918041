"""Characters plainly lost are found; what can be read as it stands is left."""

from __future__ import annotations

import pytest

from tests.transforms.repairs.pages import make_lines, read_rules
from transforms.repairs import apply_repairs, find_lost_characters

FOUND = [
    ("编制科技创新中长期(20212035年)和专项规划。", "20212035", "2021-2035", "lost_character"),
    ("《国土空间规划(20212035)》", "20212035", "2021-2035", "lost_character"),
    ("创造更多“从01”的原创成果。", "从01", "从0到1", "lost_character"),
    ("实现更多“01”的原创突破。", "01", "0到1", "lost_character"),
    ("开展“杰青”、“长江学者”、“*”等高端人才引进。", "*", None, "lost_character"),
    ("开展“**”、“长江学者”等高端人才引进。", "**", None, "lost_character"),
    ("推动高质\ufffd\ufffd发展。", "\ufffd\ufffd", None, "lost_character"),
    ('落实“十四五"规划要求。', '“十四五"', "“十四五”", "mismatched_quote"),
]

LEFT = [
    "电话:20212035 传真:20202021",
    "标准号20182049-T-339,备案20202021号。",
    "发布日期20211231年报。",
    "从01号文件起,从2021年到2035年,从0到1。",
    "带“*”的项目为必填,在相应栏内打“×”。",
    "字母“A*”和“B*”表示等级,3*5=15。",
    '他说:"做好“十四五”规划"。',
    '“十四五”期间“双碳"目标和"双减"政策。',
    "最高人民法院(××××)最高法行决×号",
    "二○二一年、二○三五年。",
]


@pytest.mark.parametrize(("text", "original", "replacement", "kind"), FOUND)
def test_finds_lost_characters(text: str, original: str, replacement: str | None, kind: str) -> None:
    lines = make_lines({"a": ["无损。", text]})
    found = find_lost_characters(lines, read_rules("lost_patterns"))
    assert found.select("line_no", "kind", "original", "replacement").rows() == [(2, kind, original, replacement)]
    start = found["start_char"][0]
    assert text[start : start + len(original)] == original
    wanted = text if replacement is None else text.replace(original, replacement)
    assert apply_repairs(lines, found)["text"].to_list() == ["无损。", wanted]


@pytest.mark.parametrize("text", LEFT)
def test_leaves_what_can_be_read(text: str) -> None:
    assert find_lost_characters(make_lines({"a": [text]}), read_rules("lost_patterns")).is_empty()


def test_finds_each_of_several_in_a_line() -> None:
    text = '“十四五"和“双碳",(20212035年)和(20062020年)。'
    lines = make_lines({"a": [text]})
    found = find_lost_characters(lines, read_rules("lost_patterns"))
    assert apply_repairs(lines, found)["text"].to_list() == ["“十四五”和“双碳”,(2021-2035年)和(2006-2020年)。"]
