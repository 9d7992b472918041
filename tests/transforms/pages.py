"""Frames of lines for tests of what a page alone tells."""

import polars as pl

from transforms.lines import add_clean_text


def lines_of(*pages: list[str], source_ids: list[str] | None = None) -> pl.DataFrame:
    """Lines of one source a page, named page_1.txt, page_2.txt … unless names are given."""
    names = source_ids or [f"page_{number}.txt" for number in range(1, len(pages) + 1)]
    rows = [(name, line_no, text, "\n") for name, page in zip(names, pages, strict=True) for line_no, text in enumerate(page, start=1)]
    schema = {"source_id": pl.String, "line_no": pl.Int32, "raw_text": pl.String, "line_ending": pl.String}
    return add_clean_text(pl.DataFrame(rows, schema=schema, orient="row").sort("source_id", "line_no"))
