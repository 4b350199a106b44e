"""The last look before a report is published: nothing of another client, nothing of this machine."""

import ast
import getpass
import io
import json
import re
import socket
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import chain
from pathlib import Path

from cxlib.report.language.words import LOCALE_FOLDER

PROJECT = Path(__file__).parents[2]
ROOMS = ("stats", "analyses", "engagement", "report")  # what they write can stand in a report

PICTURE = re.compile(r"data:[a-z0-9/+.-]+;base64,[A-Za-z0-9+/=]+")
WORD = re.compile(r"[^\W_]+(?:[_-]+[^\W_]+)*")


class Leak(RuntimeError):
    """A finished file names another client of the run, or a path of this machine."""


def scan(files: Iterable[Path], foreign: Mapping[str, str], own: Path, own_name: str) -> int:
    """Looks through finished files for the ids and names of other clients, and for paths of this machine.

    foreign : {id: name} of the other clients of the run
    own : the client's folder; a word that stands in it, or in the workbook's own texts, tells nothing
    Returns how many files were looked through. Raises Leak at the first find.
    """
    tokens = {token for pair in foreign.items() for token in pair if token and token not in (own.name, own_name)}
    count = 0
    for file in files:
        text = shown_text(file).replace(own_name, " ")
        found = [path for path in machine_words() if path in text]
        if found:
            raise Leak(f"{file.name} holds {found[0]!r}, which tells of this machine; show something else there.")
        found = [token for token in _among(tokens, text) if not _is_own(token, own)]
        if found:
            raise Leak(
                f"{file.name} holds {found[0]!r}, which belongs to another client of this run. If the word is meant, "
                "render this client alone."
            )
        count += 1
    return count


def scan_for_parts(files: Iterable[Path], others: Iterable[str], own: str, texts: Callable[[], Iterable[str]]) -> None:
    """Looks through the finished files of a report about one part of a client, as a store, for the names of the others.

    others : what the other parts and their reports are called;  own : the part that the report is about
    texts : what the report may say whatever else it is the name of
    Names without letters, or of fewer than three signs, are found everywhere and looked for nowhere. Raises Leak.
    """
    tokens = {name for name in others if len(name) > 2 and re.search(r"[^\W\d_]", name)}
    inside = {name for name in tokens if name in own}  # as North in North East: found only where it stands by itself
    for file in files:
        text = shown_text(file)
        found = [*_among(tokens - inside, text), *_among(inside, re.sub(rf"(?<!\w){re.escape(own)}(?!\w)", " ", text))]
        if found and (found := [token for token in found if not _is_said(token, texts())]):
            raise Leak(
                f"{file.name} holds {found[0]!r}, which is another value of `for_each`. If the word is meant, let a heading of client.yml say it."
            )


def _is_said(token: str, texts: Iterable[str]) -> bool:
    """Whether a token stands in one of the texts, in the workbook's own, or is a word of any report."""
    words = (text for file in LOCALE_FOLDER.rglob("*.po") for text in [file.read_text(encoding="utf-8")])
    return token in words_of_any_report() or any(token in text for text in chain(texts, words))


def machine_words() -> list[str]:
    """Paths that lead to this machine or its user: never part of a report."""
    home, user = str(Path.home()), getpass.getuser()
    words = [
        f"{home}/",
        f"/home/{user}",
        f"{tempfile.gettempdir()}/",
        str(PROJECT),
        f"@{socket.gethostname()}",
    ]
    return [word for word in words if len(word) > 3]


def _among(tokens: set[str], text: str) -> list[str]:
    """The tokens that stand in the text as whole words; one pass over the text, however many tokens there are."""
    words = set(WORD.findall(text))
    opening = {token: WORD.search(token) for token in tokens}
    likely = [token for token, first in opening.items() if first is None or first.group() in words]
    there = [token for token in likely if token in text]
    return sorted(token for token in there if re.search(rf"(?<!\w){re.escape(token)}(?!\w)", text))


def shown_text(file: Path) -> str:
    """What the file shows: pictures aside, and of a notebook the outputs alone, for its sources are the workbook's."""
    if zipfile.is_zipfile(file):
        return "\n".join(piece.decode("utf-8", "replace") for piece in pieces(file))
    if file.suffix == ".pdf":
        return _printed_text(file)
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        outputs = [output for cell in json.loads(text)["cells"] for output in cell.get("outputs", [])]
        for output in outputs:
            output.get("data", {}).pop("image/png", None)
        text = json.dumps(outputs, ensure_ascii=False)
    return PICTURE.sub("", text)


def _printed_text(file: Path) -> str:
    """The text of a PDF, what it says of itself, and where its links lead."""
    import pypdf

    document = pypdf.PdfReader(file)
    links = [str(note.get_object().get("/A")) for page in document.pages for note in page.annotations or []]
    return "\n".join([*(page.extract_text() for page in document.pages), str(document.metadata), *links])


def _is_own(token: str, own: Path) -> bool:
    """Whether the token stands in the client's own folder or in the workbook's texts, or is a word that reports hold
    whoever they are about: it tells nothing of another client then."""
    wanted = token.encode()
    texts = [*(file for file in own.rglob("*") if file.is_file()), *LOCALE_FOLDER.rglob("*.po")]
    return any(wanted in piece for file in texts for piece in pieces(file)) or token in words_of_any_report()


@cache
def words_of_any_report() -> frozenset[str]:
    """Words that come from the program and not from a client: what the code writes, the pages' templates, empty office
    files. The code's docstrings and comments are no part of a report."""
    modules = [file for room in ROOMS for file in (PROJECT / "cxlib" / room).rglob("*.py")]
    texts = [text for file in modules for text in _written_by(file.read_text(encoding="utf-8"))]
    texts += [file.read_text(encoding="utf-8") for file in (PROJECT / "templates" / "report").rglob("*") if file.is_file()]
    return frozenset(word for text in [*texts, *_empty_office_files()] for word in WORD.findall(text))


def _written_by(code: str) -> Iterable[str]:
    """The texts and names of a module that can reach a report, its docstrings left out."""
    tree = ast.parse(code)
    said = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]  # docstrings
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if node not in said:
                yield text
            case ast.keyword(arg=str(name)) | ast.arg(arg=name) | ast.Attribute(attr=name):
                yield name


def _empty_office_files() -> Iterable[str]:
    import pptx
    import xlsxwriter

    for write in (lambda file: xlsxwriter.Workbook(file).close(), lambda file: pptx.Presentation().save(file)):
        file = io.BytesIO()
        write(file)
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                yield from (name, archive.read(name).decode("utf-8", "ignore"))


def pieces(file: Path) -> Iterable[bytes]:
    """What a file holds: one piece, or those of a zip, as office files are."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    else:
        yield file.read_bytes()
