"""HTML: no text is lost, blocks stand on lines of their own, charsets are told, and hostile pages are refused."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import html as html_module
from transforms.decode import decode_sources
from transforms.html import extract_text, read_html
from transforms.lines import add_clean_text, split_lines, undecodable_repairs

DEV = Path(__file__).parents[3] / "shared" / "corpora" / "dev"

PAGE = (
    '<!DOCTYPE html><html><head><meta charset="{charset}"><title>关于印发计划的通知_某市政府</title><style>p {{color: red}}</style></head>'
    "<body><div>首页 &gt; 政策<script>alert('x')</script></div><p>各县（市、区）人民政府：</p>"
    "<p>现将《计划》<b>印发</b>给你们，请认真贯彻执行。</p></body></html>"
)
TEXT = "关于印发计划的通知_某市政府\n首页 > 政策\n各县（市、区）人民政府：\n现将《计划》印发给你们，请认真贯彻执行。\n"


def read(*pages: bytes, media_type: str | None = "text/html") -> html_module.Decoded:
    rows = [(f"{n}.html", f"{n:012d}", "", len(raw), raw, media_type) for n, raw in enumerate(pages)]
    names = ["source_id", "source_key", "sha256", "n_bytes", "raw", "media_type"]
    raw = pl.DataFrame(rows, schema=names, orient="row", schema_overrides={"media_type": pl.String})
    return read_html(decode_sources(raw))


def visible(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>一、<b>总体</b><span>要求</span></p>", ["一、总体要求"]),
        ("<table><tr><td>名称</td><td>数<i>量</i></td></tr><tr><td></td><td>3</td></tr></table>", ["名称", "数量", "3"]),
        ("甲<br>乙<br/>丙", ["甲", "乙", "丙"]),
        ("<div>甲<div>乙</div>丙</div>", ["甲", "乙", "丙"]),
        ("<ul><li>甲<li>乙</ul>", ["甲", "乙"]),
        ("<p>推动科技\n    创新 and\n  growth</p>", ["推动科技创新 and growth"]),
        ("<pre>甲\n  乙\r\n丙</pre>", ["甲", "乙", "丙"]),
        ("<p>\u3000\u3000甲&nbsp;乙&#x3000;&mdash;&lt;p&gt;</p>", ["\u3000\u3000甲\xa0乙\u3000—<p>"]),
        ("<p>甲<!-- 注 --><noscript>请启用</noscript><template>模板</template><iframe>框架</iframe></p>", ["甲"]),
        ("<p>未关闭 <b>标签<p>第二段</b> 在此", ["未关闭 标签", "第二段 在此"]),
        ("只有文字 < 3 & 4 > 2", ["只有文字 < 3 & 4 > 2"]),
        ("<p>\x1e甲\x1e</p>", ["甲"]),
        ("<frameset><frame src=a></frameset>", []),
    ],
)
def test_blocks_and_cells_stand_on_their_own_lines(html: str, lines: list[str]) -> None:
    assert extract_text(html).splitlines() == lines


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "gbk", "big5", "utf-16"])
@pytest.mark.parametrize("declared", ["right", "none", "wrong"])
def test_charsets_are_told(codec: str, declared: str) -> None:
    wrong = "gb2312" if codec.startswith("utf") else "utf-8"
    page = PAGE.format(charset={"right": codec, "none": "", "wrong": wrong}[declared]).replace(
        "各县", "各市" if codec == "big5" else "各县"
    )
    if codec == "big5":
        page = page.translate(str.maketrans("发计划给贯彻执请认县关于现将", "發計劃給貫徹執請認縣關於現將", "")).replace("通知", "通知")
        page = page.encode("big5", "ignore").decode("big5")
    decoded = read(page.encode(codec))
    assert decoded.sources["content"].to_list() == [extract_text(page)]
    assert decoded.sources["media_type"].to_list() == ["text/html"]
    assert decoded.undecodable.is_empty()
    assert decoded.rejected.is_empty()


def test_page_gives_title_blocks_and_no_script() -> None:
    assert read(PAGE.format(charset="utf-8").encode()).sources["content"].to_list() == [TEXT]


def test_text_under_an_html_name_stays_as_it_is() -> None:
    decoded = read("第一行\n\n第二行 < 3\n".encode(), b"")
    assert decoded.sources.select("content", "media_type").rows() == [("第一行\n\n第二行 < 3\n", "text/plain"), ("", "text/plain")]


def test_records_are_html_where_they_look_so() -> None:
    records = ["<p>甲</p>", "a < b，<p>c", "<!-- x -->\n<div>乙</div>", "\u3000正文<b>丙</b>"]
    decoded = read(*(record.encode() for record in records), media_type=None)
    assert decoded.sources["content"].to_list() == ["甲\n", "a < b，<p>c", "乙\n", "\u3000正文<b>丙</b>"]
    assert decoded.sources["media_type"].to_list() == ["text/html", "text/plain", "text/html", "text/plain"]


def test_pages_without_text_too_long_or_too_deep_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_module, "MANY_TAGS", 10)
    monkeypatch.setattr(html_module, "MAX_TAGS", 1_300)
    monkeypatch.setattr(html_module, "MAX_HTML_CHARS", 20_000)
    deep, flat = "<div>" * 600 + "甲", "<p>甲<br>" * 600
    decoded = read(b"<html><body><script>1</script>", b"<p>" + b"x" * 20_000, deep.encode(), flat.encode(), b"<br>1" * 1_301)
    assert decoded.sources["source_id"].to_list() == ["3.html"]
    assert decoded.rejected.select("source_id", "stage", "reason").rows() == [
        ("0.html", "extract", "no_text"),
        ("1.html", "extract", "too_large"),
        ("2.html", "extract", "nested_too_deep"),
        ("4.html", "extract", "too_large"),
    ]


def test_undecodable_bytes_keep_their_place_in_the_text() -> None:
    bad = PAGE.format(charset="utf-8").encode().replace("印发</b>".encode(), b"\xff\xfe</b>").replace(b"color: red", b"color: \xff")
    decoded = read(bad)
    lines = add_clean_text(split_lines(decoded.sources))
    repairs = undecodable_repairs(lines, decoded.undecodable)
    assert repairs.select("line_no", "original", "start_char").rows() == [(4, "fffe", 6)]
    assert lines["raw_text"][3] == "现将《计划》\ufffd给你们，请认真贯彻执行。"


WORDS = st.text(st.sampled_from("甲乙丙12 a，。\u3000"), max_size=6)
TAGS = st.sampled_from(["p", "div", "span", "b", "td", "li", "table", "h1", "a", "tr", "ul"])


@given(
    st.recursive(
        WORDS, lambda inner: st.builds(lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", TAGS, st.lists(inner)), max_leaves=12
    )
)
def test_no_text_is_lost(html: str) -> None:
    assert sorted(visible(extract_text(html))) == sorted(visible(re.sub(r"<[^>]*>", "", html)))


@pytest.mark.skipif(not DEV.is_dir(), reason="the development pages are not here (../shared/corpora/dev)")
def test_saved_pages_give_the_lines_of_their_flattened_copies() -> None:
    pages = sorted(DEV.glob("*.html"))
    assert pages
    for path in pages:
        (content,) = read(path.read_bytes()).sources["content"]
        flat = path.with_name(f"{path.stem}.flat.txt").read_text(encoding="utf-8")
        assert [visible(line) for line in content.splitlines()] == [visible(line) for line in flat.splitlines() if visible(line)], path.name
