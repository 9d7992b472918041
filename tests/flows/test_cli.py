"""The command line: exit statuses, and one clear line for whatever a user can get wrong."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

import flows.build
from flows.cli import main
from schemas.documents import DOCUMENTS
from tests.flows.test_build import fail_by_great_expectations
from tests.unaudited import skip_great_expectations
from warehouse.folder import DataFolder
from warehouse.runs import read_runs
from warehouse.storage import hold_lock, prepare_data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.build import RunSummary

COMMANDS = ("run", "watch", "serve", "check", "explain", "query")


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr (progress aside), of a user's mistake."""
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = [line for line in captured.err.splitlines() if line.startswith("yaodian: ")]
    assert len(lines) == 1, captured.err
    assert "Traceback" not in captured.err
    return lines[0]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "page.txt").write_text("关于印发要点的通知\n\n  各市人民政府:\n  现将要点印发给你们。\n", encoding="utf-8")
    return folder


def test_help_answers_at_once() -> None:
    begun = os.times()
    done = subprocess.run([sys.executable, "-m", "flows.cli", "--help"], capture_output=True, text=True, check=True)
    ended = os.times()
    assert all(command in done.stdout for command in COMMANDS)
    assert ended.children_user + ended.children_system - begun.children_user - begun.children_system < 1.0


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_what_it_does_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert f"Example: yaodian {command}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["nothing"], ["query"], ["run", "--workers", "many"], ["query", "SELECT 1", "--format", "pdf"]])
def test_wrong_words_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def no_such_folder(folder: Path) -> Path:
    return folder / "missing"


