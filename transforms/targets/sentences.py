"""Sentences of the paragraphs in which a plan may undertake something: where they stand, and what kind of part they belong to.

The idea: documents, parts and sentences that tell of the past, or state law, are set aside before any number is read.
"""

import polars as pl

_MARK = "\x1f"
_MAY_HOLD_NUMBER = r"[0-9]|(?:超|过|突破|近|逾|破|达|达到)[千百]?[万亿]|[百千]分之"
_AROUND, _MOSTLY_PAST = 11, 0.4
# A broadcast names its programme in every item, a report about a plan at least once; a long plan may mention one by the way.
_SHARE_OF_NEWS = 0.05
_MANY_ARTICLES = 5
# Characters. The longest sentence with a number in 5,600 pages of governments has 1,489; what is longer is a table or no language at all.
_LONGEST_SENTENCE = 2_000
_DASH = "^ *[-—●·▪■◆]"
# The last year of each five-year plan, for which its number stands.
PLAN_PERIODS = {"十一五": "2010年", "十二五": "2015年", "十三五": "2020年", "十四五": "2025年", "十五五": "2030年"}
_HEADING_MARK = r"^(?:第?[一二三四五六七八九十]+[、章部]|[(][一二三四五六七八九十]+[)])"


def select_sentences(documents: pl.DataFrame, paragraphs: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Cut body paragraphs into sentences and keep those that may hold a target.

    documents: document_id, title, (plan_title, plan_year, issued_on). `pattern`: the regex of each use in seeds/reference/target_rules.csv.
    Adds to the paragraphs' columns: sentence_id, sentence, sentence_start (0-based offset in the paragraph's text), paragraph_before
    (its text up to there, at most 2,000 characters), promise (Boolean, says that it is still to be done), document_year (in which the
    document speaks), plan_end (year its title names last) and goal_year (that of the goal under which a dash lists its parts).
    """
    timed = _set_goal_years(paragraphs.join(_select_plans(documents, paragraphs, pattern), on="document_id", how="inner"))
    kept = _drop_reviews(timed, pattern).filter(
        (pl.col("role") == "body") & pl.col("text").str.contains(_MAY_HOLD_NUMBER) & ~pl.col("text").str.contains(pattern["article"])
    )
    start_before = (pl.col("sentence_start") - _LONGEST_SENTENCE).clip(lower_bound=0)
    sentences = (
        kept.with_columns(sentence=pl.col("text").str.replace_all("([。;!?])", f"${{1}}{_MARK}").str.split(_MARK))
        .explode("sentence")
        .with_columns(n_chars=pl.col("sentence").str.len_chars().cast(pl.Int32))
        .with_columns(sentence_start=(pl.col("n_chars").cum_sum() - pl.col("n_chars")).over("paragraph_id"))
        .filter(pl.col("n_chars") <= _LONGEST_SENTENCE)
        .with_columns(paragraph_before=pl.col("text").str.slice(start_before, pl.col("sentence_start") - start_before))
    )
    return _drop_past(sentences, pattern).with_row_index("sentence_id").drop("n_chars")


def _set_goal_years(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Add goal_year: the last 到20xx年 of the paragraph, carried into the dashed paragraphs under it."""
    text = pl.col("text")
    goal = tighten(text).str.extract_all("(?:到|至)20[0-9]{2}年").list.last().str.extract("([0-9]+)").cast(pl.Int32)
    under = pl.when(~text.str.contains(_DASH)).then(goal.fill_null(0))
    return paragraphs.sort("document_id", "ordinal").with_columns(
        goal_year=under.fill_null(strategy="forward").over("document_id").replace(0, None)
    )


