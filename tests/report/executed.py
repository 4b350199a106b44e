"""Executed notebooks for the tests of workbook and slides: made of a few results, or as they are shipped."""

from collections.abc import Mapping
from functools import cache

import nbformat
from nbformat import NotebookNode

from cxlib.analyses.result import Result
from cxlib.render.run.notebooks import notebook_files
from cxlib.report.html import presentable
from cxlib.report.page import RESULT_MIME
from cxlib.report.sections import shown_results


def executed(title: str, sections: Mapping[str, Result]) -> NotebookNode:
    """A notebook of which each section is a heading, a line of prose and one result."""
    cells = [nbformat.v4.new_markdown_cell(f"# {title}\n\nFirst words.")]
    for heading, result in sections.items():
        cells.append(nbformat.v4.new_markdown_cell(f"## {heading}\n\nProse of **{heading}** in `{result.name}`."))
        output = nbformat.v4.new_output("display_data", {RESULT_MIME: result.to_json(), "text/plain": ""})
        cells.append(nbformat.v4.new_code_cell("page.show(result)", outputs=[output]))
    return nbformat.v4.new_notebook(cells=cells)


@cache
def shipped() -> dict[str, NotebookNode]:
    """The workbook's own notebooks with their stored outputs."""
    return {name: nbformat.read(file, as_version=4) for name, file in notebook_files().items() if "." not in file.stem}


@cache
def results_of_shipped(*, workbook: bool = False) -> Mapping[str, Result]:
    """{"status.net_promoter_score": result} of what a client sees on pages; with `workbook` also of what stands there alone."""
    return {
        f"{name}.{result.name}": result
        for name, notebook in shipped().items()
        for result in shown_results(presentable(notebook, "en", workbook=workbook).cells)
        if not result.absent
    }
