"""Spam occurrences and the corpus in; out the word that each spam text displaced, or none.

The word is told from the contexts it stood in: what stands elsewhere after the words on its left, before the words on its right,
and between both. Shards yield only what stands beside those few contexts (count_fillers) and how often the words found there occur
(count_words); the corpus step pools both, so that the answer does not depend on how sources were packed into shards.
"""

from __future__ import annotations

import polars as pl

from transforms.repairs.apply import apply_repairs
from transforms.repairs.ranking import rank_words
from transforms.repairs.spans import FENCE, REPAIR_SCHEMA, keep_content, make_repairs

ANCHOR_CHARS = 2
LONGER_CONTEXT_CHARS = 2
MAX_WORD_CHARS = 6
# A character of UTF-8 has four bytes at most.
MAX_REACH_BYTES = 4 * (MAX_WORD_CHARS + LONGER_CONTEXT_CHARS)
MAX_CANDIDATES = 60
# Share of weight that a word needs. Measured by putting spam for words of 31 clean pages (all places on a page, all in a line, or one):
# about nine in ten of the words told are right, and a word is told for a third of the texts (nearly none that stand once).
MIN_CONFIDENCE = 0.5
WORD = r"^[\p{Han}A-Za-z0-9]+$"
TEXT = ["source_id", "original"]
FILLER_SCHEMA: dict[str, type[pl.DataType]] = {
    "side": pl.String,
    "anchor": pl.String,
    "before": pl.String,
    "after": pl.String,
    "n": pl.Int64,
}
CANDIDATE_SCHEMA: dict[str, type[pl.DataType]] = {"source_id": pl.String, "original": pl.String, "word": pl.String}
WORD_COUNT_SCHEMA: dict[str, type[pl.DataType]] = {"word": pl.String, "source_id": pl.String, "n": pl.Int64}


def count_fillers(lines: pl.DataFrame, occurrences: pl.DataFrame) -> pl.DataFrame:
    """Count what stands around the contexts of all `occurrences` in this shard's content lines.

    The anchor of side `left` is the two characters before a spam text, that of `right` the two after it. Out: side, anchor, before (the
    characters before the anchor), after, n. Spam itself is masked. Counts of shards add up; without occurrences nothing is read.
    """
    if occurrences.is_empty():
        return pl.DataFrame(schema=FILLER_SCHEMA)
    content = _mask_spam(lines, occurrences).select("text")
    anchors = {
        "left": occurrences["left_context"].str.tail(ANCHOR_CHARS),
        "right": occurrences["right_context"].str.head(ANCHOR_CHARS),
    }
    reach = MAX_WORD_CHARS + LONGER_CONTEXT_CHARS
    n_before = {"left": LONGER_CONTEXT_CHARS, "right": reach}
    n_after = {"left": reach, "right": LONGER_CONTEXT_CHARS}
    counted = [
        _find_anchors(content, sorted(set(texts.filter(texts.str.len_chars() == ANCHOR_CHARS))))
        .with_columns(
            side=pl.lit(side),
            before=pl.col("before").str.tail(n_before[side]),
            after=pl.col("after").str.head(n_after[side]),
        )
        .group_by("side", "anchor", "before", "after")
        .agg(n=pl.len())
        for side, texts in anchors.items()
    ]
    return (
        pl.concat(counted)
        .select(pl.col(name).cast(dtype) for name, dtype in FILLER_SCHEMA.items())
        .sort("side", "anchor", "before", "after")
    )


def _find_anchors(content: pl.DataFrame, anchors: list[str]) -> pl.DataFrame:
    """Find every (overlapping) place of the anchors: anchor, and the characters before and after it, as many as may count at least."""
    if not anchors:
        return pl.DataFrame(schema={"anchor": pl.String, "before": pl.String, "after": pl.String})
    hits = content.filter(pl.col("text").str.contains_any(anchors)).select(
        anchor=pl.col("text").str.extract_many(anchors, overlapping=True),
        starts_at=pl.col("text").str.find_many(anchors, overlapping=True).list.eval(pl.element().cast(pl.Int64)),
        line=pl.col("text").cast(pl.Binary),
    )
    # Counted in bytes: counting characters takes as long as the line, for each of the anchors in it.
    line, starts_at = pl.col("line"), pl.col("starts_at")
    ends_at = starts_at + pl.col("anchor").str.len_bytes()
    first = _move_to_character(line, (starts_at - MAX_REACH_BYTES).clip(lower_bound=0), 1)
    last = _move_to_character(line, ends_at + MAX_REACH_BYTES, -1)
    return hits.explode("anchor", "starts_at").select(
        "anchor",
        before=line.bin.slice(first, starts_at - first).cast(pl.String),
        after=line.bin.slice(ends_at, last - ends_at).cast(pl.String),
    )


