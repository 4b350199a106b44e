"""A report appears whole or not at all: built in a work folder, checked, then shown by one rename of a pointer."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

from filelock import FileLock

BUILDS = ".builds"


class PageError(RuntimeError):
    """A finished page holds something that must not leave the house."""


@contextmanager
def published(out: Path, client: str) -> Iterator[Path]:
    """A work folder that becomes `out/client` when the block ends without an error, and vanishes otherwise.

    `out/client` is a link to the newest build, replaced in one step: a reader sees the old report or the new one.
    Two runs on one client wait for each other. Leftovers of a killed run are swept at the next start.
    """
    builds = out / BUILDS / client
    builds.mkdir(parents=True, exist_ok=True)
    with FileLock(out / BUILDS / f"{client}.lock"):
        _sweep(builds, keep=_current(out / client))
        work = Path(tempfile.mkdtemp(prefix="build-", dir=builds))
        try:
            yield work
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        work.chmod(0o755)
        _point(out / client, work)
        _sweep(builds, keep=work.name)


def check_page(html: str) -> None:
    """Raises PageError for a script, an address outside the page, an event handler, a picture without alt text, NaN."""
    guard = _Guard()
    guard.feed(html)
    if guard.faults:
        raise PageError("; ".join(guard.faults[:5]))


class _Guard(HTMLParser):
    """Collects what a finished page must not hold."""

    def __init__(self):
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag in ("script", "iframe", "object", "embed", "link", "base", "form"):
            self.faults.append(f"<{tag}> is not allowed in a page")
        if tag == "img" and not (values.get("alt") or "").strip():
            self.faults.append("a picture has no alt text")
        for name, value in attrs:
            if name.startswith("on"):
                self.faults.append(f"<{tag} {name}> is an event handler")
            address = (value or "").strip().lower()
            if name in ("src", "href", "xlink:href", "action", "poster", "data") and not _stays(tag, address):
                self.faults.append(f"<{tag} {name}={value[:60]!r}> leaves the report")

    def handle_data(self, data):
        if data.strip() in ("nan", "NaN", "None", "inf", "-inf"):
            self.faults.append(f"a figure reads {data.strip()!r}")


def _stays(tag: str, address: str) -> bool:
    if tag == "img":
        return address.startswith("data:image/")
    return address.startswith("#") or (":" not in address and not address.startswith(("/", "\\")))


def _point(pointer: Path, build: Path) -> None:
    target = Path(BUILDS, pointer.name, build.name)
    try:
        fresh = pointer.with_name(f".{pointer.name}.{build.name}")
        fresh.symlink_to(target, target_is_directory=True)
    except OSError:  # no links on this file system (Windows without the right): the shortest swap of folders there is
        old = build.with_name(f"old-{build.name}")
        if pointer.exists():
            os.replace(pointer, old)
        os.replace(build, pointer)
        return
    if pointer.is_dir() and not pointer.is_symlink():
        os.replace(pointer, build.with_name(f"old-{build.name}"))
    os.replace(fresh, pointer)


def _current(pointer: Path) -> str:
    return Path(os.readlink(pointer)).name if pointer.is_symlink() else ""


def _sweep(builds: Path, keep: str) -> None:
    for folder in builds.iterdir():
        if folder.name != keep:
            shutil.rmtree(folder, ignore_errors=True)
