"""Sentences of the paragraphs in which a plan may undertake something: where they stand, and what kind of part they belong to.

The idea: documents, parts and sentences that tell of the past, or state law, are set aside before any number is read.
"""

from typing import overload

import polars as pl

from transforms.masks import text_where

_MARK = "\x1f"
_NUMBER_IN_SIGNS = r"(?:超|过|突破|近|逾|破|达|达到)[千百]?[万亿]|[百千]分之"
_AROUND, _MOSTLY_PAST = 11, 0.4
# A broadcast names its programme in every item, a report about a plan at least once; a long plan may mention one by the way.
_SHARE_OF_NEWS = 0.05
_MANY_ARTICLES = 5
# Characters. The longest sentence with a number in 5,600 pages of governments has 1,489; what is longer is a table or no language at all.
LONGEST_SENTENCE = 2_000
_DASH = "^ *[-—●·▪■◆]"
_HEADING_MARKS = ("heading", "outer", "inner", "unmarked", "plan_part", "looks_back")
# The last year of each five-year plan, for which its number stands.
PLAN_PERIODS = {"十一五": "2010年", "十二五": "2015年", "十三五": "2020年", "十四五": "2025年", "十五五": "2030年"}
PERIOD = "十 *[一二三四五] *五"
_GOAL_YEAR = "[到至] *20[0-9]{2} *年"
_OUTER_MARK, _INNER_MARK = r"^第?[一二三四五六七八九十]+[、章部]", r"^[(][一二三四五六七八九十]+[)]"


def select_sentences(documents: pl.DataFrame, paragraphs: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Cut body paragraphs into sentences and keep those that may hold a target.

    documents: document_id, title, (plan_title, plan_year, issued_on). paragraphs: in the order of their documents. `pattern`: the
    regex of each use in seeds/reference/target_rules.csv.
    Adds to the paragraphs' columns: sentence_id, sentence, sentence_start (0-based offset in the paragraph's text), promise (Boolean, says
    that it is still to be done), document_year (in which the document speaks), plan_end (year its title names last) and goal_year (that
    of the goal under which a dash lists its parts).
    """
    of_plans = _set_goal_years(_select_plans(documents, paragraphs, pattern))
    kept = _drop_reviews(of_plans, pattern).filter("may_hold_number").drop("may_hold_number")
    sentences = (
        kept.with_columns(sentence=pl.col("text").str.replace_all("([。;!?])", f"${{1}}{_MARK}").str.split(_MARK))
        .explode("sentence")
        .with_columns(n_chars=pl.col("sentence").str.len_chars().cast(pl.Int32))
        .with_columns(sentence_start=(pl.col("n_chars").cum_sum() - pl.col("n_chars")).over("paragraph_id"))
        .filter(pl.col("n_chars") <= LONGEST_SENTENCE)
    )
    return _drop_past(sentences, pattern).with_row_index("sentence_id").drop("n_chars")


def _may_hold_number(text: pl.Expr) -> pl.Expr:
    """Tell texts with a figure, or with a number in Chinese signs that measures something."""
    return text.str.contains("[0-9]") | text.str.contains(_NUMBER_IN_SIGNS)


def _set_goal_years(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Add goal_year: the last 到20xx年 of the paragraph, carried into the dashed paragraphs under it."""
    text = pl.col("text")
    goals = text_where(text.str.contains(_GOAL_YEAR)).str.extract_all(_GOAL_YEAR)
    under = pl.when(~text.str.contains(_DASH)).then(goals.list.last().str.extract("([0-9]+)").cast(pl.Int32).fill_null(0))
    return paragraphs.with_columns(goal_year=under.fill_null(strategy="forward").over("document_id").replace(0, None))


