from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InputError, StorageError, WarehouseError
from warehouse.query import escape_formulas, read_texts, replace_file, run_query, write_rows

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE pages AS SELECT * FROM (VALUES (1, '=1+1', [1, 2]), (2, NULL, []), (3, '环境', NULL)) t(n, text, parts)")
    return path


def written(warehouse: Path, sql: str, form: str) -> bytes:
    out = io.BytesIO()
    with run_query(warehouse, sql) as reader:
        write_rows(reader, out, form)
    return out.getvalue()


def test_csv_is_utf8_with_harmless_formulas(warehouse: Path) -> None:
    text = written(warehouse, "FROM pages ORDER BY n", "csv").decode()
    assert list(csv.reader(io.StringIO(text))) == [["n", "text", "parts"], ["1", "'=1+1", "[1, 2]"], ["2", "", "[]"], ["3", "环境", ""]]


def test_json_is_one_array_of_objects(warehouse: Path) -> None:
    rows = json.loads(
        written(warehouse, "SELECT *, DATE '2020-01-02' AS d, 'nan'::DOUBLE AS x, 1.50::DECIMAL(4, 2) AS y FROM pages ORDER BY n", "json")
    )
    assert rows[0] == {"n": 1, "text": "=1+1", "parts": [1, 2], "d": "2020-01-02", "x": None, "y": 1.5}
    assert len(rows) == 3


def test_parquet_comes_back_as_it_was(warehouse: Path) -> None:
    frame = pl.read_parquet(io.BytesIO(written(warehouse, "FROM pages ORDER BY n", "parquet")))
    assert frame.rows() == [(1, "=1+1", [1, 2]), (2, None, []), (3, "环境", None)]


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_no_rows_are_still_a_whole_file(warehouse: Path, form: str) -> None:
    content = written(warehouse, "SELECT n, text FROM pages WHERE false", form)
    if form == "parquet":
        assert pl.read_parquet(io.BytesIO(content)).columns == ["n", "text"]
    else:
        assert content == {"csv": b"n,text\n", "json": b"[]\n"}[form]


def test_many_rows_come_through_whole(warehouse: Path) -> None:
    assert len(json.loads(written(warehouse, "SELECT range AS n FROM range(25000)", "json"))) == 25_000
    assert written(warehouse, "SELECT range AS n FROM range(25000)", "csv").count(b"\n") == 25_001


def test_texts_to_show_are_cut_to_the_rows_asked_for(warehouse: Path) -> None:
    with run_query(warehouse, "SELECT n, text FROM pages ORDER BY n") as reader:
        assert read_texts(reader, 2) == (1, ["n", "text"], [["1", "=1+1"], ["2", ""]])


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM pages",
        "DROP TABLE pages",
        "COPY pages TO '{folder}/out.csv'",
        "ATTACH '{folder}/other.duckdb'",
        "EXPORT DATABASE '{folder}/out'",
        "SELECT * FROM read_text('{folder}/secret.txt')",
        "SELECT * FROM '{folder}/secret.csv'",
        "SET enable_external_access = true",
        "INSTALL fts",
        "SELECT 1; SELECT 2",
        "",
        "SELEC",
        "SELECT nothing FROM pages",
    ],
)
def test_what_is_no_reading_query_is_refused_and_touches_nothing(warehouse: Path, sql: str) -> None:
    folder = warehouse.parent
    (folder / "secret.txt").write_text("secret")
    (folder / "secret.csv").write_text("a,b\n1,2\n")
    before = {path: path.read_bytes() for path in folder.rglob("*")}
    with pytest.raises(InputError):
        written(warehouse, sql.format(folder=folder), "json")
    assert {path: path.read_bytes() for path in folder.rglob("*")} == before


def test_without_a_warehouse_the_error_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="yaodian run"), run_query(tmp_path / "warehouse.duckdb", "SELECT 1"):
        pass


def test_a_file_that_is_no_warehouse_is_an_error_of_one_line(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(WarehouseError) as caught, run_query(path, "SELECT 1"):
        pass
    assert "\n" not in str(caught.value)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=5), min_size=1))
def test_no_text_in_csv_begins_like_a_formula_and_none_is_lost(texts: list[str]) -> None:
    escaped = escape_formulas(pl.DataFrame({"text": texts}))["text"].to_list()
    assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r")) for text in escaped)
    assert [text.removeprefix("'") if text != before else text for text, before in zip(escaped, texts, strict=True)] == texts


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    def break_off() -> None:
        with replace_file(path) as out:
            out.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert path.read_text() == "old"
    with replace_file(path) as out:
        out.write(b"new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is a folder"), replace_file(tmp_path):
        pass
