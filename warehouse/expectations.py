"""The expectations that Great Expectations lacks: a query that finds no row, no row that breaks a check, a column of exactly one type.

Each asks for one number and says in a line what it must be; queries are counted and nothing is fetched, and the rows that break each check
of a batch are counted together, in one scan. Great Expectations' own do with half a dozen metrics each, worked out anew some twenty times:
that took it longer than DuckDB's answer.
"""

from __future__ import annotations

# ruff: noqa: ARG002, N805  # the signatures are Great Expectations'
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial, metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.execution_engine import ExecutionEngine

N_BREACHES = "table.n_rows_that_break_a_check"
N_FOUND = "table.n_rows_that_a_query_finds"


class CheckExpectation(BatchExpectation):
    """What the expectations here share: one metric each, of the values named in `success_keys`."""

    metric_dependencies: ClassVar[tuple[str, ...]] = (N_FOUND,)

    def get_validation_dependencies(
        self, execution_engine: ExecutionEngine | None = None, runtime_configuration: dict[str, Any] | None = None
    ) -> ValidationDependencies:
        """Name the one metric."""
        return ValidationDependencies({metric.metric_name: metric for metric in [self._metric()]}, {"result_format": "BOOLEAN_ONLY"})

    def metrics_validate(
        self,
        metrics: dict[Any, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine | None = None,
        **_: Any,
    ) -> ExpectationValidationResult:
        """Return the verdict on the metric's value."""
        return self._build_evr(self._validate({self.metric_dependencies[0]: metrics[self._metric().id]}))

    def _metric(self) -> MetricConfiguration:
        values = {name: getattr(self, name) for name in self.success_keys}
        return MetricConfiguration(self.metric_dependencies[0], {"batch_id": self.batch_id}, values)

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: dict[str, Any] | None = None, execution_engine: ExecutionEngine | None = None
    ) -> dict[str, Any]:
        [found] = metrics.values()
        return {"success": self._holds(found)}

    def _holds(self, found: Any) -> bool:
        return found == 0


class RowsThatAQueryFinds(TableMetricProvider):
    """How many rows `query` finds; it is sent as it is."""

    metric_name = N_FOUND
    value_keys = ("query",)

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, execution_engine: SqlAlchemyExecutionEngine, metric_value_kwargs: dict[str, Any], **_: Any) -> int:
        with execution_engine.get_connection() as connection:
            return connection.exec_driver_sql(f"SELECT count(*) FROM ({metric_value_kwargs['query']})").scalar_one()


class ExpectNoRows(CheckExpectation):
    """Fails where `query` finds rows."""

    query: str

    success_keys: ClassVar[tuple[str, ...]] = ("query",)


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


class ExpectNoRowWhere(CheckExpectation):
    """Fails where a row makes `breach`, a condition in SQL, TRUE."""

    breach: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (N_BREACHES,)
    success_keys: ClassVar[tuple[str, ...]] = ("breach",)


class ExpectColumnOfType(CheckExpectation):
    """Fails where `column` is not of the DuckDB type `type_`; read once a table."""

    column: str
    type_: str

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.column_types",)

    def _metric(self) -> MetricConfiguration:
        of_table = dict.fromkeys(TableMetricProvider.domain_keys) | {"batch_id": self.batch_id}  # as the check on columns asks for it
        return MetricConfiguration(self.metric_dependencies[0], of_table, {"include_nested": True})

    def _holds(self, found: Any) -> bool:
        return {column["name"]: str(column["type"]) for column in found}.get(self.column) == self.type_
