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
    # The whole pattern is slow; few paragraphs end without a stop and have a number behind one.
    open_ended = placed.filter(pl.col("role") == "body", ~pl.col("text").str.contains("[。;,:?!、]$"))
    glued = (
        open_ended.filter(pl.col("text").str.contains(r"。\s*[一二三四五六七八九十(\d]"))
        .with_columns(
            text=pl.col("text").str.extract(GLUED_HEADING), role=pl.lit("heading"), first_line="last_line", is_glued=pl.lit(value=True)
        )
        .filter(pl.col("text").is_not_null())
    )
    begins_document = (pl.col("document_id") != pl.col("document_id").shift(1)).fill_null(value=True)
    ordinal = pl.col("row") - pl.when(begins_document).then("row").forward_fill() + 1
    return (
        pl.concat([placed, glued])
        .sort("place", maintain_order=True)
        .drop("place")
        .with_row_index("row")
        .with_columns(ordinal=ordinal.cast(pl.Int32))
    )
