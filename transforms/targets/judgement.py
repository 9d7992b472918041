"""Which quantities are targets: each gets a verdict, `target` or the name of the rule that says it is none.

The idea: quantities of a sentence are laid side by side, so that the words between them can be told apart; the verdict then rests on
those words alone, by rules of seeds/reference/target_rules.csv.
"""

import polars as pl

from transforms.neighbours import neighbour
from transforms.targets.sentences import tighten

_NOT_COUNTED = ["none", "label", "structure", "ordinal", "word", "time", "age", "fraction"]
_COUNTS = ["count", "people"]
# No state undertakes more of anything: all the money in the world is some 1e15 yuan.
LARGEST = 1e18


def keep_counted(quantities: pl.DataFrame) -> pl.DataFrame:
    """Keep numbers that count or measure, and bare ones that are reached: no years, ranks, codes, 一批.

    Numbers in Chinese characters count only as shares and multiples, or as 超万亿元.
    """
    written, kind = pl.col("text"), pl.col("kind")
    in_digits = written.str.contains("[0-9]|^(?:超|过|近|逾|破|达|突破)") | kind.is_in(["percent", "points", "multiple"])
    reached = (kind == "none") & written.str.contains("^(?:达|突破|超|不低于|不少于)|[0-9]万|[0-9]亿")
    return quantities.filter(in_digits & (~kind.is_in(_NOT_COUNTED) | reached))


def place_quantities(counted: pl.DataFrame, sentences: pl.DataFrame) -> pl.DataFrame:
    """Put each quantity that `keep_counted` keeps between its neighbours.

    Adds the sentence's columns and left, right (words up to the next quantity on either side), before (all words before), clause_rest
    (words up to the end of the clause), follows_one (another quantity stands before it in the sentence). Sizes that only describe
    (投资5000万元以上的项目20个) are no neighbours and are left out.
    """
    sentence, start, end = pl.col("sentence"), pl.col("start_char"), pl.col("end_char")
    neighbours = {"previous_end": neighbour(end, 1, "sentence_id"), "next_start": neighbour(start, -1, "sentence_id")}
    sized = (
        counted.rename({"text": "written"})
        .join(sentences, on="sentence_id", how="inner")
        .sort("sentence_id", "start_char")
        .with_columns(rest=sentence.str.slice(end), **neighbours)
        .with_columns(
            gap_before=sentence.str.slice(pl.col("previous_end"), start - pl.col("previous_end")),
            gap_after=pl.col("rest").str.slice(0, pl.col("next_start") - end),
        )
    )
    return (
        sized.filter(~_describes_neighbour())
        .with_columns(**neighbours)
        .with_columns(
            left=sentence.str.slice(pl.col("previous_end").fill_null(0), start - pl.col("previous_end").fill_null(0)),
            right=pl.col("rest").str.slice(0, pl.col("next_start") - end),
            before=sentence.str.slice(0, start),
            clause_rest=pl.col("rest").str.extract(r"^([^,;:。!?]*)"),
            follows_one=pl.col("previous_end").is_not_null(),
        )
        .with_columns(right=pl.coalesce("right", "rest"))
        .drop("rest", "previous_end", "next_start", "gap_before", "gap_after")
    )


def _describes_neighbour() -> pl.Expr:
    """Tell sizes that describe what a number beside them counts (收入过200亿元的企业20家, 5个以上收入过200亿元的集群)."""
    kind, joint, gap_after = pl.col("kind"), "[,;:。!?、和及与]", pl.col("gap_after")
    counts_before = neighbour(kind, 1, "sentence_id").is_in(_COUNTS) & ~pl.col("gap_before").str.contains(joint)
    counts_after = gap_after.str.len_chars().ge(2) & ~gap_after.str.contains(joint)
    qualifies = pl.col("rest").str.starts_with("的") & (counts_before.fill_null(value=False) | counts_after.fill_null(value=False))
    sized = pl.col("comparator").is_in([">=", "<="]) & ~kind.is_in([*_COUNTS, "percent", "points"])
    return qualifies | (sized & counts_after.fill_null(value=False))


