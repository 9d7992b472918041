"""Passages that stand in several documents: found whole, word for word, wherever they stand, and counted right."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from schemas.reuse import REUSE, REUSE_OCCURRENCES
from transforms.code_points import lay_texts, read_out
from transforms.reuse import (
    arrange_segments,
    compare_margins,
    deal_out,
    find_passages,
    join_segments,
    lay_paragraphs,
    list_rows,
    locate_anchors,
    mark_repeated,
    number_rows,
    read_margins,
    read_passages,
    sample_passages,
    settle_margins,
    settle_passages,
    survey_anchors,
    tabulate_reuse,
)
from transforms.reuse.anchors import GRAM, MIN_PASSAGE_CHARS, WINDOW
from transforms.reuse.groups import group_numbers
from transforms.reuse.passages import Passages

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.code_points import Laid

HAN = [chr(code) for code in (*range(0x4E00, 0x4E00 + 3000), 0x20000, 0x20BB7)]
Documents = dict[str, list[str]]
PHRASE = "本条例自公布之日起施行,原有规定与本条例不一致的,以本条例为准"


def write(seed: int, n_letters: int = 60) -> str:
    rng = random.Random(seed)  # noqa: S311
    return "".join(rng.choices(HAN, k=n_letters))


def paragraphs_of(documents: Documents) -> pl.DataFrame:
    rows = [(name.ljust(12, "x"), i, text) for name, texts in sorted(documents.items()) for i, text in enumerate(texts, 1)]
    return pl.DataFrame(rows, schema={"document_id": pl.String, "ordinal": pl.Int32, "text": pl.String}, orient="row")


def find_reuse(documents: Documents, n_shards: int = 1, seed: int = 0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Run the whole step over documents dealt to shards at random."""
    rng = random.Random(seed)  # noqa: S311
    shard_of = {name: rng.randrange(n_shards) for name in documents}
    shards = [paragraphs_of({name: texts for name, texts in documents.items() if shard_of[name] == i}) for i in range(n_shards)]
    numbers = pl.DataFrame({"document_id": sorted(name.ljust(12, "x") for name in documents)}, schema={"document_id": pl.String})
    numbers = numbers.with_columns(document_no=pl.int_range(pl.len(), dtype=pl.UInt32))
    laid = [lay_paragraphs(shard, numbers) for shard in shards]
    rows = number_rows([shard.rows for shard in laid])
    of_shards = [list_rows(rows, shard_no) for shard_no in range(n_shards)]
    repeated = mark_repeated([sample_passages(shard.laid) for shard in laid])
    anchors = [locate_anchors(shard.laid, repeated) for shard in laid]
    survey = survey_anchors(((part, own["document_no"]) for part, own in zip(anchors, of_shards, strict=True)), len(repeated.hashes))
    segments = [join_segments(part, survey, own) for part, own in zip(anchors, of_shards, strict=True)]
    n_segments = np.bincount(pl.concat(segments)["document_no"].to_numpy(), minlength=numbers.height)
    passages = find_passages(arrange_segments(segments, n_segments))

    def read(passages: Passages, reader: Callable[[pl.DataFrame, Laid], pl.DataFrame]) -> list[pl.DataFrame]:
        passage_no = np.repeat(np.arange(len(passages.sizes), dtype=np.uint32), passages.sizes)
        dealt = deal_out(passages.occurrences.with_columns(passage_no=passage_no), rows, n_shards)
        return [reader(part, shard.laid) for part, shard in zip(dealt, laid, strict=True)]

    firsts = Passages(passages.list_firsts(), np.ones_like(passages.sizes))
    margins = pl.concat(read(firsts, read_margins)).sort("passage_no")
    compared = read(passages, lambda part, shard: compare_margins(part, margins, shard))
    settled = settle_passages(passages, settle_margins(compared, len(passages.sizes)))
    texts = pl.concat(read(Passages(settled.list_firsts(), np.ones_like(settled.sizes)), read_passages))
    reuse, occurrences = zip(*tabulate_reuse(settled, texts, rows, numbers["document_id"], max_rows=10**n_shards), strict=True)
    return pl.concat(reuse), pl.concat(occurrences)


def occurrences_of(text: str, documents: Documents) -> set[tuple[str, int, int]]:
    return {
        (name.ljust(12, "x"), ordinal, start)
        for name, texts in documents.items()
        for ordinal, paragraph in enumerate(texts, 1)
        for start in range(len(paragraph))
        if paragraph.startswith(text, start)
    }


def longest_common(one: str, other: str) -> str:
    """Return the longest common substring, the slow way."""
    best = ""
    for start in range(len(one)):
        while start + len(best) < len(one) and one[start : start + len(best) + 1] in other:
            best = one[start : start + len(best) + 1]
    return best


def test_a_phrase_is_found_whole_with_its_offsets_and_counted() -> None:
    documents = {"a": [write(1), write(2) + PHRASE + write(3)], "b": [PHRASE], "c": [write(4) + PHRASE + "。"], "d": [write(5)]}
    reuse, occurrences = find_reuse(documents)
    assert reuse.select("text", "n_chars", "n_documents").rows() == [(PHRASE, len(PHRASE), 3)]
    assert occurrences.drop("reuse_id").rows() == [
        ("axxxxxxxxxxx", "axxxxxxxxxxx-p0002", 60, 60 + len(PHRASE)),
        ("bxxxxxxxxxxx", "bxxxxxxxxxxx-p0001", 0, len(PHRASE)),
        ("cxxxxxxxxxxx", "cxxxxxxxxxxx-p0001", 60, 60 + len(PHRASE)),
    ]