def _drop_past(sentences: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Keep the sentences with numbers that do not tell of the past; adds promise (says that it is still to be done)."""
    tight, dated, bygone = pl.col("tight"), pl.col("dated"), pl.col("bygone")
    latest = dated.str.extract_all("(?:19|20)[0-9]{2}年").list.eval(pl.element().str.slice(0, 4).cast(pl.Int32)).list.max()
    opening = read_year(pl.col("sentence").str.extract(rf"^\s*“? *((?:19|20)[0-9]{{2}} *年|{PERIOD})"))
    return (
        # A sentence that opens with a year sets the time of those after it.
        sentences.with_columns(time=opening)
        .with_columns(pl.col("time").fill_null(strategy="forward").over("paragraph_id"))
        .filter(_may_hold_number(pl.col("sentence")))
        .with_columns(tight=tighten(pl.col("sentence")))
        .with_columns(dated=tight.str.replace_many(list(PLAN_PERIODS), list(PLAN_PERIODS.values())))
        .with_columns(bygone=(pl.coalesce(latest, "time") < pl.col("document_year")).fill_null(value=False))
        .with_columns(promise=dated.str.contains(pattern["promise"]) & ~bygone, past=tight.str.contains(pattern["past"]) | bygone)
        # Among sentences that mostly tell of the past, one that promises nothing tells of the past too.
        .with_columns(past_around=pl.col("past").cast(pl.Float64).rolling_mean(_AROUND, min_samples=1, center=True).over("document_id"))
        .filter(pl.col("promise") | ~(pl.col("past") | (pl.col("past_around") >= _MOSTLY_PAST)))
        .drop("past", "past_around", "tight", "dated", "time", "bygone")
    )


def read_year(written: pl.Expr) -> pl.Expr:
    """Read the year of 2025 年 or 十四五: Int32."""
    return written.str.replace_all(" ", "").replace(PLAN_PERIODS).str.slice(0, 4).cast(pl.Int32)


@overload
def tighten(text: pl.Expr) -> pl.Expr: ...
@overload
def tighten(text: pl.Series) -> pl.Series: ...
def tighten(text: pl.Expr | pl.Series) -> pl.Expr | pl.Series:
    """Take out the spaces that stand beside Chinese signs (到 2025 年), so that rules need not know of them."""
    return text.str.replace_all(r"([^!-~]) +", "${1}").str.replace_all(r" +([^!-~])", "${1}").str.strip_chars()


def _select_plans(documents: pl.DataFrame, paragraphs: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Keep the paragraphs of documents that may undertake something.

    Adds may_hold_number (a body paragraph with a number that is no article of a law; documents without one go), document_year and plan_end.
    """
    text, is_body = pl.col("text"), pl.col("role") == "body"
    n_articles = pl.col("is_article").sum().over("document_id")
    share_of_news = pl.when(is_body).then("tells_news").mean().over("document_id").fill_null(0.0)
    may_plan = documents.filter(~pl.col("title").fill_null("").str.contains(pattern["other_document"]))
    is_named_plan = pl.col("whole_title").str.contains(pattern["plan_document"])
    dated = _date_documents(may_plan).with_columns(is_named_plan=is_named_plan).drop("whole_title")
    return (
        paragraphs.join(dated, on="document_id", how="inner", maintain_order="left")
        .with_columns(is_article=text.str.contains(pattern["article"]))
        .filter((n_articles < _MANY_ARTICLES) | pl.col("is_named_plan"))
        .with_columns(may_hold_number=_may_hold_number(text_where(is_body & ~pl.col("is_article"))))
        .filter(pl.col("may_hold_number").any().over("document_id"))
        .with_columns(tells_news=text.str.contains(pattern["other_text"]))
        .filter(share_of_news <= _SHARE_OF_NEWS)
        .drop("is_named_plan", "is_article", "tells_news")
    )


def _date_documents(documents: pl.DataFrame) -> pl.DataFrame:
    """Tell the years that documents speak in and aim at (null if unknown): document_id, whole_title, document_year, plan_end."""
    optional = {"plan_title": pl.String, "plan_year": pl.Int32, "issued_on": pl.Date}
    documents = documents.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in optional.items() if name not in documents.columns)
    title = pl.concat_str(pl.col("title").fill_null(""), pl.col("plan_title").fill_null(""), separator=" ")
    named = title.str.extract_all("(?:19|20)[0-9]{2}").list.eval(pl.element().cast(pl.Int32))
    dated = title.str.replace_many(list(PLAN_PERIODS), list(PLAN_PERIODS.values()))
    last = dated.str.extract_all("(?:19|20)[0-9]{2}").list.eval(pl.element().cast(pl.Int32)).list.max()
    # The year it speaks in is that of its making; a plan for 2021-2025 aims at the last.
    year = pl.coalesce(pl.col("issued_on").dt.year().cast(pl.Int32), named.list.min(), pl.col("plan_year").cast(pl.Int32))
    plan_end = pl.coalesce(last, pl.col("plan_year").cast(pl.Int32))
    return documents.select("document_id", whole_title=title, document_year=year, plan_end=plan_end)


def _drop_reviews(paragraphs: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Drop the paragraphs of parts that look back: from a heading or opening that says so to the next part of the same rank or above."""
    heading, outer, inner, unmarked, plan_part, looks_back = map(pl.col, _HEADING_MARKS)
    told = {
        "part": pl.when(unmarked & looks_back).then(pl.lit(value=True)).when((heading & outer) | plan_part).then(outer & looks_back),
        "inner_part": pl.when(heading & (outer | inner)).then(inner & looks_back),
        "opening": pl.when(pl.col("text").str.contains(pattern["review_opening"]))
        .then(pl.lit(value=True))
        .when((heading & outer) | plan_part | pl.col("text").str.contains(pattern["plan_opening"]))
        .then(pl.lit(value=False)),
    }
    carried = pl.col(*told).fill_null(strategy="forward").over("document_id").fill_null(value=False)
    return (
        _mark_headings(paragraphs, pattern)
        .with_columns(**told)
        .with_columns(carried)
        .filter(~pl.any_horizontal(*told))
        .drop(*told, *_HEADING_MARKS)
    )


def _mark_headings(paragraphs: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Add what headings and paragraphs short enough to be one say: the columns of _HEADING_MARKS."""
    is_heading, is_short = pl.col("role") == "heading", pl.col("text").str.len_chars() <= 40
    text, outer, inner, unmarked = pl.col("short_text"), pl.col("outer"), pl.col("inner"), pl.col("unmarked")
    return (
        paragraphs.with_columns(is_short=is_short, short_text=text_where(is_heading | is_short))
        .with_columns(outer=text.str.contains(_OUTER_MARK), inner=text.str.contains(_INNER_MARK))
        .with_columns(heading=is_heading | (pl.col("is_short") & (outer | inner)))
        .with_columns(unmarked=~outer & ~inner & (pl.col("heading") | (pl.col("is_short") & ~text.str.contains("[。,;:!]"))))
        .with_columns(
            plan_part=unmarked & text.str.contains(pattern["plan_part"]),
            looks_back=text.str.contains(pattern["review"]) & ~text.str.contains(pattern["plan"]),
        )
        .drop("is_short", "short_text")
    )
