"""The command line: words in, exit status out (0 done, 1 rejected by a quality check, 2 wrong use or environment).

Slow imports stand inside the commands, so that `--help` answers at once; no error of a user shows a traceback.
"""

from __future__ import annotations

import errno
import io
import shutil
import signal
import sys
import tempfile
import traceback
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from flows.terminal import draw_table, make_printable
from schemas.errors import InputError, YaodianError

if TYPE_CHECKING:
    import pyarrow

    from warehouse.folder import DataFolder

PUBLISHED, REJECTED, WRONG = 0, 1, 2
STOPPED = (130, 143)  # as shells say it of programs that SIGINT or SIGTERM stopped
TABLE_ROWS = 1000

app = typer.Typer(
    name="yaodian",
    help="Turn folders of raw Chinese government pages into an audited DuckDB warehouse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", metavar="DIR", help="Folder of the warehouse (default: YAODIAN_DATA_DIR, else data).")
]


class Form(StrEnum):
    """How `query` writes rows."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class FailOn(StrEnum):
    """The mildest failed check that makes `check` fail."""

    ERROR = "error"
    WARNING = "warning"


@app.command()
def run(  # noqa: PLR0917  typer gives them by name
    inputs: Annotated[list[Path] | None, typer.Argument(metavar="[INPUT]...", help="Folders or files (default: the seed pages).")] = None,
    data_dir: DataDir = None,
    is_direct: Annotated[bool, typer.Option("--direct", help="Run the steps in this process, without Prefect.")] = False,
    workers: Annotated[int | None, typer.Option(help="Steps at the same time (default: YAODIAN_WORKERS, else all cores).")] = None,
    shard_bytes: Annotated[int | None, typer.Option(help="Bytes of input a step takes (default: YAODIAN_SHARD_BYTES).")] = None,
    is_anew: Annotated[bool, typer.Option("--anew", help="Do all again, whatever earlier runs left to go on from.")] = False,
) -> None:
    """Build the warehouse from raw pages, audit it, and publish it unless a check fails.

    What did not change since the last run, or was done when a run was stopped, is not done again; where nothing changed, the published
    warehouse stays.

    Exit status: 0 published, 1 rejected by a quality check (the old warehouse stays), 2 wrong use or environment, 130 or 143 stopped by
    SIGINT or SIGTERM (the old warehouse stays, and the next run goes on where this one was stopped).

    Example: yaodian run pages/ --data-dir data --direct
    """
    from flows.progress import Progress, write_json_line
    from flows.settings import read_settings
    from flows.summary import describe_run

    settings = read_settings(tuple(inputs or ()), data_dir, shard_bytes, workers, is_incremental=not is_anew)
    progress = Progress(log=write_json_line if settings.log == "json" else None)
    signal.signal(signal.SIGTERM, _stop)  # so that the run is on record as failed
    if is_direct:
        from flows.build import build
        from flows.submit import run_in_threads

        with run_in_threads(settings.workers) as submit:
            summary = build(settings, submit, progress)
    else:
        from flows.orchestrated import run_with_prefect

        summary = run_with_prefect(settings, progress)
    _say(describe_run(summary).as_text())
    if summary.run.status != "published":
        raise typer.Exit(REJECTED)


@app.command()
def watch(
    inputs: Annotated[list[Path] | None, typer.Argument(metavar="[INPUT]...", help="Folders or files (default: the seed pages).")] = None,
    data_dir: DataDir = None,
    settle: Annotated[float, typer.Option(metavar="SECONDS", min=0, help="How long nothing must have changed.")] = 60,
    every: Annotated[float, typer.Option(metavar="SECONDS", min=0.1, help="How often to look.")] = 5,
) -> None:
    """Run each time that the inputs have changed and then settled, until stopped.

    What is there at the beginning is a change. A run that fails does not end the watch.

    Example: yaodian watch pages/ --data-dir data --settle 30
    """
    from flows.settings import read_settings
    from flows.watching import run_apart, take_snapshot, watch

    signal.signal(signal.SIGTERM, _stop)
    settings = read_settings(tuple(inputs or ()), data_dir)
    watch(lambda: take_snapshot(settings.inputs), lambda: run_apart(settings), settle, every)


@app.command()
def serve(  # noqa: PLR0917  typer gives them by name
    inputs: Annotated[list[Path] | None, typer.Argument(metavar="[INPUT]...", help="Folders or files (default: the seed pages).")] = None,
    data_dir: DataDir = None,
    cron: Annotated[str | None, typer.Option(metavar="CRON", help='When to run, such as "30 2 * * *".')] = None,
    interval: Annotated[int | None, typer.Option(metavar="SECONDS", help="How often to run, instead of --cron.")] = None,
    timezone: Annotated[str, typer.Option(help="Time zone of --cron.")] = "Asia/Shanghai",
    port: Annotated[int, typer.Option(help="Port of the server on 127.0.0.1.")] = 4200,
) -> None:
    """Run by a schedule until stopped, with a Prefect server of its own on this machine alone; audit what is published each week.

    Stopped by SIGTERM or Ctrl-C, it stops the run at work and the server. With PREFECT_API_URL set, that server is used.

    Example: yaodian serve pages/ --data-dir data --cron "30 2 * * *"
    """
    from flows.serving import Schedule
    from flows.serving import serve as serve_flow
    from flows.settings import read_settings

    signal.signal(signal.SIGTERM, _stop)  # until the runner takes it over
    serve_flow(read_settings(tuple(inputs or ()), data_dir), Schedule(cron, interval, timezone), port)


@app.command()
def check(
    data_dir: DataDir = None,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="The mildest failed check that counts.")] = FailOn.ERROR,
) -> None:
    """Audit the published warehouse again, with pandera and Great Expectations, and write the reports.

    Exit status: 0 all checks that count passed, 1 one failed, 2 wrong use or environment.

    Example: yaodian check --data-dir data --fail-on warning
    """
    from flows.auditing import audit_warehouse
    from flows.progress import Progress
    from flows.settings import read_settings
    from flows.summary import describe_checks
    from warehouse.folder import DataFolder

    settings = read_settings(data_dir=data_dir)
    _, checks, has_failed = audit_warehouse(settings, fail_on.value, Progress())
    _say(describe_checks(DataFolder(settings.data_dir), checks).as_text())
    if has_failed:
        raise typer.Exit(REJECTED)


@app.command()
def explain(
    thing: Annotated[str, typer.Argument(metavar="ID", help="Id of anything in the warehouse; a source's line is SOURCE:LINE.")],
    data_dir: DataDir = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page with raw and clean text side by side.")] = None,
) -> None:
    """Show where a document, paragraph, section, measure, target, repair, repeat, source or line came from.

    Prints its facts, the raw lines with their rules, and the repairs and repeats in them; or writes all of it as a page for a browser,
    and prints the address of the thing in it.

    Example: yaodian explain 004_da3f5c9ac6127705.txt:31 --html line31.html
    """
    from warehouse.explain import explain_id
    from warehouse.pages.provenance import write_provenance

    warehouse = _find_folder(data_dir).warehouse
    _say(write_provenance(warehouse, thing, html) if html else explain_id(warehouse, thing))


@app.command()
def explore(
    data_dir: DataDir = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page of charts and tables instead.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of this machine to answer at (default: a free one).")] = None,
    is_headless: Annotated[bool, typer.Option("--no-browser", help="Print the address only; open no browser.")] = False,
) -> None:
    """Look at the published warehouse in a browser: charts, tables, plans, a search, and SQL, all read-only.

    Runs a notebook as an app that answers this machine alone, at the address printed, until interrupted; or writes the same charts and
    tables as one page that needs nothing else.

    Example: yaodian explore --html explore.html
    """
    from warehouse.pages.app import run_notebook
    from warehouse.pages.explore import write_explorer

    warehouse = _find_folder(data_dir).warehouse
    if html:
        write_explorer(warehouse, html)
        _say(str(html))
    else:
        raise typer.Exit(run_notebook(warehouse, port, is_headless=is_headless))


@app.command()
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One query; nothing can be written with it.")],
    data_dir: DataDir = None,
    form: Annotated[Form, typer.Option("--format", help="How to write the rows.")] = Form.TABLE,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write (default: stdout).")] = None,
) -> None:
    """Run one read-only query on the published warehouse.

    CSV is UTF-8; text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a return) gets an apostrophe before it.

    Example: yaodian query "SELECT title, issued_on FROM documents" --format csv --output documents.csv
    """
    from warehouse.query import replace_file, run_query

    if form is Form.PARQUET and output is None and sys.stdout.isatty():
        raise InputError("Parquet is no text: name a file with --output, or redirect")
    with run_query(_find_folder(data_dir).warehouse, sql) as reader:
        if output is not None:
            with replace_file(output) as out:
                _write(reader, out, form)
        elif sys.stdout.isatty():
            with tempfile.TemporaryFile() as out:
                _write(reader, out, form)
                out.seek(0)
                for line in out:
                    sys.stdout.write(make_printable(line.decode()))
        else:
            _write(reader, sys.stdout.buffer, form)


@app.command()
def export(
    thing: Annotated[str, typer.Argument(metavar="WHAT", help="A table or view, one query, or (for .md) the id of a document.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write; its ending says how: .csv, .json, .parquet or .md.")],
    data_dir: DataDir = None,
) -> None:
    """Write a table, the rows of a query, or a document to a file for other programs.

    CSV is as spreadsheets take it: UTF-8 with a byte order mark, and text that they would run as a formula with an apostrophe before it.
    A document is written as Markdown, with its outline, its text under its headings, and its targets.

    Example: yaodian export agency_load agencies.csv
    """
    from warehouse.export import export_file

    export_file(_find_folder(data_dir).warehouse, thing, file)
    _say(str(file))


@app.command()
def diff(
    old: Annotated[str | None, typer.Argument(metavar="[OLD]", help="A release (default: the one before NEW).")] = None,
    new: Annotated[str | None, typer.Argument(metavar="[NEW]", help="A later release (default: the published one).")] = None,
    data_dir: DataDir = None,
    form: Annotated[Form, typer.Option("--format", help="Counts as a table, or every row in another form.")] = Form.TABLE,
) -> None:
    """Show what changed between two releases: rows added, removed and changed, by table (with another format: by row).

    A release is named by its run; `yaodian releases` lists those that are kept.

    Example: yaodian diff --format csv > changes.csv
    """
    from warehouse.changes import compare_releases, count_changes
    from warehouse.publish import published_release
    from warehouse.releases import find_previous, find_release

    folder = _find_folder(data_dir)
    later = find_release(folder, new) if new else published_release(folder)
    earlier = find_release(folder, old) if old else find_previous(folder, later)
    changes = compare_releases(earlier, later)
    if form is Form.TABLE:
        _say(f"{earlier.name} -> {later.name}")
        changes = count_changes(changes)
    _write(changes.to_arrow().to_reader(), sys.stdout.buffer, form)


@app.command()
def releases(data_dir: DataDir = None) -> None:
    """List the releases that are kept, oldest first, and which of them is published.

    Example: yaodian releases
    """
    from warehouse.publish import published_release
    from warehouse.releases import list_releases
    from warehouse.runs import read_runs

    folder = _find_folder(data_dir)
    published, runs = published_release(folder), {run.run_id: run for run in read_runs(folder)}
    for path in list_releases(folder):
        run = runs.get(path.name)
        facts = f"  {run.n_sources} sources, {run.n_documents} documents" if run else ""
        _say(f"{path.name}{facts}{'  published' if path.name == published.name else ''}")


@app.command()
def rollback(
    run_id: Annotated[str | None, typer.Argument(metavar="[RUN]", help="A release (default: the one before the published one).")] = None,
    data_dir: DataDir = None,
) -> None:
    """Publish an earlier release again, in one step; the later ones are kept, and the next run publishes anew.

    Example: yaodian rollback
    """
    from flows.settings import read_settings
    from warehouse.folder import DataFolder
    from warehouse.mirror import publish_to_store
    from warehouse.releases import roll_back

    settings = read_settings(data_dir=data_dir)
    left, shown = roll_back(folder := DataFolder(settings.data_dir), run_id)
    if settings.publish_to:
        publish_to_store(folder, settings.publish_to)
    _say(f"published: {shown.name} (before: {left.name}, still kept)")


def _find_folder(data_dir: Path | None) -> DataFolder:
    from flows.settings import read_settings
    from warehouse.folder import DataFolder

    return DataFolder(read_settings(data_dir=data_dir).data_dir)


def _write(reader: pyarrow.RecordBatchReader, out: BinaryIO, form: Form) -> None:
    from warehouse.query import read_texts, write_rows

    if form is not Form.TABLE:
        write_rows(reader, out, form.value)
        return
    n_more, names, rows = read_texts(reader, TABLE_ROWS)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    more = f"\n… and {n_more} more rows; --format csv writes all" if n_more else ""
    out.write(f"{draw_table(names, rows, width)}{more}\n".encode())


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; every error is one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(args=arguments, standalone_mode=True)
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):  # the reader of our output has seen enough
            return PUBLISHED
        if leaving.code in STOPPED:
            sys.stderr.write("yaodian: stopped\n")
        return leaving.code if isinstance(leaving.code, int) else WRONG
    except Exception as error:  # noqa: BLE001  the last resort: one line, and the traceback in a file
        message = " ".join(make_printable(_describe(error)).split())
        sys.stderr.write(f"yaodian: {message}\n")
        return WRONG
    return PUBLISHED


def _stop(*_: object) -> None:
    raise SystemExit(STOPPED[1])


def _say(text: str) -> None:
    sys.stdout.write(make_printable(text) + "\n")


def _describe(error: Exception) -> str:
    if isinstance(error, YaodianError):
        return str(error)
    if isinstance(error, OSError):
        reason = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else (error.strerror or str(error)).lower()
        return f"{error.filename}: {reason}" if error.filename else reason
    return f"unexpected {type(error).__name__}: {error} (details: {_write_log()})"


def _write_log() -> str:
    with tempfile.NamedTemporaryFile("w", prefix="yaodian-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write(traceback.format_exc())
    return log.name


if __name__ == "__main__":
    sys.exit(main())
