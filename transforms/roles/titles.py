"""Titles: which unit of a page is the title, which are its copies, and which title stands inside the text.

In: units with region and neighbours. Out: + title_rule (null, or the name of the rule that makes the unit a title or a copy of it).
The idea: of the title-shaped lines above the text the nearest is the title; the others are what the page's frame repeats of it.
"""

import polars as pl

from transforms.line_shapes import letters_of
from transforms.roles.rules import name_first
from transforms.rows import describe_where, tell_where

TITLE_RULES = (
    "title_above_text",
    "title_above_subtitle",
    "title_by_position",
    "title_of_notice",
    "title_after_closing",
    "title_named_above",
    "title_of_attachment",
    "title_in_text",
)
TITLE_CHARS = 60
# Titles are compared by keys, which polars may turn into regular expressions of bounded size; no title is longer.
KEY_CHARS = 400
LINE_CHARS = 120
MIN_KEY_CHARS = 8
LONG_TITLE_CHARS = 10
DATED = r"^\(?(?:19|20)\d{2}年\d{1,2}月\d{1,2}日"
ENACTED = "(?:决定》?|第.{1,3}次)(?:修正|修订|修改|通过|公布)"
DASHES = ["—", "―", "–", "-"]  # what a subtitle begins with
# A report's title above its subtitle (——在…上的报告) stands on so many lines at most.
MAX_LINES_ABOVE_SUBTITLE = 2
FRAMED_BELOW = "metadata_speech|metadata_document_number|metadata_enactment"


def find_titles(units: pl.DataFrame) -> pl.DataFrame:
    """Name the titles of each page and the copies of the title above it.

    In: units with region, shapes, neighbours, is_head_hit (a rule decides the unit where it stands), is_closing (date, note or signature).
    Out: + title_rule, title_key.
    """
    keyed = _find_notice_title(_find_title_above_text(_add_keys(units)))
    in_head = (pl.col("region") == "head") & ~pl.col("is_head_hit") & pl.col("value_of").is_null()
    is_copy = (pl.col("key") == pl.col("title_key")) | (pl.col("key") == pl.col("notice_key"))
    compared = tell_where(
        keyed,
        pl.col("title_key").is_not_null() & (pl.col("key").str.len_chars() >= MIN_KEY_CHARS),
        holds_title=pl.col("key").str.contains(pl.col("title_key"), literal=True),
        in_title=pl.col("title_key").str.contains(pl.col("key"), literal=True)
        | pl.col("notice_key").str.contains(pl.col("key"), literal=True).fill_null(value=False),
        is_enactment=pl.col("bare").str.contains(DATED + "|" + ENACTED),
    )
    in_title = pl.col("in_title")
    is_numbered = pl.col("level").is_not_null() | pl.col("bare").str.ends_with("。") | pl.col("bare").str.ends_with(";")
    holds_or_in_title = (pl.col("holds_title") | in_title) & ~pl.col("is_enactment") & ~is_numbered & ~pl.col("is_marked")

    is_note = (pl.col("hit_role") == "note").fill_null(value=False)
    in_text = (pl.col("region") == "text") & _is_line() & ~pl.col("is_closing") & ~is_note
    is_short = pl.col("n_chars") <= TITLE_CHARS
    heads_a_text = pl.col("after_is_prose") | pl.col("after_level").is_in(["chapter", "article", "one", "two", "three"])
    precedes_frame = pl.col("after_hit_rule").str.contains(FRAMED_BELOW) | (pl.col("order") == 0)
    is_shaped = pl.col("is_title_shaped")

    return compared.with_columns(
        title_rule=name_first(
            [
                (pl.col("is_title"), "title_above_text"),
                (pl.col("is_fallback_title"), "title_by_position"),
                (pl.col("is_notice_title"), "title_of_notice"),
                (in_head & _is_above_subtitle(), "title_above_subtitle"),
                (in_head & is_copy, "title_copy"),
                (in_head & pl.col("is_marked_title"), "title_above_text"),
                (in_head & holds_or_in_title, "title_with_site_name"),
                (in_text & pl.col("before_is_attachment_label") & is_short, "title_of_attachment"),
                (in_text & (is_copy | (in_title & is_shaped)), "title_named_above"),
                (in_text & pl.col("before_is_closing") & (is_shaped | (heads_a_text & is_short)), "title_after_closing"),
                (in_text & is_shaped & precedes_frame, "title_in_text"),
            ]
        )
    ).drop("is_title", "is_fallback_title", "is_notice_title", "notice_key", "is_candidate", "holds_title", "in_title", "is_enactment")


