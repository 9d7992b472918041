"""Passages that stand in several documents: built shards and their canonical documents in; main.reuse and its occurrences out.

Shards are asked again and again, each time with what the corpus knows by then: which anchors they have, where the repeated ones stand,
which of them always stand together, and what stands around. No more than the anchors of one shard and what repeats is in memory.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from flows.building import PART
from flows.reading import read_frame, write_frames
from flows.relating import CORPUS_PART, HandedOver, hand_over_tables
from schemas.reuse import REUSE, REUSE_OCCURRENCES
from transforms.reuse import (
    SURVEYED,
    deal_out,
    find_passages,
    join_segments,
    locate_anchors,
    mark_repeated,
    read_margins,
    read_passages,
    sample_passages,
    settle_passages,
    survey_anchors,
    tabulate_reuse,
)

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from flows.building import BuiltShard
    from flows.progress import Progress
    from flows.submit import Submit
    from transforms.reuse.anchors import Marks


ANCHORS_A_SURVEY = 4_000_000  # anchors counted at a time: some 300 MB of memory


def find_reuse(built: list[BuiltShard], choice: pl.DataFrame, candidate: Path, submit: Submit, progress: Progress) -> HandedOver:
    """Find the passages that canonical documents share, and hand them over."""
    canonical = choice.filter("is_canonical").select("document_id").sort("document_id").with_row_index("document_no")
    work = candidate / "work"
    work.mkdir(exist_ok=True)
    numbers = [canonical.join(_list_documents(shard), on="document_id", how="semi", maintain_order="left") for shard in built]
    shards = list(zip(built, numbers, strict=True))
    samples = progress.gather("sample passages", [submit(sample_shard, *shard) for shard in shards])
    [repeated] = progress.gather("mark repeated passages", [submit(mark_repeated, samples)])
    del samples
    located = progress.gather("locate repeated passages", [submit(locate_in_shard, *shard, repeated, work) for shard in shards])
    ranges = cut_hashes(1 + sum(located) // ANCHORS_A_SURVEY)
    surveys = progress.gather("survey passages", [submit(survey_range, built, work, *span) for span in ranges])
    survey = pl.concat(surveys)
    segments = progress.gather("join passages", [submit(join_in_shard, shard, survey, work) for shard in built])
    [passages] = progress.gather("compare passages", [submit(find_passages, pl.concat(segments))])
    dealt = zip(shards, deal_out(passages, numbers), strict=True)
    margins = progress.gather("read around passages", [submit(read_around, *shard, some) for shard, some in dealt])
    [settled] = progress.gather("settle passages", [submit(settle_passages, pl.concat(margins))])
    firsts = settled.unique("passage_no", keep="first", maintain_order=True)
    dealt = zip(shards, deal_out(firsts, numbers), strict=True)
    texts = progress.gather("read passages", [submit(read_texts, *shard, some) for shard, some in dealt])
    [handed] = progress.gather("hand over passages", [submit(hand_over_reuse, settled, pl.concat(texts), canonical, candidate)])
    return handed


def cut_hashes(n_ranges: int) -> list[tuple[int, int]]:
    """Cut the numbers of 64 bits into ranges (first, last), in order."""
    bounds = [(number << 64) // n_ranges for number in range(n_ranges + 1)]
    return [(first, after - 1) for first, after in pairwise(bounds)]


def sample_shard(built: BuiltShard, canonical: pl.DataFrame) -> np.ndarray:
    """Sample what a shard's canonical documents say."""
    return sample_passages(_read_paragraphs(built, canonical))


def locate_in_shard(built: BuiltShard, canonical: pl.DataFrame, repeated: Marks, work: Path) -> int:
    """Locate the repeated anchors in a shard's canonical documents; they wait in `work`. Returns how many there are."""
    anchors = locate_anchors(_read_paragraphs(built, canonical), canonical, repeated)
    write_frames({f"anchors-{built.part}": anchors}, work)
    return anchors.height


def survey_range(built: list[BuiltShard], work: Path, first: int, last: int) -> pl.DataFrame:
    """Survey the anchors of all shards whose hashes lie in a range, both ends included."""
    is_in_range = pl.col("hash").is_between(pl.lit(first, pl.UInt64), pl.lit(last, pl.UInt64))
    columns = list(SURVEYED)
    return survey_anchors(pl.concat(read_frame(work, f"anchors-{shard.part}", columns).filter(is_in_range) for shard in built))


def join_in_shard(built: BuiltShard, survey: pl.DataFrame, work: Path) -> pl.DataFrame:
    """Join a shard's anchors that always stand together."""
    return join_segments(read_frame(work, f"anchors-{built.part}"), survey)


def read_around(built: BuiltShard, canonical: pl.DataFrame, passages: pl.DataFrame) -> pl.DataFrame:
    """Read what stands next to the passages in a shard's canonical documents."""
    return read_margins(passages, _read_paragraphs(built, canonical), canonical)


def read_texts(built: BuiltShard, canonical: pl.DataFrame, firsts: pl.DataFrame) -> pl.DataFrame:
    """Read the passages that stand in a shard's documents first."""
    return read_passages(firsts, _read_paragraphs(built, canonical), canonical)


def hand_over_reuse(settled: pl.DataFrame, texts: pl.DataFrame, canonical: pl.DataFrame, candidate: Path) -> HandedOver:
    """Hand over the passages and where they stand."""
    reuse, occurrences = tabulate_reuse(settled, texts, canonical)
    return hand_over_tables({REUSE: reuse, REUSE_OCCURRENCES: occurrences}, candidate, CORPUS_PART)


def _list_documents(built: BuiltShard) -> pl.DataFrame:
    return built.sources.select(document_id="source_key")


def _read_paragraphs(built: BuiltShard, canonical: pl.DataFrame) -> pl.DataFrame:
    paragraphs = read_frame(built.folder / "parquet" / "main" / "paragraphs", PART, ["document_id", "ordinal", "text"])
    return paragraphs.join(canonical, on="document_id", how="semi", maintain_order="left")
