"""Segments of the corpus in, passages out: what the occurrences of a segment have in common to its left and right.

All places with one segment are occurrences of one passage, as long as they all agree. Passages that fewer documents share, and that are
longer for it, show by a segment of their own, so every passage is as long as its documents allow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from transforms.code_points import SPREAD, mix
from transforms.reuse.anchors import MIN_PASSAGE_CHARS, WINDOW
from transforms.reuse.groups import Groups, cut_sizes, group_numbers, join_ranges

if TYPE_CHECKING:
    from transforms.reuse.segments import Segments

MARGIN = WINDOW - 1  # characters: beyond its outermost anchors a passage goes on for fewer than a window
AT_A_TIME = 1 << 17  # segments, links or occurrences: arrays of so many stay near the processor

OCCURRENCE_SCHEMA = {"row": pl.UInt32, "start_char": pl.Int32, "end_char": pl.Int32}


class Passages(NamedTuple):
    """Passages by their first occurrence, as the rows of the corpus go.

    `occurrences`: `OCCURRENCE_SCHEMA`, passage by passage, each in order; `sizes`: how many of them each passage has.
    """

    occurrences: pl.DataFrame
    sizes: np.ndarray

    @property
    def starts(self) -> np.ndarray:
        """Return where each passage's occurrences start."""
        return np.cumsum(self.sizes) - self.sizes

    def list_firsts(self) -> pl.DataFrame:
        """Return the first occurrence of each passage."""
        return self.occurrences[self.starts]


class _Chains(NamedTuple):
    """Links of segments to the ones before them, in the order of the corpus."""

    sums: np.ndarray  # weighed sums of the links up to each place, to compare stretches of links at once
    inverses: np.ndarray  # of the weights, by n_before, to set the first weight of a stretch to one
    n_before: np.ndarray  # how many linked segments stand before in the chain
    n_after: np.ndarray


def find_passages(segments: Segments) -> Passages:
    """Find the passages that segments lie in, up to their outermost common anchors: `settle_passages` adds what is common beyond them."""
    groups = group_numbers(segments.anchor_no)
    chains = _chain_segments(segments)
    n_left, n_right = np.zeros((2, len(groups.sizes)), dtype=np.int64)
    end = 0
    for block in groups.cut(AT_A_TIME):
        own = slice(end, end := end + len(block.sizes))
        n_left[own], n_right[own] = _count_common(block, chains, -1), _count_common(block, chains, 1)
    del chains
    return _list_passages(segments, groups, n_left, n_right)


def _chain_segments(segments: Segments) -> _Chains:
    """Link the segments that overlap, in chains; weights grow along a chain."""
    n, is_linked = len(segments.is_linked), segments.is_linked
    places = np.arange(n, dtype=np.uint32)
    n_before = places - np.maximum.accumulate(np.where(is_linked, np.uint32(0), places))
    chain_ends = np.append(~is_linked[1:], True)[:n]
    n_after = np.minimum.accumulate(np.where(chain_ends, places, np.uint32(n))[::-1])[::-1] - places
    longest = int(n_before.max(initial=0))
    weights = _list_powers(longest + 1)
    sums = np.zeros(n, dtype=np.uint64)
    for first in range(0, n, AT_A_TIME):
        own = slice(max(1, first), first + AT_A_TIME)
        before = slice(own.start - 1, min(own.stop, n) - 1)
        links = segments.anchor_no[own] * SPREAD
        links += mix(
            (segments.anchor_no[before].astype(np.uint64) << np.uint64(32))
            | (segments.start_char[own] - segments.start_char[before]).astype(np.uint32)
        )
        links = mix(links) | np.uint64(1)
        links *= is_linked[own]
        links *= weights[n_before[own]]
        sums[own] = links
    np.cumsum(sums, out=sums)
    counts = np.min_scalar_type(longest)
    return _Chains(sums, _list_powers(longest + 1, is_inverse=True), n_before.astype(counts), n_after.astype(counts))


def _list_powers(n: int, *, is_inverse: bool = False) -> np.ndarray:
    """Return the powers of an odd number, or of its inverse, modulo 2 ** 64."""
    base = int(SPREAD) if not is_inverse else pow(int(SPREAD), -1, 1 << 64)
    powers = np.full(n, base, dtype=np.uint64)
    powers[:1] = 1
    return np.multiply.accumulate(powers)


