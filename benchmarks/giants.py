"""The largest and nastiest inputs, one at a time, through a run of its own: what became of each, in what time and memory.

`make giants` writes the table to `docs/giants.md`. Each is either in the warehouse with a ledger of all its bytes, or in quarantine with
the reason; a source that is half there makes the command fail.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import duckdb
import polars as pl

from benchmarks.__main__ import PROJECT
from transforms.lines import MAX_LINE_CHARS
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE = PROJECT / "docs" / "giants.md"
BLOCK = 1_000_000
BAIT_LINE_CHARS = MAX_LINE_CHARS // 3
TITLE = "辽宁省科学技术厅关于印发2020年工作要点的通知"
SENTENCE = "加强统筹协调,新增企业100家,增长10%以上,由省科技厅、省财政厅负责,落实《创新条例》。"
LEVELS = ("第{}章 总则", "一、工作{}", "(一)工作{}", "{}.工作", "({})工作")
BAIT = ("bet365", "2020年3月6日", "省科技厅、", "《规定》", "1.", "(牵头单位:省科技厅)", "首页 > ", "“", "(", "*", "第一,", "一十百千万亿")


class Cost(NamedTuple):
    """What a run over one giant came to."""

    fate: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int


def write_one_line(path: Path, n_bytes: int) -> None:
    """Write a page that goes on in one line without end."""
    _write(path, SENTENCE, n_bytes)


def write_one_line_of_utf16(path: Path, n_bytes: int) -> None:
    """Write the same in UTF-16, where bytes of line feeds stand in other characters too."""
    path.write_bytes(f"\ufeff{TITLE}\n{'上' * (n_bytes // 2)}".encode("utf-16-le"))


def write_lines(path: Path, n_bytes: int) -> None:
    """Write sentences, one a line, no two alike."""
    n_lines = n_bytes // (len(SENTENCE.encode()) + 8)
    path.write_text(f"{TITLE}\n" + "".join(f"{n}.{SENTENCE}\n" for n in range(n_lines)), "utf-8")


def write_lines_of_gb18030(path: Path, n_bytes: int) -> None:
    """Write sentences in GB18030: in UTF-8, which they are kept in, they are half as long again."""
    _write(path, f"{SENTENCE}\n", n_bytes, "gb18030")


def write_random_bytes(path: Path, n_bytes: int) -> None:
    """Write what is no text."""
    path.write_bytes(random.Random(1).randbytes(n_bytes))  # noqa: S311  # the same bytes each time


def write_tags(path: Path, n_bytes: int) -> None:
    """Write a page of line breaks."""
    path.with_name("giant.html").write_text("<html><body>" + "字<br>" * (n_bytes // 7), "utf-8")


def write_field_of_json(path: Path, n_bytes: int) -> None:
    """Write two records, the first with a long text."""
    content = json.dumps({"id": "long", "text": f"{SENTENCE}\n" * (n_bytes // len(SENTENCE.encode()))}, ensure_ascii=False)
    path.with_name("giant.jsonl").write_text(f'{content}\n{{"id": "short", "text": "{SENTENCE}"}}\n', "utf-8")


def write_cell_of_csv(path: Path, n_bytes: int) -> None:
    """Write the same as CSV."""
    content = f"{SENTENCE}\n" * (n_bytes // len(SENTENCE.encode()))
    path.with_name("giant.csv").write_text(f'id,text\nshort,"{SENTENCE}"\nlong,"{content}"\n', "utf-8")


def write_cell_of_parquet(path: Path, n_bytes: int) -> None:
    """Write the same as Parquet."""
    texts = [f"{SENTENCE}\n" * (n_bytes // len(SENTENCE.encode())), SENTENCE]
    pl.DataFrame({"id": ["long", "short"], "text": texts}).write_parquet(path.with_name("giant.parquet"))


def write_empty_lines(path: Path, n_lines: int) -> None:
    """Write a title and nothing but line feeds after it."""
    path.write_bytes(f"{TITLE}\n正文。".encode() + b"\n" * n_lines)


def write_headings(path: Path, n_headings: int) -> None:
    """Write headings under headings."""
    lines = (LEVELS[i % len(LEVELS)].format(i) for i in range(n_headings))
    path.write_text(f"{TITLE}\n" + "\n".join(lines) + "\n", "utf-8")


def write_short_lines(path: Path, n_lines: int) -> None:
    """Write lines of one character."""
    path.write_bytes("字\n".encode() * n_lines)


def write_bait(path: Path, n_bytes: int) -> None:
    """Write what keeps regular expressions busy, in lines a third as long as may be, no two alike, as many of each piece."""
    lines = [f"{piece * (BAIT_LINE_CHARS // len(piece))}\n" for piece in BAIT]
    n_times = -(-n_bytes // len("".join(lines).encode()))
    path.write_text(f"{TITLE}\n" + "".join(f"{n}.{line}" for n, line in enumerate(lines * n_times, 1)), "utf-8")


def write_gzip_bomb(path: Path, n_bytes: int) -> None:
    """Write a small file out of which much comes."""
    with gzip.open(path.with_name("giant.txt.gz"), "wb", compresslevel=9) as file:
        for _ in range(n_bytes // BLOCK):
            file.write(b"a" * BLOCK)


def write_zstd_bomb(path: Path, n_bytes: int) -> None:
    """Write the same, packed by Zstandard."""
    import pyarrow as pa

    with pa.CompressedOutputStream(str(path.with_name("giant.txt.zst")), "zstd") as file:
        for _ in range(n_bytes // BLOCK):
            file.write(b"a" * BLOCK)


GIANTS: dict[str, tuple[Callable[[Path, int], None], int]] = {
    "200 MB of sentences on one line": (write_one_line, 200_000_000),
    "33 MB of sentences on one line": (write_one_line, 33_000_000),
    "33 MB of one word in UTF-16": (write_one_line_of_utf16, 33_000_000),
    "33 MB of lines": (write_lines, 33_000_000),
    "33 MB of lines in GB18030": (write_lines_of_gb18030, 33_000_000),
    "33 MB of random bytes": (write_random_bytes, 33_000_000),
    "33 MB of tags": (write_tags, 33_000_000),
    "JSON lines: a field of 200 MB": (write_field_of_json, 200_000_000),
    "CSV: a cell of 200 MB": (write_cell_of_csv, 200_000_000),
    "Parquet: a cell of 200 MB": (write_cell_of_parquet, 200_000_000),
    "a million empty lines": (write_empty_lines, 1_000_000),
    "a million lines of one character": (write_short_lines, 1_000_000),
    "two million lines of one character": (write_short_lines, 2_000_000),
    "100,000 headings, nested": (write_headings, 100_000),
    "20 MB of bait for patterns": (write_bait, 20_000_000),
    "10 MB of bait for patterns": (write_bait, 10_000_000),
    "gzip: 10 GB out of 10 MB": (write_gzip_bomb, 10_000_000_000),
    "Zstandard: 10 GB out of 1 MB": (write_zstd_bomb, 10_000_000_000),
}


def measure(name: str, folder: Path) -> Cost:
    """Run over one giant, beside a page of every day."""
    inputs, data = folder / "in", folder / "data"
    inputs.mkdir()
    (inputs / "page.txt").write_text(f"{TITLE}\n各市科技局:\n一、工作\n1.{SENTENCE}\n", "utf-8")
    write, size = GIANTS[name]
    writer = get_context("spawn").Process(target=write, args=(inputs / "giant.txt", size))  # its memory is not the run's
    writer.start()
    writer.join()
    command = [sys.executable, "-m", "flows.cli", "run", str(inputs), "--direct", "--data-dir", str(data)]
    started = time.monotonic()
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ, "PYTHONPATH": str(PROJECT)}, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    fate = tell_fate(data) if status == 0 else f"FAILED with {os.waitstatus_to_exitcode(status)}: {_last_line(folder / 'said')}"
    return Cost(fate, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def tell_fate(data: Path) -> str:
    """Say whether the giant's ledger has all its bytes, or why it was refused."""
    with duckdb.connect(str(DataFolder(data).warehouse.resolve()), read_only=True) as con:
        refused = con.execute("SELECT reason FROM quality.quarantine WHERE starts_with(source_id, 'giant')").fetchall()
        loaded = con.execute(
            "SELECT n_bytes = sum(strlen(raw_text) + strlen(line_ending)), n_lines FROM lineage.sources"
            " JOIN lineage.lines USING (source_id) WHERE starts_with(source_id, 'giant') GROUP BY source_id, n_bytes, n_lines"
        ).fetchall()
    if refused:
        return f"quarantine: {refused[0][0]}"
    return f"loaded, exact ({loaded[0][1]:,} lines)" if loaded and loaded[0][0] else "FAILED: not all bytes are in the ledger"


