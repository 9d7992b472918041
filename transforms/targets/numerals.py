"""Numerals as written (1,234.5; 3.3万; 七十八万五百零六; 4.78万亿) turned into numbers.

The idea: a numeral is a row of parts (digits, small scale 十百千, big scales 万亿兆); each part counts its digits times its
small scale times the big scales that still govern it. All numerals of a frame are taken apart and summed at once.
"""

import polars as pl

SMALL = "十百千"
BIG = "万亿兆"

# Financial, traditional and letter forms, each folded to the plain sign the parts are read from.
_PLAIN = (
    dict(zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "00123456789123456789", strict=True))
    | {"貳": "2", "參": "3", "陸": "6", "两": "2", "兩": "2", "俩": "2", "倆": "2"}
    | {"拾": "十", "佰": "百", "仟": "千", "萬": "万", "億": "亿", "点": ".", "點": ".", "半": "0.5"}
    | dict.fromkeys([",", " ", *"余餘多几幾"], "")
)
_PART = rf"[0-9]*\.?[0-9]+[{SMALL}]?[{BIG}]*|[{SMALL}][{BIG}]*|[{BIG}]+"
_FRACTION = r"^(?P<sign>[-负負])?(?:(?P<whole>[^/分]+?)又)?(?P<head>[^/分]+)(?:分之(?P<over_sign>[-负負])?(?P<over>.+)|/(?P<under>.+))?$"
_SCALE = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8, "兆": 1e12, "": 1.0}


def evaluate_numerals(texts: pl.DataFrame) -> pl.DataFrame:
    """Add `value` (Float64, null where the text is no numeral) to a frame with a column `text` of numerals as written.

    Fractions (三分之一, 3/5, 一又二分之一) are divided out first; a last bare digit takes the next lower scale
    (两千四百五 is 2450). Works on the distinct texts, so repeats cost a join.
    """
    figures = pl.col("text").str.replace_all("[, ]", "").cast(pl.Float64, strict=False)
    distinct = texts.select(pl.col("text").cast(pl.String)).unique().drop_nulls().with_columns(value=figures)
    in_words = _evaluate_words(distinct.filter(pl.col("value").is_null()).select("text"))
    values = pl.concat([distinct.filter(pl.col("value").is_not_null()), in_words]).with_columns(value=without_noise(pl.col("value")))
    return texts.join(values, on="text", how="left")


def _evaluate_words(numerals: pl.DataFrame) -> pl.DataFrame:
    """Evaluate distinct numerals that are no mere figures; columns text, value."""
    pieces = numerals.with_columns(
        # 1 3/5 is one and three fifths
        groups=pl.col("text").str.replace(r"^(-?[0-9]+) ([0-9]+/)", "${1}又${2}").str.replace_all(" ", "").str.extract_groups(_FRACTION)
    ).unnest("groups")
    plain = pl.concat([pieces.select(text=pl.col(name)) for name in ("whole", "head", "over", "under")]).drop_nulls().unique()
    values = _sum_parts(plain)
    for name in ("whole", "head", "over", "under"):
        pieces = pieces.join(values.rename({"text": name, "value": f"{name}_value"}), on=name, how="left")
    head, whole = pl.col("head_value"), pl.col("whole_value").fill_null(0.0)
    value = (
        pl.when(pl.col("over").is_not_null())
        .then(whole + pl.col("over_value") / head)
        .when(pl.col("under").is_not_null())
        .then(whole + head / pl.col("under_value"))
        .otherwise(head)
    )
    is_negative = pl.col("sign").is_not_null() ^ pl.col("over_sign").is_not_null()
    return pieces.select("text", value=pl.when(is_negative).then(-value).otherwise(value))


def without_noise(value: pl.Expr) -> pl.Expr:
    """Take away the noise of binary fractions from numbers that are whole (2.18 * 1e12 is 2180000000000)."""
    whole = value.round(0)
    return pl.when((value - whole).abs() <= whole.abs() * 1e-14).then(whole).otherwise(value)


def _sum_parts(numerals: pl.DataFrame) -> pl.DataFrame:
    """Sum the parts of distinct unsigned numerals; columns text, value."""
    # 零 before a scale only keeps its place (零十二 is 12).
    plain = pl.col("text").str.replace_many(list(_PLAIN), list(_PLAIN.values())).str.replace_all(r"(^|[^0-9.])0([十百千])", "${1}${2}")
    scientific = numerals.with_columns(value=pl.col("text").str.replace_all(",", "").cast(pl.Float64, strict=False))
    simple = scientific.filter(pl.col("value").is_not_null())
    parts = (
        scientific.filter(pl.col("value").is_null())
        .select("text", part=plain.str.extract_all(_PART))
        .filter(pl.col("part").list.len() > 0)
        .explode("part")
        .with_columns(
            digits=pl.col("part").str.extract(r"^([0-9.]+)").cast(pl.Float64, strict=False),
            n_digits=pl.col("part").str.extract(r"^([0-9]*)").str.len_chars(),
            leading_zero=pl.col("part").str.starts_with("0"),
            small=pl.col("part").str.extract(rf"([{SMALL}])").fill_null("").replace_strict(_SCALE, return_dtype=pl.Float64),
            big=pl.col("part").str.extract(rf"([{BIG}]+)$").fill_null("").str.split(""),
            ordinal=pl.int_range(pl.len()).over("text"),
        )
        .with_columns(
            big_product=pl.col("big")
            .list.eval(pl.element().replace_strict(_SCALE, default=1.0, return_dtype=pl.Float64))
            .list.eval(pl.element().product())
            .list.first()
        )
    )
    # From the right: a big scale replaces the one in force when larger (五亿零六万), else multiplies it (万亿).
    reach = pl.col("big_product").reverse().cum_max().reverse()
    parts = parts.with_columns(right=reach.shift(-1).over("text").fill_null(1.0)).with_columns(
        in_force=pl.when(pl.col("big_product") == 1.0)
        .then(1.0)
        .when(pl.col("big_product") > pl.col("right"))
        .then(pl.col("big_product"))
        .otherwise(pl.col("big_product") * pl.col("right"))
    )
    governing = pl.when(pl.col("in_force") > 1.0).then(pl.col("in_force"))
    previous_scale = pl.when(pl.col("big_product") > 1.0).then(pl.col("big_product")).otherwise(pl.col("small"))
    parts = parts.with_columns(
        factor=governing.fill_null(strategy="backward").over("text").fill_null(1.0),
        before=previous_scale.shift(1).over("text"),
        last=pl.col("ordinal") == pl.col("ordinal").max().over("text"),
    )
    bare_tail = (
        pl.col("last") & (pl.col("n_digits") == 1) & ~pl.col("leading_zero") & (pl.col("small") == 1.0) & (pl.col("big_product") == 1.0)
    )
    shorthand = pl.when(bare_tail & (pl.col("before") >= 100)).then(pl.col("before") / 10).otherwise(1.0)
    digits = pl.col("digits").fill_null(1.0)
    amount = (digits.floor() * shorthand + (digits - digits.floor())) * pl.col("small") * pl.col("factor")
    summed = parts.with_columns(amount=amount).group_by("text").agg(value=pl.col("amount").sum())
    return pl.concat([simple.select("text", "value"), summed])
