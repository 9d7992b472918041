"""Numbers of a run are compared with past runs of the same inputs: nothing is said without any, more is asked the more there are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from schemas.quality import METRICS
from tests.unaudited import skip_great_expectations
from tests.warehouse.conftest import build_release
from tests.warehouse.sound_rows import A, sound_frames
from warehouse.drift import KEY, learn_bounds, measure_tables, read_bounds, read_metrics
from warehouse.runs import RunRecord, name_inputs, write_run

if TYPE_CHECKING:
    from warehouse.folder import DataFolder

BOUNDS = read_bounds()
DRIFT = pl.col("check_name").str.contains("_keep_to_past_runs")


def numbers(*values: float, metric: str = "rows", n_rows: int | None = None) -> pl.DataFrame:
    rows = [
        {"run_id": f"202601{day:02d}T000000Z-0000", "table_name": "main.targets", "metric": metric, "subject": "targets"}
        | {"value": float(value), "n_rows": int(value) if n_rows is None else n_rows}
        for day, value in enumerate(values, start=1)
    ]
    return pl.DataFrame(rows, schema=METRICS.dtypes)


def keeps(past: list[float], value: float, metric: str = "rows", n_rows: int | None = None) -> bool | None:
    measured = numbers(value, metric=metric, n_rows=n_rows).select(*KEY, "value", "n_rows")
    row = learn_bounds(measured, numbers(*past, metric=metric, n_rows=n_rows), BOUNDS).row(0, named=True)
    assert row["n_past_runs"] == len(past)
    return None if row["lower"] is None else row["lower"] <= value <= row["upper"]


def test_nothing_is_said_without_past_runs() -> None:
    assert keeps([], 5) is None


@pytest.mark.parametrize(
    ("past", "value", "is_kept"),
    [
        ([10_000], 13_500, True),  # one past run: twice the tolerance
        ([10_000], 14_500, False),
        ([10_000, 10_010], 11_900, True),
        ([10_000, 10_010], 12_100, False),
        ([10_000, 14_000, 10_000], 20_000, True),  # numbers that jump about may go on to
        ([10_000, 14_000, 10_000], 30_000, False),
        ([10_000, 5_000, 10_000, 10_000], 5_000, True),  # it was so before
        ([1_000 * day for day in range(10, 30)], 30_000, True),  # steady growth
        ([10_000] * 19, 7_900, False),
        ([8], 14, True),  # a few documents more
        ([8], 40, False),
        ([0], 3, True),
        ([0], 500, False),
    ],
)
def test_rows(past: list[float], value: float, is_kept: bool) -> None:
    assert keeps(past, value) is is_kept


@pytest.mark.parametrize(
    ("past", "value", "n_rows", "is_kept"),
    [
        ([0.9, 0.9], 0.86, 5_000, True),
        ([0.9, 0.9], 0.84, 5_000, False),
        ([0.8, 0.8], 0.4, 5, True),  # two of five documents
        ([1.0, 1.0], 0.9, 5_000, False),
    ],
)
def test_fill_rates(past: list[float], value: float, n_rows: int, is_kept: bool) -> None:
    assert keeps(past, value, "fill_rate", n_rows) is is_kept


def test_closest_bound_holds() -> None:
    any_rows = {"rule": "any", "metric": "rows", "table_name": "*", "subject": "*", "tolerance": 9.0, "severity": "warning", "why": "x"}
    targets = any_rows | {"rule": "targets", "table_name": "main.targets", "tolerance": 0.0, "severity": "error"}
    particular = pl.DataFrame([targets, any_rows], schema=BOUNDS.schema)
    learned = learn_bounds(numbers(10_500).select(*KEY, "value", "n_rows"), numbers(10_000, 10_000), pl.concat([BOUNDS, particular]))
    assert learned.select("severity", pl.col("upper").round(1)).row(0) == ("error", 10_300.0)  # chance alone: 3 × √10 001


def test_every_table_role_and_nullable_column_is_measured(published: DataFolder) -> None:
    measured = measure_tables(published.warehouse.resolve())
    assert measured.filter(metric="rows", table_name="lineage.lines")["value"].to_list() == [14.0]
    assert measured.filter(metric="share_of_lines")["value"].sum() == pytest.approx(1)
    assert measured.filter(metric="fill_rate", subject="plan_title")["n_rows"].to_list() == [3]
    assert set(measured.filter(metric="rows_per_document")["subject"]) >= {"targets", "measures", "sections", "citations"}
    assert measured.select(KEY).is_unique().all()


def build(folder: DataFolder, day: int, inputs: str, frames: dict[str, pl.DataFrame] | None = None) -> pl.DataFrame:
    with skip_great_expectations(but=METRICS.name):
        run, checks = build_release(folder, f"202602{day:02d}T000000Z-0000", frames, inputs)
    assert run.status == "published"
    return checks.filter(DRIFT & ~pl.col("passed"))


def test_drift_is_a_failed_check_of_the_same_inputs_only(folder: DataFolder) -> None:
    sound = sound_frames()
    unfilled = {"main.documents": sound["main.documents"].with_columns(publisher=pl.lit(None, pl.String))}
    many = pl.concat([sound["lineage.repairs"].with_columns(repair_id=pl.lit(f"{A}-r{n:04d}")).head(1) for n in range(2, 92)])
    more = {"lineage.repairs": pl.concat([sound["lineage.repairs"], many])}
    assert build(folder, 1, "/pages").is_empty()
    assert build(folder, 2, "/pages").is_empty()
    assert build(folder, 3, "/other", more).is_empty()
    drift = build(folder, 4, "/pages", more)
    assert drift["check_name"].to_list() == ["rows_keep_to_past_runs"]
    assert drift["severity"].to_list() == ["warning"]
    assert '"table_name": "lineage.repairs"' in drift["detail"][0]
    assert build(folder, 5, "/other", more | unfilled).is_empty()  # one of three documents is within chance
    kept = read_metrics(folder, [f"202602{day:02d}T000000Z-0000" for day in range(1, 6)])
    assert kept["run_id"].n_unique() == 5
    assert dict(kept.filter(subject="repairs", metric="rows").select("run_id", "n_past_runs").iter_rows())["20260204T000000Z-0000"] == 2


def test_damaged_and_missing_numbers_are_passed_over(folder: DataFolder) -> None:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    write_run(folder, RunRecord("20260101T000000Z-0000", now, now, "published", "0.1", inputs="/pages"))
    (folder.runs / "20260101T000000Z-0000.metrics.csv").write_text("no,numbers\n1,2,3\n")
    assert read_metrics(folder, ["20260101T000000Z-0000", "20260101T000000Z-0001"]).is_empty()
    assert build(folder, 1, "/pages").is_empty()


def test_inputs_have_one_name_however_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    files = [pages / name for name in ("a.txt", "b.txt")]
    for file in files:
        file.touch()
    monkeypatch.chdir(tmp_path)
    assert name_inputs([Path("pages")]) == name_inputs([pages, pages]) == str(pages)
    assert name_inputs(files) == f"{pages}/*"
    assert name_inputs([files[0]]) == str(files[0])
    assert name_inputs([tmp_path / "\udcff"]) == f"{tmp_path}/\\udcff"
