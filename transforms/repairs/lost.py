"""Content lines in; out the places where a character was plainly lost or replaced.

Three signs: set phrases and masks (rows of lost_patterns.csv), two years run together (20212035), and a Chinese quotation mark whose
partner was typed as an ASCII one. Each is precise: nothing is repaired that could be read as it stands.
"""

from __future__ import annotations

import polars as pl

from transforms.repairs.apply import drop_overlaps
from transforms.repairs.spans import REPAIR_SCHEMA, keep_content, locate_matches, make_repairs

# Plans cover a few five-year periods: 2006-2020 and 2021-2035 are the longest in use.
MAX_PLAN_YEARS = 30
YEARS_RUN_TOGETHER = r"(?:^|[^0-9A-Za-z.\-/_~])((?:19[5-9][0-9]|20[0-4][0-9])20[0-4][0-9])(?:年|[)》〉])"
MAX_QUOTED_CHARS = 40


def find_lost_characters(lines: pl.DataFrame, lost_patterns: pl.DataFrame) -> pl.DataFrame:
    """Find characters that were lost or replaced in content lines.

    `lost_patterns` has rule, before, original, after (regular expressions; only `original` is changed), replacement (null: the
    text stays and the row says what is missing), confidence. Out: repairs of kind lost_character, and mismatched_quote for a
    closing mark typed as ASCII, in order, without repair_id; no two overlap.
    """
    content = keep_content(lines)
    found = [_find_by_patterns(content, lost_patterns), _find_run_together_years(content), _find_half_quotes(content)]
    return drop_overlaps(pl.concat(found))


def _locate_inner(content: pl.DataFrame, before: str, original: str, after: str) -> pl.DataFrame:
    """Locate `original` where it stands between `before` and `after`."""
    whole = f"(?:{before})(?:{original})(?:{after})"
    matches = locate_matches(content, whole)
    outer = pl.col("original")
    n_before = outer.str.extract(f"^({before}){original}(?:{after})$", 1).str.len_chars().cast(pl.Int32)
    return matches.with_columns(
        start_char=pl.col("start_char") + n_before, original=outer.str.extract(f"^(?:{before})({original})(?:{after})$", 1)
    )


def _find_by_patterns(content: pl.DataFrame, lost_patterns: pl.DataFrame) -> pl.DataFrame:
    found = [
        _locate_inner(content, rule["before"] or "", rule["original"], rule["after"] or "").with_columns(
            replacement=pl.lit(rule["replacement"], pl.String),
            confidence=pl.lit(rule["confidence"], pl.Float64),
            evidence=pl.lit(f"{rule['rule']}: {rule['why']}"),
        )
        for rule in lost_patterns.iter_rows(named=True)
    ]
    return make_repairs(pl.concat(found), "lost_character") if found else pl.DataFrame(schema=REPAIR_SCHEMA)


def _find_run_together_years(content: pl.DataFrame) -> pl.DataFrame:
    """Find 20212035 for 2021-2035. Eight digits with 20 in the middle are never a date, since no month is 20 or later."""
    first, second = pl.col("original").str.head(4), pl.col("original").str.tail(4)
    span = second.cast(pl.Int32, strict=False) - first.cast(pl.Int32, strict=False)
    # eight digits are found far sooner than what may not stand before them
    matches = locate_matches(content.filter(pl.col("text").str.contains("[0-9]{8}")), YEARS_RUN_TOGETHER)
    offset = pl.col("original").str.extract("^([^0-9]?)", 1).str.len_chars().cast(pl.Int32)
    return make_repairs(
        matches.with_columns(start_char=pl.col("start_char") + offset, original=pl.col("original").str.extract("([0-9]{8})", 1))
        .filter(span.is_between(1, MAX_PLAN_YEARS))
        .with_columns(
            replacement=first + "-" + second,
            confidence=pl.lit(0.95),
            evidence=pl.format("two years run together, {} years apart, and no date has month {}", span, second.str.head(2)),
        ),
        "lost_character",
    )


def _find_half_quotes(content: pl.DataFrame) -> pl.DataFrame:
    """Find a phrase opened by “ and closed by an ASCII quotation mark, where that accounts for every ASCII mark of the line."""

    def count(mark: str) -> pl.Expr:
        return pl.col("text").str.count_matches(mark, literal=True).cast(pl.Int32)

    half_open = rf"“[^“”\"]{{1,{MAX_QUOTED_CHARS}}}\""
    is_explained = (count('"') == count("“") - count("”")) & (count('"') == pl.col("text").str.count_matches(half_open).cast(pl.Int32))
    return make_repairs(
        locate_matches(content.filter(count('"') > 0).filter(is_explained), half_open).with_columns(
            replacement=pl.col("original").str.strip_chars_end('"') + "”",
            confidence=pl.lit(0.9),
            evidence=pl.lit("the line has as many opening marks without a partner as ASCII marks, each closing one of them"),
        ),
        "mismatched_quote",
    )
