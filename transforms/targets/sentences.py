"""Sentences of the paragraphs in which a plan may undertake something: where they stand, and what kind of part they belong to.

The idea: documents, parts and sentences that tell of the past, or state law, are set aside before any number is read.
"""

import polars as pl

_MARK = "\x1f"
_MAY_HOLD_NUMBER = r"[0-9]|(?:超|过|突破|近|逾|破|达|达到)[千百]?[万亿]|[百千]分之"
_AROUND, _MOSTLY_PAST = 11, 0.4
_HEADING_MARK = r"^(?:第?[一二三四五六七八九十]+[、章部]|[(][一二三四五六七八九十]+[)])"


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
        .with_columns(past=pl.col("sentence").str.contains(pattern["past"]))
        # Among sentences that mostly tell of the past, one that promises nothing tells of the past too.
        .with_columns(past_around=pl.col("past").cast(pl.Float64).rolling_mean(_AROUND, min_samples=1, center=True).over("document_id"))
        .filter(pl.col("promise") | ~(pl.col("past") | (pl.col("past_around") >= _MOSTLY_PAST)))
    )
    return sentences.with_row_index("sentence_id").drop("n_chars", "past", "past_around")


def _drop_reviews(paragraphs: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Drop the paragraphs of parts that look back: from a heading or opening that says so to the next part of the same rank or above."""
    text = pl.col("text")
    short = text.str.len_chars() <= 40
    heading = (pl.col("role") == "heading") | (short & text.str.contains(_HEADING_MARK))
    outer = text.str.contains(r"^第?[一二三四五六七八九十]+[、章部]")
    inner = text.str.contains(r"^[(][一二三四五六七八九十]+[)]")
    unmarked = ~outer & ~inner & (heading | (short & ~text.str.contains("[。,;:!]")))
    looks_back = text.str.contains(pattern["review"]) & ~text.str.contains(pattern["plan"])
    part = (
        pl.when((heading & outer & looks_back) | (unmarked & looks_back) | text.str.contains(pattern["review_opening"]))
        .then(pl.lit(value=True))
        .when((heading & outer) | (unmarked & text.str.contains(pattern["plan_part"])) | text.str.contains(pattern["plan_opening"]))
        .then(pl.lit(value=False))
    )
    return (
        paragraphs.sort("document_id", "ordinal")
        .with_columns(
            back=part.fill_null(strategy="forward").over("document_id").fill_null(value=False),
            inner_back=pl.when(heading & (outer | inner))
            .then(inner & looks_back)
            .fill_null(strategy="forward")
            .over("document_id")
            .fill_null(value=False),
        )
        .filter(~pl.col("back") & ~pl.col("inner_back"))
        .drop("back", "inner_back")
    )
