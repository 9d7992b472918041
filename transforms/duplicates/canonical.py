"""Relations between documents in, the canonical document of each and the rows of lineage.duplicates out.

A document is folded only into one that it was itself compared with and found to be: never through a third.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from transforms.duplicates.sketches import group_exact_copies

if TYPE_CHECKING:
    from transforms.duplicates.sketches import Sketches

CHOICE_SCHEMA = {
    "document_id": pl.String,
    "is_canonical": pl.Boolean,
    "canonical_document_id": pl.String,
    "kind": pl.String,
    "similarity": pl.Float64,
}
DUPLICATE_SCHEMA = {
    "kind": pl.String,
    "source_id": pl.String,
    "first_line": pl.Int32,
    "last_line": pl.Int32,
    "duplicate_of_source_id": pl.String,
    "duplicate_of_first_line": pl.Int32,
    "duplicate_of_last_line": pl.Int32,
    "similarity": pl.Float64,
}


def choose_canonical(documents: pl.DataFrame, relations: pl.DataFrame) -> pl.DataFrame:
    """Choose the canonical document of each document.

    In: pooled documents of the sketches, the document to prefer first, and relations (`RELATION_SCHEMA`) between the first of each group
    of exact copies. Out: `CHOICE_SCHEMA`, sorted by document_id; kind (exact_document, near_document) and similarity are null where
    canonical. Documents are taken in the order of preference: one becomes canonical unless it is near to one that is already, and is
    folded into the first such. Exact copies go with the first of them.
    """
    ranked = documents.select("document_id").with_row_index("document_no").with_columns(representative=group_exact_copies(documents))
    numbers = ranked.select("document_id", "document_no")
    near = (
        relations.filter(pl.col("kind") == "near_document")
        .join(numbers.rename({"document_id": "better_id", "document_no": "better_no"}), on="better_id")
        .join(numbers.rename({"document_id": "worse_id", "document_no": "worse_no"}), on="worse_id")
        .select(
            better_no=pl.min_horizontal("better_no", "worse_no"),
            worse_no=pl.max_horizontal("better_no", "worse_no"),
            similarity="similarity",
        )
        .sort("worse_no", "better_no")
    )
    folded_into = _fold_in_order(near["better_no"].to_numpy(), near["worse_no"].to_numpy(), ranked.height)
    target = pl.Series("target", folded_into[ranked["representative"].to_numpy()], dtype=pl.UInt32)
    chosen = ranked.with_columns(target).join(
        near.rename({"better_no": "target", "worse_no": "representative"}), on=["target", "representative"], how="left"
    )
    is_exact = pl.col("target") == pl.col("representative")
    is_canonical = pl.col("target") == pl.col("document_no")
    canonical_ids = numbers.rename({"document_id": "canonical_document_id", "document_no": "target"})
    return (
        chosen.join(canonical_ids, on="target")
        .with_columns(
            is_canonical=is_canonical,
            kind=pl.when(is_canonical).then(None).when(is_exact).then(pl.lit("exact_document")).otherwise(pl.lit("near_document")),
            similarity=pl.when(is_canonical).then(None).when(is_exact).then(1.0).otherwise("similarity"),
        )
        .select(CHOICE_SCHEMA.keys())
        .sort("document_id")
    )


def _fold_in_order(better: np.ndarray, worse: np.ndarray, n_documents: int) -> np.ndarray:
    """Return for each document the one that stands for it: itself, or the first canonical one that it is near to.

    Settles in each round every document whose better neighbours are settled; the rounds are as many as the longest chain of neighbours.
    """
    folded_into = np.arange(n_documents)
    is_folded = np.zeros(n_documents, dtype=bool)
    is_settled = np.ones(n_documents, dtype=bool)
    is_settled[worse] = False
    while not is_settled.all():
        stands = is_settled[better] & ~is_folded[better]
        newly = np.flatnonzero(stands & ~is_settled[worse])
        waits = np.zeros(n_documents, dtype=bool)
        waits[worse[~is_settled[better]]] = True
        # Only the best neighbour counts: a document waits while a better one than its best canonical neighbour may still become canonical.
        best = np.full(n_documents, n_documents)
        np.minimum.at(best, worse[newly], better[newly])
        first_open = np.full(n_documents, n_documents)
        np.minimum.at(first_open, worse[~is_settled[better]], better[~is_settled[better]])
        folds = np.flatnonzero(~is_settled & (best < n_documents) & (best < first_open))
        stays = np.flatnonzero(~is_settled & ~waits & (best == n_documents))
        folded_into[folds] = best[folds]
        is_folded[folds] = True
        is_settled[folds] = True
        is_settled[stays] = True
    return folded_into


def describe_duplicates(sketches: Sketches, choice: pl.DataFrame, relations: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Describe what was found across sources as rows of lineage.duplicates, without ids.

    In: pooled sketches, `choose_canonical`'s choice, relations, and sources (source_id, source_key, sha256, n_lines). Out:
    `DUPLICATE_SCHEMA`, sorted: `exact_source` for each source whose bytes another has too, which is preferred (that with the preferred
    document, else the first by source_key); exact_document and near_document for each document that is folded, with its canonical one,
    unless the sources are the same anyway; `revision` for each pair of canonical documents that are versions of one.
    """
    documents = sketches.documents.with_row_index("document_no")
    same_bytes = _find_same_sources(documents, sources)
    spans = documents.select("document_id", "source_id", "first_line", "last_line")
    folded = choice.filter(~pl.col("is_canonical")).select("document_id", "canonical_document_id", "kind", "similarity")
    canonical_ids = choice.filter("is_canonical").select("document_id")
    revisions = (
        relations.filter(pl.col("kind") == "revision")
        .join(canonical_ids, left_on="better_id", right_on="document_id", how="semi")
        .join(canonical_ids, left_on="worse_id", right_on="document_id", how="semi")
        .select(document_id="worse_id", canonical_document_id="better_id", kind="kind", similarity="similarity")
    )
    of_spans = spans.rename({"document_id": "canonical_document_id"}).rename(
        {name: f"duplicate_of_{name}" for name in ("source_id", "first_line", "last_line")}
    )
    between_documents = (
        pl.concat([folded, revisions])
        .join(spans, on="document_id")
        .join(of_spans, on="canonical_document_id")
        .join(same_bytes, on=["source_id", "duplicate_of_source_id"], how="anti")
    )
    return pl.concat([same_bytes.select(DUPLICATE_SCHEMA.keys()), between_documents.select(DUPLICATE_SCHEMA.keys())]).sort(
        "source_id", "kind", "duplicate_of_source_id"
    )


