"""What a shipped notebook has made before it shows anything, and every name of ours that it calls."""

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import nbformat

from cxlib.engagement.engagement import Engagement
from cxlib.engagement.survey import Survey
from cxlib.lab import Data
from cxlib.render.run.notebooks import notebook_files
from cxlib.report import Page
from tests.conftest import ROOT

FILES = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
PAGES = list(notebook_files().values())  # those that a client reads
QUICK = {"language": "en", "resamples": 50, "draws": 1000}
CLASSES = {"engagement": Engagement, "page": Page, "survey": Survey, "data": Data}


@cache
def names(file: Path) -> dict[str, object]:
    """The names of a notebook after its first cells, run in English with few draws: those before the first `page.show`."""
    space: dict[str, object] = {}
    for cell in _cells(file):
        if "page.show(" in cell.source:
            break
        exec(cell.source, space)
        space |= {name: value for name, value in QUICK.items() if name in space}
    exec("from dataclasses import replace\nimport numpy as np, pandas as pd\nfrom cxlib.analyses.design import *", space)
    return space


def called(file: Path) -> dict[str, Callable]:
    """Our functions, methods and classes that a notebook calls or hands to `page.draw`, by the name it has there."""
    space, found = names(file), {}
    for cell in _cells(file):
        for node in ast.walk(ast.parse(cell.source)):
            name = node.id if isinstance(node, ast.Name) else ""
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                owner = CLASSES.get(node.value.id, space.get(node.value.id))
                name, thing = f"{node.value.id}.{node.attr}", getattr(owner, node.attr, None)
            else:
                thing = space.get(name)
            if _is_ours(thing):
                found[name] = thing
    return found


def _cells(file: Path) -> Iterator[nbformat.NotebookNode]:
    return (cell for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code")


def _is_ours(thing: object) -> bool:
    is_code = inspect.isfunction(thing) or inspect.isclass(thing)
    return is_code and thing.__module__.startswith(("cxlib.analyses", "cxlib.report", "cxlib.engagement", "cxlib.lab"))
