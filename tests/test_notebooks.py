"""The anatomy of a shipped notebook: prose, then a few lines of code; no def, no loop, no number typed into prose."""

import ast
import re

import nbformat
import pytest

from cxlib.render.run.notebooks import default_parameters, notebook_files
from tests.conftest import ROOT

FILES = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = list(notebook_files().values())  # those that a client reads
# numbers that define a method or a scale are words of the language here, results are not
DEFINITIONS = re.compile(r"\b(95|90|80|5|30)%|0–6|7–8|9–10|\b(19|20)\d\d\b")


def notebook(file):
    return nbformat.read(file, as_version=4)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_code_cells_are_short_and_hold_no_def_and_no_loop(file):
    for cell in notebook(file).cells:
        if cell.cell_type != "code":
            continue
        nodes = list(ast.walk(ast.parse(cell.source)))
        forbidden = (ast.FunctionDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda, ast.ClassDef, ast.ListComp)
        assert not [node for node in nodes if isinstance(node, forbidden)], cell.source
        assert len([line for line in cell.source.splitlines() if line.strip()]) <= 9, cell.source


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_one_parameters_cell_one_literal_a_line(file):
    cells = [cell for cell in notebook(file).cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(cells) == 1
    parameters = default_parameters(notebook(file))
    assert {"client": "nordlys", "language": ""}.items() <= parameters.items()
    assert len(parameters) == len(cells[0].source.splitlines())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_outputs_are_stored_and_tell_nothing_of_a_machine(file):
    code = [cell for cell in notebook(file).cells if cell.cell_type == "code"]
    assert any(cell.outputs for cell in code) and all(cell.execution_count for cell in code)
    assert not [o for cell in code for o in cell.outputs if o.output_type == "error" or o.get("name") == "stderr"]
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"0x[0-9a-f]{6,}|/home/|/tmp/|/root/|site-packages|ipykernel", text)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_every_figure_has_words(file):
    outputs = [o for cell in notebook(file).cells for o in cell.get("outputs", []) if "image/svg+xml" in o.get("data", {})]
    assert outputs and all(len(o.data["text/plain"]) > 20 for o in outputs)
    assert all(o.metadata["image/svg+xml"]["alt"] == o.data["text/plain"] for o in outputs)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_prose_holds_no_result(file):
    for cell in notebook(file).cells:
        if cell.cell_type == "markdown" and "note" not in cell.metadata.get("tags", []):
            prose = DEFINITIONS.sub("", cell.source)
            assert not re.findall(r"\d+[.,]\d+", prose), cell.source


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_what_a_notebook_needs_is_named(file):
    assert notebook(file).metadata["cx"]["needs"]
