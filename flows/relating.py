"""What only the whole corpus can tell: built shards in; duplicates, links between documents and the tables that hold them out.

Shards give sketches; the texts of pairs that may be duplicates are read in blocks, so that the corpus is never in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from flows.building import PART, count_values, link_parts, read_counts, write_counts
from flows.reading import read_frame, write_frames
from schemas.agencies import AGENCIES
from schemas.citations import CITATIONS
from schemas.documents import DOCUMENTS, REGIONS
from schemas.lineage import DUPLICATES, SOURCES
from transforms.agencies import merge_agencies
from transforms.documents import add_short_names
from transforms.duplicates import (
    SIDES,
    TEXTS,
    Sketches,
    choose_canonical,
    cut_pairs,
    describe_duplicates,
    find_candidates,
    judge_pairs,
    measure_overlap,
    name_pairs,
    number_duplicates,
    pool_sketches,
    read_letters,
)
from transforms.structure import link_citations, list_names
from warehouse.cache import name_result
from warehouse.handover import hand_over

if TYPE_CHECKING:
    from pathlib import Path

    from flows.building import BuiltShard, Counts
    from schemas.table import Contract
    from warehouse.cache import Cache
    from warehouse.reference import Reference

CORPUS_PART = "all"
COMPARED = "compared"  # under this name the cache has all pairs of texts that the last run compared
BLOCK_LETTERS = 20_000_000  # of pairs compared at a time: some 150 MB of memory
NAMES = ["document_id", "title", "plan_title", "document_number"]


class Pairs(NamedTuple):
    """Documents that may be duplicates: the pooled sketches, pairs whose texts were compared by the last run, and new ones in blocks."""

    sketches: Sketches
    known: pl.DataFrame
    blocks: list[pl.DataFrame]


class Relations(NamedTuple):
    """What documents are to each other: who stands for whom, the repeats found across sources, and the names they are cited by."""

    choice: pl.DataFrame
    duplicates: pl.DataFrame
    names: pl.DataFrame


class HandedOver(NamedTuple):
    """Checks and counts of tables that were handed over, and under which keys the cache has them."""

    checks: pl.DataFrame
    counts: Counts
    keys: tuple[str, ...] = ()


def find_pairs(built: list[BuiltShard], cache: Cache) -> Pairs:
    """Find the pairs of documents in the whole corpus whose texts are worth comparing, and what is known of them."""
    sketches = pool_sketches([Sketches(read_frame(shard.folder, "sketched"), read_frame(shard.folder, "hashes")) for shard in built])
    pairs = name_pairs(find_candidates(sketches), sketches.documents)
    folder = cache.find(COMPARED)
    compared = read_frame(folder, COMPARED) if folder else measure_overlap(pairs.clear(), []).select(SIDES)
    known, new = (pairs.join(compared, on=TEXTS, how=how, maintain_order="left") for how in ("inner", "anti"))
    return Pairs(Sketches(sketches.documents, sketches.hashes.clear()), known, list(cut_pairs(new, BLOCK_LETTERS)))


def compare_pairs(built: list[BuiltShard], pairs: pl.DataFrame) -> pl.DataFrame:
    """Compare the texts of one block of pairs."""
    wanted = pl.concat([pairs["better_id"], pairs["worse_id"]]).unique()
    letters = [read_letters(read_frame(shard.folder, "documents", ["document_id", "text"]), wanted) for shard in built]
    return measure_overlap(pairs, letters)


def relate_documents(built: list[BuiltShard], pairs: Pairs, compared: list[pl.DataFrame], cache: Cache) -> Relations:
    """Choose the canonical document of each document and describe what repeats across sources; keep what was compared."""
    sources = pl.concat([shard.sources for shard in built])
    measured = pl.concat([pairs.known, *(block.select(pairs.known.columns) for block in compared)])
    if compared:
        cache.keep(COMPARED, lambda unfinished: write_frames({COMPARED: measured.select(SIDES).unique(TEXTS)}, unfinished))
    related = judge_pairs(measured, pairs.sketches.documents)
    choice = choose_canonical(pairs.sketches.documents, related)
    found = describe_duplicates(pairs.sketches, choice, related, sources)
    titles = pl.concat([read_frame(shard.folder, "documents", NAMES) for shard in built])
    known = titles.join(choice.select("document_id", "canonical_document_id"), on="document_id", maintain_order="left")
    return Relations(choice, found, list_names(known))


def hand_over_shard(built: BuiltShard, relations: Relations, run_id: str, cache: Cache, candidate: Path) -> HandedOver:
    """Hand over what a shard kept back until the corpus was known: sources, documents, repeats and citations.

    What the corpus says of the shard's documents is mostly what it said last time: then all but the sources, which name the run, is there.
    """
    sources = read_frame(built.folder, "sources")
    chosen = relations.choice.select("document_id", "is_canonical", "canonical_document_id").join(
        sources.select(document_id="source_key"), on="document_id", how="semi", maintain_order="left"
    )
    across = relations.duplicates.join(sources, on="source_id", how="semi", maintain_order="left")
    citations = link_citations(read_frame(built.folder, "citations"), relations.names)
    key = name_result("hand_over_shard", built.key, chosen, across, citations.select("cited_document_id"))

    def write(unfinished: Path) -> None:
        documents = read_frame(built.folder, "documents").drop("is_canonical", "canonical_document_id", strict=False)
        within = read_frame(built.folder, "duplicates").select(across.columns)
        tables = {
            DOCUMENTS: documents.join(chosen, on="document_id", how="left", maintain_order="left"),
            DUPLICATES: number_duplicates(pl.concat([within, across]), sources),
            CITATIONS: citations,
        }
        handed = hand_over_tables(tables, unfinished, PART)
        write_frames({"checks": handed.checks}, unfinished)
        write_counts(handed.counts | {"repeats": count_values(tables[DUPLICATES], "kind")}, unfinished)

    folder = cache.find(key) or cache.keep(key, write)
    link_parts(folder, candidate, built.part)
    own = hand_over_tables({SOURCES: sources.with_columns(run_id=pl.lit(run_id))}, candidate, built.part)
    counts = read_counts(folder)
    rows = {"rows": counts["rows"] | own.counts["rows"]}
    return HandedOver(pl.concat([own.checks, read_frame(folder, "checks")]), counts | rows, (key,))


def hand_over_corpus_tables(reference: Reference, agencies: pl.DataFrame, candidate: Path) -> HandedOver:
    """Hand over what no shard has alone: the regions, and the agencies that all shards name."""
    tables = {REGIONS: add_short_names(reference["regions"]), AGENCIES: merge_agencies(agencies)}
    return hand_over_tables(tables, candidate, CORPUS_PART)


def hand_over_tables(tables: dict[Contract, pl.DataFrame], candidate: Path, part: str) -> HandedOver:
    """Hand over parts of tables to the candidate, checked."""
    checks = [hand_over(table, table.conform(frame), candidate / "parquet", part) for table, frame in tables.items()]
    return HandedOver(pl.concat(checks), {"rows": {table.name: frame.height for table, frame in tables.items()}})
