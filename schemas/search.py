"""The full-text index: its tables (schema `search`), and the table macros that answer from it.

An index of pairs of neighbouring letters needs no cutting of text into words, neither when it is built nor when it is asked; so the
questions are plain SQL that any DuckDB client can run.
"""

from __future__ import annotations

import polars as pl  # noqa: TC002  # pandera reads the annotations

from schemas import fields
from schemas.folding import ASCII, WIDE
from schemas.table import Columns, Contract
from schemas.topics import TERMS, TOPIC_MATRIX
from schemas.view import View

# BM25 with the customary k1 and b (Robertson and Zaragoza 2009, 3.2 and 3.5). Paragraphs are short: it counts whether a pair stands in
# one, not how often.
K1, B = 1.2, 0.75


class SearchDocumentColumns(Columns):
    """One row a canonical document, under the number by which the index knows it."""

    document_no: pl.UInt32 = fields.count("Number of the document, from 0")
    document_id: pl.String = fields.document_id()


class SearchParagraphColumns(Columns):
    """One row a text in the index: a paragraph of a canonical document, or (ordinal 0) the document's title."""

    paragraph_no: pl.UInt32 = fields.count("Number of the text, from 0")
    document_no: pl.UInt32 = fields.count("The document")
    ordinal: pl.Int32 = fields.count("The paragraph's place in the document; 0 for its title")
    n_letters: pl.UInt32 = fields.count("Number of letters and digits")
    row_no: pl.Int64 = fields.count("The paragraph's rowid in main.paragraphs, where its text is; NULL for a title", nullable=True)


class PostingColumns(Columns):
    """One row a pair of neighbouring letters and a text in which it stands, sorted within each stretch of the corpus."""

    bigram: pl.UInt32 = fields.count("65536 x the first letter's code point + the second's, lower case; no second letter: 0")
    paragraph_no: pl.UInt32 = fields.count("The text")


SEARCH_SCHEMA = "The full-text index that `search` asks; made from the other tables, and left out where YAODIAN_SEARCH=0"
SEARCH_DOCUMENTS = Contract("search.documents", SearchDocumentColumns, ("document_no",))
SEARCH_PARAGRAPHS = Contract("search.paragraphs", SearchParagraphColumns, ("paragraph_no",))
POSTINGS = Contract("search.postings", PostingColumns, ("bigram", "paragraph_no"))
SEARCH_TABLES = (SEARCH_DOCUMENTS, SEARCH_PARAGRAPHS, POSTINGS, TERMS)

