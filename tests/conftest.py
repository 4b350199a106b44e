"""Where things lie, and the real data sets that tests may use but the repository may not hold."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def shared_data(name: str) -> Path:
    """A file of the real test data; the test skips where it is not there."""
    file = SHARED / "data" / name
    if not file.exists():
        pytest.skip(f"the real test data are not on this machine: {file.name} is not in ../shared/data")
    return file


@pytest.fixture
def client_folder(tmp_path, monkeypatch):
    """Puts a client folder of tests/clients together with its real data, and lets cxlib find it.

    Use as client_folder("csibank", "csibank/csibank.csv"); returns the folder.
    """

    def made(client: str, *data: str) -> Path:
        folder = tmp_path / "clients" / client
        folder.mkdir(parents=True)
        for source in (ROOT / "tests" / "clients" / client).iterdir():
            (folder / source.name).write_bytes(source.read_bytes())
        for name in data:
            source = shared_data(name)
            (folder / source.name).write_bytes(source.read_bytes())
        monkeypatch.setenv("CX_CLIENTS", str(folder.parent))
        return folder

    return made
