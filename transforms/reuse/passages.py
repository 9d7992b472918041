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
from transforms.reuse.groups import Groups, group_by_hash, join_ranges
from transforms.reuse.segments import tell_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.reuse.anchors import Paragraphs

MARGIN = WINDOW - 1  # characters: beyond its outermost anchors a passage goes on for fewer than a window

OCCURRENCE_SCHEMA = {
    "passage_no": pl.UInt32,
    "document_no": pl.UInt32,
    "row": pl.UInt32,
    "start_char": pl.Int32,
    "end_char": pl.Int32,
}


class _Chains(NamedTuple):
    """Segments in the order of the corpus, each linked to the one before it where the two overlap."""

    sums: np.ndarray  # weighed sums of the links up to each place, to compare stretches of links at once
    inverses: np.ndarray  # of the weights, to set the first weight of a stretch to one
    n_before: np.ndarray  # how many linked segments stand before in the chain
    n_after: np.ndarray


def find_passages(segments: pl.DataFrame) -> pl.DataFrame:
    """Find the passages that segments lie in, up to their outermost common anchors.

    In: `SEGMENT_SCHEMA`, of all shards, one after the other in any order. Out: `OCCURRENCE_SCHEMA`, sorted: passage_no counts the passages
    by their first occurrence; start_char and end_char span the anchors' grams in the text of `row`, which is that of the document's shard.
    `settle_passages` adds what is common beyond them.
    """
    if segments.is_empty():
        return pl.DataFrame(schema=OCCURRENCE_SCHEMA)
    ordered = _sort_segments(segments)
    groups = group_by_hash(ordered["anchor_no"].to_numpy().astype(np.uint64) << np.uint64(32))
    chains = _chain_segments(ordered)
    return _number_passages(ordered, groups, _count_common(groups, chains, -1), _count_common(groups, chains, 1))


def _sort_segments(segments: pl.DataFrame) -> pl.DataFrame:
    """Put the segments into the order of the documents' numbers; those of one document stand together and in order already."""
    documents = segments["document_no"].to_numpy()
    starts = np.flatnonzero(np.append(True, documents[1:] != documents[:-1])[: len(documents)])
    sizes = np.diff(np.append(starts, len(documents)))
    order = np.argsort(documents[starts], kind="stable")
    return segments[join_ranges(starts[order], sizes[order])]


def _chain_segments(segments: pl.DataFrame) -> _Chains:
    is_linked = segments["is_linked"].to_numpy()
    links = mix(segments["anchor_no"].to_numpy() * SPREAD + mix(tell_steps(segments, is_linked))) | np.uint64(1)
    links[~is_linked] = 0
    places = np.arange(len(links))
    n_before = places - np.maximum.accumulate(np.where(is_linked, 0, places))
    chain_ends = np.append(~is_linked[1:], True)
    n_after = np.minimum.accumulate(np.where(chain_ends, places, len(links))[::-1])[::-1] - places
    return _Chains(np.cumsum(links * _powers(len(links))), _powers(len(links), is_inverse=True), n_before, n_after)


def _powers(n: int, *, is_inverse: bool = False) -> np.ndarray:
    """Return the powers of an odd number, or of its inverse, modulo 2 ** 64."""
    base = int(SPREAD) if not is_inverse else pow(int(SPREAD), -1, 1 << 64)
    powers = np.full(n, base, dtype=np.uint64)
    powers[:1] = 1
    return np.multiply.accumulate(powers)


def _count_common(groups: Groups, chains: _Chains, direction: int) -> np.ndarray:
    """Count for each group how many segments on one side all its rows have in common, by bisection."""
    counted = np.zeros(len(groups.sizes), dtype=np.int64)
    open_groups, low = np.arange(len(groups.sizes)), counted
    high = np.minimum.reduceat((chains.n_after if direction > 0 else chains.n_before)[groups.rows], groups.starts)
    while len(open_groups):
        is_open = low < high
        counted[open_groups[~is_open]] = low[~is_open]
        groups, open_groups, low, high = groups.keep(is_open), open_groups[is_open], low[is_open], high[is_open]
        if len(open_groups):
            middle = (low + high + 1) // 2
            steps = groups.spread(middle)
            last, before = (groups.rows + steps, groups.rows) if direction > 0 else (groups.rows, groups.rows - steps)
            agree = groups.agree((chains.sums[last] - chains.sums[before]) * chains.inverses[groups.rows])
            low, high = np.where(agree, middle, low), np.where(agree, high, middle - 1)
    return counted


def _number_passages(segments: pl.DataFrame, groups: Groups, n_left: np.ndarray, n_right: np.ndarray) -> pl.DataFrame:
    """Give the occurrences of each passage; passages found by several segments are kept once."""
    starts, ends = segments["start_char"].to_numpy(), segments["end_char"].to_numpy()
    first = groups.rows - groups.spread(n_left)
    last = groups.rows + groups.spread(n_right)
    # What the outermost anchors and a margin on either side cannot bring to the least length is no passage.
    is_long = ends[last[groups.starts]] - starts[first[groups.starts]] + 2 * MARGIN >= MIN_PASSAGE_CHARS
    found = pl.DataFrame({"first": first[groups.starts], "last": last[groups.starts]}).with_row_index("group").filter(pl.Series(is_long))
    order = found.unique(["first", "last"], keep="first", maintain_order=True).sort("first", "last")["group"].to_numpy()
    places = join_ranges(groups.starts[order], groups.sizes[order])
    first, last = first[places], last[places]
    return pl.DataFrame(
        {
            "passage_no": np.repeat(np.arange(len(order)), groups.sizes[order]),
            "document_no": segments["document_no"].to_numpy()[first],
            "row": segments["row"].to_numpy()[first],
            "start_char": starts[first],
            "end_char": ends[last],
        },
        schema=OCCURRENCE_SCHEMA,
    )