def judge_quantities(named: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Add `verdict`: `target`, or the name of the first reason why the quantity is none.

    Needs the columns of place_quantities and of name_indicators; `pattern` holds the regex of each use in target_rules.csv.
    """
    tight = named.with_columns(
        before=tighten(pl.col("before")),
        right=tighten(pl.col("right")),
        clause_rest=tighten(pl.col("clause_rest")),
        clause=tighten(pl.col("left")).str.extract(r"([^,;:。!?]*)$").fill_null(""),
    ).with_columns(
        nearby=pl.col("before").str.extract(r"((?:[^,;:。!?]*[,:])?[^,;:。!?]*)$") + pl.col("written") + pl.col("clause_rest"),
    )
    reasons = _reasons_of_place(pattern) | _reasons_of_size(pattern) | _reasons_of_count(pattern) | _reasons_of_aim(pattern)
    verdict = pl.coalesce(*(pl.when(holds).then(pl.lit(name)) for name, holds in reasons.items()), pl.lit("target"))
    return named.with_columns(tight.select(verdict=verdict))


def _reasons_of_place(pattern: dict[str, str]) -> dict[str, pl.Expr]:
    """Where the number stands: in a table row, in brackets or quotes, in the terms of a grant."""
    before, nearby = pl.col("before"), pl.col("nearby")
    in_brackets = before.str.count_matches(r"\(") > before.str.count_matches(r"\)")
    in_quotes = before.str.count_matches("[“《]") > before.str.count_matches('[”》"]')
    return {
        "section_number": (pl.col("sentence_start") + pl.col("start_char") == 0) & pl.col("written").str.contains(r"^[0-9]+(?:\.[0-9]+)+ "),
        "table": pl.col("sentence").str.contains(pattern["table"]),
        "enclosed": in_brackets | in_quotes,
        "grant": pl.col("kind").is_in(["currency", "percent"]) & nearby.str.contains(pattern["grant"]),
        "quota": (pl.col("comparator") == "<=") & nearby.str.contains(pattern["quota"]),
        "applicant": pl.col("sentence").str.contains(pattern["applicant"]),
    }


def _reasons_of_size(pattern: dict[str, str]) -> dict[str, pl.Expr]:
    """The number only says how big something is: 总投资不超过2亿元的项目, 20万吨煤矿, 50米内."""
    kind, right = pl.col("kind"), pl.col("right")
    noun_before = pl.col("left_noun").str.len_chars() >= 2
    whole_share = (kind == "percent") & pl.col("clause_rest").str.contains(pattern["done_by_share"])
    of_noun = right.str.starts_with("的") & ~kind.is_in(_COUNTS) & ~right.str.contains(pattern["fund"]) & ~whole_share
    bounded = ~kind.is_in([*_COUNTS, "percent", "points", "none"]) & pl.col("written").str.contains("以[上下内]$")
    noun_after = right.str.contains(r"^[^、,;:。!?()的和及以]") & noun_before
    return {
        "beyond_reason": pl.max_horizontal(pl.col("value_low").abs(), pl.col("value_high").abs()) > LARGEST,
        "describes": of_noun | (bounded & noun_after),
        "capacity": kind.is_in(["mass", "volume", "energy"]) & noun_after,
        "within": (kind == "length") & right.str.contains(pattern["within"]),
    }


def _reasons_of_count(pattern: dict[str, str]) -> dict[str, pl.Expr]:
    """The number counts what is there already, parts of a text, or those whom a norm binds."""
    clause, right, comparator = pl.col("clause"), pl.col("right"), pl.col("comparator")
    starts_change = clause.str.contains("[从由]") & right.str.contains(pattern["change_start"])
    listed = clause.str.ends_with("等") & (comparator == ">=")
    who_qualifies = right.str.starts_with("的") & clause.str.contains("^(?:对|对于|凡|如)")
    is_addressed = pl.col("before").str.contains(pattern["addressed"]) & pl.col("clause_rest").str.contains(pattern["qualified"])
    return {
        "existing": (clause.str.contains(pattern["existing"]) & ~listed) | starts_change,
        "part": pl.col("kind").is_in(_COUNTS) & right.str.contains(pattern["part"]) & ~_bounded(),
        "jurisdiction": right.str.contains(pattern["jurisdiction"]) & (comparator == "=") & ~clause.str.contains("[到至达]$"),
        "subject": (clause == "") & right.str.contains(pattern["subject"]),
        "condition": pl.col("clause_rest").str.ends_with("的") | pl.col("before").str.contains(pattern["condition"]),
        "qualification": who_qualifies | is_addressed,
    }


def _reasons_of_aim(pattern: dict[str, str]) -> dict[str, pl.Expr]:
    """Nothing says that the number is to be reached, or nothing is counted."""
    indicator, written = pl.col("indicator"), pl.col("written")
    acts = (pl.col("before") + pl.col("clause_rest")).str.contains(pattern["act"])
    reaches = pl.col("clause").str.contains(pattern["reach"]) | written.str.contains("^[^0-9]*[达突超高快低控少]") | _bounded()
    measures = indicator.str.contains(pattern["without_unit"]) | pl.col("right").str.contains(pattern["people"])
    return {
        "no_act": ~acts & ~reaches & ~pl.col("promise"),
        "no_unit": (pl.col("kind") == "none") & ~measures,
        "range_down": (pl.col("value_high") < pl.col("value_low")).fill_null(value=False),
        "nothing_counted": indicator.str.len_chars() < 2,
    }


def _bounded() -> pl.Expr:
    """Tell numbers with a bound such as plans set: 20家以上, 10个左右, 2-3家; of shares any bound."""
    any_bound = pl.col("kind").is_in(["percent", "points"]) & (pl.col("comparator") != "=")
    return pl.col("comparator").is_in([">=", "~", "range"]) | any_bound
