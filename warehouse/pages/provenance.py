"""The id of a thing in; one HTML page out that shows raw source and clean text side by side, each line linked to what was read out of it.

The page needs nothing else and works without its script, which only keeps the two sides in step; whatever a source holds is shown as text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

from warehouse.explain import find_thing
from warehouse.html import load_template, stack_roles
from warehouse.pages.passage import SHOWN_CHARS, SHOWN_LINES, read_passage
from warehouse.query import open_warehouse, replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.explain import Found
    from warehouse.pages.passage import Passage, Row

SHOWN_NOTES = 5
_WHOLE = ("document", "source")
# Scrolls each side to the partner of what was clicked or asked for; without it the links and the highlight still work.
SCRIPT = """
const partner = id => {
  const it = document.getElementById(id);
  const other = it && (it.dataset.of || it.closest("[data-of]")?.dataset.of);
  return other && document.getElementById(other);
};
const show = it => {
  const pane = it.closest(".pane");
  it.scrollIntoView({block: pane && it.offsetHeight > pane.clientHeight / 2 ? "start" : "center"});
};
const follow = () => {
  document.querySelectorAll(".partner").forEach(it => it.classList.remove("partner"));
  const id = location.hash.slice(1) || document.body.dataset.chosen;
  const it = id && document.getElementById(id);
  if (!it) return;
  const other = partner(id);
  const wide = matchMedia("(min-width: 64rem)").matches;
  if (wide || !location.hash) show(it);
  if (other) { other.classList.add("partner"); if (wide) show(other); }
};
addEventListener("hashchange", follow);
addEventListener("load", () => requestAnimationFrame(follow));
"""


def write_provenance(warehouse: Path, thing: str, file: Path) -> str:
    """Write the page of `thing`, as `explain_id` takes it, and return the address of the thing in it: the file and an anchor.

    Raises `InputError` where nothing has the id, `WarehouseError` where there is no warehouse, `StorageError` where `file` cannot be
    written.
    """
    with open_warehouse(warehouse) as con:
        found = find_thing(con, thing)
        passage = read_passage(con, found.place)
    page = render_provenance(found, passage)
    with replace_file(file) as out:
        out.write(page.encode("utf-8", errors="replace"))
    anchor = _anchor_of(found)
    return f"{file}#{anchor}" if anchor else str(file)


def render_provenance(found: Found, passage: Passage) -> str:
    """Return the page."""
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    return load_template("provenance.html.j2").render(
        found=found,
        passage=passage,
        chosen=_anchor_of(found),
        is_chosen_line=lambda no: found.kind not in _WHOLE and found.place.first_line <= no <= found.place.last_line,
        facts={name: value for name, value in found.facts.items() if value is not None and name not in ("text", "raw_text")},
        stack=stack_roles(passage.source["source_id"], Counter(line["role"] for line in passage.lines)),
        lines=list(_lay_out_lines(passage)),
        blocks=list(_lay_out_text(passage)),
        shown_lines=SHOWN_LINES,
        shown_chars=SHOWN_CHARS,
        shown_notes=SHOWN_NOTES,
        script=SCRIPT,
        digest=digest,
    )


def _anchor_of(found: Found) -> str | None:
    """Return the element of the page that stands for the thing; whole documents and sources need none."""
    if found.kind in _WHOLE:
        return None
    if found.kind in ("line", "repair", "repeat"):
        return f"line-{found.place.first_line}"
    return found.facts[f"{found.kind}_id"]


def _lay_out_lines(passage: Passage) -> Iterator[Row]:
    """Yield the raw lines, cut where something was repaired or a target is quoted, with their repairs and the repeats that begin there."""
    repairs, source_id = _gather(passage.repairs, "line_no"), passage.source["source_id"]
    repeats = _gather([row for row in passage.repeats if row["source_id"] == source_id], "first_line")
    targets = _gather(passage.targets, "line_no")
    copies = _gather([row for row in passage.repeats if row["source_id"] != source_id], "duplicate_of_first_line")
    for line in passage.lines:
        no = line["line_no"]
        quotes = {row["quote"]: row["target_id"] for row in targets.get(no, [])}
        originals = {row["original"]: None for row in repairs.get(no, [])}
        yield line | {
            "pieces": split_at(line["text"], quotes | originals),
            "n_more": line["n_chars"] - len(line["text"]),
            "repairs": repairs.get(no, []),
            "repeats": repeats.get(no, []),
            "copies": copies.get(no, []),
        }


def _lay_out_text(passage: Passage) -> Iterator[Row]:
    """Yield the paragraphs in blocks, those of one measure together, each with its heading, targets, citations and repairs."""
    sections, measures = _gather(passage.sections, "first_line"), {row["measure_id"]: row for row in passage.measures}
    agencies, targets = _gather(passage.agencies, "measure_id"), _gather(passage.targets, "paragraph_id")
    citations, repaired = _gather(passage.citations, "paragraph_id"), {row["line_no"] for row in passage.repairs}
    for measure_id, group in groupby(passage.paragraphs, key=lambda row: row["measure_id"]):
        paragraphs = []
        for paragraph in group:
            key, first, last = paragraph["paragraph_id"], paragraph["first_line"], paragraph["last_line"]
            more = {
                "pieces": split_at(paragraph["text"], {row["quote"]: row["target_id"] for row in targets.get(key, [])}),
                "n_more": paragraph["n_chars"] - len(paragraph["text"]),
                "sections": [section for line in range(first, last + 1) for section in sections.pop(line, [])],
                "targets": targets.get(key, []),
                "citations": citations.get(key, []),
                "repaired": sorted(repaired & set(range(first, last + 1))),
            }
            paragraphs.append(paragraph | more)
        yield {"measure": measures.pop(measure_id, None), "agencies": agencies.get(measure_id, []), "paragraphs": paragraphs}


def split_at(text: str, phrases: dict[str, Any]) -> list[tuple[str, bool, Any]]:
    """Cut a text where one of `phrases` stands: pieces in order, whether each is a phrase, and what the phrase means."""
    known = sorted((phrase for phrase in phrases if phrase), key=len, reverse=True)
    if not known:
        return [(text, False, None)] if text else []
    pieces = re.split("(" + "|".join(map(re.escape, known)) + ")", text)
    return [(piece, i % 2 == 1, phrases.get(piece) if i % 2 else None) for i, piece in enumerate(pieces) if piece]


def _gather(rows: list[Row], column: str) -> dict[Any, list[Row]]:
    gathered: dict[Any, list[Row]] = {}
    for row in rows:
        gathered.setdefault(row[column], []).append(row)
    return gathered
