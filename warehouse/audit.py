"""Audits a DuckDB file with Great Expectations: every check of every contract, as SQL inside DuckDB, one result row a check.

Great Expectations decides; our own query then lists, counts and samples the rows that broke a check (its own lists are cut short).
A check that crashed is not passed and says so in `detail.crash`.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import duckdb

from schemas.checks import HANDED_OVER_NAME, Check, list_checks
from schemas.table import STRETCH
from warehouse.breaches import ROW_KINDS, breach_of_row, find_repeated_key, list_breaches
from warehouse.connect import open_duckdb, sql_name, sql_text
from warehouse.excerpt import excerpt_sources
from warehouse.folder import warehouse_file
from warehouse.load import sql_types
from warehouse.results import SAMPLE_ROWS, CheckResult, Crash, frame_of_results, show_value
from warehouse.sums import compare_with_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.datasource.fluent import SQLDatasource
    from great_expectations.expectations.expectation import Expectation

    from schemas.checks import Kind
    from schemas.table import Contract
    from warehouse.unchanged import Audited

ENGINE = "great_expectations"
STRETCH_BYTES = 64_000_000  # texts put together take some five times that in memory
Verdict = Crash | bool


@dataclass(frozen=True)
class Place:
    """What is known of a DuckDB file that is asked: conditions on `source_id` that cut its sources into stretches of `STRETCH_BYTES`.

    And the folder of the Parquet parts that it was loaded from just now, so that their sums stand for them.
    """

    stretches: tuple[str, ...] = ()
    loaded_from: Path | None = None


def audit_candidate(
    candidate_folder: Path, tables: Iterable[Contract], audited: Audited | None = None, *, reads_parts: bool = False
) -> pl.DataFrame:
    """Run every check of the tables on the DuckDB file of a candidate or release folder.

    Of what was `audited` with the release before, checks that can be told from the rows of one source are not asked again: that these rows
    are still the same is itself a check (`HANDED_OVER_NAME`). Where `reads_parts`, that one reads all Parquet parts, which may have changed
    since the file was loaded from them, and else goes by their sums. Returns one row a check: the columns of `quality.checks` without
    `run_id`. Bad data and checks that crash are rows, never exceptions.
    """
    contracts = tuple(tables)
    verdicts = _ask_great_expectations(candidate_folder, contracts, audited, reads_parts=reads_parts)
    connection = open_duckdb(warehouse_file(candidate_folder), read_only=True)
    try:
        results = [
            _explain(verdicts[check.table, check.name], check, contract, connection, n_rows)
            for contract in contracts
            for n_rows in [_count_rows(connection, contract)]
            for check in audit_checks(contract)
        ]
    finally:
        connection.close()
    return frame_of_results(results)


def audit_checks(contract: Contract) -> tuple[Check, ...]:
    """List what the audit checks of a table: its contract, and that it holds the rows that pandera saw."""
    description = "The table holds exactly the rows of the Parquet parts that were checked at the hand-over"
    return (*list_checks(contract), Check(contract.name, HANDED_OVER_NAME, "handed_over", description))


def _ask_great_expectations(
    candidate_folder: Path, contracts: tuple[Contract, ...], audited: Audited | None, *, reads_parts: bool
) -> dict[tuple[str, str], Verdict]:
    checks = {contract: audit_checks(contract) for contract in contracts}
    loaded_from = None if reads_parts else candidate_folder
    if audited is None:
        return _judge(warehouse_file(candidate_folder), checks, loaded_from)
    of_new = {contract: [check for check in checks[contract] if is_known_but_for_new(check, audited)] for contract in audited.tables}
    of_all = {contract: [check for check in some if not is_known_but_for_new(check, audited)] for contract, some in checks.items()}
    with excerpt_sources(candidate_folder, audited.tables, audited.new_parts) as excerpt:
        return _judge(warehouse_file(candidate_folder), of_all, loaded_from) | _judge(warehouse_file(excerpt), of_new)


def is_known_but_for_new(check: Check, audited: Audited) -> bool:
    """Say whether only new sources can break a check: it passed before, and tells from the rows of one source alone."""
    is_of_one_source = check.kind in ROW_KINDS or (check.kind == "table_rule" and check.value.is_of_one_source)
    return is_of_one_source and (check.table, check.name) in audited.passed


def _judge(path: Path, checks: Mapping[Contract, Sequence[Check]], loaded_from: Path | None = None) -> dict[tuple[str, str], Verdict]:
    place = Place(_cut_sources(path), loaded_from)
    with open_source(path) as source:
        return {
            (contract.name, name): verdict
            for contract, some in checks.items()
            for name, verdict in judge_table(source, contract, some, place).items()
        }


def _cut_sources(path: Path) -> tuple[str, ...]:
    """Return conditions on `source_id` that cut the sources into stretches of `STRETCH_BYTES`; none where there are no sources to cut."""
    connection = open_duckdb(path, read_only=True)
    try:
        rows = connection.execute(f"""
            SELECT min(source_id), max(source_id)
            FROM (SELECT source_id, sum(n_bytes) OVER (ORDER BY source_id) // {STRETCH_BYTES} AS stretch FROM lineage.sources)
            GROUP BY stretch
            ORDER BY stretch
        """).fetchall()
    except duckdb.Error:
        return ()
    finally:
        connection.close()
    return tuple(f"source_id BETWEEN {sql_text(first)} AND {sql_text(last)}" for first, last in rows)


@contextmanager
def open_source(path: Path) -> Generator[SQLDatasource]:
    """Let Great Expectations open a DuckDB file: in memory, without telemetry, network, progress bars or chatter."""
    gx = import_great_expectations()
    from warehouse.dialect import URL, register_dialect

    register_dialect()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    options: dict[str, Any] = {"kwargs": {"connect_args": {"database": str(path)}}, "create_temp_table": False}
    source = context.data_sources.add_sql(str(path), connection_string=URL, **options)
    try:
        yield source
    finally:
        for engine in (source.get_engine(), source.get_execution_engine().engine):
            engine.dispose()


class _LateModule(ModuleType):
    """A module that is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        """Import the module, and return what it has by this name."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


def import_great_expectations() -> ModuleType:
    """Import Great Expectations, without telemetry and chatter.

    Python looks for garbage again and again among all that this import makes, and finds none: without that it takes a fifth less.
    What it imports for expectations that no contract asks for takes two fifths: it is put off until one does. Its client of object stores,
    a fifth where it is installed, is hidden from it: nothing is read from there. Nor are files by pandas: of the models that it makes for
    these at each import, a sixth, it knows how to do without.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    no_models = ModuleType("great_expectations.datasource.fluent.dynamic_pandas")
    vars(no_models)["_generate_pandas_data_asset_models"] = lambda *_, **__: {}
    withheld: dict[str, Any] = {name: _LateModule(name) for name in ("scipy.stats", "altair")} | dict.fromkeys(("boto3", "botocore"))
    withheld[no_models.__name__] = no_models
    withheld = {name: module for name, module in withheld.items() if name not in sys.modules}
    sys.modules.update(withheld)
    gc.disable()
    try:
        import great_expectations as gx
    finally:
        gc.enable()
        for name in withheld:
            sys.modules.pop(name, None)
    return gx


def judge_table(source: SQLDatasource, contract: Contract, checks: Sequence[Check], place: Place = Place()) -> dict[str, Verdict]:
    """Have Great Expectations decide about checks of one table; by name, whether each passed, or why it crashed.

    A check that can be asked about some sources at a time is asked about each stretch of the `place`.
    """
    import great_expectations as gx

    try:
        asset = source.add_table_asset(contract.name, table_name=contract.table, schema_name=contract.schema)
        batch = asset.get_batch(asset.build_batch_request())
        suite = gx.ExpectationSuite(
            name=contract.name, expectations=[one for check in checks for one in expectations(check, contract, place)]
        )
        validation = batch.validate(suite, result_format="BOOLEAN_ONLY")
    except Exception as error:  # noqa: BLE001  # whatever stops the engine is a crash of its checks, never a crash of the audit
        return {check.name: Crash(f"{type(error).__name__}: {error}") for check in checks}
    configured = [(result.expectation_config, result) for result in validation.results]
    found = [(config.meta["check"], _verdict(result)) for config, result in configured if config and config.meta]
    return {check.name: _sum_verdicts([verdict for name, verdict in found if name == check.name]) for check in checks}


def _sum_verdicts(verdicts: list[Verdict]) -> Verdict:
    """Return the worst of the verdicts on the stretches that a check was asked about."""
    crashes = [verdict for verdict in verdicts if isinstance(verdict, Crash)]
    return crashes[0] if crashes else all(verdicts) if verdicts else Crash("Great Expectations gave no verdict")


def expectations(check: Check, contract: Contract, place: Place) -> Iterator[Expectation]:
    """Yield what stands for a check: one expectation, or one a stretch."""
    if check.kind == "table_rule" and STRETCH in check.value.breaches:
        for stretch in place.stretches or ("TRUE",):
            yield _no_rows(check.value.breaches.replace(STRETCH, stretch), {"check": check.name})
    else:
        yield expectation(check, contract, place)


def expectation(check: Check, contract: Contract, place: Place) -> Expectation:
    """Return the expectation that stands for a check; what Great Expectations has no word for is a query that must find no row."""
    import great_expectations.expectations as gxe

    from warehouse.expectations import ExpectColumnOfType, ExpectNoRowWhere

    meta = {"check": check.name}
    if check.kind in ROW_KINDS:
        return ExpectNoRowWhere(breach=breach_of_row(check), meta=meta)
    column = check.column or ""
    native: dict[Kind, Callable[..., Expectation]] = {
        "columns": partial(gxe.ExpectTableColumnsToMatchOrderedList, column_list=list(contract.dtypes)),
        "type": lambda meta: ExpectColumnOfType(column=column, type_=sql_types(contract)[column], meta=meta),
        "not_empty": partial(gxe.ExpectTableRowCountToBeBetween, min_value=1),
    }
    if check.kind in native:
        return native[check.kind](meta=meta)
    queries: dict[Kind, Callable[[], str]] = {
        "handed_over": lambda: compare_with_parts(contract, place.loaded_from),
        "unique": lambda: find_repeated_key(check, contract),
    }
    return _no_rows(queries[check.kind]() if check.kind in queries else list_breaches(check, contract), meta)


def _no_rows(query: str, meta: dict[str, Any]) -> Expectation:
    from warehouse.expectations import ExpectNoRows

    return ExpectNoRows(query=query, meta=meta)


def _verdict(result: ExpectationValidationResult) -> Verdict:
    raised = result.exception_info or {}
    exceptions = [raised] if "raised_exception" in raised else list(raised.values())
    messages = [str(one.get("exception_message")) for one in exceptions if one.get("raised_exception")]
    return Crash("; ".join(messages)) if messages else bool(result.success)


def _count_rows(connection: duckdb.DuckDBPyConnection, contract: Contract) -> int:
    try:
        return connection.execute(f"SELECT count(*) FROM {sql_name(contract.name)}").fetchall()[0][0]
    except duckdb.Error:
        return 0


def _explain(verdict: Verdict, check: Check, contract: Contract, connection: duckdb.DuckDBPyConnection, n_rows: int) -> CheckResult:
    if verdict is True:
        return CheckResult(ENGINE, check, n_rows, 0)
    query = list_breaches(check, contract)
    if isinstance(verdict, Crash):
        return CheckResult(ENGINE, check, n_rows, 0, query=query, crash=verdict)
    try:
        n_failed = connection.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0]
        cursor = connection.execute(f"SELECT * FROM ({query}) ORDER BY ALL LIMIT {SAMPLE_ROWS}")
        names = [column[0] for column in cursor.description or ()]
        sample = [{name: show_value(value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()]
    except duckdb.Error as error:
        return CheckResult(ENGINE, check, n_rows, 0, query=query, problem=f"the rows that broke it cannot be listed: {error}")
    problem = None if n_failed else "Great Expectations failed it, but no row is found to break it"
    return CheckResult(ENGINE, check, n_rows, n_failed, sample=sample, query=query, problem=problem)
