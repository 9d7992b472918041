from __future__ import annotations

import polars as pl

from flows.reading import name_documents


def test_a_source_without_text_of_its_own_has_no_document() -> None:
    lines = pl.DataFrame({"source_id": ["a", "a", "b"], "source_key": ["ka", "ka", "kb"], "role": ["chrome", "body", "chrome"]})
    assert name_documents(lines)["document_id"].to_list() == ["ka", "ka", None]
