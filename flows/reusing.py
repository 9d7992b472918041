"""Passages that stand in several documents: built shards and their canonical documents in; main.reuse and its occurrences out.

Shards are asked again and again, each time with what the corpus knows by then: which anchors they have, where the repeated ones stand,
which of them always stand together, and what stands around. Their texts and anchors wait in the candidate's work folder in between.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from warehouse.cache import name_result

if TYPE_CHECKING:
    from pathlib import Path

    from flows.building import BuiltShard
    from flows.progress import Progress
    from flows.submit import Submit
    from transforms.reuse.anchors import Marks
    from transforms.reuse.passages import Passages
    from transforms.reuse.segments import Survey
    from warehouse.cache import Cache

MARGINS = "margins"


@dataclass(frozen=True)
class SampledShard:
    """What the canonical documents of a shard say: the rows (document_no, ordinal) of their texts; these and the sample are in a folder."""

    part: str
    key: str
    folder: Path
    rows: pl.DataFrame


def find_reuse(
    built: list[BuiltShard], choice: pl.DataFrame, cache: Cache, candidate: Path, *, submit: Submit, progress: Progress
) -> HandedOver:
    """Find the passages that canonical documents share, and hand them over."""
    canonical = choice.filter("is_canonical").select("document_id").sort("document_id").with_row_index("document_no")
    work = candidate / "work"
    work.mkdir(exist_ok=True)
    shards: list[SampledShard] = progress.gather(
        "sample passages", [submit(sample_shard, shard, _take_documents(canonical, shard), cache) for shard in built]
    )
    rows = number_rows([shard.rows for shard in shards])
    own_rows = [list_rows(rows, shard_no) for shard_no in range(len(shards))]
    [repeated] = progress.gather("mark repeated passages", [submit(mark_in_corpus, shards)])
    progress.gather("locate repeated passages", [submit(locate_in_shard, shard, repeated, work) for shard in shards])
    [survey] = progress.gather("survey passages", [submit(survey_corpus, shards, own_rows, len(repeated.hashes), work)])
    joined = zip(shards, own_rows, strict=True)
    n_segments = progress.gather("join passages", [submit(join_in_shard, *shard, survey, canonical.height, work) for shard in joined])
    del repeated, survey
    [passages] = progress.gather("compare passages", [submit(find_in_corpus, shards, sum(n_segments), work)])
    passages = _settle(shards, passages, rows, work, submit=submit, progress=progress)
    firsts = deal_out(passages.list_firsts().with_row_index("passage_no"), rows, len(shards))
    texts = progress.gather("read passages", [submit(read_texts, *shard) for shard in zip(shards, firsts, strict=True)])
    ids = canonical["document_id"]
    [handed] = progress.gather("hand over passages", [submit(hand_over_reuse, passages, pl.concat(texts), rows, ids, candidate)])
    return handed._replace(keys=tuple(shard.key for shard in shards))


def _settle(
    shards: list[SampledShard], passages: Passages, rows: pl.DataFrame, work: Path, *, submit: Submit, progress: Progress
) -> Passages:
    """See how far passages go on beyond their anchors: first what stands next to each, then who has the same."""
    firsts = deal_out(passages.list_firsts().with_row_index("passage_no"), rows, len(shards))
    margins = progress.gather("read around passages", [submit(read_around, *shard) for shard in zip(shards, firsts, strict=True)])
    write_frames({MARGINS: pl.concat(margins).sort("passage_no")}, work)
    passage_no = np.repeat(np.arange(len(passages.sizes), dtype=np.uint32), passages.sizes)
    dealt = deal_out(passages.occurrences.with_columns(pl.Series("passage_no", passage_no)), rows, len(shards))
    compared = progress.gather("read around passages", [submit(compare_around, *shard, work) for shard in zip(shards, dealt, strict=True)])
    [settled] = progress.gather("settle passages", [submit(settle_passages, passages, settle_margins(compared, len(passages.sizes)))])
    return settled


def sample_shard(built: BuiltShard, canonical: pl.DataFrame, cache: Cache) -> SampledShard:
    """Sample what a shard's canonical documents say, unless that is known of the very same documents."""
    numbered = canonical.select("document_id").with_row_index("document_no")
    key = name_result("sample_shard", built.key, numbered)

    def write(unfinished: Path) -> None:
        part = built.folder / "parquet" / "main" / "paragraphs" / f"{PART}.parquet"
        paragraphs = lay_paragraphs(pl.read_parquet(part, columns=["document_id", "ordinal", "text"], glob=False), numbered)
        write_frames({"rows": paragraphs.rows}, unfinished)
        np.save(unfinished / "ends.npy", paragraphs.laid.ends)
        np.save(unfinished / "codes.npy", paragraphs.laid.codes)
        np.save(unfinished / "sample.npy", sample_passages(paragraphs.laid))

    folder = cache.find(key) or cache.keep(key, write)
    rows = read_frame(folder, "rows")
    return SampledShard(built.part, key, folder, rows.with_columns(document_no=canonical["document_no"].gather(rows["document_no"])))


