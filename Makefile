# Everything a person needs: `make demo` shows the main job, `make test` runs all that must pass. Both do all the set-up.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV := $(shell command -v uv 2>/dev/null || echo $(HOME)/.local/bin/uv)
PYTEST_ARGS ?=
# Scripts that take --json; the others in those folders are what they start.
BENCHMARKS := $(shell grep -l -- --json benchmarks/*/*.py 2>/dev/null)

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: system $(STAMP) ## The main job before your eyes (KEEP=1 stays up)
	@$(BIN)/dateline demo $(if $(KEEP),--keep)

test: system postgres $(STAMP) lint ## Everything that must pass
	@DATELINE_REQUIRE_BROKER=1 $(BIN)/python -m pytest -m "not compose" $(PYTEST_ARGS)

lint: $(STAMP) ## ruff, mypy --strict, import contracts, generated files
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports >/tmp/dateline-imports.$$$$ || { cat /tmp/dateline-imports.$$$$; exit 1; }
	@$(BIN)/python -m schemas.generate --check

faults: system postgres $(STAMP) ## kill -9, rebalances, a broker that dies: nothing lost, nothing doubled
	@DATELINE_REQUIRE_BROKER=1 $(BIN)/python tests/faults/run.py

soak: system postgres $(STAMP) ## The same, ten times as long
	@DATELINE_REQUIRE_BROKER=1 $(BIN)/python tests/faults/run.py --articles 200000

test-compose: $(STAMP) ## docker compose for real (needs an engine)
	@$(BIN)/python -m pytest tests/compose -m compose --timeout 1200 $(PYTEST_ARGS)

bench: system peers $(STAMP) ## The benchmarks, side by side with peers
	@for script in $(BENCHMARKS); do echo "== $$script"; $(BIN)/python $$script; done

peers: .venv-peers/.installed ## What the benchmarks compare with, in an environment of its own
.venv-peers/.installed: requirements/peers.txt | $(UV)
	@echo "installing the benchmarks' peers into .venv-peers ..."
	@test -x .venv-peers/bin/python || $(UV) venv --quiet --python '>=3.11' .venv-peers
	@$(UV) pip install --quiet --compile-bytecode --python .venv-peers/bin/python --require-hashes -r requirements/peers.txt
	@touch $@

train-cleaner: peers $(STAMP) ## Train the cleaner's models again (the same data give the same files)
	@OMP_NUM_THREADS=1 nice -n 15 $(BIN)/python benchmarks/training/cleaner.py

train-publication: $(STAMP) ## Fit the weights of publication times again (the same data give the same file)
	@OMP_NUM_THREADS=1 nice -n 15 $(BIN)/python benchmarks/training/publication.py

format: $(STAMP) ## Format the code
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

generate: $(STAMP) ## JSON Schemas, AsyncAPI, docs/messages.md
	@$(BIN)/python -m schemas.generate

requirements: $(UV) ## Pin the requirements again
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements/base.txt
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml --extra lake -c requirements/base.txt -o requirements/lake.txt
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml --group dev -o requirements/dev.txt
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links requirements/peers.in -o requirements/peers.txt

$(STAMP): requirements/dev.txt pyproject.toml deploy/build_core.py $(wildcard workers/text/native/*.[ch]) | $(UV)
	@echo "installing Python packages into $(VENV) ..."
	@test -x $(BIN)/python || $(UV) venv --quiet --python '>=3.11' $(VENV)
	@$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $(STAMP)

$(UV):
	@echo "installing uv ..."
	@$(PYTHON) -m pip install --quiet --user uv 2>/dev/null || $(PYTHON) -m pip install --quiet --user --break-system-packages uv \
	  || { echo "no pip: apt-get install python3-pip, or install uv (docs.astral.sh/uv)"; exit 1; }

# Java 17 and Maven, for the embedded Kafka; PostgreSQL, for its tests. As root they are installed, otherwise named.
system:
	@deploy/need java:openjdk-17-jre-headless mvn:maven

postgres:
	@deploy/need "/usr/lib/postgresql/*/bin/initdb:postgresql"

.PHONY: help demo test lint faults soak test-compose bench peers format generate requirements system postgres
