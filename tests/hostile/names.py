"""File names that break paths, ids, terminals, globs, shells and tables; each file holds a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.nasty import LOADED, PAGE, Nasty

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = (
    "line\nfeed",
    "car\rriage",
    "tab\tstop",
    "quote'single",
    'quote"double',
    "back`tick",
    "back\\slash",
    "back\\x41",
    "dot..dot",
    "..",
    "...",
    "-rf",
    "--help",
    "hash#1",
    "#",
    "a#b#c",
    "question?",
    "star*",
    "[abc]",
    "{a,b}",
    "per%20cent",
    "%s%n",
    "{0}",
    "${HOME}",
    "$(id)",
    "semi;colon",
    "amp&ersand",
    "pipe|",
    "less<greater>",
    "<script>alert(1)",
    "=1+1",
    "+1",
    "@SUM(A1)",
    "~",
    "!",
    "colon:1",
    "colon:99:",
    "comma,comma",
    " leading",
    "trailing ",
    "CON",
    "NUL",
    "emoji😀👩‍👩‍👧",
    "rtl\u202etxt.exe",
    "ltr\u200e",
    "zw\u200bsp",
    "bom\ufeff",
    "nbsp\u00a0",
    "ls\u2028",
    "ps\u2029",
    "nel\u0085",
    "esc\x1b[31mred",
    "bel\x07",
    "del\x7f",
    "bs\x08\x08",
    "csi\u009b31m",
    "osc\x1b]0;x\x07",
    "é-composed",
    "e\u0301-decomposed",
    "Case",
    "case",
    "全角",
    "文件（1）",
    "𠮷",
    "'; DROP TABLE lineage.sources; --",
    "' OR '1'='1",
    "\ufffd",
    "\uffff",
    "x" * 240,
    "文" * 80,
    "a.txt.txt",
    "a.TXT",
    "日期:2020年",
    "| a | b |",
    "**bold**",
    "[x](javascript:1)",
    "null",
    "None",
    "nan",
    "0",
)
NAMES_IN_BYTES = (
    b"gbk-\xb9\xab\xb8\xe6",
    b"broken-\xff\xfe",
    b"half-\xe4\xb8",
    b"surrogate-\xed\xa0\x80",
    b"c1-\x9b31m",
    b"overlong-\xc0\xae",
)
FOLDERS = ("..x", "a.txt", "with space", "new\nline", "#", "a#1", "[0-9]", "'quoted'", "\x1b[2J", "data=1", "__HIVE__=x", "*")


def odd_names() -> Iterator[Nasty]:
    """Yield pages under odd names, in the hostile folder and in odd folders below it."""
    for number, name in enumerate(NAMES):
        yield Nasty(b"names/" + name.encode() + b".txt", _page(number), _fates(name))
    for number, name in enumerate(NAMES_IN_BYTES, len(NAMES)):
        yield Nasty(b"names/" + name + b".txt", _page(number))
    for number, folder in enumerate(FOLDERS, len(NAMES) + len(NAMES_IN_BYTES)):
        fates = ("passed over",) if folder.startswith(".") else LOADED  # what is in a hidden folder is refused with the folder
        yield Nasty(b"folders/" + folder.encode() + b"/page.txt", _page(number), fates)
    yield Nasty(b"folders/" + b"d/" * 100 + b"deep.txt", _page(1000))


def _fates(name: str) -> tuple[str, ...]:
    """Hidden files are refused by name."""
    return ("hidden",) if name.startswith(".") else LOADED


def _page(number: int) -> bytes:
    return PAGE.replace("辽科发〔2020〕6号", f"辽科发〔2020〕{number + 1000}号").encode()