def describe(costs: dict[str, Cost]) -> Iterator[str]:
    """Write the page."""
    yield from ("# Giant inputs", "", "Written by `make giants`; do not edit. A run each, with a page of every day beside the giant.", "")
    yield from ("| input | what became of it | CPU seconds | peak memory |", "|---|---|---:|---:|")
    for name, cost in costs.items():
        yield f"| {name} | {cost.fate} | {cost.cpu_seconds:.0f} | {cost.peak_bytes / 1e6:,.0f} MB |"
    yield ""
    yield "Twice the bait takes no more than twice the CPU seconds: patterns run in linear time, and so do all rules that use them."


def main() -> int:
    """Measure the giants and write the page; 1 where one is neither whole in the warehouse nor refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="measure those whose name holds this, and write no page")
    only = parser.parse_args().only
    costs: dict[str, Cost] = {}
    for name in GIANTS:
        if only is None or only in name:
            with tempfile.TemporaryDirectory() as folder:
                costs[name] = measure(name, Path(folder))
            sys.stderr.write(f"{name}: {costs[name]}\n")
    if only is None:
        PAGE.write_text("\n".join(describe(costs)) + "\n", encoding="utf-8")
    return int(any(cost.fate.startswith("FAILED") for cost in costs.values()))


def _write(path: Path, piece: str, n_bytes: int, encoding: str = "utf-8") -> None:
    block = (piece * (BLOCK // len(piece.encode(encoding)))).encode(encoding)
    with path.open("wb") as file:
        file.write(f"{TITLE}\n".encode(encoding))
        for _ in range(n_bytes // len(block)):
            file.write(block)


def _last_line(path: Path) -> str:
    return path.read_text("utf-8", errors="replace").strip().rpartition("\n")[2][:200]


if __name__ == "__main__":
    sys.exit(main())
