"""Settled passages in, the rows of main.reuse and main.reuse_occurrences out."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from transforms.code_points import Laid, hash_texts, keep_letters, read_out
from transforms.reuse.groups import join_ranges

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def tabulate_reuse(
    occurrences: pl.DataFrame, texts: pl.DataFrame, document_ids: pl.Series, max_rows: int = 1_000_000
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Tabulate passages: main.reuse and main.reuse_occurrences, in parts of some `max_rows` occurrences, at least one.

    In: settled occurrences, all passages (`read_passages`) and the documents' ids by their numbers. Out: reuse (reuse_id, text, n_chars,
    n_documents), sorted by reuse_id, which is made of the text alone; occurrences (reuse_id, document_id, paragraph_id, start_char,
    end_char), sorted by reuse_id, document_id, place. A passage and its occurrences are in one part.
    """
    named = texts.sort("reuse_id", "passage_no").with_columns(reuse_no=pl.col("reuse_id").rle_id())
    reuse = named.unique("reuse_no", keep="first", maintain_order=True).select("reuse_id", "text")
    found = _place_passages(occurrences, named)
    ends = np.searchsorted(found["reuse_no"].to_numpy(), np.arange(reuse.height), side="right")
    part = np.maximum(ends - 1, 0) // max_rows
    cuts = np.flatnonzero(np.append(part[1:] != part[:-1], True)[: max(1, len(part))]) + 1
    for first, last in pairwise([0, *np.minimum(cuts, reuse.height).tolist()]):
        rows = found[int(ends[first - 1]) if first else 0 : int(ends[last - 1]) if last else 0]
        yield _tabulate_part(reuse[first:last], rows.with_columns(pl.col("reuse_no") - first), document_ids)


def _place_passages(occurrences: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Give the places of named passages, by reuse_no and place."""
    passages = occurrences["passage_no"].to_numpy()
    known = np.zeros(int(passages.max(initial=0)) + 1, dtype=bool)
    known[named["passage_no"].to_numpy()] = True
    reuse_no = np.zeros(len(known), dtype=np.uint32)
    reuse_no[named["passage_no"].to_numpy()] = named["reuse_no"].to_numpy()
    place = ["reuse_no", "document_no", "ordinal", "start_char"]
    found = occurrences.with_columns(reuse_no=reuse_no[passages]).filter(known[passages]).select(*place, "end_char").sort(place)
    # A gram that stands twice in a passage may find it twice.
    return found.filter(pl.any_horizontal(pl.col(name) != pl.col(name).shift(1) for name in place).fill_null(value=True))


def _tabulate_part(reuse: pl.DataFrame, found: pl.DataFrame, document_ids: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tabulate some passages and their places (reuse_no: the row of `reuse`)."""
    counted = found.group_by("reuse_no", maintain_order=True).agg(n_documents=pl.col("document_no").n_unique().cast(pl.Int32))
    counts = reuse.with_columns(n_chars=pl.col("text").str.len_chars().cast(pl.Int32), n_documents=counted["n_documents"])
    paragraph_id = pl.concat_str("document_id", pl.lit("-p"), pl.col("ordinal").cast(pl.String).str.zfill(4))
    placed = found.with_columns(
        reuse_id=reuse["reuse_id"].gather(found["reuse_no"]), document_id=document_ids.gather(found["document_no"])
    ).select("reuse_id", "document_id", paragraph_id.alias("paragraph_id"), "start_char", "end_char")
    return counts, placed


def name_passages(texts: Laid) -> pl.Series:
    """Name each text by 60 bits of its hash: 12 characters of a-z and 2-7."""
    hashes = hash_texts(texts)
    shifts = np.arange(64 - 5, 64 - 5 - 5 * KEY_LENGTH, -5, dtype=np.uint64)
    letters = KEY_LETTERS[((hashes[:, None] >> shifts[None, :]) & np.uint64(31)).astype(np.int64)]
    return read_out(letters.ravel().astype(np.uint16), np.full(len(hashes), KEY_LENGTH))
