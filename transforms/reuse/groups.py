"""Hashes in, the rows that have the same one out: by one sort of numbers, which costs far less than hashing them again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Groups(NamedTuple):
    """Rows that belong together: `rows` sorted by group, where each group starts among them, and how many rows it has."""

    rows: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Repeat one value a group for each of its rows."""
        return np.repeat(values, self.sizes)

    def agree(self, values: np.ndarray) -> np.ndarray:
        """Tell for each group whether all its rows have one value (`values`: one a row, in the order of `rows`)."""
        return np.minimum.reduceat(values, self.starts) == np.maximum.reduceat(values, self.starts)

    def keep(self, is_kept: np.ndarray) -> Groups:
        """Keep some of the groups."""
        sizes = self.sizes[is_kept]
        return Groups(self.rows[self.spread(is_kept)], np.cumsum(sizes) - sizes, sizes)


def group_by_hash(hashes: np.ndarray) -> Groups:
    """Group the rows of equal hashes, by rising hashes; the rows of a group are sorted.

    The highest bits of each hash and its row are sorted as one number; where only lower bits of hashes differ, rows are put right.
    """
    row_bits = np.uint64(max(1, len(hashes) - 1).bit_length())
    row_mask = (np.uint64(1) << row_bits) - np.uint64(1)
    keys = (hashes & ~row_mask) | np.arange(len(hashes), dtype=np.uint64)
    keys.sort()
    rows = (keys & row_mask).astype(np.int64)
    ordered = hashes[rows]
    is_mixed = ((keys[1:] ^ keys[:-1]) <= row_mask) & (ordered[1:] != ordered[:-1])
    if is_mixed.any():
        prefixes = np.unique(keys[:-1][is_mixed] & ~row_mask)
        first = np.searchsorted(keys, prefixes)
        places = join_ranges(first, np.searchsorted(keys, prefixes | row_mask, side="right") - first)
        rows[places] = rows[places][np.lexsort((rows[places], ordered[places]))]
        ordered = hashes[rows]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    return Groups(rows, starts, np.diff(np.append(starts, len(rows))))


def join_ranges(starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the numbers of ranges one after the other."""
    ends = np.cumsum(sizes)
    return np.arange(int(sizes.sum())) + np.repeat(starts - (ends - sizes), sizes)
