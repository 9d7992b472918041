"""Folders and files in, shards of raw bytes out: which files are read, under which id, and which are refused and why.

Everything is sorted by source_id, so that the same input gives the same shards on every machine; each shard holds bounded bytes.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import re
import stat
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from schemas.errors import InputError
from warehouse.cache import name_result
from warehouse.formats import MAX_SOURCE_BYTES, MEDIA_TYPES, Format, UnusableContentError, list_suffixes, read_content, tell_format
from warehouse.packing import Packer
from warehouse.store import AT_ONCE, find_address, list_objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PART_FORMAT = "part"  # records of a container, as `warehouse.containers` keeps them
PLAIN_TEXT = Format("text")
# Text and pages shrink to a fifth or less.
PACKED_RATIO = 5
# Control characters, line and paragraph separators, undecodable bytes of a file name, and the escape character itself.
UNSAFE_IN_ID = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\udc80-\udcff\\\\]")

# The coarsest clock of a file system in use (FAT) ticks every two seconds; that of a store may be a little ahead of ours or behind.
TICK_NS, STORE_TICK_NS = 2 * 10**9, 60 * 10**9
# What file managers, version control and synchronisation leave in folders; no one takes it for a page.
LEFT_BY_TOOLS = re.compile(r"\.(DS_Store|localized|directory|git|gitattributes|gitignore|gitkeep|hg|svn|stfolder|Trash.*|_.*|~lock.*)")

INPUT_SCHEMA = {"source_id": pl.String, "path": pl.String, "n_bytes": pl.Int64, "format": pl.String, "looks": pl.String}
RAW_SCHEMA = {
    "source_id": pl.String,
    "source_key": pl.String,
    "sha256": pl.String,
    "n_bytes": pl.Int64,
    "raw": pl.Binary,
    "media_type": pl.String,
    "url": pl.String,
}
REJECTED_SCHEMA = {"source_id": pl.String, "stage": pl.String, "reason": pl.String, "detail": pl.String}


class Inputs(NamedTuple):
    """Files to read and files refused (`source_id`, `stage`, `reason`, `detail`).

    `found` has `source_id` (of a part of a container: its first record's), `path`, `n_bytes` (of compressed files a guess at what comes
    out), `format`: text, html, jsonl, csv or parquet, with +gzip or +zstd where compressed, or part, and `looks`, which tells whether a
    file is as it was: null where it changed so lately that it might change again unnoticed.
    """

    found: pl.DataFrame
    rejected: pl.DataFrame


class RawShard(NamedTuple):
    """Sources read and files that vanished or could not be read.

    `sources` has `source_id`, `source_key`, `sha256`, `n_bytes`, `raw` (of compressed files what comes out, of records the text in UTF-8),
    `media_type` (null for records: their text is to tell) and `url` (null where no container names it).
    """

    sources: pl.DataFrame
    rejected: pl.DataFrame


@dataclass(frozen=True)
class Shard:
    """Inputs that are worked on together: rows of `Inputs.found`, in order of source_id."""

    ordinal: int
    inputs: pl.DataFrame

    @property
    def n_bytes(self) -> int:
        """Sum of the file lengths when they were found."""
        return int(self.inputs["n_bytes"].sum())

    @property
    def looks(self) -> str | None:
        """Name what the file system says of the files, None where that does not tell whether they stay as they are."""
        return None if self.inputs["looks"].null_count() else name_result("looks", self.inputs)


class _Entry(NamedTuple):
    """A file or folder met: under which input, where below it, how long, why it is refused (None: it is read), and how it looks."""

    root: str
    relative: str
    n_bytes: int
    refusal: tuple[str, str] | None
    format: Format = PLAIN_TEXT
    looks: str | None = None

    @property
    def path(self) -> str:
        return os.path.join(self.root, self.relative)


def find_inputs(paths: Sequence[Path]) -> Inputs:
    r"""Find the files to read under folders and files, and the objects under addresses of a store.

    Folders are read with all folders below. Hidden files and folders are refused, and so are files of other formats, and links that lead
    out of the input folder or to a folder; only what tools leave in folders (`LEFT_BY_TOOLS`) is passed over. A file named by the user is
    read whatever its name, as text if its name says nothing. source_id is the POSIX path
    relative to the input folder (for a file the name alone), with `\xNN` for bytes that are no UTF-8, control characters and backslashes.
    A file reached twice is read once, under its longest id. Where files of several inputs would have one id, the ids of these inputs begin
    with the input folder's name, and with a number too where the names are the same.

    Raises InputError where a path does not exist, cannot be read, or holds nothing to read.
    """
    if not paths:
        raise InputError("No input: name at least one folder or file to read")
    entries = [entry for path in paths for entry in _scan_input(Path(path))]
    if not any(entry.refusal is None for entry in entries):
        names = ", ".join(escape_name(str(path)) for path in paths)
        reasons = Counter(entry.refusal[0] for entry in entries if entry.refusal)
        refused = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
        raise InputError(f"No file to read in {names} (refused: {refused}): name a folder with {list_suffixes()} files, or a file itself")
    rows = _name_sources(entries)
    found = [
        (source_id, escape_name(e.path), e.n_bytes, "+".join(filter(None, e.format)), e.looks) for source_id, e in rows if e.refusal is None
    ]
    rejected = [(source_id, "find", *e.refusal) for source_id, e in rows if e.refusal is not None]
    return Inputs(
        pl.DataFrame(found, schema=INPUT_SCHEMA, orient="row").sort("source_id"),
        pl.DataFrame(rejected, schema=REJECTED_SCHEMA, orient="row").sort("source_id"),
    )


def pack_shards(inputs: pl.DataFrame, shard_bytes: int) -> list[Shard]:
    """Pack inputs, in order of source_id, into shards of at most `shard_bytes` (a longer file is a shard of its own)."""
    if shard_bytes <= 0:
        raise InputError(f"Shards of {shard_bytes} bytes cannot hold anything: give a positive number of bytes")
    inputs = inputs.sort("source_id")
    packer = Packer(shard_bytes)
    begins = [packer.begins_shard(*row) for row in inputs.select("source_id", "n_bytes").iter_rows()]
    bounds = [row for row, is_first in enumerate(begins) if is_first]
    spans = zip(bounds, [*bounds[1:], inputs.height], strict=True) if bounds else ()
    return [Shard(ordinal, inputs[start:end]) for ordinal, (start, end) in enumerate(spans)]


def read_shard(shard: Shard) -> RawShard:
    """Read the bytes of a shard's files and parts; a file that vanished, cannot be read or unpacks to too much is refused."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return _read_shard(shard, pool)


