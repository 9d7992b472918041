"""Contract of the documents that documents cite: citations."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl  # noqa: TC002  # pandera reads the annotations

from schemas import fields
from schemas.table import Columns, Contract, ForeignKey, RowRule, TableRule

_FOLD = r"""regexp_replace({}, '[\s"\x{{201C}}\x{{201D}}\x{{2018}}\x{{2019}}''《》〈〉<>〔〕\[\]()—–-]', '', 'g')"""


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
            "ids_follow_the_lines",
            """
            SELECT citation_id, document_id, line_no
            FROM (SELECT citation_id, document_id, line_no, split_part(citation_id, '-c', 2)::INTEGER AS number FROM main.citations)
            QUALIFY number <> row_number() OVER (PARTITION BY document_id ORDER BY line_no, number)
            """,
            "The citations of a document are numbered from 1 without gaps, in the order of its lines",
            is_of_one_source=True,
        ),
        TableRule(
            "each_title_in_marks_is_a_citation",
            """
            SELECT p.paragraph_id, p.text
            FROM main.paragraphs AS p
            ANTI JOIN main.citations AS c USING (paragraph_id)
            WHERE p.role <> 'title' AND contains(p.text, '《') AND regexp_matches(p.text, '《[^《》]*[^《》 ][^《》]*》')
            """,
            "A paragraph with a title in 《》 cites something (titles of the page itself aside)",
            is_of_one_source=True,
        ),
        TableRule(
            "cited_document_bears_the_title",
            f"""
            SELECT c.citation_id, c.title, c.cited_document_id
            FROM main.citations AS c
            JOIN main.documents AS cited ON cited.document_id = c.cited_document_id
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE NOT cited.is_canonical OR (
                c.title IS DISTINCT FROM cited.title
                AND NOT coalesce(contains({_FOLD.format("p.text")}, {_FOLD.format("cited.document_number")}), FALSE)
                AND NOT EXISTS (
                    SELECT 1
                    FROM main.documents AS copy
                    WHERE copy.canonical_document_id = c.cited_document_id
                        AND {_FOLD.format("c.title")} IN ({_FOLD.format("copy.title")}, {_FOLD.format("copy.plan_title")})
                )
            )
            """,
            "A cited document is canonical, and it or a copy of it bears the cited title, or its number stands beside it (marks aside)",
        ),
        TableRule(
            "title_stands_in_its_paragraph",
            """
            SELECT c.citation_id, c.title, c.line_no
            FROM main.citations AS c
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE NOT contains(p.text, c.title) OR c.line_no NOT BETWEEN p.first_line AND p.last_line
            """,
            "A cited title stands in its paragraph, on one of its lines",
            is_of_one_source=True,
        ),
    ),
)
