"""A role for every line of every page: what is the document's and what is the site's.

In: lines and the rule table. Out: + role, rule. The idea: describe units by themselves, find where the document stands on the page,
then decide by rule where a rule is met, by neighbours inside the text, and by position outside of it.
"""

import polars as pl

from transforms.line_shapes import letters_of
from transforms.neighbours import neighbour, number_blocks, take_first
from transforms.roles import elements
from transforms.roles.regions import find_regions
from transforms.roles.titles import TITLE_RULES, find_titles
from transforms.roles.units import describe_units, number_units
from transforms.rows import put_back, tell_where

BLANK_RULE = "blank"
REPEAT_RULE = "repeated_stretch"
FIELD_VALUE_RULE = "field_value"
# Names of the rules that decide by structure and position, with the role each gives.
STRUCTURAL_RULES = {
    BLANK_RULE: "blank",
    REPEAT_RULE: "duplicate",
    FIELD_VALUE_RULE: "metadata",
    **dict.fromkeys(TITLE_RULES, "title"),
    "title_copy": "chrome",
    "title_with_site_name": "chrome",
    "addressee": "recipients",
    "closing_date": "date",
    "name_above_date": "signature",
    "name_below_text": "signature",
    "attachment_label": "attachment",
    "attachment_entry": "attachment",
    "attachment_list": "attachment",
    "attachment_file": "attachment",
    "contents_line": "body",
    "numbered_heading": "heading",
    "number_above_heading": "heading",
    "heading_below_number": "heading",
    "unnumbered_heading": "heading",
    "label_heading": "heading",
    "marked_heading": "heading",
    "byline": "metadata",
    "summary_above_text": "metadata",
    "before_document": "chrome",
    "after_document": "chrome",
    "unknown_above_text": "body",
    "text": "body",
}
# Columns of rules that were found before the last decision.
FOUND_RULES = ("hit_rule", "title_rule", "signature_rule")
# What stands above the text of a paper without any page around it: such lines are no sign of a site's frame.
RULES_OF_BARE_PAPERS = (
    "metadata_enactment|metadata_document_number|metadata_registration|metadata_office|metadata_speech|metadata_speaker|metadata_issuer"
    "|comment_markup|chrome_markup|front_matter|page_number|symbol|source_view|image"
)
# Between title and text a site puts words of its own, no longer than this: 字体, 下载, 政策解读.
SITE_WORD_CHARS = 12
# A summary above the text is known by these letters of it: past the first words, which a newspaper may put before them.
SUMMARY_PROBE_FROM, SUMMARY_PROBE_CHARS = 4, 16
MAX_PROSE_CHARS = 4_000
# Rules for the place under a title also hold where the page opens with a caption or a summary above the title.
OPENING_UNITS = 8


def assign_roles(lines: pl.DataFrame, line_rules: pl.DataFrame) -> pl.DataFrame:
    """Give every line its role and name the rule that decided.

    In: source_id, line_no, raw_text, text; sorted by source_id, line_no. Lines that have the role `duplicate` already keep it, and are
    left out of the page's structure. Out: + role, rule (never null).
    """
    marked = lines if "role" in lines.columns else lines.with_columns(role=pl.lit(None, pl.String), rule=pl.lit(None, pl.String))
    is_repeat = (pl.col("role") == "duplicate").fill_null(value=False)
    content = number_units(marked)
    decided = _decide(_gather_evidence(describe_units(content, line_rules)))
    is_blank = pl.col("text") == ""
    # Units stand in the order of their first lines.
    unit = (content["unit"] != content["unit"].shift(1)) | (content["source_id"] != content["source_id"].shift(1))
    of_lines = decided.select(role_decided="role", rule_decided="rule")[unit.fill_null(value=True).cum_sum() - 1]
    joined = marked.with_columns(put_back(of_lines, marked.select(~is_blank & ~is_repeat).to_series()))
    return joined.with_columns(
        role=pl.when(is_blank).then(pl.lit("blank")).when(is_repeat).then("role").otherwise("role_decided"),
        rule=pl.when(is_blank).then(pl.lit(BLANK_RULE)).when(is_repeat).then("rule").otherwise("rule_decided"),
    ).drop("role_decided", "rule_decided")


def rule_names(line_rules: pl.DataFrame) -> list[str]:
    """List every name that can stand in lineage.lines.rule: the table's rules and the structural ones."""
    return [*STRUCTURAL_RULES, *line_rules["rule"].to_list()]


