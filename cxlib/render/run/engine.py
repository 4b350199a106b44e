"""A papermill engine that forks this warmed process for each notebook: no port, no start-up, no state left behind.

`papermill --engine cx` and `cx render` use it. Where a fork is not safe the notebook runs in an ordinary kernel instead,
with the same outputs.
"""

import gc
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import nbformat
import numpy as np
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import Engine, NBClientEngine, NotebookExecutionManager

from cxlib.engagement.read_before import TablesRead
from cxlib.render.run.kept_results import KeptResults
from cxlib.render.run.notebook_shell import run_cells
from cxlib.render.run.processes import can_fork, die_with, how_it_ended, limit_memory

TakenOver = KeptResults | TablesRead  # what the process of a notebook need not compute, or read, again
SAVED_EVERY = 5  # seconds; a notebook runs in less
SELDOM = 100_000  # new objects between two searches for garbage: a notebook's process lives for seconds


class ForkEngine(Engine):
    """Runs a notebook in a fork of this process."""

    @classmethod
    def execute_notebook(cls, nb, kernel_name, output_path=None, progress_bar=True, log_output=False, taken_over=(), **options):
        if not can_fork():
            rest = {"output_path": output_path, "progress_bar": progress_bar, "log_output": log_output}
            return NBClientEngine.execute_notebook(nb, kernel_name, **rest, **options)
        manager = _Manager(nb, output_path=output_path, progress_bar=progress_bar, log_output=log_output)
        manager.notebook_start()
        try:
            cls.execute_managed_notebook(manager, kernel_name, taken_over=taken_over, **options)
        except BaseException:
            NotebookExecutionManager.save(manager)  # how far it came; papermill itself writes a notebook that ended
            raise
        finally:
            manager.cleanup_pbar()
            manager.notebook_complete()
        return manager.nb

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, execution_timeout=None, taken_over=(), **_):
        cells = [cell for cell in nb_man.nb.cells if cell.cell_type == "code"]
        with _child(cells, taken_over) as child:
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                try:
                    failed = cell.cell_type == "code" and child.finish(cell, execution_timeout)
                    if failed:
                        nb_man.cell_exception(cell, cell_index=index)
                finally:
                    nb_man.cell_complete(cell, cell_index=index)
                if failed:
                    break
        version = sys.version.split()[0]
        nb_man.nb.metadata["language_info"] = {"name": "python", "version": version, "file_extension": ".py"}


class _Manager(NotebookExecutionManager):
    """Papermill's bookkeeping, without writing the whole notebook twice for each cell."""

    def save(self, **options):
        if self.end_time is None and (self.now() - self.last_save_time).total_seconds() > SAVED_EVERY:
            super().save(**options)


@dataclass
class _Child:
    """The forked process: its cells arrive one by one, as lines of JSON."""

    pid: int
    pipe: int
    stderr: int
    waiting: bytearray = field(default_factory=bytearray)

    def finish(self, cell: dict, limit: float | None) -> bool:
        """Waits for a cell and puts its outputs in; whether it failed."""
        end = time.monotonic() + limit if limit else None
        while b"\n" not in self.waiting:
            left = None if end is None else max(0, end - time.monotonic())
            if not select.select([self.pipe], [], [], left)[0]:
                raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", limit, cell)
            piece = os.read(self.pipe, 1 << 20)
            if not piece:
                raise DeadKernelError(self._last_words())
            self.waiting += piece
        line, _, self.waiting = self.waiting.partition(b"\n")
        done = json.loads(line)
        cell.outputs = [nbformat.from_dict(output) for output in done["outputs"]]
        cell.execution_count = done["execution_count"]
        return done["failed"]

    def _last_words(self) -> str:
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        said = os.pread(self.stderr, 2000, max(0, os.fstat(self.stderr).st_size - 2000)).decode("utf-8", "replace")
        return f"{how_it_ended(status)}\n{said}".strip()


@contextmanager
def _child(cells: list, taken_over: Iterable[TakenOver]) -> Iterator[_Child]:
    """A fork that runs the cells; it and all that it started end with the block."""
    sys.stdout.flush(), sys.stderr.flush()
    parent = os.getpid()
    receive, send = os.pipe()
    with (
        tempfile.TemporaryFile() as stderr,
        tempfile.TemporaryDirectory(prefix="cx-", ignore_cleanup_errors=True) as home,
    ):
        pid = os.fork()
        if pid == 0:
            try:
                os.close(receive)
                _live(cells, taken_over, send, parent, stderr.fileno(), home)
            except BaseException:
                os.write(stderr.fileno(), traceback.format_exc().encode())
            os._exit(1)
        os.close(send)
        child = _Child(pid, receive, stderr.fileno())
        try:
            yield child
        finally:
            os.close(receive)
            for end in (os.killpg, os.kill):
                with suppress(ProcessLookupError, PermissionError):
                    end(pid, signal.SIGKILL)
            if child.pid:
                os.waitpid(child.pid, 0)


def _live(cells: list, taken_over: Iterable[TakenOver], send: int, parent: int, stderr: int, home: str) -> None:
    """The life of the forked process, up to its exit."""
    os.setpgid(0, 0)
    die_with(parent)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(home, os.O_RDWR | os.O_TMPFILE), 1)
    os.dup2(stderr, 2)
    limit_memory()
    gc.set_threshold(SELDOM)
    random.seed()
    np.random.seed()
    for each in taken_over:
        each.take_over()
    with os.fdopen(send, "wb") as pipe:
        for done in run_cells([dict(cell) for cell in cells], home):
            pipe.write(json.dumps(done).encode() + b"\n")
            pipe.flush()
    os._exit(0)
