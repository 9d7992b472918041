"""Search finds what it says: words, phrases, exclusions, single letters, whatever their case and width; and can be left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.bigrams import post_bigrams
from warehouse.query import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flows.build import RunSummary


@pytest.fixture
def con(seeds_run: RunSummary) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(seeds_run.folder.warehouse) as connection:
        yield connection


def found(con: duckdb.DuckDBPyConnection, query: str, macro: str = "search_paragraphs") -> list[str]:
    return [row[0] for row in con.execute(f"SELECT paragraph_id FROM {macro}(?, n_rows := 1000) ORDER BY ALL", [query]).fetchall()]


def holding(con: duckdb.DuckDBPyConnection, condition: str) -> list[str]:
    return [row[0] for row in con.execute(f"SELECT paragraph_id FROM paragraphs WHERE {condition} ORDER BY ALL").fetchall()]


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ('"科技成果转化"', "contains(text, '科技成果转化')"),
        ('"科技成果转化" -基金', "contains(text, '科技成果转化') AND NOT contains(text, '基金')"),
        ('"成果转化" "平台" -"十四五" 企业', "contains(text, '成果转化') AND contains(text, '平台') AND NOT contains(text, '十四五')"),
        ('"r&d经费"', "contains(lower(text), 'r&d经费')"),
        ("科技", "contains(text, '科技')"),
        ("科技 金融", "contains(text, '科技') OR contains(text, '金融')"),
        ("水", "contains(text, '水')"),
        ("水 -水利", "contains(text, '水') AND NOT contains(text, '水利')"),
        ("ＧＤＰ", "contains(lower(text), 'gd') OR contains(lower(text), 'dp')"),
    ],
)
def test_finds_exactly_the_paragraphs_that_hold_what_is_asked(con: duckdb.DuckDBPyConnection, query: str, condition: str) -> None:
    assert holding(con, condition)
    assert found(con, query) == holding(con, condition)


@pytest.mark.parametrize("query", ["", " ", '"', "-", "-科技", '""', "。", "%_'", "zzqq 𠀀𠀀"])
def test_a_question_without_an_answer_is_answered_with_no_rows(con: duckdb.DuckDBPyConnection, query: str) -> None:
    assert con.execute("FROM search(?)", [query]).fetchall() == []


def test_documents_come_once_each_with_the_hits_marked(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("SELECT rank, document_id, snippet, score FROM search('科技金融')").fetchall()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert len({row[1] for row in rows}) == len(rows)
    assert all("【" in row[2] for row in rows)
    assert [row[3] for row in rows] == sorted((row[3] for row in rows), reverse=True)


def test_a_document_that_holds_an_excluded_word_anywhere_is_left_out(con: duckdb.DuckDBPyConnection) -> None:
    kept = con.execute("SELECT document_id FROM search('科技 -基金') ORDER BY ALL").fetchall()
    assert kept == con.execute("SELECT document_id FROM documents WHERE NOT contains(text, '基金') ORDER BY ALL").fetchall()


def test_what_stands_in_the_title_counts_more(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("SELECT region_name FROM search('渭南市 科技工作要点') LIMIT 1").fetchall() == [("渭南市",)]


def test_the_index_is_of_canonical_documents_and_can_be_left_out(
    run_unaudited: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pages").mkdir()
    for name in ("one.txt", "two.txt"):
        (tmp_path / "pages" / name).write_text(
            "关于印发科技要点的通知\n\n各市人民政府:\n  现将科技金融要点印发给你们。\n", encoding="utf-8"
        )
    with open_warehouse(run_unaudited([tmp_path / "pages"], tmp_path / "data").folder.warehouse) as con:
        assert len(con.execute("FROM search('科技金融')").fetchall()) == 1
    monkeypatch.setenv("YAODIAN_SEARCH", "0")
    left_out = run_unaudited([tmp_path / "pages"], tmp_path / "data", is_incremental=True)
    assert not left_out.is_unchanged
    with open_warehouse(left_out.folder.warehouse) as con:
        with pytest.raises(duckdb.CatalogException):
            con.execute("FROM search('科技金融')")
        assert con.execute("FROM agency_load").fetchall() == []


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=8), max_size=6))
def test_postings_are_the_pairs_of_letters_of_each_text(texts: list[str]) -> None:
    postings, n_letters = post_bigrams(pl.Series(texts, dtype=pl.String), 7)
    pairs = list(zip(postings.bigrams.tolist(), postings.texts.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert {text for _, text in pairs} == {7 + number for number, count in enumerate(n_letters.tolist()) if count}
    alone = [post_bigrams(pl.Series([text], dtype=pl.String), 7 + number)[0] for number, text in enumerate(texts)]
    assert sorted(pairs) == sorted(pair for one in alone for pair in zip(one.bigrams.tolist(), one.texts.tolist(), strict=True))


def test_a_pair_is_numbered_by_its_code_points_in_lower_case() -> None:
    postings, n_letters = post_bigrams(pl.Series(["A科,b"]), 0)
    assert postings.bigrams.tolist() == sorted([ord("a") * 65536 + ord("科"), ord("科") * 65536, ord("b") * 65536])
    assert postings.bigrams.dtype == np.uint32
    assert n_letters.tolist() == [3]
