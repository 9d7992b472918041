"""Decoded HTML pages in, the same sources with the page's text as their content out: one block, table cell or line break a line.

The parser of browsers (Lexbor) builds the tree; blocks are marked in it, and its text is taken whole, so that nothing is lost. On the
eleven saved government pages of the development set this gave every line and every character of the pages flattened by hand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl
from selectolax.lexbor import LexborHTMLParser

from transforms.decode import MEDIA_TYPE as PLAIN_TEXT
from transforms.decode import Decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

MEDIA_TYPE = "text/html"
REPLACEMENT = "\ufffd"

# What a browser shows on lines of their own (the HTML standard's rendering section), table cells and options too.
BLOCKS = (
    "address, article, aside, blockquote, body, br, button, caption, center, dd, details, dialog, dir, div, dl, dt, fieldset, figcaption, "
    "figure, footer, form, h1, h2, h3, h4, h5, h6, header, hgroup, hr, legend, li, main, menu, nav, ol, optgroup, option, p, pre, search, "
    "section, select, summary, table, tbody, td, textarea, tfoot, th, thead, tr, ul"
)
# What holds no text for readers; the title is taken before.
UNSEEN = ["head", "iframe", "noscript", "script", "style", "svg", "template"]
KEEPS_LINES = "pre, textarea, listing, plaintext, xmp"
# White space of HTML; other spaces (no-break, ideographic) are text.
SPACE = re.compile(r"[ \t\n\f\r]+")
CJK = "\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff65"
# A line break of the source between two Chinese characters is no space (CSS Text, segment break transformation).
BREAK_IN_CHINESE = re.compile(rf"(?<=[{CJK}])[ \t\f]*[\r\n][ \t\n\f\r]*(?=[{CJK}])")
MARK = "\x1e"
LINE_ENDING = re.compile(r"\r\n?|\n")
ANY_TAG = r"(?i)</?[a-z][^<>]*>|<!doctype|<!--"
# A record is HTML where it begins with a tag that pages and their parts begin with, and closes one.
FRAMING_TAGS = "html|head|body|div|p|table|span|section|article|main|center|h[1-6]|style|ul"
HTML_RECORD = rf"(?is)^[\s\ufeff]*(?:<!--.{{0,400}}?-->\s*)*<(?:!doctype\s+html|{FRAMING_TAGS})\b"
CLOSING_TAG = rf"(?i)</(?:{FRAMING_TAGS})\s*>"

# The tree of a page takes some twenty times the page's length, and no page comes near.
MAX_HTML_CHARS = 2**25
# A million elements take a gigabyte, however short the page.
MAX_TAGS = 2**20
# The parser's time grows with length times depth. Browsers stop at 512; pages with fewer tags are parsed within a second however deep.
MAX_DEPTH = 512
MANY_TAGS = 20_000
NESTING_TAG = re.compile(r"<(/?)([a-z][a-z0-9:-]*)", re.IGNORECASE)
# Elements that hold nothing, or that the next of their kind closes.
NOT_NESTING = frozenset(
    re.findall(
        r"\w+", "area base br col embed hr img input link meta param source track wbr p li dt dd option optgroup tr td th thead tbody"
    )
)


def read_html(decoded: Decoded) -> Decoded:
    """Replace the content of HTML sources by the text of the page; other sources stay as they are.

    In: what `decode_sources` gives, its sources with `media_type` (text/html where the name says so, null where the content is to tell).
    Out: the same with `media_type` text/html or text/plain, `content` the page's text (lines ended by LF, the page's title first), and
    `undecodable` with the places that stand in it. Refused (stage `extract`), and no sources then: pages without text (`no_text`), too long
    (`too_large`) or nested deeper than browsers allow (`nested_too_deep`).
    """
    has_tags = pl.col("content").str.contains(ANY_TAG)
    is_html_record = pl.col("content").str.contains(HTML_RECORD) & pl.col("content").str.contains(CLOSING_TAG)
    is_page = pl.when(pl.col("media_type").is_null()).then(is_html_record).otherwise((pl.col("media_type") == MEDIA_TYPE) & has_tags)
    told = decoded.sources.with_columns(media_type=pl.when(is_page).then(pl.lit(MEDIA_TYPE)).otherwise(pl.lit(PLAIN_TEXT)))
    is_html = pl.col("media_type") == MEDIA_TYPE
    pages = told.filter(is_html)
    if pages.is_empty():
        return decoded._replace(sources=told)

    refused = pages.select("source_id", refusal=_refusals(pages["content"]))
    readable = pages.join(refused.filter(pl.col("refusal").is_null()), on="source_id", how="semi", maintain_order="left")
    texts, undecodable = _extract_pages(readable, decoded.undecodable)
    has_text = pl.col("content").str.contains(r"\S")
    extracted = readable.with_columns(content=texts)
    empty = extracted.filter(~has_text).select("source_id", refusal=pl.lit("no_text: the page holds no text"))
    parts = pl.concat([refused.drop_nulls(), empty]).with_columns(pl.col("refusal").str.split_exact(": ", 1)).unnest("refusal")
    rejected = parts.select("source_id", stage=pl.lit("extract"), reason="field_0", detail="field_1")
    sources = pl.concat([told.filter(~is_html), extracted.filter(has_text)]).sort("source_id")
    return Decoded(
        sources=sources,
        undecodable=undecodable.join(sources, on="source_id", how="semi", maintain_order="left"),
        rejected=pl.concat([decoded.rejected, rejected]).sort("source_id"),
    )


def extract_text(html: str) -> str:
    """Return the text of a page: its title, then each block, table cell and broken line on a line of its own.

    Inline elements are joined as they stand; white space is folded as browsers fold it, but kept in preformatted text; scripts, styles,
    frames and templates hold no text.
    """
    tree = LexborHTMLParser(html.removeprefix("\ufeff").replace(MARK, " "))
    title = tree.css_first("head > title")
    heading = title.text(deep=True) if title else ""
    tree.strip_tags(UNSEEN, recursive=True)
    body = tree.body or tree.root
    if body is None:
        return _fold_lines(heading)
    for element in body.css(KEEPS_LINES):
        element.replace_with(MARK + LINE_ENDING.sub(MARK, element.text(deep=True, separator="")) + MARK)
    for element in body.css(BLOCKS):
        element.insert_before(MARK)
        element.insert_after(MARK)
    return _fold_lines(heading + MARK + body.text(deep=True, separator=""))


def _fold_lines(marked: str) -> str:
    """Fold white space and end lines where the marks are; lines without text go."""
    folded = SPACE.sub(" ", BREAK_IN_CHINESE.sub("", marked))
    lines = (line.strip(" ") for line in folded.split(MARK))
    return "".join(f"{line}\n" for line in lines if line.strip())


def _refusals(contents: pl.Series) -> pl.Series:
    """Say of each page why it is not parsed, null where it is."""
    return pl.Series([_refuse(html) for html in contents], dtype=pl.String)


def _refuse(html: str) -> str | None:
    if len(html) > MAX_HTML_CHARS:
        return f"too_large: {len(html)} characters; the longest page that can be read has {MAX_HTML_CHARS}"
    n_tags = html.count("<")
    if n_tags > MAX_TAGS:
        return f"too_large: {n_tags} tags; the largest page that can be read has {MAX_TAGS}"
    if n_tags > MANY_TAGS and any(depth > MAX_DEPTH for depth in _depths(html)):
        return f"nested_too_deep: elements nested deeper than {MAX_DEPTH}"
    return None


def _depths(html: str) -> Iterator[int]:
    """Yield how many elements are open at each tag, roughly."""
    depth = 0
    for match in NESTING_TAG.finditer(html):
        if match[2].lower() not in NOT_NESTING:
            depth = max(0, depth - 1) if match[1] else depth + 1
            yield depth


def _extract_pages(pages: pl.DataFrame, undecodable: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """Extract the text of pages, and keep the undecodable bytes that stand in it, at their new places."""
    marked = undecodable.join(pages, on="source_id", how="semi", maintain_order="left")
    rows = {source_id: list(frame.iter_rows(named=True)) for (source_id,), frame in marked.group_by("source_id", maintain_order=True)}
    texts, kept = [], []
    for source_id, html in pages.select("source_id", "content").iter_rows():
        text, moved = _extract_with_undecodable(html, rows[source_id]) if source_id in rows else (extract_text(html), [])
        texts.append(text)
        kept += moved
    others = undecodable.join(pages, on="source_id", how="anti", maintain_order="left")
    moved_rows = pl.DataFrame(kept, schema=undecodable.schema)
    return pl.Series("content", texts, dtype=pl.String), pl.concat([others, moved_rows]).sort("source_id", "start_char")


def _extract_with_undecodable(html: str, rows: list[dict]) -> tuple[str, list[dict]]:
    """Extract the text of a page with undecodable bytes: each U+FFFD carries the number of its row through the parser."""
    numbers = iter(range(len(rows)))
    numbered = re.sub(REPLACEMENT, lambda _: f"{REPLACEMENT}{next(numbers)}\x1f", html)
    pieces, moved, n_chars, position = [], [], 0, 0
    text = extract_text(numbered)
    for match in re.finditer(f"{REPLACEMENT}(?:([0-9]+)\x1f)?", text):
        pieces.append(text[position : match.start()])
        n_chars += len(pieces[-1])
        # A U+FFFD without a number is the parser's own, for a NUL or a bad character reference.
        row = rows[int(match[1])] if match[1] else rows[0] | {"original": "efbfbd", "is_genuine": True}
        moved.append(row | {"start_char": n_chars})
        pieces.append(REPLACEMENT)
        n_chars += 1
        position = match.end()
    return "".join([*pieces, text[position:]]), moved
