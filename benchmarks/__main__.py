"""Corpora of growing size in; what each candidate costs on them, as one table and one plot in `docs/`, out.

`make bench` runs it. The corpora are made by the script beside the project (`../shared/bench/make_corpus.py`), if that is there, and of
`../shared/corpora/bulk.parquet`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.candidates import CANDIDATES, is_installed
from benchmarks.plot import plot_costs

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"
Row = dict[str, Any]
ONE_MORE = "".join(f"第{n}条 渔港第{n}号泊位由渔业主管部门统一管理，每年检查{n}次，任何单位和个人不得占用。\n" for n in range(1, 40))


def make_pages(n_documents: int, folder: Path) -> Path:
    """Make a corpus with planted repeats."""
    script = SHARED / "bench" / "make_corpus.py"
    subprocess.run(
        [sys.executable, str(script), str(folder), "--documents", str(n_documents), "--files"], check=True, stdout=subprocess.DEVNULL
    )
    return folder / "texts"


def write_bulk(folder: Path) -> Path:
    """Write the texts of the real documents as files."""
    folder.mkdir()
    for number, text in enumerate(pl.read_parquet(SHARED / "corpora" / "bulk.parquet", columns=["text"])["text"].drop_nulls()):
        (folder / f"{number:07d}.txt").write_text(text, encoding="utf-8", newline="")
    return folder


def measure(name: str, pages: Path, work: Path) -> Row:
    """Measure a candidate in a process of its own."""
    work.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.candidates", name, str(pages), str(work)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=PROJECT)
    return json.loads(done.stdout.splitlines()[-1])


def measure_corpus(corpus: str, pages: Path, work: Path) -> list[Row]:
    """Measure all candidates on one corpus, then our run again with nothing changed, and again with one page more."""
    sizes: list[int] = [path.stat().st_size for path in pages.rglob("*.txt")]
    facts: Row = {"corpus": corpus, "n_documents": len(sizes), "mb": sum(sizes) / 1e6}
    rows: list[Row] = [facts | {"candidate": name} | measure(name, pages, work / name) for name in CANDIDATES if is_installed(name)]
    again = measure("ours", pages, work / "ours")
    if again["is_unchanged"]:  # else the code was changed in between
        rows.append(facts | {"candidate": "ours, unchanged"} | again)
    (pages / "one_more.txt").write_text(ONE_MORE, encoding="utf-8")
    rows.append(facts | {"candidate": "ours, one page more"} | measure("ours", pages, work / "ours"))
    for row in rows:
        sys.stderr.write(f"{corpus:>8} {row['candidate']:<16}{row['mb'] / row['cpu_seconds']:>8.2f} MB per CPU second\n")
    return rows


def write_page(rows: list[Row], docs: Path) -> None:
    """Write the table and the plot."""
    lines = [
        "# What a run costs",
        "",
        "Written by `make bench`. `floor`: read, decode, split into lines, write Parquet, load into DuckDB, nothing else. ",
        "`near duplicates`: that step alone, on raw texts, next to its peer rensa (where installed; it does not verify what it finds).",
        "",
        "![CPU seconds against megabytes](costs.svg)",
        "",
        "| corpus | documents | MB | candidate | CPU s | wall s | MB per CPU s | MB per wall s | peak MB |",
        "|---|---:|---:|---|---:|---:|---:|---:|---:|",
    ]
    lines += [_describe(row) for row in rows]
    lines += [
        "",
        "| corpus | ms of CPU a document | of the floor | unchanged | one page more | near duplicates, of rensa |",
        "|---|" + "---:|" * 5,
    ]
    lines += [_compare(corpus, rows) for corpus in dict.fromkeys(row["corpus"] for row in rows)]
    largest = max((row for row in rows if row["candidate"] == "ours"), key=lambda row: row["mb"])
    lines += ["", f"CPU seconds of our steps on the largest of them ({largest['mb']:.1f} MB):", "", "| step | CPU s |", "|---|---:|"]
    lines += [f"| {step} | {seconds:.1f} |" for step, seconds in largest["steps"].items() if seconds >= 0.05]
    (docs / "costs.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (docs / "costs.svg").write_text(plot_costs(rows), encoding="utf-8")


def _compare(corpus: str, rows: list[Row]) -> str:
    """Tell the costs on one corpus as shares: of the floor's throughput, of the first run's cost, of the peer's throughput."""
    cpu = {row["candidate"]: row["cpu_seconds"] for row in rows if row["corpus"] == corpus}
    n_documents = next(row["n_documents"] for row in rows if row["corpus"] == corpus)
    shares = [
        f"{cpu[of] / cpu[name]:.2f}" if {name, of} <= cpu.keys() else ""
        for name, of in [
            ("ours", "floor"),
            ("ours", "ours, unchanged"),
            ("ours", "ours, one page more"),
            ("near duplicates", "rensa"),
        ]
    ]
    return f"| {corpus} | {1000 * cpu['ours'] / n_documents:.2f} | {' | '.join(shares)} |"


def _describe(row: Row) -> str:
    of_cpu, of_wall, peak = row["mb"] / row["cpu_seconds"], row["mb"] / row["wall_seconds"], row["peak_mb"]
    cells = [
        row["corpus"],
        row["n_documents"],
        f"{row['mb']:.1f}",
        row["candidate"],
        f"{row['cpu_seconds']:.1f}",
        f"{row['wall_seconds']:.1f}",
    ]
    return f"| {' | '.join(map(str, [*cells, f'{of_cpu:.2f}', f'{of_wall:.2f}', f'{peak:.0f}']))} |"


def main() -> int:
    """Run the benchmark; 2 where there is nothing to measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="*", default=[12_500, 50_000, 200_000], help="sizes of the made corpora")
    parser.add_argument("--no-bulk", action="store_true", help="leave the real documents out")
    parser.add_argument("--docs", type=Path, default=PROJECT / "docs", help="folder to write costs.md and costs.svg to")
    arguments = parser.parse_args()
    if not (SHARED / "bench" / "make_corpus.py").is_file():
        sys.stderr.write(f"nothing to measure: {SHARED} is not there\n")
        return 2
    rows: list[Row] = []
    corpora = [(f"made-{n}", n) for n in arguments.documents] + ([] if arguments.no_bulk else [("bulk", 0)])
    for corpus, n_documents in corpora:
        with tempfile.TemporaryDirectory() as folder:
            pages = make_pages(n_documents, Path(folder) / "made") if n_documents else write_bulk(Path(folder) / "bulk")
            rows += measure_corpus(corpus, pages, Path(folder) / "work")
            write_page(rows, arguments.docs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
