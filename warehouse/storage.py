"""Keeps the data folder usable: finds out before the work whether it can be written, lets one run in at a time, words its failures."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from schemas.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from warehouse.folder import DataFolder

_REASONS = {
    errno.ENOSPC: "the disk is full; free some space and run again",
    errno.EDQUOT: "the disk quota is used up; free some space and run again",
    errno.EACCES: "there is no permission to write it; change its permissions or give another --data-dir",
    errno.EPERM: "there is no permission to write it; change its permissions or give another --data-dir",
    errno.EROFS: "the file system is read-only; give another --data-dir",
    errno.EEXIST: "a file stands where a folder is needed; move it or give another --data-dir",
    errno.ENOTDIR: "a part of this path is a file, not a folder; move the file or give another --data-dir",
}
# DuckDB and polars give no number, but the system's own words for it, in capitals or not.
_REASONS_IN_WORDS = {os.strerror(number).lower(): number for number in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS)}

# What follows ? is an option, a comma parts two search paths, and a backslash is a slash.
_MISREAD = "?,\\"


def prepare_data_folder(folder: DataFolder) -> None:
    """Make the data folder with its subfolders and see that everything can be written and replaced.

    Raises StorageError, before any work is done.
    """
    misread = sorted({character for character in str(folder.root.resolve()) if character in _MISREAD})
    if misread:
        raise StorageError(f"{folder.root}: DuckDB misreads paths that hold {' or '.join(misread)}: give another --data-dir")
    if folder.root.exists() and not folder.root.is_dir():
        raise StorageError(f"{folder.root} is a file, not a folder: move it or give another --data-dir")
    for link in (folder.warehouse, folder.parquet, folder.current):
        with storage_errors(link):
            is_foreign = not link.is_symlink() and link.exists()
        if is_foreign:
            raise StorageError(f"{link} stands where this program publishes and was not made by it: move it or give another --data-dir")
    for path in (folder.root, folder.releases, folder.candidates, folder.reports, folder.runs):
        with storage_errors(path):
            path.mkdir(parents=True, exist_ok=True)
            probe = path / ".can_be_written"
            probe.write_bytes(b"")
            probe.unlink()


@contextmanager
def hold_lock(folder: DataFolder) -> Generator[None]:
    """Hold the data folder's lock; raises StorageError at once if another run holds it. The lock goes with the process, however it ends."""
    with storage_errors(folder.lock), folder.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise StorageError(f"another run (process {holder}) is at work in {folder.root}: wait until it has ended") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


@contextmanager
def storage_errors(path: Path) -> Generator[None]:
    """Turn failures to write (no space, no permission, …) below `path` into a StorageError of one line; other errors pass through."""
    try:
        yield
    except (OSError, duckdb.Error, pl.exceptions.PolarsError) as error:
        reason = _REASONS.get(_tell_number(error))
        if reason is None:
            raise
        raise StorageError(f"{getattr(error, 'filename', None) or path}: {reason}") from error


def _tell_number(error: Exception) -> int:
    """Return the system's number of an error, 0 where there is none."""
    said = str(error).lower()
    return getattr(error, "errno", None) or next((number for words, number in _REASONS_IN_WORDS.items() if words in said), 0)


def remove_folder(path: Path) -> None:
    """Remove a folder with all it holds, if it is there."""
    shutil.rmtree(path, ignore_errors=True)
