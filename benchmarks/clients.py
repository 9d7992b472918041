"""A warehouse in; whether other DuckDB clients answer the examples of its views and macros as this one does, as a table, out.

`make clients` runs it on the warehouse in `data/`. The clients come from the package registries, by uv and npm, into a folder that is
removed afterwards.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from schemas.views import ALL_VIEWS
from warehouse.connect import sql_name

# The oldest Python client that the storage version admits, one in between, and the client of npm.
PYTHON_VERSIONS = ("1.1.3", "1.4.4")
NODE_PACKAGE = "@duckdb/node-api"
ASK_IN_PYTHON = """
import duckdb, json, sys
asked = json.load(sys.stdin)
connection = duckdb.connect(asked["file"], read_only=True)
print(json.dumps([[str(cell) for cell in connection.execute(question).fetchone()] for question in asked["questions"]]))
"""
ASK_IN_NODE = """
import { DuckDBInstance } from '@duckdb/node-api';
import fs from 'fs';
const asked = JSON.parse(fs.readFileSync(0));
const connection = await (await DuckDBInstance.create(asked.file, { access_mode: 'READ_ONLY' })).connect();
const answers = [];
for (const question of asked.questions) answers.push((await connection.runAndReadAll(question)).getRows()[0].map(String));
console.log(JSON.stringify(answers));
"""
Answers = list[list[str]]


def write_question(connection: duckdb.DuckDBPyConnection, example: str) -> str:
    """Write a query that tells how many rows an example has, and their MD5 in whatever order."""
    columns = [row[0] for row in connection.execute(f"DESCRIBE {example}").fetchall()]
    row = ", ".join(f"coalesce({sql_name(name)}::VARCHAR, 'NULL')" for name in columns)
    return f"SELECT count(*), md5(string_agg(row, chr(10) ORDER BY row)) FROM (SELECT concat_ws(chr(9), {row}) AS row FROM ({example}))"


def find_tool(name: str) -> str:
    """Return where a program is; raises FileNotFoundError where it is not."""
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not at hand")
    return found


def ask(command: list[str], folder: Path, asked: str) -> Answers:
    """Ask another client; raises CalledProcessError where it fails."""
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, cwd=folder)
    return json.loads(done.stdout.splitlines()[-1])


def ask_clients(asked: str, folder: Path) -> dict[str, Answers]:
    """Ask every client, by its name."""
    answers = {}
    for version in PYTHON_VERSIONS:
        environment = [find_tool("uv"), "run", "--no-project", "--with", f"duckdb=={version}", "python", "-c", ASK_IN_PYTHON]
        answers[f"Python {version}"] = ask(environment, folder, asked)
    subprocess.run([find_tool("npm"), "install", "--silent", NODE_PACKAGE], check=True, cwd=folder, capture_output=True)
    (folder / "ask.mjs").write_text(ASK_IN_NODE, encoding="utf-8")
    answers[f"npm {NODE_PACKAGE}"] = ask([find_tool("node"), "ask.mjs"], folder, asked)
    return answers


def main() -> int:
    """Print the table; 1 where a client answers otherwise, 2 where a client cannot be had."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", type=Path)
    file = (parser.parse_args().data_dir / "warehouse.duckdb").resolve(strict=True)
    with duckdb.connect(str(file), read_only=True) as connection:
        questions = [write_question(connection, view.example) for view in ALL_VIEWS]
        expected = [[str(cell) for cell in connection.execute(question).fetchall()[0]] for question in questions]
    with tempfile.TemporaryDirectory() as folder:
        try:
            answers = ask_clients(json.dumps({"file": str(file), "questions": questions}), Path(folder))
        except (OSError, subprocess.CalledProcessError) as error:
            sys.stderr.write(f"a client cannot be asked: {error}\n{getattr(error, 'stderr', '') or ''}")
            return 2
    for number, view in enumerate(ALL_VIEWS):
        told = ", ".join(f"{client} {'same' if given[number] == expected[number] else 'OTHER'}" for client, given in answers.items())
        sys.stdout.write(f"{view.name:<24}{expected[number][0]:>5} rows  {told}\n")
    return int(any(given != expected for given in answers.values()))


if __name__ == "__main__":
    sys.exit(main())
