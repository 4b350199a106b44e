"""The workbook's notebooks: which there are, what each needs of a client folder, and the parameters it takes."""

import ast
import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOKS = Path(os.environ.get("CX_NOTEBOOKS") or Path(__file__).parents[3] / "notebooks")
DEFAULT_CLIENT = "nordlys"
PATTERN = "[0-9][0-9]_*.ipynb"
AT_WORK = "00_"  # begins the notebooks that speak to the consultant alone: `cx lab` opens them, no report has them
# Smallest and largest value of the numbers that notebooks take, and why no other makes sense.
LIMITS = {
    "minimum": (1, 1000, "it is the number of people in the smallest group shown"),
    "seed": (0, 2**32 - 1, "it starts the random numbers"),
    "resamples": (40, 100_000, "the ends of a 95% interval take 40 resamples"),
    "draws": (99, 1_000_000, "the ends of a range and p-values take 99 draws"),
    "confidence": (0.5, 0.999, "it is the share of intervals that hold the truth"),
    "horizon": (1, 30, "it is the number of years that count"),
}


class ParameterError(ValueError):
    """A parameter that the notebook does not have, a value of another type than its default, or one out of its limits."""


def notebook_files(only: list[str] | None = None, client_folder: Path | None = None) -> dict[str, Path]:
    """Name -> file of those that become pages, in reading order: {"maturity": .../01_maturity.ipynb, ...}; `only` picks names.

    A notebook in `client_folder`/notebooks stands in for the shipped one of the same file name, or is a further one.
    raises ValueError for a name that no notebook has, with the nearest one
    """
    own = (client_folder / "notebooks").glob(PATTERN) if client_folder else ()
    by_name = {file.name: file for file in (*NOTEBOOKS.glob(PATTERN), *own) if not file.name.startswith(AT_WORK)}
    files = {name[:-6].split("_", 1)[1]: file for name, file in sorted(by_name.items())}
    unknown = [name for name in only or [] if name not in files]
    if unknown:
        raise ValueError(f"no notebook is called {unknown[0]!r}{_nearest(unknown[0], files)}.")
    return {name: file for name, file in files.items() if not only or name in only}


def own_copy(name: str, client: str, client_folder: Path) -> Path:
    """The client's own copy of a notebook, made on the first call: without outputs, and opening on this client.

    name      "drivers" or "03_drivers"
    raises ValueError for a name that no notebook has, with the nearest one
    """
    wanted = name.removesuffix(".ipynb")
    if wanted.startswith(AT_WORK):
        raise ValueError(f"{wanted} becomes no page of a report; cx lab {client} opens it.")
    wanted = wanted.split("_", 1)[1] if wanted[:2].isdigit() else wanted
    [shipped] = notebook_files([wanted], client_folder).values()
    copy = client_folder / "notebooks" / shipped.name
    if not copy.exists():
        import nbformat

        copy.parent.mkdir(exist_ok=True)
        nbformat.write(copy_for(shipped, client), copy)
    return copy


def copy_for(shipped: Path, client: str) -> "NotebookNode":
    """A notebook without outputs, opening on a client."""
    notebook = read_notebook(shipped)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = cell.source.replace(f'"{DEFAULT_CLIENT}"', f'"{client}"', 1)
    return notebook


def read_notebook(file: Path) -> "NotebookNode":
    import nbformat  # half a second, and a fresh report needs none of it

    return nbformat.read(file, as_version=4)


def needs(notebook: "NotebookNode") -> list[tuple[str, ...]]:
    """The parts of client.yml without which the notebook has nothing to say, from its metadata `cx.needs`: of each "one or another" one will do."""
    return [tuple(part.split(" or ")) for part in notebook.metadata.get("cx", {}).get("needs", [])]


def default_parameters(notebook: "NotebookNode") -> dict[str, object]:
    """The defaults in the cell tagged `parameters`: one literal a line."""
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    lines = ast.parse(cells[0].source).body if cells else []
    given = ((line.targets[0], line.value) for line in lines if isinstance(line, ast.Assign))
    return {name.id: ast.literal_eval(value) for name, value in given if isinstance(name, ast.Name)}


def checked_parameters(notebook: "NotebookNode", given: Mapping[str, object]) -> dict[str, object]:
    """The given parameters, each known to the notebook, of its default's type and within `LIMITS`.

    raises ParameterError that names the parameter, the rule and the nearest right name
    """
    defaults = default_parameters(notebook)
    for name, value in given.items():
        if name not in defaults:
            raise ParameterError(f"parameter {name!r} is unknown to this notebook{_nearest(name, defaults)}.")
        wanted = type(defaults[name])
        fits = isinstance(value, (int, float)) if wanted is float else type(value) is wanted
        if not fits:
            raise ParameterError(
                f"parameter {name!r} is {value!r}; it must be of the kind {wanted.__name__}, as its default "
                f"{defaults[name]!r}."
            )
        _check_limits(name, value, defaults[name])
    return dict(given)


def _check_limits(name: str, value: object, default: object) -> None:
    if name not in LIMITS or not isinstance(value, (int, float)):
        return
    low, high, reason = LIMITS[name]
    if not low <= value <= high:
        raise ParameterError(
            f"parameter {name!r} is {value}; {reason}, so give a number from {low} to {high}, or leave it out "
            f"for {default!r}."
        )


def parameters_by_notebook(notebooks: "Mapping[str, NotebookNode]", given: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """{notebook: the given parameters that it has}.

    raises ParameterError for a parameter that none of the notebooks has
    """
    known = {name: default_parameters(notebook) for name, notebook in notebooks.items()}
    everywhere = {parameter for parameters in known.values() for parameter in parameters}
    for parameter in given:
        if parameter not in everywhere:
            raise ParameterError(f"no notebook has a parameter {parameter!r}{_nearest(parameter, sorted(everywhere))}.")
    return {name: {p: given[p] for p in given if p in parameters} for name, parameters in known.items()}


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1, cutoff=0.4)
    return f"; did you mean {near[0]!r}" if near else f"; there are {', '.join(known)}"


def literal(text: str) -> object:
    """A parameter from the command line: a Python literal where it is one, else the text itself."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text
