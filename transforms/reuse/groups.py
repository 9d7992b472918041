"""Numbers in, the rows that have the same one out: by one sort, which costs far less than hashing them again."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

ROW_BITS = np.uint64(32)
ROW_MASK = np.uint64(0xFFFF_FFFF)


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

    def cut(self, max_rows: int) -> Iterator[Groups]:
        """Cut into blocks of about `max_rows` rows, to be worked on in the cache."""
        for first, last in cut_sizes(self.sizes, max_rows):
            start, sizes = self.starts[first], self.sizes[first:last]
            end = self.starts[last - 1] + sizes[-1]
            yield Groups(self.rows[start:end].astype(np.int64), self.starts[first:last] - start, sizes)


def group_numbers(numbers: np.ndarray) -> Groups:
    """Group the rows of equal numbers (UInt32), by rising numbers; the rows (UInt32) of a group are sorted."""
    keys = numbers.astype(np.uint64)
    keys <<= ROW_BITS
    keys |= np.arange(len(numbers), dtype=np.uint32)
    keys.sort()
    rows = keys.astype(np.uint32)
    keys >>= ROW_BITS
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    return Groups(rows, starts, np.diff(np.append(starts, len(rows))))


def cut_sizes(sizes: np.ndarray, max_rows: int) -> list[tuple[int, int]]:
    """Cut groups of such sizes into ranges (first, last) that hold about `max_rows` rows each; a larger group is a range of its own."""
    block = (np.cumsum(sizes) - 1) // max_rows
    cuts = [0, *(np.flatnonzero(block[1:] != block[:-1]) + 1).tolist(), len(block)]
    return [(first, last) for first, last in pairwise(cuts) if last > first]


def join_ranges(starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the numbers of ranges one after the other."""
    ends = np.cumsum(sizes)
    return np.arange(int(sizes.sum())) + np.repeat(starts - (ends - sizes), sizes)
