"""A warehouse in; what there is to see in it, as small frames, out: every query that a chart, a table or the notebook shows.

Frames are bounded however large the warehouse is: counted in SQL, cut to what a person can look at. Duplicates are counted once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import polars as pl

SHOWN_AGENCIES = 20
SHOWN_PLANS = 16
SHOWN_INDICATORS = 9
SHOWN_REGIONS = 12
SHOWN_PASSAGES = 15
OVERLAP = 12  # characters that two passages share, beyond which a list shows one of them
SHOWN_HITS = 50
SHOWN_TARGETS = 500
SHOWN_CHARS = 200_000

# What to call a document where there is room for a few words: what the plan or notice is called, after its region unless that says it.
_TITLE = """coalesce(
    nullif(regexp_replace(coalesce(plan_title, title), '^.*(关于印发|印发)|[《》“”]|的通知$', '', 'g'), ''),
    regexp_replace(d.source_id, '^.*/|[.][A-Za-z]+$', '', 'g'))"""
_DOCUMENTS = f"""(
    SELECT d.*, r.short_name, {_TITLE} AS called,
        if(short_name IS NULL OR level = 'country' OR contains(called, short_name), called, short_name || ' ' || called) AS label
    FROM main.documents AS d LEFT JOIN main.regions AS r USING (region_code) WHERE is_canonical
)"""


_NEEDED = (
    *(f"main.{name}" for name in ("regions", "documents", "measures", "targets", "agencies", "reuse", "reuse_occurrences")),
    *(f"main.{name}" for name in ("agency_load", "phrase_spread", "outline", "compare_targets")),
    *(f"lineage.{name}" for name in ("sources", "lines", "repairs", "duplicates")),
    *(f"quality.{name}" for name in ("runs", "checks")),
)


def fetch(con: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None) -> pl.DataFrame:
    """Run one of our queries."""
    return con.sql(sql, params=values or {}).pl()


def find_missing(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Name what this module asks of a warehouse and this one lacks, as one that an older version built may."""
    return sorted({*_NEEDED} - _name_all(con))


def has_search(con: duckdb.DuckDBPyConnection) -> bool:
    """Return whether the warehouse has an index to search: runs may leave it out."""
    return "search.postings" in _name_all(con)


