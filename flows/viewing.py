"""A loaded candidate in; the same with views, table macros and the full-text index out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from schemas.search import POSTINGS, SEARCH_PARAGRAPHS, SEARCH_VIEWS
from schemas.topics import TERMS
from schemas.views import VIEWS
from transforms.bigrams import post_bigrams
from transforms.terms import count_terms
from warehouse.connect import open_duckdb
from warehouse.datapackage import write_datapackage
from warehouse.folder import warehouse_file
from warehouse.search import create_index, insert_rows, read_headings, read_texts
from warehouse.views import create_views

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from warehouse.reference import Reference


def add_views(candidate: Path, has_search: bool, reference: Reference) -> None:
    """Add the views to the candidate's DuckDB file and, where it is to have search, the index; and describe its Parquet files."""
    write_datapackage(candidate)
    connection = open_duckdb(warehouse_file(candidate), read_only=False)
    try:
        create_views(connection, VIEWS)
        if has_search:
            create_index(connection)
            _index_paragraphs(connection)
            insert_rows(connection, TERMS, count_terms(read_headings(connection), reference["stop_words"]["word"]))
            create_views(connection, SEARCH_VIEWS)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _index_paragraphs(connection: duckdb.DuckDBPyConnection) -> None:
    """Index one stretch of the corpus after the other: memory does not grow with the corpus."""
    n_texts = 0
    for texts in read_texts(connection):
        postings, n_letters = post_bigrams(texts["text"], n_texts)
        counted = texts.drop("text").with_columns(n_letters=pl.Series(n_letters))
        insert_rows(connection, SEARCH_PARAGRAPHS, counted.with_row_index("paragraph_no", n_texts))
        insert_rows(connection, POSTINGS, pl.DataFrame({"bigram": postings.bigrams, "paragraph_no": postings.texts}))
        n_texts += texts.height
