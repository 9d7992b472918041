"""Decoding: the right codec for each file, and every byte accounted for."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.decode import DecodedText, decode_bytes, decode_sources, rebuild_source
from transforms.lines import add_clean_text, split_lines, undecodable_repairs

SEEDS = sorted(Path(__file__).parents[2].glob("seeds/texts/*.txt"))
TRADITIONAL = str.maketrans(
    "关于发展学术创业国际区产实质项设资应农村务规划导机构动员会议为经济济过万与专东两个严们们优传体价众从仓仪价创办务动劳势医单卫厂历压参双变号启员团围图场块坚",
    "關於發展學術創業國際區產實質項設資應農村務規劃導機構動員會議為經濟濟過萬與專東兩個嚴們們優傳體價眾從倉儀價創辦務動勞勢醫單衛廠歷壓參雙變號啟員團圍圖場塊堅",
)


def raw_frame(files: dict[str, bytes]) -> pl.DataFrame:
    rows = [(name, name[:12].ljust(12, "0"), hashlib.sha256(raw).hexdigest(), len(raw), raw) for name, raw in files.items()]
    schema = {"source_id": pl.String, "source_key": pl.String, "sha256": pl.String, "n_bytes": pl.Int64, "raw": pl.Binary}
    return pl.DataFrame(rows, schema=schema, orient="row")


def seed_stretches(n_chars: int, n_each: int) -> list[str]:
    """Stretches that begin at a line's first character, as files do."""
    pages = [[line for line in seed.read_text().splitlines() if line.strip() and not line.isascii()] for seed in SEEDS]
    return ["\n".join(page[first:])[:n_chars] for page in pages for first in range(0, len(page), max(1, len(page) // n_each))]


def to_traditional(text: str) -> str:
    return text.translate(TRADITIONAL).encode("big5", "ignore").decode("big5")


def rebuild(text: DecodedText) -> bytes:
    first, *pieces = text.content.split("\ufffd") if text.replaced else [text.content]
    raw = first.encode(text.encoding)
    for (_, original, _), piece in zip(text.replaced, pieces, strict=True):
        raw += original + piece.encode(text.encoding)
    return raw


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("n_chars", "min_share"), [(20, 0.98), (100, 1.0), (1000, 1.0)])
def test_codec_is_found_without_a_byte_order_mark(encoding: str, n_chars: int, min_share: float) -> None:
    texts = [text for text in seed_stretches(n_chars, 40) if not text.isascii()]
    right = [decode_bytes(text.encode(encoding)).content == text for text in texts]
    assert len(right) > 100
    assert sum(right) / len(right) >= min_share


@pytest.mark.parametrize(("n_chars", "min_share"), [(20, 0.98), (100, 1.0), (1000, 1.0)])
def test_big5_is_told_from_gb18030(n_chars: int, min_share: float) -> None:
    texts = [to_traditional(text) for text in seed_stretches(n_chars, 40)]
    texts = [text for text in texts if not text.isascii()]
    found = [decode_bytes(text.encode("big5")) for text in texts]
    assert sum(text.content == truth for text, truth in zip(found, texts, strict=True)) / len(texts) >= min_share


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_byte_order_mark_stays_in_the_text(encoding: str) -> None:
    raw = "\ufeff关于印发2020年要点的通知\r\n".encode(encoding)
    decoded = decode_sources(raw_frame({"a": raw}))
    assert decoded.sources["encoding"].to_list() == [encoding]
    assert decoded.sources["content"][0].encode(encoding) == raw
    assert add_clean_text(split_lines(decoded.sources))["text"].to_list() == ["关于印发2020年要点的通知"]


def test_traditional_text_in_gb18030_is_no_big5() -> None:
    text = "關於印發2020年科技工作要點的通知，各市、縣人民政府："
    assert decode_bytes(text.encode("gb18030")) == DecodedText("gb18030", text)


def test_ascii_in_utf16_is_found_by_its_nuls() -> None:
    assert decode_bytes("list of files\r\n".encode("utf-16-le")) == DecodedText("utf-16-le", "list of files\r\n")


def test_nul_in_fine_text_does_not_make_it_utf16() -> None:
    text = "科技\x00工作要点"
    assert decode_bytes(text.encode()) == DecodedText("utf-8", text)


def test_damaged_utf8_is_not_taken_for_gb18030() -> None:
    raw = "关于印发科技工作要点的通知".encode()[:-1]
    text = decode_bytes(raw)
    assert (text.encoding, text.content) == ("utf-8", "关于印发科技工作要点的通\ufffd")
    assert text.replaced[0].original == b"\xe7\x9f"


@pytest.mark.parametrize(
    "text", ["پلان ۋە نۇقتا، ۋەزىپە", "བོད་རང་སྐྱོང་ལྗོངས་", "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ ᠪᠢᠴᠢᠭ", "要\ufffd点\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"]
)
def test_one_bad_byte_does_not_turn_utf8_of_other_scripts_into_chinese(text: str) -> None:
    decoded = decode_bytes(text.encode() + b"\xff")
    assert (decoded.encoding, decoded.content) == ("utf-8", text + "\ufffd")


def test_other_scripts_in_gb18030_are_decoded() -> None:
    text = "پلان ۋە نۇقتا، ۋەزىپە"
    assert decode_bytes(text.encode("gb18030")) == DecodedText("gb18030", text)


def test_big5_pair_with_a_twin_keeps_its_bytes() -> None:
    raw = b"\xa2\xcc" + "關於印發科技工作要點".encode("big5")
    text = decode_bytes(raw)
    assert text.content == "\ufffd關於印發科技工作要點"
    assert rebuild(text) == raw


def test_each_replacement_character_of_a_damaged_line_has_a_repair() -> None:
    raw = "好\n真\ufffd的".encode() + b"\xff\xfe" + "了\r\n又\ufffd".encode()
    decoded = decode_sources(raw_frame({"a": raw}))
    lines = add_clean_text(split_lines(decoded.sources))
    repairs = undecodable_repairs(lines, decoded.undecodable)
    assert repairs.select("line_no", "start_char", "original").rows() == [(2, 1, "efbfbd"), (2, 3, "fffe")]
    assert rebuild_source(lines, repairs, "utf-8") == raw


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "looks like a PDF file"),
        (b"PK\x03\x04\x14\x00\x06\x00", "looks like a ZIP archive or an Office file (docx, xlsx, wps)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "looks like an old Office file (doc, xls, wps)"),
        (b"\x1f\x8b\x08\x00\x00", "looks like a gzip file"),
        (b"\x7fELF\x02\x01", "looks like an ELF program"),
        (b"\x00" * 64, "looks like binary data: 100% control characters"),
        (b"\xff" * 3 + b"\x80\x0a" * 30, "looks like binary data: 50% undecodable"),
    ],
)
def test_files_that_are_no_text_are_rejected(raw: bytes, detail: str) -> None:
    decoded = decode_sources(raw_frame({"a": raw, "b": "要点".encode()}))
    assert decoded.rejected.rows() == [("a", "decode", "not_text", detail)]
    assert decoded.sources["source_id"].to_list() == ["b"]
    assert decoded.undecodable.is_empty()


