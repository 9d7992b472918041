"""Rules on what the source says, asked about odd but legitimate pages: what stands there passes, what does not is told."""

from __future__ import annotations

import duckdb
import pytest

from schemas.documents import DOCUMENTS
from schemas.structure import MEASURES
from schemas.tables import MACROS
from schemas.targets import TARGETS

RULES = {rule.name: rule.breaches for contract in (DOCUMENTS, MEASURES, TARGETS) for rule in contract.table_rules}


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA lineage")
        for macro in MACROS:
            connection.execute(f"CREATE MACRO {macro.name}({macro.parameters}) AS {macro.body}")
        yield connection


@pytest.mark.parametrize(
    ("quote", "value", "is_sound"),
    [
        ("新增7万5千人", 75_000, True),
        ("投入3亿零500万元", 300_500_000, True),
        ("投入3亿零500万元", 400_500_000, False),
        ("到2025年不低于1/3", 1 / 3, True),
        ("到2025年达到三分之二", 2 / 3, True),
        ("到2025年达到百分之八,新增6个", 700, False),
    ],
)
def test_sums_and_fractions_say_their_values(warehouse, quote: str, value: float, is_sound: bool) -> None:
    columns = "'t' AS target_id, ? AS quote, ?::DOUBLE AS value_low, NULL::DOUBLE AS value_high"
    warehouse.execute(f"CREATE TABLE main.targets AS SELECT {columns}", [quote, float(value)])
    assert (warehouse.execute(RULES["quote_says_the_values"]).fetchall() == []) is is_sound


@pytest.mark.parametrize(
    ("text", "number", "is_sound"),
    [
        ("1.开展试点", 1, True),
        ("(十二)开展试点", 12, True),
        ("一百零五、开展试点", 105, True),
        ("1200.开展试点", 1200, True),
        ("⑳开展试点", 20, True),
        ("开展试点(184)", None, True),
        ("(184)号文件所列试点", None, True),
        ("3.5万人参加试点", None, True),
        ("2.开展试点", 3, False),
        ("12.开展试点", None, False),
        ("(3)开展试点", None, False),
        ("二、开展试点", None, False),
    ],
)
def test_measures_say_their_numbers(warehouse, text: str, number: int | None, is_sound: bool) -> None:
    warehouse.execute("CREATE TABLE main.measures AS SELECT 'm' AS measure_id, ? AS text, ?::INTEGER AS number", [text, number])
    assert (warehouse.execute(RULES["text_says_the_number"]).fetchall() == []) is is_sound


def hold(warehouse, lines: list[tuple[str, str]], **facts: str) -> None:
    """Put one document and its lines (role, text) into the tables that the rules ask."""
    names = ("title", "plan_title", "kind", "issuer", "document_number", "issued_on", "published_on", "effective_on")
    columns = ", ".join(f"?::{'DATE' if name.endswith('_on') else 'VARCHAR'} AS {name}" for name in names)
    warehouse.execute(
        f"CREATE TABLE main.documents AS SELECT 'd' AS document_id, 's' AS source_id, '' AS text, {columns}",
        [facts.get(name) for name in names],
    )
    warehouse.execute("CREATE TABLE lineage.lines (source_id VARCHAR, line_no INTEGER, role VARCHAR, raw_text VARCHAR)")
    warehouse.executemany(
        "INSERT INTO lineage.lines VALUES ('s', ?, ?, ?)", [(n, role, text) for n, (role, text) in enumerate(lines, start=1)]
    )


@pytest.mark.parametrize(
    ("rule", "lines", "facts"),
    [
        ("days_stand_in_the_source", [("metadata", "2008.8.6"), ("metadata", "12次浏览")], {"published_on": "2008-08-06"}),
        ("days_stand_in_the_source", [("body", "2008.8.6"), ("body", "2024.1.1")], {"issued_on": "2008-08-06"}),
        ("document_number_stands_in_the_source", [("metadata", "文号:沪府规﹝2023﹞160号")], {"document_number": "沪府规〔2023〕160号"}),
        ("kind_is_of_the_title", [("title", "某市统计公"), ("title", "报")], {"title": "关于印发某事的通知", "kind": "公报"}),
        ("kind_is_of_the_title", [("metadata", "名称:某县权责清单")], {"title": "填表说明", "kind": "清单"}),
    ],
)
def test_what_stands_in_the_source_passes(warehouse, rule: str, lines: list[tuple[str, str]], facts: dict[str, str]) -> None:
    hold(warehouse, lines, **facts)
    assert warehouse.execute(RULES[rule]).fetchall() == []
    warehouse.execute("UPDATE lineage.lines SET raw_text = '别的'")
    assert len(warehouse.execute(RULES[rule]).fetchall()) == 1
