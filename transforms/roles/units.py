"""Units: the lines of a page with hard wraps undone, described by rules and shapes.

In: non-blank lines. Out: one row a unit (a line and those that continue it) with its text, rule hit, numbering and shapes; and the
unit of each line. The idea: a role belongs to a whole title or paragraph, so wrapped pieces are described together.
"""

import polars as pl

from transforms import line_shapes as shapes
from transforms.neighbours import count_so_far, neighbour
from transforms.roles.rules import match_rules
from transforms.rows import tell_where
from transforms.wraps import mark_continuations, merge_continued

START_LEVELS = ["chapter", "article", "one", "two", "labelled", *shapes.DECIMAL_LEVELS]
TITLE_CHARS = 120
OFFICER_CHARS = 24  # nor is a date alone, or the label of an attachment, any longer
ORGANISATION_CHARS = 40
HEADING_CHARS = 80
END_LEVELS = [*START_LEVELS, "three", "four", "spelt"]


def number_units(marked: pl.DataFrame) -> pl.DataFrame:
    """Number the units of each page, repeats left out.

    In: lines with text, role ('duplicate' or null). Out: the non-blank lines that are no repeats, + unit (Int32, from 1 in each source).
    A unit never reaches across a repeat.
    """
    is_repeat = (pl.col("role") == "duplicate").fill_null(value=False)
    content = mark_continuations(marked).filter(pl.col("text") != "").with_columns(is_repeat=is_repeat)
    follows_repeat = neighbour(pl.col("is_repeat"), 1).fill_null(value=False)
    kept = content.with_columns(continues=pl.col("continues") & ~follows_repeat).filter(~pl.col("is_repeat"))
    return kept.with_columns(unit=count_so_far(~pl.col("continues")).cast(pl.Int32)).drop("continues", "is_repeat")


def describe_units(content: pl.DataFrame, line_rules: pl.DataFrame) -> pl.DataFrame:
    """Describe each unit by itself.

    In: source_id, line_no, text, unit. Out: source_id, unit, text, bare, n_chars, level, ends, shapes (is_…, has_…), value_of, hit_rule,
    hit_role, hit_where.
    """
    whole = merge_continued(content, "unit", pl.col("text")).drop("first_line", "last_line")
    clean = shapes.add_unmarked(whole).drop("text").rename({"unmarked": "text"})
    text = pl.col("text")
    headed = tell_where(
        whole.select("text"),
        text.str.starts_with("#"),
        is_marked_title=text.str.contains(shapes.MARKED_TITLE),
        is_marked=text.str.contains(shapes.MARKED_HEADING),
    )
    bared = clean.with_columns(headed["is_marked_title"], headed["is_marked"], bare=shapes.without_spaces(text))
    matched = _free_marked_text(match_rules(bared, line_rules))
    return _mark_sure_text(_mark_field_values(_describe_shapes(matched)))


def _describe_shapes(matched: pl.DataFrame) -> pl.DataFrame:
    """Add n_chars, level, ends and the shapes of each unit."""
    bare = pl.col("bare")
    is_short = pl.col("n_chars") <= HEADING_CHARS
    counted = matched.with_columns(n_chars=bare.str.len_chars().cast(pl.Int32), ends=shapes.ends_sentence(bare)).with_columns(
        is_prose=shapes.is_prose(bare, pl.col("n_chars"))
    )
    numbered = shapes.add_level(counted)
    # No name, date or title ends in a full stop, as most lines do.
    is_open = ~(bare.str.ends_with("。") | bare.str.ends_with(";"))
    ended = tell_where(numbered, is_open & pl.col("n_chars").is_between(4, TITLE_CHARS), has_title_end=bare.str.contains(shapes.TITLE_END))
    titles = tell_where(ended, pl.col("has_title_end"), is_title_shaped=~shapes.reads_as_sentence(bare)).drop("has_title_end")
    addressed = tell_where(titles, bare.str.ends_with(":") | bare.str.ends_with("!"), is_addressee=_is_addressee(bare))
    short = tell_where(addressed, is_open & (pl.col("n_chars") <= ORGANISATION_CHARS), is_organisation=_is_organisation(bare))
    officers = tell_where(
        short,
        is_open & (pl.col("n_chars") <= OFFICER_CHARS),
        is_officer=bare.str.contains(shapes.OFFICER_NAMED),
        is_date=bare.str.contains(shapes.DATE_ALONE),
        is_full_date=bare.str.contains(shapes.FULL_DATE_ALONE),
        is_attachment_label=bare.str.contains(shapes.ATTACHMENT_LABEL),
    )
    may_be_heading = is_short & (pl.col("level").is_not_null() | pl.col("is_marked"))
    headings = tell_where(officers, may_be_heading, has_heading_text=shapes.has_heading_text(bare))
    entries = tell_where(
        headings,
        bare.str.starts_with("附"),
        is_attachment_entry=bare.str.contains(shapes.ATTACHMENT_ENTRY) & ~bare.str.contains("。."),
    )
    may_be_file = (pl.col("n_chars") <= shapes.FILE_NAME_CHARS) & bare.str.contains(".", literal=True)
    files = tell_where(entries, may_be_file, is_file_name=bare.str.contains(shapes.FILE_NAME))
    return files.with_columns(is_title_shaped=pl.col("is_title_shaped") | pl.col("is_marked_title"))


