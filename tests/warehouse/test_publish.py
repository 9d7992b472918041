"""Publication is one step: readers see the old release or the new one, whole; what goes wrong leaves the old one."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from schemas.documents import DOCUMENTS
from schemas.errors import StorageError, WarehouseError
from tests.unaudited import skip_great_expectations
from tests.warehouse.conftest import build_release
from tests.warehouse.corruptions import set_values
from tests.warehouse.sound_rows import RUN, sound_frames
from warehouse.publish import keep_rejected, publish, published_release, start_candidate
from warehouse.runs import RunRecord, read_runs, write_run
from warehouse.storage import prepare_data_folder

if TYPE_CHECKING:
    from warehouse.folder import DataFolder

LATER = "20260103T030405Z-abcd"
NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


def fake_candidate(folder: DataFolder, run_id: str, content: bytes = b"") -> None:
    prepare_data_folder(folder)
    candidate = start_candidate(folder, run_id)
    (candidate / "warehouse.duckdb").write_bytes(content)
    (candidate / "parquet" / "main").mkdir(parents=True)
    (candidate / "work").mkdir()


def test_release_is_whole(published: DataFolder) -> None:
    assert os.readlink(published.current) == f"releases/{RUN}"
    assert published.warehouse.resolve() == (published.release(RUN) / "warehouse.duckdb").resolve()
    assert (published.parquet / "main" / "documents" / "000000.parquet").is_file()
    assert list(published.candidates.iterdir()) == []
    with duckdb.connect(str(published.warehouse), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM lineage.lines").fetchall() == [(14,)]
        assert connection.execute("SELECT run_id, status FROM quality.runs").fetchall() == [(RUN, "published")]
        n_checks = connection.execute("SELECT count(*), count(*) FILTER (NOT passed) FROM quality.checks").fetchall()
        assert n_checks == connection.execute("SELECT n_checks, n_failed FROM quality.runs").fetchall()
        engines = "SELECT table_name FROM quality.checks GROUP BY 1 HAVING count(DISTINCT engine) = 2"
        tables = "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
        assert set(connection.execute(engines).fetchall()) == set(connection.execute(tables).fetchall())


def test_data_folder_may_be_moved(published_copy: DataFolder) -> None:
    with duckdb.connect(str(published_copy.warehouse), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM main.documents").fetchall() == [(3,)]


def test_reader_keeps_the_release_it_opened(published_copy: DataFolder) -> None:
    folder = published_copy
    reader = duckdb.connect(str(folder.warehouse), read_only=True)
    changed = set_values(sound_frames()["main.documents"], 0, {"publisher": None})
    with skip_great_expectations():
        run, _ = build_release(folder, LATER, {"main.documents": changed})
    assert run.status == "published"
    query = "SELECT publisher FROM main.documents ORDER BY document_id LIMIT 1"
    assert reader.execute(query).fetchall() == [("浙江政务网",)]
    reader.close()
    with duckdb.connect(str(folder.warehouse), read_only=True) as connection:
        assert connection.execute(query).fetchall() == [(None,)]
        assert connection.execute("SELECT run_id FROM quality.runs ORDER BY 1").fetchall() == [(RUN,), (LATER,)]


def test_rejected_run_leaves_the_old_release(published_copy: DataFolder) -> None:
    folder = published_copy
    before = folder.warehouse.read_bytes()
    broken = set_values(sound_frames()["main.documents"], 0, {"n_chars": 3})
    with skip_great_expectations(but=DOCUMENTS.name):
        run, checks = build_release(folder, LATER, {"main.documents": broken})
    assert run.status == "rejected"
    failed = checks.filter(~pl.col("passed"))
    assert set(failed["check_name"]) == {"n_chars_counts_the_text"}
    assert set(failed["engine"]) == {"pandera", "great_expectations"}
    assert run.n_failed == 2
    assert folder.warehouse.read_bytes() == before
    assert published_release(folder).name == RUN
    with duckdb.connect(str(folder.candidate(LATER) / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT status FROM quality.runs ORDER BY run_id").fetchall() == [("published",), ("rejected",)]
        assert connection.execute("SELECT count(*) FROM quality.checks WHERE NOT passed").fetchall() == [(2,)]


def test_crash_before_the_rename_leaves_the_old_release(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_candidate(folder, RUN, b"old")
    publish(folder, RUN, 3)
    fake_candidate(folder, LATER, b"new")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device", "current")))
    with pytest.raises(StorageError, match="disk is full"):
        publish(folder, LATER, 3)
    assert folder.warehouse.read_bytes() == b"old"


def test_last_releases_stay(folder: DataFolder) -> None:
    run_ids = [f"2026010{day}T000000Z-abcd" for day in range(1, 7)]
    for run_id in run_ids:
        fake_candidate(folder, run_id)
        publish(folder, run_id, 2)
    assert sorted(path.name for path in folder.releases.iterdir()) == run_ids[-2:]
    assert published_release(folder).name == run_ids[-1]
    assert not (folder.current / "work").exists()


def test_only_the_newest_rejected_candidate_stays(folder: DataFolder) -> None:
    for day, status in ((1, "rejected"), (2, "rejected"), (3, "failed")):
        run_id = f"2026010{day}T000000Z-abcd"
        prepare_data_folder(folder)
        folder.candidate(run_id).mkdir()
        write_run(folder, RunRecord(run_id, NOW, NOW, status, "0.1"))
    keep_rejected(folder)
    assert [path.name for path in folder.candidates.iterdir()] == ["20260102T000000Z-abcd"]
    start_candidate(folder, LATER)
    assert sorted(path.name for path in folder.candidates.iterdir()) == ["20260102T000000Z-abcd", LATER]


def test_nothing_to_publish(folder: DataFolder) -> None:
    prepare_data_folder(folder)
    with pytest.raises(WarehouseError, match="yaodian run"):
        publish(folder, RUN, 3)
    with pytest.raises(WarehouseError, match="yaodian run"):
        published_release(folder)


def test_damaged_run_records_are_passed_over(folder: DataFolder) -> None:
    run = RunRecord(RUN, NOW, NOW, "published", "0.1", 1, 2, 3, 4)
    write_run(folder, run)
    (folder.runs / "20260101T000000Z-0000.json").write_text('{"run_id": "2026')
    (folder.runs / "20260101T000000Z-0001.json").write_text("[]")
    assert read_runs(folder) == [run]
