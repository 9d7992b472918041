"""Containers found among the inputs in; in their place parts of records, each no longer than a shard, out.

A container is read once, as a stream, and its records are kept as Parquet parts under the hash of its bytes: a shard reads its own part
only, and a container that did not change is not read again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from schemas.errors import InputError
from warehouse.formats import CONTAINERS, MAX_SOURCE_BYTES, Format, UnusableContentError, open_file
from warehouse.inputs import INPUT_SCHEMA, PART_FORMAT, REJECTED_SCHEMA, Inputs, escape_name, explain_error, unescape_path
from warehouse.packing import Packer
from warehouse.records import read_records
from warehouse.store import find_address, tell_version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.records import RecordBatch

# Part of the hash that names the kept parts: raise it when what stands in them changes.
LAYOUT = 2
PARTS, REFUSED = "parts.parquet", "rejected.parquet"
AS_NAMED = "as named"  # how a part looks: what is in it, the name of its folder tells
Refusal = tuple[str, str, str, str]


def spool_records(inputs: Inputs, folder: Path, shard_bytes: int) -> Inputs:
    """Put parts of records in place of the containers among the inputs.

    The parts are kept in `folder`, those of containers that are no longer there are removed. A record's source_id is `path#ID` by its id
    (`path#ID#N` where a record before it has the same id), or `path#N` by its number among the records. Records without text and
    containers that cannot be read (on) are refused with stage `read`.

    Raises InputError where there is nothing to read then.
    """
    is_container = pl.col("format").str.split("+").list.first().is_in(list(CONTAINERS))
    containers, others = inputs.found.filter(is_container), inputs.found.filter(~is_container)
    if containers.is_empty():
        return inputs
    folder.mkdir(parents=True, exist_ok=True)
    spooled = [_spool_container(row, others["source_id"], folder, shard_bytes) for row in containers.iter_rows(named=True)]
    _remove_others(folder, {key for key, _ in spooled})
    found = pl.concat([others, *(spool.found for _, spool in spooled)]).sort("source_id")
    rejected = pl.concat([inputs.rejected, *(spool.rejected for _, spool in spooled)]).sort("source_id")
    if found.is_empty():
        raise InputError(
            f"No record with text in {containers['source_id'][0]}{' and others' if containers.height > 1 else ''}: "
            "name a container that has a column of text"
        )
    return Inputs(found, rejected)


def _spool_container(container: dict[str, str], others: pl.Series, folder: Path, shard_bytes: int) -> tuple[str | None, Inputs]:
    """Spool one container, unless its parts are there; returns the name they are kept under."""
    source_id, path = container["source_id"], unescape_path(container["path"])
    taken = frozenset(others.filter(others.str.starts_with(f"{source_id}#")))
    try:
        key = _tell_key(path, source_id, sorted(taken), shard_bytes)
        kept = folder / key
        if not kept.is_dir():
            unfinished = folder / f"{key}.{os.getpid()}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            records = read_records(path, Format(*container["format"].split("+")))
            _write_parts(records, _Names(source_id, set(taken)), _PartWriter(unfinished, shard_bytes))
            unfinished.rename(kept)
    except OSError as error:
        if error.filename is not None and str(folder) in os.fsdecode(error.filename):
            raise
        refused = pl.DataFrame([(source_id, "read", "unreadable", explain_error(error))], schema=REJECTED_SCHEMA, orient="row")
        return None, Inputs(pl.DataFrame(schema=INPUT_SCHEMA), refused)
    parts = pl.read_parquet(kept / PARTS, glob=False).with_columns(path=pl.lit(f"{escape_name(str(kept))}/") + pl.col("path"))
    return key, Inputs(parts.select(list(INPUT_SCHEMA)), pl.read_parquet(kept / REFUSED, glob=False))


def _tell_key(path: bytes, source_id: str, taken: list[str], shard_bytes: int) -> str:
    """Hash what the parts depend on: the container's bytes (a store has them hashed) and id, other ids, and the shards' length."""
    digest = hashlib.sha256(repr((LAYOUT, source_id, taken, shard_bytes)).encode())
    if address := find_address(os.fsdecode(path)):
        digest.update(tell_version(address).encode())
        return digest.hexdigest()[:32]
    with open_file(path) as file:
        while chunk := file.read(2**20):
            digest.update(chunk)
    return digest.hexdigest()[:32]


def _remove_others(folder: Path, keys: set[str | None]) -> None:
    """Remove the parts of containers that are no inputs any more, and what runs cut short left."""
    for child in folder.iterdir():
        if child.name not in keys:
            shutil.rmtree(child, ignore_errors=True)


def _write_parts(batches: Iterator[RecordBatch], names: _Names, writer: _PartWriter) -> None:
    """Write a container's records in parts, and the lists of parts and of refused records."""
    refusals: list[Refusal] = []
    try:
        for batch in batches:
            usable, refused = _sort_out(batch, names)
            refusals += refused
            writer.add(usable)
    except UnusableContentError as error:
        refusals.append((names.source_id, "read", error.reason, error.detail))
    writer.close()
    if not writer.parts and not refusals:
        refusals.append((names.source_id, "read", "empty", "the container holds no records"))
    pl.DataFrame(writer.parts, schema=INPUT_SCHEMA, orient="row").write_parquet(writer.folder / PARTS)
    pl.DataFrame(refusals, schema=REJECTED_SCHEMA, orient="row").write_parquet(writer.folder / REFUSED)


