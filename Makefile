# Everything below works in a fresh clone with Python 3.11 or newer and nothing else.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: help run test bench faults fuzz cedar mutants lint lock clean

VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; \
	done)
# More than there are processors: most tests wait for Kafka.
TESTERS ?= 3
COMPILE := pip-compile --quiet --generate-hashes --allow-unsafe --no-strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(INSTALLED) ## Show the whole gate at work on a Kafka of its own
	@$(BIN)/alpr-gate demo

test: $(INSTALLED) ## Run the tests, several at once; the ones that need Kafka start it themselves
	@$(BIN)/python -m pytest --numprocesses $(TESTERS) --dist loadfile $(ARGS)

fuzz: $(INSTALLED) ## Try a million spoilt inputs on everything that reads bytes; it takes about 15 minutes
	@$(BIN)/python -m tests.fuzz $(ARGS)

bench: $(INSTALLED) ## Measure the gate beside its peers; it takes about ten minutes
	@$(BIN)/alpr-gate bench $(ARGS)

faults: $(INSTALLED) ## Inject faults into a real gate, and count what they cost; about an hour in all
	@$(BIN)/python -m tests.faults $(or $(ARGS),--all)

cedar: $(INSTALLED) ## Compare the gate's decisions with Cedar's on 200,000 requests
	@$(BIN)/python -m tests.cedar $(ARGS)

mutants: $(INSTALLED) ## Change policy and ledger on purpose, and list what no test notices; about 20 minutes
	@$(BIN)/python -m tests.mutation $(ARGS)

lint: $(INSTALLED) ## Check style, formatting, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: $(INSTALLED) ## Pin the dependencies anew, with their hashes
	$(BIN)/pip install --quiet pip-tools
	# The larger set first: what the benchmark's peers allow then holds for both.
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/$(COMPILE) --extra dev --build-deps-for editable \
		--output-file requirements-dev.lock pyproject.toml
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/$(COMPILE) --constraint requirements-dev.lock \
		--output-file requirements.lock pyproject.toml

clean: ## Remove the virtual environment
	rm -rf $(VENV)

$(INSTALLED): requirements-dev.lock pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "make: no Python 3.11 or newer found; install one, or name it: make PYTHON=…" >&2; exit 1; }
	@echo "installing into $(VENV) with $(PYTHON), once" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
