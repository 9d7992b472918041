"""The commands of docs/explore.md write the pages that it says they write, and print what it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.cli import main
from warehouse.pages import app

if TYPE_CHECKING:
    from flows.build import RunSummary

DOC = Path(__file__).resolve().parents[2] / "docs" / "explore.md"
SHOWN = re.findall(r"```console\n\$ \.venv/bin/yaodian (.*?)\n(.*?)```", DOC.read_text("utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown[0].split()[0])
def test_the_command_prints_what_the_page_shows(
    shown: tuple[str, str], seeds_run: RunSummary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command, output = shown
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YAODIAN_DATA_DIR", str(seeds_run.folder.root))
    assert main(shlex.split(command)) == 0
    assert capsys.readouterr().out == output
    assert Path(output.strip().partition("#")[0]).read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("command", ["explore", "explore --html page.html", "explain x --html page.html"])
def test_without_a_warehouse_one_line_says_so(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*shlex.split(command), "--data-dir", str(tmp_path)]) == 2
    assert "no warehouse at" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_app_answers_this_machine_alone_and_asks_no_other(seeds_run: RunSummary, monkeypatch: pytest.MonkeyPatch) -> None:
    called: dict = {}

    class Done:
        returncode = 0

    def note(command: list[str], **options: object) -> Done:
        called.update(options, command=command)
        return Done()

    monkeypatch.setattr(app.subprocess, "run", note)
    assert main(["explore", "--port", "2799", "--no-browser", "--data-dir", str(seeds_run.folder.root)]) == 0
    command = called["command"]
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert {"run", "--token", "--headless"} <= set(command)
    assert called["env"]["MARIMO_SKIP_UPDATE_CHECK"] == "1"
    assert command[-1].endswith("warehouse.duckdb")
