"""What Linux is asked about processes: when a fork is safe, that a child ends with its parent, how it ended."""

import gc
import importlib
import os
import pkgutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FORK_SAFE_THREADS = {"jemalloc_bg_thd"}  # of pyarrow's allocator, which registers handlers that make a fork safe
ENGINE = "CX_ENGINE"  # the variable that holds every process of a run to one engine
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def can_fork() -> bool:
    """Whether a fork of this process is safe: Linux, and no second thread that could hold a lock; and is wanted."""
    if sys.platform != "linux" or os.environ.get(ENGINE) == "kernel":
        return False
    threads = []
    for number in os.listdir("/proc/self/task"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it ended while we looked
            threads.append(Path("/proc/self/task", number, "comm").read_text().strip())
    return len([name for name in threads if name not in FORK_SAFE_THREADS]) == 1


class NoFork(RuntimeError):
    """A fork was asked for where none is safe."""


@contextmanager
def held_to(engine: str) -> Iterator[None]:
    """Holds a run, all of its processes, to "fork" or to "kernel" (plain papermill); "" leaves it to the machine.

    raises NoFork where a fork is asked for and would not be safe
    """
    before = os.environ.get(ENGINE)
    os.environ |= {ENGINE: engine} if engine else {}
    try:
        if engine == "fork" and not can_fork():
            raise NoFork("the engine 'fork' needs Linux and a process of one thread; leave the choice to the machine")
        yield
    finally:
        os.environ.pop(ENGINE, None)
        os.environ |= {ENGINE: before} if before else {}


def prepare() -> None:
    """To be called by a command before its heavy imports.

    Linear algebra on one thread: small matrices are faster and forks are safe. And without one module that jsonschema
    imports where it finds it, which takes 1.5 seconds to build a grammar that no notebook needs.
    """
    for name in ONE_THREAD:
        os.environ[name] = "1"
    if "jsonschema" not in sys.modules:
        sys.modules["rfc3987_syntax"] = None  # Python takes it for missing


def warm() -> None:
    """Loads what every report needs, once, and lets drawing, tables and checks fill their caches: later forks share it.

    Nothing here has seen a client, so there is nothing to leak; nothing starts a thread.
    """
    import cxlib

    for module in pkgutil.walk_packages(cxlib.__path__, "cxlib."):
        if not module.name.startswith("cxlib.render"):
            with suppress(Exception):  # whoever needs the module will say what is wrong with it
                importlib.import_module(module.name)
    _first_use()
    gc.collect()
    gc.freeze()


def _first_use() -> None:
    import openpyxl  # noqa: F401 - loaded by pandas when a table is a workbook
    import pandas as pd
    import pandera.pandas as pandera
    from nbformat import v4

    from cxlib.analyses.columns import Columns
    from cxlib.languages import LANGUAGES
    from cxlib.render.run.notebook_shell import warm_shell
    from cxlib.report import Page, html
    from cxlib.report.charts import canvas
    from cxlib.report.cover import Cover
    from cxlib.report.language import words
    from cxlib.report.tables import table_html

    one = pd.DataFrame({"group": ["a"], "n": [1]})
    pandera.DataFrameSchema({"n": pandera.Column(int, pandera.Check.ge(0))}).validate(one)
    table_html(one, Columns("", ""), "en")
    canvas.picture(_nothing_drawn, None, Page())
    cells = [
        v4.new_markdown_cell("# -"),
        v4.new_code_cell("", outputs=[v4.new_output("display_data", {"text/html": "-"})]),
    ]
    html.page_html(v4.new_notebook(cells=cells), Cover(client="", language="en"))
    warm_shell()
    for language in LANGUAGES:
        words.catalogue(language)


def _nothing_drawn(result, page) -> tuple:
    from cxlib.report.charts.canvas import sheet

    figure, axes = sheet(page, 1.0)
    axes.set_title("0123456789", weight="bold")
    return figure, "No chart."


def die_with(parent: int) -> None:
    """Linux ends this process when its parent ends, so that kill -9 leaves no orphan."""
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)


def limit_memory() -> None:
    """A cell that asks for more than the machine has gets a MemoryError; CX_MEMORY sets the limit in gigabytes."""
    import resource  # not on Windows

    gigabytes = os.environ.get("CX_MEMORY")
    most = int(float(gigabytes) * 2**30) if gigabytes else os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def how_it_ended(status: int) -> str:
    """The status of a process in words."""
    code = os.waitstatus_to_exitcode(status)
    return (
        f"the process was ended by {signal.Signals(-code).name}" if code < 0 else f"the process ended with code {code}"
    )