def _read_shard(shard: Shard, pool: ThreadPoolExecutor) -> RawShard:
    source_ids, contents, media_types, rejected, parts = [], [], [], [], []
    formats = {name: Format(*name.split("+")) for name in shard.inputs["format"].unique()}
    coming = {
        path: pool.submit(read_content, unescape_path(path), formats[format_name].compression)
        for path, format_name in shard.inputs.select("path", "format").iter_rows()
        if find_address(path)
    }
    for source_id, path, format_name in shard.inputs.select("source_id", "path", "format").iter_rows():
        if format_name == PART_FORMAT:
            parts.append(_read_part(os.fsdecode(unescape_path(path))))
            continue
        of = formats[format_name]
        try:
            raw = coming.pop(path).result() if path in coming else read_content(unescape_path(path), of.compression)
        except OSError as error:
            rejected.append((source_id, "read", "unreadable", explain_error(error)))
        except UnusableContentError as error:
            rejected.append((source_id, "read", error.reason, error.detail))
        else:
            source_ids.append(source_id)
            contents.append(raw)
            media_types.append(MEDIA_TYPES[of.kind])
    files = pl.DataFrame({"source_id": source_ids, "raw": contents, "media_type": media_types, "url": None}, schema_overrides=RAW_SCHEMA)
    return RawShard(
        pl.concat([_name_contents(files), *(_name_contents(part) for part in parts)]).sort("source_id"),
        pl.DataFrame(rejected, schema=REJECTED_SCHEMA, orient="row"),
    )


def _read_part(path: str) -> pl.DataFrame:
    """Read the records of a part as sources, to be named."""
    return pl.read_parquet(path, glob=False).select("source_id", "media_type", "url", raw=pl.col("text").cast(pl.Binary))


def _name_contents(read: pl.DataFrame) -> pl.DataFrame:
    """Give sources (source_id, raw, media_type, url) their keys, hashes and lengths: the columns of RAW_SCHEMA."""
    return read.select(
        "source_id",
        source_key=pl.Series(source_keys(read["source_id"]), dtype=pl.String),
        sha256=pl.Series([hashlib.sha256(raw).hexdigest() for raw in read["raw"]], dtype=pl.String),
        n_bytes=pl.col("raw").bin.size().cast(pl.Int64),
        raw="raw",
        media_type="media_type",
        url="url",
    )


