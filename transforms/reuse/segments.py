"""Anchors in, segments out: anchors that follow each other in every document that holds them count as one.

A passage has an anchor every few characters, but most of them always stand behind the same neighbour. Only those that do not begin a
segment, so the corpus step sees one row for a stretch of text where the shards have many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from transforms.reuse.anchors import GRAM, WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterable

SEGMENT_SCHEMA = {
    "anchor_no": pl.UInt32,
    "row": pl.UInt32,
    "document_no": pl.UInt32,
    "start_char": pl.Int32,
    "end_char": pl.Int32,
    "is_linked": pl.Boolean,
}


class Survey(NamedTuple):
    """What the corpus knows of each anchor, by its number.

    `n_places`: in how many places it stands, 0 where all are in one document; `is_uniform`: whether the step from the anchor before it is
    the same everywhere.
    """

    n_places: np.ndarray
    is_uniform: np.ndarray


def survey_anchors(shards: Iterable[pl.DataFrame], n_anchors: int) -> Survey:
    """Survey the anchors that stand in two or more documents.

    In: the anchors of each shard (`locate_anchors`), one after the other, and how many different ones there are.
    """
    n_places = np.zeros(n_anchors, dtype=np.uint32)
    steps, documents = _Agreement(n_anchors, np.uint64), _Agreement(n_anchors, np.uint32)
    for anchors in shards:
        numbers = anchors["anchor_no"].to_numpy()
        is_new = n_places[numbers] == 0
        steps.meet(numbers, is_new, tell_steps(anchors, _follow(anchors)))
        documents.meet(numbers, is_new, anchors["document_no"].to_numpy())
        np.add.at(n_places, numbers, np.uint32(1))
    n_places[~documents.varies] = 0
    return Survey(n_places, ~steps.varies & (steps.values != 0))


class _Agreement:
    """The value that each anchor was met with, and whether it was met with another one too."""

    def __init__(self, n_anchors: int, dtype: type[np.unsignedinteger]) -> None:
        self.values = np.zeros(n_anchors, dtype=dtype)
        self.varies = np.zeros(n_anchors, dtype=bool)

    def meet(self, numbers: np.ndarray, is_new: np.ndarray, values: np.ndarray) -> None:
        self.values[numbers[is_new]] = values[is_new]
        self.varies[numbers[self.values[numbers] != values]] = True


def join_segments(anchors: pl.DataFrame, survey: Survey) -> pl.DataFrame:
    """Join a shard's anchors into segments.

    In: the anchors of a shard as `locate_anchors` gives them, the survey of the corpus. Out: `SEGMENT_SCHEMA`: the anchor that begins the
    segment, where it starts and where the last anchor's gram ends, and whether it overlaps the segment before. An anchor that always
    follows one and the same anchor, which stands nowhere else, goes on with the segment.
    """
    numbers = anchors["anchor_no"].to_numpy()
    n_places = survey.n_places[numbers]
    n_before = np.append(np.uint32(0), n_places[:-1])[: len(n_places)]
    goes_on = survey.is_uniform[numbers] & (n_places == n_before)
    is_linked = _follow(anchors) & (n_before > 0)
    kept = np.flatnonzero(n_places)
    begins = np.flatnonzero(~goes_on[kept])
    firsts, lasts = kept[begins], kept[np.append(begins[1:], len(kept))[: len(begins)] - 1]
    ends = anchors["start_char"].to_numpy()[lasts] + np.int32(GRAM)
    return anchors[firsts].with_columns(end_char=pl.Series(ends), is_linked=pl.Series(is_linked[firsts])).select(SEGMENT_SCHEMA.keys())


def _follow(anchors: pl.DataFrame) -> np.ndarray:
    """Tell which anchors overlap the one before so far that no passage ends in between."""
    rows, starts = anchors["row"].to_numpy(), anchors["start_char"].to_numpy()
    follows = np.zeros(len(rows), dtype=bool)
    follows[1:] = (rows[1:] == rows[:-1]) & (np.diff(starts) <= WINDOW)
    return follows


def tell_steps(anchors: pl.DataFrame, is_linked: np.ndarray) -> np.ndarray:
    """Return the step from the anchor before each: its number and the distance, in one; 0 where they are not linked."""
    numbers, starts = anchors["anchor_no"].to_numpy().astype(np.uint64), anchors["start_char"].to_numpy()
    steps = np.zeros(len(numbers), dtype=np.uint64)
    steps[1:] = (numbers[:-1] << np.uint64(32)) | np.diff(starts).astype(np.uint32)
    steps[~is_linked] = 0
    return steps
