"""The seed pages: every damage that annotators saw is repaired, and nothing else is touched."""

from __future__ import annotations

import polars as pl
import pytest

from tests.transforms.repairs.pages import read_rules, read_seed_lines, read_seed_repairs, repair_spam
from transforms.repairs import apply_repairs, find_lost_characters, find_spam, find_stray_spaces, number_repairs


@pytest.fixture(scope="module")
def lines() -> pl.DataFrame:
    return read_seed_lines()


@pytest.fixture(scope="module")
def repairs(lines: pl.DataFrame) -> pl.DataFrame:
    found = [repair_spam(lines), find_lost_characters(lines, read_rules("lost_patterns")), find_stray_spaces(lines)]
    sources = lines.select("source_id").unique().with_columns(source_key=pl.col("source_id").str.head(12))
    return number_repairs(pl.concat(found), sources)


def test_finds_what_annotators_found_and_no_more(repairs: pl.DataFrame) -> None:
    rows = repairs.with_columns(pl.col("replacement").fill_null("")).select("source_id", "line_no", "kind", "original", "replacement")
    assert sorted(rows.rows()) == read_seed_repairs()


def test_infers_the_displaced_word_from_the_other_pages(lines: pl.DataFrame, repairs: pl.DataFrame) -> None:
    spam = repairs.filter(kind="injected_spam")
    word = spam["replacement"][0]
    assert spam["replacement"].to_list() == [word] * 4
    page = lines.filter(source_id=spam["source_id"][0])
    assert page["text"].str.count_matches(word).sum() == 0, "the page itself no longer has the word"
    assert spam["evidence"].str.contains(word).all()
    alone = repair_spam(page)
    assert alone.height == 4
    assert alone["replacement"].null_count() == 4, "without other pages no word can be told"


def test_ids_count_up_within_a_source(repairs: pl.DataFrame) -> None:
    assert repairs["repair_id"].n_unique() == repairs.height
    assert repairs.filter(kind="injected_spam")["repair_id"].str.tail(6).to_list() == [f"-r{n:04d}" for n in range(1, 5)]


def test_cleaning_twice_changes_nothing(lines: pl.DataFrame, repairs: pl.DataFrame) -> None:
    clean = apply_repairs(lines, repairs)
    assert find_spam(clean, read_rules("spam_terms")).is_empty()
    again = pl.concat([find_lost_characters(clean, read_rules("lost_patterns")), find_stray_spaces(clean)])
    assert apply_repairs(clean, again).equals(clean)


def test_repairs_only_what_belongs_to_the_document(lines: pl.DataFrame) -> None:
    for role in ("chrome", "metadata", "duplicate", "blank"):
        other = lines.with_columns(role=pl.lit(role))
        assert find_spam(other, read_rules("spam_terms")).is_empty()
        assert find_lost_characters(other, read_rules("lost_patterns")).is_empty()
        assert find_stray_spaces(other).is_empty()


@pytest.mark.parametrize("n_shards", [2, 5])
def test_shards_make_no_difference(lines: pl.DataFrame, n_shards: int) -> None:
    assert repair_spam(lines, n_shards=n_shards).equals(repair_spam(lines))
