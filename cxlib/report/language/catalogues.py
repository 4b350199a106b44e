"""What has to be translated: every message of the code, the templates and the notebooks, by catalogue.

`python -m cxlib.report.language.catalogues` adds new messages to templates/locale/*/LC_MESSAGES/*.po with an empty translation,
moves none, and drops those that are no longer used.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from cxlib.report.html import NOT_FOR_THE_CLIENT
from cxlib.report.language.words import LANGUAGES, LOCALE_FOLDER

ROOT = Path(__file__).parents[3]
FRAME = "cx"
TEMPLATE_WORD = re.compile(r'word\("([^"]+)"\)')
NOISE = tuple(
    f'"{name}' for name in ("Project-Id", "Report-Msgid", "POT-", "PO-Rev", "Last-Tr", "Language-Team", "Generated")
)
CALLS = {"Term": 0, "word": 0, "translated": 0, "Column": 0}  # function: which argument is the message


def messages() -> dict[str, list[str]]:
    """{catalogue: messages in order of appearance}; a message stands in the first catalogue that uses it, `cx` first."""
    found: dict[str, list[str]] = {FRAME: []}
    seen: set[str] = set()
    for name, message in _all():
        if message not in seen:
            seen.add(message)
            found.setdefault(name, []).append(message)
    return found


def update_catalogues() -> None:
    """Brings every .po file up to date with the messages; translations stay."""
    for language in LANGUAGES[1:]:
        folder = LOCALE_FOLDER / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        known = {entry.id: entry.string for file in folder.glob("*.po") for entry in _read(file) if entry.id}
        for name, used in messages().items():
            catalogue = Catalog(locale=language, charset="utf-8", fuzzy=False, header_comment=f"# {name}: {language}")
            for message in used:
                catalogue.add(message, known.get(message, "")).flags.clear()  # "95% i" is no python-format
            _write(folder / f"{name}.po", catalogue)


def _all() -> Iterator[tuple[str, str]]:
    report = ROOT / "cxlib" / "report"
    for file in sorted(set(report.rglob("*.py")) - set((report / "charts").iterdir())):
        yield from ((FRAME, message) for message in _in_code(file))
    for file in sorted((ROOT / "templates" / "report").glob("*.j2")):
        yield from ((FRAME, message) for message in TEMPLATE_WORD.findall(file.read_text(encoding="utf-8")))
    for file in sorted((ROOT / "cxlib" / "render").rglob("*.py")):
        yield from ((FRAME, message) for message in _in_code(file))
    for file in sorted((ROOT / "cxlib" / "analyses").glob("*.py")):
        yield from ((FRAME, message) for message in _in_code(file))
    for notebook in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        name = notebook.stem.split("_", 1)[1]
        yield from ((name, message) for message in _in_notebook(notebook))
        code = [*sorted((ROOT / "cxlib" / "analyses" / name).glob("*.py")), ROOT / f"cxlib/analyses/{name}.py"]
        for file in [*code, ROOT / "cxlib" / "report" / "charts" / f"{name}.py"]:
            yield from ((name, message) for message in _in_code(file))
        if name == "business_case":
            yield from ((name, message) for message in _in_published_effects())


def _in_notebook(file: Path) -> Iterator[str]:
    for cell in nbformat.read(file, as_version=4).cells:
        if cell.cell_type == "markdown" and not NOT_FOR_THE_CLIENT & set(cell.metadata.get("tags", [])):
            yield cell.source


def _in_published_effects() -> Iterator[str]:
    """What reports print of the published effects: claim and caution of those with a range."""
    document = yaml.safe_load((ROOT / "templates" / "models" / "published_effects.yml").read_text(encoding="utf-8"))
    for effect in document["effects"]:
        if "range" in effect:
            yield from (effect["effect"], effect["caution"])


def _in_code(file: Path) -> Iterator[str]:
    if not file.exists():
        return
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "Sentences":
                yield from (entry.elts[1].value for entry in node.args[0].values)
            elif name in CALLS and len(node.args) > CALLS[name]:
                yield from _texts(node.args[CALLS[name]])


def _texts(node: ast.expr) -> Iterator[str]:
    """The literal texts that an argument can be: a constant, or either side of a conditional."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))


def _read(file: Path) -> Catalog:
    with file.open("rb") as handle:
        return read_po(handle)


def _write(file: Path, catalogue: Catalog) -> None:
    with file.open("wb") as handle:
        write_po(handle, catalogue, width=110, omit_header=False, ignore_obsolete=True)
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line for line in lines if not line.startswith(NOISE)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    update_catalogues()
