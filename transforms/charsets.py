"""Raw bytes in, codecs to try out, the most plausible first: judged by how common the characters are that each one gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BOMS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
CANDIDATES = ("utf-8", "gb18030", "big5", "cp950", "utf-16-le", "utf-16-be")
SAMPLE_BYTES = 2_048
# Share of uncommon characters up to which a codec is taken without trying the ones after it. Right codecs gave at most 0.06 on pages of
# 100 characters and more, wrong ones at least 0.4 (tests/transforms/test_decode.py).
SURE_SHARE = 0.1
# UTF-16 without a byte order mark gives every file of even length some text; it is taken only where that text is mostly common characters.
UTF16_SHARE = 0.3

# Where browsers look for a page's declaration, and the share of uncommon characters up to which it is believed: pages often declare what
# they are not, and a wrong codec gives at least 0.4 (see SURE_SHARE).
DECLARATION_BYTES = 4_096
DECLARED_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([a-zA-Z0-9_-]+)""")
DECLARED_SHARE = 0.3


def rank_codecs(raw: bytes) -> Iterator[str]:
    """Yield codecs to try, the most plausible first; the last one decodes anything."""
    yield from (codec for bom, codec in BOMS if raw.startswith(bom))
    if b"\x00" in raw:
        yield from _codecs_by_nul(raw)
    sample = _sample(raw)
    shares: dict[str, float] = {}
    for codec in CANDIDATES:
        shares[codec] = _uncommon_share(sample, codec)
        if shares[codec] <= SURE_SHARE:
            break
    usable = [codec for codec, share in shares.items() if not codec.startswith("utf-16") or share <= UTF16_SHARE]
    yield from sorted(usable, key=lambda codec: shares[codec])
    yield "utf-8"


def declared_codecs(raw: bytes) -> Iterator[str]:
    """Yield the codec that a page declares in its head, unless it has a byte order mark or the codec gives too uncommon characters."""
    declared = DECLARED_CHARSET.search(raw[:DECLARATION_BYTES])
    if declared is None or any(raw.startswith(bom) for bom, _ in BOMS):
        return
    label = declared[1].decode("ascii").lower()
    codec = "gb18030" if label.startswith("gb") else "big5" if label.startswith("big5") else ""
    if codec and _uncommon_share(_sample(raw), codec) <= DECLARED_SHARE:
        yield codec


def _codecs_by_nul(raw: bytes) -> Iterator[str]:
    """Yield UTF-16 where the NULs say so: ASCII letters, digits and spaces in it have a NUL on one and the same side."""
    n_low, n_high = raw[0::2].count(0), raw[1::2].count(0)
    n_nul = n_low + n_high
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return
    if n_nul >= 0.3 * len(raw) and max(n_low, n_high) >= 0.95 * n_nul:
        yield "utf-16-be" if n_low > n_high else "utf-16-le"


def _sample(raw: bytes) -> bytes:
    """Cut a stretch of even offset that begins at the first byte that is not ASCII."""
    first = re.search(rb"[\x00\x80-\xff]", raw)
    start = first.start() // 2 * 2 if first else 0
    return raw[start : start + SAMPLE_BYTES]


def _uncommon_share(sample: bytes, codec: str) -> float:
    """Say how unlikely a codec is: the share of characters beyond ASCII that Chinese pages hardly ever hold, 0 to 1.

    Undecodable bytes weigh a little more than uncommon characters, which Uyghur or Tibetan pages consist of; characters that pass for UTF-8
    need not be common, since other text hardly ever passes.
    """
    beyond_ascii = UNTELLING.sub("", mark_undecodable(sample, codec))
    if not beyond_ascii:
        return 0.0
    n_undecodable = len(NO_TEXT.findall(beyond_ascii))
    if codec == "utf-8":
        return n_undecodable / len(beyond_ascii)
    n_uncommon = len(beyond_ascii) - sum(map(COMMON.__contains__, beyond_ascii))
    return (0.9 * n_uncommon + 0.1 * n_undecodable) / len(beyond_ascii)


def _common_characters() -> frozenset[str]:
    """Return the first levels of GB 2312 and of Big5 (3,755 simplified and 5,401 traditional characters in daily use) and punctuation."""
    rows = [bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF)]
    simplified = b"".join(rows).decode("gb2312", "ignore")
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    pairs = [bytes((lead, trail)) for lead in range(0xA4, 0xC7) for trail in trails]
    traditional = b"".join(pair for pair in pairs if pair < b"\xc6\xa1").decode("big5", "ignore")
    full_width = "".join(map(chr, range(0xFF01, 0xFF5F)))
    return frozenset(simplified + traditional + full_width + "\ufeff\u3000\u00a0、。·…—–‘’“”〈〉《》「」『』【】〔〕〖〗①②③④⑤⑥⑦⑧⑨⑩％℃‰")


COMMON = _common_characters()
NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")  # control characters, and undecodable bytes as surrogates
# What says nothing about the codec: printable ASCII, and U+FFFD, which a page had before it was written.
UNTELLING = re.compile("[\t\n\f\r -~\ufffd]+")


def name_handler(codec: str) -> str:
    """Name the built-in error handler that lets undecodable bytes stand as lone surrogates, which no decoded text holds."""
    return "surrogatepass" if codec.startswith("utf-") and codec != "utf-8" else "surrogateescape"


def mark_undecodable(raw: bytes, codec: str) -> str:
    """Decode with lone surrogates for what is no text; a last odd byte of UTF-16 is left out."""
    whole = raw[: len(raw) // 2 * 2] if codec.startswith("utf-16") else raw
    return whole.decode(codec, name_handler(codec))
