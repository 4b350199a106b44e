"""Client folders and reports on a store that fsspec reaches: s3://, az://, gs://, sftp://, ...

A client's folder is fetched before the work, into a folder of its own that ends with it. A report is built there as
anywhere; then its files are put into the store under a name of their own, and at last one object is replaced,
OUT/<client>/index.html, which leads to them: a reader finds the old report or the new one, whole. Nothing is locked. Of
two runs on one client the one that ends last is shown; a build that is not shown leaves with the first run a day later.
"""

import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

from cxlib.engagement import DataError
from cxlib.engagement.folder import SETTINGS, check_id, own_client_ids, whole_of
from cxlib.engagement.places import named_roots
from cxlib.engagement.problems import Problem
from cxlib.render.run.forks import forked
from cxlib.render.run.processes import can_fork

Value = TypeVar("Value")
BUILDS = "builds"
UNSEEN = 24 * 3600  # seconds that a build which is not shown stays: a reader may be in it, or another run write it
STAMP = "%Y%m%dT%H%M%S"
LEADS = '<meta http-equiv="refresh" content="0; url={0}"><title>{1}</title><p><a href="{0}">{1}</a></p>'
_alone = False  # whether this process has nothing else to do than to talk to a store


def is_store(place: object) -> bool:
    """Whether a place is a store's address, and no folder of this machine."""
    return isinstance(place, str) and "://" in place


def place(address: str) -> Path | str:
    """A folder of this machine as a Path; a store, whose package must be there, as the address without a last slash.

    raises DataError
    """
    if not is_store(address) or address.startswith("file://"):
        return Path(address.removeprefix("file://")).expanduser()
    protocol = re.split("::|://", address)[0]
    if protocol == "memory":
        raise _refusal(address, "it ends with the process that writes it", "Name a store that others can read")
    try:
        from fsspec import get_filesystem_class

        get_filesystem_class(protocol)
    except (ImportError, ValueError) as error:
        remedy = "Install the extra [remote] and the package of the store: s3fs, adlfs, gcsfs, ..."
        raise _refusal(address, f"it cannot be reached: {error}", remedy) from None
    return address.rstrip("/")


def _refusal(address: str, rule: str, remedy: str) -> DataError:
    return DataError([Problem(address, rule, remedy)])


def reached(out: Path | str) -> bool:
    """Whether a run into `out` needs a store."""
    return is_store(out) or any(is_store(place(root)) for root in named_roots())


def within(out: Path | str, name: str) -> Path | str:
    """What lies in a place under a name."""
    return out / name if isinstance(out, Path) else f"{out}/{name}"


def everyone() -> list[str]:
    """The ids of the consultant's clients, on this machine and in the stores that CX_CLIENTS names; else of the demos."""
    stores = [place(root) for root in named_roots() if is_store(root)]
    there = [name for root in stores for name in in_a_fork(partial(_folders_with, root, SETTINGS))]
    return sorted({*own_client_ids(), *(name for name in there if _is_id(name))})


def reports(out: str) -> list[str]:
    """The clients that have a report in a store."""
    return [name for name in in_a_fork(partial(_folders_with, out, "index.html")) if _is_id(name)]


@contextmanager
def at_hand(client: str, out: Path | str) -> Iterator[Path]:
    """A folder of this machine that holds what `out` shows of a client; the client's own folder is found as ever.

    Where nothing is in a store this is `out` itself.
    raises DataError when something changed while it was fetched
    """
    if not reached(out):
        yield out
        return
    check_id(client)
    roots = [place(root) for root in named_roots()]
    with tempfile.TemporaryDirectory(prefix="cx-", ignore_cleanup_errors=True) as home:
        near = [Path(home, f"clients-{n}") if is_store(root) else root for n, root in enumerate(roots)]
        homes = [client, *([whole_of(client)] if whole_of(client) else [])]  # a report of `for_each` is made from its client's folder
        wanted = {
            folder / name: f"{root}/{name}" for folder, root in zip(near, roots, strict=True) if is_store(root) for name in homes
        }
        in_a_fork(partial(_fetch, wanted, client, out, Path(home, "reports")))
        before = os.environ.get("CX_CLIENTS", "")
        os.environ["CX_CLIENTS"] = os.pathsep.join(map(str, near))
        try:
            yield Path(home, "reports") if is_store(out) else out
        finally:
            os.environ["CX_CLIENTS"] = before


@contextmanager
def carried(client: str, out: Path | str) -> Iterator[Path]:
    """As `at_hand`; what the block has published there is shown in the store, too, or the notebook that failed kept."""
    from cxlib.render.run.execute import NotebookFailed

    with at_hand(client, out) as near:
        try:
            yield near
        except NotebookFailed as failure:
            if near is not out:
                in_a_fork(partial(_put, near / f"{client}.failed", f"{out}/{client}.failed"))
            raise NotebookFailed(str(failure).replace(str(near), str(out)), failure.notebook) from None
        if near is not out:
            in_a_fork(partial(_show, near / client, out, client))


