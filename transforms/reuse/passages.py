"""Anchors of the corpus in, passages out: what the occurrences of an anchor have in common to its left and right.

All places with one anchor are occurrences of one passage, as long as they all agree. Passages that fewer documents share, and that are
longer for it, show by an anchor of their own, so every passage is as long as its documents allow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from transforms.code_points import SPREAD, lay_texts, mix
from transforms.reuse.anchors import GRAM, MIN_PASSAGE_CHARS, WINDOW

MARGIN = WINDOW - 1  # characters: beyond its outermost anchors a passage goes on for fewer than a window

OCCURRENCE_SCHEMA = {
    "passage_no": pl.UInt32,
    "document_no": pl.UInt32,
    "ordinal": pl.Int32,
    "start_char": pl.Int32,
    "end_char": pl.Int32,
}


class _Groups(NamedTuple):
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

    def keep(self, is_kept: np.ndarray) -> _Groups:
        """Keep some of the groups."""
        sizes = self.sizes[is_kept]
        return _Groups(self.rows[self.spread(is_kept)], np.cumsum(sizes) - sizes, sizes)


class _Chains(NamedTuple):
    """Anchors in the order of the corpus, each linked to the one before it where the two overlap."""

    links: np.ndarray  # hash of the step from the anchor before to this one: both hashes and their distance; 0 where there is none
    sums: np.ndarray  # weighed sums of the links up to each place, to compare stretches of links at once
    n_before: np.ndarray  # how many linked anchors stand before in the chain
    n_after: np.ndarray


def find_passages(anchors: pl.DataFrame) -> pl.DataFrame:
    """Find the passages that anchors of two or more documents lie in, up to their outermost common anchors.

    In: `ANCHOR_SCHEMA`, of all shards. Out: `OCCURRENCE_SCHEMA`, sorted: passage_no counts the passages by their first occurrence;
    start_char and end_char span the anchors' 12-grams. `settle_passages` adds what is common beyond them.
    """
    # The second pass leaves out what the first found in one document only, so that chains hold repeated anchors alone.
    for _ in range(2):
        anchors = anchors.sort("document_no", "ordinal", "start_char")
        groups = _group_by_hash(anchors["hash"].to_numpy())
        documents = anchors["document_no"].to_numpy()[groups.rows]
        if not len(documents):
            return pl.DataFrame(schema=OCCURRENCE_SCHEMA)
        is_shared = ~groups.agree(documents)
        if is_shared.all():
            break
        anchors = anchors[np.sort(groups.keep(is_shared).rows)]
    chains = _link_anchors(anchors)
    heads = groups.keep(_begin_passages(groups, chains))
    n_left = _count_common(heads, chains, -1)
    n_right = _count_common(heads, chains, 1)
    return _number_passages(anchors, heads, n_left, n_right)


def _group_by_hash(hashes: np.ndarray) -> _Groups:
    rows = np.argsort(hashes, kind="stable")
    ordered = hashes[rows]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    return _Groups(rows, starts, np.diff(np.append(starts, len(rows))))


def _link_anchors(anchors: pl.DataFrame) -> _Chains:
    hashes, starts = anchors["hash"].to_numpy(), anchors["start_char"].to_numpy()
    paragraph = (anchors["document_no"].to_numpy().astype(np.uint64) << np.uint64(32)) | anchors["ordinal"].to_numpy().astype(np.uint64)
    distance = np.diff(starts, prepend=0).astype(np.uint64)
    is_linked = np.append(False, (paragraph[1:] == paragraph[:-1]) & (np.diff(starts) <= WINDOW))[: len(hashes)]
    links = mix(hashes + mix(np.roll(hashes, 1) * SPREAD + distance)) | np.uint64(1)
    links[~is_linked] = 0
    places = np.arange(len(hashes))
    n_before = places - np.maximum.accumulate(np.where(is_linked, 0, places))
    chain_ends = np.append(~is_linked[1:], True)
    n_after = np.minimum.accumulate(np.where(chain_ends, places, len(hashes))[::-1])[::-1] - places
    return _Chains(links, np.cumsum(links * _powers(len(hashes))), n_before, n_after)


def _powers(n: int, *, is_inverse: bool = False) -> np.ndarray:
    """Return the powers of an odd number, or of its inverse, modulo 2 ** 64."""
    base = int(SPREAD) if not is_inverse else pow(int(SPREAD), -1, 1 << 64)
    powers = np.full(n, base, dtype=np.uint64)
    powers[:1] = 1
    return np.multiply.accumulate(powers)


def _begin_passages(groups: _Groups, chains: _Chains) -> np.ndarray:
    """Tell which groups begin a passage: not those that always follow one and the same anchor, which follows nowhere less often."""
    links = chains.links[groups.rows]
    size_of_row = np.empty(len(groups.rows), dtype=np.int64)
    size_of_row[groups.rows] = groups.spread(groups.sizes)
    first = groups.rows[groups.starts]
    follows = groups.agree(links) & (links[groups.starts] != 0) & (size_of_row[first - 1] == groups.sizes)
    return ~follows


def _count_common(groups: _Groups, chains: _Chains, direction: int) -> np.ndarray:
    """Count for each group how many anchors on one side all its rows have in common, by bisection."""
    rows = groups.rows
    inverse = _powers(len(chains.links), is_inverse=True)[rows]
    available = (chains.n_after if direction > 0 else chains.n_before)[rows]
    low = np.zeros(len(groups.sizes), dtype=np.int64)
    high = np.minimum.reduceat(available, groups.starts) if len(rows) else low
    while (low < high).any():
        middle = (low + high + 1) // 2
        steps = groups.spread(middle)
        last, before = (rows + steps, rows) if direction > 0 else (rows, rows - steps)
        agree = groups.agree((chains.sums[last] - chains.sums[before]) * inverse)
        low = np.where(agree, middle, low)
        high = np.where(agree, high, middle - 1)
    return low


def _number_passages(anchors: pl.DataFrame, heads: _Groups, n_left: np.ndarray, n_right: np.ndarray) -> pl.DataFrame:
    """Give the occurrences of each passage; passages found by several anchors are kept once."""
    starts = anchors["start_char"].to_numpy()
    first_anchor = heads.rows - heads.spread(n_left)
    last_anchor = heads.rows + heads.spread(n_right)
    begins = pl.DataFrame({"first": first_anchor[heads.starts], "last": last_anchor[heads.starts]}).with_row_index("head")
    kept = begins.unique(["first", "last"], keep="first", maintain_order=True).sort("first", "last")
    passage_of_head = np.full(len(heads.sizes), -1, dtype=np.int64)
    passage_of_head[kept["head"].to_numpy()] = np.arange(kept.height)
    passage = heads.spread(passage_of_head)
    is_kept = passage >= 0
    places = first_anchor[is_kept]
    return pl.DataFrame(
        {
            "passage_no": passage[is_kept],
            "document_no": anchors["document_no"].to_numpy()[places],
            "ordinal": anchors["ordinal"].to_numpy()[places],
            "start_char": starts[places],
            "end_char": starts[last_anchor[is_kept]] + GRAM,
        },
        schema=OCCURRENCE_SCHEMA,
    ).sort("passage_no", "document_no", "ordinal", "start_char")


def read_margins(occurrences: pl.DataFrame, paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Read what stands next to the occurrences in a shard: + `before` and `after`, at most `MARGIN` characters each.

    In: occurrences with document_id, `paragraphs` (document_id, ordinal, text). Occurrences of other shards' documents are left out.
    """
    margin_start = (pl.col("start_char") - MARGIN).clip(lower_bound=0)
    return (
        occurrences.join(paragraphs.select("document_id", "ordinal", "text"), on=["document_id", "ordinal"])
        .with_columns(
            before=pl.col("text").str.slice(margin_start, pl.col("start_char") - margin_start),
            after=pl.col("text").str.slice(pl.col("end_char"), MARGIN),
        )
        .drop("text")
    )


