"""The OpenLineage event of a run's end in; what was made of what, as a page with Mermaid diagrams, out.

`python -m flows.lineage data/runs/openlineage.jsonl` draws the last run published; docs/lineage.md is drawn from what any run would tell.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.errors import InputError
from schemas.quality import CHECKS
from warehouse.folder import DataFolder
from warehouse.openlineage import BUILD, serialize, tell_end
from warehouse.runs import RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = "main.targets"
Event = dict[str, Any]


def imagine_end() -> Event:
    """Return the event with which a run over a folder `pages` would end."""
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    run = RunRecord("20260101T000000Z-0000", now, now, "published", "0")
    *_, end = tell_end(DataFolder(Path("data")), run, (Path("pages"),), {}, pl.DataFrame(schema=CHECKS.dtypes))
    return serialize(end)


def read_last_end(file: Path) -> Event:
    """Return the event of the last published run of a file; raises InputError where there is none."""
    try:
        events = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise InputError(f"{file} is no file of OpenLineage events: {error}") from error
    ends = [event for event in events if event["job"]["name"] == BUILD and event["outputs"]]
    if not ends:
        raise InputError(f"{file} tells of no run that was published")
    return ends[-1]


def describe_lineage(end: Event) -> Iterator[str]:
    """Write the page: tables, then the columns of one of them."""
    yield from ("What a run reads, and the tables that it makes of it. An arrow between tables says that one has columns of the other.", "")
    yield from draw_tables(end)
    yield from ("", f"## The columns of {SHOWN}", "")
    yield from ("Dashed: the column is worked out from what the files hold; drawn through: it has the very values of the other.", "")
    yield from draw_columns(end, SHOWN)


def draw_tables(end: Event) -> Iterator[str]:
    """Draw what the run read, the run, and its tables by schema, with an arrow from each table to those that have columns of it."""
    yield from ("```mermaid", "flowchart LR")
    for n, (folder, names) in enumerate(_group_inputs(end)):
        yield from (f'    input{n}["{folder}{"<br>".join(["", *names])}"]', f"    input{n} --> run")
    yield f'    run(["{end["job"]["namespace"]} {end["job"]["name"]}"]) --> warehouse'
    yield f'    subgraph warehouse["{PurePosixPath(end["outputs"][0]["namespace"]).name}"]'
    yield from (f'        {table["name"]}["{table["name"]}"]' for table in end["outputs"])
    yield "    end"
    tables = {table["name"] for table in end["outputs"]}
    for table in end["outputs"]:
        read = {field["name"] for _, field in _list_fields(table)} & tables
        yield from (f"    {name} --> {table['name']}" for name in sorted(read))
    yield "```"


def draw_columns(end: Event, name: str) -> Iterator[str]:
    """Draw where each column of a table comes from."""
    [table] = [table for table in end["outputs"] if table["name"] == name]
    links = [(column, _shorten(field["name"]), field) for column, field in _list_fields(table)]
    yield from ("```mermaid", "flowchart LR")
    for dataset, fields in groupby(sorted((dataset, field["field"]) for _, dataset, field in links), key=lambda pair: pair[0]):
        yield f'    subgraph {dataset}["{dataset}"]'
        yield from (f'        {dataset}.{field}["{field}"]' for _, field in dict.fromkeys(fields))
        yield "    end"
    yield f'    subgraph {name}["{name}"]'
    yield from (f'        {name}.{column}["{column}"]' for column in dict.fromkeys(column for column, _, _ in links))
    yield "    end"
    for column, dataset, field in links:
        arrow = "-->" if field["transformations"][0]["subtype"] == "IDENTITY" else "-.->"
        yield f"    {dataset}.{field['field']} {arrow} {name}.{column}"
    yield "```"


def _group_inputs(end: Event) -> list[tuple[str, list[str]]]:
    """Return the inputs: alone by their own name, then several of one folder by that and their names."""
    paths = sorted(PurePosixPath(dataset["name"]) for dataset in end["inputs"])
    folders = [(folder, [path.name for path in found]) for folder, found in groupby(paths, key=lambda path: path.parent)]
    named = [(names[0], []) if len(names) == 1 else (folder.name, names) for folder, names in folders]
    return sorted(named, key=lambda group: (len(group[1]), group))


def _list_fields(table: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    columns = table["facets"]["columnLineage"]["fields"]
    return [(column, field) for column, of in columns.items() for field in of["inputFields"]]


def _shorten(dataset: str) -> str:
    return PurePosixPath(dataset).name


if __name__ == "__main__":
    print("\n".join(describe_lineage(read_last_end(Path(sys.argv[1])))))  # noqa: T201
