"""Words beside the contexts they fit in; out the words of each spam text ranked, each with its share of the weight.

A word gains by standing beside its contexts more often than chance, above all by filling one from both sides; it loses by still
standing on the page, because whoever puts spam for a word puts it for every place of the word.
"""

from __future__ import annotations

import polars as pl

TEXT = ["source_id", "original"]
# Witten-Bell smoothing: this many places are given to the shorter context.
SMOOTHING = 2.0
# Chance of a word before any is counted.
TYPICAL_CHANCE = 1e-4

# A conditional logit fitted on 500 words taken out of clean pages (all places of a page, all of a line, one), in corpora
# of 5, 31 and 350 pages. `unseen` is the weight of a word that stands beside none of the contexts elsewhere.
WEIGHTS = {
    "gain": 0.19,
    "n_both_sides_log": 0.61,
    "n_filled": 1.71,
    "n_two_sided": -0.86,
    "n_untouched": -0.56,
    "chance_log": 0.63,
    "is_on_page": 2.38,
    "n_page_log": -1.42,
    "is_on_page_by_contexts": -2.75,
    "is_1_char": -3.71,
    "is_3_chars": -1.89,
    "is_4_chars": -1.26,
    "is_longer": -5.35,
}
UNSEEN_WEIGHTS = {"constant": -0.13, "n_contexts": -1.36, "rarity": 0.06}


def rank_words(grid: pl.DataFrame, word_counts: pl.DataFrame) -> pl.DataFrame:
    """Rank the words of each spam text.

    `grid` has a row a spam text, word and context with counts of both sides; `word_counts` may be empty (then all words are held
    equally frequent and off the page). Out: source_id, original, word, share (0..1, of the weight of all words and an unseen one),
    n_contexts, n_filled, n_touched, n_page; best first.
    """
    signs = _pool_signs(_add_chances(grid, word_counts))
    weight = pl.sum_horizontal(pl.col(name).cast(pl.Float64) * value for name, value in WEIGHTS.items())
    unseen = UNSEEN_WEIGHTS["constant"] + UNSEEN_WEIGHTS["n_contexts"] * pl.col("n_contexts") + UNSEEN_WEIGHTS["rarity"] * pl.col("rarity")
    top = pl.max_horizontal(pl.col("weight").max().over(TEXT), "unseen")
    return (
        signs.with_columns(weight=weight, unseen=unseen)
        .with_columns(scaled=(pl.col("weight") - top).exp(), scaled_unseen=(pl.col("unseen") - top).exp())
        .sort(*TEXT, "weight", "word", descending=[False, False, True, False])
        .with_columns(share=pl.col("scaled") / (pl.col("scaled").sum().over(TEXT) + pl.col("scaled_unseen")))
        .select(*TEXT, "word", "share", "n_contexts", "n_filled", "n_touched", "n_page")
    )


def _add_chances(grid: pl.DataFrame, word_counts: pl.DataFrame) -> pl.DataFrame:
    """Add `chance` (the word's share of the corpus) and `n_page` (its places left on the page of the spam)."""
    counts = word_counts.group_by("word", "source_id").agg(pl.sum("n"))
    n_chars = counts.filter(pl.col("word").is_null())["n"].sum()
    corpus = counts.filter(pl.col("word").is_not_null(), pl.col("source_id").is_null()).select("word", n_corpus="n")
    page = counts.drop_nulls("source_id").select("word", "source_id", n_page="n")
    chance = (pl.col("n_corpus").fill_null(0) + 0.5) / n_chars if n_chars else pl.lit(TYPICAL_CHANCE)
    return (
        grid.join(corpus, on="word", how="left", maintain_order="left")
        .join(page, on=["word", "source_id"], how="left", maintain_order="left")
        .with_columns(chance=chance, n_page=pl.col("n_page").fill_null(0))
    )


def _pool_signs(grid: pl.DataFrame) -> pl.DataFrame:
    """Pool the signs for each word over the contexts of its spam text: the columns of WEIGHTS and the counts for the evidence."""

    def gain(side: str) -> pl.Expr:
        probability = pl.col("chance")
        for n in (2, 3, 4):
            probability = (pl.col(f"{side}_n{n}") + SMOOTHING * probability) / (pl.col(f"{side}_total{n}") + SMOOTHING)
        return (probability / pl.col("chance")).log()

    def rarity(side: str) -> pl.Expr:
        return (SMOOTHING / (pl.col(f"{side}_total2") + SMOOTHING)).log()

    both22 = pl.max_horizontal("left_n_both22", "right_n_both22")
    both21 = pl.col("left_n_both21") + pl.col("right_n_both21") - pl.col("left_n_both22") - pl.col("right_n_both22")
    touches_left, touches_right = pl.col("left_n2") > 0, pl.col("right_n2") > 0
    n_chars = pl.col("word").str.len_chars()
    is_on_page = (pl.col("n_page") > 0).cast(pl.Float64)
    return (
        grid.with_columns(
            gain=gain("left") + gain("right"),
            rarity=rarity("left") + rarity("right"),
            n_both_sides_log=both22.log1p(),
            is_filled=(both22 + both21) > 0,
            is_two_sided=touches_left & touches_right,
            is_touched=touches_left | touches_right,
        )
        .group_by(*TEXT, "word", maintain_order=True)
        .agg(
            pl.sum("gain", "rarity", "n_both_sides_log"),
            n_contexts=pl.len(),
            n_filled=pl.sum("is_filled"),
            n_two_sided=pl.sum("is_two_sided"),
            n_touched=pl.sum("is_touched"),
            chance_log=pl.col("chance").first().log(),
            n_page=pl.col("n_page").first(),
        )
        .with_columns(
            n_untouched=pl.col("n_contexts") - pl.col("n_touched"),
            is_on_page=is_on_page,
            n_page_log=pl.col("n_page").log1p(),
            is_on_page_by_contexts=is_on_page * pl.col("n_contexts").log(),
            is_1_char=n_chars == 1,
            is_3_chars=n_chars == 3,
            is_4_chars=n_chars == 4,
            is_longer=n_chars > 4,
        )
    )