def empty_folder(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def folder_without_texts(folder: Path) -> Path:
    (folder / "pictures").mkdir()
    (folder / "pictures" / "page.png").write_bytes(b"\x89PNG")
    return folder / "pictures"


def broken_link(folder: Path) -> Path:
    (folder / "link").symlink_to(folder / "missing")
    return folder / "link"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def hostile_name(folder: Path) -> Path:
    return folder / "\x1b]0;owned\x07"


@pytest.mark.parametrize("make", [no_such_folder, empty_folder, folder_without_texts, broken_link, pipe, hostile_name])
@pytest.mark.parametrize("way", [["--direct"], []], ids=["direct", "prefect"])
def test_inputs_that_cannot_be_read_are_named_before_any_work(
    make, way: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data_dir = tmp_path / "data"
    assert main(["run", str(make(tmp_path)), "--data-dir", str(data_dir), *way]) == 2
    line = complaint(capsys)
    assert str(tmp_path) in line
    assert "\x1b" not in line
    assert not DataFolder(data_dir).warehouse.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_named(pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pages / "page.txt").chmod(0)
    assert main(["run", str(pages / "page.txt"), "--data-dir", str(tmp_path / "data"), "--direct"]) == 2
    assert "permission denied" in complaint(capsys)


def test_a_file_as_data_folder_is_named_and_stays(pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").write_text("mine")
    assert main(["run", str(pages), "--data-dir", str(tmp_path / "data"), "--direct"]) == 2
    assert "is a file, not a folder" in complaint(capsys)
    assert (tmp_path / "data").read_text() == "mine"


def test_a_folder_in_the_place_of_the_warehouse_is_named_and_stays(pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data" / "warehouse.duckdb").mkdir(parents=True)
    assert main(["run", str(pages), "--data-dir", str(tmp_path / "data"), "--direct"]) == 2
    assert "warehouse.duckdb" in complaint(capsys)
    assert (tmp_path / "data" / "warehouse.duckdb").is_dir()


def test_a_second_run_at_the_same_time_is_turned_away(pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = DataFolder(tmp_path / "data")
    prepare_data_folder(folder)
    with hold_lock(folder):
        assert main(["run", str(pages), "--data-dir", str(folder.root), "--direct"]) == 2
    assert f"another run (process {os.getpid()}) is at work" in complaint(capsys)
    assert not list(folder.candidates.iterdir())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 256 KB, where the tests may mount one."""
    mounted = tmp_path / "small"
    mounted.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(mounted)], capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)


def test_a_disk_that_is_full_is_named(pages: Path, small_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(pages), "--data-dir", str(small_disk / "data"), "--direct"]) == 2
    line = complaint(capsys)
    assert "disk is full" in line or "No space left" in line
    assert not DataFolder(small_disk / "data").warehouse.exists()


def test_a_disk_that_fills_up_leaves_the_old_release(
    published: DataFolder,
    pages: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = published.current.resolve()
    monkeypatch.setattr(pl.DataFrame, "write_parquet", refuse)
    assert main(["run", str(pages), "--data-dir", str(published.root), "--direct"]) == 2
    assert "the disk is full" in complaint(capsys)
    assert published.current.resolve() == before


def test_a_defect_is_one_line_with_the_traceback_in_a_file(
    published: DataFolder,
    pages: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def crash(*_: object) -> None:
        raise KeyError("\x1b[2Jgone")

    monkeypatch.setattr(flows.build, "load_candidate", crash)
    assert main(["run", str(pages), "--data-dir", str(published.root), "--direct"]) == 2
    line = complaint(capsys)
    assert "unexpected KeyError" in line
    assert "\x1b" not in line
    log = Path(line.partition("(details: ")[2].removesuffix(")"))
    assert "Traceback" in log.read_text(encoding="utf-8")
    log.unlink()


def test_a_rejected_run_exits_with_1_and_names_the_rows(
    published: DataFolder,
    pages: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = published.current.resolve()
    fail_by_great_expectations(monkeypatch)
    with skip_great_expectations(but=DOCUMENTS.name):
        assert main(["run", str(pages), "--data-dir", str(published.root), "--direct"]) == 1
    shown = capsys.readouterr().out
    assert "rejected: run" in shown
    assert "main.documents is_never_true (great_expectations): 1 of 1 rows" in shown
    assert '"title": "关于印发要点的通知"' in shown
    assert published.current.resolve() == before


def test_check_passes_on_what_was_published(seeds_run: RunSummary, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--data-dir", str(seeds_run.folder.root)]) == 0
    assert " 0 failed" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["check"], ["explain", "x"], ["query", "SELECT 1"]])
def test_without_a_warehouse_the_line_says_how_to_build_one(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--data-dir", str(tmp_path)]) == 2
    assert "yaodian run" in complaint(capsys)


def test_explain_shows_a_page(seeds_run: RunSummary, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "004_da3f5c9ac6127705.txt:7", "--data-dir", str(seeds_run.folder.root)]) == 0
    assert "关于印发2020年度全省科技工作要点的通知" in capsys.readouterr().out


def test_query_writes_each_form(seeds_run: RunSummary, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    query = ["query", "SELECT count(*) AS n FROM documents", "--data-dir", str(seeds_run.folder.root)]
    assert main(query) == 0
    assert capsysbinary.readouterr().out.split() == [b"n", "─".encode(), b"5"]
    assert main([*query, "--format", "csv"]) == 0
    assert capsysbinary.readouterr().out == b"n\n5\n"
    assert main([*query, "--format", "json", "--output", str(tmp_path / "out.json")]) == 0
    assert json.loads((tmp_path / "out.json").read_bytes()) == [{"n": 5}]
    assert main([*query, "--format", "parquet", "-o", str(tmp_path / "out.parquet")]) == 0
    assert pl.read_parquet(tmp_path / "out.parquet").rows() == [(5,)]


def test_a_folder_as_output_file_is_named(seeds_run: RunSummary, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "SELECT 1", "--data-dir", str(seeds_run.folder.root), "--output", str(tmp_path)]) == 2
    assert "is a folder" in complaint(capsys)


def test_escape_sequences_in_data_never_reach_the_terminal(seeds_run: RunSummary, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    for arguments in (["query", "SELECT chr(27) || '[31mred' || chr(155) AS x"], ["explain", "\x1b[31m"]):
        main([*arguments, "--data-dir", str(seeds_run.folder.root)])
        captured = capsysbinary.readouterr()
        assert b"[31m" in captured.out + captured.err
        assert b"\x1b" not in captured.out + captured.err
        assert "\x9b".encode() not in captured.out + captured.err


def test_a_reader_that_leaves_early_is_no_error(seeds_run: RunSummary) -> None:
    query = [sys.executable, "-m", "flows.cli", "query", "SELECT * FROM lineage.lines, range(200)", "--format", "csv"]
    with subprocess.Popen([*query, "--data-dir", str(seeds_run.folder.root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout
        assert running.stderr
        assert running.stdout.readline().startswith(b"source_id,")
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_stopped_leaves_the_old_release_and_the_next_run_works(
    published: DataFolder, pages: Path, sent: signal.Signals
) -> None:
    before = published.current.resolve()
    command = [sys.executable, "-m", "flows.cli", "run", str(pages), "--data-dir", str(published.root), "--direct"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr
        assert any(line.startswith("build tables") for line in running.stderr)
        running.send_signal(sent)
        rest = running.stderr.read()
    assert "Traceback" not in rest
    assert published.current.resolve() == before
    if sent == signal.SIGKILL:
        assert running.returncode == -signal.SIGKILL
    else:
        assert running.returncode == 128 + sent
        assert "yaodian: stopped" in rest
        assert read_runs(published)[-1].status == "failed"
    with skip_great_expectations():
        assert main(command[3:]) == 0
    assert [path.name for path in published.candidates.iterdir()] == []
