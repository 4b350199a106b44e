"""A client.yml that is being made from files: proposed, corrected by somebody, shown as a diff, saved whole.

`cx new --from` and the notebook `00_data` are two faces of it. What an existing client.yml says stands: it is proposed only
the parts that it lacks, until somebody says otherwise.
"""

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from cxlib.engagement.checking import checked
from cxlib.engagement.fixes import Change, write
from cxlib.engagement.folder import SETTINGS, Folder, check_id, client_folder, new_folder, pointing_to_schema
from cxlib.engagement.problems import DataError, Problem, nearest
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.parts.roles import AskedChoice
from cxlib.engagement.proposal.preview import LABELLED, read_as
from cxlib.engagement.proposal.proposal import Proposal, proposed, read_sources, summary
from cxlib.engagement.proposal.settings_text import MARK, Entry, SettingsText, as_read
from cxlib.engagement.proposal.settling import settled
from cxlib.engagement.proposal.sources import SourceFile
from cxlib.engagement.settings.strict_yaml import dotted
from cxlib.engagement.tables.formats import is_table

_ASKED = ("name", "language")


@dataclass(frozen=True)
class ProposedKey:
    """A key of client.yml with the ways in which it may be written, the proposed one first.

    says : what client.yml says of it now, or None;  source : the table that it is about
    above : the lines that it stands below;  elsewhere : the key of client.yml that names its columns already, or ""
    """

    path: tuple[str, ...]
    ways: tuple[Line, ...]
    source: SourceFile | None
    says: Any
    above: tuple[Line, ...] = ()
    elsewhere: str = ""

    @property
    def key(self) -> str:
        """As corrections and messages call it: survey.recommend."""
        return dotted(self.path)

    @property
    def certain(self) -> bool:
        """Whether nothing speaks against the proposed line, nor against one that it stands below."""
        return all(line.sure for line in (*self.above, self.ways[0]))

    @property
    def taken(self) -> bool:
        """Whether client.yml says something of it now."""
        return self.says is not None


