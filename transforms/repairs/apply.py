"""Repairs and lines in; lines with their `text` repaired out, and nothing else changed.

Each repair names its span (start_char, original), so the new text is the stretches between spans with the replacements put in.
"""

from __future__ import annotations

import polars as pl

from transforms.repairs.spans import PLACE

REMOVED_WITHOUT_REPLACEMENT = ("injected_spam",)
UNDECODABLE = "undecodable_bytes"


def drop_overlaps(repairs: pl.DataFrame) -> pl.DataFrame:
    """Keep repairs that begin where all earlier ones of their line have ended, so that each character is changed by one row at most.

    Of two that begin together the longer stays. Undecodable bytes all stay, since the raw file is rebuilt from them; a lost character
    found at the same place is the same finding again and goes.
    """
    is_bytes = pl.col("kind") == UNDECODABLE
    undecodable = repairs.filter(is_bytes)
    end = pl.col("start_char") + pl.col("original").str.len_chars().cast(pl.Int32)
    earlier_end = pl.col("end_char").cum_max().shift(1).over(PLACE)
    kept = (
        repairs.filter(~is_bytes)
        .join(undecodable, on=[*PLACE, "start_char"], how="anti")
        .with_columns(end_char=end)
        .sort(*PLACE, "start_char", "end_char", descending=[False, False, False, True])
        .filter((pl.col("start_char") >= earlier_end).fill_null(value=True))
        .drop("end_char")
    )
    return pl.concat([kept, undecodable]).sort(*PLACE, "start_char", "kind")


def apply_repairs(lines: pl.DataFrame, repairs: pl.DataFrame) -> pl.DataFrame:
    """Write `repairs` into the `text` of `lines`.

    Spam without a replacement is taken out; any other repair without one leaves the text as it is, as do repairs whose
    `original` does not stand at `start_char` (then the row describes another text). Rows, order and other columns stay.
    """
    if repairs.is_empty():
        return lines
    is_change = pl.col("replacement").is_not_null() | pl.col("kind").is_in(REMOVED_WITHOUT_REPLACEMENT)
    spans = (
        drop_overlaps(repairs.filter(is_change, pl.col("start_char").is_not_null()))
        .join(lines.select(*PLACE, "text"), on=PLACE)
        .with_columns(n_chars=pl.col("original").str.len_chars().cast(pl.Int32))
        .filter(pl.col("text").str.slice(pl.col("start_char"), pl.col("n_chars")) == pl.col("original"))
        .sort(*PLACE, "start_char")
        .with_columns(end_char=pl.col("start_char") + pl.col("n_chars"))
        .with_columns(previous_end=pl.col("end_char").shift(1, fill_value=0).over(PLACE))
    )
    untouched = pl.col("text").str.slice(pl.col("previous_end"), pl.col("start_char") - pl.col("previous_end"))
    repaired = (
        spans.with_columns(piece=untouched + pl.col("replacement").fill_null(""))
        .group_by(PLACE, maintain_order=True)
        .agg(
            repaired=pl.col("piece").str.join("") + pl.col("text").last().str.slice(pl.col("end_char").last()),
        )
    )
    return (
        lines.join(repaired, on=PLACE, how="left", maintain_order="left")
        .with_columns(text=pl.coalesce("repaired", "text"))
        .drop("repaired")
    )


def number_repairs(repairs: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Put the repairs of one or several finders in order, drop overlaps, and add `repair_id`: source_key-r0001 …

    `sources` has source_id and source_key. Out: sorted by source_id, line_no, start_char.
    """
    ordinal = pl.int_range(1, pl.len() + 1).over("source_id").cast(pl.String).str.zfill(4)
    return (
        drop_overlaps(repairs)
        .join(sources.select("source_id", "source_key"), on="source_id", how="left", maintain_order="left")
        .with_columns(repair_id=pl.col("source_key") + "-r" + ordinal)
        .select("repair_id", pl.exclude("repair_id", "source_key"))
    )