def mark_in_corpus(shards: list[SampledShard]) -> Marks:
    """Mark the anchors that the samples of all shards have in more than one document."""
    return mark_repeated([np.load(shard.folder / "sample.npy", mmap_mode="r") for shard in shards])


def locate_in_shard(shard: SampledShard, repeated: Marks, work: Path) -> None:
    """Locate the repeated anchors in a shard's canonical documents; they wait in `work`."""
    write_frames({f"anchors-{shard.part}": locate_anchors(_read_laid(shard), repeated)}, work)


def survey_corpus(shards: list[SampledShard], rows: list[pl.DataFrame], n_anchors: int, work: Path) -> Survey:
    """Survey the anchors of all shards, one shard at a time."""
    asked = zip(shards, rows, strict=True)
    return survey_anchors(((read_frame(work, f"anchors-{shard.part}"), own["document_no"]) for shard, own in asked), n_anchors)


def join_in_shard(shard: SampledShard, rows: pl.DataFrame, survey: Survey, n_documents: int, work: Path) -> np.ndarray:
    """Join a shard's anchors that always stand together; they wait in `work`. Returns how many segments each document of the corpus has."""
    segments = join_segments(read_frame(work, f"anchors-{shard.part}"), survey, rows)
    write_frames({f"segments-{shard.part}": segments}, work)
    return np.bincount(segments["document_no"].to_numpy(), minlength=n_documents)


def find_in_corpus(shards: list[SampledShard], n_segments: np.ndarray, work: Path) -> Passages:
    """Find the passages that segments of all shards lie in."""
    return find_passages(arrange_segments((read_frame(work, f"segments-{shard.part}") for shard in shards), n_segments))


def read_around(shard: SampledShard, firsts: pl.DataFrame) -> pl.DataFrame:
    """Read what stands next to the passages that stand in a shard's documents first."""
    return read_margins(firsts, _read_laid(shard))


def compare_around(shard: SampledShard, occurrences: pl.DataFrame, work: Path) -> pl.DataFrame:
    """Compare what stands next to passages in a shard's documents with what stands next to their first occurrences."""
    return compare_margins(occurrences, read_frame(work, MARGINS), _read_laid(shard))


def read_texts(shard: SampledShard, firsts: pl.DataFrame) -> pl.DataFrame:
    """Read the passages that stand in a shard's documents first."""
    return read_passages(firsts, _read_laid(shard))


def hand_over_reuse(passages: Passages, texts: pl.DataFrame, rows: pl.DataFrame, document_ids: pl.Series, candidate: Path) -> HandedOver:
    """Hand over the passages and where they stand."""
    parts = tabulate_reuse(passages, texts, rows, document_ids)
    handed = [
        hand_over_tables({REUSE: reuse, REUSE_OCCURRENCES: occurrences}, candidate, f"{number:06d}")
        for number, (reuse, occurrences) in enumerate(parts)
    ]
    n_rows = {name: sum(part.counts["rows"][name] for part in handed) for name in (REUSE.name, REUSE_OCCURRENCES.name)}
    return HandedOver(pl.concat(part.checks for part in handed), {"rows": n_rows})


def _take_documents(canonical: pl.DataFrame, built: BuiltShard) -> pl.DataFrame:
    return canonical.join(built.sources.select(document_id="source_key"), on="document_id", how="semi", maintain_order="left")


def _read_laid(shard: SampledShard) -> Laid:
    ends = np.load(shard.folder / "ends.npy")
    return Laid(np.load(shard.folder / "codes.npy"), np.append(0, ends)[:-1], ends)
