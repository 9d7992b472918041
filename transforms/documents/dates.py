"""Text in, dates out: the ways Chinese documents write a day (2020年1月20日, 2020-01-20, 二〇二〇年一月二十日).

A date without its day is no date here: what a page does not say stays null.
"""

from __future__ import annotations

import polars as pl

from schemas.fields import FIRST_YEAR, LAST_YEAR

_DIGITS = {
    "〇": "0",
    "○": "0",
    "零": "0",
    "Ο": "0",
    "O": "0",
    "一": "1",
    "二": "2",
    "三": "3",
    "四": "4",
    "五": "5",
    "六": "6",
    "七": "7",
    "八": "8",
    "九": "9",
}
_TENS = ("", "十", "二十", "三十")
_ONES = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
# 三十一 before 三十 before 三, so that the longest reading of a month or day wins.
_COUNTS = {_TENS[n // 10] + _ONES[n % 10]: str(n) for n in range(31, 0, -1)}

# Documents of the People's Republic: an older year is a damaged one.
_YEAR = r"(?:19[4-9][0-9]|20[0-9]{2}|一九[四五六七八九][〇○零ΟO一二三四五六七八九]|二[〇○零ΟO][〇○零ΟO一二三四五六七八九]{2})"
_COUNT = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
DATE = rf"(?:{_YEAR}\s*年\s*{_COUNT}\s*月\s*{_COUNT}\s*[日号]|(?:19[4-9][0-9]|20[0-9]{{2}})\s?[-./]\s?[0-9]{{1,2}}\s?[-./]\s?[0-9]{{1,2}})"
_PARTS = rf"(?P<year>{_YEAR})\s*[年./-]\s*(?P<month>{_COUNT})\s*[月./-]\s*(?P<day>{_COUNT})"


def parse_date(text: pl.Expr) -> pl.Expr:
    """Read the first full date in `text`; null where there is none, no such day exists, or it is none of the People's Republic's."""
    parts = text.str.extract_groups(_PARTS)
    year = parts.struct.field("year").str.replace_many(_DIGITS)
    month = _count(parts.struct.field("month"))
    day = _count(parts.struct.field("day"))
    date = pl.concat_str(year, month.str.zfill(2), day.str.zfill(2), separator="-").str.to_date("%Y-%m-%d", strict=False)
    return pl.when(date.is_between(FIRST_YEAR, LAST_YEAR)).then(date)


def _count(part: pl.Expr) -> pl.Expr:
    return part.replace(_COUNTS)
