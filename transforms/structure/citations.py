"""Paragraphs in; the documents they cite in 《》 out.

The idea: take a paragraph's text apart into titles and what stands between them; the lengths of the pieces say where each
title begins, and so on which line.
"""

from __future__ import annotations

import polars as pl

from transforms.masks import text_where
from transforms.neighbours import neighbour

_TITLE = r"《(?:[^《》]|《[^《》]*》)*》"
_PIECES = rf"{_TITLE}|《|[^《]+"
_SHORTEST_TITLE = 8  # characters: shorter titles (政府工作报告, 实施方案) are borne by many documents
_NUMBER_AFTER = r"^\(([^()]{1,20}[〔\[(]\d{4}[〕\])]\d+号)\)"


def extract_citations(documents: pl.DataFrame, paragraphs: pl.DataFrame, paragraph_lines: pl.DataFrame) -> pl.DataFrame:
    """Read what documents cite.

    In: documents (document_id), paragraphs, paragraph_lines (paragraph_id, line_no, start_char). Out: citation_id, document_id,
    paragraph_id, line_no (where
    the title begins), title (inside 《》, as written, nested marks included), document_number (in the bracket after it, else null);
    one row a 《》, in order.
    """
    pieces = (
        paragraphs.filter(pl.col("text").str.contains("《", literal=True))
        .join(documents.select("document_id"), on="document_id", how="semi", maintain_order="left")
        .filter(~_is_repeated_title())
        .sort("document_id", "ordinal")
        .select("document_id", "paragraph_id", piece=pl.col("text").str.extract_all(_PIECES))
        .explode("piece")
        .with_columns(n_chars=pl.col("piece").str.len_chars().cast(pl.Int32), next_piece=neighbour(pl.col("piece"), -1, "paragraph_id"))
        .with_columns(start_char=pl.col("n_chars").cum_sum().over("paragraph_id") - pl.col("n_chars"))
        .with_row_index("place")
    )
    title = pl.col("piece").str.strip_prefix("《").str.strip_suffix("》").str.strip_chars()
    is_title = pl.col("piece").str.starts_with("《") & (pl.col("piece") != "《")
    cited = pieces.filter(is_title).with_columns(title=title).filter(pl.col("title") != "")
    starts = (
        paragraph_lines.join(cited, on="paragraph_id", how="semi")
        .select("paragraph_id", pl.col("start_char").cast(pl.Int32), "line_no")
        .sort("start_char")
    )
    number = pl.int_range(1, pl.len() + 1).over("document_id").cast(pl.String).str.zfill(4)
    return (
        cited.sort("start_char")
        .join_asof(starts, on="start_char", by="paragraph_id", strategy="backward", check_sortedness=False)
        .sort("place")
        .with_columns(
            citation_id=pl.format("{}-c{}", "document_id", number), document_number=pl.col("next_piece").str.extract(_NUMBER_AFTER)
        )
        .select("citation_id", "document_id", "paragraph_id", "line_no", "title", "document_number")
    )


def _is_repeated_title() -> pl.Expr:
    """Tell titles that the same page shows again further down: one title cites once."""
    is_title = pl.col("role") == "title"
    return is_title & (pl.col("ordinal") < pl.col("ordinal").max().over("document_id", text_where(is_title)))


def link_citations(citations: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Tell which cited documents the warehouse holds.

    In: what `extract_citations` gives; held, the names of all documents (`list_names`). Out: citations with cited_document_id, without
    document_number. A document number decides, else a title of at least 8 characters (shorter ones,
    政府工作报告, name many),
    spaces and quotation marks aside. The citing document itself comes first; else a name that different documents bear links to none,
    copies count as one.
    """
    names = pl.concat(
        citations.select("citation_id", "document_id", name=_fold(column), rank=pl.lit(rank))
        for rank, column in enumerate(("document_number", "title"))
    )
    is_own = pl.col("cited_document_id") == pl.col("document_id")
    best = (
        names.join(held, on=["name", "rank"], how="inner")
        .with_columns(is_own=is_own, n_held=pl.col("cited_document_id").n_unique().over("citation_id", "rank"))
        .filter(pl.col("is_own") | (pl.col("n_held") == 1))
        .sort("rank", ~pl.col("is_own"), "cited_document_id")
        .unique("citation_id", keep="first", maintain_order=True)
    )
    return citations.drop("document_number").join(
        best.select("citation_id", "cited_document_id"), on="citation_id", how="left", maintain_order="left"
    )


def list_names(documents: pl.DataFrame) -> pl.DataFrame:
    """List the names that documents go by: name, rank (0 a number, 1 a title), cited_document_id (the document, and its canonical copy).

    In: all documents (document_id, canonical_document_id, title, plan_title, document_number).
    """
    ids = [pl.col("document_id"), pl.col("canonical_document_id")]
    named = pl.concat(
        documents.select(name=_fold(column), rank=pl.lit(rank), cited_document_id=identity)
        for column, rank in (("document_number", 0), ("plan_title", 1), ("title", 1))
        for identity in ids
    )
    is_copy = pl.col("document_id") != pl.col("canonical_document_id")
    copies = documents.filter(is_copy).get_column("document_id")
    is_telling = (pl.col("rank") == 0) | (pl.col("name").str.len_chars() >= _SHORTEST_TITLE)
    return named.filter(pl.col("name").is_not_null(), is_telling, ~pl.col("cited_document_id").is_in(copies.implode())).unique(
        maintain_order=True
    )


def _fold(column: str) -> pl.Expr:
    """Fold what writers of one title differ in: spaces, quotation marks, dashes, shapes of brackets."""
    return (
        pl.col(column)
        .str.normalize("NFKC")
        .str.replace_all(r"[\s\"“”'‘’]", "")
        .str.replace_all(r"[—–-]+", "-")
        .str.replace_all("[〈《]", "<")
        .str.replace_all("[〉》]", ">")
    )
