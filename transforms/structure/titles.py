"""Text after a number in; the run-in sentence that serves as its title out.

The idea: one short first sentence proves nothing; when most units of a kind begin with one, it is their title.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

_SHARE = 0.5  # of a kind's units that must begin with such a sentence
_ONLY_A_BRACKET = r"^\((?:[^()]|\([^()]*\))*\)[。;]?$"


_CHARGE = r"\((?:[^()]|\([^()]*\))*(?:负责|牵头|配合|落实|(?:单位|部门|处室):(?:[^()]|\([^()]*\))*)\)$"


class _Separator(NamedTuple):
    """What ends a title, the characters that a title so ended does not hold, and its length in characters."""

    mark: str
    barred: str
    shortest: int
    longest: int


# A first sentence of more than 40 characters is text: the longest run-in titles of the gold plans have 27.
_SEPARATORS = {
    "stop": _Separator("。", r"[!?;:]", 2, 40),
    "colon": _Separator(":", r"[。!?;,]", 2, 20),
    "space": _Separator(" ", r"[。!?;:,]", 4, 24),
}


def begins_with_title(separator: str = "stop") -> pl.Expr:
    """Tell whether `rest` begins with a short sentence that more text follows (a bracket of agencies alone is no text)."""
    ends = _SEPARATORS[separator]
    head, tail = _split(ends.mark)
    is_short = head.str.len_chars().is_between(ends.shortest, ends.longest)
    has_text = (tail.str.strip_chars(" ").str.len_chars() > 0) & ~(tail.str.starts_with("(") & tail.str.contains(_ONLY_A_BRACKET))
    return (is_short & has_text & ~head.str.contains(ends.barred)).fill_null(value=False)


def _split(mark: str) -> tuple[pl.Expr, pl.Expr]:
    """Split `rest` at the first mark."""
    parts = pl.col("rest").str.splitn(mark, 2)
    return parts.struct.field("field_0"), parts.struct.field("field_1")


def read_titles(units: pl.DataFrame, kind: list[str]) -> pl.DataFrame:
    """Add `title` to units, by kind.

    In: `rest` (text after the number) and the columns of `kind` that say which units are of one kind. Out: title, null where the
    units of its kind bear none. A full stop ends most titles; a colon or a space does where the units of the kind agree on it.
    """
    found = units.with_columns(begins_with_title(name).alias(f"by_{name}") for name in _SEPARATORS)
    shares = {name: pl.col(f"by_{name}").mean().over(kind) for name in _SEPARATORS}
    has_stops = shares["stop"] >= _SHARE
    title = pl.coalesce(
        pl.when(pl.col(f"by_{name}") & (has_stops if name == "stop" else ~has_stops & (shares[name] > _SHARE))).then(_split(ends.mark)[0])
        for name, ends in _SEPARATORS.items()
    )
    return found.with_columns(title=title.str.replace(r"^[—-]+", "").str.strip_chars()).drop([f"by_{name}" for name in _SEPARATORS])


def strip_charge(title: pl.Expr) -> pl.Expr:
    """Take the bracket off a heading that says who is in charge, and the full stop at its end."""
    return title.str.strip_chars("。 ").str.replace(_CHARGE, "").str.strip_chars("。 ")