def _gather_evidence(described: pl.DataFrame) -> pl.DataFrame:
    """Add region, neighbours, whether a rule of the table decides in this place, closing elements and titles."""
    placed = elements.add_neighbours(find_regions(described))
    where, region = pl.col("hit_where"), pl.col("region")
    rule_holds = (
        (where == "anywhere")
        | ((where == "edge") & (region != "text"))
        | ((where == "head") & ((region == "head") | ((pl.col("order") <= OPENING_UNITS) & ~pl.col("before_ends").fill_null(value=False))))
        | ((where == "tail") & (region == "tail"))
        | ((where == "label") & (region == "head"))
    ).fill_null(value=False)
    held = placed.with_columns(
        is_head_hit=rule_holds | (_is_in_site_block() & where.is_in(["anywhere", "edge"]).fill_null(value=False)),
        is_closing_date=elements.is_closing_date() & (region == "text"),
        is_note=(pl.col("hit_role") == "note").fill_null(value=False),
    )
    signed = _sign(_find_summaries(held))
    is_closing = pl.col("is_closing_date") | pl.col("is_note") | pl.col("signature_rule").is_not_null()
    closed = signed.with_columns(is_closing=is_closing).with_columns(before_is_closing=neighbour(pl.col("is_closing"), 1))
    return find_titles(closed)


def _is_in_site_block() -> pl.Expr:
    """Lines on end that all meet rules of a site, a registration number among them, are the site's even inside the text."""
    is_hit = pl.col("hit_role").is_in(["chrome", "metadata"]).fill_null(value=False)
    is_site = is_hit & (pl.col("region") == "text") & ~pl.col("is_date")
    is_registration = (pl.col("hit_rule") == "chrome_registration_number").fill_null(value=False)
    block = pl.when(is_site | is_registration).then(number_blocks(~is_site))  # few and small groups: the other rows are in none
    n_lines = is_site.sum().over(block)
    return is_site & (n_lines >= 2) & is_registration.any().over(block)


def _find_summaries(held: pl.DataFrame) -> pl.DataFrame:
    """Mark sentences above the document whose words stand in its text again, as a page's description does: + is_summary."""
    prose = held.select("source_id", "order", "region", "bare", "is_prose").filter("is_prose")
    letters = letters_of(pl.col("bare").str.head(MAX_PROSE_CHARS))
    above = prose.filter(region="head").select("source_id", "order", probe=letters.str.slice(SUMMARY_PROBE_FROM, SUMMARY_PROBE_CHARS))
    texts = prose.filter(region="text").join(above, on="source_id", how="semi")
    text_keys = texts.select("source_id", text_key=letters)
    found = above.join(text_keys, on="source_id").filter(pl.col("text_key").str.contains(pl.col("probe"), literal=True))
    is_summary = found.select("source_id", "order", is_summary=pl.lit(value=True)).unique()
    marked = held.join(is_summary, on=["source_id", "order"], how="left", maintain_order="left")
    return marked.with_columns(pl.col("is_summary").fill_null(value=False))


def _sign(held: pl.DataFrame) -> pl.DataFrame:
    """Find the names above the closing date (three at most), or an issuer's name alone below the last paragraph: + signature_rule."""
    in_text = pl.col("region") == "text"

    def below(name: str) -> pl.Expr:
        return neighbour(pl.col(name), -1).fill_null(value=False)

    above_date = elements.is_above_date(below("is_closing_date")) & in_text
    first = tell_where(held, above_date, signs=~pl.col("bare").str.contains("[,:。]"))
    second = first.with_columns(signs_two=pl.col("signs") | (below("signs") & pl.col("is_organisation") & in_text & ~pl.col("ends")))
    third = second.with_columns(
        signs_all=pl.col("signs_two") | (below("signs_two") & pl.col("is_organisation") & in_text & ~pl.col("ends"))
    )
    is_last = pl.col("after_region").is_null() | (pl.col("after_region") == "tail").fill_null(value=False) | below("is_note")
    is_name = pl.col("is_organisation") & (pl.col("n_chars") <= 30) & pl.col("level").is_null()
    fourth = tell_where(third, is_name, is_name=~pl.col("bare").str.contains(r"[,\d]"))
    is_alone = in_text & is_last & pl.col("is_name") & pl.col("before_ends") & pl.col("before_is_prose")
    return fourth.with_columns(
        signature_rule=pl.when(pl.col("signs_all")).then(pl.lit("name_above_date")).when(is_alone).then(pl.lit("name_below_text"))
    ).drop("signs", "signs_two", "signs_all", "is_name")


