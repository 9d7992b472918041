"""Targets (量化指标): the quantities of a plan's sentences that it undertakes to reach, each with indicator, basis and year.

The idea: all quantities of a sentence are laid side by side; what stands between two of them is shared out as the words of
the one or the other; then plain rules on those words say what is an aim and what only describes.
"""

import polars as pl

from transforms.targets.indicators import name_indicators
from transforms.targets.quantities import parse_quantities
from transforms.targets.sentences import select_sentences

NEVER = ["time", "label", "structure", "ordinal", "word", "fraction"]
COLUMNS = [
    *("target_id", "document_id", "paragraph_id", "measure_id", "line_no", "quote", "indicator"),
    *("comparator", "value_low", "value_high", "unit", "basis", "target_year"),
]


def extract_targets(
    documents: pl.DataFrame,
    paragraphs: pl.DataFrame,
    paragraph_lines: pl.DataFrame,
    *,
    units: pl.DataFrame,
    comparators: pl.DataFrame,
    target_rules: pl.DataFrame,
) -> pl.DataFrame:
    """Find the targets of all documents.

    documents: document_id, title, (plan_title, plan_year). paragraphs: document_id, paragraph_id, ordinal, role, text, (measure_id).
    paragraph_lines: paragraph_id, line_no, start_char. Rule frames as in seeds/reference (units, comparators, target_rules).
    Gives the columns of the contract's `targets`, sorted by document_id and target_id; a target stands on the line that holds its number.
    """
    if "measure_id" not in paragraphs.columns:
        paragraphs = paragraphs.with_columns(measure_id=pl.lit(None, pl.String))
    pattern = {use: "|".join(f"(?:{p})" for p in group["pattern"]) for (use,), group in target_rules.group_by("use", maintain_order=True)}
    sentences = select_sentences(documents, paragraphs, target_rules)
    quantities = parse_quantities(sentences.select(id="sentence_id", text="sentence"), units, comparators).rename({"id": "sentence_id"})
    placed = _place(quantities, sentences)
    named = name_indicators(placed, pattern)
    kept = named.filter(_undertaken(pattern))
    return _finish(kept, documents, paragraph_lines)


def _place(quantities: pl.DataFrame, sentences: pl.DataFrame) -> pl.DataFrame:
    """Put each quantity between its neighbours: left and right are the words up to the next quantity on either side."""
    sentence = pl.col("sentence")
    context = sentences.select(
        "sentence_id", "sentence", "sentence_start", "document_id", "paragraph_id", "measure_id", "ordinal", "paragraph_before"
    )
    placed = (
        quantities.rename({"text": "written"})
        .join(context, on="sentence_id")
        .with_columns(
            rest=sentence.str.slice(pl.col("end_char")), clause_rest=sentence.str.slice(pl.col("end_char")).str.extract(r"^([^,;:。!?]*)")
        )
    )
    attribute = pl.col("rest").str.starts_with("的") & pl.col("clause_rest").str.contains("[0-9]")
    sized = (
        pl.col("comparator").is_in([">=", "<="])
        & ~pl.col("kind").is_in(["count", "people", "percent", "points"])
        & pl.col("clause_rest").str.contains(r"^[^0-9、]+[0-9]")
    )
    boundary = ~pl.col("kind").is_in(["none", "label", "structure", "ordinal", "word"]) & ~attribute & ~sized
    reached = (pl.col("kind") == "none") & ~attribute & pl.col("written").str.contains(r"^(?:达|突破|超过|不低于|不少于)|[万亿]")
    placed = placed.filter(boundary | reached).sort("sentence_id", "start_char")
    previous_end = pl.col("end_char").shift(1).over("sentence_id").fill_null(0)
    next_start = pl.col("start_char").shift(-1).over("sentence_id").fill_null(pl.col("sentence").str.len_chars().cast(pl.Int32))
    return placed.with_columns(previous_end=previous_end, next_start=next_start).with_columns(
        left=sentence.str.slice(pl.col("previous_end"), pl.col("start_char") - pl.col("previous_end")),
        right=sentence.str.slice(pl.col("end_char"), pl.col("next_start") - pl.col("end_char")),
        before=sentence.str.slice(0, pl.col("start_char")),
        previous_kind=pl.col("kind").shift(1).over("sentence_id"),
    )


