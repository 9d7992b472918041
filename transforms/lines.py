"""Decoded sources in, the ledger of physical lines out, with clean text beside the raw.

Lines are cut at LF, CRLF and CR alone. Form feed, vertical tab, U+0085, U+2028 and U+2029 are white space within a line, because
annotators, grep and wc count lines without them; so are further CRs before CRLF, which come of text written twice as if it had LF alone.
"""

from __future__ import annotations

import polars as pl

from transforms.decode import Decoded

REPLACEMENT = "\ufffd"
# Rules look for what stands before and after each thing they find in a line, which takes the line's length times the number of findings.
# The longest line of 5,600 government pages has 21,530 characters, and a whole long page without line feeds has fewer than this.
MAX_LINE_CHARS = 400_000
# A run over one text of as many bytes in UTF-8, or of as many lines, takes 1.5 GB of memory (docs/giants.md).
MAX_TEXT_BYTES = 2**25
MAX_LINES = 2**20

FULL_WIDTH_ASCII = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
# Unicode categories Zs, Zl and Zp, and the control characters that Unicode counts as white space.
SPACES = "\t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
# Unicode categories Cc (but for the white space above) and Cf, and the variation selectors.
INVISIBLE_RANGES = (
    (0x0000, 0x0008),
    (0x000E, 0x001F),
    (0x007F, 0x0084),
    (0x0086, 0x009F),
    (0x00AD, 0x00AD),
    (0x0600, 0x0605),
    (0x061C, 0x061C),
    (0x06DD, 0x06DD),
    (0x070F, 0x070F),
    (0x0890, 0x0891),
    (0x08E2, 0x08E2),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x2064),
    (0x2066, 0x206F),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0001, 0xE0001),
    (0xE0020, 0xE007F),
    (0xE0100, 0xE01EF),
)
CLEANED_CHARACTERS = {
    **FULL_WIDTH_ASCII,
    **dict.fromkeys(SPACES, " "),
    **{chr(code): "" for first, last in INVISIBLE_RANGES for code in range(first, last + 1)},
}


def refuse_giants(decoded: Decoded) -> Decoded:
    """Refuse sources (stage `split`) of more than MAX_TEXT_BYTES (reason `too_large`) or MAX_LINES (`too_many_lines`), or with a line of
    more than MAX_LINE_CHARS (`line_too_long`): nobody wrote such a page, and each would take gigabytes of memory.

    In: what `read_html` gives. Out: the same without these sources, which are no sources then, and with a row for each in `rejected`.
    """
    n_bytes, n_lines = pl.col("content").str.len_bytes(), pl.col("content").str.count_matches(r"\r\n?|\n")
    longest = pl.col("content").str.replace_all("\r", "\n", literal=True).str.split("\n").list.eval(pl.element().str.len_chars()).list.max()
    too_large = pl.format("too_large: {} bytes of text; the longest that can be read has {}", n_bytes, pl.lit(MAX_TEXT_BYTES))
    too_many = pl.format("too_many_lines: {} lines; the longest text that can be read has {}", n_lines, pl.lit(MAX_LINES))
    too_long = pl.format("line_too_long: a line of {} characters; the longest that can be read has {}", longest, pl.lit(MAX_LINE_CHARS))
    may_be_giant = decoded.sources.filter(n_bytes > min(MAX_LINE_CHARS, MAX_LINES))
    by_size = may_be_giant.with_columns(refusal=pl.when(n_bytes > MAX_TEXT_BYTES).then(too_large).when(n_lines > MAX_LINES).then(too_many))
    by_line = by_size.filter(pl.col("refusal").is_null()).filter(longest > MAX_LINE_CHARS).with_columns(refusal=too_long)
    refused = (
        pl.concat([by_size.filter(pl.col("refusal").is_not_null()), by_line])
        .select("source_id", refusal=pl.col("refusal").str.split_exact(": ", 1))
        .unnest("refusal")
        .select("source_id", stage=pl.lit("split"), reason="field_0", detail="field_1")
    )
    return Decoded(
        sources=decoded.sources.join(refused, on="source_id", how="anti", maintain_order="left"),
        undecodable=decoded.undecodable.join(refused, on="source_id", how="anti", maintain_order="left"),
        rejected=pl.concat([decoded.rejected, refused]).sort("source_id"),
    )


def split_lines(sources: pl.DataFrame) -> pl.DataFrame:
    r"""Cut the content of sources into physical lines.

    In: `source_id`, `content`. Out, sorted by source_id and line_no: `source_id`, `line_no` (Int32, from 1), `raw_text`, `line_ending`
    ('' | '\n' | '\r\n' | '\r'). What follows the last line ending is a line only if it is not empty; a source without content has none.
    """
    is_last = pl.col("line_no") == pl.col("n_pieces")
    lines = (
        sources.sort("source_id")
        .select("source_id", raw_text=pl.col("content").str.split("\n"))
        .with_columns(n_pieces=pl.col("raw_text").list.len())
        .with_columns(line_no=pl.int_ranges(1, pl.col("n_pieces") + 1, dtype=pl.Int32))
        .filter(pl.col("n_pieces") > 0)
        .explode("raw_text", "line_no")
        .filter(~is_last | (pl.col("raw_text") != ""))
        .select("source_id", "line_no", "raw_text", line_ending=pl.when(is_last).then(pl.lit("")).otherwise(pl.lit("\n")))
    )
    return _split_at_cr(lines) if sources["content"].str.contains("\r", literal=True).any() else lines


