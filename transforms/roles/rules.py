"""The rule table at work: which row of `line_rules` a line meets, if any, wherever the line stands.

In: lines with `bare` text, and the rule table (rule, role, where, max_chars, pattern). Out: + hit_rule, hit_role, hit_where.
The idea: the first row met decides, and patterns are tried on distinct short texts only.
"""

import polars as pl

# where: anywhere = decides wherever the line stands; edge = before or after the document's text; head, tail = one of these only;
# label = a field's label alone on its line before the text, its value on the next line.
PLACES = ("anywhere", "edge", "head", "tail", "label")


def match_rules(lines: pl.DataFrame, line_rules: pl.DataFrame) -> pl.DataFrame:
    """Find for each line the first rule it meets (table order decides).

    In: lines with `bare`; line_rules. Out: + hit_rule, hit_role, hit_where (null where no rule is met). A rule is met when its
    pattern is found in the text without white space and that text has at most max_chars characters.
    """
    longest = int(line_rules["max_chars"].cast(pl.Int64).max() or 0)  # ty: ignore[invalid-argument-type]
    n_chars = pl.col("bare").str.len_chars().cast(pl.Int32)
    texts = lines.select("bare", n_chars=n_chars).filter(pl.col("n_chars") <= longest).unique("bare").sort("n_chars")
    # Sorted by length, the texts short enough for a rule are the first ones.
    counts = texts.select(pl.col("n_chars").search_sorted(line_rules["max_chars"].cast(pl.Int32), side="right")).to_series()
    hits = [texts.head(0).select("bare", hit=pl.lit(0, dtype=pl.Int32))]
    hits += [
        texts.head(count).select("bare", hit=pl.lit(index, dtype=pl.Int32)).filter(pl.col("bare").str.contains(pattern))
        for index, (count, pattern) in enumerate(zip(counts, line_rules["pattern"], strict=True))
    ]
    met = pl.concat(hits).unique("bare", keep="first", maintain_order=True)
    named = line_rules.select(
        hit=pl.int_range(pl.len(), dtype=pl.Int32), hit_rule=pl.col("rule"), hit_role=pl.col("role"), hit_where=pl.col("where")
    )
    return lines.join(met.join(named, on="hit", how="left").drop("hit"), on="bare", how="left", maintain_order="left")
