"""Titles: which unit of a page is the title, which are its copies, and which title stands inside the text.

In: units with region and neighbours. Out: + title_rule (null, or the name of the rule that makes the unit a title or a copy of it).
The idea: of the title-shaped lines above the text the nearest is the title; the others are what the page's frame repeats of it.
"""

import polars as pl

from transforms.roles.elements import TITLE_CHARS

TITLE_RULES = ("title_above_text", "title_by_position", "title_after_closing", "title_named_above", "title_of_attachment", "title_in_text")
MIN_KEY_CHARS = 8


def find_titles(units: pl.DataFrame) -> pl.DataFrame:
    """Name the titles of each page and the copies of the title above it.

    In: units with region, shapes, neighbours, is_head_hit (a rule decides the unit where it stands), is_date_unit, is_closing (date, note
    or signature). Out: + title_rule, title_key.
    """
    is_in_head = pl.col("region") == "head"
    is_free = ~pl.col("is_head_hit") & pl.col("value_of").is_null()
    is_candidate = is_in_head & is_free & pl.col("is_title_shaped")
    nearest = pl.col("order").filter(is_candidate).max().over("source_id")
    looks_like_line_of_title = (
        pl.col("n_chars").is_between(6, TITLE_CHARS) & ~pl.col("ends") & ~pl.col("is_organisation") & ~pl.col("is_date")
    )
    is_fallback = is_in_head & is_free & looks_like_line_of_title & ~pl.col("bare").str.contains(r"[|>丨]|^\W")
    fallback = pl.col("order").filter(is_fallback).max().over("source_id")
    chosen = units.with_columns(title_order=pl.coalesce(nearest, fallback), title_by_shape=nearest.is_not_null())
    is_title = (pl.col("order") == pl.col("title_order")).fill_null(value=False)
    title_key = pl.col("key").filter(is_title).first().over("source_id")
    keyed = chosen.with_columns(is_title=is_title, title_key=title_key)

    is_long_key = pl.col("key").str.len_chars() >= MIN_KEY_CHARS
    is_same = (pl.col("key") == pl.col("title_key")).fill_null(value=False)
    holds_title = is_long_key & pl.col("key").str.contains(pl.col("title_key"), literal=True).fill_null(value=False)
    is_part_of_title = is_long_key & pl.col("title_key").str.contains(pl.col("key"), literal=True).fill_null(value=False)
    is_line = (pl.col("n_chars") <= 120) & ~pl.col("is_prose") & pl.col("level").is_null() & ~pl.col("ends")
    in_text = (pl.col("region") == "text") & is_line & ~pl.col("is_closing") & (pl.col("hit_role") != "note").fill_null(value=True)
    follows_closing = pl.col("before_is_closing").fill_null(value=False)
    heads_a_text = pl.col("after_is_prose") | pl.col("after_level").is_in(["chapter", "article", "one", "two", "three"])
    precedes_frame = pl.col("after_hit_rule").str.contains("metadata_speech|metadata_document_number|metadata_enactment")
    return keyed.with_columns(
        title_rule=pl.when(pl.col("is_title"))
        .then(pl.when("title_by_shape").then(pl.lit("title_above_text")).otherwise(pl.lit("title_by_position")))
        .when(is_in_head & is_free & is_same)
        .then(pl.lit("title_copy"))
        .when(is_in_head & is_free & (holds_title | is_part_of_title))
        .then(pl.lit("title_with_site_name"))
        .when(in_text & pl.col("before_is_attachment_label").fill_null(value=False) & (pl.col("n_chars") <= TITLE_CHARS))
        .then(pl.lit("title_of_attachment"))
        .when(in_text & (is_same | (is_part_of_title & pl.col("is_title_shaped"))))
        .then(pl.lit("title_named_above"))
        .when(in_text & follows_closing & (pl.col("is_title_shaped") | (heads_a_text & (pl.col("n_chars") <= TITLE_CHARS))))
        .then(pl.lit("title_after_closing"))
        .when(in_text & pl.col("is_title_shaped") & (precedes_frame | (pl.col("order") == 0)).fill_null(value=False))
        .then(pl.lit("title_in_text"))
    ).drop("title_order", "title_by_shape", "is_title")
