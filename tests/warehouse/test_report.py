"""Reports say what failed with rows that show it, and nothing that a page holds can act as markup."""

from __future__ import annotations

import datetime as dt
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.quality import CHECKS
from tests.warehouse.sound_rows import RUN
from warehouse.html import place_drift, stack_roles
from warehouse.junit import render_junit
from warehouse.markdown import escape_markdown
from warehouse.report import write_reports
from warehouse.runs import RunRecord
from warehouse.verdict import check_release

if TYPE_CHECKING:
    from schemas.table import Severity
    from warehouse.folder import DataFolder

HOSTILE = "a|b`c` **x**\n# <script>alert(1)</script> [x](http://evil.example) \u202e\u2028\x00 www.evil.example"
NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def checked(published: DataFolder) -> tuple[RunRecord, pl.DataFrame]:
    """The published release, checked again."""
    return check_release(published)


def failed_check(detail: dict) -> pl.DataFrame:
    row: dict[str, object] = {
        "run_id": RUN,
        "engine": "pandera",
        "table_name": "lineage.lines",
        "check_name": "some_rule",
        "column_name": "raw_text",
    }
    row |= {"severity": "error", "passed": False, "n_rows": 30, "n_failed": 25, "detail": json.dumps(detail)}
    return pl.DataFrame([row], schema=CHECKS.dtypes)


