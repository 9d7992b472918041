"""A document's id in; the document as Markdown out: what it is, its outline, its text under its own headings, its targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.errors import InputError
from warehouse.markdown import escape_markdown
from warehouse.query import fetch_rows, open_warehouse

if TYPE_CHECKING:
    from pathlib import Path

FACTS = {
    "plan_title": "要点/规划",
    "kind": "文种",
    "issuer": "发文机关",
    "document_number": "发文字号",
    "region_name": "地区",
    "plan_year": "年度",
    "issued_on": "成文日期",
    "published_on": "发布日期",
    "effective_on": "施行日期",
    "publisher": "来源",
    "source_id": "原始文件",
    "document_id": "编号",
}
DEEPEST = 6  # Markdown knows six levels of headings
TEXT = """
    SELECT p.role, p.text, s.level AS section_level, s.first_line = p.first_line AS opens_section
    FROM main.paragraphs AS p
    LEFT JOIN main.sections AS s USING (section_id)
    WHERE p.document_id = ?
    ORDER BY p.ordinal
"""


def render_plan(warehouse: Path, document_id: str) -> str:
    """Return a document as Markdown; nothing in its text can act as markup.

    Raises `InputError` where the warehouse holds no such document, `WarehouseError` where there is no warehouse.
    """
    with open_warehouse(warehouse) as con:
        found = fetch_rows(con, "SELECT * FROM main.documents WHERE document_id = ?", [document_id])
        if not found:
            raise InputError(f"no document of the warehouse has the id {document_id!r}: see document_id in main.documents")
        document = found[0]
        outline = fetch_rows(con, "FROM main.outline(?)", [document_id])
        text = fetch_rows(con, TEXT, [document_id])
        targets = fetch_rows(con, "SELECT * FROM main.targets WHERE document_id = ? ORDER BY target_id", [document_id])
    title = document["title"] or document["plan_title"] or document["source_id"]
    facts = [f"| {label} | {escape_markdown(document[name])} |" for name, label in FACTS.items() if document[name] is not None]
    blocks = [f"# {escape_markdown(title)}", "\n".join(["| | |", "|---|---|", *facts])]
    if outline:
        blocks += ["## 提纲", "\n".join(map(_outline_item, outline))]
    blocks += ["## 正文", *map(_paragraph, text)]
    if targets:
        rows = [f"| {escape_markdown(row['indicator'] or '')} | {escape_markdown(row['quote'])} | {row['line_no']} |" for row in targets]
        blocks += ["## 量化指标", "\n".join(["| 指标 | 原文 | 行 |", "|---|---|---|", *rows])]
    return "\n\n".join(blocks) + "\n"


def _outline_item(row: dict[str, Any]) -> str:
    number = f"{row['marker']} " if row["marker"] and row["marker"] != row["title"] else ""
    notes = [row["agencies"] or "", f"指标 {row['n_targets']} 项" if row["n_targets"] else ""]
    noted = ";".join(filter(None, notes))
    shown = escape_markdown(number + row["title"]) + (f" ({escape_markdown(noted)})" if noted else "")
    return f"{'  ' * (row['level'] - 1)}- {shown}"


def _paragraph(row: dict[str, Any]) -> str:
    text = escape_markdown(row["text"])
    if row["role"] == "title":
        return f"### {text}"
    if row["role"] == "heading":
        depth = row["section_level"] or 0
        return f"{'#' * min(DEEPEST, depth + (3 if row['opens_section'] else 4))} {text}"
    return text
