"""The transforms, one after the other, with the CPU seconds that each of them takes; and texts that grow, to see what grows faster.

Each kind of bait is a function of its length in characters, so that the same bait can be had at n and at 2n.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any

import polars as pl

from tests.hostile.nasty import PAGE
from transforms.agencies import extract_measure_agencies, resolve_agencies
from transforms.decode import decode_sources
from transforms.documents import extract_documents
from transforms.lines import add_clean_text, count_lines, split_lines, undecodable_repairs
from transforms.paragraphs import build_paragraphs
from transforms.repairs import apply_repairs, find_lost_characters, find_spam, find_stray_spaces, number_repairs
from transforms.roles import label_lines
from transforms.structure import extract_citations, extract_measures, extract_sections
from transforms.targets import extract_targets
from warehouse.inputs import source_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from warehouse.reference import Reference

TITLE = PAGE.splitlines()[1]
BODY = PAGE.splitlines()[6]
CONTENT = ("title", "recipients", "heading", "body", "signature", "date", "note", "attachment")


def _repeated(piece: str, head: str = f"{TITLE}\n一、工作\n1.") -> Callable[[int], str]:
    return lambda n: head + (piece * (n // len(piece) + 1))[:n]


def _numbered(piece: str, head: str = f"{TITLE}\n") -> Callable[[int], str]:
    return lambda n: head + "".join(piece.replace("#", str(i)) for i in range(n // (len(piece) + 3)))


def _nested(opening: str, closing: str) -> Callable[[int], str]:
    return lambda n: f"{TITLE}\n一、工作\n1.{opening * (n // 2)}规定{closing * (n // 2)}"


ONE_LINE = {
    "letters": "a",
    "han": "政",
    "digits": "9",
    "spaces": "　 x",
    "dots": "1.",
    "commas": "1,",
    "enumeration": "省科技厅、",
    "urls": "http://a",
    "dates": "2020年3月6日",
    "years": "2020年",
    "run-together": "20212035年",
    "number-words": "一十百千万亿",
    "quotes": "“",
    "half-quotes": '“a"',
    "spam": "bet365",
    "spam-around": "发展365bet官网,",
    "casino": "澳门",
    "welcome": "欢迎来到",
    "copyright": "版权所有",
    "breadcrumb": "首页 > ",
    "stars": "*",
    "targets": "新增企业100家,增长10%以上,",
    "sentences": "新增企业100家,增长10%以上。",
    "range": "3-",
    "percent": "百分之",
    "fraction": "分之",
    "labels": "(牵头单位:省科技厅;配合单位:省财政厅)",
    "duties": "牵头配合负责",
    "open-brackets": "(",
    "books": "《规定》",
    "open-books": "《",
    "closed-books": "》《",
    "joined": "省厅和",
    "places": "市、县、",
    "of": "的",
    "cuts": "第一,",
    "zero-to-one": "从01",
    "kinds": "关于印发的通知",
    "articles": "第一条",
    "joiners": "\u200b",
}
LINES = {
    "body": f"{BODY}\n",
    "numbered-body": "#.布局100个重大专项,投入2.5亿元。(责任处室:规划处)\n",
    "headings": "一、加强工作#\n",
    "sub-headings": "(一)加强工作#\n",
    "decimals": "1.#.1 加强工作\n",
    "articles": "第#条 为了加强管理,制定本办法。\n",
    "titles": "关于印发第#个要点的通知\n",
    "long-prose": "这是一段说明文字,第#次,用来占位置。\n",
    "same-line": "同一行文字同一行文字同一行文字\n",
    "empty": "\n",
    "short": "字\n",
    "attachments": "附件#:表\n",
    "signatures": "辽宁省科学技术厅\n2020年3月6日\n",
    "metadata": "发布日期:2020-01-#\n来源:第#网\n",
    "navigation": "首页#\n网站地图\n",
    "recipients": "各市#局,各有关单位:\n",
    "citations": "根据《关于第#号工作的意见》执行。\n",
    "agencies": "#.做事。(牵头单位:省第#厅)\n",
    "wrapped": "这一行没有标点也没有结尾而且还要继续下去所以下一行接着说第#\n",
    "cr": "一行#\r",
    "lost": "从01到#,20212035年。\n",
    "spam": "发展365bet官网#,促进。\n",
    "dashes": "——到2025年,#家。\n",
    "quoted": '“第#"个\n',
}
BAITS: dict[str, Callable[[int], str]] = {
    **{f"line-{name}": _repeated(piece) for name, piece in ONE_LINE.items()},
    **{f"lines-{name}": _numbered(piece) for name, piece in LINES.items()},
    **{f"nested-{name}": _nested(*marks) for name, marks in {"books": "《》", "brackets": "()", "quotes": "“”"}.items()},
}


def read_raw(texts: dict[str, str]) -> pl.DataFrame:
    """Return texts as sources of a shard."""
    raw = {name: text.encode() for name, text in texts.items()}
    return pl.DataFrame(
        {
            "source_id": list(raw),
            "source_key": [source_key(name) for name in raw],
            "sha256": [hashlib.sha256(content).hexdigest() for content in raw.values()],
            "n_bytes": [len(content) for content in raw.values()],
            "raw": list(raw.values()),
            "media_type": ["text/plain"] * len(raw),
            "url": pl.Series([None] * len(raw), dtype=pl.String),
        }
    ).sort("source_id")


def time_stages(texts: dict[str, str], reference: Reference) -> dict[str, float]:
    """Send texts through all transforms and return the CPU seconds of each."""
    seconds: dict[str, float] = {}

    def timed(step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        started = time.process_time()
        result = step(*args, **kwargs)
        name = step.__name__
        seconds[name] = seconds.get(name, 0.0) + time.process_time() - started
        return result

    decoded = timed(decode_sources, read_raw(texts))
    lines = timed(add_clean_text, timed(split_lines, decoded.sources))
    sources = timed(count_lines, decoded.sources.drop("content"), lines)
    keyed = lines.join(sources.select("source_id", "source_key"), on="source_id", how="left", maintain_order="left")
    labelled, _ = timed(label_lines, keyed, reference["line_rules"])
    has_content = pl.col("role").is_in(CONTENT).any().over("source_id")
    labelled = labelled.with_columns(document_id=pl.when(has_content).then("source_key"))
    timed(find_spam, labelled, reference["spam_terms"])
    found = [
        timed(undecodable_repairs, lines, decoded.undecodable),
        timed(find_lost_characters, labelled, reference["lost_patterns"]),
        timed(find_stray_spaces, labelled),
    ]
    repairs = timed(number_repairs, pl.concat(found, how="diagonal"), sources)
    built = timed(build_paragraphs, timed(apply_repairs, labelled, repairs))
    documents = timed(extract_documents, built.lines, built.paragraphs, sources, reference)
    outline = reference["numbering"], reference["measure_rules"]
    bodies = reference["agencies"], reference["regions"]
    sections, paragraphs = timed(extract_sections, documents, built.paragraphs, *outline)
    measures, paragraphs = timed(extract_measures, documents, paragraphs, sections, *outline)
    agencies = timed(extract_measure_agencies, documents, measures, paragraphs, *bodies)
    timed(resolve_agencies, agencies, measures, documents, *bodies)
    rules = {name: reference[name] for name in ("units", "comparators", "target_rules")}
    timed(extract_targets, documents, paragraphs, built.paragraph_lines, **rules)
    timed(extract_citations, documents, paragraphs, built.paragraph_lines)
    return seconds
