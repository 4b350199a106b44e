"""The same reports on a Dask cluster: a task is one client, run in a process of its own on a worker.

The cluster's machines have the same workbook. They share the client folders and the reports' folder under the same
paths, or reach both in a store (`cxlib.render.stores`).
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping

from cxlib.render.run.forks import Died
from cxlib.render.run.processes import die_with, how_it_ended, prepare, warm
from cxlib.render.staleness import workbook

OTHER = "this worker has another workbook than the one that asked; bring both up to date."
PATIENCE = 15  # seconds for the scheduler to answer
RETRIES = 3  # of a client whose worker was lost
PASSED_ON = ("CX_CLIENTS", "CX_NOTEBOOKS", "CX_MEMORY")


class NoCluster(RuntimeError):
    """There is no cluster to hand work to, and what would help."""


def distributed(tasks: Mapping[str, Callable[[], object]], scheduler: str) -> Iterator[tuple[str, object]]:
    """Yields (name, value) as tasks end; the value is an exception where the task raised one or its worker was lost.

    scheduler : its address, tcp://host:8786

    raises NoCluster
    """
    try:
        from dask.distributed import Client, as_completed

        client = Client(scheduler, timeout=PATIENCE)
    except ImportError:
        raise NoCluster("a cluster needs the extra [dask], here and on every worker.") from None
    except (OSError, ValueError) as error:
        remedy = "Start one there (dask scheduler), or give its address as tcp://host:8786"
        raise NoCluster(f"no scheduler answers at {scheduler} ({error}). {remedy}.") from None
    settings = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with client as cluster:
        names = {}
        for name, task in tasks.items():
            work = pickle.dumps((workbook(), task))
            names[cluster.submit(in_own_process, work, settings, pure=False, retries=RETRIES)] = name
        for future in as_completed(names):
            lost = future.exception()
            yield names[future], lost if lost is not None else pickle.loads(future.result())


def in_own_process(work: bytes, settings: Mapping[str, str]) -> bytes:
    """What a worker does with a task: a fresh process runs it, and ends with the worker."""
    command = [sys.executable, "-m", "cxlib.render.cluster", str(os.getpid())]
    done = subprocess.run(command, input=work, stdout=subprocess.PIPE, env=os.environ | settings)
    if done.returncode:
        code = done.returncode if done.returncode < 0 else done.returncode << 8
        return pickle.dumps(Died(how_it_ended(-code if code < 0 else code)))
    return done.stdout


def _main() -> None:
    die_with(int(sys.argv[1]))
    answer = os.dup(1)
    os.dup2(2, 1)  # what the work prints is no part of the answer
    prepare()
    expected, task = pickle.loads(sys.stdin.buffer.read())
    with os.fdopen(answer, "wb") as pipe:
        pipe.write(pickle.dumps(_done(task) if workbook() == expected else RuntimeError(OTHER)))


def _done(task: Callable[[], object]) -> object:
    warm()
    return task()


if __name__ == "__main__":
    _main()
