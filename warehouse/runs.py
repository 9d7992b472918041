"""Keeps a record of every run, published or not, as one small JSON file each: the history that every release carries in `quality.runs`."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.quality import RUNS
from warehouse.store import find_address

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from warehouse.folder import DataFolder

OWN_RECORD = "run.json"
UNDER_WAY, DIED = "running", "died"


@dataclass(frozen=True)
class RunRecord:
    """One run: a row of `quality.runs`. Times are UTC."""

    run_id: str
    started_at: dt.datetime
    finished_at: dt.datetime
    status: str
    code_version: str
    n_sources: int = 0
    n_documents: int = 0
    n_checks: int = 0
    n_failed: int = 0
    inputs: str | None = None

    def to_json(self) -> str:
        """Return the record as JSON."""
        return json.dumps(dataclasses.asdict(self), default=dt.datetime.isoformat, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> RunRecord:
        """Read a record; keys of later versions are left out."""
        values: dict[str, Any] = json.loads(text)
        values |= {name: dt.datetime.fromisoformat(values[name]) for name in ("started_at", "finished_at")}
        return cls(**{field.name: values[field.name] for field in dataclasses.fields(cls) if field.name in values})


def name_run(started_at: dt.datetime) -> str:
    """Return a new run's id: its start in UTC and four random characters, so that ids sort by time."""
    return f"{started_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def name_inputs(inputs: Iterable[Path]) -> str:
    """Return what a run reads as one text, the same however it was typed: folders by path; files of one folder, if several, by folder."""
    addresses = {path: find_address(path) for path in inputs}
    paths = [path.resolve() for path, address in addresses.items() if not address]
    several = {folder for folder in {path.parent for path in paths} if sum(path.parent == folder and path.is_file() for path in paths) > 1}
    names = {f"{path.parent}/*" if path.parent in several and path.is_file() else str(path) for path in paths}
    names |= {address for address in addresses.values() if address}
    return ", ".join(sorted(names)).encode("utf-8", "backslashreplace").decode()


def write_run(folder: DataFolder, run: RunRecord) -> None:
    """Write a run's record; a reader sees the old one or the new one, never half of one."""
    folder.runs.mkdir(parents=True, exist_ok=True)
    write_whole(folder.runs / f"{run.run_id}.json", run.to_json())


def note_start(folder: DataFolder, run: RunRecord) -> None:
    """Put a run on record as under way, so that the next one sees if its process died."""
    write_run(folder, dataclasses.replace(run, status=UNDER_WAY))


def note_died(folder: DataFolder) -> list[RunRecord]:
    """Put the runs that are on record as under way on record as died, and return them: to be called with the lock held, when none is."""
    _restore_own_record(folder)
    died = [dataclasses.replace(run, status=DIED) for run in read_runs(folder) if run.status == UNDER_WAY]
    for run in died:
        write_run(folder, run)
    return died


def note_failure(folder: DataFolder, run: RunRecord) -> None:
    """Put a run on record as failed, unless it was published before it did."""
    write_run(folder, dataclasses.replace(run, status="failed", finished_at=dt.datetime.now(dt.UTC)))
    _restore_own_record(folder)


def forget_run(folder: DataFolder, run: RunRecord) -> None:
    """Take a run that had nothing to do off the record."""
    (folder.runs / f"{run.run_id}.json").unlink(missing_ok=True)


def read_runs(folder: DataFolder) -> list[RunRecord]:
    """Read the records of all runs, oldest first; a file that is no record (cut off by a crash) is passed over."""
    runs = []
    for path in sorted(folder.runs.glob("*.json")):
        try:
            runs.append(RunRecord.from_json(path.read_text("utf-8")))
        except (ValueError, KeyError, TypeError):
            continue
    return runs


def frame_of_runs(runs: list[RunRecord]) -> pl.DataFrame:
    """Return records as rows of `quality.runs`, oldest first."""
    rows = [dataclasses.asdict(run) for run in sorted(runs, key=lambda run: run.run_id)]
    return pl.DataFrame(rows, schema=RUNS.dtypes, orient="row")


def write_whole(path: Path, text: str) -> None:
    """Write a text file in one step: beside it first, then renamed over it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def clear_after_crash(folder: DataFolder) -> None:
    """Remove what killed runs left half written beside a file, and put the published release's own record where it may not have come to."""
    for place in (folder.root, folder.runs, folder.reports):
        for path in place.glob(".*.[0-9]*"):
            path.unlink(missing_ok=True)
    _restore_own_record(folder)


def _restore_own_record(folder: DataFolder) -> None:
    own = folder.current / OWN_RECORD
    if own.is_file():
        write_run(folder, RunRecord.from_json(own.read_text("utf-8")))


def keep_own_record(candidate: Path, run: RunRecord) -> None:
    """Write a run's record into its candidate, with which it is published in the same moment."""
    write_whole(candidate / OWN_RECORD, run.to_json())
