"""Documents of a shard in, sketches out: a hash of each text and a sample of the hashes of its character 5-grams.

The sample is taken by hash value, so that two texts keep the same grams wherever they stand; it is all that the corpus step sees of a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from transforms.code_points import cut_texts, hash_grams, hash_texts, keep_letters, lay_texts, take_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.code_points import Laid

GRAM = 5  # letters: the length at which Chinese texts of one field stop sharing grams by chance
# A text keeps 32 to 64 of its grams: all below 64 letters, one of 2 below 128, one of 4 below 256 and so on. The rates are nested: what a
# rate keeps, the finer ones keep too, so two texts are compared at the rate of the longer.
RATE_BOUNDS = 64 * 2 ** np.arange(24)
# A law names the day of each of its versions above its text, in sentences; days behind a label (发布日期:) are about the page.
DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
BATCH = 500  # documents sketched at a time: the arrays of all texts of a shard would be new memory, which costs as much as the work on it
NOT_LETTERS = r"[^\p{L}\p{N}]"

DOCUMENT_SCHEMA = pl.Schema(
    {
        "document_id": pl.String,
        "source_id": pl.String,
        "text_hash": pl.UInt64,
        "n_letters": pl.Int64,
        "earliest_on": pl.Date,
        "title_key": pl.String,
        "document_number": pl.String,
        "region_code": pl.String,
        "version_on": pl.Date,
        "first_line": pl.Int32,
        "last_line": pl.Int32,
    }
)


class Sketches(NamedTuple):
    """What is kept of documents to compare them.

    `documents`: one row each (`DOCUMENT_SCHEMA`), its row number is its `document_no`; `hashes`: `document_no` UInt32, `hash` UInt32,
    distinct; both sorted.
    """

    documents: pl.DataFrame
    hashes: pl.DataFrame


def sketch_documents(documents: pl.DataFrame, paragraphs: pl.DataFrame, lines: pl.DataFrame) -> Sketches:
    """Sketch the documents of a shard.

    In: `documents` (document_id, source_id, title, document_number, region_code, issued_on, published_on, text), `paragraphs`
    (document_id, first_line, last_line) and `lines` (document_id, text, role; in the order of their sources). Letters and
    digits count, in lower case; layout, punctuation and wraps do not.
    """
    described = _describe_documents(documents.sort("document_id"), paragraphs, lines)
    texts = described["text"]
    parts = [_sketch_texts(texts[first : first + BATCH], first) for first in range(0, max(1, len(texts)), BATCH)]
    sketched = described.with_columns(pl.concat(of_texts for of_texts, _ in parts))
    return Sketches(sketched.select(DOCUMENT_SCHEMA.keys()).cast(DOCUMENT_SCHEMA), pl.concat(hashes for _, hashes in parts))


def pool_sketches(shards: Sequence[Sketches]) -> Sketches:
    """Pool the sketches of all shards, the document to prefer as canonical first.

    Most complete (n_letters), then earliest, then by id: the order of documents is the order in which one stands for another.
    """
    starts = np.cumsum([0, *(shard.documents.height for shard in shards)])
    documents = pl.concat([pl.DataFrame(schema=DOCUMENT_SCHEMA), *(shard.documents for shard in shards)]).with_row_index("met")
    ranked = documents.sort(pl.col("n_letters").neg(), "earliest_on", "document_id", nulls_last=True)
    document_no = np.empty(ranked.height, dtype=np.uint32)
    document_no[ranked["met"].to_numpy()] = np.arange(ranked.height, dtype=np.uint32)
    shifted = [shard.hashes.with_columns(pl.col("document_no") + int(start)) for shard, start in zip(shards, starts, strict=False)]
    hashes = pl.concat([pl.DataFrame(schema={"document_no": pl.UInt32, "hash": pl.UInt32}), *shifted])
    renumbered = pl.Series("document_no", document_no[hashes["document_no"].to_numpy()], dtype=pl.UInt32)
    return Sketches(ranked.drop("met"), hashes.with_columns(renumbered))


def group_exact_copies(documents: pl.DataFrame) -> pl.Series:
    """Return for each pooled document the document_no of the first one with the same letters.

    Laws that state different dates of their version are no copies, whatever is left of their texts; one that states none goes with the
    first that does. A document without letters is its own first.
    """
    copies = ["text_hash", "n_letters"]
    version = pl.col("version_on").fill_null(pl.col("version_on").drop_nulls().first().over(copies))
    first = pl.col("document_no").first().over(*copies, "version")
    numbered = documents.with_row_index("document_no").with_columns(version=version)
    return numbered.select(pl.when(pl.col("n_letters") > 0).then(first).otherwise("document_no").alias("first_no")).to_series()


def rate_of(n_letters: np.ndarray) -> np.ndarray:
    """Return the rate that texts of such lengths are sampled at: one gram of 2 ** rate is kept."""
    return np.searchsorted(RATE_BOUNDS, n_letters, side="right").astype(np.uint32)


def mask_of(rates: np.ndarray) -> np.ndarray:
    """Return the bits of a hash (32 bits) that are 0 where it is kept at a rate."""
    return (np.uint32(1) << rates) - np.uint32(1)


def _sketch_texts(texts: pl.Series, first_no: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return text_hash and n_letters of each text, and the grams sampled of them; the texts are numbered from `first_no`."""
    letters = keep_letters(lay_texts(texts))
    numbers, hashes = _sample_grams(letters)
    of_texts = {"text_hash": hash_texts(letters), "n_letters": letters.lengths}
    return pl.DataFrame(of_texts), pl.DataFrame({"document_no": numbers + np.uint32(first_no), "hash": hashes})


