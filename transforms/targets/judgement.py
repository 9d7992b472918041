"""Which quantities are targets: each gets a verdict, `target` or the name of the rule that says it is none.

The idea: quantities of a sentence are laid side by side, so that the words between them can be told apart; the verdict then rests on
those words alone, by rules of seeds/reference/target_rules.csv.
"""

import polars as pl

from transforms.targets.sentences import tighten

_NOT_COUNTED = ["none", "label", "structure", "ordinal", "word", "time", "age", "fraction"]
_CLAUSE_END = r"([^,;:。!?]*)$"


def place_quantities(quantities: pl.DataFrame, sentences: pl.DataFrame) -> pl.DataFrame:
    """Put each quantity between its neighbours.

    Adds the sentence's columns and left, right (words up to the next quantity on either side), before (all words before), clause_rest
    (words up to the end of the clause), follows_one (another quantity stands before it in the sentence). Numbers that count nothing
    (years, ranks, codes, 一批) and sizes that only describe (投资5000万元以上的项目20个) are no neighbours and are left out, but for
    bare numbers that are reached.
    """
    sentence = pl.col("sentence")
    placed = (
        quantities.rename({"text": "written"})
        .join(sentences, on="sentence_id")
        .with_columns(rest=sentence.str.slice(pl.col("end_char")))
        .with_columns(clause_rest=pl.col("rest").str.extract(r"^([^,;:。!?]*)"))
        .filter(_counts_something())
        .sort("sentence_id", "start_char")
        .filter(~_describes_neighbour())
    )
    previous_end = pl.col("end_char").shift(1).over("sentence_id")
    next_start = pl.col("start_char").shift(-1).over("sentence_id").fill_null(sentence.str.len_chars().cast(pl.Int32))
    return placed.with_columns(
        left=sentence.str.slice(previous_end.fill_null(0), pl.col("start_char") - previous_end.fill_null(0)),
        right=sentence.str.slice(pl.col("end_char"), next_start - pl.col("end_char")),
        before=sentence.str.slice(0, pl.col("start_char")),
        follows_one=previous_end.is_not_null(),
    )


def _counts_something() -> pl.Expr:
    """Tell numbers that count or measure; numbers in Chinese characters do so only as shares and multiples, or as 超万亿元."""
    written, kind = pl.col("written"), pl.col("kind")
    in_digits = written.str.contains("[0-9]|^(?:超|过|近|逾|破|达|突破)") | kind.is_in(["percent", "points", "multiple"])
    reached = (kind == "none") & written.str.contains("^(?:达|突破|超|不低于|不少于)|[0-9]万|[0-9]亿")
    return in_digits & (~kind.is_in(_NOT_COUNTED) | reached)


def _describes_neighbour() -> pl.Expr:
    """Tell sizes that describe what a number beside them counts (收入过200亿元的企业20家, 5个以上收入过200亿元的集群)."""
    end, kind, joint = pl.col("end_char"), pl.col("kind"), "[,;:。!?、和及与]"
    gap_before = pl.col("sentence").str.slice(end.shift(1).over("sentence_id"), pl.col("start_char") - end.shift(1).over("sentence_id"))
    gap_after = pl.col("rest").str.slice(0, pl.col("start_char").shift(-1).over("sentence_id") - end)
    counts_before = kind.shift(1).over("sentence_id").is_in(["count", "people"]) & ~gap_before.str.contains(joint)
    counts_after = gap_after.str.len_chars().ge(2) & ~gap_after.str.contains(joint)
    qualifies = pl.col("rest").str.starts_with("的") & (counts_before.fill_null(value=False) | counts_after.fill_null(value=False))
    sized = pl.col("comparator").is_in([">=", "<="]) & ~kind.is_in(["count", "people", "percent", "points"])
    return qualifies | (sized & counts_after.fill_null(value=False))