class Deal(NamedTuple):
    """Rows dealt out to shards: those of each shard, in order."""

    rows: list[np.ndarray]

    def collect(self, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Put what the shards made of their rows back into the order before."""
        n_rows = sum(len(rows) for rows in self.rows)
        columns = {}
        for name, dtype in parts[0].schema.items():
            values = np.empty(n_rows, dtype=parts[0][name].to_numpy().dtype)
            for rows, part in zip(self.rows, parts, strict=True):
                values[rows] = part[name].to_numpy()
            columns[name] = pl.Series(values, dtype=dtype)
        return pl.DataFrame(columns)


def deal_out(occurrences: pl.DataFrame, document_numbers: Sequence[pl.DataFrame]) -> Deal:
    """Deal out occurrences to the shards that hold their documents, in the order of `document_numbers`, a frame (document_no) each."""
    n_documents = sum(frame.height for frame in document_numbers)
    shard_of = np.empty(n_documents, dtype=np.uint16)
    for shard_no, frame in enumerate(document_numbers):
        shard_of[frame["document_no"].to_numpy()] = shard_no
    shards = shard_of[occurrences["document_no"].to_numpy()]
    bounds = np.cumsum(np.bincount(shards, minlength=len(document_numbers)))
    return Deal(np.split(np.argsort(shards, kind="stable"), bounds)[:-1])


def read_margins(occurrences: pl.DataFrame, paragraphs: Paragraphs) -> pl.DataFrame:
    """Read what stands next to the occurrences in a shard.

    In: the shard's occurrences (`find_passages`) and `paragraphs` as for `locate_anchors`. Out: ordinal, and code points by
    distance, two of them in a number of 64 bits (`before_1`, `before_2`, `after_1`, `after_2`), the nearer in the lower half; 0 where the
    text ends.
    """
    rows = occurrences["row"].to_numpy()
    first, end = paragraphs.laid.starts[rows], paragraphs.laid.ends[rows]
    before, after = first + occurrences["start_char"].to_numpy() - 1, first + occurrences["end_char"].to_numpy()
    codes = paragraphs.laid.codes
    margins = {}
    for nearer in range(0, MARGIN, 2):
        pairs = {"before": [], "after": []}
        for distance in (nearer, nearer + 1):
            pairs["before"].append(np.where(before - distance >= first, codes[np.maximum(before - distance, first)], 0).astype(np.uint64))
            pairs["after"].append(np.where(after + distance < end, codes[np.minimum(after + distance, end - 1)], 0).astype(np.uint64))
        margins |= {f"{side}_{nearer // 2 + 1}": near | (far << np.uint64(32)) for side, (near, far) in pairs.items()}
    return pl.DataFrame({"ordinal": paragraphs.rows["ordinal"].to_numpy()[rows], **margins})


def settle_passages(occurrences: pl.DataFrame, margins: pl.DataFrame) -> pl.DataFrame:
    """Lengthen each passage by what all its occurrences have in common next to it, and leave out those that stay too short.

    In: all occurrences, and what `read_margins` tells of each. Out: `OCCURRENCE_SCHEMA` and ordinal, with start_char and end_char settled,
    sorted; no two passages have the same first occurrence.
    """
    if occurrences.is_empty():
        return occurrences.with_columns(margins["ordinal"])
    numbers = occurrences["passage_no"].to_numpy()
    starts = np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1]))
    groups = Groups(np.arange(len(numbers)), starts, np.diff(np.append(starts, len(numbers))))
    settled = occurrences.with_columns(
        margins["ordinal"],
        start_char=pl.col("start_char") - pl.Series(groups.spread(_count_alike(margins, groups, "before")), dtype=pl.Int32),
        end_char=pl.col("end_char") + pl.Series(groups.spread(_count_alike(margins, groups, "after")), dtype=pl.Int32),
    )
    is_long = pl.col("end_char") - pl.col("start_char") >= MIN_PASSAGE_CHARS
    firsts = settled[starts].filter(is_long).unique(["document_no", "row", "start_char", "end_char"], keep="first", maintain_order=True)
    is_kept = np.zeros(int(numbers[-1]) + 1, dtype=bool)
    is_kept[firsts["passage_no"].to_numpy()] = True
    return settled.filter(is_kept[numbers])


def _count_alike(margins: pl.DataFrame, groups: Groups, side: str) -> np.ndarray:
    """Count the characters next to a passage that all its occurrences have in common, from the passage outwards."""
    alike = np.ones(len(groups.sizes), dtype=bool)
    n_alike = np.zeros(len(groups.sizes), dtype=np.int64)
    for pair in range(1, MARGIN // 2 + 1):
        codes = margins[f"{side}_{pair}"].to_numpy()
        firsts = codes[groups.starts]
        differ = np.bitwise_or.reduceat(codes ^ groups.spread(firsts), groups.starts)
        for bits in (np.uint64(0xFFFF_FFFF), np.uint64(0xFFFF_FFFF << 32)):
            alike &= (differ & bits == 0) & (firsts & bits != 0)
            n_alike += alike
    return n_alike