# What both macros ask first: which texts hold which pairs of the question's letters, and how much each pair tells (the rarer, the more).
# Texts are width-folded, so what is asked is too.
_FOUND = (
    r"""
    words AS MATERIALIZED (
        SELECT word_no, trim(trim(part, '-'), '"') AS word, starts_with(part, '-') AS is_excluded, contains(part, '"') AS is_phrase
        FROM (
            SELECT unnest(parts) AS part, unnest(range(len(parts))) AS word_no
            FROM (SELECT regexp_extract_all(translate(lower(query), '“”　{wide}', '"" {narrow}'), '-?"[^"]+"|[^\s"]+') AS parts)
        )
    ),
    grams AS MATERIALIZED (
        SELECT word_no, word, is_excluded, is_phrase, pair, length(pair) = 1 AS is_single,
            (unicode(pair) % 65536)::BIGINT * 65536 + CASE WHEN length(pair) = 1 THEN 0 ELSE unicode(substr(pair, 2)) % 65536 END AS bigram
        FROM (SELECT *, substr(word, unnest(range(1, greatest(length(word), 2))), 2) AS pair FROM words)
        WHERE regexp_matches(pair, '^[\p{L}\p{N}]{1,2}$')
    ),
    found AS MATERIALIZED (
        SELECT p.paragraph_no, g.bigram
        FROM search.postings AS p
        JOIN (SELECT DISTINCT bigram::UINTEGER AS bigram FROM grams WHERE NOT is_single) AS g ON p.bigram = g.bigram
        UNION ALL
        SELECT DISTINCT p.paragraph_no, g.bigram
        FROM search.postings AS p
        JOIN (SELECT DISTINCT bigram::UINTEGER AS bigram FROM grams WHERE is_single) AS g ON p.bigram >> 16 = g.bigram >> 16
    ),
    asked AS MATERIALIZED (SELECT bigram::UINTEGER AS bigram, min(pair) AS pair FROM grams WHERE NOT is_excluded GROUP BY bigram),
    sizes AS MATERIALIZED (SELECT count(*) AS n_texts, avg(n_letters) AS mean_letters FROM search.paragraphs),
    weights AS MATERIALIZED (
        SELECT bigram, pair, ln(1 + (n_texts - n_found + 0.5) / (n_found + 0.5))::DECIMAL(9, 6) AS weight
        FROM (SELECT bigram, count(*) AS n_found FROM found GROUP BY bigram)
        JOIN asked USING (bigram)
        CROSS JOIN sizes
    ),
    verified AS MATERIALIZED (
        SELECT c.paragraph_no, s.document_no, w.word_no, w.is_excluded
        FROM (
            SELECT f.paragraph_no, g.word_no, count(*) AS n_found
            FROM found AS f
            JOIN (SELECT DISTINCT word_no, bigram::UINTEGER AS bigram FROM grams WHERE is_phrase OR is_excluded) AS g USING (bigram)
            GROUP BY ALL
        ) AS c
        JOIN (SELECT word_no, word, is_excluded, count(DISTINCT bigram) AS n_asked FROM grams GROUP BY ALL) AS w
            ON w.word_no = c.word_no AND w.n_asked = c.n_found
        JOIN search.paragraphs AS s USING (paragraph_no)
        JOIN search.documents AS d USING (document_no)
        LEFT JOIN main.paragraphs AS p ON p.rowid = s.row_no
        LEFT JOIN main.documents AS t ON s.row_no IS NULL AND t.document_id = d.document_id
        WHERE contains(lower(coalesce(p.text, t.title)), w.word)
    ),
    scored AS MATERIALIZED (
        SELECT s.paragraph_no, s.document_no, s.ordinal, sum(w.weight) AS matched,
            matched * {k1} / (1 + {k} * (1 - {b} + {b} * any_value(s.n_letters / mean_letters))) AS score
        FROM found AS f
        JOIN weights AS w USING (bigram)
        JOIN search.paragraphs AS s USING (paragraph_no)
        CROSS JOIN sizes
        GROUP BY s.paragraph_no, s.document_no, s.ordinal
    ),
""".replace("{wide}", WIDE)
    .replace("{narrow}", ASCII)
    .replace("{k1}", str(K1 + 1))
    .replace("{k}", str(K1))
    .replace("{b}", str(B))
)

# What both show at the end: the best rows (`chosen`: rank, paragraph_no, document_id, score) with a piece of text, hits marked.
_SHOWN = r"""
    marks AS MATERIALIZED (
        SELECT '(?i)' || string_agg(regexp_escape(piece), '|' ORDER BY length(piece) DESC, piece) AS pattern
        FROM (
            SELECT DISTINCT substr(word, start, size) AS piece
            FROM (
                SELECT word, start, unnest(range(shortest, least(length(word) - start + 1, greatest(shortest, 20)) + 1)) AS size
                FROM (
                    SELECT word, CASE WHEN is_phrase THEN length(word) ELSE least(2, length(word)) END AS shortest,
                        unnest(range(1, length(word) + 1)) AS start
                    FROM words
                    WHERE NOT is_excluded
                )
            )
        )
    ),
    anchors AS (
        SELECT f.paragraph_no, arg_max(w.pair, (w.weight, w.pair)) AS pair
        FROM found AS f
        JOIN chosen AS c USING (paragraph_no)
        JOIN weights AS w USING (bigram)
        GROUP BY f.paragraph_no
    ),
    cut AS (
        SELECT c.*, p.paragraph_id, p.section_id, coalesce(p.text, d.title) AS whole, d.title, d.region_name, d.issued_on,
            greatest(1, instr(lower(whole), a.pair) - 24) AS start
        FROM chosen AS c
        JOIN main.documents AS d USING (document_id)
        JOIN search.paragraphs AS s USING (paragraph_no)
        LEFT JOIN main.paragraphs AS p ON p.rowid = s.row_no
        LEFT JOIN anchors AS a USING (paragraph_no)
    )
    SELECT rank::INTEGER AS rank, cut.title, cut.region_name, cut.issued_on, nullif(concat(s.marker, s.title), '') AS section,
        CASE WHEN start > 1 THEN '…' ELSE '' END
            || regexp_replace(substr(whole, start, 80), pattern, '【\0】', 'g')
            || CASE WHEN length(whole) >= start + 80 THEN '…' ELSE '' END AS snippet,
        round(score, 2) AS score, cut.document_id, cut.paragraph_id
    FROM cut
    CROSS JOIN marks
    LEFT JOIN main.sections AS s USING (section_id)
    ORDER BY rank
"""

