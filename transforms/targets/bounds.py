"""Bounds that words around or between two numbers set: 比100大, 大于10且小于20, 1000以上、1500以下, 10和20之间.

The idea: a quantity knows the words between itself and its neighbours; where those words join two bounds, both become one range.
"""

import polars as pl

_LOWER, _UPPER = [">=", ">"], ["<=", "<"]
# Words that set the bound on the other side beside this one; any other word would say what that one measures.
_SAME_THING = r"^ *(?:的?同时)? *[,、]? *(?:并且|而且|并|且|但|同时)? *$"
_BETWEEN = r"^ *[和与及] *$"
# 占比50%高于, 同比3%: here 比 belongs to the word before it. 比6%高出1个百分点 says by how much, and bounds nothing.
_NOT_COMPARED = "[占同环配性]"
_BY_HOW_MUCH = "[于出了]"
COLUMNS = [
    *("id", "start_char", "end_char", "text", "number", "high_number"),
    *("comparator", "value_low", "value_high", "unit", "kind"),
]


def join_bounds(quantities: pl.DataFrame, comparators: pl.DataFrame) -> pl.DataFrame:
    """Read comparators that stand around a number, and make one range of two quantities that bound the same thing.

    `quantities`: COLUMNS and place (Int, of the token in its text), gap_before, gap_after (words up to the next token on either side);
    sorted by id and start_char. `comparators`: written (position `around`: the number stands for …), position, comparator.
    Gives COLUMNS; two bounds that exclude each other (大于50小于12) stay two quantities.
    """
    compared = _read_around(quantities.with_columns(pl.col("gap_before", "gap_after").fill_null("")), comparators)
    return _join_pairs(_take_in_between(compared)).select(COLUMNS)


def _read_around(quantities: pl.DataFrame, comparators: pl.DataFrame) -> pl.DataFrame:
    """Set the comparator of 比100大, and take the words around the number into its text."""
    around = comparators.filter(position="around").select(pl.col("written").str.split("…"), "comparator")
    before, after = pl.col("gap_before"), pl.col("gap_after")
    for (opening, closing), comparator in around.iter_rows():
        holds = (
            (pl.col("comparator") == "=")
            & ~pl.col("kind").is_in(["time", "ordinal"])
            & ~before.str.contains(f"{_NOT_COMPARED}{opening} *$")
            & after.str.contains(f"^ *{closing}")
            & ~after.str.contains(f"^ *{closing}{_BY_HOW_MUCH}")
            & ~(after.str.contains(f"^ *{closing} *$") & _is_followed())
        )
        opened = quantities.select(before.str.contains(f"{opening} *$")).to_series()
        if opened.any():
            opens = quantities.select(opens=opened & holds).to_series()
            if opens.any():
                quantities = _take_words_around(quantities.with_columns(opens), opening, closing, comparator)
    return quantities


def _take_words_around(quantities: pl.DataFrame, opening: str, closing: str, comparator: str) -> pl.DataFrame:
    """Set the comparator where `opens` and take the words around the number out of the gaps into its text; drops opens."""
    before, after, opens = pl.col("gap_before"), pl.col("gap_after"), pl.col("opens")
    head, tail = before.str.extract(f"({opening} *)$"), after.str.extract(f"^( *{closing})")
    return (
        quantities.with_columns(
            comparator=pl.when(opens).then(pl.lit(comparator)).otherwise("comparator"),
            text=pl.when(opens).then(head + pl.col("text") + tail).otherwise("text"),
            start_char=pl.when(opens).then(pl.col("start_char") - head.str.len_chars().cast(pl.Int32)).otherwise("start_char"),
            end_char=pl.when(opens).then(pl.col("end_char") + tail.str.len_chars().cast(pl.Int32)).otherwise("end_char"),
            gap_before=pl.when(opens).then(before.str.replace(f"{opening} *$", "")).otherwise("gap_before"),
            gap_after=pl.when(opens).then(after.str.replace(f"^ *{closing}", "")).otherwise("gap_after"),
        )
        .with_columns(
            # The next number's opening word no longer stands between the two.
            gap_after=pl.when(opens.shift(-1) & _is_followed()).then(after.str.replace(f"{opening} *$", "")).otherwise("gap_after")
        )
        .drop("opens")
    )


