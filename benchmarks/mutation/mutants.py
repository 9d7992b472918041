"""A table of a sound warehouse in; corruptions of it, each one SQL statement away from sound, out.

Each column is damaged in each way that it can be: a NULL, another type, a value out of range, one character changed, two rows' values
swapped, a flag turned over; each key twice and each foreign key led astray; each table loses a row and gets one twice.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from warehouse.connect import sql_name, sql_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

    from schemas.table import Contract

OTHER_TYPES = {
    "VARCHAR": "BLOB",
    "INTEGER": "BIGINT",
    "BIGINT": "VARCHAR",
    "DOUBLE": "FLOAT",
    "BOOLEAN": "INTEGER",
    "DATE": "TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE": "VARCHAR",
    "VARCHAR[]": "VARCHAR",
}
OUT_OF_RANGE = {
    "INTEGER": ("-7", "2000000000"),
    "BIGINT": ("-7",),
    "DOUBLE": ("-1e30", "1e30"),
    "DATE": ("DATE '1066-10-14'", "DATE '2345-01-01'"),
    "TIMESTAMP WITH TIME ZONE": ("TIMESTAMPTZ '1970-01-01 00:00:00+00'",),
}
KEY_KINDS = ("repeated key", "orphan", "null key")


@dataclass(frozen=True)
class Mutant:
    """One corruption: what was done to which column (None: to a whole row), and the statement that does it."""

    table: str
    column: str | None
    kind: str
    statement: str

    @property
    def is_of_key(self) -> bool:
        """Say whether a key or a foreign key is damaged."""
        return self.kind in KEY_KINDS

    def __str__(self) -> str:
        """Name it."""
        return f"{self.table}.{self.column or '*'}: {self.kind}"


@dataclass(frozen=True)
class Column:
    """A column of a table, with what is needed to damage it."""

    connection: duckdb.DuckDBPyConnection
    table: str
    name: str
    sql_type: str
    chance: random.Random

    def pick(self, n_rows: int = 1, where: str = "TRUE") -> list[tuple[int, Any]]:
        """Return rowid and value of some rows that have a value, each another one; fewer if there are no more."""
        query = f"""
            SELECT min(rowid), picked FROM (SELECT rowid, {sql_name(self.name)} AS picked FROM {sql_name(self.table)})
            WHERE picked IS NOT NULL AND {where} GROUP BY picked ORDER BY 2, 1
        """
        rows = self.connection.execute(query).fetchall()
        return self.chance.sample(rows, min(n_rows, len(rows)))

    def change(self, kind: str, rowid: int, value: str) -> Mutant:
        """Return a mutant with another value, given as SQL, in one row."""
        statement = f"UPDATE {sql_name(self.table)} SET {sql_name(self.name)} = {value} WHERE rowid = {rowid}"
        return Mutant(self.table, self.name, kind, statement)


def make_mutants(connection: duckdb.DuckDBPyConnection, contract: Contract, seed: int = 0) -> Iterator[Mutant]:
    """Yield the mutants of one table, the same for the same seed; a table without rows has few."""
    chance = random.Random(f"{seed} {contract.name}")  # noqa: S311  # for tests, not for secrets
    name = sql_name(contract.name)
    [(n_rows,)] = connection.execute(f"SELECT count(*) FROM {name}").fetchall()
    if n_rows:
        rowid = chance.randrange(n_rows)
        yield Mutant(contract.name, None, "lost row", f"DELETE FROM {name} WHERE rowid = {rowid}")
        yield Mutant(contract.name, None, "doubled row", f"INSERT INTO {name} FROM {name} WHERE rowid = {rowid}")
    types = "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name || '.' || table_name = ? ORDER BY column_index"
    for column_name, sql_type in connection.execute(types, [contract.name]).fetchall():
        column = Column(connection, contract.name, column_name, sql_type, chance)
        for damage in (_null, _other_type, _out_of_range, _other_character, _swapped, _other_value):
            yield from damage(column, contract)
    yield from _repeated_keys(connection, contract, chance)
    yield from _orphans(connection, contract, chance)


def _null(column: Column, contract: Contract) -> Iterator[Mutant]:
    keys = {*contract.primary_key, *(name for key in contract.foreign_keys for name in key.columns)}
    for rowid, _ in column.pick():
        yield column.change("null key" if column.name in keys else "null", rowid, "NULL")


def _other_type(column: Column, _: Contract) -> Iterator[Mutant]:
    statement = f"ALTER TABLE {sql_name(column.table)} ALTER {sql_name(column.name)} TYPE {OTHER_TYPES[column.sql_type]}"
    if column.sql_type == "VARCHAR":
        statement += f" USING encode({sql_name(column.name)})"
    yield Mutant(column.table, column.name, "wrong type", statement)


def _out_of_range(column: Column, _: Contract) -> Iterator[Mutant]:
    for value in OUT_OF_RANGE.get(column.sql_type, ()):
        for rowid, _ in column.pick():
            yield column.change("out of range", rowid, value)


def _other_character(column: Column, _: Contract) -> Iterator[Mutant]:
    if column.sql_type != "VARCHAR":
        return
    for rowid, text in column.pick(where="picked <> ''"):
        at = column.chance.randrange(len(text))
        other = "龘" if text[at] != "龘" else "龖"
        yield column.change("one character", rowid, sql_literal(text[:at] + other + text[at + 1 :]))


def _swapped(column: Column, _: Contract) -> Iterator[Mutant]:
    rows = column.pick(2)
    if len(rows) == 2:
        (first, _), (second, _) = rows
        name, table = sql_name(column.name), sql_name(column.table)
        other = f"(SELECT {name} FROM {table} WHERE rowid = {{}})"
        values = f"CASE rowid WHEN {first} THEN {other.format(second)} ELSE {other.format(first)} END"
        statement = f"UPDATE {table} SET {name} = {values} WHERE rowid IN ({first}, {second})"
        yield Mutant(column.table, column.name, "swapped", statement)


def _other_value(column: Column, _: Contract) -> Iterator[Mutant]:
    """Damage that stays in range: a flag turned over, a number one more, a day later, a list shorter."""
    changes: dict[str, Callable[[Any], str]] = {
        "BOOLEAN": lambda value: str(not value),
        "INTEGER": lambda value: str(value + 1),
        "BIGINT": lambda value: str(value + 1),
        "DOUBLE": lambda value: repr(value * 0.5 + 0.001),
        "DATE": lambda value: f"DATE '{value}' + 1",
        "VARCHAR[]": lambda value: f"[{', '.join(map(sql_text, value[1:]))}]::VARCHAR[]",
    }
    if column.sql_type in changes:
        for rowid, value in column.pick():
            yield column.change("other value", rowid, changes[column.sql_type](value))


def _repeated_keys(connection: duckdb.DuckDBPyConnection, contract: Contract, chance: random.Random) -> Iterator[Mutant]:
    unique = [(name,) for name, column in contract.columns.to_schema().columns.items() if column.unique]
    for key in dict.fromkeys([contract.primary_key, *unique]):
        [(n_rows,)] = connection.execute(f"SELECT count(*) FROM {sql_name(contract.name)}").fetchall()
        if n_rows > 1:
            of, to = chance.sample(range(n_rows), 2)
            table = sql_name(contract.name)
            values = ", ".join(f"{sql_name(name)} = (SELECT {sql_name(name)} FROM {table} WHERE rowid = {of})" for name in key)
            yield Mutant(contract.name, key[-1], "repeated key", f"UPDATE {table} SET {values} WHERE rowid = {to}")


def _orphans(connection: duckdb.DuckDBPyConnection, contract: Contract, chance: random.Random) -> Iterator[Mutant]:
    types = dict(connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE {sql_name(contract.name)})").fetchall())
    for key in contract.foreign_keys:
        column = Column(connection, contract.name, key.columns[-1], types[key.columns[-1]], chance)
        for rowid, value in column.pick():
            yield column.change("orphan", rowid, sql_literal(_absent(value)))


def _absent(value: Any) -> Any:
    """Return a well-formed key that is in no table."""
    if isinstance(value, int):
        return value + 1_000_000
    digits = [at for at, character in enumerate(value) if character.isdigit()]
    letters = value[:12].islower() or value[:12].isalnum()
    if len(value) == 6 and value.isdigit():
        return "999999"
    if len(value) == 20 and "T" in value:
        return "20990101T000000Z-zzzz"
    if letters and len(value) > 12 and digits:
        return value[:12] + value[12:14] + "9999"
    return "zzzzzzzzzzzz" if len(value) == 12 else f"absent/{value}"


def sql_literal(value: Any) -> str:
    """Return a value as a SQL literal, whatever characters it has."""
    if isinstance(value, str):
        return sql_text(value)
    return repr(value)
