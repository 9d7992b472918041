"""Passages that stand in several documents: built shards and their canonical documents in; main.reuse and its occurrences out.

Shards are asked again and again, each time with what the corpus knows by then: which anchors they have, where the repeated ones stand,
which of them always stand together, and what stands around. Their texts and anchors wait in the candidate's work folder in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from flows.building import PART
from flows.reading import read_frame, write_frames
from flows.relating import HandedOver, hand_over_tables
from schemas.reuse import REUSE, REUSE_OCCURRENCES
from transforms.code_points import Laid
from transforms.reuse import (
    Paragraphs,
    deal_out,
    find_passages,
    join_segments,
    lay_paragraphs,
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

    from flows.building import BuiltShard
    from flows.progress import Progress
    from flows.submit import Submit
    from transforms.reuse.anchors import Marks
    from transforms.reuse.segments import Survey


def find_reuse(built: list[BuiltShard], choice: pl.DataFrame, candidate: Path, submit: Submit, progress: Progress) -> HandedOver:
    """Find the passages that canonical documents share, and hand them over."""
    canonical = choice.filter("is_canonical").select("document_id").sort("document_id").with_row_index("document_no")
    work = candidate / "work"
    work.mkdir(exist_ok=True)
    numbers = [canonical.join(_list_documents(shard), on="document_id", how="semi", maintain_order="left") for shard in built]
    progress.gather("sample passages", [submit(sample_shard, *shard, work) for shard in zip(built, numbers, strict=True)])
    [repeated] = progress.gather("mark repeated passages", [submit(mark_in_corpus, built, work)])
    progress.gather("locate repeated passages", [submit(locate_in_shard, shard, repeated, work) for shard in built])
    [survey] = progress.gather("survey passages", [submit(survey_corpus, built, len(repeated.hashes), work)])
    segments = progress.gather("join passages", [submit(join_in_shard, shard, survey, work) for shard in built])
    del repeated, survey
    [passages] = progress.gather("compare passages", [submit(find_passages, pl.concat(segments))])
    del segments
    dealt = deal_out(passages, numbers)
    asked = [submit(read_around, shard, passages[rows], work) for shard, rows in zip(built, dealt.rows, strict=True)]
    margins = dealt.collect(progress.gather("read around passages", asked))
    [settled] = progress.gather("settle passages", [submit(settle_passages, passages, margins)])
    del passages, margins
    firsts = settled.unique("passage_no", keep="first", maintain_order=True)
    asked = [submit(read_texts, shard, firsts[rows], work) for shard, rows in zip(built, deal_out(firsts, numbers).rows, strict=True)]
    texts = pl.concat(progress.gather("read passages", asked))
    [handed] = progress.gather("hand over passages", [submit(hand_over_reuse, settled, texts, canonical, candidate)])
    return handed


def sample_shard(built: BuiltShard, canonical: pl.DataFrame, work: Path) -> None:
    """Sample what a shard's canonical documents say; their texts and the sample wait in `work`."""
    folder = built.folder / "parquet" / "main" / "paragraphs"
    paragraphs = lay_paragraphs(read_frame(folder, PART, ["document_id", "ordinal", "text"]), canonical)
    ends = pl.Series("end", paragraphs.laid.ends, dtype=pl.Int64)
    write_frames({f"paragraphs-{built.part}": paragraphs.rows.with_columns(ends)}, work)
    np.save(work / f"codes-{built.part}.npy", paragraphs.laid.codes)
    np.save(work / f"sample-{built.part}.npy", sample_passages(paragraphs))


def mark_in_corpus(built: list[BuiltShard], work: Path) -> Marks:
    """Mark the anchors that the samples of all shards have in more than one document."""
    return mark_repeated([np.load(work / f"sample-{shard.part}.npy", mmap_mode="r") for shard in built])


def locate_in_shard(built: BuiltShard, repeated: Marks, work: Path) -> None:
    """Locate the repeated anchors in a shard's canonical documents; they wait in `work`."""
    write_frames({f"anchors-{built.part}": locate_anchors(_read_paragraphs(built, work), repeated)}, work)


def survey_corpus(built: list[BuiltShard], n_anchors: int, work: Path) -> Survey:
    """Survey the anchors of all shards, one shard at a time."""
    return survey_anchors((read_frame(work, f"anchors-{shard.part}") for shard in built), n_anchors)


def join_in_shard(built: BuiltShard, survey: Survey, work: Path) -> pl.DataFrame:
    """Join a shard's anchors that always stand together."""
    return join_segments(read_frame(work, f"anchors-{built.part}"), survey)


def read_around(built: BuiltShard, passages: pl.DataFrame, work: Path) -> pl.DataFrame:
    """Read what stands next to the passages in a shard's canonical documents."""
    return read_margins(passages, _read_paragraphs(built, work))


def read_texts(built: BuiltShard, firsts: pl.DataFrame, work: Path) -> pl.DataFrame:
    """Read the passages that stand in a shard's documents first."""
    return read_passages(firsts, _read_paragraphs(built, work))


def hand_over_reuse(settled: pl.DataFrame, texts: pl.DataFrame, canonical: pl.DataFrame, candidate: Path) -> HandedOver:
    """Hand over the passages and where they stand."""
    parts = tabulate_reuse(settled, texts, canonical["document_id"])
    handed = [
        hand_over_tables({REUSE: reuse, REUSE_OCCURRENCES: occurrences}, candidate, f"{number:06d}")
        for number, (reuse, occurrences) in enumerate(parts)
    ]
    rows = {name: sum(part.counts["rows"][name] for part in handed) for name in (REUSE.name, REUSE_OCCURRENCES.name)}
    return HandedOver(pl.concat(part.checks for part in handed), {"rows": rows})


def _list_documents(built: BuiltShard) -> pl.DataFrame:
    return built.sources.select(document_id="source_key")


def _read_paragraphs(built: BuiltShard, work: Path) -> Paragraphs:
    rows = read_frame(work, f"paragraphs-{built.part}")
    ends = rows["end"].to_numpy()
    laid = Laid(np.load(work / f"codes-{built.part}.npy"), np.append(0, ends)[:-1], ends)
    return Paragraphs(rows.drop("end"), laid)
