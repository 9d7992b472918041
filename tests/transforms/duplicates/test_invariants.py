"""What must hold whatever the corpus: shards, order and blocks change nothing; nothing is folded through a third."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.transforms.duplicates.corpus import Page, compare, edit, write_text
from transforms.code_points import hash_grams, keep_letters, lay_texts
from transforms.duplicates import choose_canonical, measure_overlap, number_duplicates, read_letters
from transforms.duplicates.canonical import DUPLICATE_SCHEMA
from transforms.duplicates.sketches import DOCUMENT_SCHEMA

PAGES = [
    *(Page(f"base{i}", write_text(i, 3 + i)) for i in range(4)),
    *(Page(f"edit{i}", edit(write_text(i, 3 + i), 0.02, i)) for i in range(4)),
    Page("copy", write_text(2, 5)),
    Page("tiny", ("通知公告",)),
    Page("tinier", ("通知,公告",)),
]
WHOLE = compare(PAGES)


@given(
    order=st.permutations(PAGES), cuts=st.lists(st.integers(1, len(PAGES) - 1), max_size=3), max_letters=st.sampled_from([1, 2000, 10**7])
)
@settings(max_examples=25, deadline=None)
def test_shards_order_and_blocks_change_nothing(order: list[Page], cuts: list[int], max_letters: int) -> None:
    bounds = [0, *sorted(set(cuts)), len(order)]
    shards = [order[start:stop] for start, stop in pairwise(bounds)]
    found = compare(order, shards, max_letters)
    assert_frame_equal(found.choice, WHOLE.choice)
    assert_frame_equal(found.relations, WHOLE.relations)
    assert_frame_equal(found.duplicates, WHOLE.duplicates)


def _documents(n: int) -> pl.DataFrame:
    ids = [f"d{i:011d}" for i in range(n)]
    return pl.DataFrame(
        {"document_id": ids, "source_id": ids, "text_hash": range(n), "n_letters": range(100 + n, 100, -1)},
    ).select(
        **{
            name: pl.col(name) if name in ("document_id", "source_id", "text_hash", "n_letters") else pl.lit(None, dtype)
            for name, dtype in DOCUMENT_SCHEMA.items()
        }
    )


@given(n=st.integers(2, 12), data=st.data())
@settings(max_examples=60, deadline=None)
def test_documents_are_folded_only_into_canonical_ones_that_they_are_near_to(n: int, data: st.DataObject) -> None:
    pairs = data.draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda pair: pair[0] < pair[1])))
    documents = _documents(n)
    ids = documents["document_id"]
    relations = pl.DataFrame(
        {"better_id": [ids[a] for a, _ in sorted(pairs)], "worse_id": [ids[b] for _, b in sorted(pairs)]},
        schema={"better_id": pl.String, "worse_id": pl.String},
    ).with_columns(kind=pl.lit("near_document"), similarity=pl.lit(0.9))
    into = [int(name[1:]) for name in choose_canonical(documents, relations)["canonical_document_id"]]
    for number, canonical in enumerate(into):
        neighbours = sorted(a for a, b in pairs if b == number and into[a] == a)
        assert canonical == (neighbours[0] if neighbours else number)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=8))
@settings(max_examples=100, deadline=None)
def test_letters_are_kept_and_nothing_else(texts: list[str]) -> None:
    letters = keep_letters(lay_texts(pl.Series(texts, dtype=pl.String)))
    kept = ["".join(map(chr, letters.codes[start:end])) for start, end in zip(letters.starts, letters.ends, strict=True)]
    in_basic_plane = [all(ord(char) < 0x10000 for char in text) for text in texts]
    expected = ["".join(char.lower()[0] for char in text if char.isalnum()) for text in texts]
    assert [k for k, is_basic in zip(kept, in_basic_plane, strict=True) if is_basic] == [
        e for e, is_basic in zip(expected, in_basic_plane, strict=True) if is_basic
    ]


@given(st.text("甲乙丙", max_size=60), st.integers(2, 14))
@settings(max_examples=100, deadline=None)
def test_grams_have_one_hash_wherever_they_stand(text: str, n: int) -> None:
    hashes = hash_grams(lay_texts(pl.Series([text], dtype=pl.String)).codes, n).tolist()
    grams = [text[i : i + n] for i in range(max(0, len(text) - n + 1))]
    assert len(set(hashes)) == len(set(grams)) == len(set(zip(grams, hashes, strict=True)))


@given(st.text("甲乙", max_size=80), st.text("甲乙", max_size=80))
@settings(max_examples=100, deadline=None)
def test_grams_of_one_text_are_found_in_the_other(better: str, worse: str) -> None:
    texts = pl.DataFrame({"document_id": ["a", "b"], "text": [better, worse]})
    measured = measure_overlap(pl.DataFrame({"better_id": ["a"], "worse_id": ["b"]}), [read_letters(texts, texts["document_id"])]).row(
        0, named=True
    )
    for side, text, other in (("better", better, worse), ("worse", worse, better)):
        grams = [text[i : i + 5] for i in range(max(0, len(text) - 4))]
        is_found = [gram in other for gram in grams]
        covered = {i + j for i, hit in enumerate(is_found) if hit for j in range(5)}
        assert measured[f"{side}_n_found"] == sum(is_found)
        assert measured[f"{side}_n_changed"] == (len(text) - len(covered) if grams else 0)


def test_ids_go_on_from_repeats_within_the_page() -> None:
    within = pl.DataFrame([("within_source", "base1", 9, 12, "base1", 1, 4, 1.0)], schema=DUPLICATE_SCHEMA, orient="row")
    sources = pl.DataFrame({"source_id": ["base1", "base2"], "source_key": ["aaaaaaaaaaaa", "bbbbbbbbbbbb"]})
    across = pl.DataFrame([("near_document", "base1", 1, 12, "base2", 1, 9, 0.9)], schema=DUPLICATE_SCHEMA, orient="row")
    numbered = number_duplicates(pl.concat([within, across]), sources)
    assert numbered["duplicate_id"].to_list() == ["aaaaaaaaaaaa-d0001", "aaaaaaaaaaaa-d0002"]
    assert numbered["kind"].to_list() == ["near_document", "within_source"]
