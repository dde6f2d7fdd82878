# Traitbook: `make demo` and `make test` do everything; they need Python 3.11 or later, and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO_FLAGS ?=
TEST_FLAGS ?=
# More than there are cores: browser tests wait more than they work.
TEST_JOBS ?= 3

.PHONY: demo serve test lint format bench docs requirements clean

demo: $(VENV)/.user            ## the examples, scored by the signals, in the app; no key, no network
	$(BIN)/traitbook demo $(DEMO_FLAGS)

serve: $(VENV)/.user           ## the app over your own database
	$(BIN)/traitbook serve

test: $(VENV)/.dev             ## all tests, in a real browser where there is one
	@$(PYTHON) -c "import shutil; raise SystemExit(not any(map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))))" \
		|| $(BIN)/playwright install chromium || echo "!! no browser could be had: browser tests will be skipped"
	$(BIN)/python -m pytest -n $(TEST_JOBS) --dist worksteal $(TEST_FLAGS)

lint: $(VENV)/.dev             ## style, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev            ## what it costs; see benchmarks/README.md
	$(BIN)/python -m benchmarks

docs: $(VENV)/.user            ## the reference of commands, and what the notebook prints
	$(BIN)/python docs/commands.py > docs/commands.md
	$(BIN)/python docs/notebook.py

requirements: $(VENV)/.dev     ## the pins, from pyproject.toml
	$(BIN)/python -m piptools compile $(PIP_COMPILE) -o requirements.txt pyproject.toml
	$(BIN)/python -m piptools compile $(PIP_COMPILE) --extra dev -o requirements-dev.txt pyproject.toml
PIP_COMPILE := --quiet --upgrade --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

clean:
	rm -rf $(VENV) build dist *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Traitbook needs Python 3.11 or later; name one: make PYTHON=python3.12 ...')"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.user: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.user
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
