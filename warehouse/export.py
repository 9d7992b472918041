"""A table, a query or a document of the published warehouse in; a file that other programs open, out."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from schemas.errors import InputError
from warehouse.connect import sql_name
from warehouse.plan import render_plan
from warehouse.query import replace_file, run_query, write_rows

if TYPE_CHECKING:
    from pathlib import Path

FORMS = {".csv": "csv", ".json": "json", ".parquet": "parquet"}
DOCUMENT = ".md"
_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?")


def export_file(warehouse: Path, thing: str, path: Path) -> None:
    """Write `thing` to `path`, whole or not at all; the ending of `path` says in what form.

    `thing` is the name of a table or view, one query, or, for `.md`, the id of a document. CSV begins with a byte order mark, so that
    spreadsheets see that it is UTF-8. Raises `InputError` where there is no such thing or form, `StorageError` where the disk refuses.
    """
    ending = path.suffix.lower()
    if ending == DOCUMENT:
        text = render_plan(warehouse, thing)
        with replace_file(path) as out:
            out.write(text.encode())
        return
    if ending not in FORMS:
        raise InputError(f"{path.name}: its ending must say the form: {', '.join((*FORMS, DOCUMENT))}")
    query = f"FROM {sql_name(thing)}" if _NAME.fullmatch(thing) else thing
    with run_query(warehouse, query) as reader, replace_file(path) as out:
        if ending == ".csv":
            out.write(codecs.BOM_UTF8)
        write_rows(reader, out, FORMS[ending])
