"""Every OpenLineage event is what OpenLineage's own schemas ask for.

Its client's classes are generated from those schemas, names and versions included, but look at no value: here they are schemas again.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import json
import pkgutil
import types
import typing
from enum import Enum
from typing import TYPE_CHECKING, Any

import attr
import jsonschema
import pytest
from openlineage.client import generated
from openlineage.client.generated.base import BaseFacet, RunEvent

from flows.settings import SEED_TEXTS
from warehouse import openlineage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.build import RunSummary

SIMPLE = {str: "string", bool: "boolean", int: "integer", float: "number"}
FORMATS = {"runId": "uuid", "eventTime": "date-time", "producer": "uri", "_producer": "uri", "schemaURL": "uri", "_schemaURL": "uri"}


@functools.cache
def find_classes() -> dict[str, type]:
    """The classes of the client by what `_name` calls them."""
    modules = [importlib.import_module(f"{generated.__name__}.{module.name}") for module in pkgutil.iter_modules(generated.__path__)]
    return {_name(found): found for module in modules for found in vars(module).values() if isinstance(found, type) and attr.has(found)}


def _name(found: type) -> str:
    return found.__name__ if issubclass(found, BaseFacet) else f"{found.__module__}.{found.__name__}"


def describe_type(hint: Any) -> dict[str, Any]:
    """A JSON schema of a type that a field has."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [describe_type(one) for one in arguments if one is not type(None)]}  # it leaves out what is None
    if origin in (list, dict):
        of_items = describe_type(arguments[-1])
        return {"type": "array", "items": of_items} if origin is list else {"type": "object", "additionalProperties": of_items}
    if attr.has(hint):
        return {"$ref": f"#/$defs/{_name(hint)}"}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [one.value for one in hint]}
    return {"type": SIMPLE[hint]} if hint in SIMPLE else {}


def describe_class(found: type) -> dict[str, Any]:
    """A JSON schema of a class; what has only the beginnings of any facet may go on."""
    hints, fields = typing.get_type_hints(found), attr.fields(found)
    of_fields = {field.name: describe_type(hints[field.name]) for field in fields}
    return {
        "type": "object",
        "properties": {name: schema | ({"format": FORMATS[name]} if name in FORMATS else {}) for name, schema in of_fields.items()},
        "required": [field.name for field in fields if field.default is attr.NOTHING or field.name in FORMATS],
        "additionalProperties": issubclass(found, BaseFacet) and found.__module__ == BaseFacet.__module__,
    }


@functools.cache
def make_validator(found: type) -> Any:
    schemas = {name: describe_class(one) for name, one in find_classes().items()}
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/$defs/{_name(found)}", "$defs": schemas}, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def list_facets(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "_schemaURL" in value:
            yield value
        for one in value.values():
            yield from list_facets(one)
    elif isinstance(value, list):
        for one in value:
            yield from list_facets(one)


def see_that_it_is_valid(event: dict[str, Any]) -> set[str]:
    """Check an event and each facet in it by the schema that it names; returns the names."""
    make_validator(RunEvent).validate(event)
    names = set()
    for facet in list_facets(event):
        names.add(name := facet["_schemaURL"].rpartition("/")[2])
        facet_class = find_classes()[name]
        assert facet["_schemaURL"] == facet_class._get_schema()  # ty: ignore[missing-attribute]
        make_validator(facet_class).validate(facet)
    return names


def test_every_event_is_valid_however_a_run_ends(seeds_run: RunSummary) -> None:
    folder, run, checks, inputs = seeds_run.folder, seeds_run.run, seeds_run.checks, (SEED_TEXTS, SEED_TEXTS / "none.txt")
    rejected = dataclasses.replace(run, status="rejected")
    events = [
        openlineage.tell_start(run, inputs),
        *openlineage.tell_end(folder, run, inputs, seeds_run.counts["rows"], checks),
        *openlineage.tell_end(folder, rejected, inputs, {}, checks.with_columns(passed=~checks["passed"])),
        openlineage.tell_nothing_new(rejected, run, inputs),
        openlineage.tell_failure(run, inputs, KeyboardInterrupt()),
        openlineage.tell_failure(run, inputs, OSError(28, "全盘")),
    ]
    written = [json.loads(line) for line in (folder.runs / openlineage.FILE_NAME).read_text("utf-8").splitlines()]
    names = set().union(*(see_that_it_is_valid(event) for event in (*map(openlineage.serialize, events), *written)))
    assert {event.eventType and event.eventType.value for event in events} == {"START", "COMPLETE", "FAIL", "ABORT"}
    assert names == {
        *("SchemaDatasetFacet", "ColumnLineageDatasetFacet", "DatasetVersionDatasetFacet", "OutputStatisticsOutputDatasetFacet"),
        *("DataQualityAssertionsDatasetFacet", "ParentRunFacet", "TagsRunFacet", "ErrorMessageRunFacet", "JobTypeJobFacet"),
    }


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        (("run", "runId"), "no-uuid"),
        (("eventTime",), "yesterday"),
        (("eventType",), "DONE"),
        (("inputs", 0, "name"), 1),
        (("inputs", 0, "facets", "schema", "fields", 0, "name"), None),
        (("job", "facets", "jobType", "processingType"), ["BATCH"]),
        (("job", "facets", "jobType", "unheard"), "of"),
    ],
)
def test_a_wrong_event_is_not_valid(seeds_run: RunSummary, where: tuple[Any, ...], wrong: Any) -> None:
    event = openlineage.serialize(openlineage.tell_start(seeds_run.run, (SEED_TEXTS,)))
    *path, last = where
    functools.reduce(lambda inner, key: inner[key], path, event)[last] = wrong
    with pytest.raises(jsonschema.ValidationError):
        see_that_it_is_valid(event)


def test_the_file_does_not_grow_without_bound(seeds_run: RunSummary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = dataclasses.replace(seeds_run.folder, root=tmp_path)
    folder.runs.mkdir()
    event = openlineage.tell_start(seeds_run.run, (SEED_TEXTS,))
    openlineage.send_events(folder, event)
    [file] = folder.runs.iterdir()
    n_bytes = file.stat().st_size
    monkeypatch.setattr(openlineage, "ROTATE_BYTES", 2 * n_bytes)
    for _ in range(9):
        openlineage.send_events(folder, event)
    assert {path.name: path.stat().st_size for path in folder.runs.iterdir()} == {
        openlineage.FILE_NAME: n_bytes,
        openlineage.EARLIER: 3 * n_bytes,
    }
