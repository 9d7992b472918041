"""Small warehouses made of frames, and a reader of pages that fails on whatever is not well formed."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import duckdb
import pytest

from schemas.tables import SCHEMAS, TABLES
from schemas.views import VIEWS
from tests.warehouse.sound_rows import sound_frames
from warehouse.load import create_statement
from warehouse.views import create_views

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

HOSTILE = (
    "</bdi></p><script>alert(1)</script><img src=x onerror=alert(2)> \u202e\u2066\u200f \x1b[31m \"'&amp; {{ 7*7 }} http://evil.example"
)
VOID = {"meta", "link", "br", "img", "path", "line", "rect", "circle", "text"}


class Page(HTMLParser):
    """What a page holds: tags, ids, addresses, attribute names, text; tags that do not nest are an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.addresses: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src", "action", "data", "srcset", "xlink:href")}
        if tag not in ("meta", "link"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def assert_sound(page: Page) -> None:
    """Fail unless a page is complete in itself: no address but its own anchors, each of which is there, once."""
    anchors = {address[1:] for address in page.addresses if address.startswith("#")}
    assert all(address.startswith("#") or address == "data:," for address in page.addresses)
    assert anchors <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert not set(page.tags) & {"iframe", "img", "object", "embed", "form", "base"}
    assert not {name for name in page.attributes if name.startswith("on")}


@pytest.fixture
def make_warehouse(tmp_path: Path) -> Callable[..., Path]:
    """Return a maker of warehouse files: the sound rows, with `frames` in place of some, or nothing but tables and views."""

    def make(frames: dict[str, pl.DataFrame] | None = None, *, is_empty: bool = False) -> Path:
        rows = {} if is_empty else sound_frames() | (frames or {})
        path = tmp_path / "made.duckdb"
        with duckdb.connect(str(path)) as con:
            for schema in SCHEMAS:
                con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            for table in TABLES:
                con.execute(create_statement(table))
                if table.name in rows:
                    con.register("rows", rows[table.name].to_arrow())
                    con.execute(f"INSERT INTO {table.name} BY NAME FROM rows")
            create_views(con, VIEWS)
        return path

    return make
