"""A report is the old one or the new one, whole; a page with anything live in it is refused."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from cxlib.render.publish import BUILDS, Busy, PageError, check_page, published


def write(folder: Path, text: str) -> None:
    for name in ("index.html", "02_status.html", "results.json"):
        (folder / name).write_text(text)


def contents(folder: Path) -> set[str]:
    return {file.read_text() for file in folder.iterdir()}


def builds(out: Path) -> list[str]:
    return [path.name for path in (out / BUILDS / "acme").iterdir()]


def test_report_appears_when_the_block_ends(tmp_path):
    with published(tmp_path, "acme") as work:
        write(work, "new")
        assert not (tmp_path / "acme").exists()
    assert contents(tmp_path / "acme") == {"new"}


def test_error_leaves_the_old_report(tmp_path):
    with published(tmp_path, "acme") as work:
        write(work, "old")
    with pytest.raises(KeyError), published(tmp_path, "acme") as work:
        write(work, "new")
        raise KeyError("in the middle")
    assert contents(tmp_path / "acme") == {"old"}
    assert len(builds(tmp_path)) == 1


def test_error_in_a_first_run_leaves_nothing(tmp_path):
    with pytest.raises(KeyError), published(tmp_path, "acme"):
        raise KeyError("in the middle")
    assert not (tmp_path / "acme").exists()
    assert builds(tmp_path) == []


def test_next_report_replaces_the_last_and_its_files(tmp_path):
    for text in ("first", "second", "third"):
        with published(tmp_path, "acme") as work:
            write(work, text)
    assert contents(tmp_path / "acme") == {"third"}
    assert len(builds(tmp_path)) == 1


def test_folder_from_another_program_is_replaced(tmp_path):
    (tmp_path / "acme").mkdir()
    write(tmp_path / "acme", "copied here")
    with published(tmp_path, "acme") as work:
        write(work, "new")
    assert contents(tmp_path / "acme") == {"new"}


def test_without_links_the_report_is_a_folder(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise OSError("no right to make links")

    monkeypatch.setattr(Path, "symlink_to", refused)
    for text in ("old", "new"):
        with published(tmp_path, "acme") as work:
            write(work, text)
    assert contents(tmp_path / "acme") == {"new"}
    assert not (tmp_path / "acme").is_symlink()


KILLED = """
import sys
from pathlib import Path
from cxlib.render.publish import published
with published(Path(sys.argv[1]), "acme") as work:
    for name in ("index.html", "02_status.html", "results.json"):
        (work / name).write_text("new")
        print(name, flush=True)
        sys.stdin.readline()
"""


def test_c10_bytes_are_on_the_disk_before_the_pointer_turns(tmp_path, monkeypatch):
    done = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append(os.readlink(f"/proc/self/fd/{handle}")), sync(handle)))
    monkeypatch.setattr(os, "replace", lambda *paths: (done.append("turned"), replace(*paths)))
    with published(tmp_path, "acme") as work:
        write(work, "new")
    before = [Path(name).name for name in done[: done.index("turned")]]
    assert {"index.html", "02_status.html", "results.json", work.name} <= set(before)


def test_killed_run_leaves_the_old_report_and_is_swept(tmp_path):
    with published(tmp_path, "acme") as work:
        write(work, "old")
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout.readline() == "index.html\n"
        assert len(builds(tmp_path)) == 2
        os.kill(run.pid, signal.SIGKILL)
    assert contents(tmp_path / "acme") == {"old"}
    with published(tmp_path, "acme") as work:
        assert len(builds(tmp_path)) == 2
        write(work, "new")
    assert contents(tmp_path / "acme") == {"new"}
    assert len(builds(tmp_path)) == 1


def test_two_runs_on_one_client_wait_for_each_other(tmp_path):
    seen = []

    def run(text: str) -> None:
        with published(tmp_path, "acme") as work:
            seen.append(f"{text} starts")
            write(work, text)
            time.sleep(0.05)
            seen.append(f"{text} ends")

    threads = [threading.Thread(target=run, args=(text,)) for text in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [start.split()[0] for start in seen[::2]] == [end.split()[0] for end in seen[1::2]]
    assert len(contents(tmp_path / "acme")) == 1


def test_run_that_has_waited_long_enough_gives_up(tmp_path):
    (tmp_path / BUILDS).mkdir()
    with (
        FileLock(tmp_path / BUILDS / "acme.lock"),
        pytest.raises(Busy, match="another run is at work on acme"),
        published(tmp_path, "acme", wait=0.05),
    ):
        raise AssertionError("the block must not run")


SAFE = (
    '<p>Nps is 4.</p><a href="#a">a</a><a href="02_status.html">b</a><img src="data:image/png;base64,AA" alt="A bar.">'
)


def test_safe_page_passes():
    check_page(f"<!DOCTYPE html><html><body>{SAFE}</body></html>")


@pytest.mark.parametrize(
    ("piece", "message"),
    [
        ("<script>alert(1)</script>", "<script> is not allowed"),
        ("<SCRIPT src=x></SCRIPT>", "<script> is not allowed"),
        ("<iframe></iframe>", "<iframe> is not allowed"),
        ('<meta http-equiv="Refresh" content="0;url=x">', "<meta> is not allowed"),
        ('<svg onload="x()"></svg>', "event handler"),
        ('<p OnClick="x()">a</p>', "event handler"),
        ('<a href="https://example.org">a</a>', "leaves the report"),
        ('<a href="//example.org">a</a>', "leaves the report"),
        ('<a href=" jAvA\nscript:alert(1)">a</a>', "leaves the report"),
        ('<a href="/etc/passwd">a</a>', "leaves the report"),
        ('<a href="data:text/html,x">a</a>', "leaves the report"),
        ('<img src="figure.png" alt="a">', "leaves the report"),
        ('<img src="data:image/png;base64,AA">', "no alt text"),
        ('<svg viewBox="0 0 1 1"></svg>', "a drawing has no alt text"),
        ('<svg aria-label="a"><foreignObject><p>x</p></foreignObject></svg>', "<foreignobject> is not allowed"),
        ('<svg aria-label="a"><image href="https://example.org/a.png"/></svg>', "leaves the report"),
        ('<svg aria-label="a"><use href="//example.org/a.svg#a"/></svg>', "leaves the report"),
        ('<svg aria-label="a"><path fill="url(https://example.org/a.svg#a)"/></svg>', "loads an address"),
        ('<img src="data:image/png;base64,AA" alt=" ">', "no alt text"),
        ('<img src="data:image/png;base64,AA" alt="NPS is nan.">', "alt text holds a figure that is none"),
        ("<style>@import url(https://example.org/a.css)</style>", "style sheet loads"),
        ("<style>p { background: url(//example.org/a.png) }</style>", "style sheet loads"),
        ("<p>NPS is nan (nan to nan).</p>", "a figure reads"),
        ('<td class="r">None</td>', "a figure reads"),
        ('<td class="r">-inf</td>', "a figure reads"),
    ],
)
def test_live_page_is_refused(piece, message):
    with pytest.raises(PageError, match=message):
        check_page(SAFE + piece + SAFE)


@pytest.mark.parametrize(
    "piece", ["<td>None</td>", "<li>Nan</li>", "<td>inf. om priser</td>", "<p>banana, naN-naN</p>"]
)
def test_client_words_that_look_like_missing_figures_pass(piece):
    check_page(piece)
