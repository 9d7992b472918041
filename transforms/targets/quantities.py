"""Quantities in a text column: numbers with their scale, unit, comparator and range, each with its place in the text.

The idea: one linear pass cuts each text into tokens (quantities, and names or codes that only look like them); then the distinct
tokens, far fewer, are taken apart and evaluated once.
"""

import polars as pl

from transforms.targets.bounds import join_bounds
from transforms.targets.numerals import evaluate_numerals, without_noise

_HAN_DIGIT = "〇零一二三四五六七八九两兩俩倆壹贰貳叁參肆伍陆陸柒捌玖"
_DECIMAL = "〇零一二三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖"
_SMALL = "十百千拾佰仟"
_BIG = "万亿兆萬億"
_MORE = "余餘多几幾"
_TO = r" *(?:[-—–~～－―]{1,2}|至|到) *"
# Names and codes with digits in them, which hold no quantity: IPv6, 5G, 1+3+N, 2.5:1, 4·11, GB/T 9704-2012, 减负.
_NAME = "|".join(
    [
        r"[A-Za-z]+[-/_]?[0-9][0-9A-Za-z.\-]*",
        r"[0-9]*[A-Za-z]*(?:\+[0-9]*[A-Za-z]*)*(?:[0-9]\+|\+[0-9])[0-9A-Za-z+]*",
        r"[0-9.]+(?:[:∶：·][0-9.]+)+",
        "[减欠担]负",
        r"https?://[!-~]+",
        r"[0-9]+(?:/[0-9]+){2,}",
    ]
)
_PER_WORD = r"[百佰千仟万萬] *分 *之 *"
_PER_UNIT = {"百": "%", "佰": "%", "千": "‰", "仟": "‰", "万": "‱", "萬": "‱"}
_LETTER_SCALE = {"k": 1e3, "K": 1e3, "M": 1e6}
_MARK = "\x1f"


def parse_quantities(texts: pl.DataFrame, units: pl.DataFrame, comparators: pl.DataFrame) -> pl.DataFrame:
    """Find every quantity in a column of clean texts.

    `texts`: id, text. `units`: written, unit, kind (a row of kind `word` is a longer word that only begins like a unit; one of kind
    `name` a word that holds a numeral sign and no number, 四川). `comparators`: written, position (before, after, around), comparator.

    Gives one row a quantity, sorted by id and start_char: id, start_char, end_char (0-based, end exclusive, in characters), text,
    number and high_number (the numerals as written), comparator, value_low, value_high (null unless a range), unit (null if none),
    kind (that of the unit; `none` without unit; `ordinal` after 第 or 前; `fraction`). 万 and 亿 are multiplied out; per cent stays
    as written (三成 is 30 %).
    """
    tokens = _cut_tokens(texts, units, comparators)
    parsed = _read_tokens(tokens.select("text").unique(), units, comparators)
    return join_bounds(tokens.join(parsed, on="text", how="inner").sort("id", "start_char"), comparators)


def _numeral(lazy: str = "") -> str:
    """Write the regex of one numeral; with `lazy="?"` the shortest that lets the rest match."""
    z = lazy
    arabic = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]*\.?[0-9]+(?:[Ee][-+]?[0-9]+)?)"
    # 7万5千4百, 500多亿, 1千零20: scales repeat, and digits may stand between them.
    again = rf"(?: ?零?[0-9]+ *(?:[{_SMALL}]+{z}[{_BIG}]*{z}|[{_BIG}]+{z}))*{z}(?:零[0-9]+)?"
    scaled = rf"{arabic}(?: *[{_MORE}]? *[{_SMALL}{_BIG}]+{z}(?:[{_MORE}][{_BIG}]+)?{z}{again}|[{_MORE}])?{z}"
    han = rf"[{_HAN_DIGIT}{_SMALL}](?: *[{_HAN_DIGIT}{_SMALL}{_BIG}{_MORE}])*{z}(?: *[点點] *[{_DECIMAL}](?: *[{_DECIMAL}])*{z})?{z}"
    return rf"(?:[-负負]?(?:{scaled}|{han}))"


def _fraction(lazy: str = "") -> str:
    """Write the regex of a fraction: 三分之一, 一又二分之一, 万万分之七, 1/2."""
    numeral = _numeral(lazy)
    return rf"(?:(?:{numeral} *又 *)?(?:{numeral}|[万萬]{{2}}) *分 *之 *{numeral}|-?(?:[0-9]+ )?[0-9]+/[0-9]+)"


def _alternatives(words: pl.Series) -> str:
    """Write a regex of literal words, longest first, so that the longest wins."""
    return "|".join(_longest_first(words).str.escape_regex())


