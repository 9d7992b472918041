"""The rule table at work: which row of `line_rules` a line meets, if any, wherever the line stands.

In: lines with `bare` text, and the rule table (rule, role, where, max_chars, pattern). Out: + hit_rule, hit_role, hit_where.
The idea: the first row met decides; patterns are tried on short texts only, and on those alone that a joint, looser pattern of several
rules lets through.
"""

from __future__ import annotations

import re

import polars as pl

# where: anywhere = decides wherever the line stands; edge = before or after the document's text; head, tail = one of these only;
# label = a field's label alone on its line before the text, its value on the next line.
PLACES = ("anywhere", "edge", "head", "tail", "label")
# So many patterns are joined at most: the automaton of more outgrows the processor's cache.
MAX_JOINED = 10
# Counted repeats of a character make large automata, and are left uncounted in joint patterns.
LONG_REPEAT = re.compile(r"(?<!\\)\{(\d+),(\d\d+|[5-9])\}")
# A pattern that begins with any text, after ^: its automaton follows the line, where others give up at the first character.
BEGINS_WITH_ANY_TEXT = r"\^\(?(?:\.|\[\^|\[\\u4e00)|[*?]\.\{"


def match_rules(lines: pl.DataFrame, line_rules: pl.DataFrame) -> pl.DataFrame:
    """Find for each line the first rule it meets (table order decides).

    In: lines with `bare`; line_rules. Out: + hit_rule, hit_role, hit_where (null where no rule is met). A rule is met when its
    pattern is found in the text without white space and that text has at most max_chars characters.
    """
    rules = line_rules.with_row_index("hit").with_columns(pl.col("max_chars").cast(pl.UInt32))
    texts = lines.select("bare", n_chars=pl.col("bare").str.len_chars()).with_row_index("row")
    hits = []
    for group in _group_rules(rules):
        short = texts.filter(pl.col("n_chars") <= group["max_chars"].max())
        candidates = short.filter(pl.col("bare").str.contains(_join_patterns(group["pattern"])))
        hits.append(candidates.select("row", hit=_first_met(group)).drop_nulls())
    met = pl.concat(hits).group_by("row").agg(pl.col("hit").min())
    hit = pl.repeat(None, lines.height, dtype=pl.UInt32, eager=True).scatter(met["row"], met["hit"])
    return lines.with_columns(rules.select(hit_rule="rule", hit_role="role", hit_where="where").select(pl.all().gather(hit)))


def name_first(rules: list[tuple[pl.Expr, str]]) -> pl.Expr:
    """Name the first rule whose condition holds, null where none does: rules are numbers until all have spoken, texts take long."""
    names = list(dict.fromkeys(name for _, name in rules))
    numbers = [pl.when(holds.fill_null(value=False)).then(pl.lit(names.index(name), dtype=pl.UInt8)) for holds, name in rules]
    return pl.coalesce(numbers).replace_strict(range(len(names)), names, return_dtype=pl.String)


def _group_rules(rules: pl.DataFrame) -> list[pl.DataFrame]:
    """Put rules together whose patterns begin alike and hold for texts of like length, in groups of even size."""
    is_anchored = pl.col("pattern").str.contains(r"^(?:\(\?i\))?\^")
    kind = pl.when(~is_anchored).then(0).when(pl.col("pattern").str.contains(BEGINS_WITH_ANY_TEXT)).then(1).otherwise(2)
    kinds = rules.sort("max_chars").with_columns(kind=kind).partition_by("kind", maintain_order=True)
    return [part for alike in kinds for part in alike.iter_slices(-(-alike.height // -(-alike.height // MAX_JOINED)))]


def _first_met(rules: pl.DataFrame) -> pl.Expr:
    """Give the number of the first of some rules that a text meets."""
    met = (
        pl.when(pl.col("n_chars") <= max_chars, pl.col("bare").str.contains(pattern)).then(pl.lit(hit, dtype=pl.UInt32))
        for hit, max_chars, pattern in rules.select("hit", "max_chars", "pattern").iter_rows()
    )
    return pl.min_horizontal(met)


def _join_patterns(patterns: pl.Series) -> str:
    """Write one pattern that every text meets which meets one of several, and few others."""
    looser = [LONG_REPEAT.sub(lambda counts: "*" if counts[1] == "0" else "+", pattern) for pattern in patterns]
    return "|".join(f"(?:{pattern})" for pattern in looser)