def in_a_fork(work: Callable[[], Value]) -> Value:
    """The value of `work`, done in a forked child where a fork is safe.

    Libraries that reach a store start threads, and a process with several threads cannot be forked safely any more: so
    this process never loads them.
    """
    if _alone or not can_fork():
        return work()
    [(_, value)] = forked({"store": partial(_marked, work)}, 1)
    if isinstance(value, Exception):
        raise value
    return value


def _marked(work: Callable[[], Value]) -> Value:
    global _alone
    _alone = True
    return work()


def _store(address: str):
    from fsspec.core import url_to_fs

    store, root = url_to_fs(address)
    store.invalidate_cache()
    return store, root.rstrip("/")


def _is_id(name: str) -> bool:
    with suppress(DataError):
        check_id(name)
        return True
    return False


@contextmanager
def _asking(address: str) -> Iterator[None]:
    """Every way in which a store says no becomes one line."""
    try:
        yield
    except DataError:
        raise
    except Exception as error:  # each store has errors of its own
        said = f"the store says {type(error).__name__}: {error}"
        raise _refusal(address, said, "Check the address, and your rights to it") from None


def _folders_with(address: str, name: str) -> list[str]:
    with _asking(address):
        store, root = _store(address)
        folders = [entry["name"].rstrip("/") for entry in store.ls(root, detail=True) if entry["type"] == "directory"]
        return sorted(PurePosixPath(folder).name for folder in folders if store.exists(f"{folder}/{name}"))


def _fetch(wanted: dict[Path, str], client: str, out: Path | str, reports: Path) -> None:
    if is_store(out):
        reports.mkdir()
        with _asking(out):
            build = _published_build(*_store(f"{out}/{client}"))
        if build:
            wanted = wanted | {reports / client: f"{out}/{client}/{BUILDS}/{build}"}
    for target, address in wanted.items():
        with _asking(address):
            _get(address, target)


def _get(address: str, target: Path) -> None:
    """Copies a folder of a store, all of it as it was at one time."""
    store, root = _store(address)
    before = _listed(store, root)
    for name in before:
        file = target / name
        if "\\" in name or ".." in PurePosixPath(name).parts:
            raise _refusal(f"{address}/{name}", "the name leads out of the folder", "Name it otherwise")
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # the second look will tell
            store.get_file(f"{root}/{name}", str(file))
    if before != _listed(store, root):
        raise _refusal(address, "it was changed while it was fetched", "Run again when it is complete")


def _listed(store, root: str) -> dict[str, str]:
    """{name: all that the store says of the file}"""
    store.invalidate_cache()
    found = store.find(root, detail=True)
    return {name[len(root) + 1 :]: str(entry) for name, entry in found.items() if not name.endswith("/")}


def _put(source: Path, address: str) -> None:
    """Copies the files of a folder into a store, where they are the only ones then."""
    _remove(address)
    store, root = _store(address)
    store.makedirs(root, exist_ok=True)
    for file in sorted(source.iterdir()):
        store.put_file(str(file), f"{root}/{file.name}")
        there = store.info(f"{root}/{file.name}")["size"]
        if there != file.stat().st_size:
            raise OSError(f"{address}/{file.name} has {there} bytes instead of {file.stat().st_size}")


def _remove(address: str) -> None:
    store, root = _store(address)
    if store.exists(root):
        store.rm(root, recursive=True)


def _show(report: Path, out: str, client: str) -> None:
    build = f"{datetime.now(UTC):{STAMP}}-{secrets.token_hex(4)}"
    _put(report, f"{out}/{client}/{BUILDS}/{build}")
    store, root = _store(f"{out}/{client}")
    page = LEADS.format(f"{BUILDS}/{build}/index.html", client)
    store.pipe_file(f"{root}/{build}.html", f'<!DOCTYPE html><html lang=""><meta charset="utf-8">{page}'.encode())
    store.mv(f"{root}/{build}.html", f"{root}/index.html")  # renamed, or copied whole: never half an object
    _remove(f"{out}/{client}.failed")
    _sweep(store, root, build)


def _published_build(store, root: str) -> str:
    """The name of the build that a client's index leads to; "" where there is none."""
    try:
        page = store.cat_file(f"{root}/index.html").decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    found = re.search(rf'url={BUILDS}/([\w-]+)/index\.html"', page)
    return found.group(1) if found else ""


def _sweep(store, root: str, shown: str) -> None:
    """Removes what has not been shown for a day; what cannot be removed now waits for the next run."""
    last = f"{datetime.fromtimestamp(time.time() - UNSEEN, UTC):{STAMP}}"
    with suppress(OSError):
        store.invalidate_cache()
        for entry in store.ls(root, detail=True) + store.ls(f"{root}/{BUILDS}", detail=True):
            name = PurePosixPath(entry["name"].rstrip("/")).name
            if re.match(r"\d{8}T\d{6}-", name) and name < last and name != shown:
                store.rm(entry["name"], recursive=True)
