"""Measures: the smallest numbered or titled units of action, and nothing else."""

from __future__ import annotations

import polars as pl
import pytest

from tests.transforms.structure.pages import reference, write_document
from transforms.structure import extract_outline

NUMBERING, RULES = reference("numbering"), reference("measure_rules")


def read(text: str, **facts: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    documents, paragraphs = write_document(text, **{"title": "数字经济工作要点", **facts})
    return extract_outline(documents, paragraphs, NUMBERING, RULES)[1:]


def rows(text: str, **facts: str) -> list[tuple[int, int, int | None, str | None]]:
    return read(text, **facts)[0].select("first_line", "last_line", "number", "title").rows()


def test_numbered_paragraphs_with_run_in_titles() -> None:
    text = """
    b 为做好今年工作,制定本要点。
    h 一、重点任务
    b 1.建设网络。加快建设骨干网。
    b 2.建设平台。加快建设数据平台。
    """
    assert rows(text) == [(3, 3, 1, "建设网络"), (4, 4, 2, "建设平台")]


def test_first_sentences_are_no_titles_where_most_units_have_none() -> None:
    text = """
    h 一、重点任务
    b 1.围绕新需求,面向产业发展,加快建设一批平台。
    b 2.推进数据开放共享,完善制度,形成一批成果。
    b 3.完善管理办法。强化保障。
    """
    assert [title for *_, title in rows(text)] == [None, None, None]


def test_number_title_and_text_on_three_lines() -> None:
    text = """
    h 一、健全机制
    h No.1
    h 构建新机制
    b 建立工作机制。(省科技厅)
    h No.2
    h 提升能力
    b 提升承接能力。(省教育厅)
    """
    assert rows(text) == [(2, 4, 1, "构建新机制"), (5, 7, 2, "提升能力")]


def test_plain_paragraphs_of_a_section_and_the_farewell() -> None:
    text = """
    h 一、加强党的建设
    b 深入学习贯彻会议精神,不断提高站位。
    b 严格执行各项规定。
    h 二、推进改革
    b 深化改革,完善制度。
    b 各处室各单位要凝心聚力,全面完成任务。
    """
    assert [row[:3] for row in rows(text)] == [(2, 2, None), (3, 3, None), (5, 5, None)]


def test_titled_paragraphs_leave_introductions_and_closing_rules_out() -> None:
    text = """
    h 一、推进改革
    b 坚持改革引领,激发活力。
    b 深化要素改革。推进要素市场化。
    b 优化营商环境。推进便利化。
    b 本要点自印发之日起施行,由办公室负责解释。
    """
    assert [row[0] for row in rows(text)] == [3, 4]


@pytest.mark.parametrize(
    "heading", ["一、指导思想", "一、基本原则", "一、主要目标", "一、总体要求", "一、2025年工作回顾", "一、发展现状", "一、重要意义"]
)
def test_goals_principles_and_looks_back_are_none(heading: str) -> None:
    assert rows(f"h {heading}\nb (一)坚持创新。推进改革。\nb (二)坚持开放。推进合作。\nh 二、重点任务\nb 推进建设,完善制度。") == [
        (5, 5, None, None)
    ]


def test_a_deeper_heading_with_text_alone_is_one_measure() -> None:
    text = """
    h 一、重点任务
    h (一)建设体系
    b 推进体系建设,明确分工。
    b 落实各方责任。
    h (二)完善机制
    b 建立反馈机制。
    """
    assert rows(text) == [(2, 4, 1, "建设体系"), (5, 6, 2, "完善机制")]


def test_titles_do_not_hold_who_is_in_charge() -> None:
    text = """
    h 一、重点任务
    h (一)建设体系(责任单位:省科技厅、各市、县(市、区)政府)
    b 推进体系建设,明确分工。
    h (二)完善机制。(省财政厅负责)
    b 建立反馈机制。
    """
    assert [title for *_, title in rows(text)] == ["建设体系", "完善机制"]


def test_what_follows_the_last_measure_closes_the_plan() -> None:
    text = """
    h 一、重点任务
    b (一)建设网络。加快建设。
    b (二)建设平台。加快建设。
    b 本措施有效期至2025年12月31日。
    """
    assert [row[:2] for row in rows(text)] == [(2, 2), (3, 3)]


def test_further_paragraphs_and_lines_of_agencies_belong_to_the_measure() -> None:
    text = """
    h 一、重点任务
    b 1.健全体系。国家级中心:加快建设。
    b 省级中心:鼓励创建。
    b 责任单位:省科技厅
    b 2.建设平台。加快建设。
    b 责任单位:省教育厅
    """
    assert [row[:2] for row in rows(text)] == [(2, 4), (5, 6)]


def test_lists_within_a_measure_are_part_of_it() -> None:
    text = """
    h 一、支持政策
    b 1.给予补助。对下列企业给予补助:
    b (1)首次认定的企业;
    b (2)复审通过的企业。
    b 2.给予奖励。对平台给予奖励。
    """
    assert [row[:3] for row in rows(text)] == [(2, 4, 1), (5, 5, 2)]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("数据管理条例", "h 第一章 总则\nb 第一条 加强管理。\nb 第二条 推进共享。"),
        ("2022年统计公报", "h 一、综合\nb 全年生产总值增长5.3%。\nh 二、农业\nb 粮食产量25.9万吨。"),
        ("示范区创建名单公示", "b 1.北京市大兴区\nb 2.天津市宝坻区"),
        ("在新闻发布会上的讲话", "h 一、加强合作\nb 推进合作,完善机制。"),
    ],
)
def test_laws_statistics_lists_and_speeches_have_none(title: str, text: str) -> None:
    assert rows(text, title=title) == []


def test_text_and_lines_are_those_of_the_paragraphs() -> None:
    measures, paragraphs = read(
        "h 一、任务\nb 1.建设网络。加快建设。\nb 继续推进。\nb 2.建设平台。加快建设。\nb 继续推进。\nh 二、保障\nb 1.加强领导。抓好落实。"
    )
    joined = (
        paragraphs.filter(pl.col("measure_id").is_not_null())
        .group_by("measure_id", maintain_order=True)
        .agg(text=pl.col("text").str.join("\n"), first_line=pl.col("first_line").min(), last_line=pl.col("last_line").max())
    )
    assert measures.select("measure_id", "text", "first_line", "last_line").equals(joined)
    assert measures["ordinal"].to_list() == list(range(1, measures.height + 1))
