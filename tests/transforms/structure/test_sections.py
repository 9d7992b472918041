"""Sections: the outline that a document's numbers draw, whatever numbers it uses."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.structure.pages import reference, write_document
from transforms.structure import extract_outline
from transforms.structure.numbering import cut_markers, read_markers
from transforms.structure.outline import ROOT, nest_units

NUMBERING, RULES = reference("numbering"), reference("measure_rules")


def outline(text: str, **facts: str) -> list[tuple[int, int, str]]:
    documents, paragraphs = write_document(text, **facts)
    sections, _, _ = extract_outline(documents, paragraphs, NUMBERING, RULES)
    return sections.select("first_line", "level", "title").rows()


@pytest.mark.parametrize(
    ("text", "marker", "number", "rest"),
    [
        ("一、总体要求", "一、", 1, "总体要求"),
        ("十二、 保障措施", "十二、", 12, "保障措施"),
        ("(二十一)加强领导。各级要", "(二十一)", 21, "加强领导。各级要"),
        ("( 三)改革开放", "( 三)", 3, "改革开放"),
        ("11﹒加强能力建设", "11﹒", 11, "加强能力建设"),
        ("1.2025年底前建成", "1.", 1, "2025年底前建成"),
        ("3、5G网络", "3、", 3, "5G网络"),
        ("No.12", "No.12", 12, ""),
        ("①加强统筹", "①", 1, "加强统筹"),
        ("(10)其他", "(10)", 10, "其他"),
        ("专栏3  数据工程", "专栏3", 3, "数据工程"),
        ("5强化算力保障", "5", 5, "强化算力保障"),
        ("一百零三、其他", "一百零三、", 103, "其他"),
    ],
)
def test_numbers_are_read(text: str, marker: str, number: int, rest: str) -> None:
    read = cut_markers(read_markers(pl.DataFrame({"text": [text], "role": ["body"]}), NUMBERING))
    assert read.select("marker", "number", "rest").row(0) == (marker, number, rest)


@pytest.mark.parametrize(
    "text", ["一、二、三产业融合发展", "1.5万人次", "2020年以来", "第三条第二款规定", "5个工作日内", "(2020年)", "十分重要"]
)
def test_text_that_only_looks_numbered_is_not(text: str) -> None:
    read = read_markers(pl.DataFrame({"text": [text], "role": ["body"]}), NUMBERING)
    assert read.get_column("marker").to_list() == [None]


def test_outermost_headings_and_those_with_units_are_sections() -> None:
    text = """
    h 一、总体要求
    b 以新思想为指导。
    h 二、重点任务
    h (一)夯实基础
    b 1.建设网络。加快建设。
    b 2.建设平台。加快建设。
    h (二)一项工作
    b 加快推进。
    h 三、保障措施
    b (一)加强领导。各级要重视。
    """
    assert outline(text) == [(1, 1, "总体要求"), (3, 1, "重点任务"), (4, 2, "夯实基础"), (9, 1, "保障措施")]


def test_a_heading_glued_to_the_end_of_a_paragraph_heads_what_follows() -> None:
    text = """
    h 一、总体要求
    b 以新思想为指导。二、建设内容
    h (一)基础标准
    b 基础标准有两部分。3.1.2 标识标准
    b 标识标准用于编码。(二)平台标准,数据标准
    b 1.建设平台。加快建设。
    b 增长了3.2%。99.89%的学校
    """
    assert outline(text) == [(1, 1, "总体要求"), (2, 1, "建设内容"), (3, 2, "基础标准"), (5, 2, "平台标准,数据标准")]


def test_level_follows_how_the_document_nests_its_numbers() -> None:
    text = """
    h (一)大题
    h 一、小题
    b 1.建设网络。加快建设。
    h 二、小题二
    b 1.建设网络。加快建设。
    h (二)又一大题
    h 一、小题三
    b 1.建设网络。加快建设。
    """
    assert [level for _, level, _ in outline(text)] == [1, 2, 2, 1, 2]


def test_numbers_begin_anew_in_an_enclosed_plan() -> None:
    text = """
    t 关于印发行动计划的通知
    h 一、高度重视
    b 各级要重视。
    d 2020年1月1日
    t 行动计划
    h (一)建设平台
    b 加快建设。
    h (二)建设网络
    b 加快建设。
    """
    assert [(line, level) for line, level, _ in outline(text)] == [(2, 1), (6, 1), (8, 1)]


def test_a_misread_date_within_a_plan_does_not_cut_it() -> None:
    text = """
    h 一、建设平台
    b 加快建设。
    h 二、建设网络
    h (一)骨干网
    b 1.扩容。加快扩容。
    d 2020年1月1日
    h (二)接入网
    b 1.扩容。加快扩容。
    """
    assert [level for _, level, _ in outline(text)] == [1, 1, 2, 2]


def test_a_law_has_chapters_and_its_articles_hold_no_sections() -> None:
    text = """
    t 数据条例
    h 第一章 总则
    b 第一条 为了规范管理,制定本条例。
    b 第二条 主管部门履行下列职责:
    b (一)规划;
    b (二)建设。
    h 第二章 附则
    b 第三条 本条例自公布之日起施行。
    """
    assert outline(text, title="数据条例") == [(2, 1, "总则"), (7, 1, "附则")]


def test_contents_and_lists_of_names_are_no_sections() -> None:
    contents = "h 一、总体要求\nh 二、重点任务\nh 一、总体要求\nb 指导思想。\nh 二、重点任务\nb 加快建设。"
    assert [line for line, _, _ in outline(contents)] == [3, 5]
    names = "\n".join(f"h {number}.某县" for number in range(1, 9))
    assert outline(names) == []


def test_a_heading_labelled_body_is_still_one() -> None:
    text = "h 一、总体要求\nb 指导思想明确。\nb 二、重点任务\nb 推进建设,完善制度。\nb 三、加强领导。各级要重视。"
    assert [line for line, _, _ in outline(text)] == [1, 3]


def test_labels_ending_in_a_colon_are_no_sections() -> None:
    assert outline("h 1.“四上”企业:\nb 指规模以上企业。\nh 2.“双一流”:\nb 指一流大学。") == []


def test_a_section_ends_with_its_last_subsection() -> None:
    documents, paragraphs = write_document("h 一、任务\nh (一)网络\nb 1.建设。加快。\nb 2.运维。加快。\nh 二、保障\nb 加强。")
    sections, _, with_section = extract_outline(documents, paragraphs, NUMBERING, RULES)
    assert sections.select("level", "first_line", "last_line").rows() == [(1, 1, 4), (2, 2, 4), (1, 5, 6)]
    assert sections["parent_section_id"].to_list() == [None, sections["section_id"][0], None]
    assert with_section["section_id"].n_unique() == 3


def test_documents_do_not_depend_on_their_neighbours() -> None:
    one = write_document("h 一、任务\nh (一)网络\nb 1.建设。加快。\nb 2.运维。加快。", "000000000001")
    two = write_document("h (一)任务\nh 一、网络\nb 1.建设。加快。\nh (二)保障\nb 加强。", "000000000002")
    alone = pl.concat([extract_outline(*one, NUMBERING, RULES)[0], extract_outline(*two, NUMBERING, RULES)[0]])
    together = extract_outline(pl.concat([one[0], two[0]]), pl.concat([one[1], two[1]]), NUMBERING, RULES)[0]
    assert together.equals(alone)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([5, 6, 8, 11]), st.integers(1, 4)), min_size=1, max_size=25))
def test_every_unit_hangs_below_an_earlier_one_of_another_style(numbers: list[tuple[int, int]]) -> None:
    units = pl.DataFrame(
        {
            "document_id": "d",
            "part": 1,
            "ordinal": range(1, len(numbers) + 1),
            "rank": [r for r, _ in numbers],
            "number": [n for _, n in numbers],
        },
        schema_overrides={"ordinal": pl.Int32},
    )
    nested = nest_units(units)
    ranks = dict(nested.select("ordinal", "rank").rows())
    assert nested.height == units.height
    for ordinal, parent in nested.select("ordinal", "parent").rows():
        assert parent == ROOT or (parent < ordinal and ranks[parent] != ranks[ordinal])


def test_nothing_in_nothing_out() -> None:
    documents, paragraphs = write_document("b 没有编号的正文。")
    assert extract_outline(documents, paragraphs, NUMBERING, RULES)[0].height == 0
    assert extract_outline(documents.clear(), paragraphs.clear(), NUMBERING, RULES)[0].height == 0
