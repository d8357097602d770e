# Everything a newcomer needs: `make run` and `make test`. `make` alone lists the rest.
.DEFAULT_GOAL := help
BIN := .venv/bin
RECORDING ?= recordings/2023-11
OUT ?= out

.PHONY: help run test check bench clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

.venv/.run: pyproject.toml uv.lock .ci/bootstrap
	@.ci/bootstrap --no-dev && touch $@

.venv/.dev: pyproject.toml uv.lock .ci/bootstrap
	@.ci/bootstrap && touch $@ .venv/.run

run: .venv/.run ## play a recorded month through the bus and write its reports to out/
	@$(BIN)/lienthong run --recording $(RECORDING) --until-done --out $(OUT)

test: .venv/.dev ## all tests
	@$(BIN)/pytest

check: .venv/.dev ## style, types, the arrows between rooms, and the configuration
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/lienthong check

bench: .venv/.dev ## measure speed and memory on this machine
	@$(BIN)/python -m tests.bench

clean: ## remove what was built, the data directory and the reports
	rm -rf .venv var out dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
