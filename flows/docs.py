"""Contracts and commands in; the generated pages of `docs/` out: the data dictionary, the command reference, the lineage.

Run by `make docs`; a test fails when the pages are stale.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flows.lineage import describe_lineage, imagine_end
from schemas.guide import EXAMPLES, USAGE
from schemas.reference import REFERENCE_TABLES
from schemas.search import SEARCH_SCHEMA, SEARCH_TABLES
from schemas.tables import SCHEMAS, TABLES
from schemas.views import ALL_VIEWS
from warehouse.load import sql_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.table import Contract
    from schemas.view import View

DOCS = Path(__file__).resolve().parent.parent / "docs"
ALL_SCHEMAS = SCHEMAS | {"search": SEARCH_SCHEMA}
GENERATED = "Generated from the code by `make docs`; do not edit.\n"


def write_docs(folder: Path = DOCS) -> None:
    """Write the generated pages."""
    for name, text in make_pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def make_pages() -> dict[str, str]:
    """Return the generated pages by file name."""
    return {
        "tables.md": "\n".join(_describe_warehouse()) + "\n",
        "rules.md": "\n".join(_describe_reference()) + "\n",
        "commands.md": "\n".join(_describe_commands()) + "\n",
        "lineage.md": "\n".join(["# Lineage", "", GENERATED, *describe_lineage(imagine_end())]) + "\n",
    }


def _describe_warehouse() -> Iterator[str]:
    yield from ("# The data dictionary", "", GENERATED)
    yield "Every table, column, view and macro carries its description as a `COMMENT` too, and `datapackage.json`, beside the Parquet"
    yield "files of each release, says the same to other programs. A failed error check stops publication, a warning does not. Examples"
    yield "are rows of the seed pages' warehouse. Keys are checked by the audit and told in the table's `COMMENT`, not declared to DuckDB,"
    yield "which would keep an index for each. How to open it, and what to ask: [analysts.md](analysts.md)."
    yield from ("", "| schema | what it holds | tables, views and macros |", "|---|---|---|")
    for schema, description in ALL_SCHEMAS.items():
        names = [_link(item.name) for item in (*TABLES, *SEARCH_TABLES, *ALL_VIEWS) if item.name.startswith(f"{schema}.")]
        yield f"| `{schema}` | {description} | {', '.join(names)} |"
    yield from ("", "## How the tables hang together", "", *_draw_keys())
    for schema, description in ALL_SCHEMAS.items():
        yield from ("", f"## Schema `{schema}`", "", f"{description}.")
        for table in (*TABLES, *SEARCH_TABLES):
            if table.schema == schema:
                yield from _describe_table(table, f"### {table.name}", EXAMPLES.get(table.name))
    yield from (
        "",
        "## Views and macros",
        "",
        "Questions that come again and again, answered in the file itself: in any client they are SQL.",
    )
    for view in ALL_VIEWS:
        yield from _describe_view(view)


def _link(name: str) -> str:
    return f"[{name.split('.')[1]}](#{name.replace('.', '')})"


def _draw_keys() -> Iterator[str]:
    """Draw the foreign keys as a Mermaid diagram; those that may be NULL lead to none or one."""
    yield from ("```mermaid", "erDiagram")
    for table in TABLES:
        columns = table.columns.to_schema().columns
        for key in table.foreign_keys:
            one = "|o" if any(columns[name].nullable for name in key.columns) else "||"
            yield f"    {key.table.split('.')[1]} {one}--o{{ {table.table} : {'_'.join(key.columns)}"
    for table in TABLES:
        linked = {name for key in table.foreign_keys for name in key.columns}
        yield from _draw_columns(table, linked)
        yield "    }"
    yield "```"


def _draw_columns(table: Contract, linked: set[str]) -> Iterator[str]:
    for name, sql_type in sql_types(table).items():
        marks = ["PK"] * (name in table.primary_key) + ["FK"] * (name in linked)
        if marks:
            yield f"        {sql_type} {name} {','.join(marks)}"


def _describe_view(view: View) -> Iterator[str]:
    asked = f"({view.parameters})" if view.parameters else ""
    yield from ("", f"### {view.name}", "", f"`{view.name.split('.')[1]}{asked}`: {view.description}.")
    if view.warning:
        yield from ("", f"**Mind:** {view.warning}.")
    yield from ("", "```sql", view.example, "```", "", "| column | description |", "|---|---|")
    yield from (f"| `{name}` | {_cell(description)} |" for name, description in view.columns.items())


def _describe_reference() -> Iterator[str]:
    yield from ("# Tables kept by hand", "", GENERATED)
    yield "The CSV files of `seeds/reference`, checked when a run starts. A rule's name stands in the warehouse beside what it decided."
    for name, table in sorted(REFERENCE_TABLES.items()):
        yield from _describe_table(table.contract, f"## {name}.csv")


def _describe_table(table: Contract, heading: str, example: dict[str, str] | None = None) -> Iterator[str]:
    columns = table.columns.to_schema().columns
    yield from ("", heading, "", table.description)
    if table.name in USAGE:
        yield from ("", f"**Mind:** {USAGE[table.name]}.")
    yield from ("", *_row(["column", "type", "null", "description"], "example", example), "|---|---|---|---|" + "---|" * bool(example))
    for name, sql_type in sql_types(table).items():
        is_nullable = "yes" if columns[name].nullable else ""
        shown = _cell(f"`{example[name]}`" if name in example else "NULL") if example else ""
        yield from _row([f"`{name}`", sql_type, is_nullable, _cell(columns[name].description or "")], shown, example)
    yield from ("", f"Primary key: {_names(table.primary_key)}.")
    for key in table.foreign_keys:
        yield f"Foreign key: {_names(key.columns)} in `{key.table}` ({_names(key.references)})."
    rules = [*table.row_rules, *table.table_rules]
    if rules:
        yield from ("", "| check | severity | what must hold |", "|---|---|---|")
        yield from (f"| `{rule.name}` | {rule.severity} | {_cell(rule.description)} |" for rule in rules)


def _row(cells: list[str], last: str, example: dict[str, str] | None) -> Iterator[str]:
    yield f"| {' | '.join([*cells, last] if example else cells)} |"


def _describe_commands() -> Iterator[str]:
    import typer

    from flows.cli import app

    group = typer.main.get_command(app)
    yield from ("# Commands", "", GENERATED)
    for name, command in sorted(getattr(group, "commands", {}).items()):
        context = typer.Context(command, info_name=f"yaodian {name}", terminal_width=100, max_content_width=100)
        yield from ("", f"## yaodian {name}", "", "```text", command.get_help(context).strip(), "```")


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "⏎")


if __name__ == "__main__":
    sys.exit(write_docs())
