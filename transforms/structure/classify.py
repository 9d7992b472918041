"""Paragraphs in; each with its place in the document's outline out: which numbers head sections, which count measures.

The idea: a heading is a section when it is outermost or when numbered or titled units stand beneath it; all other numbers
belong to single measures, or to the list that a measure's text goes through.
"""

from __future__ import annotations

import polars as pl

from transforms.masks import text_where
from transforms.neighbours import neighbour
from transforms.structure.numbering import cut_markers, read_markers
from transforms.structure.outline import FLOW_ROLES, ROOT, drop_contents, nest_units, split_parts
from transforms.structure.titles import begins_with_title

_NESTING_USES = ("division", "nested", "unit", "heading")
_HALF = 0.5
_LONGEST_HEADING = 40  # characters: longer lines without a stop are text cut short


def classify_paragraphs(
    titled: pl.DataFrame, paragraphs: pl.DataFrame, numbering: pl.DataFrame, measure_rules: pl.DataFrame
) -> pl.DataFrame:
    """Place the paragraphs in their documents' outlines.

    In: titled (what `judge_titles` gives), paragraphs with `row` (a number of their own), in order; `numbering` (see `read_markers`),
    `measure_rules` (rule, applies_to: heading, document, unit or paragraph; pattern; effect). Out: the paragraphs of documents that may
    have sections or measures, in order, with what their titles tell, marker, style, rank, use, number, rest, part; `parent` (ordinal of
    the unit above; null where the paragraph is no unit), is_section, n_children (units beneath), is_enumeration (an item of a list
    within a measure), is_aside (its heading says: goals, principles, review, notes), is_regulation (its part has articles).
    """
    marked = read_markers(paragraphs, numbering).pipe(split_parts)
    placed = _mark_units(marked, titled).pipe(_keep_outlined).pipe(cut_markers).pipe(_read_bare_headings)
    units = placed.filter("is_unit").pipe(drop_contents).pipe(nest_units).pipe(_mark_enumerations).pipe(_count_beneath, placed)
    run_in = pl.col("rest").str.extract(r"^([^。:;]{2,40})[。:]")
    wording = pl.when(pl.col("role") == "heading").then(pl.col("rest").str.strip_chars_end("。:")).otherwise(run_in)
    is_aside = wording.str.replace_all(r"\s", "").str.contains(heading_pattern(measure_rules)).fill_null(value=False)
    judged = _mark_sections(units.with_columns(is_aside=is_aside))
    joined = placed.join(
        judged.select("row", "parent", "is_section", "n_children", "is_enumeration", "is_aside"),
        on="row",
        how="left",
        maintain_order="left",
    )
    unnumbered = _mark_unnumbered_sections(joined)
    return unnumbered.with_columns(
        pl.col("is_section", "is_enumeration", "is_aside").fill_null(value=False), pl.col("n_children").fill_null(0)
    ).drop("is_unit", "next_is_unit")


def heading_pattern(measure_rules: pl.DataFrame) -> str:
    """Join the patterns of headings whose text is no measure (goals, principles, review, notes)."""
    return "|".join(measure_rules.filter(applies_to="heading", effect="no_measure").get_column("pattern"))


def judge_titles(documents: pl.DataFrame, measure_rules: pl.DataFrame) -> pl.DataFrame:
    """Tell by their titles what documents are; those without a title are left out.

    Out: document_id, declared (a plan), plan (speaks of doing), no_plan (a law, a list, a speech).
    """
    title = pl.coalesce("plan_title", "title")
    whole = title.str.replace_all(r"\s", "").str.replace(r"的?(?:通知|公告|通告|批复|函)$", "")
    # What only carries a plan's title goes: 关于印发…的通知, brackets at its end.
    wording = whole.str.replace(r"[》)]+$", "").str.replace(r"[(\uFF08][^()（）]*$", "").str.replace(r"》$", "")
    says = {
        effect: wording.str.contains("|".join(measure_rules.filter(applies_to="document", effect=effect).get_column("pattern")))
        for effect in ("declared", "plan", "no_plan")
    }
    return documents.filter(title.is_not_null()).select("document_id", **says)


