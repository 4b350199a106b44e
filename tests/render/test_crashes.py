"""Group C of the fault list: whatever ends a run, every report is the old one or the new one, whole."""

import signal

import pytest
from filelock import FileLock

from cxlib.render.publish import BUILDS, KEPT
from tests.render.conftest import SHOWS
from tests.render.factory import cx, killed, orphans, rendered, stopped


@pytest.fixture
def portfolio(make_client, make_notebook, tmp_path, factory):
    """Three clients with a first report each, and a notebook that now takes a little longer."""
    for client in ("acme", "globex", "initech"):
        make_client(client, name=client.title())
    make_notebook("02_status", SHOWS)
    assert not [o.error for o in factory(rendered, tmp_path, ["acme", "globex", "initech"]) if o.error]
    return ["acme", "globex", "initech"]


def pages(root, clients):
    folders = {client: (root / "out" / client).iterdir() for client in clients}
    return {client: {file.name: file.read_bytes() for file in files} for client, files in folders.items()}


@pytest.mark.parametrize("times", [6, pytest.param(50, marks=pytest.mark.slow)])
def test_c01_c04_killed_at_any_moment_every_report_is_whole(portfolio, tmp_path, factory, times):
    seen = factory(killed, tmp_path, portfolio, times, 1.5)
    assert {state for states in seen for state in states} == {"whole"}
    assert factory(orphans) == []
    assert not [o.error for o in factory(rendered, tmp_path, portfolio, force=True) if o.error]
    left = [path for client in portfolio for path in (tmp_path / "out" / BUILDS / client).iterdir() if path.name != KEPT]
    assert len(left) == len(portfolio)


def test_c01_killed_in_a_first_run_reports_are_whole_or_absent(make_client, make_notebook, tmp_path, factory):
    make_client()
    make_notebook("02_status", SHOWS)
    seen = factory(killed, tmp_path, ["acme"], 6, 1.0)
    assert {state for [state] in seen} <= {"whole", "absent"}
    assert not [o.error for o in factory(rendered, tmp_path, ["acme"], force=True) if o.error]


def test_c02_killed_worker_is_reported_and_the_others_finish(make_client, make_notebook, tmp_path, factory):
    for client in ("acme", "globex"):
        make_client(client, name=client.title())
    kill = "import os, signal\nif client == 'acme':\n    os.kill(os.getppid(), signal.SIGKILL)"
    make_notebook("02_status", SHOWS, kill, "import time\ntime.sleep(0.2)")
    found = {o.client: o.error for o in factory(rendered, tmp_path, ["acme", "globex"], jobs=2)}
    assert found == {"acme": "the process was ended by SIGKILL", "globex": ""}
    assert (tmp_path / "out" / "globex" / "index.html").exists() and not (tmp_path / "out" / "acme").exists()
    assert factory(orphans) == []


def test_c02_killed_notebook_is_reported(make_client, make_notebook, tmp_path, factory):
    make_client()
    make_notebook("02_status", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    [outcome] = factory(rendered, tmp_path, ["acme"])
    assert "02_status.ipynb, cell [3]: the process ended (the process was ended by SIGKILL)" in outcome.error


def test_c05_disk_full_leaves_the_old_report_and_exits_74(portfolio, make_notebook, tmp_path, factory):
    before = pages(tmp_path, portfolio)
    full = "import resource\nimport os"
    make_notebook("02_status", SHOWS, full, "print('new')")
    code, said = factory(_with_small_files, tmp_path, "render", *portfolio, "--out", tmp_path / "out")
    assert code == 74 and "File too large" in said
    assert pages(tmp_path, portfolio) == before


def _with_small_files(root, *words):
    """A `cx` call in a process that may write files of 2 kB only."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, limits[1]))
    try:
        return cx(root, *words)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_folder_that_cannot_be_written_exits_74(make_client, make_notebook, tmp_path, factory):
    make_client()
    make_notebook()
    (tmp_path / "file").write_text("")
    code, said = factory(cx, tmp_path, "render", "acme", "--out", tmp_path / "file" / "out")
    assert code == 74 and "acme: " in said and "Traceback" not in said


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_c07_stopped_run_leaves_no_half_file_and_no_orphan(portfolio, make_notebook, tmp_path, factory, number, code):
    before = pages(tmp_path, portfolio)
    make_notebook("02_status", SHOWS, "import time\ntime.sleep(60)")
    words = ["render", *portfolio, "--out", str(tmp_path / "out")]
    assert factory(stopped, tmp_path, words, number, 1.5) == code
    assert factory(orphans) == []
    assert pages(tmp_path, portfolio) == before


def test_c09_cell_that_eats_memory_fails_alone(make_client, make_notebook, tmp_path, factory):
    for client in ("acme", "globex"):
        make_client(client, name=client.title())
    make_notebook("02_status", "if client == 'acme':\n    hog = bytearray(4 * 2**30)")
    found = {o.client: o.error for o in factory(_with_four_gigabytes, tmp_path, ["acme", "globex"])}
    assert "MemoryError" in found["acme"] and found["globex"] == ""


def _with_four_gigabytes(root, clients):
    import os

    os.environ["CX_MEMORY"] = "4"
    try:
        return rendered(root, clients)
    finally:
        del os.environ["CX_MEMORY"]


def test_c10_power_cut_between_writing_and_pointing_leaves_the_old_report(portfolio, tmp_path, factory):
    before = pages(tmp_path, portfolio)
    found = factory(_power_cut, tmp_path, portfolio)
    assert all("power cut" in error for error in found)
    assert pages(tmp_path, portfolio) == before


def _power_cut(root, clients):
    from cxlib.render import publish

    point, publish._point = publish._point, _cut
    try:
        return [outcome.error for outcome in rendered(root, clients, force=True)]
    finally:
        publish._point = point


def _cut(*_):
    raise RuntimeError("power cut")


@pytest.mark.parametrize("count", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_c11_kernels_at_once_all_finish(make_notebook, tmp_path, count):
    import os
    import subprocess
    import sys

    source = make_notebook("02_status", "print(client)")
    code = (
        "import sys\nfrom pathlib import Path\nfrom cxlib.render.run import execute\nexecute.ENGINE = None\n"
        "execute.executed(Path(sys.argv[1]), {'client': sys.argv[2]}, Path(sys.argv[2] + '.ipynb'))"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(source), f"c{n}"], cwd=tmp_path, env=os.environ, stderr=subprocess.PIPE
        )
        for n in range(count)
    ]
    assert [run.communicate()[1].decode() for run in runs] == [""] * len(runs)
    assert all(f"c{n}" in (tmp_path / f"c{n}.ipynb").read_text() for n in range(count))


def test_second_run_on_a_busy_client_exits_75(make_client, make_notebook, tmp_path, factory):
    make_client()
    make_notebook()
    (tmp_path / "out" / BUILDS).mkdir(parents=True)
    with FileLock(tmp_path / "out" / BUILDS / "acme.lock"):
        code, said = factory(cx, tmp_path, "render", "acme", "--out", tmp_path / "out", "--wait", 0)
    assert code == 75 and "another run is at work on acme" in said
