# `make demo` and `make test` are all a newcomer needs. Every target does its own set-up in $(VENV); running it again is
# quick, and needs no network while pyproject.toml and the constraints stay as they are.
# Tests and demo use the built and installed wheel, never the source tree: what is tested is what ships.

VENV ?= .venv
PYTHON ?=
PYTEST_ARGS ?=
FUZZ_RUNS ?= 1000000

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

python := $(VENV)/bin/python
pip := $(python) -m pip --quiet --quiet --disable-pip-version-check --no-input
constraints := requirements/constraints.txt
metadata := pyproject.toml README.md LICENSE
sources := $(shell find src -name __pycache__ -prune -o -print)

.PHONY: help
help:
	@echo 'make demo         replay the example year of a community and print its figures'
	@echo 'make test         run the tests (PYTEST_ARGS=... for pytest)'
	@echo 'make check        style, types, and who may import whom'
	@echo 'make docs         build the pages of docs/ into build/docs'
	@echo 'make bench        measure: ours, eventsourcing as documented, bare SQLite'
	@echo 'make fuzz         try every parser with FUZZ_RUNS inputs (1000000), guided by coverage'
	@echo 'make reference    write the pages of docs/reference that the code gives anew; look at the difference'
	@echo 'make goldens      write the golden files anew; look at the difference before you commit it'
	@echo 'make constraints  pin the newest versions that pyproject.toml allows'
	@echo 'make clean        remove what make made, except $(VENV)'

.PHONY: demo
demo: $(VENV)/.runs
	@rm -rf demo-out
	@$(VENV)/bin/cadreledger demo --out demo-out

.PHONY: test
test: $(VENV)/.develops
	@$(python) -m pytest --numprocesses=auto $(PYTEST_ARGS)

.PHONY: check
check: $(VENV)/.develops
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@PYTHONPATH=src $(VENV)/bin/lint-imports

# Anew each time: Sphinx says each warning once, and a page from before would keep its own to itself.
.PHONY: docs
docs: $(VENV)/.develops
	@rm -rf build/docs
	@$(python) -m sphinx --quiet --fail-on-warning --keep-going --fresh-env \
		--doctree-dir build/doctrees docs build/docs
	@echo build/docs/index.html

.PHONY: reference
reference: $(VENV)/.develops
	@$(python) docs/generate.py

.PHONY: bench
bench: $(VENV)/.develops
	@for program in $$(grep -l __main__ bench/*.py); do \
		echo "== $$program"; $(python) "$$program" || exit 1; \
	done

# Not in CI: no end is foreseen but a number of runs. It goes on with the corpus that it left in build/fuzz.
.PHONY: fuzz
fuzz: $(VENV)/.fuzzes
	@$(python) -m tests.fuzz.campaign --runs $(FUZZ_RUNS)

.PHONY: goldens
goldens: $(VENV)/.develops
	@$(python) -m pytest -m golden --write-goldens

.PHONY: constraints
constraints:
	@rm -rf build/constraints
	@$(MAKE) VENV=build/constraints build/constraints/bin/python
	@build/constraints/bin/python -m pip --quiet --quiet install '.[dev]'
	@{ grep '^#' $(constraints); build/constraints/bin/python -m pip freeze --exclude cadreledger; } > build/constraints.txt
	@mv build/constraints.txt $(constraints)
	@rm -rf build/constraints

.PHONY: clean
clean:
	@rm -rf build demo-out .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The virtual environment, from the first Python that is new enough.
$(python):
	@for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo 'No Python 3.11 or newer was found. Install one, or name it: make test PYTHON=/path/to/python3' >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$found cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	fi; \
	echo "setting up $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.builds: $(constraints) | $(python)
	@$(pip) install --constraint $(constraints) hatchling
	@touch $@

# The wheel, built with the pinned hatchling, so without a network.
build/wheel/.built: $(metadata) $(sources) $(VENV)/.builds
	@rm -rf build/wheel && mkdir -p build/wheel
	@$(pip) wheel --no-deps --no-build-isolation --wheel-dir build/wheel .
	@touch $@

# Installed twice over: first this very wheel, whatever was there before; then what it needs, if that is not there yet.
install = $(pip) install --no-deps --force-reinstall build/wheel/*.whl && \
	$(pip) install --constraint $(constraints) "$$(echo build/wheel/*.whl)[$(1)]"

$(VENV)/.runs: build/wheel/.built $(constraints)
	@$(call install,all)
	@touch $@

$(VENV)/.fuzzes: $(VENV)/.develops
	@$(pip) install --constraint $(constraints) "$$(echo build/wheel/*.whl)[fuzz]"
	@touch $@

$(VENV)/.develops: build/wheel/.built $(constraints)
	@$(call install,dev)
	@touch $@
