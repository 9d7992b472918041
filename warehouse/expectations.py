"""The expectations that Great Expectations lacks: a query that finds no row, no row that breaks a check, a column of exactly one type.

Queries are counted once and fetched not at all; the rows that break each check of a table are counted together, in one scan. That is what
its own expectations on values do too, but with half a dozen metrics each: asking those took it a third longer than DuckDB's answer.
"""

from __future__ import annotations

# ruff: noqa: ARG002, N805  # the signatures are Great Expectations'
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from great_expectations.compatibility import pydantic
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.core import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

if TYPE_CHECKING:
    from great_expectations.execution_engine import ExecutionEngine

N_BREACHES = "table.n_rows_that_break_a_check"


class ExpectNoRows(UnexpectedRowsExpectation):
    """Fails where `unexpected_rows_query` finds rows.

    The parent fetches the rows besides counting them, and prints a line for each query that does not name its own table. This does neither.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    @pydantic.validator("unexpected_rows_query")
    def _validate_query(cls, query: str) -> str:
        return query

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: dict[str, Any] | None = None, execution_engine: ExecutionEngine | None = None
    ) -> dict[str, Any]:
        return {"success": metrics["unexpected_rows_query.row_count"] == 0}


class RowsThatBreakACheck(TableMetricProvider):
    """How many rows of a table make `breach` TRUE, as an aggregate that Great Expectations bundles with those of other checks."""

    metric_name = N_BREACHES
    value_keys = ("breach",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(cls, metric_domain_kwargs: dict[str, Any], metric_value_kwargs: dict[str, Any], **_: Any) -> Any:
        counted = sa.literal_column(f"count(*) FILTER (WHERE {metric_value_kwargs['breach']})")
        return counted, metric_domain_kwargs, {}


class ExpectNoRowWhere(BatchExpectation):
    """Fails where a row makes `breach`, a condition in SQL, TRUE."""

    breach: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (N_BREACHES,)
    success_keys: ClassVar[tuple[str, ...]] = ("breach",)

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: dict[str, Any] | None = None, execution_engine: ExecutionEngine | None = None
    ) -> dict[str, Any]:
        return {"success": metrics[N_BREACHES] == 0}


class ExpectColumnOfType(BatchExpectation):
    """Fails where `column` is not of the DuckDB type `type_`; read once a table."""

    column: str
    type_: str

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.column_types",)
    success_keys: ClassVar[tuple[str, ...]] = ("column", "type_")

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: dict[str, Any] | None = None, execution_engine: ExecutionEngine | None = None
    ) -> dict[str, Any]:
        found = {column["name"]: str(column["type"]) for column in metrics["table.column_types"]}
        return {"success": found.get(self.column) == self.type_}
