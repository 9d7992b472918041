"""Contracts of documents, their paragraphs and the administrative divisions."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl  # noqa: TC002  # pandera reads the annotations

from schemas import fields
from schemas.folding import ends_with_heading, lacks
from schemas.numerals import in_words
from schemas.table import Columns, Contract, ForeignKey, RowRule, TableRule


class RegionColumns(Columns):
    """One row an administrative division of GB/T 2260, down to county."""

    region_code: pl.String = fields.region_code(nullable=False, unique=True)
    name: pl.String = fields.text("Full official name")
    short_name: pl.String = fields.text("Name without the word for its kind, as used in running text (浙江, 内蒙古)")
    level: pl.String = fields.one_of(fields.LEVELS, "Level of the division")
    parent_code: pl.String = pa.Field(
        description="The division that it is part of; NULL for the country", str_matches=r"^\d{6}$", nullable=True
    )


REGIONS = Contract(
    name="main.regions",
    columns=RegionColumns,
    primary_key=("region_code",),
    foreign_keys=(ForeignKey(("parent_code",), "main.regions", ("region_code",)),),
    may_be_empty=False,
    row_rules=(
        RowRule(
            "only_the_country_has_no_parent",
            "(level = 'country') = (parent_code IS NULL)",
            "Each division but the country is part of another",
        ),
        RowRule("short_name_starts_the_name", "STARTS_WITH(name, short_name)", "The short name is the beginning of the name"),
        RowRule(
            "level_fits_the_code",
            "CASE level WHEN 'country' THEN region_code = '100000'"
            " WHEN 'province' THEN region_code LIKE '%0000' AND region_code <> '100000'"
            " WHEN 'city' THEN region_code LIKE '%00' AND NOT region_code LIKE '%0000' ELSE NOT region_code LIKE '%00' END",
            "The codes of provinces end in 0000, those of cities in 00, those of counties in neither",
        ),
        RowRule(
            "parent_shares_the_province",
            "level IN ('country', 'province') OR SUBSTR(parent_code, 1, 2) = SUBSTR(region_code, 1, 2)",
            "A division lies in the province that its code begins with",
        ),
    ),
)


class DocumentColumns(Columns):
    """One row a document: what a source says once chrome and repeats are gone, and the facts about it."""

    document_id: pl.String = fields.document_id(unique=True)
    source_id: pl.String = fields.source_id(unique=True)
    title: pl.String = fields.text("Title of the notice if there is one, else of the plan; NULL where the page has none", nullable=True)
    plan_title: pl.String = fields.text("Title of the plan that the notice encloses, or of the plan itself", nullable=True)
    kind: pl.String = fields.text("Kind of document, the word that its title ends in (要点, 通知, 规划, 意见, 报告, …)", nullable=True)
    issuer: pl.String = fields.text("发文机关: the body that issued the document, not the site that shows it", nullable=True)
    document_number: pl.String = fields.text("发文字号, as 辽科发〔2020〕6号", nullable=True)
    issued_on: pl.Date = fields.date("成文日期")
    published_on: pl.Date = fields.date("公布/发布日期")
    effective_on: pl.Date = fields.date("施行日期")
    region_code: pl.String = fields.region_code()
    region_name: pl.String = fields.text("Name of the division that the issuer governs", nullable=True)
    region_level: pl.String = fields.one_of(fields.LEVELS, "Level of that division", nullable=True)
    publisher: pl.String = fields.text("The site or body named as source or host of the page", nullable=True)
    plan_year: pl.Int32 = pa.Field(description="The (first) year that the plan is for", nullable=True, ge=1949, le=2100)
    text: pl.String = fields.text("The document's paragraphs, one a line")
    n_chars: pl.Int32 = fields.count("Length of text in characters")
    is_canonical: pl.Boolean = pa.Field(description="Whether it is the one to count among its duplicates")
    canonical_document_id: pl.String = pa.Field(
        description="The document that stands for it: itself where canonical", str_matches=fields.KEY
    )


_CONTENT = """
    SELECT source_id, string_agg(raw_text, '' ORDER BY line_no) AS content
    FROM lineage.lines
    SEMI JOIN asked USING (source_id)
    GROUP BY source_id
