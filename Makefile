# Everything a checkout needs. Python 3.11 or newer and make are enough; the Neo4j targets also want Maven and a JDK.

PYTHON ?= python3
SCALE ?= 1
ARGS ?=
DATA ?=
DOCUMENTS ?= 2000
SEQUENCES ?= 300
SECONDS ?= 300

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-neo4j test-long neo4j lint bench clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(DEV)  ## Make the virtual environment with everything for working on the program

demo: $(RUNTIME)  ## Load the sample CRM and serve it (SCALE=n for more of it, ARGS for kinship demo)
	@$(BIN)/kinship demo --scale $(SCALE) $(ARGS)

test: $(DEV)  ## Run every test on the embedded engine (ARGS for pytest)
	@env -u NEO4J_URI -u NEO4J_USER -u NEO4J_PASSWORD $(BIN)/python -m pytest $(ARGS)

test-neo4j: $(DEV)  ## Run every test on a Neo4j that is fetched and started for it (ARGS for pytest)
	@$(BIN)/python engine/neo4j/run.py test $(ARGS)

LONG := tests/test_oracle.py tests/test_writes_model.py tests/test_kill.py \
    --documents $(DOCUMENTS) --sequences $(SEQUENCES) --kill-seconds $(SECONDS)

test-long: $(DEV)  ## On both engines: new documents (DOCUMENTS=2000), writes (SEQUENCES=300), kills (SECONDS=300)
	@env -u NEO4J_URI -u NEO4J_USER -u NEO4J_PASSWORD $(BIN)/python -m pytest $(LONG) $(ARGS)
	@$(BIN)/python engine/neo4j/run.py test $(LONG) $(ARGS)

neo4j: $(RUNTIME)  ## Run a Neo4j in the foreground and print how to reach it (DATA=folder to keep its data)
	@exec $(BIN)/python engine/neo4j/run.py serve $(if $(DATA),--data "$(DATA)")

lint: $(DEV)  ## Check style, types and import contracts
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@MYPYPATH=engine/neo4j $(BIN)/mypy --strict engine/neo4j
	@$(BIN)/lint-imports

bench: $(DEV)  ## Run the benchmarks
	@set -e; for script in tests/bench/*.py; do PYTHONPATH=. $(BIN)/python "$$script" $(ARGS); done

clean:  ## Remove the environment, caches and fetched servers; data in .kinship stays
	@rm -rf $(VENV) .neo4j .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	@find app schema graphdb tests engine -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV) ..." >&2
	@$(PIP) install --upgrade "pip>=25.1"
	@PYTHONWARNINGS=ignore $(PIP) install --editable .
	@touch $@

$(DEV): pyproject.toml $(RUNTIME)
	@$(PIP) install --group dev
	@touch $@
