"""Paragraphs in; the number each begins with out: its marker, style, value and the text after it.

The idea: every way of numbering is one row of a rule table; the first row that matches names the paragraph's style.
"""

from __future__ import annotations

import polars as pl

_DIGITS = "一二三四五六七八九"
_LARGEST = 299  # no known plan counts further in Chinese numerals; laws do, but their articles are not numbered here


def _han(number: int) -> list[str]:
    """Write a number up to 299 in Chinese numerals, with and without the leading 一 and the filling 零."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    unit = _DIGITS[ones - 1] if ones else ""
    ten = ("" if tens == 1 and not hundreds else _DIGITS[tens - 1]) + "十" if tens else ""
    if not hundreds:
        return [ten + unit]
    filler = "零" if not tens and ones else ""
    head = _DIGITS[hundreds - 1] + "百"
    return [head + filler + ten + unit, head + filler.replace("零", "〇") + ten + unit]


def _numerals() -> dict[str, int]:
    """Map each numeral that a marker may hold to its value."""
    values = {written: number for number in range(1, _LARGEST + 1) for written in _han(number)}
    values |= {str(number): number for number in range(1000)} | {f"{number:02d}": number for number in range(100)}
    for first, last in ("①⑳", "⑴⒇", "⒈⒛", "㈠㈩", "ⅠⅫ"):
        values |= {chr(code): code - ord(first) + 1 for code in range(ord(first), ord(last) + 1)}
    return values


_VALUES = _numerals()
_OPENINGS = r"^[(第一二三四五六七八九十\dNn№㈠-㈩Ⅰ-Ⅻ①-⒛专任举措行工重]"
_LIST_OF_NUMBERS = r"^[一二三四五六七八九十]、[一二三四五六七八九十]{1,2}[、产季线级轮]"


def read_markers(paragraphs: pl.DataFrame, numbering: pl.DataFrame) -> pl.DataFrame:
    """Add what each paragraph's number says.

    In: paragraphs (text, role); `numbering` (rule, pattern: group 1 the marker, group 2 the numeral; style, rank: place among styles
    where a document does not tell; use: division, article, nested, unit, heading, box, spoken).
    Out: marker, style, rank Int32, use, number Int32 (all null where the paragraph has no number) and `rest`: the text after the marker.
    A style for headings only counts where the paragraph is one. 一、二、三产业 is a list of numbers, no marker.
    """
    text = pl.col("text")
    indexed = paragraphs.with_row_index("row")
    candidates = indexed.select("row", "role", "text").filter(text.str.contains(_OPENINGS), ~text.str.contains(_LIST_OF_NUMBERS))
    is_heading = pl.col("role") == "heading"
    found = pl.coalesce(
        pl.when(is_heading | pl.lit(value=use not in ("heading", "division")))
        .then(text.str.extract_groups(pattern).struct.rename_fields(["marker", "numeral"]).struct.with_fields(rule=pl.lit(rule)))
        .pipe(_null_without_marker)
        for rule, pattern, use in numbering.select("rule", "pattern", "use").iter_rows()
    )
    read = (
        candidates.with_columns(found=found)
        .unnest("found")
        .filter(pl.col("marker").is_not_null())
        .join(numbering.select("rule", "style", pl.col("rank").cast(pl.Int32), "use"), on="rule")
        .with_columns(
            number=pl.col("numeral").str.replace("两", "二").replace_strict(_VALUES, default=None, return_dtype=pl.Int32),
            rest=text.str.slice(pl.col("marker").str.len_chars()).str.strip_chars_start(" .、:").str.strip_chars(),
            marker=pl.col("marker").str.strip_chars(),
        )
        .filter(pl.col("number").is_not_null())
        .select("row", "marker", "style", "rank", "use", "number", "rest")
    )
    return indexed.join(read, on="row", how="left", maintain_order="left").with_columns(rest=pl.coalesce("rest", "text")).drop("row")


def _null_without_marker(groups: pl.Expr) -> pl.Expr:
    """Turn the groups of a pattern that did not match into null, so that the next rule is tried."""
    return pl.when(groups.struct.field("marker").is_not_null()).then(groups)
