"""Reads the published warehouse over and over, as analysts do, until a file says stop: `-m tests.faults.reader DATA_DIR STOP REPORT`.

Three readers in turn: a new connection, a connection that stays open across releases, and the Parquet files.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

STATE = """
    SELECT (SELECT max(run_id) FROM lineage.sources), (SELECT count(DISTINCT run_id) FROM lineage.sources),
        (SELECT count(*) FROM lineage.sources), (SELECT sum(n_lines) FROM lineage.sources)::BIGINT, (SELECT count(*) FROM lineage.lines),
        (SELECT count(*) FROM main.documents), (SELECT count(*) FROM main.paragraphs), (SELECT max(run_id) FROM quality.checks)
"""


def read_state(connection: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    """Return what tells one release from another and a whole one from half of one."""
    [row] = connection.execute(STATE).fetchall()
    return row


def find_fault(state: tuple[Any, ...]) -> str | None:
    """Say what is wrong with a state that is no whole release."""
    run_id, n_runs, _, said, held, n_documents, n_paragraphs, checked = state
    is_whole = n_runs == 1 and said == held and held > 0 and n_documents > 0 and n_paragraphs > 0 and checked == run_id
    return None if is_whole else f"half a release: {state}"


def read_parquet(data: Path) -> str | None:
    """Read two tables of the release that the link shows, and see that they belong together."""
    folder = (data / "parquet").resolve()
    said = pl.read_parquet(folder / "lineage" / "sources", glob=False)["n_lines"].sum()
    held = pl.read_parquet(folder / "lineage" / "lines", glob=False, columns=["line_no"]).height
    return None if said == held else f"half a release in {folder.parent.name}: {said} lines said, {held} held"


def read_on(data: Path, stop: Path) -> dict[str, Any]:
    """Read until told to stop; returns the number of reads, the releases seen and everything that went wrong."""
    warehouse, problems, seen, n_reads = data / "warehouse.duckdb", [], {}, 0
    with duckdb.connect(str(warehouse.resolve()), read_only=True) as stays_open:
        first = read_state(stays_open)
        while not stop.exists():
            try:
                with duckdb.connect(str(warehouse.resolve()), read_only=True) as connection:
                    state = read_state(connection)
                found = [find_fault(state), read_parquet(data)]
                if seen.setdefault(state[0], state) != state:
                    found.append(f"a release changed: {seen[state[0]]} became {state}")
                if read_state(stays_open) != first:
                    found.append("what an open connection sees changed")
            except Exception as error:  # noqa: BLE001  # whatever a reader meets is what this is about
                found = [f"{type(error).__name__}: {error}"]
            problems += [problem for problem in found if problem]
            n_reads += 1
            time.sleep(0.2)
    return {"n_reads": n_reads, "releases": sorted(seen), "problems": problems[:20], "n_problems": len(problems)}


if __name__ == "__main__":
    told = read_on(Path(sys.argv[1]), Path(sys.argv[2]))
    Path(sys.argv[3]).write_text(json.dumps(told), "utf-8")