def _mark_units(marked: pl.DataFrame, titled: pl.DataFrame) -> pl.DataFrame:
    """Add what titles tell, is_regulation and `is_unit`: in a part with articles only its divisions count; policies count their
    measures as articles."""
    is_article = pl.col("use") == "article"
    is_flow = pl.col("role").is_in(FLOW_ROLES)
    is_policy = (pl.col("declared") | pl.col("plan")) & ~pl.col("no_plan")
    counts = pl.when("is_regulation").then(pl.col("use") == "division").otherwise(pl.col("use").is_in(_NESTING_USES) | is_article)
    return (
        marked.join(titled, on="document_id", how="left", maintain_order="left")
        .with_columns(pl.col("declared", "plan", "no_plan").fill_null(value=False))
        .with_columns(is_regulation=((is_article.sum().over("part") >= 2) & ~is_policy).fill_null(value=False))
        .with_columns(is_unit=(is_flow & counts).fill_null(value=False))
    )


def _keep_outlined(placed: pl.DataFrame) -> pl.DataFrame:
    """Keep the documents in which something can be a section or a measure: laws without chapters, most of all documents, go."""
    is_prose = pl.col("role").is_in(FLOW_ROLES) & ~pl.col("is_regulation")
    may_head = is_prose & (pl.col("role") == "heading") & pl.col("marker").is_null()
    may_act = is_prose & ~pl.col("no_plan")
    return placed.filter((pl.col("is_unit") | may_head | may_act).any().over("document_id"))


def _read_bare_headings(placed: pl.DataFrame) -> pl.DataFrame:
    """Take for headings what reads as one though it was labelled body: 一、 or (一) with a short wording, no stop in it, and other
    text after it.

    Adds `next_is_unit`: the next paragraph of the text is a numbered unit too, so this one heads nothing.
    """
    flow = placed.filter(pl.col("role").is_in(FLOW_ROLES)).select(
        "row",
        next_is_unit=neighbour(pl.col("is_unit"), -1, "document_id").fill_null(value=False),
        next_style=neighbour(pl.col("style").fill_null(""), -1, "document_id"),
    )
    may_be_heading = (pl.col("role") == "body") & pl.col("is_unit") & pl.col("style").is_in(["han", "han_bracket"])
    wording = text_where(may_be_heading & (pl.col("next_style") != pl.col("style")), "rest")
    has_stop = wording.str.contains("[。;:!?]") | wording.str.contains("[,、]$")
    reads_as_heading = wording.str.len_chars().is_between(2, _LONGEST_HEADING) & ~has_stop
    return (
        placed.join(flow, on="row", how="left", maintain_order="left")
        .with_columns(role=pl.when(reads_as_heading).then(pl.lit("heading")).otherwise("role"))
        .drop("next_style")
    )


def _mark_enumerations(units: pl.DataFrame) -> pl.DataFrame:
    """Add `is_enumeration`: units that go through a list within a paragraph's text (each ends in a semicolon, or the text above ends
    in a colon)."""
    siblings = ["part", "parent"]
    is_body = pl.col("role") == "body"
    ends_open = (pl.col("text").str.contains(r"[;,]$") & is_body).sum().over(siblings)
    goes_through_list = (pl.len().over(siblings) >= 2) & (ends_open >= (pl.len().over(siblings) - 1) * _HALF) & (ends_open > 0)
    above = units.select("document_id", parent="ordinal", above_is_text=is_body, above_opens=is_body & pl.col("text").str.ends_with(":"))
    is_list = (pl.col("above_is_text") & goes_through_list) | pl.col("above_opens")
    return (
        units.join(above, on=["document_id", "parent"], how="left", maintain_order="left")
        .with_columns(is_enumeration=is_body & is_list.fill_null(value=False))
        .drop("above_is_text", "above_opens")
    )


