"""Decides about a candidate from all its checks, writes runs, checks and quarantine into it, and audits these tables too.

Also checks a published release again, with both engines, without changing it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from schemas.checks import list_checks
from schemas.errors import WarehouseError
from schemas.quality import CHECKS, METRICS, QUARANTINE, RUNS
from schemas.tables import QUALITY_TABLES, TABLES
from warehouse.audit import audit_candidate
from warehouse.connect import open_duckdb, sql_name
from warehouse.drift import measure_run, read_bounds, read_metrics, write_metrics
from warehouse.folder import table_parts, warehouse_file
from warehouse.handover import ENGINE, check_frame, hand_over, sum_checks
from warehouse.load import load_candidate
from warehouse.publish import published_release
from warehouse.results import CheckResult, Crash, frame_of_results
from warehouse.runs import RunRecord, frame_of_runs, keep_own_record, read_runs
from warehouse.storage import remove_folder

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.table import Contract
    from warehouse.folder import DataFolder

BATCH_ROWS = 500_000


def record_verdict(folder: DataFolder, run: RunRecord, checks: pl.DataFrame, quarantine: pl.DataFrame) -> tuple[RunRecord, pl.DataFrame]:
    """Measure the run's candidate, fill its quality tables, audit them with both engines, and fill them again with the results.

    `checks` are the rows of both engines on the data tables, `quarantine` rows of `quality.quarantine`, both without `run_id`. Returns the
    run with its status (`rejected` if an error check failed, else `published`) and counts, and all checks with `run_id`.
    The record goes with the candidate; the one in `runs/` is left to the caller, who knows whether publication succeeded.
    """
    run = settle(run, checks)
    metrics = measure_run(folder, run, warehouse_file(folder.candidate(run.run_id)), read_bounds())
    own = _fill(folder, run, checks, quarantine, metrics)
    own = pl.concat([own, audit_candidate(folder.candidate(run.run_id), QUALITY_TABLES)])
    checks = pl.concat([checks, own])
    run = settle(run, checks)
    _fill(folder, run, checks, quarantine, metrics)
    write_metrics(folder, run.run_id, metrics)
    keep_own_record(folder.candidate(run.run_id), run)
    return run, _of_run(run, checks)


def settle(run: RunRecord, checks: pl.DataFrame) -> RunRecord:
    """Return the run with its status and its counts of checks."""
    failed = checks.filter(~pl.col("passed"))
    status = "rejected" if (failed["severity"] == "error").any() else "published"
    return dataclasses.replace(run, status=status, n_checks=checks.height, n_failed=failed.height)


def check_release(folder: DataFolder) -> tuple[RunRecord, pl.DataFrame]:
    """Check the published warehouse again: pandera on the rows of its tables, Great Expectations inside it. Nothing is changed.

    Returns the run that published it, with the new status and counts, and the checks with `run_id`.
    Raises WarehouseError if there is no warehouse or its file cannot be read.
    """
    release = published_release(folder)
    try:
        connection = open_duckdb(warehouse_file(release), read_only=True)
    except duckdb.Error as error:
        raise WarehouseError(
            f"{folder.warehouse} cannot be read ({' '.join(str(error).split())[:200]}): run `yaodian run` again"
        ) from error
    try:
        by_pandera = pl.concat(check_table(connection, contract) for contract in TABLES)
    finally:
        connection.close()
    checks = pl.concat([by_pandera, audit_candidate(release, TABLES, reads_parts=True)])
    run = settle(_find_run(folder, release), checks)
    return run, _of_run(run, checks)


def _find_run(folder: DataFolder, release: Path) -> RunRecord:
    """Find the record of the run that made a release: in `runs/`, or else in the release itself."""
    recorded = {run.run_id: run for run in read_runs(folder)}
    if release.name in recorded:
        return recorded[release.name]
    connection = open_duckdb(warehouse_file(release), read_only=True)
    try:
        rows = connection.sql("FROM quality.runs WHERE run_id = ?", params=[release.name]).pl().to_dicts()
    except duckdb.Error:
        rows = []
    finally:
        connection.close()
    if not rows:
        raise WarehouseError(f"neither {folder.runs} nor the warehouse has a record of the run {release.name}: run `yaodian run` again")
    return RunRecord(**{field.name: rows[0][field.name] for field in dataclasses.fields(RunRecord)})


def check_table(connection: duckdb.DuckDBPyConnection, contract: Contract) -> pl.DataFrame:
    """Check the rows of a table with pandera, `BATCH_ROWS` at a time (uniqueness within a batch; Great Expectations sees the whole)."""
    try:
        rows = connection.sql(f"FROM {sql_name(contract.name)}")
        n_rows = rows.count("*").fetchall()[0][0]
        offsets = range(0, max(n_rows, 1), BATCH_ROWS)
        return sum_checks(check_frame(contract, rows.limit(BATCH_ROWS, offset).pl()) for offset in offsets)
    except duckdb.Error as error:
        crash = Crash(f"{type(error).__name__}: {error}")
        return frame_of_results(CheckResult(ENGINE, check, 0, 0, crash=crash) for check in list_checks(contract) if check.is_of_frames)


def _fill(folder: DataFolder, run: RunRecord, checks: pl.DataFrame, quarantine: pl.DataFrame, metrics: pl.DataFrame) -> pl.DataFrame:
    candidate = folder.candidate(run.run_id)
    others = [other for other in read_runs(folder) if other.run_id != run.run_id]
    frames = {
        RUNS: frame_of_runs([*others, run]),
        CHECKS: _of_run(run, checks),
        METRICS: pl.concat([read_metrics(folder, [other.run_id for other in others]), metrics]).sort(METRICS.primary_key),
        QUARANTINE: QUARANTINE.conform(quarantine.with_columns(run_id=pl.lit(run.run_id))).sort(QUARANTINE.primary_key),
    }
    for contract in frames:
        remove_folder(table_parts(candidate, contract.name))
    results = [hand_over(contract, frame, candidate / "parquet", "all") for contract, frame in frames.items()]
    load_candidate(candidate, QUALITY_TABLES)
    return pl.concat(results)


def _of_run(run: RunRecord, checks: pl.DataFrame) -> pl.DataFrame:
    return CHECKS.conform(checks.with_columns(run_id=pl.lit(run.run_id))).sort(CHECKS.primary_key)
