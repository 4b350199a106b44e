"""The last look before a report is published: nothing of another client, nothing of this machine, and no customer's id."""

import ast
import getpass
import io
import json
import re
import socket
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from cxlib.report.language.words import LOCALE_FOLDER

PROJECT = Path(__file__).parents[2]
ROOMS = ("stats", "analyses", "engagement", "report")  # what they write can stand in a report

PICTURE = re.compile(r"data:[a-z0-9/+.-]+;base64,[A-Za-z0-9+/=]+")
WORD = re.compile(r"[^\W_]+(?:[_-]+[^\W_]+)*")


ATOM = re.compile(r"[^\W_]+")
APART = bytes(byte if byte >= 128 or chr(byte).isalnum() else 32 for byte in range(256))  # other signs part words
TAG = re.compile(r"<[^<>]*>")
SAID_IN_TAGS = re.compile(r'\b(?:alt|title|aria-label|descr|content|value)=\\?"([^"\\]*)')  # attributes that a reader is told
OFFICE_TEXT = re.compile(  # a text, or a value that is no number, as the labels of a chart are
    r"<(?:\w+:)?(?:(?:t|f|text|title|creator|subject|description)(?: [^<>]*)?>([^<>]+)|v>([^<>]*[^\d.eE+\-<>][^<>]*))<")
FIGURE = re.compile(r"[\[:,]\s*-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\s*(?=[,\]}\n])", re.IGNORECASE)  # a number of JSON
STANDS_ALONE = re.compile(r'(?:>|(?<!=)(?<!=\\)")\s*(\d{5,6})\s*\\?[<"]')
ID_LENGTH, NUMBER_LENGTH, ALONE_LENGTH = 4, 7, 5  # signs from which on an id, a plain number, and one alone in its place tells


class Leak(RuntimeError):
    """A finished file names another client of the run, a customer, or a path of this machine."""


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


@dataclass(frozen=True)
class Sought:
    """Ids of customers, by how they are looked for.

    words    {the most telling part: ids}, anywhere in a file;  numbers: plain numbers, in what a reader is told;  alone: shorter
             ones, only where nothing else stands in the same place
    """

    words: Mapping[str, tuple[str, ...]]
    numbers: frozenset[str]
    alone: frozenset[str]


def sought(ids: Iterable[str]) -> Sought:
    """The ids that can be told from a report's own words and figures.

    - with a digit and another sign, as K0417 or 12-3456, an e-mail address, or two words: from four signs on, anywhere
    - plain numbers: from seven digits on anywhere but among figures (of JSON, of drawings); of five or six only where they stand
      alone, as a cell or a label does, for a report writes its own figures with a separator of thousands
    - shorter numbers and single words without a digit: not at all. They are years, counts and words of any report
    """
    words: dict[str, list[str]] = {}
    numbers, alone = set(), set()
    for each in ids:
        if each.isdecimal():
            if len(each) >= ALONE_LENGTH:
                (numbers if len(each) >= NUMBER_LENGTH else alone).add(each)
        elif len(each) >= ID_LENGTH and (any(sign.isdecimal() for sign in each) or "@" in each or " " in each):
            parts = ATOM.findall(each) or [each]
            words.setdefault(max(parts, key=_telling), []).append(each)
    return Sought({part: tuple(named) for part, named in words.items()}, frozenset(numbers), frozenset(alone))


def _telling(part: str) -> tuple[bool, int]:
    return any(sign.isdecimal() for sign in part), len(part)


def scan_for_customers(files: Iterable[Path], ids: Iterable[str], own: Path) -> int:
    """Looks through finished files for the id of any customer; the time depends on the files, hardly on how many ids there are.

    own : the client's folder; what stands in its client.yml, or is a word of any report, tells of nobody
    Returns how many files were looked through. Raises Leak at the first file that has one, which it does not repeat.
    """
    wanted, count = sought(ids), 0
    for file in files:
        found = [each for each in _customers_in(file, wanted) if not _is_anybodys(each, own)]
        if found:
            which = "a customer" if len(found) == 1 else f"{len(found)} customers"
            raise Leak(
                f"{file.name} names {which} by id (of the kind {_kind(found[0])}); a report names nobody. Show groups, or the list "
                "that `cx calls` makes. If it is no customer, write the word in client.yml, as in a label."
            )
        count += 1
    return count


def _customers_in(file: Path, wanted: Sought) -> list[str]:
    raw = _office_text(file) if zipfile.is_zipfile(file) else shown_text(file)
    there = _parts_of(raw)
    likely = (each for part in there & wanted.words.keys() for each in wanted.words[part])
    found = [each for each in likely if each in raw and re.search(rf"(?<![^\W_]){re.escape(each)}(?![^\W_])", raw)]
    if wanted.numbers and wanted.numbers & there:
        told = " ".join([TAG.sub(" ", raw), *SAID_IN_TAGS.findall(raw)])
        told = FIGURE.sub(" ", told) if file.suffix in (".json", ".ipynb") else told
        found += wanted.numbers & set(re.findall(r"(?<![\w.,#-])\d+(?![\w-]|[.,]\d)", told))
    if wanted.alone:
        found += wanted.alone & {*STANDS_ALONE.findall(raw), *(text.strip() for text in SAID_IN_TAGS.findall(raw))}
    return sorted(found)


def _parts_of(text: str) -> set[str]:
    """Every run of letters and digits in a text; by bytes, which is five times as fast as by a pattern."""
    found = {part.decode("utf-8") for part in set(text.encode("utf-8", "replace").translate(APART).split())}
    return found | {part for other in found if not other.isascii() for part in ATOM.findall(other)}


def _office_text(file: Path) -> str:
    """What an office file says: the texts between its tags and what is said of drawings, without places, sizes and numbers of cells."""
    with zipfile.ZipFile(file) as archive:
        pages = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist() if name.endswith(".xml")]
    told = (f">{text or value}<" for page in pages for text, value in OFFICE_TEXT.findall(page))
    return "\n".join([*told, *(f'alt="{said}"' for page in pages for said in SAID_IN_TAGS.findall(page))])


def _is_anybodys(token: str, own: Path) -> bool:
    """Whether the token is a word of any report, or one that the client's settings hold."""
    settings = own / "client.yml"
    return token in words_of_any_report() or (settings.exists() and token in settings.read_text(encoding="utf-8", errors="replace"))


def _kind(token: str) -> str:
    """The shape of an id, without telling it: K0417 as A9999."""
    return re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", token))


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
