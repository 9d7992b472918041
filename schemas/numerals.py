"""Numbers as Chinese pages write them, as SQL that rules can compare with."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_MOST = 999  # the longest codes have some 1,260 articles
_MOST_IN_ALL = 2_000


def write_in_words(number: int) -> str:
    """Write a number from 0 to 999 in Chinese: 12 as 十二, 120 as 一百二十, 105 as 一百零五."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    in_tens = ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十" if tens else ""
    in_ones = _DIGITS[ones] if ones or not number else ""
    gap = "零" if hundreds and rest and not tens else ""
    return (f"{_DIGITS[hundreds]}百" if hundreds else "") + gap + in_tens + in_ones


_IN_WORDS = "[" + ", ".join(f"'{write_in_words(number)}'" for number in range(_MOST + 1)) + "]"


def in_words(number: str) -> str:
    """Return SQL for a number in words; NULL above 999."""
    return f"({_IN_WORDS})[{number} + 1]"


def says_number(text: str, number: str) -> str:
    """Return SQL that says whether a text holds a number, in digits or words.

    Signs like ⑳ and Ⅻ, and numbers from 1,000 to 2,000, are taken on trust.
    """
    on_trust = f"{number} BETWEEN {_MOST + 1} AND {_MOST_IN_ALL} OR regexp_matches({text}, '[\\p{{No}}\\p{{Nl}}]')"
    return f"(contains({text}, {number}::VARCHAR) OR coalesce(contains({text}, {in_words(number)}), FALSE) OR {on_trust})"
