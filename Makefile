# Every target sets up what it needs: `make demo` and `make test` work on a fresh machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup system system-test demo test check bench parity docs clean

setup: $(READY)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is %d.%d" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@PYTHON=$(PYTHON) sh scripts/system-packages.sh venv
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $(READY)

# An OpenSSH server and sudo, for what runs over the real thing.
system:
	@sh scripts/system-packages.sh ssh

# The tools that the tests of modules call.
system-test:
	@sh scripts/system-packages.sh ssh test

demo: setup system
	@$(BIN)/python examples/demo.py

test: setup system-test
	$(BIN)/python -m pytest -n 2 --dist loadfile tests

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup system
	@$(BIN)/python benchmarks/run.py

parity: setup
	@$(BIN)/python tests/parity/record.py

docs: setup
	@$(BIN)/python docs/build.py
	@$(BIN)/python docs/module_pages.py
	@$(BIN)/python docs/classic_names.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
