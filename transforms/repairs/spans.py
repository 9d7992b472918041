"""Where a pattern stands in lines of text, counted in characters, and what stands around it.

In: lines and a regular expression; out: one row a match. The regular expressions of polars give no offsets, so matches are
fenced with a control character (clean text has none), the text is split at the fences, and lengths are added up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

CONTENT_ROLES = ("title", "recipients", "heading", "body", "signature", "date", "note", "attachment")
FENCE = "\x01"
PLACE = ("source_id", "line_no")

REPAIR_SCHEMA: dict[str, type[pl.DataType]] = {
    "source_id": pl.String,
    "line_no": pl.Int32,
    "start_char": pl.Int32,
    "kind": pl.String,
    "original": pl.String,
    "replacement": pl.String,
    "confidence": pl.Float64,
    "evidence": pl.String,
}


def keep_content(lines: pl.DataFrame, columns: Iterable[str] = ("source_id", "line_no", "text")) -> pl.DataFrame:
    """Keep the lines that belong to the document itself; only these are ever repaired."""
    return lines.filter(pl.col("role").is_in(CONTENT_ROLES)).select(columns)


def locate_matches(content: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """List every match of `pattern` in `text`: source_id, line_no, text, start_char (0-based, in characters), original."""
    fenced = pl.col("text").str.replace_all(pattern, f"{FENCE}$0{FENCE}").str.split(FENCE)
    return (
        content.select(*PLACE, "text")
        .filter(pl.col("text").str.contains(pattern))
        .with_columns(original=fenced)
        .with_columns(piece=pl.int_ranges(0, pl.col("original").list.len()))
        .explode("original", "piece")
        .with_columns(end_char=pl.col("original").str.len_chars().cum_sum().over(PLACE, order_by="piece").cast(pl.Int32))
        .with_columns(start_char=pl.col("end_char") - pl.col("original").str.len_chars().cast(pl.Int32))
        .filter(pl.col("piece") % 2 == 1, pl.col("original") != "")
        .select(*PLACE, "text", "start_char", "original")
        .sort(*PLACE, "start_char")
    )


def make_repairs(found: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Give found spans the columns of a repair, in their order and types; `replacement` may be missing (none could be told)."""
    if "replacement" not in found.columns:
        found = found.with_columns(replacement=pl.lit(None, pl.String))
    return (
        found.with_columns(kind=pl.lit(kind))
        .select(pl.col(name).cast(dtype) for name, dtype in REPAIR_SCHEMA.items())
        .sort(*PLACE, "start_char")
    )
