"""Numerals turned into numbers."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.targets.numerals import evaluate_numerals


def value(text: str) -> float:
    return evaluate_numerals(pl.DataFrame({"text": [text]}))["value"][0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1,234.5", 1234.5),
        ("3.3万", 33_000),
        ("4.78万亿", 4.78e12),
        ("500多亿", 5e10),
        ("7万5千4百", 75_400),
        ("1千零20", 1020),
        ("十五", 15),
        ("两千四百五", 2450),
        ("一百零一万零三千零十二", 1_013_012),
        ("五十五兆一十二亿四万五千二", 55_001_200_045_200),
        ("二〇三〇", 2030),
        ("三分之一", 1 / 3),
        ("负一又二分之一", -1.5),
    ],
)
def test_numeral_has_value(text: str, wanted: float) -> None:
    assert value(text) == pytest.approx(wanted)


def spell(number: int) -> str:
    """Spell a number below 10**8 in plain Chinese."""
    digits = "零一二三四五六七八九"

    def below_ten_thousand(n: int) -> str:
        out, gap = "", False
        for scale, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit, n = divmod(n, scale)
            if digit:
                out += ("零" if gap and out else "") + digits[digit] + sign
                gap = False
            else:
                gap = True
        return out

    high, low = divmod(number, 10_000)
    if not high:
        return below_ten_thousand(low)
    return below_ten_thousand(high) + "万" + (("零" if low < 1000 else "") + below_ten_thousand(low) if low else "")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 10**8 - 1), min_size=1, max_size=30))
def test_spelled_numbers_come_back(numbers: list[int]) -> None:
    found = evaluate_numerals(pl.DataFrame({"text": [spell(n) for n in numbers]}))
    assert found.height == len(numbers)
    back = dict(found.iter_rows())
    assert [back[spell(n)] for n in numbers] == pytest.approx(numbers)