def _count_beneath(units: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Add n_children (units beneath that are no list) and, to headings, has_titled (most unnumbered paragraphs beneath begin with a
    title)."""
    children = units.filter(~pl.col("is_enumeration")).group_by("document_id", ordinal="parent").agg(n_children=pl.len())
    unit = units.select("row", unit="row", under_heading=pl.col("role") == "heading")
    is_plain = (pl.col("role") == "body") & (pl.col("marker").is_null() | (pl.col("use") == "spoken"))
    beneath = (
        placed.select("row", "part", "rest", is_plain=is_plain)
        .join(unit, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("unit", "under_heading").forward_fill().over("part"))
        .filter("is_plain", "under_heading")
        .with_columns(opens=begins_with_title())
        .group_by(row="unit")
        .agg(has_titled=(pl.col("opens").mean() > _HALF) & (pl.col("opens").sum() >= 2))
    )
    return (
        units.join(children, on=["document_id", "ordinal"], how="left", maintain_order="left")
        .join(beneath, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("n_children").fill_null(0), pl.col("has_titled").fill_null(value=False))
    )


def _mark_sections(units: pl.DataFrame) -> pl.DataFrame:
    """Add `is_section` to units.

    Outermost headings are sections; so is a heading with units beneath, one of goals or principles, and one that, like most of its
    siblings, heads titled
    paragraphs; so is text with at least two units beneath. A list of names whose items head nothing has none.
    """
    siblings = ["part", "parent", "style"]
    is_heading = (pl.col("role") == "heading") & ~pl.col("rest").str.ends_with(":")
    is_list = ((pl.col("next_is_unit") & (pl.col("n_children") == 0)).mean().over(siblings) > _HALF) & (pl.len().over(siblings) > 3)
    heads_titled = pl.col("has_titled") & ((pl.col("has_titled") & is_heading).mean().over(siblings) >= _HALF)
    has_units = pl.col("n_children") > 0
    heads = is_heading & ((pl.col("parent") == ROOT) | has_units | pl.col("is_aside") | heads_titled) & ~is_list
    carries = (pl.col("role") == "body") & (pl.col("n_children") >= 2) & ~pl.col("text").str.ends_with(":")
    return units.with_columns(
        is_section=(pl.col("use") != "unit") & (pl.col("rest") != "") & (heads | carries | (pl.col("use") == "division"))
    )


def _mark_unnumbered_sections(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Let unnumbered headings be sections in parts that have no numbered one, where text follows them."""
    is_unnumbered = (pl.col("role") == "heading") & pl.col("marker").is_null() & ~pl.col("is_regulation")
    has_units = (pl.col("is_section").fill_null(value=False) | pl.col("parent").is_not_null()).any().over("part")
    is_alone = is_unnumbered & ~has_units
    heading = text_where(is_alone, "rest")
    is_label = heading.str.contains("[:。;,!]$") | heading.str.contains(r"^(?:表|图|附表|附图|附件|注)\s*[\d一二三四五六七八九十:]?")
    below = text_where(is_alone & (neighbour(pl.col("role"), -1, "part") == "body"), neighbour(pl.col("text"), -1, "part"))
    is_candidate = heading.str.len_chars().is_between(4, 40) & ~is_label & below.str.contains("。", literal=True)
    candidates = paragraphs.with_columns(is_candidate=is_candidate)
    is_section = pl.col("is_candidate") & (pl.col("is_candidate").sum().over("part") >= 2)
    return candidates.with_columns(
        is_section=pl.when(is_section).then(pl.lit(value=True)).otherwise("is_section"),
        parent=pl.when(is_section).then(pl.lit(ROOT, dtype=pl.Int32)).otherwise("parent"),
    ).drop("is_candidate")
