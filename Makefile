# make report: every client in data/clients becomes a report in reports/.   make test: everything CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1

.PHONY: cluster report test test-slow notebooks words demo bench clean
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

# The same reports on a Dask cluster, here of a scheduler and two workers on this machine.
cluster: $(VENV)/.ready
	@$(BIN)/dask scheduler --host 127.0.0.1 --port 8786 --no-dashboard >/dev/null 2>&1 & scheduler=$$!; \
	$(BIN)/dask worker tcp://127.0.0.1:8786 --nworkers 2 --nthreads 1 --no-dashboard >/dev/null 2>&1 & worker=$$!; \
	$(BIN)/cx render --all --scheduler tcp://127.0.0.1:8786; code=$$?; kill $$worker $$scheduler; exit $$code

demo: $(VENV)/.ready
	$(BIN)/python data/make_demo.py

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	touch $@

clean:
	rm -rf $(VENV) reports .pytest_cache
