"""Pairs of real documents that somebody judged, beside the project, in; what the run makes of each pair, as a table, out.

`python -m benchmarks.pairs` runs the flow on the documents of all pairs and exits with 1 where copies are not related, versions are folded,
or strangers are related.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.__main__ import SHARED
from benchmarks.candidates import run_ours

PAIRS, TEXTS = SHARED / "gold" / "near_duplicate_pairs.tsv", SHARED / "corpora" / "bulk.parquet"
# What pairs that overlap so much (Jaccard of character 8-grams) may be to each other, by label.
COPIES, STRANGERS = 0.9, 0.3
FOLDED = ("exact_source", "exact_document", "near_document", "same canonical document")
RELATED = """
    WITH repeats AS (
        SELECT source_id AS a, duplicate_of_source_id AS b, kind AS found FROM lineage.duplicates WHERE kind <> 'within_source'
    ), folded AS (
        SELECT a.source_id AS a, b.source_id AS b, 'same canonical document' AS found
        FROM documents AS a JOIN documents AS b USING (canonical_document_id) WHERE a.document_id <> b.document_id
    )
    SELECT a, b, found FROM repeats
    UNION ALL SELECT b, a, found FROM repeats
    UNION ALL
    SELECT a, b, found FROM folded
    WHERE (a, b) NOT IN (SELECT (a, b) FROM repeats) AND (b, a) NOT IN (SELECT (a, b) FROM repeats)
"""


def relate_pairs(pairs: pl.DataFrame, work: Path) -> pl.DataFrame:
    """Run the flow on the documents of the pairs; adds `found`, what the two are to each other, to each pair."""
    names = pl.concat([pairs["a"], pairs["b"]]).unique().sort().to_frame("id").with_row_index("number")
    texts = pl.read_parquet(TEXTS, columns=["id", "text"]).join(names, on="id").sort("number")
    (work / "pages").mkdir()
    for number, text in texts.select("number", "text").iter_rows():
        (work / "pages" / f"{number:05d}.txt").write_text(text, encoding="utf-8", newline="")
    run_ours(work / "pages", work)
    with duckdb.connect(str(work / "data" / "warehouse.duckdb"), read_only=True) as connection:
        related = connection.sql(RELATED).pl()
    numbered = texts.select("id", file=pl.col("number").cast(pl.String).str.zfill(5) + ".txt")
    placed = pairs.join(numbered.rename({"id": "a", "file": "file_a"}), on="a").join(numbered.rename({"id": "b", "file": "file_b"}), on="b")
    told = placed.join(related, left_on=["file_a", "file_b"], right_on=["a", "b"], how="left")
    return told.with_columns(pl.col("found").fill_null("unrelated"))


def judge(found: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that are not what they should be to each other."""
    is_copy = pl.col("label").str.contains("cross-source|near-dup") & (pl.col("jaccard8") >= COPIES)
    is_version = pl.col("label").str.contains("different-version")
    is_stranger = pl.col("jaccard8") < STRANGERS
    is_folded, is_unrelated = pl.col("found").is_in(FOLDED), pl.col("found") == "unrelated"
    return found.filter((is_copy & is_unrelated) | (is_version & is_folded) | (is_stranger & ~is_unrelated))


def main() -> int:
    """Print the table; 1 where a pair is wrong, 2 where there is nothing to judge."""
    if not (PAIRS.is_file() and TEXTS.is_file()):
        sys.stderr.write(f"nothing to judge: {PAIRS} or {TEXTS} is not there\n")
        return 2
    pairs = pl.read_csv(PAIRS, separator="\t", quote_char=None, columns=["label", "a", "b", "jaccard8"])
    with tempfile.TemporaryDirectory() as work:
        found = relate_pairs(pairs, Path(work))
    overlap = pl.col("jaccard8").cut([STRANGERS, COPIES], labels=["below 0.3", "0.3 to 0.9", "0.9 and more"], left_closed=True)
    with pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, fmt_str_lengths=80, tbl_width_chars=140):
        sys.stdout.write(f"{found.group_by('label', overlap, 'found').len('pairs').sort('label', 'jaccard8', 'found')}\n")
        wrong = judge(found)
        sys.stdout.write(f"{pairs.height} pairs, {wrong.height} wrong\n{wrong if wrong.height else ''}\n")
    return int(wrong.height > 0)


if __name__ == "__main__":
    sys.exit(main())
