"""Paragraphs of all shards in; their numbers in the corpus, and which shard has which, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROW_SCHEMA = pl.Schema({"document_no": pl.UInt32, "ordinal": pl.Int32, "shard_no": pl.UInt16, "shard_row": pl.UInt32})


def number_rows(shards: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Number the paragraphs of canonical documents, whatever shards they are in: `ROW_SCHEMA`, sorted by document_no and ordinal.

    In: the rows (document_no, ordinal) of each shard, sorted. A row's number is its place; `shard_row` its place within its shard.
    """
    numbered = (
        rows.with_row_index("shard_row").with_columns(shard_no=pl.lit(shard_no)).select(ROW_SCHEMA.keys()).cast(ROW_SCHEMA)
        for shard_no, rows in enumerate(shards)
    )
    return pl.concat([pl.DataFrame(schema=ROW_SCHEMA), *numbered]).sort("document_no", maintain_order=True)


def list_rows(rows: pl.DataFrame, shard_no: int) -> pl.DataFrame:
    """List a shard's rows in order: their number in the corpus (`row`) and document_no."""
    return rows.with_row_index("row").filter(shard_no=shard_no).select("row", "document_no")


def deal_out(occurrences: pl.DataFrame, rows: pl.DataFrame, n_shards: int) -> Iterator[pl.DataFrame]:
    """Deal out occurrences to the shards that hold them, each with its row's number in the shard."""
    shard_no = rows["shard_no"].to_numpy()[occurrences["row"].to_numpy()]
    for shard in range(n_shards):
        dealt = occurrences[np.flatnonzero(shard_no == shard)]
        yield dealt.with_columns(row=rows["shard_row"].gather(dealt["row"]))