def _move_to_character(line: pl.Expr, at: pl.Expr, step: int) -> pl.Expr:
    """Move a place in a line's bytes to where a character begins, which has four bytes at most."""
    is_within = [((line.bin.get(at + step * n, null_on_oob=True) & 0xC0) == 0x80).fill_null(value=False) for n in range(3)]
    return at + step * pl.when(~is_within[0]).then(0).when(~is_within[1]).then(1).when(~is_within[2]).then(2).otherwise(3)


def list_candidates(occurrences: pl.DataFrame, fillers: pl.DataFrame) -> pl.DataFrame:
    """List the words worth counting: the 60 that best fit the contexts of each spam text. Out: source_id, original, word."""
    if occurrences.is_empty():
        return pl.DataFrame(schema=CANDIDATE_SCHEMA)
    no_counts = pl.DataFrame(schema=WORD_COUNT_SCHEMA)
    return (
        rank_words(_fit_contexts(occurrences, fillers), no_counts)
        .group_by(TEXT, maintain_order=True)
        .head(MAX_CANDIDATES)
        .select(*TEXT, "word")
    )


def count_words(lines: pl.DataFrame, occurrences: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
    """Count the candidate words in this shard's content lines, spam masked.

    Out: word (null: all characters), source_id (null: all sources; else one that holds spam), n. Counts of shards add up.
    """
    if candidates.is_empty():
        return pl.DataFrame(schema=WORD_COUNT_SCHEMA)
    words = candidates["word"].unique().sort().to_list()
    texts = _mask_spam(lines, occurrences).with_columns(
        source_id=pl.when(pl.col("source_id").is_in(occurrences["source_id"].unique().implode())).then("source_id"),
        word=pl.col("text").str.extract_many(words, overlapping=True),
    )
    found = texts.select("source_id", "word").explode("word").drop_nulls("word")
    counts = (
        found.group_by("word").agg(n=pl.len()),
        found.drop_nulls("source_id").group_by("source_id", "word").agg(n=pl.len()),
        texts.select(n=pl.col("text").str.len_chars().sum()),
    )
    empty = pl.DataFrame(schema=WORD_COUNT_SCHEMA)
    return pl.concat([empty, *(part.cast({"n": pl.Int64}) for part in counts)], how="diagonal").sort("word", "source_id")


def infer_displaced_words(occurrences: pl.DataFrame, fillers: pl.DataFrame, word_counts: pl.DataFrame) -> pl.DataFrame:
    """Tell the word that each spam text displaced, pooling the occurrences of one text in one source (one text displaces one word).

    `fillers` and `word_counts` are those of all shards, one after the other in any order. A word's confidence is its share of the
    weight of all words, an unseen one included; below MIN_CONFIDENCE the replacement is null. Out: repairs of kind injected_spam,
    one an occurrence.
    """
    if occurrences.is_empty():
        return pl.DataFrame(schema=REPAIR_SCHEMA)
    ranked = rank_words(_fit_contexts(occurrences, fillers), word_counts)
    best = ranked.group_by(TEXT, maintain_order=True).agg(
        pl.col("word", "share", "n_contexts", "n_filled", "n_touched", "n_page").first(),
        runner_up=pl.col("word").get(1, null_on_oob=True),
        runner_up_share=pl.col("share").get(1, null_on_oob=True),
    )
    is_told = pl.col("share") >= MIN_CONFIDENCE
    told = pl.format(
        "elsewhere in the corpus {} fills {} of {} contexts from both sides and touches {}; it stands {} times on the page; next {} ({})",
        "word",
        "n_filled",
        "n_contexts",
        "n_touched",
        "n_page",
        pl.col("runner_up").fill_null("none"),
        pl.col("runner_up_share").fill_null(0).round(2),
    )
    untold = pl.format(
        "no word fits the contexts well enough elsewhere in the corpus (best {}, {})",
        pl.col("word").fill_null("none"),
        pl.col("share").fill_null(0).round(2),
    )
    return make_repairs(
        occurrences.join(best, on=TEXT, how="left").with_columns(
            replacement=pl.when(is_told).then("word"),
            # without a word the row still says how sure it is that this is spam
            confidence=pl.when(is_told).then(pl.min_horizontal("confidence", "share")).otherwise("confidence").round(3),
            evidence=pl.col("evidence") + "; " + pl.when(is_told).then(told).otherwise(untold),
        ),
        "injected_spam",
    )


def _mask_spam(lines: pl.DataFrame, occurrences: pl.DataFrame) -> pl.DataFrame:
    """Put a control character for each spam text, so that spam is never evidence."""
    return apply_repairs(keep_content(lines), occurrences.with_columns(kind=pl.lit("injected_spam"), replacement=pl.lit(FENCE)))


def _fit_contexts(occurrences: pl.DataFrame, fillers: pl.DataFrame) -> pl.DataFrame:
    """Put every word that fits some context of a spam text beside every context of it, with counts.

    Out: context, source_id, original, word and a side (left_, right_): n2, n3, n4 (places with two, three, four characters of context
    alike), n_both21, n_both22 (one or two characters of the other side alike too), total2, total3, total4 (places of the context).
    """
    summed = (
        fillers.group_by("side", "anchor", "before", "after").agg(pl.sum("n").cast(pl.Float64)).sort("side", "anchor", "before", "after")
    )
    contexts = _list_contexts(occurrences)
    fits = _fit_words(contexts, summed)
    words = fits.join(contexts.select("context", *TEXT), on="context").select(*TEXT, "word").unique()
    grid = contexts.select("context", *TEXT).join(words, on=TEXT)
    counts = ["n2", "n3", "n4", "n_both21", "n_both22", "total2", "total3", "total4"]
    for side, totals in (("left", _count_places(contexts, summed, "left")), ("right", _count_places(contexts, summed, "right"))):
        grid = (
            grid.join(totals, on="context", how="left")
            .join(fits.filter(side=side).drop("side"), on=["context", "word"], how="left")
            .with_columns(pl.col(counts).fill_null(0))
            .rename({name: f"{side}_{name}" for name in counts})
        )
    return grid.sort(*TEXT, "word", "context")


def _count_places(contexts: pl.DataFrame, fillers: pl.DataFrame, side: str) -> pl.DataFrame:
    """Count the places of each context's anchor, and those with one and two more characters alike: context, total2, total3, total4."""
    beyond = pl.col(f"{side}_beyond")
    near = pl.col("before") if side == "left" else pl.col("after")
    is_third = near.str.tail(1) == beyond.str.tail(1) if side == "left" else near.str.head(1) == beyond.str.head(1)
    n = pl.col("n")
    return (
        contexts.join(fillers.filter(side=side), left_on=f"{side}_anchor", right_on="anchor")
        .group_by("context")
        .agg(total2=n.sum(), total3=n.filter(is_third).sum(), total4=n.filter(near == beyond).sum())
    )


def _list_contexts(occurrences: pl.DataFrame) -> pl.DataFrame:
    """List the different contexts of each spam text: two anchors and the two characters beyond each."""
    left, right = pl.col("left_context"), pl.col("right_context")
    reach = ANCHOR_CHARS + LONGER_CONTEXT_CHARS
    return (
        occurrences.select(
            "source_id",
            "original",
            left_anchor=left.str.tail(ANCHOR_CHARS),
            left_beyond=left.str.tail(reach).str.head(-ANCHOR_CHARS),
            right_anchor=right.str.head(ANCHOR_CHARS),
            right_beyond=right.str.slice(ANCHOR_CHARS, LONGER_CONTEXT_CHARS),
        )
        .unique()
        .sort(pl.all())
        .with_row_index("context")
    )


def _fit_words(contexts: pl.DataFrame, fillers: pl.DataFrame) -> pl.DataFrame:
    """List the words of 1 to 6 characters that stand beside an anchor: context, side, word and the counts n2 to n_both22."""
    lengths = pl.DataFrame({"k": list(range(1, MAX_WORD_CHARS + 1))}, schema={"k": pl.Int32})
    k, before, after = pl.col("k"), pl.col("before"), pl.col("after")
    left_anchor, right_anchor, rest = pl.col("left_anchor"), pl.col("right_anchor"), pl.col("rest")
    left = (
        contexts.join(fillers.filter(side="left"), left_on="left_anchor", right_on="anchor", coalesce=False)
        .join(lengths, how="cross")
        .with_columns(word=after.str.head(k), rest=after.str.slice(k), side=pl.lit("left"))
        .with_columns(
            is_third=before.str.tail(1) == pl.col("left_beyond").str.tail(1),
            is_fourth=before == pl.col("left_beyond"),
            is_both_1=rest.str.head(1) == right_anchor.str.head(1),
            is_both_2=rest.str.head(2) == right_anchor,
        )
    )
    right = (
        contexts.join(fillers.filter(side="right"), left_on="right_anchor", right_on="anchor", coalesce=False)
        .join(lengths, how="cross")
        .with_columns(word=before.str.tail(k), rest=before.str.head(-k), side=pl.lit("right"))
        .with_columns(
            is_third=after.str.head(1) == pl.col("right_beyond").str.head(1),
            is_fourth=after == pl.col("right_beyond"),
            is_both_1=rest.str.tail(1) == left_anchor.str.tail(1),
            is_both_2=rest.str.tail(2) == left_anchor,
        )
    )
    n = pl.col("n")
    return (
        pl.concat([left, right], how="diagonal")
        .filter(pl.col("word").str.len_chars() == k, pl.col("word").str.contains(WORD))
        .group_by("context", "side", "word")
        .agg(
            n2=n.sum(),
            n3=n.filter("is_third").sum(),
            n4=n.filter("is_fourth").sum(),
            n_both21=n.filter("is_both_1").sum(),
            n_both22=n.filter("is_both_2").sum(),
        )
    )
