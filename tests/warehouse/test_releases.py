"""Releases that are kept: what changed between two of them, row by row, and the way back to an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from schemas.errors import StorageError, WarehouseError
from schemas.tables import DATA_TABLES
from tests.warehouse.corruptions import set_values
from tests.warehouse.sound_rows import A, sound_frames
from warehouse.changes import compare_releases, count_changes
from warehouse.folder import DataFolder, warehouse_file
from warehouse.handover import hand_over
from warehouse.load import load_candidate
from warehouse.publish import published_release, show_release
from warehouse.releases import find_release, list_releases, roll_back
from warehouse.storage import hold_lock, prepare_data_folder

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND, THIRD = (f"2026010{day}T000000Z-abcd" for day in (1, 2, 3))


def load_release(folder: Path, frames: dict[str, pl.DataFrame], tables: tuple = DATA_TABLES) -> Path:
    folder.mkdir()
    for table in tables:
        hand_over(table, frames[table.name], folder / "parquet", "all")
    load_candidate(folder, tables)
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> DataFolder:
    """Return a data folder with three releases, the last one published."""
    folder = DataFolder(tmp_path / "data")
    prepare_data_folder(folder)
    for run_id in (FIRST, SECOND, THIRD):
        folder.release(run_id).mkdir(parents=True)
        warehouse_file(folder.release(run_id)).write_text(run_id)
        show_release(folder, run_id)
    return folder


def test_rows_that_differ_are_told_with_keys_and_columns(tmp_path: Path) -> None:
    sound = sound_frames()
    old = load_release(tmp_path / "old", sound)
    paragraphs = sound["main.paragraphs"]
    altered = {
        "main.documents": set_values(sound["main.documents"], 0, {"publisher": "别的网站", "title": None}),
        "main.paragraphs": pl.concat([paragraphs[1:], set_values(paragraphs[:1], 0, {"paragraph_id": f"{A}-p9999"})]),
        "lineage.sources": sound["lineage.sources"].with_columns(run_id=pl.lit(SECOND)),
    }
    new = load_release(tmp_path / "new", sound | altered)
    changes = compare_releases(old, new)
    assert changes.filter(table_name="main.documents").rows() == [
        ("main.documents", "changed", sound["main.documents"]["document_id"][0], ["title", "publisher"])
    ]
    assert sorted(changes.filter(table_name="main.paragraphs").select("change", "key").rows()) == [
        ("added", f"{A}-p9999"),
        ("removed", paragraphs["paragraph_id"][0]),
    ]
    assert count_changes(changes).rows() == [("main.documents", 0, 0, 1), ("main.paragraphs", 1, 1, 0)]


def test_the_same_rows_do_not_differ(tmp_path: Path) -> None:
    old = load_release(tmp_path / "old", sound_frames())
    assert compare_releases(old, old).is_empty()


def test_a_table_that_the_old_release_lacks_is_all_new(tmp_path: Path) -> None:
    few = tuple(table for table in DATA_TABLES if table.name not in ("main.reuse", "main.reuse_occurrences"))
    old, new = load_release(tmp_path / "old", sound_frames(), few), load_release(tmp_path / "new", sound_frames())
    assert set(compare_releases(old, new).select("table_name", "change").rows()) == {
        ("main.reuse", "added"),
        ("main.reuse_occurrences", "added"),
    }


def test_a_release_that_cannot_be_read_is_one_clear_error(tmp_path: Path) -> None:
    new = load_release(tmp_path / "new", sound_frames())
    (tmp_path / "old").mkdir()
    warehouse_file(tmp_path / "old").write_text("no warehouse")
    with pytest.raises(WarehouseError, match="the release old cannot be read"):
        compare_releases(tmp_path / "old", new)


def test_the_way_back_is_one_release_at_a_time(kept: DataFolder) -> None:
    left, shown = roll_back(kept)
    assert (left.name, shown.name, published_release(kept).name) == (THIRD, SECOND, SECOND)
    assert kept.warehouse.read_text() == SECOND
    assert [path.name for path in list_releases(kept)] == [FIRST, SECOND, THIRD]
    roll_back(kept)
    with pytest.raises(WarehouseError, match=f"no release before {FIRST}"):
        roll_back(kept)
    roll_back(kept, THIRD)
    assert published_release(kept).name == THIRD


def test_an_unknown_release_is_named_with_those_that_are_kept(kept: DataFolder) -> None:
    with pytest.raises(WarehouseError, match=f"there are: {FIRST}, {SECOND}, {THIRD}"):
        find_release(kept, "20990101T000000Z-zzzz")


def test_no_way_back_while_a_run_is_at_work(kept: DataFolder) -> None:
    with hold_lock(kept), pytest.raises(StorageError, match="another run"):
        roll_back(kept)
    assert published_release(kept).name == THIRD
