"""Whether a report is still the one that today's files would give: every page keeps the hashes of all it rests on."""

import hashlib
import json
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path

from cxlib.engagement import DataError, client_folder
from cxlib.engagement.folder import input_file
from cxlib.engagement.folder import sha256_of as sha256
from cxlib.render.request import Request

MANIFEST = "manifest.json"
REPORT = "report"  # stands among the pages for what is made of all of them
ROOT = Path(__file__).parents[2]
PACKAGE = Path(__file__).parents[1]


def page_key(client: str, notebook: Path, parameters: Mapping, inputs: Mapping[str, str]) -> dict:
    """All that a page rests on. Two pages with one key are the same page."""
    return {
        "client": client,
        "notebook": sha256(notebook),
        "parameters": dict(parameters),
        "inputs": dict(sorted(inputs.items())),
        **workbook(),
    }


@cache
def workbook() -> dict:
    """The hashes of cxlib and templates, and the versions that compute and draw."""
    needed = [requirement for requirement in requires("cxlib") or [] if "extra ==" not in requirement]
    names = sorted({"numpy", *(re.match(r"[\w.-]+", requirement).group() for requirement in needed)})
    versions = {name: version(name) for name in names}
    return {
        "code": _tree(PACKAGE, ".py"),
        "templates": _tree(ROOT / "templates", ".j2", ".css", ".json", ".po", ".woff2", ".yml"),
        "versions": {"python": platform.python_version(), "platform": sys.platform, **versions},
    }


def changes(old: Mapping, new: Mapping) -> list[str]:
    """What differs between two keys of a page, in words; empty when nothing does."""
    said = []
    parts = {"client": "it is another client's", "notebook": "the notebook changed", "parameters": "other parameters"}
    said += [words for part, words in parts.items() if old.get(part) != new[part]]
    said += [
        words
        for part, words in (("code", "cxlib changed"), ("templates", "templates or catalogues changed"))
        if old.get(part) != new[part]
    ]
    versions = {**new["versions"], **old.get("versions", {})}
    for name in versions:
        before, now = old.get("versions", {}).get(name), new["versions"].get(name)
        if before != now:
            said.append(f"{name} was {before or 'not there'} and is {now or 'not there'}")
    for name in {**old.get("inputs", {}), **new["inputs"]}:
        before, now = old.get("inputs", {}).get(name), new["inputs"].get(name)
        if before != now:
            said.append(f"{name} {'changed' if before and now else 'is new' if now else 'is gone'}")
    return said


def write_manifest(folder: Path, client: str, asked: Mapping, pages: Mapping[str, dict]) -> None:
    """Writes what each page rests on, and the hash of each finished file."""
    files = {file.name: sha256(file) for file in sorted(folder.iterdir())}
    manifest = {"client": client, "asked": dict(asked), "pages": dict(pages), "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def read_manifest(folder: Path) -> dict:
    """The manifest of a published report; {} where there is none that can be read."""
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def why_page(folder: Path, name: str, manifest: Mapping, key: Mapping) -> list[str]:
    """Why a page cannot be kept: what it rests on changed, or a finished file is not as it was written."""
    page = manifest.get("pages", {}).get(name)
    if page is None:
        return ["it is new"]
    return changes(page["key"], key) + damaged(folder, manifest, page["files"])


def damaged(folder: Path, manifest: Mapping, files: Iterable[str]) -> list[str]:
    """Finished files that are gone or were edited."""
    said = []
    for name in files:
        now = sha256(folder / name)
        if now != manifest["files"].get(name):
            said.append(f"{name} {'was edited' if now else 'is gone'}")
    return said


def why(folder: Path, home: Path, client: str, request: Request) -> dict[str, list[str]]:
    """{page or "report": reasons} for everything of a published report that is not as today's files would give it."""
    notebooks = request.pages(home)
    manifest = read_manifest(folder)
    if not manifest:
        return {REPORT: ["there is none"]}
    said = {
        name: why_page(folder, name, manifest, current_key(manifest, name, client, home, *notebooks[name]))
        for name in notebooks
    }
    report = [] if manifest["asked"] == request.as_json() else ["it was asked for in another way"]
    report += [f"{name} is no longer part of it" for name in manifest["pages"] if name not in notebooks]
    own = {file for page in manifest["pages"].values() for file in page["files"]}
    report += damaged(folder, manifest, [name for name in manifest["files"] if name not in own])
    report += [
        f"{name} does not belong to it"
        for name in sorted(os.listdir(folder))
        if name not in {*manifest["files"], MANIFEST}
    ]
    return {name: reasons for name, reasons in {**said, REPORT: report}.items() if reasons}


def verified(out: Path) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Every report of a folder with what of it does not belong to today's inputs."""
    for folder in sorted(path for path in out.iterdir() if path.is_dir() and not path.name.startswith(".")):
        manifest = read_manifest(folder)
        if folder.suffix == ".failed" or not manifest:
            continue
        asked = manifest["asked"]
        try:
            request = Request(**asked | {"only": tuple(asked["only"])})
            yield folder.name, why(folder, client_folder(folder.name), folder.name, request)
        except (DataError, ValueError) as error:
            yield folder.name, {REPORT: [str(error)]}


def current_key(manifest: Mapping, name: str, client: str, home: Path, notebook: Path, parameters: Mapping) -> dict:
    """The key that a page would have if it were made now from the files that it read the last time."""
    read = manifest.get("pages", {}).get(name, {}).get("key", {}).get("inputs", {})
    inputs = {file: sha256(input_file(home, file)) for file in read}
    return page_key(client, notebook, parameters, {file: sha for file, sha in inputs.items() if sha})


def _tree(root: Path, *endings: str) -> str:
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            if name.endswith(endings):
                path = Path(folder, name)
                digest.update(f"{path.relative_to(root).as_posix()}\0{sha256(path)}\n".encode())
    return digest.hexdigest()
