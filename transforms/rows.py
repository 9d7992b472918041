"""Columns worked out for some rows of a frame only: patterns cost as much on a row that cannot meet them as on one that does.

In: a frame, which rows are asked for, and expressions. Out: the frame with their values in these rows, null in all others.
"""

import polars as pl


def describe_where(frame: pl.DataFrame, is_asked: pl.Expr, **columns: pl.Expr) -> pl.DataFrame:
    """Add columns that are worked out in the rows asked for, and null in the others.

    The expressions must tell of each row by itself, without its neighbours.
    """
    asked, found = _work_out(frame, is_asked, columns)
    return frame.with_columns(put_back(found, asked))


def put_back(found: pl.DataFrame, asked: pl.Series) -> list[pl.Series]:
    """Return the columns of a frame that has a row for each row asked for, in order, with nulls for the others between them."""
    place = pl.select(pl.when(asked).then(asked.cum_sum() - 1)).to_series()
    return found.select(pl.all().gather(place)).get_columns()


def tell_where(frame: pl.DataFrame, is_asked: pl.Expr, **columns: pl.Expr) -> pl.DataFrame:
    """Add Boolean columns that are worked out in the rows asked for, and false in the others."""
    asked, found = _work_out(frame, is_asked, {name: column.fill_null(value=False) for name, column in columns.items()})
    rows = asked.arg_true()
    return frame.with_columns(pl.zeros(len(asked), pl.Boolean, eager=True).scatter(rows, column).alias(column.name) for column in found)


def _work_out(frame: pl.DataFrame, is_asked: pl.Expr, columns: dict[str, pl.Expr]) -> tuple[pl.Series, pl.DataFrame]:
    """Tell which rows are asked for, and work the columns out in these."""
    asked = frame.select(is_asked.fill_null(value=False)).to_series()
    names = {name for column in columns.values() for name in column.meta.root_names()}
    return asked, frame.select(sorted(names)).filter(asked).select(**columns)
