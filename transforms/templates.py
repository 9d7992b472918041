"""Labelled lines in, lines that a site puts on many of its pages marked as chrome: templates that no rule knows.

Only lines between the edge of a page and its first or after its last sure text can be a site's; those that recur there on pages with
different texts, on most of the site's pages or next to other lines of the site, are. Headings, sentences that close papers, names and
dates recur because papers are built alike, and stay.
"""

from __future__ import annotations

import polars as pl

from schemas.fields import CONTENT_ROLES
from transforms import line_shapes as shapes
from transforms.neighbours import neighbour
from transforms.rows import tell_where

RULE = "site_template_{}_pages"
# A line of so many characters is sure text, and so are numbered lines, addressees and attachments.
SURE_CHARS = 60
SURE_ROLES = ("recipients", "attachment")
# A page's frame seldom has more lines; what lies deeper is left to the rules.
EDGE_LINES = 40
# Fewer pages tell nothing of a site: a series of papers has as many alike.
MIN_PAGES = 5
# Share of a site's pages that makes a template by itself, and share of a line's pages on which it stands next to other lines of the site.
MIN_SHARE = 0.5
MIN_NEAR_SHARE = 0.8
# Set phrases of papers: how they begin to apply, who enacted them, how they end.
SET_PHRASE = (
    "施行|实施之日|执行|废止|生效|有效期|公布|颁布|发布之日|印发|通过|修正|修订|批准|负责解释|特此|此复|此令|为盼|审议|各位|同志|谢谢|如下|以下|附[件表则:]"
    "|关于|根据|依照|按照|为了|目录|前言|序言|结束语|摘要|第[一二三四五六七八九十百0-9]+[号次届批]"
)
COUNT_SCHEMA = {
    "source_id": pl.String,
    "line_no": pl.Int32,
    "site": pl.UInt64,
    "text": pl.UInt64,
    "key": pl.UInt64,
    "order": pl.Int32,
    "is_open": pl.Boolean,
    "is_candidate": pl.Boolean,
    "is_site": pl.Boolean,
}
TEMPLATE_SCHEMA = {"site": pl.UInt64, "key": pl.UInt64, "n_pages": pl.UInt32}


def tell_sites(sources: pl.DataFrame) -> pl.DataFrame:
    """Tell the site of each source: the host of its address, else its folder, for records of containers the container.

    In: `source_id`, `url`. Out: `source_id`, `site` (UInt64, a hash). A folder in a record's id counts as a folder.
    """
    host = pl.col("url").str.extract(r"^(?i:[a-z]+:)?//(?:[^/@]*@)?([^/:?#]+)").str.to_lowercase()
    folder = pl.col("source_id").str.extract(r"^(.*)[/#]").fill_null("")
    return sources.select("source_id", site=pl.coalesce(pl.lit("host ") + host, pl.lit("folder ") + folder).hash())


