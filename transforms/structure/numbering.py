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
_READ = {"place": pl.UInt32, "marker": pl.String, "numeral": pl.String, "style": pl.String, "rank": pl.Int32, "use": pl.String}
_OPENINGS = r"^[(第一二三四五六七八九十\dNn№㈠-㈩Ⅰ-Ⅻ①-⒛专任举措行工重]"
_LIST_OF_NUMBERS = r"^[一二三四五六七八九十]、[一二三四五六七八九十]{1,2}[、产季线级轮]"


def read_markers(paragraphs: pl.DataFrame, numbering: pl.DataFrame) -> pl.DataFrame:
    """Add what each paragraph's number says.

    In: paragraphs (text, role); `numbering` (rule, pattern: group 1 the marker, group 2 the numeral; style, rank: place among styles
    where a document does not tell; use: division, article, nested, unit, heading, box, spoken).
    Out: marker (as it stands, with the spaces it ends in), style, rank Int32, use, number Int32; all null where the paragraph has no
    number. A style for headings only counts where the paragraph is one. 一、二、三产业 is a list of numbers, no marker.
    """
    text = pl.col("text")
    indexed = paragraphs.with_row_index("place")
    candidates = indexed.select("place", "role", "text").filter(text.str.contains(_OPENINGS)).filter(~text.str.contains(_LIST_OF_NUMBERS))
    read = (
        _match_rules(candidates, numbering)
        .with_columns(
            number=pl.col("numeral").str.replace("两", "二", literal=True).replace_strict(_VALUES, default=None, return_dtype=pl.Int32)
        )
        .filter(pl.col("number").is_not_null())
        .drop("numeral")
    )
    return indexed.join(read, on="place", how="left", maintain_order="left").drop("place")


def cut_markers(marked: pl.DataFrame) -> pl.DataFrame:
    """Add `rest`, the text after the marker (all of it where there is none), and take the spaces off the marker."""
    after = pl.col("text").str.slice(pl.col("marker").str.len_chars()).str.strip_chars_start(" .、:").str.strip_chars()
    return marked.with_columns(pl.col("marker").str.strip_chars(), rest=pl.coalesce(after, "text"))


def _match_rules(candidates: pl.DataFrame, numbering: pl.DataFrame) -> pl.DataFrame:
    """Give place, marker, numeral, style, rank and use by the first rule that matches; rows that none does are left out.

    Each rule is tried on what those before it left, and only what it matches is taken apart: telling that a pattern matches costs
    a small part of reading its groups. The commonest stand first in the table.
    """
    text, is_heading = pl.col("text"), pl.col("role") == "heading"
    unread, matched = candidates, []
    for rule in numbering.iter_rows(named=True):
        in_headings_only = rule["use"] in ("heading", "division")
        is_match = unread.select(text.str.contains(rule["pattern"]) & (is_heading if in_headings_only else True)).to_series()
        if is_match.any():
            groups = text.str.extract_groups(rule["pattern"]).struct.rename_fields(["marker", "numeral"])
            said = {"style": pl.lit(rule["style"]), "rank": pl.lit(rule["rank"], dtype=pl.Int32), "use": pl.lit(rule["use"])}
            matched.append(unread.filter(is_match).select("place", groups.alias("groups"), **said).unnest("groups"))
            unread = unread.filter(~is_match)
    return pl.concat([pl.DataFrame(schema=_READ), *matched])
