"""The elements of a paper in its text: titles, addressees, signature, date, attachments, headings (GB/T 9704-2012).

In: units with region, shapes and neighbours. Out: named boolean expressions, in the order in which they decide.
The idea: an element is told by its shape together with what stands above and below it.
"""

import polars as pl

from transforms.line_shapes import DECIMAL_LEVELS, letters_of
from transforms.neighbours import neighbour
from transforms.rows import put_back, tell_where

NAME_CHARS = 20
LABEL_CHARS = 7
HEADING_CHARS = 50
CONTENTS_LEADERS = r"(?:\.{5,}|…{2,}|·{5,}|-{6,}|_{5,})\d{0,4}$"
NUMBER_ALONE = r"^(?:0\d|PART\.?\d{1,2}|Part\.?\d{1,2})$"
SIGNATURE_CHARS = 45
# Under the title of a law: when it was passed and amended, on lines that may be cut.
BYLINE = r"^\(?(?:19|20)\d{2}年\d{1,2}月\d{1,2}日|(?:通过|修订|修正|施行|公布|发布|批准)\)?$"
# Lines of the table of contents are told by standing again below it; no heading is longer.
KEY_CHARS = 400
# A law or regulation has articles (第…条); its (一)(二) are items of an article, never headings.
MIN_ARTICLES_OF_LAW = 3


def add_neighbours(units: pl.DataFrame) -> pl.DataFrame:
    """Add what stands above and below each unit of the page: before_… and after_… columns, and is_law."""
    names = [
        "bare",
        "n_chars",
        "level",
        "ends",
        "is_prose",
        "is_organisation",
        "is_officer",
        "is_full_date",
        "is_attachment_label",
        "hit_role",
        "hit_rule",
        "region",
    ]
    shifted = [neighbour(pl.col(name), offset).alias(f"{side}_{name}") for name in names for side, offset in (("before", 1), ("after", -1))]
    return units.with_columns(
        *shifted,
        after_next_is_prose=neighbour(pl.col("is_prose"), -2),
        is_law=((pl.col("level") == "article").sum().over("source_id") >= MIN_ARTICLES_OF_LAW),
    )


def add_wordings(units: pl.DataFrame) -> pl.DataFrame:
    """Add how units read where it can matter: the reads_… columns, has_words, has_no_break, is_number_alone."""
    bare = pl.col("bare")
    in_head = tell_where(
        units,
        pl.col("region") == "head",
        reads_byline=bare.str.contains(BYLINE),
        reads_sentence=bare.str.contains("[。;]$"),
        reads_person=bare.str.contains(r"^[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,8})*$"),
    )
    short = tell_where(
        in_head,
        pl.col("n_chars") <= LABEL_CHARS,
        is_number_alone=bare.str.contains(NUMBER_ALONE),
        reads_label=bare.str.contains(r"^[\u4e00-\u9fff]{1,5}[^是为如下表们]:$"),
    )
    is_plain = (pl.col("n_chars") <= HEADING_CHARS) & ~pl.col("ends") & pl.col("level").is_null()
    plain = tell_where(
        short,
        is_plain,
        has_words=bare.str.contains(r"[\u4e00-\u9fff]{2}"),
        reads_heading=bare.str.contains(r"^[\u4e00-\u9fff“《(]") & ~bare.str.contains(r"[:。;]|\)$"),
    )
    is_numbered_name = pl.col("level").is_not_null() & (pl.col("n_chars") <= NAME_CHARS)
    return tell_where(plain, is_numbered_name, has_no_break=~bare.str.contains("[,:]"))


def is_closing_date() -> pl.Expr:
    """成文日期: a full date alone, below the text, an attachment or the issuer's name; not a cell of a table."""
    stands_below_text = (
        pl.col("before_ends")
        | pl.col("before_is_organisation")
        | pl.col("before_is_officer")
        | pl.col("before_bare").str.starts_with("附件")
        | pl.col("before_bare").str.ends_with(")")
        | pl.col("before_bare").str.contains("日[签印]发$")
    )
    return pl.col("is_full_date") & stands_below_text.fill_null(value=False)


def is_above_date(is_date_below: pl.Expr) -> pl.Expr:
    """发文机关署名: a short line without punctuation right above the date."""
    is_short_name = (pl.col("n_chars") <= SIGNATURE_CHARS) & ~pl.col("ends") & pl.col("level").is_null() & ~pl.col("is_full_date")
    is_attachment = pl.col("is_attachment_entry") | pl.col("is_attachment_label") | pl.col("is_file_name")
    return is_date_below & is_short_name & ~is_attachment


