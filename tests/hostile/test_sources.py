"""Every nasty source is either in the warehouse with a ledger that rebuilds it byte for byte, or in quarantine with its reason."""

from __future__ import annotations

import gzip
import hashlib
import os
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from transforms.decode import rebuild_source
from warehouse.inputs import unescape_path

if TYPE_CHECKING:
    from tests.hostile.conftest import HostileRun

MOST_BYTES = 1_500_000_000
MOST_SECONDS = 300
REASONS = {
    *("broken_compression", "compression_bomb", "empty", "hidden", "line_too_long", "link_loop", "link_outside", "link_to_folder"),
    *(
        "nested_too_deep",
        "no_text",
        "no_text_column",
        "not_a_file",
        "not_csv",
        "not_html",
        "not_json",
        "not_parquet",
        "not_text",
        "too_large",
    ),
    *("unreadable", "unsupported_format"),
}


@pytest.fixture(scope="module")
def tables(hostile_run: HostileRun) -> dict[str, pl.DataFrame]:
    assert hostile_run.ended.status == 0, (hostile_run.ended.out + hostile_run.ended.err).decode()[-3000:]
    names = ("lineage.sources", "lineage.lines", "lineage.repairs", "quality.quarantine", "main.documents")
    with duckdb.connect(str(hostile_run.folder.warehouse), read_only=True) as con:
        return {name: con.sql(f"FROM {name}").pl() for name in names}


def test_the_run_goes_on_in_bounded_time_and_memory(hostile_run: HostileRun) -> None:
    ended = hostile_run.ended
    assert ended.status == 0, ended.err.decode()[-3000:]
    assert b"Traceback" not in ended.out + ended.err
    assert ended.peak_bytes < MOST_BYTES
    assert ended.seconds < MOST_SECONDS
    assert len(hostile_run.sources) >= 200


def test_every_source_is_loaded_or_refused_as_it_should_be(hostile_run: HostileRun, tables: dict[str, pl.DataFrame]) -> None:
    became: dict[bytes, set[str]] = {}
    for source_id in tables["lineage.sources"]["source_id"]:
        became.setdefault(_file_of(hostile_run, source_id), set()).add("loaded")
    for source_id, reason in tables["quality.quarantine"].select("source_id", "reason").iter_rows():
        became.setdefault(_file_of(hostile_run, source_id), set()).add(reason)
    wrong = {}
    for nasty in hostile_run.sources:
        fates = became.pop(nasty.path, {"passed over"})
        allowed = {"loaded", *REASONS} if nasty.fates == ("any",) else {*nasty.fates}
        if not fates <= allowed:
            wrong[nasty.path] = fates
    assert wrong == {}
    assert became == {b"folders/..x": {"hidden"}}, "rows of files that are not there, but for the hidden folder"


def test_no_source_makes_a_step_crash_and_each_refusal_says_why(tables: dict[str, pl.DataFrame]) -> None:
    quarantine = tables["quality.quarantine"]
    assert quarantine.filter(pl.col("reason") == "crashed").rows() == []
    assert set(quarantine["reason"]) <= REASONS
    assert quarantine.filter(pl.col("detail").is_null() | (pl.col("detail") == "")).rows() == []


def test_the_ledger_rebuilds_every_loaded_text(hostile_run: HostileRun, tables: dict[str, pl.DataFrame]) -> None:
    raw = {nasty.path: nasty.raw for nasty in hostile_run.sources}
    lines = dict(tables["lineage.lines"].partition_by("source_id", as_dict=True, include_key=False))
    repairs = dict(tables["lineage.repairs"].partition_by("source_id", as_dict=True, include_key=False))
    no_lines, no_repairs = tables["lineage.lines"].clear(), tables["lineage.repairs"].clear()
    broken, n_rebuilt = [], 0
    for source_id, encoding, media_type, sha256, n_bytes in (
        tables["lineage.sources"].select("source_id", "encoding", "media_type", "sha256", "n_bytes").iter_rows()
    ):
        path = _file_of(hostile_run, source_id)
        content = _unpacked(path, raw[path])
        is_record = content is None
        if media_type == "text/plain":
            rebuilt = rebuild_source(lines.get((source_id,), no_lines), repairs.get((source_id,), no_repairs), encoding)
            content = rebuilt if is_record else content
            n_rebuilt += 1
            if rebuilt != content:
                broken.append(source_id)
        if content is not None and (hashlib.sha256(content).hexdigest(), len(content)) != (sha256, n_bytes):
            broken.append(source_id)
    assert broken == []
    assert n_rebuilt > 300


def test_nothing_is_read_or_written_beyond_the_input_and_the_data_folder(hostile_run: HostileRun, tables: dict[str, pl.DataFrame]) -> None:
    assert tables["lineage.lines"].filter(pl.col("raw_text").str.contains("SECRET OUTSIDE|root:")).rows() == []
    place = hostile_run.inputs.parent
    assert sorted(path.name for path in place.iterdir()) == sorted(["in", "outside", "stdout", "stderr", hostile_run.folder.root.name])
    assert sorted(path.name for path in (place / "outside").iterdir()) == ["secret.txt"]
    assert not os.path.exists("/tmp/owned")  # noqa: S108
    assert not os.path.exists("/tmp/stolen")  # noqa: S108


def test_ids_name_one_file_each_and_hold_nothing_unprintable(hostile_run: HostileRun, tables: dict[str, pl.DataFrame]) -> None:
    ids = tables["lineage.sources"]["source_id"]
    assert ids.is_unique().all()
    assert ids.str.contains(r"[\x00-\x1f\x7f-\x9f\x{2028}\x{2029}]").sum() == 0
    assert tables["main.documents"]["document_id"].is_unique().all()


def _file_of(hostile_run: HostileRun, source_id: str) -> bytes:
    """Return the path of the file that an id stands for; of a record the container's."""
    path = unescape_path(source_id)
    if os.path.lexists(os.path.join(os.fsencode(hostile_run.inputs), path)):
        return path
    container, _, _ = path.partition(b"#")
    return container


def _unpacked(path: bytes, raw: bytes) -> bytes | None:
    """Return what comes out of a file, None for containers of many texts."""
    if path.endswith((b".jsonl", b".csv", b".parquet")):
        return None
    return gzip.decompress(raw) if path.endswith(b".gz") and raw else raw
