"""Runs notebooks on their default client and stores the outputs in them, which nbval then holds every run to."""

import sys
import tempfile
from pathlib import Path

import nbformat

from cxlib.render.run.execute import executed
from cxlib.render.run.notebooks import read_notebook


def store_outputs(file: Path) -> None:
    """Replaces the outputs of a notebook by those of a fresh run with its default parameters."""
    source = read_notebook(file)
    with tempfile.TemporaryDirectory() as folder:
        notebook = executed(file, {}, Path(folder) / file.name).notebook
    for cell, run in zip(source.cells, notebook.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = run.outputs, run.execution_count
    nbformat.write(source, file)


if __name__ == "__main__":
    chosen = Path(sys.argv[1])  # one notebook, or a folder of them
    for file in [chosen] if chosen.is_file() else sorted(chosen.glob("[0-9]*.ipynb")):
        store_outputs(file)
        print(file.name)
