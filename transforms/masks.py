"""A condition and a column of texts in; the texts where it holds, and empty ones elsewhere, out.

The idea: polars matches patterns on every row before it looks at conditions, and on what stands beneath nulls too; an empty text costs
next to nothing.
"""

from __future__ import annotations

import polars as pl


def text_where(condition: pl.Expr, text: pl.Expr | str = "text") -> pl.Expr:
    """Give the text of the rows that a pattern is to be matched on, an empty text for all others (also where the condition is null)."""
    return pl.when(condition).then(text).otherwise(pl.lit(""))
