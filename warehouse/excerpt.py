"""A candidate's DuckDB file in; a small one with the rows of some of its sources only, under the same names, out.

Checks that can be told from the rows of one source are asked there about the sources that no audit has seen yet.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from schemas.lineage import SOURCES
from warehouse.connect import open_duckdb, sql_name, sql_text
from warehouse.folder import table_parts, warehouse_file
from warehouse.load import create_schemas, create_statement

if TYPE_CHECKING:
    from collections.abc import Collection, Generator

    from schemas.table import Contract

# Which table tells whether a row is of a source, by the first of these columns that the row has.
_OWNERS = {"source_id": "lineage.sources", "document_id": "main.documents", "measure_id": "main.measures"}


@contextmanager
def excerpt_sources(candidate: Path, contracts: Collection[Contract], parts: Collection[str]) -> Generator[Path]:
    """Yield a folder with a DuckDB file that holds the rows of the sources of some `parts` of the candidate; it is removed at the end.

    Tables come after those that they refer to. They must have the rows of one source in one part.
    """
    with TemporaryDirectory(dir=candidate, prefix="excerpt-") as folder:
        connection = open_duckdb(warehouse_file(Path(folder)), read_only=False)
        try:
            create_schemas(connection)
            connection.execute(f"ATTACH {sql_text(str(warehouse_file(candidate).resolve()))} AS candidate (READ_ONLY)")
            for contract in contracts:
                connection.execute(create_statement(contract, is_strict=False))
                connection.execute(f"INSERT INTO {sql_name(contract.name)} {_rows(contract, candidate, parts)}")
        finally:
            connection.close()
        yield Path(folder)


def _rows(contract: Contract, candidate: Path, parts: Collection[str]) -> str:
    """Return SQL for the rows of a table that are to be in the excerpt."""
    table = f"FROM {sql_name(f'candidate.{contract.name}')}"
    if contract.name == SOURCES.name:
        files = ", ".join(sql_text(str((table_parts(candidate, contract.name) / f"{part}.parquet").resolve())) for part in parts)
        return f"{table} SEMI JOIN read_parquet([{files}]) USING (source_id)" if files else f"{table} LIMIT 0"
    column = next(name for name in _OWNERS if name in contract.dtypes)
    return f"{table} SEMI JOIN {_OWNERS[column]} USING ({column})"
