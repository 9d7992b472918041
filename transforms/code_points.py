"""Texts in, arrays of code points and hashes of character n-grams out.

A column of texts is laid end to end in one array, so that hashing costs a few vector operations a character, whatever the texts are.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

BMP = 0x10000
CJK_PLANES = (0x20000, 0x40000)  # the supplementary ideographic planes: Unicode, chapter 2.8
BLOCK = 1 << 15  # elements hashed at a time: the arrays of a block stay in the processor's cache
# Odd constants with no pattern in their bits (the golden ratio's and those of MurmurHash3's finalisers): they spread neighbouring codes.
SPREAD = np.uint64(0x9E3779B97F4A7C15)
MIX = np.uint64(0xFF51AFD7ED558CCD)
REMIX = np.uint64(0xC4CEB9FE1A85EC53)
MIX_SHORT = np.uint32(0x85EBCA6B)


CODE_BITS = np.uint64(21)  # what the highest code point takes


class Laid(NamedTuple):
    """Texts laid end to end: their code points, and where each text starts and ends (arrays of one entry a text).

    Where all of them lie in the basic plane, as they mostly do, the code points take 16 bits each, else 32.
    """

    codes: np.ndarray
    starts: np.ndarray
    ends: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """Return each text's number of code points."""
        return self.ends - self.starts


def lay_texts(texts: pl.Series) -> Laid:
    """Lay a column of texts end to end (a null is an empty text)."""
    # Arrow lays strings out end to end: decoding its buffer spares a copy of the whole
    joined = str(texts.to_arrow().buffers()[-1] or b"", "utf-8") if len(texts) else ""
    codes = np.frombuffer(joined.encode("utf-16-le"), dtype=np.uint16)
    if len(codes) != len(joined):
        codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)
    ends = texts.str.len_chars().fill_null(0).cast(pl.Int64).cum_sum().to_numpy()
    return Laid(codes, np.concatenate([ends[:1] * 0, ends[:-1]]), ends)


def read_out(codes: np.ndarray, lengths: np.ndarray) -> pl.Series:
    """Return texts that lie end to end in `codes` as a column; the opposite of `lay_texts`."""
    joined = codes.tobytes().decode("utf-16-le" if codes.dtype == np.uint16 else "utf-32-le").encode()
    n_bytes = np.ones(len(codes), dtype=np.uint8)
    for least in (0x80, 0x800, BMP):  # from these code points on UTF-8 takes a byte more
        n_bytes += codes >= least
    ends = np.cumsum(lengths)
    filled = np.flatnonzero(lengths)
    sizes = np.zeros(len(lengths), dtype=np.int64)
    if len(filled):
        sizes[filled] = np.add.reduceat(n_bytes, (ends - lengths)[filled], dtype=np.int32)
    offsets = np.append(0, np.cumsum(sizes))
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(joined)]
    return pl.Series(pa.Array.from_buffers(pa.large_string(), len(lengths), buffers), dtype=pl.String)


def cut_texts(laid: Laid) -> list[tuple[int, int]]:
    """Cut the texts into ranges of about `BLOCK` code points (a longer text is a range of its own), to be worked on in the cache."""
    block = np.maximum(laid.ends - 1, 0) // BLOCK
    cuts = np.flatnonzero(block[1:] != block[:-1]) + 1
    return [(first, last) for first, last in pairwise([0, *cuts.tolist(), len(block)]) if last > first]


def take_texts(laid: Laid, first: int, last: int) -> Laid:
    """Take a range of the texts."""
    start = laid.starts[first]
    return Laid(laid.codes[start : laid.ends[last - 1]], laid.starts[first:last] - start, laid.ends[first:last] - start)


def join_laid(parts: Sequence[Laid]) -> Laid:
    """Lay the texts of several parts end to end."""
    ends = np.cumsum(np.concatenate([np.empty(0, dtype=np.int64), *(part.lengths for part in parts)]))
    codes = np.concatenate([np.empty(0, dtype=np.uint16), *(part.codes for part in parts)])
    return Laid(codes, np.append(0, ends)[:-1], ends)


def keep_letters(laid: Laid) -> Laid:
    """Keep letters and digits only, in lower case: what is left when layout, punctuation and widths are set aside."""
    folded = fold_letters(laid.codes)
    is_letter = folded != 0
    filled = laid.lengths > 0
    counted = np.zeros(len(laid.ends), dtype=np.int64)
    if filled.any():
        counted[filled] = np.add.reduceat(is_letter, laid.starts[filled], dtype=np.int32)
    ends = np.cumsum(counted)
    return Laid(pl.Series(folded).filter(pl.Series(is_letter)).to_numpy(), ends - counted, ends)


