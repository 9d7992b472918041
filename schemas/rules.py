"""Rules that several tables share: places without gaps, ids and lines of the right source."""

from __future__ import annotations

from schemas.table import TableRule


def ordinals_without_gaps(table: str, key: str) -> TableRule:
    """Ask for ordinals from 1 without gaps within a key."""
    return TableRule(
        "ordinals_without_gaps",
        f"""
        SELECT {key}, max(ordinal) AS last_ordinal, count(*) AS n_rows
        FROM {table}
        GROUP BY {key}
        HAVING min(ordinal) <> 1 OR max(ordinal) <> count(*) OR count(DISTINCT ordinal) <> count(*)
        """,
        f"The ordinals within a {key} run from 1 without gaps",
        is_of_one_source=True,
    )


def ordinals_follow_the_lines(table: str, key: str) -> TableRule:
    """Ask for ordinals in the order of the lines."""
    return TableRule(
        "ordinals_follow_the_lines",
        f"""
        SELECT {key}, document_id, ordinal, first_line
        FROM {table}
        QUALIFY first_line <= lag(first_line) OVER (PARTITION BY document_id ORDER BY ordinal)
        """,
        "Ordinals go up with the lines",
        is_of_one_source=True,
    )


def ids_without_gaps(table: str, key: str, letter: str, line: str) -> TableRule:
    """Ask for ids of one source that are numbered from 1 without gaps, in the order of its lines, and begin with its document's id."""
    return TableRule(
        "ids_count_within_the_source",
        f"""
        SELECT {key}, t.source_id, place, n_found
        FROM (
            SELECT {key}, source_id, split_part({key}, '-{letter}', 2)::INTEGER AS place,
                row_number() OVER (PARTITION BY source_id ORDER BY {line}, {key}) AS n_found
            FROM {table}
        ) AS t
        LEFT JOIN main.documents AS d USING (source_id)
        WHERE place <> n_found OR NOT starts_with({key}, d.document_id)
        """,
        "Ids begin with the document's and are numbered from 1 without gaps in the order of the lines",
        is_of_one_source=True,
    )


def lines_are_of_the_document(table: str, key: str) -> TableRule:
    """Ask for lines that the document's source has."""
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
        is_of_one_source=True,
    )
