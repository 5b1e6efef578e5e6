# SPDX-License-Identifier: MPL-2.0
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
SEMGREP_OFFLINE := --metrics off --disable-version-check
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: help demo test check kill bench fmt matrix pictures reference sbom release-snapshot set-up set-up-test

help:  ## Show the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

set-up:
	@$(PYTHON) scripts/setup.py run

set-up-test:
	@$(PYTHON) scripts/setup.py test

demo: set-up  ## Set up, seed the demo municipality, run the main job, serve on http://localhost:8000
	@KOMMUNE3_DEMO=1 $(BIN)/kommune3 demo --serve --port $(PORT)

test: set-up-test  ## Run the checks and the whole test suite, on SQLite and where one answers on PostgreSQL
	@$(MAKE) --no-print-directory check
	@$(BIN)/python scripts/run_tests.py

check: set-up-test  ## Style, types, contracts, front end, docs, licences, security
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	cd web && npm run --silent check
	$(BIN)/python -m scripts.reference --check
	$(BIN)/reuse lint --quiet
	$(BIN)/bandit --quiet --configfile bandit.yaml --recursive src engines scripts
	$(BIN)/semgrep scan --quiet --error --config tests/architecture/semgrep/house.yaml $(SEMGREP_OFFLINE) src engines scripts

kill: set-up-test  ## kill -9 server and workers N times under load (SEED= repeats), and print the tally
	@$(BIN)/python scripts/run_kills.py --kills $(or $(N),200) $(if $(SEED),--seed $(SEED))

bench: set-up-test  ## Measure speed and quality beside the peers
	@$(BIN)/python scripts/run_benchmarks.py $(BENCH)

pictures: set-up-test  ## Take pictures of the pages: all to var/pictures, those of the README to docs/pictures
	@PYTHONPATH=tests $(BIN)/python -m journeys.take_pictures --out var/pictures
	@PYTHONPATH=tests $(BIN)/python -m journeys.take_pictures --out docs/pictures --top 1000 --only fleet-run --only effects

reference: set-up-test  ## Write docs/reference from the code
	@$(BIN)/python -m scripts.reference

sbom: set-up-test  ## Write what the platform is made of, with licences, to var/sbom.json (CycloneDX)
	@$(BIN)/python -m scripts.sbom

release-snapshot: set-up-test  ## Freeze some rows of this release, which every later change is tried on
	@$(BIN)/python scripts/release_snapshot.py

fmt: set-up-test  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

matrix: set-up-test  ## Write tests/matrix/matrix.csv anew; review the change like any other
	@KOMMUNE3_UPDATE_MATRIX=1 $(BIN)/python -m pytest -q tests/matrix -k reviewed_table
