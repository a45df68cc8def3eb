# Two commands a stranger needs: make demo, make test. Both work from a bare checkout with
# Python 3.11 or newer; everything they install goes into .venv and .tools.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
PIP := $(RUN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: help demo test fast fuzz static check accept bench docs spark tools clean

help:
	@echo "make demo    build Smart's ecosystem, explorer and report in smart-demo/"
	@echo "make test    run the tests (what needs a browser or a server is skipped, and said)"
	@echo "make fast    run the tests that take seconds"
	@echo "make check   format, lint, types, tests"
	@echo "make fuzz    give broken files to every reader for SECONDS each"
	@echo "make accept  run every line of what each issue must show, with full counts"
	@echo "make bench   run the benchmarks against peers"
	@echo "make spark   install the engine spark (456 MB; Java 17 or newer is yours to install)"
	@echo "make docs    write the generated pages of docs/"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "partnergraph needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) -e .
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) -e '.[test]'
	@touch $@ $(VENV)/.core

$(VENV)/.check: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) -e '.[check]'
	@touch $@ $(VENV)/.core $(VENV)/.test

$(VENV)/.spark: $(VENV)/.test
	$(PIP) -e '.[spark]'
	@touch $@

demo: $(VENV)/.core
	$(RUN)/partnergraph demo -o smart-demo

test: $(VENV)/.test
	$(RUN)/python -m pytest -n 2 --dist loadfile

fast: $(VENV)/.test
	$(RUN)/python -m pytest -m "not slow and not browser and not real"

# Each reader for some seconds, guided by coverage: make fuzz SECONDS=1200
SECONDS ?= 60
fuzz: $(VENV)/.test
	$(PIP) -e '.[fuzz]'
	for target in packages tables graphs pages mappings; do \
	  $(RUN)/python -m tests.fuzz $$target --seconds $(SECONDS) || exit 1; done

static: $(VENV)/.check
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy

check: static test

accept: $(VENV)/.test
	$(RUN)/python -m tests.acceptance

bench: $(VENV)/.check
	for script in benchmarks/*.py; do $(RUN)/python $$script || exit 1; done

docs: $(VENV)/.core
	$(RUN)/python docs/generate.py

# The engine spark: half a gigabyte, so that a bare `make test` does without and says so.
spark: $(VENV)/.spark

# What only tests of the page use: exact versions, no lock file, an ignored folder.
tools:
	npm install --silent --no-save --no-package-lock --no-audit --no-fund --prefix .tools \
	  typescript@5.9.3 axe-core@4.14.1

clean:
	rm -rf $(VENV) .tools smart-demo build dist *.egg-info