def _undertaken(pattern: dict[str, str]) -> pl.Expr:
    """Tell the quantities that a plan undertakes to reach from those that only describe."""
    before, right = pl.col("before"), pl.col("right")
    enclosed = (before.str.count_matches(r"\(") > before.str.count_matches(r"\)")) | (
        before.str.count_matches("[“《]") > before.str.count_matches("[”》]")
    )
    money_rate = pl.col("kind").is_in(["currency", "percent"]) & pl.col("sentence").str.contains(pattern["grant"])
    clause = pl.col("left").str.extract(r"([^,;:。]*)$")
    describes = right.str.starts_with("的") & ~clause.str.contains("规模|总额|总量|总投资")
    has_verb = (before + pl.col("clause_rest")).str.contains(pattern["act"])
    reaches = clause.str.contains(pattern["reach"]) | pl.col("written").str.contains("^[^0-9]*[达突超高快低控]")
    bare = pl.col("kind") == "none"
    # Numbers in Chinese characters count no deliverable (一批, 一次性, 三张清单); scales, shares and multiples may (超万亿元, 百分之三十).
    in_digits = pl.col("number").str.contains("[0-9]|^[千百]?[万亿]+$") | pl.col("kind").is_in(["percent", "points", "multiple"])
    return (
        ~pl.col("kind").is_in(NEVER)
        & in_digits
        & ~enclosed
        & ~money_rate
        & ~describes
        & ~clause.str.contains(pattern["existing"])
        & ~right.str.contains(pattern["jurisdiction"])
        & (has_verb | reaches)
        & (~bare | (pl.col("indicator").str.contains("指数|总量|数量|规模|得分|评分|数$|量$")))
        & (pl.col("indicator").str.len_chars() >= 2)
    )


def _finish(kept: pl.DataFrame, documents: pl.DataFrame, paragraph_lines: pl.DataFrame) -> pl.DataFrame:
    """Add line, quote, basis, year and ids."""
    plan_year = pl.col("plan_year") if "plan_year" in documents.columns else pl.lit(None, pl.Int32)
    years = documents.select("document_id", plan_year=plan_year.cast(pl.Int32))
    spoken_year = (
        (pl.col("paragraph_before") + pl.col("before"))
        .str.extract_all(r"20[0-9]{2}年")
        .list.last()
        .str.slice(0, 4)
        .cast(pl.Int32, strict=False)
    )
    lines = paragraph_lines.select("paragraph_id", "line_no", at="start_char").sort("paragraph_id", "at")
    return (
        kept.with_columns(at=(pl.col("sentence_start") + pl.col("start_char")).cast(pl.Int32))
        .sort("at")
        .join_asof(lines.sort("at"), on="at", by="paragraph_id", strategy="backward", check_sortedness=False)
        .join(years, on="document_id", how="left")
        .sort("document_id", "ordinal", "at")
        .with_columns(
            quote=pl.col("sentence").str.slice(pl.col("quote_start"), pl.col("quote_end") - pl.col("quote_start")).str.strip_chars(" 、,"),
            basis=_basis(),
            target_year=pl.coalesce(spoken_year, "plan_year"),
            target_id=pl.col("document_id") + "-t" + (pl.int_range(1, pl.len() + 1).over("document_id")).cast(pl.String).str.zfill(4),
        )
        .select(COLUMNS)
    )


def _basis() -> pl.Expr:
    """Tell what the number measures: growth rate and share for percentages, increment for what is new, else total."""
    words = pl.col("left_own") + pl.col("written")
    percent = pl.col("kind").is_in(["percent", "points", "multiple"])
    grows = words.str.contains("增长|增速|增幅|提高|提升|下降|降低|减少|上升|增加|压减|快于") & ~words.str.contains(
        "(?:提高|提升|下降|降低|上升|增加)[到至]"
    )
    return (
        pl.when(percent & grows)
        .then(pl.lit("growth_rate"))
        .when(pl.col("kind").is_in(["percent", "points"]))
        .then(pl.lit("share"))
        .when(words.str.contains("新增|新建|新培育|新认定|新引|新设|净增|新改|新登记|新创|新开|增加"))
        .then(pl.lit("increment"))
        .otherwise(pl.lit("total"))
    )
