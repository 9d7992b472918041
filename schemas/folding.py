"""How raw text and clean text are compared: as SQL functions of the warehouse, and the SQL that uses them."""

from __future__ import annotations

from schemas.table import Macro

# White space, control and format characters, variation selectors: what cleaned text leaves out or turns into spaces.
UNSEEN = r"\s\p{Z}\p{Cc}\p{Cf}\x{FE00}-\x{FE0F}\x{13430}-\x{1343F}\x{E0100}-\x{E01EF}"
# Full-width ASCII and what it is folded to, as they stand in a SQL text.
WIDE = "".join(chr(c) for c in range(0xFF01, 0xFF5F))
ASCII = "".join(chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)).replace("'", "''")
_COMMON_WIDE = "，；：（）"  # nine in ten full-width characters of government pages; replacing these is far cheaper than translating


def _replace_common(text: str) -> str:
    for wide in _COMMON_WIDE:
        text = f"replace({text}, '{wide}', '{chr(ord(wide) - 0xFEE0)}')"
    return text


_SELDOM_WIDE = "".join(rf"\x{{{ord(wide):X}}}" for wide in WIDE if wide not in _COMMON_WIDE)
NARROW = Macro(
    name="lineage.narrow",
    parameters="written",
    # rtrim is dear, and lines seldom end in spaces
    body=_replace_common("""ltrim(
        CASE WHEN ends_with(written, ' ') OR ends_with(written, '\u3000') THEN rtrim(written, ' \u3000') ELSE written END, ' \u3000')"""),
    description="A text without spaces at its ends and with the commonest full-width marks folded: cheap, and mostly all there is to do",
)
FOLDED = Macro(
    name="lineage.folded",
    parameters="written",
    body=f"""regexp_replace(
        CASE WHEN regexp_matches(written, '[{_SELDOM_WIDE}]') THEN translate(written, '{WIDE}', '{ASCII}')
            ELSE {_replace_common("written")} END,
        '[{UNSEEN}]', '', 'g')""",
    description="A text without white space and invisible characters and with full-width ASCII folded, to compare raw with clean text",
)

LETTERS = Macro(
    name="lineage.letters",
    parameters="written",
    body=r"regexp_replace(lineage.folded(written), '[^\p{L}\p{N}]', '', 'g')",
    description="The letters and digits of a text, full-width ASCII folded: what copies of a text have in common, however they are pointed",
)


def lacks(text: str, part: str) -> str:
    """Return SQL that says whether a text lacks a part, spaces and widths aside; texts are folded only where they differ as they stand."""
    return f"CASE WHEN contains({text}, {part}) THEN FALSE ELSE NOT contains(lineage.folded({text}), lineage.folded({part})) END"


def unpointed(text: str) -> str:
    """Return SQL for a text without white space and what may stand between a marker and its title."""
    return f"regexp_replace(lineage.folded({text}), '[.、:—-]', '', 'g')"


def ends_with_heading(text: str, section: str) -> str:
    """Return SQL that tells whether a text holds a section's heading behind the stop of a sentence: what stands there stands at its end."""
    heading = unpointed(f"concat({section}.marker, {section}.title)")
    return f"contains({unpointed(text)}, concat('。', {heading}))"
