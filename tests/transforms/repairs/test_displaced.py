"""The word that spam displaced is told from the corpus, whatever the word, the spam and the corpus; or none is told."""

from __future__ import annotations

import polars as pl
import pytest

from tests.transforms.repairs.pages import make_lines, read_rules, read_seed_lines, repair_spam
from transforms.repairs import count_fillers, find_spam, infer_displaced_words, list_candidates
from transforms.repairs.displaced import WORD_COUNT_SCHEMA

SPAM = "威尼斯人娱乐城_威尼斯人官网网址"
ELSEWHERE = [
    "各县要因地制宜发展林下养殖产业,扩大生猪养殖规模。",
    "推广生态养殖模式,规范畜禽养殖场建设。",
    "加强水产养殖尾水治理,支持养殖企业改造。",
    "鼓励农户发展规模养殖,推进养殖污染防治。",
    "加强水产种质资源保护。支持种植企业改造。",
]
DAMAGED = [
    f"大力发展水产{SPAM}尾水治理技术。",
    f"推广生态{SPAM}模式,建设示范基地。",
    f"规范畜禽{SPAM}场建设和管理。",
]


def test_tells_a_word_from_contexts_elsewhere() -> None:
    repairs = repair_spam(make_lines({"damaged": DAMAGED, "other": ELSEWHERE}))
    assert repairs["replacement"].to_list() == ["养殖"] * 3
    assert repairs["original"].to_list() == [SPAM] * 3
    assert repairs["confidence"].is_between(0.5, 0.99).all()
    assert repairs["evidence"].str.contains("养殖 fills 3 of 3 contexts from both sides").all()


def test_tells_none_where_nothing_fits() -> None:
    others = ["推进政务公开,回应社会关切。", "加强财政资金绩效管理。"]
    repairs = repair_spam(make_lines({"damaged": DAMAGED[:1], "other": others}))
    assert repairs["replacement"].to_list() == [None]
    assert repairs["evidence"].str.contains("no word fits").all()


def test_tells_none_where_two_words_fit_alike() -> None:
    others = ["支持金融机构改造。", "支持科研机构改造。"]
    repairs = repair_spam(make_lines({"damaged": [f"支持{SPAM}机构改造。"], "other": others}))
    assert repairs["replacement"].to_list() == [None]


def test_spam_is_no_evidence_for_spam() -> None:
    """A page damaged alike elsewhere must not make the spam, or a piece of it, the word."""
    pages = {"damaged": DAMAGED, "mirror": DAMAGED, "third": DAMAGED}
    assert repair_spam(make_lines(pages))["replacement"].null_count() == 9


def test_one_text_displaces_one_word_in_each_source() -> None:
    pages = {
        "farm": DAMAGED,
        "bank": [f"引导{SPAM}机构加大支持。", f"完善科技{SPAM}服务体系。", f"发展普惠{SPAM}业务。"],
        "other": [*ELSEWHERE, "引导金融机构加大投放。", "完善科技金融服务平台。", "发展普惠金融业务,支持小微企业。"],
    }
    repairs = repair_spam(make_lines(pages))
    told = dict(repairs.select("source_id", "replacement").unique().rows())
    assert told == {"bank": "金融", "farm": "养殖"}


@pytest.mark.parametrize("n_shards", [2, 3])
def test_shards_and_their_order_make_no_difference(n_shards: int) -> None:
    pages = {"damaged": DAMAGED, "zz": ELSEWHERE[:2], "aa": ELSEWHERE[2:]}
    lines = make_lines(pages)
    assert repair_spam(lines, n_shards=n_shards).equals(repair_spam(lines))


def test_without_spam_nothing_is_read() -> None:
    lines = make_lines({"other": ELSEWHERE})
    spam = find_spam(lines, read_rules("spam_terms"))
    unreadable = pl.DataFrame()
    fillers = count_fillers(unreadable, spam)
    assert fillers.is_empty()
    assert list_candidates(spam, fillers).is_empty()
    assert infer_displaced_words(spam, fillers, pl.DataFrame(schema=WORD_COUNT_SCHEMA)).is_empty()


@pytest.mark.parametrize("word", ["企业", "成果", "人才"])
def test_words_taken_out_of_a_seed_page_are_not_told_wrong(word: str) -> None:
    """Spam put for every place of a common word on one seed page: all places are found; the word is told, or none is."""
    lines = read_seed_lines().filter(pl.col("role") == "body")
    source = lines.group_by("source_id").agg(n=pl.col("text").str.count_matches(word).sum()).sort("n", "source_id")["source_id"][-1]
    is_damaged = (pl.col("source_id") == source) & ~pl.col("text").str.contains("365bet")
    n_places = lines.filter(is_damaged)["text"].str.count_matches(word).sum()
    damaged = lines.with_columns(text=pl.when(is_damaged).then(pl.col("text").str.replace_all(word, SPAM)).otherwise("text"))
    repairs = repair_spam(damaged).filter(original=SPAM)
    assert repairs.height == n_places > 3
    assert set(repairs["replacement"]) <= {word, None}
