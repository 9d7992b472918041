"""Sketches of the whole corpus in, pairs of documents that may be duplicates out.

Hashes that two documents share are counted between them. A hash that many documents hold says little: its holders are compared only
with the few of them that would be canonical, so that a page copied a thousand times costs a thousand comparisons, not half a million.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from transforms.duplicates.sketches import group_exact_copies, mask_of, rate_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.duplicates.sketches import Sketches

# Among at most so many holders of a hash each is compared with each; of more, only with the first few of them.
MAX_HOLDERS = 50
FIRST_HOLDERS = 4
# A pair is worth verifying from this share of the larger sketch on: pages edited in a tenth of their letters share 0.59 of their
# 5-grams, and a revision of a law from 0.42 on; of a sample so small 0.12 less is chance.
MIN_SHARE = 0.3
MAX_STEPS = 2  # between the rates of a pair's texts: one of a quarter of the other's length cannot share enough
MIN_RARE = 3  # rare hashes, where only they are counted
BLOCK_PAIRS = 1 << 18  # pairs counted at a time: bounds memory whatever the corpus, and they are sorted in the cache

LOWER_HALF = np.uint64(0xFFFF_FFFF)
PAIR_SCHEMA = {"better_no": pl.UInt32, "worse_no": pl.UInt32}


class _Entries(NamedTuple):
    """Who holds which sampled hash, sorted by hash and holder: arrays of one entry a holder of a hash."""

    hashes: np.ndarray
    holders: np.ndarray
    first: np.ndarray  # where the hash's first entry stands
    n_partners: np.ndarray  # how many of the entries from there on the holder is compared with
    is_popular: np.ndarray


def find_candidates(sketches: Sketches) -> pl.DataFrame:
    """Find pairs of documents whose sketches overlap, exact copies left out.

    In: pooled sketches (document_no is the place in the order of preference). Out: `PAIR_SCHEMA`, sorted; of exact copies only the
    first is compared. A pair has at least `MIN_SHARE` of the larger sketch in common, popular hashes counted or left out.
    """
    entries = _pair_holders(sketches)
    sizes = _count_hashes(entries, sketches.documents["n_letters"].to_numpy())
    found = [_count_shared(block, entries, sizes) for block in _cut_blocks(entries)]
    return pl.concat([pl.DataFrame(schema=PAIR_SCHEMA), *found]).sort("better_no", "worse_no")


def _pair_holders(sketches: Sketches) -> _Entries:
    is_first = group_exact_copies(sketches.documents).to_numpy() == np.arange(sketches.documents.height)
    numbers = sketches.hashes["document_no"].to_numpy()
    kept = is_first[numbers]
    keys = (sketches.hashes["hash"].to_numpy()[kept].astype(np.uint64) << np.uint64(32)) | numbers[kept].astype(np.uint64)
    keys.sort()
    hashes = (keys >> np.uint64(32)).astype(np.uint32)
    holders = (keys & LOWER_HALF).astype(np.uint32)
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])[: len(hashes)])
    sizes = np.diff(np.append(starts, len(hashes)))
    first = np.repeat(starts, sizes)
    is_popular = np.repeat(sizes > MAX_HOLDERS, sizes)
    before = np.arange(len(hashes)) - first
    return _Entries(hashes, holders, first, np.where(is_popular, np.minimum(before, FIRST_HOLDERS), before), is_popular)


class _Sizes(NamedTuple):
    """How many hashes documents hold: all of them and the rare ones, at their own rate and at the next coarser ones."""

    rates: np.ndarray
    n_hashes: np.ndarray
    n_rare: np.ndarray
    least_shared: np.ndarray  # what a document's own sketch asks of those after it: most pairs share less, a hash or two by chance

    def of_larger(self, n_hashes: np.ndarray, better: np.ndarray, worse: np.ndarray) -> np.ndarray:
        """Return the size of each pair's larger sketch at the rate of the longer, the better; infinite where the worse is too short."""
        steps = self.rates[better] - self.rates[worse]
        sizes = np.maximum(n_hashes[better, 0], n_hashes[worse, np.minimum(steps, MAX_STEPS)])
        return np.where(steps > MAX_STEPS, np.inf, sizes)


