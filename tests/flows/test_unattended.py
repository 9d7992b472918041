"""Ten unattended runs over a folder that changes between them: each release is what a full rebuild of that moment makes.

It takes minutes, so that it runs only where YAODIAN_TEST_UNATTENDED is set (`make unattended`).
"""

from __future__ import annotations

import os
import random
import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest

from flows.settings import SEED_TEXTS
from tests.flows.test_build import assert_same_tables
from warehouse.runs import read_runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.build import RunSummary

N_RUNS = 10


def change_folder(pages: Path, stock: list[Path], chance: random.Random) -> None:
    """Add, edit, remove and break some pages."""
    here = sorted(pages.iterdir())
    for page in chance.sample(here, k=min(len(here), 2)):
        page.unlink()
    for page in chance.sample(stock, k=4):
        shutil.copy(page, pages / page.name)
    for page in chance.sample(sorted(pages.iterdir()), k=2):
        page.write_bytes(page.read_bytes() + "\n附则\n本办法自发布之日起施行。\n".encode())
    broken = chance.choice(sorted(pages.iterdir()))
    broken.write_bytes(chance.choice([b"", b"\x00\x01\x02" * 500, broken.read_bytes()[:-1], chance.randbytes(4000)]))


def assert_index_leads_to_its_paragraphs(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        wrong = connection.execute("""
            SELECT s.paragraph_no
            FROM search.paragraphs AS s
            JOIN search.documents AS d USING (document_no)
            LEFT JOIN main.paragraphs AS p ON p.rowid = s.row_no
            WHERE s.ordinal > 0 AND (p.document_id, p.ordinal) IS DISTINCT FROM (d.document_id, s.ordinal)
        """).fetchall()
    assert wrong == []


@pytest.mark.skipif(not os.environ.get("YAODIAN_TEST_UNATTENDED"), reason="ten runs and rebuilds take minutes: YAODIAN_TEST_UNATTENDED=1")
def test_each_release_is_what_a_full_rebuild_of_that_moment_makes(
    dev_texts: list[Path], run_direct: Callable[..., RunSummary], tmp_path: Path
) -> None:
    chance = random.Random(20261122)  # noqa: S311  no secret
    pages = shutil.copytree(SEED_TEXTS, tmp_path / "pages")
    counted = []
    for n_th in range(N_RUNS):
        summary = run_direct([pages], tmp_path / "data", is_incremental=True, shard_bytes=60_000)
        assert summary.run.status == "published"
        rebuilt = run_direct([pages], tmp_path / f"rebuilt{n_th}")
        assert_same_tables(summary.folder.warehouse, rebuilt.folder.warehouse)
        assert_index_leads_to_its_paragraphs(summary.folder.warehouse)
        shutil.rmtree(tmp_path / f"rebuilt{n_th}")
        changes = summary.changes
        counted.append([len(kind) for kind in (changes.new, changes.changed, changes.removed, changes.refused)] if changes else [])
        change_folder(pages, dev_texts, chance)
    assert [run.status for run in read_runs(summary.folder)] == ["published"] * N_RUNS
    assert not list(summary.folder.candidates.iterdir())
    assert len(list(summary.folder.releases.iterdir())) == 3
    totals = [sum(kind) for kind in zip(*filter(None, counted), strict=True)]
    assert all(totals[:3]), totals
