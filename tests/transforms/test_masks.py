"""Patterns matched at less cost match what they matched before."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.masks import contains_one, text_where

TEXTS = ["", "现将方案印发给你们", "甲(乙", "丙)印发", "请遵照印发", "本方案自发布之日起施行", "由局负责解释。", "丁"]


@pytest.mark.parametrize(
    "patterns",
    [
        ["^本方案", "方案.{0,9}印发给你们"],
        [r"甲\(乙|丙\)印发"],
        ["(?:甲|请).*印发", "负责解释。?$"],
        ["[(|]乙|印发", "^丁$", "^由"],
        ["自.{0,9}起(?:施行|实施)"],
    ],
)
def test_one_of_several_patterns_is_found_as_in_one(patterns: list[str]) -> None:
    texts = pl.DataFrame({"text": TEXTS})
    joined = pl.col("text").str.contains("|".join(f"(?:{pattern})" for pattern in patterns))
    assert texts.select(contains_one(pl.col("text"), patterns)).to_series().to_list() == texts.select(joined).to_series().to_list()


def test_texts_that_are_not_asked_for_are_empty() -> None:
    texts = pl.DataFrame({"text": ["甲", "乙", "丙"], "is_asked": [True, False, None]})
    assert texts.select(text_where(pl.col("is_asked"))).to_series().to_list() == ["甲", "", ""]
