"""Targets (量化指标): the quantities of a plan's sentences that it undertakes to reach, each with indicator, basis and year.

The idea: all quantities of a sentence are laid side by side; what stands between two of them is shared out as the words of
the one or the other; then plain rules on those words say what is an aim and what only describes.
"""

import polars as pl

from transforms.targets.indicators import name_indicators
from transforms.targets.judgement import judge_quantities, keep_counted, place_quantities
from transforms.targets.quantities import parse_quantities
from transforms.targets.sentences import LONGEST_SENTENCE, PERIOD, read_year, select_sentences

COMPARED = {
    "高于": ">",
    "快于": ">",
    "优于": ">",
    "好于": ">",
    "大于": ">",
    "超过": ">",
    "低于": "<",
    "小于": "<",
    "不低于": ">=",
    "不高于": "<=",
}
# Of text that quantities are judged by: each takes its sentence and what stands before it along, some 100 characters and LONGEST_SENTENCE.
BATCH_CHARS = 20_000_000
_AIM = f"20[0-9]{{2}} *年|{PERIOD}|今年"
_PASSING = f"{PERIOD}”?(?:规划)?的?(?:开局|起步|收官|[首末]年|第[一二三四五]年)"  # tells of this year
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

    documents: document_id, title, (plan_title, plan_year). paragraphs: document_id, paragraph_id, ordinal, role, text, (measure_id);
    sorted by document_id and ordinal.
    paragraph_lines: paragraph_id, line_no, start_char. Rule frames as in seeds/reference (units, comparators, target_rules).
    Gives the columns of the contract's `targets`, sorted by document_id and target_id; a target stands on the line that holds its number.
    """
    if "measure_id" not in paragraphs.columns:
        paragraphs = paragraphs.with_columns(measure_id=pl.lit(None, pl.String))
    pattern = {use: "|".join(f"(?:{p})" for p in group["pattern"]) for (use,), group in target_rules.group_by("use", maintain_order=True)}
    sentences = select_sentences(documents, paragraphs, pattern)
    quantities = parse_quantities(sentences.select(id="sentence_id", text="sentence"), units, comparators).rename({"id": "sentence_id"})
    described = []
    for some in _batch(keep_counted(quantities), sentences):
        named = name_indicators(place_quantities(some, sentences), pattern)
        kept = judge_quantities(named, pattern).filter(verdict="target")
        described.append(_describe(kept, paragraph_lines))
    return _number(pl.concat(described))


def _batch(quantities: pl.DataFrame, sentences: pl.DataFrame) -> list[pl.DataFrame]:
    """Cut quantities, whole sentences at a time, into batches of bounded memory: each quantity takes its text with it."""
    sized = sentences.select("sentence_id", n_chars=pl.col("sentence").str.len_chars().cast(pl.Int64) + LONGEST_SENTENCE)
    batch = (pl.col("n_chars").cum_sum().shift(1, fill_value=0) // BATCH_CHARS).first().over("sentence_id")
    batches = quantities.join(sized, on="sentence_id", how="left", maintain_order="left").with_columns(batch=batch)
    return batches.drop("n_chars").partition_by("batch", maintain_order=True, include_key=False) or [quantities]


def _describe(kept: pl.DataFrame, paragraph_lines: pl.DataFrame) -> pl.DataFrame:
    """Add line, quote, basis and year."""
    start_before = (pl.col("sentence_start") - LONGEST_SENTENCE).clip(lower_bound=0)
    before = pl.col("text").str.slice(start_before, pl.col("at") - start_before)
    aims = before.str.replace_all(_PASSING, "今年").str.extract_all(_AIM)
    named = aims.list.eval(pl.element().filter(pl.element() != "今年")).list.last()
    aimed = pl.coalesce(pl.when(aims.list.last() == "今年").then("document_year"), read_year(named))
    target_year = pl.coalesce(pl.when(aimed >= pl.col("document_year").fill_null(0)).then(aimed), "goal_year", "plan_end", "document_year")
    compared = pl.col("compared").replace_strict(COMPARED, default=None, return_dtype=pl.String)
    lines = paragraph_lines.select("paragraph_id", "line_no", at="start_char").join(kept, on="paragraph_id", how="semi")
    return (
        kept.with_columns(at=(pl.col("sentence_start") + pl.col("start_char")).cast(pl.Int32))
        .sort("at")
        .join_asof(lines.sort("at"), on="at", by="paragraph_id", strategy="backward", check_sortedness=False)
        .with_columns(
            quote=pl.col("sentence").str.slice(pl.col("quote_start"), pl.col("quote_end") - pl.col("quote_start")).str.strip_chars(" 、,"),
            basis=_basis(),
            comparator=pl.when(pl.col("comparator") == "=").then(pl.coalesce(compared, "comparator")).otherwise("comparator"),
            target_year=target_year,
        )
        .select("ordinal", "at", *COLUMNS[1:])
    )


def _number(described: pl.DataFrame) -> pl.DataFrame:
    """Put targets in reading order and add their ids."""
    ordinal = pl.int_range(1, pl.len() + 1).over("document_id").cast(pl.String).str.zfill(4)
    in_order = described.sort("document_id", "ordinal", "at", maintain_order=True)
    return in_order.with_columns(target_id=pl.col("document_id") + "-t" + ordinal).select(COLUMNS)


def _basis() -> pl.Expr:
    """Tell what the number measures: growth rate and share for percentages, increment for what is new, else total."""
    words = (pl.col("indicator") + pl.col("left_own") + pl.col("written")).str.replace_all("增加值|增长点|增长极", "")
    percent = pl.col("kind").is_in(["percent", "points", "multiple"])
    grows = words.str.contains("增长|递增|增速|增幅|提高|提升|下降|降低|减少|上升|增加|压减|快于") & ~words.str.contains(
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
