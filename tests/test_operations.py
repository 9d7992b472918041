"""Every command of the operations guide works, in the order it stands there; what starts a server is only looked at."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest
import typer
import yaml

from flows.cli import app, main
from tests.conftest import PROJECT
from tests.unaudited import skip_great_expectations
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.build import RunSummary

DOCS = PROJECT / "docs"
GUIDE = (DOCS / "operations.md").read_text(encoding="utf-8")


def read_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, flags=re.DOTALL)


CONSOLE = [line.removeprefix("$ ") for block in read_blocks("console") for line in block.splitlines()]
NOT_RUN = [line for block in read_blocks("sh") for line in block.splitlines()] + re.findall(r"^ExecStart=(.*)$", GUIDE, re.MULTILINE)
SLOW = ("yaodian run", "yaodian check")


@pytest.fixture(scope="module")
def place(seeds_run: RunSummary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder as the guide has it, with two releases of the seed pages."""
    place = tmp_path_factory.mktemp("operations")
    shutil.copytree(seeds_run.folder.root, place / "data", symlinks=True)
    [toml] = read_blocks("toml")
    (place / "yaodian.toml").write_text(toml, encoding="utf-8")
    folder = DataFolder(place / "data")
    earlier = "20260101T000000Z-abcd"
    shutil.copytree(folder.current.resolve(), folder.release(earlier))
    (place / "pages").mkdir()
    (place / "pages" / "one.txt").write_text("关于印发要点的通知\n\n各市人民政府:\n  现将要点印发给你们。\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for name in [name for name in os.environ if name.startswith("YAODIAN_")]:
            patch.delenv(name)
        yield place


def test_the_settings_shown_are_settings() -> None:
    assert tomllib.loads(read_blocks("toml")[0])["data_dir"] == "data"


def test_each_command_shown_works(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = [command for command in dict.fromkeys(CONSOLE) if not command.startswith(SLOW)]
    assert {command.split()[1] for command in commands if command.startswith("yaodian")} == {"query", "releases", "diff", "rollback"}
    for command in commands:
        if command.startswith("yaodian"):
            assert main(shlex.split(command)[1:]) == 0, (command, capsys.readouterr().err)
        else:
            subprocess.run(["sh", "-c", command], check=True, cwd=place)
    assert (place / "kept-release" / "warehouse.duckdb").is_file()


def test_the_run_shown_works(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with skip_great_expectations():
        assert main(["run", "--direct"]) == 0, capsys.readouterr().err
    assert "published: run" in capsys.readouterr().out
    assert DataFolder(place / "data").warehouse.is_file()


@pytest.mark.parametrize("command", [command for command in CONSOLE + NOT_RUN if "yaodian " in command and "prefect" not in command])
def test_each_command_shown_has_the_options_it_is_given(command: str) -> None:
    group = typer.main.get_command(app)
    name, *arguments = shlex.split(re.sub(r".*?yaodian (?=[a-z])", "", command, count=1))
    group.commands[name].make_context(name, arguments, resilient_parsing=False)  # ty: ignore[missing-attribute]


def test_the_deployments_shown_are_those_of_prefect_yaml() -> None:
    deployments = yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    named = {deployment["name"]: deployment for deployment in deployments}
    assert all(f"`{name}`" in GUIDE for name in named)
    assert {deployment["work_pool"]["name"] for deployment in deployments} == {"yaodian"}
    [run] = [line for line in NOT_RUN if line.startswith("prefect deployment run")]
    parameters = yaml.safe_load(shlex.split(run)[-1])
    assert set(parameters) == set(named["on-demand"]["parameters"])


def test_links_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", GUIDE) if not link.startswith("http")]
    assert [link for link in links if not (DOCS / link).exists()] == []
