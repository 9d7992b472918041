"""The second half of the work on a shard: labelled lines and known spam in; checked tables in the candidate out.

What needs the whole corpus (which agencies there are, which cited documents the warehouse holds) is handed over after all shards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.isolation import Frames, isolate_crashes
from schemas.documents import REGIONS
from schemas.structure import AGENCIES, CITATIONS
from schemas.tables import BY_NAME
from transforms.agencies import extract_measure_agencies, merge_agencies, resolve_agencies
from transforms.documents import add_short_names, extract_documents
from transforms.paragraphs import build_paragraphs
from transforms.repairs import apply_repairs, find_lost_characters, find_stray_spaces, number_repairs
from transforms.structure import extract_citations, extract_measures, extract_sections, link_citations
from transforms.targets import extract_targets
from warehouse.handover import hand_over

if TYPE_CHECKING:
    from pathlib import Path

    from flows.reading import ReadShard
    from transforms.paragraphs import Paragraphs
    from warehouse.reference import Reference

CORPUS_PART = "all"


@dataclass(frozen=True)
class BuiltShard:
    """What the second half tells of a shard: checks, counts, and small frames for the corpus; its tables are in the candidate."""

    part: str
    work: Path
    checks: pl.DataFrame
    rejected: pl.DataFrame
    counts: dict[str, dict[str, int]]
    agencies: pl.DataFrame
    titles: pl.DataFrame


def build_tables(read: ReadShard, spam_repairs: pl.DataFrame, reference: Reference, run_id: str, candidate: Path) -> BuiltShard:
    """Repair a shard's text, read documents and what they plan out of it, and hand its tables over, checked, to the candidate."""
    names = ("sources", "lines", "duplicates", "undecodable")
    frames = {name: pl.read_parquet(read.work / f"{name}.parquet", glob=False) for name in names}
    frames["spam_repairs"] = spam_repairs.join(frames["sources"], on="source_id", how="semi")
    tables, crashed = isolate_crashes("build_tables", lambda some: _read_tables(some, reference), frames)
    tables["lineage.sources"] = tables["lineage.sources"].with_columns(run_id=pl.lit(run_id))
    tables.pop(CITATIONS.name).write_parquet(read.work / "citations.parquet")
    agencies = tables.pop(AGENCIES.name)
    handed = {name: BY_NAME[name].conform(frame) for name, frame in tables.items()}
    checks = [hand_over(BY_NAME[name], frame, candidate / "parquet", read.part) for name, frame in handed.items()]
    return BuiltShard(
        part=read.part,
        work=read.work,
        checks=pl.concat(checks),
        rejected=crashed,
        counts={
            "rows": {name: frame.height for name, frame in handed.items()},
            "lines": _count(handed["lineage.lines"], "role"),
            "repairs": _count(handed["lineage.repairs"], "kind"),
            "repeats": _count(handed["lineage.duplicates"], "kind"),
        },
        agencies=agencies,
        titles=handed["main.documents"].select("document_id", "canonical_document_id", "title", "plan_title", "document_number"),
    )


def hand_over_citations(built: BuiltShard, titles: pl.DataFrame, candidate: Path) -> pl.DataFrame:
    """Link a shard's citations to the documents of the whole corpus (`titles`) and hand them over; returns their checks."""
    linked = link_citations(pl.read_parquet(built.work / "citations.parquet", glob=False), titles)
    return hand_over(CITATIONS, CITATIONS.conform(linked), candidate / "parquet", built.part)


def hand_over_corpus_tables(reference: Reference, agencies: pl.DataFrame, candidate: Path) -> pl.DataFrame:
    """Hand over what no shard has alone: the regions, and the agencies that all shards name; returns their checks."""
    tables = {REGIONS: add_short_names(reference["regions"]), AGENCIES: merge_agencies(agencies)}
    return pl.concat(hand_over(table, table.conform(frame), candidate / "parquet", CORPUS_PART) for table, frame in tables.items())


def _read_tables(frames: Frames, reference: Reference) -> Frames:
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
        **_read_plans(documents, built, reference),
    }


def _read_plans(documents: pl.DataFrame, built: Paragraphs, reference: Reference) -> Frames:
    """From documents and their paragraphs to what they plan: sections, measures, who is in charge, targets, citations."""
    outline = reference["numbering"], reference["measure_rules"]
    bodies = reference["agencies"], reference["regions"]
    sections, paragraphs = extract_sections(documents, built.paragraphs, *outline)
    measures, paragraphs = extract_measures(documents, paragraphs, sections, *outline)
    measure_agencies = extract_measure_agencies(documents, measures, paragraphs, *bodies)
    rules = {name: reference[name] for name in ("units", "comparators", "target_rules")}
    return {
        "main.paragraphs": paragraphs,
        "main.sections": sections,
        "main.measures": measures,
        "main.measure_agencies": measure_agencies,
        AGENCIES.name: resolve_agencies(measure_agencies, measures, documents, *bodies),
        "main.targets": extract_targets(documents, paragraphs, built.paragraph_lines, **rules),
        CITATIONS.name: extract_citations(documents, paragraphs, built.paragraph_lines),
    }


def _count(frame: pl.DataFrame, column: str) -> dict[str, int]:
    counts: dict[str, Any] = dict(frame.group_by(column).len().sort(column).iter_rows())
    return counts
