# make report: every client in data/clients becomes a report in reports/.   make test: everything CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1

.PHONY: report test test-slow notebooks words demo bench clean
.DEFAULT_GOAL := report

report: $(VENV)/.ready
	$(BIN)/cx render --all

test: $(VENV)/.ready
	$(BIN)/ruff check cxlib tests data benchmarks
	$(BIN)/python -m pytest tests
	$(BIN)/python -m pytest --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg -p no:cacheprovider notebooks

test-slow: $(VENV)/.ready
	$(BIN)/python -m pytest tests -m slow

bench: $(VENV)/.ready
	$(BIN)/python -m benchmarks

# Runs the shipped notebooks on the default client and stores their outputs, which nbval then holds them to.
notebooks: $(VENV)/.ready
	$(BIN)/python -m cxlib.render.store_outputs notebooks

words: $(VENV)/.ready
	$(BIN)/python -m cxlib.report.catalogues

demo: $(VENV)/.ready
	$(BIN)/python data/make_demo.py

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	touch $@

clean:
	rm -rf $(VENV) reports .pytest_cache
