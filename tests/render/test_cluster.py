"""Reports from a Dask cluster of real processes are the local ones, and a lost worker costs none."""

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from cxlib.render import cluster as cluster_module
from cxlib.render.batch import rendered_clients
from tests.render.conftest import SHOWS
from tests.render.factory import rendered

pytest.importorskip("distributed", reason="the extra dask is not installed")

from tests.render.store import plugged, register


@pytest.fixture
def cluster(tmp_path):
    """The address of a scheduler, and its two workers as processes."""
    file, quiet = tmp_path / "scheduler.json", {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    quiet["env"] = os.environ | {"PYTHONPATH": plugged(tmp_path / "plugged")}
    script = "from distributed.cli.dask_{0} import main; main()"
    start = [sys.executable, "-c", script.format("scheduler"), "--port", "0", "--no-dashboard"]
    started = [subprocess.Popen([*start, "--host", "127.0.0.1", "--scheduler-file", str(file)], cwd=tmp_path, **quiet)]
    options = ["--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    for _ in range(2):
        command = [sys.executable, "-c", script.format("worker"), *options, "--local-directory", str(tmp_path / "dask")]
        started.append(subprocess.Popen(command, cwd=tmp_path, **quiet))
    yield f"{_address(file)}", started[1:]
    for process in started:
        process.kill()
        process.wait()


def _address(file) -> str:
    import json

    for _ in range(600):
        if file.exists() and file.read_text().strip():
            return json.loads(file.read_text())["address"]
        time.sleep(0.1)
    pytest.fail("the scheduler did not start")


def elsewhere(function, *arguments):
    """Calls a function in a process of its own: Dask's threads would keep this one from forking ever after."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def distributed(clients, out, address, doomed: int = 0) -> list:
    """The outcomes of a run on a cluster of which a worker, by its process, is lost when the first report has come."""
    register()
    outcomes = []
    for outcome in rendered_clients(clients, out, scheduler=address):
        if doomed and not outcomes:
            os.kill(doomed, signal.SIGKILL)
        outcomes.append(outcome)
    return outcomes


def without_patience(*arguments) -> list:
    cluster_module.PATIENCE = 0.2
    return distributed(*arguments)


def test_cluster_that_loses_a_worker_gives_the_local_reports(
    make_client, make_notebook, tmp_path, factory, cluster, monkeypatch
):
    clients = ["acme", "globex", "initech"]
    for client in clients:
        make_client(client, name=client.title())
    make_notebook("02_status", SHOWS)
    monkeypatch.setenv("CX_NOTEBOOKS", str(tmp_path / "notebooks"))
    local = factory(rendered, tmp_path, clients, "local")
    address, workers = cluster
    outcomes = elsewhere(distributed, clients, tmp_path / "out", address, workers[0].pid)
    assert [outcome.error for outcome in (*local, *outcomes) if outcome.error] == []
    assert sorted(outcome.client for outcome in outcomes) == clients
    for client in clients:
        for file in sorted((tmp_path / "local" / client).iterdir()):
            if file.suffix in (".html", ".ipynb") or file.name == "results.json":
                assert (tmp_path / "out" / client / file.name).read_bytes() == file.read_bytes()


def test_cluster_shares_no_folder_but_a_store(make_client, make_notebook, tmp_path, factory, cluster, monkeypatch):
    make_client()
    make_notebook("02_status", SHOWS)
    factory(rendered, tmp_path, ["acme"], "local")
    shutil.move(tmp_path / "clients", tmp_path / "there")
    monkeypatch.setenv("CX_NOTEBOOKS", str(tmp_path / "notebooks"))
    monkeypatch.setenv("CX_CLIENTS", f"store://{tmp_path}/there")
    out = f"store://{tmp_path}/reports"
    [outcome] = elsewhere(distributed, ["acme"], out, cluster[0])
    assert (outcome.error, outcome.report) == ("", f"{out}/acme")
    [build] = (tmp_path / "reports" / "acme" / "builds").iterdir()
    local = {file.name: file.read_bytes() for file in (tmp_path / "local" / "acme").iterdir()}
    assert {file.name: file.read_bytes() for file in build.iterdir()} == local


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "localhost"])
def test_cluster_that_is_not_there_is_named(make_client, make_notebook, tmp_path, address):
    make_client()
    make_notebook()
    with pytest.raises(cluster_module.NoCluster, match=f"no scheduler answers at {address}"):
        elsewhere(without_patience, ["acme"], tmp_path / "out", address)
