"""The work on one shard, in two halves: raw files to lines, repeats and spam; then lines to repaired text, paragraphs and documents.

Between the halves the whole corpus is asked what words spam displaced. Frames wait in Parquet, so a worker holds one shard at a time.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.documents import REGIONS
from schemas.errors import YaodianError
from schemas.fields import CONTENT_ROLES
from schemas.tables import BY_NAME
from transforms.decode import decode_sources
from transforms.documents import add_short_names, extract_documents
from transforms.lines import add_clean_text, count_lines, split_lines, undecodable_repairs
from transforms.paragraphs import build_paragraphs
from transforms.repairs import (
    apply_repairs,
    count_fillers,
    count_words,
    find_lost_characters,
    find_spam,
    find_stray_spaces,
    number_repairs,
)
from transforms.repeats import find_repeats
from transforms.roles import assign_roles
from transforms.wraps import join_wrapped_lines
from warehouse.handover import hand_over
from warehouse.inputs import read_shard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from warehouse.inputs import Shard
    from warehouse.reference import Reference

Frames = dict[str, pl.DataFrame]
REJECTED_SCHEMA = {"source_id": pl.String, "stage": pl.String, "reason": pl.String, "detail": pl.String}


@dataclass(frozen=True)
class ReadShard:
    """What the first half tells of a shard: small facts only, the frames are in its `work` folder."""

    part: str
    work: Path
    n_sources: int
    spam: pl.DataFrame
    rejected: pl.DataFrame


@dataclass(frozen=True)
class BuiltShard:
    """What the second half tells of a shard: its checks and counts; the tables are in the candidate."""

    part: str
    checks: pl.DataFrame
    rejected: pl.DataFrame
    counts: dict[str, dict[str, int]]


def read_sources(shard: Shard, reference: Reference, candidate: Path) -> ReadShard:
    """Read a shard's files and tell what each of their lines is; the frames wait in the candidate's `work` folder."""
    raw = read_shard(shard)
    frames, crashed = isolate_crashes("read_sources", lambda some: _label_sources(some, reference), {"sources": raw.sources})
    part = f"{shard.ordinal:06d}"
    folder = candidate / "work" / part
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    rejected = pl.concat([raw.rejected, frames["rejected"], crashed])
    return ReadShard(part, folder, frames["sources"].height, frames["spam"], rejected)


def _label_sources(raw: Frames, reference: Reference) -> Frames:
    """From bytes to lines with roles, repeats, and the places of spam."""
    decoded = decode_sources(raw["sources"])
    lines = add_clean_text(split_lines(decoded.sources))
    sources = count_lines(decoded.sources.drop("content"), lines)
    keyed = lines.join(sources.select("source_id", "source_key"), on="source_id", how="left", maintain_order="left")
    marked, duplicates = find_repeats(keyed)
    labelled = name_documents(join_wrapped_lines(assign_roles(marked, reference["line_rules"])))
    return {
        "sources": sources,
        "lines": labelled,
        "duplicates": duplicates,
        "undecodable": undecodable_repairs(lines, decoded.undecodable),
        "spam": find_spam(labelled, reference["spam_terms"]),
        "rejected": decoded.rejected,
    }


def name_documents(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `document_id`: the source's key where a line of it is the document's own text, else null for all its lines."""
    has_content = pl.col("role").is_in(CONTENT_ROLES).any().over("source_id")
    return lines.with_columns(document_id=pl.when(has_content).then("source_key"))


def count_spam_fillers(read: ReadShard, spam: pl.DataFrame) -> pl.DataFrame:
    """Count what stands elsewhere in this shard around the contexts that all `spam` of the corpus was found in."""
    return count_fillers(pl.read_parquet(read.work / "lines.parquet"), spam)


