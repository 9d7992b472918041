"""What hostile text comes out as: nothing steers a terminal, runs in a spreadsheet, or acts as markup in a report."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from flows.cli import main
from tests.faults.harness import NO_FAULT
from tests.hostile.child import run_on_terminal, run_yaodian
from tests.hostile.structure import foreign_languages
from warehouse.report import write_reports
from warehouse.runs import read_runs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hostile.conftest import HostileRun

STEERS_TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ESCAPES = ("\x1b", "\x9b", "\x07", "\x08", "\u202e")
TABLES = ("lineage.lines", "lineage.sources", "lineage.repairs", "main.documents", "main.paragraphs", "quality.quarantine")
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


@pytest.fixture
def warehouse(hostile_run: HostileRun) -> Path:
    assert hostile_run.ended.status == 0, (hostile_run.ended.out + hostile_run.ended.err).decode()[-3000:]
    return hostile_run.folder.warehouse


@pytest.mark.parametrize("where", ["names/%", "folders/%", "code/%", "bytes/%"])
def test_explain_shows_hostile_sources_as_plain_text(
    hostile_run: HostileRun, warehouse: Path, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        things = con.execute("SELECT source_id FROM lineage.sources WHERE source_id LIKE ? ORDER BY 1", [where]).fetchall()
    assert things
    for (thing,) in things:
        assert main(["explain", "--data-dir", str(hostile_run.folder.root), "--", thing]) == 0, thing
        shown = capsys.readouterr()
        assert not STEERS_TERMINAL.search(shown.out), thing
        assert shown.err == ""


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_no_query_steers_the_terminal(hostile_run: HostileRun, warehouse: Path, tmp_path: Path, form: str) -> None:
    sql = "SELECT raw_text, source_id FROM lineage.lines WHERE source_id LIKE 'code/%' OR regexp_matches(raw_text, '[\\x00-\\x1f\\x7f]')"
    arguments = ("query", sql, "--format", form, "--data-dir", str(hostile_run.folder.root))
    status, shown = run_on_terminal(*arguments, folder=tmp_path)
    assert status == 0
    text = shown.decode().replace("\r\n", "\n")
    assert "owned" in text
    assert not STEERS_TERMINAL.search(text)


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "\x1b]0;owned\x07"),
        ("query", "SELECT '\x1b[2J' AS \"\x1b]0;owned\x07\""),
        ("query", "SELECT error('\x1b]0;owned\x07\u202e')"),
        ("query", "SELECT \x9b31m FROM \u202enothing"),
        ("run", "/nowhere/\x1b]0;owned\x07\n\u202etxt", "--direct"),
    ],
)
def test_no_message_steers_the_terminal(hostile_run: HostileRun, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    main([*arguments, "--data-dir", str(hostile_run.folder.root)])
    shown = capsys.readouterr()
    assert shown.out + shown.err
    assert not any(escape in shown.out + shown.err for escape in ESCAPES)
    assert "Traceback" not in shown.err
    assert shown.err.count("\n") <= 1


def test_the_run_itself_said_nothing_that_steers_a_terminal(hostile_run: HostileRun) -> None:
    assert not STEERS_TERMINAL.search((hostile_run.ended.out + hostile_run.ended.err).decode())


def test_the_run_shows_no_hostile_name_raw_on_a_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "in\x1b]0;owned\x07"
    folder.mkdir()
    (folder / "\x1b]0;owned\x07.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "\x1b]0;owned\x07.pdf").write_bytes(b"")
    arguments = ("run", str(folder), "--direct", "--data-dir", str(tmp_path / "data\x1b]0;owned\x07"))
    _, shown = run_on_terminal(*arguments, folder=tmp_path, program=("tests.faults.faulty", *NO_FAULT))
    assert b"owned" in shown
    assert b"\x1b]0;" not in shown
    assert b"Traceback" not in shown


@pytest.mark.parametrize("table", TABLES)
def test_csv_is_whole_and_holds_no_formula(hostile_run: HostileRun, warehouse: Path, tmp_path: Path, table: str) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        texts = [name for name, kind, *_ in con.execute(f"DESCRIBE {table}").fetchall() if kind == "VARCHAR"]
        n_rows = con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
    out = tmp_path / "out.csv"
    sql = f"SELECT {', '.join(texts)} FROM {table}"
    assert main(["query", sql, "--format", "csv", "-o", str(out), "--data-dir", str(hostile_run.folder.root)]) == 0
    csv.field_size_limit(10_000_000)
    header, *rows = csv.reader(io.StringIO(out.read_text("utf-8"), newline=""))
    assert header == texts
    assert len(rows) == n_rows
    assert all(len(row) == len(header) for row in rows)
    assert [cell[:40] for row in rows for cell in row if cell.startswith(FORMULA)] == []


def test_json_lines_come_back_as_they_were(hostile_run: HostileRun, warehouse: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    sql = "SELECT source_id, line_no, raw_text FROM lineage.lines ORDER BY ALL"
    assert main(["query", sql, "--format", "json", "-o", str(out), "--data-dir", str(hostile_run.folder.root)]) == 0
    with duckdb.connect(str(warehouse), read_only=True) as con:
        assert [tuple(row.values()) for row in json.loads(out.read_text("utf-8"))] == con.execute(sql).fetchall()


def test_sql_in_names_is_only_a_name(hostile_run: HostileRun, warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for thing in ("'; DROP TABLE lineage.sources; --", "' OR '1'='1", "x' UNION SELECT 1 --:1", "a\0b", "%", "_" * 12):
        assert main(["explain", "--data-dir", str(hostile_run.folder.root), "--", thing]) == 2
    capsys.readouterr()
    with duckdb.connect(str(warehouse), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM lineage.sources").fetchall()[0][0] > 300


def test_reports_hold_hostile_text_as_text(hostile_run: HostileRun, warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        checks = con.sql("FROM quality.checks").pl()
    snippets = [nasty.raw.decode("utf-8", "replace")[-400:] for nasty in foreign_languages()]
    sample = [{"document_id": snippet, "title": snippet, snippet: snippet} for snippet in snippets]
    detail = json.dumps({"description": snippets[2], "problem": snippets[3], "sample": sample, "sample_limit": 20, "query": snippets[0]})
    crash = json.dumps({"description": snippets[2], "crash": "\n".join(snippets)})
    failed = checks.with_row_index("row").with_columns(
        passed=pl.col("row") >= 12,
        n_failed=pl.when(pl.col("row") < 12).then(3).otherwise(0).cast(checks.schema["n_failed"]),
        detail=pl.when(pl.col("row") < 6).then(pl.lit(detail)).when(pl.col("row") < 12).then(pl.lit(crash)).otherwise("detail"),
    )
    published = hostile_run.folder.current.resolve().name
    [run] = [run for run in read_runs(hostile_run.folder) if run.run_id == published]
    write_reports(hostile_run.folder, run, failed.drop("row"))
    for path in hostile_run.folder.reports.iterdir():
        text = path.read_text("utf-8")
        raw = [character for character in STEERS_TERMINAL.findall(text) if character not in "\n\t"]
        assert raw == [] or path.suffix == ".json", path.name
        if path.suffix == ".md":
            _see_that_markdown_is_harmless(text)
        elif path.suffix == ".html":
            _see_that_html_is_harmless(text)
        elif path.suffix == ".xml":
            ET.fromstring(text)  # noqa: S314  # our own
        elif path.suffix == ".json":
            json.loads(text)


def _see_that_markdown_is_harmless(text: str) -> None:
    prose = "\n".join(line for line in text.splitlines() if not line.startswith("    "))  # code is shown as it is
    assert not re.search(r"<(?:script|img|svg|iframe|b|!--)", prose, re.IGNORECASE)
    assert not re.search(r"(?<!\\)\]\(", prose)
    assert not re.search(r"(?<!\\)`{3}", prose)
    width = 0
    for line in text.splitlines():
        n_bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (width and n_bars) or n_bars == width, line[:200]
        width = n_bars


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.in_script = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def _see_that_html_is_harmless(text: str) -> None:
    tags = _Tags()
    tags.feed(text)
    assert not {tag for tag, _ in tags.found} & {"iframe", "object", "embed", "base", "form", "img"}
    for tag, attributes in tags.found:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert not any("javascript:" in (value or "").lower() for value in attributes.values()), (tag, attributes)
        assert not (attributes.get("src") or "").startswith("http")


def test_bad_arguments_are_one_line(tmp_path: Path) -> None:
    ended = run_yaodian("explain", "x", "--data-dir", str(tmp_path / "none\x1b]0;owned\x07"), folder=tmp_path)
    assert ended.status == 2
    assert b"\x1b" not in ended.err
    assert ended.err.count(b"\n") == 1
