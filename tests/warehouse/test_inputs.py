"""Inputs: which files are read, under which id, and which are refused."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import os
import pickle
import socket
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InputError
from warehouse import inputs as inputs_module
from warehouse.formats import MIN_BOMB_BYTES
from warehouse.inputs import find_inputs, pack_shards, read_shard, source_key, unescape_path

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def ids(*paths: Path) -> list[str]:
    return find_inputs(paths).found["source_id"].to_list()


def refusals(*paths: Path) -> dict[str, str]:
    rejected = find_inputs(paths).rejected
    assert rejected["stage"].is_in(["find"]).all()
    return dict(rejected.select("source_id", "reason").iter_rows())


def test_folders_are_read_sorted_with_all_below(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", "a/z.txt", "a/深/页 面.TXT", "a.txt", ".hidden.txt", ".git/x.txt", "a/.DS_Store", "a/.old/b.txt")
    found = find_inputs([tmp_path]).found
    assert found["source_id"].to_list() == ["a.txt", "a/z.txt", "a/深/页 面.TXT", "b.txt"]
    assert found["n_bytes"].to_list() == [5, 7, 17, 5]
    assert refusals(tmp_path) == {".hidden.txt": "hidden", "a/.old": "hidden"}


def test_other_formats_are_refused_in_folders_and_read_when_named(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.pdf", "README", "c.md", "d.parquet.gz")
    assert ids(tmp_path) == ["a.txt"]
    assert refusals(tmp_path) == dict.fromkeys(["b.pdf", "README", "c.md", "d.parquet.gz"], "unsupported_format")
    assert ids(tmp_path / "c.md", tmp_path / "README") == ["README", "c.md"]
    assert ids(tmp_path, tmp_path / "c.md") == ["a.txt", "c.md"]
    assert "c.md" not in refusals(tmp_path, tmp_path / "c.md")


def test_formats_are_told_by_name(tmp_path: Path) -> None:
    write(tmp_path, "a.TXT", "b.html", "c/d.HTM.gz", "e.jsonl.zst", "f.csv", "g.parquet", "h.txt.zst")
    found = find_inputs([tmp_path]).found
    assert dict(found.select("source_id", "format").iter_rows()) == {
        "a.TXT": "text",
        "b.html": "html",
        "c/d.HTM.gz": "html+gzip",
        "e.jsonl.zst": "jsonl+zstd",
        "f.csv": "csv",
        "g.parquet": "parquet",
        "h.txt.zst": "text+zstd",
    }


def compress(content: bytes, codec: str) -> bytes:
    return gzip.compress(content) if codec == "gzip" else pa.Codec("zstd").compress(content, asbytes=True)


@pytest.mark.parametrize(("codec", "suffix"), [("gzip", "gz"), ("zstd", "zst")])
def test_compressed_files_give_what_was_compressed(tmp_path: Path, codec: str, suffix: str) -> None:
    text = "第一行\n第二行".encode()
    packed = compress(text, codec)
    (tmp_path / f"a.txt.{suffix}").write_bytes(packed)
    (tmp_path / f"b.html.{suffix}").write_bytes(packed + packed)
    (tmp_path / f"c.txt.{suffix}").write_bytes(packed[:-4])
    (tmp_path / f"d.txt.{suffix}").write_bytes(text)
    (tmp_path / f"e.txt.{suffix}").write_bytes(compress(b"0" * (MIN_BOMB_BYTES + 1), codec))
    (tmp_path / f"f.txt.{suffix}").write_bytes(compress(b"0" * MIN_BOMB_BYTES, codec))
    read = read_shard(pack_shards(find_inputs([tmp_path]).found, 10**7)[0])
    assert read.sources.select("source_id", "n_bytes", "media_type").rows() == [
        (f"a.txt.{suffix}", len(text), "text/plain"),
        (f"b.html.{suffix}", 2 * len(text), "text/html"),
        (f"f.txt.{suffix}", MIN_BOMB_BYTES, "text/plain"),
    ]
    assert read.sources["raw"][0] == text
    assert read.sources["sha256"][0] == hashlib.sha256(text).hexdigest()
    assert dict(read.rejected.select("source_id", "reason").iter_rows()) == {
        f"c.txt.{suffix}": "broken_compression",
        f"d.txt.{suffix}": "broken_compression",
        f"e.txt.{suffix}": "compression_bomb",
    }


def test_file_reached_twice_is_read_once_under_its_longest_id(tmp_path: Path) -> None:
    write(tmp_path, "sub/a.txt", "b.txt")
    expected = ["b.txt", "sub/a.txt"]
    assert ids(tmp_path, tmp_path) == expected
    assert ids(tmp_path / "sub", tmp_path, tmp_path / "sub" / "a.txt") == expected
    assert ids(tmp_path / "sub" / "a.txt", tmp_path / "sub" / ".." / "sub", tmp_path) == expected


def test_inputs_with_the_same_ids_are_told_apart_by_name_then_number(tmp_path: Path) -> None:
    write(tmp_path, "x/texts/a.txt", "y/texts/a.txt", "y/texts/b.txt", "north/a.txt", "other/c.txt")
    paths = [tmp_path / "x/texts", tmp_path / "y/texts", tmp_path / "other"]
    found = ids(*paths)
    assert found == ["c.txt", "texts-2/a.txt", "texts-3/a.txt", "texts-3/b.txt"]
    for order in itertools.permutations(paths):
        assert ids(*order) == found
    assert ids(tmp_path / "x/texts", tmp_path / "north") == ["north/a.txt", "texts/a.txt"]
    assert ids(tmp_path / "x/texts/a.txt", tmp_path / "north/a.txt") == ["north/a.txt", "texts/a.txt"]


def test_name_given_to_a_clashing_input_may_be_taken(tmp_path: Path) -> None:
    write(tmp_path, "1/a.txt", "2/a.txt", "2/1/a.txt", "3/1/a.txt", "3/2/1/a.txt")
    found = ids(tmp_path / "1", tmp_path / "2", tmp_path / "3")
    assert len(set(found)) == len(found) == 5


def test_links_lead_nowhere_outside(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "a.txt", "sub/b.txt")
    write(tmp_path, "secret.txt", "out/c.txt")
    (folder / "inside.txt").symlink_to(folder / "a.txt")
    (folder / "secret.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "out").symlink_to(tmp_path / "out")
    (folder / "sub" / "up").symlink_to(folder)
    (folder / "again").symlink_to(folder / "sub")
    (folder / "round.txt").symlink_to(folder / "round.txt")
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "page.pdf").symlink_to(folder / "a.txt")
    assert ids(folder) == ["a.txt", "inside.txt", "sub/b.txt"]
    assert refusals(folder) == {
        "secret.txt": "link_outside",
        "out": "link_outside",
        "sub/up": "link_loop",
        "again": "link_to_folder",
        "round.txt": "link_loop",
        "gone.txt": "unreadable",
        "page.pdf": "unsupported_format",
    }
    (tmp_path / "link").symlink_to(folder)
    assert ids(tmp_path / "link") == ids(folder)


def test_pipes_and_sockets_do_not_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    monkeypatch.chdir(tmp_path)  # socket paths may not be long
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")
        assert refusals(tmp_path) == {"pipe.txt": "not_a_file", "socket.txt": "not_a_file"}
    with pytest.raises(InputError, match="neither a file nor a folder"):
        find_inputs([tmp_path / "pipe.txt"])


def test_names_that_are_no_clean_text_are_escaped_and_read(tmp_path: Path) -> None:
    names = [b"\xb9\xab\xb8\xe6.txt", "a\nb\x85.txt".encode(), b"back\\slash.txt", b"back\\x0a.txt", "全角　空格.txt".encode()]
    for name in names:
        (tmp_path / os.fsdecode(name)).write_bytes(name)
    found = find_inputs([tmp_path]).found
    assert found["source_id"].to_list() == sorted(
        [r"\xb9\xab\xb8\xe6.txt", r"a\x0ab\xc2\x85.txt", r"back\x5cslash.txt", r"back\x5cx0a.txt", "全角　空格.txt"]
    )
    read = read_shard(pack_shards(found, 1000)[0])
    assert sorted(read.sources["raw"]) == sorted(names)
    assert {unescape_path(source_id) for source_id in found["source_id"]} == set(names)


@pytest.mark.parametrize("name", ["missing", "missing/a.txt"])
def test_missing_input_is_the_users_mistake(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"^Cannot read the input .*missing.*: no such file or directory; name an existing"):
        find_inputs([tmp_path / name])


def test_nothing_to_read_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No input"):
        find_inputs([])
    with pytest.raises(InputError, match="is empty"):
        find_inputs([tmp_path])
    write(tmp_path, "a.pdf")
    with pytest.raises(InputError, match=r"No file to read in .* \(refused: 1 unsupported_format\)"):
        find_inputs([tmp_path])


def test_what_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.txt", "locked.txt", "closed/b.txt")
    real_access, real_scandir = os.access, os.scandir

    def scandir(path: str) -> object:
        if str(path).rstrip("/").endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real_scandir(path)

    # The tests may run as root, whom no mode stops.
    monkeypatch.setattr(inputs_module.os, "access", lambda path, mode: not str(path).endswith("locked.txt") and real_access(path, mode))
    monkeypatch.setattr(inputs_module.os, "scandir", scandir)
    assert ids(tmp_path) == ["a.txt"]
    assert refusals(tmp_path) == {"locked.txt": "unreadable", "closed": "unreadable"}
    with pytest.raises(InputError, match="permission denied"):
        find_inputs([tmp_path / "closed"])
    with pytest.raises(InputError, match="permission denied"):
        find_inputs([tmp_path / "locked.txt"])


def test_too_large_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.txt", "bb.txt")
    monkeypatch.setattr(inputs_module, "MAX_SOURCE_BYTES", 5)
    assert refusals(tmp_path) == {"bb.txt": "too_large"}


def test_files_that_change_in_mid_run_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt", "c.txt")
    (shard,) = pack_shards(find_inputs([tmp_path]).found, 1000)
    (tmp_path / "b.txt").unlink()
    (tmp_path / "c.txt").unlink()
    os.mkfifo(tmp_path / "c.txt")
    read = read_shard(shard)
    assert read.sources.select("source_id", "n_bytes", "raw").rows() == [("a.txt", 5, b"a.txt")]
    assert read.rejected.rows() == [
        ("b.txt", "read", "unreadable", "no such file or directory"),
        ("c.txt", "read", "unreadable", "is no regular file any more"),
    ]


def test_source_keys_are_stable() -> None:
    assert source_key("000_fc06cc90b690f2c0.txt") == "fa4j5kivyxw5"
    assert len({source_key(str(n)) for n in range(10_000)}) == 10_000


def inputs_of(sizes: list[int]) -> pl.DataFrame:
    rows = [(f"{n:05d}.txt", f"/in/{n:05d}.txt", size, "text", "1 2 3") for n, size in enumerate(sizes)]
    return pl.DataFrame(rows, schema=inputs_module.INPUT_SCHEMA, orient="row")


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 500))
def test_shards_hold_every_input_once_in_bounded_bytes(sizes: list[int], shard_bytes: int) -> None:
    inputs = inputs_of(sizes)
    shards = pack_shards(inputs.sample(fraction=1, shuffle=True, seed=1), shard_bytes)
    assert pl.concat([inputs.clear(), *[shard.inputs for shard in shards]]).equals(inputs)
    assert [shard.ordinal for shard in shards] == list(range(len(shards)))
    assert all(shard.n_bytes <= shard_bytes or shard.inputs.height == 1 for shard in shards)


def test_shards_are_few_and_travel_between_processes() -> None:
    inputs = inputs_of([10_000] * 2000)
    shards = pack_shards(inputs, 1_000_000)
    assert 20 <= len(shards) <= 40
    assert pickle.loads(pickle.dumps(shards[3])).inputs.equals(shards[3].inputs)  # noqa: S301


def test_new_file_leaves_most_shards_as_they_were() -> None:
    inputs = inputs_of([10_000] * 2000)
    new = inputs_of([10_000] * 2).with_columns(source_id=pl.lit("00100a.txt"))[:1]
    before = {tuple(shard.inputs["source_id"]) for shard in pack_shards(inputs, 1_000_000)}
    after = {tuple(shard.inputs["source_id"]) for shard in pack_shards(pl.concat([inputs, new]), 1_000_000)}
    assert len(after - before) <= 4


def test_files_that_changed_just_now_may_change_unnoticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.txt")
    assert pack_shards(find_inputs([tmp_path]).found, 1000)[0].looks is None
    monkeypatch.setattr(inputs_module, "TICK_NS", 0)
    looks = pack_shards(find_inputs([tmp_path]).found, 1000)[0].looks
    assert looks is not None
    assert pack_shards(find_inputs([tmp_path]).found, 1000)[0].looks == looks
    os.utime(tmp_path / "a.txt", (1, 1))
    assert pack_shards(find_inputs([tmp_path]).found, 1000)[0].looks != looks
