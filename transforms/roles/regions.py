"""Where on the page the document stands: head (before its text), text, tail (after it).

In: units (logical lines) of many sources with rule hits and shapes. Out: + order, first_sure, region ('head', 'text', 'tail').
The idea: sure text (sentences, numbered headings, addressees) spans the document; what a page puts above and below it is short and
known by rules. A few sentences of chrome above a breadcrumb or below a registration number do not move the span.
"""

import polars as pl

from transforms.neighbours import count_so_far, number_blocks, number_rows
from transforms.rows import tell_where

HEAD_MARKERS = "breadcrumb|metadata_fields|metadata_byline|metadata_timestamp|font_bar|label_|bracket_field|metadata_speech"
FOOTER_MARKERS = "registration_number|copyright|organiser|technical_support|leaving_site"
SOFT_FOOTER_MARKERS = "site_label|share_bar|scan_code|previous_next|link_list_header|related_item|page_tools|follow_account"
# Rules that describe lines which a document too may have (联系电话:…): they end the document only after its last element.
WEAK_RULES = (
    "source_view_link|comment_markup|image_name|photo_caption|topic_link|script|contact|opening_hours|symbol|site_words|navigation_word"
    "|separator_bar|link_with_date|site_name|domain_name|bare_link|chrome_markup|front_matter|page_number"
)
KINDS_OF_RULES = {
    "is_head_marker": HEAD_MARKERS,
    "is_footer_marker": FOOTER_MARKERS,
    "is_soft_marker": SOFT_FOOTER_MARKERS,
    "is_weak": WEAK_RULES,
    "is_site_byline": "metadata_byline",
}
# So many lines of sure text may stand above the last breadcrumb or below the first registration number and still be the site's own.
MAX_STRAY_LINES = 2
# So many weak lines on end are the foot of a page too.
MIN_WEAK_RUN = 3
NEVER = 2**30


def find_regions(units: pl.DataFrame) -> pl.DataFrame:
    """Split each page into head, text and tail.

    In: source_id, hit_rule, hit_role, is_sure_start, is_sure_end, is_element; sorted. Out: + order (0-based in the page), first_sure,
    region. A page without any sure text is all text.
    """
    ordered = units.with_columns(order=number_rows(), is_chrome=(pl.col("hit_role") == "chrome").fill_null(value=False))
    is_of = pl.col("hit_rule").str.contains
    page = tell_where(ordered, pl.col("hit_rule").is_not_null(), **{name: is_of(rules) for name, rules in KINDS_OF_RULES.items()})
    bounded = _bound_by_markers(page)
    is_between = (pl.col("order") > pl.col("last_marker")) & (pl.col("order") < pl.col("first_footer"))
    first_sure = pl.col("order").filter(pl.col("is_sure_start") & is_between).min().over("source_id")
    last_sure = pl.col("order").filter(pl.col("is_sure_end") & is_between).max().over("source_id")
    spanned = bounded.with_columns(first_sure=first_sure, last_sure=last_sure)

    ended = _end_text(spanned)
    starts = pl.concat([_start_at_runs(ended), _start_below_closing(ended)])
    tails = starts.group_by("source_id").agg(tail_start=pl.col("order").min())
    return (
        ended.join(tails, on="source_id", how="left", maintain_order="left")
        .with_columns(
            region=pl.when((pl.col("order") < pl.col("first_sure")).fill_null(value=False))
            .then(pl.lit("head"))
            .when(pl.col("order") >= pl.col("tail_start"))
            .then(pl.lit("tail"))
            .otherwise(pl.lit("text"))
        )
        .select(*units.columns, "order", "first_sure", "region")
    )


def _end_text(spanned: pl.DataFrame) -> pl.DataFrame:
    """Find the document's last line that is sure: its last sentence, or the date, note or attachment that closes it.

    Adds first_strong (the first line of chrome below the last sentence), last_text, n_late_dates (dates alone on a line between the two).
    """
    is_below = (pl.col("order") > pl.col("last_sure")).fill_null(value=False)
    is_strong_chrome = is_below & pl.col("is_chrome") & ~pl.col("is_weak")
    first_strong = pl.col("order").filter(is_strong_chrome).min().over("source_id").fill_null(NEVER)
    is_late = is_below & pl.col("is_element") & (pl.col("order") < pl.col("first_strong"))
    last_element = pl.col("order").filter(is_late).max().over("source_id")
    n_late_dates = (is_late & pl.col("is_full_date")).sum().over("source_id")
    return spanned.with_columns(first_strong=first_strong).with_columns(
        last_text=pl.max_horizontal("last_sure", last_element), n_late_dates=n_late_dates
    )


