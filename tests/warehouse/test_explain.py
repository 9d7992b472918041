from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from schemas.errors import InputError
from warehouse.explain import explain_id

if TYPE_CHECKING:
    from pathlib import Path

    from flows.build import RunSummary


@pytest.fixture(scope="module")
def warehouse(seeds_run: RunSummary) -> Path:
    return seeds_run.folder.warehouse


def first(warehouse: Path, sql: str) -> tuple:
    with duckdb.connect(str(warehouse.resolve()), read_only=True) as con:
        return con.execute(sql).fetchall()[0]


def test_a_line_shows_its_raw_text_role_and_rule(warehouse: Path) -> None:
    source, line, role, rule, raw = first(
        warehouse, "SELECT source_id, line_no, role, rule, raw_text FROM lineage.lines WHERE role = 'title' ORDER BY ALL"
    )
    shown = explain_id(warehouse, f"{source}:{line}")
    assert f"line {line} of {source}" in shown
    assert f"{role} ({rule})" in shown
    assert raw.strip() in shown


def test_a_repair_shows_what_was_there_what_was_put_and_why(warehouse: Path) -> None:
    key, original, new, evidence = first(
        warehouse, "SELECT repair_id, original, replacement, evidence FROM lineage.repairs WHERE replacement IS NOT NULL ORDER BY ALL"
    )
    shown = explain_id(warehouse, key)
    assert f"{original!r} -> {new!r}" in shown
    assert evidence in shown


@pytest.mark.parametrize(
    ("kind", "sql"),
    [
        ("document", "SELECT document_id FROM main.documents ORDER BY 1"),
        ("paragraph", "SELECT paragraph_id FROM main.paragraphs ORDER BY 1"),
        ("repeat", "SELECT duplicate_id FROM lineage.duplicates ORDER BY 1"),
        ("source", "SELECT source_id FROM lineage.sources ORDER BY 1"),
    ],
)
def test_each_kind_of_thing_is_found_by_its_id(warehouse: Path, kind: str, sql: str) -> None:
    (key,) = first(warehouse, sql)
    shown = explain_id(warehouse, key)
    assert shown.startswith(f"{kind} {key}\n")
    assert "raw lines, role (rule)" in shown
    assert "SHA-256" in shown


def test_a_repeat_shows_both_places(warehouse: Path) -> None:
    key, source, first_line, of_first = first(
        warehouse, "SELECT duplicate_id, source_id, first_line, duplicate_of_first_line FROM lineage.duplicates ORDER BY 1"
    )
    shown = explain_id(warehouse, key)
    assert f"{source}:{first_line}-" in shown
    assert f"{source}:{of_first}-" in shown


@pytest.mark.parametrize(
    "thing", ["", "nothing", "abcdefghijkl", "abcdefghijkl-p0001", "004_da3f5c9ac6127705.txt:99999", "x:1", "'; DROP TABLE x"]
)
def test_an_unknown_id_is_an_error_of_the_user(warehouse: Path, thing: str) -> None:
    with pytest.raises(InputError, match="nothing in the warehouse"):
        explain_id(warehouse, thing)
