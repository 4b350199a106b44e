"""`cx lab` and `cx edit` open JupyterLab on the notebooks that are rendered for a client."""

import shutil

import pytest
from click.testing import CliRunner

from cxlib.cli import main
from cxlib.render.run.notebooks import NOTEBOOKS
from tests.conftest import ROOT


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """opened("lab", "copenhagen") -> what JupyterLab would be called with, and what the command said."""
    shutil.copytree(ROOT / "data/clients/copenhagen", tmp_path / "copenhagen")
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path))
    calls = []
    monkeypatch.setattr("os.execv", lambda program, words: calls.append(words[1:]))

    def opened(*words):
        said = CliRunner().invoke(main, words)
        return calls.pop() if calls else None, said.output

    return opened


def test_lab_opens_the_shipped_notebooks_and_says_how_to_come_to_the_client(opened):
    assert opened("lab") == (["-m", "jupyterlab", str(NOTEBOOKS)], "")
    assert opened("lab", "nordlys") == (["-m", "jupyterlab", str(NOTEBOOKS)], "")
    call, said = opened("lab", "copenhagen", "--no-browser")
    assert call == ["-m", "jupyterlab", "--no-browser", str(NOTEBOOKS)]
    assert 'client = "copenhagen"' in said and "cx edit copenhagen 02_status" in said


def test_edit_opens_the_clients_own_copy_and_lab_then_opens_on_it(opened, tmp_path):
    own = tmp_path / "copenhagen" / "notebooks"
    call, said = opened("edit", "copenhagen", "02_status")
    assert call == ["-m", "jupyterlab", str(own / "02_status.ipynb")] and "is what is rendered for copenhagen" in said
    assert opened("lab", "copenhagen") == (["-m", "jupyterlab", str(own)], "")


def test_lab_for_nobody_names_those_there_are(opened):
    call, said = opened("lab", "copenhagn")
    assert call is None and "Did you mean copenhagen?" in said