class Draft:
    """The client.yml of a client as files propose it and somebody corrects it; nothing is written before `save`."""

    def __init__(self, client: str, folder: Path, home: Path, names: list[str], language: str = "", *, brought: tuple[str, ...] = ()):
        """
        folder : the client's folder, there or not;  home : where the tables lie, `names` of them those that are asked about
        brought : tables that `save` copies into the folder
        """
        self.client, self.folder, self.home, self.names, self._brought = client, folder, home, names, brought
        self._stored = (folder / SETTINGS).read_bytes() if folder.exists() else None
        self._there = SettingsText(self._stored.decode()) if self._stored is not None else SettingsText("")
        self.sources = read_sources(Folder(client, home), names, _alone(self._there))
        if not any(source.facts for source in self.sources):
            raise DataError([problem for source in self.sources for problem in source.problems])
        self._answers = {"language": language} if language else {}
        self._corrections: dict[str, Any] = {}
        self.proposal = self._proposed()
        self.questions: list[AskedChoice] = self.proposal.questions

    # ------------------------------------------------------------ what somebody says
    def correct(self, corrections: Mapping[str, Any]) -> None:
        """What counts from now on, beside the corrections made before.

        corrections : {"survey.rating": value}, True takes the proposed line, False leaves it out; the keys of `questions` are
            answers, from which the files are proposed anew
        Raises: DataError for a line that there is not, and where client.yml cannot be changed so.
        """
        asked = {question.key for question in self.questions}
        answers = {key: value for key, value in corrections.items() if key in asked and isinstance(value, str)}
        before = dict(self._corrections)
        if answers:
            self._answer(answers)
        self._corrections |= {key: value for key, value in corrections.items() if key not in answers or key in _ASKED}
        self._forget("_now")
        try:
            _ = self._now
        except DataError:
            self._corrections = before
            raise

    @property
    def text(self) -> str:
        """The client.yml as it is to be."""
        return self._now.text

    @property
    def change(self) -> Change:
        """What becomes of client.yml, with its diff."""
        before = self._stored.decode() if self._stored is not None else ""
        return Change(f"{self.client}/{SETTINGS}", before, self.text)

    @property
    def keys(self) -> list[ProposedKey]:
        """All keys that are proposed, in the order of client.yml."""
        entries = [entry for entry in self._now.entries() if entry.taken]
        says = {entry.path: entry.said for entry in reversed(entries)}
        named = {(entry.path[0], name): dotted(entry.path) for entry in entries for name in _named(entry)}
        return [replace(key, elsewhere=_elsewhere(key, named)) for key in self._keys(self.proposal.lines, (), (), None, says)]

    @property
    def told(self) -> list[str]:
        """What was found in the files, a line for each file and part."""
        unread = [f"{source.name} cannot be read: {problem}" for source in self.sources for problem in source.problems[:2] if not source.facts]
        return [*summary(self.proposal, self.sources), *unread]

    def preview(self, key: ProposedKey) -> str:
        """How the column of a line will be read: counts of values that several rows share."""
        if key.source is None:
            return ""
        line, value = key.ways[0], self._now.value
        says = key.says if key.taken else as_read(line)
        block = _at(value, key.path[:-2]) or (as_read(key.above[-2]) if len(key.above) > 1 else {})
        return read_as(key.path, line, says, block, _at(value, key.path[:1]) or {}, key.source)

    @property
    def doubtful(self) -> int:
        """Lines that are left to be decided."""
        return self.text.count(f"\n{MARK}")

    def checked(self) -> tuple[list[Problem], list[str]]:
        """What `cx check` will say."""
        return checked(self.client, self.home, self.text)

    def save(self) -> None:
        """Writes client.yml whole, or makes the client's folder whole with its tables in it; nothing half-made stays.

        Raises: DataError where it cannot be written, and where client.yml is another than it was when it was read.
        """
        change = self.change
        try:
            if self._stored is None:
                self._make_folder(change.after)
            else:
                self._write(change)
        except OSError as error:
            rule = f"{change.file} cannot be written ({error.strerror})"
            raise DataError([Problem("clients", rule, f"Check the rights of the folder of {self.client}; nothing was changed")]) from None
        self._stored, self.home, self._brought, self._corrections = change.after.encode(), self.folder, (), {}
        self._forget("_base", "_now")

    # ------------------------------------------------------------ within
    def _proposed(self) -> Proposal:
        """The proposal; what client.yml says of a file stands."""
        there = _kinds(self._there)
        kinds = {source.name: {there.get(file, "") for file in _files(source.file)} for source in self.sources}
        return proposed(self.sources, self.client, self._answers, {name: kind for name, (kind, *more) in kinds.items() if kind and not more})

    def _answer(self, answers: dict[str, str]) -> None:
        """Proposes anew, and takes what the answers are about; a client.yml that is there may have said otherwise."""
        of = answers.keys() - {*_ASKED}
        was = {key.key: key.path for key in self.keys if key.path[-1] in of and not key.ways[0].below}
        self._answers |= answers
        self.proposal = self._proposed()
        for key in was:
            self._corrections.pop(key, None)
        self._forget("_base", "_now")
        now = {key.key for key in self.keys if key.path[-1] in of and not key.ways[0].below}
        there = SettingsText(self._base)
        self._corrections |= {key: False for key, path in was.items() if key not in now and there.at(path)} | dict.fromkeys(now, True)

    @cached_property
    def _base(self) -> str:
        """The text before corrections."""
        text = settled(self.proposal, self.client, self.home)
        if self._stored is None:
            return pointing_to_schema(text, self.folder)
        there = SettingsText(self._stored.decode())
        for line in self.proposal.lines:
            if line.sure:
                there.propose(line)
        return there.text

    @cached_property
    def _now(self) -> SettingsText:
        """The text after corrections."""
        text = SettingsText(self._base)
        known = {key.key: key for key in self._keys(self.proposal.lines, (), (), None, {})}
        for key, value in self._corrections.items():
            self._correct(text, known, key, value)
        return text

    def _forget(self, *made: str) -> None:
        for name in made:
            self.__dict__.pop(name, None)

    def _correct(self, text: SettingsText, known: dict[str, ProposedKey], key: str, value: Any) -> None:
        of = known.get(key)
        path = _path(key, known)
        if isinstance(value, bool) and of is None and not text.at(path):
            near = nearest(key, known)
            raise DataError([Problem(SETTINGS, f"there is no line {key}", f"Did you mean {near}?" if near else "Give its value to add it")])
        if value is False:
            text.leave(path)
            return
        ways = of.ways if of else ()
        line = ways[0] if value is True and ways else Line(path[-1], text.at(path)[0].said if value is True else value)
        meant = as_read(line)
        text.put(path, next((way for way in ways if as_read(way) == meant), line))

    def _keys(self, lines: Iterable[Line], path: tuple, above: tuple, source: SourceFile | None, says: dict) -> Iterable[ProposedKey]:
        by_key: dict[str, list[Line]] = {}
        for line in lines:
            by_key.setdefault(line.key, []).append(line)
        files = by_key.get("file", [])
        if files and says.get((*path, "file"), as_read(files[0])) != as_read(files[0]):
            return  # client.yml is about another file there
        if files:
            source = next((each for each in self.sources if each.file == files[0].value), source)
        for key, ways in by_key.items():
            if (not any(way.part for way in ways) and key not in _ASKED) or (not path and key == "client"):
                continue
            here = (*path, key)
            first, *others = sorted(ways, key=lambda way: not way.sure)
            of = source if not first.below else next((each for below in first.below if below.key == "file" for each in self.sources if each.file == below.value), source)
            yield ProposedKey(here, (first, *others), of, says.get(here), above)
            yield from self._keys(first.below, here, (*above, first), of, says)

    def _make_folder(self, text: str) -> None:
        folder = new_folder(self.client)
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
        try:
            for name in self._brought:
                shutil.copyfile(self.home / name, staging / name)
            (staging / SETTINGS).write_text(text, encoding="utf-8")
            staging.chmod(0o755)
            staging.rename(folder)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise

    def _write(self, change: Change) -> None:
        path = self.folder / SETTINGS
        if path.read_bytes() != self._stored:
            raise DataError([Problem(change.file, "it was changed since it was read here", "Run the notebook again: the proposals are laid beside what it says now")])
        for name in self._brought:
            draft = self.folder / f".{name}"
            shutil.copyfile(self.home / name, draft)
            draft.rename(self.folder / name)
        write(path, change)


