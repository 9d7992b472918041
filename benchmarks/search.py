"""Questions with the documents that a careful reader would want first, in; how often search finds them, and how fast, out.

`python -m benchmarks.search` builds a warehouse of the real documents beside the project first; with a data folder it asks that one.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import duckdb

from benchmarks.__main__ import SHARED, measure, write_bulk

QUERIES = Path(__file__).resolve().parent / "search_queries.csv"
FIRST = 3
AGREED_HIT_RATE = 0.85


class Answer(NamedTuple):
    """How one question was answered: the rank of the first wanted document (None where it is not shown), and the time it took."""

    query: str
    rank: int | None
    elapsed_seconds: float


def ask_all(warehouse: Path) -> list[Answer]:
    """Ask every question once, on a connection that has been used before."""
    with QUERIES.open(encoding="utf-8", newline="") as file, duckdb.connect(str(warehouse), read_only=True) as con:
        con.execute("FROM search('')").fetchall()
        return [_ask(con, row["query"], row["wanted"].split("|")) for row in csv.DictReader(file)]


def _ask(con: duckdb.DuckDBPyConnection, query: str, wanted: list[str]) -> Answer:
    started = time.perf_counter()
    rows = con.execute("SELECT rank, title FROM search(?)", [query]).fetchall()
    elapsed_seconds = time.perf_counter() - started
    return Answer(query, next((rank for rank, title in rows if title in wanted), None), elapsed_seconds)


def describe(answers: list[Answer]) -> str:
    """Say which questions were not answered at once, the hit rate and the times."""
    missed = [f"{answer.rank or 'not shown':>9}  {answer.query}" for answer in answers if answer.rank is None or answer.rank > FIRST]
    times = sorted(answer.elapsed_seconds for answer in answers)
    return "\n".join(
        [
            *missed,
            f"wanted document in the first {FIRST}: {_hit_rate(answers):.0%} of {len(answers)} questions",
            f"median {statistics.median(times) * 1000:.0f} ms, 95 % within {times[int(0.95 * (len(times) - 1))] * 1000:.0f} ms",
        ]
    )


def _hit_rate(answers: list[Answer]) -> float:
    return sum(answer.rank is not None and answer.rank <= FIRST for answer in answers) / len(answers)


def main() -> int:
    """Ask and print; 1 where too few are found, 2 where there is nothing to ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", type=Path, nargs="?", help="data folder of the real documents (default: build one)")
    data_dir = parser.parse_args().data_dir
    if data_dir is not None:
        answers = ask_all(data_dir / "warehouse.duckdb")
    elif not (SHARED / "corpora" / "bulk.parquet").is_file():
        sys.stderr.write(f"nothing to ask: {SHARED / 'corpora'} is not there\n")
        return 2
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure("ours", write_bulk(Path(folder) / "bulk"), Path(folder) / "work")
            answers = ask_all(Path(folder) / "work" / "data" / "warehouse.duckdb")
    sys.stdout.write(describe(answers) + "\n")
    return int(_hit_rate(answers) < AGREED_HIT_RATE)


if __name__ == "__main__":
    sys.exit(main())
