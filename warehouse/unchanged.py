"""Notes with each release what it was made of, and tells whether the published one was made of the very same: then no work is left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from schemas.quality import CHECKS, QUARANTINE
from warehouse.folder import table_parts, warehouse_file
from warehouse.runs import read_runs

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.table import Contract
    from warehouse.folder import DataFolder
    from warehouse.runs import RunRecord

NOTE = "made_of.json"


def note_origin(candidate: Path, origin: str) -> None:
    """Note with a finished candidate what it was made of (`origin`: a hash of inputs and code), and how its files look."""
    note = {"origin": origin, "files": _list_files(candidate)}
    (candidate / NOTE).write_text(json.dumps(note), encoding="utf-8")


def find_same(folder: DataFolder, origin: str) -> tuple[RunRecord, pl.DataFrame, pl.DataFrame] | None:
    """Return run, checks and quarantine of the published release if it was made of `origin` and its files were not touched since."""
    release = folder.current.resolve()
    try:
        note = json.loads((release / NOTE).read_text(encoding="utf-8"))
        if note != {"origin": origin, "files": _list_files(release)}:
            return None
        checks, quarantine = _read_parts(release, CHECKS), _read_parts(release, QUARANTINE)
    except (OSError, ValueError, pl.exceptions.PolarsError):
        return None
    published = [run for run in read_runs(folder) if run.run_id == release.name and run.status == "published"]
    return (published[-1], checks, quarantine.drop("run_id")) if published else None


def _read_parts(release: Path, contract: Contract) -> pl.DataFrame:
    return pl.concat(
        [contract.empty(), *(pl.read_parquet(part, glob=False) for part in table_parts(release, contract.name).glob("*.parquet"))]
    )


def _list_files(release: Path) -> list[list[str | int]]:
    found = [warehouse_file(release), *sorted((release / "parquet").rglob("*.parquet"))]
    return [[path.relative_to(release).as_posix(), path.stat().st_size, path.stat().st_mtime_ns] for path in found]
