"""A loaded DuckDB file in; its texts, to be indexed, out; and the index back in, one stretch of the corpus after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from schemas.search import SEARCH_TABLES
from warehouse.connect import open_cursor, sql_name
from warehouse.load import comment_table, create_statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from schemas.table import Contract

STRETCH_BYTES = 24_000_000  # of text indexed at a time: some 300 MB of memory
BATCH_ROWS = 20_000
TEXTS = """
    SELECT d.document_no, 0::INTEGER AS ordinal, NULL::BIGINT AS row_no, t.title AS text
    FROM search.documents AS d
    JOIN main.documents AS t USING (document_id)
    WHERE t.title IS NOT NULL
    UNION ALL
    SELECT d.document_no, p.ordinal, p.rowid, p.text
    FROM main.paragraphs AS p
    JOIN search.documents AS d USING (document_id)
"""
HEADINGS = r"""
    SELECT document_no, t.title AS text FROM search.documents JOIN main.documents AS t USING (document_id) WHERE t.title IS NOT NULL
    UNION ALL
    SELECT document_no, t.title FROM search.documents JOIN main.sections AS t USING (document_id) WHERE t.title IS NOT NULL
    UNION ALL
    SELECT document_no, coalesce(t.title, regexp_extract(t.text, '^[^。;；\n]{1,100}'))
    FROM search.documents JOIN main.measures AS t USING (document_id)
"""


def create_index(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables of the index, with the documents to be indexed."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS search")
    for contract in SEARCH_TABLES:
        connection.execute(create_statement(contract))
        comment_table(connection, contract)
    connection.execute(
        "INSERT INTO search.documents SELECT (row_number() OVER (ORDER BY document_id) - 1)::UINTEGER, document_id"
        " FROM main.documents WHERE is_canonical ORDER BY document_id"
    )


def read_texts(connection: duckdb.DuckDBPyConnection) -> Iterator[pl.DataFrame]:
    """Yield the texts to be indexed, some megabytes at a time: document_no, ordinal, row_no, text."""
    reader = open_cursor(connection).sql(TEXTS).to_arrow_reader(BATCH_ROWS)
    waiting: list[pl.DataFrame] = []
    n_bytes = 0
    for batch in reader:
        waiting.append(pl.DataFrame(batch))
        n_bytes += batch.nbytes
        if n_bytes >= STRETCH_BYTES:
            yield pl.concat(waiting)
            waiting, n_bytes = [], 0
    if waiting:
        yield pl.concat(waiting)


def read_headings(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Read the headings of the documents to be indexed: document_no, text."""
    return connection.sql(HEADINGS).pl()


def insert_rows(connection: duckdb.DuckDBPyConnection, contract: Contract, rows: pl.DataFrame) -> None:
    """Add rows to a table of the index."""
    connection.register("new_rows", contract.conform(rows).to_arrow())
    connection.execute(f"INSERT INTO {sql_name(contract.name)} FROM new_rows")
    connection.unregister("new_rows")
