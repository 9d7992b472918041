"""Documents and paragraphs in; sections and measures out, and the paragraphs with those they belong to.

The idea: some paragraphs begin a measure, some begin something else (a heading, an introduction, closing words); every other
paragraph belongs to what began last.
"""

from __future__ import annotations

import polars as pl

from transforms.masks import contains_one, text_where
from transforms.neighbours import neighbour, number_blocks
from transforms.structure.classify import classify_paragraphs, heading_pattern, judge_titles
from transforms.structure.glued import add_glued_headings
from transforms.structure.outline import FLOW_ROLES
from transforms.structure.sections import place_in_sections, read_sections
from transforms.structure.titles import begins_with_title, read_titles, strip_charge

_PLAN_SHARE, _TITLED_SHARE = 0.3, 0.15  # of units that begin with a verb of doing: bulletins and speeches stay under 0.1, plans over 0.5
_HALF = 0.5
_DEEPEST = 8
_CHARGE = r"(?:牵头|责任|负责|配合|协办|主办|参与|落实|实施)(?:单位|部门|处室|科室|机构|领导|人)?"
_LABEL_LINE = (
    rf"^[(【\[]?[一-龥]{{0,4}}{_CHARGE}(?:及[一-龥]{{2,6}})?[】\]]?\s*[:】]"  # 责任单位:省科技厅
    r"|^\([^()]*(?:\([^()]*\)[^()]*)*\)[。;]?$"  # a bracket that fills its paragraph
)


