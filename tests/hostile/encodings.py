"""Bytes that are no clean text: wrong, mixed, cut off and contradictory encodings."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.hostile.nasty import EITHER, LOADED, PAGE, Nasty

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CODECS = ("utf-8", "utf-8-sig", "gb2312", "gbk", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le")
FOREIGN_CODECS = ("hz", "iso2022_jp", "utf-7", "shift_jis", "euc_kr", "koi8-r", "cp1252", "cp437")
UTF8_BOM = b"\xef\xbb\xbf"


def encoded_pages() -> Iterator[Nasty]:
    """Yield the page in every codec, whole and cut off within a character."""
    for codec in CODECS:
        raw = PAGE.encode(codec, "replace")
        yield _nasty(f"codec/{codec}", raw, EITHER)
        for lost in (1, 2, 3):
            yield _nasty(f"codec/{codec}-cut-{lost}", raw[:-lost].rstrip(b"\n"), EITHER)
        yield _nasty(f"codec/{codec}-cut-head", raw[1:], EITHER)
    for codec in FOREIGN_CODECS:
        yield _nasty(f"codec/{codec}", PAGE.encode(codec, "replace"), EITHER)


def broken_bytes() -> Iterator[Nasty]:
    """Yield pages with bytes that no codec explains."""
    page = PAGE.encode()
    middle = len(page) // 2
    insertions = {
        "bom-in-the-middle": UTF8_BOM,
        "utf16-bom-in-the-middle": b"\xff\xfe",
        "nul": b"\x00",
        "nuls": b"\x00" * 10,
        "overlong-nul": b"\xc0\x80",
        "overlong-slash": b"\xe0\x80\xaf",
        "five-byte-sequence": b"\xf8\x88\x80\x80\x80",
        "beyond-unicode": b"\xf4\x90\x80\x80",
        "surrogate-in-utf8": b"\xed\xa0\x80",
        "surrogate-pair-in-utf8": b"\xed\xa0\xbd\xed\xb8\x80",
        "noncharacters": "\ufffe\uffff\ufdd0\U0001ffff".encode(),
        "last-code-point": "\U0010ffff".encode(),
        "private-use": "\ue000\uf8ff\U000f0000".encode(),
        "replacement-characters": "\ufffd\ufffd".encode(),
        "replacement-beside-broken": "\ufffd".encode() + b"\xff" + "\ufffd".encode(),
        "broken-before-newline": b"\xe4\xb8\n",
        "broken-around-crlf": b"\xe4\r\n\xb8",
        "continuation-bytes": b"\x80\x81\xbf",
        "all-high-bytes": bytes(range(0x80, 0x100)),
        "gb18030-four-bytes": "𠮷㐂".encode("gb18030"),
        "delete-and-c1": "\x7f\x80\x85\x9f".encode(),
    }
    for name, inserted in insertions.items():
        yield _nasty(f"bytes/{name}", page[:middle] + inserted + page[middle:], EITHER)
    yield _nasty("bytes/utf8-then-gbk", page + PAGE.encode("gbk"), EITHER)
    yield _nasty("bytes/gbk-then-utf8", PAGE.encode("gbk") + page, EITHER)
    yield _nasty("bytes/utf8-then-utf16", page + PAGE.encode("utf-16-le"), EITHER)
    yield _nasty("bytes/lines-alternate", b"".join(_alternate(PAGE.splitlines(keepends=True))), EITHER)
    yield _nasty("bytes/mojibake", page.decode("gb18030", "replace").encode(), EITHER)
    yield _nasty("bytes/twice-encoded", page.decode("latin-1").encode(), EITHER)
    yield _nasty("bytes/two-boms", UTF8_BOM * 2 + page)
    yield _nasty("bytes/many-boms", UTF8_BOM.join(PAGE[i : i + 7].encode() for i in range(0, len(PAGE), 7)))
    yield _nasty("bytes/wrong-bom", b"\xff\xfe" + page, EITHER)
    yield _nasty("bytes/utf16-bom-gbk", b"\xfe\xff" + PAGE.encode("gbk"), EITHER)
    yield _nasty("bytes/bom-alone", UTF8_BOM)
    for codec, bom in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        yield _nasty(f"bytes/{codec}-bom-alone", bom, EITHER)
        yield from _lone_surrogates(codec, bom)
    yield _nasty("bytes/utf32-beyond-unicode", b"\xff\xfe\x00\x00\xff\xff\xff\xff", EITHER)
    for size in (1, 2, 100, 100_000):
        yield _nasty(f"bytes/nul-x{size}", b"\x00" * size, EITHER)
        yield _nasty(f"bytes/random-{size}", random.Random(size).randbytes(size), EITHER)  # noqa: S311
    for byte in (0x00, 0x0A, 0x0D, 0x1A, 0x1B, 0x20, 0x7F, 0x80, 0xBF, 0xC2, 0xE4, 0xF0, 0xFE, 0xFF):
        yield _nasty(f"bytes/only-{byte:02x}", bytes([byte]), EITHER)
    yield _nasty("bytes/all-bytes", bytes(range(256)) * 8, EITHER)
    yield _nasty("bytes/ends-in-sub", page + b"\x1a", LOADED)


def _lone_surrogates(codec: str, bom: bytes) -> Iterator[Nasty]:
    halves = {"high": "\ud83d", "low": "\ude00", "reversed": "\ude00\ud83d", "doubled": "\ud83d\ud83d"}
    for name, surrogates in halves.items():
        content = PAGE[:60] + surrogates + PAGE[60:] + surrogates
        yield _nasty(f"bytes/{codec}-surrogate-{name}", bom + content.encode(codec, "surrogatepass"), EITHER)
        yield _nasty(f"bytes/{codec}-surrogate-{name}-odd", bom + content.encode(codec, "surrogatepass") + b"\x4e", EITHER)


def _alternate(lines: Sequence[str]) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        yield line.encode(("utf-8", "gbk", "big5")[number % 3], "replace")


def _nasty(name: str, raw: bytes, fates: tuple[str, ...] = LOADED) -> Nasty:
    return Nasty(f"{name}.txt".encode(), raw, ("empty", "loaded") if not raw else fates)
