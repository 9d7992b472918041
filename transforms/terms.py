"""Headings in; the terms that they consist of, counted by document, out.

Words are cut by jieba's dictionary and model (rjieba: the same cuts as jieba's, some thirty times as fast), on all headings at once.
"""

from __future__ import annotations

import polars as pl
import rjieba

BREAK = "\n"
TERM = r"^(\p{Han}{2,}|[a-z][a-z0-9&+-]+)$"


def count_terms(headings: pl.DataFrame, stop_words: pl.Series) -> pl.DataFrame:
    """Cut headings (document_no, text) into terms: document_no, term (lower case), n_times.

    Terms are words of two or more Han or Latin letters; stop words, numbers and marks are left out.
    """
    text = headings.select(pl.col("text").str.replace_all(BREAK, " ", literal=True).str.to_lowercase().str.join(BREAK)).item()
    pieces = pl.DataFrame({"term": rjieba.cut(text or "")}, schema={"term": pl.String})
    is_term = pl.col("term").str.contains(TERM) & ~pl.col("term").is_in(stop_words.implode())
    numbered = pieces.with_columns(heading_no=(pl.col("term") == BREAK).cum_sum().cast(pl.UInt32)).filter(is_term)
    counted = numbered.join(headings.with_row_index("heading_no"), on="heading_no")
    return counted.group_by("document_no", "term").agg(n_times=pl.len()).sort("document_no", "term")
