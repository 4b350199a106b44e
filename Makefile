# make report: every client, the demos at first, becomes a report in reports/.   make test: everything CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1

.PHONY: golden cluster report test test-slow notebooks words demo bench clean test-rendering test-figures test-reading test-report test-notebooks test-types
.DEFAULT_GOAL := report

report: $(VENV)/.ready
	$(BIN)/cx render --all

test: $(VENV)/.ready
	$(BIN)/ruff check cxlib tests data benchmarks
	$(MAKE) --no-print-directory --jobs 2 --keep-going --output-sync=target test-report test-figures test-rendering test-reading test-notebooks test-types

# The parts of `make test`, two at a time, the longest first.
READING := tests/engagement tests/lab
REPORT := tests/report tests/browser

test-rendering: $(VENV)/.ready
	$(BIN)/python -m pytest -p no:cacheprovider tests/render

test-figures: $(VENV)/.ready
	$(BIN)/python -m pytest -p no:cacheprovider tests --ignore tests/render $(READING:%=--ignore %) $(REPORT:%=--ignore %)

test-reading: $(VENV)/.ready
	$(BIN)/python -m pytest -p no:cacheprovider $(READING)

test-report: $(VENV)/.ready
	$(BIN)/python -m pytest -p no:cacheprovider $(REPORT)

test-types: $(VENV)/.ready
	$(BIN)/mypy

test-notebooks: $(VENV)/.ready
	$(BIN)/python -m pytest -p no:cacheprovider -p nbval.plugin --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg notebooks

test-slow: $(VENV)/.ready
	$(BIN)/python -m pytest tests -m slow

bench: $(VENV)/.ready
	$(BIN)/python -m benchmarks

# Runs the shipped notebooks on the default client and stores their outputs, which nbval then holds them to.
notebooks: $(VENV)/.ready
	$(BIN)/python -m cxlib.render.run.store_outputs notebooks

# The approved sentences of the reports, written anew; read the difference before it is committed.
golden: $(VENV)/.ready
	$(BIN)/python -m pytest tests/report/test_golden.py --refresh-golden

words: $(VENV)/.ready
	$(BIN)/python -m cxlib.report.language.catalogues
	$(BIN)/python -c "from cxlib.engagement.settings.client import write_json_schema; write_json_schema()"

# The same reports on a Dask cluster, here of a scheduler and two workers on this machine:
#   make cluster CLIENTS="nordlys harbour" OUT=/srv/reports PORT=8790
# Elsewhere each line runs on a machine of its own. CX_CLIENTS and OUT are folders that all of them share, or stores
# (s3://bucket/clients, s3://bucket/reports).
CLIENTS ?= --all
OUT ?= reports
PORT ?= 8786
SCHEDULER := tcp://127.0.0.1:$(PORT)

cluster: $(VENV)/.ready
	@$(BIN)/python -c "import socket; socket.create_server(('127.0.0.1', $(PORT)))" 2>/dev/null \
		|| { echo "port $(PORT) is taken; choose another: make cluster PORT=8790"; exit 2; }
	@$(BIN)/dask scheduler --host 127.0.0.1 --port $(PORT) --no-dashboard >/dev/null 2>&1 & scheduler=$$!; \
	$(BIN)/dask worker $(SCHEDULER) --nworkers 2 --nthreads 1 --no-dashboard >/dev/null 2>&1 & workers=$$!; \
	trap 'kill $$workers; wait $$workers; kill $$scheduler; wait $$scheduler' EXIT; \
	$(BIN)/cx render $(CLIENTS) --out $(OUT) --scheduler $(SCHEDULER)

demo: $(VENV)/.ready
	$(BIN)/python data/make_demo.py

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	touch $@

clean:
	rm -rf $(VENV) reports .pytest_cache .mypy_cache
