"""Documents of a shard in, sketches out: a hash of each text and a sample of the hashes of its character 5-grams.

The sample is taken by hash value, so that two texts keep the same grams wherever they stand; it is all that the corpus step sees of a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from transforms.code_points import CODE_BITS, REMIX, SPREAD, cut_texts, hash_grams, keep_letters, lay_texts, mix, take_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.code_points import Laid

GRAM = 5  # letters: the length at which Chinese texts of one field stop sharing grams by chance
# One gram of 16 is kept (65 of a page of 1,000 letters), more of short texts, so that each keeps some 30 where it has them.
# Rates are nested (what one of 16 keeps, one of 4 keeps too): a short and a long text are compared at the rate of the longer.
SAMPLE_BITS = 4
MASK = np.uint64((1 << SAMPLE_BITS) - 1)
SHORT_TEXTS = ((500, 2), (125, 0))  # below so many letters, one gram of 2 ** bits
# A law names the day of each of its versions above its text, in sentences; days behind a label (发布日期:) are about the page.
DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
NOT_LETTERS = r"[^\p{L}\p{N}]"

DOCUMENT_SCHEMA = pl.Schema(
    {
        "document_id": pl.String,
        "source_id": pl.String,
        "text_hash": pl.UInt64,
        "n_letters": pl.Int64,
        "n_hashes": pl.Int64,
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
    letters = keep_letters(lay_texts(described["text"]))
    numbers, hashes = _sample_grams(letters)
    n_hashes = np.bincount(numbers, minlength=described.height)
    sketched = described.with_columns(
        text_hash=pl.Series(hash_texts(letters), dtype=pl.UInt64),
        n_letters=pl.Series(letters.lengths, dtype=pl.Int64),
        n_hashes=pl.Series(n_hashes, dtype=pl.Int64),
    )
    return Sketches(
        sketched.select(DOCUMENT_SCHEMA.keys()).cast(DOCUMENT_SCHEMA),
        pl.DataFrame({"document_no": numbers, "hash": hashes}, schema={"document_no": pl.UInt32, "hash": pl.UInt32}),
    )


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


def hash_texts(letters: Laid) -> np.ndarray:
    """Hash each text's letters in their order: equal hashes and lengths mean equal letters."""
    hashes = np.zeros(len(letters.ends), dtype=np.uint64)
    for first, last in cut_texts(letters):
        part = take_texts(letters, first, last)
        filled = np.flatnonzero(part.lengths)
        if len(filled):
            places = np.arange(len(part.codes), dtype=np.uint64) - np.repeat(part.starts, part.lengths).astype(np.uint64)
            placed = ((places << CODE_BITS) | part.codes) * SPREAD
            placed ^= placed >> np.uint64(32)
            placed *= REMIX
            hashes[first:last][filled] = np.add.reduceat(placed, part.starts[filled])
    return mix(hashes + letters.lengths.astype(np.uint64))


def _sample_grams(letters: Laid) -> tuple[np.ndarray, np.ndarray]:
    """Return the sampled grams as document numbers and hashes, sorted and distinct."""
    bits = np.full(len(letters.ends), SAMPLE_BITS, dtype=np.uint64)
    for n_letters, fewer_bits in SHORT_TEXTS:
        bits[letters.lengths < n_letters] = fewer_bits
    mask = (np.uint64(1) << bits) - np.uint64(1)
    sampled = [np.empty(0, dtype=np.uint64)]
    for first, last in cut_texts(letters):
        part = take_texts(letters, first, last)
        hashes = hash_grams(part.codes, GRAM)
        places = np.concatenate([np.flatnonzero(hashes & MASK == 0), _list_places(part, bits[first:last] < SAMPLE_BITS, len(hashes))])
        numbers = np.searchsorted(part.ends, places, side="right")
        is_sampled = (places + GRAM <= part.ends[numbers]) & (hashes[places] & mask[first:last][numbers] == 0)
        places, numbers = places[is_sampled], first + numbers[is_sampled]
        keys = np.sort((numbers.astype(np.uint64) << np.uint64(32)) | (hashes[places] >> np.uint64(32)))
        sampled.append(keys[np.append(True, keys[1:] != keys[:-1])[: len(keys)]])
    keys = np.concatenate(sampled)
    return (keys >> np.uint64(32)).astype(np.uint32), (keys & np.uint64(0xFFFF_FFFF)).astype(np.uint32)


def _list_places(laid: Laid, is_listed: np.ndarray, n_places: int) -> np.ndarray:
    """List all places of some of the texts, below `n_places`."""
    lengths = laid.lengths[is_listed]
    offsets = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) + np.repeat(laid.starts[is_listed] - offsets, lengths)
    return places[places < n_places]


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