class Page(HTMLParser):
    """Collects the tags, addresses and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src", "action", "data", "srcset")}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page_is_complete_in_itself(published: DataFolder, checked: tuple[RunRecord, pl.DataFrame]) -> None:
    run, checks = checked
    report = write_reports(published, run, checks)
    text = (published.reports / "quality.html").read_text("utf-8")
    page = Page(text)
    assert not page.tags & {"script", "iframe", "img", "object", "embed", "form", "base"}
    assert all(address.startswith("#") or address == "data:," for address in page.addresses)
    assert not re.search(r"url\(|@import", text)
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(re.findall(r'id="([^"]+)"', text))
    assert f"no error in {run.n_checks:,} checks" in page.text
    assert all(verdict["description"] in page.text.replace("<U+000A>", "\n") for verdict in report.checks)
    assert {verdict["table_name"] for verdict in report.checks} == set(checks["table_name"])
    assert all(verdict["query"] for verdict in report.checks)
    assert {source["source_id"] for source in report.sources} == {"a.txt", "b.txt", "z.txt"}
    assert [run["run_id"] for run in report.history] == [RUN]


def test_page_shows_hostile_rows_as_text(published_copy: DataFolder) -> None:
    detail = {"description": HOSTILE, "problem": HOSTILE, "sample": [{"line_no": 1, HOSTILE: HOSTILE}], "query": f"SELECT '{HOSTILE}'"}
    run = RunRecord(RUN, NOW, NOW, "rejected", HOSTILE, n_checks=1, n_failed=1, inputs='/"><script>x</script>')
    write_reports(published_copy, run, failed_check(detail))
    text = (published_copy.reports / "quality.html").read_text("utf-8")
    page = Page(text)
    assert "script" not in page.tags
    assert not page.attributes & {"onerror", "onload", "onclick"}
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u2028\u202e]", text)
    assert "<script>alert(1)</script>" in page.text
    assert "25 of 30 rows break it" in page.text


def test_junit_has_a_case_a_check(checked: tuple[RunRecord, pl.DataFrame]) -> None:
    run, checks = checked
    root = ET.fromstring(render_junit(run, checks))  # noqa: S314  # our own
    assert len(list(root.iter("testcase"))) == checks.height == int(root.get("tests", 0))
    assert (root.get("failures"), root.get("errors"), root.get("skipped")) == ("0", "0", "0")
    assert len({(case.get("classname"), case.get("name")) for case in root.iter("testcase")}) == checks.height


def test_junit_tells_failures_warnings_and_crashes_apart() -> None:
    run = RunRecord(RUN, NOW, NOW, "rejected", HOSTILE)
    failed = failed_check({"description": HOSTILE, "sample": [{"x": HOSTILE}], "query": f"SELECT '{HOSTILE}'"})
    crashed = failed_check({"description": "x", "crash": HOSTILE})
    mild = failed.with_columns(severity=pl.lit("warning"))

    def count(checks: pl.DataFrame, fail_on: Severity = "error") -> dict[str, int]:
        root = ET.fromstring(render_junit(run, checks, fail_on))  # noqa: S314  # our own
        return {tag: len(list(root.iter(tag))) for tag in ("failure", "error", "skipped") if root.find(f".//{tag}") is not None}

    assert count(failed) == {"failure": 1}
    assert count(crashed) == {"error": 1}
    assert count(mild) == {"skipped": 1}
    assert count(mild, fail_on="warning") == {"failure": 1}


@given(st.dictionaries(st.sampled_from(["body", "blank", "chrome", "title"]), st.integers(1, 10**6), min_size=1))
def test_segments_fill_the_bar(roles: dict[str, int]) -> None:
    segments = stack_roles("x", roles)["segments"]
    assert sum(segment["width"] for segment in segments) == pytest.approx(1000)
    assert sum(segment["n_lines"] for segment in segments) == sum(roles.values())


@pytest.mark.parametrize(("value", "at"), [(1.0, 1000 / 3), (3.0, 2000 / 3), (2.0, 500), (-9.0, 10), (99.0, 990)])
def test_band_is_the_middle_third(value: float, at: float) -> None:
    number = {"value": value, "lower": 1.0, "upper": 3.0, "past": [2.0], "metric": "rows", "subject": "lines"}
    placed = place_drift(number)
    assert placed["at"] == pytest.approx(at)
    assert placed["is_outside"] is not (1 <= value <= 3)


def test_report_of_a_sound_release(published: DataFolder, checked: tuple[RunRecord, pl.DataFrame]) -> None:
    run, checks = checked
    report = write_reports(published, run, checks)
    text = (published.reports / "quality.md").read_text("utf-8")
    assert f"no error in {run.n_checks:,} checks" in text
    assert "| kept | body | 5 |" in text
    assert "| injected\\_spam | 1 | 1 | 0.9 |" in text
    assert "| within\\_source | 1 | 1 |" in text
    facts = json.loads((published.reports / "quality.json").read_text("utf-8"))
    assert facts["run"]["run_id"] == RUN
    assert facts["n_passed"] == report.n_passed == checks.height
    assert len(facts["tables"]) == 2 * checks["table_name"].n_unique()


def test_report_shows_hostile_rows_as_text(published_copy: DataFolder) -> None:
    detail = {"description": HOSTILE, "problem": HOSTILE, "sample": [{"line_no": 1, HOSTILE: HOSTILE}], "query": f"SELECT '{HOSTILE}'"}
    run = RunRecord(RUN, NOW, NOW, "rejected", HOSTILE, n_checks=1, n_failed=1)
    write_reports(published_copy, run, failed_check(detail))
    text = (published_copy.reports / "quality.md").read_text("utf-8")
    outside_code = "\n".join(line for line in text.splitlines() if not line.startswith("    "))
    assert "<script" not in outside_code
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u2028\u202e]", text)
    assert not re.search(r"(?<!\\)\[x\]", outside_code)
    assert [line for line in text.splitlines() if line.startswith("# ")] == [f"# Quality of run `{RUN}`"]
    table = text[text.index("Breaches in the column") :].split("\n\n")[1].splitlines()
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {3}
    assert "25 (rows checked: 30), 1 of them here" in text


def test_crash_is_told_apart(published_copy: DataFolder) -> None:
    run = RunRecord(RUN, NOW, NOW, "rejected", "0.1", n_checks=1, n_failed=1)
    write_reports(published_copy, run, failed_check({"description": "x", "crash": "no such table"}))
    assert "The check itself crashed, so that nothing is known: no such table" in (published_copy.reports / "quality.md").read_text("utf-8")


@given(st.text())
def test_escaped_text_is_one_line_without_markup(text: str) -> None:
    escaped = escape_markdown(text)
    assert "\n" not in escaped
    assert escaped.isprintable() or "\u3000" in escaped
    assert not re.search(r"[<>]|(?<!\\)(?:\\\\)*[`|*_\[\]~]", escaped)


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "NULL"), (3, "3"), ("# x", "\\# x"), ("1. x", "1\\. x"), ("- x", "\\- x"), ("文件", "文件")]
)
def test_escapes(value: object, shown: str) -> None:
    assert escape_markdown(value) == shown
