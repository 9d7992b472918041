"""Pairs of documents and their texts in, how the two texts of each pair overlap out.

Every 5-gram of letters of one text is looked up in the other, wherever it stands there, so paragraphs in another order change nothing.
What lies between found grams are changed stretches: their number and lengths tell slips of the pen from other words.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from transforms.code_points import hash_grams, join_laid, keep_letters, lay_texts
from transforms.duplicates.sketches import GRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transforms.code_points import Laid

BLOCK_GRAMS = 1 << 16  # grams compared at a time (a longer pair is a block of its own): they are sorted in the cache
LONG_STRETCH = 8  # letters: changed stretches from here on are other words, not slips

SIDE_SCHEMA = {
    "n_letters": pl.Int64,
    "n_grams": pl.Int64,
    "n_found": pl.Int64,
    "n_gaps": pl.Int64,
    "n_changed": pl.Int64,
    "n_long": pl.Int64,
    "n_longest": pl.Int64,
    "n_stretches": pl.Int64,
    "n_digits": pl.Int64,
}


# What the overlap of a pair depends on: equal hashes and lengths mean equal texts.
TEXTS = [f"{side}_{name}" for side in ("better", "worse") for name in ("text_hash", "n_letters")]
SIDES = [*TEXTS, *(f"{side}_{name}" for side in ("better", "worse") for name in SIDE_SCHEMA if name != "n_letters")]


def name_pairs(pairs: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Add to pairs (better_no, worse_no) of pooled documents (`DOCUMENT_SCHEMA`) their ids (better_id, worse_id) and `TEXTS`."""
    facts = documents.select(pl.col("document_id").alias("id"), "text_hash", "n_letters")
    sides = [facts[pairs[f"{side}_no"]].select(pl.all().name.prefix(f"{side}_")) for side in ("better", "worse")]
    return pl.concat([pairs, *sides], how="horizontal")


def cut_pairs(pairs: pl.DataFrame, max_letters: int) -> Iterator[pl.DataFrame]:
    """Cut named pairs into blocks whose texts hold about `max_letters` letters, so that a block's texts fit into memory.

    A pair longer than that is a block of its own.
    """
    block = (pl.col("better_n_letters") + pl.col("worse_n_letters")).cum_sum() // max(1, max_letters)
    for _, rows in pairs.with_columns(block=block).group_by("block", maintain_order=True):
        yield rows.drop("block")


class Letters(NamedTuple):
    """The letters of some documents, laid end to end in the order of their ids."""

    document_ids: pl.Series
    laid: Laid


def read_letters(texts: pl.DataFrame, wanted: pl.Series) -> Letters:
    """Read the letters of the wanted documents out of texts (document_id, text); nothing of the texts is held on to."""
    found = texts.filter(pl.col("document_id").is_in(wanted.implode()))
    return Letters(found["document_id"], keep_letters(lay_texts(found["text"])))


def measure_overlap(pairs: pl.DataFrame, parts: Sequence[Letters]) -> pl.DataFrame:
    """Measure how the texts of each pair overlap.

    In: pairs (better_id, worse_id), and the letters of the documents of all pairs, in any number of parts. Out: the pairs with, for either
    side (`better_…`, `worse_…`), `SIDE_SCHEMA`: n_letters; n_grams and n_found of them in the other text; n_gaps: runs of grams not found;
    n_changed: letters that no found gram covers, in n_stretches, the longest n_longest, those of `LONG_STRETCH` and more n_long in all;
    n_digits: digits among the changed letters.
    """
    ids = pl.concat([pl.Series("document_id", dtype=pl.String), *(part.document_ids for part in parts)])
    places = ids.to_frame().with_row_index("place")
    sides = [
        pairs.select(document_id=side).join(places, on="document_id", how="left", maintain_order="left")["place"].to_numpy()
        for side in ("better_id", "worse_id")
    ]
    letters = join_laid([part.laid for part in parts])
    grams = hash_grams(letters.codes, GRAM, n_bits=32)
    owners = np.stack(sides, axis=1).ravel()
    n_grams = np.maximum(letters.lengths - GRAM + 1, 0)[owners]
    measures = [_measure_block(owners[2 * a : 2 * b], letters, grams) for a, b in _cut_blocks(n_grams)]
    table = np.concatenate(measures) if measures else np.zeros((0, len(SIDE_SCHEMA)), dtype=np.int64)
    named = [
        pl.Series(f"{side}_{name}", table[offset::2, column], dtype=dtype)
        for offset, side in enumerate(("better", "worse"))
        for column, (name, dtype) in enumerate(SIDE_SCHEMA.items())
    ]
    return pairs.with_columns(named)


