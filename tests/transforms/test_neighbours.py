"""Rows above and below, and running numbers, end where their group does."""

import polars as pl

from transforms.neighbours import count_so_far, neighbour, number_blocks, number_rows, take_first

ROWS = pl.DataFrame({"source_id": ["a", "a", "a", "b", "b"], "value": [1, 2, 3, 4, 5], "is_met": [True, False, True, False, True]})


def test_what_stands_above_and_below_is_of_the_same_group() -> None:
    told = ROWS.select(above=neighbour(pl.col("value"), 1), below=neighbour(pl.col("value"), -1))
    assert told.rows() == [(None, 2), (1, 3), (2, None), (None, 5), (4, None)]


def test_rows_are_numbered_and_counted_within_their_group() -> None:
    told = ROWS.select(number=number_rows(), count=count_so_far(pl.col("is_met")))
    assert told.rows() == [(0, 1), (1, 1), (2, 2), (0, 0), (1, 1)]
    assert count_over(ROWS).equals(told)


def count_over(rows: pl.DataFrame) -> pl.DataFrame:
    """Number and count with polars' own groups, which cost more."""
    number = pl.int_range(pl.len(), dtype=pl.Int32).over("source_id")
    return rows.select(number=number, count=pl.col("is_met").cum_sum().over("source_id"))


def test_blocks_begin_where_told_and_with_each_group() -> None:
    opens = pl.col("value").is_in([3, 5])
    told = ROWS.select(block=number_blocks(opens), first=take_first(pl.col("value"), opens))
    assert told.rows() == [(1, 1), (1, 1), (2, 3), (3, 4), (4, 5)]
