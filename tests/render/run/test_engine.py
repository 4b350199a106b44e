"""The forking engine gives the bytes of an ordinary kernel, and keeps nothing from one notebook to the next."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from cxlib.render.run.processes import NoFork, can_fork, held_to, prepare
from tests.conftest import ROOT
from tests.render.conftest import SHOWS
from tests.render.factory import cx, executed_here

SHIPPED = sorted(file.stem for file in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
IN_A_KERNEL = (
    "import sys\nfrom pathlib import Path\nfrom cxlib.render.run.processes import prepare\nprepare()\n"
    "from cxlib.render.run import execute\nexecute.ENGINE = None\n"
    "execute.executed(Path(sys.argv[1]), {}, Path(sys.argv[2]))"
)
ALL_KINDS = [
    "print('one')\nprint('two')\n1 + 1",
    "from IPython.display import display, clear_output, HTML\nhandle = display('first', display_id='a')\nhandle.update('second')",
    "display(HTML('<b>a</b>'))\ndisplay({'text/plain': 'x', 'application/json': {'a': (1, 2.5), 'b': None}}, raw=True)\nprint('after')",
    "print('gone')\nclear_output()\nprint('stays')",
    "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})",
    "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots(figsize=(2, 1))\naxes.plot([1, 2])\nplt.show()",
    "plt.plot([1, 3]);",
    "class Own:\n    __repr__ = lambda self: 'own'\n    def _repr_png_(self):\n        return b'\\x89PNG own'\nOwn()",
    "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "%%capture kept\nprint('captured')",
    "print(kept.stdout, _, __name__, sorted(name for name in globals() if name in ('client', 'In', 'Out')))",
    "a = 1;",
    "'one line'; 'another'",
    "import numpy as np\nnp.arange(3), {'b', }, 1e-9",
]


def kernel_run(file: Path, output: Path) -> bytes:
    subprocess.run([sys.executable, "-c", IN_A_KERNEL, str(file), str(output)], check=True, env=os.environ)
    return output.read_bytes()


def test_every_kind_of_output_is_the_same_as_in_a_kernel(make_notebook, tmp_path, factory):
    file = make_notebook("02_status", *ALL_KINDS)
    assert factory(executed_here, file, tmp_path / "fork.ipynb", {}) == ""
    expected = nbformat.reads(kernel_run(file, tmp_path / "kernel.ipynb").decode(), as_version=4)
    found = nbformat.read(tmp_path / "fork.ipynb", as_version=4)
    for cell, wanted in zip(found.cells, expected.cells, strict=True):
        assert cell == wanted
    assert any("image/png" in output.get("data", {}) for cell in found.cells for output in cell.get("outputs", []))
    assert (tmp_path / "fork.ipynb").read_bytes() == (tmp_path / "kernel.ipynb").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_notebook_gives_the_bytes_of_a_kernel(name, tmp_path, factory):
    file = ROOT / "notebooks" / f"{name}.ipynb"
    assert factory(executed_here, file, tmp_path / "fork.ipynb", {}) == ""
    assert (tmp_path / "fork.ipynb").read_bytes() == kernel_run(file, tmp_path / "kernel.ipynb")


def test_nothing_is_left_for_the_next_notebook(make_notebook, tmp_path, factory):
    leave = "import os, pandas as pd\npd.options.display.max_rows = 3\nos.environ['LEFT'] = '1'\npd.left = left = 1"
    assert factory(executed_here, make_notebook("01_leaves", leave), tmp_path / "a.ipynb", {}) == ""
    look = (
        "import os, pandas as pd\nprint(pd.options.display.max_rows, 'LEFT' in os.environ, hasattr(pd, 'left'))\nleft"
    )
    said = factory(executed_here, make_notebook("02_looks", look), tmp_path / "b.ipynb", {})
    assert "NameError: name 'left' is not defined" in said
    assert "60 False False" in (tmp_path / "b.ipynb").read_text()


def test_chance_is_not_inherited(make_notebook, tmp_path, factory):
    file = make_notebook("02_status", "import random, numpy as np\nprint(random.random(), np.random.random())")
    for name in ("a", "b"):
        assert factory(executed_here, file, tmp_path / f"{name}.ipynb", {}) == ""
    first, second = (nbformat.read(tmp_path / f"{name}.ipynb", as_version=4).cells[-1].outputs for name in ("a", "b"))
    assert {*first[0].text.split()} & {*second[0].text.split()} == set()


def test_what_is_written_below_python_is_kept(make_notebook, tmp_path, factory):
    file = make_notebook("02_status", "import os\nprint('python')\nos.write(1, b'below');")
    factory(executed_here, file, tmp_path / "a.ipynb", {})
    assert nbformat.read(tmp_path / "a.ipynb", as_version=4).cells[-1].outputs[0].text == "python\nbelow"


def test_papermill_knows_the_engine(make_notebook, tmp_path):
    file = make_notebook("02_status", "import os\nprint(client, os.getppid())")
    command = [sys.executable, "-m", "papermill", "--engine", "cx", str(file), "out.ipynb", "-p", "client", "globex"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=os.environ)
    cell = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1]
    assert cell.outputs[0].text.startswith("globex ") and cell.metadata.papermill.status == "completed"


def test_command_leaves_out_what_takes_long_to_load(monkeypatch):
    monkeypatch.setattr(sys, "modules", {})
    prepare()
    assert sys.modules == {"rfc3987_syntax": None}
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"


def test_run_can_be_held_to_either_engine_and_gives_the_same_bytes(make_client, make_notebook, tmp_path, monkeypatch, factory):
    make_client()
    make_notebook()
    monkeypatch.setenv("CX_NOTEBOOKS", str(tmp_path / "notebooks"))
    words = ["render", "acme", "--only", "status", "--engine"]
    assert factory(cx, tmp_path, *words, "fork", "--out", tmp_path / "fork")[0] == 0
    command = [sys.executable, "-m", "cxlib.cli", *words, "kernel", "--out", tmp_path / "kernel"]
    subprocess.run(command, check=True, capture_output=True)
    reports = {}
    for engine in ("fork", "kernel"):
        reports[engine] = {file.name: file.read_bytes() for file in sorted((tmp_path / engine / "acme").iterdir())}
    assert reports["fork"] == reports["kernel"] and "02_status.html" in reports["fork"]


def test_thread_that_ends_while_they_are_counted_is_none(monkeypatch):
    real = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: [*real(folder), "999999999"])
    can_fork()


def test_fork_is_refused_where_none_is_safe(monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(NoFork, match="needs Linux"), held_to("fork"):
        pass
    assert "CX_ENGINE" not in os.environ


SAYS_WHAT_IS_THERE = "from cxlib.engagement import read_before\nprint(read_before._before and (read_before._before.report, [*read_before._before.parts]))"


def test_pages_take_over_the_tables_of_their_own_client_and_nothing_is_left(make_client, make_notebook, tmp_path, factory):
    for client in ("acme", "globex"):
        make_client(client, name=client.title())
    make_notebook("02_status", SHOWS, SAYS_WHAT_IS_THERE)
    make_notebook("03_more", SHOWS, SAYS_WHAT_IS_THERE)
    assert factory(cx, tmp_path, "render", "acme", "globex", "--out", tmp_path / "out", "--jobs", 1)[0] == 0
    for client in ("acme", "globex"):
        for name in ("02_status", "03_more"):
            cells = nbformat.read(tmp_path / "out" / client / f"{name}.ipynb", as_version=4).cells
            assert cells[-1].outputs[0].text == f"('{client}', ['survey'])\n"
    assert factory(executed_here, make_notebook("04_later", SAYS_WHAT_IS_THERE), tmp_path / "later.ipynb", {}) == ""
    assert nbformat.read(tmp_path / "later.ipynb", as_version=4).cells[-1].outputs[0].text == "None\n"