def source_key(source_id: str) -> str:
    """Return the short, stable key of a source: 60 bits of SHA-256 in base32 (a-z, 2-7), 12 characters."""
    return source_keys([source_id])[0]


def source_keys(source_ids: Iterable[str]) -> list[str]:
    """Return the keys of sources (see `source_key`), all encoded at once: base32 writes 80 bits as 16 characters."""
    digests = b"".join(hashlib.sha256(source_id.encode()).digest()[:10] for source_id in source_ids)
    encoded = base64.b32encode(digests).decode("ascii").lower()
    return [encoded[start : start + 12] for start in range(0, len(encoded), 16)]


def unescape_path(escaped: str) -> bytes:
    r"""Return the file name, as the file system has it, that an id or path with `\xNN` escapes stands for."""
    encoded = escaped.encode()
    return re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode("ascii")), encoded) if b"\\" in encoded else encoded


def escape_name(name: str) -> str:
    """Write unsafe characters of a file name as the hex of their bytes."""
    return UNSAFE_IN_ID.sub(lambda match: "".join(f"\\x{byte:02x}" for byte in os.fsencode(match[0])), name)


def explain_error(error: OSError) -> str:
    """Say what the operating system said, without the path."""
    return (error.strerror or type(error).__name__).lower()


def _scan_input(path: Path) -> Iterator[_Entry]:
    """Yield the files of one path that the user named."""
    if address := find_address(path):
        yield from _scan_store(address)
        return
    shown = escape_name(str(path))
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise InputError(f"Cannot read the input {shown}: {explain_error(error)}; name an existing folder or file") from error
    if stat.S_ISDIR(mode):
        yield from _scan_folder(os.path.realpath(path), shown)
    elif stat.S_ISREG(mode):
        if not os.access(path, os.R_OK):
            raise InputError(f"Cannot read the input {shown}: permission denied; make it readable")
        root, name = os.path.split(os.path.abspath(path))
        yield _check_file(os.path.realpath(root), name)
    else:
        raise InputError(f"Cannot read the input {shown}: it is neither a file nor a folder; name one of these")


def _scan_folder(root: str, shown: str) -> Iterator[_Entry]:
    """Yield the files below a folder, in no particular order."""
    n_entries = 0
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as listing:
                children = [child for child in listing if not LEFT_BY_TOOLS.fullmatch(child.name)]
        except OSError as error:
            if not folder:
                raise InputError(f"Cannot read the input folder {shown}: {explain_error(error)}; make it readable") from error
            yield _Entry(root, folder, 0, ("unreadable", f"folder: {explain_error(error)}"))
            continue
        for child in children:
            n_entries += 1
            relative = os.path.join(folder, child.name)
            if child.name.startswith("."):
                what = "folder, with all in it" if child.is_dir(follow_symlinks=False) else "file"
                yield _Entry(root, relative, 0, ("hidden", f"hidden {what}: its name begins with a dot; name it as an input to read it"))
            elif child.is_symlink():
                yield _check_link(root, relative)
            elif child.is_dir():
                waiting.append(relative)
            else:
                yield _check_file(root, relative, in_folder=True)
    if not n_entries:
        raise InputError(f"The input folder {shown} is empty: put files to read into it, or name another folder")


def _scan_store(address: str) -> Iterator[_Entry]:
    """Yield the objects below an address of a store: what is a folder there is but the beginning of their names."""
    objects = list_objects(address)
    if not objects:
        raise InputError(
            f"Cannot read the input {escape_name(address)}: there is nothing at this address; name an object or a folder of them"
        )
    for found in objects:
        root, relative = (address, found.relative) if found.relative else os.path.split(address)
        told, n_bytes, refusal, names = tell_format(relative), found.n_bytes, None, found.relative.split("/")
        of = told or PLAIN_TEXT
        if any(LEFT_BY_TOOLS.fullmatch(name) for name in names):
            continue
        if any(name.startswith(".") for name in names):
            refusal = ("hidden", "hidden object: its name begins with a dot; name it as an input to read it")
        elif found.relative and told is None:
            refusal = ("unsupported_format", f"read from folders are {list_suffixes()}")
        elif n_bytes > MAX_SOURCE_BYTES and not of.is_container:
            refusal = ("too_large", f"{n_bytes} bytes; the longest text that can be read has {MAX_SOURCE_BYTES}")
        looks = f"{n_bytes} {found.written_ns}" if found.written_ns < time.time_ns() - STORE_TICK_NS else None
        yield _Entry(root, relative, n_bytes * (PACKED_RATIO if of.compression else 1), refusal, of, looks)