def _drop_past(sentences: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Keep the sentences with numbers that do not tell of the past; adds promise (says that it is still to be done)."""
    dated, time = pl.col("dated"), pl.col("time")
    year = "(?:19|20)[0-9]{2}年"
    return (
        sentences.with_columns(dated=tighten(pl.col("sentence")).str.replace_many(list(PLAN_PERIODS), list(PLAN_PERIODS.values())))
        .with_columns(
            latest=dated.str.extract_all(year).list.eval(pl.element().str.slice(0, 4).cast(pl.Int32)).list.max(),
            opening=dated.str.extract(f"^“?({year})").str.slice(0, 4).cast(pl.Int32),
        )
        # A sentence that opens with a year sets the time of those after it.
        .with_columns(time=pl.coalesce("latest", pl.col("opening").fill_null(strategy="forward").over("paragraph_id")))
        .filter(pl.col("sentence").str.contains(_MAY_HOLD_NUMBER))
        .with_columns(bygone=(time < pl.col("document_year")).fill_null(value=False))
        .with_columns(
            promise=dated.str.contains(pattern["promise"]) & ~pl.col("bygone"),
            past=tighten(pl.col("sentence")).str.contains(pattern["past"]) | pl.col("bygone"),
        )
        # Among sentences that mostly tell of the past, one that promises nothing tells of the past too.
        .with_columns(past_around=pl.col("past").cast(pl.Float64).rolling_mean(_AROUND, min_samples=1, center=True).over("document_id"))
        .filter(pl.col("promise") | ~(pl.col("past") | (pl.col("past_around") >= _MOSTLY_PAST)))
        .drop("past", "past_around", "dated", "latest", "opening", "time", "bygone")
    )


def tighten(text: pl.Expr) -> pl.Expr:
    """Take out the spaces that stand beside Chinese signs (到 2025 年), so that rules need not know of them."""
    return text.str.replace_all(r"([^!-~]) +", "${1}").str.replace_all(r" +([^!-~])", "${1}").str.strip_chars()


def _select_plans(documents: pl.DataFrame, paragraphs: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Keep the documents that may undertake something, with the years they speak in and aim at (null if unknown).

    Columns: document_id, document_year, plan_end.
    """
    optional = {"plan_title": pl.String, "plan_year": pl.Int32, "issued_on": pl.Date}
    documents = documents.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in optional.items() if name not in documents.columns)
    title = pl.concat_str(pl.col("title").fill_null(""), pl.col("plan_title").fill_null(""), separator=" ")
    named = title.str.extract_all("(?:19|20)[0-9]{2}").list.eval(pl.element().cast(pl.Int32))
    dated = title.str.replace_many(list(PLAN_PERIODS), list(PLAN_PERIODS.values()))
    last = dated.str.extract_all("(?:19|20)[0-9]{2}").list.eval(pl.element().cast(pl.Int32)).list.max()
    # The year it speaks in is that of its making; a plan for 2021-2025 aims at the last.
    year = pl.coalesce(pl.col("issued_on").dt.year().cast(pl.Int32), named.list.min(), pl.col("plan_year").cast(pl.Int32))
    plan_end = pl.coalesce(last, pl.col("plan_year").cast(pl.Int32))
    text = pl.col("text")
    told = paragraphs.group_by("document_id").agg(
        articles=text.str.contains(pattern["article"]).sum(),
        other=text.filter(pl.col("role") == "body").str.contains(pattern["other_text"]).mean().fill_null(0.0),
    )
    return (
        documents.with_columns(whole_title=title, document_year=year, plan_end=plan_end)
        .join(told, on="document_id", how="inner")
        .filter(
            ~pl.col("title").fill_null("").str.contains(pattern["other_document"])
            & (pl.col("other") <= _SHARE_OF_NEWS)
            & ((pl.col("articles") < _MANY_ARTICLES) | pl.col("whole_title").str.contains(pattern["plan_document"]))
        )
        .select("document_id", "document_year", "plan_end")
    )


def _drop_reviews(paragraphs: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Drop the paragraphs of parts that look back: from a heading or opening that says so to the next part of the same rank or above."""
    text = pl.col("text")
    short = text.str.len_chars() <= 40
    heading = (pl.col("role") == "heading") | (short & text.str.contains(_HEADING_MARK))
    outer = text.str.contains(r"^第?[一二三四五六七八九十]+[、章部]")
    inner = text.str.contains(r"^[(][一二三四五六七八九十]+[)]")
    unmarked = ~outer & ~inner & (heading | (short & ~text.str.contains("[。,;:!]")))
    plan_part = unmarked & text.str.contains(pattern["plan_part"])
    looks_back = text.str.contains(pattern["review"]) & ~text.str.contains(pattern["plan"])
    told = {
        "part": pl.when(unmarked & looks_back).then(pl.lit(value=True)).when((heading & outer) | plan_part).then(outer & looks_back),
        "inner_part": pl.when(heading & (outer | inner)).then(inner & looks_back),
        "opening": pl.when(text.str.contains(pattern["review_opening"]))
        .then(pl.lit(value=True))
        .when((heading & outer) | plan_part | text.str.contains(pattern["plan_opening"]))
        .then(pl.lit(value=False)),
    }
    carried = [told[name].fill_null(strategy="forward").over("document_id").fill_null(value=False).alias(name) for name in told]
    return paragraphs.sort("document_id", "ordinal").with_columns(carried).filter(~pl.any_horizontal(*told)).drop(*told)
