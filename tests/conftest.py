"""Where things lie, and the real data sets that tests may use but the repository may not hold."""

import os
import sys
import tempfile
from importlib.util import find_spec
from multiprocessing import Pipe, get_context
from pathlib import Path

import pytest

from cxlib.render.run.processes import prepare

prepare()  # as every command does before its heavy imports

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
os.environ["XDG_CONFIG_HOME"] = str(Path(tempfile.gettempdir(), "cx-tests"))  # no test sees the clients of whoever runs it


def shared_data(name: str) -> Path:
    """A file of the real test data; the test skips where it is not there."""
    file = SHARED / "data" / name
    if not file.exists():
        pytest.skip(f"the real test data are not on this machine: {file.name} is not in ../shared/data")
    return file


def pytest_addoption(parser):
    parser.addoption("--refresh-golden", action="store_true", help="write tests/golden anew instead of comparing")


@pytest.fixture(scope="session")
def apart():
    """apart(function, *arguments) calls a function in a process that is warmed and can fork, among the clients of the test.

    It is asked through a pipe and not through a pool, whose threads would keep this process from forking. Off Linux,
    where nothing forks, the function is called here.
    """
    from tests.render.factory import served

    if sys.platform != "linux":
        yield lambda function, *arguments, **options: function(*arguments, **options)
        return
    here, there = Pipe()
    process = get_context("spawn").Process(target=served, args=(there,))
    process.start()
    there.close()

    def asked(*call, **options):
        here.send((os.environ.get("CX_CLIENTS"), call, options))
        ended_well, value = here.recv()
        if not ended_well:
            raise value
        return value

    yield asked
    here.close()
    process.join()


@pytest.fixture(scope="session")
def demo_reports(apart, tmp_path_factory):
    """The reports of all demo clients with their slides, rendered once for all tests that read them."""
    from cxlib.engagement import client_ids
    from cxlib.render.request import Request
    from tests.render.factory import reports

    out = tmp_path_factory.mktemp("reports")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CX_CLIENTS", str(ROOT / "data" / "clients"))
        outcomes = apart(reports, client_ids(), out, Request(slides=find_spec("pptx") is not None))
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    return out


def put_together(root: Path, client: str, *data: str) -> Path:
    """A client folder of tests/clients in `root`, with its real data."""
    folder = root / client
    folder.mkdir(parents=True)
    for file in (*(ROOT / "tests" / "clients" / client).iterdir(), *map(shared_data, data)):
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture
def client_folder(tmp_path, monkeypatch):
    """Puts a client folder of tests/clients together with its real data, and lets cxlib find it.

    Use as client_folder("csibank", "csibank/csibank.csv"); returns the folder.
    """
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path / "clients"))
    return lambda client, *data: put_together(tmp_path / "clients", client, *data)
