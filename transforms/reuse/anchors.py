"""Paragraphs of a shard in, anchors out: places chosen by what stands there, so that equal passages have equal anchors.

Of each run of places the one whose 16-gram has the least hash is an anchor (winnowing: Schleimer, Wilkerson and Aiken, SIGMOD 2003): every
passage of 20 characters has one, and two copies of a passage have the same ones but near their ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from transforms.code_points import Laid, cut_texts, hash_grams, lay_texts, take_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_PASSAGE_CHARS = 20
GRAM = 16
WINDOW = MIN_PASSAGE_CHARS - GRAM + 1  # places: neighbouring anchors of a passage are at most so far apart
MARKED_AT_A_TIME = 1 << 17  # hashes: they are sorted in the cache
FILTER_BITS = 2  # a bit of the filter in 2 ** 3 is set, or less: few hashes that are not marked get past it

ANCHOR_SCHEMA = {"anchor_no": pl.UInt32, "row": pl.UInt32, "start_char": pl.Int32}


class Paragraphs(NamedTuple):
    """Paragraphs of a shard's canonical documents: `rows` (document_no UInt32, ordinal Int32), by document, and their texts."""

    rows: pl.DataFrame
    laid: Laid


def lay_paragraphs(paragraphs: pl.DataFrame, document_numbers: pl.DataFrame) -> Paragraphs:
    """Lay the paragraphs of canonical documents end to end.

    In: `paragraphs` (document_id, ordinal, text) of a shard, sorted, and `document_numbers` (document_id, document_no) of the canonical
    documents; those of other documents are left out.
    """
    numbered = paragraphs.join(document_numbers, on="document_id", maintain_order="left")
    return Paragraphs(numbered.select("document_no", "ordinal"), lay_texts(numbered["text"]))


def sample_passages(laid: Laid) -> np.ndarray:
    """Return the hashes of all anchors in a shard's rows, sorted."""
    parts = (take_texts(laid, first, last) for first, last in cut_texts(laid))
    anchors = [_choose_anchors(part) for part in parts if len(part.codes) >= MIN_PASSAGE_CHARS]
    return np.sort(np.concatenate([np.empty(0, dtype=np.uint64), *anchors]))


