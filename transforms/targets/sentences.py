"""Sentences of the paragraphs in which a plan may undertake something: where they stand, and what kind of part they belong to.

The idea: documents, parts and sentences that tell of the past, or state law, are set aside before any number is read.
"""

import polars as pl

_MARK = "\x1f"
_MAY_HOLD_NUMBER = r"[0-9]|(?:超|过|突破|近|逾|破|达|达到)[千百]?[万亿]|[百千]分之"
_HEADING_MARK = r"^(?:第?[一二三四五六七八九十]+[、章部]|[((][一二三四五六七八九十]+[))])"


def select_sentences(documents: pl.DataFrame, paragraphs: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Cut body paragraphs into sentences and keep those that may hold a target.

    Adds to the paragraphs' columns: sentence_id, sentence, sentence_start (0-based offset in the paragraph's text),
    paragraph_before (its text up to there), promise (Boolean). `rules`: use, pattern (see seeds/reference/target_rules.csv).
    """
    pattern = {use: "|".join(f"(?:{p})" for p in group["pattern"]) for (use,), group in rules.group_by("use", maintain_order=True)}
    undertaking = documents.filter(~pl.col("title").fill_null("").str.contains(pattern["other_document"])).select("document_id")
    kept = _drop_reviews(paragraphs.join(undertaking, on="document_id", how="semi"), pattern)
    kept = kept.filter(
        (pl.col("role") == "body")
        & pl.col("text").str.contains(_MAY_HOLD_NUMBER)
        & ~pl.col("text").str.contains(r"^第[一二三四五六七八九十百千零0-9]+条")
    )
    sentences = (
        kept.with_columns(sentence=pl.col("text").str.replace_all("([。;!?])", f"${{1}}{_MARK}").str.split(_MARK))
        .explode("sentence")
        .with_columns(n_chars=pl.col("sentence").str.len_chars().cast(pl.Int32))
        .with_columns(sentence_start=(pl.col("n_chars").cum_sum() - pl.col("n_chars")).over("paragraph_id"))
        .with_columns(paragraph_before=pl.col("text").str.slice(0, pl.col("sentence_start")))
        .with_columns(promise=pl.col("sentence").str.contains(pattern["promise"]))
        .filter(pl.col("sentence").str.contains(_MAY_HOLD_NUMBER))
        .filter(~pl.col("sentence").str.contains(pattern["past"]) | pl.col("promise"))
    )
    return sentences.with_row_index("sentence_id").drop("n_chars")


def _drop_reviews(paragraphs: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Drop the paragraphs of parts whose heading says that they look back, up to the next heading of the same rank or above."""
    text = pl.col("text")
    heading = (pl.col("role") == "heading") | (text.str.contains(_HEADING_MARK) & (text.str.len_chars() <= 40))
    rank = pl.when(text.str.contains(r"^第?[一二三四五六七八九十]+[、章部]")).then(1).when(text.str.contains(r"^[((]")).then(2).otherwise(3)
    looks_back = text.str.contains(pattern["review"]) & ~text.str.contains(pattern["plan"])
    state = pl.when(heading & looks_back).then(rank).when(heading & (rank == 1)).then(0).when(heading & (rank == 2)).then(-2)
    marked = paragraphs.sort("document_id", "ordinal").with_columns(state=state)
    return (
        marked.with_columns(
            outer=pl.when(pl.col("state") != -2).then("state").fill_null(strategy="forward").over("document_id").fill_null(0)
        )
        .with_columns(inner=pl.col("state").fill_null(strategy="forward").over("document_id").fill_null(0))
        .filter(~((pl.col("outer") == 1) | (pl.col("inner") >= 2)))
        .drop("state", "outer", "inner")
    )
