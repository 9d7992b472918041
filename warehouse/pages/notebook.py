"""A notebook to explore a warehouse with, read-only: `yaodian explore` runs it as an app, `python notebook.py --warehouse FILE` once."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="yaodian: what the warehouse holds", css_file="notebook.css")

with app.setup:
    from contextlib import ExitStack
    from pathlib import Path

    import marimo as mo
    import polars as pl

    from schemas.errors import YaodianError
    from warehouse.pages import charts, facts
    from warehouse.pages.look import Look, repaint
    from warehouse.query import open_warehouse, read_texts, run_query

    LOOK = Look(640)  # for the room that labels take: charts are as wide as the window lets them
    SHOWN_ROWS = 1_000


@app.cell
def _():
    path = Path(str(mo.cli_args().get("warehouse") or "data/warehouse.duckdb"))
    opened = ExitStack()  # for as long as the app runs
    try:
        warehouse = opened.enter_context(open_warehouse(path))
        _problem = ", ".join(facts.find_missing(warehouse))
        _problem = _problem and f"This warehouse lacks {_problem}: an older version built it. Build it again with `yaodian run`."
    except YaodianError as error:
        _problem = str(error)
    mo.stop(bool(_problem), mo.callout(mo.md(_problem), kind="danger"))
    return opened, path, warehouse


@app.cell
def _():
    def table(frame, nothing, **options):
        """Show a frame as a table, or say what an empty one means."""
        if not frame.height:
            return mo.callout(nothing)
        years = [name for name in frame.columns if name.endswith("year")]  # 2,025 is a number, 2025 a year
        shown = frame.with_columns(pl.col(pl.String).fill_null(""))
        return mo.ui.table(
            shown, selection=None, page_size=15, show_column_summaries=False, format_mapping=dict.fromkeys(years, str), **options
        )

    def draw(frame, chart, nothing):
        """Show a chart of a frame above its numbers, or say what an empty one means."""
        if not frame.height:
            return mo.callout(nothing)
        return mo.vstack([repaint(chart(frame), mo.app_meta().theme), mo.accordion({"The numbers": table(frame, nothing)})])

    return draw, table


@app.cell
def _(warehouse):
    tiles = mo.hstack([mo.stat(f"{n:,}", label=name) for name, n in facts.count_all(warehouse).items()], wrap=True, justify="start")
    return (tiles,)


@app.cell
def _(draw, warehouse):
    _names = dict(facts.list_provinces(warehouse).iter_rows())
    documents = mo.vstack(
        [
            mo.md("## Documents by year\nYear of the plan, else of issue; duplicates counted once."),
            draw(facts.count_years(warehouse), lambda frame: charts.draw_years(frame, LOOK), "No document tells its year."),
            mo.md("## Documents by province\nCities and counties counted with their province."),
            draw(
                facts.count_provinces(warehouse),
                lambda frame: charts.draw_provinces(frame, names=_names, look=LOOK),
                "No document is of a province.",
            ),
            mo.md("## Documents by kind\nThe word that the title ends in."),
            draw(facts.count_kinds(warehouse), lambda frame: charts.draw_kinds(frame, LOOK), "The warehouse holds no document."),
        ]
    )
    return (documents,)


@app.cell
def _(warehouse):
    _choices = {
        f"{row['indicator']} ({row['unit'] or 'no unit'}, {row['n_regions']} regions)": row
        for row in facts.list_shared_indicators(warehouse).to_dicts()
    }
    indicator = mo.ui.dropdown(_choices, value=next(iter(_choices), None), label="What several regions have a target for", full_width=True)
    term = mo.ui.text(label="Targets that speak of", placeholder="高新技术企业", full_width=True)
    return indicator, term


@app.cell
def _(draw, indicator, table, term, warehouse):
    _row, _term = indicator.value, term.value.strip()
    targets = mo.vstack(
        [
            mo.md("## Targets across regions"),
            indicator,
            draw(
                facts.compare_indicator(warehouse, _row["indicator"], _row["unit"], _row["basis"]),
                lambda frame: charts.draw_comparison(frame, _row["unit"] or "", LOOK),
                "No region states it.",
            )
            if _row
            else mo.callout("No two regions set a target for the same thing, in the same words."),
            term,
            table(facts.compare(warehouse, _term), "No target speaks of it.", wrapped_columns=["sentence"]) if _term else mo.md(""),
            mo.md("## Plans with most targets"),
            draw(facts.count_plan_targets(warehouse), lambda frame: charts.draw_plans(frame, LOOK), "No plan has targets."),
        ]
    )
    return (targets,)


@app.cell
def _(warehouse):
    load = mo.sql(
        """
        SELECT * EXCLUDE agency_id FROM main.agency_load ORDER BY n_measures DESC, agency
        """,
        output=False,
        engine=warehouse,
    )
    return (load,)


@app.cell
def _(draw, load, table, warehouse):
    agencies = mo.vstack(
        [
            mo.md("## Agencies with most measures"),
            draw(facts.count_agencies(warehouse), lambda frame: charts.draw_agencies(frame, LOOK), "No measure names an agency."),
            mo.md("## All agencies"),
            table(load, "No measure names an agency."),
        ]
    )
    return (agencies,)


@app.cell
def _(warehouse):
    _choices = {f"{plan} · {key}": key for key, plan in facts.list_plans(warehouse, 500).select("document_id", "plan").iter_rows()}
    plan = mo.ui.dropdown(_choices, value=next(iter(_choices), None), label="Plan", searchable=True, full_width=True)
    return (plan,)


@app.cell
def _(plan, table, warehouse):
    plans = mo.vstack(
        [
            mo.md("## Outline and text of a plan"),
            plan,
            table(
                facts.outline(warehouse, plan.value).select(
                    "marker",
                    (pl.lit("　").repeat_by(pl.col("level") - 1).list.join("") + pl.col("title")).alias("title"),
                    "agencies",
                    "n_targets",
                    "kind",
                    "line",
                    "id",
                ),
                "The plan has no sections.",
                wrapped_columns=["title", "agencies"],
            ),
            mo.accordion({"The text": mo.plain_text(facts.read_text(warehouse, plan.value))}),
        ]
        if plan.value
        else [mo.callout("No document has measures.")]
    )
    return (plans,)


@app.cell
def _():
    question = mo.ui.text(label="Search", placeholder='科技特派员 "技术合同" -旅游', full_width=True)
    return (question,)


@app.cell
def _(question, table, warehouse):
    _asked = question.value.strip()
    _hint = "Words are looked for anywhere; a “phrase” in quotation marks as it stands; -word leaves documents out."
    if not facts.has_search(warehouse):
        _found = mo.callout("This warehouse was built without an index to search (YAODIAN_SEARCH=0).")
    elif _asked:
        _found = table(facts.search(warehouse, _asked), "Nothing found.", wrapped_columns=["snippet", "title"])
    else:
        _found = mo.md(_hint)
    searched = mo.vstack([mo.md("## Search"), question, _found])
    return (searched,)


@app.cell
def _(draw, table, warehouse):
    _nothing = "No two documents share a passage."
    shared = mo.vstack(
        [
            mo.md("## Who shares text with whom\nCharacters of the passages that two documents have in common, word for word."),
            draw(facts.count_shared_text(warehouse), lambda frame: charts.draw_shared_text(frame, LOOK), _nothing),
            mo.md("## Passages that take most room"),
            table(facts.list_passages(warehouse), _nothing, wrapped_columns=["phrase", "regions"]),
        ]
    )
    return (shared,)


@app.cell
def _(warehouse):
    checks = mo.sql(
        """
        SELECT table_name, severity, count(*) AS n_checks, count(*) FILTER (NOT passed) AS n_failed
        FROM quality.checks
        WHERE run_id = (SELECT max(run_id) FROM quality.runs WHERE status = 'published')
        GROUP BY ALL ORDER BY ALL
        """,
        output=False,
        engine=warehouse,
    )
    return (checks,)


@app.cell
def _(checks, draw, table, warehouse):
    _fill = facts.measure_fill(warehouse).partition_by("of_table", as_dict=True)
    quality = mo.vstack(
        [
            *(
                mo.vstack([mo.md(f"## What {_of} say of themselves"), draw(_part, lambda frame: charts.draw_fill(frame, LOOK), "Nothing.")])
                for (_of,), _part in _fill.items()
            ),
            mo.md("## Lines by role"),
            table(facts.count_roles(warehouse), "No source was read."),
            mo.md("## Repairs and repeats"),
            table(facts.count_changes(warehouse), "Nothing was repaired, and nothing repeats."),
            mo.md("## Checks of the published run"),
            table(checks, "No check is on record."),
        ]
    )
    return (quality,)


@app.cell
def _():
    _example = "SELECT title, issued_on FROM documents LIMIT 10"
    sql = mo.ui.text_area(_example, label="One query; nothing can be written", rows=6, full_width=True).form(submit_button_label="Run")
    return (sql,)


@app.cell
def _(path, sql):
    def _answer(query):
        try:
            with run_query(path, query) as reader:
                n_more, names, rows = read_texts(reader, SHOWN_ROWS)
        except YaodianError as error:
            return mo.callout(mo.plain_text(str(error)), kind="warn")
        shown = mo.ui.table([dict(zip(names, row, strict=True)) for row in rows], selection=None, page_size=15, show_column_summaries=False)
        return mo.vstack([shown, mo.md(f"… and {n_more:,} more rows")]) if n_more else shown

    asked = mo.vstack([mo.md("## SQL"), sql, _answer(sql.value) if sql.value else mo.md("")])
    return (asked,)


@app.cell
def _(agencies, asked, documents, plans, quality, searched, shared, targets, tiles):
    _tabs = {
        "Documents": documents,
        "Targets": targets,
        "Agencies": agencies,
        "Plans": plans,
        "Search": searched,
        "Shared passages": shared,
        "Data quality": quality,
        "SQL": asked,
    }
    mo.vstack([mo.md("# What the warehouse holds"), tiles, mo.ui.tabs(_tabs)], gap=1.5)


if __name__ == "__main__":
    app.run()