def open_draft(client: str, files: Iterable[str | Path] = (), *, language: str = "") -> Draft:
    """The draft for a new client from files, or for one that has a folder: from files or else from the tables in it.

    files : a name in the client's folder, or the path of a file elsewhere, which `save` copies into it

    Raises: DataError for an id that is not allowed, a file that is missing, and where none of them can be read.
    """
    check_id(client)
    folder = _folder(client, bool(list(files)))
    there = sorted(each.name for each in folder.iterdir() if each.is_file() and is_table(each.name)) if folder.exists() else []
    paths = [folder / name for name in there] if not list(files) else [_found(Path(file).expanduser(), folder) for file in files]
    names = _names(paths, client)
    brought = tuple(path for path in paths if path.parent != folder)
    if not brought:
        return Draft(client, folder, folder, names, language)
    taken = [path.name for path in brought if (folder / path.name).exists()]
    if taken:
        raise DataError([Problem(f"{client}/{name}", "a table of this name lies in the client's folder already", "Rename the new one, or name the one in the folder") for name in taken])
    home = tempfile.TemporaryDirectory(prefix="cx-")
    for path in [*brought, *(each for each in folder.iterdir() if folder.exists() and each.is_file() and not each.name.startswith("."))] if folder.exists() else brought:
        shutil.copyfile(path, Path(home.name) / path.name)
    draft = Draft(client, folder, Path(home.name), names, language, brought=tuple(path.name for path in brought))
    draft._kept = home
    return draft


def _path(key: str, known: Mapping[str, ProposedKey]) -> tuple[str, ...]:
    """Where a key stands, below a proposed one or as its dots say."""
    if key in known:
        return known[key].path
    above, _, last = key.rpartition(".")
    return (*_path(above, known), last) if above else (last,)


def _named(entry: Entry) -> list[str]:
    """What may be columns: the key of a label, else the value or its items."""
    if entry.path[-2:-1] and entry.path[-2] in LABELLED:
        return [entry.path[-1]]
    said = entry.said if isinstance(entry.said, list) else [entry.said]
    return [each for each in said if isinstance(each, str)] if entry.path[-1] != "label" else []


def _elsewhere(key: ProposedKey, named: Mapping[tuple[str, str], str]) -> str:
    columns = [] if key.taken else sorted(key.ways[0].named())
    found = [named.get((key.path[0], column), "") for column in columns]
    return found[0] if found and all(found) else ""


def _files(file: str | dict[str, str]) -> list[str]:
    return [file] if isinstance(file, str) else list(file.values())


def _alone(text: SettingsText) -> set[str]:
    """The files that client.yml reads as they are, not beside others."""
    return {entry.said for entry in text.entries() if entry.taken and entry.path[-1] == "file" and isinstance(entry.said, str)}


def _kinds(text: SettingsText) -> dict[str, str]:
    """{file: its kind} as client.yml has it."""
    found = {}
    for entry in text.entries():
        if entry.taken and entry.path[-1] == "file":
            part = "benchmark" if entry.path[2:3] == ("benchmark",) else entry.path[0]
            kind = f"{part}.{entry.path[1]}" if entry.path[0] == "maturity" and len(entry.path) > 2 else part
            found |= dict.fromkeys(_files(entry.said), kind) if isinstance(entry.said, str | dict) else {}
    return found


def _at(value: Any, path: tuple[str, ...]) -> dict | None:
    """The part of client.yml, where it says something of it."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else None


def _folder(client: str, from_files: bool) -> Path:
    """The client's folder, there or to be made."""
    try:
        folder = client_folder(client)
    except DataError as failure:
        if from_files:
            return new_folder(client)
        [problem] = failure.problems
        raise DataError([Problem(problem.file, problem.rule, f"{problem.remedy.rstrip('.')}. Or name the tables that a new one is made from, in `files`")]) from None
    if folder.name != client:
        raise DataError([Problem("clients", f"{client} is a report of {folder.name}", f"Open {folder.name}")])
    return folder


def _found(file: Path, folder: Path) -> Path:
    """The table in the client's folder, else the file as it is named."""
    return folder / file if not file.is_absolute() and (folder / file).is_file() else file


def _names(files: list[Path], client: str) -> list[str]:
    if not files:
        raise DataError([Problem(client, "there is no table in the client's folder", "Put the tables into it, or name them in `files`")])
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise DataError([Problem(str(file), "there is no such file", "Name a table of the client") for file in missing])
    names = [file.name for file in files]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DataError([Problem(name, "two files have this name", "Rename one of them") for name in twice])
    if SETTINGS in names:
        raise DataError([Problem(SETTINGS, "this is written anew", "Name the tables alone")])
    return names
