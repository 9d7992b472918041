"""Copies of pages among the inputs: folded across shards, counted once, cited by their canonical document, whatever the shards."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest

import flows.build
from flows.settings import SEED_TEXTS
from tests.flows.test_build import assert_same_tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

    from flows.build import RunSummary

PASSAGE = "县级以上人民政府应当建立科技创新联席会议制度,统筹协调本行政区域内的科技创新工作,定期研究解决重大问题"
PLAN = "关于推进数字乡村建设的实施意见\n各乡镇人民政府:\n{}。\n一、加强领导\n各乡镇要明确分管领导和责任人员,确保各项任务落到实处。\n"
CITING = "关于开展督查的通知\n各有关单位:\n根据《关于推进数字乡村建设的实施意见》,现就督查工作通知如下。\n一、督查内容\n{}。\n"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(SEED_TEXTS, tmp_path_factory.mktemp("copies") / "pages")
    [first, second, *_] = sorted(folder.glob("*.txt"))
    shutil.copy(first, folder / "copy.txt")
    (folder / "near.txt").write_bytes(second.read_bytes() + "\n分享到微信\n".encode())
    for name in ("plan.txt", "web/plan-again.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(PLAN.format(PASSAGE), encoding="utf-8")
    (folder / "citing.txt").write_text(CITING.format(PASSAGE), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def copies_run(pages: Path, run_direct: Callable[..., RunSummary], tmp_path_factory: pytest.TempPathFactory) -> RunSummary:
    return run_direct([pages], tmp_path_factory.mktemp("copies_run"), shard_bytes=20_000)


def ask(summary: RunSummary, sql: str) -> list[tuple]:
    with duckdb.connect(str(summary.folder.warehouse.resolve()), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_copies_are_folded_and_described(copies_run: RunSummary) -> None:
    assert copies_run.run.status == "published"
    copies = ask(copies_run, "SELECT kind, count(*) FROM lineage.duplicates WHERE kind <> 'within_source' GROUP BY ALL ORDER BY kind")
    assert copies == [("exact_document", 1), ("exact_source", 2)]
    assert ask(copies_run, "SELECT count(*), count(*) FILTER (is_canonical) FROM main.documents") == [(10, 7)]


def test_citations_link_to_the_canonical_document(copies_run: RunSummary) -> None:
    linked = ask(
        copies_run,
        "SELECT d.is_canonical, d.source_id IN ('plan.txt', 'web/plan-again.txt') FROM main.citations c "
        "JOIN main.documents d ON d.document_id = c.cited_document_id JOIN main.documents f ON f.document_id = c.document_id "
        "WHERE f.source_id = 'citing.txt'",
    )
    assert linked == [(True, True)]


def test_a_passage_of_two_documents_is_listed_with_its_places(copies_run: RunSummary) -> None:
    found = ask(
        copies_run,
        "SELECT r.n_documents, d.source_id = 'citing.txt' AS is_citing FROM main.reuse r JOIN main.reuse_occurrences USING (reuse_id) "
        f"JOIN main.documents d USING (document_id) WHERE r.text LIKE '%{PASSAGE}%' ORDER BY is_citing",
    )
    assert found == [(2, False), (2, True)]


@pytest.mark.parametrize(("shard_bytes", "workers"), [(10**9, 1), (60_000, 2)])
def test_shards_and_workers_change_no_relation(  # noqa: PLR0917  fixtures and parameters come by name
    pages: Path, copies_run: RunSummary, run_unaudited: Callable[..., RunSummary], tmp_path: Path, shard_bytes: int, workers: int
) -> None:
    summary = run_unaudited([pages], tmp_path, shard_bytes=shard_bytes, workers=workers)
    assert_same_tables(copies_run.folder.warehouse, summary.folder.warehouse)


def test_texts_that_the_last_run_compared_are_not_compared_again(
    run_unaudited: Callable[..., RunSummary], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare_pairs, compared = flows.build.compare_pairs, []

    def compare(built: list, pairs: pl.DataFrame) -> pl.DataFrame:
        compared.append(pairs.height)
        return compare_pairs(built, pairs)

    monkeypatch.setattr(flows.build, "compare_pairs", compare)
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "plan.txt").write_text(PLAN.format(PASSAGE), encoding="utf-8")
    (pages / "near.txt").write_text(PLAN.format(PASSAGE) + "各乡镇要按季度报送进展情况。\n", encoding="utf-8")
    run_unaudited([pages], tmp_path / "data", is_incremental=True)
    assert compared == [1]
    (pages / "citing.txt").write_text(CITING.format(PASSAGE), encoding="utf-8")
    summary = run_unaudited([pages], tmp_path / "data", is_incremental=True)
    assert compared == [1, 2]  # those with the new page: of the pair before it is known what it has in common
    assert ask(summary, "SELECT DISTINCT kind FROM lineage.duplicates") == [("near_document",)]
    assert_same_tables(summary.folder.warehouse, run_unaudited([pages], tmp_path / "fresh").folder.warehouse)