def _longest_first(words: pl.Series) -> pl.Series:
    """Sort distinct words by length, then by sign."""
    return words.unique().to_frame("w").sort(pl.col("w").str.len_chars(), "w", descending=[True, False])["w"]


def _patterns(units: pl.DataFrame, comparators: pl.DataFrame) -> tuple[str, str, str]:
    """Write the regexes of a unit, of the comparators before a number, and of one after it."""
    unit = rf"(?:[个個]? *百 *分 *[点點]|{_alternatives(units.filter(pl.col('kind') != 'name')['written'])})"
    spaced = _longest_first(comparators.filter(position="before")["written"])
    spaced = spaced.str.escape_regex().str.replace("(或者?|=)", " *${1} *")  # 小于 或 等于, < =
    before = rf"(?:(?:{'|'.join(spaced)})[了有到为是]? *)"
    after = rf"(?:{_alternatives(comparators.filter(position='after')['written'])})"
    return rf"(?:{unit}(?:/[百千万亿]*{unit})?|[A-Za-z]+(?:/[A-Za-z]+)?)", before, after


def _names(units: pl.DataFrame) -> str:
    """Write the regex of names and codes that hold a numeral sign but no quantity."""
    words = units.filter(kind="name")["written"]
    return f"{_NAME}|{_alternatives(words)}" if words.len() else _NAME


def _cut_tokens(texts: pl.DataFrame, units: pl.DataFrame, comparators: pl.DataFrame) -> pl.DataFrame:
    """Cut the stretches that may be quantities: id, start_char, end_char, text, place, gap_before, gap_after (as in join_bounds)."""
    unit, before, after = _patterns(units, comparators)
    numeral = _numeral()
    one = rf"(?:{_PER_WORD}{numeral}|{numeral}(?: *{unit})?)"
    bare_scale = rf"(?:超|超过|突破|过|近|逾|破|达|达到)[千百]?[{_BIG}]+{unit}?"
    quantity = rf"[第前]?{before}*(?:{_fraction()}|{one}(?:{_TO}{one})?)(?: *{after})?"
    token = rf"{_names(units)}|{bare_scale}|{quantity}"
    pieces = (
        texts.select("id", text=pl.col("text").str.replace_all(token, f"{_MARK}${{0}}{_MARK}").str.split(_MARK))
        .explode("text")
        .with_columns(ordinal=pl.int_range(pl.len()).over("id"), n_chars=pl.col("text").str.len_chars().cast(pl.Int32))
        .with_columns(end_char=pl.col("n_chars").cum_sum().over("id"))
    )
    # What of a row of numbers is left over (27,2590592平方米, 1976.12.1) is no number.
    is_rest = (pl.col("text").shift(1) == "") & pl.col("text").shift(2).str.contains("[0-9]$") & pl.col("text").str.contains("^[0-9.]")
    # Split text begins and ends with a gap, so a token's neighbours are of the same text.
    gaps = {"gap_before": pl.col("text").shift(1), "gap_after": pl.col("text").shift(-1)}
    return (
        pieces.select(
            "id",
            start_char=pl.col("end_char") - pl.col("n_chars"),
            end_char="end_char",
            text="text",
            place="ordinal",
            **gaps,
            is_rest=is_rest,
        )
        .filter(pl.col("place") % 2 == 1, ~pl.col("is_rest").fill_null(value=False))
        .drop("is_rest")
    )


def _read_tokens(distinct: pl.DataFrame, units: pl.DataFrame, comparators: pl.DataFrame) -> pl.DataFrame:
    """Take distinct tokens apart and evaluate them; names, codes and bare letters are left out."""
    unit, before, after = _patterns(units, comparators)
    # The shortest numeral that leaves a known unit wins: 12千瓦 is 12 of 千瓦, not 12000 of 瓦.
    numeral = _numeral("?")
    low = rf"(?P<low_per>{_PER_WORD})?(?P<low>{numeral}|{_fraction('?')})(?: *(?P<low_unit>{unit}))??"
    high = rf"(?:{_TO}(?P<high_per>{_PER_WORD})?(?P<high>{numeral})(?: *(?P<high_unit>{unit}))??)??"
    bare = rf"(?P<bare>[千百]?[{_BIG}]+)(?P<bare_unit>{unit})?"
    pattern = rf"^(?P<rank>[第前])?(?P<before>{before}*)(?:{low}{high}|{bare})(?: *(?P<after>{after}))?$"
    parts = (
        distinct.filter(~pl.col("text").str.contains(rf"^(?:{_names(units)})$"))
        .with_columns(groups=pl.col("text").str.extract_groups(pattern))
        .unnest("groups")
        .with_columns(number=pl.coalesce("low", "bare"), high_number="high", low_written=pl.coalesce("low_unit", "bare_unit"))
    )
    return _set_units(_set_values(parts), units, comparators).select(
        "text", "number", "high_number", "comparator", "value_low", "value_high", "unit", "kind"
    )


