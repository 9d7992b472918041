"""Measures a run's tables and learns from past runs of the same inputs how far each number may lie from theirs.

In: a candidate's tables, the numbers of past runs, the bounds kept by hand. Out: rows of `quality.metrics`; its contract then checks
that each value keeps to its bounds, so that drift is found by the audit like any other fault.
"""

from __future__ import annotations

import io
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from schemas.fields import CONTENT_ROLES, OTHER_ROLES
from schemas.quality import METRICS
from schemas.reference import REFERENCE_TABLES
from schemas.tables import DATA_TABLES
from warehouse.connect import open_duckdb, sql_name, sql_text
from warehouse.reference import read_table
from warehouse.runs import read_runs, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.table import Contract
    from warehouse.folder import DataFolder
    from warehouse.runs import RunRecord

PAST_RUNS = 20  # a month of working days: older runs say little about today's pages
STEPS = 4  # a value may lie as far from the last one as four of the mean steps between past runs: by chance some one in a thousand does
CHANCE = 3  # standard deviations of a count or share that a few documents more or less may move it
UNKNOWN = 2  # one past run tells nothing of how numbers vary: twice the tolerance
KEY = ("table_name", "metric", "subject")
LINES, DOCUMENTS = "lineage.lines", "main.documents"


def read_bounds() -> pl.DataFrame:
    """Read the bounds kept by hand, `seeds/reference/drift_bounds.csv`."""
    folder = Path(str(resources.files("seeds").joinpath("reference")))
    return read_table(folder / "drift_bounds.csv", REFERENCE_TABLES["drift_bounds"])


def measure_run(folder: DataFolder, run: RunRecord, warehouse: Path, bounds: pl.DataFrame) -> pl.DataFrame:
    """Measure the tables in a run's warehouse file and set each number its bounds: the run's own rows of `quality.metrics`."""
    others = [other for other in read_runs(folder) if other.run_id < run.run_id and other.inputs and other.inputs == run.inputs]
    past = [other.run_id for other in others if other.status == "published"][-PAST_RUNS:]
    measured = measure_tables(warehouse)
    return METRICS.conform(learn_bounds(measured, read_metrics(folder, past), bounds).with_columns(run_id=pl.lit(run.run_id)))


def measure_tables(warehouse: Path) -> pl.DataFrame:
    """Count rows by table, lines by role, filled values by column and rows by document, as table_name, metric, subject, value, n_rows.

    What cannot be measured (a table is missing, or empty where a share is asked for) has no row.
    """
    connection = open_duckdb(warehouse, read_only=True)
    try:
        found = [row for query in _measurements() for row in _rows(connection, query)]
    finally:
        connection.close()
    names = (*KEY, "value", "n_rows")
    return pl.DataFrame(found, schema={name: METRICS.dtypes[name] for name in names}, orient="row")


def learn_bounds(measured: pl.DataFrame, past: pl.DataFrame, bounds: pl.DataFrame) -> pl.DataFrame:
    """Add n_past_runs, lower, upper and severity to measured numbers; `past` are rows of `quality.metrics` of the runs to compare with.

    A number may lie within the range of the past ones, and as far from the last one as the greatest of: the tolerance kept by hand (twice
    that after a single run), what chance does to a count or share of that size, and four mean steps between past runs.
    """
    value, n_rows = pl.col("last_value"), pl.col("last_n_rows")
    is_share = pl.col("metric").is_in(["share_of_lines", "fill_rate"])
    of_share = (CHANCE * (value * (1 - value).clip(0) / n_rows).sqrt()).clip(CHANCE / n_rows)
    of_count = CHANCE * (value * n_rows + 1).sqrt() / n_rows
    by_chance = pl.when(is_share).then(of_share).when(metric="rows").then(CHANCE * (value + 1).sqrt()).otherwise(of_count)
    tolerated = pl.when(is_share).then("tolerance").otherwise(pl.col("tolerance") * value)
    tolerated = tolerated * pl.when(n_past_runs=1).then(UNKNOWN).otherwise(1)
    reach = pl.max_horizontal(tolerated, by_chance, STEPS * pl.col("mean_step"))
    history = past.sort("run_id").group_by(KEY).agg(
        pl.len().cast(pl.Int32).alias("n_past_runs"),
        pl.col("value").last().alias("last_value"),
        pl.col("n_rows").last().clip(1).alias("last_n_rows"),
        pl.col("value").min().alias("least"),
        pl.col("value").max().alias("greatest"),
        pl.col("value").diff().abs().mean().fill_null(0.0).alias("mean_step"),
    )  # fmt: skip
    return (
        _with_bounds_kept_by_hand(measured, bounds)
        .join(history, on=KEY, how="left")
        .with_columns(
            pl.col("n_past_runs").fill_null(0),
            lower=pl.min_horizontal("least", value - reach).clip(0.0),
            upper=pl.max_horizontal("greatest", value + reach),
        )
        .with_columns(
            pl.when(pl.col("n_past_runs") > 0).then("lower"),
            pl.when(pl.col("n_past_runs") > 0).then("upper"),
        )
        .sort(KEY)
    )


