# Everything a newcomer needs: `make run` and `make test`. `make` alone lists the rest.
.DEFAULT_GOAL := help
BIN := .venv/bin
# Without compiled files pytest translates each test again in each process, some ten seconds every time.
unexport PYTHONDONTWRITEBYTECODE
RECORDING ?= recordings/2023-11
OUT ?= out
DEMO ?= var/demo

.PHONY: help run demo test quick check messages schemas reference bench bench-against chaos clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 15

.venv/.run: pyproject.toml uv.lock .ci/bootstrap
	@.ci/bootstrap --no-dev && touch $@

.venv/.dev: pyproject.toml uv.lock .ci/bootstrap
	@.ci/bootstrap && touch $@ .venv/.run

run: .venv/.run ## play a recorded month through the bus and write its reports to out/
	@$(BIN)/lienthong run --recording $(RECORDING) --until-done --out $(OUT)

demo: .venv/.run ## the console on a month that has just ended, with trouble planted; until Ctrl+C
	@$(BIN)/python -m sandbox.demo $(RECORDING) $(DEMO)
	@$(BIN)/lienthong run --project $(DEMO)/project --recording $(DEMO)/recording --until-done --data $(DEMO)/data --out $(DEMO)/out >$(DEMO)/log || test -f $(DEMO)/data/lienthong.db
	@$(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(12))' >$(DEMO)/password
	@$(BIN)/lienthong access person add demo --role operator --name "Demo" --password-file $(DEMO)/password --data $(DEMO)/data
	@$(BIN)/lienthong access person add second --role approver --name "Second person" --password-file $(DEMO)/password --data $(DEMO)/data
	@echo "http://localhost:8700/console/   demo, second: $$(cat $(DEMO)/password)"
	@$(BIN)/lienthong serve --data $(DEMO)/data

test: .venv/.dev ## all tests
	@$(BIN)/pytest

quick: .venv/.dev ## unit tests without servers and without starting the command line, under a minute
	@$(BIN)/pytest tests/unit -n 2 --ignore-glob '*/test_command*.py' -m 'not slow' --hypothesis-profile quick

check: .venv/.dev ## style, types, the arrows between rooms, spelling, words, and the configuration
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/codespell
	@$(BIN)/pytest -n 0 tests/house/test_words.py
	@$(BIN)/lienthong check

.venv/.bench: .venv/.dev
	@.ci/bootstrap --group bench && touch $@

bench: .venv/.bench ## measure us and others side by side, under an hour (REPETITIONS=2: 29 to 37 minutes; QUICK=1: only try it; OPERATORS=full: commands on 2 and 10 million entries, an hour more)
	@QUICK=$(QUICK) REPETITIONS=$(REPETITIONS) LIENTHONG=$(LIENTHONG) LARGE=$(LARGE) OPERATORS=$(OPERATORS) $(BIN)/python -m tests.bench

schemas: .venv/.run ## bring the JSON Schemas for editors up to date with the names and parameters of the project
	@LIENTHONG_LANG=vi $(BIN)/lienthong schema

reference: .venv/.dev ## bring docs/reference/ up to date with the shapes of the configuration files
	@$(BIN)/python -m tests.house.reference

messages: .venv/.dev ## bring the message catalogue up to date with the code, and name what has no Vietnamese yet
	@$(BIN)/python -m tests.house.catalogue

bench-against: .venv/.dev ## throughput beside another commit, in turn on the same servers (COMMIT=abc1234 PAIRS=4)
	@$(BIN)/python -m tests.bench.against $(COMMIT) $(or $(PAIRS),4)

chaos: .venv/.dev ## kill everything in turn, 500 times (CHAOS_FAULTS=500 CHAOS_SEED=any)
	@CHAOS_FAULTS=$${CHAOS_FAULTS:-500} CHAOS_SEED=$${CHAOS_SEED:-$$(date +%s)} $(BIN)/pytest tests/chaos

clean: ## remove what was built, the data directory and the reports
	rm -rf .venv var out dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