def _set_values(parts: pl.DataFrame) -> pl.DataFrame:
    """Evaluate the numerals; the scale of a range's end holds for its start too (3-5万 is 30000 to 50000)."""
    numerals = pl.concat([parts.select(text="number"), parts.select(text="high_number")]).drop_nulls().unique()
    values = evaluate_numerals(numerals)
    for name, value in (("number", "value_low"), ("high_number", "value_high")):
        parts = parts.join(values.rename({"text": name, "value": value}), on=name, how="left")
    scaled = rf"[{_BIG}千百]"
    coefficient = pl.col("high_number").str.extract(r"^([0-9.]+)").cast(pl.Float64, strict=False)
    shares_scale = (
        pl.col("high_number").str.contains(scaled)
        & ~pl.col("high_number").str.contains(rf"{scaled} *[0-9]")  # 2-3万8千
        & ~pl.col("number").str.contains(scaled)
        & pl.col("low_written").is_null()
        & (pl.col("value_low") <= coefficient)
    )
    # 二三十 is some 20 or 30; 四十二 三 stands in two cells of a table.
    ambiguous = pl.col("number").str.contains(
        rf"^[二三四五六七八九]{{2}}[{_SMALL}{_BIG}]|[{_SMALL}{_BIG}] *(?:[一二三四五六七八九] *){{2}}"
    )
    return parts.with_columns(
        value_low=pl.when(shares_scale).then(pl.col("value_low") * pl.col("value_high") / coefficient).otherwise("value_low")
    ).filter(pl.col("value_low").is_finite() & ~ambiguous)


def _set_units(parts: pl.DataFrame, units: pl.DataFrame, comparators: pl.DataFrame) -> pl.DataFrame:
    """Look up unit, kind and comparator; unknown letters after a number make it a name (5G), not a quantity."""
    per = pl.coalesce("low_per", "high_per").str.slice(0, 1).replace_strict(_PER_UNIT, default=None, return_dtype=pl.String)
    written = pl.coalesce("high_unit", "low_written").str.replace_all(" ", "")
    known = units.select(first_written="written", unit="unit", kind="kind").unique("first_written")
    words = comparators.select("written", "position", "comparator")
    letter = written.replace_strict(_LETTER_SCALE, default=None, return_dtype=pl.Float64)
    parts = (
        parts.with_columns(written=written, letter=letter, first_written=written.str.extract(r"^([^/]+)"), per=per)
        .join(known, on="first_written", how="left")
        .filter(
            ~pl.col("written").fill_null("").str.contains("^[A-Za-z]+$") | pl.col("kind").is_not_null() | pl.col("letter").is_not_null()
        )
        .join(words.filter(position="after").select(after="written", after_comparator="comparator"), on="after", how="left")
        .with_columns(
            before_comparator=pl.col("before")
            .str.replace_all(" ", "")
            .str.extract_all(_alternatives(words.filter(position="before")["written"]))
            .list.eval(
                pl.element().replace_strict(dict(words.filter(position="before").select("written", "comparator").rows()), default=None)
            )
            .list.eval(pl.element().filter(pl.element() != "=").last())
            .list.first()
        )
    )
    tenths = pl.when(pl.col("written") == "成").then(10.0).otherwise(1.0) * pl.col("letter").fill_null(1.0)
    more = pl.when(pl.col("number").str.contains(rf"[{_MORE}]")).then(pl.lit(">"))
    bare = pl.when(pl.col("bare").is_not_null()).then(
        pl.when(pl.col("text").str.starts_with("近")).then(pl.lit("~")).otherwise(pl.lit(">"))
    )
    comparator = (
        pl.when(pl.col("value_high").is_not_null())
        .then(pl.lit("range"))
        .otherwise(pl.coalesce("after_comparator", "before_comparator", bare, more, pl.lit("=")))
    )
    unit = pl.when(pl.col("written").str.contains("/")).then("written").otherwise("unit")
    kind = (
        pl.when(pl.col("rank").is_not_null())
        .then(pl.lit("ordinal"))
        .when(pl.col("per").is_not_null())
        .then(pl.lit("percent"))
        .when(pl.col("number").str.contains("分 *之|/"))
        .then(pl.lit("fraction"))
        .otherwise(pl.col("kind").fill_null("none"))
    )
    return parts.with_columns(
        value_low=without_noise(pl.col("value_low") * tenths),
        value_high=without_noise(pl.col("value_high") * tenths),
        comparator=comparator,
        unit=pl.coalesce("per", unit),
        kind=kind,
    )
