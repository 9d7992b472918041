# make run       build the warehouse from the seed pages and publish it under data/
# make test      lint and test everything
# make lint      style, types and the direction of imports
# make explore   look at the warehouse under data/ in a browser; this machine only, nothing is fetched
# make bench     what a run costs on growing corpora beside the project, next to the floor: docs/costs.md
# make clients   whether other DuckDB clients answer as this one does (fetches them)
# make mutation  how many planted corruptions the checks find: docs/quality-score.md
# make faults    stop a run everywhere it can be stopped, fill its disk, take its inputs away (some ten minutes; a full disk needs root)
# make unattended  schedules that start runs, runs that are cancelled or rejected, ten runs over a folder that changes (some ten minutes)
# make giants    what the largest and nastiest inputs cost: docs/giants.md
# make docs      write the generated pages of docs/ again
# make setup     the locked environment in .venv; afterwards nothing needs the network

PYTHON ?= python3
UV_VERSION := 0.13.8
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
BIN := .venv/bin

.PHONY: run test lint explore bench clients mutation faults unattended giants docs setup clean
.DEFAULT_GOAL := run

run: setup
	$(BIN)/yaodian run

test: lint
	$(BIN)/pytest -n auto --maxprocesses 4

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ty check
	$(BIN)/lint-imports

explore: setup
	$(BIN)/yaodian explore

bench: setup
	$(UV) run --locked --group bench python -m benchmarks

clients: run
	PATH="$(abspath $(dir $(UV))):$$PATH" $(BIN)/python -m benchmarks.clients data

mutation: setup
	$(BIN)/python -m benchmarks.mutation

faults: setup
	YAODIAN_TEST_FAULTS=all $(BIN)/pytest tests/faults -v

unattended: setup
	YAODIAN_TEST_UNATTENDED=1 $(BIN)/pytest tests/flows/test_served.py tests/flows/test_unattended.py -v

giants: setup
	$(BIN)/python -m benchmarks.giants

docs: setup
	$(BIN)/python -m flows.docs

setup: .venv/.locked

.venv/.locked: pyproject.toml uv.lock | $(UV)
	$(UV) sync --locked --extra cluster --extra explore --compile-bytecode
	@touch $@

.tools/bin/uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "yaodian needs Python 3.11 or newer: set PYTHON to one")'
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

clean:
	rm -rf .venv .tools .pytest_cache .ruff_cache .hypothesis .import_linter_cache
