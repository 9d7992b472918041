"""Texts and patterns in; matches, at no more cost than they are worth, out.

Polars matches patterns on every row before it looks at conditions, and on what stands beneath nulls too; an empty text costs next to
nothing. Its regex engine looks only where a pattern is bound to, unless the pattern is joined with others that are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable


def text_where(condition: pl.Expr, text: pl.Expr | str = "text") -> pl.Expr:
    """Give the text of the rows that a pattern is to be matched on, an empty text for all others (also where the condition is null)."""
    return pl.when(condition).then(text).otherwise(pl.lit(""))


def contains_one(text: pl.Expr, patterns: Iterable[str]) -> pl.Expr:
    """Tell the texts that one of the patterns matches: those bound to the start of the text joined, each of the others by itself."""
    bound = [pattern for pattern in patterns if pattern.startswith("^")]
    free = [pattern for pattern in patterns if not pattern.startswith("^")]
    joined = ["|".join(bound)] if bound else []
    return pl.any_horizontal(text.str.contains(pattern) for pattern in [*joined, *free])
