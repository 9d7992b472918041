"""Raw bytes in, text out, and a row for every byte sequence that is no text.

UTF-8 is decoded on whole columns; only the rest goes file by file through a ladder of codecs, judged by how common the characters are
that each one gives. Decoding is always reversible: what a codec cannot give back stands as U+FFFD, with its bytes noted as hex.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from transforms.charsets import NO_TEXT, declared_codecs, mark_undecodable, name_handler, rank_codecs
from transforms.rows import describe_where

REPLACEMENT = "\ufffd"
MEDIA_TYPE = "text/plain"

# First bytes of formats that turn up under a .txt name; each is long enough that no Chinese text begins with it.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an Office file (docx, xlsx, wps)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (doc, xls, wps)"),
    (b"{\\rtf", "an RTF file"),
    (b"%!PS", "a PostScript file"),
    (b"AT&TFORM", "a DjVu file"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"RIFF", "a RIFF file (WebP, WAV, AVI)"),
    (b"\x1f\x8b\x08", "a gzip file"),
    (b"BZh91AY&SY", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"(\xb5/\xfd", "a Zstandard file"),
    (b"7z\xbc\xaf'\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x7fELF", "an ELF program"),
    (b"MZ\x90\x00", "a Windows program"),
    (b"\xca\xfe\xba\xbe", "a Java class or Mach-O program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"OggS", "an Ogg file"),
    (b"wOFF", "a web font"),
    (b"wOF2", "a web font"),
)

CONTROL_CHARACTERS = [chr(code) for code in (*range(0x09), *range(0x0E, 0x20), 0x7F)]
# Uniformly random bytes hold 28 control characters in 256 (11 %), and 13 to 17 % of the characters once they are read as multi-byte text;
# of 5,600 government pages none holds a single one, and the cell marks that Word leaves are at most a few a line. 5 % lies far from both.
MAX_CONTROL_SHARE = 0.05
HEAD_CHARS = 4_096  # no binary format hides behind as many characters of text, and what follows them can be read then
LONG_BYTES = 2**20  # longer files are judged by their head before they are decoded
# A page that lost every tenth character can still be read; where every third character is lost, nothing can be told from the rest.
MAX_UNDECODABLE_SHARE = 1 / 3
UNDECODABLE = re.compile("[\ud800-\udfff]+|\ufffd")


class Decoded(NamedTuple):
    """The frames that `decode_sources` gives."""

    sources: pl.DataFrame
    undecodable: pl.DataFrame
    rejected: pl.DataFrame


class Replaced(NamedTuple):
    """A U+FFFD in decoded text: where it stands, what bytes it stands for, and whether the file itself held a U+FFFD there."""

    start_char: int
    original: bytes
    is_genuine: bool


@dataclass(frozen=True)
class DecodedText:
    """The text of one file: `content`, with `replaced` put back for U+FFFD in order, encodes to the file's bytes."""

    encoding: str
    content: str
    replaced: tuple[Replaced, ...] = ()


REJECTED_SCHEMA = {"source_id": pl.String, "stage": pl.String, "reason": pl.String, "detail": pl.String}
UNDECODABLE_SCHEMA = {
    "source_id": pl.String,
    "start_char": pl.Int64,
    "original": pl.String,
    "is_genuine": pl.Boolean,
    "encoding": pl.String,
}


def decode_sources(raw: pl.DataFrame) -> Decoded:
    """Decode the bytes of a shard's sources.

    In: `source_id`, `source_key`, `sha256`, `n_bytes`, `raw` (Binary), and `media_type` if names tell it (text/plain for all if not): pages
    of text/html may declare their codec, which counts where their bytes bear it out. Out, all sorted by source_id:
    `sources` (the same without `raw`, plus `media_type`, `encoding`, a plain Python codec, and `content`; a byte order mark stays in the
    content as U+FEFF), `undecodable` (one row a U+FFFD of every source that has bytes which are no text: `source_id`, `start_char` in the
    content, `original` hex, `is_genuine`, `encoding`) and `rejected` (`source_id`, `stage`, `reason`, `detail`): reason `not_text` for
    files of other formats, which are no sources; reason `empty` for files without a byte, which stay sources of no lines.
    """
    told = raw if "media_type" in raw.columns else raw.with_columns(media_type=pl.lit(MEDIA_TYPE))
    raw = told.sort("source_id").with_columns(looks_like=_signature())
    is_foreign = pl.col("looks_like").is_not_null()
    decoded, undecodable = _decode_column(raw.filter(~is_foreign))
    is_undecodable = pl.col("source_id").is_in(undecodable["source_id"].implode())
    decoded = describe_where(decoded, _holds_control() | is_undecodable, looks_like=_binary_look(undecodable))

    kept = decoded.filter(~is_foreign).drop("looks_like")
    not_text = pl.concat(
        [raw.filter(is_foreign).select("source_id", "looks_like"), decoded.filter(is_foreign).select("source_id", "looks_like")]
    )
    rejected = pl.concat(
        [
            not_text.select("source_id", reason=pl.lit("not_text"), detail=pl.lit("looks like ") + pl.col("looks_like")),
            kept.filter(pl.col("n_bytes") == 0).select("source_id", reason=pl.lit("empty"), detail=pl.lit("the file holds no bytes")),
        ]
    ).select("source_id", stage=pl.lit("decode"), reason="reason", detail="detail")
    return Decoded(
        sources=kept,
        undecodable=undecodable.join(kept, on="source_id", how="semi", maintain_order="left"),
        rejected=rejected.sort("source_id"),
    )


