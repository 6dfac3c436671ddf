# Every target makes .venv first when it is missing or out of date; nothing else needs to be installed.
PYTHON ?= python3
BOOT := $(PYTHON) deploy/local/bootstrap.py
LOCAL := $(BOOT) -m deploy.local
EXEC := $(LOCAL) exec --
BIN := .venv/bin
TESTS ?= tests

.DEFAULT_GOAL := help
.PHONY: help run up down restart tour market staff-code test check fmt lint types imports schema migrations deploy-check messages bench bench-admin bench-security bench-leaks bench-search bench-matching bench-valuation bench-whatsapp load backup restore faults docs lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: ## Start the whole marketplace here, in the foreground (PORT=8000, BAZAAR_HOME=.bazaar)
	@$(LOCAL) run

up: ## The same in the background; returns when it is ready and prints the base URL
	@$(LOCAL) up

down: ## Stop what `make up` started
	@$(LOCAL) down

restart: ## Start all processes of ours again, one web server after the other, without a failed request
	@$(LOCAL) restart

tour: ## Walk the main job over the running market's HTTP API, step by step
	@$(LOCAL) tour

market: ## Fill the running market with invented firms (LISTINGS=2000 SEED=1 MANDATES=20)
	@$(LOCAL) manage generate_market --listings $(or $(LISTINGS),2000) --mandates $(or $(MANDATES),20) --seed $(or $(SEED),1)
	@$(LOCAL) manage match_market

staff-code: ## The demonstration colleague's second factor, now
	@$(LOCAL) staff-code

test: ## The whole test suite, in parallel, on real services of its own (TESTS=tests/core for a part)
	@$(EXEC) $(BIN)/python -m pytest -n auto $(TESTS) $(if $(filter tests,$(TESTS)),--cov --cov-report= --cov-fail-under=90)

check: lint types imports migrations deploy-check schema docs-check test ## All that CI asks: lint, types, imports, migrations, deploy check, schema and docs drift, tests

fmt: ## Format and fix what can be fixed
	@$(BOOT)
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

lint: ## ruff: rules and format
	@$(BOOT)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet . && echo "lint: clean"

types: ## mypy, strict
	@$(EXEC) $(BIN)/mypy

imports: ## import-linter: who may know whom
	@$(EXEC) $(BIN)/lint-imports

migrations: ## No model without its migration; no migration that locks or breaks the running release
	@$(EXEC) $(BIN)/python manage.py makemigrations --check --dry-run
	@$(EXEC) $(BIN)/python manage.py lintmigrations --quiet ok ignore

deploy-check: ## Django's deployment check on the production settings
	@$(BOOT)
	@$(BIN)/python -m deploy.check_production

schema: ## docs/openapi.yaml must be what the code serves (UPDATE=1 writes it)
	@$(EXEC) $(BIN)/python manage.py export_openapi $(if $(UPDATE),,--check)

docs-check:
	@$(EXEC) $(BIN)/python manage.py export_error_catalogue --check

docs: ## Write the generated documents: docs/openapi.yaml and docs/errors.md
	@$(EXEC) $(BIN)/python manage.py export_openapi
	@$(EXEC) $(BIN)/python manage.py export_error_catalogue

messages: ## Collect the texts, then compile the Hindi ones
	@$(BOOT)
	@$(BIN)/python -m deploy.messages

bench: ## Benchmarks: ratios against a baseline of the same run (LISTINGS=20000)
	@LOG_LEVEL=WARNING $(EXEC) $(BIN)/python -m benchmarks

bench-security: ## What timing tells about one-time codes (AUC; 0.5 is nothing)
	@LOG_LEVEL=ERROR $(EXEC) $(BIN)/python -m benchmarks.security.otp_enumeration

bench-search: ## Twenty searches over 100,000 listings with facets, against a bare SELECT (LISTINGS=, PLANS=1 writes the plans)
	@LOG_LEVEL=WARNING $(EXEC) $(BIN)/python -m benchmarks.search

bench-admin: ## Our list and search pages beside the plain Django admin's, over LISTINGS=100000
	@LOG_LEVEL=ERROR $(EXEC) $(BIN)/python -m benchmarks.admin_lists

bench-whatsapp: ## The webhook of the running market while Twilio is well, down, slow, refusing, cut off
	@$(BOOT)
	@$(BIN)/python -m benchmarks.whatsapp_load

bench-valuation: ## How long an owner of the running market waits for a valuation under RATE=140 requests a second
	@$(BOOT)
	@$(BIN)/python -m benchmarks.valuation_load

bench-matching: ## Matching over LISTINGS=100000 and MANDATES=100000: sweep, search, changes; ratios to exact search
	@LOG_LEVEL=ERROR $(EXEC) $(BIN)/python -m benchmarks.matching

bench-leaks: ## What the teaser guard finds of 1,000 planted give-aways, and blocks of 1,000 clean texts
	@$(BOOT)
	@$(BIN)/python -m benchmarks.leak_guard

load: ## An open loop over 100,000 listings and mandates: budgets, ratios, report (RATE=28 MINUTES=10 LISTINGS=100000)
	@$(BOOT) -m benchmarks.load

backup: ## Back up the running market: PostgreSQL with checksums, every object; verified
	@$(BOOT) -m deploy.backup backup

restore: ## A data directory as it was at TO=2026-11-26T10:00:00+05:30 (or now), beside the running one
	@$(BOOT) -m deploy.backup restore --to $(or $(TO),now) $(if $(INTO),--into $(INTO))

faults: ## Fault tests: kill -9 of workers, broker and children under load
	@$(EXEC) $(BIN)/python -m pytest -p no:randomly -s tests/faults --run-faults

lock: ## Resolve the requirements again into the lock files
	@$(BOOT)
	@UV_SYSTEM_CERTS=1 $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links requirements.txt -o requirements.lock
	@UV_SYSTEM_CERTS=1 $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -c requirements.lock requirements-dev.txt -o requirements-dev.lock
	@UV_SYSTEM_CERTS=1 $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links deploy/checkov.txt -o deploy/checkov.lock

clean: ## Remove the virtual environment and caches (the data directory stays)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
