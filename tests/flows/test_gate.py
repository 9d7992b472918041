"""A gate on the checks closes when it should, and the page and the workflow that explain it do what they say."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import yaml

from flows.cli import main
from schemas.documents import DOCUMENTS
from tests.unaudited import skip_great_expectations
from tests.warehouse.conftest import build_release
from tests.warehouse.corruptions import set_values
from tests.warehouse.sound_rows import sound_frames
from warehouse.drift import read_bounds
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from flows.build import RunSummary

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGE = (DOCS / "quality.md").read_text("utf-8")
WORKFLOW = yaml.safe_load((DOCS / "github-actions" / "quality.yml").read_text("utf-8"))
BLOCKS = re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL)
SHOWN = [command for block in BLOCKS for command in re.findall(r"^\$ (.*)", block, flags=re.MULTILINE)]


@pytest.fixture(scope="module")
def with_a_warning(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    folder = DataFolder(tmp_path_factory.mktemp("warning"))
    days = {"issued_on": dt.date(2021, 3, 2), "effective_on": dt.date(2021, 3, 1)}
    documents = set_values(sound_frames()["main.documents"], 0, days)
    with skip_great_expectations(but=DOCUMENTS.name):
        run, _ = build_release(folder, frames={"main.documents": documents})
    assert (run.status, run.n_failed) == ("published", 2)
    return folder


@pytest.mark.parametrize(("arguments", "status", "tag"), [([], 0, "skipped"), (["--fail-on", "warning"], 1, "failure")])
def test_warnings_count_where_asked(arguments: list[str], status: int, tag: str, with_a_warning: DataFolder) -> None:
    with skip_great_expectations(but=DOCUMENTS.name):
        assert main(["check", "--data-dir", str(with_a_warning.root), *arguments]) == status
    root = ET.parse(with_a_warning.reports / "quality.xml").getroot()  # noqa: S314  # our own
    assert {element.tag for element in root.iter() if element.tag in ("skipped", "failure", "error")} == {tag}


def test_each_report_is_written(with_a_warning: DataFolder) -> None:
    with skip_great_expectations():
        main(["check", "--data-dir", str(with_a_warning.root)])
    named = set(re.findall(r"^\| `(quality\.\w+)`", PAGE, re.M))
    assert {path.name for path in with_a_warning.reports.iterdir()} == named


def test_commands_shown_work(
    seeds_run: RunSummary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = [step["run"] for step in WORKFLOW["jobs"]["quality"]["steps"] if step.get("run", "").startswith("yaodian")]
    commands = [command for command in dict.fromkeys([*SHOWN, *steps]) if not command.startswith("yaodian run")]
    assert len(commands) == 2
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YAODIAN_DATA_DIR", str(seeds_run.folder.root))
    for command in commands:
        with skip_great_expectations():
            assert main(shlex.split(command)[1:]) == 0, capsys.readouterr().err


def test_run_shown_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.txt").write_text("关于印发要点的通知\n\n各市人民政府:\n  现将要点印发给你们。\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YAODIAN_DATA_DIR", WORKFLOW["jobs"]["quality"]["env"]["YAODIAN_DATA_DIR"])
    steps = {step["run"] for step in WORKFLOW["jobs"]["quality"]["steps"] if step.get("run", "").startswith("yaodian run")}
    assert steps == {command for command in SHOWN if command.startswith("yaodian run")}
    with skip_great_expectations():
        assert main(shlex.split(steps.pop())[1:]) == 0
    assert (tmp_path / "data" / "reports" / "quality.md").is_file()
    assert list((tmp_path / "data" / "runs").glob("*.metrics.csv"))


def test_bounds_shown_have_the_columns_of_the_file() -> None:
    [block] = re.findall(r"```csv\n(.*?)```", PAGE, flags=re.DOTALL)
    assert set(block.splitlines()[0].split(",")) == set(read_bounds().columns)


def test_links_lead_somewhere() -> None:
    assert [link for link in re.findall(r"\]\(([^)]+)\)", PAGE) if not (DOCS / link).exists()] == []
