"""A report appears whole or not at all: built in a work folder, checked, then shown by one rename of a pointer."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

from filelock import FileLock, Timeout

from cxlib.report.language.words import NOT_FOR_THE_CLIENT
from cxlib.report.own_words import with_addresses, with_dashes

BUILDS = ".builds"
KEPT = "kept"  # beside the builds of a client: what its analyses gave, which is never published
WAIT = 600  # seconds that a run waits for another run on the same client
LIVE_TAGS = {"script", "iframe", "object", "embed", "link", "base", "form", "applet", "frame", "foreignobject", "animate", "set"}
NAMES = {"aria-label", "aria-labelledby", "aria-hidden"}  # one of them says what a drawing is, or that it says nothing
PAINTS = {"style", "fill", "stroke", "clip-path", "mask", "filter", "marker-start", "marker-mid", "marker-end"}
AWAY = re.compile(r"url\((?!\s*['\"]?(?:#|data:))", re.IGNORECASE)
ADDRESSES = {
    "src",
    "srcset",
    "href",
    "xlink:href",
    "action",
    "formaction",
    "poster",
    "data",
    "background",
    "ping",
    "cite",
}
NAN = re.compile(r"(?<![\w'’-])(nan|NaN)(?![\w'’-])")
NO_NUMBER = {"None", "inf", "-inf", "−inf"}  # in a column of numbers; elsewhere a client may use the words


PICTURE_REMEDY = 'a picture has no alt text; show it with page.figure(figure, alt="what it shows, with its figures")'


class PageError(RuntimeError):
    """A finished page holds something that must not leave the house."""


class Busy(RuntimeError):
    """Another run is at work on the same client."""


@contextmanager
def published(out: Path, client: str, *, wait: float = WAIT) -> Iterator[Path]:
    """A work folder that becomes `out/client` when the block ends without an error, and vanishes otherwise.

    `out/client` is a link to the newest build, replaced in one step: a reader sees the old report or the new one.
    Two runs on one client wait for each other. Leftovers of a killed run are swept at the next start.

    raises Busy when another run keeps the client for longer than `wait` seconds
    """
    builds = out / BUILDS / client
    builds.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(out / BUILDS / f"{client}.lock", timeout=wait):
            _sweep(builds, keep=_current(out / client))
            work = Path(tempfile.mkdtemp(prefix="build-", dir=builds))
            try:
                yield work
                work.chmod(0o755)
                for path in (*work.iterdir(), work):
                    _sync(path)
            except BaseException:
                shutil.rmtree(work, ignore_errors=True)
                raise
            _point(out / client, work)
            _sweep(builds, keep=work.name)
    except Timeout:
        raise Busy(f"another run is at work on {client}; try again when it has ended.") from None


def check_page(html: str) -> None:
    """Raises PageError for a script, an address outside the page, an event handler, a picture without alt text, NaN."""
    guard = _Guard()
    guard.feed(html)
    guard.close()
    if guard.faults:
        raise PageError("; ".join(guard.faults[:5]))


def check_own(notebook: Mapping, file: str) -> None:
    """Raises PageError, with the cell and the remedy, where a consultant's own output could not stand in a page."""
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code" or NOT_FOR_THE_CLIENT & set(cell["metadata"].get("tags", [])):
            continue
        for output in cell["outputs"]:
            if fault := _fault(output.get("data", {}), output.get("metadata", {})):
                raise PageError(f"{file}, cell [{cell['execution_count']}]: {fault}.")


def _fault(data: Mapping, told: Mapping) -> str:
    pictures = [kind for kind in data if kind.startswith("image/")]
    if pictures and "text/html" not in data and not told.get(pictures[0], {}).get("alt", "").strip():
        return PICTURE_REMEDY
    if "text/html" in data and not pictures:
        guard = _Guard()
        guard.feed(with_dashes(with_addresses("".join(data["text/html"]))))
        if guard.faults:
            return f"{guard.faults[0]}; show it with page.table, page.figure or page.note, or as text"
    return ""


class _Guard(HTMLParser):
    """Collects what a finished page must not hold."""

    def __init__(self):
        super().__init__()
        self.faults: list[str] = []
        self.tag, self.number = "", False

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tag, self.number = tag, tag == "td" and values.get("class") == "r"
        if tag in LIVE_TAGS or (tag == "meta" and (values.get("http-equiv") or "").lower() == "refresh"):
            self.faults.append(f"<{tag}> is not allowed in a page")
        if tag == "img" and not (values.get("alt") or "").strip():
            self.faults.append("a picture has no alt text")
        if tag == "svg" and not any((values.get(name) or "").strip() for name in NAMES):
            self.faults.append("a drawing has no alt text")
        if NAN.search(values.get("alt") or ""):
            self.faults.append("an alt text holds a figure that is none")
        for name, value in attrs:
            if name.startswith("on"):
                self.faults.append(f"<{tag} {name}> is an event handler")
            if name in ADDRESSES and not _stays(tag, "".join((value or "").split()).lower()):
                self.faults.append(f"<{tag} {name}={value[:60]!r}> leaves the report")
            if name in PAINTS and AWAY.search(value or ""):
                self.faults.append(f"<{tag} {name}={value[:60]!r}> loads an address")

    def handle_endtag(self, tag):
        self.tag, self.number = "", False

    def handle_data(self, data):
        if self.tag == "style" and re.search(r"@import|url\((?!\s*['\"]?data:)", data, re.IGNORECASE):
            self.faults.append("the style sheet loads an address")
        elif NAN.search(data) or (self.number and data.strip() in NO_NUMBER):
            self.faults.append(f"a figure reads {data.strip()[:60]!r}")


def _stays(tag: str, address: str) -> bool:
    if tag in ("img", "image"):
        return address.startswith("data:image/")
    return address.startswith("#") or (":" not in address and not address.startswith(("/", "\\")))


def _sync(path: Path) -> None:
    """The bytes are on the disk before anything points at them: a power cut leaves no name without its content."""
    if path.is_dir() and os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _point(pointer: Path, build: Path) -> None:
    fresh = build.with_name(f"link-{build.name}")
    try:
        fresh.symlink_to(Path(BUILDS, pointer.name, build.name), target_is_directory=True)
    except OSError:  # no links on this file system (Windows without the right): the shortest swap of folders there is
        if pointer.exists():
            os.replace(pointer, build.with_name(f"old-{build.name}"))
        os.replace(build, pointer)
        return
    if pointer.is_dir() and not pointer.is_symlink():
        os.replace(pointer, build.with_name(f"old-{build.name}"))
    os.replace(fresh, pointer)
    _sync(pointer.parent)


def _current(pointer: Path) -> str:
    return Path(os.readlink(pointer)).name if pointer.is_symlink() else ""


def _sweep(builds: Path, keep: str) -> None:
    for path in builds.iterdir():
        if path.is_symlink():
            path.unlink()
        elif path.name not in (keep, KEPT):
            shutil.rmtree(path, ignore_errors=True)
