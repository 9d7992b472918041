"""Anchors in, segments out: anchors that follow each other in every document that holds them count as one.

A passage has an anchor every few characters, but most of them always stand behind the same neighbour. Only those that do not begin a
segment, so the corpus step sees one row for a stretch of text where the shards have many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from transforms.reuse.anchors import GRAM, WINDOW
from transforms.reuse.groups import join_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable

SURVEYED_AT_A_TIME = 1 << 17  # anchors: arrays of so many stay near the processor
STEP_BITS = np.uint32(3)  # what a distance of at most WINDOW takes; the other 29 bits number half a billion anchors
NOT_MET = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
LOWER_HALF = np.uint64(0xFFFF_FFFF)

SEGMENT_SCHEMA = {
    "anchor_no": pl.UInt32,
    "document_no": pl.UInt32,
    "row": pl.UInt32,
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


def survey_anchors(shards: Iterable[tuple[pl.DataFrame, pl.Series]], n_anchors: int) -> Survey:
    """Survey the anchors that stand in two or more documents.

    In: the anchors of each shard (`locate_anchors`) and the document_no of its rows, one shard after the other; how many different
    anchors there are.
    """
    n_places = np.zeros(n_anchors, dtype=np.uint32)
    met = np.full(n_anchors, NOT_MET, dtype=np.uint64)  # with what each was met first: step from the anchor before, document
    has_other_steps, has_other_documents = np.zeros((2, n_anchors), dtype=bool)
    for anchors, document_no in shards:
        documents = document_no.to_numpy()
        for first in range(0, anchors.height, SURVEYED_AT_A_TIME):
            numbers, facts = _read_facts(anchors, documents, first)
            known = met[numbers]
            new = np.flatnonzero(known == NOT_MET)
            met[numbers[new]] = facts[new]
            known[new] = met[numbers[new]]
            facts ^= known
            has_other_documents[numbers[facts.astype(np.uint32) != 0]] = True
            has_other_steps[numbers[facts > LOWER_HALF]] = True
            np.add.at(n_places, numbers, np.uint32(1))
    n_places[~has_other_documents] = 0
    return Survey(n_places, ~has_other_steps & (met > LOWER_HALF))


def _read_facts(anchors: pl.DataFrame, documents: np.ndarray, first: int) -> tuple[np.ndarray, np.ndarray]:
    """Return some anchors' numbers, and in one the step from the anchor before each (upper half, 0 where it is far) and its document."""
    before = max(0, first - 1)
    part = anchors[before : first + SURVEYED_AT_A_TIME]
    numbers, rows = part["anchor_no"].to_numpy(), part["row"].to_numpy()
    facts = np.zeros(part.height, dtype=np.uint64)
    steps = (numbers[:-1] << STEP_BITS) + np.diff(part["start_char"].to_numpy()).astype(np.uint32)
    facts[1:] = steps * _follow(part)[1:]
    facts <<= np.uint64(32)
    facts |= documents[rows]
    own = slice(first - before, None)
    return numbers[own].astype(np.int64), facts[own]


def join_segments(anchors: pl.DataFrame, survey: Survey, rows: pl.DataFrame) -> pl.DataFrame:
    """Join a shard's anchors into segments.

    In: the anchors of a shard as `locate_anchors` gives them, the survey of the corpus, and the shard's rows (`list_rows`). Out:
    `SEGMENT_SCHEMA`: the anchor that begins the segment, where it starts and where the last anchor's gram ends, and whether it overlaps
    the segment before. An anchor that always follows one and the same anchor, which stands nowhere else, goes on with the segment.
    """
    numbers = anchors["anchor_no"].to_numpy()
    n_places = survey.n_places[numbers]
    n_before = np.append(np.uint32(0), n_places[:-1])[: len(n_places)]
    goes_on = survey.is_uniform[numbers] & (n_places == n_before)
    is_linked = _follow(anchors) & (n_before > 0)
    kept = np.flatnonzero(n_places)
    begins = np.flatnonzero(~goes_on[kept])
    firsts, lasts = kept[begins], kept[np.append(begins[1:], len(kept))[: len(begins)] - 1]
    starts = anchors["start_char"].to_numpy()
    of_shard = anchors["row"].to_numpy()[firsts]
    return pl.DataFrame(
        {
            "anchor_no": numbers[firsts],
            "document_no": rows["document_no"].to_numpy()[of_shard],
            "row": rows["row"].to_numpy()[of_shard],
            "start_char": starts[firsts],
            "end_char": starts[lasts] + np.int32(GRAM),
            "is_linked": is_linked[firsts],
        },
        schema=SEGMENT_SCHEMA,
    )


class Segments(NamedTuple):
    """The segments of the corpus in the order of its documents: columns of `SEGMENT_SCHEMA` as arrays."""

    anchor_no: np.ndarray
    row: np.ndarray
    start_char: np.ndarray
    end_char: np.ndarray
    is_linked: np.ndarray


def arrange_segments(shards: Iterable[pl.DataFrame], n_segments: np.ndarray) -> Segments:
    """Put the segments of all shards into one order.

    In: the segments of each shard (`join_segments`), one shard after the other; how many segments each document of the corpus has.
    """
    total = int(n_segments.sum())
    arranged = Segments(*(np.empty(total, dtype=dtype) for dtype in (np.uint32, np.uint32, np.int32, np.int32, bool)))
    first_places = np.cumsum(n_segments) - n_segments
    for segments in shards:
        documents = segments["document_no"].to_numpy()
        starts = np.flatnonzero(np.append(True, documents[1:] != documents[:-1])[: len(documents)])
        places = join_ranges(first_places[documents[starts]], np.diff(np.append(starts, len(documents))))
        for name, column in zip(Segments._fields, arranged, strict=True):
            column[places] = segments[name].to_numpy()
    return arranged


def _follow(anchors: pl.DataFrame) -> np.ndarray:
    """Tell which anchors overlap the one before so far that no passage ends in between."""
    rows, starts = anchors["row"].to_numpy(), anchors["start_char"].to_numpy()
    follows = np.zeros(len(rows), dtype=bool)
    follows[1:] = (rows[1:] == rows[:-1]) & (np.diff(starts) <= WINDOW)
    return follows
