"""Reads the hand-kept tables of `seeds/reference`, each checked against its contract; a bad one stops the run before it starts."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import polars as pl

from schemas.errors import ReferenceTableError
from schemas.reference import REFERENCE_TABLES, ReferenceTable
from warehouse.handover import check_frame


@dataclass(frozen=True)
class Reference(Mapping[str, pl.DataFrame]):
    """The hand-kept tables by name (the file's name without `.csv`)."""

    tables: dict[str, pl.DataFrame]

    def __getitem__(self, name: str) -> pl.DataFrame:
        """Return one table."""
        return self.tables[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self.tables)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self.tables)


def read_reference(folder: Path | None = None) -> Reference:
    """Read every CSV file of a folder (default: the tables that come with the program), columns in the order of their contract.

    Raises ReferenceTableError naming file, row and remedy: a contract without its file, a wrong column, a value that breaks a check,
    two rules of one name, a pattern that is no regular expression. A file without a contract is read as it stands, so that new rules can be
    tried out; the project's tests do not let it stay so.
    """
    if folder is None:
        folder = Path(str(resources.files("seeds").joinpath("reference")))
    found = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    if missing := sorted(REFERENCE_TABLES.keys() - found.keys()):
        raise ReferenceTableError(f"{folder / missing[0]}.csv is missing: put it back, the program cannot do without")
    return Reference({name: read_table(path, REFERENCE_TABLES.get(name)) for name, path in found.items()})


def read_table(path: Path, table: ReferenceTable | None) -> pl.DataFrame:
    """Read and check one hand-kept table; raises ReferenceTableError. Row numbers in messages count rules, the header aside."""
    _see_fields_fit(path)
    try:
        as_text = pl.read_csv(path, infer_schema=table is None, glob=False)
    except pl.exceptions.PolarsError as error:
        raise ReferenceTableError(f"{path}: this is no CSV file with a header ({_one_line(error)}): save it as one") from error
    if table is None:
        return as_text
    contract = table.contract
    if wrong := sorted(set(as_text.columns) ^ set(contract.dtypes)):
        raise ReferenceTableError(f"{path}: column {wrong[0]} is missing or unknown: the columns are {', '.join(contract.dtypes)}")
    frame = as_text.select(_read_column(path, as_text[name], dtype) for name, dtype in contract.dtypes.items())
    _see_checks_pass(path, frame, table)
    for name in table.patterns:
        _see_patterns_compile(path, frame[name])
    return frame


def _see_fields_fit(path: Path) -> None:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file, strict=True)
    except (OSError, ValueError, csv.Error) as error:
        raise ReferenceTableError(f"{path}: this is no CSV file in UTF-8 with a header ({_one_line(error)}): save it as one") from error
    for number, fields in enumerate(rows, start=1):
        if fields and len(fields) != len(header):
            where = f"{path}, row {number} ({fields[0]})"
            raise ReferenceTableError(
                f"{where}: {len(fields)} fields for {len(header)} columns: put values with a comma in quotation marks"
            )


def _read_column(path: Path, column: pl.Series, dtype: pl.DataType) -> pl.Series:
    values = column.cast(dtype, strict=False)
    if (is_wrong := values.is_null() & column.is_not_null()).any():
        row = is_wrong.arg_true()[0]
        raise ReferenceTableError(f"{path}, row {row + 1}: {column.name} is {column[row]!r}, which is not of type {dtype}: correct it")
    return values


def _see_checks_pass(path: Path, frame: pl.DataFrame, table: ReferenceTable) -> None:
    if frame.is_empty():
        raise ReferenceTableError(f"{path}: the table has no row: put its rules back")
    failed = check_frame(table.contract, frame).filter(~pl.col("passed"))
    if failed.is_empty():
        return
    first = failed.row(0, named=True)
    detail = json.loads(first["detail"])
    rows = detail.get("sample") or [{}]
    key = {name: rows[0].get(name) for name in table.contract.primary_key}
    column = first["column_name"]
    found = f": {column} is {rows[0].get(column)!r}" if column else ""
    row = _find_row(frame, key)
    raise ReferenceTableError(f"{path}, row {row} ({', '.join(map(str, key.values()))}){found}, but {detail['description']}: correct it")


def _find_row(frame: pl.DataFrame, key: dict[str, object]) -> str:
    is_meant = pl.all_horizontal(pl.col(name).eq_missing(pl.lit(value)) for name, value in key.items())
    return " and ".join(str(row + 1) for row in frame.select(is_meant.arg_true().head(2)).to_series())


def _see_patterns_compile(path: Path, column: pl.Series) -> None:
    for row, pattern in enumerate(column, start=1):
        try:
            pl.Series([""]).str.contains(pattern or "")
        except pl.exceptions.PolarsError as error:
            message = f"{path}, row {row}: {column.name} is no regular expression of Rust's ({_one_line(error)}): correct it"
            raise ReferenceTableError(message) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
