"""Spam occurrences and the corpus in; out the word that each spam text displaced, or none.

The word is told from the contexts it stood in: what stands elsewhere after the words on its left, before the words on its right,
and between both. A shard yields only what stands beside those few contexts (count_fillers); the corpus step pools them, so that
the answer does not depend on how sources were packed into shards.
"""

from __future__ import annotations

import polars as pl

from transforms.repairs.apply import apply_repairs
from transforms.repairs.spans import FENCE, REPAIR_SCHEMA, keep_content, make_repairs

ANCHOR_CHARS = 2
LONGER_CONTEXT_CHARS = 2
MAX_WORD_CHARS = 6
FILLER_SCHEMA: dict[str, type[pl.DataType]] = {
    "side": pl.String,
    "anchor": pl.String,
    "before": pl.String,
    "after": pl.String,
    "n": pl.UInt32,
}


def count_fillers(lines: pl.DataFrame, occurrences: pl.DataFrame) -> pl.DataFrame:
    """Count what stands around the contexts of all `occurrences` in this shard's content lines.

    The anchor of side `left` is the two characters before a spam text, that of `right` the two after it. Out: side, anchor, before (the
    characters before the anchor), after, n. Spam itself is masked. Counts of shards add up; without occurrences nothing is read.
    """
    if occurrences.is_empty():
        return pl.DataFrame(schema=FILLER_SCHEMA)
    masks = occurrences.with_columns(kind=pl.lit("injected_spam"), replacement=pl.lit(FENCE))
    content = apply_repairs(keep_content(lines), masks).select("text")
    anchors = {
        "left": occurrences["left_context"].str.tail(ANCHOR_CHARS),
        "right": occurrences["right_context"].str.head(ANCHOR_CHARS),
    }
    reach = MAX_WORD_CHARS + LONGER_CONTEXT_CHARS
    n_before = {"left": LONGER_CONTEXT_CHARS, "right": reach}
    n_after = {"left": reach, "right": LONGER_CONTEXT_CHARS}
    counted = [
        _find_anchors(content, sorted(set(texts.filter(texts.str.len_chars() == ANCHOR_CHARS))))
        .with_columns(
            side=pl.lit(side),
            before=pl.col("before").str.tail(n_before[side]),
            after=pl.col("after").str.head(n_after[side]),
        )
        .group_by("side", "anchor", "before", "after")
        .agg(n=pl.len())
        for side, texts in anchors.items()
    ]
    return (
        pl.concat(counted)
        .select(pl.col(name).cast(dtype) for name, dtype in FILLER_SCHEMA.items())
        .sort("side", "anchor", "before", "after")
    )


def _find_anchors(content: pl.DataFrame, anchors: list[str]) -> pl.DataFrame:
    """Find every (overlapping) place of the anchors: anchor, and the text before and after it."""
    hits = content.filter(pl.col("text").str.contains_any(anchors)).with_columns(
        anchor=pl.col("text").str.extract_many(anchors, overlapping=True),
        n_bytes=pl.col("text").str.find_many(anchors, overlapping=True),
    )
    return (
        hits.explode("anchor", "n_bytes")
        .with_columns(before=pl.col("text").cast(pl.Binary).bin.head(pl.col("n_bytes")).cast(pl.String))
        .with_columns(
            after=pl.col("text").str.slice(pl.col("before").str.len_chars() + ANCHOR_CHARS, MAX_WORD_CHARS + LONGER_CONTEXT_CHARS)
        )
        .select("anchor", "before", "after")
    )


def infer_displaced_words(occurrences: pl.DataFrame, fillers: pl.DataFrame) -> pl.DataFrame:
    """Tell the word that each spam text displaced, pooling the occurrences of one text in one source. Out: repairs of kind injected_spam."""
    if occurrences.is_empty():
        return pl.DataFrame(schema=REPAIR_SCHEMA)
    return make_repairs(occurrences, "injected_spam")
