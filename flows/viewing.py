"""A loaded candidate in; the same with views, table macros and the full-text index out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from schemas.search import SEARCH_VIEWS
from schemas.views import VIEWS
from transforms.bigrams import post_bigrams
from warehouse.connect import open_duckdb
from warehouse.datapackage import write_datapackage
from warehouse.folder import warehouse_file
from warehouse.search import create_index, insert_stretch, read_texts
from warehouse.views import create_views

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


def add_views(candidate: Path, has_search: bool) -> None:
    """Add the views to the candidate's DuckDB file and, where it is to have search, the index; and describe its Parquet files."""
    write_datapackage(candidate)
    connection = open_duckdb(warehouse_file(candidate), read_only=False)
    try:
        create_views(connection, VIEWS)
        if has_search:
            _index_paragraphs(connection)
            create_views(connection, SEARCH_VIEWS)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _index_paragraphs(connection: duckdb.DuckDBPyConnection) -> None:
    """Build the index, one stretch of the corpus after the other: memory does not grow with the corpus."""
    create_index(connection)
    n_texts = 0
    for texts in read_texts(connection):
        postings, n_letters = post_bigrams(texts["text"], n_texts)
        counted = texts.drop("text").with_columns(n_letters=pl.Series(n_letters))
        numbered = counted.with_row_index("paragraph_no", n_texts)
        insert_stretch(connection, numbered, pl.DataFrame({"bigram": postings.bigrams, "paragraph_no": postings.texts}))
        n_texts += texts.height
