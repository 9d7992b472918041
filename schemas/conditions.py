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


def _condition(check: Check, dtypes: Mapping[str, pl.DataType]) -> pl.Expr:
    if check.kind == "row_rule":
        return pl.sql_expr(check.value.condition)
    if check.kind == "unique":
        key = pl.struct(check.value) if len(check.value) > 1 else pl.col(check.value)
        return key.n_unique() == pl.len()
    name = check.column or ""
    column = pl.col(name)
    if check.kind == "not_null":
        return column.is_not_null() & column.is_not_nan() if dtypes[name].is_float() else column.is_not_null()
    return {
        "values": lambda: column.is_in(list(check.value)),
        "pattern": lambda: column.str.contains(check.value),
        "minimum": lambda: column >= check.value,
        "maximum": lambda: column <= check.value,
        "length": lambda: column.str.len_chars() >= check.value,
    }[check.kind]()
