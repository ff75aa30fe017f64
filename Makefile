# The whole command surface. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NPM := $(BIN)/python packaging/npm.py
# Two keep two cores busy; the third is for what waits.
WORKERS ?= 3
APP ?= examples/inventory.py
PORT ?= 8000
SEEDS ?= 1-200
export UV_COMPILE_BYTECODE := 1
# Each of the hundreds of processes that tests start would compile all of our own code anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## List every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(VENV)/.ready ## Install everything, pinned and hashed, into .venv

$(VENV)/.ready: requirements-bootstrap.lock requirements-dev.lock pyproject.toml clients/python/pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Runcast needs Python 3.11 or newer: make PYTHON=python3.x …")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . -e clients/python
	@touch $@

.PHONY: console
console: setup ## Build the console, if its sources have changed since
	@$(BIN)/python packaging/build_console.py

.PHONY: serve
serve: console ## Serve examples/inventory.py on SQLite (APP=file.py serves yours, PORT=8001 there)
	$(BIN)/runcast serve $(APP) --port $(PORT)

.PHONY: test
test: console ## Run every test
	$(NPM) run --silent test --workspaces
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist=worksteal

.PHONY: proof
proof: setup ## Break a cluster under 200 seeds, going on where it was left (SEEDS=7 or 1-50)
	$(BIN)/python -m tests.faults.proof --seeds $(SEEDS)

.PHONY: lint
lint: console ## Format check, ruff, import contracts, mypy; prettier, oxlint, tsc
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python packaging/generate_client.py --check
	$(NPM) run --silent lint
	$(NPM) run --silent check --workspaces

.PHONY: format
format: console ## Format the code and apply safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NPM) run --silent format

.PHONY: generate
generate: setup ## Generate the TypeScript client's API from OpenAPI
	$(BIN)/python packaging/generate_client.py

.PHONY: bench
bench: setup ## Run the benchmarks and print their figures
	$(BIN)/python -m benchmarks

.PHONY: measure-console
measure-console: console ## Measure how the page of an execution keeps up, in a browser
	PYTHONPATH=packaging $(BIN)/python -m benchmarks.console_page

.PHONY: screenshots
screenshots: console ## Take the pictures of the console that the documents show
	PYTHONPATH=.:packaging $(BIN)/python packaging/screenshots.py

.PHONY: lock
lock: setup ## Renew the lock files from the requirements
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements-bootstrap.lock requirements-bootstrap.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-package runcast-client -o requirements.lock pyproject.toml clients/python/pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-package runcast-client --group dev -o requirements-dev.lock pyproject.toml clients/python/pyproject.toml

.PHONY: clean
clean: ## Remove what setup, serve and the tests made
	rm -rf $(VENV) runcast-data .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist
	rm -rf node_modules console/dist clients/typescript/dist src/runcast/console_files
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