def _name_all(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Name the tables, views and table macros that there are."""
    there = """
        SELECT schema_name || '.' || table_name AS name FROM duckdb_tables()
        UNION SELECT schema_name || '.' || view_name FROM duckdb_views()
        UNION SELECT schema_name || '.' || function_name FROM duckdb_functions() WHERE function_type = 'table_macro'"""
    return set(fetch(con, there)["name"])


def count_all(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Count what the warehouse holds: things by name, in the order to show them."""
    return fetch(
        con,
        """
        SELECT (SELECT count(*) FROM lineage.sources) AS sources,
            (SELECT count(*) FROM main.documents WHERE is_canonical) AS documents,
            (SELECT count(*) FROM main.documents WHERE NOT is_canonical) AS duplicates,
            (SELECT count(DISTINCT region_code) FROM main.documents WHERE is_canonical) AS regions,
            (SELECT count(*) FROM main.measures) AS measures,
            (SELECT count(*) FROM main.targets) AS targets,
            (SELECT count(*) FROM main.agencies) AS agencies,
            (SELECT count(*) FROM main.reuse) AS passages""",
    ).row(0, named=True)


def count_years(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Count documents by year (of the plan, else of issue) and level of the region: columns year, level, n."""
    return fetch(
        con,
        """
        SELECT coalesce(plan_year, year(issued_on), year(published_on)) AS year, coalesce(region_level, 'not told') AS level, count(*) AS n
        FROM main.documents WHERE is_canonical AND year IS NOT NULL GROUP BY ALL ORDER BY ALL""",
    )


def list_provinces(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """List the provinces: columns code (first two digits), name (short)."""
    return fetch(con, "SELECT left(region_code, 2) AS code, short_name AS name FROM main.regions WHERE level = 'province' ORDER BY code")


def count_provinces(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Count documents by province, the cities and counties in it included: columns code (first two digits), n, n_targets."""
    return fetch(
        con,
        """
        SELECT left(region_code, 2) AS code, count(*) AS n, coalesce(sum(n_targets), 0)::BIGINT AS n_targets
        FROM main.documents LEFT JOIN (SELECT document_id, count(*) AS n_targets FROM main.targets GROUP BY ALL) USING (document_id)
        WHERE is_canonical AND region_level <> 'country' GROUP BY ALL ORDER BY ALL""",
    )


def count_kinds(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Count documents by kind: columns kind, n."""
    return fetch(
        con,
        """
        SELECT * FROM (SELECT coalesce(kind, 'not told') AS kind, count(*) AS n FROM main.documents WHERE is_canonical GROUP BY ALL)
        ORDER BY kind = 'not told', n DESC, kind LIMIT 12""",
    )


def list_shared_indicators(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """List what most documents of different regions set targets for: columns indicator, unit, basis, n_regions, n_documents."""
    return fetch(
        con,
        f"""
        SELECT indicator, unit, basis, count(DISTINCT region_code) AS n_regions, count(DISTINCT document_id) AS n_documents
        FROM main.targets JOIN {_DOCUMENTS} USING (document_id) WHERE indicator IS NOT NULL AND region_code IS NOT NULL
        GROUP BY ALL HAVING n_regions > 1 ORDER BY n_regions DESC, n_documents DESC, indicator, unit, basis LIMIT {SHOWN_INDICATORS}""",
    )


def compare_indicator(con: duckdb.DuckDBPyConnection, indicator: str, unit: str | None, basis: str | None) -> pl.DataFrame:
    """List a target across regions, the newest of each: columns region, year, comparator, low, high, quote, target_id."""
    return fetch(
        con,
        f"""
        SELECT short_name AS region, coalesce(target_year, plan_year) AS year, comparator, value_low AS low, value_high AS high,
            quote, target_id
        FROM main.targets JOIN {_DOCUMENTS} USING (document_id)
        WHERE indicator = $indicator AND unit IS NOT DISTINCT FROM $unit AND basis IS NOT DISTINCT FROM $basis AND short_name IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY region_code ORDER BY year DESC NULLS LAST, target_id) = 1
        ORDER BY low DESC, region LIMIT {SHOWN_REGIONS}""",
        {"indicator": indicator, "unit": unit, "basis": basis},
    )


def count_agencies(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Count the measures of the agencies with most, by how they are in charge: columns agency_id, agency, role, n, total.

    An agency that is in charge of a measure in two ways counts in both.
    """
    return fetch(
        con,
        f"""
        WITH named AS (
            UNPIVOT (
                SELECT agency_id, agency, n_led AS lead, n_responsible AS responsible, n_supporting AS supporting FROM main.agency_load
            ) ON lead, responsible, supporting INTO NAME role VALUE n
        ), ranked AS (
            SELECT agency_id, sum(n)::BIGINT AS total FROM named GROUP BY ALL ORDER BY total DESC, agency_id LIMIT {SHOWN_AGENCIES}
        )
        SELECT * FROM named JOIN ranked USING (agency_id) WHERE n > 0 ORDER BY total DESC, agency_id, role""",
    )


def count_plan_targets(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Count the targets of the plans with most, by what their numbers measure: columns plan, basis, n, total."""
    return fetch(
        con,
        f"""
        WITH counted AS (SELECT document_id, coalesce(basis, 'not told') AS basis, count(*) AS n FROM main.targets GROUP BY ALL),
        ranked AS (
            SELECT document_id, label, sum(n)::BIGINT AS total FROM counted JOIN {_DOCUMENTS} USING (document_id)
            GROUP BY ALL ORDER BY total DESC, document_id LIMIT {SHOWN_PLANS}
        )
        SELECT document_id, label AS plan, basis, n, total
        FROM counted JOIN ranked USING (document_id) ORDER BY total DESC, document_id, basis""",
    )


def count_shared_text(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Count the characters of the passages that two documents share, for the documents that share most: columns one, other, n_chars, n.

    `one` and `other` are labels; each pair is there both ways.
    """
    return fetch(
        con,
        f"""
        WITH held AS (SELECT DISTINCT reuse_id, document_id FROM main.reuse_occurrences),
        few AS (SELECT reuse_id, n_chars FROM main.reuse WHERE n_documents <= 50),
        pairs AS (
            SELECT a.document_id AS one, b.document_id AS other, sum(n_chars)::BIGINT AS n_chars, count(*) AS n
            FROM few JOIN held AS a USING (reuse_id) JOIN held AS b USING (reuse_id) WHERE a.document_id <> b.document_id GROUP BY ALL
        ),
        most AS (
            SELECT one AS document_id, max(n_chars) AS best FROM pairs GROUP BY ALL ORDER BY best DESC, document_id LIMIT {SHOWN_PLANS}
        ),
        named AS (SELECT document_id, label FROM most JOIN {_DOCUMENTS} USING (document_id))
        SELECT one AS one_id, other AS other_id, a.label AS one, b.label AS other, n_chars, n
        FROM pairs JOIN named AS a ON one = a.document_id JOIN named AS b ON other = b.document_id ORDER BY one_id, other_id""",
    )


def list_passages(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """List the passages that take most room, copies included: columns phrase, n_documents, n_chars, regions, first_region, first_on.

    Of passages that overlap, the one that takes most room stands for the others.
    """
    found = fetch(
        con,
        f"""
        SELECT phrase, n_documents, n_chars, regions, first_region, first_on FROM main.phrase_spread
        ORDER BY n_documents * n_chars DESC, reuse_id LIMIT {40 * SHOWN_PASSAGES}""",
    )
    seen: set[str] = set()
    is_new = []
    for phrase in found["phrase"]:
        parts = {phrase[start : start + OVERLAP] for start in range(len(phrase) - OVERLAP + 1)}
        is_new.append(not parts & seen)
        seen |= parts
    return found.filter(is_new).head(SHOWN_PASSAGES)


def count_roles(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Count lines by role: columns role, n."""
    return fetch(con, "SELECT role, count(*) AS n FROM lineage.lines GROUP BY ALL ORDER BY n DESC, role")


def measure_fill(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Measure how many documents and targets have each fact that a page may lack: columns of_table, column, share, n_rows."""
    documents = ("title", "kind", "issuer", "document_number", "issued_on", "published_on", "region_code", "plan_year", "publisher")
    targets = ("indicator", "unit", "basis", "target_year", "measure_id")
    parts = [
        f"SELECT '{table}' AS of_table, '{column}' AS \"column\", count({column}) / nullif(count(*), 0) AS share, count(*) AS n_rows"
        f" FROM main.{table}"
        for table, columns in (("documents", documents), ("targets", targets))
        for column in columns
    ]
    return fetch(con, " UNION ALL ".join(parts) + " ORDER BY of_table, share DESC, 2").drop_nulls("share")


def count_changes(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Count repairs and repeats by kind: columns what, kind, n."""
    return fetch(
        con,
        """
        SELECT 'repair' AS what, replace(kind, '_', ' ') AS kind, count(*) AS n FROM lineage.repairs GROUP BY ALL
        UNION ALL SELECT 'repeat', replace(kind, '_', ' '), count(*) FROM lineage.duplicates GROUP BY ALL ORDER BY what, n DESC, kind""",
    )


def list_plans(con: duckdb.DuckDBPyConnection, n_plans: int) -> pl.DataFrame:
    """List the plans with most measures: columns document_id, plan, issuer, n_measures."""
    return fetch(
        con,
        f"""
        SELECT document_id, label AS plan, issuer, count(*) AS n_measures FROM main.measures JOIN {_DOCUMENTS} USING (document_id)
        GROUP BY ALL ORDER BY n_measures DESC, document_id LIMIT $n""",
        {"n": n_plans},
    )


def outline(con: duckdb.DuckDBPyConnection, document_id: str) -> pl.DataFrame:
    """List the sections and measures of a document: columns line, level, kind, marker, title, agencies, n_targets, id."""
    return fetch(con, "SELECT * EXCLUDE last_line FROM main.outline($document)", {"document": document_id})


def search(con: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    """List the documents that best answer a question, as the macro `search` does, what to read first; hits are marked by 【】."""
    columns = "rank, snippet, title, region_name, issued_on, section, paragraph_id"
    return fetch(con, f"SELECT {columns} FROM main.search($query, n_rows := {SHOWN_HITS}) ORDER BY rank", {"query": query})


def compare(con: duckdb.DuckDBPyConnection, term: str) -> pl.DataFrame:
    """List the targets that speak of a term, as the macro `compare_targets` does, what to read first."""
    columns = "region_name, comparator, value_low, value_high, unit, basis, target_year, sentence, title, target_id"
    return fetch(con, f"SELECT {columns} FROM main.compare_targets($term) LIMIT {SHOWN_TARGETS}", {"term": term})


def read_text(con: duckdb.DuckDBPyConnection, document_id: str) -> str:
    """Read the clean text of a document, at most `SHOWN_CHARS` characters of it."""
    sql = "SELECT left(text, $n) FROM main.documents WHERE document_id = $document"
    return fetch(con, sql, {"n": SHOWN_CHARS, "document": document_id}).item()
