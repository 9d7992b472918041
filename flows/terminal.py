"""Text of any origin in; text that is safe to show on a terminal out.

Pages are other people's bytes: an escape sequence in one could rewrite what a reader sees, so no control character gets through.
"""

from __future__ import annotations

import re

# C0 and C1 controls but tab and line feed, DEL, and the marks that reorder or hide text on screen.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def make_printable(text: str) -> str:
    """Return `text` with each control and direction character written out (ESC as `\\x1b`)."""
    return _UNSAFE.sub(lambda match: _written_out(match[0]), text)


def _written_out(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def draw_table(columns: list[str], rows: list[list[str]], width: int) -> str:
    """Draw a table of at most `width` columns, wide characters counted as two; long cells are cut with an ellipsis."""
    import io

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(Text(make_printable(name)), overflow="ellipsis", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(make_printable(cell.replace("\n", "⏎").replace("\t", " "))) for cell in row))
    out = io.StringIO()
    Console(file=out, width=width, color_system=None, legacy_windows=False).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()).strip("\n")
