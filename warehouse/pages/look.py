"""How charts look: the colours of the style sheet, one font stack, and SVG that takes its colours from the page it stands in.

A chart is drawn in the colours of the light page; on a page, each of them becomes the style sheet's variable, so that dark and light differ
without a second picture. The notebook shows the same chart as it was drawn.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.markdown import show_invisible

FONT = '"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif'
LABEL_SIZE = 12
SHOWN_CHARS = 300  # of a text in a chart, which is cut further where it stands on an axis
_SHEET = Path(__file__).parent.parent / "templates" / "style.css.j2"
# The fonts stand once, in the style sheet of the page.
_NOT_NEEDED = re.compile(
    r' (?:role|class|aria-[a-z]+|pointer-events|stroke-miterlimit|version|font-family|xmlns(?::xlink)?)="[^"]*"| opacity="1"'
)


@dataclass(frozen=True)
class Look:
    """The width that a chart has, in pixels, its margins included: a desktop's, a phone's, or that of one of several beside each other."""

    width: int

    @property
    def is_narrow(self) -> bool:
        """Return whether long labels must be cut to leave room for the marks."""
        return self.width < 500

    @property
    def label_width(self) -> int:
        """Return how wide the labels beside the marks may be."""
        return int(self.width * (0.36 if self.is_narrow else 0.28))


# The room in a card of a desktop's page, in one of two or three beside each other, and in a card on a phone.
WIDE, HALF, THIRD, NARROW = Look(1010), Look(484), Look(306), Look(324)


@cache
def read_colours(theme: str = "light") -> dict[str, str]:
    """Return the colours of the light or the dark page by the names of their variables."""
    light, _, dark = _SHEET.read_text("utf-8").partition("@media (prefers-color-scheme: dark)")
    block = (dark if theme == "dark" else light).partition("}")[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))


def colour(name: str) -> str:
    """Return one colour of the light page."""
    return read_colours()[name]


def measure_label(text: str) -> float:
    """Return about how wide a label is, in pixels: Chinese characters are square, others about half as wide."""
    return LABEL_SIZE * sum(1.0 if ord(character) > 0x2E7F else 0.6 for character in text)


def fit_label(text: str, width: float) -> str:
    """Cut a label with an ellipsis so that it is no wider than `width` pixels."""
    kept = text[: int(width)]  # no letter is narrower than a pixel
    if kept == text and measure_label(text) <= width:
        return text
    while kept and measure_label(kept) > width - LABEL_SIZE:
        kept = kept[:-1]
    return kept.rstrip(" ,，、(（《") + "…"


def make_drawable(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose texts can be drawn: control characters, which end the program that draws, written out, and none long."""
    texts = pl.col(pl.String).map_elements(lambda text: show_invisible(text[:SHOWN_CHARS]), return_dtype=pl.String)
    return frame.with_columns(texts)


def dress(chart: Any, look: Look) -> Any:
    """Give a chart the fonts, colours and width of `look`."""
    import altair as alt

    ink, soft, line = colour("ink"), colour("soft"), colour("line")
    return (
        chart.properties(
            width=look.width,
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
            padding={"top": 4, "bottom": 4, "left": 0, "right": 4},
        )
        .configure(font=FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=ink,
            labelFontSize=LABEL_SIZE,
            titleColor=soft,
            titleFontSize=LABEL_SIZE,
            titleFontWeight="normal",
            gridColor=line,
            domain=False,
            ticks=False,
            labelPadding=6,
            labelFlush=False,
        )
        .configure_legend(
            labelColor=ink,
            labelFontSize=LABEL_SIZE,
            title=None,
            orient="top",
            symbolType="square",
            symbolSize=110,
            offset=8,
            columns=2 if look.is_narrow else 0,
        )
        .configure_text(color=ink, fontSize=LABEL_SIZE - 1)
    )


def repaint(chart: Any, theme: str) -> Any:
    """Return a chart for where our style sheet is not: in the colours of `theme` (light or dark), as wide as the room that there is."""
    import altair as alt

    drawn, colours = json.dumps(chart.to_dict()), read_colours(theme)
    for name, value in read_colours().items():
        drawn = drawn.replace(f'"{value}"', f'"{colours[name]}"')
    painted = json.loads(drawn)
    painted["config"]["background"], painted["padding"], painted["width"] = colours["card"], 12, "container"
    shown = alt.Chart.from_dict(painted)
    shown["usermeta"] = {"embedOptions": {"actions": False}}  # a menu without a name, which would lead out of the machine
    return shown


def draw_svg(chart: Any, description: str) -> str:
    """Return a chart as SVG to stand in a page: text as text, colours as the page's variables, no ids.

    The words of `description` are what a screen reader says; they and all texts of the chart are escaped.
    """
    import vl_convert
    from markupsafe import escape

    svg = _NOT_NEEDED.sub("", vl_convert.vegalite_to_svg(chart.to_dict()))
    for name, value in read_colours().items():
        svg = svg.replace(f'="{value}"', f'="var(--{name})"')
    return svg.replace("<svg ", f'<svg class="chart" role="img" aria-label="{escape(description)}" ', 1)