def _is_line() -> pl.Expr:
    """A unit that may be a title by its form: short, no prose, without a number."""
    return (pl.col("n_chars") <= LINE_CHARS) & ~pl.col("is_prose") & pl.col("level").is_null() & ~pl.col("ends")


def _add_keys(units: pl.DataFrame) -> pl.DataFrame:
    """Add `key` to the units that are compared with titles: letters and digits only."""
    is_compared = ((pl.col("region") == "head") & (pl.col("n_chars") <= KEY_CHARS)) | ((pl.col("region") == "text") & _is_line())
    return describe_where(units, is_compared, key=letters_of(pl.col("bare")))


def _is_above_subtitle() -> pl.Expr:
    """The lines right above a title that begins with a dash: the title's first part."""
    is_subtitle = pl.col("is_title") & pl.col("bare").str.head(1).is_in(DASHES)
    place = pl.col("order").filter(is_subtitle).max().over("source_id")
    is_near = (place - pl.col("order")).is_between(1, MAX_LINES_ABOVE_SUBTITLE)
    is_part = pl.col("n_chars").is_between(4, 40) & ~pl.col("ends") & ~pl.col("is_organisation") & ~pl.col("is_date")
    return (is_near & is_part).fill_null(value=False)


def _find_title_above_text(units: pl.DataFrame) -> pl.DataFrame:
    """Choose the title-shaped line nearest to the text, else the nearest long line that could be one: + is_title, title_key."""
    is_free = (pl.col("region") == "head") & ~pl.col("is_head_hit") & pl.col("value_of").is_null()
    is_candidate = is_free & pl.col("is_title_shaped")
    may_end_so = ~pl.col("ends") | pl.col("bare").str.contains("[!?]$")
    is_name = pl.col("is_organisation") | pl.col("is_date")
    is_long_line = is_free & ~is_name & pl.col("n_chars").is_between(6, TITLE_CHARS)
    units = tell_where(units, is_long_line, is_fallback=may_end_so & ~pl.col("bare").str.contains(r"[|>丨]|^\W|" + DATED))
    is_fallback = pl.col("is_fallback")
    nearest = pl.col("order").filter(is_candidate).max().over("source_id")
    nearest_long = pl.col("order").filter(is_fallback & (pl.col("n_chars") >= LONG_TITLE_CHARS)).max().over("source_id")
    nearest_line = pl.col("order").filter(is_fallback).max().over("source_id")
    chosen = units.with_columns(
        is_candidate=is_candidate,
        is_title=(pl.col("order") == nearest).fill_null(value=False),
        is_fallback_title=(nearest.is_null() & (pl.col("order") == pl.coalesce(nearest_long, nearest_line))).fill_null(value=False),
    )
    is_chosen = pl.col("is_title") | pl.col("is_fallback_title")
    return chosen.with_columns(title_key=pl.col("key").filter(is_chosen).first().over("source_id")).drop("is_fallback")


def _find_notice_title(chosen: pl.DataFrame) -> pl.DataFrame:
    """Keep the title of a notice (关于印发《…》的通知) above the title of the plan it encloses: + is_notice_title, notice_key."""
    encloses = pl.col("key").str.contains(pl.col("title_key"), literal=True) & (pl.col("key") != pl.col("title_key"))
    is_notice = encloses.fill_null(value=False) & pl.col("bare").str.contains("印发|转发|发布|批准|公布")
    chosen = tell_where(chosen, pl.col("is_candidate"), is_notice=is_notice)
    last = pl.col("order").filter("is_notice").max().over("source_id")
    found = chosen.with_columns(is_notice_title=(pl.col("order") == last).fill_null(value=False))
    return found.with_columns(notice_key=pl.col("key").filter("is_notice_title").first().over("source_id")).drop("is_notice")
