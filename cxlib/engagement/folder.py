"""Client folders: which there are, and the one gate through which their files are read."""

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath

from cxlib.engagement.places import client_roots, is_address, named_roots, nowhere, own_roots
from cxlib.engagement.problems import DataError, Problem, nearest
from cxlib.engagement.settings.client import ID_PATTERN

SETTINGS = "client.yml"
LARGEST = 2 * 1024**3  # bytes
TEMPLATE = Path(__file__).parents[2] / "templates" / "client" / SETTINGS
INTERNAL = "internal"  # what is for the client's own people and never part of a report
BETWEEN = "--"  # between the id of a client and that of one of its reports
_SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
SCHEMA_OF_DEMOS = "../../../templates/client/client.schema.json"  # from a folder in data/clients
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


def own_client_ids() -> list[str]:
    """Ids of the folders in the directories of CX_CLIENTS or workbook.yml; of the demos where neither names any."""
    return _ids_in(own_roots() if named_roots() else client_roots())


def client_ids() -> list[str]:
    """Ids of all client folders, in the alphabet's order."""
    return _ids_in(client_roots())


def _ids_in(roots: Iterable[Path]) -> list[str]:
    inside = [each for root in roots if root.is_dir() for each in root.iterdir()]
    return sorted({each.name for each in inside if _is_id(each.name) and _is_folder(each)})


def new_client(client: str) -> Path:
    """Make the folder of a new client, in the first directory of CX_CLIENTS or in that of workbook.yml, with the documented
    client.yml in it.

    Raises: DataError when the id is not allowed or taken, or nothing says where it is to be made.
    """
    folder = new_folder(client)
    folder.mkdir(parents=True)
    settings = TEMPLATE.read_text(encoding="utf-8").replace("client: my-client", f"client: {client}", 1)
    (folder / SETTINGS).write_text(pointing_to_schema(settings, folder), encoding="utf-8")
    return folder


def pointing_to_schema(settings: str, folder: Path) -> str:
    """The text of a client.yml whose first line leads an editor from `folder` to the JSON Schema."""
    schema = TEMPLATE.with_name("client.schema.json")
    with suppress(ValueError):  # on another drive
        return settings.replace(SCHEMA_OF_DEMOS, Path(os.path.relpath(schema, folder)).as_posix(), 1)
    return settings.replace(SCHEMA_OF_DEMOS, schema.as_uri(), 1)


def new_folder(client: str) -> Path:
    """Where the folder of a new client is to be made; nothing is made yet.

    Raises: DataError when the id is not allowed or taken, or nothing says where it is to be made.
    """
    check_id(client)
    if not named_roots():
        raise nowhere()
    if _stores():
        rule = f"CX_CLIENTS names {_stores()[0]}, where nothing is made"
        raise DataError([Problem("clients", rule, "Unset it, make the folder here and copy it there")])
    folder = own_roots()[0] / client
    if client in client_ids() or folder.exists() or folder.is_symlink():
        raise DataError([Problem("clients", f"there is a folder {client} already", "Choose another id; or put the files into it and describe them in its client.yml")])
    return folder


def _stores() -> list[str]:
    return [root for root in named_roots() if is_address(root)]


def client_folder(client: str) -> Path:
    """The folder of a client, or of the client whose `for_each` makes a report of this id.

    Raises: DataError when the id is not allowed or no folder has it; the nearest id is named.
    """
    check_id(client)
    for root in client_roots():
        if _is_folder(root / client):
            return root / client
        if (root / client).is_symlink():
            rule = f"the folder of {client} is a symbolic link"
            raise DataError([Problem("clients", rule, "Put the folder itself there")])
    if (whole := whole_of(client)) and any(_is_folder(root / whole) for root in client_roots()):
        return client_folder(whole)
    if _stores():
        remedy = "cx render, check and why fetch it from there; for everything else copy its folder to this machine"
        rule = f"{client} is not on this machine, and CX_CLIENTS names {_stores()[0]}"
        raise DataError([Problem("clients", rule, remedy)])
    ids = client_ids()
    near = nearest(client, ids)
    remedy = f"Did you mean {near}?" if near else f"There are: {', '.join(ids) or 'none'}"
    raise DataError([Problem("clients", f"there is no client {client}", remedy)])


_MASTER = "../"


def master_input(client: str) -> str:
    """What the settings of another client are called among the files that a report rests on (`same_as`)."""
    return f"{_MASTER}{client}/{SETTINGS}"


def input_file(home: Path, name: str) -> Path:
    """Where a file lies that a report rests on: in the client's folder, or where another client's settings are."""
    if not name.startswith(_MASTER):
        return home / name
    try:
        return client_folder(name.removeprefix(_MASTER).removesuffix(f"/{SETTINGS}")) / SETTINGS
    except DataError:
        return home / name


def sha256_of(file: Path) -> str:
    """The hash of a file's bytes; "" where there is none."""
    try:
        with file.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return ""


