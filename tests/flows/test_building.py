"""The two halves of the work on shards together: what sites put on many pages is told from pages of all shards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.building import Findings, build_tables, name_documents
from flows.reading import find_site_templates, read_sources
from transforms.repairs import infer_displaced_words
from warehouse.cache import Cache
from warehouse.inputs import Shard, find_inputs
from warehouse.reference import read_reference

if TYPE_CHECKING:
    from pathlib import Path

RULING = "第{n}条 渔港第{n}号水域内的捕捞活动由渔业行政主管部门负责监督管理,违者责令改正并处以罚款,情节严重的吊销许可证。"


def test_a_source_without_text_of_its_own_has_no_document() -> None:
    lines = pl.DataFrame({"source_id": ["a", "a", "b"], "source_key": ["ka", "ka", "kb"], "role": ["chrome", "body", "chrome"]})
    assert name_documents(lines)["document_id"].to_list() == ["ka", "ka", None]


def test_a_template_is_told_from_pages_of_all_shards(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    for n in range(8):
        (tmp_path / "pages" / f"{n}.txt").write_text(f"渔港数字服务台 今日第{n}人来访\n{RULING.format(n=n + 11)}\n", encoding="utf-8")
    cache, reference, no_spam = Cache(tmp_path / "cache", "1"), read_reference(), infer_displaced_words(*[pl.DataFrame()] * 3)
    found = find_inputs([tmp_path / "pages"]).found
    shards = Shard(0, found[:4]), Shard(1, found[4:])  # neither has pages enough by itself
    read = [read_sources(shard, reference, cache) for shard in shards]
    findings = Findings(no_spam, find_site_templates(read))
    built = [build_tables(shard, findings, reference, cache, tmp_path / "candidate") for shard in read]
    lines = pl.read_parquet(tmp_path / "candidate" / "parquet" / "lineage" / "lines" / "*.parquet")
    assert len(built) == 2
    assert lines.filter(line_no=1)["rule"].to_list() == ["site_template_8_pages"] * 8
    assert lines.filter(line_no=2)["role"].to_list() == ["body"] * 8
