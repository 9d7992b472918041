"""The description beside a release's Parquet files is valid, complete, and good to read every table by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import frictionless

from schemas.tables import TABLES
from warehouse.datapackage import FILE_NAME, describe_package

if TYPE_CHECKING:
    import pytest

    from flows.build import RunSummary


def test_says_what_the_contracts_say() -> None:
    described = {resource["name"]: resource for resource in describe_package()["resources"]}
    assert list(described) == [table.name for table in TABLES]
    for table in TABLES:
        assert [field["name"] for field in described[table.name]["schema"]["fields"]] == list(table.dtypes)
        assert described[table.name]["schema"]["primaryKey"] == list(table.primary_key)


def test_each_table_is_read_and_found_valid_through_it(seeds_run: RunSummary, monkeypatch: pytest.MonkeyPatch) -> None:
    release = seeds_run.folder.current.resolve()
    monkeypatch.chdir(release)
    assert list(frictionless.Package.metadata_validate(json.loads((release / FILE_NAME).read_text(encoding="utf-8")))) == []
    report = frictionless.Package(FILE_NAME).validate(limit_rows=100)
    assert {task.name: task.flatten(["type", "note"]) for task in report.tasks if not task.valid} == {}
    with frictionless.Package(FILE_NAME).get_resource("lineage.lines") as lines:
        assert len(lines.read_rows()) == seeds_run.counts["rows"]["lineage.lines"]
