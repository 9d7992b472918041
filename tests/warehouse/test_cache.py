from __future__ import annotations

import os
from typing import TYPE_CHECKING

import polars as pl
import pytest

from warehouse.cache import link_part, name_result, open_cache

if TYPE_CHECKING:
    from pathlib import Path


def write(text: str):
    return lambda folder: (folder / "result").write_text(text, encoding="utf-8")


def test_a_result_is_found_under_its_key_and_version_alone(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, "1", is_fresh=False)
    kept = cache.keep("a", write("x"))
    assert (cache.find("a"), cache.find("b")) == (kept, None)
    assert open_cache(tmp_path, "1", is_fresh=False).find("a") == kept
    assert open_cache(tmp_path, "2", is_fresh=False).find("a") is None
    assert not kept.exists()


def test_a_fresh_cache_is_empty(tmp_path: Path) -> None:
    open_cache(tmp_path, "1", is_fresh=False).keep("a", write("x"))
    assert open_cache(tmp_path, "1", is_fresh=True).find("a") is None


def test_a_result_that_was_touched_through_a_link_is_none(tmp_path: Path) -> None:
    cache = open_cache(tmp_path / "cache", "1", is_fresh=False)
    kept = cache.keep("a", write("x"))
    link_part(kept / "result", tmp_path / "table" / "part")
    with (tmp_path / "table" / "part").open("a") as linked:
        linked.write("y")
    assert cache.find("a") is None
    assert (cache.keep("a", write("x")) / "result").read_text() == "x"


def test_what_crashes_leaves_no_result(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, "1", is_fresh=False)

    def crash(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise ValueError("broke")

    with pytest.raises(ValueError, match="broke"):
        cache.keep("a", crash)
    assert cache.find("a") is None
    open_cache(tmp_path, "1", is_fresh=False)
    assert os.listdir(tmp_path / "1") == []


def test_pruning_keeps_what_is_named(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, "1", is_fresh=False)
    for key in "abc":
        cache.keep(key, write(key))
    cache.prune({"b"})
    assert [cache.find(key) is not None for key in "abc"] == [False, True, False]


def test_names_tell_order_and_bounds_apart() -> None:
    frame = pl.DataFrame({"a": [1, 2]})
    names = [name_result("a", "b"), name_result("b", "a"), name_result("ab"), name_result(frame), name_result(frame[::-1])]
    assert len(set(names)) == len(names)
    assert name_result(frame) == name_result(frame.clone())
