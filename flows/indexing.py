"""The full-text index of a candidate: its paragraphs in, postings out, one stretch of the corpus after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from transforms.bigrams import post_bigrams
from warehouse.search import insert_stretch, open_search, read_texts

if TYPE_CHECKING:
    from pathlib import Path


def index_candidate(candidate: Path) -> None:
    """Build the index in the candidate's DuckDB file; memory does not grow with the corpus."""
    connection = open_search(candidate)
    n_texts = 0
    for texts in read_texts(connection):
        postings, n_letters = post_bigrams(texts["text"], n_texts)
        numbered = texts.select("document_no", "ordinal", pl.Series("n_letters", n_letters)).with_row_index("paragraph_no", n_texts)
        insert_stretch(connection, numbered, pl.DataFrame({"bigram": postings.bigrams, "paragraph_no": postings.texts}))
        n_texts += texts.height
    connection.execute("CHECKPOINT")
    connection.close()