def _is_followed() -> pl.Expr:
    """Tell whether the next row is the next token of the same text."""
    return ((pl.col("id").shift(-1) == pl.col("id")) & (pl.col("place").shift(-1) == pl.col("place") + 2)).fill_null(value=False)


def _take_in_between(quantities: pl.DataFrame) -> pl.DataFrame:
    """Take 之间 after a range into its text; adds between, the word that makes a range of A和B before it (之间, 间)."""
    after, room = pl.col("gap_after"), pl.col("unit") == "间"
    # 10000与20000间: as a measure word 间 would have a thing to count after it.
    names_nothing = room & after.str.contains("^ *(?:$|[的,。;])")
    word = pl.when(names_nothing.fill_null(value=False)).then(pl.lit("")).otherwise(after.str.extract("^( *之间|间)"))
    own = pl.when(pl.col("comparator") == "range").then(after.str.extract("^( *之间)")).fill_null("")
    return quantities.with_columns(
        between=word,
        as_room=names_nothing.fill_null(value=False),
        text=pl.col("text") + own,
        end_char=pl.col("end_char") + own.str.len_chars().cast(pl.Int32),
    )


def _join_pairs(quantities: pl.DataFrame) -> pl.DataFrame:
    """Make one range of each pair of neighbours that bound the same thing; of three in a row the first two."""
    following = {name: pl.col(name).shift(-1) for name in quantities.columns if name != "id"}
    gap, comparator = pl.col("gap_after"), pl.col("comparator")
    unit = pl.coalesce(pl.when(~following["as_room"]).then(following["unit"]), "unit")
    first, second = pl.col("value_low"), following["value_low"]
    fits = _is_followed() & (pl.col("unit").is_null() | following["unit"].is_null() | (pl.col("unit") == unit))
    rises = comparator.is_in(_LOWER) & following["comparator"].is_in(_UPPER) & (first < second)
    falls = comparator.is_in(_UPPER) & following["comparator"].is_in(_LOWER) & (second < first)
    # 第二日起五日以内: a rank and an amount are two things.
    ranked = (pl.col("kind") == "ordinal") != (following["kind"] == "ordinal")
    two_bounds = (rises | falls) & ~ranked & gap.str.contains(_SAME_THING)
    two_ends = (
        (comparator == "=")
        & (following["comparator"] == "=")
        & (first < second)
        & gap.str.contains(_BETWEEN)
        & following["between"].is_not_null()
        & (following["between"].str.contains("之") | (gap.str.contains("与") & pl.col("unit").is_null()))
    )
    tail = pl.when(two_ends).then(following["between"]).otherwise(pl.lit(""))
    paired = quantities.with_columns(
        joins=(fits & (two_bounds | two_ends)).fill_null(value=False),
        falls=falls.fill_null(value=False),
        joined_text=pl.col("text") + gap + following["text"] + tail,
        joined_end=following["end_char"] + tail.str.len_chars().cast(pl.Int32),
        joined_unit=unit,
        joined_kind=pl.when(following["unit"].is_not_null() & ~following["as_room"]).then(following["kind"]).otherwise("kind"),
        second=second,
        second_number=following["number"],
    )
    so_far = pl.col("joins").cum_sum()
    nth = so_far - pl.when(~pl.col("joins")).then(so_far).fill_null(strategy="forward").fill_null(0)
    paired = paired.with_columns(joins=pl.col("joins") & (nth % 2 == 1))
    swapped = pl.col("joins") & pl.col("falls")
    low, high = pl.col("value_low"), pl.col("second")
    return paired.filter(~pl.col("joins").shift(1, fill_value=False)).with_columns(
        text=pl.when("joins").then("joined_text").otherwise("text"),
        end_char=pl.when("joins").then("joined_end").otherwise("end_char"),
        comparator=pl.when("joins").then(pl.lit("range")).otherwise("comparator"),
        value_low=pl.when(swapped).then(high).otherwise(low),
        value_high=pl.when(swapped).then(low).when("joins").then(high).otherwise("value_high"),
        number=pl.when(swapped).then("second_number").otherwise("number"),
        high_number=pl.when(swapped).then("number").when("joins").then("second_number").otherwise("high_number"),
        unit=pl.when("joins").then("joined_unit").otherwise("unit"),
        kind=pl.when("joins").then("joined_kind").otherwise("kind"),
    )