def write_metrics(folder: DataFolder, run_id: str, metrics: pl.DataFrame) -> None:
    """Keep a run's numbers beside its record, for later runs to learn from."""
    folder.runs.mkdir(parents=True, exist_ok=True)
    write_whole(folder.runs / f"{run_id}.metrics.csv", metrics.write_csv(float_precision=None))


def read_metrics(folder: DataFolder, run_ids: list[str]) -> pl.DataFrame:
    """Read the numbers of some runs, oldest first; a run that kept none, or whose file is damaged, has no rows."""
    frames = [METRICS.empty()]
    for run_id in sorted(run_ids):
        try:
            content = (folder.runs / f"{run_id}.metrics.csv").read_bytes()
            frames.append(METRICS.conform(pl.read_csv(io.BytesIO(content), schema=METRICS.dtypes)))
        except (OSError, pl.exceptions.PolarsError):
            continue
    return pl.concat(frames)


def _with_bounds_kept_by_hand(measured: pl.DataFrame, bounds: pl.DataFrame) -> pl.DataFrame:
    """Join to each number the bound that names its table and subject most closely; of equals, the later row."""
    is_any = {name: pl.col(f"{name}_of_bound") == "*" for name in ("table_name", "subject")}
    closeness = (~is_any["table_name"]).cast(pl.Int8) + 2 * (~is_any["subject"]).cast(pl.Int8)
    asked = bounds.with_row_index("row").select("row", "metric", "table_name", "subject", "tolerance", "severity")
    closest = (
        measured.select(KEY)
        .join(asked, on="metric", suffix="_of_bound")
        .filter(*(anything | (pl.col(f"{name}_of_bound") == pl.col(name)) for name, anything in is_any.items()))
        .sort(closeness, "row", maintain_order=True)
        .group_by(KEY, maintain_order=True)
        .agg(pl.col("tolerance").last(), pl.col("severity").last())
    )
    return measured.join(closest, on=KEY, how="left").with_columns(
        pl.col("tolerance").fill_null(float("inf")), pl.col("severity").fill_null("warning")
    )


def _measurements() -> Iterator[str]:
    """Write the queries, each with rows of table_name, metric, subject, value, n_rows."""
    for table in DATA_TABLES:
        yield f"SELECT {sql_text(table.name)}, 'rows', {sql_text(table.table)}, count(*), count(*) FROM {sql_name(table.name)}"
        yield from _fill_rates(table)
        if "document_id" in table.dtypes and table.primary_key != ("document_id",) and table.name != LINES:
            yield f"""
                SELECT {sql_text(table.name)}, 'rows_per_document', {sql_text(table.table)}, n_rows / n_documents, n_documents
                FROM (SELECT count(*) AS n_rows FROM {sql_name(table.name)}), (SELECT count(*) AS n_documents FROM {DOCUMENTS})
                WHERE n_documents > 0
            """
    roles = ", ".join(f"({sql_text(role)})" for role in (*CONTENT_ROLES, *OTHER_ROLES))
    yield f"""
        SELECT {sql_text(LINES)}, 'share_of_lines', role, coalesce(n_of_role, 0) / n_lines, n_lines
        FROM (VALUES {roles}) AS roles(role)
        LEFT JOIN (SELECT role, count(*) AS n_of_role FROM {LINES} GROUP BY role) USING (role), (SELECT count(*) AS n_lines FROM {LINES})
        WHERE n_lines > 0
    """


def _fill_rates(table: Contract) -> Iterator[str]:
    nullable = [name for name, column in table.columns.to_schema().columns.items() if column.nullable]
    if nullable:
        rates = ", ".join(f"{{'subject': {sql_text(name)}, 'value': count({sql_name(name)}) / count(*)}}" for name in nullable)
        yield f"""
            SELECT {sql_text(table.name)}, 'fill_rate', rate.subject, rate.value, n_rows
            FROM (SELECT unnest([{rates}]) AS rate, count(*) AS n_rows FROM {sql_name(table.name)} HAVING count(*) > 0)
        """


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    try:
        return connection.execute(query).fetchall()
    except duckdb.Error:
        return []
