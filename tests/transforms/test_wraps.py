"""Lines cut by hard wraps join the line above; lines that begin something of their own do not."""

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.pages import lines_of
from transforms.lines import MAX_LINE_CHARS
from transforms.wraps import join_wrapped_lines

PARAGRAPH = (
    "建立科技攻关与产业链打造专班工作机制，改革项目指南形成机制，建立目标导向的应急项目形成机制，加强对重大科技项目的统筹协调，"
    "集中力量突破一批关键核心技术，形成一批标志性成果，努力在重点领域实现自主可控，为高质量发展提供有力支撑。"
)


def joins(*page: str, role: str = "body") -> list[int]:
    lines = lines_of(list(page)).with_columns(role=pl.when(pl.col("text") == "").then(pl.lit("blank")).otherwise(pl.lit(role)))
    return join_wrapped_lines(lines).filter("joins_previous")["line_no"].to_list()


def wrap(text: str, width: int) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), width)]


@pytest.mark.parametrize("width", [24, 30, 36, 44])
def test_a_page_wrapped_at_one_width_is_joined_paragraph_by_paragraph(width: int) -> None:
    paragraphs = ["　　" + PARAGRAPH, "　　" + PARAGRAPH.replace("科技", "产业"), "　　" + PARAGRAPH.replace("机制", "制度")]
    pieces = [wrap(paragraph, width) for paragraph in paragraphs]
    starts = [1, 1 + len(pieces[0]), 1 + len(pieces[0]) + len(pieces[1])]
    n_lines = sum(map(len, pieces))
    assert joins(*(piece for part in pieces for piece in part)) == [n for n in range(1, n_lines + 1) if n not in starts]


@pytest.mark.parametrize("heading", ["(二)装备与系统标准", "前文到此为止。(二)装备与系统标准"])
def test_the_first_line_under_a_heading_is_shorter_by_the_indent_it_lost(heading: str) -> None:
    page: list[str] = []
    for _ in range(3):
        page += [heading, PARAGRAPH[:24], *wrap(PARAGRAPH[24:], 26)]
    n_pieces = len(page) // 3
    assert joins(*page) == [n for n in range(1, len(page) + 1) if n % n_pieces not in (1, 2)]


def test_no_paragraph_is_longer_than_the_longest_line() -> None:
    page = [PARAGRAPH[:38]] * (MAX_LINE_CHARS // 38 * 2)
    joined = set(joins(*page))
    parted = [n for n in range(2, len(page) + 1) if n not in joined]
    assert 2 <= len(parted) <= 8
    lengths = [38 * (after - first) for first, after in pairwise([1, *parted, len(page) + 1])]
    assert max(lengths) <= MAX_LINE_CHARS


@pytest.mark.parametrize("ending", ["产业链科技攻关方向", "规范行政执法行为", "推动社会公众参与", "气候变化风险应对", "科学知识普及"])
def test_a_heading_may_end_in_a_word_that_ends_like_a_particle(ending: str) -> None:
    assert joins(f"三、{ending}", "", PARAGRAPH) == []


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        pytest.param(["关于印发《2020年科技创新工作要", "点》的通知"], [2], id="inside a cited title"),
        pytest.param(["某省科学技术厅关于印发《2020年工作要点》的", "通知"], [2], id="before the kind of paper"),
        pytest.param(["国务院关于促进综合保税区", "", "高水平开放高质量发展的若干意见"], [3], id="a title, blank line between"),
        pytest.param(
            ["农业部关于印发现代农业产业", "技术体系第二批建设依托单位和岗位", "聘用人员名单的通知"], [2, 3], id="a title of three lines"
        ),
        pytest.param(["山河省人民政府办公厅", "关于加快发展现代物流业的意见"], [2], id="the issuer on its own line"),
        pytest.param(["南湖市数据条例", "（征求意见稿）"], [2], id="the version of a title"),
        pytest.param(["关于办理环境污染刑事案件的规定", "（2023年8月8日发布）", "第一条 依照规定办理。"], [], id="a whole title"),
    ],
)
def test_titles(page: list[str], wanted: list[int]) -> None:
    assert joins(*page, role="title") == wanted


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        pytest.param(["（", "三）改革开放持续深化、互促共进。"], [2], id="a lone bracket"),
        pytest.param(
            ["全面开展绿美生态建设，督察整改取得明显成效，完成林分优化，PM", "2.5", "年平均浓度保持在20微克/立方米左右，居全国前列。"],
            [2, 3],
            id="a subscript on its own line",
        ),
        pytest.param(
            ["今年经济社会发展的", "主要预期目标", "是：地区生产总值增长5%，城镇新增就业110万人。"],
            [2, 3],
            id="a bold phrase on its own line",
        ),
        pytest.param(["各县（市、区）要明确专人负责", "，及时报送进展情况。"], [2], id="a comma at the start of a line"),
        pytest.param(["违反规定的，由主管部门责令改正，", "处二万元以上十万元以下的罚款。"], [2], id="after a comma"),
        pytest.param(["认真组织实施《", "中国教育改革和发展纲要", "》，办好各级各类教育。"], [2, 3], id="a link inside a sentence"),
    ],
)
def test_sentences_cut_in_the_middle(page: list[str], wanted: list[int]) -> None:
    assert joins(*page) == wanted


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(["1.北京大兴区", "2.天津宝坻区", "3.河北青县"], id="items of a list"),
        pytest.param(["序号", "项目名称", "单位", "条", "350", "113%"], id="cells of a table"),
        pytest.param(["组 长：王清和 省长", "副组长：何山 副省长", "成 员：潘晖 秘书长"], id="names"),
        pytest.param(["（一）完善机制，形成合力", PARAGRAPH], id="a heading with a comma above its paragraph"),
        pytest.param(["支持企业上云。（责任单位：省经济和信息化厅）", "支持企业上市。（责任单位：省财政厅）"], id="agencies at the end"),
        pytest.param(["延庆区、密云区、大兴区", "天津市", "东丽区"], id="counties below their province"),
    ],
)
def test_lines_that_are_whole_join_nothing(page: list[str]) -> None:
    assert joins(*page) == []


def test_a_cell_cut_in_two_joins_where_the_page_has_the_whole_word() -> None:
    page = ["推进综合治理和风险管控。", "1", "综合", "治理", "95", "2", "张三", "李四", "96"]
    assert joins(*page) == [4]


def test_a_line_joins_none_of_another_role() -> None:
    lines = lines_of(["违反规定的，由主管部门责令改正，", "处罚款。"]).with_columns(role=pl.Series(["chrome", "body"]))
    assert not join_wrapped_lines(lines)["joins_previous"].any()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="一二三、（）。，《》关于通知的abc12 :", max_size=30), max_size=12))
def test_sources_do_not_touch_each_other_and_no_line_is_lost(page: list[str]) -> None:
    alone = lines_of(page).with_columns(role=pl.lit("body"))
    both = lines_of([PARAGRAPH], page, [PARAGRAPH], source_ids=["a", "page_1.txt", "z"]).with_columns(role=pl.lit("body"))
    wanted = join_wrapped_lines(alone).select("line_no", "joins_previous").rows()
    found = join_wrapped_lines(both)
    assert found.height == len(page) + 2
    assert found.filter(pl.col("source_id") == "page_1.txt").select("line_no", "joins_previous").rows() == wanted
