"""Content lines in; out spaces that stand inside a number with its unit (3 家), where the page does not write them otherwise.

A space is a slip only beside many places without one: pages that put a space after every number have a style, and
spaces between names, columns or after a heading's marker are layout.
"""

from __future__ import annotations

import polars as pl

from transforms.repairs.spans import PLACE, keep_content, locate_matches, make_repairs

UNITS = "年月日个家项户亿万元人名件次所座台套处条米吨亩辆种位类批级届期倍成%"
SPACED_UNIT = rf"\p{{Han}}[0-9]+(?:\.[0-9]+)? [{UNITS}][\p{{Han}},。;、)]"
JOINED_UNIT = rf"[0-9][{UNITS}]"
# A slip is rarer than one in ten; measured on pages that set spaces by style, where nearly all are spaced.
MAX_SPACED_SHARE = 0.1
MAX_SPACES_IN_LINE = 2
MIN_SENTENCE_CHARS = 15


def find_stray_spaces(lines: pl.DataFrame) -> pl.DataFrame:
    """Find a space between a number and its unit inside a sentence, in sources that otherwise write them together.

    Out: repairs of kind stray_space, in order, without repair_id; `original` is the number, the space and the unit.
    """
    n_spaced = pl.col("text").str.count_matches(rf"[0-9] +[{UNITS}]").sum().over("source_id")
    n_joined = pl.col("text").str.count_matches(JOINED_UNIT).sum().over("source_id")
    is_sentence = (pl.col("text").str.len_chars() >= MIN_SENTENCE_CHARS) & pl.col("text").str.contains("[,。;、]")
    is_layout = pl.col("text").str.count_matches(" ") > MAX_SPACES_IN_LINE
    is_rare = pl.col("n_spaced") <= MAX_SPACED_SHARE * (pl.col("n_spaced") + pl.col("n_joined"))
    numbered = keep_content(lines.filter(pl.col("text").str.contains("[0-9]")))
    # Most sources have no such space, and nothing in them need be counted.
    doubtful = numbered.filter(pl.col("text").str.contains(SPACED_UNIT)).select("source_id").unique()
    slips = (
        numbered.join(doubtful, on="source_id", how="semi", maintain_order="left")
        .with_columns(n_spaced=n_spaced, n_joined=n_joined)
        .filter(is_rare, is_sentence, ~is_layout)
    )
    matches = locate_matches(slips, SPACED_UNIT).join(slips.select(*PLACE, "n_spaced", "n_joined"), on=PLACE)
    return make_repairs(
        matches.with_columns(start_char=pl.col("start_char") + 1, original=pl.col("original").str.slice(1).str.head(-1))
        .with_columns(replacement=pl.col("original").str.replace(" ", "", literal=True))
        .with_columns(
            confidence=pl.lit(0.9),
            evidence=pl.format(
                "number and unit stand together {} times in this source and apart {} times", pl.col("n_joined"), pl.col("n_spaced")
            ),
        ),
        "stray_space",
    )
