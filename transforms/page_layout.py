"""The layout of a page: the width at which its lines are wrapped, its indents and blank lines.

In: non-blank lines of many sources with their widths. Out: + which lines are full, and what the page looks like.
The idea: where many lines break off at one width and few are longer, that is where the page was wrapped.
"""

import polars as pl

from transforms.line_shapes import ARTICLE
from transforms.neighbours import neighbour, number_blocks, number_rows

# A page is taken as wrapped at a fixed width when at least this many of its lines, and this share of them, stop at one width and break off
# there, and few are longer. Tried on real laws cut every 38 characters and on the same laws uncut.
MIN_FULL_LINES = 4
MIN_FULL_SHARE = 0.3
MAX_LONGER_SHARE = 0.1
MIN_WRAP_CELLS, MAX_WRAP_CELLS = 40, 180
FULL_LINE_SLACK_CELLS = 4
INDENT_CELLS = 4
# A file may hold parts wrapped at different widths: each stretch of so many lines is also looked at by itself.
PART_LINES = 40
# A page is airy when at least half of its lines stand after a blank line: then two lines without one between them are one paragraph.
AIRY_SHARE = 0.5


def describe_layout(described: pl.DataFrame) -> pl.DataFrame:
    """Find the width at which a page, or a part of it, is wrapped.

    In: source_id, bare, cells, raw_chars, ends, starts_unit, is_indented, gap (lines to the one before) of non-blank lines, sorted.
    Out: + is_full (the line fills that width), page_indents, page_wraps_close (wrapped lines follow without a blank one), is_airy.
    """
    is_heading = pl.col("starts_unit") & ~pl.col("bare").str.contains("[。,;]")
    follows_end = neighbour(pl.col("ends") | is_heading, 1).fill_null(value=True)
    opens = pl.col("bare").str.contains(ARTICLE) | (follows_end & ~pl.col("starts_unit"))
    placed = described.with_columns(
        part=number_blocks(number_rows() % PART_LINES == 0),
        opens_paragraph=opens,
        breaks_off_long=~pl.col("ends") & pl.col("cells").is_between(MIN_WRAP_CELLS, MAX_WRAP_CELLS),
        is_full=pl.lit(value=False),
    )
    for measure, slack in (("cells", FULL_LINE_SLACK_CELLS), ("raw_chars", 0)):
        for part in ("source_id", "part"):
            placed = _mark_full_lines(placed, measure, slack, part)
    is_close = pl.col("gap") == 1
    return placed.with_columns(
        page_indents=pl.col("is_indented").mean().over("source_id").is_between(0.05, 0.8),
        page_wraps_close=is_close.mean().over("source_id").is_between(0.2, 0.98).fill_null(value=False),
        is_airy=((pl.col("gap") > 1).mean().over("source_id") >= AIRY_SHARE).fill_null(value=False),
    )


def _mark_full_lines(placed: pl.DataFrame, measure: str, slack: int, part: str) -> pl.DataFrame:
    """Mark lines as long as most lines of their part of the page that break off, where few lines are longer: is_full."""
    size = pl.col(measure)
    widths = placed.filter("breaks_off_long").group_by(part).agg(width=size.mode(maintain_order=False).max(), n_long=pl.len())
    measured = placed.join(widths.filter(pl.col("n_long") >= MIN_FULL_LINES), on=part, how="left", maintain_order="left")
    is_at_width = (size - pl.col("width")).abs() <= slack
    wrapped = (
        measured.filter(pl.col("width").is_not_null())
        .group_by(part)
        .agg(
            n_full=(is_at_width & ~pl.col("ends")).sum(),
            n_wide=(size * 2 > pl.col("width")).sum(),
            n_longer=(size > pl.col("width") + slack).sum(),
        )
        .filter(
            (pl.col("n_full") >= MIN_FULL_LINES)
            & (pl.col("n_full") >= pl.col("n_wide") * MIN_FULL_SHARE)
            & (pl.col("n_longer") <= pl.col("n_wide") * MAX_LONGER_SHARE)
        )
        .select(part, is_wrapped=pl.lit(value=True))
    )
    # The first line of a paragraph is shorter by its indent of two characters where the text was taken without it.
    shortfall = pl.col("width") - size
    is_short_by_indent = pl.col("opens_paragraph") & shortfall.is_between(0, slack + INDENT_CELLS) & pl.lit(slack > 0)
    is_full = (pl.col("is_wrapped") & (is_at_width | is_short_by_indent)).fill_null(value=False)
    return (
        measured.join(wrapped, on=part, how="left", maintain_order="left")
        .with_columns(is_full=pl.col("is_full") | is_full)
        .drop("width", "n_long", "is_wrapped")
    )
