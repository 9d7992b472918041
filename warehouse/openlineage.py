"""A run in; OpenLineage events about it out: what it read, which tables it made, where each column comes from, and what the audit found.

By default they go into a file of the data folder, one JSON object a line; OpenLineage's own settings in the environment win.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import uuid
from importlib import resources
from typing import TYPE_CHECKING, Any

from openlineage.client import OpenLineageClient, event_v2, facet_v2, set_producer
from openlineage.client.generated.column_lineage_dataset import InputField, Transformation
from openlineage.client.serde import Serde
from openlineage.client.transport.file import FileConfig, FileTransport

from schemas.reference import REFERENCE_TABLES
from schemas.tables import DATA_TABLES
from warehouse.store import SCHEME, find_address

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from schemas.table import Contract
    from warehouse.folder import DataFolder
    from warehouse.runs import RunRecord

PRODUCER = "urn:yaodian"
NAMESPACE = "yaodian"
BUILD, AUDIT = "run", "audit"
FILE_NAME, EARLIER = "openlineage.jsonl", "openlineage.earlier.jsonl"
ROTATE_BYTES = 16_000_000  # some forty runs
# The fields of a raw file: it has nothing else that a column could come from.
PATH, CONTENT = "path", "content"

set_producer(PRODUCER)


def send_events(folder: DataFolder, *events: event_v2.RunEvent) -> None:
    """Send events to where OpenLineage's environment says, or else append them to `runs/openlineage.jsonl` of the data folder.

    When that has grown long, it becomes the earlier one of two, and the one that was is dropped.
    """
    if any(name.startswith(("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG", "OPENLINEAGE__TRANSPORT")) for name in os.environ):
        client = OpenLineageClient()
    else:
        file = folder.runs / FILE_NAME
        if file.is_file() and file.stat().st_size > ROTATE_BYTES:
            file.replace(folder.runs / EARLIER)
        client = OpenLineageClient(transport=FileTransport(FileConfig(str(file), append=True)))
    try:
        for event in events:
            client.emit(event)
    finally:
        client.close(timeout=10)


def serialize(event: event_v2.RunEvent) -> dict[str, Any]:
    """Return an event as it is sent."""
    return json.loads(Serde.to_json(event))


def tell_start(run: RunRecord, inputs: tuple[Path, ...]) -> event_v2.RunEvent:
    """Return the event of a run that starts: what it is going to read."""
    return _event(event_v2.RunState.START, run.started_at, BUILD, _run(BUILD, run.run_id), _read(inputs))


def tell_end(
    folder: DataFolder, run: RunRecord, inputs: tuple[Path, ...], rows: dict[str, int], checks: pl.DataFrame
) -> tuple[event_v2.RunEvent, ...]:
    """Return the events of a run that ended with a verdict: what the audit found, and which tables (of how many `rows`) were published."""
    is_published = run.status == "published"
    outputs = [_made(folder, contract, inputs, run, rows.get(contract.name)) for contract in DATA_TABLES] if is_published else []
    state = event_v2.RunState.COMPLETE if is_published else event_v2.RunState.FAIL
    end = _event(state, run.finished_at, BUILD, _run(BUILD, run.run_id, run.status), _read(inputs), outputs=outputs)
    return (*tell_audit(folder, run, checks), end)


def tell_nothing_new(started: RunRecord, published: RunRecord, inputs: tuple[Path, ...]) -> event_v2.RunEvent:
    """Return the event of the end of a run that would have made what is published."""
    run = _run(BUILD, started.run_id, f"unchanged since {published.run_id}")
    return _event(event_v2.RunState.COMPLETE, dt.datetime.now(dt.UTC), BUILD, run, _read(inputs))


def tell_failure(run: RunRecord, inputs: tuple[Path, ...], error: BaseException) -> event_v2.RunEvent:
    """Return the event of a run that failed by an error, or was stopped."""
    state = event_v2.RunState.FAIL if isinstance(error, Exception) else event_v2.RunState.ABORT
    message = f"{type(error).__name__}: {error}".strip(": ")
    facets = {"errorMessage": facet_v2.error_message_run.ErrorMessageRunFacet(message=message, programmingLanguage="PYTHON")}
    return _event(state, dt.datetime.now(dt.UTC), BUILD, _run(BUILD, run.run_id, "failed", facets), _read(inputs))


def tell_audit(folder: DataFolder, run: RunRecord, checks: pl.DataFrame) -> tuple[event_v2.RunEvent, event_v2.RunEvent]:
    """Return the events of an audit of the tables that `run` made, start and end, with every check as an assertion."""
    quality = facet_v2.data_quality_assertions_dataset
    of_table: dict[str, list[Any]] = {}
    for row in checks.sort("table_name", "check_name", "engine").iter_rows(named=True):
        assertion = quality.Assertion(
            assertion=row["check_name"],
            name=f"{row['engine']} {row['check_name']}",
            success=row["passed"],
            column=row["column_name"],
            severity="error" if row["severity"] == "error" else "warn",
            expected="0 rows",
            actual=f"{row['n_failed']} of {row['n_rows']} rows",
        )
        of_table.setdefault(row["table_name"], []).append(assertion)
    tables = [
        event_v2.InputDataset(
            *_of_table(folder, table),
            facets=_version(run),
            inputFacets={"dataQualityAssertions": quality.DataQualityAssertionsDatasetFacet(assertions=assertions)},
        )
        for table, assertions in of_table.items()
    ]
    parent = facet_v2.parent_run
    of_build = parent.ParentRunFacet(parent.Run(_uuid(BUILD, run.run_id)), parent.Job(NAMESPACE, BUILD))
    audit = _run(AUDIT, None, run.status, {"parent": of_build})
    state = event_v2.RunState.FAIL if run.status == "rejected" else event_v2.RunState.COMPLETE
    now = dt.datetime.now(dt.UTC)
    return _event(event_v2.RunState.START, now, AUDIT, audit), _event(state, now, AUDIT, audit, tables)


def _event(
    state: event_v2.RunState,
    when: dt.datetime,
    job: str,
    run: event_v2.Run,
    inputs: list[event_v2.InputDataset] | None = None,
    *,
    outputs: list[event_v2.OutputDataset] | None = None,
) -> event_v2.RunEvent:
    kind = facet_v2.job_type_job.JobTypeJobFacet(processingType="BATCH", integration="YAODIAN", jobType="JOB")
    named = event_v2.Job(namespace=NAMESPACE, name=job, facets={"jobType": kind})
    return event_v2.RunEvent(
        eventType=state, eventTime=when.isoformat(), run=run, job=named, inputs=inputs or [], outputs=outputs or [], producer=PRODUCER
    )


def _run(job: str, run_id: str | None, status: str | None = None, facets: dict[str, Any] | None = None) -> event_v2.Run:
    """Return a run of a job: OpenLineage wants a UUID, so that ours goes into a tag."""
    told = {"run_id": run_id, "status": status}
    tags = [facet_v2.tags_run.TagsRunFacetFields(key=key, value=value, source="YAODIAN") for key, value in told.items() if value]
    named = _uuid(job, run_id) if run_id else str(uuid.uuid4())
    return event_v2.Run(runId=named, facets={"tags": facet_v2.tags_run.TagsRunFacet(tags=tags), **(facets or {})})


def _uuid(job: str, run_id: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{PRODUCER}:{job}:{run_id}"))


def _version(run: RunRecord) -> dict[str, Any]:
    return {"version": facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=run.run_id)}


def _read(inputs: tuple[Path, ...]) -> list[event_v2.InputDataset]:
    """Return what runs read: the folders and files given, and the tables kept by hand."""
    fields = [facet_v2.schema_dataset.SchemaDatasetFacetFields(name, kind) for name, kind in ((PATH, "VARCHAR"), (CONTENT, "BLOB"))]
    raw = {_of_file(path): facet_v2.schema_dataset.SchemaDatasetFacet(fields=fields) for path in inputs}
    by_hand = {_of_reference(name): _schema(table.contract) for name, table in REFERENCE_TABLES.items()}
    return [event_v2.InputDataset(*dataset, facets={"schema": schema}) for dataset, schema in {**raw, **by_hand}.items()]


def _made(folder: DataFolder, contract: Contract, inputs: tuple[Path, ...], run: RunRecord, n_rows: int | None) -> event_v2.OutputDataset:
    lineage = facet_v2.column_lineage_dataset
    fields = {name: lineage.Fields(inputFields=of) for name, of in trace_columns(folder, contract, inputs).items()}
    return event_v2.OutputDataset(
        *_of_table(folder, contract.name),
        facets={"schema": _schema(contract), "columnLineage": lineage.ColumnLineageDatasetFacet(fields=fields), **_version(run)},
        outputFacets={"outputStatistics": facet_v2.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=n_rows)},
    )


def trace_columns(folder: DataFolder, contract: Contract, inputs: tuple[Path, ...]) -> dict[str, list[InputField]]:
    """Tell where the columns of a table come from, as its contract has it.

    A foreign key holds the values of what it refers to; a table with the name and key of one kept by hand has that one's columns; a
    source's name is a path; all else is worked out from what the files hold. Columns that say which run made a row are left out.
    """
    kept = REFERENCE_TABLES.get(contract.table)
    by_hand = kept.contract.dtypes if kept and kept.contract.primary_key == contract.primary_key else {}

    def trace(name: str) -> list[InputField]:
        referred = {
            (*_of_table(folder, key.table), key.references[key.columns.index(name)])
            for key in contract.foreign_keys
            if name in key.columns and key.table != contract.name
        }
        if referred:
            return [_field(*column, "IDENTITY") for column in sorted(referred)]
        if name in by_hand:
            return [_field(*_of_reference(contract.table), name, "IDENTITY")]
        return [_field(*_of_file(path), PATH if name == "source_id" else CONTENT, "TRANSFORMATION") for path in inputs]

    return {name: trace(name) for name in contract.dtypes if name not in contract.volatile}


def _field(namespace: str, dataset: str, column: str, how: str) -> InputField:
    return InputField(namespace, dataset, column, [Transformation(type="DIRECT", subtype=how)])


def _schema(contract: Contract) -> Any:
    columns = contract.columns.to_schema().columns
    fields = [
        facet_v2.schema_dataset.SchemaDatasetFacetFields(name=name, type=str(dtype), description=columns[name].description)
        for name, dtype in contract.dtypes.items()
    ]
    return facet_v2.schema_dataset.SchemaDatasetFacet(fields=fields)


def _of_table(folder: DataFolder, table: str) -> tuple[str, str]:
    """Name a table of the warehouse: readers know it by the path that stays, whichever release it leads to."""
    return f"duckdb://{folder.root.resolve() / folder.warehouse.name}", table


def _of_file(path: Path) -> tuple[str, str]:
    if address := find_address(path):
        bucket, _, key = address.removeprefix(SCHEME).partition("/")
        return SCHEME + bucket, key or "/"
    return "file", str(path.resolve())


def _of_reference(name: str) -> tuple[str, str]:
    return "file", str(resources.files("seeds").joinpath("reference").joinpath(f"{name}.csv"))
