"""Titles cut over several lines, and the lines below a report's title that are cut too.

In: lines described by transforms.wraps (bare, before, after and their shapes). Out: boolean expressions, one a way in which titles go on.
The idea: a title names its matter (关于…) and ends in a kind of paper (通知); what stands between the two is one title.
"""

import polars as pl

from transforms.line_shapes import DATE_ALONE, ORGANISATION_END, TITLE_END
from transforms.neighbours import neighbour
from transforms.rows import tell_where

TITLE_PIECE_CHARS = 45
# Where the numbering of a text begins.
FIRST_NUMBER = r"^(?:第一[编章节条]|一、|\(一\)|1[.、]\D|目录$)"
SPEECH_START = r"^[—―–-]*\(?[—―–-]*(?:(?:19|20)\d{2}|二[〇○零]..)年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日,?在"
SPEECH_END = r"会(?:议)?上(?:的(?:讲话|报告))?\)?$"


def continues_title() -> pl.Expr:
    """Tell the next piece of a title that names its matter (关于…) and breaks off: until the kind of paper, three more lines at most."""

    def at(name: str, offset: int) -> pl.Expr:
        return neighbour(pl.col(name), offset).fill_null(value=False)

    is_middle = pl.col("is_plain") & ~pl.col("is_title_end") & ~pl.col("begins_title")
    ends_next = at("is_title_end", -1)
    ends_after_next = at("is_plain", -1) & ~at("is_title_end", -1) & at("is_title_end", -2)
    first = pl.col("before_begins_title").fill_null(value=False) & (pl.col("is_title_end") | (is_middle & (ends_next | ends_after_next)))
    began_two_above = at("begins_title", 2) & at("is_plain", 1) & ~at("is_title_end", 1) & ~at("begins_title", 1)
    second = began_two_above & (pl.col("is_title_end") | (is_middle & ends_next))
    began_three_above = at("begins_title", 3) & ~at("is_title_end", 2) & ~at("is_title_end", 1) & at("is_plain", 2) & at("is_plain", 1)
    third = began_three_above & pl.col("is_title_end")
    above_is_plain = at("is_plain", 1) & ~at("is_title_end", 1) & pl.col("before_chars").is_between(6, 30)
    top = above_is_plain & pl.col("is_title_end") & (pl.col("n_chars") <= 12) & pl.col("heads_text")
    is_matter_cut = above_is_plain & pl.col("opens_numbering") & pl.col("is_plain") & pl.col("n_chars").is_between(4, 30)
    return first | second | third | pl.col("names_matter_of_issuer") | top | is_matter_cut


def read_around_titles(described: pl.DataFrame) -> pl.DataFrame:
    """Add what `continues_title` asks of the second line of a page (heads_text, opens_numbering) and below an issuer's name.

    The former are false below a line that ends as an organisation's name, opens_numbering is false for such a name, too.
    """
    before, bare, after = pl.col("before"), pl.col("bare"), pl.col("after")
    is_second = before.is_not_null() & neighbour(before, 1).is_null()
    is_below_name = before.str.contains(ORGANISATION_END)
    heads_text = pl.col("after_starts_unit") | after.str.contains(f"[。]|^\\(|{DATE_ALONE}")
    opened = tell_where(
        described,
        is_second,
        heads_text=heads_text & ~is_below_name,
        opens_numbering=after.str.contains(FIRST_NUMBER) & ~is_below_name & ~bare.str.contains(ORGANISATION_END),
    )
    may_name_matter = (pl.col("is_title_end") | pl.col("begins_title")) & ~pl.col("before_ends") & pl.col("before_chars").is_between(4, 30)
    return tell_where(opened, may_name_matter, names_matter_of_issuer=bare.str.contains("^(?:关于|印发|转发)") & is_below_name)


def completes_cut_title() -> pl.Expr:
    """Tell the last character or two of the kind of paper, cut off: 政府工作报 + 告."""
    is_rest = (pl.col("n_chars") <= 2) & pl.col("before_chars").is_between(3, TITLE_PIECE_CHARS) & ~pl.col("before_ends")
    whole = pl.col("before") + pl.col("bare")
    is_cut = is_rest & whole.str.contains(TITLE_END) & ~pl.col("before").str.contains(TITLE_END) & ~pl.col("bare").str.contains(TITLE_END)
    return is_cut.fill_null(value=False)


def is_version_of_title() -> pl.Expr:
    """Tell (征求意见稿), (试行) or (2021年版) on a line of its own below a title."""
    years = r"(?:19|20)\d{2}年?(?:[-—~至](?:19|20)\d{2}年?)?(?:版|度|修订)?"
    is_version = pl.col("bare").str.contains(rf"^(?:\((?:[^()]{{0,12}}稿|试行|暂行|草案|修订|节选|摘要|{years})\))+$")
    is_title_above = pl.col("before").str.contains(TITLE_END) & (pl.col("before_chars") <= TITLE_PIECE_CHARS) & ~pl.col("before_ends")
    return is_version & is_title_above


def continues_speech_occasion() -> pl.Expr:
    """Tell the second half of where and when a report was given."""
    is_cut = pl.col("before").str.contains(SPEECH_START) & ~pl.col("before").str.contains(SPEECH_END)
    return is_cut & pl.col("bare").str.contains(SPEECH_END) & (pl.col("n_chars") <= 40)
