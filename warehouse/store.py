"""Objects of a store with the S3 API, by address (`s3://bucket/key`), listed, read and written.

Nothing is asked unless the user names such an address. Endpoint, region and keys are those that other programs take from the environment:
AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.
"""

from __future__ import annotations

import errno
import os
import re
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from schemas.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    import pyarrow as pa
    from pyarrow import fs

SCHEME = "s3://"
ADDRESS = re.compile(r"s3:/+([^/]+(?:/.*)?)", re.DOTALL)
CONNECT_SECONDS, ANSWER_SECONDS = 10, 60
AT_ONCE = 16  # requests: objects are small and far away
# How pyarrow words what a store says; the rest is where it was and who asked.
SAID = re.compile(r"AWS Error (\w+)(?: \(HTTP status \d+\))? during \w+ operation: (.*?)(?:; Details:|\(Request ID|$)", re.DOTALL)
NOT_TO_BE_READ = {"ACCESS_DENIED": errno.EACCES, "NO_SUCH_KEY": errno.ENOENT, "RESOURCE_NOT_FOUND": errno.ENOENT}


class StoredObject(NamedTuple):
    """An object below an address: its path from there, its length, and when it was last written (nanoseconds since 1970)."""

    relative: str
    n_bytes: int
    written_ns: int


def is_address(text: str) -> bool:
    """Tell whether a text is the address of an object or a folder of them."""
    return text.startswith(SCHEME) and ADDRESS.fullmatch(text) is not None


def find_address(path: Path | str) -> str | None:
    """Return the address that a path stands for, None for one of this machine; pathlib makes one slash of two."""
    found = ADDRESS.fullmatch(os.fspath(path))
    return SCHEME + found[1].rstrip("/") if found else None


def list_objects(address: str) -> list[StoredObject] | None:
    """List the objects below an address, in no particular order; one object alone has no path from there, None where there is nothing.

    Raises StoreError where the store does not answer or refuses.
    """
    from pyarrow import fs

    place = address.removeprefix(SCHEME)
    with store_errors(address):
        store = _open_store()
        here = store.get_file_info(place)
        if here.type == fs.FileType.NotFound:
            return None
        if here.type == fs.FileType.File:
            return [StoredObject("", here.size, here.mtime_ns)]
        found = store.get_file_info(fs.FileSelector(place, recursive=True))
    return [StoredObject(item.path[len(place) + 1 :], item.size, item.mtime_ns) for item in found if item.is_file]


def open_object(address: str) -> pa.NativeFile:
    """Open an object; raises OSError where it is not there or not to be read, StoreError where the store does not answer."""
    with store_errors(address):
        return _open_store().open_input_file(address.removeprefix(SCHEME))


def read_object(address: str, max_bytes: int) -> bytes:
    """Read an object, up to `max_bytes` of it; raises as `open_object` does."""
    with store_errors(address), _open_store().open_input_file(address.removeprefix(SCHEME)) as stream:
        return stream.read(max_bytes)


def tell_version(address: str) -> str:
    """Tell what changes with an object's content: its length and entity tag. Raises as `open_object` does."""
    with store_errors(address), _open_store().open_input_stream(address.removeprefix(SCHEME), compression=None) as stream:
        found = stream.metadata()
    return f"{found.get('Content-Length')} {found.get('ETag')}"


def write_object(address: str, content: bytes) -> None:
    """Write an object; readers see the old one or the new one. Raises StoreError."""
    with store_errors(address), _open_store().open_output_stream(address.removeprefix(SCHEME), compression=None) as out:
        out.write(content)


def upload_file(path: Path, address: str) -> None:
    """Write a file as an object, in pieces; readers see it when it is whole. Raises StoreError."""
    import pyarrow as pa

    with (
        store_errors(address),
        pa.OSFile(str(path), "r") as file,
        _open_store().open_output_stream(address.removeprefix(SCHEME), compression=None) as out,
    ):
        out.upload(file)


def remove_objects(address: str) -> None:
    """Remove all objects below an address. Raises StoreError."""
    with store_errors(address):
        _open_store().delete_dir(address.removeprefix(SCHEME))


@contextmanager
def store_errors(address: str) -> Generator[None]:
    """Word what a store says in one line: OSError for an object that is not there or not to be read, else StoreError."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        said = SAID.search(str(error))
        code, words = said.groups() if said else ("", str(error).splitlines()[0])
        if code in NOT_TO_BE_READ:
            raise OSError(NOT_TO_BE_READ[code], os.strerror(NOT_TO_BE_READ[code]), address) from error
        endpoint = _tell_endpoint()
        where = f" at {endpoint}" if endpoint else ""
        raise StoreError(f"{address}: the object store{where} says: {words.strip()} (AWS_* in the environment say where it is)") from error


def _tell_endpoint() -> str | None:
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")


def _open_store() -> fs.S3FileSystem:
    return _connect(_tell_endpoint(), os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"))


@cache
def _connect(endpoint: str | None, region: str | None) -> fs.S3FileSystem:
    from pyarrow import fs

    return fs.S3FileSystem(endpoint_override=endpoint, region=region, connect_timeout=CONNECT_SECONDS, request_timeout=ANSWER_SECONDS)
