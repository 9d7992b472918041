"""Contracts of what is read out of a plan: sections, measures, agencies, targets, citations."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas import fields
from schemas.lineage import lacks
from schemas.table import Columns, Contract, ForeignKey, RowRule, TableRule


def _ordinals_without_gaps(table: str, key: str) -> TableRule:
    return TableRule(
        "ordinals_without_gaps",
        f"""
        SELECT {key}, max(ordinal) AS last_ordinal, count(*) AS n_rows
        FROM {table}
        GROUP BY {key}
        HAVING min(ordinal) <> 1 OR max(ordinal) <> count(*) OR count(DISTINCT ordinal) <> count(*)
        """,
        f"The ordinals within a {key} run from 1 without gaps",
    )


def _lines_are_of_the_document(table: str, key: str) -> TableRule:
    return TableRule(
        "lines_are_of_the_document",
        f"""
        SELECT t.{key}, t.first_line, t.last_line, s.n_lines
        FROM {table} AS t
        JOIN main.documents AS d USING (document_id)
        JOIN lineage.sources AS s USING (source_id)
        WHERE t.last_line > s.n_lines
        """,
        "Its lines are lines of the document's source",
    )


def _title_stands_in_its_paragraphs(table: str, key: str) -> TableRule:
    return TableRule(
        "title_stands_in_its_paragraphs",
        f"""
        SELECT t.{key}, t.title
        FROM {table} AS t
        ANTI JOIN main.paragraphs AS p
            ON p.document_id = t.document_id AND p.first_line <= t.last_line AND p.last_line >= t.first_line
            AND NOT ({lacks("p.text", "t.title")})
        WHERE t.title IS NOT NULL
        """,
        "Its title stands in one of its paragraphs",
    )


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
        _ordinals_without_gaps("main.sections", "document_id"),
        _lines_are_of_the_document("main.sections", "section_id"),
        _title_stands_in_its_paragraphs("main.sections", "section_id"),
        TableRule(
            "child_lies_in_its_parent",
            """
            SELECT c.section_id, c.level, c.first_line, c.last_line, p.level AS parent_level
            FROM main.sections AS c
            JOIN main.sections AS p ON p.section_id = c.parent_section_id
            WHERE c.first_line < p.first_line OR c.last_line > p.last_line OR c.level <> p.level + 1
            """,
            "A section lies in the lines of its parent, one level deeper",
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
        _ordinals_without_gaps("main.measures", "document_id"),
        _lines_are_of_the_document("main.measures", "measure_id"),
        _title_stands_in_its_paragraphs("main.measures", "measure_id"),
        TableRule(
            "measure_lies_in_its_section",
            """
            SELECT m.measure_id, m.first_line, m.last_line
            FROM main.measures AS m
            JOIN main.sections AS s USING (section_id)
            WHERE m.first_line < s.first_line OR m.last_line > s.last_line
            """,
            "A measure lies in the lines of its section",
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
        ),
    ),
)


class AgencyColumns(Columns):
    """One row a body that is in charge of measures."""

    agency_id: pl.String = fields.text("The agency: its region's code and its full name")
    name: pl.String = fields.text(
        "Full official name (省科技厅 in a Zhejiang document is 浙江省科学技术厅); the name as written where none could be told"
    )
    region_code: pl.String = fields.region_code()
    level: pl.String = fields.one_of(fields.LEVELS, "Level of the division that it serves", nullable=True)
    aliases: pl.List(pl.String) = pa.Field(description="The names under which documents mention it, sorted")  # ty: ignore[invalid-type-form]
    is_resolved: pl.Boolean = pa.Field(description="Whether the full official name could be told")


AGENCIES = Contract(
    name="main.agencies",
    columns=AgencyColumns,
    primary_key=("agency_id",),
    foreign_keys=(ForeignKey(("region_code",), "main.regions", ("region_code",)),),
    row_rules=(RowRule("agency_names_itself", "ENDS_WITH(agency_id, name)", "An agency's id ends in its name"),),
    table_rules=(
        TableRule(
            "agency_is_in_charge_of_something",
            "SELECT agency_id FROM main.agencies a ANTI JOIN main.measure_agencies m USING (agency_id)",
            "Each agency is named by a measure",
        ),
        TableRule(
            "aliases_are_the_names_written",
            """
            SELECT a.agency_id, a.aliases, names
            FROM main.agencies AS a
            JOIN (
                SELECT agency_id, list_sort(list(DISTINCT name)) AS names
                FROM main.measure_agencies
                GROUP BY agency_id
            ) USING (agency_id)
            WHERE a.aliases <> names
            """,
            "An agency's aliases are the names under which measures mention it",
        ),
        TableRule(
            "level_is_that_of_the_region",
            """
            SELECT a.agency_id, a.level, r.level AS region_level
            FROM main.agencies AS a
            LEFT JOIN main.regions AS r USING (region_code)
            WHERE a.level IS DISTINCT FROM r.level
            """,
            "An agency's level is that of its region",
        ),
    ),
)


class MeasureAgencyColumns(Columns):
    """One row an agency named as in charge of a measure."""

    measure_id: pl.String = fields.child_id("m", "measure")
    ordinal: pl.Int32 = fields.ordinal("among the measure's agencies")
    agency_id: pl.String = fields.text("The agency")
    name: pl.String = fields.text("The name as written")
    role: pl.String = fields.one_of(fields.AGENCY_ROLES, "In charge how: 牵头, 责任/负责, 配合")


MEASURE_AGENCIES = Contract(
    name="main.measure_agencies",
    columns=MeasureAgencyColumns,
    primary_key=("measure_id", "ordinal"),
    foreign_keys=(
        ForeignKey(("measure_id",), "main.measures", ("measure_id",)),
        ForeignKey(("agency_id",), "main.agencies", ("agency_id",)),
    ),
    table_rules=(
        _ordinals_without_gaps("main.measure_agencies", "measure_id"),
        TableRule(
            "name_stands_in_the_measure",
            f"""
            SELECT a.measure_id, a.ordinal, a.name
            FROM main.measure_agencies AS a
            JOIN main.measures AS m USING (measure_id)
            WHERE {lacks("m.text", "a.name")}
            """,
            "An agency's name stands in the measure's text",
        ),
    ),
)


class TargetColumns(Columns):
    """One row a target (量化指标): a number that a plan undertakes to reach or do."""

    target_id: pl.String = fields.child_id("t", "target", unique=True)
    document_id: pl.String = fields.document_id()
    paragraph_id: pl.String = fields.child_id("p", "paragraph that states it")
    measure_id: pl.String = fields.child_id("m", "measure that states it", nullable=True)
    line_no: pl.Int32 = fields.line_no("The line where the quote starts")
    quote: pl.String = fields.text("The phrase that holds indicator, comparator, number and unit; literal clean text")
    indicator: pl.String = fields.text("What is counted, as in the text, without verb and number", nullable=True)
    comparator: pl.String = fields.one_of(fields.COMPARATORS, "How the number binds")
    value_low: pl.Float64 = pa.Field(description="The number, 万 and 亿 multiplied out (800亿元 = 8e10, 元); of a range the lower end")
    value_high: pl.Float64 = pa.Field(description="The upper end of a range, else NULL", nullable=True)
    unit: pl.String = fields.text("Unit as written, without 万 and 亿; NULL where the page names none", nullable=True)
    basis: pl.String = fields.one_of(fields.BASES, "What the number measures", nullable=True)
    target_year: pl.Int32 = pa.Field(description="Year by which it is to be reached", nullable=True, ge=1949, le=2100)


TARGETS = Contract(
    name="main.targets",
    columns=TargetColumns,
    primary_key=("target_id",),
    foreign_keys=(
        ForeignKey(("document_id",), "main.documents", ("document_id",)),
        ForeignKey(("paragraph_id",), "main.paragraphs", ("paragraph_id",)),
        ForeignKey(("measure_id",), "main.measures", ("measure_id",)),
    ),
    row_rules=(
        RowRule("range_has_two_ends", "(comparator = 'range') = (value_high IS NOT NULL)", "A range, and only a range, has an upper end"),
        RowRule("range_goes_up", "value_low <= value_high", "The lower end of a range is not above the upper"),
        RowRule("paragraph_is_of_the_document", "STARTS_WITH(paragraph_id, document_id)", "A target's paragraph is part of its document"),
        RowRule("id_names_the_document", "STARTS_WITH(target_id, document_id)", "A target's id begins with its document's"),
        RowRule("value_is_finite", "value_low BETWEEN -1e18 AND 1e18", "No plan of any state undertakes more than 1e18 of anything"),
        RowRule(
            "quote_holds_the_unit",
            "unit IS NULL OR SPLIT_PART(quote, unit, 1) <> quote OR (unit = '%' AND SPLIT_PART(quote, '百分之', 1) <> quote)",
            "A target's quote holds its unit (a share may be written as 百分之…)",
            severity="warning",
        ),
    ),
    table_rules=(
        TableRule(
            "quote_stands_in_its_paragraph",
            """
            SELECT t.target_id, t.quote
            FROM main.targets AS t
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE NOT contains(p.text, t.quote)
            """,
            "A target's quote stands in its paragraph",
        ),
        TableRule(
            "target_lies_in_its_paragraph",
            """
            SELECT t.target_id, t.line_no, t.measure_id
            FROM main.targets AS t
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE t.line_no NOT BETWEEN p.first_line AND p.last_line OR t.measure_id IS DISTINCT FROM p.measure_id
            """,
            "A target's line and measure are those of its paragraph",
        ),
        TableRule(
            "indicator_stands_in_its_paragraph",
            f"""
            SELECT t.target_id, t.indicator
            FROM main.targets AS t
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE {lacks("p.text", "t.indicator")}
            """,
            "A target's indicator stands in its paragraph",
            severity="warning",
        ),
    ),
)


class CitationColumns(Columns):
    """One row a document cited in 《》."""

    citation_id: pl.String = fields.child_id("c", "citation", unique=True)
    document_id: pl.String = fields.document_id()
    paragraph_id: pl.String = fields.child_id("p", "paragraph that cites")
    line_no: pl.Int32 = fields.line_no("The line where the title starts")
    title: pl.String = fields.text("The title inside 《》, as written")
    cited_document_id: pl.String = pa.Field(
        description="The cited document, where the warehouse holds it", str_matches=fields.KEY, nullable=True
    )


CITATIONS = Contract(
    name="main.citations",
    columns=CitationColumns,
    primary_key=("citation_id",),
    foreign_keys=(
        ForeignKey(("document_id",), "main.documents", ("document_id",)),
        ForeignKey(("paragraph_id",), "main.paragraphs", ("paragraph_id",)),
        ForeignKey(("cited_document_id",), "main.documents", ("document_id",)),
    ),
    row_rules=(
        RowRule("paragraph_is_of_the_document", "STARTS_WITH(paragraph_id, document_id)", "A citation's paragraph is part of its document"),
        RowRule("id_names_the_document", "STARTS_WITH(citation_id, document_id)", "A citation's id begins with its document's"),
    ),
    table_rules=(
        TableRule(
            "title_stands_in_its_paragraph",
            """
            SELECT c.citation_id, c.title, c.line_no
            FROM main.citations AS c
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE NOT contains(p.text, c.title) OR c.line_no NOT BETWEEN p.first_line AND p.last_line
            """,
            "A cited title stands in its paragraph, on one of its lines",
        ),
    ),
)