def test_what_fewer_documents_share_is_longer() -> None:
    longer = write(1, 40) + PHRASE + write(2, 40)
    reuse, _ = find_reuse({"a": [longer], "b": [longer], "c": [write(3) + PHRASE + write(4)]})
    assert set(reuse.select("text", "n_documents").rows()) == {(longer, 2), (PHRASE, 3)}


@pytest.mark.parametrize(("n_chars", "is_found"), [(MIN_PASSAGE_CHARS - 1, False), (MIN_PASSAGE_CHARS, True)])
def test_passages_have_a_least_length(n_chars: int, is_found: bool) -> None:
    for seed in range(20):
        text = write(seed, n_chars)
        reuse, _ = find_reuse({"a": [write(50) + text + write(51)], "b": [write(52) + text + write(53)]})
        assert reuse["text"].to_list() == [text] * is_found


def test_repeats_within_one_document_and_rules_are_no_reuse() -> None:
    reuse, occurrences = find_reuse({"a": [PHRASE, PHRASE, "—" * 40], "b": [write(1), "—" * 50]})
    assert reuse.is_empty()
    assert occurrences.is_empty()


def test_every_copy_in_a_document_is_an_occurrence() -> None:
    _, occurrences = find_reuse({"a": [PHRASE + "一" + PHRASE, PHRASE], "b": [PHRASE]})
    assert occurrences.height == 4


def test_nothing_in_nothing_out() -> None:
    for documents in ({}, {"a": []}, {"a": [""], "b": [""]}, {"a": ["短"], "b": ["短"]}):
        reuse, occurrences = find_reuse(documents)
        assert reuse.is_empty()
        assert occurrences.is_empty()


def test_rows_of_one_number_are_grouped_and_cut_at_groups() -> None:
    groups = group_numbers(np.array([1, 2, 1, 3, 2, (1 << 32) - 1, 3, 1], dtype=np.uint32))
    assert [part.tolist() for part in np.split(groups.rows, groups.starts[1:])] == [[0, 2, 7], [1, 4], [3, 6], [5]]
    assert [block.rows.tolist() for block in groups.cut(4)] == [[0, 2, 7], [1, 4, 3, 6, 5]]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=8))
@settings(max_examples=50, deadline=None)
def test_laid_texts_are_read_out_as_they_were(texts: list[str]) -> None:
    laid = lay_texts(pl.Series(texts, dtype=pl.String))
    assert read_out(laid.codes, laid.lengths).to_list() == texts


@st.composite
def collages(draw: st.DrawFn) -> Documents:
    """Draw documents whose paragraphs are put together from a few stretches of text, so that they share a lot, nested and repeated."""
    stretches = [write(seed, draw(st.integers(5, 60))) for seed in range(6)]
    paragraph = st.lists(st.sampled_from(stretches), max_size=5).map("".join)
    texts = draw(st.lists(st.lists(paragraph, min_size=1, max_size=3), min_size=2, max_size=5))
    return {f"d{i}": document for i, document in enumerate(texts)}


@given(collages())
@settings(max_examples=60, deadline=None)
def test_passages_are_literal_complete_and_maximal(documents: Documents) -> None:
    reuse, occurrences = find_reuse(documents)
    REUSE.frame_schema.validate(REUSE.conform(reuse), lazy=True)
    REUSE_OCCURRENCES.frame_schema.validate(REUSE_OCCURRENCES.conform(occurrences), lazy=True)
    texts = {(name.ljust(12, "x"), i): text for name, document in documents.items() for i, text in enumerate(document, 1)}
    for reuse_id, text, n_chars, n_documents in reuse.iter_rows():
        found = occurrences.filter(reuse_id=reuse_id)
        places = {(row[1], int(row[2][14:]), row[3]) for row in found.iter_rows()}
        assert places == occurrences_of(text, documents)
        assert n_documents == len({place[0] for place in places})
        assert (found["end_char"] - found["start_char"] == n_chars).all()
        before = {texts[name, ordinal][max(0, start - 1) : start] for name, ordinal, start in places}
        after = {texts[name, ordinal][start + n_chars : start + n_chars + 1] for name, ordinal, start in places}
        assert len(before) > 1 or before == {""}
        assert len(after) > 1 or after == {""}


@given(collages())
@settings(max_examples=40, deadline=None)
def test_the_longest_passage_of_two_documents_is_found(documents: Documents) -> None:
    reuse, _ = find_reuse(documents)
    for one, other in pairwise(documents.values()):
        longest = max((longest_common(a, b) for a in one for b in other), key=len)
        # what has no stretch of its own, since others hold each part of it, shows as those parts
        texts = {"d": [text for document in documents.values() for text in document]}
        grams = [longest[place : place + GRAM] for place in range(len(longest) - GRAM + 1)]
        is_own = "".join("01"[len(occurrences_of(gram, texts)) == 2] for gram in grams)
        if "1" * WINDOW in is_own:
            assert any(longest in text for text in reuse["text"])


@given(collages(), st.integers(2, 4), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_shards_change_nothing(documents: Documents, n_shards: int, seed: int) -> None:
    for whole, parted in zip(find_reuse(documents), find_reuse(documents, n_shards, seed), strict=True):
        assert_frame_equal(whole, parted)