def _count_hashes(entries: _Entries, n_letters: np.ndarray) -> _Sizes:
    rates = rate_of(n_letters)
    n_hashes, n_rare = (
        _count_held(entries.hashes[is_counted], entries.holders[is_counted], rates) for is_counted in (slice(None), ~entries.is_popular)
    )
    least_shared = np.minimum(MIN_SHARE * n_hashes[:, 0], np.maximum(MIN_SHARE * n_rare[:, 0], MIN_RARE))
    return _Sizes(rates, n_hashes, n_rare, least_shared)


def _count_held(hashes: np.ndarray, holders: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Count the hashes of each document at its own rate and the next coarser ones, one column each."""
    counts = np.zeros((len(rates), MAX_STEPS + 1), dtype=np.int64)
    for steps in range(MAX_STEPS + 1):
        is_kept = hashes & mask_of(rates + np.uint32(steps))[holders] == 0
        hashes, holders = hashes[is_kept], holders[is_kept]
        counts[:, steps] = np.bincount(holders, minlength=len(rates))
    return counts


def _cut_blocks(entries: _Entries) -> Iterator[np.ndarray]:
    """Cut the entries that have partners into blocks of bounded pairs that keep each holder's entries together."""
    paired = np.flatnonzero(entries.n_partners)
    order = (np.sort((entries.holders[paired].astype(np.uint64) << np.uint64(32)) | paired.astype(np.uint64)) & LOWER_HALF).astype(np.int64)
    if not len(order):
        return
    held = entries.holders[order]
    ends = np.flatnonzero(np.append(held[1:] != held[:-1], True)) + 1
    block = (np.cumsum(entries.n_partners[order])[ends - 1] - 1) // BLOCK_PAIRS
    cuts = ends[np.flatnonzero(np.append(block[1:] != block[:-1], True))]
    yield from np.split(order, cuts[:-1])


def _count_shared(block: np.ndarray, entries: _Entries, sizes: _Sizes) -> pl.DataFrame:
    """Count for the holders of some entries the hashes they share with documents before them, and keep the pairs that share enough."""
    repeats = entries.n_partners[block]
    ends = np.cumsum(repeats)
    partners = np.repeat(entries.first[block] - (ends - repeats), repeats)
    partners += np.arange(ends[-1])
    keys = np.repeat((entries.holders[block].astype(np.uint64) << np.uint64(33)) | entries.is_popular[block], repeats)
    keys |= entries.holders[partners].astype(np.uint64) << np.uint64(1)
    keys.sort()
    pairs = keys >> np.uint64(1)
    starts = np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1]))
    n_shared = np.diff(np.append(starts, len(pairs)))
    better = (pairs[starts] & LOWER_HALF).astype(np.uint32)
    likely = np.flatnonzero(n_shared >= sizes.least_shared[better])
    starts, n_shared, better = starts[likely], n_shared[likely], better[likely]
    worse = (pairs[starts] >> np.uint64(32)).astype(np.uint32)
    n_popular = np.append(0, np.cumsum(keys & np.uint64(1)))
    n_shared_rare = n_shared - (n_popular[starts + n_shared] - n_popular[starts]).astype(np.int64)
    shares_enough = n_shared >= MIN_SHARE * sizes.of_larger(sizes.n_hashes, better, worse)
    shares_rare = (n_shared_rare >= MIN_SHARE * sizes.of_larger(sizes.n_rare, better, worse)) & (n_shared_rare >= MIN_RARE)
    is_candidate = shares_enough | shares_rare
    return pl.DataFrame({"better_no": better[is_candidate], "worse_no": worse[is_candidate]}, schema=PAIR_SCHEMA)
