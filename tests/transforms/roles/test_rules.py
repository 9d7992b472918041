"""The rule table: well-formed, named, and each rule decides where it says and nowhere else."""

import itertools
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.pages import lines_of
from transforms.roles import assign_roles, label_lines, rule_names
from transforms.roles.rules import PLACES, match_rules

LINE_RULES = pl.read_csv(Path(__file__).parents[3] / "seeds/reference/line_rules.csv")
BODY = "为深入实施创新驱动发展战略，加快创新型城市建设，结合本市实际，制定本办法，请各单位认真贯彻执行，抓好落实。"


def rule_met(text: str) -> str | None:
    bare = text.replace(" ", "").replace("：", ":").replace("（", "(").replace("）", ")").replace("，", ",")
    return match_rules(pl.DataFrame({"bare": [bare]}), LINE_RULES)["hit_rule"][0]


def roles_of(*page: str) -> list[str]:
    return label_lines(lines_of(list(page)), LINE_RULES)[0]["role"].to_list()


def test_the_table_is_well_formed() -> None:
    assert LINE_RULES["rule"].is_unique().all()
    assert LINE_RULES["rule"].str.contains("^[a-z][a-z_]+$").all()
    assert set(LINE_RULES["where"]) <= set(PLACES)
    assert set(LINE_RULES["role"]) <= {"chrome", "metadata", "note", "heading"}
    assert LINE_RULES.select(pl.all().is_not_null().all()).row(0) == (True,) * len(LINE_RULES.columns)
    pl.select(*[pl.lit("x").str.contains(pattern).alias(str(index)) for index, pattern in enumerate(LINE_RULES["pattern"])])


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text("甲乙:", max_size=14), max_size=12))
def test_the_first_rule_met_decides_however_patterns_are_joined(texts: list[str]) -> None:
    counted = [
        "^.{0,6}甲$",
        "(甲|乙){5,7}:",
        "^[^:]{2,12}:$",
        "乙{6}",
        "^甲{0,5}:",
        "^(甲|:){3}乙",
        "[^乙]{9,}",
        "^乙.{5}$",
        "(?i)::",
        "甲{5,}",
    ]
    table = [(f"rule_{n}", pattern, max_chars) for n, (pattern, max_chars) in enumerate(itertools.product(counted, (4, 9, 14)))]
    rules = pl.DataFrame(table, schema=["rule", "pattern", "max_chars"], orient="row").with_columns(
        role=pl.lit("chrome"), where=pl.lit("edge")
    )
    met = match_rules(pl.DataFrame({"bare": texts}, schema={"bare": pl.String}), rules)["hit_rule"]
    one_by_one = [
        next((rule for rule, pattern, max_chars in table if len(text) <= max_chars and re.search(pattern, text)), None) for text in texts
    ]
    assert met.to_list() == one_by_one


def test_every_rule_that_can_decide_has_a_name_in_the_list() -> None:
    names = rule_names(LINE_RULES)
    assert len(names) == len(set(names))
    assert all(re.fullmatch("[a-z][a-z_]+", name) for name in names)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("您现在的位置： 网站首页 >> 政务公开 >> 通知公告", "chrome_breadcrumb"),
        ("首页 机构 新闻 信息公开 政策法规 办事服务", "chrome_navigation_bar"),
        ("设为首页 | 加入收藏 | 繁体版 | 无障碍浏览", "chrome_navigation_bar"),
        ("【字体：大 中 小】 【打印本页】 【关闭窗口】", "chrome_font_bar"),
        ("下一篇：没有了", "chrome_previous_next"),
        ("分享到： 微信 微博 QQ空间", "chrome_share_bar"),
        ("您是第12345位访问者", "chrome_counter"),
        ("蒙ICP备19004535号", "chrome_registration_number"),
        ("请使用IE9以上或谷歌浏览器访问本站", "chrome_browser_advice"),
        ("发布日期：2020-04-10  发布单位：省科学技术厅", "metadata_fields"),
        ("•【施行日期】2020.01.20", "metadata_bracket_field"),
        ("国发〔2019〕3号", "metadata_document_number"),
        ("（此件公开发布）", "note_publicity"),
        ("——2026年1月28日在某省第十四届人民代表大会第四次会议上", "metadata_speech_occasion"),
    ],
)
def test_lines_of_sites_meet_their_rule(text: str, wanted: str) -> None:
    assert rule_met(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "350",
        "113%",
        "公里",
        "新闻出版和广播电视。",
        "第一条 为了规范网站管理，制定本办法。",
        "网络内容服务提供者应当公示其许可证编号。",
        "下一步，我市将继续加大工作力度。",
        "上一年度未完成的，应当说明理由。",
        "资料来源：",
        "一、公开招标信息",
    ],
)
def test_text_of_documents_meets_no_rule_that_holds_everywhere(text: str) -> None:
    anywhere = LINE_RULES.filter(pl.col("where") == "anywhere")["rule"]
    assert rule_met(text) not in anywhere.to_list()


def test_edge_rules_leave_the_text_alone() -> None:
    page = ["某市大赛管理办法", BODY, "主办单位：市科学技术局", "联系电话：0471-6328766", BODY]
    assert roles_of(*page) == ["title", "body", "body", "body", "body"]


def test_the_same_lines_are_chrome_below_the_text() -> None:
    page = ["某市大赛管理办法", BODY, "主办单位：市科学技术局", "联系电话：0471-6328766"]
    assert roles_of(*page) == ["title", "body", "chrome", "chrome"]


def test_a_block_with_a_registration_number_is_chrome_inside_the_text_too() -> None:
    page = ["某市大赛管理办法", BODY, BODY, BODY, "主办单位：市科学技术局", "蒙ICP备19004535号", *[BODY] * 5]
    assert roles_of(*page)[4:6] == ["chrome", "chrome"]


def test_lines_marked_as_repeats_keep_their_role_and_stay_out_of_the_structure() -> None:
    lines = lines_of(["某市大赛管理办法", BODY, "某市大赛管理办法", BODY])
    marked = lines.with_columns(
        role=pl.when(pl.col("line_no") > 2).then(pl.lit("duplicate")), rule=pl.when(pl.col("line_no") > 2).then(pl.lit("repeated_stretch"))
    )
    assert assign_roles(marked, LINE_RULES)["role"].to_list() == ["title", "body", "duplicate", "duplicate"]


def test_no_lines_have_no_roles() -> None:
    labelled, duplicates = label_lines(lines_of([]), LINE_RULES)
    assert labelled.columns[-3:] == ["role", "rule", "joins_previous"]
    assert labelled.is_empty()
    assert duplicates.is_empty()


def test_blank_pages_are_blank() -> None:
    assert roles_of("", "　", "\t") == ["blank", "blank", "blank"]
