"""What README and docs say is what the program does."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.cli import main
from flows.docs import DOCS, make_pages
from tests.unaudited import skip_great_expectations

if TYPE_CHECKING:
    from flows.build import RunSummary

PROJECT = Path(__file__).resolve().parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def read_console() -> dict[str, str]:
    """The commands in console blocks of the README, each with the output shown below it."""
    shown: dict[str, str] = {}
    for block in re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            shown[command] = output
    return shown


def without_variables(text: str) -> list[str]:
    """Lines of a run's output without its id, times, paths, and the number of checks, which grows with every rule."""
    text = re.sub(r"run \S+", "run ID", text)
    text = re.sub(r"\d+ passed|(?<=great_expectations )\d+|(?<=pandera )\d+", "N", text)
    return [line for line in text.splitlines() if not line.startswith(("  seconds", "  warehouse", "  reports"))]


def test_make_run_publishes_the_seed_pages_and_prints_what_the_readme_shows(tmp_path: Path) -> None:
    environment = os.environ | {"YAODIAN_DATA_DIR": str(tmp_path / "data")}
    environment.pop("PREFECT_HOME", None)
    command = ["make", "--no-print-directory", "-o", "setup", "run"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "leaked" not in done.stderr
    printed = done.stdout.removeprefix(".venv/bin/yaodian run\n")
    assert without_variables(printed) == without_variables(read_console()["make run"])
    assert f"  warehouse     {tmp_path / 'data' / 'warehouse.duckdb'}" in printed.splitlines()
    assert (tmp_path / "data" / "warehouse.duckdb").is_file()


MAKES = {"run": "yaodian run", "test": "bin/pytest", "lint": "ruff check", "setup": "sync --locked"}


@pytest.mark.parametrize(("target", "does"), MAKES.items())
def test_each_target_first_makes_the_locked_environment(target: str, does: str) -> None:
    done = subprocess.run(["make", "-n", "-W", "uv.lock", target], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert "sync --locked" in done.stdout
    assert does in done.stdout


QUERIES = [(command, shown) for command, shown in read_console().items() if " query " in command]


@pytest.mark.parametrize(("command", "shown"), QUERIES)
def test_the_query_gives_the_answer_shown(command: str, shown: str, seeds_run: RunSummary, capsys: pytest.CaptureFixture[str]) -> None:
    program, *arguments = shlex.split(command)
    assert program == ".venv/bin/yaodian"
    assert main([*arguments, "--data-dir", str(seeds_run.folder.root)]) == 0
    assert capsys.readouterr().out == shown


def test_the_commands_shown_without_output_work(
    seeds_run: RunSummary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "more").mkdir()
    for name in ("pages/one.txt", "more/page.txt"):
        (tmp_path / name).write_text("关于印发要点的通知\n\n各市人民政府:\n  现将要点印发给你们。\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YAODIAN_DATA_DIR", str(seeds_run.folder.root))
    commands = [shlex.split(command)[1:] for command, shown in read_console().items() if not shown]
    assert {name for name, *_ in commands} == {"run", "explain", "check"}
    for command in commands:
        with skip_great_expectations():
            assert main(command) == 0, capsys.readouterr().err


@pytest.mark.parametrize("name", ["tables.md", "rules.md", "commands.md"])
def test_generated_pages_are_not_stale(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == make_pages()[name], "run `make docs`"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_and_paths_lead_somewhere(page: str) -> None:
    text = (PROJECT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("http")]
    named = re.findall(r"`((?:flows|transforms|warehouse|schemas|seeds|tests|docs)/[\w/.]*)`", text)
    assert [path for path in (*links, *named) if not (PROJECT / path).exists()] == []


def test_the_lock_names_public_hosts_only() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", (PROJECT / "uv.lock").read_text(encoding="utf-8")))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}
