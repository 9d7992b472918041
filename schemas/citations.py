"""Contract of the documents that documents cite: citations."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl  # noqa: TC002  # pandera reads the annotations

from schemas import fields
from schemas.table import Columns, Contract, ForeignKey, RowRule, TableRule


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
