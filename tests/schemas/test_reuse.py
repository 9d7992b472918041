"""The rule on where passages stand, in paragraphs that are looked up piece by piece."""

from __future__ import annotations

import duckdb
import pytest

from schemas.reuse import LONG_BYTES, PIECE_CHARS, REUSE_OCCURRENCES

RULE = next(rule for rule in REUSE_OCCURRENCES.table_rules if rule.name == "text_stands_at_the_offsets")
LONG = "".join(chr(0x4E00 + n % 20_000) for n in range(LONG_BYTES + 50))


@pytest.mark.parametrize("start", [0, PIECE_CHARS - 7, PIECE_CHARS, 3 * PIECE_CHARS + 1, LONG_BYTES + 10])
def test_passages_are_found_in_long_paragraphs(start: int) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE main.paragraphs AS SELECT 'p' AS paragraph_id, ? AS text", [LONG])
        connection.execute("CREATE TABLE main.reuse AS SELECT 'r' AS reuse_id, ? AS text", [LONG[start : start + 40]])
        for shift, n_breaches in ((0, 0), (1, 1), (PIECE_CHARS, 1), (LONG_BYTES, 1)):
            place = [start + shift, start + shift + 40]
            connection.execute(
                "CREATE OR REPLACE TABLE main.reuse_occurrences AS "
                "SELECT 'r' AS reuse_id, 'p' AS paragraph_id, ?::INTEGER AS start_char, ?::INTEGER AS end_char",
                place,
            )
            assert len(connection.execute(RULE.breaches).fetchall()) == n_breaches
