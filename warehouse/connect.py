"""Opens DuckDB files the one way that this project does.

No extension comes from the network, memory is bounded, and what is written is in a storage version that other clients read.
"""

from __future__ import annotations

import atexit
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

# The oldest version that DuckDB 2.0 can write; DuckDB 1.1.3, 1.2.2, 1.3.2, 1.4.4 and 1.5.6 (Python) and Node clients were seen to read it.
# 'v1.2.0' and later are not readable by 1.1.
STORAGE_VERSION = "v1.0.0"
DEFAULT_MEMORY_MB = 900  # what does not fit is put on disk beside the file
# Rows of a table that are stored together (DuckDB's default is 122,880). Measured: as fast to write and to read, a smaller file, and where
# rows of a part are deleted, more of what they took is free again.
ROW_GROUP = 30_720

_SHARED: dict[str, Any] = {
    "storage_compatibility_version": STORAGE_VERSION,
    "memory_limit": f"{DEFAULT_MEMORY_MB}MB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # Else rows would move, to where others were deleted: the index knows them by their places.
    "max_vacuum_tasks": "0",
}


def limit_memory(memory_mb: int) -> None:
    """Set how much memory DuckDB may take in this process."""
    _SHARED["memory_limit"] = f"{memory_mb}MB"


def duckdb_settings() -> dict[str, Any]:
    """Return the settings, which all connections of a process to one file must share."""
    return dict(_SHARED)


def open_duckdb(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file; Parquet files are found relative to its folder, so that a candidate may be renamed."""
    if read_only:
        connection = duckdb.connect(str(path), read_only=True, config=duckdb_settings())
    else:
        connection = duckdb.connect(config=duckdb_settings() | {"temp_directory": f"{path}.tmp"})
        options = f"STORAGE_VERSION {sql_text(STORAGE_VERSION)}, ROW_GROUP_SIZE {ROW_GROUP}"
        connection.execute(f"ATTACH {sql_text(str(path))} AS {sql_name(path.stem)} ({options}); USE {sql_name(path.stem)}")
    connection.execute(f"SET file_search_path = {sql_text(str(path.parent.resolve()))}")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


@cache
def open_memory() -> duckdb.DuckDBPyConnection:
    """Open a database of no file, once: that takes longer than what is asked of it. To be asked by cursors, each on its one thread."""
    atexit.register(open_memory.cache_clear)  # DuckDB lists on the terminal what is left open at the end
    return duckdb.connect(config={"threads": 1})


def open_cursor(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Open another cursor on the file of a connection, to read while rows are added."""
    [(database,)] = connection.execute("SELECT current_database()").fetchall()
    cursor = connection.cursor()
    cursor.execute(f"USE {sql_name(database)}")
    return cursor


def sql_text(text: str) -> str:
    """Return a text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def sql_name(name: str) -> str:
    """Return a name as a quoted SQL identifier; a dot parts schema and table."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))
