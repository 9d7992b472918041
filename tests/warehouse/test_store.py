"""An object store of this machine with the S3 API (moto): pages read from it, releases published to it, and what goes wrong there."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.cli import main
from flows.settings import read_settings
from flows.watching import take_snapshot
from schemas.errors import InputError, StoreError
from warehouse.containers import spool_records
from warehouse.inputs import find_inputs, pack_shards, read_shard
from warehouse.mirror import publish_to_store, read_pointer
from warehouse.runs import name_inputs
from warehouse.store import find_address, is_address, list_objects, write_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.build import RunSummary
    from warehouse.folder import DataFolder

PAGE = "关于印发要点的通知\n\n各市人民政府:\n  现将要点印发给你们。\n".encode()


@pytest.fixture
def pages(bucket: str, tmp_path: Path) -> Path:
    """A folder of pages and containers, which the bucket has as well."""
    pages = tmp_path / "pages"
    (pages / "site").mkdir(parents=True)
    records = "".join(json.dumps({"id": n, "text": PAGE.decode() + f"第{n}条", "url": "http://gov.cn"}) + "\n" for n in range(3))
    pl.DataFrame({"id": ["甲", "乙"], "text": [PAGE.decode(), "全文\n"]}).write_parquet(pages / "more.parquet")
    contents = {"a.txt": PAGE, "site/页.html": b"<p>" + PAGE + b"</p>", "site/b.txt.gz": gzip.compress(PAGE), "r.jsonl": records.encode()}
    for name, content in contents.items():
        (pages / name).write_bytes(content)
    for path in (path for path in pages.rglob("*") if path.is_file()):
        write_object(f"{bucket}/in/{path.relative_to(pages).as_posix()}", path.read_bytes())
    return pages


def read_all(inputs: Path, records: Path) -> pl.DataFrame:
    found = spool_records(find_inputs([inputs]), records, 1000).found
    return pl.concat(read_shard(shard).sources for shard in pack_shards(found, 1000))


def test_pages_of_a_store_are_those_of_a_folder(bucket: str, pages: Path, tmp_path: Path) -> None:
    write_object(f"{bucket}/in/.hidden.txt", PAGE)
    write_object(f"{bucket}/in/.git/config.txt", PAGE)
    write_object(f"{bucket}/in/picture.png", b"png")
    here, there = read_all(pages, tmp_path / "here"), read_all(Path(f"{bucket}/in"), tmp_path / "there")
    assert here.height == 8
    assert here.equals(there)
    refused = find_inputs([Path(f"{bucket}/in")]).rejected
    assert list(refused.select("source_id", "reason").iter_rows()) == [(".hidden.txt", "hidden"), ("picture.png", "unsupported_format")]


def test_a_run_reads_from_a_store_and_publishes_to_it(
    bucket: str, pages: Path, run_unaudited: Callable[..., RunSummary], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAODIAN_PUBLISH_TO", f"{bucket}/published/")
    summary = run_unaudited([Path(f"{bucket}/in")], tmp_path / "data")
    assert (summary.run.n_sources, summary.run.inputs) == (8, f"{bucket}/in")
    pointer = read_pointer(f"{bucket}/published")
    assert pointer is not None
    assert pointer["run_id"] == summary.run.run_id


def test_one_object_is_read_whatever_its_name(bucket: str, tmp_path: Path) -> None:
    write_object(f"{bucket}/in/page", PAGE)
    found = find_inputs([Path(f"{bucket}/in/page")])
    [shard] = pack_shards(found.found, 1000)
    assert read_shard(shard).sources["raw"].to_list() == [PAGE]


def test_a_page_that_vanished_is_refused_and_a_container_read_once(bucket: str, tmp_path: Path) -> None:
    import boto3

    write_object(f"{bucket}/in/a.txt", PAGE)
    write_object(f"{bucket}/in/b.txt", PAGE)
    write_object(f"{bucket}/in/c.csv", b"id,text\n1,one\n")
    inputs = find_inputs([Path(f"{bucket}/in")])
    first = spool_records(inputs, tmp_path, 1000)
    [kept] = tmp_path.iterdir()
    assert spool_records(inputs, tmp_path, 1000).found.equals(first.found)
    boto3.client("s3").delete_object(Bucket=bucket.removeprefix("s3://"), Key="in/a.txt")
    write_object(f"{bucket}/in/c.csv", b"id,text\n1,two\n")
    [shard] = pack_shards(spool_records(inputs, tmp_path, 1000).found, 1000)
    read = read_shard(shard)
    assert read.sources["source_id"].to_list() == ["b.txt", "c.csv#1"]
    assert read.rejected["reason"].to_list() == ["unreadable"]
    assert [kept] != list(tmp_path.iterdir())


def test_readers_of_the_store_see_a_whole_release_or_the_one_before(
    bucket: str, published_copy: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{bucket}/to/here"
    publish_to_store(published_copy, address)
    pointer = read_pointer(address)
    assert pointer is not None
    run_id = published_copy.current.resolve().name
    assert pointer["run_id"] == run_id
    assert f"{address}/{pointer['warehouse']}".endswith(f"releases/{run_id}/warehouse.duckdb")
    stored = {item.relative: item.n_bytes for item in list_objects(f"{address}/releases/{run_id}") or ()}
    local = published_copy.current.resolve()
    assert stored == {path.relative_to(local).as_posix(): path.stat().st_size for path in local.rglob("*") if path.is_file()}
    documents = pl.concat(pl.read_parquet(f"{address}/{part}") for part in pointer["tables"]["main.documents"])
    assert documents["document_id"].n_unique() == documents.height > 0

    local.rename(published_copy.release("20990101T000000Z-abcd"))
    published_copy.current.unlink()
    published_copy.current.symlink_to("releases/20990101T000000Z-abcd")

    def break_off(path: Path, _address: str) -> None:
        if path.name == "warehouse.duckdb":
            raise StoreError("the store is full")

    with monkeypatch.context() as patch:
        patch.setattr("warehouse.mirror.upload_file", break_off)
        with pytest.raises(StoreError):
            publish_to_store(published_copy, address)
    assert read_pointer(address) == pointer
    publish_to_store(published_copy, address)
    now = read_pointer(address)
    assert now is not None
    assert now["run_id"] == "20990101T000000Z-abcd"
    assert {item.relative.split("/")[0] for item in list_objects(f"{address}/releases") or ()} == {now["run_id"]}


@pytest.mark.usefixtures("object_store")
def test_what_is_wrong_is_said_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="nothing at this address"):
        find_inputs([Path("s3://no-such-bucket/pages")])
    with pytest.raises(StoreError, match=r"no-such-bucket/x: the object store at .* says: The specified bucket does not exist"):
        write_object("s3://no-such-bucket/x", b"")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert main(["run", "s3://bucket/pages", "--direct", "--data-dir", str(tmp_path)]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("yaodian: s3://bucket/pages: the object store at http://127.0.0.1:1 says: ")


def test_addresses_survive_what_pathlib_makes_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_address(Path("s3://bucket/pages/")) == find_address("s3://bucket/pages") == "s3://bucket/pages"
    assert find_address(Path("pages/s3:/x")) is None
    assert name_inputs([Path("s3://bucket/pages"), Path("/a")]) == "/a, s3://bucket/pages"
    monkeypatch.setenv("YAODIAN_INPUTS", "s3://bucket/pages:more")
    assert [find_address(path) for path in read_settings().inputs] == ["s3://bucket/pages", None]
    assert [is_address(text) for text in ("s3://bucket", "s3://", "s3:/bucket", "http://bucket")] == [True, False, False, False]


def test_a_watch_sees_objects_come(bucket: str) -> None:
    write_object(f"{bucket}/in/a.txt", PAGE)
    before = take_snapshot([Path(f"{bucket}/in")])
    write_object(f"{bucket}/in/b.txt", PAGE)
    assert len(before) == 1
    assert len(take_snapshot([Path(f"{bucket}/in")])) == 2
