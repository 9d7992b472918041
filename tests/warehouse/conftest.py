"""A candidate built from the sound rows, for tests that need a whole one."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest

from schemas.quality import QUARANTINE
from schemas.tables import DATA_TABLES
from tests.warehouse.sound_rows import RUN, sound_frames
from warehouse.audit import audit_candidate
from warehouse.folder import DataFolder
from warehouse.handover import hand_over, sum_checks
from warehouse.load import load_candidate
from warehouse.publish import publish, start_candidate
from warehouse.runs import RunRecord, write_run
from warehouse.storage import prepare_data_folder
from warehouse.verdict import record_verdict

if TYPE_CHECKING:
    from pathlib import Path


def build_release(
    folder: DataFolder, run_id: str = RUN, frames: dict[str, pl.DataFrame] | None = None, inputs: str | None = None
) -> tuple[RunRecord, pl.DataFrame]:
    """Take frames of the data tables (default: the sound ones) through hand-over, load, audit, verdict and, if sound, publication."""
    frames = sound_frames() | (frames or {})
    frames["lineage.sources"] = frames["lineage.sources"].with_columns(run_id=pl.lit(run_id))
    prepare_data_folder(folder)
    candidate = start_candidate(folder, run_id)
    handed = [hand_over(table, frames[table.name], candidate / "parquet", "000000") for table in DATA_TABLES]
    load_candidate(candidate, DATA_TABLES)
    checks = pl.concat([sum_checks(handed), audit_candidate(candidate, DATA_TABLES)])
    now = dt.datetime.strptime(run_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    counts = frames["lineage.sources"].height, frames["main.documents"].height
    quarantine = QUARANTINE.empty().drop("run_id")
    run, checks = record_verdict(folder, RunRecord(run_id, now, now, "failed", "0.1", *counts, inputs=inputs), checks, quarantine)
    write_run(folder, run)
    if run.status == "published":
        publish(folder, run_id, 3)
    return run, checks


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Return a data folder with one published release."""
    folder = DataFolder(tmp_path_factory.mktemp("published"))
    run, _ = build_release(folder)
    assert run.status == "published"
    return folder


@pytest.fixture
def published_copy(published: DataFolder, tmp_path: Path) -> DataFolder:
    """Return a copy of the published data folder, to change at will."""
    shutil.copytree(published.root, tmp_path / "copy", symlinks=True)
    return DataFolder(tmp_path / "copy")


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """Return an empty data folder."""
    return DataFolder(tmp_path / "data")