def _find_same_sources(documents: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Return `exact_source` rows: each source but the preferred one of those with the same bytes; empty sources have no lines to name."""
    ranked = (
        sources.filter(pl.col("n_lines") > 0)
        .join(documents.select("source_id", "document_no"), on="source_id", how="left")
        .sort("sha256", "document_no", "source_key", nulls_last=True)
        .with_columns(duplicate_of_source_id=pl.col("source_id").first().over("sha256"))
        .filter(pl.col("source_id") != pl.col("duplicate_of_source_id"))
    )
    return ranked.select(
        kind=pl.lit("exact_source"),
        source_id="source_id",
        first_line=pl.lit(1, pl.Int32),
        last_line=pl.col("n_lines").cast(pl.Int32),
        duplicate_of_source_id="duplicate_of_source_id",
        duplicate_of_first_line=pl.lit(1, pl.Int32),
        duplicate_of_last_line=pl.col("n_lines").cast(pl.Int32),
        similarity=pl.lit(1.0),
    )


def number_duplicates(duplicates: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Give every row of lineage.duplicates its id: source_key, `d` and a number, in order of first_line, kind and what is repeated.

    In: all rows of the sources (within and across), with or without ids; sources (source_id, source_key). Sorted by source_id and number.
    """
    ordinal = pl.int_range(1, pl.len() + 1).over("source_id").cast(pl.String).str.zfill(4)
    return (
        duplicates.drop("duplicate_id", strict=False)
        .join(sources.select("source_id", "source_key"), on="source_id")
        .sort("source_id", "first_line", "last_line", "kind", "duplicate_of_source_id", "duplicate_of_first_line")
        .select(
            duplicate_id=pl.concat_str(pl.col("source_key"), pl.lit("-d"), ordinal), **{name: pl.col(name) for name in DUPLICATE_SCHEMA}
        )
    )
