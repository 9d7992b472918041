"""Each line leads to what was read out of it and back; nothing that a source holds can act, and no source is too large to show."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from schemas.errors import InputError, StorageError
from tests.warehouse.pages.conftest import HOSTILE, Page, assert_sound
from tests.warehouse.sound_rows import sound_frames
from warehouse.pages.passage import SHOWN_CHARS, SHOWN_LINES
from warehouse.pages.provenance import SCRIPT, split_at, write_provenance

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.build import RunSummary

FIRST_OF = {
    "document": "SELECT document_id FROM main.documents ORDER BY 1",
    "paragraph": "SELECT paragraph_id FROM main.paragraphs ORDER BY 1 DESC",
    "section": "SELECT section_id FROM main.sections ORDER BY 1",
    "measure": "SELECT measure_id FROM main.measures ORDER BY 1 DESC",
    "target": "SELECT target_id FROM main.targets ORDER BY 1",
    "citation": "SELECT citation_id FROM main.citations ORDER BY 1",
    "repair": "SELECT repair_id FROM lineage.repairs ORDER BY 1",
    "repeat": "SELECT duplicate_id FROM lineage.duplicates ORDER BY 1",
    "source": "SELECT source_id FROM lineage.sources ORDER BY 1",
    "line": "SELECT source_id || ':' || line_no FROM lineage.lines WHERE role = 'heading' ORDER BY ALL",
}


@pytest.fixture(scope="module")
def warehouse(seeds_run: RunSummary) -> Path:
    return seeds_run.folder.warehouse.resolve()


def rows(warehouse: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()


def explain(warehouse: Path, thing: str, folder: Path) -> tuple[str, str]:
    address = write_provenance(warehouse, thing, folder / "page.html")
    return address, (folder / "page.html").read_text("utf-8")


@pytest.mark.parametrize("kind", FIRST_OF)
def test_each_kind_of_thing_has_a_page_that_shows_it(warehouse: Path, kind: str, tmp_path: Path) -> None:
    thing = rows(warehouse, FIRST_OF[kind])[0][0]
    address, text = explain(warehouse, thing, tmp_path)
    page = Page(text)
    assert_sound(page)
    anchor = address.partition("#")[2]
    assert bool(anchor) is (kind not in ("document", "source"))
    if anchor:
        assert anchor in page.ids
        assert f'data-chosen="{anchor}"' in text
        assert 'aria-current="true"' in text


def test_lines_and_paragraphs_lead_to_each_other(warehouse: Path, tmp_path: Path) -> None:
    document, source = rows(warehouse, "SELECT document_id, source_id FROM main.documents ORDER BY 1")[0]
    _, text = explain(warehouse, document, tmp_path)
    for line, paragraph in rows(
        warehouse, f"SELECT line_no, paragraph_id FROM lineage.lines WHERE source_id = '{source}' AND paragraph_id IS NOT NULL"
    ):
        assert f'<li id="line-{line}" class="line' in text
        assert f'data-of="{paragraph}"' in text
        assert f'href="#{paragraph}"' in text
    for paragraph, line in rows(warehouse, f"SELECT paragraph_id, first_line FROM main.paragraphs WHERE document_id = '{document}'"):
        assert re.search(rf'id="{paragraph}" data-of="line-{line}"', text)
        assert f'href="#line-{line}"' in text
    for (target,) in rows(warehouse, f"SELECT target_id FROM main.targets WHERE document_id = '{document}'"):
        assert f'<li id="{target}"' in text
        assert f'<a class="quote" href="#{target}">' in text
    ids = set(Page(text).ids)
    for table, key in (("sections", "section_id"), ("measures", "measure_id"), ("citations", "citation_id")):
        assert {row[0] for row in rows(warehouse, f"SELECT {key} FROM main.{table} WHERE document_id = '{document}'")} <= ids


def test_a_section_that_begins_inside_a_paragraph_has_its_place(make_warehouse: Callable[..., Path], tmp_path: Path) -> None:
    paragraphs = sound_frames()["main.paragraphs"].with_columns(role=pl.lit("body"))
    warehouse = make_warehouse({"main.paragraphs": paragraphs})
    sections = {row[0] for row in rows(warehouse, "SELECT section_id FROM main.sections WHERE document_id = 'aaaaaaaaaaaa'")}
    assert sections
    assert sections <= set(Page(explain(warehouse, "a.txt", tmp_path)[1]).ids)


def test_every_line_names_its_role_and_rule(warehouse: Path, tmp_path: Path) -> None:
    source = rows(warehouse, "SELECT source_id FROM lineage.duplicates ORDER BY 1")[0][0]
    _, text = explain(warehouse, source, tmp_path)
    page = Page(text)
    lines = rows(warehouse, f"SELECT role, rule FROM lineage.lines WHERE source_id = '{source}'")
    assert text.count('<li id="line-') == len(lines)
    assert all(f"<b>{role}</b>" in text for role, _ in lines)
    assert all(rule in page.text for role, rule in lines if rule not in (role, "text"))
    assert "repeat lines" in page.text


def test_hostile_text_is_shown_as_text(make_warehouse: Callable[..., Path], tmp_path: Path) -> None:
    frames = sound_frames()
    hostile = {
        "lineage.lines": ["raw_text", "rule"],
        "lineage.repairs": ["original", "replacement", "evidence"],
        "lineage.sources": ["url", "encoding"],
        "main.documents": ["title", "issuer", "text"],
        "main.paragraphs": ["text"],
        "main.sections": ["title", "marker"],
        "main.measures": ["title"],
        "main.agencies": ["name"],
        "main.targets": ["quote", "indicator", "unit", "comparator"],
        "main.citations": ["title"],
    }
    warehouse = make_warehouse(
        {name: frames[name].with_columns(pl.lit(HOSTILE).alias(c) for c in columns) for name, columns in hostile.items()}
    )
    _, text = explain(warehouse, "a.txt", tmp_path)
    page = Page(text)
    assert_sound(page)
    assert page.tags.count("script") == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)
    assert "<script>alert(1)</script>" in page.text
    assert "<U+202E>" in page.text
    assert "{{ 7*7 }}" in page.text


def test_only_its_own_script_may_run(warehouse: Path, tmp_path: Path) -> None:
    _, text = explain(warehouse, rows(warehouse, FIRST_OF["line"])[0][0], tmp_path)
    [script] = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    assert script == SCRIPT
    assert f"script-src 'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in text
    assert "default-src 'none'" in text


def test_a_huge_source_is_cut_with_a_notice(make_warehouse: Callable[..., Path], tmp_path: Path) -> None:
    n_lines, frames = 100_000, sound_frames()
    lines = frames["lineage.lines"].filter(source_id="z.txt").head(1)
    many = (
        pl.concat([lines] * n_lines)
        .with_columns(pl.int_range(1, n_lines + 1, dtype=pl.Int32).alias("line_no"), paragraph_id=None)
        .with_columns(raw_text=pl.when(line_no=50_000).then(pl.lit("很长" * SHOWN_CHARS)).otherwise("raw_text"))
    )
    sources = frames["lineage.sources"].with_columns(
        pl.when(pl.col("source_id") == "z.txt").then(n_lines).otherwise("n_lines").cast(pl.Int32).alias("n_lines")
    )
    warehouse = make_warehouse({"lineage.lines": many, "lineage.sources": sources})
    address, text = explain(warehouse, "z.txt:50000", tmp_path)
    assert address.endswith("#line-50000")
    assert text.count('<li id="line-') == SHOWN_LINES
    assert 'id="line-50000"' in text
    assert f"a page shows {SHOWN_LINES:,} lines at most" in text
    assert f"and {SHOWN_CHARS:,} more characters" in text
    _, text = explain(warehouse, "z.txt:99999", tmp_path)
    assert 'id="line-100000"' in text


def test_phrases_are_marked_where_they_stand() -> None:
    assert split_at("建10个平台,再建10个", {"10个": "t1", "10个平台": "t2"}) == [
        ("建", False, None),
        ("10个平台", True, "t2"),
        (",再建", False, None),
        ("10个", True, "t1"),
    ]
    assert split_at("", {"x": 1}) == []


def test_an_error_leaves_the_file_alone(warehouse: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing in the warehouse"):
        write_provenance(warehouse, "no-such-id", tmp_path / "page.html")
    with pytest.raises(StorageError, match="is a folder"):
        write_provenance(warehouse, rows(warehouse, FIRST_OF["source"])[0][0], tmp_path)
    assert list(tmp_path.iterdir()) == []