"""


def _stands_in_the_source(column: str, breach: str = "") -> TableRule:
    return TableRule(
        f"{column}_stands_in_the_source",
        f"""
        WITH asked AS (SELECT document_id, source_id, issuer, {column}::VARCHAR AS said FROM main.documents WHERE NOT contains(text, said))
        SELECT d.document_id, d.said AS {column}
        FROM asked AS d
        JOIN ({_CONTENT}) USING (source_id)
        WHERE {breach or lacks("content", "d.said")}
        """,
        f"The {column} stands in the source's lines, as written",
        is_of_one_source=True,
    )


# 〔2020〕 is written with many brackets; the number of an order may stand alone, below the issuer.
_BARE = "regexp_replace(lineage.folded({}), '[〔〕\\[\\]()【】［］﹝﹞《》<>]', '', 'g')"
_LACKS_NUMBER = f"""
    NOT contains({_BARE.format("content")}, {_BARE.format("d.said")})
    AND NOT coalesce(starts_with(d.said, d.issuer) AND contains({_BARE.format("content")}, regexp_extract(d.said, '第[0-9]+号$')), FALSE)
"""
# Whatever stands between the numbers of a day (年, -, a space), and however many digits: 2020年03月06日 as -2020-3-6-.
_NUMBERS = "replace(regexp_replace('-' || lineage.folded({}) || '-', '[^0-9]+', '-', 'g'), '-0', '-')"
_DAYS_STAND_IN_THE_SOURCE = TableRule(
    "days_stand_in_the_source",
    f"""
    WITH asked AS (
        SELECT document_id, source_id, day, year(day)::VARCHAR AS year,
            {in_words("month(day)")} || '月' AS month, {in_words("day(day)")} || '日' AS day_of_month,
            strftime(day, '-%-m-%-d') || CASE WHEN day(day) < 10 THEN '-' ELSE '' END AS numbers
        FROM (SELECT document_id, source_id, text, unnest([issued_on, published_on, effective_on]) AS day FROM main.documents)
        WHERE NOT contains(text, strftime(day, '%Y年%-m月%-d日'))
    ), heads AS (
        SELECT source_id, {_NUMBERS.format("string_agg(raw_text, '|')")} AS numbers
        FROM lineage.lines
        SEMI JOIN asked USING (source_id)
        WHERE role IN ('metadata', 'chrome', 'title', 'signature', 'date')
        GROUP BY source_id
    ), left_over AS (
        FROM asked AS a
        ANTI JOIN heads AS h ON h.source_id = a.source_id AND contains(h.numbers, a.year || a.numbers)
    )
    SELECT document_id, day
    FROM left_over
    JOIN (
        SELECT source_id, string_agg(raw_text, '' ORDER BY line_no) AS content, string_agg(raw_text, '|' ORDER BY line_no) AS apart
        FROM lineage.lines
        SEMI JOIN left_over USING (source_id)
        GROUP BY source_id
    ) USING (source_id)
    WHERE NOT (
        contains(lineage.folded(content), month || day_of_month)
        OR contains(lineage.folded(content), strftime(day, '%Y年%-m月') || day_of_month)
        OR contains(lineage.folded(content), year || '年' || month || strftime(day, '%-d日'))
        OR contains(content, strftime(day, '%Y%m%d'))
        OR contains(content, strftime(day, '-%m-%d'))
        OR (
            contains(lineage.folded(content), year)
            AND (contains({_NUMBERS.format("content")}, numbers) OR contains({_NUMBERS.format("apart")}, numbers))
        )
    )
    """,
    "The days of issue, publication and effect stand in the source, in digits or words or some of both",
    is_of_one_source=True,
)


DOCUMENTS = Contract(
    name="main.documents",
    columns=DocumentColumns,
    primary_key=("document_id",),
    foreign_keys=(
        ForeignKey(("source_id",), "lineage.sources", ("source_id",)),
        ForeignKey(("canonical_document_id",), "main.documents", ("document_id",)),
        ForeignKey(("region_code",), "main.regions", ("region_code",)),
    ),
    row_rules=(
        RowRule("n_chars_counts_the_text", "n_chars = CHAR_LENGTH(text)", "n_chars is the length of text"),
        RowRule(
            "canonical_stands_for_itself", "is_canonical = (canonical_document_id = document_id)", "A canonical document stands for itself"
        ),
        RowRule("region_has_name_and_code", "(region_code IS NULL) = (region_name IS NULL)", "Region code and name come together"),
        RowRule("region_has_level_and_code", "(region_code IS NULL) = (region_level IS NULL)", "Region code and level come together"),
        RowRule(
            "title_comes_first",
            "title IS NOT NULL OR (plan_title IS NULL AND kind IS NULL)",
            "A document without a title has no plan's title and no kind",
        ),
        RowRule("in_force_after_issue", "effective_on >= issued_on", "A document is not in force before it was issued", severity="warning"),
        RowRule("shown_after_issue", "published_on >= issued_on", "A document is not published before it was issued", severity="warning"),
        RowRule(
            "document_number_has_brackets",
            "document_number ~ '^(.*〔[0-9]{4}〕.*[0-9]+号|.*(令|第).*)$'",
            "发文字号 is 机关代字〔年份〕序号号 (GB/T 9704-2012, 7.2.5), or the number of an order",
            severity="warning",
        ),
    ),
    table_rules=(
        TableRule(
            "text_is_its_paragraphs",
            """
            SELECT document_id, ordinal, line, p.text
            FROM (
                SELECT document_id, unnest(range(1, len(lines) + 1)) AS ordinal, unnest(lines) AS line
                FROM (SELECT document_id, string_split(text, chr(10)) AS lines FROM main.documents)
            )
            FULL JOIN main.paragraphs AS p USING (document_id, ordinal)
            WHERE line IS DISTINCT FROM p.text
            """,
            "A document's text is its paragraphs, one a line",
            is_of_one_source=True,
        ),
        TableRule(
            "region_is_as_in_regions",
            """
            SELECT d.document_id, d.region_code, d.region_name, d.region_level
            FROM main.documents AS d
            JOIN main.regions AS r USING (region_code)
            WHERE d.region_name <> r.name OR d.region_level <> r.level
            """,
            "Region name and level are those of the code",
        ),
        *(_stands_in_the_source(column) for column in ("title", "plan_title", "publisher", "plan_year")),
        _stands_in_the_source("document_number", _LACKS_NUMBER),
        _DAYS_STAND_IN_THE_SOURCE,
        TableRule(
            "issuer_is_made_of_the_source",
            f"""
            WITH asked AS (SELECT document_id, source_id, issuer, region_name FROM main.documents WHERE NOT contains(text, issuer))
            SELECT d.document_id, d.issuer
            FROM asked AS d
            JOIN ({_CONTENT}) USING (source_id)
            WHERE NOT contains(content, d.issuer) AND translate(d.issuer, concat(lineage.folded(content), d.region_name), '') <> ''
            """,
            "Each character of the issuer stands in the source or in its region's name (省政府 is the 人民政府 of a province)",
            is_of_one_source=True,
        ),
        TableRule(
            "plan_year_is_of_the_title",
            """
            SELECT document_id, title, plan_title, plan_year
            FROM (SELECT *, concat_ws(' ', title, plan_title) AS titles FROM main.documents)
            WHERE regexp_matches(titles, '(19|20)[0-9]{2}年') AND NOT contains(titles, plan_year::VARCHAR)
            """,
            "Where a title names years, the plan's is one of them",
            is_of_one_source=True,
        ),
        TableRule(
            "kind_is_of_the_title",
            """
            WITH asked AS (
                SELECT * FROM main.documents WHERE NOT contains(concat_ws(' ', title, plan_title), kind)
            ), cards AS (
                SELECT source_id, string_agg(raw_text, '' ORDER BY line_no) AS card
                FROM lineage.lines
                SEMI JOIN asked USING (source_id)
                WHERE role IN ('metadata', 'title')
                GROUP BY source_id
            )
            SELECT document_id, title, plan_title, kind
            FROM asked
            LEFT JOIN cards USING (source_id)
            WHERE NOT coalesce(contains(card, kind), FALSE)
            UNION ALL
            SELECT d.document_id, d.title, d.plan_title, d.kind
            FROM main.documents AS d
            JOIN (SELECT DISTINCT kind FROM main.documents) AS k ON ends_with(coalesce(d.plan_title, d.title), k.kind)
            WHERE d.kind IS NULL
            """,
            "A kind stands in a title of the document or on its catalogue card, and a title that ends in a kind has it",
        ),
    ),
)


class ParagraphColumns(Columns):
    """One row a paragraph of a document: a line of its own text with the lines that go on with it."""

    paragraph_id: pl.String = fields.child_id("p", "paragraph", unique=True)
    document_id: pl.String = fields.document_id()
    ordinal: pl.Int32 = fields.ordinal("in the document")
    section_id: pl.String = fields.child_id("s", "innermost section that holds it; NULL before the first heading", nullable=True)
    measure_id: pl.String = fields.child_id("m", "measure that it is part of", nullable=True)
    role: pl.String = fields.one_of(fields.CONTENT_ROLES, "What the paragraph is, after GB/T 9704")
    text: pl.String = fields.text("Clean text: decoded, width-folded, repaired, wraps joined")
    first_line: pl.Int32 = fields.line_no("First line of the source that feeds it")
    last_line: pl.Int32 = fields.line_no("Last line of the source that feeds it")


PARAGRAPHS = Contract(
    name="main.paragraphs",
    columns=ParagraphColumns,
    primary_key=("paragraph_id",),
    foreign_keys=(
        ForeignKey(("document_id",), "main.documents", ("document_id",)),
        ForeignKey(("section_id",), "main.sections", ("section_id",)),
        ForeignKey(("measure_id",), "main.measures", ("measure_id",)),
    ),
    row_rules=(
        RowRule("paragraph_runs_forward", "first_line <= last_line", "A paragraph starts before it ends"),
        RowRule("id_names_the_document", "STARTS_WITH(paragraph_id, document_id)", "A paragraph's id begins with its document's"),
        RowRule("section_is_of_the_document", "STARTS_WITH(section_id, document_id)", "A paragraph's section is part of its document"),
        RowRule("measure_is_of_the_document", "STARTS_WITH(measure_id, document_id)", "A paragraph's measure is part of its document"),
        RowRule("text_has_one_line", "text NOT LIKE '%\n%' AND text NOT LIKE '%\r%'", "A paragraph's text holds no line break"),
    ),
    table_rules=(
        TableRule(
            "ordinals_without_gaps",
            """
            SELECT document_id, max(ordinal) AS last_ordinal, count(*) AS n_paragraphs
            FROM main.paragraphs
            GROUP BY document_id
            HAVING min(ordinal) <> 1 OR max(ordinal) <> count(*) OR count(DISTINCT ordinal) <> count(*)
            """,
            "The paragraphs of a document are numbered from 1 without gaps",
            is_of_one_source=True,
        ),
        TableRule(
            "paragraphs_follow_the_lines",
            """
            SELECT document_id, paragraph_id, first_line
            FROM main.paragraphs
            QUALIFY first_line <= lag(last_line) OVER (PARTITION BY document_id ORDER BY ordinal)
            """,
            "The paragraphs of a document stand in the order of its lines and share none",
            is_of_one_source=True,
        ),
        TableRule(
            "lines_span_the_paragraph",
            """
            SELECT p.paragraph_id, p.first_line, p.last_line, l.first_line AS first_found, l.last_line AS last_found
            FROM main.paragraphs AS p
            LEFT JOIN (
                SELECT paragraph_id, min(line_no) AS first_line, max(line_no) AS last_line
                FROM lineage.lines
                WHERE paragraph_id IS NOT NULL
                GROUP BY paragraph_id
            ) AS l USING (paragraph_id)
            WHERE p.first_line IS DISTINCT FROM l.first_line OR p.last_line IS DISTINCT FROM l.last_line
            """,
            "The lines that feed a paragraph are those from its first to its last",
            is_of_one_source=True,
        ),
        TableRule(
            "section_is_the_one_around_it",
            f"""
            SELECT p.paragraph_id, p.section_id, s.section_id AS section_found
            FROM (FROM main.paragraphs SEMI JOIN main.sections USING (document_id)) AS p
            ASOF JOIN main.sections AS s ON s.document_id = p.document_id AND s.first_line <= p.first_line
            WHERE p.last_line <= s.last_line AND p.section_id IS DISTINCT FROM s.section_id AND p.role IN ('heading', 'body')
                AND NOT coalesce(p.last_line = s.first_line AND {ends_with_heading("p.text", "s")}, FALSE)
            """,
            "The section of text and headings is the innermost one around their lines; text that ends with a heading is in the one above",
            is_of_one_source=True,
        ),
        TableRule(
            "role_is_that_of_its_first_line",
            """
            SELECT p.paragraph_id, p.role, l.role AS line_role
            FROM main.paragraphs AS p
            JOIN lineage.lines AS l ON l.paragraph_id = p.paragraph_id AND l.line_no = p.first_line
            WHERE p.role <> l.role
            """,
            "A paragraph has the role of the line that begins it",
            is_of_one_source=True,
        ),
        TableRule(
            "text_stands_in_the_ledger",
            """
            WITH repaired AS (
                SELECT l.paragraph_id
                FROM lineage.repairs AS r
                JOIN lineage.lines AS l USING (source_id, line_no)
                WHERE r.kind <> 'undecodable_bytes'
            ), of_lines AS (
                SELECT paragraph_id, p.text, l.raw_text AS written
                FROM main.paragraphs AS p
                JOIN lineage.lines AS l USING (paragraph_id)
                WHERE p.first_line = p.last_line
                UNION ALL
                SELECT paragraph_id, any_value(p.text), string_agg(l.raw_text, '' ORDER BY l.line_no)
                FROM main.paragraphs AS p
                JOIN lineage.lines AS l USING (paragraph_id)
                WHERE p.first_line <> p.last_line
                GROUP BY paragraph_id
            )
            SELECT paragraph_id, text, written
            FROM of_lines
            ANTI JOIN repaired USING (paragraph_id)
            WHERE CASE WHEN text = lineage.narrow(written) THEN FALSE ELSE lineage.folded(text) <> lineage.folded(written) END
            """,
            "A paragraph that was not repaired is its raw lines, character for character (white space and widths aside)",
            is_of_one_source=True,
        ),
    ),
)