def _check_link(root: str, relative: str) -> _Entry:
    """Follow a link only to a file below the same input folder."""
    path = os.path.join(root, relative)
    try:
        target = os.path.realpath(path, strict=True)
    except OSError as error:
        reason = "link_loop" if error.errno == errno.ELOOP else "unreadable"
        return _Entry(root, relative, 0, (reason, f"link: {explain_error(error)}"))
    if os.path.commonpath([root, target]) != root:
        return _Entry(
            root, relative, 0, ("link_outside", "link that leads out of the input folder; name its target as an input to read it")
        )
    if os.path.isdir(target):
        is_loop = os.path.commonpath([target, path]) == target
        if is_loop:
            return _Entry(root, relative, 0, ("link_loop", "link to a folder that holds it"))
        return _Entry(root, relative, 0, ("link_to_folder", "link to a folder below the same input folder, which is read there"))
    return _check_file(root, relative, in_folder=True)


def _check_file(root: str, relative: str, *, in_folder: bool = False) -> _Entry:
    """Refuse what is no regular file, is too long or may not be read, and in folders what is of another format."""
    path = os.path.join(root, relative)
    refusal = looks = None
    n_bytes = 0
    told = tell_format(relative)
    of = told or PLAIN_TEXT
    try:
        status = os.stat(path)
    except OSError as error:
        return _Entry(root, relative, 0, ("unreadable", explain_error(error)))
    if not stat.S_ISREG(status.st_mode):
        refusal = ("not_a_file", "neither a file nor a folder (a pipe, socket or device)")
    elif in_folder and told is None:
        suffix = os.path.splitext(relative)[1]
        refusal = ("unsupported_format", escape_name(f"{suffix or 'no suffix'}: read from folders are {list_suffixes()}"))
    elif status.st_size > MAX_SOURCE_BYTES and not of.is_container:
        refusal = ("too_large", f"{status.st_size} bytes; the longest text that can be read has {MAX_SOURCE_BYTES}")
    elif not os.access(path, os.R_OK):
        refusal = ("unreadable", "permission denied")
    else:
        n_bytes = status.st_size * (PACKED_RATIO if of.compression else 1)
        looks = _describe_looks(status)
    return _Entry(root, relative, n_bytes, refusal, of, looks)


def _describe_looks(status: os.stat_result) -> str | None:
    """Put in a text what changes with a file's content; None for a file that may change again within the same tick of the clock.

    The time of the last change of the inode is among it: unlike the other one it cannot be set back.
    """
    if max(status.st_mtime_ns, status.st_ctime_ns) > time.time_ns() - TICK_NS:
        return None
    return f"{status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def _name_sources(entries: list[_Entry]) -> list[tuple[str, _Entry]]:
    """Give each file one id that no other file has."""
    by_path: dict[str, _Entry] = {}
    for entry in entries:
        path = entry.path
        kept = by_path.get(path)
        # The outermost input folder names the file; a refusal by suffix does not stand against a user who names the file itself.
        if kept is not None and kept.refusal is None and entry.refusal is not None and len(entry.relative) > len(kept.relative):
            by_path[path] = entry._replace(refusal=None, n_bytes=kept.n_bytes, looks=kept.looks)
        elif kept is None or len(entry.relative) > len(kept.relative):
            by_path[path] = entry
        elif entry.refusal is None and kept.refusal is not None:
            by_path[path] = kept._replace(refusal=None, n_bytes=entry.n_bytes, looks=entry.looks)
    unique = list(by_path.values())
    roots = sorted({entry.root for entry in unique})
    prefixes = dict.fromkeys(roots, "")
    for level in ("name", "number"):
        clashing = _clashing_roots(unique, prefixes)
        for root in clashing:
            name = os.path.basename(root) or "root"
            prefixes[root] = f"{name}/" if level == "name" else f"{name}-{roots.index(root) + 1}/"
    return [(escape_name(prefixes[entry.root] + entry.relative), entry) for entry in unique]


def _clashing_roots(entries: list[_Entry], prefixes: dict[str, str]) -> set[str]:
    """Return the input folders of which a file has the id of another input's file."""
    if len(prefixes) == 1:
        return set()
    roots_of = defaultdict(set)
    for entry in entries:
        roots_of[prefixes[entry.root] + entry.relative].add(entry.root)
    return {root for roots in roots_of.values() if len(roots) > 1 for root in roots}
