"""Documents and paragraphs in; sections out, and the paragraphs with the section they stand in."""

from __future__ import annotations

import polars as pl

from transforms.structure.classify import classify_paragraphs
from transforms.structure.outline import FLOW_ROLES, ROOT
from transforms.structure.titles import strip_charge

_DEEPEST = 12


def extract_sections(
    documents: pl.DataFrame, paragraphs: pl.DataFrame, numbering: pl.DataFrame, measure_rules: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the sections that documents are cut into.

    In: documents, paragraphs; `numbering` and `measure_rules` as in `classify_paragraphs`. Out: `sections` (section_id, document_id,
    parent_section_id,
    ordinal, level: 1 outermost, marker, number, title, first_line, last_line: subsections included), sorted by document_id, ordinal;
    `paragraphs` with
    section_id, the innermost section of a heading or body paragraph.
    """
    return read_sections(place_in_sections(classify_paragraphs(documents, paragraphs, numbering, measure_rules)), paragraphs)


def read_sections(placed: pl.DataFrame, paragraphs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the sections off paragraphs that are classified and placed; in and out as in `extract_sections`."""
    heads = placed.filter("is_section").pipe(_add_levels)
    sections = _measure_lengths(heads, placed).select(
        "section_id", "document_id", "parent_section_id", "ordinal", "level", "marker", "number", "title", "first_line", "last_line"
    )
    with_section = paragraphs.drop("section_id", strict=False).join(
        placed.select("paragraph_id", "section_id"), on="paragraph_id", how="left", maintain_order="left"
    )
    return sections, with_section


def place_in_sections(classified: pl.DataFrame) -> pl.DataFrame:
    """Add section_id and `section` (the ordinal of its heading's paragraph) to the paragraphs of a document's text."""
    is_flow = pl.col("role").is_in(FLOW_ROLES)
    part = ["document_id", "part"]
    numbered = classified.with_columns(section_ordinal=pl.col("is_section").cum_sum().over("document_id").cast(pl.Int32))
    section_id = pl.format("{}-s{}", "document_id", pl.col("section_ordinal").cast(pl.String).str.zfill(4))
    return numbered.with_columns(
        section=pl.when(is_flow).then(pl.when("is_section").then("ordinal").forward_fill().over(part)),
        section_id=pl.when(is_flow).then(pl.when("is_section").then(section_id).forward_fill().over(part)),
    )


def _add_levels(heads: pl.DataFrame) -> pl.DataFrame:
    """Add level and parent_section_id: up the outline, a step for all sections at a time, skipping units that are no sections."""
    ids = heads.select("document_id", parent="ordinal", above_id="section_id", above_parent="parent")
    levelled = heads.with_columns(level=pl.lit(1, dtype=pl.Int32), parent_section_id=pl.lit(None, dtype=pl.String), climbing="parent")
    for _ in range(_DEEPEST):
        levelled = (
            levelled.join(ids.rename({"parent": "climbing"}), on=["document_id", "climbing"], how="left", maintain_order="left")
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
    for level in range(_DEEPEST, 1, -1):
        beneath = (
            lengths.filter(pl.col("level") == level).group_by(section_id="parent_section_id").agg(beneath_last=pl.col("last_line").max())
        )
        lengths = (
            lengths.join(beneath, on="section_id", how="left", maintain_order="left")
            .with_columns(last_line=pl.max_horizontal("last_line", "beneath_last"))
            .drop("beneath_last")
        )
    sentence = pl.when(pl.col("role") == "body").then(pl.col("rest").str.extract(r"^([^。;!?]+)")).otherwise("rest")
    title = strip_charge(sentence)
    return lengths.with_columns(title=pl.when(title != "").then(title), ordinal=pl.col("section_ordinal"))
