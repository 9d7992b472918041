from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.terminal import draw_table, make_printable


@given(st.text())
def test_nothing_that_steers_a_terminal_gets_through(text: str) -> None:
    shown = make_printable(text)
    assert all(character.isprintable() or character in "\n\t" for character in shown if ord(character) < 0xA0)
    assert "\u202e" not in shown


def test_control_characters_are_written_out() -> None:
    assert make_printable("a\x1b[31mb\x9b\u202ec\r\x07") == "a\\x1b[31mb\\x9b\\u202ec\\x0d\\x07"


def test_what_is_printable_stays() -> None:
    assert make_printable("2020年\t要点〔6〕\n") == "2020年\t要点〔6〕\n"


def test_a_table_takes_wide_characters_as_two_and_shows_markup_as_text() -> None:
    table = draw_table(["name", "n"], [["[red]辽宁[/red]", "1"], ["a\nb", "2"]], 60)
    assert "[red]辽宁[/red]  1" in table
    assert "a⏎b" in table


def test_a_narrow_table_shortens_cells_and_keeps_every_column() -> None:
    table = draw_table(["first", "second", "n"], [["长" * 50, "x" * 90, "1"]], 50)
    head, _, row = table.splitlines()
    assert head.split() == ["first", "second", "n"]
    assert [cell[-1] for cell in row.split()] == ["…", "…", "1"]
