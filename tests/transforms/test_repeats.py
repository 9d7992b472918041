"""Pages pasted twice are folded, word for word; refrains, formulae and tables are left alone."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.pages import lines_of
from transforms.repeats import REPEAT_RULE, find_repeats

BODY = [
    "一、工作回顾",
    "全年新认定高新技术企业八十六家，入库科技型中小企业四百二十家，创新主体数量再创新高。",
    "出台科技创新二十条政策，兑现奖补资金四千二百万元，惠及企业三百一十家，营商环境进一步优化。",
    "二、下一步打算",
    "推进重点实验室建设，完善成果转化机制，引进高层次创新团队十个以上。",
]
CHROME = ["上一篇：召开年度总结会", "主办单位：区科学技术局"]


def repeated_lines(*page: str) -> list[int]:
    labelled, _ = find_repeats(lines_of(list(page)))
    return labelled.filter(pl.col("role") == "duplicate")["line_no"].to_list()


def test_a_body_pasted_twice_with_chrome_between_is_a_repeat_from_its_first_short_line_on() -> None:
    assert repeated_lines(*BODY, *CHROME, *BODY) == [8, 9, 10, 11, 12]


def test_a_body_pasted_three_times_is_two_repeats_of_the_first_copy() -> None:
    _, duplicates = find_repeats(lines_of([*BODY, *CHROME, *BODY, "发布时间：2020-03-12", *BODY]))
    assert duplicates.select("first_line", "last_line", "duplicate_of_first_line", "duplicate_of_last_line").rows() == [
        (8, 12, 1, 5),
        (14, 18, 1, 5),
    ]


def test_formulae_that_the_body_holds_twice_do_not_break_its_copy() -> None:
    duties = ["组织开展林场的巡护和防火值守", "按月听取护林员的巡护工作汇报", "落实上级林长交办的其他各项任务"]
    duties += ["及时劝阻毁林开垦和野外用火行为"]
    body = [
        line
        for number, name in enumerate("甲乙丙丁戊己庚辛")
        for line in (
            f"{name}级林长负责{name}号林班，每年巡林不少于{name}次。",
            f"{duties[number // 2]}；",
            f"管好{name}号林班的界桩和瞭望塔。",
        )
    ]
    _, duplicates = find_repeats(lines_of([*body, *CHROME, *body]))
    assert duplicates.select("first_line", "last_line", "duplicate_of_first_line", "duplicate_of_last_line").rows() == [(27, 50, 1, 24)]


def test_chrome_inside_the_second_copy_is_no_repeat_and_does_not_end_it() -> None:
    assert repeated_lines(*BODY, *BODY[:3], "分享到：", *BODY[3:]) == [6, 7, 8, 10, 11]


def test_blank_lines_of_a_copy_keep_no_role() -> None:
    labelled, _ = find_repeats(lines_of([*BODY, "", BODY[0], "", *BODY[1:]]))
    assert labelled.filter(pl.col("text") == "")["role"].to_list() == [None, None]


def test_a_copy_wrapped_at_a_width_of_its_own_is_a_repeat() -> None:
    wrapped = [line[start : start + 30] for line in BODY for start in range(0, len(line), 30)]
    assert repeated_lines(*BODY, *CHROME, *wrapped) == list(range(8, 8 + len(wrapped)))


def test_digits_tell_copies_apart() -> None:
    other = [line.replace("八十六", "97").replace("四千", "五千").replace("十个", "九个") for line in BODY]
    assert repeated_lines(*BODY, *CHROME, *other) == []


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(["第一章 总则", "第二章 附则", *BODY, "第一章 总则", "第二章 附则"], id="chapter names of a table of contents"),
        pytest.param(
            [text for line in BODY for text in (line, "（牵头处室：规划处；责任处室：各相关业务处室）")],
            id="the same agencies below every measure",
        ),
        pytest.param([*(f"{n}.某企业有限责任公司第{n}分公司" for n in range(1, 20)), *["条", "350", "100%"] * 8], id="cells of a table"),
        pytest.param(
            [
                text
                for n in range(1, 30)
                for text in (f"第{n}条 第{n}种行为由主管部门处理。", "法律、行政法规对前款规定的行为另有规定的，依照其规定处理。")
            ],
            id="a formula of the law",
        ),
        pytest.param(
            [
                text
                for clause in ("第二条 具有下列情形之一的，属于情节特别严重：", "第四条 具有下列情形之一的，属于造成特别严重后果：")
                for text in (
                    clause,
                    "（一）造成通信中断或者严重障碍，严重影响完成任务或者致使在工作中遭受重大损失的；",
                    "（二）造成抢险救灾或者处置突发性事件的任务中断，并因此贻误时机和造成重大损失的；",
                )
            ],
            id="a list under two clauses of a law",
        ),
        pytest.param(
            ["首页", "机构介绍", "要闻动态", "政务公开", *BODY, "首页", "机构介绍", "要闻动态", "政务公开"], id="a menu that stands twice"
        ),
    ],
)
def test_what_recurs_in_one_document_is_no_repeat(page: list[str]) -> None:
    assert repeated_lines(*page) == []


@pytest.mark.parametrize("n_copies", [2, 3, 5, 9])
def test_each_copy_of_a_stretch_pasted_again_and_again_repeats_the_first(n_copies: int) -> None:
    _, duplicates = find_repeats(lines_of(BODY * n_copies))
    size = len(BODY)
    assert duplicates.select("first_line", "last_line", "duplicate_of_first_line", "duplicate_of_last_line").rows() == [
        (size * copy + 1, size * copy + size, 1, size) for copy in range(1, n_copies)
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*BODY, *CHROME, "", "（一）", "各有关部门要切实加强组织领导，密切协作配合，抓好各项工作落实。"]),
        min_size=1,
        max_size=7,
    ),
    st.integers(2, 14),
    st.lists(st.sampled_from([*BODY, *CHROME]), max_size=4),
)
def test_what_is_repeated_stands_before_its_repeat(period: list[str], n_periods: int, rest: list[str]) -> None:
    lines = lines_of([*rest, *period * n_periods, *rest])
    labelled, duplicates = find_repeats(lines)
    assert duplicates.filter(pl.col("duplicate_of_last_line") >= pl.col("first_line")).is_empty()
    assert duplicates.filter(pl.col("first_line") <= pl.col("last_line").shift(1)).is_empty()
    kept = labelled.filter(pl.col("role").is_null())["text"]
    assert set(labelled["text"]) == set(kept)


def test_a_repeat_is_one_row_of_duplicates_with_an_id_of_its_source() -> None:
    lines = lines_of([*BODY, *CHROME, *BODY]).with_columns(source_key=pl.lit("abc123def456"))
    labelled, duplicates = find_repeats(lines)
    assert duplicates.to_dicts() == [
        {
            "duplicate_id": "abc123def456-d0001",
            "kind": "within_source",
            "source_id": "page_1.txt",
            "first_line": 8,
            "last_line": 12,
            "duplicate_of_source_id": "page_1.txt",
            "duplicate_of_first_line": 1,
            "duplicate_of_last_line": 5,
            "similarity": 1.0,
        }
    ]
    assert set(labelled.filter(pl.col("role") == "duplicate")["rule"]) == {REPEAT_RULE}


def test_sources_of_one_shard_do_not_repeat_each_other() -> None:
    labelled, duplicates = find_repeats(lines_of(BODY, BODY))
    assert duplicates.is_empty()
    assert labelled["role"].null_count() == labelled.height


def test_no_lines_have_no_repeats() -> None:
    labelled, duplicates = find_repeats(lines_of([]))
    assert labelled.is_empty()
    assert duplicates.is_empty()
