"""The rule on the ends of what a page repeats: copies are wrapped and pointed in their own ways, other lines are no copies."""

from __future__ import annotations

import duckdb
import pytest

from schemas.lineage import DUPLICATES
from schemas.tables import MACROS

RULE = next(rule for rule in DUPLICATES.table_rules if rule.name == "repeat_has_the_same_ends")
FIRST, LAST = "某院、某检察院关于办理渔港案件若干问题的解释", "本解释自2020年5月1日起施行。"


@pytest.mark.parametrize(
    ("first", "last", "n_breaches"),
    [
        (FIRST, LAST, 0),
        ("某院　某检察院关于办理渔港案件若干问题的解释", "本解释自２０２０年５月１日起施行", 0),
        ("某院、某检察院关于办理渔港", "5月1日起施行。", 0),
        (FIRST.replace("渔港", "渔船"), LAST, 1),
        (FIRST, LAST.replace("5月", "6月"), 1),
        ("关于办理渔港案件若干问题的解释", "本解释自2020年", 2),
    ],
)
def test_repeats_have_the_letters_of_what_they_repeat_at_both_ends(first: str, last: str, n_breaches: int) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA lineage")
        for macro in MACROS:
            connection.execute(f"CREATE MACRO {macro.name}({macro.parameters}) AS {macro.body}")
        connection.execute("CREATE TABLE lineage.lines (source_id VARCHAR, line_no INTEGER, raw_text VARCHAR)")
        connection.executemany("INSERT INTO lineage.lines VALUES ('s', ?, ?)", [[1, FIRST], [2, LAST], [3, first], [4, last]])
        connection.execute(
            "CREATE TABLE lineage.duplicates AS SELECT 'd' AS duplicate_id, 's' AS source_id, 'within_source' AS kind, "
            "3 AS first_line, 4 AS last_line, 1 AS duplicate_of_first_line, 2 AS duplicate_of_last_line"
        )
        assert len(connection.execute(RULE.breaches).fetchall()) == n_breaches