def count_candidate_words(read: ReadShard, spam: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
    """Count in this shard the words that might have stood where spam stands."""
    return count_words(pl.read_parquet(read.work / "lines.parquet"), spam, candidates)


def build_tables(read: ReadShard, spam_repairs: pl.DataFrame, reference: Reference, run_id: str, candidate: Path) -> BuiltShard:
    """Repair a shard's text, read documents out of it, and hand its tables over, checked, to the candidate."""
    names = ("sources", "lines", "duplicates", "undecodable")
    frames = {name: pl.read_parquet(read.work / f"{name}.parquet") for name in names}
    frames["spam_repairs"] = spam_repairs.join(frames["sources"], on="source_id", how="semi")
    tables, crashed = isolate_crashes("build_tables", lambda some: _read_documents(some, reference), frames)
    tables["lineage.sources"] = tables["lineage.sources"].with_columns(run_id=pl.lit(run_id))
    handed = {name: BY_NAME[name].conform(frame) for name, frame in tables.items()}
    checks = [hand_over(BY_NAME[name], frame, candidate / "parquet", read.part) for name, frame in handed.items()]
    return BuiltShard(
        part=read.part,
        checks=pl.concat(checks),
        rejected=crashed,
        counts={
            "rows": {name: frame.height for name, frame in handed.items()},
            "lines": _count(handed["lineage.lines"], "role"),
            "repairs": _count(handed["lineage.repairs"], "kind"),
            "repeats": _count(handed["lineage.duplicates"], "kind"),
        },
    )


def _read_documents(frames: Frames, reference: Reference) -> Frames:
    """From labelled lines and known spam to the tables of the warehouse."""
    lines, sources = frames["lines"], frames["sources"]
    found = [
        frames["undecodable"],
        frames["spam_repairs"],
        find_lost_characters(lines, reference["lost_patterns"]),
        find_stray_spaces(lines),
    ]
    repairs = number_repairs(pl.concat(found, how="diagonal"), sources)
    built = build_paragraphs(apply_repairs(lines, repairs))
    documents = extract_documents(built.lines, built.paragraphs, sources, reference)
    return {
        "lineage.sources": sources,
        "lineage.lines": built.lines,
        "lineage.repairs": repairs,
        "lineage.duplicates": frames["duplicates"],
        "main.documents": documents,
        "main.paragraphs": built.paragraphs,
    }


def isolate_crashes(stage: str, work: Callable[[Frames], Frames], frames: Frames) -> tuple[Frames, pl.DataFrame]:
    """Do `work` on a shard's frames; where it crashes, halve the sources until the culprits stand alone, and go on without them.

    Returns the joined results and one row a culprit (source_id, stage, reason `crashed`, detail). What the environment causes
    (no memory, no disk) is no fault of a source and raised at once.
    """
    results, crashed = [], []
    waiting = [frames]
    while waiting:
        some = waiting.pop(0)
        source_ids = some["sources"]["source_id"]
        try:
            results.append(work(some))
        except (YaodianError, MemoryError, OSError):
            raise
        except (Exception, pl.exceptions.PanicException) as error:
            if source_ids.is_empty():
                raise
            middle = len(source_ids) // 2
            if middle:
                waiting[:0] = [_keep_sources(some, source_ids[:middle]), _keep_sources(some, source_ids[middle:])]
            else:
                crashed.append((source_ids[0], stage, "crashed", _describe_crash(error)))
    results = results or [work(_keep_sources(frames, frames["sources"]["source_id"].clear()))]
    joined = {name: pl.concat([result[name] for result in results]) for name in results[0]}
    return joined, pl.DataFrame(crashed, schema=REJECTED_SCHEMA, orient="row")


def _keep_sources(frames: Frames, source_ids: pl.Series) -> Frames:
    return {name: frame.filter(pl.col("source_id").is_in(source_ids.implode())) for name, frame in frames.items()}


def _describe_crash(error: BaseException) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {place.name}: {error}"[:500]


def hand_over_reference(reference: Reference, candidate: Path) -> pl.DataFrame:
    """Hand over the tables that are kept by hand rather than read out of sources; returns their checks."""
    return hand_over(REGIONS, REGIONS.conform(add_short_names(reference["regions"])), candidate / "parquet", "000000")


def _count(frame: pl.DataFrame, column: str) -> dict[str, int]:
    counts: dict[str, Any] = dict(frame.group_by(column).len().sort(column).iter_rows())
    return counts
