"""Anchors in, segments out: anchors that follow each other in every document that holds them count as one.

A passage has an anchor every few characters, but most of them always stand behind the same neighbour. Only those that do not begin a
segment, so the corpus step sees one row for a stretch of text where the shards have many.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.reuse.anchors import GRAM
from transforms.reuse.groups import group_by_hash, sort_roughly

SURVEYED = ("hash", "link", "document_no")  # what a survey needs of anchors
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

    In: all anchors of the corpus (`SURVEYED`) within a range of hashes; the surveys of rising ranges, one after the other, are that of
    all. Out: `SURVEY_SCHEMA`, sorted by hash: in how many places an anchor stands, and whether the step from the anchor before it is the
    same everywhere.
    """
    if anchors.is_empty():
        return pl.DataFrame(schema=SURVEY_SCHEMA)
    hashes, links, documents = (anchors[name].to_numpy() for name in SURVEYED)
    groups = group_by_hash(hashes)
    firsts = groups.rows[groups.starts]
    is_shared = ~groups.agree(documents[groups.rows])
    is_uniform = groups.agree(links[groups.rows]) & (links[firsts] != 0)
    surveyed = {"hash": hashes[firsts], "n_places": groups.sizes, "is_uniform": is_uniform}
    return pl.DataFrame({name: values[is_shared] for name, values in surveyed.items()}, schema=SURVEY_SCHEMA)


def join_segments(anchors: pl.DataFrame, survey: pl.DataFrame) -> pl.DataFrame:
    """Join a shard's anchors into segments.

    In: the anchors of a shard as `locate_anchors` gives them, the survey of the corpus, sorted by hash. Out: `SEGMENT_SCHEMA`: hash of the
    anchor that begins the segment, where it starts and where the last anchor's gram ends, and whether it overlaps the segment before. An
    anchor that always follows one and the same anchor, which stands nowhere else, goes on with the segment.
    """
    surveyed = anchors.with_columns(**_look_up(anchors["hash"].to_numpy(), survey))
    goes_on = pl.col("is_uniform") & (pl.col("n_places") == pl.col("n_places").shift(1))
    is_linked = (pl.col("link") != 0) & (pl.col("n_places").shift(1) > 0)
    return (
        surveyed.with_columns(begins=~goes_on.fill_null(value=False), is_linked=is_linked.fill_null(value=False))
        .filter(pl.col("n_places") > 0)
        .with_columns(segment=pl.col("begins").cum_sum())
        .with_columns(is_last=(pl.col("segment") != pl.col("segment").shift(-1)).fill_null(value=True))
        .with_columns(end_char=pl.when("is_last").then(pl.col("start_char") + GRAM).backward_fill())
        .filter("begins")
        .select(SEGMENT_SCHEMA.keys())
    )


def _look_up(hashes: np.ndarray, survey: pl.DataFrame) -> dict[str, pl.Series]:
    """Return what the survey says of each hash, 0 and false where it says nothing: by bisection, for it is much longer than a shard."""
    surveyed = survey["hash"].to_numpy()
    rows = sort_roughly(hashes)  # to look up rising hashes keeps the search in the cache
    places = np.minimum(np.searchsorted(surveyed, hashes[rows]), max(0, len(surveyed) - 1))
    is_found = surveyed[places] == hashes[rows] if len(surveyed) else np.zeros(len(rows), dtype=bool)
    rows, places = rows[is_found], places[is_found]
    told = {}
    for name in ("n_places", "is_uniform"):
        says = survey[name].to_numpy()
        told[name] = np.zeros(len(hashes), dtype=says.dtype)
        told[name][rows] = says[places]
    return {name: pl.Series(values) for name, values in told.items()}
