"""Trouble with the data folder is found before the work and said in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from schemas.errors import StorageError
from warehouse.folder import DataFolder
from warehouse.storage import hold_lock, prepare_data_folder, storage_errors

if TYPE_CHECKING:
    from pathlib import Path


def test_prepares_an_empty_folder_and_again(folder: DataFolder) -> None:
    prepare_data_folder(folder)
    prepare_data_folder(folder)
    assert sorted(path.name for path in folder.root.iterdir()) == ["candidates", "releases", "reports", "runs"]


def test_data_folder_is_a_file(folder: DataFolder) -> None:
    folder.root.write_text("")
    with pytest.raises(StorageError, match="is a file"):
        prepare_data_folder(folder)


def test_data_folder_below_a_file(folder: DataFolder) -> None:
    folder.root.write_text("")
    below = type(folder)(folder.root / "deeper")
    with pytest.raises(StorageError, match="file, not a folder"):
        prepare_data_folder(below)


@pytest.mark.parametrize("name", ["warehouse.duckdb", "parquet", "current"])
def test_something_else_stands_where_we_publish(folder: DataFolder, name: str) -> None:
    (folder.root / name).mkdir(parents=True)
    with pytest.raises(StorageError, match=name):
        prepare_data_folder(folder)


@pytest.mark.parametrize("name", ["candidates", "releases", "reports", "runs"])
def test_a_subfolder_is_a_file(folder: DataFolder, name: str) -> None:
    folder.root.mkdir()
    (folder.root / name).write_text("")
    with pytest.raises(StorageError, match=name):
        prepare_data_folder(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_folder_without_permission(folder: DataFolder) -> None:
    folder.root.mkdir(mode=0o555)
    with pytest.raises(StorageError, match="permission"):
        prepare_data_folder(folder)


def test_one_run_at_a_time(folder: DataFolder) -> None:
    prepare_data_folder(folder)
    program = (
        "import sys, pathlib\n"
        "from warehouse.folder import DataFolder\nfrom warehouse.storage import hold_lock\n"
        "with hold_lock(DataFolder(pathlib.Path(sys.argv[1]))):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    other = subprocess.Popen([sys.executable, "-c", program, str(folder.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    with pytest.raises(StorageError, match=rf"process {other.pid}\) is at work"), hold_lock(folder):
        pass
    other.kill()
    other.wait()
    with hold_lock(folder):
        pass


def test_lock_passes_errors_through(folder: DataFolder) -> None:
    prepare_data_folder(folder)
    with pytest.raises(ZeroDivisionError), hold_lock(folder):
        _ = 1 / 0
    with hold_lock(folder):
        pass


def test_disk_errors_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="disk is full") as full, storage_errors(tmp_path):
        raise OSError(28, "No space left on device", "some/file")
    assert "some/file" in str(full.value)
    for error in (
        duckdb.IOException('IO Error: Could not write file "x":\n No space left on device'),
        pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device (os error 28)"),
        OSError("no space left on device (os error 28)"),
    ):
        with pytest.raises(StorageError, match="disk is full"), storage_errors(tmp_path):
            raise error
    with pytest.raises(duckdb.BinderException), storage_errors(tmp_path):
        raise duckdb.BinderException("no such column")
    with pytest.raises(FileNotFoundError), storage_errors(tmp_path):
        raise FileNotFoundError(2, "No such file", "x")


@pytest.mark.parametrize("name", ["a?b", "a,b", "a\\b"])
def test_a_path_that_duckdb_misreads_is_refused_before_any_work(tmp_path: Path, name: str) -> None:
    with pytest.raises(StorageError, match="misreads"):
        prepare_data_folder(DataFolder(tmp_path / name))
    assert not (tmp_path / name).exists()
