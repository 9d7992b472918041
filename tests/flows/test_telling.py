"""Who is told of a run: the webhook that is configured, OpenLineage's file, the log; and that no failure of theirs is the run's."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from flows.notifying import SHOWN_CHECKS
from flows.progress import Progress, write_json_line
from flows.settings import SEED_TEXTS, Settings, read_settings
from flows.telling import tell_end, tell_failure, tell_start
from schemas.tables import BY_NAME, DATA_TABLES
from warehouse.openlineage import FILE_NAME, trace_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.build import RunSummary
    from tests.flows.conftest import Hook

QUIET = Progress(is_quiet=True)


@pytest.fixture
def told(hook: Hook, seeds_run: RunSummary, tmp_path: Path) -> Callable[..., None]:
    """Tell the webhook of the end of the seeds' run, changed as wanted."""
    folder = dataclasses.replace(seeds_run.folder, root=tmp_path)
    folder.runs.mkdir()

    def tell(**changes: Any) -> None:
        summary = dataclasses.replace(seeds_run, **changes)
        settings = dataclasses.replace(read_settings(data_dir=tmp_path), webhook=hook.address)
        tell_end(settings, folder, seeds_run.run, summary, QUIET)

    return tell


def rejected(run: RunSummary) -> dict[str, Any]:
    """The same run, with all its checks failed."""
    checks = run.checks.with_columns(passed=pl.lit(value=False), n_failed=pl.lit(3, pl.Int64))
    return {"run": dataclasses.replace(run.run, status="rejected", n_failed=checks.height), "checks": checks}


def test_a_rejected_run_is_told_with_the_checks_that_failed(hook: Hook, told: Callable, seeds_run: RunSummary) -> None:
    told(**rejected(seeds_run))
    [message] = hook.messages
    assert hook.asked == ["/hook?key=1"]
    assert (message["event"], message["status"], message["run_id"]) == ("run rejected", "rejected", seeds_run.run.run_id)
    assert len(message["failed_checks"]) == SHOWN_CHECKS
    first = message["failed_checks"][0]
    assert (first["severity"], first["n_failed"]) == ("error", 3)
    assert f"{first['table_name']} {first['check_name']}" in message["text"]
    assert f"and {seeds_run.checks.height - SHOWN_CHECKS} more" in message["text"]


def test_a_published_run_is_not_told(hook: Hook, told: Callable) -> None:
    told()
    told(is_unchanged=True)
    assert hook.messages == []


@pytest.mark.parametrize("error", [OSError("the disk is full"), KeyboardInterrupt()])
def test_a_failed_or_stopped_run_is_told_with_its_error(hook: Hook, seeds_run: RunSummary, tmp_path: Path, error: BaseException) -> None:
    folder = dataclasses.replace(seeds_run.folder, root=tmp_path)
    settings = dataclasses.replace(read_settings(data_dir=tmp_path), webhook=hook.address)
    tell_failure(settings, folder, seeds_run.run, error, QUIET)
    [message] = hook.messages
    assert (message["event"], message["status"]) == ("run failed", "failed")
    assert message["error"] == (str(error) or "it was stopped")


def test_only_the_address_configured_is_ever_asked(hook: Hook, told: Callable, seeds_run: RunSummary) -> None:
    hook.answer, hook.headers = 302, {"Location": hook.address.replace("/hook", "/elsewhere")}
    told(**rejected(seeds_run))
    assert hook.asked == ["/hook?key=1"]


@pytest.mark.parametrize("answer", [204, 404, 500, None])
def test_a_webhook_that_fails_is_noted_and_no_more(
    hook: Hook, seeds_run: RunSummary, tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: int | None
) -> None:
    folder = dataclasses.replace(seeds_run.folder, root=tmp_path)
    folder.runs.mkdir()
    address = hook.address if answer else "http://127.0.0.1:1/"
    hook.answer = answer or 0
    settings = dataclasses.replace(read_settings(data_dir=tmp_path), webhook=address)
    tell_end(settings, folder, seeds_run.run, dataclasses.replace(seeds_run, **rejected(seeds_run)), Progress(log=write_json_line))
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [event["level"] for event in events if event["event"] == "not told"] == ([] if answer == 204 else ["warning"])
    assert {event["event"] for event in events} >= {"rejected", "check failed"}


def read_events(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / FILE_NAME).read_text(encoding="utf-8").splitlines()]


def test_openlineage_tells_inputs_outputs_columns_and_assertions(seeds_run: RunSummary) -> None:
    run_id = seeds_run.run.run_id
    events = read_events(seeds_run.folder.runs)[:4]  # later ones are of audits by other tests
    assert [(event["job"]["name"], event["eventType"]) for event in events] == [
        ("run", "START"), ("audit", "START"), ("audit", "COMPLETE"), ("run", "COMPLETE"),
    ]  # fmt: skip
    start, _, audit, end = events
    assert start["run"]["runId"] == end["run"]["runId"] == audit["run"]["facets"]["parent"]["run"]["runId"]
    assert run_id in {tag["value"] for tag in end["run"]["facets"]["tags"]["tags"]}
    assert start["inputs"][0]["name"] == str(SEED_TEXTS)
    assert [table["name"] for table in end["outputs"]] == [table.name for table in DATA_TABLES]
    for table in end["outputs"]:
        contract = BY_NAME[table["name"]]
        assert [field["name"] for field in table["facets"]["schema"]["fields"]] == list(contract.dtypes)
        assert set(table["facets"]["columnLineage"]["fields"]) == set(contract.dtypes) - set(contract.volatile)
        assert table["facets"]["version"]["datasetVersion"] == run_id
        assert table["outputFacets"]["outputStatistics"]["rowCount"] == seeds_run.counts["rows"].get(table["name"])
    assertions = [one for table in audit["inputs"] for one in table["inputFacets"]["dataQualityAssertions"]["assertions"]]
    assert len(assertions) == seeds_run.checks.height
    assert all(one["success"] for one in assertions)


def test_columns_are_traced_by_their_contract(seeds_run: RunSummary) -> None:
    def trace(table: str) -> dict[str, list[tuple[str, str, str | None]]]:
        traced = trace_columns(seeds_run.folder, BY_NAME[table], (SEED_TEXTS,))
        return {name: [(of.name, of.field, (of.transformations or [])[0].subtype) for of in fields] for name, fields in traced.items()}

    assert trace("main.measures")["document_id"] == [("main.documents", "document_id", "IDENTITY")]
    assert trace("main.measures")["text"] == [(str(SEED_TEXTS), "content", "TRANSFORMATION")]
    assert trace("lineage.sources")["source_id"] == [(str(SEED_TEXTS), "path", "TRANSFORMATION")]
    assert trace("main.regions")["name"][0][0].endswith("regions.csv")


@pytest.mark.parametrize("failing", [False, True])
def test_a_run_that_fails_ends_in_openlineage_too(seeds_run: RunSummary, tmp_path: Path, failing: bool) -> None:
    folder = dataclasses.replace(seeds_run.folder, root=tmp_path)
    folder.runs.mkdir()
    settings: Settings = read_settings(data_dir=tmp_path)
    tell_start(settings, folder, seeds_run.run, QUIET)
    tell_failure(settings, folder, seeds_run.run, OSError("full") if failing else KeyboardInterrupt(), QUIET)
    start, end = read_events(folder.runs)
    assert (start["eventType"], end["eventType"]) == ("START", "FAIL" if failing else "ABORT")
    assert end["run"]["facets"]["errorMessage"]["message"] == ("OSError: full" if failing else "KeyboardInterrupt")
