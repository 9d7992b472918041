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
    texts = lines.select("bare").filter(pl.col("bare").str.len_chars() <= longest).unique()
    n_chars = pl.col("bare").str.len_chars()
    first_met = pl.coalesce(
        pl.when((n_chars <= int(row["max_chars"])) & pl.col("bare").str.contains(row["pattern"])).then(pl.lit(index, dtype=pl.Int32))
        for index, row in enumerate(line_rules.iter_rows(named=True))
    )
    met = texts.select("bare", hit=first_met).filter(pl.col("hit").is_not_null())
    named = line_rules.select(
        hit=pl.int_range(pl.len(), dtype=pl.Int32), hit_rule=pl.col("rule"), hit_role=pl.col("role"), hit_where=pl.col("where")
    )
    return lines.join(met.join(named, on="hit", how="left").drop("hit"), on="bare", how="left", maintain_order="left")
