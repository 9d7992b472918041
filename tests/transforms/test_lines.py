"""Lines: nothing lost when files are cut, and clean text as readers see it."""

from __future__ import annotations

import re
import time

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms import lines as lines_module
from transforms.decode import REJECTED_SCHEMA, UNDECODABLE_SCHEMA, Decoded
from transforms.lines import add_clean_text, count_lines, refuse_giants, split_lines

ODD = "\r\n\t\v\f\x00\x1f\x7f\x85\xa0\xad\u200b\u200e\u2028\u2029\u202e\u3000\ufe0f\ufeff\ufffd\U000e0041\U000e0100 a1中，！～。"


def sources_of(*contents: str) -> pl.DataFrame:
    return pl.DataFrame(
        {"source_id": [f"{n}" for n in range(len(contents))], "content": list(contents)},
        schema={"source_id": pl.String, "content": pl.String},
    )


def clean(text: str) -> str:
    return add_clean_text(pl.DataFrame({"raw_text": [text]}))["text"][0]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("", []),
        ("甲", [("甲", "")]),
        ("甲\n", [("甲", "\n")]),
        ("甲\r\n乙", [("甲", "\r\n"), ("乙", "")]),
        ("\n\n", [("", "\n"), ("", "\n")]),
        ("甲\r乙\r", [("甲", "\r"), ("乙", "\r")]),
        ("\r\r\n\r", [("\r", "\r\n"), ("", "\r")]),
        ("总则\r\r\n甲\r乙\r\r\r\n丙\r\r", [("总则\r", "\r\n"), ("甲", "\r"), ("乙\r\r", "\r\n"), ("丙", "\r"), ("", "\r")]),
        ("甲\u2028乙\u2029丙\x85丁\x0c戊\x0b己\x1c\n", [("甲\u2028乙\u2029丙\x85丁\x0c戊\x0b己\x1c", "\n")]),
    ],
)
def test_lines_end_at_lf_crlf_and_cr_only(content: str, lines: list[tuple[str, str]]) -> None:
    assert split_lines(sources_of(content)).select("raw_text", "line_ending").rows() == lines


@settings(max_examples=500, deadline=None)
@given(st.lists(st.text(alphabet=st.sampled_from(ODD), max_size=30), max_size=4))
def test_lines_put_together_are_the_content(contents: list[str]) -> None:
    lines = split_lines(sources_of(*contents))
    for n, content in enumerate(contents):
        of_source = lines.filter(pl.col("source_id") == str(n))
        expected = re.findall(r"([^\r\n]*(?:\r+(?=\r\n))?)(\r\n|\r|\n)|([^\r\n]+)\Z", content)
        assert of_source.select("raw_text", "line_ending").rows() == [(text or last, ending) for text, ending, last in expected]
        assert of_source["line_no"].to_list() == list(range(1, of_source.height + 1))
    assert count_lines(sources_of(*contents), lines)["n_lines"].sum() == lines.height


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("　　一、（一）ＡＢＣ１２３，％：；！？～　", "一、(一)ABC123,%:;!?~"),
        ("《要点》“双碳”〔2020〕【1】、。…—·", "《要点》“双碳”〔2020〕【1】、。…—·"),
        ("\ufeff科\u200b技\xad工\u202e作\x00", "科技工作"),
        ("a\xa0b\tc\u2003d\u2028e\x0cf", "a b c d e f"),
        ("\u200b \u3000\ufeff", ""),
        ("葛\U000e0100城⚠\ufe0f", "葛城⚠"),
        ("\ue06c项目\ufffd", "\ue06c项目\ufffd"),
    ],
)
def test_clean_text_is_what_readers_see(raw: str, text: str) -> None:
    assert clean(raw) == text


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(ODD))))
def test_cleaning_clean_text_changes_nothing(raw: str) -> None:
    text = clean(raw)
    assert clean(text) == text
    assert text == text.strip()
    assert not re.search("[\uff01-\uff5e\x00-\x1f\x7f-\xa0\u200b-\u200f\u2028-\u202f\ufeff]", text)


def test_all_of_unicode_is_cleaned_by_category() -> None:
    import unicodedata

    # Python 3.11 knows Unicode 14; what later versions added is not looked at.
    characters = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cs", "Cn")]
    texts = add_clean_text(pl.DataFrame({"raw_text": [f"a{character}a" for character in characters]}))["text"].to_list()
    spaces = {character for character, text in zip(characters, texts, strict=True) if text == "a a"}
    removed = {character for character, text in zip(characters, texts, strict=True) if text == "aa"}
    assert spaces == {c for c in characters if unicodedata.category(c) in ("Zs", "Zl", "Zp")} | set("\t\n\v\f\r\x85")
    selectors = {chr(code) for code in [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]}
    assert removed == ({c for c in characters if unicodedata.category(c) in ("Cc", "Cf")} | selectors) - spaces


@pytest.mark.parametrize(
    "content", ["长" * 3_000_000, "\n" * 1_000_000, "\r" * 300_000, "\r\n" * 300_000], ids=["long line", "LF", "CR", "CRLF"]
)
def test_extreme_files_cost_linear_time(content: str) -> None:
    started = time.perf_counter()
    lines = add_clean_text(split_lines(sources_of(content)))
    assert time.perf_counter() - started < 10
    assert (lines["raw_text"] + lines["line_ending"]).str.join("")[0] == content


def test_sources_with_a_giant_line_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "MAX_LINE_CHARS", 4)
    sources = sources_of("甲乙丙丁\n" * 2, "甲\n甲乙丙丁戊\n甲", "甲乙丙\r甲乙丙\r\n甲乙丙丁", "\ufffd甲乙丙丁戊")
    undecodable = pl.DataFrame([("3", 0, "ff", False, "utf-8")], schema=UNDECODABLE_SCHEMA, orient="row")
    kept = refuse_giants(Decoded(sources, undecodable, pl.DataFrame([("0", "decode", "r", "d")], schema=REJECTED_SCHEMA, orient="row")))
    assert kept.sources.equals(sources[[0, 2]])
    assert kept.undecodable.is_empty()
    assert kept.rejected.select("source_id", "stage", "reason").rows() == [
        ("0", "decode", "r"),
        ("1", "split", "line_too_long"),
        ("3", "split", "line_too_long"),
    ]
    assert kept.rejected["detail"][1] == "a line of 5 characters; the longest that can be read has 4"


def test_sources_of_giant_length_or_of_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "MAX_LINES", 3)
    monkeypatch.setattr(lines_module, "MAX_TEXT_BYTES", 13)
    sources = sources_of("甲\r\n乙\r丙\n", "甲乙丙丁", "甲乙丙丁戊", "1\r\n2\r3\n4\n")
    kept = refuse_giants(Decoded(sources, pl.DataFrame(schema=UNDECODABLE_SCHEMA), pl.DataFrame(schema=REJECTED_SCHEMA)))
    assert kept.sources.equals(sources[:2])
    assert kept.rejected.rows() == [
        ("2", "split", "too_large", "15 bytes of text; the longest that can be read has 13"),
        ("3", "split", "too_many_lines", "4 lines; the longest text that can be read has 3"),
    ]
