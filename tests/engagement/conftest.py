"""Small client folders, made on the spot."""

import pytest

HEAD = "client: {id}\nname: A Company\nlanguage: en\n"
SURVEY = """survey:
  file: survey.csv
  recommend: {column: q1, scale: [0, 10]}
"""


@pytest.fixture
def clients(tmp_path, monkeypatch):
    """The directory of the client folders."""
    root = tmp_path / "clients"
    root.mkdir()
    monkeypatch.setenv("CX_CLIENTS", str(root))
    return root


@pytest.fixture
def make(clients):
    """make(settings, {file: text or bytes}) writes a client folder and returns its path."""

    def make(settings="", files=(), *, id="acme", head=HEAD):
        folder = clients / id
        folder.mkdir(exist_ok=True)
        (folder / "client.yml").write_text(head.format(id=id) + settings, encoding="utf-8")
        for name, content in dict(files).items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return make
