import hashlib
import os

import pytest

from cxlib.engagement import DataError, client_folder, client_ids, new_client, open_client
from cxlib.engagement.folder import Folder


def test_ids_of_all_roots(make, clients, tmp_path, monkeypatch):
    make(id="beta")
    make(id="acme")
    (clients / "no-settings").mkdir()
    (clients / "Not An Id").mkdir()
    ids = client_ids()
    assert [each for each in ids if each in ("acme", "beta", "no-settings", "Not An Id")] == ["acme", "beta"]
    assert "nordlys" in ids  # the workbook's own clients are always there


def test_directories_of_the_environment_come_first(make, clients, tmp_path, monkeypatch):
    second = tmp_path / "second"
    (second / "acme").mkdir(parents=True)
    (second / "acme" / "client.yml").write_text("x: 1")
    (second / "only").mkdir()
    (second / "only" / "client.yml").write_text("x: 1")
    make(id="acme")
    monkeypatch.setenv("CX_CLIENTS", f"{clients}{os.pathsep}{second}")
    assert client_folder("acme") == clients / "acme"
    assert client_folder("only") == second / "only"


def test_works_from_any_directory_A13(make, tmp_path, monkeypatch):
    make()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert client_folder("acme").is_absolute()
    assert client_folder("nordlys").name == "nordlys"


def test_unknown_client_names_the_nearest(make):
    make()
    with pytest.raises(DataError, match=r"there is no client acne\. Did you mean acme\?"):
        client_folder("acne")


@pytest.mark.parametrize(
    "id",
    [
        "../x", "/etc/x", "a/b", "a\\b", "C:x", "CON", "con", "nul", "com1", "lpt9", "", ".", "..", "x" * 300, "x" * 42,
        "a\0b", "-a", "_a", "acme\n", " acme", "æ", "a.b", None, 3,
    ],
)  # fmt: skip
def test_id_is_refused_D09(make, id):
    make()
    with pytest.raises(DataError, match="is not a client id"):
        client_folder(id)


def test_linked_client_folder_is_refused_A09(make, clients):
    make()
    (clients / "beta").symlink_to(clients / "acme")
    with pytest.raises(DataError, match="symbolic link"):
        client_folder("beta")
    assert "beta" not in client_ids()


@pytest.fixture
def folder(make):
    make(files={"data.csv": "a;b\n1;2\n", "sub/more.csv": "x"}, id="beta")
    return Folder("acme", make(files={"data.csv": "a;b\n1;2\n", "sub/more.csv": "x"}))


def test_reads_and_keeps_the_fingerprint(folder):
    assert folder.read("data.csv") == b"a;b\n1;2\n"
    assert folder.read("sub/more.csv") == b"x"
    assert folder.inputs == {
        "data.csv": hashlib.sha256(b"a;b\n1;2\n").hexdigest(),
        "sub/more.csv": hashlib.sha256(b"x").hexdigest(),
    }


@pytest.mark.parametrize(
    "name",
    [
        "../beta/data.csv", "sub/../../beta/data.csv", "sub/../data.csv", "/etc/passwd", "C:\\data.csv", "C:data.csv", "\\\\host\\x.csv",
        "..\\beta\\data.csv", "", ".", "a\0.csv", "..",
    ],
)  # fmt: skip
def test_path_that_leaves_the_folder_is_refused_A08(folder, name):
    with pytest.raises(DataError, match=r"leaves the client's folder|not a file"):
        folder.read(name)
    assert folder.inputs == {}


def test_absolute_path_into_the_folder_is_refused_A08(folder):
    with pytest.raises(DataError, match="leaves the client's folder"):
        folder.read(str(folder.path / "data.csv"))


def test_link_to_another_client_is_refused_A09(folder):
    (folder.path / "link.csv").symlink_to("../beta/data.csv")
    (folder.path / "links").symlink_to("../beta")
    (folder.path / "same.csv").symlink_to("data.csv")
    for name in ("link.csv", "links/data.csv", "same.csv"):
        with pytest.raises(DataError, match="symbolic link"):
            folder.read(name)


def test_missing_file_names_the_nearest(folder):
    with pytest.raises(DataError, match=r"acme/dta\.csv: the file does not exist\. Did you mean data\.csv\?"):
        folder.read("dta.csv")


def test_folder_and_pipe_are_no_files(folder):
    os.mkfifo(folder.path / "pipe.csv")
    for name in ("sub", "pipe.csv"):
        with pytest.raises(DataError, match="this is not a file"):
            folder.read(name)


def test_too_large(folder):
    with pytest.raises(DataError, match="larger than"):
        folder.read("data.csv", limit=3)


def test_new_client_opens_at_once(clients):
    folder = new_client("acme")
    assert folder == clients / "acme"
    assert open_client("acme").id == "acme"


def test_new_client_never_writes_over_one(make, clients):
    make()
    before = (clients / "acme" / "client.yml").read_bytes()
    with pytest.raises(DataError, match="there is a folder acme already"):
        new_client("acme")
    with pytest.raises(DataError, match="there is a folder nordlys already"):
        new_client("nordlys")
    with pytest.raises(DataError, match="is not a client id"):
        new_client("../x")
    assert (clients / "acme" / "client.yml").read_bytes() == before