def _start_below_closing(ended: pl.DataFrame) -> pl.DataFrame:
    """List the lines below the closing date, where a known foot follows further down and no attachment begins: links to other sites."""
    is_next = pl.col("order") == pl.col("last_text") + 1
    is_of_paper = (
        pl.col("is_attachment_label")
        | pl.col("is_title_shaped")
        | pl.col("level").is_not_null()
        | pl.col("bare").str.contains(":", literal=True)
    )
    is_closed = pl.col("n_late_dates").is_between(1, 2) & (pl.col("first_strong") < NEVER)
    return ended.filter(is_next & is_closed).filter(~is_of_paper).select("source_id", "order")


def _start_at_runs(ended: pl.DataFrame) -> pl.DataFrame:
    """List the lines of runs of chrome or metadata, below the text, with a strong rule, MIN_WEAK_RUN weak ones, or a byline at the end."""
    is_below = (pl.col("order") > pl.col("last_text")).fill_null(value=False)
    is_site = is_below & (pl.col("is_chrome") | (pl.col("hit_role") == "metadata")).fill_null(value=False)
    is_last = (pl.col("source_id") != pl.col("source_id").shift(-1)).fill_null(value=True)
    kinds = ("is_chrome", "is_weak", "is_site_byline")
    runs = ended.select("source_id", "order", *kinds, is_site=is_site, is_last=is_last, run=number_blocks(~is_site)).filter("is_site")
    n_strong = (pl.col("is_chrome") & ~pl.col("is_weak")).sum().over("run")
    n_weak = (pl.col("is_chrome") & pl.col("is_weak")).sum().over("run")
    ends_in_byline = pl.col("is_site_byline").any().over("run") & pl.col("is_last").any().over("run")
    return runs.filter((n_strong >= 1) | (n_weak >= MIN_WEAK_RUN) | ends_in_byline).select("source_id", "order")


def _bound_by_markers(page: pl.DataFrame) -> pl.DataFrame:
    """Find the last head marker with little sure text above it, and the first footer marker with little below it."""
    n_sure = pl.col("is_sure_start").sum().over("source_id")
    n_above = count_so_far(pl.col("is_sure_start"))
    n_below = n_sure - n_above
    is_numbered = pl.col("is_sure_start") & pl.col("level").is_not_null()
    n_numbered_above = count_so_far(is_numbered)
    n_numbered_below = is_numbered.sum().over("source_id") - n_numbered_above
    counted = page.with_columns(n_above=n_above, n_below=n_below, n_numbered_above=n_numbered_above, n_numbered_below=n_numbered_below)
    is_head_marker = pl.col("is_head_marker") & ~pl.col("is_date")
    no_heading_above = pl.col("n_numbered_above") == 0
    few_above = (
        no_heading_above & (pl.col("n_above") <= MAX_STRAY_LINES) & (pl.col("n_below") >= pl.col("n_above")) & (pl.col("n_below") > 0)
    )
    last_marker = pl.col("order").filter(is_head_marker & few_above).max().over("source_id").fill_null(-1)
    few_below = (pl.col("n_below") <= MAX_STRAY_LINES) & (pl.col("n_above") > pl.col("n_below"))
    few_unnumbered_below = few_below & (pl.col("n_above") >= 2 * pl.col("n_below")) & (pl.col("n_numbered_below") == 0)
    is_foot = (pl.col("is_footer_marker") & few_below) | (pl.col("is_soft_marker") & few_unnumbered_below)
    first_footer = pl.col("order").filter(is_foot).min().over("source_id").fill_null(NEVER)
    return counted.with_columns(last_marker=last_marker, first_footer=first_footer).drop(
        "n_above", "n_below", "n_numbered_above", "n_numbered_below"
    )
