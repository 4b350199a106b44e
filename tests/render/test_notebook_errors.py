"""An error of ours is told in one line before anything else, alike in a kernel and in a fork; others are left alone."""

import re
import subprocess
import sys

import nbformat
import pytest

from tests.render.factory import executed_here
from tests.render.run.test_engine import kernel_run

OPEN = "from cxlib.engagement import open_client\nengagement = open_client(client)"


OURS = {
    "open_client('acmee')": "DataError: clients: there is no client acmee. Did you mean acme?",
    "engagement.contacts": "DataError: acme/client.yml, key contacts: client.yml has no such part. Describe its table there.",
    "from cxlib.report import Page\nPage(language='no')": "ValueError: language is 'no'; reports speak en, da, sv.",
}


def told(file) -> list[str]:
    """What each error that a notebook shows says."""
    outputs = [output for cell in nbformat.read(file, as_version=4).cells for output in cell.get("outputs", [])]
    return [re.sub(r"\x1b\[[\d;]*m", "", "\n".join(each.traceback)) for each in outputs if each.output_type == "error"]


def test_errors_of_ours_are_told_first_with_their_line(make_client, make_notebook, tmp_path, factory):
    """In one notebook, which goes on after all but the last: a kernel takes seconds to start."""
    make_client()
    file = make_notebook("02_status", OPEN, *OURS)
    notebook = nbformat.read(file, as_version=4)
    for cell in notebook.cells[-len(OURS) : -1]:
        cell.metadata["tags"] = ["raises-exception"]
    nbformat.write(notebook, file)
    assert factory(executed_here, file, tmp_path / "fork.ipynb", {})
    with pytest.raises(subprocess.CalledProcessError):
        kernel_run(file, tmp_path / "kernel.ipynb")
    here, there = told(tmp_path / "fork.ipynb"), told(tmp_path / "kernel.ipynb")
    assert here == there
    for (code, first), said in zip(OURS.items(), here, strict=True):
        lines = said.splitlines()
        assert lines[0].startswith(first)
        assert lines[1:] == [
            f"in line {len(code.splitlines())} of this cell: {code.splitlines()[-1]}",
            "(%tb in a new cell shows every step)",
        ]


def test_error_of_another_library_keeps_its_steps(make_client, make_notebook, tmp_path, factory):
    make_client()
    file = make_notebook("02_status", OPEN, "import pandas as pd\npd.to_datetime(['x'], format='%Y')")
    executed = tmp_path / "fork.ipynb"
    assert "ValueError" in factory(executed_here, file, executed, {})
    assert "Traceback (most recent call last)" in executed.read_text(encoding="utf-8")


def test_plain_python_keeps_its_own(make_client):
    make_client()
    code = "from cxlib.engagement import open_client; import sys; open_client('acme'); print('IPython' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"
