"""Texts in, postings out: which pairs of neighbouring letters stand in which text, to be searched for without cutting text into words.

A pair is one number of 32 bits and a posting one of 64, so that sorting the numbers is all it takes to build the index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from transforms.code_points import cut_texts, fold_letters, lay_texts, take_texts

if TYPE_CHECKING:
    import polars as pl

    from transforms.code_points import Laid

LETTER_BITS = 16  # of each letter's code point: letters beyond the basic plane share the number of one within
LETTER_MASK = np.uint32(0xFFFF)
TEXT_BITS = np.uint64(32)


class Postings(NamedTuple):
    """One entry a pair and text that holds it, in order of pair and text: arrays of unsigned 32-bit numbers."""

    bigrams: np.ndarray
    texts: np.ndarray


def post_bigrams(texts: pl.Series, first_number: int) -> tuple[Postings, np.ndarray]:
    """List the pairs of letters of each text, once each, and count each text's letters; texts are numbered from `first_number`.

    Letters and digits count, in lower case. A pair's number is 65536 times the first letter's code point plus the second's (the lower 16
    bits of each); where no letter follows, the second is 0, so that single letters are found too.
    """
    laid = lay_texts(texts)
    n_letters = np.zeros(len(laid.ends), dtype=np.uint32)
    pieces = [np.empty(0, dtype=np.uint64)]
    for first, last in cut_texts(laid):
        keys, n_letters[first:last] = _post_range(take_texts(laid, first, last), first_number + first)
        pieces.append(keys)
    postings = np.concatenate(pieces)
    postings.sort()
    is_new = np.ones(len(postings), dtype=bool)
    np.not_equal(postings[1:], postings[:-1], out=is_new[1:])
    halves = postings[is_new].astype("<u8", copy=False).view("<u4")
    return Postings(halves[1::2].copy(), halves[::2].copy()), n_letters


def _post_range(laid: Laid, first_number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the postings of a range of texts, in order of place, and each text's number of letters."""
    letters = fold_letters(laid.codes).astype(np.uint16)
    pairs = np.left_shift(letters, LETTER_BITS, dtype=np.uint32)
    pairs[:-1] |= letters[1:]
    is_long = laid.lengths > 0
    pairs[laid.ends[is_long] - 1] &= ~LETTER_MASK
    is_letter = letters != 0
    n_letters = np.zeros(len(laid.ends), dtype=np.uint32)
    if is_long.any():
        n_letters[is_long] = np.add.reduceat(is_letter, laid.starts[is_long], dtype=np.uint32)
    keys = pairs[is_letter].astype(np.uint64) << TEXT_BITS
    keys |= np.repeat(np.arange(first_number, first_number + len(laid.ends), dtype=np.uint64), n_letters)
    return keys, n_letters
