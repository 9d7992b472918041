"""Texts and patterns in; matches, at no more cost than they are worth, out.

Polars matches patterns on every row before it looks at conditions, and on what stands beneath nulls too; an empty text costs next to
nothing. Its regex engine looks only where a pattern is bound to, unless the pattern is joined with others that are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable


def text_where(condition: pl.Expr, text: pl.Expr | str = "text") -> pl.Expr:
    """Give the text of the rows that a pattern is to be matched on, an empty text for all others (also where the condition is null)."""
    return pl.when(condition).then(text).otherwise(pl.lit(""))


def contains_one(text: pl.Expr, patterns: Iterable[str]) -> pl.Expr:
    """Tell the texts that one of the patterns matches.

    Patterns bound to the start of the text are joined; each of the others is matched by itself, on texts that hold the words it ends in.
    """
    bound, free = [], []
    for pattern in patterns:
        (bound if pattern.startswith("^") else free).append(pattern)
    matches = [text.str.contains("|".join(bound))] if bound else []
    for pattern in free:
        words = _last_words(pattern)
        held = text_where(text.str.contains(words, literal=True), text) if words else text
        matches.append(held.str.contains(pattern))
    return pl.any_horizontal(matches)


def _last_words(pattern: str) -> str:
    """Give the Chinese words that every match of a pattern ends in; none where it has alternatives that may end otherwise."""
    outside = re.sub(r"\\.|\[[^]]*]", "", pattern)
    while outside != (shorter := re.sub(r"\([^()]*\)", "", outside)):
        outside = shorter
    words = re.search("[\u4e00-\u9fff]*$", pattern)
    return words[0] if words and "|" not in outside else ""