def decode_bytes(raw: bytes, *, is_html: bool = False) -> DecodedText:
    """Decode any bytes, reversibly, with the codec that gives the most plausible Chinese text, or that a page of HTML rightly declares."""
    for codec in (*(declared_codecs(raw) if is_html else ()), *rank_codecs(raw)):
        text = _decode_reversibly(raw, codec)
        if text is not None:
            return text
    raise AssertionError("UTF-8 with escapes decodes all bytes")  # pragma: no cover


def rebuild_source(lines: pl.DataFrame, repairs: pl.DataFrame, encoding: str) -> bytes:
    """Put a source's file together again from its ledger.

    Takes one source's `lines` (`line_no`, `raw_text`, `line_ending`), its `repairs` (`line_no`, `start_char`, `kind`, `original`; only
    those of the kind undecodable_bytes count) and its encoding. The n-th U+FFFD of a line takes the bytes of the line's n-th repair; a line
    without such repairs is encoded as it stands.
    """
    originals: dict[int, list[bytes]] = {}
    undecodable = repairs.filter(pl.col("kind") == "undecodable_bytes").sort("line_no", "start_char")
    for line_no, original in undecodable.select("line_no", "original").iter_rows():
        originals.setdefault(line_no, []).append(bytes.fromhex(original))

    rebuilt = []
    for line_no, raw_text, line_ending in lines.sort("line_no").select("line_no", "raw_text", "line_ending").iter_rows():
        if line_no not in originals:
            rebuilt.append((raw_text + line_ending).encode(encoding))
            continue
        first, *pieces = (raw_text + line_ending).split(REPLACEMENT)
        rebuilt.append(first.encode(encoding))
        for original, piece in zip(originals[line_no], pieces, strict=True):
            rebuilt += [original, piece.encode(encoding)]
    return b"".join(rebuilt)


def _signature() -> pl.Expr:
    """Name the format that the first bytes of `raw` give away, null for none."""
    first_bytes = pl.col("raw").bin.head(16)
    return pl.coalesce(
        *(pl.when(first_bytes.bin.starts_with(prefix)).then(pl.lit(look)) for prefix, look in SIGNATURES),
        pl.lit(None, dtype=pl.String),
    )