def _sort_out(batch: RecordBatch, names: _Names) -> tuple[pl.DataFrame, list[Refusal]]:
    """Name a batch's records, and take out those that cannot be used."""
    n_bytes = pl.col("text").str.len_bytes()
    problem = (
        pl.when(pl.col("problem").is_not_null())
        .then("problem")
        .when(~pl.col("text").str.contains(r"\S").fill_null(value=False))
        .then(pl.lit(f"no_text: nothing in {batch.columns.text}"))
        .when(n_bytes > MAX_SOURCE_BYTES)
        .then(pl.lit(f"too_large: more than {MAX_SOURCE_BYTES} bytes, the longest text that can be read"))
    )
    named = batch.records.with_columns(
        source_id=pl.Series(names.name_all(batch.records), dtype=pl.String), problem=problem, n_bytes=n_bytes.cast(pl.Int64)
    )
    refused = named.filter(pl.col("problem").is_not_null()).select("source_id", "problem")
    refusals = [(name, "read", *why.split(": ", 1)) for name, why in refused.iter_rows()]
    usable = named.filter(pl.col("problem").is_null())
    media_type = pl.lit(batch.columns.media_type, pl.String)
    return usable.select("source_id", "text", "url", media_type=media_type, n_bytes="n_bytes"), refusals


@dataclass
class _Names:
    """Gives each record of a container an id that no other source has."""

    source_id: str
    taken: set[str]

    def name_all(self, records: pl.DataFrame) -> list[str]:
        return [self._name(number, identifier) for number, identifier in records.select("number", "id").iter_rows()]

    def _name(self, number: int, identifier: str | None) -> str:
        name = f"{self.source_id}#{escape_name(identifier.strip()) if identifier and identifier.strip() else number}"
        while name in self.taken:
            name = f"{name}#{number}"
        self.taken.add(name)
        return name


@dataclass
class _PartWriter:
    """Writes records into parts that are cut as shards are."""

    folder: Path
    shard_bytes: int
    parts: list[tuple[str, str, int, str, str]] = field(default_factory=list)
    waiting: list[pl.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.packer = Packer(self.shard_bytes)

    def add(self, records: pl.DataFrame) -> None:
        for begins, stretch in self._cut(records) if records.height else ():
            if begins:
                self.close()
            self.waiting.append(stretch)

    def close(self) -> None:
        """Write what waits as one part."""
        if not self.waiting:
            return
        part = pl.concat(self.waiting)
        self.waiting = []
        name = f"{len(self.parts):06d}.parquet"
        part.drop("n_bytes").write_parquet(self.folder / name, compression="lz4", statistics=False)
        self.parts.append((part["source_id"][0], name, int(part["n_bytes"].sum()), PART_FORMAT, AS_NAMED))

    def _cut(self, records: pl.DataFrame) -> Iterator[tuple[bool, pl.DataFrame]]:
        """Yield stretches of records, and whether a new part begins with each."""
        begins = [self.packer.begins_shard(*row) for row in records.select("source_id", "n_bytes").iter_rows()]
        bounds = [row for row, is_first in enumerate(begins) if is_first or row == 0]
        for start, end in zip(bounds, [*bounds[1:], records.height], strict=True):
            yield begins[start], records[start:end]