def _sample_grams(letters: Laid) -> tuple[np.ndarray, np.ndarray]:
    """Return the sampled grams as document numbers and hashes, sorted and distinct."""
    masks = mask_of(rate_of(letters.lengths))
    sampled = [np.empty(0, dtype=np.uint64)]
    for first, last in cut_texts(letters):
        part = take_texts(letters, first, last)
        hashes = hash_grams(part.codes, GRAM, n_bits=32)
        places = np.flatnonzero(hashes & np.repeat(masks[first:last], part.lengths)[: len(hashes)] == 0)
        numbers = np.repeat(np.arange(last - first), np.diff(np.searchsorted(places, part.ends), prepend=0))
        is_whole = places + GRAM <= part.ends[numbers]
        sampled.append(((first + numbers[is_whole]).astype(np.uint64) << np.uint64(32)) | hashes[places[is_whole]])
    keys = np.sort(np.concatenate(sampled))
    keys = keys[np.append(True, keys[1:] != keys[:-1])[: len(keys)]]
    return (keys >> np.uint64(32)).astype(np.uint32), (keys & np.uint64(0xFFFF_FFFF)).astype(np.uint32)


def _describe_documents(documents: pl.DataFrame, paragraphs: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Add what tells one document from another beside its text: title_key, earliest_on, version_on, first_line, last_line."""
    spans = paragraphs.group_by("document_id").agg(pl.col("first_line").min(), pl.col("last_line").max())
    is_about_text = (pl.col("role") == "metadata") & ~pl.col("text").str.contains(":", literal=True)
    versions = (
        lines.filter(pl.col("document_id").is_not_null(), is_about_text)
        .group_by("document_id", maintain_order=True)
        .agg(day=pl.col("text").str.join("").str.extract_all(DAY))
        .explode("day", empty_as_null=False)
        .select("document_id", day=pl.col("day").str.extract_groups(DAY))
        .unnest("day")
        .select("document_id", version_on=pl.concat_str("1", pl.lit("-"), "2", pl.lit("-"), "3").str.to_date("%Y-%m-%d", strict=False))
        .group_by("document_id")
        .agg(pl.col("version_on").max())
    )
    return (
        documents.join(spans, on="document_id", how="left", maintain_order="left")
        .join(versions, on="document_id", how="left", maintain_order="left")
        .with_columns(
            title_key=pl.col("title").str.replace_all(NOT_LETTERS, "").str.to_lowercase(),
            earliest_on=pl.min_horizontal("issued_on", "published_on"),
        )
    )
