"""The second half of the work on a shard: labelled lines and known spam in; checked tables out.

What needs the whole corpus (duplicates, which agencies there are, which cited documents the warehouse holds) waits in the shard's folder:
`flows/relating.py` hands it over after all shards.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from flows.isolation import Frames, isolate_crashes
from flows.reading import read_frame, write_frames
from schemas.agencies import AGENCIES
from schemas.citations import CITATIONS
from schemas.documents import DOCUMENTS
from schemas.fields import CONTENT_ROLES
from schemas.lineage import DUPLICATES, SOURCES
from schemas.tables import BY_NAME
from transforms.agencies import extract_measure_agencies, resolve_agencies
from transforms.documents import extract_documents
from transforms.duplicates import sketch_documents
from transforms.paragraphs import build_paragraphs
from transforms.repairs import apply_repairs, find_lost_characters, find_stray_spaces, number_repairs
from transforms.structure import extract_citations, extract_outline
from transforms.targets import extract_targets
from transforms.templates import apply_templates, locate_templates
from warehouse.cache import link_part, name_result
from warehouse.handover import hand_over

if TYPE_CHECKING:
    from pathlib import Path

    from flows.reading import ReadShard
    from transforms.paragraphs import Paragraphs
    from warehouse.cache import Cache
    from warehouse.reference import Reference

Counts = dict[str, dict[str, int]]
PART = "part"
# Tables that wait for the whole corpus, under the names of their files.
WAITING = {SOURCES.name: "sources", DOCUMENTS.name: "documents", DUPLICATES.name: "duplicates", CITATIONS.name: "citations"}


class Findings(NamedTuple):
    """What the whole corpus tells of the lines of its shards: what spam displaced, and which lines are templates of their site."""

    spam_repairs: pl.DataFrame
    templates: pl.DataFrame


@dataclass(frozen=True)
class BuiltShard:
    """What the second half tells of a shard: checks and counts of the tables that are done; these and the others are in its folder."""

    part: str
    key: str
    folder: Path
    checks: pl.DataFrame
    rejected: pl.DataFrame
    counts: Counts
    agencies: pl.DataFrame
    sources: pl.DataFrame


def build_tables(read: ReadShard, findings: Findings, reference: Reference, cache: Cache, candidate: Path) -> BuiltShard:
    """Repair a shard's text, read documents and what they plan out of it, and give the candidate its tables, checked.

    Nothing is worked out that is known of the very same lines and findings.
    """
    repairs = findings.spam_repairs.join(read_frame(read.folder, "sources", ["source_id"]), on="source_id", how="semi")
    template_lines = locate_templates(read_frame(read.folder, "template_lines"), findings.templates)
    key = name_result("build_tables", read.key, repairs, template_lines)
    folder = cache.find(key) or cache.keep(key, lambda unfinished: _build_shard(read, repairs, template_lines, reference, unfinished))
    link_parts(folder, candidate, read.part)
    return BuiltShard(
        part=read.part,
        key=key,
        folder=folder,
        checks=read_frame(folder, "checks"),
        rejected=read_frame(folder, "rejected"),
        counts=read_counts(folder),
        agencies=read_frame(folder, "agencies"),
        sources=read_frame(folder, "sources", ["source_id", "source_key", "sha256", "n_lines"]),
    )


def _build_shard(read: ReadShard, spam_repairs: pl.DataFrame, template_lines: pl.DataFrame, reference: Reference, folder: Path) -> None:
    """Write all that the second half makes of a shard to a folder."""
    frames = {name: read_frame(read.folder, name) for name in ("sources", "lines", "duplicates", "undecodable")}
    frames |= {"spam_repairs": spam_repairs, "template_lines": template_lines}
    tables, crashed = isolate_crashes("build_tables", lambda some: _read_tables(some, reference), frames)
    sketches = sketch_documents(tables[DOCUMENTS.name], tables["main.paragraphs"], tables["lineage.lines"])
    waiting = {file: tables.pop(name) for name, file in WAITING.items()}
    agencies = tables.pop(AGENCIES.name)
    handed = {name: BY_NAME[name].conform(frame) for name, frame in tables.items()}
    checks = pl.concat(hand_over(BY_NAME[name], frame, folder / "parquet", PART) for name, frame in handed.items())
    sketched = {"sketched": sketches.documents, "hashes": sketches.hashes}
    write_frames({**waiting, **sketched, "agencies": agencies, "checks": checks, "rejected": crashed}, folder)
    counts = {
        "rows": {name: frame.height for name, frame in handed.items()},
        "lines": count_values(handed["lineage.lines"], "role"),
        "repairs": count_values(handed["lineage.repairs"], "kind"),
    }
    write_counts(counts, folder)


def _read_tables(frames: Frames, reference: Reference) -> Frames:
    """From labelled lines and known spam to the tables of the warehouse."""
    sources = frames["sources"]
    lines = name_documents(apply_templates(frames["lines"], frames["template_lines"]))
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


def name_documents(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `document_id`: the source's key where a line of it is the document's own text, else null for all its lines."""
    has_content = pl.col("role").is_in(CONTENT_ROLES).any().over(pl.col("source_id").rle_id())
    return lines.with_columns(document_id=pl.when(has_content).then("source_key"))


def _read_plans(documents: pl.DataFrame, built: Paragraphs, reference: Reference) -> Frames:
    """From documents and their paragraphs to what they plan: sections, measures, who is in charge, targets, citations."""
    outline = reference["numbering"], reference["measure_rules"]
    bodies = reference["agencies"], reference["regions"]
    sections, measures, paragraphs = extract_outline(documents, built.paragraphs, *outline)
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


def link_parts(folder: Path, candidate: Path, part: str) -> None:
    """Make the tables in a result's folder parts of the candidate's."""
    for made in sorted((folder / "parquet").rglob(f"{PART}.parquet")):
        link_part(made, candidate / made.parent.relative_to(folder) / f"{part}.parquet")


def write_counts(counts: Counts, folder: Path) -> None:
    """Write counts as a file of a folder."""
    (folder / "counts.json").write_text(json.dumps(counts), encoding="utf-8")


def read_counts(folder: Path) -> Counts:
    """Read the counts of a folder."""
    return json.loads((folder / "counts.json").read_text(encoding="utf-8"))


def count_values(frame: pl.DataFrame, column: str) -> dict[str, int]:
    """Count the rows of each value of a column."""
    return dict(frame.group_by(column).len().sort(column).iter_rows())
