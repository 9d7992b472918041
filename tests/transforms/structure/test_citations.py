"""Citations: titles in 《》, the line each begins on, and the document it means."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.structure.pages import describe, write_document
from transforms.structure import extract_citations, link_citations, list_names


def lines_of(paragraphs: pl.DataFrame) -> pl.DataFrame:
    return paragraphs.select("paragraph_id", line_no="first_line", start_char=pl.lit(0, dtype=pl.Int32))


def test_titles_with_titles_in_them_stay_whole() -> None:
    documents, paragraphs = write_document("b 落实《关于印发〈规划〉的通知》《实施《网络法》办法》和《条例》(国发〔2019〕3号)。")
    found = extract_citations(documents, paragraphs, lines_of(paragraphs))
    assert found["title"].to_list() == ["关于印发〈规划〉的通知", "实施《网络法》办法", "条例"]
    assert found["document_number"].to_list() == [None, None, "国发〔2019〕3号"]


def test_line_is_the_one_on_which_the_title_begins() -> None:
    documents, paragraphs = write_document("b 贯彻《甲规划》,推进工作,落实《乙规划》。")
    wrapped = pl.DataFrame(
        {"paragraph_id": paragraphs["paragraph_id"][0], "line_no": [7, 8], "start_char": [0, 10]},
        schema_overrides={"line_no": pl.Int32, "start_char": pl.Int32},
    )
    assert extract_citations(documents, paragraphs, wrapped)["line_no"].to_list() == [7, 8]


def test_a_title_shown_again_cites_once_and_unclosed_marks_cite_nothing() -> None:
    documents, paragraphs = write_document("t 印发《要点》的通知\nt 印发《要点》的通知\nb 《没有结尾的标题")
    found = extract_citations(documents, paragraphs, lines_of(paragraphs))
    assert found.select("paragraph_id", "title").rows() == [("000000000001-p0002", "要点")]


def test_number_decides_then_title() -> None:
    documents, paragraphs = write_document("b 见《数字经济规划 “十四五”》和《意见》(国发〔2019〕3号)和《数字乡村实施方案》。")
    held = pl.concat(
        [
            documents,
            describe("000000000002", {"title": "数字经济规划“十四五”"}),
            describe("000000000003", {"title": "国务院关于促进发展的意见", "document_number": "国发〔2019〕3号"}),
            describe("000000000004", {"title": "意见"}),
        ]
    )
    linked = link_citations(extract_citations(documents, paragraphs, lines_of(paragraphs)), list_names(held))
    assert linked["cited_document_id"].to_list() == ["000000000002", "000000000003", None]
    assert linked.columns == ["citation_id", "document_id", "paragraph_id", "line_no", "title", "cited_document_id"]


def test_a_title_of_several_documents_links_to_none_but_copies_are_one() -> None:
    documents, paragraphs = write_document("b 见《数字经济实施方案》和《数字乡村实施方案》和《政府工作报告》。")
    held = pl.concat(
        [
            documents,
            describe("000000000002", {"title": "数字经济实施方案"}),
            describe("000000000003", {"title": "数字经济实施方案"}),
            describe("000000000004", {"title": "数字乡村实施方案", "canonical_document_id": "000000000005"}),
            describe("000000000005", {"title": "数字乡村实施方案"}),
            describe("000000000006", {"title": "政府工作报告"}),
        ]
    )
    linked = link_citations(extract_citations(documents, paragraphs, lines_of(paragraphs)), list_names(held))
    assert linked["cited_document_id"].to_list() == [None, "000000000005", None]


def test_a_notice_cites_the_plan_it_encloses() -> None:
    documents, paragraphs = write_document("b 现将《2020年科技工作要点》印发给你们。", plan_title="2020年科技工作要点")
    linked = link_citations(extract_citations(documents, paragraphs, lines_of(paragraphs)), list_names(documents))
    assert linked["cited_document_id"].to_list() == ["000000000001"]


@settings(deadline=None)
@given(st.text(alphabet="《》〈〉甲乙丙。,", max_size=40))
def test_each_cited_title_stands_in_the_text(text: str) -> None:
    documents, paragraphs = write_document("b 甲")
    paragraphs = paragraphs.with_columns(text=pl.lit(text))
    found = extract_citations(documents, paragraphs, lines_of(paragraphs))
    assert all(f"《{title}》" in text for title in found["title"])
    assert found["citation_id"].is_unique().all()
