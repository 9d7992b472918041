"""Paragraphs in; the same with a row more for each heading that stands at the end of one, glued to its last sentence.

Text of PDF files loses the line break between a sentence and the heading under it. The paragraph stays as it is; what the heading heads
is read as if it stood by itself.
"""

from __future__ import annotations

import polars as pl

from transforms.line_shapes import GLUED_HEADING


def add_glued_headings(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Add a row of role `heading` behind each body paragraph that ends in one.

    In: paragraphs, sorted by document_id, ordinal. Out: the same rows and columns, with `row` (a number of their own) and `is_glued`, true
    on the rows added: their text is the heading's, their line the paragraph's last. `ordinal` counts the rows of each document anew.
    """
    placed = paragraphs.with_row_index("place").with_columns(is_glued=pl.lit(value=False))
    ending = placed.filter(pl.col("role") == "body", pl.col("text").str.contains(GLUED_HEADING))
    glued = ending.with_columns(
        text=pl.col("text").str.extract(GLUED_HEADING), role=pl.lit("heading"), first_line="last_line", is_glued=pl.lit(value=True)
    )
    return (
        pl.concat([placed, glued])
        .sort("place", "is_glued")
        .with_columns(ordinal=(pl.int_range(pl.len()).over("document_id") + 1).cast(pl.Int32))
        .drop("place")
        .with_row_index("row")
    )
