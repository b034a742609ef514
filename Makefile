# The front door for work on AI-Buyer. `make` alone lists what it can do.
# PYTHON=/path/to/python chooses the interpreter; ARGS="..." is handed to pytest (ARGS="-n 0 ..." runs in one process).

PYTHON ?=
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test check format bench bench-crash bench-fuzz bench-faults docs lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

install: $(INSTALLED) ## make .venv from requirements.lock, with .venv/bin/ai-buyer

$(INSTALLED): requirements.lock pyproject.toml packaging/make_venv.sh
	@packaging/make_venv.sh $(VENV) $(PYTHON)
	@touch $@

demo: $(INSTALLED) ## show the product at work on the sandbox (HEADLESS=1: as text)
	@packaging/demo.sh $(BIN)

test: $(INSTALLED) ## run the whole test suite
	@packaging/tests.sh $(BIN)/python -n 2 --dist loadfile $(ARGS)

check: $(INSTALLED) ## formatting, lint, types, import contracts, size limits
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@packaging/tests.sh $(BIN)/python -q tests/architecture

format: $(INSTALLED) ## put formatting and import order right
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(INSTALLED) ## run the benchmarks
	@packaging/tests.sh $(BIN)/python -s tests/bench $(ARGS)

bench-crash: $(INSTALLED) ## kill the engine at 50 random moments, ledger against journal
	CRASH_ROUNDS=50 packaging/tests.sh $(BIN)/python -s tests/crash/test_cycle_kill.py $(ARGS)

bench-fuzz: $(INSTALLED) ## put 10,000 broken answers of insights to the sync
	FUZZ_CASES=10000 packaging/tests.sh $(BIN)/python -s tests/sync/test_fuzzed_sync.py $(ARGS)

bench-faults: $(INSTALLED) ## run the whole fault matrix on the real engine
	FAULTS=all packaging/tests.sh $(BIN)/python -s tests/faults $(ARGS)

docs: $(INSTALLED) ## build the documentation into site/
	$(BIN)/zensical build --clean

lock: ## work out requirements.lock anew from pyproject.toml
	@packaging/lock.sh $(PYTHON)

clean: ## remove what builds and tests left behind
	rm -rf build dist site out .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
