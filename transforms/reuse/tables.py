"""Settled passages in, the rows of main.reuse and main.reuse_occurrences out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from transforms.code_points import Laid, count_letters, hash_texts, read_out
from transforms.reuse.groups import cut_sizes, join_ranges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.reuse.passages import Passages

KEY_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
KEY_LENGTH = 12
# Rules, dotted lines and rows of blanks recur everywhere and say nothing: at least half of a passage is letters and digits.
MIN_LETTER_SHARE = 0.5


def read_passages(firsts: pl.DataFrame, laid: Laid) -> pl.DataFrame:
    """Read the passages whose first occurrence stands in a shard: passage_no, reuse_id, text.

    In: passage_no and the first occurrence (row of the shard, start_char, end_char), settled; the shard's rows, laid. Left out are those
    with few letters.
    """
    lengths = (firsts["end_char"] - firsts["start_char"]).to_numpy().astype(np.int64)
    starts = laid.starts[firsts["row"].to_numpy()] + firsts["start_char"].to_numpy()
    ends = np.cumsum(lengths)
    passages = Laid(laid.codes[join_ranges(starts, lengths)], ends - lengths, ends)
    is_worded = pl.Series(count_letters(passages) >= MIN_LETTER_SHARE * lengths)
    return firsts.select("passage_no", reuse_id=name_passages(passages), text=read_out(passages.codes, lengths)).filter(is_worded)


def tabulate_reuse(
    passages: Passages, texts: pl.DataFrame, rows: pl.DataFrame, document_ids: pl.Series, max_rows: int = 1_000_000
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Tabulate passages: main.reuse and main.reuse_occurrences, in parts of some `max_rows` occurrences, at least one.

    In: settled passages, their texts (`read_passages`), the rows of the corpus (document_no, ordinal) and the documents' ids by their
    numbers. Out: reuse (reuse_id, text, n_chars, n_documents), sorted by reuse_id, which is made of the text alone; occurrences (reuse_id,
    document_id, paragraph_id, start_char, end_char), sorted by reuse_id, document_id, place. A passage and its occurrences are in one part.
    """
    reuse = texts.sort("reuse_id", "passage_no").unique("reuse_id", keep="first", maintain_order=True)
    numbers = reuse["passage_no"].to_numpy()
    starts, sizes = passages.starts[numbers], passages.sizes[numbers]
    for first, last in cut_sizes(sizes, max_rows) or [(0, 0)]:
        found = passages.occurrences[join_ranges(starts[first:last], sizes[first:last])]
        yield _tabulate_part(reuse[first:last], sizes[first:last], found, rows, document_ids)


def _tabulate_part(
    reuse: pl.DataFrame, sizes: np.ndarray, found: pl.DataFrame, rows: pl.DataFrame, document_ids: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tabulate some passages and their places, `sizes` of each."""
    placed = rows[found["row"]]
    documents, starts = placed["document_no"].to_numpy(), np.cumsum(sizes) - sizes
    is_new = np.append(True, documents[1:] != documents[:-1])[: len(documents)]
    is_new[starts] = True
    n_documents = np.add.reduceat(is_new, starts, dtype=np.int32) if len(starts) else np.empty(0, dtype=np.int32)
    counts = reuse.select(
        "reuse_id", "text", n_chars=pl.col("text").str.len_chars().cast(pl.Int32), n_documents=pl.Series(n_documents, dtype=pl.Int32)
    )
    paragraph_id = pl.concat_str("document_id", pl.lit("-p"), pl.col("ordinal").cast(pl.String).str.zfill(4))
    occurrences = pl.DataFrame(
        {
            "reuse_id": reuse["reuse_id"].gather(np.repeat(np.arange(len(sizes)), sizes)),
            "document_id": document_ids.gather(placed["document_no"]),
            "ordinal": placed["ordinal"],
            "start_char": found["start_char"],
            "end_char": found["end_char"],
        }
    )
    return counts, occurrences.select("reuse_id", "document_id", paragraph_id.alias("paragraph_id"), "start_char", "end_char")


def name_passages(texts: Laid) -> pl.Series:
    """Name each text by 60 bits of its hash: 12 characters of a-z and 2-7."""
    hashes = hash_texts(texts)
    shifts = np.arange(64 - 5, 64 - 5 - 5 * KEY_LENGTH, -5, dtype=np.uint64)
    letters = KEY_LETTERS[((hashes[:, None] >> shifts[None, :]) & np.uint64(31)).astype(np.int64)]
    return read_out(letters.ravel().astype(np.uint16), np.full(len(hashes), KEY_LENGTH))
