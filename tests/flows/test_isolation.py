from __future__ import annotations

import polars as pl
import pytest

from flows.isolation import Frames, isolate_crashes


def _frames(*source_ids: str) -> Frames:
    sources = pl.DataFrame({"source_id": source_ids}, schema={"source_id": pl.String})
    return {"sources": sources, "lines": sources.with_columns(line_no=pl.lit(1))}


def _crash_at(*culprits: str):
    def work(frames: Frames) -> Frames:
        if frames["sources"]["source_id"].is_in(culprits).any():
            raise ZeroDivisionError("a rule broke")
        return {"lines": frames["lines"]}

    return work


def test_a_source_that_crashes_a_step_is_left_out_and_named() -> None:
    tables, crashed = isolate_crashes("build_tables", _crash_at("b", "d"), _frames("a", "b", "c", "d", "e"))
    assert tables["lines"]["source_id"].to_list() == ["a", "c", "e"]
    assert crashed.select("source_id", "stage", "reason").rows() == [("b", "build_tables", "crashed"), ("d", "build_tables", "crashed")]
    assert "ZeroDivisionError in work: a rule broke" in crashed["detail"][0]


def test_a_shard_of_nothing_but_culprits_gives_empty_tables() -> None:
    tables, crashed = isolate_crashes("build_tables", _crash_at("a", "b"), _frames("a", "b"))
    assert tables["lines"].is_empty()
    assert crashed["source_id"].to_list() == ["a", "b"]


def test_what_the_environment_causes_is_no_fault_of_a_source() -> None:
    def work(_: Frames) -> Frames:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        isolate_crashes("build_tables", work, _frames("a", "b"))
