"""Containers: each record with text is a source under an id of its own, however the container is cut, packed or broken."""

from __future__ import annotations

import csv
import gzip
import json
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pytest

from schemas.errors import InputError
from warehouse import containers as containers_module
from warehouse import records as records_module
from warehouse.containers import spool_records
from warehouse.formats import Format
from warehouse.inputs import find_inputs, pack_shards, read_shard
from warehouse.records import choose_columns

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

Read = tuple[dict[str, str], dict[str, str]]


def spool(folder: Path, kept: Path, shard_bytes: int = 10**7) -> tuple[pl.DataFrame, dict[str, str], int]:
    """Return the sources read, the reasons of refusals, and the number of shards."""
    inputs = spool_records(find_inputs([folder]), kept, shard_bytes)
    shards = pack_shards(inputs.found, shard_bytes)
    read = [read_shard(shard) for shard in shards]
    rejected = pl.concat([inputs.rejected, *(shard.rejected for shard in read)])
    assert rejected["stage"].is_in(["find", "read"]).all()
    sources = pl.concat([shard.sources for shard in read]).sort("source_id")
    return sources, dict(rejected.select("source_id", "reason").iter_rows()), len(shards)


def texts(folder: Path, kept: Path) -> Read:
    sources, rejected, _ = spool(folder, kept)
    return {source_id: raw.decode() for source_id, raw in sources.select("source_id", "raw").iter_rows()}, rejected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


RECORDS = [{"id": f"r{n}", "text": f"第{n}篇\n正文", "url": f"http://a.gov.cn/{n}"} for n in range(3)]


def write(path: Path, records: list[dict]) -> None:
    content = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(content, mtime=0))
    elif path.suffix == ".zst":
        path.write_bytes(pa.Codec("zstd").compress(content, asbytes=True))
    elif path.suffix == ".parquet":
        pl.DataFrame(records).write_parquet(path)
    elif path.suffix == ".csv":
        pl.DataFrame(records).write_csv(path)
    else:
        path.write_bytes(content)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.csv", "深/a.parquet"])
