"""Segments of the corpus in, passages out: what the occurrences of a segment have in common to its left and right.

All places with one segment are occurrences of one passage, as long as they all agree. Passages that fewer documents share, and that are
longer for it, show by a segment of their own, so every passage is as long as its documents allow.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from transforms.code_points import SPREAD, lay_texts
from transforms.reuse.anchors import MIN_PASSAGE_CHARS, WINDOW, link_anchors
from transforms.reuse.groups import Groups, group_by_hash, join_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

MARGIN = WINDOW - 1  # characters: beyond its outermost anchors a passage goes on for fewer than a window

OCCURRENCE_SCHEMA = {
    "occurrence_no": pl.UInt32,
    "passage_no": pl.UInt32,
    "document_no": pl.UInt32,
    "ordinal": pl.Int32,
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
    by their first occurrence, occurrence_no all their occurrences by passage and place; start_char and end_char span the anchors' grams.
    `settle_passages` adds what is common beyond them.
    """
    if segments.is_empty():
        return pl.DataFrame(schema=OCCURRENCE_SCHEMA)
    ordered = _sort_segments(segments)
    groups = group_by_hash(ordered["hash"].to_numpy())
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
    links = link_anchors(segments["hash"].to_numpy(), segments["start_char"].to_numpy(), is_linked)
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
            "occurrence_no": np.arange(len(places)),
            "passage_no": np.repeat(np.arange(len(order)), groups.sizes[order]),
            "document_no": segments["document_no"].to_numpy()[first],
            "ordinal": segments["ordinal"].to_numpy()[first],
            "start_char": starts[first],
            "end_char": ends[last],
        },
        schema=OCCURRENCE_SCHEMA,
    )


def deal_out(occurrences: pl.DataFrame, document_numbers: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """Deal out occurrences to the shards that hold their documents: as many frames as there are in `document_numbers`, in order."""
    n_documents = sum(frame.height for frame in document_numbers)
    shard_of = np.empty(n_documents, dtype=np.uint16)
    for shard_no, frame in enumerate(document_numbers):
        shard_of[frame["document_no"].to_numpy()] = shard_no
    shards = shard_of[occurrences["document_no"].to_numpy()]
    order = np.argsort(shards, kind="stable")
    bounds = np.searchsorted(shards[order], np.arange(len(document_numbers) + 1))
    return [occurrences[order[first:last]] for first, last in pairwise(bounds.tolist())]


def read_margins(occurrences: pl.DataFrame, paragraphs: pl.DataFrame, document_numbers: pl.DataFrame) -> pl.DataFrame:
    """Read what stands next to the occurrences in a shard: + `before_1` to `before_4` outwards and `after_1` to `after_4`, code points.

    In: occurrences (`find_passages`), `paragraphs` and `document_numbers` as for `locate_anchors`. Where the text ends the columns are 0.
    Occurrences of other shards' documents are left out.
    """
    laid = lay_texts(paragraphs["text"])
    rows = paragraphs.select("document_id", "ordinal").with_row_index("row").join(document_numbers, on="document_id").drop("document_id")
    found = occurrences.join(rows, on=["document_no", "ordinal"], maintain_order="left")
    row = found["row"].to_numpy()
    first, end = laid.starts[row], laid.ends[row]
    margins = []
    for distance in range(1, MARGIN + 1):
        before = first + found["start_char"].to_numpy() - distance
        after = first + found["end_char"].to_numpy() + distance - 1
        margins += [
            pl.Series(f"before_{distance}", np.where(before >= first, laid.codes[np.maximum(before, first)], 0), dtype=pl.UInt32),
            pl.Series(f"after_{distance}", np.where(after < end, laid.codes[np.minimum(after, end - 1)], 0), dtype=pl.UInt32),
        ]
    return found.drop("row").with_columns(margins)


def settle_passages(occurrences: pl.DataFrame) -> pl.DataFrame:
    """Lengthen each passage by what all its occurrences have in common next to it, and leave out those that stay too short.

    In: occurrences with the columns of `read_margins`, of all shards. Out: `OCCURRENCE_SCHEMA` with start_char and end_char settled,
    sorted; no two passages have the same first occurrence.
    """
    if occurrences.is_empty():
        return occurrences.select(OCCURRENCE_SCHEMA.keys())
    ordered = occurrences.sort("occurrence_no")
    numbers = ordered["passage_no"].to_numpy()
    starts = np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1]))
    groups = Groups(np.arange(len(numbers)), starts, np.diff(np.append(starts, len(numbers))))
    settled = ordered.select(OCCURRENCE_SCHEMA.keys()).with_columns(
        start_char=pl.col("start_char") - pl.Series(groups.spread(_count_alike(ordered, groups, "before")), dtype=pl.Int32),
        end_char=pl.col("end_char") + pl.Series(groups.spread(_count_alike(ordered, groups, "after")), dtype=pl.Int32),
    )
    is_long = pl.col("end_char") - pl.col("start_char") >= MIN_PASSAGE_CHARS
    firsts = settled[starts].filter(is_long).unique(["document_no", "ordinal", "start_char", "end_char"], keep="first", maintain_order=True)
    return settled.join(firsts.select("passage_no"), on="passage_no", how="semi", maintain_order="left")


def _count_alike(occurrences: pl.DataFrame, groups: Groups, side: str) -> np.ndarray:
    """Count the characters next to a passage that all its occurrences have in common, from the passage outwards."""
    alike = np.ones(len(groups.sizes), dtype=bool)
    n_alike = np.zeros(len(groups.sizes), dtype=np.int64)
    for distance in range(1, MARGIN + 1):
        codes = occurrences[f"{side}_{distance}"].to_numpy()
        alike &= groups.agree(codes) & (codes[groups.starts] != 0)
        n_alike += alike
    return n_alike
