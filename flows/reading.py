"""The first half of the work on a shard: raw files in; lines with their roles, repeats, and the places of spam out.

The frames are kept under the hash of what they were made of: the same files in the same version of the code are not read twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.isolation import Frames, isolate_crashes
from transforms.decode import decode_sources
from transforms.html import read_html
from transforms.lines import add_clean_text, count_lines, refuse_giants, split_lines, undecodable_repairs
from transforms.repairs import count_fillers, count_words, find_spam
from transforms.roles import label_lines
from transforms.templates import count_template_lines, find_templates, tell_sites
from warehouse.cache import name_result
from warehouse.inputs import REJECTED_SCHEMA, read_shard

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.cache import Cache
    from warehouse.inputs import RawShard, Shard
    from warehouse.reference import Reference

KEY = "key"


@dataclass(frozen=True)
class ReadShard:
    """What the first half tells of a shard: small facts only, the frames are in its folder, which is named by its key.

    Under `looks`, where the files have such, the cache has the key.
    """

    part: str
    key: str
    looks: str | None
    folder: Path
    n_sources: int
    spam: pl.DataFrame
    rejected: pl.DataFrame


def read_sources(shard: Shard, reference: Reference, cache: Cache) -> ReadShard:
    """Read a shard's files and tell what each of their lines is, unless that is known of the very same files.

    Files that look as they did when they were read are not read again.
    """
    looks, part = shard.looks, f"{shard.ordinal:06d}"
    noted = cache.find(looks) if looks else None
    key = (noted / KEY).read_text(encoding="utf-8") if noted else ""
    folder, unreadable = cache.find(key) if key else None, pl.DataFrame(schema=REJECTED_SCHEMA)
    if folder is None:
        raw = read_shard(shard)
        key, unreadable = name_result("read_sources", raw.sources.drop("raw")), raw.rejected
        folder = cache.find(key) or cache.keep(key, lambda unfinished: _read_shard(raw, reference, unfinished))
        if looks and unreadable.is_empty():
            cache.keep(looks, lambda unfinished: (unfinished / KEY).write_text(key, encoding="utf-8"))
    n_sources = read_frame(folder, "sources", ["source_id"]).height
    rejected = pl.concat([unreadable, read_frame(folder, "rejected")])
    return ReadShard(part, key, looks, folder, n_sources, read_frame(folder, "spam"), rejected)


def _read_shard(raw: RawShard, reference: Reference, folder: Path) -> None:
    """Write what lines a shard has, and what each is, to a folder."""
    frames, crashed = isolate_crashes("read_sources", lambda some: _label_sources(some, reference), {"sources": raw.sources})
    frames["rejected"] = pl.concat([frames["rejected"], crashed])
    write_frames(frames, folder)


def write_frames(frames: Frames, folder: Path) -> None:
    """Write frames as files of a folder: Arrow's own format takes a third of the time that Parquet takes, and a fifth more room."""
    for name, frame in frames.items():
        frame.write_ipc(folder / f"{name}.arrow")


def read_frame(folder: Path, name: str, columns: list[str] | None = None) -> pl.DataFrame:
    """Read one of the frames of a folder."""
    return pl.scan_ipc(folder / f"{name}.arrow", glob=False).select(columns or pl.all()).collect()


def _label_sources(raw: Frames, reference: Reference) -> Frames:
    """From bytes to lines with roles, repeats, and the places of spam."""
    decoded = refuse_giants(read_html(decode_sources(raw["sources"])))
    lines = add_clean_text(split_lines(decoded.sources))
    sources = count_lines(decoded.sources.drop("content"), lines)
    keyed = lines.join(sources.select("source_id", "source_key"), on="source_id", how="left", maintain_order="left")
    labelled, duplicates = label_lines(keyed, reference["line_rules"])
    return {
        "sources": sources,
        "lines": labelled,
        "duplicates": duplicates,
        "undecodable": undecodable_repairs(lines, decoded.undecodable),
        "spam": find_spam(labelled, reference["spam_terms"]),
        "template_lines": count_template_lines(labelled, tell_sites(sources)),
        "rejected": decoded.rejected,
    }


def find_site_templates(read: list[ReadShard]) -> pl.DataFrame:
    """Find the lines that sites put on many of their pages, over all shards."""
    return find_templates(pl.concat(read_frame(shard.folder, "template_lines") for shard in read))


def count_spam_fillers(read: ReadShard, spam: pl.DataFrame) -> pl.DataFrame:
    """Count what stands elsewhere in this shard around the contexts that all `spam` of the corpus was found in."""
    return count_fillers(read_frame(read.folder, "lines"), spam)


def count_candidate_words(read: ReadShard, spam: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
    """Count in this shard the words that might have stood where spam stands."""
    return count_words(read_frame(read.folder, "lines"), spam, candidates)
