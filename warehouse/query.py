"""A published warehouse and one SQL query in; its rows as a table, CSV, JSON or Parquet out.

Nothing can be written or reached: the file is opened read-only, and DuckDB is cut off from files, networks and extensions.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import io
import json
import math
import os
from typing import TYPE_CHECKING, Any, BinaryIO

import duckdb
import polars as pl

from schemas.errors import InputError, StorageError, WarehouseError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    import pyarrow

BATCH_ROWS = 10_000
# A spreadsheet takes a cell that begins with one of these, full-width ones too, for a formula (OWASP, CSV injection).
FORMULA_STARTS = r"^[=+\-@\t\r\n＝＋－＠]"
LOCKED: dict[str, str | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}


@contextlib.contextmanager
def open_warehouse(path: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """Open the published warehouse for reading only; raises `WarehouseError` where there is none or it cannot be read."""
    if not path.exists():
        raise WarehouseError(f"no warehouse at {path}: build one with `yaodian run`")
    try:
        con = duckdb.connect(str(path.resolve()), read_only=True, config=LOCKED)
    except duckdb.Error as error:
        raise WarehouseError(f"cannot open the warehouse {path}: {_first_line(error)}") from None
    try:
        yield con
    finally:
        con.close()


@contextlib.contextmanager
def run_query(path: Path, sql: str) -> Generator[pyarrow.RecordBatchReader]:
    """Run one query on the warehouse at `path` and yield its rows in batches; a wrong query raises `InputError`."""
    with open_warehouse(path) as con:
        try:
            n_statements = len(con.extract_statements(sql))
            if n_statements != 1:
                raise InputError(f"give one query, not {n_statements}")
            relation = con.sql(sql)
            if relation is None:
                raise InputError("give a query that returns rows (SELECT, FROM, DESCRIBE …): the warehouse is read-only")
            yield relation.to_arrow_reader(BATCH_ROWS)
        except duckdb.Error as error:
            raise InputError(f"query failed: {error}".rstrip()) from None


def fetch_rows(con: duckdb.DuckDBPyConnection, sql: str, arguments: list[Any]) -> list[dict[str, Any]]:
    """Run one of our own queries and return its rows by column name."""
    cursor = con.execute(sql, arguments)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def write_rows(reader: pyarrow.RecordBatchReader, out: BinaryIO, form: str) -> None:
    """Write all rows to `out` as `form`: csv (UTF-8, formulas made harmless), json (one array of objects) or parquet."""
    if form == "parquet":
        _write_parquet(reader, out)
    elif form == "csv":
        _write_csv(reader, out)
    else:
        _write_json(reader, out)


def read_texts(reader: pyarrow.RecordBatchReader, n_rows: int) -> tuple[int, list[str], list[list[str]]]:
    """Read the first `n_rows` rows as text, to be shown: how many more there are, the columns' names, the rows (NULL is empty)."""
    rows: list[list[str]] = []
    n_more = 0
    for frame in _frames(reader):
        shown = frame.head(n_rows - len(rows))
        n_more += frame.height - shown.height
        rows += [["" if value is None else str(value) for value in row] for row in shown.iter_rows()]
    return n_more, reader.schema.names, rows


@contextlib.contextmanager
def replace_file(path: Path) -> Generator[BinaryIO]:
    """Yield a file to write that takes the place of `path` once it is whole; an error leaves `path` as it was."""
    if path.is_dir():
        raise StorageError(f"{path} is a folder: name a file to write to")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            yield out
        os.replace(part, path)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)


def escape_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before each text that a spreadsheet would run as a formula (it begins with = + - @, tab or return)."""
    is_formula = pl.col(pl.String).str.contains(FORMULA_STARTS)
    return frame.with_columns(pl.when(is_formula).then(pl.lit("'") + pl.col(pl.String)).otherwise(pl.col(pl.String)).name.keep())


def _write_csv(reader: pyarrow.RecordBatchReader, out: BinaryIO) -> None:
    is_first = True
    for frame in _frames(reader):
        flat = frame.with_columns(_as_json(frame, name) for name, dtype in frame.schema.items() if dtype.is_nested())
        out.write(escape_formulas(flat).write_csv(include_header=is_first).encode())
        is_first = False


def _as_json(frame: pl.DataFrame, name: str) -> pl.Series:
    texts = [None if value is None else json.dumps(value, ensure_ascii=False, default=_plain) for value in frame[name].to_list()]
    return pl.Series(name, texts, dtype=pl.String)


def _write_json(reader: pyarrow.RecordBatchReader, out: BinaryIO) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="\n")
    separator = "[\n"
    for frame in _frames(reader):
        for row in frame.iter_rows(named=True):
            text.write(separator + json.dumps(_finite(row), ensure_ascii=False, default=_plain))
            separator = ",\n"
    text.write("[]\n" if separator == "[\n" else "\n]\n")
    text.flush()
    text.detach()


def _write_parquet(reader: pyarrow.RecordBatchReader, out: BinaryIO) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(out, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


def _frames(reader: pyarrow.RecordBatchReader) -> Iterator[pl.DataFrame]:
    import pyarrow as pa

    is_empty = True
    for batch in reader:
        is_empty = False
        yield _frame(pa.Table.from_batches([batch], reader.schema))
    if is_empty:
        yield _frame(reader.schema.empty_table())


def _frame(table: pyarrow.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def _finite(value: Any) -> Any:
    """Replace NaN and infinities, which JSON does not know, by null."""
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
