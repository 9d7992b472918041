"""What a table contract is: a pandera model (columns) plus the facts that span columns, rows and tables.

Everything else about a table (frame check, DuckDB DDL, Arrow schema, audit suite, dictionary) is derived from a `Contract`.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import pandera.polars as pa
import polars as pl

from schemas.checks import field_check, list_checks
from schemas.conditions import name_conditions
from schemas.guide import USAGE

if TYPE_CHECKING:
    import pyarrow

Severity = Literal["error", "warning"]


class Columns(pa.DataFrameModel):
    """Base of all contracts: no column more or less than named, in the order named."""

    class Config:  # ty: ignore[incompatible-attribute-override]
        """Strict by default."""

        strict = True
        ordered = True


@dataclass(frozen=True)
class ForeignKey:
    """Columns that must be NULL or stand in another table's columns (`table` with its schema, as `lineage.sources`)."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name the check after its columns and its target."""
        return f"{'_'.join(self.columns)}_stands_in_{self.table.split('.')[-1]}"


@dataclass(frozen=True)
class RowRule:
    """A condition on one row, in the SQL that polars and DuckDB both read; a row that makes it FALSE breaks the rule (NULL does not)."""

    name: str
    condition: str
    description: str
    severity: Severity = "error"


STRETCH = "/* sources of a stretch */ TRUE"


@dataclass(frozen=True)
class TableRule:
    """A condition over rows or tables: a DuckDB query that returns the rows that break it.

    A query that puts together what sources hold says where it may be asked about some of them at a time, by `STRETCH` in place of a
    condition on `source_id`: the audit then never has the corpus in memory. One that tells from the rows of one source, in tables whose
    parts hold all rows of a source, says so by `is_of_one_source`: sources that were audited before are then not asked about again.
    """

    name: str
    breaches: str
    description: str
    severity: Severity = "error"
    is_of_one_source: bool = False


@dataclass(frozen=True)
class Macro:
    """A SQL function of the warehouse that rules use, and analysts may."""

    name: str
    parameters: str
    body: str
    description: str


@dataclass(frozen=True)
class Contract:
    """One table: where it lives, its columns, its keys and its rules."""

    name: str
    columns: type[Columns]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    row_rules: tuple[RowRule, ...] = ()
    table_rules: tuple[TableRule, ...] = ()
    may_be_empty: bool = True
    volatile: tuple[str, ...] = field(default=())

    @property
    def schema(self) -> str:
        """Return the DuckDB schema, such as `lineage`."""
        return self.name.split(".")[0]

    @property
    def table(self) -> str:
        """Return the bare table name, such as `lines`."""
        return self.name.split(".")[1]

    @property
    def description(self) -> str:
        """Return what one row of the table is: the first paragraph of the model's docstring, on one line."""
        return " ".join((self.columns.__doc__ or "").split("\n\n")[0].split())

    @property
    def comment(self) -> str:
        """Return what the warehouse says of the table: its description, what to mind, and its keys."""
        keys = [f"Primary key: {', '.join(self.primary_key)}."]
        keys += [f"{', '.join(key.columns)} → {key.table} ({', '.join(key.references)})." for key in self.foreign_keys]
        mind = [f"{USAGE[self.name]}."] if self.name in USAGE else []
        return " ".join([f"{self.description.removesuffix('.')}.", *mind, *keys])

    @cached_property
    def frame_schema(self) -> pa.DataFrameSchema:
        """Return the pandera schema that guards hand-overs: columns, primary key, row rules; its checks have the names of `list_checks`."""
        schema = copy.deepcopy(self.columns.to_schema())
        schema.name = self.name
        schema.unique = list(self.primary_key) if len(self.primary_key) > 1 else None
        schema.checks = [*(schema.checks or []), *(_frame_check(rule) for rule in self.row_rules)]
        for name, column in schema.columns.items():
            column.unique = column.unique or self.primary_key == (name,)
            for check in column.checks:
                check.error = field_check(name, check).name
        return schema

    @cached_property
    def sound_schema(self) -> pa.DataFrameSchema:
        """Return the pandera schema that tells in one pass whether `frame_schema` would find anything wrong with values, keys or rows."""
        holds = pl.all_horizontal(self.conditions)
        return pa.DataFrameSchema(checks=pa.Check(lambda data: data.lazyframe.select(holds), name="all_checks_hold"), name=self.name)

    @cached_property
    def conditions(self) -> list[pl.Expr]:
        """Return an expression a check on values, keys or rows, named as the check, that tells whether a frame keeps to it."""
        return name_conditions(list_checks(self), self.dtypes)

    def suspect_schema(self, frame: pl.DataFrame) -> pa.DataFrameSchema:
        """Return `frame_schema` with no more checks on values and rows than a frame may break: all where one cannot be tried."""
        try:
            held = {name for name, holds in frame.select(self.conditions).row(0, named=True).items() if holds}
        except pl.exceptions.PolarsError:
            return self.frame_schema
        schema = copy.copy(self.frame_schema)
        schema.columns = {name: copy.copy(column) for name, column in schema.columns.items()}
        for part in (schema, *schema.columns.values()):
            part.checks = [check for check in part.checks or () if check.error not in held]
        return schema

    @cached_property
    def dtypes(self) -> dict[str, pl.DataType]:
        """Return the polars type of each column, in order."""
        return {name: column.dtype.type for name, column in self.columns.to_schema().columns.items()}

    @property
    def arrow_schema(self) -> pyarrow.Schema:
        """Return the Arrow schema that Parquet files of this table have."""
        return self.empty().to_arrow().schema

    def empty(self) -> pl.DataFrame:
        """Return a frame of this table without rows."""
        return pl.DataFrame(schema=self.dtypes)

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the contract's columns of `frame`, in order; a column that the frame lacks is NULL. Extra columns are left out."""
        missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in self.dtypes.items() if name not in frame.columns]
        return frame.with_columns(missing).select(self.dtypes.keys())


def _frame_check(rule: RowRule) -> pa.Check:
    condition = pl.sql_expr(rule.condition)
    return pa.Check(
        lambda data: data.lazyframe.select(condition.fill_null(value=True)), name=rule.name, error=rule.name, description=rule.description
    )