def _decide(units: pl.DataFrame) -> pl.DataFrame:
    """Decide the rule of each unit, first come first served, and from it the role: source_id, unit, role, rule."""
    region = pl.col("region")
    in_head, in_text, in_tail = region == "head", region == "text", region == "tail"
    is_bare_date = pl.col("hit_rule").str.contains("timestamp") & pl.col("bare").str.contains(r"^[\d年月日:/.()-]+$")
    is_by_speaker = pl.col("before_hit_rule").str.contains("speech|speaker|office").fill_null(value=False)
    is_above_caption = pl.col("after_hit_rule").str.contains("photo_caption").fill_null(value=False)
    worded = elements.mark_contents(elements.add_wordings(units))
    framed = tell_where(
        worded,
        in_head & pl.col("is_head_hit"),
        is_of_frame=~is_bare_date & ~pl.col("hit_rule").str.contains(RULES_OF_BARE_PAPERS),
    )
    headed = tell_where(framed, pl.col("has_heading_text"), is_numbered_heading=elements.is_numbered_heading())
    read = tell_where(headed, pl.col("reads_person"), stands_by_rule=is_by_speaker | is_above_caption)
    has_frame = pl.col("is_of_frame").any().over("source_id")
    is_above_title = (pl.col("order") < pl.col("order").filter(pl.col("title_rule").is_in(TITLE_RULES)).min().over("source_id")).fill_null(
        value=True
    )
    is_byline = pl.col("is_organisation") | pl.col("is_date") | pl.col("reads_byline")
    is_person = pl.col("reads_person") & ((pl.col("order") + 1 == pl.col("first_sure")) | pl.col("stands_by_rule"))
    is_unmarked = ~pl.col("is_marked") & ~pl.col("is_marked_title")
    follows_title = neighbour(pl.col("title_rule").is_not_null(), 1).fill_null(value=True)
    opens_text = (pl.col("order") == pl.col("first_sure")) | follows_title | (pl.col("before_hit_role") == "metadata")
    entry = pl.col("is_attachment_entry") & ~pl.col("is_prose")
    heads_list = (entry | (pl.col("is_attachment_label") & pl.col("bare").str.ends_with(":"))) & in_text
    continues_list = (pl.col("level") == "three") & ~pl.col("is_prose") & ~pl.col("ends")
    in_attachment_list = take_first(heads_list, ~continues_list.fill_null(value=False)) & continues_list

    stands_under_title = neighbour(pl.col("title_rule").is_not_null() | (pl.col("hit_where") == "head"), 1).fill_null(value=False)
    is_under_title = in_text & stands_under_title & (pl.col("hit_where") == "head")

    # The rules that decide are numbers until all have spoken.
    numbers = {rule: number for number, rule in enumerate([*STRUCTURAL_RULES, *FOUND_RULES])}

    def named(condition: pl.Expr, rule: str) -> pl.Expr:
        return pl.when(condition.fill_null(value=False)).then(pl.lit(numbers[rule], dtype=pl.UInt8))

    def found(rule: str) -> pl.Expr:
        return named(pl.col(rule).is_not_null(), rule)

    number = pl.coalesce(
        named(in_head & pl.col("value_of").is_not_null(), FIELD_VALUE_RULE),
        named((pl.col("is_head_hit") | is_under_title.fill_null(value=False)) & pl.col("hit_rule").is_not_null(), "hit_rule"),
        found("title_rule"),
        named(~in_head & pl.col("is_file_name"), "attachment_file"),
        named(in_tail & entry, "attachment_entry"),
        named(in_tail, "after_document"),
        named(in_head & pl.col("is_marked") & pl.col("has_heading_text"), "marked_heading"),
        named(in_head & (is_byline | is_person) & ~is_above_title & is_unmarked, "byline"),
        named(in_head & pl.col("is_summary"), "summary_above_text"),
        named(
            in_head
            & has_frame
            & is_unmarked
            & ~pl.col("is_cell")
            & ~pl.col("reads_sentence")
            & (is_above_title | (pl.col("n_chars") <= SITE_WORD_CHARS)),
            "before_document",
        ),
        named(in_head & is_byline & is_unmarked, "byline"),
        named(in_head, "unknown_above_text"),
        named(pl.col("is_closing_date"), "closing_date"),
        found("signature_rule"),
        named(in_text & pl.col("is_addressee") & opens_text & pl.col("level").is_null(), "addressee"),
        named(pl.col("is_attachment_label"), "attachment_label"),
        named(entry, "attachment_entry"),
        named(in_attachment_list, "attachment_list"),
        named(pl.col("is_contents_line"), "contents_line"),
        named(pl.col("is_numbered_heading"), "numbered_heading"),
        named(pl.col("is_marked") & pl.col("level").is_null() & pl.col("has_heading_text"), "marked_heading"),
        named(elements.is_number_above_heading(), "number_above_heading"),
        named(elements.is_heading_below_number(), "heading_below_number"),
        named(elements.is_unnumbered_heading(), "unnumbered_heading"),
        named(elements.is_label_heading(), "label_heading"),
        pl.lit(numbers["text"], dtype=pl.UInt8),
    )
    rule = pl.col("number").replace_strict(list(numbers.values()), list(numbers), return_dtype=pl.String)
    for name in FOUND_RULES:
        rule = pl.when(pl.col("number") == numbers[name]).then(name).otherwise(rule)
    by_rule = read.with_columns(number=number).with_columns(rule=rule)
    structural_role = pl.col("rule").replace_strict(STRUCTURAL_RULES, default=None, return_dtype=pl.String)
    is_of_table = (pl.col("rule") == pl.col("hit_rule")).fill_null(value=False)
    return by_rule.select("source_id", "unit", role=pl.when(is_of_table).then("hit_role").otherwise(structural_role), rule="rule")
