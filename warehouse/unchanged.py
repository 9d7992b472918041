"""Notes with each release what it was made of, and tells what of a run the published one has done: all, or the audit of most sources."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from schemas.lineage import SOURCES
from schemas.quality import CHECKS, QUARANTINE
from schemas.tables import DATA_TABLES
from warehouse.folder import table_parts, warehouse_file
from warehouse.runs import UNDER_WAY, read_runs

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.table import Contract
    from warehouse.folder import DataFolder
    from warehouse.runs import RunRecord

NOTE = "made_of.json"


@dataclass(frozen=True)
class Audited:
    """What of a candidate was audited with the release before it: in `tables`, all rows but those of `new_parts`.

    `passed` are the checks (table, name) that found nothing then.
    """

    tables: tuple[Contract, ...]
    new_parts: tuple[str, ...]
    passed: frozenset[tuple[str, str]]


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


def find_like(folder: DataFolder, code_version: str) -> Path | None:
    """Return the published release if the last run made it with this version of the code, and it was not touched since."""
    release = folder.current.resolve()
    try:
        note = json.loads((release / NOTE).read_text(encoding="utf-8"))
        is_untouched = note["files"] == _list_files(release)
    except (OSError, ValueError, KeyError):
        return None
    ended = [run for run in read_runs(folder) if run.status != UNDER_WAY][-1:]
    made = [(run.run_id, run.status, run.code_version) for run in ended]
    return release if is_untouched and made == [(release.name, "published", code_version)] else None


def find_audited(release: Path, candidate: Path) -> Audited | None:
    """Tell what of a candidate a release like it (`find_like`) had too, by the very files of its parts, and what its audit found.

    None where they have little in common.
    """
    try:
        checks = _read_parts(release, CHECKS)
    except (OSError, pl.exceptions.PolarsError):
        return None
    parts = {path.name for path in table_parts(candidate, SOURCES.name).iterdir()}
    tables = tuple(table for table in DATA_TABLES if {path.name for path in table_parts(candidate, table.name).glob("*")} == parts)
    of_corpus = [table.name for table in tables if table != SOURCES]  # sources name the run: they are new each time
    new_parts = {part for name in of_corpus for part in _find_new(table_parts(release, name), table_parts(candidate, name))}
    if 2 * len(new_parts) > len(parts):
        return None
    is_of_these = pl.col("table_name").is_in([table.name for table in tables]) & (pl.col("engine") == "great_expectations")
    passed = checks.filter(is_of_these, "passed").select("table_name", "check_name")
    return Audited(tables, tuple(sorted(new_parts)), frozenset(passed.iter_rows()))


def _find_new(before: Path, now: Path) -> list[str]:
    """Name the parts of a table that are no files of the release before."""
    known = {(path.stat().st_dev, path.stat().st_ino) for path in before.glob("*.parquet")}
    return [path.stem for path in now.glob("*.parquet") if (path.stat().st_dev, path.stat().st_ino) not in known]


def _read_parts(release: Path, contract: Contract) -> pl.DataFrame:
    return pl.concat(
        [contract.empty(), *(pl.read_parquet(part, glob=False) for part in table_parts(release, contract.name).glob("*.parquet"))]
    )


def _list_files(release: Path) -> list[list[str | int]]:
    found = [warehouse_file(release), *sorted((release / "parquet").rglob("*.parquet"))]
    return [[path.relative_to(release).as_posix(), path.stat().st_size, path.stat().st_mtime_ns] for path in found]
