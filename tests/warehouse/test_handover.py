"""Hand-overs check the data, all of it, and write the part whatever the verdict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pyarrow.parquet as pq
import pytest

from schemas.checks import list_checks
from schemas.documents import DOCUMENTS, PARAGRAPHS
from schemas.lineage import LINES
from schemas.targets import TARGETS
from tests.warehouse.corruptions import set_values
from tests.warehouse.sound_rows import sound_frames
from warehouse.handover import check_frame, hand_over, sum_checks
from warehouse.results import SAMPLE_ROWS

if TYPE_CHECKING:
    from pathlib import Path


def result(results: pl.DataFrame, name: str) -> dict:
    row = results.row(by_predicate=pl.col("check_name") == name, named=True)
    return row | {"detail": json.loads(row["detail"])}


@pytest.fixture
def lines() -> pl.DataFrame:
    return sound_frames()["lineage.lines"]


def test_one_row_a_check_also_when_passed(lines: pl.DataFrame, tmp_path: Path) -> None:
    results = hand_over(LINES, lines, tmp_path, "000007")
    assert results["check_name"].to_list() == [check.name for check in list_checks(LINES) if check.is_of_frames]
    assert results["passed"].all()
    assert set(results["n_rows"]) == {lines.height}
    assert pl.read_parquet(tmp_path / "lineage" / "lines" / "000007.parquet").equals(lines)


def test_same_rows_same_bytes_and_arrow_schema(lines: pl.DataFrame, tmp_path: Path) -> None:
    for part in ("a", "b"):
        hand_over(LINES, lines, tmp_path, part)
    first, second = (tmp_path / "lineage" / "lines" / f"{part}.parquet" for part in "ab")
    assert first.read_bytes() == second.read_bytes()
    assert [(f.name, pl.Series([], dtype=LINES.dtypes[f.name]).to_arrow().type) for f in LINES.arrow_schema] == [
        (f.name, f.type) for f in LINES.empty().to_arrow().schema
    ]
    assert pq.ParquetFile(first).metadata.row_group(0).column(0).compression == "ZSTD"


def test_broken_rows_are_counted_sampled_and_written(lines: pl.DataFrame, tmp_path: Path) -> None:
    many = pl.concat([lines.with_columns(source_id=pl.lit(f"{n}.txt"), role=pl.lit("nonsense")) for n in range(4)])
    found = result(hand_over(LINES, many, tmp_path, "0"), "role_is_one_of_its_values")
    assert found["n_failed"] == many.height == 4 * lines.height
    assert len(found["detail"]["sample"]) == SAMPLE_ROWS == found["detail"]["sample_limit"]
    assert found["detail"]["sample"][0] == {"source_id": "0.txt", "line_no": 1, "role": "nonsense"}
    assert pl.read_parquet(tmp_path / "lineage" / "lines" / "0.parquet").height == many.height


def test_data_is_checked_whatever_pandera_is_set_to(lines: pl.DataFrame) -> None:
    import pandera.config

    broken = set_values(lines, 0, {"role": "nonsense"})
    with pandera.config.config_context(validation_depth=pandera.config.ValidationDepth.SCHEMA_ONLY):
        assert not check_frame(LINES, broken)["passed"].all()
    with pandera.config.config_context(validation_enabled=False):
        assert not check_frame(LINES, broken)["passed"].all()


def test_lacking_column_is_a_crash_of_its_checks_not_a_pass(lines: pl.DataFrame) -> None:
    results = check_frame(LINES, lines.drop("role"))
    columns = result(results, "columns_are_those_agreed")
    assert not columns["passed"]
    assert "role" in columns["detail"]["problem"]
    for name in ("role_has_its_type", "role_is_not_null", "role_is_one_of_its_values", "content_feeds_a_paragraph"):
        assert not result(results, name)["passed"]
        assert "role" in result(results, name)["detail"]["crash"]
    assert result(results, "rule_matches_its_pattern")["passed"]


def test_order_of_columns_counts(lines: pl.DataFrame) -> None:
    failed = check_frame(LINES, lines.select(reversed(lines.columns))).filter(~pl.col("passed"))
    assert failed["check_name"].to_list() == ["columns_are_those_agreed"]


def test_empty_frames_are_checked(lines: pl.DataFrame) -> None:
    assert check_frame(LINES, LINES.empty())["passed"].all()
    assert not check_frame(LINES, LINES.empty().with_columns(line_no=pl.lit("x")).clear())["passed"].all()


def test_long_values_are_cut_in_samples() -> None:
    paragraphs = set_values(sound_frames()["main.paragraphs"], 0, {"text": "字" * 5000 + "\n"})
    found = result(check_frame(PARAGRAPHS, paragraphs), "text_has_one_line")
    assert len(found["detail"]["sample"][0]["text"]) < 250


def test_sums_parts(lines: pl.DataFrame) -> None:
    sound = check_frame(LINES, lines)
    broken = check_frame(LINES, lines.with_columns(source_id=pl.lit("b"), role=pl.lit("nonsense")))
    crashed = check_frame(LINES, lines.drop("role"))
    total = sum_checks([sound, broken, broken, crashed])
    assert total.height == sound.height
    assert total["check_name"].to_list() == sound["check_name"].to_list()
    found = result(total, "role_is_one_of_its_values")
    assert (found["passed"], found["n_rows"], found["n_failed"]) == (False, 4 * lines.height, 2 * lines.height)
    assert len(found["detail"]["sample"]) == SAMPLE_ROWS
    assert "crash" in found["detail"]
    assert result(total, "line_no_reaches_its_minimum")["passed"]


def test_crash_of_a_warning_is_an_error() -> None:
    documents = sound_frames()["main.documents"]
    sound, crashed = check_frame(DOCUMENTS, documents), check_frame(DOCUMENTS, documents.drop("effective_on"))
    assert result(sound, "in_force_after_issue")["severity"] == "warning"
    assert result(crashed, "in_force_after_issue")["severity"] == "error"
    total = sum_checks([sound, crashed])
    assert total.height == sound.height
    assert result(total, "in_force_after_issue")["severity"] == "error"


@pytest.mark.parametrize(
    ("unit", "quote", "holds"), [("台(套)", "新增3台(套)", True), ("(家", "新增3(家", True), ("a.c", "新增3abc", False)]
)
def test_a_unit_is_taken_literally(unit: str, quote: str, holds: bool) -> None:
    targets = sound_frames()["main.targets"].head(1).with_columns(unit=pl.lit(unit), quote=pl.lit(quote))
    told = result(check_frame(TARGETS, targets), "quote_holds_the_unit")
    assert told["passed"] == holds
    assert "crash" not in told["detail"]
