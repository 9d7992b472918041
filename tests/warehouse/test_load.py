"""A candidate's file that begins as a copy of the release's holds the rows of its own parts, and of the release nothing is changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

import warehouse.load
from schemas.lineage import LINES
from tests.warehouse.sound_rows import sound_frames
from warehouse.folder import table_parts, warehouse_file
from warehouse.handover import hand_over
from warehouse.load import LOADED_BYTES, load_candidate

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.load import Exchange


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A release of four parts, with views and quality tables of its own."""
    lines = sound_frames()[LINES.name]
    for number in range(4):
        hand_over(LINES, lines.with_columns(line_no=pl.col("line_no") + 100 * number), tmp_path / "old" / "parquet", f"{number}")
    load_candidate(tmp_path / "old", (LINES,))
    with duckdb.connect(str(warehouse_file(tmp_path / "old"))) as connection:
        connection.execute("CREATE VIEW long_lines AS FROM lineage.lines; CREATE MACRO one() AS TABLE SELECT 1; CREATE MACRO two() AS 2")
        connection.execute(
            "CREATE TABLE quality.runs AS SELECT 1 AS n; CREATE SCHEMA search; CREATE TABLE search.documents AS SELECT 1 AS n"
        )
    return tmp_path / "old"


@pytest.fixture
def candidate(release: Path) -> Path:
    """A candidate with three of the parts, under other names, and a new one."""
    folder = release.with_name("new")
    parts = table_parts(folder, LINES.name)
    parts.mkdir(parents=True)
    for number in range(1, 4):
        os.link(table_parts(release, LINES.name) / f"{number}.parquet", parts / f"{number - 1}.parquet")
    lines = sound_frames()[LINES.name].with_columns(raw_text=pl.lit("新的一行"))
    hand_over(LINES, lines, folder / "parquet", "3")
    return folder


@pytest.fixture
def exchanged(monkeypatch: pytest.MonkeyPatch) -> list[Exchange]:
    """The parts that were really exchanged."""
    found: list[Exchange] = []
    load = warehouse.load._load_table

    def load_and_note(connection, folder, contract, exchange):
        found.append(exchange)
        load(connection, folder, contract, exchange)

    monkeypatch.setattr(warehouse.load, "_load_table", load_and_note)
    return found


def list_rows(folder: Path) -> list[tuple]:
    with duckdb.connect(str(warehouse_file(folder)), read_only=True) as connection:
        return connection.execute("FROM lineage.lines ORDER BY ALL").fetchall()


def list_handed_over(folder: Path) -> list[tuple]:
    return pl.read_parquet(table_parts(folder, LINES.name) / "*.parquet").sort("source_id", "line_no").rows()


def test_only_parts_that_changed_are_exchanged(release: Path, candidate: Path, exchanged: list[Exchange]) -> None:
    before = warehouse_file(release).read_bytes()
    load_candidate(candidate, (LINES,), release)
    assert exchanged == [(["../old/parquet/lineage/lines/0.parquet"], ["parquet/lineage/lines/3.parquet"])]
    assert list_rows(candidate) == list_handed_over(candidate)
    assert warehouse_file(release).read_bytes() == before
    assert (candidate / LOADED_BYTES).read_text() == (release / LOADED_BYTES).read_text()


def test_of_the_release_only_its_tables_are_taken_over(release: Path, candidate: Path) -> None:
    load_candidate(candidate, (LINES,), release)
    (fresh := release.with_name("fresh")).mkdir()
    load_candidate(fresh, (LINES,))
    listed = []
    for folder in (candidate, fresh):
        with duckdb.connect(str(warehouse_file(folder)), read_only=True) as connection:
            made = "SELECT schema_name, function_name, comment FROM duckdb_functions() WHERE NOT internal"
            tables = "SELECT schema_name, table_name, comment FROM duckdb_tables()"
            columns = "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE NOT internal"
            schemas = "SELECT schema_name, '', '' FROM duckdb_schemas() WHERE NOT internal"
            listed.append([sorted(connection.execute(query).fetchall()) for query in (made, tables, columns, schemas)])
    assert listed[0] == listed[1]


@pytest.mark.parametrize("damage", ["cut", "other tables", "grown", "never noted", "little in common"])
def test_what_is_not_to_be_built_on_is_loaded_from_empty(release: Path, candidate: Path, damage: str) -> None:
    if damage == "cut":
        warehouse_file(release).write_bytes(warehouse_file(release).read_bytes()[:5000])
    elif damage == "other tables":
        with duckdb.connect(str(warehouse_file(release))) as connection:
            connection.execute("CREATE OR REPLACE TABLE lineage.lines AS SELECT 'a.txt' AS source_id")
    elif damage == "grown":
        (release / LOADED_BYTES).write_text(str(warehouse_file(release).stat().st_size // 2))
    elif damage == "never noted":
        (release / LOADED_BYTES).unlink()
    else:
        for number in range(2):
            (table_parts(candidate, LINES.name) / f"{number}.parquet").unlink()
    load_candidate(candidate, (LINES,), release)
    assert list_rows(candidate) == list_handed_over(candidate)
    if damage != "little in common":
        assert int((candidate / LOADED_BYTES).read_text()) == warehouse_file(candidate).stat().st_size


def test_ten_changes_leave_the_file_little_longer(tmp_path: Path) -> None:
    n_rows, one = 8_000, sound_frames()[LINES.name].head(1)
    for n_th in range(11):
        folder, before = tmp_path / f"{n_th}", tmp_path / f"{n_th - 1}"
        parts = table_parts(folder, LINES.name)
        parts.mkdir(parents=True)
        for number in range(8):
            name = f"{number}.parquet"
            if n_th and number != n_th % 8:
                os.link(table_parts(before, LINES.name) / name, parts / name)
            else:
                numbers = pl.Series(range(number * n_rows, (number + 1) * n_rows), dtype=one.schema["line_no"])
                texts = numbers.cast(pl.String) + f" in run {n_th}" + "。" * 100
                one.drop("line_no", "raw_text").join(pl.DataFrame({"line_no": numbers, "raw_text": texts}), how="cross").select(
                    one.columns
                ).write_parquet(parts / name)
        load_candidate(folder, (LINES,), before if n_th else None)
    lengths = [warehouse_file(tmp_path / f"{n_th}").stat().st_size for n_th in range(11)]
    n_loaded = len({(tmp_path / f"{n_th}" / LOADED_BYTES).read_text() for n_th in range(11)})
    assert n_loaded <= 4, "most runs built on the file before"
    assert max(lengths) < 1.5 * lengths[0]
    assert list_rows(folder) == list_handed_over(folder)
