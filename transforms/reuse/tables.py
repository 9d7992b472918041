"""Settled passages in, the rows of main.reuse and main.reuse_occurrences out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from transforms.code_points import Laid, hash_texts, keep_letters, read_out
from transforms.reuse.groups import join_ranges

if TYPE_CHECKING:
    from transforms.reuse.anchors import Paragraphs

KEY_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
KEY_LENGTH = 12
# Rules, dotted lines and rows of blanks recur everywhere and say nothing: at least half of a passage is letters and digits.
MIN_LETTER_SHARE = 0.5


def read_passages(occurrences: pl.DataFrame, paragraphs: Paragraphs) -> pl.DataFrame:
    """Read the passages whose first occurrence stands in a shard: passage_no, reuse_id, text.

    In: the first occurrences of passages, settled, and `paragraphs` as for `locate_anchors`. Left out are those with few letters.
    """
    laid = paragraphs.laid
    lengths = (occurrences["end_char"] - occurrences["start_char"]).to_numpy().astype(np.int64)
    starts = laid.starts[occurrences["row"].to_numpy()] + occurrences["start_char"].to_numpy()
    ends = np.cumsum(lengths)
    passages = Laid(laid.codes[join_ranges(starts, lengths)], ends - lengths, ends)
    is_worded = pl.Series(keep_letters(passages).lengths >= MIN_LETTER_SHARE * lengths)
    return occurrences.select("passage_no", reuse_id=name_passages(passages), text=read_out(passages.codes, lengths)).filter(is_worded)


def tabulate_reuse(occurrences: pl.DataFrame, texts: pl.DataFrame, document_numbers: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tabulate passages: main.reuse and main.reuse_occurrences.

    In: settled occurrences, all passages (`read_passages`) and document_numbers (document_id, document_no). Out: reuse (reuse_id, text,
    n_chars, n_documents), sorted by reuse_id, which is made of the text alone; occurrences (reuse_id, document_id, paragraph_id,
    start_char, end_char), sorted by reuse_id, document_id, place.
    """
    named = texts.sort("reuse_id", "passage_no").with_columns(reuse_no=pl.col("reuse_id").rle_id())
    found = (
        occurrences.join(named.select("passage_no", "reuse_no"), on="passage_no")
        .drop("passage_no", "row")
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


def name_passages(texts: Laid) -> pl.Series:
    """Name each text by 60 bits of its hash: 12 characters of a-z and 2-7."""
    hashes = hash_texts(texts)
    shifts = np.arange(64 - 5, 64 - 5 - 5 * KEY_LENGTH, -5, dtype=np.uint64)
    letters = KEY_LETTERS[((hashes[:, None] >> shifts[None, :]) & np.uint64(31)).astype(np.int64)]
    return read_out(letters.ravel().astype(np.uint16), np.full(len(hashes), KEY_LENGTH))
