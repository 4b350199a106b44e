"""Client folders and reports on a store: the local report, whole or absent there, too."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cxlib.engagement import DataError, client_folder
from cxlib.engagement.places import named_roots
from cxlib.render import stores
from cxlib.render.stores import at_hand, place
from tests.render.conftest import SHOWS
from tests.render.factory import cx, rendered, stored

pytest.importorskip("fsspec", reason="the extra remote is not installed")

from tests.render.store import Store, plugged, register


@pytest.fixture
def store(tmp_path, monkeypatch):
    """The address of a store, whose files lie in tmp_path/there."""
    register()
    monkeypatch.setattr(Store, "steps", 0)
    monkeypatch.setattr(stores, "_alone", True)  # this process may well have threads
    (tmp_path / "there").mkdir()
    return f"store://{tmp_path}/there"


def put(store: str, client: str, folder: Path, text: str) -> None:
    """Shows a report of three pages in the store."""
    report = folder / text
    report.mkdir()
    for name in ("index.html", "02_status.html", "results.json"):
        (report / name).write_text(text)
    stores._show(report, store, client)


def shown(folder: Path) -> dict[str, bytes]:
    """What a reader of a store finds who follows a client's index."""
    page = (folder / "index.html").read_text()
    [build] = set(re.findall(r'builds/([^/]+)/index.html"', page))
    return {file.name: file.read_bytes() for file in (folder / "builds" / build).iterdir()}


def texts(folder: Path) -> set[bytes]:
    return set(shown(folder).values())


def test_report_in_a_store_is_the_local_one_and_stays_fresh(make_client, make_notebook, tmp_path, factory):
    home = make_client()
    make_notebook("02_status", SHOWS)
    assert [outcome.error for outcome in factory(rendered, tmp_path, ["acme"], "local")] == [""]
    shutil.copytree(home.parent, tmp_path / "there" / "clients")
    shutil.rmtree(home)
    [first] = factory(stored, tmp_path, ["acme"])
    assert (first.error, first.made) == ("", ("status",))
    assert first.report == f"store://{tmp_path}/there/out/acme"
    there = tmp_path / "there" / "out" / "acme"
    local = {file.name: file.read_bytes() for file in (tmp_path / "local" / "acme").iterdir()}
    assert shown(there) == local
    before = (there / "index.html").read_bytes()
    [second] = factory(stored, tmp_path, ["acme"])
    assert (second.error, second.made) == ("", ())
    assert (there / "index.html").read_bytes() == before
    with (tmp_path / "there" / "clients" / "acme" / "survey.csv").open("a") as table:
        table.write("new,North,9\n")
    [third] = factory(stored, tmp_path, ["acme"])
    assert third.made == ("status",)
    assert (there / "index.html").read_bytes() != before
    assert len(list((there / "builds").iterdir())) == 2


def test_failed_notebook_is_kept_in_the_store(make_client, make_notebook, tmp_path, factory):
    make_client()
    shutil.copytree(tmp_path / "clients", tmp_path / "there" / "clients")
    make_notebook("02_status", "raise ValueError('in the middle')")
    [outcome] = factory(stored, tmp_path, ["acme"])
    assert f"how far it came: store://{tmp_path}/there/out/acme.failed/02_status.ipynb" in outcome.error
    there = tmp_path / "there" / "out"
    assert "in the middle" in (there / "acme.failed" / "02_status.ipynb").read_text()
    assert not (there / "acme").exists()
    make_notebook("02_status", SHOWS)
    assert [outcome.error for outcome in factory(stored, tmp_path, ["acme"])] == [""]
    assert (there / "acme" / "index.html").exists() and not (there / "acme.failed").exists()


def test_commands_reach_a_store(make_client, make_notebook, tmp_path, factory):
    make_client()
    make_notebook("02_status", SHOWS)
    shutil.move(tmp_path / "clients", tmp_path / "there" / "clients")
    client, out = f"store://{tmp_path}/there/clients/acme", f"store://{tmp_path}/there/out"
    factory(register)
    code, said = factory(cx, tmp_path, "check", client)
    assert code == 0 and said.endswith("\nacme: errors 0, warnings 0\n") and "acme/survey.csv: 30 rows" in said
    assert factory(cx, tmp_path, "why", client, "--out", out) == (0, "acme, report: there is none\n")
    code, said = factory(cx, tmp_path, "render", client, "--out", out)
    assert code == 0 and f"acme: {out}/acme/index.html" in said
    assert factory(cx, tmp_path, "why", client, "--out", out) == (0, "acme: fresh\n")
    code, said = factory(cx, tmp_path, "render", "--failed", "--out", out)
    assert code == 2 and "--failed needs reports in a folder of this machine" in said
    code, said = factory(cx, tmp_path, "edit", client, "02_status", "--no-open")
    assert code == 1 and "acme is not on this machine, and CX_CLIENTS names store://" in said


@pytest.mark.parametrize("steps", range(6))
def test_run_that_is_killed_while_it_puts_leaves_the_old_report(store, tmp_path, monkeypatch, steps):
    put(store, "acme", tmp_path, "old")
    monkeypatch.setattr(Store, "steps", 0)
    monkeypatch.setenv("CX_STORE_DIES", str(steps))
    pid = os.fork()
    if pid == 0:
        put(store, "acme", tmp_path, "new")
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert (code, texts(tmp_path / "there" / "acme")) == ((9, {b"old"}) if steps < 5 else (0, {b"new"}))
    assert len(shown(tmp_path / "there" / "acme")) == 3


