"""A client's own notebooks: a copy starts empty and on this client, and is what is rendered for it alone."""

import shutil

import nbformat
import pytest

from cxlib.render.run.notebooks import NOTEBOOKS, default_parameters, notebook_files, own_copy, read_notebook
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "data/clients/copenhagen", tmp_path / "copenhagen")
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path))
    return tmp_path / "copenhagen"


def test_a_copy_holds_no_output_of_another_client_and_opens_on_this_one(folder):
    copy = read_notebook(own_copy("02_status", "copenhagen", folder))
    assert default_parameters(copy)["client"] == "copenhagen"
    assert not [cell for cell in copy.cells if cell.get("outputs")]
    assert default_parameters(read_notebook(NOTEBOOKS / "02_status.ipynb"))["client"] == "nordlys"


def test_a_copy_is_not_overwritten(folder):
    copy = own_copy("status", "copenhagen", folder)
    copy.write_text("mine")
    assert own_copy("status", "copenhagen", folder).read_text() == "mine"


def test_own_notebooks_stand_in_and_further_ones_join_in_reading_order(folder):
    copy = own_copy("status", "copenhagen", folder)
    further = folder / "notebooks" / "07_more.ipynb"
    shutil.copy(copy, further)
    files = notebook_files(None, folder)
    assert files["status"] == copy and files["more"] == further and list(files)[-1] == "more"
    assert notebook_files()["status"].parent == NOTEBOOKS and "more" not in notebook_files()


def test_an_unknown_notebook_names_the_nearest(folder):
    with pytest.raises(ValueError, match="no notebook is called 'statsu'; did you mean 'status'"):
        own_copy("02_statsu", "copenhagen", folder)


def test_rewritten_prose_is_rendered_as_written(folder, tmp_path):
    from cxlib.render.report import render_client

    copy = own_copy("status", "copenhagen", folder)
    notebook = read_notebook(copy)
    notebook.cells[0].source = "# Our own question?\n\nOur own words."
    nbformat.write(notebook, copy)
    report = render_client("copenhagen", tmp_path / "out", only=["status"])
    assert "Our own words." in (report / "02_status.html").read_text(encoding="utf-8")
