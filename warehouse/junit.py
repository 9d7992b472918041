"""Renders checks as JUnit XML, one test case a check and engine, for CI systems that show tests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from warehouse.markdown import show_invisible

if TYPE_CHECKING:
    import polars as pl

    from schemas.table import Severity
    from warehouse.runs import RunRecord


def render_junit(run: RunRecord, checks: pl.DataFrame, fail_on: Severity = "error") -> str:
    """Return JUnit XML: a suite a table, a case a check and engine; crashed checks are errors.

    JUnit knows no warnings: a failed one is a skipped case with its message, or a failure where `fail_on` is "warning".
    """
    root = ET.Element("testsuites", name="yaodian", tests=str(checks.height))
    for (table,), of_table in checks.sort("table_name", "check_name", "engine").group_by("table_name", maintain_order=True):
        suite = ET.SubElement(root, "testsuite", name=_text(table), timestamp=f"{run.finished_at:%Y-%m-%dT%H:%M:%S}", time="0")
        properties = ET.SubElement(suite, "properties")
        for name in ("run_id", "status", "code_version"):
            ET.SubElement(properties, "property", name=name, value=_text(getattr(run, name)))
        for check in of_table.iter_rows(named=True):
            _add_case(suite, check, fail_on)
        for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(attribute, str(sum(1 for _ in suite.iter(tag))))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        root.set(attribute, str(sum(1 for _ in root.iter(tag))))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add_case(suite: ET.Element, check: dict[str, Any], fail_on: Severity) -> None:
    name, where = _text(check["check_name"]), _text(f"{check['engine']}.{check['table_name']}")
    case = ET.SubElement(suite, "testcase", classname=where, name=name, time="0")
    if check["passed"]:
        return
    detail = json.loads(check["detail"] or "{}")
    found = detail.get("problem") or f"{check['n_failed']} of {check['n_rows']} rows break it"
    message = _text(f"{detail.get('description', '')}: {found}")
    if detail.get("crash"):
        ET.SubElement(case, "error", type="crash", message=_text(detail["crash"]))
    elif check["severity"] == "warning" and fail_on == "error":
        ET.SubElement(case, "skipped", message=f"warning: {message}")
    else:
        failure = ET.SubElement(case, "failure", type=check["severity"], message=message)
        rows = [json.dumps(row, ensure_ascii=False) for row in detail.get("sample", [])]
        failure.text = "\n".join([*map(_text, rows), *map(_text, (detail.get("query") or "").splitlines())])


def _text(value: object) -> str:
    return show_invisible(str(value))
