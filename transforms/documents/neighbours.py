"""Expressions over lines in the order of their sources: what the line above or below says, null where another source begins.

Sources are told apart by number (`source_no`), since comparing two neighbours costs far less than a window over names.
"""

from __future__ import annotations

import polars as pl

_SOURCE = pl.col("source_no")


def above(column: pl.Expr) -> pl.Expr:
    """Return what the line above has in a column."""
    return pl.when(_SOURCE.shift(1) == _SOURCE).then(column.shift(1))


def below(column: pl.Expr) -> pl.Expr:
    """Return what the line below has in a column."""
    return pl.when(_SOURCE.shift(-1) == _SOURCE).then(column.shift(-1))


def squeeze(text: pl.Expr) -> pl.Expr:
    """Drop the spaces of clean text, which has no other white space."""
    return text.str.replace_all(" ", "", literal=True)