def _count_common(groups: Groups, chains: _Chains, direction: int) -> np.ndarray:
    """Count for each group how many segments on one side all its rows have in common, by bisection."""
    counted = np.zeros(len(groups.sizes), dtype=np.int64)
    open_groups, low = np.arange(len(groups.sizes)), counted
    high = np.minimum.reduceat((chains.n_after if direction > 0 else chains.n_before)[groups.rows], groups.starts).astype(np.int64)
    while len(open_groups):
        is_open = low < high
        counted[open_groups[~is_open]] = low[~is_open]
        groups, open_groups, low, high = groups.keep(is_open), open_groups[is_open], low[is_open], high[is_open]
        if len(open_groups):
            middle = (low + high + 1) // 2
            steps = groups.spread(middle)
            last, before = (groups.rows + steps, groups.rows) if direction > 0 else (groups.rows, groups.rows - steps)
            agree = groups.agree((chains.sums[last] - chains.sums[before]) * chains.inverses[chains.n_before[groups.rows]])
            low, high = np.where(agree, middle, low), np.where(agree, high, middle - 1)
    return counted


def _list_passages(segments: Segments, groups: Groups, n_left: np.ndarray, n_right: np.ndarray) -> Passages:
    """List the occurrences of each passage; passages found by several segments are kept once."""
    starts, ends = segments.start_char, segments.end_char
    rows = groups.rows[groups.starts].astype(np.int64)
    first, last = rows - n_left, rows + n_right
    # What the outermost anchors and a margin on either side cannot bring to the least length is no passage.
    is_long = ends[last] - starts[first] + 2 * MARGIN >= MIN_PASSAGE_CHARS
    found = pl.DataFrame({"first": first, "last": last}).with_row_index("group").filter(pl.Series(is_long))
    order = found.unique(["first", "last"], keep="first", maintain_order=True).sort("first", "last")["group"].to_numpy()
    sizes = groups.sizes[order]
    columns = {name: np.empty(int(sizes.sum()), dtype=dtype) for name, dtype in zip(OCCURRENCE_SCHEMA, ("u4", "i4", "i4"), strict=True)}
    end = 0
    for a, b in cut_sizes(sizes, AT_A_TIME):
        of_block = order[a:b]
        places = groups.rows[join_ranges(groups.starts[of_block], sizes[a:b])].astype(np.int64)
        first, last = places - np.repeat(n_left[of_block], sizes[a:b]), places + np.repeat(n_right[of_block], sizes[a:b])
        own = slice(end, end := end + len(places))
        columns["row"][own], columns["start_char"][own], columns["end_char"][own] = segments.row[first], starts[first], ends[last]
    return Passages(pl.DataFrame(columns, schema=OCCURRENCE_SCHEMA), sizes)


class Settling(NamedTuple):
    """How far passages go beyond their outermost anchors: for each, characters `before` and `after` that all occurrences have."""

    before: np.ndarray
    after: np.ndarray


def settle_passages(passages: Passages, settling: Settling) -> Passages:
    """Lengthen each passage by what all its occurrences have in common next to it, and leave out those that stay too short.

    No two passages of those that are left have the same occurrences.
    """
    firsts = passages.list_firsts().with_columns(
        pl.col("start_char") - pl.Series(settling.before, dtype=pl.Int32), pl.col("end_char") + pl.Series(settling.after, dtype=pl.Int32)
    )
    is_long = pl.col("end_char") - pl.col("start_char") >= MIN_PASSAGE_CHARS
    kept = firsts.with_row_index("passage_no").filter(is_long).unique(["row", "start_char", "end_char"], keep="first", maintain_order=True)
    is_kept = np.zeros(len(passages.sizes), dtype=bool)
    is_kept[kept["passage_no"].to_numpy()] = True
    sizes = passages.sizes[is_kept]
    settled = passages.occurrences.filter(pl.Series(np.repeat(is_kept, passages.sizes))).with_columns(
        pl.col("start_char") - pl.Series(np.repeat(settling.before[is_kept], sizes), dtype=pl.Int32),
        pl.col("end_char") + pl.Series(np.repeat(settling.after[is_kept], sizes), dtype=pl.Int32),
    )
    return Passages(settled, sizes)
