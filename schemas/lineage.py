"""Contracts of the schema `lineage`: where every character came from."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl  # noqa: TC002  # pandera reads the annotations

from schemas import fields
from schemas.table import Columns, Contract, ForeignKey, Macro, RowRule, TableRule

CONTENT = ", ".join(f"'{role}'" for role in fields.CONTENT_ROLES)
# White space, control and format characters, variation selectors: what cleaned text leaves out or turns into spaces.
UNSEEN = r"\s\p{Z}\p{Cc}\p{Cf}\x{FE00}-\x{FE0F}\x{13430}-\x{1343F}\x{E0100}-\x{E01EF}"
_WIDE = "".join(chr(c) for c in range(0xFF01, 0xFF5F))
_ASCII = "".join(chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)).replace("'", "''")
_COMMON_WIDE = "，；：（）"  # nine in ten full-width characters of government pages; replacing these is far cheaper than translating


def _replace_common(text: str) -> str:
    for wide in _COMMON_WIDE:
        text = f"replace({text}, '{wide}', '{chr(ord(wide) - 0xFEE0)}')"
    return text


_SELDOM_WIDE = "".join(rf"\x{{{ord(wide):X}}}" for wide in _WIDE if wide not in _COMMON_WIDE)
NARROW = Macro(
    name="lineage.narrow",
    parameters="written",
    body=f"trim({_replace_common('written')}, ' \u3000')",
    description="A text without spaces at its ends and with the commonest full-width marks folded: cheap, and mostly all there is to do",
)
FOLDED = Macro(
    name="lineage.folded",
    parameters="written",
    body=f"""regexp_replace(
        CASE WHEN regexp_matches(written, '[{_SELDOM_WIDE}]') THEN translate(written, '{_WIDE}', '{_ASCII}')
            ELSE {_replace_common("written")} END,
        '[{UNSEEN}]', '', 'g')""",
    description="A text without white space and invisible characters and with full-width ASCII folded, to compare raw with clean text",
)


def lacks(text: str, part: str) -> str:
    """Return SQL that says whether a text lacks a part, spaces and widths aside; texts are folded only where they differ as they stand."""
    return f"CASE WHEN contains({text}, {part}) THEN FALSE ELSE NOT contains(lineage.folded({text}), lineage.folded({part})) END"


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
        ),
        TableRule(
            "ledger_rebuilds_the_file",
            """
            SELECT s.source_id, s.sha256, s.n_bytes
            FROM lineage.sources AS s
            JOIN (
                SELECT source_id, string_agg(raw_text || line_ending, '' ORDER BY line_no) AS content
                FROM lineage.lines
                GROUP BY source_id
            ) USING (source_id)
            ANTI JOIN (FROM lineage.repairs WHERE kind = 'undecodable_bytes') AS r USING (source_id)
            WHERE s.encoding = 'utf-8' AND s.media_type = 'text/plain' AND (sha256(content) <> s.sha256 OR strlen(content) <> s.n_bytes)
            """,
            "The lines of a plain UTF-8 source, put together, have the length and the SHA-256 of the raw file",
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
        ),
        TableRule(
            "blank_means_blank",
            rf"""
            SELECT source_id, line_no, role, raw_text
            FROM lineage.lines
            WHERE (role = 'blank') = regexp_matches(raw_text, '[^{UNSEEN}]')
            """,
            "The role blank is given to the lines without a visible character, and to no other",
        ),
        TableRule(
            "line_belongs_to_its_source_document",
            """
            SELECT l.source_id, l.line_no, l.document_id
            FROM lineage.lines AS l
            JOIN main.documents AS d USING (document_id)
            WHERE d.source_id <> l.source_id
            """,
            "A line's document was read from the line's source",
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
    row_rules=(RowRule("repair_changes_something", "replacement <> original", "A repair replaces a text by another"),),
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
        ),
        TableRule(
            "undecodable_bytes_are_hex",
            """
            SELECT repair_id, original
            FROM lineage.repairs
            WHERE kind = 'undecodable_bytes' AND NOT regexp_matches(original, '^([0-9a-f]{2})+$')
            """,
            "The original of undecodable bytes is their hex",
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
    ),
)
