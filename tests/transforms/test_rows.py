"""Columns worked out for some rows only stand in these rows, whichever they are."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.rows import describe_where, tell_where


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.booleans() | st.none(), st.text(max_size=3)), max_size=8))
def test_values_stand_in_the_rows_asked_for(rows: list[tuple[bool | None, str]]) -> None:
    frame = pl.DataFrame(rows, schema={"is_asked": pl.Boolean, "text": pl.String}, orient="row")
    described = describe_where(frame, pl.col("is_asked"), n_chars=pl.col("text").str.len_chars())
    assert described["n_chars"].to_list() == [len(text) if is_asked else None for is_asked, text in rows]


@pytest.mark.parametrize("is_asked", [[False, False], [True, False], [True, True]])
def test_what_is_not_asked_for_is_false(is_asked: list[bool]) -> None:
    told = tell_where(pl.DataFrame({"text": ["甲", "乙"]}), pl.lit(pl.Series(is_asked)), is_first=pl.col("text") == "甲")
    assert told["is_first"].to_list() == [is_asked[0], False]
