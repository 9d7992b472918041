"""A published warehouse in; what both engines find in it today, reported and told, out. Nothing in it is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.telling import tell_audit
from warehouse.folder import DataFolder
from warehouse.report import write_reports
from warehouse.verdict import check_release

if TYPE_CHECKING:
    import polars as pl

    from flows.progress import Progress
    from flows.settings import Settings
    from schemas.table import Severity
    from warehouse.runs import RunRecord


def audit_warehouse(settings: Settings, fail_on: Severity, progress: Progress) -> tuple[RunRecord, pl.DataFrame, bool]:
    """Audit the published warehouse again, and write the reports.

    Returns the run that made it with its status of today, the checks, and whether one failed that counts: an error, or where `fail_on` says
    so a warning. Raises WarehouseError where nothing is published.
    """
    folder = DataFolder(settings.data_dir)
    run, checks = check_release(folder)
    write_reports(folder, run, checks, fail_on)
    has_failed = run.status != "published" or (fail_on == "warning" and run.n_failed > 0)
    tell_audit(settings, folder, run, checks, progress, has_failed=has_failed)
    return run, checks, has_failed
