# One environment, made once: everything below runs in .venv and needs nothing but python3, python3-venv, git and make.
PYTHON ?= python3
ARGS ?=

BIN := .venv/bin

# An environment belongs to one interpreter and to one folder: another of either makes it anew.
BELONGS := $(shell $(PYTHON) -c 'import os, sys, zlib; \
	print("%d.%d.%d-%08x" % (*sys.version_info[:3], zlib.crc32(os.fsencode(sys.base_prefix + os.getcwd()))))')
LOCKED := .venv/locked-$(BELONGS)
INSTALLED := .venv/installed-$(BELONGS)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet

# What the caller's shell has set up for another Python must not reach this one.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV __PYVENV_LAUNCHER__

.DELETE_ON_ERROR:
.PHONY: help env rehearse own faults test slow sweep proof lint format hooks lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 12

env: $(INSTALLED) ## make the environment, or find that it is up to date

rehearse: $(INSTALLED) ## run the main job on a demo package, on loopback
	$(BIN)/cz-ship rehearse --demo $(ARGS)

own: $(INSTALLED) ## rehearse the release of cz-ship itself, at HEAD
	$(BIN)/cz-ship rehearse $(ARGS)

faults: $(INSTALLED) ## kill a release of the demo at every effect, and run it again: half an hour on two cores
	$(BIN)/cz-ship rehearse --demo --faults $(ARGS)

test: $(INSTALLED) ## run the tests with coverage; ARGS="-k word" chooses
	$(BIN)/python -m pytest --cov $(ARGS)

slow: $(INSTALLED) ## run the tests that take more than a second or so each
	$(BIN)/python -m pytest -m "slow and not sweep" $(ARGS)

sweep: $(INSTALLED) ## run every case of what the tests sample: an hour on two cores
	$(BIN)/python -m pytest -m sweep $(ARGS)

proof: $(INSTALLED) ## take packages of other people the whole way, from their sdists: an hour, with a registry
	$(BIN)/python -m tests.proof $(ARGS)

lint: $(INSTALLED) ## check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(INSTALLED) ## put the style right where a tool can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

hooks: $(INSTALLED) ## let git run the checks at each commit
	$(BIN)/pre-commit install

lock: ## write the requirements, those of development and those of action.yml, from pyproject.toml; ARGS=--upgrade takes what is newest
	$(PYTHON) -m venv --clear .lock
	.lock/bin/python -m pip --disable-pip-version-check --quiet install 'uv==0.13.8'
	.lock/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.10 \
		--generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements-dev.txt $(ARGS)
	cp requirements-dev.txt requirements.txt
	echo setuptools | .lock/bin/uv pip compile pyproject.toml - --extra attestations --universal --python-version 3.10 \
		--generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.txt

bench: ## measure speed beside other tools, in environments of its own; ARGS=--quick takes two minutes, not ten
	$(PYTHON) -m benchmarks $(ARGS)

clean: ## remove the environment and what tools leave
	rm -rf .venv .lock .bench build dist src/*.egg-info htmlcov .coverage .coverage.*
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(LOCKED): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "%s: Python %d.%d, 3.10 or newer was wanted" \
		% ("$(PYTHON)", *sys.version_info[:2]))'
	$(PYTHON) -m venv --clear .venv
	$(PIP) install --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

# version.txt is in the list since the version becomes part of the installed metadata.
$(INSTALLED): $(LOCKED) pyproject.toml version.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
