"""Contracts of the schema `quality`: runs, checks and what could not be used."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas import fields
from schemas.table import Columns, Contract, ForeignKey, RowRule, Severity, TableRule

UTC_TIME = pl.Datetime("us", "UTC")


class RunColumns(Columns):
    """One row a run, the rejected and failed ones included; kept across releases."""

    run_id: pl.String = fields.run_id()
    started_at: UTC_TIME = pa.Field(description="When the run started")  # ty: ignore[invalid-type-form]
    finished_at: UTC_TIME = pa.Field(description="When the run ended")  # ty: ignore[invalid-type-form]
    status: pl.String = fields.one_of(fields.RUN_STATUSES, "How the run ended")
    code_version: pl.String = fields.text("Version of the program and of its rules")
    n_sources: pl.Int64 = fields.count("Sources read")
    n_documents: pl.Int64 = fields.count("Documents found")
    n_checks: pl.Int64 = fields.count("Checks run")
    n_failed: pl.Int64 = fields.count("Checks failed, warnings included")
    inputs: pl.String = fields.text("Folders and files that were read; only runs of the same inputs are compared", nullable=True)


RUNS = Contract(
    name="quality.runs",
    columns=RunColumns,
    primary_key=("run_id",),
    may_be_empty=False,
    row_rules=(
        RowRule(
            "run_ends_after_its_start",
            "started_at <= finished_at",
            "A run ends after it started, unless the clock was set back",
            severity="warning",
        ),
        RowRule("failed_checks_were_run", "n_failed <= n_checks", "No more checks fail than were run"),
    ),
    table_rules=(
        TableRule(
            "id_is_the_start",
            """
            SELECT run_id, started_at
            FROM quality.runs
            WHERE strftime(started_at AT TIME ZONE 'UTC', '%Y%m%dT%H%M%SZ') <> left(run_id, 16)
            """,
            "A run's id begins with the time of its start",
        ),
        TableRule(
            "counts_are_those_of_the_tables",
            """
            SELECT run_id, n_sources, n_documents
            FROM quality.runs
            SEMI JOIN lineage.sources USING (run_id)
            WHERE n_sources <> (SELECT count(*) FROM lineage.sources) OR n_documents <> (SELECT count(*) FROM main.documents)
            """,
            "The sources and documents of the run that made the tables are those in them",
        ),
        TableRule(
            "checks_are_counted",
            """
            SELECT r.run_id, r.n_checks, r.n_failed, n_found, n_failed_found
            FROM quality.runs AS r
            JOIN (
                SELECT run_id, count(*) AS n_found, count(*) FILTER (NOT passed) AS n_failed_found
                FROM quality.checks
                GROUP BY run_id
            ) USING (run_id)
            WHERE r.n_checks <> n_found OR r.n_failed <> n_failed_found
            """,
            "A run's checks are those in quality.checks",
        ),
    ),
)


class CheckColumns(Columns):
    """One row a check a run: what was checked, on how many rows, with what result."""

    run_id: pl.String = fields.run_id()
    engine: pl.String = fields.one_of(fields.ENGINES, "Which engine ran the check")
    table_name: pl.String = pa.Field(description="The table checked, with its schema", str_matches=r"^[a-z]+\.[a-z_]+$")
    check_name: pl.String = fields.text("The check, by name")
    column_name: pl.String = fields.text("The column checked; NULL for checks of rows or tables", nullable=True)
    severity: pl.String = fields.one_of(fields.SEVERITIES, "An error stops publication, a warning does not")
    passed: pl.Boolean = pa.Field(description="Whether no row broke the check (and the check itself did not crash)")
    n_rows: pl.Int64 = fields.count("Rows checked")
    n_failed: pl.Int64 = fields.count("Rows that broke the check")
    detail: pl.String = pa.Field(
        description="JSON: description, sample of the rows that broke it, the query that lists all, crash if any", nullable=True
    )


CHECKS = Contract(
    name="quality.checks",
    columns=CheckColumns,
    primary_key=("run_id", "engine", "table_name", "check_name"),
    foreign_keys=(ForeignKey(("run_id",), "quality.runs", ("run_id",)),),
    may_be_empty=False,
    row_rules=(RowRule("passed_means_no_row_failed", "NOT (passed AND n_failed > 0)", "A check that passed has no row that broke it"),),
    table_rules=(
        TableRule(
            "both_engines_check_each_table",
            "SELECT run_id, table_name FROM quality.checks GROUP BY ALL HAVING count(DISTINCT engine) < 2",
            "pandera and Great Expectations both check each table",
        ),
        TableRule(
            "engines_speak_of_the_same",
            """
            SELECT run_id, table_name, check_name
            FROM quality.checks
            GROUP BY ALL
            HAVING count(DISTINCT severity) > 1 OR count(DISTINCT coalesce(column_name, '')) > 1
            """,
            "A check is about the same column, and as severe, whichever engine runs it",
        ),
        TableRule(
            "frames_are_checked_by_both",
            """
            SELECT run_id, table_name, check_name
            FROM quality.checks
            GROUP BY ALL
            HAVING bool_or(engine = 'pandera') AND NOT bool_or(engine = 'great_expectations')
            """,
            "What pandera checks, Great Expectations checks too",
        ),
        TableRule(
            "rows_are_those_of_the_table",
            """
            SELECT run_id, table_name, list(DISTINCT n_rows) AS n_rows
            FROM quality.checks
            GROUP BY run_id, table_name
            HAVING count(DISTINCT n_rows) > 1
            """,
            "All checks of a table see the same number of rows",
        ),
        TableRule(
            "column_is_of_the_table",
            """
            SELECT c.table_name, c.check_name, c.column_name
            FROM quality.checks AS c
            ANTI JOIN duckdb_columns() AS d ON d.schema_name || '.' || d.table_name = c.table_name AND d.column_name = c.column_name
            WHERE c.column_name IS NOT NULL
            """,
            "The column checked is a column of the table",
        ),
        TableRule(
            "name_names_the_column",
            """
            SELECT table_name, check_name, column_name
            FROM quality.checks
            WHERE NOT contains(check_name, column_name)
            """,
            "The name of a column's check names the column",
        ),
        TableRule(
            "detail_says_what",
            """
            SELECT table_name, check_name, detail
            FROM quality.checks
            WHERE detail IS NULL OR CASE WHEN json_valid(detail) THEN coalesce(detail ->> '$.description', '') = '' ELSE TRUE END
            """,
            "The detail of a check is JSON with a description",
        ),
        TableRule(
            "published_with_no_failed_error",
            """
            SELECT c.run_id, c.table_name, c.check_name
            FROM quality.checks AS c
            JOIN quality.runs AS r USING (run_id)
            WHERE r.status = 'published' AND c.severity = 'error' AND NOT c.passed
            """,
            "No error check failed in a run that was published",
        ),
    ),
)


class QuarantineColumns(Columns):
    """One row an input that could not be used, with the reason; nothing is dropped in silence."""

    run_id: pl.String = fields.run_id()
    source_id: pl.String = fields.source_id()
    stage: pl.String = pa.Field(description="The step that refused the input", str_matches=r"^[a-z_]+$")
    reason: pl.String = pa.Field(description="Why, as one word", str_matches=r"^[a-z_]+$")
    detail: pl.String = fields.text("Why, in a sentence")


QUARANTINE = Contract(
    name="quality.quarantine",
    columns=QuarantineColumns,
    primary_key=("run_id", "source_id", "stage"),
    foreign_keys=(ForeignKey(("run_id",), "quality.runs", ("run_id",)),),
)


class MetricColumns(Columns):
    """One row a number that tells how a run's tables look, with the bounds that past runs of the same inputs set; kept across releases."""

    run_id: pl.String = fields.run_id()
    table_name: pl.String = pa.Field(description="The table measured, with its schema", str_matches=r"^[a-z]+\.[a-z_]+$")
    metric: pl.String = fields.one_of(fields.METRICS, "What is measured")
    subject: pl.String = fields.text("Of what: a column, a role, or the table")
    value: pl.Float64 = pa.Field(description="The number", ge=0.0)
    n_rows: pl.Int64 = fields.count("Rows (for rows_per_document: documents) that the number was taken from")
    n_past_runs: pl.Int32 = fields.count("Published runs of the same inputs that set the bounds")
    lower: pl.Float64 = pa.Field(description="Least value that is no drift; NULL where no past run has the number", nullable=True, ge=0.0)
    upper: pl.Float64 = pa.Field(description="Greatest value that is no drift; NULL where no past run has the number", nullable=True)
    severity: pl.String = fields.one_of(fields.SEVERITIES, "What a value out of bounds is, after seeds/reference/drift_bounds.csv")


