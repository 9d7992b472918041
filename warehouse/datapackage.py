"""Contracts in; `datapackage.json`, which describes a release's Parquet files to other programs (Frictionless Data Package 1), out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.checks import list_checks
from schemas.guide import EXAMPLES
from schemas.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.checks import Kind
    from schemas.table import Contract, ForeignKey

FILE_NAME = "datapackage.json"
CONSTRAINTS: dict[Kind, str] = {
    "values": "enum",
    "pattern": "pattern",
    "length": "minLength",
    "minimum": "minimum",
    "maximum": "maximum",
}


def write_datapackage(folder: Path) -> None:
    """Write the description of a candidate's Parquet files beside them."""
    (folder / FILE_NAME).write_text(json.dumps(describe_package(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def describe_package() -> dict[str, Any]:
    """Describe all tables as one package: a resource a table, whose path is the folder of its parts."""
    return {
        "profile": "data-package",
        "name": "yaodian",
        "title": "yaodian: Chinese government pages as tables",
        "description": "The tables of one release. A resource's path is a folder: its Parquet files, together, are the table.",
        "resources": [_describe_table(table) for table in TABLES],
    }


def _describe_table(table: Contract) -> dict[str, Any]:
    return {
        "name": table.name,
        "type": "table",
        "description": table.comment,
        "path": f"parquet/{table.schema}/{table.table}",
        "scheme": "file",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": {
            "fields": _describe_fields(table),
            "missingValues": [],
            "primaryKey": list(table.primary_key),
            "foreignKeys": [_describe_key(table, key) for key in table.foreign_keys],
        },
    }


def _describe_key(table: Contract, key: ForeignKey) -> dict[str, Any]:
    """Describe a foreign key; a table that refers to itself is named '' (Table Schema, foreignKeys)."""
    resource = "" if key.table == table.name else key.table
    return {"fields": list(key.columns), "reference": {"resource": resource, "fields": list(key.references)}}


def _describe_fields(table: Contract) -> list[dict[str, Any]]:
    """Describe the columns; numbers that may be missing go without bounds, for readers have NaN in their place, which is in none."""
    columns = table.columns.to_schema().columns
    constraints: dict[str, dict[str, Any]] = {name: {} for name in columns}
    for check in list_checks(table):
        if check.column is None:
            continue
        if check.kind == "not_null":
            constraints[check.column]["required"] = True
        elif check.kind == "unique":
            constraints[check.column]["unique"] = True
        elif check.kind in CONSTRAINTS and not (check.kind in ("minimum", "maximum") and columns[check.column].nullable):
            constraints[check.column][CONSTRAINTS[check.kind]] = _plain(check.value)
    return [
        {
            "name": name,
            "type": _type_name(table.dtypes[name], column.nullable),
            "description": column.description or "",
            **({"example": EXAMPLES[table.name][name]} if name in EXAMPLES.get(table.name, {}) else {}),
            "constraints": constraints[name],
        }
        for name, column in columns.items()
    ]


def _type_name(dtype: pl.DataType, nullable: bool) -> str:
    """Return the type in Table Schema's words; as readers give them, lists and whole numbers that may be missing have none of their own."""
    if dtype.is_integer() and not nullable:
        return "integer"
    if dtype.is_numeric():
        return "number"
    names = {pl.String: "string", pl.Boolean: "boolean", pl.Date: "date", pl.Datetime: "datetime"}
    return next((name for kind, name in names.items() if dtype == kind), "any")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value if isinstance(value, int | float | str) else str(value)
