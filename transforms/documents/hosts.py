"""A page's chrome in; who shows the page, as evidence rows of `host`, out.

Greetings, footers and banners name the site; the HTML title carries its name after the document's.
"""

from __future__ import annotations

import polars as pl

from transforms.documents.labels import EVIDENCE
from transforms.documents.titles import SITE_TAIL
from transforms.line_shapes import without_spaces


def find_hosts(lines: pl.DataFrame, chosen_titles: pl.DataFrame, host_rules: pl.DataFrame) -> pl.DataFrame:
    """Find who shows the page where no label says it.

    In: lines (source_id, source_no, line_no, role, text; none blank), chosen_titles (source_id, title), host_rules (rule, where: anywhere
    or first, pattern with one group, rank). Out: evidence rows.
    """
    is_first = pl.col("source_no") != pl.col("source_no").shift(1)
    page = lines.with_columns(is_first=is_first.fill_null(value=True)).filter(pl.col("role").is_in(["chrome", "metadata", "duplicate"]))
    first = page.filter("is_first")
    found = [
        _evidence(first if where == "first" else page, pl.col("text").str.extract(pattern), int(rank), rule)
        for rule, where, pattern, rank in host_rules.select("rule", "where", "pattern", "rank").iter_rows()
    ]
    titled = page.join(chosen_titles.select("source_id", "title"), on="source_id").filter(
        without_spaces(pl.col("text")).str.starts_with(pl.col("title"))
    )
    return pl.concat([*found, _evidence(titled, pl.col("text").str.extract(SITE_TAIL), 5, "site_after_title")])


def _evidence(rows: pl.DataFrame, value: pl.Expr, rank: int, rule: str) -> pl.DataFrame:
    return (
        rows.with_columns(field=pl.lit("host"), value=value.str.strip_chars(" "), rank=pl.lit(rank, pl.Int32), rule=pl.lit(rule))
        .filter(pl.col("value").is_not_null())
        .select(EVIDENCE.keys())
    )
