"""The pages of a client as results, without HTML: the cells of the notebooks run in this process, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from unittest.mock import patch

import cxlib.report
from cxlib.analyses.result import Result
from cxlib.engagement import open_client
from cxlib.render.run.notebooks import needs, notebook_files, read_notebook
from cxlib.report.front_page.next_steps import next_steps
from cxlib.report.language.words import sentence
from cxlib.report.page import Page
from tests.invariants.rules import FRONT, Told

# Enough for a verdict and quick: what is tested holds however many draws there are.
QUICK = {"resamples": 60, "draws": 99}
DRAWS_OF_MONEY = 500


@dataclass
class Shown:
    """What became of one notebook: the results that it shows, as results.json has them, and the sentences of each.

    error  what its cells raised, or None;  left_out  whether the client folder cannot feed it
    """

    name: str
    results: list[dict] = field(default_factory=list)
    sentences: list[list[str]] = field(default_factory=list)
    error: Exception | None = None
    left_out: bool = False

    @property
    def asked(self) -> list[tuple[dict, list[str]]]:
        """The results that show something, each with its sentences."""
        both = zip(self.results, self.sentences, strict=True)
        return [(result, said) for result, said in both if not Result.from_json(result).absent]

    def as_page(self) -> dict:
        """What the overview takes."""
        results = [Result.from_json(result) for result in self.results]
        return {"name": self.name, "file": f"{self.name}.html", "title": self.name, "results": results, "answer": ""}


def pages_of(client: str, *names: str, parameters: Mapping = QUICK) -> dict[str, Shown]:
    """The notebooks named, or every one of the workbook, run for a client that CX_CLIENTS leads to."""
    return {name: _run(name, client, parameters) for name in notebook_files(list(names))}


def _run(name: str, client: str, parameters: Mapping) -> Shown:
    cells, needed = _notebook(name)
    shown = Shown(name)
    engagement = open_client(client)
    if not all(any(map(engagement.has, one_of)) for one_of in needed):
        shown.left_out = True
        return shown

    class Collecting(Page):
        """A page that keeps what it is shown, and draws nothing."""

        def show(self, result: Result, *tables: str) -> None:
            for table in tables if result.tables else ():
                result.tables[table]
            shown.results.append(result.to_json())
            shown.sentences.append([self.says(finding) for finding in result.findings])

        def table(self, result: Result, name: str) -> None: ...

        def draw(self, chart, result: Result, **options) -> None: ...

        def what_if(self, answer, ranges) -> None: ...

    space: dict[str, object] = {}
    given = {"client": client} | dict(parameters)
    if name == "business_case":
        given["draws"] = DRAWS_OF_MONEY
    with patch.object(cxlib.report, "Page", Collecting):
        try:
            for is_parameters, code in cells:
                exec(code, space)
                if is_parameters:
                    space |= {key: value for key, value in given.items() if key in space}
        except Exception as error:
            shown.error = error
    return shown


@cache
def _notebook(name: str) -> tuple[tuple, tuple]:
    """(whether it holds the parameters, code) of each cell but notes; and what the notebook needs."""
    file = notebook_files([name])[name]
    source = read_notebook(file)
    cells = tuple(
        ("parameters" in cell.metadata.get("tags", []), compile(cell.source, f"{file.name} [{number}]", "exec"))
        for number, cell in enumerate(source.cells)
        if cell.cell_type == "code" and "note" not in cell.metadata.get("tags", [])
    )
    return cells, tuple(needs(source))


def told(pages: Mapping[str, Shown]) -> list[Told]:
    """Every sentence of a report, and then the next steps, which the first page tells."""
    found = [
        Told(f"{name}:{finding['key']}", finding["values"], text)
        for name, page in pages.items()
        for result, sentences in page.asked
        for finding, text in zip(result["findings"], sentences, strict=True)
    ]
    for step in next_steps([page.as_page() for page in pages.values() if page.asked]):
        said = step.finding
        found.append(Told(f"{FRONT}:{said.key}", said.values, sentence(said.message, said.values, "en", "DKK")))
    return found