def add_clean_text(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `text`: `raw_text` as readers see it.

    Full-width ASCII becomes ASCII (CJK punctuation stays), every kind of space one space, invisible and control characters (NUL, byte order
    mark, zero-width space, soft hyphen, directional marks, variation selectors) go, and so does white space at both ends. Cleaning clean
    text changes nothing.
    """
    clean = pl.col("raw_text").str.replace_many(list(CLEANED_CHARACTERS), list(CLEANED_CHARACTERS.values()))
    return lines.with_columns(text=clean.str.strip_chars(" "))


def count_lines(sources: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Add `n_lines` (Int32) to sources, 0 for those without a line."""
    counts = lines.group_by("source_id").agg(n_lines=pl.len().cast(pl.Int32))
    return sources.join(counts, on="source_id", how="left", maintain_order="left").with_columns(pl.col("n_lines").fill_null(0))


def undecodable_repairs(lines: pl.DataFrame, undecodable: pl.DataFrame) -> pl.DataFrame:
    """Turn undecodable bytes into repairs of their lines, all but the id.

    In: lines with `text`, and `undecodable` as `decode_sources` gives it. Out, sorted: `source_id`, `line_no`, `kind`, `original` (hex),
    `replacement` (null), `confidence`, `evidence`, `start_char` (Int32, in `text`). In a line with undecodable bytes each U+FFFD has a row,
    those that stood in the file too, so that the n-th U+FFFD of `raw_text` belongs to the n-th row.
    """
    nth = pl.int_range(pl.len()).over("source_id").alias("nth")
    marks = (
        lines.join(undecodable, on="source_id", how="semi", maintain_order="left")
        .filter(pl.col("raw_text").str.contains(REPLACEMENT, literal=True))
        .select("source_id", "line_no", piece=pl.col("text").str.split(REPLACEMENT))
        .explode("piece")
        .with_columns(end_char=(pl.col("piece").str.len_chars() + 1).cum_sum().over("source_id", "line_no"))
        .filter(pl.int_range(pl.len()).over("source_id", "line_no") < pl.len().over("source_id", "line_no") - 1)
        .select("source_id", "line_no", nth, start_char=(pl.col("end_char") - 1).cast(pl.Int32))
    )
    n_bytes = (pl.col("original").str.len_bytes() // 2).cast(pl.String)
    evidence = (
        pl.when("is_genuine")
        .then(pl.lit("U+FFFD in the file itself, beside undecodable bytes"))
        .otherwise(pl.lit("no text in ") + pl.col("encoding") + pl.lit("; bytes: ") + n_bytes)
    )
    return (
        marks.join(undecodable.drop("start_char").with_columns(nth), on=["source_id", "nth"], how="inner", maintain_order="left")
        .filter((~pl.col("is_genuine")).any().over("source_id", "line_no"))
        .select(
            "source_id",
            "line_no",
            kind=pl.lit("undecodable_bytes"),
            original="original",
            replacement=pl.lit(None, dtype=pl.String),
            confidence=pl.lit(1.0),
            evidence=evidence,
            start_char="start_char",
        )
        .sort("source_id", "line_no", "start_char")
    )


def _split_at_cr(lines: pl.DataFrame) -> pl.DataFrame:
    """Move a CR at the end of a line to its ending, and cut lines where a CR stands alone, as in files of old Macs."""
    ends_in_cr = pl.col("raw_text").str.ends_with("\r")
    crlf = pl.when(pl.col("line_ending") == "\n").then(pl.lit("\r\n")).otherwise(pl.lit("\r"))
    lines = lines.with_row_index("row").with_columns(
        raw_text=pl.col("raw_text").str.strip_suffix("\r"), line_ending=pl.when(ends_in_cr).then(crlf).otherwise("line_ending")
    )
    ends_in_more = (pl.col("line_ending") == "\r\n") & pl.col("raw_text").str.ends_with("\r")
    inner = pl.when(ends_in_more).then(pl.col("raw_text").str.strip_chars_end("\r")).otherwise("raw_text")
    has_inner_cr = inner.str.contains("\r", literal=True)
    to_cut = lines.filter(has_inner_cr)
    if to_cut.is_empty():
        return lines.drop("row")
    parts = inner.str.split("\r")
    more = pl.when(ends_in_more).then(pl.col("raw_text").str.extract("(\r+)$")).otherwise(pl.lit(""))
    nothing = pl.lit("").repeat_by(parts.list.len() - 1)
    cut = (
        to_cut.with_columns(
            raw_text=parts,
            more=pl.concat_list(nothing, more),
            line_ending=pl.concat_list(pl.lit("\r").repeat_by(parts.list.len() - 1), pl.col("line_ending")),
        )
        .explode("raw_text", "more", "line_ending")
        .with_columns(raw_text=pl.col("raw_text") + pl.col("more"))
        .drop("more")
    )
    lines = pl.concat([lines.filter(~has_inner_cr), cut]).sort("row", maintain_order=True).drop("row").with_row_index("row")
    return lines.with_columns(line_no=(pl.col("row") - pl.col("row").min().over("source_id") + 1).cast(pl.Int32)).drop("row")
