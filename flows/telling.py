"""What others learn of a run when it starts and when it ends: log, OpenLineage events, a message to the webhook. None of it can fail it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flows.notifying import post_message, word_message

if TYPE_CHECKING:
    from collections.abc import Generator

    import polars as pl

    from flows.build import RunSummary
    from flows.progress import Progress
    from flows.settings import Settings
    from warehouse.folder import DataFolder
    from warehouse.runs import RunRecord


def tell_start(settings: Settings, folder: DataFolder, run: RunRecord, progress: Progress) -> None:
    """Tell that a run starts."""
    progress.record("info", f"run {run.run_id} starts: {run.inputs}", event="start", run_id=run.run_id, inputs=run.inputs)
    with _survive("no OpenLineage event", progress):
        from warehouse import openlineage

        openlineage.send_events(folder, openlineage.tell_start(run, settings.inputs))


def tell_end(settings: Settings, folder: DataFolder, run: RunRecord, summary: RunSummary, progress: Progress) -> None:
    """Tell how a run ended that came to a verdict, and where it was rejected tell the webhook as well."""
    _record_end(summary, progress)
    with _survive("no OpenLineage event", progress):
        from warehouse import openlineage

        if summary.is_unchanged:
            events = (openlineage.tell_nothing_new(run, summary.run, settings.inputs),)
        else:
            events = openlineage.tell_end(folder, summary.run, settings.inputs, summary.counts["rows"], summary.checks)
        openlineage.send_events(folder, *events)
    if summary.run.status == "rejected":
        _notify(settings, "run rejected", summary.run, progress, checks=summary.checks)


def tell_failure(settings: Settings, folder: DataFolder, run: RunRecord, error: BaseException, progress: Progress) -> None:
    """Tell that a run failed by an error or was stopped; the caller raises the error again."""
    what = str(error) or "it was stopped"
    progress.record("error", f"run {run.run_id} failed: {what}", event="failed", run_id=run.run_id, error=type(error).__name__)
    with _survive("no OpenLineage event", progress):
        from warehouse import openlineage

        openlineage.send_events(folder, openlineage.tell_failure(run, settings.inputs, error))
    ended = dataclasses.replace(run, status="failed", finished_at=dt.datetime.now(dt.UTC))
    _notify(settings, "run failed", ended, progress, error=what)


def tell_audit(
    settings: Settings, folder: DataFolder, run: RunRecord, checks: pl.DataFrame, progress: Progress, *, has_failed: bool
) -> None:
    """Tell what an audit of the published warehouse found, and where it has failed tell the webhook as well."""
    _record_failed_checks(checks, progress)
    with _survive("no OpenLineage event", progress):
        from warehouse import openlineage

        openlineage.send_events(folder, *openlineage.tell_audit(folder, run, checks))
    if has_failed:
        _notify(settings, "audit failed", run, progress, checks=checks)


def _record_end(summary: RunSummary, progress: Progress) -> None:
    run = summary.run
    for died in summary.died:
        progress.record("warning", f"run {died.run_id} had died: its process ended before it did", event="died", run_id=died.run_id)
    if summary.is_unchanged:
        progress.record("info", f"unchanged: run {run.run_id} stays published", event="unchanged", run_id=run.run_id)
        return
    _record_failed_checks(summary.checks, progress)
    facts = {"n_sources": run.n_sources, "n_documents": run.n_documents, "n_refused": summary.quarantine.height, "n_failed": run.n_failed}
    level = "info" if run.status == "published" else "error"
    progress.record(level, f"run {run.run_id} {run.status}", event=run.status, run_id=run.run_id, **facts)


def _record_failed_checks(checks: pl.DataFrame, progress: Progress) -> None:
    columns = ("severity", "table_name", "check_name", "engine", "n_failed", "n_rows")
    for row in checks.filter(passed=False).select(columns).iter_rows(named=True):
        text = f"{row['table_name']} {row['check_name']} ({row['engine']}): {row['n_failed']} of {row['n_rows']} rows"
        progress.record(row["severity"], text, event="check failed", **row)


def _notify(
    settings: Settings, event: str, run: RunRecord, progress: Progress, *, checks: pl.DataFrame | None = None, error: str | None = None
) -> None:
    if settings.webhook:
        with _survive("the webhook was not told", progress):
            post_message(settings.webhook, word_message(event, run, str(settings.data_dir.resolve()), checks, error))


@contextmanager
def _survive(what: str, progress: Progress) -> Generator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001  whatever goes wrong in telling, the run is as good as before
        text = f"{what}: {type(error).__name__}: {error}"
        progress.note(text)
        progress.record("warning", text, event="not told")
