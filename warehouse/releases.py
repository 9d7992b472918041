"""The releases that a data folder keeps: which they are, and how readers are shown an earlier one again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.errors import WarehouseError
from warehouse.folder import warehouse_file
from warehouse.publish import published_release, show_release
from warehouse.storage import hold_lock

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.folder import DataFolder


def list_releases(folder: DataFolder) -> list[Path]:
    """List the folders of the releases that are kept, oldest first."""
    return sorted(path for path in folder.releases.glob("*") if warehouse_file(path).is_file())


def find_release(folder: DataFolder, run_id: str) -> Path:
    """Find the release of a run; raises WarehouseError where it is not (or no longer) kept."""
    kept = list_releases(folder)
    for path in kept:
        if path.name == run_id:
            return path
    raise WarehouseError(f"no release {run_id} is kept in {folder.releases}; there are: {', '.join(path.name for path in kept) or 'none'}")


def find_previous(folder: DataFolder, release: Path) -> Path:
    """Find the release before another; raises WarehouseError where there is none."""
    earlier = [path for path in list_releases(folder) if path.name < release.name]
    if not earlier:
        raise WarehouseError(f"no release before {release.name} is kept in {folder.releases}")
    return earlier[-1]


def roll_back(folder: DataFolder, run_id: str | None = None) -> tuple[Path, Path]:
    """Show readers an earlier release again, in one step: that of a run, or else the one before the published one.

    Returns the release that was published and the one that is now. The later releases stay, and the next run publishes anew. Raises
    WarehouseError where there is no such release, StorageError while a run is at work.
    """
    with hold_lock(folder):
        published = published_release(folder)
        release = find_release(folder, run_id) if run_id else find_previous(folder, published)
        show_release(folder, release.name)
    return published, release