def test_records_of_every_format_are_sources(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    write(folder / name, RECORDS)
    sources, rejected, _ = spool(folder, tmp_path / "kept")
    assert rejected == {}
    assert sources.select("source_id", "raw", "n_bytes", "url", "media_type").rows() == [
        (f"{name}#{record['id']}", record["text"].encode(), len(record["text"].encode()), record["url"], None) for record in RECORDS
    ]


def test_ids_are_unique_and_numbers_stand_in_for_missing_ones(folder: Path, tmp_path: Path) -> None:
    records = [{"id": "a", "text": "1"}, {"text": "2"}, {"id": "a", "text": "3"}, {"id": 4, "text": "4"}, {"id": " ", "text": "5"}]
    write(folder / "x.jsonl", [*records, {"id": 2, "text": "6"}, {"id": "b\n\\", "text": "7"}])
    (folder / "x.jsonl#4.txt").write_text("x")
    found, _ = texts(folder, tmp_path / "kept")
    assert found == {
        "x.jsonl#a": "1",
        "x.jsonl#2": "2",
        "x.jsonl#a#3": "3",
        "x.jsonl#4": "4",
        "x.jsonl#5": "5",
        "x.jsonl#2#6": "6",
        r"x.jsonl#b\x0a\x5c": "7",
        "x.jsonl#4.txt": "x",
    }


def test_records_without_text_and_broken_ones_are_refused(folder: Path, tmp_path: Path) -> None:
    lines = [b'{"id": "a", "text": "1"}', b'{"id": "b", "text": " \\n"}', b'{"id": "c"}', b'{"id": "d", "text": 5}', b"{", b"[1]", b""]
    lines += ['{"id": "e", "text": "国标"}'.encode("gb18030"), b'{"id": "f", "text": "\\ud800x"}', b"[" * 100_000]
    (folder / "x.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    found, rejected = texts(folder, tmp_path / "kept")
    assert found == {"x.jsonl#a": "1", "x.jsonl#e": "国标", "x.jsonl#f": "\ufffdx"}
    assert rejected == {
        "x.jsonl#b": "no_text",
        "x.jsonl#c": "no_text",
        "x.jsonl#d": "no_text",
        "x.jsonl#5": "not_json",
        "x.jsonl#6": "not_json",
        "x.jsonl#9": "not_json",
    }


@pytest.mark.parametrize(("codec", "delimiter"), [("utf-8-sig", ","), ("gb18030", ","), ("utf-16", "\t")])
def test_spreadsheets_exports_are_read(folder: Path, tmp_path: Path, codec: str, delimiter: str) -> None:
    rows = [["编号", "标题", "正文"], ["1", "通知", '"各县:\n一、""目标"""'], ["2", "短", "第二篇"], ["3"]]
    (folder / "x.csv").write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(codec))
    found, rejected = texts(folder, tmp_path / "kept")
    assert found == {"x.csv#1": '各县:\n一、"目标"', "x.csv#2": "第二篇"}
    assert rejected == {"x.csv#3": "no_text"}


def test_text_column_is_the_named_one_or_else_the_longest() -> None:
    assert choose_columns({"Title": 90, "content": 5, "ID": 0, "link": 9}) == ("content", "ID", "link")
    assert choose_columns({"标题": 9, "新闻稿": 900, "网址": 1000, "n": 0}) == ("新闻稿", None, "网址")
    assert choose_columns({"text": 0, "Page_Content": 7}).text == "Page_Content"
    assert choose_columns({"HTML": 7}).media_type == "text/html"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.parquet", b"PAR1 no", "not_parquet"),
        ("x.jsonl", b"", "empty"),
        ("x.jsonl", b'{"n": 1}\n', "no_text_column"),
        ("x.csv", b"id,n\n1,\n", "no_text_column"),
        ("x.jsonl.gz", gzip.compress(b'{"text": "1"}\n' * 9, mtime=0)[:-9], "broken_compression"),
        ("x.jsonl.gz", gzip.compress(b'{"text": "0"}\n' * 10**6, mtime=0), "compression_bomb"),
    ],
)
def test_containers_that_cannot_be_read_are_refused(folder: Path, tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (folder / name).write_bytes(content)
    (folder / "a.txt").write_text("a")
    found, rejected = texts(folder, tmp_path / "kept")
    assert found["a.txt"] == "a"
    assert rejected[name] == reason


@pytest.fixture
def csv_limit() -> Generator[None]:
    """Put back what the csv module takes for the longest field: it is the whole process's."""
    longest = csv.field_size_limit()
    yield
    csv.field_size_limit(longest)


@pytest.mark.usefixtures("csv_limit")
def test_records_above_a_place_that_cannot_be_read_are_sources(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_module, "MAX_SOURCE_BYTES", 50)
    (folder / "a.csv").write_text(f"id,text\n1,一\n2,二\n3,{'长' * 51}\n4,四\n")
    found, rejected = texts(folder, tmp_path / "kept")
    assert found == {"a.csv#1": "一", "a.csv#2": "二"}
    assert rejected == {"a.csv": "not_csv"}


def test_few_rows_of_a_container_of_long_texts_are_read_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_module, "BATCH_BYTES", 1_000)
    pl.DataFrame({"text": ["长" * 100] * 50}).write_parquet(folder / "a.parquet")
    batches = list(records_module.read_records(bytes(folder / "a.parquet"), Format("parquet")))
    assert max(batch.records.height for batch in batches) == 4
    assert [number for batch in batches for number in batch.records["number"]] == [*range(1, 51)]


def test_inputs_without_any_text_are_the_users_mistake(folder: Path, tmp_path: Path) -> None:
    write(folder / "x.jsonl", [{"text": " "}])
    with pytest.raises(InputError, match=r"No record with text in x\.jsonl"):
        spool(folder, tmp_path / "kept")


def test_shards_change_nothing_and_stay_where_records_are_added(folder: Path, tmp_path: Path) -> None:
    records = [{"id": f"{n:04d}", "text": f"{n}" * 500} for n in range(1, 1200)]
    write(folder / "x.parquet", records)
    whole, _, one = spool(folder, tmp_path / "one", 10**8)
    cut, _, many = spool(folder, tmp_path / "many", 100_000)
    assert one == 1
    assert many > 10
    assert cut.equals(whole)
    before = {path.read_bytes() for path in (tmp_path / "many").glob("*/0*.parquet")}
    write(folder / "x.parquet", [*records[:500], {"id": "new", "text": "新"}, *records[500:]])
    spool(folder, tmp_path / "many", 100_000)
    after = {path.read_bytes() for path in (tmp_path / "many").glob("*/0*.parquet")}
    assert len(after - before) <= 3


def test_unchanged_container_is_read_once_and_forgotten_ones_are_removed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    write(folder / "x.jsonl", RECORDS)
    first = texts(folder, kept)
    (kept / "cut.short.unfinished").mkdir()
    with monkeypatch.context() as patched:
        patched.setattr(containers_module, "read_records", None)
        assert texts(folder, kept) == first
    assert len(list(kept.iterdir())) == 1
    write(folder / "x.jsonl", RECORDS[:1])
    assert len(texts(folder, kept)[0]) == 1
    assert len(list(kept.iterdir())) == 1
