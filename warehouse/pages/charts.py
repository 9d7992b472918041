"""Frames of `facts` in, charts out: the same ones for the notebook, where they answer the pointer, and for the page, as SVG."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import polars as pl

from warehouse.markdown import show_invisible
from warehouse.pages.look import LABEL_SIZE, Look, colour, dress, fit_label, make_drawable, measure_label

ROW = 26  # height of a row with a label, in pixels
_LEVELS = {"country": "title", "province": "body", "city": "heading", "county": "note", "not told": "blank"}
_CHARGES = {"lead": "body", "responsible": "recipients", "supporting": "chrome"}
_BASES = {"total": "body", "increment": "heading", "growth_rate": "chrome", "share": "metadata", "not told": "blank"}
# Where each province stands on a map of equal tiles, as (column, row), by the first two digits of its code in GB/T 2260.
TILES = {
    "65": (0, 1), "54": (0, 3), "63": (1, 2), "62": (2, 2), "64": (3, 2), "15": (4, 1), "23": (7, 0), "22": (7, 1),
    "21": (6, 1), "11": (5, 1), "12": (5, 2), "13": (4, 2), "37": (6, 2), "14": (3, 3), "61": (2, 3), "41": (4, 3),
    "34": (5, 3), "32": (6, 3), "31": (7, 3), "51": (1, 4), "50": (2, 4), "42": (3, 4), "36": (4, 4), "33": (6, 4),
    "52": (2, 5), "43": (3, 5), "35": (5, 4), "53": (1, 5), "45": (2, 6), "44": (4, 5), "71": (7, 5), "46": (3, 7),
    "81": (4, 6), "82": (5, 6),
}  # fmt: skip


def draw_years(frame: pl.DataFrame, look: Look) -> Any:
    """Draw documents by year, stacked by the level of the region."""
    frame = make_drawable(frame)
    told = frame["year"].to_list()
    years = list(range(min(told), max(told) + 1)) if told else []
    every = 1 if len(years) * 34 < look.width else -(-len(years) * 34 // look.width)
    chart = (
        _chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(
                "year:O",
                title=None,
                scale=alt.Scale(domain=years, paddingInner=0.25),
                axis=alt.Axis(labelAngle=0, values=years[::every], grid=False),
            ),
            y=alt.Y("sum(n):Q", title="documents", axis=alt.Axis(tickCount=4, format=",d", tickMinStep=1)),
            color=_stack("level", _LEVELS, frame),
            order=alt.Order("rank:Q"),
            tooltip=["year", "level", "n"],
        )
        .transform_calculate(rank=f"indexof({list(_LEVELS)}, datum.level)")
        .properties(height=200)
    )
    return dress(chart, look)


def draw_provinces(frame: pl.DataFrame, names: dict[str, str], look: Look) -> Any:
    """Draw documents by province as a map of equal tiles, darker where there are more; `names` by the first two digits of the code."""
    frame = make_drawable(frame)
    counts = dict(frame.select("code", "n").iter_rows())
    rows = [
        {"code": code, "name": fit_label(show_invisible(names.get(code, code)), 44), "x": x, "y": y, "n": counts.get(code, 0)}
        for code, (x, y) in TILES.items()
    ]
    size = (look.width - 8) / 8
    base = _chart(pl.DataFrame(rows)).encode(
        x=alt.X("x:O", axis=None, scale=alt.Scale(domain=list(range(8)), paddingInner=0.06, paddingOuter=0)),
        y=alt.Y("y:O", axis=None, scale=alt.Scale(domain=list(range(8)), paddingInner=0.06, paddingOuter=0)),
        tooltip=["name", alt.Tooltip("n", title="documents")],
    )
    empty = base.mark_rect(cornerRadius=4, fill=colour("code"))
    filled = base.transform_filter("datum.n > 0").mark_rect(cornerRadius=4, fill=colour("body"))
    filled = filled.encode(fillOpacity=alt.FillOpacity("n:Q", legend=None, scale=alt.Scale(type="sqrt", domainMin=0, range=[0.12, 0.6])))
    name = base.mark_text(dy=-6, fontSize=LABEL_SIZE - 1).encode(text="name:N", color=_where("datum.n > 0", "ink", "soft"))
    number = (
        base.transform_filter("datum.n > 0").mark_text(dy=9, fontSize=LABEL_SIZE, fontWeight=600).encode(text=alt.Text("n:Q", format=",d"))
    )
    return dress(alt.layer(empty, filled, name, number).properties(height=size * 8 * 0.86), look)


def draw_agencies(frame: pl.DataFrame, look: Look) -> Any:
    """Draw the measures of agencies, stacked by how they are in charge."""
    return _draw_stacks(frame, look, key="agency_id", name="agency", part="role", colours=_CHARGES, unit="measures")


def draw_plans(frame: pl.DataFrame, look: Look) -> Any:
    """Draw the targets of plans, stacked by what their numbers measure."""
    return _draw_stacks(frame, look, key="document_id", name="plan", part="basis", colours=_BASES, unit="targets")


def draw_kinds(frame: pl.DataFrame, look: Look) -> Any:
    """Draw documents by kind."""
    told = pl.when(pl.col("kind") == "not told").then(pl.lit("not told")).otherwise(pl.lit("told"))
    plain = frame.with_columns(pl.col("n").alias("total"), told.alias("part"))
    return _draw_stacks(plain, look, key="kind", name="kind", part="part", colours={"told": "body", "not told": "blank"}, unit="documents")


def draw_comparison(frame: pl.DataFrame, unit: str, look: Look) -> Any:
    """Draw one target across regions: a dot where a number is, a bar from end to end of a range; the words of the number beside it."""
    frame = make_drawable(frame)
    scale, word = _choose_scale(frame)
    shown = frame.with_columns(
        pl.col("low") / scale,
        pl.col("high") / scale,
        (pl.col("region") + pl.when(pl.col("year").is_null()).then(pl.lit("")).otherwise(pl.format(" {}", "year"))).alias("name"),
    ).with_columns(_write_number(word).alias("shown"))
    labels = dict(shown.select("target_id", "name").iter_rows())
    base = _chart(shown).encode(
        y=alt.Y("target_id:N", sort=list(labels), title=None, axis=_labels(labels, look)),
        tooltip=["region", "year", "comparator", "low", "high", "quote"],
    )
    x = alt.X(
        "low:Q",
        title=show_invisible(f"{word}{unit[:20]}") or None,
        axis=alt.Axis(tickCount=4),
        scale=alt.Scale(zero=False, nice=True, padding=14),
    )
    stem = base.mark_bar(height=5, cornerRadius=2, color=colour("heading")).transform_filter("datum.high != null").encode(x=x, x2="high:Q")
    dots = base.mark_circle(size=90, opacity=1, color=colour("body")).encode(x=x)
    ends = base.mark_circle(size=90, opacity=1, color=colour("body")).transform_filter("datum.high != null").encode(x=alt.X("high:Q"))
    words = base.mark_text(align="left", dx=10).encode(x=alt.value("width"), text="shown:N")
    return dress(alt.layer(stem, dots, ends, words).properties(height=alt.Step(ROW)), look)


def draw_shared_text(frame: pl.DataFrame, look: Look) -> Any:
    """Draw how much text documents share as a heat map; documents that share much stand beside each other."""
    frame = make_drawable(frame)
    order = order_alike(frame)
    called = dict(frame.select("one_id", "one").iter_rows())
    labels = {key: f"{place}  {fit_label(called[key], look.label_width - 20)}" for place, key in enumerate(order, 1)}
    places = {key: str(place) for place, key in enumerate(order, 1)}
    scale = alt.Scale(domain=order, paddingInner=0.08)
    size = 9 if look.is_narrow else LABEL_SIZE
    top = alt.Axis(orient="top", labelAngle=0, labelExpr=f"{places}[datum.value]", labelFontSize=size, labelOverlap=False, grid=False)
    base = _chart(frame).encode(
        x=alt.X("other_id:N", sort=order, scale=scale, title=None, axis=top),
        y=alt.Y("one_id:N", sort=order, scale=scale, title=None, axis=_labels(labels, look)),
        tooltip=["one", "other", alt.Tooltip("n_chars", title="characters"), alt.Tooltip("n", title="passages")],
    )
    opacity = alt.FillOpacity("n_chars:Q", legend=None, scale=alt.Scale(type="sqrt", domainMin=0, range=[0.12, 0.6]))
    cells = base.mark_rect(cornerRadius=2, fill=colour("body")).encode(fillOpacity=opacity)
    room = (look.width - look.label_width) / max(len(order), 1)
    layers = [cells]
    if room >= 4.2 * (LABEL_SIZE - 2) * 0.6:
        layers.append(base.mark_text(fontSize=LABEL_SIZE - 2).encode(text=alt.Text("n_chars:Q", format="d")))
    return dress(alt.layer(*layers).properties(height=alt.Step(ROW)), look)


def draw_fill(frame: pl.DataFrame, look: Look) -> Any:
    """Draw the share of rows that have a fact, by column."""
    frame = make_drawable(frame)
    labels = {name: name.replace("_", " ") for name in frame["column"]}
    y = alt.Y("column:N", sort=list(labels), title=None, axis=_labels(labels, look))
    base = _chart(frame).encode(y=y, tooltip=["column", "share", "n_rows"])
    x = alt.X(
        "share:Q", title=None, stack=False, scale=alt.Scale(domain=[0, 1.12]), axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1])
    )
    track = base.mark_bar(height=8, cornerRadius=4, color=colour("code")).encode(x=alt.datum(0, type="quantitative"), x2=alt.datum(1))
    bars = base.mark_bar(height=8, cornerRadius=4, color=colour("body")).encode(x=x)
    words = base.mark_text(align="left", dx=6).encode(x=x, text=alt.Text("share:Q", format=".0%"))
    return dress(alt.layer(track, bars, words).properties(height=alt.Step(ROW - 4)), look)


def order_alike(frame: pl.DataFrame) -> list[str]:
    """Order documents so that each stands beside one that it shares much with: begin with the pair that shares most, go on at both ends."""
    shares = {(one, other): n for one, other, n in frame.select("one_id", "other_id", "n_chars").iter_rows()}
    left = sorted({one for one, _ in shares})
    if not shares:
        return left
    order = list(max(shares, key=lambda pair: (shares[pair], pair)))
    left = [key for key in left if key not in order]
    while left:
        _, at_end, key = max((shares.get((end, key), 0), at_end, key) for at_end, end in enumerate((order[0], order[-1])) for key in left)
        order.insert(len(order) if at_end else 0, key)
        left.remove(key)
    return order


def _chart(frame: pl.DataFrame) -> Any:
    return alt.Chart(frame)


def _draw_stacks(frame: pl.DataFrame, look: Look, *, key: str, name: str, part: str, colours: dict[str, str], unit: str) -> Any:
    """Draw a row for each `key`, called `name`, with its parts one after the other and their sum."""
    frame = make_drawable(frame)
    labels = dict(zip(frame[key], frame[name], strict=True))
    y = alt.Y(f"{key}:N", sort=list(labels), title=None, axis=_labels(labels, look))
    most = max(frame["total"], default=1)
    room = 40 / (look.width - look.label_width)  # for the sum behind the longest bar
    x = alt.X("sum(n):Q", title=unit, scale=alt.Scale(domain=[0, most * (1 + room)], nice=False))
    x = x.axis(tickCount=5, format=",d", tickMinStep=1)
    bars = _chart(frame).mark_bar(height=15).encode(y=y, x=x, color=_stack(part, colours, frame), order="rank:Q", tooltip=[name, part, "n"])
    bars = bars.transform_calculate(rank=f"indexof({list(colours)}, datum.{part})")
    totals = _chart(frame.unique(key, maintain_order=True)).mark_text(align="left", dx=6)
    totals = totals.encode(y=y, x="total:Q", text=alt.Text("total:Q", format=",d"))
    return dress(alt.layer(bars, totals).properties(height=alt.Step(ROW)), look)


def _stack(part: str, colours: dict[str, str], frame: pl.DataFrame) -> alt.Color:
    present = set(frame[part])
    domain = [name for name in colours if name in present]
    legend = alt.Legend(labelExpr="replace(datum.label, '_', ' ')") if len(domain) > 1 and part != "part" else None
    return alt.Color(f"{part}:N", scale=alt.Scale(domain=domain, range=[colour(colours[name]) for name in domain]), legend=legend)


def _labels(labels: dict[str, str], look: Look) -> alt.Axis:
    """Return an axis of labels by key, cut to the room there is, as wide as the longest: no font at hand need tell how wide text is."""
    shown = {key: fit_label(label, look.label_width) for key, label in labels.items()}
    width = max(map(measure_label, shown.values()), default=0) + 8
    texts = json.dumps(shown, ensure_ascii=False)
    return alt.Axis(grid=False, minExtent=width, maxExtent=width, labelLimit=0, labelExpr=f"{texts}[datum.value]", labelOverlap=False)


def _where(test: str, yes: str, no: str) -> Any:
    return alt.when(test).then(alt.value(colour(yes))).otherwise(alt.value(colour(no)))


def _choose_scale(frame: pl.DataFrame) -> tuple[float, str]:
    least = min(map(abs, frame["low"].to_list()), default=0)
    return (1e8, "亿") if least >= 1e8 else (1e4, "万") if least >= 1e4 else (1.0, "")


def _write_number(word: str) -> pl.Expr:
    sign = pl.col("comparator").replace({">=": "≥ ", "<=": "≤ ", "~": "~ ", ">": "> ", "<": "< ", "=": "", "range": ""})
    low, high = (pl.col(name).map_elements(lambda value: f"{value:,.6g}", return_dtype=pl.String) for name in ("low", "high"))
    return sign + low + pl.when(high.is_null()).then(pl.lit("")).otherwise(pl.lit("–") + high) + pl.lit(word)
