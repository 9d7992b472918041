"""Passages up to their outermost anchors in, how far they go on beyond them out.

The first occurrence of each passage tells what stands next to it; all the others are compared with that, each where its shard is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from transforms.reuse.passages import MARGIN, Settling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transforms.code_points import Laid

SIDES = ("before", "after")
COMMON_SCHEMA = {"passage_no": pl.UInt32, "before": pl.UInt8, "after": pl.UInt8}


def read_margins(firsts: pl.DataFrame, laid: Laid) -> pl.DataFrame:
    """Read what stands next to the first occurrences of passages in a shard.

    In: passage_no and the occurrence (row of the shard, start_char, end_char); the shard's rows, laid. Out: passage_no and code points
    by distance (`before_0`, …, `after_0`, …: UInt32), 0 where the text ends.
    """
    codes = {name: codes.astype(np.uint32) for name, _, codes in _read_codes(firsts, laid)}
    return pl.DataFrame({"passage_no": firsts["passage_no"], **codes})


def compare_margins(occurrences: pl.DataFrame, margins: pl.DataFrame, laid: Laid) -> pl.DataFrame:
    """Count the characters next to each passage that its occurrences in a shard have in common with its first one.

    In: occurrences as for `read_margins`, sorted by passage_no; the margins of all passages, by passage_no. Out:
    `COMMON_SCHEMA`, in characters from the passage outwards.
    """
    passages = occurrences["passage_no"].to_numpy()
    starts = np.flatnonzero(np.append(True, passages[1:] != passages[:-1])[: len(passages)])
    alike, n_alike = np.empty(0, dtype=bool), dict.fromkeys(SIDES, np.zeros(len(starts), dtype=np.uint8))
    for name, side, codes in _read_codes(occurrences, laid):
        if name.endswith("_0"):
            alike = np.ones(len(starts), dtype=bool)
        firsts = margins[name].to_numpy()[passages]
        if len(starts):
            alike &= np.logical_and.reduceat((codes == firsts) & (firsts != 0), starts)
        n_alike[side] = n_alike[side] + alike
    return pl.DataFrame({"passage_no": passages[starts], **n_alike}, schema=COMMON_SCHEMA)


def settle_margins(compared: Sequence[pl.DataFrame], n_passages: int) -> Settling:
    """Tell of each passage how many characters next to it all its occurrences have, by what `compare_margins` gave of each shard."""
    settling = Settling(*(np.full(n_passages, MARGIN, dtype=np.uint8) for _ in SIDES))
    for part in compared:
        passages = part["passage_no"].to_numpy()
        for side, counts in zip(SIDES, settling, strict=True):
            counts[passages] = np.minimum(counts[passages], part[side].to_numpy())
    return settling


def _read_codes(occurrences: pl.DataFrame, laid: Laid) -> Iterator[tuple[str, str, np.ndarray]]:
    """Read the code points next to occurrences, from the passage outwards: name of the column, side, code points."""
    rows, codes = occurrences["row"].to_numpy(), laid.codes
    starts, ends = laid.starts[rows], laid.ends[rows]
    first, end = starts + occurrences["start_char"].to_numpy(), starts + occurrences["end_char"].to_numpy()
    for distance in range(MARGIN):
        places = first - (1 + distance)
        yield f"before_{distance}", "before", codes.take(places, mode="clip") * (places >= starts)
    for distance in range(MARGIN):
        places = end + distance
        yield f"after_{distance}", "after", codes.take(places, mode="clip") * (places < ends)
