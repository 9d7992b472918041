"""Keeps what was worked out from inputs, each result in a folder named by the hash of all that it depends on.

What is there need not be worked out again, by the next run or by the one that goes on after a crash. A result appears in one rename,
and one whose files were touched since is none.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.storage import remove_folder, storage_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    import polars as pl

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Cache:
    """A folder of results of one version of the code: `<root>/<version>/<key>/`."""

    root: Path
    version: str

    def folder(self, key: str) -> Path:
        """Return where a result is, or would be."""
        return self.root / self.version / key

    def find(self, key: str) -> Path | None:
        """Return the folder of a result; None where there is none, or its files are not as they were written."""
        folder = self.folder(key)
        try:
            noted = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            return folder if noted == _list_files(folder) else None
        except (OSError, ValueError):
            return None

    def keep(self, key: str, write: Callable[[Path], object]) -> Path:
        """Have `write` fill a folder, and keep it as the result named `key`; returns where it is."""
        folder = self.folder(key)
        # By chance and not by process: machines that share the folder have processes of one number.
        unfinished = folder.with_name(f"{key}.{secrets.token_hex(4)}.unfinished")
        with storage_errors(folder):
            unfinished.mkdir(parents=True)
            write(unfinished)
            (unfinished / MANIFEST).write_text(json.dumps(_list_files(unfinished)), encoding="utf-8")
            remove_folder(folder)
            unfinished.rename(folder)
        return folder

    def prune(self, keys: Collection[str]) -> None:
        """Remove all results but those named, and those of other versions: nobody will ask for them."""
        for path in self._others(set(keys)):
            remove_folder(path)

    def _others(self, keys: set[str]) -> list[Path]:
        versions = list(self.root.glob("*"))
        return [path for path in versions if path.name != self.version] + [
            path for path in (self.root / self.version).glob("*") if path.name not in keys
        ]


def open_cache(root: Path, version: str, *, is_fresh: bool) -> Cache:
    """Return the cache of this version of the code; results of other versions, unfinished ones, and with `is_fresh` all are removed."""
    cache = Cache(root, version)
    kept = {path.name for path in (root / version).glob("*") if not path.name.endswith(".unfinished")}
    cache.prune(set() if is_fresh else kept)
    return cache


def name_result(*parts: str | pl.DataFrame) -> str:
    """Return the key of what depends on texts and frames, in this order: 32 hex digits."""
    digest = hashlib.sha256()
    for part in parts:
        text = part if isinstance(part, str) else f"{part.columns} {part.write_ndjson()}"
        digest.update(f"{len(text)} ".encode() + text.encode())
    return digest.hexdigest()[:32]


def link_part(made: Path, target: Path) -> None:
    """Make a result's file a part of a table too, without copying it where the file system can."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)  # of a step that is done again
    try:
        os.link(made, target)
    except OSError:
        shutil.copy2(made, target)


def _list_files(folder: Path) -> list[list[str | int]]:
    """List files with length and time of last change: who writes into a linked part changes it here too."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MANIFEST]
    return [[path.relative_to(folder).as_posix(), path.stat().st_size, path.stat().st_mtime_ns] for path in found]
