# Every target makes .venv and installs what it needs first, and goes on where it was stopped.
# Set-up speaks on standard error only, so the answer alone is on standard output.
#   PYTHON=...           the Python (3.11 or newer) that .venv is made with
#   TORCH_INDEX_URL=...  where torch comes from (see README.md)
#   args="..."           more options for the command, as in: make eval args="--limit 20"

.PHONY: help setup ask chat test fuzz eval bench check clean
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export PYTHON TORCH_INDEX_URL

python := .venv/bin/python
setup := sh .ci/setup.sh

help:
	@echo 'make ask q="..."   one answer with its quotes; sets everything up first'
	@echo 'make chat          the chat page'
	@echo 'make test          the whole test suite'
	@echo 'make fuzz          readers of feeds, pages, rows, letters and dates, with 400,000 made-up inputs'
	@echo 'make eval          the bundled questions with the real model'
	@echo 'make bench         the speed benchmark'
	@echo 'make check         format, lint, types, import rules'
	@echo 'make setup         everything the targets above need'
	@echo 'make clean         remove .venv, caches and reports (articles and models stay)'

setup:
	@$(setup) libraries weights test tools
	@sh .ci/chromium.sh

# The question goes through the environment: quotes, $ and backticks in it stay as they are.
# Status 3 (the library does not hold the answer) is an answer, not a failure of make.
ask: export QUESTION := $(value q)
ask:
	@test -n "$$QUESTION" || { echo 'Ask something: make ask q="what share of Scale AI did Meta buy?"' >&2; exit 2; }
	@$(setup) libraries weights
	@$(python) -m rag.ask $(args) -- "$$QUESTION" || [ $$? -eq 3 ]

chat:
	@$(setup) libraries weights
	@$(python) ui.py $(args)

# pytest's closing line is the last thing on standard output. The fast tests alone, in a minute:
# make test args='-m "not model and not browser"'
test:
	@$(setup) libraries weights test
	@sh .ci/chromium.sh
	@$(python) -m pytest $(args)

fuzz:
	@$(setup) libraries weights test
	@$(python) -m pytest --hypothesis-profile=fuzz --timeout=0 tests/index/ingest/test_fuzz.py $(args)

eval:
	@$(setup) libraries weights
	@$(python) -m eval $(args)

bench:
	@$(setup) libraries weights
	@$(python) -m eval.speed $(args)

check:
	@$(setup) libraries tools
	@$(python) -m ruff format --check .
	@$(python) -m ruff check .
	@$(python) -m mypy
	@.venv/bin/lint-imports --no-logo

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf build dist reports *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
