"""Lines with roles in; paragraphs and their map back to lines out.

One content line plus the lines that go on with its sentence make one paragraph, so that a hard wrap never cuts a word,
a number or a title in two, and any offset in a paragraph still leads to the raw line it came from.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from transforms.rows import put_back

CONTENT_ROLES = ("title", "recipients", "heading", "body", "signature", "date", "note", "attachment")


class Paragraphs(NamedTuple):
    """What `build_paragraphs` gives back: the paragraphs, where each line's text begins in them, and the lines with `paragraph_id`."""

    paragraphs: pl.DataFrame
    paragraph_lines: pl.DataFrame
    lines: pl.DataFrame


def build_paragraphs(lines: pl.DataFrame) -> Paragraphs:
    """Join content lines into paragraphs.

    In: `lines` with source_id, line_no, text (repaired), role, joins_previous, document_id; sorted by source_id, line_no.
    Out: `paragraphs` (paragraph_id, document_id, ordinal, role, text, first_line, last_line), sorted by document_id, ordinal;
    `paragraph_lines` (paragraph_id, line_no, start_char: 0-based offset in characters); `lines` with paragraph_id added, null
    where a line feeds none. A line that joins feeds the paragraph of the content line before it, whatever chrome, blank or
    duplicate lines stand between; after a metadata line, or with nothing before it, it begins its own. A paragraph has the role
    of its first line. Pieces are joined by one space between two ASCII word characters and by nothing elsewhere: Chinese has no
    spaces at line ends.
    """
    is_of_document = pl.col("role").is_in(CONTENT_ROLES) & pl.col("document_id").is_not_null()
    fed = lines.select(is_of_document).to_series()
    numbered = _number_paragraphs(lines)
    firsts = numbered["begins_paragraph"].arg_true()
    lasts = (firsts.shift(-1, fill_value=numbered.height) - 1).cast(firsts.dtype)
    is_wrapped = firsts != lasts
    in_several = is_wrapped.gather(numbered["paragraph_no"] - 1)
    pieces = _lay_out_pieces(numbered.filter(in_several))
    wrapped = pieces.group_by("paragraph_no", maintain_order=True).agg(pl.col("piece").str.join(""))
    text = numbered["text"].gather(firsts).scatter(is_wrapped.arg_true(), wrapped["piece"])
    last_line = numbered["line_no"].gather(lasts)
    paragraphs = _sort_documents(
        numbered[firsts].select("paragraph_id", "document_id", "ordinal", "role", text=text, first_line="line_no", last_line=last_line)
    )
    starts = pl.zeros(numbered.height, pl.Int32, eager=True).scatter(in_several.arg_true(), pieces["start_char"])
    paragraph_lines = numbered.select("paragraph_id", "line_no", start_char=starts)
    return Paragraphs(paragraphs, paragraph_lines, lines.with_columns(put_back(numbered.select("paragraph_id"), fed)))


def _sort_documents(rows: pl.DataFrame) -> pl.DataFrame:
    """Put documents, whose rows stand together, in the order of their ids: far cheaper than to compare the ids of all rows."""
    blocks = rows.select(pl.col("document_id").rle().alias("block")).unnest("block").with_columns(end=pl.col("len").cum_sum())
    return rows[blocks.sort("value").select(pl.int_ranges(pl.col("end") - pl.col("len"), "end").explode()).to_series()]


def _number_paragraphs(lines: pl.DataFrame) -> pl.DataFrame:
    """Keep content lines; give each its paragraph's number in the shard (`paragraph_no`), its ordinal in the document and its id."""
    is_content = pl.col("role").is_in(CONTENT_ROLES)
    follows_content = is_content.shift(1) & (pl.col("source_id") == pl.col("source_id").shift(1))
    begins_paragraph = ~(pl.col("joins_previous") & follows_content).fill_null(value=False)
    numbered = (
        lines.select("source_id", "line_no", "text", "role", "joins_previous", "document_id")
        .filter(is_content | (pl.col("role") == "metadata"))
        .with_columns(begins_paragraph=begins_paragraph)
        .filter(is_content, pl.col("document_id").is_not_null())
        .with_columns(paragraph_no=pl.col("begins_paragraph").cum_sum().cast(pl.Int32))
    )
    begins_document = (pl.col("document_id") != pl.col("document_id").shift(1)).fill_null(value=True)
    ordinal = pl.col("paragraph_no") - pl.when(begins_document).then("paragraph_no").forward_fill() + 1
    return numbered.with_columns(ordinal=ordinal).with_columns(
        paragraph_id=pl.concat_str(pl.col("document_id"), pl.lit("-p"), pl.col("ordinal").cast(pl.String).str.zfill(4))
    )


def _lay_out_pieces(numbered: pl.DataFrame) -> pl.DataFrame:
    """Give each line the text it adds to its paragraph (`piece`, with its leading space if any) and where its own text begins.

    In: the lines of paragraphs that have several.
    """
    before = pl.when(~pl.col("begins_paragraph")).then(pl.col("text").shift(1))
    needs_space = (before.str.contains(r"[0-9A-Za-z_]$") & pl.col("text").str.contains(r"^[0-9A-Za-z_]")).fill_null(value=False)
    piece = pl.when(needs_space).then(pl.concat_str(pl.lit(" "), pl.col("text"))).otherwise("text")
    ends_at = pl.col("piece").str.len_chars().cast(pl.Int32).cum_sum().over("paragraph_no")
    return numbered.with_columns(piece=piece).with_columns(start_char=ends_at - pl.col("text").str.len_chars().cast(pl.Int32))
