"""The commands of the guide to clusters and object stores: those for a store are run, those that start processes only looked at."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING

import pytest
import typer

from flows.cli import app, main
from flows.settings import SETTINGS
from tests.conftest import PROJECT
from tests.unaudited import skip_great_expectations
from warehouse.mirror import read_pointer
from warehouse.store import write_object

if TYPE_CHECKING:
    from pathlib import Path

DOCS = PROJECT / "docs"
GUIDE = (DOCS / "scaling.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"^\$ (.*)$", GUIDE, re.MULTILINE)
SHOWN = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]


def part(command: str) -> tuple[dict[str, str], list[str]]:
    """Part what a command sets in the environment from its words."""
    words = shlex.split(command)
    n_set = next(number for number, word in enumerate(words) if "=" not in word)
    return dict(word.split("=", 1) for word in words[:n_set]), words[n_set:]


def test_the_commands_for_a_store_work(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_object(f"{bucket}/pages/one.txt", "关于印发要点的通知\n\n各市人民政府:\n  现将要点印发给你们。\n".encode())
    monkeypatch.chdir(tmp_path)
    assert len(CONSOLE) == 2
    for command in CONSOLE:
        variables, (program, *arguments) = part(command.replace("s3://bucket", bucket))
        assert program == "yaodian"
        with monkeypatch.context() as patch, skip_great_expectations():
            for name, value in variables.items():
                patch.setenv(name, value)
            assert main(arguments) == 0, capsys.readouterr().err
    pointer = read_pointer(f"{bucket}/yaodian")
    assert pointer is not None
    assert pointer["run_id"] == os.path.basename(os.readlink(tmp_path / "data" / "current"))


def test_each_command_shown_has_the_options_it_is_given() -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed: make setup")
    from distributed.cli import dask_scheduler, dask_worker

    known = {"dask scheduler": dask_scheduler.main, "dask worker": dask_worker.main}
    settings = {setting.variable for setting in SETTINGS}
    for command in (line for line in SHOWN if not line.startswith("export ")):
        variables, (program, name, *arguments) = part(command)
        assert set(variables) <= settings
        group = typer.main.get_command(app)
        asked = known[f"{program} {name}"] if program == "dask" else group.commands[name]  # ty: ignore[missing-attribute]
        asked.make_context(name, arguments, resilient_parsing=False)


def test_links_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", GUIDE) if not link.startswith("http")]
    assert [link for link in links if not (DOCS / link).exists()] == []
