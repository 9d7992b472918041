"""The terms of headings by document, and the view that tells from them what each region writes about most."""

from __future__ import annotations

import polars as pl  # noqa: TC002  # pandera reads the annotations

from schemas import fields
from schemas.table import Columns, Contract
from schemas.view import View


class TermColumns(Columns):
    """One row a term and a canonical document that has it in its headings: title, titles of sections and measures."""

    document_no: pl.UInt32 = fields.count("The document, as in search.documents")
    term: pl.String = fields.text("The term, as a dictionary of Chinese cuts it, lower case")
    n_times: pl.UInt32 = fields.count("How often it stands in the document's headings")


TERMS = Contract("search.terms", TermColumns, ("document_no", "term"))

TOPIC_MATRIX = View(
    name="main.topic_matrix",
    description="Terms by region: what the headings of each region's documents speak of, and how much more than other regions' (TF-IDF)",
    columns={
        "region_name": "Region of the documents",
        "rank": "Place among the region's terms, from 1",
        "term": "The term",
        "n_times": "How often it stands in headings of the region's documents",
        "n_documents": "In how many of them",
        "n_regions": "How many regions have it at all",
        "tf_idf": "1000 x share of the region's terms x ln((1 + regions) / (1 + regions that have it)); 0 where all have it",
    },
    warning=(
        "Headings only: titles of documents and sections, and of measures their titles or first sentences. Words are cut by dictionary,"
        " without those of seeds/reference/stop_words.csv and names of regions. Of regions with few documents, the weights are chance"
    ),
    example="SELECT region_name, string_agg(term, '、' ORDER BY rank) AS terms FROM topic_matrix WHERE rank <= 8 GROUP BY ALL ORDER BY ALL",
    sql="""
    WITH regional AS (
        SELECT d.region_name, t.term, sum(t.n_times)::BIGINT AS n_times, count(*) AS n_documents
        FROM search.terms AS t
        JOIN search.documents AS s USING (document_no)
        JOIN main.documents AS d USING (document_id)
        WHERE d.region_name IS NOT NULL AND t.term NOT IN (SELECT name FROM main.regions UNION SELECT short_name FROM main.regions)
        GROUP BY d.region_name, t.term
    ),
    weighed AS (
        SELECT r.region_name, r.term, r.n_times, r.n_documents, o.n_regions,
            round(1000 * r.n_times / l.n_all * ln((1 + n.n_all_regions) / (1 + o.n_regions)), 3) AS tf_idf
        FROM regional AS r
        JOIN (SELECT term, count(*) AS n_regions FROM regional GROUP BY term) AS o USING (term)
        JOIN (SELECT region_name, sum(n_times) AS n_all FROM regional GROUP BY region_name) AS l USING (region_name)
        CROSS JOIN (SELECT count(DISTINCT region_name) AS n_all_regions FROM regional) AS n
    )
    SELECT region_name, row_number() OVER (PARTITION BY region_name ORDER BY tf_idf DESC, n_times DESC, term)::INTEGER AS rank,
        term, n_times, n_documents, n_regions, tf_idf
    FROM weighed
    """,
)
