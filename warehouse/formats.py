"""File names in, what they hold and how to read it out: texts, pages and containers of records, compressed or not.

What comes out of a compressed file is bounded as it streams, so that a small file cannot fill memory or disk.
"""

from __future__ import annotations

import io
import os
import stat
from typing import IO, TYPE_CHECKING, NamedTuple

from warehouse.store import find_address, open_object, read_object

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

KINDS = {".txt": "text", ".html": "html", ".htm": "html", ".jsonl": "jsonl", ".csv": "csv", ".parquet": "parquet"}
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
# Parquet compresses its own columns, and cannot be read as a stream.
NOT_COMPRESSED = frozenset({"parquet"})
CONTAINERS = frozenset({"jsonl", "csv", "parquet"})
MEDIA_TYPES = {"text": "text/plain", "html": "text/html"}

# A run over one text this long takes 1.4 GB of memory (docs/giants.md), and no page comes near: a long book has 3 MB.
MAX_SOURCE_BYTES = 2**25
# Chinese pages shrink to a fifth, a site's pages on end to a fiftieth; gzip can reach a thousandth, Zstandard far less.
MAX_RATIO = 200
MIN_BOMB_BYTES = 2**22
# More text than a disk holds twice over is no corpus for one machine.
MAX_CONTAINER_BYTES = 2**38


class UnusableContentError(Exception):
    """Content that cannot be used, with a reason in one word and a detail in a sentence, as quarantine states them."""

    @property
    def reason(self) -> str:
        """Return the reason, as one word."""
        return self.args[0]

    @property
    def detail(self) -> str:
        """Return the reason, as a sentence."""
        return self.args[1]


class Format(NamedTuple):
    """What a file holds (`kind`: text, html, jsonl, csv, parquet) and how it is compressed ('', gzip, zstd)."""

    kind: str
    compression: str = ""

    @property
    def is_container(self) -> bool:
        """Tell whether the file holds many records."""
        return self.kind in CONTAINERS


def tell_format(name: str) -> Format | None:
    """Tell a file's format by its name, None where it is none that can be read."""
    stem, suffix = os.path.splitext(name.lower())
    compression = COMPRESSIONS.get(suffix, "")
    kind = KINDS.get(os.path.splitext(stem)[1] if compression else suffix)
    return None if kind is None or (compression and kind in NOT_COMPRESSED) else Format(kind, compression)


def list_suffixes() -> str:
    """List the suffixes of names that can be read, for messages."""
    return f"{', '.join(KINDS)} (all but .parquet also as {' and '.join(COMPRESSIONS)})"


def open_file(path: bytes) -> IO[bytes]:
    """Open a regular file or an object of a store; never block on a pipe that took a file's place."""
    if address := find_address(os.fsdecode(path)):
        return open_object(address)
    descriptor, _ = _open_regular(path)
    return os.fdopen(descriptor, "rb")


def open_content(file: IO[bytes], compression: str, max_bytes: int) -> io.BufferedReader:
    """Open the content of a file as a stream that raises `UnusableContentError` where it is too long, a bomb or broken."""
    return io.BufferedReader(_BoundedStream(file, compression, max_bytes), 2**20)


def read_content(path: bytes, compression: str) -> bytes:
    """Read the whole content of a file that holds one text."""
    if compression:
        with open_file(path) as file:
            return open_content(file, compression, MAX_SOURCE_BYTES).read()
    address = find_address(os.fsdecode(path))
    raw = read_object(address, MAX_SOURCE_BYTES + 1) if address else _read_regular(path)
    if len(raw) > MAX_SOURCE_BYTES:
        raise OSError(None, "grew beyond the longest text that can be read")
    return raw


def _read_regular(path: bytes) -> bytes:
    """Read a regular file; of one that is too long, a byte more than there may be."""
    # Nearly all files are small and many: their length is known, so one read takes them whole.
    descriptor, n_bytes = _open_regular(path)
    try:
        raw = os.read(descriptor, min(n_bytes, MAX_SOURCE_BYTES) + 1)
        return raw if len(raw) == n_bytes else _read_on(descriptor, raw)
    finally:
        os.close(descriptor)


def _open_regular(path: bytes) -> tuple[int, int]:
    """Open a regular file without blocking: its descriptor and length."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise OSError(None, "is no regular file any more")
    return descriptor, status.st_size


def _read_on(descriptor: int, raw: bytes) -> bytes:
    """Read a file to its end that gave fewer or more bytes than its length said, up to one byte too many."""
    pieces, n_bytes = [raw], len(raw)
    while pieces[-1] and n_bytes <= MAX_SOURCE_BYTES:
        pieces.append(os.read(descriptor, min(2**20, MAX_SOURCE_BYTES + 1 - n_bytes)))
        n_bytes += len(pieces[-1])
    return b"".join(pieces)


class _BoundedStream(io.RawIOBase):
    """The decompressed bytes of a file, with bounds on their number and on how much more they are than the file's."""

    def __init__(self, file: IO[bytes], compression: str, max_bytes: int) -> None:
        import pyarrow as pa

        self._stream = pa.CompressedInputStream(pa.PythonFile(file, "r"), compression) if compression else file
        n_stored = file.seek(0, os.SEEK_END)
        file.seek(0)
        self._max_bytes = min(max_bytes, max(MIN_BOMB_BYTES, n_stored * MAX_RATIO)) if compression else max_bytes
        self._is_ratio = self._max_bytes < max_bytes
        self._n_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        try:
            read = self._stream.read(len(view))
        except OSError as error:
            if error.errno is not None:
                raise
            raise UnusableContentError("broken_compression", str(error)[:200]) from error
        self._n_bytes += len(read)
        if self._n_bytes > self._max_bytes:
            if self._is_ratio:
                raise UnusableContentError("compression_bomb", f"more than {MAX_RATIO} times the file's length comes out of it")
            raise UnusableContentError("too_large", f"more than {self._max_bytes} bytes come out of it")
        view[: len(read)] = read
        return len(read)
