"""One notebook executed for one client by papermill, and cleaned of everything that tells of the machine."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from cxlib.render.notebooks import checked_parameters, read_notebook

CELL_TIMEOUT = 600  # seconds; an analysis takes seconds, so a cell that needs more has gone wrong


class NotebookFailed(RuntimeError):
    """A cell raised; the message is the error's own last line, the executed notebook keeps the rest."""


def executed(file: Path, parameters: Mapping[str, object], output: Path) -> NotebookNode:
    """The notebook after a run with the parameters, also written to `output`.

    raises ParameterError before anything runs, NotebookFailed when a cell raises (`output` then shows where)
    """
    parameters = checked_parameters(read_notebook(file), parameters)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # papermill's own notes on the kernel; ours are raised as errors
            papermill.execute_notebook(
                str(file), str(output), parameters=parameters, progress_bar=False, execution_timeout=CELL_TIMEOUT
            )
    except PapermillExecutionError as error:
        raise NotebookFailed(f"{error.ename}: {error.evalue}") from error
    notebook = cleaned(read_notebook(output))
    nbformat.write(notebook, output)
    return notebook


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
