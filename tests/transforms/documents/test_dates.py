"""Dates are read as documents write them; what is no full date is none."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.documents.dates import parse_date

DIGITS = "〇一二三四五六七八九"


def read(text: str) -> date | None:
    return pl.select(parse_date(pl.lit(text))).item()


def in_chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十") + ("" if ones == 0 else DIGITS[ones])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020年1月20日", date(2020, 1, 20)),
        ("2020 年 1 月 20 日", date(2020, 1, 20)),
        ("发布于2020-04-28 10:22", date(2020, 4, 28)),
        ("2020.01.20", date(2020, 1, 20)),
        ("二○二○年三月十日", date(2020, 3, 10)),
        ("二OO六年二月二十日", date(2006, 2, 20)),
        ("2023年5月", None),
        ("2020年13月1日", None),
        ("2021年2月29日", None),
        ("1949年9月30日", None),
        ("1949年10月1日", date(1949, 10, 1)),
        ("6.5%至7.2%", None),
    ],
)
def test_ways_to_write_a_day(text, day):
    assert read(text) == day


@given(st.dates(date(1949, 10, 1), date(2099, 12, 31)))
def test_every_day_is_read_back(day):
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    chinese = f"{year}年{in_chinese(day.month)}月{in_chinese(day.day)}日"
    forms = pl.Series([chinese, day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.year}/{day.month}/{day.day}"])
    assert pl.select(parse_date(pl.lit(forms))).to_series().to_list() == [day] * 4
