"""Sums of rows: how many there are, and the sum and XOR of DuckDB's hashes of them, the same in any order.

They are taken of a frame as pandera saw it and go with the Parquet part that it is written to, so that the audit can compare a table with
what was handed over without reading all parts again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from warehouse.connect import open_memory, sql_name
from warehouse.folder import table_parts
from warehouse.load import cast_rows, read_parts

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.table import Contract

KEY = "row_sums"


def sum_frame(contract: Contract, frame: pl.DataFrame) -> dict[str, str]:
    """Return the sums of a frame's rows as metadata for its Parquet part; nothing where they are no rows of the table.

    Another version of DuckDB may hash in another way, so the version goes with them.
    """
    connection = open_memory().cursor()
    try:
        connection.register("frame", frame.to_arrow(compat_level=pl.CompatLevel.newest()))
        [sums] = connection.execute(_sum_rows(contract, f"({cast_rows(contract, 'frame')})")).fetchall()
    except duckdb.Error:
        return {}
    finally:
        connection.close()
    return {KEY: json.dumps([duckdb.__version__, *sums])}


def compare_with_parts(contract: Contract, folder: Path | None = None) -> str:
    """Return a query with a row if a table does not hold the rows of its Parquet parts; in any order.

    With `folder`, that of a candidate just loaded, parts are not read whose rows were summed at the hand-over.
    """
    parts = sorted(table_parts(folder, contract.name).glob("*.parquet")) if folder else []
    known = {part: sums for part in parts if (sums := _read_sums(part))}
    unread = [str(part.relative_to(folder)) for part in parts if folder and part not in known]
    handed_over = [f"SELECT {n}::BIGINT, {_or_null(total)}::HUGEINT, {_or_null(xor)}::UBIGINT" for n, total, xor in known.values()]
    if unread or not parts:
        handed_over.append(_sum_rows(contract, f"({read_parts(contract, unread)})"))
    return f"""
        SELECT loaded.n_rows AS n_in_table, handed_over.n_rows AS n_in_parts
        FROM ({_sum_rows(contract, sql_name(contract.name))}) AS loaded, (
            SELECT sum(n_rows)::BIGINT AS n_rows, sum(sum_of_hashes)::HUGEINT AS sum_of_hashes, bit_xor(xor_of_hashes) AS xor_of_hashes
            FROM ({" UNION ALL ".join(handed_over)}) AS part (n_rows, sum_of_hashes, xor_of_hashes)
        ) AS handed_over
        WHERE loaded IS DISTINCT FROM handed_over
    """


def _sum_rows(contract: Contract, rows: str) -> str:
    hashed = f"hash({', '.join(sql_name(name) for name in contract.dtypes)})"
    return f"SELECT count(*) AS n_rows, sum({hashed}) AS sum_of_hashes, bit_xor({hashed}) AS xor_of_hashes FROM {rows}"


def _read_sums(part: Path) -> tuple[int, int | None, int | None] | None:
    """Return the sums that go with a part; None where there are none of this version."""
    try:
        version, *sums = json.loads(pl.read_parquet_metadata(part)[KEY])
        n_rows, total, xor = (None if number is None else int(number) for number in sums)
    except (OSError, KeyError, ValueError, TypeError, pl.exceptions.PolarsError):
        return None
    return (n_rows, total, xor) if version == duckdb.__version__ and n_rows is not None else None


def _or_null(number: int | None) -> str:
    return "NULL" if number is None else str(number)
