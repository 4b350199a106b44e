"""The charts of a finished report, each as a file of its own."""

from collections.abc import Iterator
from pathlib import Path

from cxlib.render.run.notebooks import read_notebook
from cxlib.report.drawings import framed, write
from cxlib.report.html import presentable
from cxlib.report.page import SVG


def chart_files(report: Path, out: Path, kind: str, language: str = "en") -> Iterator[Path]:
    """Writes each chart of the executed notebooks of `report` to `out`, named after notebook, result and chart.

    raises FileNotFoundError where no report is
    """
    notebooks = sorted(report.glob("[0-9]*.ipynb"))
    if not notebooks:
        raise FileNotFoundError(f"there is no report in {report}; cx render makes it")
    out.mkdir(parents=True, exist_ok=True)
    for file in notebooks:
        written: set[str] = set()
        for number, (svg, told) in enumerate(_drawings(file, language), start=1):
            name = f"{file.stem}.{told.get('name') or number}"
            path = out / f"{name if name not in written else f'{name}.{number}'}.{kind}"
            written.add(name)
            write(framed(svg, told.get("caption", "")), path)
            yield path


def _drawings(file: Path, language: str) -> Iterator[tuple[str, dict]]:
    """What a client sees: no charts of notes."""
    for cell in presentable(read_notebook(file), language).cells:
        for output in cell.get("outputs", ()):
            if SVG in output.get("data", {}) and "caption" in output.metadata.get(SVG, {}):
                yield output.data[SVG], output.metadata[SVG]
