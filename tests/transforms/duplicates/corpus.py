"""Invented documents as the frames that the duplicates step takes, and the step itself over any number of shards."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from transforms.duplicates import (
    Sketches,
    choose_canonical,
    cut_pairs,
    describe_duplicates,
    find_candidates,
    judge_pairs,
    measure_overlap,
    name_pairs,
    pool_sketches,
    read_letters,
    sketch_documents,
)

if TYPE_CHECKING:
    import datetime as dt

HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]


@dataclass(frozen=True)
class Page:
    """One document: its paragraphs and the facts that tell it from others."""

    name: str
    paragraphs: tuple[str, ...]
    title: str | None = None
    enacted: tuple[str, ...] = ()
    document_number: str | None = None
    issued_on: dt.date | None = None

    def named(self, name: str, **changes: object) -> Page:
        """Return the page under another name, with changes."""
        return replace(self, name=name, **changes)


class Found(NamedTuple):
    """What the step found."""

    sketches: Sketches
    relations: pl.DataFrame
    choice: pl.DataFrame
    duplicates: pl.DataFrame

    def canonical(self, name: str) -> str:
        """Return the name of a page's canonical page."""
        row = self.choice.filter(pl.col("document_id") == name.ljust(12, "x"))
        return row["canonical_document_id"].item().rstrip("x")

    def kind(self, name: str, other: str) -> str | None:
        """Return what the rows of lineage.duplicates say of two pages."""
        pair = pl.col("source_id").is_in([name, other]) & pl.col("duplicate_of_source_id").is_in([name, other])
        kinds = self.duplicates.filter(pair)["kind"].to_list()
        return kinds[0] if kinds else None


def write_text(seed: int, n_paragraphs: int = 8, n_letters: int = 120) -> tuple[str, ...]:
    """Invent paragraphs: sentences of random ideographs, so that no two seeds share a 5-gram but by chance."""
    rng = random.Random(seed)  # noqa: S311
    return tuple("".join("".join(rng.choices(HAN, k=n_letters // 4)) + mark for mark in ",,;。") for _ in range(n_paragraphs))


def edit(paragraphs: tuple[str, ...], rate: float, seed: int) -> tuple[str, ...]:
    """Replace, drop or add letters at random."""
    rng = random.Random(seed)  # noqa: S311

    def slip(letter: str) -> str:
        chance = rng.random()
        if chance < rate * 0.6:
            return rng.choice(HAN)
        return "" if chance < rate * 0.8 else letter + rng.choice(HAN) if chance < rate else letter

    return tuple("".join(map(slip, paragraph)) for paragraph in paragraphs)


def frames_of(pages: list[Page]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return documents, paragraphs, lines and sources of some pages."""
    documents, paragraphs, lines, sources = [], [], [], []
    for page in pages:
        key = page.name.ljust(12, "x")
        texts = (page.title, *page.paragraphs) if page.title else page.paragraphs
        documents.append((key, page.name, page.title, page.document_number, None, page.issued_on, None, "\n".join(texts)))
        paragraphs += [(key, i + 1, i + 1) for i in range(len(texts))]
        lines += [(key, text, "metadata") for text in page.enacted] + [(key, text, "body") for text in texts]
        sources.append((page.name, key, str(hash((texts, page.enacted))), len(texts)))
    schema = ["document_id", "source_id", "title", "document_number", "region_code", "issued_on", "published_on", "text"]
    types = dict.fromkeys(schema, pl.String) | {"issued_on": pl.Date, "published_on": pl.Date}
    return (
        pl.DataFrame(documents, schema=types, orient="row"),
        pl.DataFrame(paragraphs, schema={"document_id": pl.String, "first_line": pl.Int32, "last_line": pl.Int32}, orient="row"),
        pl.DataFrame(lines, schema={"document_id": pl.String, "text": pl.String, "role": pl.String}, orient="row"),
        pl.DataFrame(
            sources,
            schema={"source_id": pl.String, "source_key": pl.String, "sha256": pl.String, "n_lines": pl.Int32},
            orient="row",
        ),
    )


def compare(pages: list[Page], shards: list[list[Page]] | None = None, max_letters: int = 8_000_000) -> Found:
    """Run the whole step, over one shard or several."""
    sketches = pool_sketches([sketch_documents(*frames_of(shard)[:3]) for shard in shards or [pages]])
    documents, _, _, sources = frames_of(pages)
    ids = sketches.documents["document_id"]
    texts = documents.select("document_id", "text")
    parts = [read_letters(texts[0::2], ids), read_letters(texts[1::2], ids)]
    relations = [
        judge_pairs(
            measure_overlap(block, parts),
            sketches.documents,
        )
        for block in cut_pairs(name_pairs(find_candidates(sketches), sketches.documents), max_letters)
    ]
    empty = pl.DataFrame(schema={"better_id": pl.String, "worse_id": pl.String, "kind": pl.String, "similarity": pl.Float64})
    related = pl.concat([empty, *relations]).sort("better_id", "worse_id")
    choice = choose_canonical(sketches.documents, related)
    return Found(sketches, related, choice, describe_duplicates(sketches, choice, related, sources))
