"""The examples of the dictionary are rows of the seed pages' warehouse, and what to mind is said of tables that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemas.guide import EXAMPLES, USAGE
from schemas.tables import BY_NAME, DATA_TABLES
from warehouse.query import open_warehouse

if TYPE_CHECKING:
    from flows.build import RunSummary
    from schemas.table import Contract


def test_every_table_has_an_example() -> None:
    assert EXAMPLES.keys() == BY_NAME.keys()
    assert USAGE.keys() <= BY_NAME.keys()


@pytest.mark.parametrize("table", DATA_TABLES, ids=lambda table: table.name)
def test_the_example_is_a_row_of_the_table(table: Contract, seeds_run: RunSummary) -> None:
    example = {name: value for name, value in EXAMPLES[table.name].items() if name not in table.volatile}
    assert example.keys() <= table.dtypes.keys()
    conditions = [f"starts_with({name}::VARCHAR, ?)" if value.endswith("…") else f"{name}::VARCHAR = ?" for name, value in example.items()]
    with open_warehouse(seeds_run.folder.warehouse) as con:
        query = f"SELECT count(*) FROM {table.name} WHERE {' AND '.join(conditions)}"
        assert con.execute(query, [value.removesuffix("…") for value in example.values()]).fetchall() == [(1,)], "see schemas/guide.py"