def test_random_bytes_are_rejected() -> None:
    blocks = {f"{n:03d}": b"".join(hashlib.sha256(b"%d %d" % (n, i)).digest() for i in range(20)) for n in range(50)}
    assert decode_sources(raw_frame(blocks)).sources.is_empty()


def test_empty_file_is_a_source_without_lines_and_is_reported() -> None:
    decoded = decode_sources(raw_frame({"a": b""}))
    assert decoded.sources.select("source_id", "encoding", "content").rows() == [("a", "utf-8", "")]
    assert decoded.rejected.rows() == [("a", "decode", "empty", "the file holds no bytes")]
    assert split_lines(decoded.sources).is_empty()


def test_no_sources_give_no_rows() -> None:
    decoded = decode_sources(raw_frame({}))
    assert decoded.sources.is_empty()
    assert decoded.rejected.is_empty()
    lines = add_clean_text(split_lines(decoded.sources))
    assert undecodable_repairs(lines, decoded.undecodable).is_empty()


def test_neighbours_in_the_shard_change_nothing() -> None:
    files = {"a": "要点".encode("gb18030") * 9, "b": "要点".encode(), "c": b"\xff\xfe\x00", "d": b"", "e": "通知，\x00".encode() + b"\xff"}
    together = decode_sources(raw_frame(files))
    alone = [decode_sources(raw_frame({name: raw})) for name, raw in files.items()]
    for n, frame in enumerate(together):
        assert frame.equals(pl.concat([parts[n] for parts in alone]))


FRAGMENTS = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.text(max_size=12).map(str.encode),
        st.sampled_from(["关于\ufffd要点\r\n", "第一、\n", "\ufffd", "\u2028\r", "通知\x00"]).flatmap(
            lambda text: st.sampled_from([text.encode(codec) for codec in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")])
        ),
        st.sampled_from(
            [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\xd8", b"\xed\xa0\x80", b"\xa2\xcc", b"\x84\x31\xa4\x37", b"\r", b"\n"]
        ),
    ),
    max_size=12,
).map(b"".join)


@settings(max_examples=1000, deadline=None)
@given(st.one_of(st.binary(max_size=200), FRAGMENTS))
def test_any_bytes_decode_reversibly(raw: bytes) -> None:
    assert rebuild(decode_bytes(raw)) == raw


@settings(max_examples=1000, deadline=None)
@given(st.lists(FRAGMENTS, min_size=1, max_size=3))
def test_ledger_rebuilds_any_file_that_is_text(raws: list[bytes]) -> None:
    files = {f"{n}.txt": raw for n, raw in enumerate(raws)}
    decoded = decode_sources(raw_frame(files))
    lines = add_clean_text(split_lines(decoded.sources))
    repairs = undecodable_repairs(lines, decoded.undecodable)
    for source_id, encoding in decoded.sources.select("source_id", "encoding").iter_rows():
        of_source = pl.col("source_id") == source_id
        assert rebuild_source(lines.filter(of_source), repairs.filter(of_source), encoding) == files[source_id]
    not_text = decoded.rejected.filter(pl.col("reason") == "not_text")["source_id"].to_list()
    assert sorted([*decoded.sources["source_id"], *not_text]) == sorted(files)
    at_mark = lines.join(repairs, on=["source_id", "line_no"]).select(pl.col("text").str.slice(pl.col("start_char"), 1) == "\ufffd")
    assert at_mark.to_series().all()