def count_letters(laid: Laid) -> np.ndarray:
    """Count each text's letters and digits."""
    counted = np.zeros(len(laid.ends), dtype=np.int64)
    filled = laid.lengths > 0
    if filled.any():
        counted[filled] = np.add.reduceat(fold_letters(laid.codes) != 0, laid.starts[filled], dtype=np.int32)
    return counted


def hash_grams(codes: np.ndarray, n: int, n_bits: int = 64) -> np.ndarray:
    """Hash the `n` code points from each place on, 2 <= n: one unsigned number of 64 or 32 bits a place where a whole gram stands."""
    n_grams = max(0, len(codes) - n + 1)
    hashes = np.empty(n_grams, dtype=f"uint{n_bits}")
    for start in range(0, n_grams, BLOCK):
        stop = min(start + BLOCK, n_grams)
        hashes[start:stop] = _hash_block(codes[start : stop + n - 1].astype(hashes.dtype), n)
    return hashes


def hash_texts(laid: Laid) -> np.ndarray:
    """Hash each text's code points in their order: equal hashes and lengths mean equal texts."""
    hashes = np.zeros(len(laid.ends), dtype=np.uint64)
    for first, last in cut_texts(laid):
        part = take_texts(laid, first, last)
        filled = np.flatnonzero(part.lengths)
        if len(filled):
            placed = np.arange(len(part.codes), dtype=np.uint64)
            placed -= np.repeat(part.starts.astype(np.uint64), part.lengths)
            placed <<= CODE_BITS
            placed |= part.codes
            placed *= SPREAD
            placed ^= placed >> np.uint64(32)
            placed *= REMIX
            hashes[first:last][filled] = np.add.reduceat(placed, part.starts[filled])
    return mix(hashes + laid.lengths.astype(np.uint64))


def mix(values: np.ndarray) -> np.ndarray:
    """Spread the bits of unsigned numbers of 64 or 32 bits, so that any of them may serve as a hash."""
    factor, shifts = (MIX, (32, 29)) if values.dtype == np.uint64 else (MIX_SHORT, (16, 15))
    before, after = values.dtype.type(shifts[0]), values.dtype.type(shifts[1])
    mixed = values ^ (values >> before)
    mixed *= factor
    mixed ^= mixed >> after
    return mixed


def _hash_block(codes: np.ndarray, n: int) -> np.ndarray:
    """Join the hashes of halves, twice as long at each step; what is left over is added piece by piece.

    Each join has a factor of its own, with no relation to the others: else two places of a gram would weigh the same.
    """
    factors = iter(_list_factors(codes.dtype))
    lengths, pieces = [1], [codes]
    while lengths[-1] * 2 <= n:
        half = pieces[-1]
        pieces.append(half[: -lengths[-1]] * next(factors))
        pieces[-1] += half[lengths[-1] :]
        lengths.append(lengths[-1] * 2)
    joined, length = pieces[-1], lengths[-1]
    for piece, piece_length in zip(reversed(pieces[:-1]), reversed(lengths[:-1]), strict=True):
        if length + piece_length <= n:
            size = len(codes) - length - piece_length + 1
            joined = joined[:size] * next(factors) + piece[length : length + size]
            length += piece_length
    return mix(joined)


@cache
def _list_factors(dtype: np.dtype) -> np.ndarray:
    """Return odd factors: a Weyl sequence, mixed (as SplitMix64 does), of the upper bits where fewer are wanted."""
    mixed = mix(np.arange(1, 64, dtype=np.uint64) * SPREAD) >> np.uint64(64 - 8 * dtype.itemsize)
    return mixed.astype(dtype) | dtype.type(1)


def fold_letters(codes: np.ndarray) -> np.ndarray:
    """Return letters and digits in lower case, 0 for every other code point."""
    folded = np.empty(len(codes), dtype=codes.dtype)
    for start in range(0, len(codes), BLOCK):
        folded[start : start + BLOCK] = np.take(_letter_table(), codes[start : start + BLOCK], mode="clip")
    if codes.dtype != np.uint16:
        beyond = np.flatnonzero(codes >= BMP)
        wide = codes[beyond]
        folded[beyond] = np.where((wide >= CJK_PLANES[0]) & (wide < CJK_PLANES[1]), wide, 0)
    return folded


@cache
def _letter_table() -> np.ndarray:
    """Return for each code point of the basic plane its lower case where it is a letter or digit, else 0."""
    letters = (ord(chr(code).lower()[0]) if chr(code).isalnum() else 0 for code in range(BMP))
    return np.fromiter(letters, dtype=np.uint16, count=BMP)
