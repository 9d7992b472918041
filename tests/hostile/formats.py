"""Files that are no text, or say that they are what they are not; archives that unpack to more than anyone wants."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING

from tests.hostile.nasty import PAGE, Nasty

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED = ("unsupported_format", "not_text", "loaded")
UNPACKED_BYTES = 300_000_000


def foreign_files() -> Iterator[Nasty]:
    """Yield files of other formats, under .txt and under names of their own."""
    heads = {
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "zip": _zip(PAGE.encode()), "docx": _zip(b"<w:document/>", "word/document.xml"),
        "png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF", "gif": b"GIF89a\x01\x00\x01\x00",
        "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "rtf": b"{\\rtf1 x}", "elf": b"\x7fELF" + b"\x00" * 60,
        "gz": gzip.compress(PAGE.encode(), mtime=0), "xz": b"\xfd7zXZ\x00\x00", "zst": b"(\xb5/\xfd\x04\x00", "tar": _tar(PAGE.encode()),
        "sqlite": b"SQLite format 3\x00" + b"\x00" * 100, "parquet": b"PAR1" + b"\x00" * 20 + b"PAR1", "mht": b"MIME-Version: 1.0\n\n",
    }  # fmt: skip
    for suffix, raw in heads.items():
        yield Nasty(f"formats/{suffix}-as-text.txt".encode(), raw, REFUSED)
        yield Nasty(f"formats/true.{suffix}".encode(), raw, (*REFUSED, "not_parquet", "broken_compression"))
    yield Nasty(b"formats/empty.txt", b"", ("loaded", "empty"))
    yield Nasty(b"formats/no-suffix", PAGE.encode(), REFUSED)
    yield Nasty(b"formats/text.exe", PAGE.encode(), REFUSED)
    # Hidden files are refused by name.
    yield Nasty(b"formats/.hidden.txt", PAGE.encode(), ("hidden",))


def archives_and_containers() -> Iterator[Nasty]:
    """Yield bombs, truncated archives and broken containers; what becomes of them depends on what formats are read."""
    packed = gzip.compress(PAGE.encode() * 100, mtime=0)
    contents = {
        "bomb.txt.gz": _gzip_bomb(),
        "bomb-in-bomb.txt.gz": gzip.compress(_gzip_bomb(), mtime=0),
        "cut.txt.gz": packed[: len(packed) // 2],
        "cut-trailer.txt.gz": packed[:-4],
        "wrong-checksum.txt.gz": packed[:-8] + b"\x00\x00\x00\x00" + packed[-4:],
        "garbage-after.txt.gz": packed + b"garbage",
        "two-members.txt.gz": packed + packed,
        "empty.txt.gz": b"",
        "not-gzip.txt.gz": PAGE.encode(),
        "not-zstd.txt.zst": PAGE.encode(),
        "cut.txt.zst": b"(\xb5/\xfd\x04\x88\x08\x06\x00",
        "empty.html": b"",
        "page.html": f"<html><head><meta charset=utf-8><title>{PAGE[:20]}</title></head><body><p>{PAGE}</p></body></html>".encode(),
        "deep.html": b"<div>" * 20_000 + PAGE.encode() + b"</div>" * 20_000,
        "unclosed.html": b"<table><tr><td>" * 2_000 + PAGE.encode(),
        "attributes.html": b"<p " + b"a=1 " * 50_000 + b">" + PAGE.encode(),
        "comment.html": b"<!--" * 10_000 + PAGE.encode(),
        "entities.html": b"&#0;&#xD800;&#x110000;&lt;&bogus;&#" * 2_000 + PAGE.encode(),
        "wrong-charset.html": "<meta charset=utf-16><p>正文</p>".encode("gbk"),
        "nul.html": b"<p>\x00" + PAGE.encode() + b"</p>",
        "binary.html": bytes(range(256)) * 100,
        "script.html": b"<script>" + b"if(a<b)" * 5_000 + b"</script><p>" + PAGE.encode(),
        "broken.jsonl": b'{"id": "1", "text": "x\n{"id": 2}\nnot json\n[]\nnull\n' + json.dumps({"id": "#", "text": PAGE}).encode(),
        "same-ids.jsonl": (json.dumps({"id": "a", "text": PAGE}) + "\n").encode() * 5,
        "deep.jsonl": b'{"text":' + b"[" * 50_000 + b"]" * 50_000 + b"}\n",
        "odd-ids.jsonl": "".join(json.dumps({"id": i, "text": PAGE}) + "\n" for i in ("", "\n", "../x", "a#b", None, 1e400, True)).encode(),
        "surrogates.jsonl": b'{"id": "1", "text": "\\ud800\\u0000"}\n',
        "empty.jsonl": b"",
        "broken.csv": b'id,text\n1,"unclosed\n2,b\n',
        "broken.parquet": b"PAR1" + b"\xff" * 100 + b"PAR1",
        "empty.zip": b"PK\x05\x06" + b"\x00" * 18,
        "climbing.zip": _zip(PAGE.encode(), "../../escaped.txt"),
    }  # fmt: skip
    for name, raw in contents.items():
        yield Nasty(f"archives/{name}".encode(), raw, ("any",))


def _gzip_bomb() -> bytes:
    """Pack 300 MB of one letter into 300 kB."""
    packer = zlib.compressobj(9, wbits=31)
    block = b"a" * 1_000_000
    return b"".join(packer.compress(block) for _ in range(UNPACKED_BYTES // len(block))) + packer.flush()


def _zip(content: bytes, name: str = "page.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _tar(content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("page.txt")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return out.getvalue()
