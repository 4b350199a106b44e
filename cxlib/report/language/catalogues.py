"""What has to be translated, found by Babel: every message of the code, the templates and the notebooks, by catalogue.

`python -m cxlib.report.language.catalogues` adds new messages to templates/locale/*/LC_MESSAGES/*.po with an empty translation,
moves none, drops those that are no longer used, and names for each the files that say it.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import nbformat
import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from cxlib.languages import LANGUAGES
from cxlib.report.language.words import LOCALE_FOLDER, NOT_FOR_THE_CLIENT

ROOT = Path(__file__).parents[3]
FRAME = "cx"
NOISE = tuple(
    f'"{name}' for name in ("Project-Id", "Report-Msgid", "POT-", "PO-Rev", "Last-Tr", "Language-Team", "Generated")
)
MESSAGES: dict[str, tuple[int | str, ...]] = {  # function: the arguments that are messages, by place or by name
    "Term": (0,),
    "word": (0,),
    "translated": (0,),
    "sentence": (0,),
    "Column": (1, 3, "heading", "meaning"),
}
Found = Iterator[tuple[int, None, str, list[str]]]  # what Babel asks of a method: line, function, message, comments


def messages() -> dict[str, dict[str, list[str]]]:
    """{catalogue: {message: the files that say it}} in order of appearance.

    A message stands in the first catalogue that uses it, `cx` first.
    """
    found: dict[str, dict[str, list[str]]] = {FRAME: {}}
    home: dict[str, str] = {}
    for name, file in _sources():
        for _, said, *_ in extract_from_file(METHODS[file.suffix], file, {"word": None}):
            message = str(said)
            catalogue = home.setdefault(message, name)
            files = found.setdefault(catalogue, {}).setdefault(message, [])
            files += {file.relative_to(ROOT).as_posix()} - set(files)
    return found


def update_catalogues() -> None:
    """Brings every .po file up to date with the messages; translations stay."""
    for language in LANGUAGES[1:]:
        folder = LOCALE_FOLDER / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        known = {entry.id: entry.string for file in folder.glob("*.po") for entry in _read(file) if entry.id}
        for name, used in messages().items():
            catalogue = Catalog(locale=language, charset="utf-8", fuzzy=False, header_comment=f"# {name}: {language}")
            for message, files in used.items():
                entry = catalogue.add(message, known.get(message, ""), locations=[(file, 0) for file in files])
                entry.flags.clear()  # "95% i" is no python-format
            _write(folder / f"{name}.po", catalogue)


def _sources() -> Iterator[tuple[str, Path]]:
    """Every file that speaks to a reader, with its catalogue; the order decides where a message of two files stands."""
    report, analyses = ROOT / "cxlib" / "report", ROOT / "cxlib" / "analyses"
    notebooks = {notebook.stem.split("_", 1)[1]: notebook for notebook in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))}
    frame = [
        *sorted(set(report.rglob("*.py")) - {report / "charts" / f"{room.name}.py" for room in analyses.iterdir()}),
        *sorted((ROOT / "templates" / "report").glob("*.j2")),
        *sorted((ROOT / "cxlib" / "render").rglob("*.py")),
        *sorted(analyses.glob("*.py")),
    ]
    yield from ((FRAME, file) for file in frame)
    rooms = sorted(each.parent.name for each in analyses.glob("*/columns.py"))
    for name in dict.fromkeys([*notebooks, *rooms]):  # a room speaks before it has a notebook
        yield from ((name, file) for file in (*filter(None, [notebooks.get(name)]), *sorted((analyses / name).glob("*.py"))))
        yield from ((name, file) for file in (report / "charts").glob(f"{name}.py"))
        if name == "business_case":
            yield name, ROOT / "templates" / "models" / "published_effects.yml"


def of_notebook(file: IO[bytes], *_: object, **__: object) -> Found:
    """Babel's method for a notebook: the prose of each cell that the client reads."""
    for number, cell in enumerate(nbformat.read(file, as_version=4).cells, 1):
        if cell.cell_type == "markdown" and not NOT_FOR_THE_CLIENT & set(cell.metadata.get("tags", [])):
            yield number, None, cell.source, []


def of_published_effects(file: IO[bytes], *_: object, **__: object) -> Found:
    """Babel's method for what reports print of the published effects: claim and caution of those with a range."""
    for effect in yaml.safe_load(file)["effects"]:
        if "range" in effect:
            yield from ((0, None, effect[part], []) for part in ("effect", "caution"))


def of_code(file: IO[bytes], *_: object, **__: object) -> Found:
    """Babel's method for our Python: wordings of `Sentences` and arguments that are messages, either side of an `if` too.

    Babel's own would read "a" if so else "b" as the one message "ab".
    """
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            for said in _said(node):
                yield from ((said.lineno, None, text, []) for text in _texts(said))


METHODS: dict[str, Any] = {".py": of_code, ".ipynb": of_notebook, ".yml": of_published_effects, ".j2": "jinja2"}


def _said(call: ast.Call) -> Iterable[ast.expr]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name == "Sentences":
        entries = call.args[0].values if isinstance(call.args[0], ast.Dict) else ()
        wordings: list[list[ast.expr]] = [
            entry.args if isinstance(entry, ast.Call) else getattr(entry, "elts", []) for entry in entries
        ]
        return [wording[1] for wording in wordings if len(wording) > 1]  # (tone, message) or Says(tone, message, ...)
    given = dict(enumerate(call.args)) | {named.arg: named.value for named in call.keywords}
    return [given[place] for place in MESSAGES.get(name, ()) if place in given]


def _texts(node: ast.expr) -> Iterator[str]:
    """The literal texts that an argument can be: a constant, or either side of a conditional."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))


def _read(file: Path) -> Catalog:
    with file.open("rb") as handle:
        return read_po(handle)


def _write(file: Path, catalogue: Catalog) -> None:
    with file.open("wb") as handle:
        write_po(handle, catalogue, width=110, include_lineno=False, ignore_obsolete=True)
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line for line in lines if not line.startswith(NOISE)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    update_catalogues()