def extract_outline(
    documents: pl.DataFrame, paragraphs: pl.DataFrame, numbering: pl.DataFrame, measure_rules: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Read the sections that documents are cut into, and the measures that plans consist of.

    In: documents (document_id, title, plan_title), paragraphs; `numbering` and `measure_rules` as in `classify_paragraphs`. Out:
    `sections` as `read_sections` gives them; `measures` (measure_id, document_id, section_id, ordinal, number, title, text: its
    paragraphs, one a line; first_line, last_line), both sorted by document_id, ordinal; `paragraphs` with section_id, the innermost
    section of a heading or body paragraph, and measure_id.
    A measure is the smallest numbered or titled unit of a plan; in a section without such units each paragraph is one. Goals,
    principles, introductions, closing words and the articles of regulations are none; neither is anything in statistics, lists,
    speeches or acts of courts.
    """
    bare = paragraphs.drop("section_id", "measure_id", strict=False)
    by_row = add_glued_headings(bare)
    classified = classify_paragraphs(judge_titles(documents, measure_rules), by_row, numbering, measure_rules)
    placed = place_in_sections(classified.filter(~pl.col("is_glued") | pl.col("is_section")))
    members = _find_members(placed, measure_rules)
    belonging = placed.select("row", "section_id").join(members.select("row", "measure_id"), on="row", how="left")
    belongs = by_row.join(belonging, on="row", how="left", maintain_order="left").filter(~pl.col("is_glued"))
    return read_sections(placed), _join_members(members), bare.with_columns(belongs.select("section_id", "measure_id"))


def _find_members(placed: pl.DataFrame, measure_rules: pl.DataFrame) -> pl.DataFrame:
    """Keep the paragraphs of measures, with measure_id, measure_ordinal and `title` (of the measure, at the paragraph that bears it)."""
    may_act = pl.col("role").is_in(FLOW_ROLES) & ~pl.col("is_regulation") & ~pl.col("no_plan")
    begun = placed.filter(may_act.any().over("document_id")).pipe(_mark_context, measure_rules).pipe(_begin_measures, measure_rules)
    members = _fill_blocks(begun, measure_rules).filter("is_member")
    ordinal = pl.col("block").rank("dense").over("document_id").cast(pl.Int32)
    measure_id = pl.format("{}-m{}", "document_id", pl.col("measure_ordinal").cast(pl.String).str.zfill(4))
    return members.with_columns(measure_ordinal=ordinal).with_columns(measure_id=measure_id)


def _join_members(members: pl.DataFrame) -> pl.DataFrame:
    """Make one row of each measure's paragraphs."""
    return (
        members.group_by("measure_id", maintain_order=True)
        .agg(
            pl.col("document_id").first(),
            pl.col("section_id").first(),
            ordinal=pl.col("measure_ordinal").first(),
            number=pl.col("number").first(),
            title=pl.col("title").drop_nulls().first(),
            text=pl.col("text").str.join("\n"),
            first_line=pl.col("first_line").min(),
            last_line=pl.col("last_line").max(),
        )
        .sort("document_id", "ordinal")
    )


def _patterns(measure_rules: pl.DataFrame, applies_to: str, *effects: str) -> list[str]:
    """List the patterns of some rules."""
    return measure_rules.filter(pl.col("applies_to") == applies_to, pl.col("effect").is_in(effects)).get_column("pattern").to_list()


def _mark_context(placed: pl.DataFrame, measure_rules: pl.DataFrame) -> pl.DataFrame:
    """Add what stands around each paragraph.

    in_aside: a section above, or the title of its part, says goals, principles, notes; is_leaf: its section has no unit beneath;
    is_absorbed: it is a unit within a measure.
    """
    heads = placed.filter("is_section").select("document_id", "is_aside", "n_children", section="ordinal", above="parent")
    over = heads.select("document_id", above="section", over="above", over_aside="is_aside")
    climbing = heads
    for _ in range(_DEEPEST):
        if climbing.get_column("above").null_count() == climbing.height:
            break
        climbing = (
            climbing.join(over, on=["document_id", "above"], how="left", maintain_order="left")
            .with_columns(is_aside=pl.col("is_aside") | pl.col("over_aside").fill_null(value=False), above="over")
            .drop("over", "over_aside")
        )
    of_section = climbing.select("document_id", "section", section_aside="is_aside", is_leaf=pl.col("n_children") == 0)
    units = placed.filter(pl.col("parent").is_not_null())
    parents = units.select("document_id", parent="ordinal", parent_is_section="is_section")
    within = units.join(parents, on=["document_id", "parent"], how="left", maintain_order="left").select(
        "row", is_absorbed=~pl.col("parent_is_section").fill_null(value=True) | pl.col("is_enumeration")
    )
    is_title = pl.col("role").is_in(["title", "attachment"])
    says_aside = text_where(is_title).str.replace_all(r"[\s:]", "").str.contains(heading_pattern(measure_rules))
    return (
        placed.join(of_section, on=["document_id", "section"], how="left", maintain_order="left")
        .join(within, on="row", how="left", maintain_order="left")
        .with_columns(part_aside=pl.when(is_title).then(says_aside).forward_fill().over("document_id"))
        .with_columns(
            pl.col("is_absorbed", "is_leaf").fill_null(value=False),
            in_aside=pl.col("section_aside").fill_null(value=False) | pl.col("part_aside").fill_null(value=False),
        )
    )


def _begin_measures(placed: pl.DataFrame, measure_rules: pl.DataFrame) -> pl.DataFrame:
    """Keep plans; add `begins` (measure kind, `other`, or null where the paragraph goes on), is_label, opens_with_title and `title`."""
    is_flow, is_free, is_unit, is_plain = (pl.col(name) for name in ("is_flow", "is_free", "unit_of_text", "is_plain"))
    is_body, is_heading = pl.col("role") == "body", pl.col("role") == "heading"
    is_empty = pl.col("rest") == ""
    follows_bare_number = neighbour(is_empty & pl.col("marker").is_not_null(), 1, "document_id").fill_null(value=False)
    heads_text = neighbour(is_body, -1, "part").fill_null(value=False) & ~follows_bare_number
    opens_list = pl.col("text").str.ends_with(":")
    kind = (
        pl.when(is_flow & (pl.col("is_section") | pl.col("is_regulation") | pl.col("in_aside")))
        .then(pl.lit("other"))
        .when(is_free & is_unit & (is_heading | pl.col("speaks") | is_empty))
        .then(pl.when(is_body & ~is_empty).then(pl.lit("numbered")).otherwise(pl.lit("headed")))
        .when(is_flow & is_unit)
        .then(pl.lit("other"))
        .when(is_free & (pl.col("use") == "box") & (is_heading | (pl.col("rest").str.len_chars() < 40)))
        .then(pl.lit("box"))
        .when(is_free & is_plain & pl.col("says_nothing"))
        .then(pl.lit("other"))
        .when(is_free & is_plain & pl.col("is_leaf") & is_heading & heads_text & ~opens_list)
        .then(pl.lit("titled"))
        .when(is_free & is_plain & pl.col("is_leaf") & is_body & ~pl.col("is_label"))
        .then(pl.when(pl.col("speaks") & ~opens_list).then(pl.lit("plain")).otherwise(pl.lit("other")))
        .when(~is_flow)
        .then(pl.lit("other"))
    )
    begun = _mark_wording(placed, measure_rules).with_columns(begins=kind)
    plans = _keep_plans(begun.drop("is_flow", "is_free", "unit_of_text", "is_plain", "speaks", "says_nothing"), measure_rules)
    return _settle_plain(plans.with_columns(opens_with_title=begins_with_title())).pipe(_add_titles)


def _mark_wording(placed: pl.DataFrame, measure_rules: pl.DataFrame) -> pl.DataFrame:
    """Add what each paragraph by itself says of measures.

    is_flow (part of the text), is_free (and in no aside, law or heading of a section), unit_of_text (a unit of its own), is_plain (not
    numbered); acts (begins with a verb of doing), speaks (says something), says_nothing (turns to the audience, looks back, closes; told
    of plain ones only), is_label (says who is in charge).
    """
    is_flow = pl.col("role").is_in(FLOW_ROLES)
    is_free = is_flow & ~pl.col("in_aside") & ~pl.col("is_aside") & ~pl.col("is_regulation") & ~pl.col("is_section")
    is_plain = pl.col("parent").is_null() & (pl.col("use").is_null() | (pl.col("use") == "spoken"))
    wording = pl.when(pl.col("rest") == "").then(neighbour(pl.col("rest"), -1, "part")).otherwise("rest")
    plain = text_where(pl.col("is_free") & pl.col("is_plain"))
    return placed.with_columns(
        is_flow=is_flow,
        is_free=is_free,
        is_plain=is_plain,
        unit_of_text=pl.col("parent").is_not_null() & ~pl.col("is_absorbed") & ~pl.col("is_section"),
        acts=contains_one(wording.str.strip_chars_start("“‘《—- "), _patterns(measure_rules, "unit", "plan")),
        is_label=pl.col("text").str.contains(_LABEL_LINE),
    ).with_columns(
        speaks=pl.col("rest").str.contains(r"[。;!]") | pl.col("acts") | (pl.col("rest").str.len_chars() > 30),
        says_nothing=contains_one(plain, _patterns(measure_rules, "paragraph", "no_measure", "closing")),
    )


def _keep_plans(begun: pl.DataFrame, measure_rules: pl.DataFrame) -> pl.DataFrame:
    """Keep the documents in which measures begin and that are plans.

    A document is one by the end of its title or by the sentence that brings in what is to be done; where neither tells, by the verbs of
    doing that its units begin with.
    """
    share = pl.col("acts").mean() >= pl.when(pl.col("plan").first()).then(_TITLED_SHARE).otherwise(_PLAN_SHARE)
    judged = (
        begun.filter((pl.col("begins") != "other") & ~pl.col("no_plan"))
        .group_by("document_id")
        .agg(is_plan=(pl.col("declared").first() | share).fill_null(value=False))
    )
    undecided = begun.join(judged.filter(~pl.col("is_plan")), on="document_id", how="semi")
    declaring = undecided.filter(contains_one(pl.col("text"), _patterns(measure_rules, "paragraph", "declared")))
    plans = pl.concat([judged.filter("is_plan").select("document_id"), declaring.select("document_id")])
    return begun.join(plans, on="document_id", how="semi", maintain_order="left").drop("acts")


def _settle_plain(begun: pl.DataFrame) -> pl.DataFrame:
    """Settle which unnumbered paragraphs are measures.

    In a section with unnumbered headings the text under one belongs to it and the text before the first introduces it. In a section
    of titled paragraphs what stands before the first introduces them, what stands after the last closes. Titled paragraphs after a
    numbered one are measures of their own where most of its kind go on so.
    """
    section = ["document_id", "section"]
    is_plain = pl.col("begins") == "plain"
    has_headings = (pl.col("begins") == "titled").any().over(section)
    seen_heading = (pl.col("begins") == "titled").cum_sum().over(section) > 0
    is_titled = pl.col("opens_with_title") & is_plain
    mostly_titled = (is_titled.sum().over(section) >= 2) & (is_titled.sum().over(section) > is_plain.sum().over(section) * _HALF)
    titled = pl.when(is_titled).then("ordinal")
    stands_outside = (pl.col("ordinal") < titled.min().over(section)) | (pl.col("ordinal") > titled.max().over(section))
    settled = (
        pl.when(is_plain & has_headings)
        .then(pl.when(seen_heading).then(pl.lit(None, dtype=pl.String)).otherwise(pl.lit("other")))
        .when(is_plain & mostly_titled & stands_outside)
        .then(pl.lit("other"))
        .otherwise("begins")
    )
    return begun.with_columns(begins=settled).pipe(_split_titled_runs)


def _split_titled_runs(begun: pl.DataFrame) -> pl.DataFrame:
    """Let titled paragraphs after a run-in numbered one begin measures of their own, where most units of that style go on so."""
    style = ["part", "parent", "style"]
    is_numbered = pl.col("begins") == "numbered"
    goes_on = pl.col("begins").is_null() & (pl.col("role") == "body") & pl.col("marker").is_null() & ~pl.col("is_label")
    is_titled = pl.col("opens_with_title") & goes_on
    runs = (
        begun.with_columns(run=number_blocks(pl.col("begins").is_not_null(), "part"))
        .with_columns(has_run=is_numbered & is_titled.any().over("run") & (is_titled.sum().over("run") > goes_on.sum().over("run") * _HALF))
        .with_columns(splits=pl.when(is_numbered).then("has_run").mean().over(style) > _HALF, n_alike=is_numbered.sum().over(style))
        .with_columns(splits=pl.when(is_numbered).then(pl.col("splits") & (pl.col("n_alike") >= 2)))
        .with_columns(splits=pl.col("splits").max().over("run").fill_null(value=False))
    )
    begins = pl.when(is_titled & pl.col("splits")).then(pl.lit("plain")).otherwise("begins")
    return runs.with_columns(begins=begins).drop("run", "has_run", "splits", "n_alike")


def _add_titles(begun: pl.DataFrame) -> pl.DataFrame:
    """Add `title`: the run-in sentence of numbered and plain measures, the line of headed ones."""
    is_run_in = pl.col("begins").is_in(["numbered", "plain"])
    titles = read_titles(begun.filter(is_run_in), ["part", "begins", "style"]).select("row", run_in_title="title")
    is_headed = pl.col("begins").is_in(["headed", "titled", "box"])
    line = strip_charge(pl.col("rest"))
    is_bare = neighbour(is_headed & (pl.col("rest") == ""), 1, "document_id").fill_null(value=False)
    next_line = is_bare & pl.col("begins").is_null() & ((pl.col("role") == "heading") | ~pl.col("text").str.contains("[。;]"))
    own = pl.when((is_headed & (line != "")) | next_line).then(line)
    return (
        begun.join(titles, on="row", how="left", maintain_order="left")
        .with_columns(title=pl.coalesce("run_in_title", own))
        .drop("run_in_title")
    )


def _fill_blocks(begun: pl.DataFrame, measure_rules: pl.DataFrame) -> pl.DataFrame:
    """Add `block` (which beginning a paragraph follows, within its part) and is_member (it belongs to a measure)."""
    is_flow = pl.col("role").is_in(FLOW_ROLES)
    has_text = (is_flow & ((pl.col("role") == "body") | pl.col("rest").str.contains("[。;]"))).any().over("block")
    is_measure = (pl.col("kind") != "other") & is_flow & (has_text | (pl.col("kind") == "numbered"))
    blocks = (
        begun.with_columns(block=number_blocks(pl.col("begins").is_not_null(), "part"))
        .with_columns(kind=pl.col("begins").first().over("block"))
        .with_columns(
            is_measure=is_measure.fill_null(value=False), starts=pl.col("begins").is_not_null(), n_paragraphs=pl.len().over("block")
        )
    )
    return _cut_closing_words(blocks, measure_rules)


def _cut_closing_words(blocks: pl.DataFrame, measure_rules: pl.DataFrame) -> pl.DataFrame:
    """Add is_member: all paragraphs of measures but the closing words after a part's last one.

    What follows the last numbered measure closes the plan where the others have one paragraph each; else, and after a last plain one,
    the wording tells.
    """
    is_other = pl.col("is_measure") & pl.col("starts") & ~pl.col("is_last")
    placed = (
        blocks.with_columns(is_last=pl.col("block") == pl.when("is_measure").then("block").max().over("part"))
        .with_columns(is_single=pl.when(is_other).then(pl.col("n_paragraphs") == 1).mean().over("part").fill_null(1.0) > _HALF)
        .with_columns(closes=contains_one(pl.col("text"), _patterns(measure_rules, "paragraph", "closing")))
    )
    goes_on = pl.col("is_last") & ~pl.col("starts") & ~pl.col("is_label")
    is_closing = goes_on & ((pl.col("closes") & (pl.col("kind") != "headed")) | (pl.col("is_single") & (pl.col("kind") == "numbered")))
    cut = placed.with_columns(cut_from=pl.when(is_closing).then("ordinal").min().over("block"))
    is_cut = (pl.col("is_last") & (pl.col("ordinal") >= pl.col("cut_from"))).fill_null(value=False)
    is_farewell = pl.col("is_last") & pl.col("starts") & (pl.col("kind") == "plain") & pl.col("closes")
    return cut.with_columns(is_member=pl.col("is_measure") & ~is_cut & ~is_farewell.fill_null(value=False))
