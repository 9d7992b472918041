"""Reports say what failed with rows that show it, and nothing that a page holds can act as markup."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.quality import CHECKS
from tests.warehouse.sound_rows import RUN
from warehouse.markdown import escape_markdown
from warehouse.report import write_reports
from warehouse.runs import RunRecord
from warehouse.verdict import check_release

if TYPE_CHECKING:
    from warehouse.folder import DataFolder

HOSTILE = "a|b`c` **x**\n# <script>alert(1)</script> [x](http://evil.example) \u202e\u2028\x00 www.evil.example"
NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


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


def test_report_of_a_sound_release(published: DataFolder) -> None:
    run, checks = check_release(published)
    report = write_reports(published, run, checks)
    text = (published.reports / "quality.md").read_text("utf-8")
    assert f"no error in {run.n_checks} checks" in text
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