class Marks(NamedTuple):
    """Hashes that are marked, sorted: each has its place among them as its number.

    `firsts` tells for each prefix of a hash the number of the first that begins with it. `bits` is a filter that fits into the processor's
    cache: one bit a longer prefix, set where a marked hash begins with it.
    """

    hashes: np.ndarray
    firsts: np.ndarray
    bits: np.ndarray

    def find(self, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the places of hashes that are marked, and the hashes' numbers."""
        n_bits = (len(self.firsts) - 2).bit_length()
        prefixes = hashes >> np.uint64(64 - n_bits - FILTER_BITS)
        bits = np.take(self.bits, (prefixes >> np.uint64(3)).view(np.int64), mode="clip")
        bits >>= (prefixes & np.uint64(7)).astype(np.uint8)
        places = np.flatnonzero((bits & np.uint8(1)).view(bool))
        wanted = hashes[places]
        numbers = np.take(self.firsts, (wanted >> np.uint64(64 - n_bits)).view(np.int64), mode="clip").astype(np.int64)
        held = np.take(self.hashes, numbers, mode="clip")
        is_marked = held == wanted
        unsure = np.flatnonzero(held < wanted)
        while len(unsure):
            numbers[unsure] += 1
            held = np.take(self.hashes, numbers[unsure], mode="clip")
            is_marked[unsure] = held == wanted[unsure]
            unsure = unsure[(held < wanted[unsure]) & (numbers[unsure] < len(self.hashes))]
        marked = np.flatnonzero(is_marked)
        return places[marked], numbers[marked].astype(np.uint32)


def mark_repeated(samples: Sequence[np.ndarray]) -> Marks:
    """Mark the hashes that stand in more than one place; `survey_anchors` tells which of them stand in more than one document.

    In: what `sample_passages` gives of all shards. It is gone through by ranges, so that no more than one of these is in memory.
    """
    n_ranges = 1 + sum(len(sample) for sample in samples) // MARKED_AT_A_TIME
    bounds = np.array([(number << 64) // n_ranges for number in range(1, n_ranges)], dtype=np.uint64)
    cut = [np.split(sample, np.searchsorted(sample, bounds)) for sample in samples]
    marked = [np.empty(0, dtype=np.uint64)]
    for parts in zip(*cut, strict=True):
        hashes = np.sort(np.concatenate(parts))
        repeated = hashes[1:][hashes[1:] == hashes[:-1]]
        marked.append(repeated[np.append(True, repeated[1:] != repeated[:-1])[: len(repeated)]])
    return _index_marks(np.concatenate(marked))


def _index_marks(hashes: np.ndarray) -> Marks:
    n_bits = len(hashes).bit_length() + 1  # few prefixes begin two marked hashes
    counted = np.bincount((hashes >> np.uint64(64 - n_bits)).view(np.int64), minlength=1 << n_bits)
    firsts = np.zeros(len(counted) + 1, dtype=np.uint32)
    np.cumsum(counted, out=firsts[1:])
    del counted
    prefixes = hashes >> np.uint64(64 - n_bits - FILTER_BITS)
    octets = (prefixes >> np.uint64(3)).view(np.int64)
    starts = np.flatnonzero(np.append(True, octets[1:] != octets[:-1])[: len(octets)])
    bits = np.zeros(1 << (n_bits + FILTER_BITS - 3), dtype=np.uint8)
    if len(starts):
        bits[octets[starts]] = np.bitwise_or.reduceat(np.uint8(1) << (prefixes & np.uint64(7)).astype(np.uint8), starts)
    return Marks(hashes, firsts, bits)


def locate_anchors(laid: Laid, repeated: Marks) -> pl.DataFrame:
    """Locate the grams in a shard's rows that are marked as repeated anchors, wherever they stand.

    Near the end of a passage a gram is an anchor in one document and none in another, for what follows differs; here it counts in both.
    Out: `ANCHOR_SCHEMA`, in order; anchor_no is the same for equal grams; start_char is the 0-based place in the paragraph's text, which
    is that of `row`.
    """
    found = [(np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.int32))]
    for first, last in cut_texts(laid):
        part = take_texts(laid, first, last)
        places, numbers = repeated.find(hash_grams(part.codes, GRAM))
        n_found = np.diff(np.searchsorted(places, part.ends), prepend=0)
        rows = np.repeat(np.arange(first, last, dtype=np.uint32), n_found)
        whole = np.flatnonzero(places <= np.repeat(part.ends - GRAM, n_found))
        places -= np.repeat(part.starts, n_found)
        found.append((numbers[whole], rows[whole], places[whole].astype(np.int32)))
    numbers, rows, starts = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    return pl.DataFrame({"anchor_no": numbers, "row": rows, "start_char": starts}, schema=ANCHOR_SCHEMA)


def _choose_anchors(laid: Laid) -> np.ndarray:
    """Return the hashes of anchors: those that are the least of a window within their text."""
    hashes = hash_grams(laid.codes, GRAM)
    least = _slide(hashes, np.minimum)
    least[_leaves_text(laid)[: len(least)]] = 0
    # Where a hash is the least of a window, it is the greatest of the least hashes of all windows that it stands in.
    beside = np.zeros(WINDOW - 1, dtype=np.uint64)
    return hashes[np.flatnonzero(_slide(np.concatenate([beside, least, beside]), np.maximum) == hashes)]


def _slide(values: np.ndarray, choose: np.ufunc) -> np.ndarray:
    """Return the least or greatest of each `WINDOW` neighbours, by doubling."""
    chosen, length = values, 1
    while length < WINDOW:
        step = min(length, WINDOW - length)
        chosen = choose(chosen[:-step], chosen[step:])
        length += step
    return chosen


def _leaves_text(laid: Laid) -> np.ndarray:
    """Tell for each place whether a passage of the least length from there on would run over the end of its text."""
    leaves = np.zeros(len(laid.codes), dtype=bool)
    filled = laid.lengths > 0
    starts, ends = laid.starts[filled], laid.ends[filled]
    for place in range(1, MIN_PASSAGE_CHARS):
        leaves[np.maximum(ends - place, starts)] = True
    return leaves
