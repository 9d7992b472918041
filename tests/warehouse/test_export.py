from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from flows.cli import main
from schemas.errors import InputError
from warehouse.export import export_file
from warehouse.query import open_warehouse

if TYPE_CHECKING:
    from pathlib import Path

    from flows.build import RunSummary


def test_csv_opens_in_a_spreadsheet_without_running_anything(tmp_path: Path) -> None:
    warehouse, out = tmp_path / "warehouse.duckdb", tmp_path / "rows.csv"
    with duckdb.connect(str(warehouse)) as con:
        con.execute("CREATE TABLE pages AS SELECT '=HYPERLINK(1)' AS text, '环境' AS word")
    export_file(warehouse, "pages", out)
    assert out.read_bytes().startswith(b"\xef\xbb\xbftext,word")
    assert list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))[1] == ["'=HYPERLINK(1)", "环境"]


def test_tables_views_and_queries_are_written_by_the_ending(seeds_run: RunSummary, tmp_path: Path) -> None:
    warehouse = seeds_run.folder.warehouse
    export_file(warehouse, "lineage.repairs", tmp_path / "repairs.parquet")
    assert pl.read_parquet(tmp_path / "repairs.parquet").height == seeds_run.counts["rows"]["lineage.repairs"]
    export_file(warehouse, "agency_load", tmp_path / "load.json")
    assert {"agency", "n_led"} < json.loads((tmp_path / "load.json").read_text(encoding="utf-8"))[0].keys()
    export_file(warehouse, "SELECT 1 AS one", tmp_path / "ONE.CSV")
    assert (tmp_path / "ONE.CSV").read_text(encoding="utf-8-sig") == "one\n1\n"


def test_a_document_is_written_with_its_outline_headings_and_targets(
    seeds_run: RunSummary, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "plan.md"
    assert main(["export", "f7tg3qtyvudh", str(out), "--data-dir", str(seeds_run.folder.root)]) == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# 2020年科技体制改革与发展工作要点\n")
    assert "\n  - 11 深化科技金融改革 (责任:省地方金融监管局、" in text
    assert "\n##### 深化科技金融改革\n" in text
    with open_warehouse(seeds_run.folder.warehouse) as con:
        paragraphs = con.execute("SELECT text FROM paragraphs WHERE document_id = 'f7tg3qtyvudh' AND text NOT LIKE '%&%'").fetchall()
        targets = con.execute("SELECT quote FROM targets WHERE document_id = 'f7tg3qtyvudh' AND quote NOT LIKE '%&%'").fetchall()
    plain = text.replace("\\", "")
    assert [part for (part,) in paragraphs if part not in plain] == []
    assert [quote for (quote,) in targets if f"| {quote} |" not in plain] == []


@pytest.mark.parametrize(
    ("thing", "name"), [("documents", "out.xlsx"), ("documents", "out"), ("no_such", "o.csv"), ("aaaaaaaaaaaa", "o.md")]
)
def test_what_cannot_be_written_is_said_in_one_line_and_leaves_nothing(
    thing: str, name: str, seeds_run: RunSummary, tmp_path: Path
) -> None:
    with pytest.raises(InputError):
        export_file(seeds_run.folder.warehouse, thing, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
