# Two commands do everything: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
BUNDLE := src/spanglass/explorer/static/widget.js

JS_SOURCES := $(shell find js -type f \( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.mjs' \) 2>/dev/null)

.PHONY: help setup build demo lint test test-python test-browser test-fast test-long bench browser lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# The environment: pinned by requirements/lock.txt, the package itself in editable mode.
$(VENV)/.ready: requirements/lock.txt pyproject.toml hatch_build.py | $(BUNDLE)
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -q && apt-get install -y -q --no-install-recommends python3-venv; \
	  else echo "This Python cannot make environments. On Debian: sudo apt-get install python3-venv"; exit 1; fi; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/lock.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

node_modules/.ready: package.json package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 or later is needed to build the front end (npm was not found)"; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUNDLE): node_modules/.ready $(JS_SOURCES) tsconfig.json
	npm run --silent build

setup: $(VENV)/.ready  ## the Python environment and the front end

build: $(BUNDLE)  ## the front end's bundle

demo: setup  ## sample traces and JupyterLab on the quickstart (HEADLESS=1: execute it instead)
	$(BIN)/spanglass demo $(if $(HEADLESS),--headless) $(if $(PORT),--port $(PORT))

browser: setup  ## finds a Chromium, or installs one
	@$(BIN)/python tests/browser/chromium.py --install

lint: setup  ## ruff, mypy, biome, tsc
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	npm run --silent lint
	npm run --silent typecheck

test: setup lint browser  ## everything, the real browser included
	npm test --silent
	$(BIN)/python -m pytest -q --doctest-modules src/spanglass
	@# Side by side: each of the two keeps one core busy.
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target test-python test-browser

test-python: setup
	$(BIN)/python -m pytest -q -m "not browser and not long"

test-browser: setup browser
	$(BIN)/python -m pytest -q -m "not long" tests/browser

test-fast: setup  ## without the browser
	$(BIN)/python -m pytest -q -x -m "not browser and not long"

test-long: setup browser  ## the long profiles: fuzzing, large stores
	$(BIN)/python -m pytest -q -m long

bench: setup  ## the table of ratios, into benchmarks-data/ (TRACES=100000: a larger store)
	$(BIN)/python -m benchmarks $(if $(TRACES),--traces $(TRACES))

lock: setup  ## makes requirements/lock.txt anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --group dev --no-header --no-annotate pyproject.toml -o requirements/lock.txt

clean:  ## removes what the targets above made
	rm -rf $(VENV) node_modules demo dist src/spanglass/explorer/static/widget.*
