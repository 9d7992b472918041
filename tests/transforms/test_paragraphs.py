"""Paragraphs are content lines with their wraps joined, and every offset leads back to its line."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.paragraphs import CONTENT_ROLES, build_paragraphs

ROLES = (*CONTENT_ROLES, "chrome", "blank", "duplicate", "metadata")


def page(*rows: tuple[str, str, bool], source_id: str = "a.txt", document_id: str | None = "aaaaaaaaaaaa") -> pl.DataFrame:
    return pl.DataFrame(
        [(source_id, number, text, role, joins, document_id) for number, (role, text, joins) in enumerate(rows, 1)],
        schema={
            "source_id": pl.String,
            "line_no": pl.Int32,
            "text": pl.String,
            "role": pl.String,
            "joins_previous": pl.Boolean,
            "document_id": pl.String,
        },
        orient="row",
    )


def test_wrap_is_joined_without_a_space_across_chrome_and_blanks():
    built = build_paragraphs(
        page(
            ("title", "关于印发2020年要", False),
            ("blank", "", False),
            ("chrome", "打印", False),
            ("title", "点的通知", True),
            ("body", "正文。", False),
        )
    )
    assert built.paragraphs.select("paragraph_id", "ordinal", "role", "text", "first_line", "last_line").rows() == [
        ("aaaaaaaaaaaa-p0001", 1, "title", "关于印发2020年要点的通知", 1, 4),
        ("aaaaaaaaaaaa-p0002", 2, "body", "正文。", 5, 5),
    ]
    assert built.paragraph_lines.rows() == [
        ("aaaaaaaaaaaa-p0001", 1, 0),
        ("aaaaaaaaaaaa-p0001", 4, 10),
        ("aaaaaaaaaaaa-p0002", 5, 0),
    ]
    assert built.lines["paragraph_id"].to_list() == ["aaaaaaaaaaaa-p0001", None, None, "aaaaaaaaaaaa-p0001", "aaaaaaaaaaaa-p0002"]


def test_two_ascii_words_get_one_space():
    built = build_paragraphs(page(("body", "use of AI", False), ("body", "models和", True), ("body", "5G", True)))
    assert built.paragraphs["text"].to_list() == ["use of AI models和5G"]
    assert built.paragraph_lines["start_char"].to_list() == [0, 10, 17]


def test_joined_line_takes_the_first_lines_role_and_keeps_its_own_in_lines():
    built = build_paragraphs(page(("body", "一、加快", False), ("heading", "发展", True)))
    assert built.paragraphs["role"].to_list() == ["body"]
    assert built.lines["role"].to_list() == ["body", "heading"]


def test_join_with_nothing_to_join_begins_its_own_paragraph():
    built = build_paragraphs(page(("body", "接上页。", True), ("metadata", "来源:网", False), ("body", "又接。", True)))
    assert built.paragraphs["text"].to_list() == ["接上页。", "又接。"]


def test_sources_do_not_run_into_each_other():
    first = page(("body", "甲", False))
    second = page(("body", "乙", True), source_id="b.txt", document_id="bbbbbbbbbbbb")
    together = build_paragraphs(pl.concat([first, second])).paragraphs
    assert together.equals(pl.concat([build_paragraphs(first).paragraphs, build_paragraphs(second).paragraphs]))


def test_page_without_content_has_no_paragraph():
    built = build_paragraphs(page(("chrome", "首页", False), document_id=None))
    assert built.paragraphs.is_empty()
    assert built.lines["paragraph_id"].to_list() == [None]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ROLES), st.text("甲乙。aZ9 ", max_size=6), st.booleans()), max_size=12))
def test_every_content_line_stands_once_at_its_offset(rows):
    lines = page(*rows)
    built = build_paragraphs(lines)
    fed = built.lines.filter(pl.col("paragraph_id").is_not_null())
    assert built.lines.drop("paragraph_id").equals(lines)
    assert set(fed["line_no"]) == {number for number, (role, _, _) in enumerate(rows, 1) if role in CONTENT_ROLES}
    text_of = dict(built.paragraphs.select("paragraph_id", "text").rows())
    for paragraph_id, line_no, start_char in built.paragraph_lines.rows():
        text = rows[line_no - 1][1]
        assert text_of[paragraph_id][start_char : start_char + len(text)] == text
    assert built.paragraphs["ordinal"].to_list() == list(range(1, built.paragraphs.height + 1))