def settle_passages(occurrences: pl.DataFrame) -> pl.DataFrame:
    """Lengthen each passage by what all its occurrences have in common next to it, and leave out those that stay too short.

    In: occurrences with `before` and `after` (`read_margins`, all shards). Out: the occurrences without these columns, start_char and
    end_char settled, sorted by passage_no, document_no, ordinal, start_char; no two passages are the same.
    """
    if occurrences.is_empty():
        return occurrences.drop("before", "after")
    ordered = occurrences.sort("passage_no", "document_no", "ordinal", "start_char")
    numbers = ordered["passage_no"].to_numpy()
    starts = np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1]))
    groups = _Groups(np.arange(len(numbers)), starts, np.diff(np.append(starts, len(numbers))))
    before = _count_alike(ordered["before"].str.pad_start(MARGIN, "\0"), groups, is_reversed=True)
    after = _count_alike(ordered["after"].str.pad_end(MARGIN, "\0"), groups, is_reversed=False)
    settled = ordered.drop("before", "after").with_columns(
        start_char=pl.col("start_char") - pl.Series(groups.spread(before), dtype=pl.Int32),
        end_char=pl.col("end_char") + pl.Series(groups.spread(after), dtype=pl.Int32),
    )
    firsts = settled.unique("passage_no", keep="first", maintain_order=True).filter(
        pl.col("end_char") - pl.col("start_char") >= MIN_PASSAGE_CHARS
    )
    distinct = firsts.unique(["document_no", "ordinal", "start_char", "end_char"], keep="first", maintain_order=True)
    return settled.join(distinct.select("passage_no"), on="passage_no", how="semi", maintain_order="left")


def _count_alike(margins: pl.Series, groups: _Groups, *, is_reversed: bool) -> np.ndarray:
    """Count the characters that all margins of a group have in common, from the passage outwards."""
    codes = lay_texts(margins).codes.reshape(-1, MARGIN)
    alike = np.ones(len(groups.sizes), dtype=bool)
    n_alike = np.zeros(len(groups.sizes), dtype=np.int64)
    for column in reversed(range(MARGIN)) if is_reversed else range(MARGIN):
        letters = codes[:, column]
        alike &= groups.agree(letters) & (letters[groups.starts] != 0)
        n_alike += alike
    return n_alike
