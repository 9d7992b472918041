"""Where things lie in a data folder: releases, the candidate being built, run records, reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DataFolder:
    """The paths below one data folder (`--data-dir`); nothing is created or read here."""

    root: Path

    @property
    def releases(self) -> Path:
        """Return the folder of published releases, one folder a run."""
        return self.root / "releases"

    @property
    def candidates(self) -> Path:
        """Return the folder of candidates: the one being built and the last rejected one."""
        return self.root / "candidates"

    @property
    def current(self) -> Path:
        """Return the link to the release that readers see; replacing it is publication."""
        return self.root / "current"

    @property
    def warehouse(self) -> Path:
        """Return the published DuckDB file (a link through `current`)."""
        return self.root / "warehouse.duckdb"

    @property
    def parquet(self) -> Path:
        """Return the published Parquet files (a link through `current`)."""
        return self.root / "parquet"

    @property
    def reports(self) -> Path:
        """Return the folder of the last run's reports."""
        return self.root / "reports"

    @property
    def runs(self) -> Path:
        """Return the folder of run records, one JSON file a run."""
        return self.root / "runs"

    @property
    def records(self) -> Path:
        """Return the folder of the records of containers, kept from run to run while the containers stay the same."""
        return self.root / "records"

    @property
    def cache(self) -> Path:
        """Return the folder of what runs worked out shard by shard, kept for the next run."""
        return self.root / "cache"

    @property
    def exchange(self) -> Path:
        """Return the folder of what the processes of a run tell each other; empty between runs."""
        return self.root / "exchange"

    @property
    def lock(self) -> Path:
        """Return the file whose lock a run holds."""
        return self.root / "run.lock"

    def release(self, run_id: str) -> Path:
        """Return the release of a run."""
        return self.releases / run_id

    def candidate(self, run_id: str) -> Path:
        """Return the candidate of a run."""
        return self.candidates / run_id


def warehouse_file(folder: Path) -> Path:
    """Return the DuckDB file of a candidate or release folder."""
    return folder / "warehouse.duckdb"


def table_parts(folder: Path, table: str) -> Path:
    """Return the folder of a table's Parquet parts in a candidate or release folder; `table` with its schema."""
    return folder / "parquet" / Path(*table.split("."))
