"""Contracts agree with themselves, with each other, and with the SQL that both polars and DuckDB read."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from schemas.checks import FRAME_KINDS, list_checks
from schemas.fields import CONTENT_ROLES, OTHER_ROLES
from schemas.folding import FOLDED, UNSEEN
from schemas.reference import REFERENCE_TABLES
from schemas.tables import BY_NAME, DATA_TABLES, SCHEMAS, TABLES
from tests.warehouse.sound_rows import CONTRACTS
from transforms.lines import add_clean_text

if TYPE_CHECKING:
    from schemas.table import Contract

ALL = [*CONTRACTS.values(), *(table.contract for table in REFERENCE_TABLES.values())]
every_contract = pytest.mark.parametrize("contract", ALL, ids=lambda contract: contract.name)
every_table = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.name)


@every_contract
def test_is_described(contract: Contract) -> None:
    assert contract.description.startswith("One row a")
    for name, column in contract.columns.to_schema().columns.items():
        assert column.description, name
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)


@every_contract
def test_keys_are_columns_and_never_null(contract: Contract) -> None:
    columns = contract.columns.to_schema().columns
    assert contract.primary_key
    assert all(not columns[name].nullable for name in contract.primary_key)


@every_table
def test_foreign_keys_point_at_keys_of_one_type(contract: Contract) -> None:
    for key in contract.foreign_keys:
        target = CONTRACTS[key.table]
        assert key.references == target.primary_key
        assert [contract.dtypes[name] for name in key.columns] == [target.dtypes[name] for name in key.references]


def test_tables_come_after_those_they_refer_to() -> None:
    order = list(BY_NAME)
    for table in TABLES:
        for key in table.foreign_keys:
            within_schema = key.table.split(".")[0] == table.schema and key.table != table.name
            if within_schema and key.table in BY_NAME:
                assert order.index(key.table) < order.index(table.name)


def test_rules_of_one_source_read_no_table_of_the_whole_corpus() -> None:
    """They are asked where these tables are not."""
    rules = [rule.breaches for contract in TABLES for rule in contract.table_rules if rule.is_of_one_source]
    assert rules
    assert [rule for rule in rules if re.search(r"main\.(regions|agencies|reuse\w*)\b", rule)] == []


def test_schemas_are_those_of_the_tables() -> None:
    assert {table.schema for table in TABLES} == set(SCHEMAS)
    assert len(BY_NAME) == len(TABLES)


@every_contract
def test_every_column_has_its_checks_under_unique_names(contract: Contract) -> None:
    checks = list_checks(contract)
    names = [check.name for check in checks]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    assert all(check.description and "\n" not in check.description for check in checks)
    for name, column in contract.columns.to_schema().columns.items():
        kinds = {check.kind for check in checks if check.column == name}
        assert "type" in kinds
        assert ("not_null" in kinds) == (not column.nullable)
    assert {check.kind for check in checks} & set(FRAME_KINDS)


@every_table
def test_frame_schema_names_its_checks_as_the_list_does(contract: Contract) -> None:
    schema = contract.frame_schema
    named = {check.error for column in schema.columns.values() for check in column.checks} | {check.error for check in schema.checks or ()}
    listed = {check.name for check in list_checks(contract) if check.kind in FRAME_KINDS[4:]}
    assert named == listed


@every_table
def test_row_rules_mean_the_same_in_polars_and_duckdb(contract: Contract) -> None:
    connection = duckdb.connect()
    connection.register("rows", contract.empty().to_arrow())
    for rule in contract.row_rules:
        assert contract.empty().select(pl.sql_expr(rule.condition)).dtypes == [pl.Boolean]
        assert connection.execute(f"SELECT * FROM rows WHERE NOT ({rule.condition})").fetchall() == []


def test_patterns_of_row_rules_match_whole_texts() -> None:
    """DuckDB 2 and polars look for a part by `~`, DuckDB 1 for the whole: patterns that span the text mean the same to all."""
    for contract in CONTRACTS.values():
        for rule in contract.row_rules:
            for pattern in re.findall(r"~ '([^']*)'", rule.condition):
                assert pattern.startswith("^")
                assert pattern.endswith("$")


@every_table
def test_arrow_schema_and_empty_frame_agree(contract: Contract) -> None:
    assert contract.arrow_schema.names == list(contract.dtypes)
    assert contract.conform(pl.DataFrame()).schema == contract.empty().schema
    assert contract.conform(contract.empty().with_columns(surplus=pl.lit(1))).columns == list(contract.dtypes)


def test_roles_are_each_of_one_sort() -> None:
    assert not set(CONTENT_ROLES) & set(OTHER_ROLES)


def test_folded_sql_leaves_out_what_cleaning_does() -> None:
    """Character by character, over all of Unicode: the SQL that compares raw with clean text folds as transforms/lines.py does."""
    characters = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cs", "Cn")]
    frame = pl.DataFrame({"raw_text": [c for c in characters if c not in "\r\n"]})
    clean = add_clean_text(frame).with_columns(pl.col("text").str.replace_all(" ", "", literal=True))
    connection = duckdb.connect()
    connection.execute(f"CREATE SCHEMA lineage; CREATE MACRO {FOLDED.name}({FOLDED.parameters}) AS {FOLDED.body}")
    connection.register("characters", clean.to_arrow())
    query = f"SELECT raw_text FROM characters WHERE {FOLDED.name}(raw_text) <> {FOLDED.name}(text)"
    assert [f"U+{ord(row[0]):04X}" for row in connection.execute(query).fetchall()] == []
    query = f"SELECT raw_text FROM characters WHERE regexp_matches(raw_text, '[^{UNSEEN}]') <> (text <> '')"
    assert [f"U+{ord(row[0]):04X}" for row in connection.execute(query).fetchall()] == []


def test_data_tables_are_under_contract() -> None:
    assert {table.name for table in DATA_TABLES} <= set(CONTRACTS)