def _is_organisation(bare: pl.Expr) -> pl.Expr:
    is_named = bare.str.contains(shapes.ORGANISATION_END) & (bare.str.len_chars() >= 2)
    return is_named & ~bare.str.contains("[。;:]|" + shapes.NO_ORGANISATION_END)


def _is_addressee(bare: pl.Expr) -> pl.Expr:
    names_addressees = bare.str.contains(shapes.ADDRESSEE + r"(?:\([^()]*\))?:$") & (bare.str.len_chars() >= 4)
    is_to_all = bare.str.contains(shapes.ADDRESSED_TO_ALL) & ~bare.str.contains(shapes.NOT_ADDRESSED)
    return (names_addressees | is_to_all | bare.str.contains(shapes.SALUTATION)) & ~bare.str.contains("。")


def _free_marked_text(matched: pl.DataFrame) -> pl.DataFrame:
    """Take the rules for lines without marks off marked ones: cells of tables, and headings where a rule is for the head of the page.

    Adds is_cell. Rows of a table are told from other lines with bars by the rule below the table's head.
    """
    bare = pl.col("bare")
    told = tell_where(
        matched,
        bare.str.contains("^[|<:-]"),
        is_table_rule=bare.str.contains(shapes.TABLE_RULE),
        is_table_row=bare.str.contains(shapes.TABLE_ROW),
        is_element=bare.str.contains(shapes.ELEMENT_WITH_TEXT),
    )
    has_table = pl.col("is_table_rule").any().over("source_id")
    is_cell = (pl.col("is_table_row") & has_table) | pl.col("is_element")
    is_heading = (pl.col("is_marked") | pl.col("is_marked_title")) & (pl.col("hit_where") == "head").fill_null(value=False)
    is_site_hit = pl.col("hit_role").is_in(["chrome", "metadata"]).fill_null(value=False)
    freed = told.with_columns(is_cell=is_cell & ~pl.col("is_table_rule")).with_columns(
        is_free=(pl.col("is_cell") | is_heading) & is_site_hit
    )
    hits = ["hit_rule", "hit_role", "hit_where"]
    return freed.with_columns(pl.when(~pl.col("is_free")).then(pl.col(name)).alias(name) for name in hits).drop(
        "is_free", "is_table_rule", "is_table_row", "is_element"
    )


def _mark_field_values(shaped: pl.DataFrame) -> pl.DataFrame:
    """Mark the line below a field's label as its value: + value_of (the label's rule). An empty field has none."""
    is_label = (pl.col("hit_where") == "label").fill_null(value=False)
    label = pl.when(is_label).then("hit_rule")
    is_title_like = pl.col("is_title_shaped") | pl.col("bare").str.contains("关于|印发")
    fits_field = (pl.col("n_chars") <= 60) & ~is_title_like & pl.col("level").is_null() & ~pl.col("bare").str.contains(":$")
    fits_field |= pl.col("label_below").fill_null(value=False) & (pl.col("n_chars") <= 60)
    fits = (
        pl.when(pl.col("label_above") == "label_title")
        .then(pl.col("n_chars") <= 150)
        .when(pl.col("label_above") == "label_summary")
        .then(~pl.col("is_title_shaped") | pl.col("is_prose"))
        .otherwise(fits_field)
    )
    value_of = pl.when(pl.col("label_above").is_not_null() & ~is_label & fits).then("label_above")
    labelled = shaped.with_columns(label_above=neighbour(label, 1), label_below=neighbour(is_label, -1))
    return labelled.with_columns(value_of=value_of).drop("label_above", "label_below")


def _mark_sure_text(shaped: pl.DataFrame) -> pl.DataFrame:
    """Mark what is surely the document's: where its text can start, where it can still go on, and the elements that close it."""
    is_free = ~pl.col("hit_role").is_in(["chrome", "metadata"]).fill_null(value=False) & (pl.col("value_of") != "label_summary").fill_null(
        value=True
    )
    has_title = pl.col("is_marked_title").any().over("source_id")
    is_first_marked = pl.col("is_marked") & (count_so_far(pl.col("is_marked")) == 1)
    # The first marked heading of a page without a marked title may be its title.
    is_heading = pl.col("is_marked") & ~pl.col("is_title_shaped") & (has_title | ~is_first_marked)
    return shaped.with_columns(
        is_marked_heading=is_heading,
        is_sure_start=is_free
        & (pl.col("is_prose") | is_heading | pl.col("level").is_in(START_LEVELS).fill_null(value=False) | pl.col("is_addressee")),
        is_sure_end=is_free
        & (pl.col("is_prose") | is_heading | pl.col("is_cell") | pl.col("level").is_in(END_LEVELS).fill_null(value=False)),
        is_element=pl.col("is_full_date")
        | pl.col("is_attachment_entry")
        | pl.col("is_file_name")
        | (pl.col("hit_role") == "note").fill_null(value=False),
    )
