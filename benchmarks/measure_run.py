"""A folder of pages in; seconds, MB/s and peak memory of each step of a direct run out.

`make bench` runs it on the corpus beside the project (`../shared/corpora/bulk.parquet`, column `text`), if that is there.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from flows.build import build
from flows.progress import Progress
from flows.settings import read_settings
from flows.submit import run_in_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpora" / "bulk.parquet"


class Meter(Progress):
    """Progress that prints what each step cost."""

    def __init__(self, n_bytes: int) -> None:
        """Relate all steps to the bytes of the input."""
        super().__init__(is_quiet=True)
        self.n_bytes = n_bytes

    @contextmanager
    def step(self, name: str, n_parts: int = 1) -> Generator[Callable[[], None]]:
        """Time a step and print it."""
        with super().step(name, n_parts) as advance:
            yield advance
        seconds = max(self.elapsed_seconds[name], 1e-6)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        sys.stdout.write(f"{name:<32}{seconds:>9.2f} s {self.n_bytes / 1e6 / seconds:>9.1f} MB/s {peak:>8.0f} MB peak so far\n")
        sys.stdout.flush()


def main() -> int:
    """Run the benchmark; 2 where there is nothing to measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?", default=CORPUS, help="a Parquet file with a column `text`")
    parser.add_argument("--documents", type=int, default=1000, help="how many of its texts to take")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--shard-bytes", type=int)
    arguments = parser.parse_args()
    if not arguments.corpus.is_file():
        sys.stderr.write(f"nothing to measure: {arguments.corpus} is not there\n")
        return 2
    texts = pl.read_parquet(arguments.corpus, columns=["text"])["text"].drop_nulls().sample(arguments.documents, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages"
        pages.mkdir()
        for number, text in enumerate(texts):
            (pages / f"{number:07d}.txt").write_text(text, encoding="utf-8", newline="")
        settings = read_settings((pages,), Path(folder) / "data", arguments.shard_bytes, arguments.workers)
        meter = Meter(int(texts.str.len_bytes().sum()))
        with run_in_threads(settings.workers) as submit:
            summary = build(settings, submit, meter)
        seconds = sum(meter.elapsed_seconds.values())
        sys.stdout.write(f"{'all':<32}{seconds:>9.2f} s {meter.n_bytes / 1e6 / seconds:>9.1f} MB/s, {meter.n_bytes / 1e6:.1f} MB\n")
        sys.stdout.write(f"{summary.run.status}: {summary.run.n_documents} documents, {settings.workers} workers\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