_COLUMNS = {
    "rank": "Place in the order of scores, from 1",
    "title": "Title of the document",
    "region_name": "Region whose government issued it",
    "issued_on": "成文日期",
    "section": "Heading of the innermost section that holds the paragraph",
    "snippet": "Piece of the paragraph round the rarest hit, hits in 【】",
    "score": "The higher, the better; comparable within one question only",
    "document_id": "The document",
    "paragraph_id": "The paragraph; NULL where only the title was hit",
}
_QUESTION = (
    "words with spaces between them (any may match; more of them, and rarer ones, count more), "
    '"a phrase" that must stand there word for word, -word that must not; case and width of letters are the same'
)

SEARCH = View(
    name="main.search",
    parameters="query, n_rows := 20",
    description=f"The documents that answer a question best, each with its best paragraph: {_QUESTION}",
    columns=_COLUMNS,
    warning="Canonical documents only. Letters are compared, not meanings: a document that says 烟花爆竹 is not found by 鞭炮",
    example="SELECT rank, title, snippet FROM search('科技金融 -上市')",
    sql=f"""
    WITH {_FOUND}
    covered AS (
        SELECT document_no, sum(weight) AS covered
        FROM (SELECT DISTINCT s.document_no, f.bigram FROM found AS f JOIN search.paragraphs AS s USING (paragraph_no))
        JOIN weights USING (bigram)
        GROUP BY document_no
    ),
    by_document AS (
        SELECT document_no, arg_max(paragraph_no, (ordinal > 0, score, -ordinal)) AS best,
            any_value(covered) + coalesce(max(matched) FILTER (ordinal = 0), 0)
                + coalesce(list_sum(max(score, 3) FILTER (ordinal > 0)), 0) / 3 AS score
        FROM scored
        JOIN covered USING (document_no)
        WHERE document_no NOT IN (SELECT document_no FROM verified WHERE is_excluded)
        GROUP BY document_no
    ),
    chosen AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY score DESC, document_id) AS rank, best AS paragraph_no, document_id, score
        FROM by_document
        JOIN search.documents USING (document_no)
        LEFT JOIN (
            SELECT document_no, count(DISTINCT word_no) AS n_verified FROM verified WHERE NOT is_excluded GROUP BY document_no
        ) USING (document_no)
        WHERE coalesce(n_verified, 0) = (SELECT count(*) FROM words WHERE is_phrase AND NOT is_excluded)
        QUALIFY rank <= n_rows
    ),
    {_SHOWN}""",
)

SEARCH_PARAGRAPHS_MACRO = View(
    name="main.search_paragraphs",
    parameters="query, n_rows := 20",
    description=f"The paragraphs that answer a question best, by BM25, as many of one document as there are: {_QUESTION}",
    columns=_COLUMNS,
    warning="Canonical documents only; phrases and excluded words are looked for in the paragraph itself",
    example="SELECT rank, title, section, snippet FROM search_paragraphs('\"成果转化\" 平台')",
    sql=f"""
    WITH {_FOUND}
    chosen AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY score DESC, document_id, ordinal) AS rank, paragraph_no, document_id, score
        FROM scored
        JOIN search.documents USING (document_no)
        LEFT JOIN (
            SELECT paragraph_no, count(DISTINCT word_no) AS n_verified FROM verified WHERE NOT is_excluded GROUP BY paragraph_no
        ) USING (paragraph_no)
        WHERE ordinal > 0 AND paragraph_no NOT IN (SELECT paragraph_no FROM verified WHERE is_excluded)
            AND coalesce(n_verified, 0) = (SELECT count(*) FROM words WHERE is_phrase AND NOT is_excluded)
        QUALIFY rank <= n_rows
    ),
    {_SHOWN}""",
)
SEARCH_VIEWS = (SEARCH, SEARCH_PARAGRAPHS_MACRO, TOPIC_MATRIX)
