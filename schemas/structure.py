"""Contracts of what a plan is made of: sections and measures."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl  # noqa: TC002  # pandera reads the annotations

from schemas import fields
from schemas.folding import ends_with_heading, unpointed
from schemas.numerals import says_number
from schemas.rules import lines_are_of_the_document, ordinals_follow_the_lines, ordinals_without_gaps
from schemas.table import Columns, Contract, ForeignKey, RowRule, TableRule


class SectionColumns(Columns):
    """One row a section: a heading that groups measures or text, and its place in the tree."""

    section_id: pl.String = fields.child_id("s", "section", unique=True)
    document_id: pl.String = fields.document_id()
    parent_section_id: pl.String = fields.child_id("s", "section that holds it; NULL for the outermost", nullable=True)
    ordinal: pl.Int32 = fields.ordinal("among the document's sections")
    level: pl.Int32 = pa.Field(description="Depth in the tree, 1 outermost", ge=1)
    marker: pl.String = fields.text("The number as written (一、, (一), 第一章); NULL for headings without one", nullable=True)
    number: pl.Int32 = fields.count("The number that the marker says", nullable=True)
    title: pl.String = fields.text("The heading without its marker; NULL where the line is a number only", nullable=True)
    first_line: pl.Int32 = fields.line_no("The heading's line")
    last_line: pl.Int32 = fields.line_no("Last line of the section's text, its subsections included")


SECTIONS = Contract(
    name="main.sections",
    columns=SectionColumns,
    primary_key=("section_id",),
    foreign_keys=(
        ForeignKey(("document_id",), "main.documents", ("document_id",)),
        ForeignKey(("parent_section_id",), "main.sections", ("section_id",)),
    ),
    row_rules=(
        RowRule("section_runs_forward", "first_line <= last_line", "A section starts before it ends"),
        RowRule("id_names_the_document", "STARTS_WITH(section_id, document_id)", "A section's id begins with its document's"),
        RowRule(
            "parent_is_of_the_document", "STARTS_WITH(parent_section_id, document_id)", "A section's parent is part of the same document"
        ),
        RowRule(
            "outermost_has_no_parent", "(level = 1) = (parent_section_id IS NULL)", "Sections of level 1, and only they, have no parent"
        ),
        RowRule("marked_sections_have_a_number", "(marker IS NULL) = (number IS NULL)", "A marker says a number"),
    ),
    table_rules=(
        ordinals_without_gaps("main.sections", "document_id"),
        lines_are_of_the_document("main.sections", "section_id"),
        ordinals_follow_the_lines("main.sections", "section_id"),
        TableRule(
            "heading_is_marker_and_title",
            f"""
            SELECT s.section_id, s.marker, s.title, p.text
            FROM main.sections AS s
            LEFT JOIN main.paragraphs AS p USING (document_id, first_line)
            ANTI JOIN main.paragraphs AS above
                ON above.document_id = s.document_id AND above.last_line = s.first_line AND above.role = 'body'
                AND {ends_with_heading("above.text", "s")}
            WHERE CASE WHEN starts_with(p.text, concat(s.marker, s.title)) AND s.title IS NOT NULL THEN FALSE
                ELSE NOT coalesce(starts_with({unpointed("p.text")}, {unpointed("concat(s.marker, s.title)")}), FALSE)
                    OR (s.title IS NULL AND {unpointed("p.text")} <> {unpointed("s.marker")}) END
            """,
            "The paragraph on a section's first line begins with its marker and title, and without a title is its marker alone; points and"
            " dashes between the two aside; or the paragraph above ends with them, behind the stop of its last sentence",
            is_of_one_source=True,
        ),
        TableRule(
            "marker_says_the_number",
            f"SELECT section_id, marker, number FROM main.sections WHERE NOT {says_number('marker', 'number')}",
            "A section's number is the one that its marker says, in digits or words",
            is_of_one_source=True,
        ),
        TableRule(
            "section_ends_with_its_text",
            """
            SELECT s.section_id, s.last_line, found.last_line AS last_found
            FROM main.sections AS s
            LEFT JOIN (
                SELECT section_id, max(last_line) AS last_line
                FROM (
                    SELECT section_id, last_line FROM main.paragraphs
                    UNION ALL
                    SELECT parent_section_id, last_line FROM main.sections
                    UNION ALL
                    SELECT section_id, first_line FROM main.sections
                )
                GROUP BY section_id
            ) AS found USING (section_id)
            WHERE s.last_line IS DISTINCT FROM found.last_line
            """,
            "A section's last line is that of the last paragraph in it or in its subsections",
            is_of_one_source=True,
        ),
        TableRule(
            "child_lies_in_its_parent",
            """
            SELECT c.section_id, c.level, c.first_line, c.last_line, p.level AS parent_level
            FROM main.sections AS c
            JOIN main.sections AS p ON p.section_id = c.parent_section_id
            WHERE c.first_line < p.first_line OR c.last_line > p.last_line OR c.level <> p.level + 1
            """,
            "A section lies in the lines of its parent, one level deeper",
            is_of_one_source=True,
        ),
        TableRule(
            "numbers_go_up_by_one",
            """
            SELECT section_id, parent_section_id, marker, number
            FROM main.sections
            WHERE number IS NOT NULL
            QUALIFY number NOT IN (1, 1 + lag(number) OVER (PARTITION BY document_id, parent_section_id ORDER BY ordinal))
            """,
            "Sections of one parent are numbered one after the other; a page that skips or repeats a number says so here",
            severity="warning",
            is_of_one_source=True,
        ),
    ),
)


class MeasureColumns(Columns):
    """One row a measure (任务/举措): the smallest numbered or titled unit of action of a plan."""

    measure_id: pl.String = fields.child_id("m", "measure", unique=True)
    document_id: pl.String = fields.document_id()
    section_id: pl.String = fields.child_id("s", "innermost section that holds it", nullable=True)
    ordinal: pl.Int32 = fields.ordinal("among the document's measures")
    number: pl.Int32 = fields.count("The source's own number; NULL where it has none", nullable=True)
    title: pl.String = fields.text("The heading or run-in first sentence that serves as one, without number and final 。", nullable=True)
    text: pl.String = fields.text("The measure's text, heading included, one paragraph a line")
    first_line: pl.Int32 = fields.line_no("The line of its number or title")
    last_line: pl.Int32 = fields.line_no("Last line of its text")


MEASURES = Contract(
    name="main.measures",
    columns=MeasureColumns,
    primary_key=("measure_id",),
    foreign_keys=(
        ForeignKey(("document_id",), "main.documents", ("document_id",)),
        ForeignKey(("section_id",), "main.sections", ("section_id",)),
    ),
    row_rules=(
        RowRule("measure_runs_forward", "first_line <= last_line", "A measure starts before it ends"),
        RowRule("id_names_the_document", "STARTS_WITH(measure_id, document_id)", "A measure's id begins with its document's"),
        RowRule("section_is_of_the_document", "STARTS_WITH(section_id, document_id)", "A measure's section is part of the same document"),
    ),
    table_rules=(
        ordinals_without_gaps("main.measures", "document_id"),
        lines_are_of_the_document("main.measures", "measure_id"),
        ordinals_follow_the_lines("main.measures", "measure_id"),
        TableRule(
            "title_stands_in_its_paragraphs",
            """
            WITH asked AS (
                SELECT measure_id, t.document_id, t.title, t.first_line, t.last_line
                FROM main.measures AS t
                ANTI JOIN main.paragraphs AS p
                    ON p.document_id = t.document_id AND p.first_line = t.first_line AND contains(p.text, t.title)
                WHERE t.title IS NOT NULL
            )
            SELECT t.measure_id, t.title
            FROM asked AS t
            ANTI JOIN main.paragraphs AS p
                ON p.document_id = t.document_id AND p.first_line <= t.last_line AND p.last_line >= t.first_line
                AND contains(lineage.folded(p.text), lineage.folded(t.title))
            """,
            "Its title stands in one of its paragraphs",
            is_of_one_source=True,
        ),
        TableRule(
            "text_says_the_number",
            f"""
            SELECT measure_id, number, text
            FROM main.measures
            WHERE NOT {says_number("left(text, 20)", "number")}
                OR (
                    number IS NULL
                    AND regexp_matches(text, '^([(]?[0-9]{{1,2}}[)]|[0-9]{{1,3}}[.、][^0-9]|[(]?[一二三四五六七八九十]+[、)])')
                )
            """,
            "A measure's number stands at the beginning of its text, and a text that begins with a number has one",
            is_of_one_source=True,
        ),
        TableRule(
            "section_and_title_are_its_first_paragraphs",
            """
            SELECT m.measure_id, m.section_id, m.title, p.section_id AS section_found
            FROM main.measures AS m
            JOIN main.paragraphs AS p USING (document_id, first_line)
            WHERE m.section_id IS DISTINCT FROM p.section_id OR (m.title IS NULL AND p.role = 'heading')
            """,
            "A measure is in the section of its first paragraph, and has a title where that is a heading",
            is_of_one_source=True,
        ),
        TableRule(
            "measure_lies_in_its_section",
            """
            SELECT m.measure_id, m.first_line, m.last_line
            FROM main.measures AS m
            JOIN main.sections AS s USING (section_id)
            WHERE m.first_line < s.first_line OR m.last_line > s.last_line
            """,
            "A measure lies in the lines of its section",
            is_of_one_source=True,
        ),
        TableRule(
            "text_is_its_paragraphs",
            """
            SELECT m.measure_id, m.first_line, m.last_line
            FROM main.measures AS m
            LEFT JOIN (
                SELECT measure_id, string_agg(text, chr(10) ORDER BY ordinal) AS content,
                    min(first_line) AS first_found, max(last_line) AS last_found
                FROM main.paragraphs
                WHERE measure_id IS NOT NULL
                GROUP BY measure_id
            ) USING (measure_id)
            WHERE m.text IS DISTINCT FROM content OR m.first_line <> first_found OR m.last_line <> last_found
            """,
            "A measure's text and lines are those of its paragraphs",
            is_of_one_source=True,
        ),
    ),
)
