"""A notebook is run by papermill with checked parameters and comes back without a trace of the machine."""

import getpass
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest

from cxlib.render.run import execute, kernel
from cxlib.render.run.execute import NotebookFailed, executed
from cxlib.render.run.processes import ENGINE
from tests.conftest import ROOT


def outputs(run) -> list:
    return [output for cell in run.notebook.cells for output in cell.get("outputs", [])]


def printed(run) -> str:
    return "".join(output.text for output in outputs(run) if output.output_type == "stream")


def test_parameters_arrive_and_nothing_else_changes(engine, make_notebook, tmp_path):
    source = make_notebook("02_status", "print(client, minimum)")
    before = source.read_bytes()
    run = executed(source, {"client": "globex"}, tmp_path / "out.ipynb")
    assert printed(run) == "globex 5\n"
    assert source.read_bytes() == before
    assert nbformat.read(tmp_path / "out.ipynb", as_version=4) == run.notebook


def test_d13_parameter_with_quotes_and_code_arrives_as_text(make_notebook, tmp_path):
    value = "'''\"\"\"\\'; import os; os._exit(3)\n{client} {0.__class__} $(id) \u2028 %s"
    run = executed(make_notebook("02_status", "print(repr(client))"), {"client": value}, tmp_path / "out.ipynb")
    assert printed(run) == repr(value) + "\n"


def test_files_that_were_read_are_noted(make_client, make_notebook, tmp_path):
    make_client()
    run = executed(make_notebook(), {"client": "acme"}, tmp_path / "out.ipynb")
    assert [(client, name) for client, name, _ in run.reads] == [("acme", "client.yml"), ("acme", "survey.csv")]
    assert not list(tmp_path.glob("*.reads"))
    assert execute.READ_LOG not in os.environ


def test_e07_outputs_name_no_path_user_host_or_time(make_notebook, tmp_path):
    code = "import warnings\nwarnings.warn('from here')\nprint('seen')"
    run = executed(make_notebook("02_status", code, "1 + 1"), {}, tmp_path / "out.ipynb")
    text = json.dumps(run.notebook) + (tmp_path / "out.ipynb").read_text()
    secrets = {str(Path.home()), tempfile.gettempdir(), str(tmp_path), str(ROOT), socket.gethostname(), sys.prefix}
    user = getpass.getuser()
    assert not [secret for secret in secrets | {f"/{user}/", f'"{user}"'} if len(secret) > 1 and secret in text]
    assert "papermill" not in text and "start_time" not in text and "duration" not in text
    assert [cell.id for cell in run.notebook.cells][:2] == ["cell-00", "cell-01"]
    assert set(run.notebook.metadata) == {"cx", "kernelspec", "language_info"}
    assert not [output for output in outputs(run) if output.get("name") == "stderr"]  # a warning carries a path


def test_two_runs_give_the_same_bytes(make_client, make_notebook, tmp_path):
    make_client()
    source = make_notebook()
    for name in ("a", "b"):
        executed(source, {"client": "acme"}, tmp_path / f"{name}.ipynb")
    assert (tmp_path / "a.ipynb").read_bytes() == (tmp_path / "b.ipynb").read_bytes()


def test_error_names_notebook_cell_and_what_was_said(make_notebook, tmp_path):
    source = make_notebook("02_status", "a = 1", "raise ValueError('score is 12; the scale ends at 10')", "print('on')")
    with pytest.raises(NotebookFailed, match=r"02_status.ipynb, cell \[\d\]: ValueError: score is 12; the") as failure:
        executed(source, {}, tmp_path / "out.ipynb")
    kept = nbformat.read(failure.value.notebook, as_version=4)
    assert [o.output_type for cell in kept.cells for o in cell.get("outputs", [])] == ["error"]


def test_cell_that_never_ends_is_stopped(engine, make_notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "CELL_TIMEOUT", 2)
    source = make_notebook("02_status", "a = 1", "while True: pass")
    with pytest.raises(NotebookFailed, match=r"02_status.ipynb, cell \[3\]: took longer than 2 seconds"):
        executed(source, {}, tmp_path / "out.ipynb")


def test_process_that_dies_says_what_it_wrote_last(engine, make_notebook, tmp_path):
    code = "import os\nos.write(2, b'out of luck')\nos._exit(3)"
    with pytest.raises(NotebookFailed, match=r"cell \[2\]: the process ended"):
        executed(make_notebook("02_status", code), {}, tmp_path / "out.ipynb")


def test_nothing_is_written_on_the_terminal(engine, make_notebook, tmp_path, capfd):
    executed(make_notebook("02_status", "1"), {}, tmp_path / "out.ipynb")
    assert capfd.readouterr() == ("", "")


def test_kernel_needs_no_port_and_falls_back_to_one(make_notebook, tmp_path, monkeypatch):
    def transport() -> str:
        with kernel.quiet_kernel() as (options, _):
            return options["config"].QuietKernel.get("transport", "tcp")

    assert transport() == ("ipc" if os.name == "posix" else "tcp")
    monkeypatch.setattr(kernel, "LONGEST_SOCKET", 0)
    assert transport() == "tcp"
    monkeypatch.setenv(ENGINE, "kernel")
    assert printed(executed(make_notebook("02_status", "print(1)"), {}, tmp_path / "out.ipynb")) == "1\n"


def test_papermill_alone_renders_the_shipped_notebook_from_anywhere(tmp_path):
    command = [sys.executable, "-m", "papermill", str(ROOT / "notebooks" / "02_status.ipynb"), "out.ipynb"]
    subprocess.run([*command, "-p", "client", "fjordbanken"], cwd=tmp_path, check=True, capture_output=True)
    notebook = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert "Fjordbanken" in json.dumps(notebook) or "fjordbanken" in json.dumps(notebook)
    assert not [o for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == "error"]
