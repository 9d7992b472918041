"""What is measured: one way each to go through a folder of pages. Each is run in a process of its own, so that costs do not mix.

`python -m benchmarks.candidates NAME PAGES WORK` prints one JSON object: CPU and wall seconds, peak memory, and what it found.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import resource
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

GRAM = 5
PERMUTATIONS = 128
THRESHOLD = 0.7


def run_ours(pages: Path, work: Path) -> dict[str, Any]:
    """Run the whole flow: all tables, all checks."""
    from flows.build import build
    from flows.progress import Progress
    from flows.settings import read_settings
    from flows.submit import run_in_threads
    from flows.summary import name_failures

    class Meter(Progress):
        def __init__(self) -> None:
            super().__init__(is_quiet=True)
            self.cpu_seconds: dict[str, float] = {}

        @contextmanager
        def step(self, name: str, n_parts: int = 1) -> Generator[Callable[[], None]]:
            started = time.process_time()
            with super().step(name, n_parts) as advance:
                yield advance
            self.cpu_seconds[name] = self.cpu_seconds.get(name, 0.0) + time.process_time() - started

    settings, meter = read_settings((pages,), work / "data"), Meter()
    with run_in_threads(settings.workers) as submit:
        summary = build(settings, submit, meter)
    if summary.run.status != "published":
        raise RuntimeError(f"a rejected run costs less than one to be measured: {name_failures(summary.checks)}")
    found = {"status": summary.run.status, "is_unchanged": summary.is_unchanged, "n_documents": summary.run.n_documents}
    return found | {"steps": meter.cpu_seconds}


def run_floor(pages: Path, work: Path) -> dict[str, Any]:
    """Read, decode, split into lines, write Parquet, load into DuckDB: nothing else."""
    import duckdb
    import polars as pl

    paths = sorted(pages.rglob("*.txt"))
    for number in range(0, len(paths), 5000):
        part = paths[number : number + 5000]
        sources = pl.DataFrame({"source_id": [path.name for path in part], "raw": [path.read_bytes() for path in part]})
        lines = sources.select("source_id", text=pl.col("raw").cast(pl.String).str.split("\n")).explode("text")
        lines.write_parquet(work / f"{number:07d}.parquet")
    with duckdb.connect(str(work / "floor.duckdb")) as connection:
        connection.execute(f"CREATE TABLE lines AS SELECT * FROM read_parquet('{work}/*.parquet')")
        rows = connection.execute("SELECT count(*) FROM lines").fetchall()
    return {"n_lines": rows[0][0]}


def run_near_duplicates(pages: Path, _work: Path) -> dict[str, Any]:
    """Find near-duplicates our way, on the raw texts: sketch, candidates, verification on the full text."""
    import polars as pl

    from transforms.duplicates import (
        choose_canonical,
        cut_pairs,
        find_candidates,
        judge_pairs,
        measure_overlap,
        name_pairs,
        pool_sketches,
        read_letters,
        sketch_documents,
    )

    names, contents = read_pages(pages)
    documents = pl.DataFrame({"document_id": names, "source_id": names, "text": pl.Series(contents, dtype=pl.Binary).cast(pl.String)})
    del contents
    nulls = {"title": pl.String, "document_number": pl.String, "region_code": pl.String, "issued_on": pl.Date, "published_on": pl.Date}
    described = documents.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in nulls.items())
    spans = pl.DataFrame({"document_id": names}).with_columns(first_line=pl.lit(1, pl.Int32), last_line=pl.lit(1, pl.Int32))
    lines = pl.DataFrame(schema={"document_id": pl.String, "text": pl.String, "role": pl.String})
    sketches = pool_sketches([sketch_documents(described[a : a + 5000], spans[a : a + 5000], lines) for a in range(0, len(names), 5000)])
    relations = []
    for pairs in cut_pairs(name_pairs(find_candidates(sketches), sketches.documents), 20_000_000):
        wanted = pl.concat([pairs["better_id"], pairs["worse_id"]]).unique()
        letters = read_letters(documents.select("document_id", "text"), wanted)
        relations.append(judge_pairs(measure_overlap(pairs, [letters]), sketches.documents))
    choice = choose_canonical(sketches.documents, pl.concat(relations)) if relations else pl.DataFrame()
    return {"n_folded": choice.filter(~pl.col("is_canonical")).height if relations else 0}


def run_rensa(pages: Path, _work: Path) -> dict[str, Any]:
    """Find near-duplicates with rensa: MinHash of character 5-grams, 128 permutations, candidates by LSH, no verification."""
    rensa: Any = importlib.import_module("rensa")
    _, contents = read_pages(pages)
    index, folded = rensa.RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=16), 0
    for number, content in enumerate(contents):
        letters = "".join(content.decode("utf-8").split())
        sketch = rensa.RMinHash(num_perm=PERMUTATIONS, seed=42)
        sketch.update([letters[i : i + GRAM] for i in range(max(1, len(letters) - GRAM + 1))])
        folded += bool(index.query(sketch))
        index.insert(number, sketch)
    return {"n_folded": folded}


def read_pages(pages: Path) -> tuple[list[str], list[bytes]]:
    """Read the pages of a folder, by name: their bytes."""
    paths = sorted(os.path.join(folder, name) for folder, _, names in os.walk(pages) for name in names if name.endswith(".txt"))
    contents = []
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            contents.append(file.read())
    return [path.rpartition("/")[2].removesuffix(".txt") for path in paths], contents


def is_installed(name: str) -> bool:
    """Tell whether a candidate can be measured: rensa is no dependency of this project."""
    return name != "rensa" or importlib.util.find_spec("rensa") is not None


CANDIDATES = {"ours": run_ours, "floor": run_floor, "near duplicates": run_near_duplicates, "rensa": run_rensa}


def main() -> None:
    """Measure one candidate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=CANDIDATES)
    parser.add_argument("pages", type=Path)
    parser.add_argument("work", type=Path)
    arguments = parser.parse_args()
    started = time.perf_counter()
    found = CANDIDATES[arguments.name](arguments.pages, arguments.work)
    used = resource.getrusage(resource.RUSAGE_SELF)
    costs = {"cpu_seconds": used.ru_utime + used.ru_stime, "wall_seconds": time.perf_counter() - started, "peak_mb": used.ru_maxrss / 1000}
    sys.stdout.write(json.dumps(costs | found) + "\n")


if __name__ == "__main__":
    main()
