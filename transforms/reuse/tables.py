"""Settled passages in, the rows of main.reuse and main.reuse_occurrences out."""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.code_points import lay_texts
from transforms.duplicates.sketches import hash_texts

KEY_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
KEY_LENGTH = 12
# Rules, dotted lines and rows of blanks recur everywhere and say nothing: at least half of a passage is letters and digits.
NO_LETTERS = r"[^\p{L}\p{N}]"
MIN_LETTER_SHARE = 0.5


def read_passages(occurrences: pl.DataFrame, paragraphs: pl.DataFrame, document_numbers: pl.DataFrame) -> pl.DataFrame:
    """Read the text of the passages whose first occurrence stands in a shard: passage_no, text.

    In: the first occurrences of passages, settled, `paragraphs` and `document_numbers` as for `locate_anchors`.
    """
    numbered = paragraphs.select("document_id", "ordinal", "text").join(document_numbers, on="document_id")
    return occurrences.join(numbered, on=["document_no", "ordinal"]).select(
        "passage_no", text=pl.col("text").str.slice(pl.col("start_char"), pl.col("end_char") - pl.col("start_char"))
    )


def tabulate_reuse(occurrences: pl.DataFrame, texts: pl.DataFrame, document_numbers: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tabulate passages: main.reuse and main.reuse_occurrences.

    In: settled occurrences, all passages' texts (`read_passages`) and document_numbers. Out: reuse (reuse_id, text, n_chars,
    n_documents), sorted by reuse_id, which is made of the text alone; occurrences (reuse_id, document_id, paragraph_id, start_char,
    end_char), sorted by reuse_id, document_id, place.
    """
    n_chars = pl.col("text").str.len_chars()
    is_worded = n_chars - pl.col("text").str.count_matches(NO_LETTERS) >= MIN_LETTER_SHARE * n_chars
    worded = texts.filter(is_worded)
    named = worded.with_columns(reuse_id=name_passages(worded["text"])).sort("reuse_id", "passage_no")
    named = named.with_columns(reuse_no=pl.col("reuse_id").rle_id())
    found = (
        occurrences.join(named.select("passage_no", "reuse_no"), on="passage_no")
        .drop("occurrence_no", "passage_no")
        .sort("reuse_no", "document_no", "ordinal", "start_char")
    )
    # A gram that stands twice in a passage may find it twice.
    is_new = pl.any_horizontal(pl.col(name) != pl.col(name).shift(1) for name in ("reuse_no", "document_no", "ordinal", "start_char"))
    found = found.filter(is_new.fill_null(value=True))
    counted = found.group_by("reuse_no").agg(n_documents=pl.col("document_no").n_unique().cast(pl.Int32))
    reuse = (
        named.unique("reuse_no", keep="first", maintain_order=True)
        .join(counted, on="reuse_no", maintain_order="left")
        .select("reuse_no", "reuse_id", "text", "n_documents", n_chars=pl.col("text").str.len_chars().cast(pl.Int32))
    )
    paragraph_id = pl.concat_str("document_id", pl.lit("-p"), pl.col("ordinal").cast(pl.String).str.zfill(4))
    tabulated = (
        found.join(reuse.select("reuse_no", "reuse_id"), on="reuse_no", maintain_order="left")
        .join(document_numbers, on="document_no", maintain_order="left")
        .select("reuse_id", "document_id", paragraph_id.alias("paragraph_id"), "start_char", "end_char")
    )
    return reuse.select("reuse_id", "text", "n_chars", "n_documents"), tabulated


def name_passages(texts: pl.Series) -> pl.Series:
    """Name each text by 60 bits of its hash: 12 characters of a-z and 2-7."""
    hashes = hash_texts(lay_texts(texts))
    shifts = np.arange(64 - 5, 64 - 5 - 5 * KEY_LENGTH, -5, dtype=np.uint64)
    letters = KEY_LETTERS[((hashes[:, None] >> shifts[None, :]) & np.uint64(31)).astype(np.int64)]
    return pl.Series("reuse_id", np.ascontiguousarray(letters).view(f"S{KEY_LENGTH}").ravel().astype(str), dtype=pl.String)
