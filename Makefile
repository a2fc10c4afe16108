# Two commands matter: `make run` and `make test`. Everything they make is in .venv and var; `make clean` removes .venv.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.SILENT:
.DEFAULT_GOAL := help

PORT ?= 8000
export PORT
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

BIN := .venv/bin
CODE := surveys webapp migrations tests benchmarks

.PHONY: help run test proof lint lock translations clean environment development

help:
	echo "make run    install, load the demonstration and serve it on http://127.0.0.1:$(PORT)"
	echo "make test   install what the tests need and run them all"
	echo "make proof  branch coverage of the estimation core, and planted faults (half an hour)"
	echo "make lint   style, types, imports and templates"
	echo "make lock   compile requirements*.lock anew from pyproject.toml"
	echo "make translations  extract what pages say and compile the English catalogue"
	echo "make clean  remove the environment and caches; var/ stays"

run: environment
	exec $(BIN)/minping demo --serve

test: development
	deploy/test-packages
	exec $(BIN)/pytest -n 2 --dist loadgroup

# Slower than a change should wait for: that every branch of the core is run, and that a wrong formula fails a test.
proof: development
	$(BIN)/pytest -q -n 2 --dist loadgroup tests/analysis tests/reporting tests/commands tests/sampling tests/story \
	  --cov=surveys.analysis --cov-branch --cov-fail-under=95 --cov-report=term-missing:skip-covered
	$(BIN)/python -m tests.analysis.planted_faults

lint: development
	status=0
	$(BIN)/ruff check . || status=1
	$(BIN)/ruff format --check . || status=1
	$(BIN)/mypy $(CODE) || status=1
	$(BIN)/lint-imports || status=1
	$(BIN)/djlint --lint --quiet webapp/templates || status=1
	exit $$status

environment:
	deploy/environment requirements.lock

development:
	deploy/environment requirements-dev.lock

# uv only writes the two files; it is no requirement of anything else.
lock:
	python3 -m venv var/lock
	var/lock/bin/pip install --quiet uv
	var/lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --quiet --extra build --extra analytics pyproject.toml -o requirements.lock
	var/lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --quiet --extra build --extra analytics --extra dev --constraint requirements.lock pyproject.toml -o requirements-dev.lock
	rm -rf var/lock

# New messages get an empty English text; a test names what is missing.
translations: development
	mkdir -p var
	$(BIN)/pybabel -q extract -F webapp/translations/babel.cfg -k lazy_gettext --no-location --sort-output \
	  -o var/messages.pot webapp
	$(BIN)/pybabel -q update -i var/messages.pot -d webapp/translations -l en --no-fuzzy-matching --ignore-obsolete \
	  --ignore-pot-creation-date --no-wrap
	$(BIN)/pybabel compile -d webapp/translations

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
