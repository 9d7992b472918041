"""A warehouse in; one HTML page out with charts and tables of what it holds, which needs nothing else, not even a script.

Each chart is there twice, drawn for a desktop and for a phone, and once more as a table of its numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from schemas.errors import InputError, WarehouseError
from warehouse.html import load_template, stack_roles
from warehouse.pages.look import draw_svg
from warehouse.query import open_warehouse, replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb
    import polars as pl

SHOWN_OUTLINES = 6


@dataclass(frozen=True)
class Figure:
    """A chart to show: what it is, in words, its pictures (for a desktop, then for a phone; one where it fits both), and its numbers."""

    title: str
    hint: str
    pictures: list[str]
    numbers: pl.DataFrame


def write_explorer(warehouse: Path, file: Path) -> None:
    """Write the page; raises `WarehouseError` where there is no warehouse, `InputError` where the chart library is not installed."""
    require_charts()
    with open_warehouse(warehouse) as con:
        page = render_explorer(con)
    with replace_file(file) as out:
        out.write(page.encode("utf-8", errors="replace"))


def require_charts() -> None:
    """Raise `InputError` where what draws charts and runs the notebook is not installed: it is not needed to build a warehouse."""
    missing = [name for name in ("altair", "marimo", "vl_convert") if not find_spec(name)]
    if missing:
        raise InputError(f"exploring needs {', '.join(missing)}: install yaodian with the extra `explore` (`make setup` does)")


def render_explorer(con: duckdb.DuckDBPyConnection) -> str:
    """Return the page."""
    from warehouse.pages import facts

    missing = facts.find_missing(con)
    if missing:
        raise WarehouseError(f"the warehouse lacks {', '.join(missing)}, which the page shows: build it again with `yaodian run`")
    run = facts.fetch(con, "FROM quality.runs WHERE status = 'published' ORDER BY started_at DESC LIMIT 1").to_dicts()
    plans = facts.list_plans(con, SHOWN_OUTLINES).to_dicts()
    return load_template("explore.html.j2").render(
        counts=facts.count_all(con),
        run=run[0] if run else None,
        figures=_draw_figures(con),
        comparisons=list(_draw_comparisons(con)),
        passages=facts.list_passages(con),
        roles_bar=stack_roles("all sources", dict(facts.count_roles(con).iter_rows())),
        changes=facts.count_changes(con),
        outlines=[plan | {"rows": facts.outline(con, plan["document_id"]).to_dicts()} for plan in plans],
    )


def _draw_figures(con: duckdb.DuckDBPyConnection) -> dict[str, Figure]:
    """Draw what there is one chart of; a chart without numbers is left out."""
    from warehouse.pages import charts, facts
    from warehouse.pages.look import HALF, NARROW, WIDE

    provinces = dict(facts.list_provinces(con).iter_rows())
    fill = facts.measure_fill(con).partition_by("of_table", as_dict=True)
    drawn = {
        "years": (
            facts.count_years(con),
            charts.draw_years,
            WIDE,
            "Documents by year",
            "Year of the plan, else of issue; duplicates counted once",
        ),
        "provinces": (
            facts.count_provinces(con),
            partial(charts.draw_provinces, names=provinces),
            HALF,
            "Documents by province",
            "Cities and counties counted with their province",
        ),
        "kinds": (facts.count_kinds(con), charts.draw_kinds, HALF, "Documents by kind", "The word that the title ends in"),
        "plans": (facts.count_plan_targets(con), charts.draw_plans, WIDE, "Plans with most targets", "By what the number measures"),
        "agencies": (facts.count_agencies(con), charts.draw_agencies, WIDE, "Agencies with most measures", "By how they are in charge"),
        "shared": (
            facts.count_shared_text(con),
            charts.draw_shared_text,
            WIDE,
            "Who shares text with whom",
            "Characters of the passages that two documents have in common, word for word",
        ),
        **{
            f"fill_{table}": (
                numbers,
                charts.draw_fill,
                HALF,
                f"What {table} say of themselves",
                "Share that has the fact; where it is missing, the page does not say it",
            )
            for (table,), numbers in fill.items()
        },
    }
    figures = {}
    for name, (numbers, draw, look, title, hint) in drawn.items():
        if numbers.height:
            pictures = [draw_svg(draw(numbers, look=at), f"{title}. {hint}") for at in (look, NARROW)]
            figures[name] = Figure(title, hint, pictures, numbers)
    return figures


def _draw_comparisons(con: duckdb.DuckDBPyConnection) -> Iterator[Figure]:
    """Draw what most regions have targets for, one chart a thing."""
    from warehouse.pages import charts, facts
    from warehouse.pages.look import THIRD

    for indicator, unit, basis, _, _ in facts.list_shared_indicators(con).iter_rows():
        numbers = facts.compare_indicator(con, indicator, unit, basis)
        hint = ", ".join(word.replace("_", " ") for word in (basis, unit) if word)
        yield Figure(indicator, hint, [draw_svg(charts.draw_comparison(numbers, unit or "", THIRD), f"{indicator}. {hint}")], numbers)
