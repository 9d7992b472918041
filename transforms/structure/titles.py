"""Text after a number in; the run-in sentence that serves as its title out.

The idea: one short first sentence proves nothing; when most units of a kind begin with one, it is their title.
"""

from __future__ import annotations

import polars as pl

_LONGEST = 40  # characters: longer first sentences are text; the longest run-in titles of the gold plans have 27
_SHARE = 0.5  # of a kind's units that must begin with such a sentence
_ONLY_A_BRACKET = r"^\((?:[^()]|\([^()]*\))*\)[。;]?$"
_SEPARATORS = {
    "stop": rf"^([^。!?;:]{{3,{_LONGEST}}})。\s*(\S.*)$",
    "colon": r"^([^。!?;:,]{2,20}):\s*(\S.*)$",
    "space": r"^([^。!?;:\s,]{4,24}) +(\S.*)$",
}


def begins_with_title(separator: str = "stop") -> pl.Expr:
    """Tell whether `rest` begins with a short sentence that more text follows (a bracket of agencies alone is no text)."""
    following = pl.col("rest").str.extract(_SEPARATORS[separator], 2)
    return (following.is_not_null() & ~following.str.contains(_ONLY_A_BRACKET)).fill_null(value=False)


def read_titles(units: pl.DataFrame, kind: list[str]) -> pl.DataFrame:
    """Add `title` to units, by kind.

    In: `rest` (text after the number) and the columns of `kind` that say which units are of one kind. Out: title, null where the
    units of its kind bear none.
    A full stop ends most titles; a colon or a space does where the units of the kind agree on it.
    """
    found = units.with_columns(begins_with_title(name).alias(f"by_{name}") for name in _SEPARATORS)
    shares = {name: pl.col(f"by_{name}").mean().over(kind) for name in _SEPARATORS}
    has_stops = shares["stop"] >= _SHARE
    title = pl.coalesce(
        pl.when(pl.col(f"by_{name}") & (has_stops if name == "stop" else ~has_stops & (shares[name] > _SHARE))).then(
            pl.col("rest").str.extract(pattern, 1)
        )
        for name, pattern in _SEPARATORS.items()
    )
    return found.with_columns(title=title.str.replace(r"^[—-]+", "").str.strip_chars()).drop([f"by_{name}" for name in _SEPARATORS])
