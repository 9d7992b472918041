"""A contract's checks in; polars expressions out that tell in one pass over a frame which of them hold.

They stand for the checks where there is nothing to find, which is nearly always: these then need not run one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemas.checks import Check, Kind

# What the columns of a pandera schema say by themselves.
SHAPE_KINDS: tuple[Kind, ...] = ("columns", "type")


def name_conditions(checks: Sequence[Check], dtypes: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    """Return an expression a check on values, keys or rows, named as the check: one boolean, whether all rows keep to it.

    As in SQL, a null breaks no condition on it.
    """
    return [_condition(check, dtypes).all().alias(check.name) for check in checks if check.is_of_frames and check.kind not in SHAPE_KINDS]


def _rises(key: Sequence[str]) -> pl.Expr:
    """Tell of each row whether its key comes after that of the row above: then no two are the same, as in tables sorted by their key.

    Where keys do not rise nothing is said: `frame_schema` looks for repeats.
    """
    comes_after = pl.lit(value=False)
    for name in reversed(key):
        column, above = pl.col(name), pl.col(name).shift(1)
        comes_after = (column > above) | ((column == above) & comes_after)
    return comes_after


def _condition(check: Check, dtypes: Mapping[str, pl.DataType]) -> pl.Expr:
    if check.kind == "row_rule":
        return pl.sql_expr(check.value.condition)
    if check.kind == "unique":
        return _rises(check.value) if len(check.value) > 1 else pl.col(check.value).n_unique() == pl.len()
    name = check.column or ""
    column = pl.col(name)
    if check.kind == "not_null":
        return column.is_not_null() & column.is_not_nan() if dtypes[name].is_float() else column.is_not_null()
    return {
        "values": lambda: column.is_in(list(check.value)),
        "pattern": lambda: column.str.contains(check.value),
        "minimum": lambda: column >= check.value,
        "maximum": lambda: column <= check.value,
        "length": lambda: column != "" if check.value == 1 else column.str.len_chars() >= check.value,
    }[check.kind]()
