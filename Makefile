# Each target sets up .venv when it is missing or older than what defines it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp

.PHONY: setup demo app browser test lint types check docs bench clean

setup: $(STAMP)

# torch first: what needs it would otherwise choose a build of its own.
$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt "torch==2.13.0"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[reference,app,ifc,serve,ray,openvino,dev]"
	touch $(STAMP)

demo: setup
	$(BIN)/p4ir interpret --file examples/clauses.txt

app: setup
	$(BIN)/python -m streamlit run app/main.py

# For the tests of the application: Debian's own. Where there is none, they skip and say so.
browser:
	@command -v chromium > /dev/null || test "$$(id -u)" != 0 || ! command -v apt-get > /dev/null \
	  || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; }

test: setup
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

check: lint types test

docs: setup
	$(BIN)/python -m p4ir.cli.reference > docs/cli.md

bench: setup
	$(BIN)/python -m benchmarks --output benchmarks/results.md

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