def _decode_column(raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add `encoding` and `content` in place of `raw`, and return the undecodable rows too."""
    is_plain_utf8 = pl.col("content").is_not_null() & ~pl.col("raw").bin.contains(b"\x00")
    raw = raw.with_columns(encoding=pl.lit("utf-8"), content=_cast_utf8(raw["raw"]))
    raw = raw.with_columns(is_plain_utf8=is_plain_utf8)
    if raw["is_plain_utf8"].all():
        return raw.drop("raw", "is_plain_utf8"), pl.DataFrame(schema=UNDECODABLE_SCHEMA)
    hard = raw.filter(~pl.col("is_plain_utf8"))
    is_html = hard["media_type"] == "text/html"
    texts = [_decode_text(content, is_html=bool(html)) for content, html in zip(hard["raw"], is_html, strict=True)]
    decoded = hard.with_columns(
        content=pl.Series([text.content for text in texts], dtype=pl.String),
        encoding=pl.Series([text.encoding for text in texts], dtype=pl.String),
    )
    rows = [
        (source_id, start_char, original.hex(), is_genuine, text.encoding)
        for source_id, text in zip(hard["source_id"], texts, strict=True)
        for start_char, original, is_genuine in text.replaced
    ]
    sources = pl.concat([raw.filter("is_plain_utf8"), decoded]).drop("raw", "is_plain_utf8").sort("source_id")
    return sources, pl.DataFrame(rows, schema=UNDECODABLE_SCHEMA, orient="row")


def _decode_text(raw: bytes, *, is_html: bool) -> DecodedText:
    """Decode bytes; of long binary data, which `_binary_look` refuses, the head alone: noting millions of bytes takes gigabytes."""
    if len(raw) > LONG_BYTES:
        head = decode_bytes(raw[: 4 * HEAD_CHARS], is_html=is_html)
        if len(NO_TEXT.findall(head.content[:HEAD_CHARS])) > MAX_CONTROL_SHARE * HEAD_CHARS:
            return head
    return decode_bytes(raw, is_html=is_html)


def _cast_utf8(raw: pl.Series) -> pl.Series:
    """Cast bytes to text, null where they are not UTF-8: polars casts all or nothing, so halve the column until bad ones stand alone."""
    try:
        return raw.cast(pl.String)
    except pl.exceptions.ComputeError:
        if len(raw) == 1:
            return pl.Series(raw.name, [None], dtype=pl.String)
        middle = len(raw) // 2
        return pl.concat([_cast_utf8(raw[:middle]), _cast_utf8(raw[middle:])])


def _holds_control() -> pl.Expr:
    """Tell whether `content` holds a control character: of three the processor sees each at once, of more one by one."""
    content, n_all = pl.col("content"), len(CONTROL_CHARACTERS)
    return pl.any_horizontal(content.str.contains_any(CONTROL_CHARACTERS[n : n + 3]) for n in range(0, n_all, 3))


def _binary_look(undecodable: pl.DataFrame) -> pl.Expr:
    """Say why decoded `content` is no text, null where it is: too many control characters in its head or undecodable ones in all."""
    n_undecodable = undecodable.filter(~pl.col("is_genuine")).group_by("source_id").len()
    head = pl.col("content").str.head(HEAD_CHARS)
    control_share = head.str.count_matches(f"[{''.join(CONTROL_CHARACTERS)}]") / head.str.len_chars().clip(lower_bound=1)
    n_chars = pl.col("content").str.len_chars().clip(lower_bound=1)
    undecodable_share = (
        pl.col("source_id").replace_strict(n_undecodable["source_id"], n_undecodable["len"], default=0, return_dtype=pl.Int64) / n_chars
    )
    return (
        pl.when(control_share > MAX_CONTROL_SHARE)
        .then(pl.lit("binary data: ") + _percent(control_share) + pl.lit(" control characters"))
        .when(undecodable_share > MAX_UNDECODABLE_SHARE)
        .then(pl.lit("binary data: ") + _percent(undecodable_share) + pl.lit(" undecodable"))
    )


def _percent(share: pl.Expr) -> pl.Expr:
    """Write a share as percent."""
    return (share * 100).round().cast(pl.Int64).cast(pl.String) + pl.lit("%")


def _decode_reversibly(raw: bytes, codec: str) -> DecodedText | None:
    """Decode with one codec, noting what it cannot decode; None where the text does not encode to the same bytes."""
    try:
        content = raw.decode(codec)
        if content.encode(codec) == raw:
            return DecodedText(codec, content)
    except UnicodeDecodeError:
        if codec.startswith("utf-32"):
            return None
    marked = mark_undecodable(raw, codec)
    encoded = marked.encode(codec, name_handler(codec))
    tail = raw[len(encoded) :] if codec.startswith("utf-16") else b""
    if encoded + tail != raw:
        marked = _mark_ambiguous(raw, marked, codec)
        if marked is None:
            return None
    replaced, pieces, position, n_chars = [], [], 0, 0
    for match in UNDECODABLE.finditer(marked):
        pieces.append(marked[position : match.start()])
        n_chars += match.start() - position
        replaced.append(Replaced(n_chars, match[0].encode(codec, name_handler(codec)), match[0] == REPLACEMENT))
        position, n_chars = match.end(), n_chars + 1
    pieces.append(marked[position:])
    if tail:
        n_chars += len(pieces[-1])
        pieces.append("")
        replaced.append(Replaced(n_chars, tail, is_genuine=False))
    if all(genuine for _, _, genuine in replaced):
        return DecodedText(codec, marked)
    return DecodedText(codec, REPLACEMENT.join(pieces), tuple(replaced))


def _mark_ambiguous(raw: bytes, marked: str, codec: str) -> str | None:
    """Mark as undecodable the few Big5 pairs that share a character with another pair (A2CC and A451 are both 十), or return None."""
    characters, position = [], 0
    for character in marked:
        encoded = character.encode(codec, name_handler(codec))
        pair = raw[position : position + len(encoded)]
        if pair != encoded:
            character = pair.decode("ascii", "surrogateescape")  # noqa: PLW2901
        characters.append(character)
        position += len(encoded)
    text = "".join(characters)
    return text if text.encode(codec, name_handler(codec)) == raw else None