def count_template_lines(lines: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """List the lines at the edges of a shard's pages, keyed, for the whole corpus to count.

    In: lines with `text`, `role`, `rule`, sorted by source_id and line_no; `sites` of their sources. Out: one row a line, and one with no
    line for each page: `source_id`, `line_no`, `site`, `text` (the page's first long paragraph), `key` (UInt64 hashes; digits folded,
    white space gone), `order` (place in the page), `is_open` (body, title by its place alone, or above another line of a title),
    `is_candidate` (open, and of a site's shape), `is_site` (chrome or metadata by rule).
    """
    edges = _find_edges(lines).join(sites, on="source_id", how="left", maintain_order="left")
    pages = sites.join(lines, on="source_id", how="semi", maintain_order="left")
    return pl.concat([edges.select(pl.col(name).cast(dtype) for name, dtype in COUNT_SCHEMA.items()), pages], how="diagonal")


def find_templates(counts: pl.DataFrame) -> pl.DataFrame:
    """Find the templates of all sites.

    In: what `count_template_lines` gives for all shards, in any order. Out, sorted: `site`, `key`, `n_pages`: how many pages share
    it, rounded down to two digits, so that a new page seldom renames a rule.
    """
    n_pages = counts.filter(pl.col("key").is_null()).group_by("site").agg(n_site_pages=pl.len())
    rows = counts.filter(pl.col("key").is_not_null()).sort("source_id", "line_no")
    n_texts = pl.col("text").filter("is_open").n_unique()
    recurring = rows.group_by("site", "key").agg(n_texts=n_texts).filter(pl.col("n_texts") >= MIN_PAGES).drop("n_texts")
    marked = _mark(rows, recurring, "is_recurring").with_columns(is_recurring=pl.col("is_recurring") & pl.col("is_candidate"))
    near = _stands_next_to(pl.col("is_site") | pl.col("is_recurring"), both=False)
    told = _share_of_pages(marked.with_columns(is_near=near).filter("is_recurring"))
    is_template = (pl.col("n_pages") >= MIN_SHARE * pl.col("n_site_pages")) | (pl.col("near_share") >= MIN_NEAR_SHARE)
    templates = told.join(n_pages, on="site").filter(is_template).drop("n_site_pages")

    between = _mark(_mark(rows, recurring, "is_recurring"), templates, "is_template")
    enclosed = _stands_next_to(pl.col("is_site") | pl.col("is_template"), both=True) & _stands_next_to(pl.col("is_template"), both=False)
    others = between.with_columns(is_near=enclosed).filter("is_recurring", "is_open", ~pl.col("is_template"))
    parts = _share_of_pages(others).filter(pl.col("near_share") >= MIN_NEAR_SHARE)
    n_digits = pl.col("n_pages").cast(pl.String).str.len_chars().cast(pl.Int32)
    left_out = pl.lit(10).pow((n_digits - 2).clip(lower_bound=0)).cast(pl.UInt32)
    found = pl.concat([templates, parts]).with_columns(n_pages=pl.col("n_pages") // left_out * left_out)
    return found.select(pl.col(name).cast(dtype) for name, dtype in TEMPLATE_SCHEMA.items()).sort("site", "key")


def _mark(rows: pl.DataFrame, keys: pl.DataFrame, name: str) -> pl.DataFrame:
    """Add a column that tells the rows whose site and key stand in `keys`."""
    marks = keys.select("site", "key", pl.lit(value=True).alias(name))
    return rows.join(marks, on=["site", "key"], how="left", maintain_order="left").with_columns(pl.col(name).fill_null(value=False))


def _stands_next_to(stands_out: pl.Expr, *, both: bool) -> pl.Expr:
    """Tell whether the line above or below (or both) is such a line, and not the same line again."""

    def at(offset: int) -> pl.Expr:
        is_neighbour = (pl.col("source_id").shift(offset) == pl.col("source_id")) & (
            (pl.col("order").shift(offset) - pl.col("order")).abs() == 1
        )
        return (is_neighbour & stands_out.shift(offset) & (pl.col("key").shift(offset) != pl.col("key"))).fill_null(value=False)

    return at(1) & at(-1) if both else at(1) | at(-1)


def _share_of_pages(rows: pl.DataFrame) -> pl.DataFrame:
    """Count the pages of each line, and the share of them on which it is near: `site`, `key`, `n_pages`, `near_share`."""
    on_page = rows.group_by("site", "key", "source_id").agg(pl.col("is_near").any())
    return on_page.group_by("site", "key").agg(n_pages=pl.len(), near_share=pl.col("is_near").mean())


def locate_templates(counts: pl.DataFrame, templates: pl.DataFrame) -> pl.DataFrame:
    """Locate the templates of the corpus on a shard's pages.

    In: what `count_template_lines` gives for the shard, and `find_templates` for the corpus. Out: `source_id`, `line_no`, `n_pages`,
    sorted.
    """
    hits = counts.filter("is_open").join(templates, on=["site", "key"])
    return hits.select("source_id", "line_no", "n_pages").sort("source_id", "line_no")


def apply_templates(lines: pl.DataFrame, located: pl.DataFrame) -> pl.DataFrame:
    """Mark the templates on a shard's pages as chrome, by a rule whose name says how many pages share the line.

    In: labelled lines, sorted; what `locate_templates` gives for them. Out: the same lines; templates have the role chrome, the rule
    `site_template_N_pages`, and neither they nor the lines below them join the line before.
    """
    if located.is_empty():
        return lines
    is_hit = pl.col("n_pages").is_not_null()
    follows_hit = neighbour(is_hit, 1).fill_null(value=False)
    return (
        lines.join(located, on=["source_id", "line_no"], how="left", maintain_order="left")
        .with_columns(
            role=pl.when(is_hit).then(pl.lit("chrome")).otherwise("role"),
            rule=pl.when(is_hit).then(pl.format(RULE, "n_pages")).otherwise("rule"),
            joins_previous=pl.col("joins_previous") & ~is_hit & ~follows_hit,
        )
        .drop("n_pages")
    )


def _find_edges(lines: pl.DataFrame) -> pl.DataFrame:
    """Find the lines of each page above its first and below its last sure text; pages without sure text have none.

    Out: `source_id`, `line_no`, and the columns from `text` to `is_site` of `count_template_lines`.
    """
    is_content = pl.col("role").is_in(CONTENT_ROLES)
    is_long = is_content & (pl.col("text").str.len_chars() >= SURE_CHARS)
    is_title = pl.col("role") == "title"
    # Pages are told apart by numbers: names take twice as long to group and compare.
    filled = (
        lines.select("source_id", "line_no", "text", "role", "rule", page=pl.col("source_id").rle_id())
        .filter(pl.col("text") != "")
        .with_columns(
            row=pl.int_range(pl.len(), dtype=pl.Int32),
            is_content=is_content,
            is_long=is_long,
            opens_title=is_title & neighbour(is_title, -1, "page").fill_null(value=False),
        )
    )
    long = pl.col("is_long")
    pages = filled.group_by("page").agg(
        first_row=pl.col("row").first(),
        last_row=pl.col("row").last(),
        first_long_row=pl.col("row").filter(long).first(),
        last_long_row=pl.col("row").filter(long).last(),
        first_long=pl.col("text").filter(long).first(),
    )
    order = pl.col("row") - pl.col("first_row")
    is_above = (pl.col("row") < pl.col("first_long_row")).fill_null(value=True) & (order < EDGE_LINES)
    is_below = (pl.col("row") > pl.col("last_long_row")).fill_null(value=True) & (pl.col("last_row") - pl.col("row") < EDGE_LINES)
    windows = (
        filled.join(pages, on="page", how="left", maintain_order="left")
        .filter(is_above | is_below)
        .with_columns(order=order, is_above=is_above, is_below=is_below)
    )
    above = _cut_at_sure_text(windows.filter("is_above"), is_top=True)
    below = _cut_at_sure_text(windows.filter("is_below"), is_top=False)
    return pl.concat([above, below]).unique("row", keep="first", maintain_order=True).sort("row").drop("row")


def _cut_at_sure_text(window: pl.DataFrame, *, is_top: bool) -> pl.DataFrame:
    """Keep the lines of an edge outside of its outermost sure text, with what `_find_edges` says of them."""
    bared = shapes.add_unmarked(window).with_columns(bare=shapes.without_spaces(pl.col("unmarked")))
    numbered = shapes.add_level(bared, "unmarked")
    is_numbered = ~pl.col("level").is_in(["bullet", "caption"])  # null where it has no level
    is_sure = (pl.col("is_content") & is_numbered.fill_null(value=False)) | pl.col("role").is_in(SURE_ROLES)
    sure = numbered.with_columns(is_sure=is_sure)
    has_sure = pl.col("first_long").is_not_null() | pl.col("is_sure").any().over("page")
    n_sure = pl.col("is_sure").cum_sum(reverse=not is_top).over("page")
    outermost = pl.col("text").filter("is_sure")
    page_text = pl.coalesce("first_long", (outermost.first() if is_top else outermost.last()).over("page"))
    # A site's line right above a title is taken for the first line of it.
    is_open = (pl.col("role") == "body") | (pl.col("rule") == "title_by_position") | pl.col("opens_title")
    outside = sure.with_columns(n_sure=n_sure, has_sure=has_sure, page_text=page_text, is_open=is_open).filter(
        (pl.col("n_sure") == 0) & pl.col("has_sure")
    )
    return tell_where(outside, pl.col("is_open"), is_candidate=_may_be_a_sites(pl.col("text"), pl.col("bare"))).select(
        "source_id",
        "line_no",
        "row",
        "order",
        "is_open",
        "is_candidate",
        key=pl.col("bare").str.replace_all(r"\d+", "0").hash(),
        text=pl.col("page_text").hash(),
        is_site=pl.col("role").is_in(["chrome", "metadata"]),
    )


def _may_be_a_sites(text: pl.Expr, bare: pl.Expr) -> pl.Expr:
    """Tell whether a line could be a site's by its shape: no title, name of a body or officer, date, or set phrase of papers."""
    is_paper = (
        shapes.is_title_shaped(bare)
        | (bare.str.contains(shapes.ORGANISATION_END) & ~bare.str.contains(":", literal=True))
        | bare.str.contains(shapes.OFFICER_NAMED)
        | bare.str.contains(shapes.DATE_ALONE)
        | bare.str.contains(SET_PHRASE)
        | text.str.starts_with("#")
    )
    return ~is_paper
