"""Contracts of passages that stand in two or more documents, and of the places where they stand."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl  # noqa: TC002  # pandera reads the annotations

from schemas import fields
from schemas.table import Columns, Contract, ForeignKey, RowRule, TableRule

# To find a place in a text all characters before it are counted: long texts are cut into pieces first, once each.
LONG_BYTES, PIECE_CHARS = 30_000, 100


class ReuseColumns(Columns):
    """One row a passage of at least 20 characters that stands, word for word, in two or more documents that are not duplicates."""

    reuse_id: pl.String = pa.Field(description="The passage; derived from its text alone", str_matches=fields.KEY, unique=True)
    text: pl.String = fields.text("The passage as it stands in each of the documents, clean text")
    n_chars: pl.Int32 = pa.Field(description="Length of text in characters", ge=20)
    n_documents: pl.Int32 = pa.Field(description="How many canonical documents hold it", ge=2)


REUSE = Contract(
    name="main.reuse",
    columns=ReuseColumns,
    primary_key=("reuse_id",),
    row_rules=(RowRule("n_chars_counts_the_text", "n_chars = CHAR_LENGTH(text)", "n_chars is the length of text"),),
    table_rules=(
        TableRule(
            "n_documents_counts_the_occurrences",
            """
            SELECT r.reuse_id, r.n_documents, n_found
            FROM main.reuse AS r
            LEFT JOIN (
                SELECT reuse_id, count(DISTINCT document_id) AS n_found
                FROM main.reuse_occurrences
                GROUP BY reuse_id
            ) USING (reuse_id)
            WHERE r.n_documents IS DISTINCT FROM n_found
            """,
            "n_documents is the number of documents with an occurrence",
        ),
        TableRule(
            "text_stands_once",
            """
            SELECT text, count(*) AS n_rows
            FROM main.reuse
            WHERE hash(text) IN (SELECT hash(text) FROM main.reuse GROUP BY ALL HAVING count(*) > 1)
            GROUP BY text
            HAVING count(*) > 1
            """,
            "No two rows hold the same passage",
        ),
    ),
)


class ReuseOccurrenceColumns(Columns):
    """One row a place where a passage stands."""

    reuse_id: pl.String = pa.Field(description="The passage", str_matches=fields.KEY)
    document_id: pl.String = fields.document_id()
    paragraph_id: pl.String = fields.child_id("p", "paragraph that holds it")
    start_char: pl.Int32 = fields.count("Where it starts in the paragraph's text, in characters from 0")
    end_char: pl.Int32 = fields.count("Where it ends, exclusive")


REUSE_OCCURRENCES = Contract(
    name="main.reuse_occurrences",
    columns=ReuseOccurrenceColumns,
    primary_key=("reuse_id", "paragraph_id", "start_char"),
    foreign_keys=(
        ForeignKey(("reuse_id",), "main.reuse", ("reuse_id",)),
        ForeignKey(("document_id",), "main.documents", ("document_id",)),
        ForeignKey(("paragraph_id",), "main.paragraphs", ("paragraph_id",)),
    ),
    row_rules=(
        RowRule("passage_runs_forward", "start_char < end_char", "A passage starts before it ends"),
        RowRule("id_names_the_document", "STARTS_WITH(paragraph_id, document_id)", "An occurrence's paragraph is part of its document"),
    ),
    table_rules=(
        TableRule(
            "text_stands_at_the_offsets",
            f"""
            WITH pieces AS (
                SELECT paragraph_id, unnest(cut) AS piece, unnest(range(len(cut))) AS piece_no
                FROM (
                    SELECT paragraph_id, regexp_extract_all(text, '(?s).{{1,{PIECE_CHARS}}}') AS cut
                    FROM main.paragraphs
                    WHERE strlen(text) > {LONG_BYTES}
                )
            ), in_long AS (
                SELECT o.reuse_id, o.paragraph_id, o.start_char, o.end_char, string_agg(piece, '' ORDER BY piece_no) AS around
                FROM (
                    SELECT *, unnest(range(start_char // {PIECE_CHARS}, (end_char - 1) // {PIECE_CHARS} + 1)) AS piece_no
                    FROM main.reuse_occurrences
                ) AS o
                JOIN pieces USING (paragraph_id, piece_no)
                GROUP BY ALL
            )
            SELECT o.reuse_id, o.paragraph_id, o.start_char, r.text, substr(p.text, o.start_char + 1, o.end_char - o.start_char) AS found
            FROM main.reuse_occurrences AS o
            JOIN main.reuse AS r USING (reuse_id)
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE strlen(p.text) <= {LONG_BYTES} AND r.text <> found
            UNION ALL
            SELECT o.reuse_id, o.paragraph_id, o.start_char, r.text,
                substr(around, o.start_char % {PIECE_CHARS} + 1, o.end_char - o.start_char) AS found
            FROM main.reuse_occurrences AS o
            JOIN main.reuse AS r USING (reuse_id)
            JOIN (SELECT paragraph_id FROM main.paragraphs WHERE strlen(text) > {LONG_BYTES}) USING (paragraph_id)
            LEFT JOIN in_long USING (reuse_id, paragraph_id, start_char, end_char)
            WHERE r.text IS DISTINCT FROM found
            """,
            "The passage stands in the paragraph's text from start_char to end_char",
        ),
        TableRule(
            "document_is_canonical",
            """
            SELECT o.reuse_id, o.document_id
            FROM main.reuse_occurrences AS o
            JOIN main.documents AS d USING (document_id)
            WHERE NOT d.is_canonical
            """,
            "Passages are looked for in canonical documents: a duplicate's are those of its canonical document",
        ),
    ),
)
