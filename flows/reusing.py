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
    arrange_segments,
    compare_margins,
    deal_out,
    find_passages,
    join_segments,
    lay_paragraphs,
    list_rows,
    locate_anchors,
    mark_repeated,
    number_rows,
    read_margins,
    read_passages,
    sample_passages,
    settle_margins,
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
    from transforms.reuse.passages import Passages
    from transforms.reuse.segments import Survey

MARGINS = "margins"


def find_reuse(built: list[BuiltShard], choice: pl.DataFrame, candidate: Path, submit: Submit, progress: Progress) -> HandedOver:
    """Find the passages that canonical documents share, and hand them over."""
    canonical = choice.filter("is_canonical").select("document_id").sort("document_id").with_row_index("document_no")
    work = candidate / "work"
    work.mkdir(exist_ok=True)
    numbers = [canonical.join(_list_documents(shard), on="document_id", how="semi", maintain_order="left") for shard in built]
    sampled = progress.gather("sample passages", [submit(sample_shard, *shard, work) for shard in zip(built, numbers, strict=True)])
    rows = number_rows(sampled)
    [repeated] = progress.gather("mark repeated passages", [submit(mark_in_corpus, built, work)])
    progress.gather("locate repeated passages", [submit(locate_in_shard, shard, repeated, work) for shard in built])
    own_rows = [list_rows(rows, shard_no) for shard_no in range(len(built))]
    [survey] = progress.gather("survey passages", [submit(survey_corpus, built, own_rows, len(repeated.hashes), work)])
    joined = zip(built, own_rows, strict=True)
    n_segments = progress.gather("join passages", [submit(join_in_shard, *shard, survey, canonical.height, work) for shard in joined])
    del repeated, survey
    [passages] = progress.gather("compare passages", [submit(find_in_corpus, built, sum(n_segments), work)])
    passages = _settle(built, passages, rows, work, submit=submit, progress=progress)
    firsts = deal_out(passages.list_firsts().with_row_index("passage_no"), rows, len(built))
    texts = progress.gather("read passages", [submit(read_texts, *shard, work) for shard in zip(built, firsts, strict=True)])
    ids = canonical["document_id"]
    [handed] = progress.gather("hand over passages", [submit(hand_over_reuse, passages, pl.concat(texts), rows, ids, candidate)])
    return handed


def _settle(built: list[BuiltShard], passages: Passages, rows: pl.DataFrame, work: Path, *, submit: Submit, progress: Progress) -> Passages:
    """See how far passages go on beyond their anchors: first what stands next to each, then who has the same."""
    firsts = deal_out(passages.list_firsts().with_row_index("passage_no"), rows, len(built))
    margins = progress.gather("read around passages", [submit(read_around, *shard, work) for shard in zip(built, firsts, strict=True)])
    write_frames({MARGINS: pl.concat(margins).sort("passage_no")}, work)
    passage_no = np.repeat(np.arange(len(passages.sizes), dtype=np.uint32), passages.sizes)
    dealt = deal_out(passages.occurrences.with_columns(pl.Series("passage_no", passage_no)), rows, len(built))
    compared = progress.gather("read around passages", [submit(compare_around, *shard, work) for shard in zip(built, dealt, strict=True)])
    [settled] = progress.gather("settle passages", [submit(settle_passages, passages, settle_margins(compared, len(passages.sizes)))])
    return settled


def sample_shard(built: BuiltShard, canonical: pl.DataFrame, work: Path) -> pl.DataFrame:
    """Sample what a shard's canonical documents say; their texts and the sample wait in `work`. Returns the rows of the texts."""
    part = built.folder / "parquet" / "main" / "paragraphs" / f"{PART}.parquet"
    paragraphs = lay_paragraphs(pl.read_parquet(part, columns=["document_id", "ordinal", "text"], glob=False), canonical)
    np.save(work / f"ends-{built.part}.npy", paragraphs.laid.ends)
    np.save(work / f"codes-{built.part}.npy", paragraphs.laid.codes)
    np.save(work / f"sample-{built.part}.npy", sample_passages(paragraphs.laid))
    return paragraphs.rows


def mark_in_corpus(built: list[BuiltShard], work: Path) -> Marks:
    """Mark the anchors that the samples of all shards have in more than one document."""
    return mark_repeated([np.load(work / f"sample-{shard.part}.npy", mmap_mode="r") for shard in built])


def locate_in_shard(built: BuiltShard, repeated: Marks, work: Path) -> None:
    """Locate the repeated anchors in a shard's canonical documents; they wait in `work`."""
    write_frames({f"anchors-{built.part}": locate_anchors(_read_laid(built, work), repeated)}, work)


def survey_corpus(built: list[BuiltShard], rows: list[pl.DataFrame], n_anchors: int, work: Path) -> Survey:
    """Survey the anchors of all shards, one shard at a time."""
    shards = zip(built, rows, strict=True)
    return survey_anchors(((read_frame(work, f"anchors-{shard.part}"), own["document_no"]) for shard, own in shards), n_anchors)


def join_in_shard(built: BuiltShard, rows: pl.DataFrame, survey: Survey, n_documents: int, work: Path) -> np.ndarray:
    """Join a shard's anchors that always stand together; they wait in `work`. Returns how many segments each document of the corpus has."""
    segments = join_segments(read_frame(work, f"anchors-{built.part}"), survey, rows)
    write_frames({f"segments-{built.part}": segments}, work)
    return np.bincount(segments["document_no"].to_numpy(), minlength=n_documents)


def find_in_corpus(built: list[BuiltShard], n_segments: np.ndarray, work: Path) -> Passages:
    """Find the passages that segments of all shards lie in."""
    return find_passages(arrange_segments((read_frame(work, f"segments-{shard.part}") for shard in built), n_segments))


def read_around(built: BuiltShard, firsts: pl.DataFrame, work: Path) -> pl.DataFrame:
    """Read what stands next to the passages that stand in a shard's documents first."""
    return read_margins(firsts, _read_laid(built, work))


def compare_around(built: BuiltShard, occurrences: pl.DataFrame, work: Path) -> pl.DataFrame:
    """Compare what stands next to passages in a shard's documents with what stands next to their first occurrences."""
    return compare_margins(occurrences, read_frame(work, MARGINS), _read_laid(built, work))


def read_texts(built: BuiltShard, firsts: pl.DataFrame, work: Path) -> pl.DataFrame:
    """Read the passages that stand in a shard's documents first."""
    return read_passages(firsts, _read_laid(built, work))


def hand_over_reuse(passages: Passages, texts: pl.DataFrame, rows: pl.DataFrame, document_ids: pl.Series, candidate: Path) -> HandedOver:
    """Hand over the passages and where they stand."""
    parts = tabulate_reuse(passages, texts, rows, document_ids)
    handed = [
        hand_over_tables({REUSE: reuse, REUSE_OCCURRENCES: occurrences}, candidate, f"{number:06d}")
        for number, (reuse, occurrences) in enumerate(parts)
    ]
    n_rows = {name: sum(part.counts["rows"][name] for part in handed) for name in (REUSE.name, REUSE_OCCURRENCES.name)}
    return HandedOver(pl.concat(part.checks for part in handed), {"rows": n_rows})


def _list_documents(built: BuiltShard) -> pl.DataFrame:
    return built.sources.select(document_id="source_key")


def _read_laid(built: BuiltShard, work: Path) -> Laid:
    ends = np.load(work / f"ends-{built.part}.npy")
    return Laid(np.load(work / f"codes-{built.part}.npy"), np.append(0, ends)[:-1], ends)
