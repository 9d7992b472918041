"""Classified paragraphs in; the section each stands in out, and the table of sections."""

from __future__ import annotations

import polars as pl

from transforms.neighbours import count_so_far
from transforms.structure.outline import FLOW_ROLES, ROOT
from transforms.structure.titles import strip_charge

_DEEPEST = 12


def read_sections(placed: pl.DataFrame) -> pl.DataFrame:
    """Read the sections off paragraphs that are classified and placed.

    Out: section_id, document_id, parent_section_id, ordinal, level (1 outermost), marker, number, title, first_line, last_line
    (subsections included); sorted by document_id, ordinal.
    """
    heads = placed.filter("is_section").pipe(_add_levels)
    return _measure_lengths(heads, placed).select(
        "section_id", "document_id", "parent_section_id", "ordinal", "level", "marker", "number", "title", "first_line", "last_line"
    )


def place_in_sections(classified: pl.DataFrame) -> pl.DataFrame:
    """Add section_id and `section` (the ordinal of its heading's paragraph) to the paragraphs of a document's text; to the headings
    section_ordinal."""
    is_flow = pl.col("role").is_in(FLOW_ROLES)
    ordinal = pl.when("is_section").then(count_so_far(pl.col("is_section"), "document_id").cast(pl.Int32))
    section_id = pl.format("{}-s{}", "document_id", pl.col("section_ordinal").cast(pl.String).str.zfill(4))
    return (
        classified.with_columns(section=pl.when("is_section").then("ordinal"), section_ordinal=ordinal)
        .with_columns(section_id=section_id)
        .with_columns(pl.when(is_flow).then(pl.col("section", "section_id").forward_fill().over("part")))
    )


def _add_levels(heads: pl.DataFrame) -> pl.DataFrame:
    """Add level and parent_section_id: up the outline, a step for all sections at a time, as far as the units above are sections."""
    ids = heads.select("document_id", climbing="ordinal", above_id="section_id", above_parent="parent")
    levelled = heads.with_columns(level=pl.lit(1, dtype=pl.Int32), parent_section_id=pl.lit(None, dtype=pl.String), climbing="parent")
    for _ in range(_DEEPEST):
        if (levelled.get_column("climbing") == ROOT).all():
            break
        levelled = (
            levelled.join(ids, on=["document_id", "climbing"], how="left", maintain_order="left")
            .with_columns(
                level=pl.col("level") + pl.col("above_id").is_not_null().cast(pl.Int32),
                parent_section_id=pl.coalesce("parent_section_id", "above_id"),
                climbing=pl.col("above_parent").fill_null(ROOT),
            )
            .drop("above_id", "above_parent")
        )
    return levelled


def _measure_lengths(heads: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Add last_line: that of the last paragraph in the section or in one beneath it; and the title as the heading has it."""
    own_last = placed.filter(pl.col("section_id").is_not_null()).group_by("section_id").agg(last_line=pl.col("last_line").max())
    lengths = heads.drop("last_line").join(own_last, on="section_id", how="left", maintain_order="left")
    deepest = heads.select(pl.col("level").max().fill_null(1)).item()
    for level in range(deepest, 1, -1):
        beneath = lengths.filter(pl.col("level") == level)
        beneath_last = beneath.group_by(section_id="parent_section_id").agg(beneath_last=pl.col("last_line").max())
        lengths = (
            lengths.join(beneath_last, on="section_id", how="left", maintain_order="left")
            .with_columns(last_line=pl.max_horizontal("last_line", "beneath_last"))
            .drop("beneath_last")
        )
    sentence = pl.when(pl.col("role") == "body").then(pl.col("rest").str.extract(r"^([^。;!?]+)")).otherwise("rest")
    title = strip_charge(sentence)
    return lengths.with_columns(title=pl.when(title != "").then(title), ordinal=pl.col("section_ordinal"))
