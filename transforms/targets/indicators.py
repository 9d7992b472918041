"""What a quantity counts: the indicator's wording, taken from the words before or after the number.

The idea: Chinese puts the thing counted after the measure word (建设20个基地) or before the number (新增企业1000户);
verbs, times and adverbs around it are cut off by rule tables.
"""

import polars as pl

_STOP = r"[,;:。!?]"
_JOINT = r"(?:[、和及与]|以及)"


def name_indicators(placed: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Add indicator, quote_start and quote_end (in the sentence) to quantities placed between their neighbours.

    Needs sentence_id, sentence, start_char, end_char, written, kind, left, right, before, previous_kind; `pattern` holds the regexes
    indicator_lead, indicator_after and noun_end.
    """
    left, right = pl.col("left"), pl.col("right")
    counted = pl.col("kind").is_in(["count", "people", "area", "length", "data", "symbol", "energy", "volume", "mass"])
    follows = (pl.col("previous_kind").fill_null("time") != "time") & ~left.str.contains(_STOP)
    placed = placed.with_columns(follows=follows).with_columns(
        followed=pl.col("follows").shift(-1).over("sentence_id").fill_null(value=False),
        right_noun=_cut_right(right.str.extract(r"^((?:[^,;:。!?])*)"), pattern),
        left_clause=left.str.extract(r"([^,;:。!?]*)$"),
    )
    starts = counted & (pl.col("right_noun").str.len_chars() > 0) & ~right.str.contains(rf"^{_JOINT}")
    placed = placed.with_columns(count_first=pl.when(~pl.col("follows")).then(starts).fill_null(strategy="forward").over("sentence_id"))
    count_first = pl.col("count_first")
    right_own = (
        pl.when(~pl.col("followed"))
        .then(right.str.extract(r"^([^,;:。!?]*)"))
        .when(right.str.contains(rf"^{_JOINT}"))
        .then(pl.lit(""))
        .when(right.str.contains(rf"{_JOINT}$"))
        .then(right.str.replace(rf"{_JOINT}$", ""))
        .when(count_first & right.str.contains(_JOINT))
        .then(right.str.replace(rf"{_JOINT}[^、和及与]*$", ""))
        .otherwise(pl.lit(""))
    )
    left_own = (
        pl.when(~pl.col("follows"))
        .then("left_clause")
        .when(left.str.contains(rf"^{_JOINT}"))
        .then(left.str.replace(rf"^{_JOINT}+", ""))
        .when(left.str.contains(rf"{_JOINT}$"))
        .then(pl.lit(""))
        .when(count_first & left.str.contains(_JOINT))
        .then(left.str.extract(r"([^、和及与]*)$"))
        .otherwise("left_clause")
    )
    placed = placed.with_columns(right_own=right_own.fill_null(""), left_own=left_own.fill_null("")).with_columns(
        right_noun=_cut_right(pl.col("right_own"), pattern), left_noun=_cut_left(pl.col("left_own"), pattern)
    )
    previous_clause = _cut_left(pl.col("before").str.extract(r"([^,;:。!?]*)[,;:][^,;:。!?]*$").fill_null(""), pattern)
    takes_right = (pl.col("right_noun").str.len_chars() >= 2) & (counted | (pl.col("left_noun").str.len_chars() < 2))
    indicator = (
        pl.when(takes_right).then("right_noun").when(pl.col("left_noun").str.len_chars() >= 2).then("left_noun").otherwise(previous_clause)
    )
    quote_end = pl.when(takes_right).then(pl.col("end_char") + pl.col("right_own").str.len_chars()).otherwise("end_char")
    return placed.with_columns(
        indicator=indicator, quote_start=pl.col("start_char") - pl.col("left_own").str.len_chars(), quote_end=quote_end
    )


def _cut_right(text: pl.Expr, pattern: dict[str, str]) -> pl.Expr:
    """Keep the noun phrase that follows a measure word: up to the first verb after its last 的."""
    text = text.str.replace(r"^[、的 ]+", "").str.replace(r"\([^)]*\)?$", "")
    qualifier = text.str.extract(r"^(.*的)").fill_null("")
    head = text.str.replace(r"^.*的", "")
    cut = head.str.replace(rf"^(..+?)(?:{pattern['noun_end']}|若干|一批).*$", "${1}").str.replace(r"[和及与、]$", "")
    return pl.when(head.str.contains(rf"^(?:{pattern['noun_end']})") & (qualifier == "")).then(pl.lit("")).otherwise(qualifier + cut)


def _cut_left(text: pl.Expr, pattern: dict[str, str]) -> pl.Expr:
    """Keep the noun phrase before a number: without times, adverbs and verbs before it, and without words of reaching after it."""
    lead = rf"^(?:{pattern['indicator_lead']})+"
    return (
        text.str.replace(r"(?:力争|争取|年内|每年|全年|总数|努力|分别|均|将|要|也|各|累计| )+$", "")
        .str.replace(r"(?:(?:提高|提升|增加|降低|下降|扩大|增长|发展|上升|稳定|保持|控制|维持|压减|减少)?(?:到|至|在|为))$", "")
        .str.replace(rf"^.*(?:{pattern['indicator_after']})(..+)$", "${1}")
        .str.replace(lead, "")
        .str.replace(r"^[、的 ]+", "")
    )
