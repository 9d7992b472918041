"""The candidate file is what the contracts say, others can read it, and whatever is wrong with it is a failed check, never a traceback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from schemas.checks import HANDED_OVER_NAME
from schemas.lineage import LINES, REPAIRS, SOURCES
from schemas.tables import DATA_TABLES, TABLES
from tests.warehouse.corruptions import set_values
from tests.warehouse.sound_rows import sound_frames
from warehouse.audit import audit_candidate
from warehouse.connect import STORAGE_VERSION
from warehouse.handover import hand_over
from warehouse.load import load_candidate
from warehouse.sums import KEY

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.folder import DataFolder

FEW = (SOURCES, LINES, REPAIRS)


def build(folder: Path, frames: dict[str, pl.DataFrame], tables: tuple = FEW) -> None:
    for table in tables:
        hand_over(table, frames[table.name], folder / "parquet", "000000")
    load_candidate(folder, tables)


def change(folder: Path, statement: str) -> None:
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(statement)


def failures(results: pl.DataFrame) -> dict[str, dict]:
    failed = results.filter(~pl.col("passed")).iter_rows(named=True)
    return {row["check_name"]: row | {"detail": json.loads(row["detail"])} for row in failed}


def test_every_table_and_column_has_its_comment(published: DataFolder) -> None:
    with duckdb.connect(str(published.warehouse), read_only=True) as connection:
        for table in TABLES:
            about = "FROM duckdb_tables() SELECT comment WHERE schema_name = ? AND table_name = ?"
            assert connection.execute(about, [table.schema, table.table]).fetchall() == [(table.comment,)]
        assert connection.execute("SELECT * FROM duckdb_columns() WHERE NOT internal AND coalesce(comment, '') = ''").fetchall() == []


def test_what_is_never_null_is_declared_and_keys_are_named(published: DataFolder) -> None:
    query = "SELECT schema_name || '.' || table_name, constraint_type, constraint_column_names FROM duckdb_constraints()"
    with duckdb.connect(str(published.warehouse), read_only=True) as connection:
        found = {(table, kind, tuple(columns)) for table, kind, columns in connection.execute(query).fetchall()}
    not_null = {
        (table.name, "NOT NULL", (name,))
        for table in TABLES
        for name, column in table.columns.to_schema().columns.items()
        if not column.nullable
    }
    assert found == not_null
    assert "Primary key: repair_id. source_id, line_no → lineage.lines (source_id, line_no)." in REPAIRS.comment


def test_storage_version_is_one_that_duckdb_1_1_reads(published: DataFolder) -> None:
    assert STORAGE_VERSION in ("v1.0.0", "v1.1.0")
    header = published.warehouse.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64


def test_broken_keys_are_loaded_for_the_audit_to_list(tmp_path: Path) -> None:
    frames = sound_frames()
    frames["lineage.lines"] = pl.concat([frames["lineage.lines"], frames["lineage.lines"].head(1)])
    frames["lineage.repairs"] = set_values(frames["lineage.repairs"], 0, {"line_no": 99})
    build(tmp_path, frames)
    failed = failures(audit_candidate(tmp_path, FEW))
    assert failed["source_id_line_no_is_unique"]["n_failed"] == 2
    assert failed["source_id_line_no_is_unique"]["detail"]["sample"] == [{"source_id": "a.txt", "line_no": 1}] * 2
    assert failed["source_id_line_no_stands_in_lines"]["detail"]["sample"] == [
        {"repair_id": "aaaaaaaaaaaa-r0001", "source_id": "a.txt", "line_no": 99}
    ]
    assert HANDED_OVER_NAME not in failed


def test_part_of_wrong_type_is_a_failed_check(tmp_path: Path) -> None:
    frames = sound_frames()
    frames["lineage.sources"] = frames["lineage.sources"].with_columns(n_bytes=pl.lit("many"))
    build(tmp_path, frames)
    failed = failures(audit_candidate(tmp_path, (SOURCES,)))
    assert "table_is_not_empty" in failed
    assert not failed[HANDED_OVER_NAME]["passed"]


def test_part_without_a_column_is_a_failed_check(tmp_path: Path) -> None:
    frames = sound_frames()
    frames["lineage.sources"] = frames["lineage.sources"].drop("encoding")
    build(tmp_path, frames)
    assert HANDED_OVER_NAME in failures(audit_candidate(tmp_path, (SOURCES,)))


def test_table_never_handed_over_is_a_failed_check(tmp_path: Path) -> None:
    load_candidate(tmp_path, (LINES,))
    assert HANDED_OVER_NAME in failures(audit_candidate(tmp_path, (LINES,)))


@pytest.mark.parametrize(
    ("statement", "n_failed"),
    [
        ("UPDATE lineage.lines SET raw_text = raw_text || ' ' WHERE line_no = 1 AND source_id = 'a.txt'", 2),
        ("DELETE FROM lineage.lines WHERE line_no = 5", 1),
        ("INSERT INTO lineage.lines SELECT * REPLACE (99 AS line_no) FROM lineage.lines WHERE line_no = 1 AND source_id = 'a.txt'", 1),
    ],
)
def test_rows_are_those_handed_over(tmp_path: Path, statement: str, n_failed: int) -> None:
    frames = sound_frames()
    frames["lineage.repairs"] = frames["lineage.repairs"].clear()
    build(tmp_path, frames)
    assert HANDED_OVER_NAME not in failures(audit_candidate(tmp_path, (LINES,)))
    change(tmp_path, statement)
    found = failures(audit_candidate(tmp_path, (LINES,)))[HANDED_OVER_NAME]
    assert found["n_failed"] == n_failed
    assert {row["problem"] for row in found["detail"]["sample"]} <= {"not handed over", "not in the table"}


def test_part_that_changed_shows_before_the_load_and_after_it(tmp_path: Path) -> None:
    for folder in (tmp_path / "before", tmp_path / "after"):
        build(folder, sound_frames())
        part = folder / "parquet" / "lineage" / "lines" / "000000.parquet"
        others = pl.read_parquet(part).with_columns(raw_text=pl.col("raw_text") + " ")
        others.write_parquet(part, metadata={KEY: pl.read_parquet_metadata(part)[KEY]})
    load_candidate(tmp_path / "before", FEW)
    found = failures(audit_candidate(tmp_path / "before", (LINES,)))[HANDED_OVER_NAME]
    assert "no row is found" in found["detail"]["problem"]
    assert HANDED_OVER_NAME not in failures(audit_candidate(tmp_path / "after", (LINES,)))
    assert HANDED_OVER_NAME in failures(audit_candidate(tmp_path / "after", (LINES,), reads_parts=True))


def test_part_without_sums_of_this_version_is_read(tmp_path: Path) -> None:
    build(tmp_path, sound_frames())
    part = tmp_path / "parquet" / "lineage" / "lines" / "000000.parquet"
    pl.read_parquet(part).write_parquet(part, metadata={KEY: '["0.1", 0, null, null]'})
    assert HANDED_OVER_NAME not in failures(audit_candidate(tmp_path, (LINES,)))
    pl.read_parquet(part).head(2).write_parquet(part)
    assert HANDED_OVER_NAME in failures(audit_candidate(tmp_path, (LINES,)))


def test_missing_table_or_column_is_told_apart_as_a_crash(tmp_path: Path) -> None:
    build(tmp_path, sound_frames())
    change(tmp_path, "DROP TABLE lineage.repairs; DROP TABLE lineage.lines; ALTER TABLE lineage.sources RENAME COLUMN media_type TO kind")
    results = audit_candidate(tmp_path, (SOURCES, REPAIRS))
    of_repairs = results.filter(pl.col("table_name") == "lineage.repairs")
    assert not of_repairs["passed"].any()
    assert all("crash" in json.loads(detail) for detail in of_repairs["detail"])
    of_sources = failures(results.filter(pl.col("table_name") == "lineage.sources"))
    assert "crash" not in of_sources["columns_are_those_agreed"]["detail"]
    assert "crash" in of_sources["media_type_is_not_null"]["detail"]
    assert "sha256_matches_its_pattern" not in of_sources


def test_hostile_names_and_values(tmp_path: Path) -> None:
    folder = tmp_path / "a'b [1] *100%* :name {batch} 数据"
    folder.mkdir()
    frames = sound_frames()
    strange = "x' OR 1=1; -- :name {batch} %s \\ \u202e<script>.txt"
    renamed = pl.when(pl.col("source_id") == "b.txt").then(pl.lit(strange)).otherwise("source_id").alias("source_id")
    for name in ("lineage.sources", "lineage.lines", "lineage.repairs", "lineage.duplicates", "main.documents"):
        frames[name] = frames[name].with_columns(renamed)
    build(folder, frames, DATA_TABLES)
    assert failures(audit_candidate(folder, DATA_TABLES)) == {}


def test_audit_of_all_tables_passes_and_is_quiet(published: DataFolder, capfd: pytest.CaptureFixture[str]) -> None:
    results = audit_candidate(published.current.resolve(), DATA_TABLES)
    assert results.filter(~pl.col("passed")).is_empty()
    assert capfd.readouterr() == ("", "")
    assert results.select("table_name", "check_name").is_unique().all()
