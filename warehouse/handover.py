"""Guards the hand-over of a frame: pandera checks the data against the table's contract, then the frame becomes a Parquet part.

In: a frame that claims to be (a part of) a table. Out: the part, and one row a check, passed ones included. Nothing is raised for bad data.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.checks import list_checks
from warehouse.results import SAMPLE_ROWS, CheckResult, Crash, frame_of_results, show_rows
from warehouse.sums import sum_frame

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pandera.errors import SchemaError
    from pandera.polars import DataFrameSchema

    from schemas.checks import Check
    from schemas.table import Contract

ENGINE = "pandera"
_COLUMN_REASONS = {
    "COLUMN_NOT_IN_SCHEMA",
    "COLUMN_NOT_IN_DATAFRAME",
    "COLUMN_NOT_ORDERED",
    "INVALID_COLUMN_NAME",
    "DUPLICATE_COLUMN_LABELS",
}


def hand_over(contract: Contract, frame: pl.DataFrame, folder: Path, part: str) -> pl.DataFrame:
    """Check a frame against its contract and write it to `folder/<schema>/<table>/<part>.parquet`, whatever the verdict.

    Sums of the rows go with them, for the audit to compare. Returns one row a check: the columns of `quality.checks` without `run_id`. The
    same rows give the same bytes.
    """
    results = check_frame(contract, frame)
    target = folder / contract.schema / contract.table / f"{part}.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"compression": "zstd", "compression_level": 1, "statistics": True, "row_group_size": 122_880}
    frame.write_parquet(target, metadata=sum_frame(contract, frame), **options)
    return results


def check_frame(contract: Contract, frame: pl.DataFrame) -> pl.DataFrame:
    """Check a frame against its contract with pandera: all rows, all checks, one result row a check.

    One pass tells whether anything is wrong; only then, or where columns are not those agreed, do checks run by themselves, to tell what.
    """
    checks = [check for check in list_checks(contract) if check.is_of_frames]
    has_columns = list(frame.schema.items()) == list(contract.dtypes.items())
    is_sound = has_columns and not _validate(contract.sound_schema, frame)
    errors = [] if is_sound else _validate(contract.suspect_schema(frame), frame)
    return frame_of_results(_result(check, contract, frame, errors) for check in checks)


def _validate(schema: DataFrameSchema, frame: pl.DataFrame) -> list[SchemaError]:
    """Return all that pandera finds, in the data and not only the schema."""
    import pandera.polars as pa
    from pandera.config import ValidationDepth, config_context

    with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as failed:
            return failed.schema_errors
    return []


def sum_checks(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Sum the results of all parts to one row a check; a check failed where one part failed it, rows add up, samples are cut."""
    key = ["engine", "table_name", "check_name", "column_name"]
    results = pl.concat(frames)
    return (
        results.group_by(key, maintain_order=True)
        .agg(
            pl.col("severity").min(),  # error comes before warning
            pl.col("passed").all(),
            pl.col("n_rows", "n_failed").sum(),
            pl.col("detail").filter(~pl.col("passed")).alias("of_failed"),
            pl.col("detail").first(),
        )
        .with_columns(
            pl.when(pl.col("passed")).then("detail").otherwise(pl.col("of_failed").map_elements(_join_details, return_dtype=pl.String))
        )
        .drop("of_failed")
        .select(results.columns)
    )


def _join_details(details: pl.Series) -> str:
    first, *others = (json.loads(detail) for detail in details)
    for other in others:
        first["sample"] = (first.get("sample", []) + other.get("sample", []))[:SAMPLE_ROWS]
        first |= {key: other[key] for key in ("crash", "problem") if key in other and key not in first}
    return json.dumps(first, ensure_ascii=False)


def _result(check: Check, contract: Contract, frame: pl.DataFrame, errors: list[SchemaError]) -> CheckResult:
    own = [error for error in errors if _is_about(error, check)]
    crashed = [error for error in own if _reason(error) == "CHECK_ERROR"]
    if crashed:
        return CheckResult(ENGINE, check, frame.height, 0, crash=Crash(str(crashed[0].failure_cases)))
    lacking = [name for name in _columns_of(check) if name not in frame.columns]
    if lacking and check.kind != "columns":
        return CheckResult(ENGINE, check, frame.height, 0, crash=Crash(f"the frame has no column {', '.join(lacking)}"))
    if not own:
        return CheckResult(ENGINE, check, frame.height, 0)
    if check.kind in ("columns", "type"):
        return CheckResult(ENGINE, check, frame.height, frame.height, problem="; ".join(map(_describe, own)))
    return _failed_rows(check, contract, frame, own)


def _columns_of(check: Check) -> tuple[str, ...]:
    if check.kind == "unique":
        return check.value
    return (check.column,) if check.column else ()


def _failed_rows(check: Check, contract: Contract, frame: pl.DataFrame, errors: list[SchemaError]) -> CheckResult:
    is_broken = pl.zeros(frame.height, dtype=pl.Boolean, eager=True)
    for error in errors:
        output = pl.DataFrame(error.check_output).get_column("check_output")
        is_broken |= ~output.fill_null(value=True)
    shown = frame.columns if check.kind == "row_rule" else [*contract.primary_key, *_columns_of(check)]
    sample = frame.filter(is_broken).head(SAMPLE_ROWS).select(name for name in dict.fromkeys(shown) if name in frame.columns)
    return CheckResult(ENGINE, check, frame.height, int(is_broken.sum()), sample=show_rows(sample))


def _describe(error: SchemaError) -> str:
    return " ".join(str(error).split())[:500]


def _is_about(error: SchemaError, check: Check) -> bool:
    reason = _reason(error)
    if check.kind == "columns":
        return reason in _COLUMN_REASONS
    if check.kind == "unique" and len(check.value) > 1:
        return reason == "DUPLICATES"
    if check.column is not None and error.schema.name != check.column:
        return False
    name = {"type": "WRONG_DATATYPE", "not_null": "SERIES_CONTAINS_NULLS", "unique": "SERIES_CONTAINS_DUPLICATES"}.get(check.kind)
    return reason == name if name else _error_of(error.check) == check.name


def _reason(error: SchemaError) -> str:
    return error.reason_code.name if error.reason_code else ""


def _error_of(check: Any) -> str | None:
    return getattr(check, "error", None)
