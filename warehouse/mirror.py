"""A published release in; the same below an address of an object store out, shown to readers there by one small object written last.

Readers of the store take `current.json` first: it names the objects of one whole release, none of which ever changes.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from warehouse.folder import warehouse_file
from warehouse.publish import published_release
from warehouse.releases import list_releases
from warehouse.runs import read_runs
from warehouse.store import AT_ONCE, list_objects, read_object, remove_objects, upload_file, write_object

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.folder import DataFolder

POINTER, RELEASES = "current.json", "releases"
POINTER_BYTES = 2**24


def publish_to_store(folder: DataFolder, address: str) -> None:
    """Have readers of a store see the release that readers of the data folder see.

    What is there already is not written again, so that it goes on where it was stopped. Releases that the data folder no longer keeps are
    removed. Raises StoreError; readers of the store then see the release before.
    """
    release = published_release(folder)
    pointer = _describe_release(release)
    if read_pointer(address) != pointer:
        _upload(release, f"{address}/{RELEASES}/{release.name}")
        write_object(f"{address}/{POINTER}", json.dumps(pointer, indent=1).encode())
    _remove_old(folder, address)


def read_pointer(address: str) -> dict[str, Any] | None:
    """Read which release readers of a store see: run_id, warehouse, and the Parquet parts of each table; None where there is none."""
    try:
        return json.loads(read_object(f"{address}/{POINTER}", POINTER_BYTES))
    except (FileNotFoundError, ValueError):
        return None


def _describe_release(release: Path) -> dict[str, Any]:
    below = f"{RELEASES}/{release.name}"
    tables: dict[str, list[str]] = {}
    for part in sorted((release / "parquet").rglob("*.parquet")):
        tables.setdefault(f"{part.parent.parent.name}.{part.parent.name}", []).append(f"{below}/{part.relative_to(release).as_posix()}")
    return {"run_id": release.name, "warehouse": f"{below}/{warehouse_file(release).name}", "tables": tables}


def _upload(release: Path, address: str) -> None:
    there = {item.relative: item.n_bytes for item in list_objects(address) or ()}
    files = {path.relative_to(release).as_posix(): path for path in sorted(release.rglob("*")) if path.is_file()}
    missing = [name for name, path in files.items() if there.get(name) != path.stat().st_size]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda name: upload_file(files[name], f"{address}/{name}"), missing))


def _remove_old(folder: DataFolder, address: str) -> None:
    """Remove what this data folder has published and no longer keeps."""
    kept = {path.name for path in list_releases(folder)}
    there = {item.relative.split("/")[0] for item in list_objects(f"{address}/{RELEASES}") or ()}
    for run in read_runs(folder):
        if run.run_id in there - kept:
            remove_objects(f"{address}/{RELEASES}/{run.run_id}")
