"""Publishes a candidate: it becomes a release, and one rename of the link `current` shows it to readers, DuckDB file and Parquet at once.

Until that rename the old release is what readers see; readers that have it open keep it. The last few releases stay.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from schemas.errors import WarehouseError
from warehouse.folder import warehouse_file
from warehouse.runs import clear_after_crash, read_runs
from warehouse.storage import remove_folder, storage_errors

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.folder import DataFolder


def start_candidate(folder: DataFolder, run_id: str) -> Path:
    """Return a new, empty candidate folder; what crashed runs left is removed, the newest rejected candidate stays for inspection.

    To be called with the lock held (`storage.hold_lock`).
    """
    candidate = folder.candidate(run_id)
    with storage_errors(candidate):
        clear_after_crash(folder)
        keep_rejected(folder)
        candidate.mkdir(parents=True)
    return candidate


def keep_rejected(folder: DataFolder) -> None:
    """Remove all candidates but the newest one that was rejected."""
    is_rejected = {run.run_id for run in read_runs(folder) if run.status == "rejected"}
    found = sorted(path for path in folder.candidates.glob("*") if path.is_dir())
    rejected = [path for path in found if path.name in is_rejected]
    for path in found:
        if path not in rejected[-1:]:
            remove_folder(path)


def publish(folder: DataFolder, run_id: str, n_kept: int) -> None:
    """Make the candidate of a run the release that readers see, in one rename; `n_kept` releases stay, this one included.

    Raises WarehouseError if there is no candidate, StorageError if the disk refuses; the old release then stays published and whole.
    """
    candidate, release = folder.candidate(run_id), folder.release(run_id)
    if not warehouse_file(candidate).is_file():
        raise WarehouseError(f"{candidate} holds no warehouse to publish: run `yaodian run` again")
    with storage_errors(folder.root):
        folder.releases.mkdir(parents=True, exist_ok=True)
        remove_folder(candidate / "work")
        for path in candidate.rglob("*"):
            _flush(path)
        candidate.rename(release)
        _flush(folder.releases)
        show_release(folder, run_id)
    _drop_old_releases(folder, run_id, n_kept)


def show_release(folder: DataFolder, run_id: str) -> None:
    """Have readers see a release, in one rename."""
    _point(folder.current, os.path.join("releases", run_id))
    _point(folder.warehouse, os.path.join("current", "warehouse.duckdb"))
    _point(folder.parquet, os.path.join("current", "parquet"))


def published_release(folder: DataFolder) -> Path:
    """Return the folder of the published release; raises WarehouseError if nothing was published yet."""
    if not warehouse_file(folder.current).is_file():
        raise WarehouseError(f"{folder.root} holds no published warehouse: run `yaodian run` first, or give another --data-dir")
    return folder.current.resolve()


def _point(link: Path, target: str) -> None:
    """Make or replace a symbolic link in one step."""
    if link.is_symlink() and os.readlink(link) == target:
        return
    beside = link.with_name(f".{link.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    _flush(link.parent)


def _flush(path: Path) -> None:
    """Have the disk write a file or folder before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _drop_old_releases(folder: DataFolder, published: str, n_kept: int) -> None:
    releases = sorted(path for path in folder.releases.glob("*") if path.is_dir() and path.name != published)
    for path in releases[: max(0, len(releases) - n_kept + 1)]:
        remove_folder(path)
