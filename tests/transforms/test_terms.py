from __future__ import annotations

import polars as pl

from transforms.terms import count_terms


def test_counts_words_of_headings_by_document_without_stop_words_numbers_and_marks() -> None:
    headings = pl.DataFrame({"document_no": [4, 4, 9, 9], "text": ["加强科技\n金融 2020", None, "R&D科技、科技金融5G", "水"]})
    counted = count_terms(headings.with_columns(pl.col("text").fill_null("")), pl.Series(["加强"]))
    assert counted.rows() == [(4, "科技", 1), (4, "金融", 1), (9, "科技", 2), (9, "金融", 1)]


def test_no_headings_have_no_terms() -> None:
    empty = pl.DataFrame(schema={"document_no": pl.UInt32, "text": pl.String})
    assert count_terms(empty, pl.Series(["加强"])).columns == ["document_no", "term", "n_times"]
