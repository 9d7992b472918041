"""Text of any origin in; text that is safe to show on a terminal out.

Pages are other people's bytes: an escape sequence in one could rewrite what a reader sees, so no control character gets through.
"""

from __future__ import annotations

import re

# C0 and C1 controls but tab and line feed, DEL, and the marks that reorder or hide text on screen.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

MIN_CELL, MAX_CELL, GAP = 12, 60, "  "


def make_printable(text: str) -> str:
    """Return `text` with each control and direction character written out (ESC as `\\x1b`)."""
    return _UNSAFE.sub(lambda match: _written_out(match[0]), text)


def draw_table(columns: list[str], rows: list[list[str]], width: int | None = None) -> str:
    """Draw a table, wide characters counted as two, cells cut with an ellipsis at 60, or shorter where it would be wider than `width`."""
    table = [[make_printable(cell.replace("\n", "⏎").replace("\t", " ")) for cell in row] for row in (columns, *rows)]
    widths = [min(MAX_CELL, max(map(_measure, cells))) for cells in zip(*table, strict=True)]
    while width and sum(widths) + len(GAP) * (len(widths) - 1) > width and max(widths) > MIN_CELL:
        widths[widths.index(max(widths))] -= 1
    head, *body = (GAP.join(_fit(cell, n) for cell, n in zip(row, widths, strict=True)).rstrip() for row in table)
    return "\n".join([head, GAP.join("─" * n for n in widths), *body])


def _measure(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _fit(text: str, n_cells: int) -> str:
    from rich.cells import set_cell_size

    shown = text if _measure(text) <= n_cells else set_cell_size(text, n_cells - 1).rstrip() + "…"
    return set_cell_size(shown, n_cells)


def _written_out(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
