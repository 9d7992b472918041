"""Anchors in, segments out: anchors that follow each other in every document that holds them count as one.

A passage has an anchor every few characters, but most of them always stand behind the same neighbour. Only those that do not begin a
segment, so the corpus step sees one row for a stretch of text where the shards have many.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.reuse.anchors import GRAM

SURVEY_SCHEMA = {"hash": pl.UInt64, "n_places": pl.UInt32, "is_uniform": pl.Boolean}
SEGMENT_SCHEMA = {
    "hash": pl.UInt64,
    "document_no": pl.UInt32,
    "ordinal": pl.Int32,
    "start_char": pl.Int32,
    "end_char": pl.Int32,
    "is_linked": pl.Boolean,
}


def survey_anchors(anchors: pl.DataFrame) -> pl.DataFrame:
    """Survey the anchors that stand in two or more documents.

    In: all anchors of the corpus (`ANCHOR_SCHEMA`) within a range of hashes; the surveys of rising ranges, one after the other, are that of
    all. Out: `SURVEY_SCHEMA`, sorted by hash: in how many places an anchor stands, and whether the step from the anchor before it is the
    same everywhere.
    """
    return (
        anchors.group_by("hash")
        .agg(
            n_places=pl.len().cast(pl.UInt32),
            is_uniform=(pl.col("link").min() == pl.col("link").max()) & (pl.col("link").first() != 0),
            is_shared=pl.col("document_no").min() != pl.col("document_no").max(),
        )
        .filter("is_shared")
        .select(SURVEY_SCHEMA.keys())
        .sort("hash")
    )


def join_segments(anchors: pl.DataFrame, survey: pl.DataFrame) -> pl.DataFrame:
    """Join a shard's anchors into segments.

    In: the anchors of a shard as `locate_anchors` gives them, the survey of the corpus, sorted by hash. Out: `SEGMENT_SCHEMA`: hash of the
    anchor that begins the segment, where it starts and where the last anchor's gram ends, and whether it overlaps the segment before. An
    anchor that always follows one and the same anchor, which stands nowhere else, goes on with the segment.
    """
    surveyed = anchors.with_columns(_look_up(anchors["hash"].to_numpy(), survey))
    goes_on = pl.col("is_uniform") & (pl.col("n_places") == pl.col("n_places").shift(1))
    is_linked = (pl.col("link") != 0) & pl.col("n_places").shift(1).is_not_null()
    return (
        surveyed.with_columns(begins=~goes_on.fill_null(value=False), is_linked=is_linked)
        .filter(pl.col("n_places").is_not_null())
        .with_columns(segment=pl.col("begins").cum_sum())
        .with_columns(is_last=(pl.col("segment") != pl.col("segment").shift(-1)).fill_null(value=True))
        .with_columns(end_char=pl.when("is_last").then(pl.col("start_char") + GRAM).backward_fill())
        .filter("begins")
        .select(SEGMENT_SCHEMA.keys())
    )


def _look_up(hashes: np.ndarray, survey: pl.DataFrame) -> list[pl.Series]:
    """Return what the survey says of each hash, null where it says nothing: by bisection, for the survey is much longer than a shard."""
    surveyed = survey["hash"].to_numpy()
    order = np.argsort(hashes)  # to look up rising hashes keeps the search in the cache
    places = np.empty(len(hashes), dtype=np.int64)
    places[order] = np.searchsorted(surveyed, hashes[order])
    is_found = np.append(surveyed, np.uint64(0))[places] == hashes
    row = pl.Series(places).set(pl.Series(~is_found), None)
    return [survey[name].gather(row) for name in ("n_places", "is_uniform")]