def mark_contents(units: pl.DataFrame) -> pl.DataFrame:
    """Add is_contents_line: a line that ends in leaders and a page number, or stands between 目录 and the first paragraph, and again."""
    is_open = ~pl.col("bare").str.ends_with("。")
    marked = tell_where(units, is_open, has_leaders=pl.col("bare").str.contains(CONTENTS_LEADERS)).with_columns(
        contents=pl.col("order").filter(pl.col("bare").is_in(["目录", "目次"])).min().over("source_id")
    )
    is_below = pl.col("order") > pl.col("contents")
    first_prose = pl.col("order").filter(is_below & pl.col("is_prose") & ~pl.col("has_leaders")).min().over("source_id")
    has_contents = marked["contents"].is_not_null()
    pages = marked.filter(has_contents).with_columns(
        is_listed=is_below & (pl.col("order") < first_prose), key=letters_of(pl.col("bare").str.head(KEY_CHARS))
    )
    is_short = pl.col("n_chars") <= KEY_CHARS
    key = pl.when(is_short).then("key")
    stands_again = (key.count().over("source_id", key) > 1) & key.is_first_distinct().over("source_id")
    listed = pages.select(is_listed=pl.col("is_listed") & stands_again)
    is_contents_line = pl.col("has_leaders") | pl.col("is_listed").fill_null(value=False)
    return (
        marked.with_columns(put_back(listed, has_contents))
        .with_columns(is_contents_line=is_contents_line)
        .drop("has_leaders", "contents", "is_listed")
    )


def is_numbered_heading() -> pl.Expr:
    """Of lines with nothing but a heading in them (has_heading_text), those with a number of its own level; an item of a list is none."""
    goes_below_with_sibling = (pl.col("after_level") == pl.col("level")).fill_null(value=False)
    comes_after_sibling = (pl.col("before_level") == pl.col("level")).fill_null(value=False)
    # Below a numbered paragraph only a name (基本原则。) is a heading; a whole sentence is the next item.
    comes_after_item = comes_after_sibling & ~(pl.col("before_is_prose") & pl.col("has_no_break"))
    is_item = goes_below_with_sibling | comes_after_item | pl.col("after_bare").is_null()
    ends_with_stop = pl.col("bare").str.ends_with("。")
    is_above_text = pl.col("after_is_prose") | pl.col("after_level").is_not_null() | pl.col("after_bare").str.ends_with("。")
    heads_paragraphs = is_above_text & (pl.col("after_level") != "caption").fill_null(value=True)
    level = pl.col("level")
    return (
        pl.when(level == "chapter")
        .then(pl.col("n_chars") <= 40)
        .when(level == "labelled")
        .then(pl.col("n_chars") <= 60)
        .when(level == "one")
        .then(~(ends_with_stop & is_item))
        .when(level.is_in(["two", "three", "four", *DECIMAL_LEVELS]))
        .then(~is_item & ~pl.col("is_law") & (~ends_with_stop | heads_paragraphs))
        .otherwise(pl.lit(value=False))
    )


def is_number_above_heading() -> pl.Expr:
    """A number alone above a heading with its paragraph, as in articles of message accounts: 01."""
    return (pl.col("is_number_alone") & ~pl.col("after_ends") & (pl.col("after_n_chars") <= 50) & pl.col("after_next_is_prose")).fill_null(
        value=False
    )


def is_heading_below_number() -> pl.Expr:
    """The title of a measure below its number, which stands alone on its line (No.1, 一、)."""
    number_alone = pl.col("before_level").is_in(["labelled", "one", "two", "three"]) & (pl.col("before_n_chars") <= 5)
    number_alone |= neighbour(pl.col("is_number_alone"), 1) & pl.col("after_is_prose")
    return (number_alone & pl.col("has_words")).fill_null(value=False)


def is_unnumbered_heading() -> pl.Expr:
    """A short line without punctuation between a full paragraph, or a heading, and a full paragraph."""
    stands_below = pl.col("before_ends") & pl.col("before_is_prose")
    is_above_site = (pl.col("after_hit_role") == "chrome").fill_null(value=False)
    stands_above = pl.col("after_is_prose") & (pl.col("after_n_chars") >= 40) & pl.col("after_level").is_null() & ~is_above_site
    is_short = pl.col("n_chars").is_between(3, 30)
    is_other = pl.col("is_date") | pl.col("is_organisation") | pl.col("is_attachment_label") | pl.col("is_attachment_entry")
    return (stands_below & stands_above & is_short & ~is_other & pl.col("reads_heading")).fill_null(value=False)


def is_label_heading() -> pl.Expr:
    """A word or two with a colon above a list or paragraph: 注释: / 资料来源:."""
    stands_below = pl.col("before_ends") & pl.col("before_is_prose")
    stands_above = pl.col("after_is_prose") | (pl.col("after_level") == "three")
    is_label = pl.col("reads_label") & ~pl.col("is_addressee")
    return (is_label & stands_below & stands_above).fill_null(value=False)
