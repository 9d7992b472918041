"""The page of charts is complete in itself, takes its colours from its style sheet, and says so where there is nothing to show."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import duckdb
import marimo as mo
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InputError, WarehouseError
from tests.warehouse.pages.conftest import HOSTILE, Page, assert_sound
from tests.warehouse.sound_rows import sound_frames
from warehouse.pages import explore, facts
from warehouse.pages.app import NOTEBOOK
from warehouse.pages.charts import TILES, draw_agencies, draw_shared_text, order_alike
from warehouse.pages.look import NARROW, WIDE, draw_svg, fit_label, measure_label, read_colours, repaint
from warehouse.query import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.build import RunSummary

DRAWN = re.compile(r"<svg class=\"chart\".*?</svg>", re.DOTALL)


@pytest.fixture(scope="module")
def text(seeds_run: RunSummary, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("explore") / "explore.html"
    explore.write_explorer(seeds_run.folder.warehouse, file)
    return file.read_text("utf-8")


def test_page_is_complete_in_itself(text: str) -> None:
    page = Page(text)
    assert_sound(page)
    assert "script" not in page.tags
    assert not re.search(r"url\(|@import", text)
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))


def test_charts_are_drawn_for_desktop_and_phone_in_the_colours_of_the_page(text: str) -> None:
    charts = DRAWN.findall(text)
    assert text.count('class="picture wide"') == text.count('class="picture narrow"') >= 6
    for chart in charts:
        root = ET.fromstring(chart)  # noqa: S314  # our own
        assert root.get("aria-label")
        assert len(list(root.iter())) > 20
        assert set(re.findall(r"#[0-9a-f]{6}", chart)) == set()
        assert "var(--" in chart
        assert "clip-path" not in chart
    assert "浙江省科学技术厅" in "".join(charts)


def test_every_number_of_a_chart_is_in_its_table(text: str, seeds_run: RunSummary) -> None:
    with open_warehouse(seeds_run.folder.warehouse) as con:
        agencies = facts.count_agencies(con)
    section = text[text.index('id="agencies"') : text.index('id="outlines"')]
    assert all(agency in section.partition("<details")[2] for agency in agencies["agency"])


def test_an_empty_warehouse_is_said_to_be_empty(make_warehouse: Callable[..., Path], tmp_path: Path) -> None:
    explore.write_explorer(make_warehouse(is_empty=True), tmp_path / "page.html")
    page = Page((tmp_path / "page.html").read_text("utf-8"))
    assert_sound(page)
    for sentence in (
        "The warehouse holds no document",
        "there is nothing to compare",
        "No two documents share a passage",
        "No document has measures",
    ):
        assert sentence in page.text


def test_hostile_text_is_shown_as_text(make_warehouse: Callable[..., Path], tmp_path: Path) -> None:
    frames = sound_frames()
    hostile = {
        "main.documents": ["title", "plan_title", "issuer", "kind"],
        "main.regions": ["short_name"],
        "main.agencies": ["name"],
        "main.targets": ["indicator", "unit", "quote"],
        "main.sections": ["title"],
        "main.measures": ["title"],
        "main.reuse": ["text"],
    }
    made = {name: frames[name].with_columns(pl.lit(HOSTILE).alias(c) for c in columns) for name, columns in hostile.items()}
    explore.write_explorer(make_warehouse(made), tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    page = Page(text)
    assert_sound(page)
    assert "script" not in page.tags
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)


def test_a_warehouse_of_an_older_version_is_told_apart(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "old.duckdb")) as con:
        con.execute("CREATE TABLE documents (document_id VARCHAR)")
    with pytest.raises(WarehouseError, match=r"lacks .*main\.agency_load.*build it again"):
        explore.write_explorer(tmp_path / "old.duckdb", tmp_path / "page.html")


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(explore, "find_spec", lambda name: None if name == "altair" else name)
    with pytest.raises(InputError, match="exploring needs altair"):
        explore.write_explorer(tmp_path / "none.duckdb", tmp_path / "page.html")


def test_labels_alike_stay_apart() -> None:
    rows = {"agency_id": ["a", "b"], "agency": ["财政局", "财政局"], "role": ["lead", "lead"], "n": [2, 1], "total": [2, 1]}
    chart = draw_svg(draw_agencies(pl.DataFrame(rows), WIDE), "x")
    assert chart.count(">财政局<") == 2


def test_a_chart_is_repainted_for_the_dark() -> None:
    rows = {"agency_id": ["a"], "agency": ["财政局"], "role": ["lead"], "n": [2], "total": [2]}
    chart = repaint(draw_agencies(pl.DataFrame(rows), NARROW), "dark")
    drawn = str(chart.to_dict())
    assert "财政局" in mo.as_html(chart).text
    assert read_colours("dark")["body"] in drawn
    assert read_colours("light")["body"] not in drawn
    assert set(read_colours("light")) == set(read_colours("dark"))


@given(st.text(max_size=60), st.integers(20, 300))
def test_labels_fit(label: str, width: int) -> None:
    fitted = fit_label(label, width)
    assert fitted == label or (fitted.endswith("…") and measure_label(fitted) <= width + 12)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")).filter(lambda pair: pair[0] < pair[1]), st.integers(1, 99)
    )
)
def test_order_holds_each_document_once_and_begins_with_the_closest_pair(shares: dict[tuple[str, str], int]) -> None:
    both = [(one, other, n) for (a, b), n in shares.items() for one, other in ((a, b), (b, a))]
    frame = pl.DataFrame(both, schema={"one_id": pl.String, "other_id": pl.String, "n_chars": pl.Int64}, orient="row")
    order = order_alike(frame)
    assert sorted(order) == sorted({one for one, _, _ in both})
    if shares:
        places = [abs(order.index(a) - order.index(b)) for (a, b), n in shares.items() if n == max(shares.values())]
        assert 1 in places


def test_a_heat_map_of_nothing_is_drawn() -> None:
    frame = pl.DataFrame(schema=dict.fromkeys(("one_id", "other_id", "one", "other"), pl.String) | {"n_chars": pl.Int64, "n": pl.Int64})
    assert draw_svg(draw_shared_text(frame, NARROW), "x").startswith("<svg ")


def test_every_province_has_a_tile(seeds_run: RunSummary) -> None:
    with open_warehouse(seeds_run.folder.warehouse) as con:
        assert set(facts.list_provinces(con)["code"]) == set(TILES)
    assert len(set(TILES.values())) == len(TILES)


@pytest.mark.parametrize("kind", ["seeds", "empty", "none"])
def test_the_notebook_runs(kind: str, seeds_run: RunSummary, make_warehouse: Callable[..., Path], tmp_path: Path) -> None:
    file = {"seeds": seeds_run.folder.warehouse, "none": tmp_path / "none.duckdb"}.get(kind) or make_warehouse(is_empty=True)
    done = subprocess.run([sys.executable, NOTEBOOK, "--warehouse", file], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
