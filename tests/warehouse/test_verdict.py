"""The published warehouse can be checked again by both engines, and whatever was done to it shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from schemas.errors import WarehouseError
from schemas.tables import TABLES
from tests.unaudited import skip_great_expectations
from tests.warehouse.sound_rows import RUN, sound_frames
from warehouse import verdict
from warehouse.verdict import check_release, check_table

if TYPE_CHECKING:
    from warehouse.folder import DataFolder


def test_sound_release_passes_again_unchanged(published: DataFolder) -> None:
    before = published.warehouse.read_bytes()
    run, checks = check_release(published)
    assert checks.filter(~pl.col("passed")).is_empty()
    assert (run.run_id, run.status, run.n_failed, run.n_checks) == (RUN, "published", 0, checks.height)
    engines = checks.group_by("table_name").agg(pl.col("engine").n_unique())
    assert dict(engines.iter_rows()) == dict.fromkeys((table.name for table in TABLES), 2)
    assert published.warehouse.read_bytes() == before


def test_both_engines_see_a_changed_row(published_copy: DataFolder) -> None:
    with duckdb.connect(str(published_copy.warehouse.resolve())) as connection:
        connection.execute("UPDATE main.paragraphs SET role = 'nonsense' WHERE ordinal = 2")
        connection.execute("ALTER TABLE quality.quarantine DROP COLUMN detail")
    run, checks = check_release(published_copy)
    assert run.status == "rejected"
    failed = checks.filter(~pl.col("passed"))
    for_role = failed.filter(check_name="role_is_one_of_its_values")
    assert set(for_role["engine"]) == {"pandera", "great_expectations"}
    assert {json.loads(detail)["sample"][0]["role"] for detail in for_role["detail"]} == {"nonsense"}
    assert set(failed.filter(check_name="columns_are_those_agreed")["engine"]) == {"pandera", "great_expectations"}
    assert "main.paragraphs" in failed.filter(check_name="rows_are_those_handed_over")["table_name"].to_list()


def test_dropped_table_is_failed_checks_of_both_engines(published_copy: DataFolder) -> None:
    with duckdb.connect(str(published_copy.warehouse.resolve())) as connection:
        connection.execute("DROP TABLE quality.quarantine")
    _, checks = check_release(published_copy)
    of_table = checks.filter(table_name="quality.quarantine")
    assert not of_table["passed"].any()
    assert set(of_table["engine"]) == {"pandera", "great_expectations"}


def test_batches_are_summed(published: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict, "BATCH_ROWS", 4)
    lines = next(table for table in TABLES if table.name == "lineage.lines")
    with duckdb.connect(str(published.warehouse), read_only=True) as connection:
        results = check_table(connection, lines)
    assert results["passed"].all()
    assert set(results["n_rows"]) == {sound_frames()["lineage.lines"].height}


def test_no_warehouse_or_a_broken_one_is_one_line(folder: DataFolder, published_copy: DataFolder) -> None:
    with pytest.raises(WarehouseError, match="yaodian run"):
        check_release(folder)
    published_copy.warehouse.resolve().write_bytes(b"no database" * 1000)
    with pytest.raises(WarehouseError, match="cannot be read"):
        check_release(published_copy)


def test_release_without_its_run_record(published_copy: DataFolder) -> None:
    (published_copy.runs / f"{RUN}.json").unlink()
    with skip_great_expectations():
        run, _ = check_release(published_copy)
    assert (run.run_id, run.status, run.n_sources) == (RUN, "published", sound_frames()["lineage.sources"].height)
