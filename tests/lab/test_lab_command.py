"""`cx lab` opens working copies, `cx edit` the notebook that is rendered for a client; neither opens a tracked one."""

import shutil

import nbformat
import pytest
from click.testing import CliRunner

from cxlib.cli import main
from cxlib.render.run import working_copies as copies
from cxlib.render.run.notebooks import NOTEBOOKS, default_parameters, notebook_files, read_notebook
from tests.conftest import ROOT

IN_WORK = "--ContentsManager.preferred_dir=work"


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """opened("lab", "copenhagen") -> what JupyterLab would be called with, and what the command said."""
    for client in ("copenhagen", "nordlys"):
        (tmp_path / client).mkdir()
        shutil.copy(ROOT / "data/clients" / client / "client.yml", tmp_path / client)
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    calls = []
    monkeypatch.setattr("os.execv", lambda program, words: calls.append(words[1:]))

    def opened(*words):
        said = CliRunner().invoke(main, words)
        return calls.pop() if calls else None, said.output

    return opened


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A folder of shipped notebooks that a test may change."""
    folder = tmp_path / "shipped"
    shutil.copytree(NOTEBOOKS, folder, ignore=shutil.ignore_patterns("0[01346]*", ".*"))
    monkeypatch.setattr(copies, "NOTEBOOKS", folder)
    return folder / "02_status.ipynb"


def rewritten(file, text):
    notebook = read_notebook(file)
    notebook.cells[0].source = text
    nbformat.write(notebook, file)


def first_words(file):
    return read_notebook(file).cells[0].source


def test_lab_opens_working_copies_without_outputs_that_open_on_the_client(opened, tmp_path):
    before = {file: file.stat().st_mtime_ns for file in NOTEBOOKS.glob("*.ipynb")}
    for words, client in ((["lab"], "nordlys"), (["lab", "copenhagen"], "copenhagen")):
        call, said = opened(*words)
        assert call == ["-m", "jupyterlab", IN_WORK, str(tmp_path / client)]
        assert "working copies" in said and f"cx edit {client} 02_status" in said
        made = sorted((tmp_path / client / "work").iterdir())
        assert [file.name for file in made] == sorted(file.name for file in before)
        for file in made:
            notebook = read_notebook(file)
            assert default_parameters(notebook)["client"] == client
            assert not [cell for cell in notebook.cells if cell.get("outputs")]
    assert before == {file: file.stat().st_mtime_ns for file in NOTEBOOKS.glob("*.ipynb")}
    assert notebook_files(None, tmp_path / "copenhagen")["status"].parent == NOTEBOOKS  # a working copy is not rendered


def test_a_copy_with_outputs_is_left_alone_until_the_workbook_changes(opened, shipped, tmp_path):
    opened("lab", "copenhagen")
    copy = tmp_path / "copenhagen" / "work" / "02_status.ipynb"
    notebook = read_notebook(copy)
    ran = next(cell for cell in notebook.cells if cell.cell_type == "code")
    ran.outputs = [nbformat.v4.new_output("stream", text="figures of the client")]
    nbformat.write(notebook, copy)
    opened("lab", "copenhagen")
    assert "figures of the client" in copy.read_text(encoding="utf-8")
    rewritten(shipped, "# A newer question?")
    said = opened("lab", "copenhagen")[1]
    assert first_words(copy) == "# A newer question?" and "figures of the client" not in copy.read_text(encoding="utf-8")
    assert "you changed this copy" not in said


def test_a_copy_that_was_changed_is_kept_and_told_of(opened, shipped, tmp_path):
    opened("lab", "copenhagen")
    copy = tmp_path / "copenhagen" / "work" / "02_status.ipynb"
    rewritten(copy, "# My question?")
    assert "you changed" not in opened("lab", "copenhagen")[1]
    rewritten(shipped, "# A newer question?")
    call, said = opened("lab", "copenhagen")
    assert call and first_words(copy) == "# My question?" and "02_status: you changed this copy" in said
    copy.write_text("no notebook any more")
    assert opened("lab", "copenhagen")[0] and copy.read_text() == "no notebook any more"
    copy.unlink()
    opened("lab", "copenhagen")
    assert first_words(copy) == "# A newer question?"


def test_edit_opens_the_clients_own_copy_and_lab_then_makes_no_other(opened, tmp_path):
    own = tmp_path / "copenhagen" / "notebooks"
    call, said = opened("edit", "copenhagen", "02_status")
    assert call == ["-m", "jupyterlab", str(own / "02_status.ipynb")] and "is what is rendered for copenhagen" in said
    call, said = opened("lab", "copenhagen", "--no-browser")
    assert call == ["-m", "jupyterlab", "--no-browser", IN_WORK, str(tmp_path / "copenhagen")]
    assert f"{own}: 02_status, which are rendered for copenhagen" in said
    assert not (tmp_path / "copenhagen" / "work" / "02_status.ipynb").exists()


def test_root_is_told_once_how_to_open_jupyterlab(opened, tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    for words in (["lab"], ["edit", "copenhagen", "02_status"]):
        call, said = opened(*words)
        assert call is None and f"JupyterLab does not run as root, unless you say: cx {words[0]} --allow-root" in said
        assert not (tmp_path / "copenhagen" / "notebooks").exists()
        call, said = opened(*words, "--allow-root")
        assert "--allow-root" in call


def test_lab_for_nobody_names_those_there_are(opened):
    call, said = opened("lab", "copenhagn")
    assert call is None and "Did you mean copenhagen?" in said


def test_lab_says_when_the_folder_cannot_be_written(opened, tmp_path):
    (tmp_path / "copenhagen" / "work").write_text("a file")
    call, said = opened("lab", "copenhagen")
    assert call is None and "copenhagen: no working copies can be made" in said
