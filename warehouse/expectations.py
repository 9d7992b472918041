"""The one expectation that Great Expectations lacks: a query that must find no row, counted once and fetched not at all."""

from __future__ import annotations

# ruff: noqa: ARG002  # the signatures are Great Expectations'
from typing import TYPE_CHECKING, Any, ClassVar

from great_expectations.compatibility import pydantic
from great_expectations.expectations.core import UnexpectedRowsExpectation

if TYPE_CHECKING:
    from great_expectations.execution_engine import ExecutionEngine


class ExpectNoRows(UnexpectedRowsExpectation):
    """Fails where `unexpected_rows_query` finds rows.

    The parent fetches the rows besides counting them, and prints a line for each query that does not name its own table. This does neither.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    @pydantic.validator("unexpected_rows_query")
    def _validate_query(cls, query: str) -> str:  # noqa: N805  # pydantic calls it on the class
        return query

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: dict[str, Any] | None = None, execution_engine: ExecutionEngine | None = None
    ) -> dict[str, Any]:
        return {"success": metrics["unexpected_rows_query.row_count"] == 0}
