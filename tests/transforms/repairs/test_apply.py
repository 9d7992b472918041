"""Applying repairs changes exactly the spans that the repairs list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.repairs.pages import make_lines
from transforms.repairs import apply_repairs, drop_overlaps, number_repairs
from transforms.repairs.spans import REPAIR_SCHEMA

if TYPE_CHECKING:
    from random import Random

TEXT = st.text(alphabet="科技金融机构a1_ ,。𠮷é", max_size=30)


def make_repairs(rows: list[tuple]) -> pl.DataFrame:
    schema = {name: REPAIR_SCHEMA[name] for name in ("source_id", "line_no", "start_char", "kind", "original", "replacement")}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(confidence=pl.lit(0.9), evidence=pl.lit("test"))


@st.composite
def damaged_lines(draw: st.DrawFn) -> tuple[list[str], list[tuple], list[str]]:
    """Texts, repairs in them, and the texts as they must be afterwards."""
    texts, repairs, expected = [], [], []
    for line_no in range(1, draw(st.integers(1, 3)) + 1):
        text, result = "", ""
        for _ in range(draw(st.integers(0, 4))):
            untouched = draw(TEXT)
            text, result = text + untouched, result + untouched
            original = draw(st.text(alphabet="赌博365bet_官网", min_size=1, max_size=9))
            replacement = draw(st.none() | TEXT)
            kind = draw(st.sampled_from(["injected_spam", "lost_character", "stray_space"]))
            repairs.append(("a", line_no, len(text), kind, original, replacement))
            text += original
            result += (replacement or "") if replacement is not None or kind == "injected_spam" else original
        ending = draw(TEXT)
        texts.append(text + ending)
        expected.append(result + ending)
    return texts, repairs, expected


@settings(max_examples=150, deadline=None)
@given(damaged_lines(), st.randoms())
def test_changes_exactly_the_listed_spans(damaged: tuple[list[str], list[tuple], list[str]], random: Random) -> None:
    texts, rows, expected = damaged
    lines = make_lines({"a": texts, "b": texts}).with_columns(text=pl.Series(texts + texts, dtype=pl.String))
    random.shuffle(rows)
    repaired = apply_repairs(lines, make_repairs(rows))
    assert repaired["text"].to_list() == expected + texts
    assert repaired.drop("text").equals(lines.drop("text"))


def test_overlaps_are_changed_once() -> None:
    rows = [
        ("a", 1, 0, "injected_spam", "甲乙丙", None),
        ("a", 1, 2, "lost_character", "丙丁", "戊"),
        ("a", 1, 3, "stray_space", "丁", "己"),
    ]
    kept = drop_overlaps(make_repairs(rows))
    assert kept["start_char"].to_list() == [0]
    assert apply_repairs(make_lines({"a": ["甲乙丙丁"]}), kept)["text"].to_list() == ["丁"]


def test_every_undecodable_byte_keeps_its_row() -> None:
    rows = [
        ("a", 1, 1, "undecodable_bytes", "81fe", None),
        ("a", 1, 2, "undecodable_bytes", "81", None),
        ("a", 1, 1, "lost_character", "\ufffd\ufffd", None),
        ("a", 1, 0, "injected_spam", "甲\ufffd\ufffd", None),
        ("a", 1, 3, "stray_space", "3 家", "3家"),
    ]
    sources = pl.DataFrame({"source_id": ["a"], "source_key": ["k"]})
    numbered = number_repairs(make_repairs(rows), sources)
    assert numbered.filter(kind="undecodable_bytes").height == 2
    assert numbered.filter(kind="lost_character").is_empty()
    assert numbered["repair_id"].to_list() == ["k-r0001", "k-r0002", "k-r0003", "k-r0004"]
    assert apply_repairs(make_lines({"a": ["甲\ufffd\ufffd3 家"]}), numbered)["text"].to_list() == ["3家"]


def test_a_row_for_another_text_changes_nothing() -> None:
    lines = make_lines({"a": ["引导机构合作"]})
    assert apply_repairs(lines, make_repairs([("a", 1, 2, "injected_spam", "赌博", "金融")])).equals(lines)
