"""Contracts of the schema `lineage`: where every character came from."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl  # noqa: TC002  # pandera reads the annotations

from schemas import fields
from schemas.folding import UNSEEN
from schemas.rules import ids_without_gaps
from schemas.table import STRETCH, Columns, Contract, ForeignKey, RowRule, TableRule

CONTENT = ", ".join(f"'{role}'" for role in fields.CONTENT_ROLES)


class SourceColumns(Columns):
    """One row a raw file (or record of a container file) that was read."""

    source_id: pl.String = fields.source_id(unique=True)
    sha256: pl.String = pa.Field(
        description="SHA-256, hex, of the raw file; of what comes out of a compressed file; of a record's text in UTF-8",
        str_matches=r"^[0-9a-f]{64}$",
    )
    n_bytes: pl.Int64 = fields.count("Length in bytes of what sha256 is of")
    media_type: pl.String = pa.Field(
        description="text/plain, or text/html: then the lines are those of the extracted text", isin=["text/plain", "text/html"]
    )
    encoding: pl.String = pa.Field(
        description="Python codec of the raw bytes; it turns the lines of plain text back into them", str_matches=r"^[a-z0-9-]+$"
    )
    n_lines: pl.Int32 = fields.count("Number of physical lines")
    url: pl.String = pa.Field(description="Address of the page, where the container that holds the record names one", nullable=True)
    run_id: pl.String = fields.run_id()


SOURCES = Contract(
    name="lineage.sources",
    columns=SourceColumns,
    primary_key=("source_id",),
    may_be_empty=False,
    volatile=("run_id",),
    table_rules=(
        TableRule(
            "n_lines_counts_the_ledger",
            """
            SELECT s.source_id, s.n_lines, count(l.line_no) AS n_found
            FROM lineage.sources AS s
            LEFT JOIN lineage.lines AS l USING (source_id)
            GROUP BY ALL
            HAVING s.n_lines <> count(l.line_no)
            """,
            "The ledger holds as many lines of a source as the source says",
            is_of_one_source=True,
        ),
        TableRule(
            "ledger_rebuilds_the_file",
            # Lines mostly lie in order. To put them in order takes half as long again: only where they are not the file as they lie.
            f"""
            WITH asked AS (
                SELECT source_id, sha256, n_bytes
                FROM lineage.sources
                ANTI JOIN (FROM lineage.repairs WHERE kind = 'undecodable_bytes') USING (source_id)
                WHERE encoding = 'utf-8' AND media_type = 'text/plain'
            ), as_they_lie AS (
                SELECT source_id, string_agg(raw_text || line_ending, '') AS content, list(line_no) AS line_nos
                FROM lineage.lines
                WHERE {STRETCH}
                GROUP BY source_id
            ), left_over AS MATERIALIZED (
                SELECT a.*
                FROM asked AS a
                JOIN as_they_lie USING (source_id)
                WHERE line_nos <> list_sort(line_nos) OR strlen(content) <> a.n_bytes OR sha256(content) <> a.sha256
            )
            SELECT s.source_id, s.sha256, s.n_bytes
            FROM left_over AS s
            JOIN (
                SELECT source_id, string_agg(raw_text || line_ending, '' ORDER BY line_no) AS content
                FROM lineage.lines
                SEMI JOIN left_over USING (source_id)
                GROUP BY source_id
            ) USING (source_id)
            WHERE sha256(content) <> s.sha256 OR strlen(content) <> s.n_bytes
            """,
            "The lines of a plain UTF-8 source, put together, have the length and the SHA-256 of the raw file",
            is_of_one_source=True,
        ),
        TableRule(
            "empty_source_has_no_bytes",
            "SELECT source_id, n_bytes, sha256 FROM lineage.sources WHERE n_lines = 0 AND (n_bytes <> 0 OR sha256 <> sha256(''))",
            "A source without lines is an empty file (pages without text are no sources)",
        ),
    ),
)


class LineColumns(Columns):
    """One row a physical line of every source: the ledger in which every character is accounted for."""

    source_id: pl.String = fields.source_id()
    line_no: pl.Int32 = fields.line_no()
    raw_text: pl.String = pa.Field(description="The line as it stands in the decoded file, without its line ending")
    line_ending: pl.String = pa.Field(description="The line's ending: '', LF, CRLF or CR", isin=["", "\n", "\r\n", "\r"])
    role: pl.String = fields.one_of(fields.OTHER_ROLES + fields.CONTENT_ROLES, "What the line is in the page, after GB/T 9704")
    rule: pl.String = pa.Field(description="The rule that decided the role, by name", str_matches=r"^[a-z][a-z0-9_]*$")
    joins_previous: pl.Boolean = pa.Field(description="Whether its text goes on with the sentence of the previous line that is not blank")
    document_id: pl.String = fields.document_id(nullable=True)
    paragraph_id: pl.String = fields.child_id("p", "paragraph that the line feeds; NULL where none", nullable=True)


LINES = Contract(
    name="lineage.lines",
    columns=LineColumns,
    primary_key=("source_id", "line_no"),
    foreign_keys=(
        ForeignKey(("source_id",), "lineage.sources", ("source_id",)),
        ForeignKey(("document_id",), "main.documents", ("document_id",)),
        ForeignKey(("paragraph_id",), "main.paragraphs", ("paragraph_id",)),
    ),
    row_rules=(
        RowRule("raw_text_has_one_line", "raw_text NOT LIKE '%\n%'", "The text of a line holds no line feed"),
        RowRule(
            "content_feeds_a_paragraph",
            f"(role IN ({CONTENT})) = (paragraph_id IS NOT NULL)",
            "A line of the document's own text feeds a paragraph; any other line feeds none",
        ),
        RowRule("blank_lines_join_nothing", "NOT (role = 'blank' AND joins_previous)", "A blank line goes on with no sentence"),
        RowRule(
            "paragraph_is_of_the_document", "STARTS_WITH(paragraph_id, document_id)", "A line's paragraph is part of the line's document"
        ),
    ),
    table_rules=(
        TableRule(
            "lines_without_gaps",
            """
            SELECT source_id, max(line_no) AS last_line, count(*) AS n_lines
            FROM lineage.lines
            GROUP BY source_id
            HAVING max(line_no) <> count(*)
            """,
            "The lines of a source are numbered from 1 without gaps",
            is_of_one_source=True,
        ),
        TableRule(
            "blank_means_blank",
            rf"""
            SELECT source_id, line_no, role, raw_text
            FROM lineage.lines
            WHERE (role = 'blank') = regexp_matches(raw_text, '[^{UNSEEN}]')
            """,
            "The role blank is given to the lines without a visible character, and to no other",
            is_of_one_source=True,
        ),
        TableRule(
            "line_belongs_to_its_source_document",
            """
            SELECT l.source_id, l.line_no, l.document_id, d.document_id AS document_found
            FROM lineage.lines AS l
            LEFT JOIN main.documents AS d USING (source_id)
            WHERE l.document_id IS DISTINCT FROM d.document_id
            """,
            "A line's document is the one that was read from the line's source",
            is_of_one_source=True,
        ),
        TableRule(
            "first_line_joins_nothing",
            """
            SELECT l.source_id, l.line_no, l.paragraph_id
            FROM lineage.lines AS l
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE l.joins_previous = (l.line_no = p.first_line)
            """,
            "The lines of a paragraph go on with each other, save the first",
            is_of_one_source=True,
        ),
        TableRule(
            "rule_gives_one_role",
            "SELECT rule, list(DISTINCT role) AS roles FROM lineage.lines GROUP BY rule HAVING count(DISTINCT role) > 1",
            "A rule gives all lines that it decides about the same role",
        ),
        TableRule(
            "duplicate_lines_are_explained",
            """
            SELECT l.source_id, l.line_no
            FROM lineage.lines AS l
            ANTI JOIN (FROM lineage.duplicates WHERE kind = 'within_source') AS d
                ON d.source_id = l.source_id AND l.line_no BETWEEN d.first_line AND d.last_line
            WHERE l.role = 'duplicate'
            """,
            "Each line of the role duplicate lies in a repeat that lineage.duplicates names",
            is_of_one_source=True,
        ),
    ),
)


class RepairColumns(Columns):
    """One row a change made to text: nothing is changed without one."""

    repair_id: pl.String = fields.child_id("r", "repair", unique=True)
    source_id: pl.String = fields.source_id()
    line_no: pl.Int32 = fields.line_no()
    start_char: pl.Int32 = fields.count("Where the original starts in the line's clean text before any repair, in characters from 0")
    kind: pl.String = fields.one_of(fields.REPAIR_KINDS, "What was wrong")
    original: pl.String = fields.text("The text that was replaced; for undecodable bytes their hex")
    replacement: pl.String = pa.Field(description="The text put in its place; NULL where none could be told", nullable=True)
    confidence: pl.Float64 = fields.share("How sure the repair is")
    evidence: pl.String = fields.text("Why: the reason, with counts")


REPAIRS = Contract(
    name="lineage.repairs",
    columns=RepairColumns,
    primary_key=("repair_id",),
    foreign_keys=(ForeignKey(("source_id", "line_no"), "lineage.lines", ("source_id", "line_no")),),
    row_rules=(
        RowRule("repair_changes_something", "replacement <> original", "A repair replaces a text by another"),
        RowRule(
            "mark_and_space_are_replaced",
            "kind NOT IN ('mismatched_quote', 'stray_space') OR replacement IS NOT NULL",
            "Where a mark or a space is wrong, it can be told what is right",
        ),
    ),
    table_rules=(
        TableRule(
            "original_stands_in_the_line",
            """
            SELECT r.repair_id, r.original, l.raw_text
            FROM lineage.repairs AS r
            JOIN lineage.lines AS l USING (source_id, line_no)
            WHERE r.kind <> 'undecodable_bytes' AND NOT contains(lineage.folded(l.raw_text), lineage.folded(r.original))
            """,
            "The original of a repair stands in the raw line",
            is_of_one_source=True,
        ),
        ids_without_gaps("lineage.repairs", "repair_id", "r", "line_no"),
        TableRule(
            "original_stands_at_its_place",
            r"""
            SELECT r.repair_id, r.kind, r.start_char, r.original, l.raw_text
            FROM lineage.repairs AS r
            JOIN lineage.lines AS l USING (source_id, line_no)
            WHERE CASE
                WHEN regexp_matches(l.raw_text, '[\p{Cc}\p{Cf}]') THEN FALSE
                WHEN r.kind = 'undecodable_bytes' THEN substr(l.raw_text, r.start_char + 1, 1) <> chr(65533)
                ELSE lineage.folded(substr(lineage.narrow(l.raw_text), r.start_char + 1, length(r.original))) <> lineage.folded(r.original)
                END
            """,
            "The original of a repair stands at its place in the line (lines with invisible characters aside)",
            is_of_one_source=True,
        ),
        TableRule(
            "replacement_stands_in_the_paragraph",
            """
            SELECT r.repair_id, r.replacement, p.text
            FROM lineage.repairs AS r
            JOIN lineage.lines AS l USING (source_id, line_no)
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE r.kind <> 'undecodable_bytes' AND NOT contains(p.text, r.replacement)
            """,
            "What a repair puts in stands in the line's paragraph",
            is_of_one_source=True,
        ),
        TableRule(
            "undecodable_bytes_are_hex",
            """
            SELECT repair_id, original
            FROM lineage.repairs
            WHERE kind = 'undecodable_bytes' AND NOT regexp_matches(original, '^([0-9a-f]{2})+$')
            """,
            "The original of undecodable bytes is their hex",
            is_of_one_source=True,
        ),
    ),
)


class DuplicateColumns(Columns):
    """One row a repeat found: a stretch of lines that stands elsewhere too."""

    duplicate_id: pl.String = fields.child_id("d", "repeat", unique=True)
    kind: pl.String = fields.one_of(fields.DUPLICATE_KINDS, "Kind of repeat")
    source_id: pl.String = fields.source_id()
    first_line: pl.Int32 = fields.line_no("First line of the repeat")
    last_line: pl.Int32 = fields.line_no("Last line of the repeat")
    duplicate_of_source_id: pl.String = pa.Field(description="The source that holds what is repeated", str_length={"min_value": 1})
    duplicate_of_first_line: pl.Int32 = fields.line_no("First line of what is repeated")
    duplicate_of_last_line: pl.Int32 = fields.line_no("Last line of what is repeated")
    similarity: pl.Float64 = fields.share("How alike the two are")


DUPLICATES = Contract(
    name="lineage.duplicates",
    columns=DuplicateColumns,
    primary_key=("duplicate_id",),
    foreign_keys=(
        ForeignKey(("source_id", "first_line"), "lineage.lines", ("source_id", "line_no")),
        ForeignKey(("source_id", "last_line"), "lineage.lines", ("source_id", "line_no")),
        ForeignKey(("duplicate_of_source_id", "duplicate_of_first_line"), "lineage.lines", ("source_id", "line_no")),
        ForeignKey(("duplicate_of_source_id", "duplicate_of_last_line"), "lineage.lines", ("source_id", "line_no")),
    ),
    row_rules=(
        RowRule("repeat_runs_forward", "first_line <= last_line", "A repeat starts before it ends"),
        RowRule("repeated_runs_forward", "duplicate_of_first_line <= duplicate_of_last_line", "What is repeated starts before it ends"),
        RowRule(
            "first_copy_stays",
            "kind <> 'within_source' OR (duplicate_of_source_id = source_id AND duplicate_of_last_line < first_line)",
            "Within a page the first copy stays: what is repeated stands before its repeat",
        ),
        RowRule(
            "exact_means_alike",
            "similarity = 1.0 OR kind NOT IN ('exact_source', 'exact_document', 'within_source')",
            "What is repeated exactly is alike in full",
        ),
    ),
    table_rules=(
        ids_without_gaps("lineage.duplicates", "duplicate_id", "d", "first_line"),
        TableRule(
            "exact_source_has_the_same_bytes",
            """
            SELECT d.duplicate_id, d.kind
            FROM lineage.duplicates AS d
            JOIN lineage.sources AS s USING (source_id)
            JOIN lineage.sources AS o ON o.source_id = d.duplicate_of_source_id
            WHERE d.kind <> 'within_source' AND (d.kind = 'exact_source') <> (s.sha256 = o.sha256)
            """,
            "Exact copies of a source, and only they, have its SHA-256",
        ),
        TableRule(
            "repeat_has_the_same_ends",
            """
            WITH ends AS (
                SELECT duplicate_id, source_id, unnest([TRUE, FALSE]) AS is_first, unnest([first_line, last_line]) AS line_no,
                    unnest([duplicate_of_first_line, duplicate_of_last_line]) AS other_no
                FROM lineage.duplicates
                WHERE kind = 'within_source'
            ), lines AS MATERIALIZED (SELECT source_id, line_no, raw_text FROM lineage.lines SEMI JOIN ends USING (source_id))
            SELECT e.duplicate_id, e.line_no, e.other_no, l.raw_text, o.raw_text AS other_text
            FROM ends AS e
            JOIN lines AS l USING (source_id, line_no)
            JOIN lines AS o ON o.source_id = e.source_id AND o.line_no = e.other_no
            WHERE CASE WHEN l.raw_text = o.raw_text THEN FALSE
                WHEN is_first THEN NOT (starts_with(lineage.letters(l.raw_text), lineage.letters(o.raw_text))
                    OR starts_with(lineage.letters(o.raw_text), lineage.letters(l.raw_text)))
                ELSE NOT (ends_with(lineage.letters(l.raw_text), lineage.letters(o.raw_text))
                    OR ends_with(lineage.letters(o.raw_text), lineage.letters(l.raw_text))) END
            """,
            "A repeat within a page begins and ends with the letters and digits that what it repeats begins and ends with; each copy may be"
            " wrapped and pointed in its own way",
            is_of_one_source=True,
        ),
        TableRule(
            "folded_document_has_a_row",
            """
            SELECT d.document_id, d.canonical_document_id
            FROM main.documents AS d
            JOIN main.documents AS c ON c.document_id = d.canonical_document_id
            ANTI JOIN lineage.duplicates AS u
                ON u.source_id = d.source_id AND u.duplicate_of_source_id = c.source_id
                AND u.kind IN ('exact_source', 'exact_document', 'near_document')
            WHERE NOT d.is_canonical
            """,
            "That a document is folded into another is told in lineage.duplicates",
        ),
        TableRule(
            "revision_stays_canonical",
            """
            SELECT u.duplicate_id, u.kind, d.is_canonical
            FROM lineage.duplicates AS u
            JOIN main.documents AS d USING (source_id)
            WHERE (u.kind = 'revision' AND NOT d.is_canonical) OR (u.kind IN ('exact_document', 'near_document') AND d.is_canonical)
            """,
            "A version stays canonical, a copy does not",
            is_of_one_source=True,
        ),
    ),
)
