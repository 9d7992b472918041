"""Rows for every table that break no check: an invented page with a repeat, spam and a wrapped line, and two odd sources."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.reuse import REUSE, REUSE_OCCURRENCES
from schemas.tables import TABLES

if TYPE_CHECKING:
    from schemas.table import Contract

CONTRACTS: dict[str, Contract] = {table.name: table for table in (*TABLES, REUSE, REUSE_OCCURRENCES)}

RUN = "20260102T030405Z-abcd"
OLD_RUN = "20260101T000000Z-0123"
A, B, C = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"
LINES_A = [
    ("首页 > 政策", "chrome", None),
    ("浙江省科技厅２０２１年工作要点", "title", "p0001"),
    ("\u3000\ufeff", "blank", None),
    ("一、总体要求", "heading", "p0002"),
    ("（一）创新平台", "heading", "p0003"),
    ("1. 建设平台。支持《创新条例》，新建平台10个以上，由规划处牵", "body", "p0004"),
    ("头负责。", "body", "p0004"),
    ("二、其他工作", "heading", "p0005"),
    ("推进bet365改革，投入3-5亿元，由规划处、办公室负责，落实《平台办法》。", "body", "p0006"),
    ("一、总体要求", "duplicate", None),
    ("来源：浙江政务网 浙江省科学技术厅 浙科发[2021]6号 成文：2021年3月1日 公布：2021-03-02 施行：2021.4.1", "metadata", None),
]
PARAGRAPHS_A = [
    ("title", "浙江省科技厅2021年工作要点", 2, 2, None, None),
    ("heading", "一、总体要求", 4, 4, "s0001", None),
    ("heading", "(一)创新平台", 5, 5, "s0002", None),
    ("body", "1. 建设平台。支持《创新条例》,新建平台10个以上,由规划处牵头负责。", 6, 7, "s0002", "m0001"),
    ("heading", "二、其他工作", 8, 8, "s0003", None),
    ("body", "推进金融改革,投入3-5亿元,由规划处、办公室负责,落实《平台办法》。", 9, 9, "s0003", "m0002"),
]
CONTENT_A = "".join(f"{text}\n" for text, _, _ in LINES_A)
PASSAGES = ("支持《创新条例》,新建平台10个以上,由规划处牵头负责。", "投入3-5亿元,由规划处、办公室负责,落实《平台办法》。")
CONTENT_B = "关于公布名单的通知\ufffd"
TEXT_A = "\n".join(text for _, text, *_ in PARAGRAPHS_A)
TEXT_B = CONTENT_B
TEXT_C = "\n".join(PASSAGES)


def sound_rows() -> dict[str, list[dict]]:
    """Return the rows of every table, by name; columns left out are NULL."""
    tables = {**_lineage(), **_main(), **_structure(), **_reuse(), **_quality()}
    return {**tables, "quality.metrics": _metrics(len(tables["main.documents"]), len(tables["lineage.lines"]))}


def sound_frames() -> dict[str, pl.DataFrame]:
    """Return the same as frames under contract."""
    rows = sound_rows()
    return {name: pl.DataFrame(rows[name], schema=contract.dtypes) for name, contract in CONTRACTS.items()}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _lineage() -> dict[str, list[dict]]:
    source = {"media_type": "text/plain", "encoding": "utf-8", "run_id": RUN}
    line = {"line_ending": "\n", "joins_previous": False}
    return {
        "lineage.sources": [
            source | {"source_id": "a.txt", "sha256": _sha256(CONTENT_A), "n_bytes": len(CONTENT_A.encode()), "n_lines": len(LINES_A)},
            source | {"source_id": "b.txt", "sha256": _sha256("other bytes"), "n_bytes": 25, "n_lines": 1},
            source | {"source_id": "empty.txt", "sha256": _sha256(""), "n_bytes": 0, "n_lines": 0},
            source | {"source_id": "z.txt", "sha256": _sha256(TEXT_C), "n_bytes": len(TEXT_C.encode()), "n_lines": 2},
        ],
        "lineage.lines": [
            line
            | {
                "source_id": "a.txt",
                "line_no": line_no,
                "raw_text": text,
                "role": role,
                "rule": f"rule_of_{role}",
                "joins_previous": line_no == 7,
                "document_id": A,
                "paragraph_id": paragraph and f"{A}-{paragraph}",
            }
            for line_no, (text, role, paragraph) in enumerate(LINES_A, start=1)
        ]
        + [
            line
            | {
                "source_id": "b.txt",
                "line_no": 1,
                "raw_text": CONTENT_B,
                "line_ending": "",
                "role": "title",
                "rule": "rule_of_title",
                "document_id": B,
            }
            | {"paragraph_id": f"{B}-p0001"}
        ]
        + [
            line
            | {"source_id": "z.txt", "line_no": n, "raw_text": text, "line_ending": "\n" if n == 1 else "", "role": "body"}
            | {"rule": "rule_of_body", "document_id": C, "paragraph_id": f"{C}-p000{n}"}
            for n, text in enumerate(PASSAGES, start=1)
        ],
        "lineage.repairs": [
            {"repair_id": f"{A}-r0001", "source_id": "a.txt", "line_no": 9, "start_char": 2, "kind": "injected_spam"}
            | {"original": "bet365", "replacement": "金融", "confidence": 0.9, "evidence": "12 times elsewhere"},
            {"repair_id": f"{B}-r0001", "source_id": "b.txt", "line_no": 1, "start_char": 9, "kind": "undecodable_bytes"}
            | {"original": "ff", "replacement": None, "confidence": 1.0, "evidence": "no codec reads it"},
        ],
        "lineage.duplicates": [
            {"duplicate_id": f"{A}-d0001", "kind": "within_source", "source_id": "a.txt", "first_line": 10, "last_line": 10}
            | {"duplicate_of_source_id": "a.txt", "duplicate_of_first_line": 4, "duplicate_of_last_line": 4, "similarity": 1.0},
            {"duplicate_id": f"{B}-d0001", "kind": "near_document", "source_id": "b.txt", "first_line": 1, "last_line": 1}
            | {"duplicate_of_source_id": "a.txt", "duplicate_of_first_line": 1, "duplicate_of_last_line": 2, "similarity": 0.8},
        ],
    }


def _main() -> dict[str, list[dict]]:
    return {
        "main.regions": [
            {"region_code": "100000", "name": "中国", "short_name": "中国", "level": "country", "parent_code": None},
            {"region_code": "330000", "name": "浙江省", "short_name": "浙江", "level": "province", "parent_code": "100000"},
            {"region_code": "330100", "name": "杭州市", "short_name": "杭州", "level": "city", "parent_code": "330000"},
        ],
        "main.documents": [
            {
                "document_id": A,
                "source_id": "a.txt",
                "title": "浙江省科技厅2021年工作要点",
                "plan_title": "2021年工作要点",
                "kind": "要点",
                "issuer": "浙江省科学技术厅",
                "document_number": "浙科发〔2021〕6号",
                "issued_on": dt.date(2021, 3, 1),
                "published_on": dt.date(2021, 3, 2),
                "effective_on": dt.date(2021, 4, 1),
                "region_code": "330000",
                "region_name": "浙江省",
                "region_level": "province",
                "publisher": "浙江政务网",
                "plan_year": 2021,
                "text": TEXT_A,
                "n_chars": len(TEXT_A),
                "is_canonical": True,
                "canonical_document_id": A,
            },
            {"document_id": B, "source_id": "b.txt", "text": TEXT_B, "n_chars": len(TEXT_B), "title": "关于公布名单的通知"}
            | {"is_canonical": False, "canonical_document_id": A},
            {"document_id": C, "source_id": "z.txt", "text": TEXT_C, "n_chars": len(TEXT_C), "title": "平台办法"}
            | {"is_canonical": True, "canonical_document_id": C},
        ],
        "main.paragraphs": [
            {
                "paragraph_id": f"{A}-p{ordinal:04d}",
                "document_id": A,
                "ordinal": ordinal,
                "section_id": section and f"{A}-{section}",
                "measure_id": measure and f"{A}-{measure}",
                "role": role,
                "text": text,
                "first_line": first_line,
                "last_line": last_line,
            }
            for ordinal, (role, text, first_line, last_line, section, measure) in enumerate(PARAGRAPHS_A, start=1)
        ]
        + [{"paragraph_id": f"{B}-p0001", "document_id": B, "ordinal": 1, "role": "title", "text": TEXT_B, "first_line": 1, "last_line": 1}]
        + [
            {"paragraph_id": f"{C}-p000{n}", "document_id": C, "ordinal": n, "role": "body", "text": text, "first_line": n, "last_line": n}
            for n, text in enumerate(PASSAGES, start=1)
        ],
    }


def _structure() -> dict[str, list[dict]]:
    section, measure = {"document_id": A}, {"document_id": A}
    of_target = {"document_id": A, "basis": "total", "target_year": 2021}
    return {
        "main.sections": [
            section
            | {"section_id": f"{A}-s0001", "parent_section_id": None, "ordinal": 1, "level": 1, "marker": "一、", "number": 1}
            | {"title": "总体要求", "first_line": 4, "last_line": 7},
            section
            | {"section_id": f"{A}-s0002", "parent_section_id": f"{A}-s0001", "ordinal": 2, "level": 2, "marker": "(一)", "number": 1}
            | {"title": "创新平台", "first_line": 5, "last_line": 7},
            section
            | {"section_id": f"{A}-s0003", "parent_section_id": None, "ordinal": 3, "level": 1, "marker": "二、", "number": 2}
            | {"title": "其他工作", "first_line": 8, "last_line": 9},
        ],
        "main.measures": [
            measure
            | {"measure_id": f"{A}-m0001", "section_id": f"{A}-s0002", "ordinal": 1, "number": 1, "title": "建设平台"}
            | {"text": PARAGRAPHS_A[3][1], "first_line": 6, "last_line": 7},
            measure
            | {"measure_id": f"{A}-m0002", "section_id": f"{A}-s0003", "ordinal": 2, "number": None, "title": None}
            | {"text": PARAGRAPHS_A[5][1], "first_line": 9, "last_line": 9},
        ],
        "main.agencies": [
            {"agency_id": "330000-规划处", "name": "规划处", "region_code": "330000", "level": "province"}
            | {"aliases": ["规划处"], "is_resolved": True},
            {"agency_id": "330000-办公室", "name": "办公室", "region_code": "330000", "level": "province"}
            | {"aliases": ["办公室"], "is_resolved": False},
        ],
        "main.measure_agencies": [
            {"measure_id": f"{A}-m0001", "ordinal": 1, "agency_id": "330000-规划处", "name": "规划处", "role": "lead"},
            {"measure_id": f"{A}-m0002", "ordinal": 1, "agency_id": "330000-规划处", "name": "规划处", "role": "responsible"},
            {"measure_id": f"{A}-m0002", "ordinal": 2, "agency_id": "330000-办公室", "name": "办公室", "role": "responsible"},
        ],
        "main.targets": [
            of_target
            | {"target_id": f"{A}-t0001", "paragraph_id": f"{A}-p0004", "measure_id": f"{A}-m0001", "line_no": 6}
            | {"quote": "新建平台10个以上", "indicator": "平台", "comparator": ">=", "value_low": 10.0, "value_high": None, "unit": "个"},
            of_target
            | {"target_id": f"{A}-t0002", "paragraph_id": f"{A}-p0006", "measure_id": f"{A}-m0002", "line_no": 9}
            | {"quote": "投入3-5亿元", "indicator": "投入", "comparator": "range", "value_low": 3e8, "value_high": 5e8, "unit": "元"},
        ],
        "main.citations": [
            {"citation_id": f"{A}-c0001", "document_id": A, "paragraph_id": f"{A}-p0004", "line_no": 6, "title": "创新条例"},
            {"citation_id": f"{A}-c0002", "document_id": A, "paragraph_id": f"{A}-p0006", "line_no": 9, "title": "平台办法"}
            | {"cited_document_id": C},
            {"citation_id": f"{C}-c0001", "document_id": C, "paragraph_id": f"{C}-p0001", "line_no": 1, "title": "创新条例"},
            {"citation_id": f"{C}-c0002", "document_id": C, "paragraph_id": f"{C}-p0002", "line_no": 2, "title": "平台办法"},
        ],
    }


def _reuse() -> dict[str, list[dict]]:
    places = [(0, f"{A}-p0004", PARAGRAPHS_A[3][1]), (1, f"{A}-p0006", PARAGRAPHS_A[5][1])]
    places += [(n, f"{C}-p000{n + 1}", text) for n, text in enumerate(PASSAGES)]
    return {
        "main.reuse": [
            {"reuse_id": key * 12, "text": text, "n_chars": len(text), "n_documents": 2} for key, text in zip("xy", PASSAGES, strict=True)
        ],
        "main.reuse_occurrences": [
            {"reuse_id": "xy"[n] * 12, "document_id": paragraph_id[:12], "paragraph_id": paragraph_id}
            | {"start_char": text.index(PASSAGES[n]), "end_char": text.index(PASSAGES[n]) + len(PASSAGES[n])}
            for n, paragraph_id, text in places
        ],
    }


def _quality() -> dict[str, list[dict]]:
    run = {"code_version": "0.1", "n_sources": 4, "n_documents": 3, "n_checks": 3}
    check = {
        "run_id": RUN,
        "table_name": "lineage.lines",
        "severity": "error",
        "passed": True,
        "n_rows": 11,
        "n_failed": 0,
        "detail": '{"description": "what"}',
    }
    return {
        "quality.runs": [
            run
            | {"run_id": OLD_RUN, "status": "rejected", "n_failed": 1}
            | {"started_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "finished_at": dt.datetime(2026, 1, 1, 0, 1, tzinfo=dt.UTC)},
            run
            | {"run_id": RUN, "status": "published", "n_failed": 1}
            | {"started_at": dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), "finished_at": dt.datetime(2026, 1, 2, 3, 5, tzinfo=dt.UTC)},
        ],
        "quality.checks": [
            check | {"engine": "pandera", "check_name": "role_is_not_null", "column_name": "role"},
            check | {"engine": "great_expectations", "check_name": "role_is_not_null", "column_name": "role"},
            check | {"engine": "great_expectations", "check_name": "some_warning", "severity": "warning", "passed": False, "n_failed": 1},
        ],
        "quality.quarantine": [
            {"run_id": RUN, "source_id": "c.txt", "stage": "decode", "reason": "binary", "detail": "a PDF file"},
            {"run_id": RUN, "source_id": "d.txt", "stage": "read", "reason": "unreadable", "detail": "no such file"},
        ],
    }


def _metrics(n_documents: int, n_lines: int) -> list[dict]:
    documents = {"table_name": "main.documents", "n_rows": n_documents}
    lines, targets = {"table_name": "lineage.lines", "n_rows": n_lines}, {"table_name": "main.targets", "n_rows": n_documents}
    citations = targets | {"table_name": "main.citations"}
    severe, mild = {"severity": "error"}, {"severity": "warning"}
    now: list[dict[str, Any]] = [
        mild | documents | {"metric": "rows", "subject": "documents", "value": float(n_documents)},
        severe | lines | {"metric": "rows", "subject": "lines", "value": float(n_lines)},
        mild | lines | {"metric": "share_of_lines", "subject": "body", "value": 0.9},
        severe | lines | {"metric": "share_of_lines", "subject": "chrome", "value": 0.1},
        mild | documents | {"metric": "fill_rate", "subject": "title", "value": 0.7},
        severe | documents | {"metric": "fill_rate", "subject": "issuer", "value": 0.3},
        mild | targets | {"metric": "rows_per_document", "subject": "targets", "value": 0.7},
        severe | citations | {"metric": "rows_per_document", "subject": "citations", "value": 0.7},
    ]
    bounds = [{"n_past_runs": 1, "lower": row["value"] * 0.8, "upper": row["value"] * 1.2} for row in now]
    old = [row | {"run_id": OLD_RUN, "n_past_runs": 0} for row in now]
    return [*old, *({"run_id": RUN} | row | bound for row, bound in zip(now, bounds, strict=True))]
