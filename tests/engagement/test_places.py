"""Where clients lie: CX_CLIENTS, a workbook.yml here, above or among the user's settings, the demos."""

import os
import subprocess
from pathlib import Path

import pytest

from cxlib.engagement import DataError, client_folder, client_ids, new_client
from cxlib.engagement.folder import own_client_ids
from cxlib.engagement.places import (
    DEMOS,
    client_roots,
    hold_roots,
    keep_directory,
    named_roots,
    user_file,
    workbook_file,
)

DEMO_CLIENTS = ["copenhagen", "fjordbanken", "harbour", "nordlys"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to work in, with settings of its own, in which nothing says where the clients lie."""
    monkeypatch.delenv("CX_CLIENTS", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = tmp_path / "project" / "deep"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def say(file: Path, clients: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"clients: {clients}\n", encoding="utf-8")
    return file


def test_without_a_word_there_are_the_demos_and_nothing_is_made(here):
    assert named_roots() == [] and client_roots() == [DEMOS.resolve()] and own_client_ids() == client_ids() == DEMO_CLIENTS
    with pytest.raises(DataError, match=r"nothing says where .* CX_CLIENTS .* `clients: ~/cx-clients` into a workbook\.yml"):
        new_client("acme")
    assert not (DEMOS / "acme").exists()


def test_a_workbook_in_a_folder_above_names_the_directory_as_seen_from_it(here, tmp_path):
    say(tmp_path / "project" / "workbook.yml", "ours")
    assert new_client("acme") == tmp_path / "project" / "ours" / "acme" == client_folder("acme")
    assert own_client_ids() == ["acme"] and client_ids() == sorted(["acme", *DEMO_CLIENTS])


def test_the_nearest_workbook_counts_before_the_users_and_the_environment_before_all(here, tmp_path, monkeypatch):
    say(user_file(), "~/mine")
    assert named_roots() == [str(tmp_path / "home" / "mine")]
    say(tmp_path / "project" / "workbook.yml", "ours")
    near = say(here / "workbook.yml", "'./near ones'")
    assert workbook_file() == near and named_roots() == [str(here / "near ones")]
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path / "set"))
    assert new_client("acme") == tmp_path / "set" / "acme"
    assert own_client_ids() == ["acme"]


def test_other_processes_find_the_same_from_another_folder(here, tmp_path, monkeypatch):
    say(here / "workbook.yml", "ours")
    hold_roots([str(tmp_path / "first")])
    monkeypatch.chdir(tmp_path)
    assert named_roots() == [str(tmp_path / "first"), str(here / "ours")]
    monkeypatch.setenv("CX_CLIENTS", os.pathsep.join(["relative", "s3://bucket/clients"]))
    hold_roots()
    assert named_roots() == [str(tmp_path / "relative"), "s3://bucket/clients"]


def test_an_answer_is_kept_and_found(here, tmp_path):
    assert keep_directory("~/cx-clients") == user_file() and "~/cx-clients" in user_file().read_text(encoding="utf-8")
    assert named_roots() == [str(tmp_path / "home" / "cx-clients")]
    keep_directory("kunder: æ")
    assert named_roots() == [str(here / "kunder: æ")]


def test_no_directory_in_the_repository_is_kept(here):
    for directory, why in ((str(DEMOS), "lies in the workbook's repository"), (str(say(here / "file", "x")), "this is a file")):
        with pytest.raises(DataError, match=why):
            keep_directory(directory)
    assert not user_file().exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("client: x", r"Did you mean `clients`\?"),
        ("clients:", "the key has no value"),
        ("clients: [a, b]", "must be a single text"),
        ("clients: s3://bucket", "Name a store in CX_CLIENTS"),
        ("", "the file is empty"),
    ],
)
def test_a_wrong_workbook_says_what_is_wrong_with_it(here, text, said):
    (here / "workbook.yml").write_text(text)
    with pytest.raises(DataError, match=said):
        client_roots()


def test_git_sees_the_demos_alone():
    names = (DEMOS / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert [line[2:-1] for line in names if line.startswith("!/") and line.endswith("/")] == DEMO_CLIENTS
    paths = ["acme/client.yml", "acme/survey.csv", "nordlys/work/02_status.ipynb", "nordlys/notebooks/02_status.ipynb"]
    shown = [f"{client}/client.yml" for client in DEMO_CLIENTS]
    asked = ["git", "-C", str(DEMOS), "check-ignore", "--no-index", *paths, *shown]
    try:
        said = subprocess.run(asked, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("git is not on this machine")
    if said.returncode > 1:
        pytest.skip("the workbook is not in a repository of git")
    assert said.stdout.split() == paths