def whole_of(report: str) -> str:
    """The client that a report of `for_each` belongs to, by its id: "chain" of "chain--store-1"; "" for another id."""
    whole, _, slug = report.rpartition(BETWEEN)
    return whole if whole and re.fullmatch(_SLUG, slug) and re.fullmatch(ID_PATTERN, whole) else ""


def _note(client: str, name: str, sha256: str) -> None:
    """Writes down what was read where a run asks for it (CX_READ_LOG): a report proves which files it rests on."""
    if log := os.environ.get("CX_READ_LOG"):
        with open(log, "a", encoding="utf-8") as handle:
            handle.write(json.dumps([client, name, sha256]) + "\n")


def check_id(client: str) -> None:
    """Raises DataError when this cannot be the id of a client."""
    if not isinstance(client, str) or not _is_id(client):
        rule = f"{str(client)[:60]!r} is not a client id"
        raise DataError([Problem("clients", rule, "An id has a-z, 0-9, - and _ only, and up to 41 of them")])


def _is_id(name: str) -> bool:
    return (re.fullmatch(ID_PATTERN, name) is not None or bool(whole_of(name))) and name not in _RESERVED


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and (path / SETTINGS).exists()


@dataclass(frozen=True)
class Cut:
    """The part of a client that a report of `for_each` is about: the rows of `parts` whose `column` says `value`.

    periods : those of the survey that are withheld, so that nobody's answers are given away
    """

    column: str
    value: str
    parts: frozenset[str] = frozenset({"survey"})
    periods: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Folder:
    """A client folder. Every file is read by `read`, which guards the way in and keeps its fingerprint in `inputs`."""

    client: str
    path: Path
    inputs: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)  # key of client.yml: its line
    told: dict[str, tuple[str, ...]] = field(default_factory=dict)  # part of client.yml: what was read of its table
    cut: Cut | None = None
    each: list[str] = field(default_factory=list)  # the column of `for_each`, kept in every table that has it
    places: dict[str, tuple[str, int]] = field(default_factory=dict)  # key of another's client.yml (`same_as`): file, line
    origin: str = ""  # the client whose settings are read, where this is another's folder

    def setting(self, key: str, rule: str, remedy: str) -> Problem:
        """A problem of client.yml that shows only beside a table or a model."""
        if key in self.places:
            file, line = self.places[key]
            return Problem(file, rule, remedy, line, key)
        known = key
        while known and known not in self.lines:
            known = known.rpartition(".")[0]
        return Problem(self.display_name(SETTINGS), rule, remedy, self.lines.get(known), key)

    def display_name(self, name: str) -> str:
        """A file's name as messages give it."""
        return f"{self.client}/{name}"

    def read(self, name: str, *, limit: int = LARGEST) -> bytes:
        """The bytes of the file `name` of this folder.

        Raises: DataError when the path leaves the folder, is a link, is missing or is too large.
        """
        data = self.unnoted(name, limit=limit)
        self.has_read(name, self.inputs[name])
        return data

    def unnoted(self, name: str, *, limit: int = LARGEST) -> bytes:
        """As `read`, of a file that belongs to another client than the one whose report is made."""
        path = self._checked_path(name)
        if path.stat().st_size > limit:
            raise self._refusal(name, f"the file is larger than {limit // 1024:,} kB", "Make it smaller")
        try:
            data = path.read_bytes()
        except OSError as error:
            rule = f"the file cannot be read ({error.strerror})"
            raise self._refusal(name, rule, "Close it elsewhere and check its rights") from None
        self.inputs[name] = hashlib.sha256(data).hexdigest()
        return data

    def has_read(self, name: str, sha256: str) -> None:
        """Keeps the fingerprint of a file that was read."""
        self.inputs[name] = sha256
        _note(self.origin or self.client, name, sha256)

    def has(self, name: str) -> bool:
        """Whether something of that name lies in the folder."""
        return (self.path / name).exists()

    def _checked_path(self, name: str) -> Path:
        remedy = "Copy the file into the client's folder and name it without a path"
        parts = PurePosixPath(name).parts
        windows = PureWindowsPath(name)
        outside = "\0" in name or "\\" in name or windows.drive or windows.root or ".." in parts or not parts
        if outside:
            raise self._refusal(name, "the path leaves the client's folder", remedy)
        path = self.path
        for part in parts:
            path = path / part
            if path.is_symlink():
                raise self._refusal(name, f"{part} is a symbolic link", remedy)
        if not path.resolve().is_relative_to(self.path.resolve()):
            raise self._refusal(name, "the path leaves the client's folder", remedy)
        if not path.exists():
            names = [each.name for each in self.path.iterdir() if each.is_file()]
            near = nearest(name, names)
            hint = f"Did you mean {near}?" if near else "Put it into the client's folder"
            raise self._refusal(name, "the file does not exist", hint)
        if not stat.S_ISREG(path.lstat().st_mode):
            raise self._refusal(name, "this is not a file", remedy)
        return path

    def _refusal(self, name: str, rule: str, remedy: str) -> DataError:
        return DataError([Problem(self.display_name(name.replace("\0", "?")), rule, remedy)])
