"""One notebook executed for one client by papermill, and cleaned of everything that tells of the machine."""

import json
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from cxlib.engagement.notebook_errors import EVERY_STEP
from cxlib.render.run.engine import ForkEngine, TakenOver
from cxlib.render.run.kernel import quiet_kernel
from cxlib.render.run.notebooks import checked_parameters, read_notebook

CELL_TIMEOUT = 600  # seconds; an analysis takes seconds, so a cell that needs more has gone wrong
ENGINE = "cx"
# What analyses raise where they cannot use the data; everything else that a cell raises is a fault of ours or of the cell.
REFUSALS, ANALYSES = ("DataError", "CannotAnswer", "ValueError", "LinAlgError"), str(Path("cxlib", "analyses"))
papermill_engines.register(ENGINE, ForkEngine)
READ_LOG = "CX_READ_LOG"  # the variable that tells `engagement` where to note every file it reads


class NotebookFailed(RuntimeError):
    """A cell raised; the message names notebook, cell and error.

    notebook  the file that shows it
    refusal   what the analysis said of the data that it cannot use; "" where a cell failed in another way
    reads     the client files that were read until then, as in `Run`
    """

    def __init__(self, message: str, notebook: Path, refusal: str = "", reads: tuple[tuple[str, str, str], ...] = ()):
        super().__init__(message, notebook, refusal, reads)
        self.notebook, self.refusal, self.reads = notebook, refusal, reads

    def __str__(self):
        return self.args[0]


@dataclass(frozen=True)
class Run:
    """An executed notebook and the client files it read, as (client, file, sha256)."""

    notebook: NotebookNode
    reads: tuple[tuple[str, str, str], ...]


def executed(file: Path, parameters: Mapping[str, object], output: Path, taken_over: Sequence[TakenOver] = ()) -> Run:
    """A run of the notebook with the parameters; the notebook is also written to `output`.

    taken_over   results of an earlier run and tables of this one, which need not be computed or read again where this process is forked

    raises ParameterError before anything runs, NotebookFailed when a cell raises (`output` then shows where)
    """
    parameters = checked_parameters(read_notebook(file), parameters)
    log = output.with_suffix(".reads")
    try:
        with _noted_reads(log), quiet_kernel() as (kernel, stderr):
            notebook = cleaned(_execute(file, parameters, output, {**kernel, **({"taken_over": taken_over} if taken_over else {})}, stderr))
        reads = tuple(dict.fromkeys(_read_log(log)))
    except NotebookFailed as failure:
        reads = tuple(dict.fromkeys(_read_log(log)))
        raise NotebookFailed(str(failure), failure.notebook, failure.refusal, reads) from None
    finally:
        log.unlink(missing_ok=True)
    nbformat.write(notebook, output)
    return Run(notebook, reads)


def cleaned(notebook: NotebookNode) -> NotebookNode:
    """The notebook without papermill's paths, times and environment, and without what was written to stderr."""
    notebook.metadata = nbformat.from_dict(
        {key: value for key, value in notebook.metadata.items() if key in ("cx", "kernelspec", "language_info")}
    )
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata.language_info = {"name": "python"}
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {})
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def _execute(file: Path, parameters: Mapping, output: Path, kernel: Mapping, stderr: Path) -> NotebookNode:
    options = {"progress_bar": False, "execution_timeout": CELL_TIMEOUT, "engine_name": ENGINE, **kernel}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # papermill's own notes on the kernel; ours are raised as errors
            return papermill.execute_notebook(str(file), str(output), parameters=dict(parameters), **options)
    except PapermillExecutionError as error:
        cell, said = error.exec_count, f"{error.ename}: {error.evalue}"
        ours = any(mark in line for line in error.traceback for mark in (EVERY_STEP, ANALYSES))
        refusal = str(error.evalue) if error.ename in REFUSALS and ours else ""
        raise NotebookFailed(f"{file.name}, cell [{cell}]: {said}", output, refusal) from None
    except CellTimeoutError:
        cell, said = _last_started(output), f"took longer than {CELL_TIMEOUT} seconds and was stopped"
    except DeadKernelError as error:
        cell, said = _last_started(output), f"the process ended ({error})\n{_tail(stderr)}".strip()
    raise NotebookFailed(f"{file.name}, cell [{cell}]: {said}", output)


@contextmanager
def _noted_reads(log: Path) -> Iterator[None]:
    before = os.environ.get(READ_LOG)
    os.environ[READ_LOG] = str(log.resolve())
    try:
        yield
    finally:
        if before is None:
            del os.environ[READ_LOG]
        else:
            os.environ[READ_LOG] = before


def _read_log(log: Path) -> list[tuple[str, str, str]]:
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return [tuple(json.loads(line)) for line in lines]


def _last_started(output: Path) -> int:
    """The number, as the notebook counts them, of the code cell that ran when the process ended."""
    cells = [cell for cell in read_notebook(output).cells if cell.cell_type == "code"]
    return sum(bool(cell.metadata.get("papermill", {}).get("start_time")) for cell in cells)


def _tail(stderr: Path) -> str:
    text = stderr.read_text(encoding="utf-8", errors="replace") if stderr.exists() else ""
    return "\n".join(line for line in text.splitlines() if "[IPKernelApp]" not in line)[-2000:]
