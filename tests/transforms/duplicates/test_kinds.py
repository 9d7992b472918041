"""What two pages are to each other."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from tests.transforms.duplicates.corpus import Page, compare, edit, write_text
from transforms.duplicates.candidates import MAX_HOLDERS

BASE = Page("base", write_text(1))
OTHER = Page("other", write_text(2))
LAW = Page("law", write_text(3, 20), "某某省信息化促进条例", ("2009年9月25日某某省人民代表大会常务委员会第三次会议通过",))


def test_same_bytes_are_one_source() -> None:
    found = compare([BASE, BASE.named("copy"), OTHER])
    assert found.kind("base", "copy") == "exact_source"
    assert found.canonical("copy") == found.canonical("base") == "base"


def test_layout_widths_and_punctuation_make_no_difference() -> None:
    wrapped = tuple(piece for text in BASE.paragraphs for piece in (text[:38], "  " + text[38:].replace(",", ", ")))
    found = compare([BASE, BASE.named("copy", paragraphs=wrapped)])
    assert found.kind("base", "copy") == "exact_document"


@pytest.mark.parametrize("rate", [0.01, 0.03, 0.05])
def test_slips_of_the_pen_make_a_near_copy(rate: float) -> None:
    copies = [BASE.named(f"copy{seed}", paragraphs=edit(BASE.paragraphs, rate, seed)) for seed in range(4)]
    found = compare([BASE, OTHER, *copies])
    assert {found.kind("base", copy.name) for copy in copies if found.canonical(copy.name) == "base"} <= {"near_document"}
    assert len({found.canonical(page.name) for page in (BASE, *copies)}) == 1 or rate > 0.03


def test_left_over_chrome_and_another_order_make_a_near_copy() -> None:
    chrome = BASE.named("chrome", paragraphs=("首页 机构 新闻 信息公开", *BASE.paragraphs, "上一篇:关于组织申报2020年度项目的通知"))
    shuffled = BASE.named("shuffled", paragraphs=tuple(random.Random(0).sample(BASE.paragraphs, len(BASE.paragraphs))))  # noqa: S311
    found = compare([BASE, chrome, shuffled])
    assert {found.canonical(name) for name in ("base", "chrome", "shuffled")} == {"chrome"}  # the most complete
    assert found.kind("shuffled", "chrome") == "near_document"


@pytest.mark.parametrize(
    ("title", "other_title", "is_one"),
    [
        ("某省渔港管理官条例", "某省渔港监察人员条例", False),
        ("东山市渔港管理规定", "西河市渔港管理规定", False),
        ("东山市渔港和渔业船舶管理规定", "东山市渔港和渔业舶管理规定", True),
        ("东山市渔港和渔业船舶管理规定", "东山市渔巷和渔业船只管理规定", True),
    ],
)
def test_papers_of_one_wording_on_two_things_are_no_copies(title: str, other_title: str, is_one: bool) -> None:
    page = Page("base", (title, *BASE.paragraphs), title)
    other = Page("copy", (other_title, *edit(BASE.paragraphs, 0.005, 1)), other_title)
    found = compare([page, other])
    assert (found.canonical("copy") == found.canonical("base")) is is_one


def test_half_of_a_page_in_another_is_no_duplicate() -> None:
    half = BASE.named("half", paragraphs=BASE.paragraphs[:4] + OTHER.paragraphs[4:])
    mostly = BASE.named("mostly", paragraphs=BASE.paragraphs[:6] + OTHER.paragraphs[6:])
    found = compare([BASE, OTHER, half, mostly])
    assert found.choice["is_canonical"].all()


def test_a_template_filled_in_twice_is_no_duplicate() -> None:
    def notice(name: str, company: str, number: str, amount: str, day: str) -> Page:
        text = (
            f"{company}:",
            f"你公司{day}提交的科技计划项目验收申请收悉。经组织专家评审,你公司承担的项目完成了合同约定的各项任务,同意通过验收。",
            f"项目总投入{amount}万元,请{company}按照有关规定做好后续工作,并于一个月内办理科技成果登记手续,逾期不办理的,验收结论自动失效。",
        )
        return Page(name, text, document_number=number)

    found = compare(
        [
            notice("one", "辽阳宏伟机械制造有限公司", "辽市科验〔2020〕6号", "128.50", "2020年3月5日"),
            notice("two", "辽阳石油化纤集团公司", "辽市科验〔2020〕17号", "964.20", "2020年11月28日"),
            notice("three", "灯塔北方化工股份有限公司", "辽市科验〔2021〕3号", "71.86", "2021年1月16日"),
        ]
    )
    assert found.choice["is_canonical"].all()


def test_tables_of_other_numbers_are_no_duplicates() -> None:
    rng = random.Random(5)  # noqa: S311

    def table(name: str) -> Page:
        rows = tuple(f"{place}完成生产总值{rng.randint(100, 999)}亿元,增长{rng.randint(10, 99)}%。" for place in write_text(9, 40, 16))
        return Page(name, rows)

    assert compare([table("one"), table("two")]).choice["is_canonical"].all()


def test_an_amended_law_is_a_revision_and_both_versions_stay() -> None:
    words = tuple(text.replace(text[10:14], text[10:12], 1) if i % 5 == 0 else text for i, text in enumerate(LAW.paragraphs))
    amended = LAW.named("amended", paragraphs=words, enacted=(*LAW.enacted, "2021年3月18日第五次会议修正"))
    found = compare([LAW, amended])
    assert found.kind("law", "amended") == "revision"
    assert found.choice["is_canonical"].all()


def test_versions_of_other_days_are_no_copies_even_where_their_texts_are_equal() -> None:
    later = LAW.named("later", enacted=("2021年3月18日第五次会议修正",))
    undated = LAW.named("undated", enacted=())
    found = compare([LAW, later, undated])
    assert found.kind("law", "later") == "revision"
    assert not found.choice["is_canonical"].all()


def test_the_same_law_with_slips_is_one_document() -> None:
    found = compare([LAW, LAW.named("copy", paragraphs=edit(LAW.paragraphs, 0.02, 1))])
    assert found.kind("law", "copy") == "near_document"


def test_the_earliest_of_equal_texts_stands_for_them_then_the_first_by_id() -> None:
    days = {"b": dt.date(2020, 3, 2), "c": dt.date(2020, 3, 1), "d": None, "a": dt.date(2020, 3, 2)}
    found = compare([BASE.named(name, issued_on=day, enacted=(name,)) for name, day in days.items()])
    assert {found.canonical(name) for name in days} == {"c"}
    assert found.sketches.documents["source_id"].to_list() == ["c", "a", "b", "d"]


def test_a_page_copied_more_often_than_hashes_are_compared_is_one_document() -> None:
    pages = [BASE.named(f"p{i:03d}", paragraphs=edit(BASE.paragraphs, 0.01, i)) for i in range(2 * MAX_HOLDERS)]
    found = compare([*pages, OTHER])
    assert len({found.canonical(page.name) for page in pages}) == 1
    assert found.canonical("other") == "other"


def test_pages_without_letters_are_left_alone() -> None:
    found = compare([Page("dots", ("……",)), Page("lines", ("————",)), Page("short", ("通知",)), Page("brief", ("通 知",))])
    assert found.canonical("dots") == "dots"
    assert found.canonical("lines") == "lines"
    assert found.kind("short", "brief") == "exact_document"