def test_report_that_arrived_cut_is_not_shown(store, tmp_path, monkeypatch):
    put(store, "acme", tmp_path, "old")
    monkeypatch.setattr(Store, "put_file", lambda self, source, target: self.touch(target))
    with pytest.raises(OSError, match=r"02_status.html has 0 bytes instead of 3"):
        put(store, "acme", tmp_path, "new")
    assert texts(tmp_path / "there" / "acme") == {b"old"}


def test_build_that_is_not_shown_leaves_a_day_later(store, tmp_path, monkeypatch):
    builds = tmp_path / "there" / "acme" / "builds"
    for text in ("first", "second"):
        put(store, "acme", tmp_path, text)
    (builds.parent / "20200101T000000-0a0b.html").write_text("left by a killed run")
    assert len(list(builds.iterdir())) == 2
    monkeypatch.setattr(stores, "UNSEEN", -60)
    put(store, "acme", tmp_path, "third")
    assert len(list(builds.iterdir())) == 1 and texts(builds.parent) == {b"third"}
    assert sorted(path.name for path in builds.parent.iterdir()) == ["builds", "index.html"]


def test_of_two_runs_at_once_the_last_is_shown_whole(store, tmp_path, monkeypatch):
    pipe = Store.pipe_file

    def after_another(self, *arguments):
        monkeypatch.setattr(Store, "pipe_file", pipe)
        put(store, "acme", tmp_path, "other")
        self.pipe_file(*arguments)

    monkeypatch.setattr(Store, "pipe_file", after_another)
    put(store, "acme", tmp_path, "mine")
    assert texts(tmp_path / "there" / "acme") == {b"mine"}
    assert len(shown(tmp_path / "there" / "acme")) == 3


def test_client_that_changes_while_it_is_fetched_is_refused(store, make_client, tmp_path, monkeypatch):
    make_client()
    get = Store.get_file

    def and_change(self, source, target, **options):
        get(self, source, target, **options)
        with open(source, "a") as file:
            file.write("late,North,1\n")

    monkeypatch.setenv("CX_CLIENTS", f"store://{tmp_path}/clients")
    monkeypatch.setattr(Store, "get_file", and_change)
    with pytest.raises(DataError, match="it was changed while it was fetched"), at_hand("acme", tmp_path):
        raise AssertionError("the block must not run")


@pytest.mark.parametrize("name", ["../x", "a/../../x", "..\\x"])
def test_name_that_leads_out_of_the_folder_is_refused(store, tmp_path, monkeypatch, name):
    monkeypatch.setattr(Store, "find", lambda self, root, detail: {f"{root}/{name}": {"size": 1}})
    with pytest.raises(DataError, match="the name leads out of the folder"):
        stores._get(f"{store}/acme", tmp_path / "near")


def test_fetched_folder_ends_with_the_work(store, make_client, tmp_path, monkeypatch):
    make_client()
    monkeypatch.setenv("CX_CLIENTS", f"store://{tmp_path}/clients")
    with at_hand("acme", tmp_path / "out") as near:
        assert near == tmp_path / "out"
        folder = client_folder("acme")
        assert folder.parent != tmp_path / "clients" and (folder / "survey.csv").exists()
    assert not folder.exists()
    with pytest.raises(DataError, match="acme is not on this machine, and CX_CLIENTS names store:"):
        client_folder("acme")


def test_clients_and_reports_of_a_store_are_listed(store, make_client, tmp_path, monkeypatch):
    make_client()
    (tmp_path / "clients" / "Not an id").mkdir()
    monkeypatch.setenv("CX_CLIENTS", f"store://{tmp_path}/clients")
    put(store, "globex", tmp_path, "new")
    assert stores.everyone() == ["acme"]  # no demo among the clients of CX_CLIENTS
    assert stores.reports(store) == ["globex"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("memory://reports", "it ends with the process that writes it"),
        ("nowhere://reports", "it cannot be reached: Protocol not known: nowhere"),
    ],
)
def test_store_that_cannot_be_used_is_refused(tmp_path, factory, address, said):
    code, output = factory(cx, tmp_path, "render", "nordlys", "--out", address)
    assert code == 2 and said in output


@pytest.mark.parametrize("words", [["render", "--all"], ["verify"]])
def test_store_that_says_no_is_told_in_one_line(tmp_path, words):
    path = plugged(tmp_path / "plugged")
    env = os.environ | {"PYTHONPATH": path, "CX_CLIENTS": "store:///nowhere"}
    command = [sys.executable, "-m", "cxlib.cli", *words, *(["store:///nowhere"] if words == ["verify"] else [])]
    run = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode in (1, 2) and "Traceback" not in run.stderr
    assert "store:///nowhere: the store says FileNotFoundError" in run.stderr


def test_place_is_a_folder_or_an_address():
    assert place("reports") == Path("reports")
    assert place("file:///srv/reports") == Path("/srv/reports")
    register()
    assert place("store:///srv/reports/") == "store:///srv/reports"


@pytest.mark.skipif(os.pathsep != ":", reason="the colons of an address part nothing on Windows anyway")
def test_colons_of_an_address_part_nothing(monkeypatch):
    monkeypatch.setenv("CX_CLIENTS", "/srv/a:s3://bucket/b:hdfs://host:8020/c:dir::file:///d:~/e")
    assert named_roots() == ["/srv/a", "s3://bucket/b", "hdfs://host:8020/c", "dir::file:///d", "~/e"]
