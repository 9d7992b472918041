"""A run that ends anywhere while it publishes to an object store leaves a whole release to readers there, and the next run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.harness import tell_tables
from tests.faults.test_killed_runs import ALL, STATUS, see_that_a_release_stands, see_that_the_next_run_makes_good
from warehouse.mirror import publish_to_store, read_pointer
from warehouse.store import list_objects, open_object

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.conftest import Releases
    from tests.faults.harness import Faulty, Fingerprint

FEW = [("call:after:warehouse.mirror.upload_file:20", "kill"), ("call:before:warehouse.mirror.write_object:1", "kill")]
OTHERS = [
    ("step:before:publish to the store", "kill"),
    ("step:before:publish to the store", "terminate"),
    ("call:before:warehouse.mirror.upload_file:1", "kill"),
    ("call:before:warehouse.mirror.upload_file:50", "kill"),
    ("call:after:warehouse.mirror.upload_file:1", "terminate"),
    ("call:before:warehouse.mirror.write_object:1", "terminate"),
    ("call:after:warehouse.mirror.write_object:1", "kill"),
    ("call:before:warehouse.mirror._remove_old:1", "kill"),
    ("step:after:publish to the store", "terminate"),
]


def tell_stored(address: str, place: Path) -> Fingerprint:
    """Return number and hash of the rows of each table that readers of the store are shown; all parts must be there."""
    pointer = read_pointer(address)
    assert pointer is not None
    there = {item.relative for item in list_objects(address) or ()}
    assert {part for parts in pointer["tables"].values() for part in parts} <= there
    with open_object(f"{address}/{pointer['warehouse']}") as stored:
        place.write_bytes(stored.read())
    return tell_tables(place)


@pytest.mark.parametrize("faults", [FEW, pytest.param(OTHERS, marks=pytest.mark.skipif(not ALL, reason="YAODIAN_TEST_FAULTS=all"))])
def test_readers_of_the_store_see_a_whole_release_wherever_a_run_ends(
    bucket: str, disturb: Callable[[], Faulty], releases: Releases, tmp_path: Path, faults: list[tuple[str, str]]
) -> None:
    faulty, address = disturb(), f"{bucket}/published"
    publish_to_store(faulty.folder, address)
    assert tell_stored(address, tmp_path / "stored.duckdb") == releases.old
    for spot, action in faults:
        ended = faulty.run(spot, action, YAODIAN_PUBLISH_TO=address)
        assert b"FAULT" in ended.stderr, f"the run never came to {spot}"
        assert ended.returncode in STATUS[action], (spot, ended.stderr.decode()[-2000:])
        see_that_a_release_stands(faulty, releases)
        shown = tell_stored(address, tmp_path / "stored.duckdb")
        is_shown = spot.startswith(("call:after:warehouse.mirror.write_object", "call:before:warehouse.mirror._remove_old", "step:after"))
        assert shown == (releases.new if is_shown else releases.old), spot
    see_that_the_next_run_makes_good(faulty, releases)
    assert faulty.run(YAODIAN_PUBLISH_TO=address).returncode == 0
    assert tell_stored(address, tmp_path / "stored.duckdb") == releases.new
    kept = {path.name for path in faulty.folder.releases.iterdir()}
    assert {item.relative.split("/")[0] for item in list_objects(f"{address}/releases") or ()} <= kept
