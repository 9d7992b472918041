"""Paragraphs of a shard in, anchors out: places chosen by what stands there, so that equal passages have equal anchors.

Of each run of places the one whose 16-gram has the least hash is an anchor (winnowing: Schleimer, Wilkerson and Aiken, SIGMOD 2003): every
passage of 20 characters has one, and two copies of a passage have the same ones but near their ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from transforms.code_points import SPREAD, cut_texts, hash_grams, lay_texts, mix, take_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.code_points import Laid

MIN_PASSAGE_CHARS = 20
GRAM = 16
WINDOW = MIN_PASSAGE_CHARS - GRAM + 1  # places: neighbouring anchors of a passage are at most so far apart
# Hashes that stand in two documents are marked in a bitmap: 2 ** 28 bits (32 MB) for any corpus. Each million of them makes one place in
# 270 look marked that is not, which costs a little time and changes nothing: `find_passages` counts again.
BITMAP_BITS = 28
MARKED_RANGES = 16  # a power of two

ANCHOR_SCHEMA = {"hash": pl.UInt64, "link": pl.UInt64, "document_no": pl.UInt32, "ordinal": pl.Int32, "start_char": pl.Int32}


def sample_passages(paragraphs: pl.DataFrame) -> np.ndarray:
    """Return the anchors' hashes of a shard, shortened to 32 bits, once a document each, sorted.

    In: `paragraphs` (document_id, ordinal, text) of canonical documents, sorted.
    """
    hashes, rows = _find_anchors(paragraphs["text"])
    document = paragraphs["document_id"].rle_id().to_numpy().astype(np.uint64)
    keys = np.sort((document[rows] << np.uint64(32)) | (hashes >> np.uint64(32)))
    return np.sort(keys[np.append(True, keys[1:] != keys[:-1])[: len(keys)]].astype(np.uint32))


class Marks(NamedTuple):
    """Hashes that are marked: a bitmap, one bit a value of their highest bits, and a coarse one, one bit for 16 of those.

    The coarse bitmap fits into the processor's cache and spares most hashes a look at the other.
    """

    bits: np.ndarray
    coarse_bits: np.ndarray

    def find(self, hashes: np.ndarray) -> np.ndarray:
        """Return the places of hashes that are marked."""
        values = (hashes >> np.uint64(64 - BITMAP_BITS)).astype(np.uint32)
        places = np.flatnonzero(_test(self.coarse_bits, values >> np.uint32(4)))
        return places[_test(self.bits, values[places])]


def _test(bitmap: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Tell whether the bits that stand for some values are set."""
    return ((bitmap[values >> np.uint32(3)] >> (values & np.uint32(7)).astype(np.uint8)) & np.uint8(1)).view(bool)


def mark_repeated(samples: Sequence[np.ndarray]) -> Marks:
    """Mark the hashes that stand in more than one document.

    In: what `sample_passages` gives of all shards. It is gone through by ranges, so that no more than one of these is copied.
    """
    bitmap = np.zeros(1 << (BITMAP_BITS - 3), dtype=np.uint8)
    bounds = np.arange(1, MARKED_RANGES, dtype=np.uint32) << np.uint32(32 - (MARKED_RANGES - 1).bit_length())
    cut = [np.split(sample, np.searchsorted(sample, bounds)) for sample in samples]
    for parts in zip(*cut, strict=True):
        hashes = np.sort(np.concatenate(parts))
        repeated = hashes[1:][hashes[1:] == hashes[:-1]] >> np.uint32(32 - BITMAP_BITS)
        np.bitwise_or.at(bitmap, repeated >> np.uint32(3), np.uint8(1) << (repeated & np.uint32(7)).astype(np.uint8))
    return Marks(bitmap, np.packbits(bitmap.view(np.uint16) != 0, bitorder="little"))


def locate_anchors(paragraphs: pl.DataFrame, document_numbers: pl.DataFrame, repeated: Marks) -> pl.DataFrame:
    """Locate the grams of a shard that are marked as repeated anchors, wherever they stand.

    Near the end of a passage a gram is an anchor in one document and none in another, for what follows differs; here it counts in both.
    In: `paragraphs` as for `sample_passages`, `document_numbers` (document_id, document_no UInt32) of the corpus, the marks of
    `mark_repeated`. Out: `ANCHOR_SCHEMA`, in order; start_char is the 0-based place in the paragraph's text; link hashes the step from the
    anchor before, 0 where none overlaps.
    """
    laid = lay_texts(paragraphs["text"])
    found = [(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32))]
    for first, last in cut_texts(laid):
        part = take_texts(laid, first, last)
        hashes = hash_grams(part.codes, GRAM)
        places = repeated.find(hashes)
        rows = np.searchsorted(part.ends, places, side="right")
        is_whole = places + GRAM <= part.ends[rows]
        places, rows = places[is_whole], rows[is_whole]
        found.append((hashes[places], first + rows, (places - part.starts[rows]).astype(np.int32)))
    hashes, rows, starts = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    numbered = paragraphs.select("document_id", "ordinal").join(document_numbers, on="document_id", how="left", maintain_order="left")
    return pl.DataFrame(
        {
            "hash": hashes,
            "link": link_anchors(
                hashes, starts, np.append(False, rows[1:] == rows[:-1])[: len(rows)] & (np.diff(starts, prepend=0) <= WINDOW)
            ),
            "document_no": numbered["document_no"].to_numpy()[rows],
            "ordinal": numbered["ordinal"].to_numpy()[rows],
            "start_char": starts,
        },
        schema=ANCHOR_SCHEMA,
    )


def link_anchors(hashes: np.ndarray, starts: np.ndarray, is_linked: np.ndarray) -> np.ndarray:
    """Hash the step from each anchor before to the next: both hashes and the distance between them; 0 where they are not linked."""
    distance = np.diff(starts, prepend=0).astype(np.uint64)
    links = mix(hashes + mix(np.roll(hashes, 1) * SPREAD + distance)) | np.uint64(1)
    links[~is_linked] = 0
    return links


def _find_anchors(texts: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return for each anchor its hash and the row of its text."""
    laid = lay_texts(texts)
    found = [(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64))]
    for first, last in cut_texts(laid):
        part = take_texts(laid, first, last)
        if len(part.codes) >= MIN_PASSAGE_CHARS:
            hashes, anchors = _choose_anchors(part)
            found.append((hashes, first + np.searchsorted(part.ends, anchors, side="right")))
    hashes, rows = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    return hashes, rows


def _choose_anchors(laid: Laid) -> tuple[np.ndarray, np.ndarray]:
    """Return the hashes and places of anchors: those whose hash is the least of a window within their text."""
    hashes = hash_grams(laid.codes, GRAM)
    least = _slide(hashes, np.minimum)
    least[_leaves_text(laid)[: len(least)]] = 0
    # Where a hash is the least of a window, it is the greatest of the least hashes of all windows that it stands in.
    beside = np.zeros(WINDOW - 1, dtype=np.uint64)
    anchors = np.flatnonzero(_slide(np.concatenate([beside, least, beside]), np.maximum) == hashes)
    return hashes[anchors], anchors


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
