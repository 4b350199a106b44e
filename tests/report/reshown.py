"""Executed notebooks shown again in another language, or in a longer one, from the results that they hold.

Results know no language, so nothing has to be computed anew.
"""

import math
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from string import Formatter
from unittest.mock import patch

import matplotlib as mpl
import nbformat
from matplotlib.figure import Figure
from nbformat import NotebookNode

from cxlib.analyses.result import Result
from cxlib.report import Page
from cxlib.report.charts import canvas, vector
from cxlib.report.sections import shown_results

CALL = re.compile(r"^page\.(show|table|draw)\((.*)\)$", re.MULTILINE)
CHART = re.compile(r"charts\.(\w+),")
TABLES = re.compile(r'"(\w+)"')
WORD = re.compile(r"[^\W\d_]{2,}")
LONGER = 0.4


def reshown(notebook: NotebookNode, name: str, page: Page) -> NotebookNode:
    """The notebook `name` with every output as `page` shows it; what notes show is left out."""
    shown = nbformat.from_dict(notebook)
    for cell, calls in _calls(shown, name):
        cell.outputs = [output for call in calls for output in _outputs(page, *call)]
    return shown


def charts_of(notebooks: Mapping[str, NotebookNode]) -> Iterator[tuple[str, object, Result]]:
    """Name, chart and result of every `page.draw` of the notebooks."""
    for name, notebook in notebooks.items():
        for _, calls in _calls(notebook, name):
            for method, chart, result in calls:
                if method == "draw" and result.tables:
                    yield f"{name}.{result.name}.{chart.__name__}", chart, result


def figure_of(chart, result: Result, page: Page) -> Figure | None:
    """The figure as it is put on the page, laid out."""
    drawn = canvas.figure_of(chart, result, page)
    if drawn is None:
        return None
    with mpl.rc_context(canvas.STYLE):
        vector.laid_out(drawn[0], {})
    return drawn[0]


class Longer(dict):
    """A catalogue of a language whose every word is 40% longer than the English one; slots stay."""

    def get(self, message: str, default: str = "") -> str:
        return longer(message)


def longer(message: str) -> str:
    """The message with the end of each word said again: "Score" -> "Scorere"."""
    said = []
    for text, slot, style, _ in Formatter().parse(message):
        said.append(WORD.sub(lambda word: word[0] + word[0][-math.ceil(LONGER * len(word[0])) :], text))
        said.append(f"{{{slot}:{style}}}" if style else f"{{{slot}}}" if slot else "")
    return "".join(said)


def _calls(notebook: NotebookNode, name: str) -> Iterator[tuple[NotebookNode, list]]:
    """Each code cell that shows something, with (method, what, result); charts and tables are of the result shown last."""
    charts, last = import_module(f"cxlib.report.charts.{name}"), None
    for cell in notebook.cells:
        if cell.cell_type != "code" or "note" in cell.metadata.get("tags", []):
            continue
        results, calls = iter(shown_results([cell])), []
        for method, given in CALL.findall(cell.source):
            if method == "show":
                last = next(results)
            what = getattr(charts, CHART.match(given)[1]) if method == "draw" else TABLES.findall(given)
            calls.append((method, what, last))
        if calls:
            yield cell, calls


def _outputs(page: Page, method: str, what, result: Result) -> list[NotebookNode]:
    shown = []
    with patch("cxlib.report.page.display", lambda faces, **options: shown.append((dict(faces), options))):
        if method == "draw":
            page.draw(what, result)
        else:
            getattr(page, method)(result, *what)
    return [nbformat.v4.new_output("display_data", faces, metadata=o.get("metadata", {})) for faces, o in shown]