def _cut_blocks(n_grams: np.ndarray) -> list[tuple[int, int]]:
    """Cut pairs (two entries each) into ranges of bounded grams."""
    block = np.cumsum(n_grams.reshape(-1, 2).sum(axis=1)) // BLOCK_GRAMS
    cuts = np.flatnonzero(block[1:] != block[:-1]) + 1
    bounds = [0, *cuts.tolist(), len(block)]
    return [(a, b) for a, b in pairwise(bounds) if b > a]


def _measure_block(owners: np.ndarray, letters: Laid, grams: np.ndarray) -> np.ndarray:
    """Measure the sides of some pairs (documents 2i and 2i + 1 of `owners` are a pair): one row a side."""
    n_grams = np.maximum(letters.lengths[owners] - GRAM + 1, 0)
    total = int(n_grams.sum())
    starts = np.cumsum(n_grams) - n_grams
    shifts = letters.starts[owners] - starts  # from a gram's place among those of the block to its place in the letters
    found = _find_in_partner(n_grams, grams[np.arange(total) + np.repeat(shifts, n_grams)])
    filled = n_grams > 0
    n_found = np.zeros(len(owners), dtype=np.int64)
    if total:
        n_found[filled] = np.add.reduceat(found, starts[filled], dtype=np.int32)

    is_first = np.zeros(total, dtype=bool)
    is_first[starts[filled]] = True
    is_last = np.append(is_first[1:], True) if total else is_first
    missing = ~found
    begins = np.flatnonzero(missing & (is_first | np.append(True, found[:-1])[:total]))
    ends = np.flatnonzero(missing & (is_last | np.append(found[1:], True)[:total]))
    at_edge = is_first[begins].astype(np.int64) + is_last[ends]
    # Between two found grams all but GRAM - 1 of the missing letters are covered by them; at an edge of the text none.
    overhang = np.array([0, GRAM - 1, 2 * (GRAM - 1)])[at_edge]
    stretch = np.maximum(ends - begins + 1 - (GRAM - 1) + overhang, 0)
    whose = np.searchsorted(starts + n_grams, begins, side="right")
    longest = np.zeros(len(owners), dtype=np.int64)
    np.maximum.at(longest, whose, stretch)
    first_letter = begins + shifts[whose] + np.where(is_first[begins], 0, GRAM - 1)
    digits = _count_digits(letters.codes, first_letter, stretch)
    tally = [np.bincount(whose, weights, minlength=len(owners)) for weights in (None, stretch, stretch * (stretch >= LONG_STRETCH))]
    n_stretches = np.bincount(whose[stretch > 0], minlength=len(owners))
    n_digits = np.bincount(whose, digits, minlength=len(owners))
    n_letters = letters.lengths[owners]
    return np.stack([n_letters, n_grams, n_found, *tally, longest, n_stretches, n_digits], axis=1).astype(np.int64)


def _find_in_partner(n_grams: np.ndarray, grams: np.ndarray) -> np.ndarray:
    """Tell for each gram whether its pair's other side has it too; sides 2i and 2i + 1 are a pair and have `n_grams` each.

    One sort does it: pair, gram, side and place share a 64-bit number, from the highest bits to the lowest.
    """
    total = len(grams)
    found = np.zeros(total, dtype=bool)
    if not total:
        return found
    side_bit = np.uint64(max(1, (total - 1).bit_length()))
    pair_bits = np.uint64(max(1, (len(n_grams) // 2 - 1).bit_length()))
    gram_bits = min(np.uint64(32), np.uint64(63) - side_bit - pair_bits)
    sides = np.arange(len(n_grams), dtype=np.uint64)
    keys = (grams >> (np.uint64(32) - gram_bits).astype(np.uint32)).astype(np.uint64)
    keys <<= side_bit + np.uint64(1)
    keys |= np.repeat(((sides >> np.uint64(1)) << (side_bit + np.uint64(1) + gram_bits)) | ((sides & np.uint64(1)) << side_bit), n_grams)
    keys |= np.arange(total, dtype=np.uint64)
    keys.sort()
    in_pair = keys >> (side_bit + np.uint64(1))
    starts = np.flatnonzero(np.append(True, in_pair[1:] != in_pair[:-1]))
    ends = np.append(starts[1:], total)
    # Of one gram those of the first side stand before those of the second: both are there where the ends differ.
    in_both = ((keys[starts] ^ keys[ends - 1]) >> side_bit).astype(bool)
    keys &= (np.uint64(1) << side_bit) - np.uint64(1)
    found[keys.view(np.int64)] = np.repeat(in_both, ends - starts)
    return found


def _count_digits(codes: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Count the ASCII digits in stretches of letters."""
    ends = np.cumsum(lengths)
    places = np.repeat(starts - (ends - lengths), lengths) + np.arange(int(lengths.sum()))
    stretch_codes = codes[places]
    is_digit = (stretch_codes >= ord("0")) & (stretch_codes <= ord("9"))
    counted = np.append(0, np.cumsum(is_digit))
    return counted[ends] - counted[ends - lengths]
