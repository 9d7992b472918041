"""Lets Great Expectations read DuckDB: a small read-only SQLAlchemy dialect under the name of PostgreSQL, whose SQL DuckDB understands.

Great Expectations knows no DuckDB. It picks its SQL by the dialect's name, so this one says `postgresql` and corrects the few
places where the two differ: operators for patterns, reflection, and results that must outlive their connection.
"""
# ruff: noqa: ARG002  # the signatures are SQLAlchemy's

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from sqlalchemy import types
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGCompiler, PGDialect

from warehouse.connect import open_duckdb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from sqlalchemy.sql.elements import BinaryExpression

DRIVER = "yaodianduckdb"
URL = f"{DRIVER}://"  # the file comes as the connect argument `database`, so that no path needs escaping
THREAD_BYTES = 2**30


class DuckDBType(types.UserDefinedType[Any]):
    """A column's type, by the name that DuckDB gives it."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        """Take the name, such as `VARCHAR[]`."""
        self.name = name

    def get_col_spec(self, **options: Any) -> str:
        """Return the name."""
        return self.name


def register_dialect() -> None:
    """Make `URL` known to SQLAlchemy; to be called before an engine is made, harmless when repeated."""
    registry.register(DRIVER, __name__, "DuckDBDialect")


class BufferedCursor:
    """DB-API cursor that reads all rows at once: DuckDB drops a pending result when the connection runs something else."""

    arraysize = 1
    rowcount = -1
    lastrowid = None

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Start without a result."""
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self.description: Sequence[Any] | None = None

    def execute(self, query: str, parameters: Sequence[Any] = ()) -> None:
        """Run one query and keep its rows."""
        result = self._connection.execute(query, list(parameters) or None)
        self.description = result.description
        self._rows = result.fetchall() if result.description else []

    def executemany(self, query: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one query for each of several parameter lists."""
        self._connection.executemany(query, [list(row) for row in rows])

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """Return the next rows."""
        size = size or self.arraysize
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows left."""
        rows, self._rows = self._rows, []
        return rows

    def close(self) -> None:
        """Forget the result."""
        self._rows = []


class ReadingConnection:
    """DB-API connection over a DuckDB connection that only reads: there is nothing to commit or to roll back."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Wrap an open connection."""
        self._connection = connection

    def cursor(self) -> BufferedCursor:
        """Return a cursor of its own."""
        return BufferedCursor(self._connection)

    def commit(self) -> None:
        """Do nothing."""

    def rollback(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Close the DuckDB connection."""
        self._connection.close()


class DuckDBModule:
    """What SQLAlchemy expects of a DB-API module."""

    apilevel = "2.0"
    paramstyle = "qmark"
    threadsafety = 1
    Error = duckdb.Error
    DatabaseError = duckdb.DatabaseError
    DataError = duckdb.DataError
    IntegrityError = duckdb.IntegrityError
    InterfaceError = duckdb.Error
    InternalError = duckdb.InternalError
    NotSupportedError = duckdb.NotSupportedError
    OperationalError = duckdb.OperationalError
    ProgrammingError = duckdb.ProgrammingError

    @staticmethod
    def connect(database: str) -> ReadingConnection:
        """Open a DuckDB file for reading, with a thread for each `THREAD_BYTES`: of small ones two take a fifth more of the processor."""
        connection = open_duckdb(Path(database), read_only=True)
        n_threads = min(os.cpu_count() or 1, 1 + os.path.getsize(database) // THREAD_BYTES)
        connection.execute(f"SET threads = {n_threads}")
        return ReadingConnection(connection)


class DuckDBCompiler(PGCompiler):
    """Writes PostgreSQL's `~` as a function: DuckDB before 2.0 means a match of the whole text by it."""

    def visit_custom_op_binary(self, binary: BinaryExpression[Any], operator: Any, **options: Any) -> str:  # ty: ignore[incompatible-method-override]
        """Write one operator that SQLAlchemy has no name for."""
        if operator.opstring not in ("~", "!~"):
            return super().visit_custom_op_binary(binary, operator, **options)
        negation = "NOT " if operator.opstring == "!~" else ""
        return f"{negation}regexp_matches({self.process(binary.left, **options)}, {self.process(binary.right, **options)})"


class DuckDBDialect(PGDialect):
    """Reflects tables from DuckDB's own catalogue."""

    name = "postgresql"
    driver = DRIVER
    default_paramstyle = "qmark"
    statement_compiler = DuckDBCompiler
    supports_statement_cache = False
    postfetch_lastrowid = False

    @classmethod
    def import_dbapi(cls) -> type[DuckDBModule]:  # ty: ignore[incompatible-method-override]
        """Return the DB-API module."""
        return DuckDBModule

    def create_connect_args(self, url: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
        """Take nothing from the URL: the file is the connect argument `database`."""
        return (), {}

    def initialize(self, connection: Connection) -> None:
        """Ask the server nothing."""
        self.server_version_info = (15, 0)
        self.default_schema_name = "main"

    def get_isolation_level(self, dbapi_connection: Any) -> Any:
        """Return the only level that DuckDB has."""
        return "SERIALIZABLE"

    def set_isolation_level(self, dbapi_connection: Any, level: Any) -> None:
        """Leave the level as it is."""

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Say that the connection lives: it is in this process."""
        return True

    def has_table(self, connection: Connection, table_name: str, schema: str | None = None, **options: Any) -> bool:
        """Say whether a table or view exists."""
        query = "SELECT 1 FROM information_schema.tables WHERE table_name = ? AND table_schema = ?"
        return bool(connection.exec_driver_sql(query, (table_name, schema or "main")).fetchall())

    def get_schema_names(self, connection: Connection, **options: Any) -> list[str]:
        """List the schemas."""
        query = "SELECT schema_name FROM duckdb_schemas() WHERE NOT internal ORDER BY 1"
        return [row[0] for row in connection.exec_driver_sql(query).fetchall()]

    def get_table_names(self, connection: Connection, schema: str | None = None, **options: Any) -> list[str]:
        """List the tables of a schema."""
        query = "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? ORDER BY 1"
        return [row[0] for row in connection.exec_driver_sql(query, (schema or "main",)).fetchall()]

    def get_view_names(self, connection: Connection, schema: str | None = None, **options: Any) -> list[str]:
        """List the views of a schema."""
        query = "SELECT view_name FROM duckdb_views() WHERE schema_name = ? AND NOT internal ORDER BY 1"
        return [row[0] for row in connection.exec_driver_sql(query, (schema or "main",)).fetchall()]

    def get_columns(self, connection: Connection, table_name: str, schema: str | None = None, **options: Any) -> list[Any]:
        """List the columns of a table."""
        query = """
            SELECT column_name, data_type, is_nullable, comment
            FROM duckdb_columns()
            WHERE table_name = ? AND schema_name = ?
            ORDER BY column_index
        """
        rows = connection.exec_driver_sql(query, (table_name, schema or "main")).fetchall()
        return [
            {"name": name, "type": DuckDBType(data_type), "nullable": nullable, "default": None, "comment": comment}
            for name, data_type, nullable, comment in rows
        ]

    def get_multi_columns(self, connection: Connection, *, schema: str | None = None, filter_names: Any = None, **options: Any) -> Any:  # ty: ignore[incompatible-method-override]
        """List the columns of several tables."""
        names = filter_names or self.get_table_names(connection, schema)
        return [((schema, name), self.get_columns(connection, name, schema)) for name in names]

    def get_pk_constraint(self, connection: Connection, table_name: str, schema: str | None = None, **options: Any) -> Any:
        """Report no key: the contracts say what the keys are."""
        return {"constrained_columns": [], "name": None}

    def get_multi_pk_constraint(  # ty: ignore[incompatible-method-override]
        self, connection: Connection, *, schema: str | None = None, filter_names: Any = None, **options: Any
    ) -> Any:
        """Report no keys."""
        return [((schema, name), self.get_pk_constraint(connection, name, schema)) for name in filter_names or ()]

    def get_foreign_keys(self, connection: Connection, table_name: str, schema: str | None = None, **options: Any) -> list[Any]:  # ty: ignore[incompatible-method-override]
        """Report no foreign keys."""
        return []

    def get_indexes(self, connection: Connection, table_name: str, schema: str | None = None, **options: Any) -> list[Any]:
        """Report no indexes."""
        return []

    def get_table_comment(self, connection: Connection, table_name: str, schema: str | None = None, **options: Any) -> Any:
        """Report no comment."""
        return {"text": None}
