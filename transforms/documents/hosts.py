"""A page's chrome in; who shows the page, as evidence rows of `host`, out.

Greetings, footers and banners name the site; the HTML title carries its name after the document's.
"""

from __future__ import annotations

import polars as pl

from transforms.documents.labels import EVIDENCE
from transforms.documents.titles import SITE_TAIL


def find_hosts(lines: pl.DataFrame, chosen_titles: pl.DataFrame, host_rules: pl.DataFrame) -> pl.DataFrame:
    """Find who shows the page where no label says it.

    In: lines (source_id, line_no, role, text), chosen_titles (source_id, title), host_rules (rule, where: anywhere or first, pattern with
    one group, rank). Out: evidence rows.
    """
    first_lines = lines.filter(pl.col("role") != "blank").group_by("source_id").agg(first_line=pl.col("line_no").min())
    page = lines.filter(pl.col("role").is_in(["chrome", "metadata", "duplicate"])).join(
        first_lines, on="source_id", how="left", maintain_order="left"
    )
    first = page.filter(pl.col("line_no") == pl.col("first_line"))
    found = [
        _evidence(first if where == "first" else page, pl.col("text").str.extract(pattern), int(rank), rule)
        for rule, where, pattern, rank in host_rules.select("rule", "where", "pattern", "rank").iter_rows()
    ]
    squeezed = pl.col("text").str.replace_all(r"\s+", "")
    titled = page.join(chosen_titles.select("source_id", "title"), on="source_id").filter(squeezed.str.starts_with(pl.col("title")))
    return pl.concat([*found, _evidence(titled, pl.col("text").str.extract(SITE_TAIL), 5, "site_after_title")])


def _evidence(rows: pl.DataFrame, value: pl.Expr, rank: int, rule: str) -> pl.DataFrame:
    return (
        rows.with_columns(field=pl.lit("host"), value=value.str.strip_chars(" "), rank=pl.lit(rank, pl.Int32), rule=pl.lit(rule))
        .filter(pl.col("value").is_not_null())
        .select(EVIDENCE.keys())
    )
