"""Lines, paragraphs and reference tables in, the `documents` table out.

Every place a page states a fact gives evidence rows; here the best-ranked evidence a field is chosen, and the region is told from the
issuer, the title, the number or the text, in this order. What a page does not say is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from transforms.documents.bodies import complete_issuer, is_central
from transforms.documents.heads import find_days_and_orders, find_numbers, select_heads
from transforms.documents.hosts import find_hosts
from transforms.documents.issuers import (
    find_adopting_bodies,
    find_announced_issuers,
    find_bodies_under_titles,
    find_signatures,
    find_title_issuers,
)
from transforms.documents.labels import DATE_FIELDS, find_bare_dates, find_labelled_facts
from transforms.documents.locate import accept_hosts_as_issuers, locate_documents, survey_places
from transforms.documents.regions import list_place_names
from transforms.documents.titles import clean_titles, find_title_facts, find_titles, prefer_labelled_notice
from transforms.masks import text_where

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCUMENT_COLUMNS = {
    "document_id": pl.String,
    "source_id": pl.String,
    "title": pl.String,
    "plan_title": pl.String,
    "kind": pl.String,
    "issuer": pl.String,
    "document_number": pl.String,
    "issued_on": pl.Date,
    "published_on": pl.Date,
    "effective_on": pl.Date,
    "region_code": pl.String,
    "region_name": pl.String,
    "region_level": pl.String,
    "publisher": pl.String,
    "plan_year": pl.Int32,
    "text": pl.String,
    "n_chars": pl.Int32,
    "is_canonical": pl.Boolean,
    "canonical_document_id": pl.String,
}


def extract_documents(
    lines: pl.DataFrame, paragraphs: pl.DataFrame, sources: pl.DataFrame, reference: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """Describe each document, one row each, sorted by document_id.

    In: lines (document_id, source_id, line_no, text, role, joins_previous), paragraphs (`build_paragraphs`), sources (source_id,
    source_key), and of the reference tables regions, document_kinds, document_labels, host_rules, region_aliases, region_level_words.
    Out: DOCUMENT_COLUMNS; a fact that the page does not state is null; `is_canonical` is true throughout, for the corpus step to
    change. Each document is described from its own source alone.
    """
    regions = reference["regions"].select("region_code", "name", "level", "parent_code")
    placed = paragraphs.join(sources.select("source_id", document_id="source_key"), on="document_id", maintain_order="left")
    # Neighbours are told apart by source_no: comparing numbers costs far less than comparing names.
    own_lines = (
        lines.select("document_id", "source_id", "line_no", "text", "role", "joins_previous")
        .filter(pl.col("document_id").is_not_null(), pl.col("role") != "blank")
        .with_columns(source_no=pl.col("source_id").rle_id())
        .drop("document_id")
    )
    titles = clean_titles(placed, reference["document_kinds"])
    chosen_titles = find_titles(titles, placed, reference["document_kinds"])
    place_names = list_place_names(regions, reference["region_aliases"])
    evidence = gather_evidence(own_lines, placed, titles, chosen_titles, reference)
    described = (
        placed.group_by("document_id", maintain_order=True)
        .agg(pl.col("source_id").first(), "text")
        .with_columns(pl.col("text").list.join("\n"))
        .join(chosen_titles.drop("source_id"), on="document_id", how="left")
        .join(choose_facts(evidence, place_names), on="source_id", how="left")
        .with_columns(publisher=pl.coalesce("publisher", "host"))
        .pipe(prefer_labelled_notice, reference["document_kinds"])
    )
    surroundings = survey_places(described, placed, place_names, reference)
    described = accept_hosts_as_issuers(described, surroundings)
    located = described.join(locate_documents(described, surroundings, reference["region_aliases"]), on="document_id", how="left")
    return (
        located.join(regions.select("region_code", region_name="name", region_level="level"), on="region_code", how="left")
        .with_columns(issuer=complete_issuer(pl.col("issuer"), pl.col("region_name")))
        .with_columns(
            *(pl.col(field).str.to_date("%Y-%m-%d", strict=False) for field in DATE_FIELDS),
            n_chars=pl.col("text").str.len_chars(),
            is_canonical=pl.lit(value=True),
            canonical_document_id=pl.col("document_id"),
        )
        .with_columns(plan_year=_tell_plan_year())
        .select(pl.col(name).cast(dtype) for name, dtype in DOCUMENT_COLUMNS.items())
        .sort("document_id")
    )


def gather_evidence(
    lines: pl.DataFrame,
    paragraphs: pl.DataFrame,
    titles: pl.DataFrame,
    chosen_titles: pl.DataFrame,
    reference: Mapping[str, pl.DataFrame],
) -> pl.DataFrame:
    """Collect what every place on a page states about the document: evidence rows (see `labels`). All but the labels carry source_id."""
    heads = select_heads(lines)
    reports = chosen_titles.filter(pl.col("title").str.contains("政府工作报告")).select("source_id", is_report=pl.lit(value=True))
    marked_heads = heads.join(reports, on="source_id", how="left", maintain_order="left").with_columns(
        pl.col("is_report").fill_null(value=False)
    )
    return pl.concat(
        [
            find_labelled_facts(lines, reference["document_labels"]),
            find_bare_dates(lines),
            find_hosts(lines, chosen_titles, reference["host_rules"]),
            find_title_facts(titles),
            find_numbers(heads),
            find_days_and_orders(heads, paragraphs),
            find_title_issuers(titles),
            find_signatures(paragraphs),
            find_bodies_under_titles(lines, chosen_titles),
            find_adopting_bodies(marked_heads),
            find_announced_issuers(paragraphs, chosen_titles),
        ]
    )


def choose_facts(evidence: pl.DataFrame, place_names: pl.DataFrame) -> pl.DataFrame:
    """Choose each field's best-ranked, then first, evidence: one row a source, one column a field.

    An issuer or host that is only inferred (rank 6 and more) must name a division or be a body of the centre, and so must a
    signature, lest it is the end of a name cut in two; a
    labelled issuer that does neither (地区行署) yields to the signature and the title.
    """
    names = place_names.get_column("name").unique().to_list()
    is_inferred = pl.col("field").is_in(["issuer", "host"]) & (pl.col("rank") >= 6)
    is_fragment = (pl.col("rule") == "signature") & ~pl.col("value").str.contains(r"^(?:自治区|[省市县区州盟旗局委厅部])")
    yields = (pl.col("field") == "issuer") & (pl.col("rank") == 1) & ~pl.col("is_known_body")
    best = (
        evidence.with_columns(is_known_body=pl.col("value").str.contains_any(names) | is_central(pl.col("value")))
        .filter(~(is_inferred | is_fragment) | pl.col("is_known_body"))
        .with_columns(rank=pl.when(yields).then(4).otherwise("rank"))
        .with_columns(field=pl.when(pl.col("field") == "title").then(pl.lit("label_title")).otherwise("field"))
        .sort("source_id", "field", "rank", "line_no", maintain_order=True)
        .unique(["source_id", "field"], keep="first", maintain_order=True)
    )
    fields = ("label_title", "issuer", "issuer_hint", "document_number", *DATE_FIELDS, "publisher", "host")
    return best.group_by("source_id", maintain_order=True).agg(
        pl.col("value").filter(pl.col("field") == field).first().alias(field) for field in fields
    )


def _tell_plan_year() -> pl.Expr:
    """Tell the (first) year a plan is for: the first in its title, else the year a work report was given, else that of its first words.

    First words count (2020年是…, 今年… on a page of known date) where there is no title or it is a yearly plan's.
    """
    title = pl.coalesce("plan_title", "title").str.replace_all(r"\([^()]*截止[^()]*\)", "")
    of_title = title.str.replace_all(r"(?:19|20)\d\d年?版", "").str.extract(r"((?:19|20)\d\d)(?:年|\s*[-—–~至]+\s*(?:19|20)\d\d)")
    is_report = title.str.contains("工作报告$")
    is_yearly = title.is_null() | pl.col("kind").is_in(["要点", "安排", "计划"])
    opening = text_where(is_yearly).str.head(400)
    of_opening = opening.str.extract(r"(?:^|\n)((?:19|20)\d\d)年(?:是|,?全[省市县区国州]|[\p{Han}]{0,12}工作)")
    this_year = pl.when(opening.str.contains(r"(?:^|\n)今年")).then(pl.coalesce("issued_on", "published_on").dt.year().cast(pl.String))
    return (
        pl.when(of_title.is_not_null())
        .then(of_title)
        .when(is_report)
        .then(pl.col("issued_on").dt.year().cast(pl.String))
        .when(is_yearly & ~title.str.contains("十[一二三四五六]五").fill_null(value=False))
        .then(pl.coalesce(of_opening, this_year))
    ).cast(pl.Int32)
