"""What a quantity counts: the indicator's wording, taken from the words before or after the number.

The idea: Chinese puts the thing counted after the measure word (建设20个基地) or before the number (新增企业1000户);
verbs, times and adverbs around it are cut off by rule tables. Words between two numbers belong to one of them.
"""

import polars as pl

from transforms.neighbours import neighbour
from transforms.targets.sentences import tighten

_STOP = r"[,;:。!?]"
_JOINT = r"(?:[、和及与]|以及)"
_GRADE = "(?:国家|部|省|自治区|市|县|区)级"
_GROWN = "[比较][^例重率值].*(?:增加|增长|提高|提升|上升|下降|降低|减少|扩大|[增升降减多少])"  # than what, and no word of what
_COUNTED = ["count", "people", "area", "length", "data", "symbol", "energy", "volume", "mass"]


def name_indicators(placed: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Add indicator, quote_start and quote_end (in the sentence) to quantities placed between their neighbours.

    Needs the columns of place_quantities; `pattern` holds the regexes indicator_lead, indicator_after, compared and noun_end.
    A number that stands in a row of numbers without words of its own takes those of the number before it.
    Also adds left_own, left_noun, and `compared`: the word of comparison where the number says by how much (高于全省平均3个百分点).
    """
    named = _cut_nouns(_share_words(placed, pattern), pattern)
    counted = pl.col("kind").is_in([*_COUNTED, "none"])
    takes_right = (pl.col("right_noun").str.len_chars() >= 2) & (
        counted | pl.col("right_own").str.starts_with("的") | (pl.col("left_noun").str.len_chars() < 2)
    )
    subject = _or_null(pl.col("subject"))
    alone = pl.coalesce(pl.when(~subject.str.contains("[0-9]")).then(subject), _or_null(pl.col("right_own")), pl.lit(""))
    own = (
        pl.when("takes_right")
        .then("right_noun")
        .when(pl.col("left_noun").str.len_chars() >= 2)
        .then("left_noun")
        .when(~pl.col("follows"))
        .then(alone)
    )
    quote_lead = pl.col("left_own").str.replace(rf"^(?:{pattern['quote_lead']})+", "")
    return (
        named.with_columns(takes_right=takes_right)
        .with_columns(
            own=own,
            quote_start=pl.col("start_char") - quote_lead.str.len_chars(),
            quote_end=pl.col("end_char") + pl.when("takes_right").then(pl.col("right_own").str.len_chars()).otherwise(0),
        )
        .with_columns(indicator=pl.col("own").fill_null(strategy="forward").over("sentence_id").fill_null(""))
        .drop("takes_right", "own", "subject", "right_noun", "follows", "followed")
    )


def _cut_nouns(shared: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Add right_noun, left_noun, subject (that of the clause before) and compared."""
    reached_before = r"(?:年均)?(?:增长|提高|下降|降低|增加|减少)?[0-9][^,]{0,12}$"
    clause_before = shared["before"].str.extract(r"([^,;:。!?]*)[,;:][^,;:。!?]*$").fill_null("").str.replace(reached_before, "")
    # 90名国家级、150名省级科技人才: what a bare grade grades stands after the next number.
    head = neighbour(pl.col("right_noun").str.replace(rf"^{_GRADE}", ""), -1, "sentence_id")
    graded = pl.col("followed") & pl.col("right_own").str.contains(rf"^{_GRADE}$")
    return shared.with_columns(
        right_noun=_cut_right(shared["right_own"], pattern),
        left_noun=_cut_left(shared["left_own"], pattern),
        subject=_cut_left(clause_before, pattern),
        compared=tighten(pl.col("left_own")).str.extract(rf"^.{{2,}}?({pattern['compared']})[^,]*[^,的]的?$"),
    ).with_columns(right_noun=pl.when(graded).then(pl.col("right_own") + head).otherwise("right_noun"))


def _share_words(placed: pl.DataFrame, pattern: dict[str, str]) -> pl.DataFrame:
    """Give each quantity its own words of the clause (left_own, right_own), splitting what stands between two of them.

    Adds `follows` (it stands in a row of numbers, after another) and `followed` too.
    """
    left, right = pl.col("left"), pl.col("right")
    placed = placed.with_columns(
        follows=pl.col("follows_one") & ~left.str.contains(_STOP),
        right_clause=right.str.extract(r"^([^,;:。!?]*)").fill_null(""),
        left_clause=left.str.extract(r"([^,;:。!?]*)$").fill_null(""),
        joint_before=left.str.contains(rf"^ *{_JOINT}"),
        joint_after=right.str.contains(rf"^ *{_JOINT}"),
    )
    # In a row of numbers, the first says whether the things counted stand after their numbers or before them.
    after = pl.col("kind").is_in(_COUNTED) & (_cut_right(placed["right_clause"], pattern).str.len_chars() > 0) & ~pl.col("joint_after")
    placed = placed.with_columns(
        followed=neighbour(pl.col("follows"), -1, "sentence_id").fill_null(value=False), count_first=pl.when(~pl.col("follows")).then(after)
    ).with_columns(pl.col("count_first").fill_null(strategy="forward").over("sentence_id"))
    right_own = (
        pl.when(~pl.col("followed"))
        .then("right_clause")
        .when("joint_after")
        .then(pl.lit(""))
        .when(right.str.contains(rf"{_JOINT} *$"))
        .then(right.str.replace(rf"{_JOINT} *$", ""))
        .when(pl.col("count_first") & right.str.contains(_JOINT))
        .then(right.str.replace(rf"{_JOINT}[^、和及与]*$", ""))
        .otherwise(pl.lit(""))
    )
    left_own = (
        pl.when(~pl.col("follows"))
        .then("left_clause")
        .when("joint_before")
        .then(left.str.replace(rf"^{_JOINT}+", ""))
        .when(left.str.contains(rf"{_JOINT} *$"))
        .then(pl.lit(""))
        .when(pl.col("count_first") & left.str.contains(_JOINT))
        .then(left.str.extract(r"([^、和及与]*)$"))
        .otherwise("left_clause")
    )
    return placed.with_columns(right_own=right_own.fill_null(""), left_own=left_own.fill_null("")).drop(
        "right_clause", "left_clause", "joint_before", "joint_after", "count_first"
    )


def _or_null(text: pl.Expr) -> pl.Expr:
    """Null for a text too short to name anything."""
    return pl.when(text.str.len_chars() >= 2).then(text)


def _cut_right(texts: pl.Series, pattern: dict[str, str]) -> pl.Series:
    """Keep the noun phrase that follows a measure word: up to the first verb after its last 的."""
    phrases = tighten(texts).str.replace(r"^\([^)]{1,2}\)", "").str.replace(r"^[、的 ]+", "").str.replace(r"\([^)]*\)?$", "")
    phrases = phrases.str.replace(r"[、和及与](?:若干|一批).*$", "")
    qualifier = phrases.str.extract(r"^(.*的)").fill_null("")
    head = phrases.str.replace(r"^.*的", "")
    cut = head.str.replace(rf"^(.+?[^、和及与])(?:{pattern['noun_end']}).*$", "${1}").str.replace(r"[和及与、]$", "")
    cut_more = cut.str.replace(rf"^(.+?[^、和及与])(?:{pattern['noun_end_weak']}).*$", "${1}")
    noun = qualifier + cut.zip_with(cut.str.contains(pattern["noun_tail"]), cut_more)
    only_verb = head.str.contains(rf"^(?:{pattern['noun_end']}|{pattern['noun_end_weak']})") & (qualifier == "")
    return noun.set(only_verb, "")


def _cut_left(texts: pl.Series, pattern: dict[str, str]) -> pl.Series:
    """Keep the noun phrase before a number: without times, adverbs and verbs before it, and without words of reaching after it."""
    reached = "提高|提升|增加|降低|下降|扩大|增长|发展|上升|稳定|保持|控制|维持|压减|减少|增|降|升|缩短|扩"
    plain = (
        tighten(texts)
        .str.replace(rf"^(.{{2,}}?)(?:力争|要)?(?:{pattern['compared']}).*$", "${1}")
        .str.replace(r"(?:力争|争取|年内|每年|全年|总数|努力|分别|均|将|要|也|各|都|应当?|需|须|拟按?|累计|共| )+$", "")
        .str.replace(rf"(?:(?:{reached})?[到至在为]|实现|[从由自](?:每[^,]{{1,6}})?)$", "")
        .str.replace(r"(?:分别|均|各|总体|总数)$", "")
        .str.replace(rf"^.*(?:{pattern['indicator_after']})(...+)$", "${1}")
        .str.replace(rf"^(?:{pattern['quote_lead']})+", "")
    )
    bare = plain.str.replace(rf"^(?:{pattern['quote_lead']}|{pattern['indicator_lead']})+", "")
    return plain.zip_with(bare.str.contains(pattern["bare_measure"]), bare).str.replace(rf"^[、的) ]+|^{_GROWN}$", "")