def judge_quantities(named: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Add `verdict`: `target`, or the first reason why the quantity is none.

    Needs the columns of place_quantities and indicator; `pattern` holds the regexes grant, existing, jurisdiction, act and reach.
    """
    before, right, clause_rest = tighten(pl.col("before")), tighten(pl.col("right")), tighten(pl.col("clause_rest"))
    clause = tighten(pl.col("left")).str.extract(_CLAUSE_END).fill_null("")
    nearby = before.str.extract(r"((?:[^,;:。!?]*[,:])?[^,;:。!?]*)$") + pl.col("written") + clause_rest
    enclosed = (before.str.count_matches(r"\(") > before.str.count_matches(r"\)")) | (
        before.str.count_matches("[“《]") > before.str.count_matches('[”》"]')
    )
    has_verb = (before + clause_rest).str.contains(pattern["act"])
    aimed = pl.col("comparator").is_in([">=", "~", "range"]) | (pl.col("kind").is_in(["percent", "points"]) & (pl.col("comparator") != "="))
    counts = pl.col("kind").is_in(["count", "people"])
    whole_share = (pl.col("kind") == "percent") & clause_rest.str.contains(pattern["done_by_share"])
    reaches = clause.str.contains(pattern["reach"]) | pl.col("written").str.contains("^[^0-9]*[达突超高快低控少]") | aimed
    measured = ~pl.col("kind").is_in(["count", "people", "percent", "points", "none"]) & pl.col("written").str.contains("以[上下内]$")
    verdict = (
        pl.when(pl.col("sentence").str.contains(pattern["table"]))
        .then(pl.lit("table"))
        .when(enclosed)
        .then(pl.lit("enclosed"))
        .when(pl.col("kind").is_in(["currency", "percent"]) & nearby.str.contains(pattern["grant"]))
        .then(pl.lit("grant"))
        .when(right.str.starts_with("的") & ~counts & ~right.str.contains(pattern["fund"]) & ~whole_share)
        .then(pl.lit("describes"))
        .when(measured & right.str.contains(r"^[^、,;:。!?()的和及]") & (pl.col("left_noun").str.len_chars() >= 2))
        .then(pl.lit("describes"))
        .when(
            pl.col("kind").is_in(["mass", "volume", "energy"])
            & right.str.contains(r"^[^、,;:。!?()的和及以]")
            & (pl.col("left_noun").str.len_chars() >= 2)
        )
        .then(pl.lit("capacity"))
        .when((pl.col("kind") == "length") & right.str.contains(pattern["within"]))
        .then(pl.lit("within"))
        .when((pl.col("comparator") == "<=") & nearby.str.contains(pattern["quota"]))
        .then(pl.lit("quota"))
        .when(clause.str.contains(pattern["existing"]) | (clause.str.contains("[从由]") & right.str.contains(pattern["change_start"])))
        .then(pl.lit("existing"))
        .when(counts & right.str.contains(pattern["part"]) & ~aimed)
        .then(pl.lit("part"))
        .when(right.str.contains(pattern["jurisdiction"]) & (pl.col("comparator") == "=") & ~clause.str.contains("[到至达]$"))
        .then(pl.lit("jurisdiction"))
        .when((clause == "") & right.str.contains(pattern["subject"]))
        .then(pl.lit("subject"))
        .when(
            clause_rest.str.ends_with("的")
            | (right.str.starts_with("的") & clause.str.contains("^(?:对|对于|凡|如)"))
            | before.str.contains(pattern["condition"])
        )
        .then(pl.lit("condition"))
        .when(~has_verb & ~reaches & ~pl.col("promise"))
        .then(pl.lit("no_act"))
        .when(
            (pl.col("kind") == "none")
            & ~pl.col("indicator").str.contains("指数|总量|数量|规模|得分|评分|人口|[数量]$")
            & ~right.str.contains(pattern["people"])
        )
        .then(pl.lit("no_unit"))
        .when(pl.col("value_high") < pl.col("value_low"))
        .then(pl.lit("range_down"))
        .when(pl.col("indicator").str.len_chars() < 2)
        .then(pl.lit("nothing_counted"))
        .otherwise(pl.lit("target"))
    )
    return named.with_columns(verdict=verdict)
