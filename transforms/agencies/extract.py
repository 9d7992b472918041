"""Documents, measures and paragraphs in; the agencies in charge of each measure out, and the table of agencies."""

from __future__ import annotations

import polars as pl

from transforms.agencies.charges import FIRST_LEADS, OTHER_BRACKETS, find_charges
from transforms.agencies.names import split_charges
from transforms.agencies.resolution import resolve_names


def extract_measure_agencies(
    documents: pl.DataFrame, measures: pl.DataFrame, paragraphs: pl.DataFrame, agencies: pl.DataFrame, regions: pl.DataFrame
) -> pl.DataFrame:
    """Read who is in charge of measures.

    In: documents (document_id, region_code, issuer), measures (measure_id), paragraphs with measure_id; `agencies` and `regions` as
    in `resolve_names`.
    Out: measure_id, ordinal, agency_id, name (as written), role (lead, responsible, supporting); sorted by measure_id, ordinal.
    Brackets and labelled lines count,
    in the order in which they stand; a body named twice stands twice.
    """
    of_measures = paragraphs.filter(pl.col("measure_id").is_not_null()).join(
        measures.select("measure_id"), on="measure_id", how="semi", maintain_order="left"
    )
    charges = find_charges(of_measures)
    first_leads = _find_first_leads(paragraphs.join(charges, on="document_id", how="semi"))
    charges = charges.join(first_leads, on="document_id", how="left", maintain_order="left").with_columns(
        first_leads=pl.col("first_leads") | (pl.col("ordinal") >= pl.col("says_at")).fill_null(value=False)
    )
    named = _keep_written(split_charges(charges), of_measures)
    return (
        resolve_names(named, documents, agencies, regions)
        .with_columns(ordinal=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("measure_id"))
        .sort("measure_id", "ordinal")
        .select("measure_id", "ordinal", "agency_id", "name", "role")
    )


def _keep_written(named: pl.DataFrame, of_measures: pl.DataFrame) -> pl.DataFrame:
    """Drop names that stand nowhere as they are, since brackets of another kind were read as round ones (省厅【科】)."""
    texts = of_measures.filter(pl.col("text").str.contains(OTHER_BRACKETS).any().over("measure_id"))
    texts = texts.group_by("measure_id").agg(measure_text=pl.col("text").str.join("\n"))
    is_written = pl.col("measure_text").str.contains(pl.col("name"), literal=True) | ~pl.col("name").str.contains("(", literal=True)
    return (
        named.join(texts, on="measure_id", how="left", maintain_order="left").filter(is_written.fill_null(value=True)).drop("measure_text")
    )


def _find_first_leads(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Find the first paragraph in which a document says that the first named leads: document_id, says_at (its ordinal)."""
    return paragraphs.filter(pl.col("text").str.contains(FIRST_LEADS)).group_by("document_id").agg(says_at=pl.col("ordinal").min())


def resolve_agencies(
    measure_agencies: pl.DataFrame, measures: pl.DataFrame, documents: pl.DataFrame, agencies: pl.DataFrame, regions: pl.DataFrame
) -> pl.DataFrame:
    """List the agencies that measures name.

    In: what `extract_measure_agencies` gives, measures (measure_id, document_id), documents; `agencies` and `regions` as in
    `resolve_names`. Out: agency_id, name (full
    official name, or as written), region_code, level, aliases (names as written, sorted), is_resolved; sorted by agency_id.
    """
    mentions = measure_agencies.join(measures.select("measure_id", "document_id"), on="measure_id", how="inner").select(
        "document_id", "name"
    )
    resolved = resolve_names(mentions.unique().sort("document_id", "name"), documents, agencies, regions)
    return merge_agencies(
        resolved.select(
            "agency_id",
            name="full_name",
            region_code="agency_region_code",
            level="agency_level",
            aliases=pl.concat_list("name"),
            is_resolved="is_resolved",
        )
    )


def merge_agencies(agencies: pl.DataFrame) -> pl.DataFrame:
    """Merge rows of one agency (from several shards) into one: aliases are united; sorted by agency_id."""
    return (
        agencies.group_by("agency_id")
        .agg(
            pl.col("name", "region_code", "level").first(),
            aliases=pl.col("aliases").explode().unique().sort(),
            is_resolved=pl.col("is_resolved").any(),
        )
        .sort("agency_id")
    )
