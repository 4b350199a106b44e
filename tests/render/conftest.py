"""Small clients and small notebooks: a report of one page takes a second, and can be made to fail anywhere."""

import sys
import time
from pathlib import Path

import nbformat
import pytest

from cxlib.render.run.processes import ENGINE, can_fork, prepare, warm

SETTINGS = """\
client: {client}
name: {name}
language: en
survey:
  file: survey.csv
  respondent: id
  segments:
    place: Place
  recommend:
    column: q1
    scale: [0, 10]
"""
SHOWS = """\
from cxlib.analyses import status
from cxlib.engagement import open_client
from cxlib.report import Page

engagement = open_client(client, language=language)
page = Page(**engagement.look)
survey = engagement.survey
page.show(status.net_promoter_score(survey.rows, survey.recommend, survey.design))
"""


@pytest.fixture
def make_client(tmp_path, monkeypatch):
    """make_client("acme", name="Acme", settings="...", rows=...) -> the folder of a client of 30 answers."""
    root = tmp_path / "clients"
    monkeypatch.setenv("CX_CLIENTS", str(root))

    def made(client="acme", *, name="Acme", settings=SETTINGS, rows=None) -> Path:
        folder = root / client
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "client.yml").write_text(settings.format(client=client, name=name), encoding="utf-8")
        rows = rows or [(f"r{n:03d}-{client}", ("North", "South")[n % 2], n % 11) for n in range(30)]
        lines = ["id,place,q1", *(",".join(map(str, row)) for row in rows)]
        (folder / "survey.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return folder

    return made


@pytest.fixture
def make_notebook(tmp_path, monkeypatch):
    """make_notebook("02_status", "code", ...) puts a notebook into the workbook; a text that opens with # is prose."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr("cxlib.render.run.notebooks.NOTEBOOKS", folder)

    def made(name="02_status", *cells: str, needs=("survey",), tags=()) -> Path:
        parameters = nbformat.v4.new_code_cell('client = "acme"\nlanguage = ""\nminimum = 5\nshare = 0.5')
        parameters.metadata["tags"] = ["parameters"]
        body = [nbformat.v4.new_markdown_cell("# How are we doing?"), parameters]
        for source in cells or (SHOWS,):
            new = nbformat.v4.new_markdown_cell if source.startswith("#") else nbformat.v4.new_code_cell
            body.append(new(source))
        body[-1].metadata["tags"] = list(tags)
        for number, cell in enumerate(body):
            cell.id = f"cell-{number}"  # the same call gives the same bytes
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        metadata = {"cx": {"needs": list(needs)}, "kernelspec": kernel}
        file = folder / f"{name}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=body, metadata=metadata), file)
        return file

    return made


@pytest.fixture(scope="session")
def factory(apart):
    """factory(function, *arguments) calls a function in a process apart, which can fork."""
    if sys.platform != "linux":
        pytest.skip("runs are forked on Linux alone")
    return apart


@pytest.fixture(scope="session")
def _warmed():
    """This process as that of `cx render`: what a page needs is loaded once, not once more in the fork of each page."""
    prepare()
    warm()


@pytest.fixture(autouse=True)
def forks(_warmed):
    """Pages are made in forks of this process, as in `cx render`; a kernel for each would take five seconds to start."""
    if sys.platform == "linux":
        assert _only_thread(), "an earlier test has left a thread behind, so that every page would start a kernel"


@pytest.fixture(params=["fork", "kernel"])
def engine(request, forks, monkeypatch):
    """Each of the two ways to run a notebook."""
    if request.param == "kernel":
        monkeypatch.setenv(ENGINE, "kernel")
    return request.param


def _only_thread(patience: float = 30.0) -> bool:
    """Whether this process can fork; a thread that is about to end is waited for."""
    end = time.monotonic() + patience
    while not can_fork() and time.monotonic() < end:
        time.sleep(0.05)
    return can_fork()
