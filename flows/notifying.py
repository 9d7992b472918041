"""What went wrong in; one message to the webhook that the settings name, out. No other address is ever asked, and no answer matters."""

from __future__ import annotations

import json
import platform
import urllib.request
from typing import TYPE_CHECKING, Any

from flows.summary import list_failures

if TYPE_CHECKING:
    import polars as pl

    from warehouse.runs import RunRecord

PATIENCE_SECONDS = 5
SHOWN_CHECKS = 20
HANDLERS = (
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPErrorProcessor,
    urllib.request.HTTPDefaultErrorHandler,
)


def post_message(webhook: str, message: dict[str, Any]) -> None:
    """Post a message as JSON; raises OSError where nobody takes it within seconds."""
    body = json.dumps(message, ensure_ascii=False, default=str).encode()
    request = urllib.request.Request(webhook, data=body, headers={"Content-Type": "application/json"}, method="POST")  # noqa: S310
    opener = urllib.request.OpenerDirector()  # one that follows no redirection and asks no proxy
    for handler in HANDLERS:
        opener.add_handler(handler())
    with opener.open(request, timeout=PATIENCE_SECONDS):
        pass


def word_message(event: str, run: RunRecord, data_dir: str, checks: pl.DataFrame | None = None, error: str | None = None) -> dict[str, Any]:
    """Return the message about a run: `event` says what happened; the failed `checks`, errors first, or the `error` say why.

    `text` says it all in words, which is what chat programs show.
    """
    failures = None if checks is None else list_failures(checks)
    failed = [] if failures is None else _describe_failures(failures.head(SHOWN_CHECKS))
    n_failed = 0 if failures is None else failures.height
    why = [f"{row['severity']}: {row['table_name']} {row['check_name']}: {row['n_failed']} of {row['n_rows']} rows" for row in failed]
    more = [f"… and {n_failed - len(failed)} more"] if n_failed > len(failed) else []
    return {
        "text": "\n".join([f"yaodian: {event}: run {run.run_id} in {data_dir}", *([error] if error else []), *why, *more]),
        "event": event,
        "run_id": run.run_id,
        "status": run.status,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "code_version": run.code_version,
        "host": platform.node(),
        "inputs": run.inputs,
        "data_dir": data_dir,
        "error": error,
        "n_checks": run.n_checks,
        "n_failed": run.n_failed,
        "failed_checks": failed,
    }


def _describe_failures(failures: pl.DataFrame) -> list[dict[str, Any]]:
    columns = ("severity", "table_name", "check_name", "column_name", "engine", "n_failed", "n_rows")
    details = [json.loads(detail or "{}") for detail in failures["detail"]]
    return [
        row | {"description": detail.get("description"), "crash": detail.get("crash")}
        for row, detail in zip(failures.select(columns).to_dicts(), details, strict=True)
    ]
