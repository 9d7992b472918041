"""Contracts and commands in; the generated pages of `docs/` out: the data dictionary and the command reference.

Run by `make docs`; a test fails when the pages are stale.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.reference import REFERENCE_TABLES
from schemas.tables import SCHEMAS, TABLES
from warehouse.load import sql_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.table import Contract

DOCS = Path(__file__).resolve().parent.parent / "docs"
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
    }


def _describe_warehouse() -> Iterator[str]:
    yield from ("# Tables of the warehouse", "", GENERATED)
    yield "Every table and column carries its description as a `COMMENT` too. A failed error check stops publication, a warning does not."
    for schema, description in SCHEMAS.items():
        yield from ("", f"## Schema `{schema}`", "", f"{description}.")
        for table in TABLES:
            if table.schema == schema:
                yield from _describe_table(table, f"### {table.name}")


def _describe_reference() -> Iterator[str]:
    yield from ("# Tables kept by hand", "", GENERATED)
    yield "The CSV files of `seeds/reference`, checked when a run starts. A rule's name stands in the warehouse beside what it decided."
    for name, table in sorted(REFERENCE_TABLES.items()):
        yield from _describe_table(table.contract, f"## {name}.csv")


def _describe_table(table: Contract, heading: str) -> Iterator[str]:
    columns = table.columns.to_schema().columns
    yield from ("", heading, "", table.description, "", "| column | type | null | description |", "|---|---|---|---|")
    for name, sql_type in sql_types(table).items():
        is_nullable = "yes" if columns[name].nullable else ""
        yield f"| `{name}` | {sql_type} | {is_nullable} | {_cell(columns[name].description or '')} |"
    yield from ("", f"Primary key: {_names(table.primary_key)}.")
    for key in table.foreign_keys:
        yield f"Foreign key: {_names(key.columns)} in `{key.table}` ({_names(key.references)})."
    rules = [*table.row_rules, *table.table_rules]
    if rules:
        yield from ("", "| check | severity | what must hold |", "|---|---|---|")
        yield from (f"| `{rule.name}` | {rule.severity} | {_cell(rule.description)} |" for rule in rules)


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
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(write_docs())