_METRICS_IN_WORDS = {
    "rows": ("rows", "Tables have as many rows"),
    "share_of_lines": ("shares_of_lines", "Roles have their share of the lines"),
    "fill_rate": ("fill_rates", "Columns are filled"),
    "rows_per_document": ("rows_per_document", "Documents have as many targets, measures, sections … each"),
}


def _keep_to_past_runs(metric: str, severity: Severity) -> TableRule:
    name, in_words = _METRICS_IN_WORDS[metric]
    return TableRule(
        f"{name}_keep_to_past_runs{'_or_stop' if severity == 'error' else ''}",
        f"""
        SELECT run_id, table_name, metric, subject, value, lower, upper, n_past_runs
        FROM quality.metrics
        SEMI JOIN lineage.sources USING (run_id)
        WHERE metric = '{metric}' AND severity = '{severity}' AND value NOT BETWEEN lower AND upper
        """,
        f"{in_words} as in past runs of the same inputs, within the bounds learned from them ({severity}s of drift_bounds.csv)",
        severity=severity,
    )


_COUNTED = ("lineage.sources", "lineage.lines", "main.documents", "main.paragraphs", "main.measures", "main.targets")
_ROWS_FOUND = " UNION ALL ".join(f"SELECT '{table}' AS table_name, count(*) AS n_found FROM {table}" for table in _COUNTED)
METRICS = Contract(
    name="quality.metrics",
    columns=MetricColumns,
    primary_key=("run_id", "table_name", "metric", "subject"),
    foreign_keys=(ForeignKey(("run_id",), "quality.runs", ("run_id",)),),
    may_be_empty=False,
    row_rules=(
        RowRule("bounds_go_up", "lower <= upper", "The lower bound is not above the upper"),
        RowRule("bounds_come_from_past_runs", "(n_past_runs = 0) = (lower IS NULL)", "Without a past run there is no bound"),
        RowRule("bounds_come_together", "(upper IS NULL) = (lower IS NULL)", "Both bounds are given, or none"),
        RowRule("shares_are_shares", "metric IN ('rows', 'rows_per_document') OR value <= 1", "Shares and fill rates are at most 1"),
    ),
    table_rules=(
        TableRule(
            "rows_are_counted",
            f"""
            SELECT m.run_id, m.table_name, m.value, n_found
            FROM quality.metrics AS m
            SEMI JOIN lineage.sources AS s USING (run_id)
            JOIN ({_ROWS_FOUND}) USING (table_name)
            WHERE m.metric = 'rows' AND m.value <> n_found
            """,
            "The rows counted of a table are those that it has",
        ),
        TableRule(
            "subject_is_of_the_table",
            """
            SELECT m.run_id, m.table_name, m.metric, m.subject
            FROM quality.metrics AS m
            LEFT JOIN (
                SELECT schema_name || '.' || table_name AS table_name, column_name AS subject, column_name
                FROM duckdb_columns()
            ) AS c USING (table_name, subject)
            WHERE CASE metric
                WHEN 'fill_rate' THEN c.column_name IS NULL
                WHEN 'share_of_lines' THEN m.table_name <> 'lineage.lines'
                ELSE m.subject <> split_part(m.table_name, '.', 2)
                END
            """,
            "A fill rate is of a column of its table, a number of rows of the table itself",
        ),
        TableRule(
            "numbers_of_a_table_agree",
            """
            SELECT run_id, table_name, list(DISTINCT n_rows) AS n_rows, list(DISTINCT value) FILTER (metric = 'rows') AS rows_counted
            FROM quality.metrics
            GROUP BY run_id, table_name, metric = 'rows_per_document'
            HAVING count(DISTINCT n_rows) > 1 OR bool_or(metric = 'rows' AND value <> n_rows)
            """,
            "All numbers of a table are taken from as many rows as it has",
        ),
        TableRule(
            "shares_add_up",
            """
            SELECT run_id, sum(value) AS sum_of_shares
            FROM quality.metrics
            WHERE metric = 'share_of_lines'
            GROUP BY run_id
            HAVING abs(sum(value) - 1) > 1e-6
            """,
            "The shares of the roles add up to all lines",
        ),
        *(_keep_to_past_runs(metric, severity) for metric in fields.METRICS for severity in ("warning", "error")),
    ),
)
