"""A case for a remedy: a client folder that is refused or doubted, and how the remedy is obeyed, mechanically.

What is written into client.yml is taken out of the message itself (`said`, `instead`, `chosen`, `example`); where a
message asks for another file, or for words that only a person knows, the case holds them (`file`, `put`).
"""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cxlib.engagement import Engagement, open_client, problems
from cxlib.engagement.problems import Problem, errors
from tests.engagement.remedies.collected import remedies

ANSWERS = (9, 3, 7, 8, 10, 0, 6, 9, 9, 2)
CSV = "id,q\n" + "".join(f"{i},{answer}\n" for i, answer in enumerate(ANSWERS, start=1))
HEAD = {"client": "acme", "name": "A Company", "language": "en"}
BASE = {"survey": {"file": "s.csv", "recommend": {"column": "q", "scale": [0, 10]}}}
Obey = Callable[["Broken", Problem], None]
Right = Callable[[Engagement], bool]
Files = Mapping[str, str | bytes | None]


class Broken:
    """A client folder under repair: `settings` are those of client.yml, or its `text` where it is no YAML yet."""

    def __init__(self, folder: Path, settings: dict | str, files: Files, encoding: str = "utf-8"):
        self.folder, self.text, self.encoding = folder, settings if isinstance(settings, str) else "", encoding
        self.settings: dict = {} if isinstance(settings, str) else {**HEAD, **settings}
        folder.mkdir(parents=True, exist_ok=True)
        self.put_files(files)

    def put_files(self, files: Files) -> None:
        """Files as they are now; None takes one away."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def problems(self) -> list[Problem]:
        """What `cx check` says of it now."""
        text = self.text or yaml.safe_dump(self.settings, allow_unicode=True, sort_keys=False)
        (self.folder / "client.yml").write_bytes(text.encode(self.encoding))
        return problems(self.folder.name)

    def at(self, path: str) -> Any:
        """The value at a path of client.yml: survey.join.0.on"""
        value: Any = self.settings
        for step in path.split(".") if path else ():
            value = value[int(step)] if isinstance(value, list) else value.setdefault(step, {})
        return value

    def put(self, path: str, value: Any) -> None:
        """Writes a value; mappings are joined key by key, so that a part takes what it has not."""
        above, _, key = path.rpartition(".")
        if not path:
            self.settings = _over(self.settings, value)
        elif isinstance(value, dict) and isinstance(self.at(path), dict):
            self.at(above)[_step(self.at(above), key)] = _over(self.at(path), value)
        else:
            self.at(above)[_step(self.at(above), key)] = value

    def take_out(self, path: str) -> None:
        above, _, key = path.rpartition(".")
        del self.at(above)[key]

    def replace(self, old: str, new: str) -> None:
        """`new` wherever client.yml says `old`, as a key or as a value."""
        self.settings = _renamed(self.settings, old, new)


def _step(above: Any, key: str) -> Any:
    return int(key) if isinstance(above, list) else key


def _over(below: Any, above: Any) -> Any:
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: _over(below[key], value) if key in below else value for key, value in above.items()}}


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {new if key == old else key: _renamed(each, old, new) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(each, old, new) for each in value]
    return new if value == old and isinstance(value, str) else value


@dataclass(frozen=True)
class Case:
    """A folder whose check gives a remedy, how it is obeyed, and what is right then.

    settings : client.yml without its head; changes {path: value} of `BASE`, None takes a key away; a whole text for one
        that is no YAML
    obey : one step, or several
    right : what holds of the opened client once nothing is refused
    then : remedies that a first one leads to are obeyed too, at most so many times
    """

    settings: Mapping[str, Any] | str
    obey: Obey | tuple[Obey, ...]
    right: Right = field(default=lambda engagement: same(engagement))
    files: Files = field(default_factory=lambda: {"s.csv": CSV})
    whole: bool = False
    beside: Mapping[str, Mapping] = field(default_factory=dict)
    id: str = "acme"
    encoding: str = "utf-8"
    limits: Mapping[str, int] = field(default_factory=dict)  # {constant of the package: a smaller one}, so that files stay small

    def folder(self, root: Path) -> Broken:
        for name, settings in self.beside.items():
            Broken(root / name, {"client": name, **settings}, {"s.csv": CSV}).problems()
        if isinstance(self.settings, str):
            return Broken(root / self.id, self.settings, self.files, self.encoding)
        broken = Broken(root / self.id, deepcopy(dict(self.settings) if self.whole else BASE), self.files)
        for path, value in () if self.whole else self.settings.items():
            if value is None:
                broken.take_out(path)
            else:
                broken.put(path, deepcopy(value))
        return broken


def same(engagement: Engagement) -> bool:
    """The answers of `CSV`, each once."""
    [column] = [each for each in engagement.survey.rows if each == "q" or each.startswith("How likely")]
    return list(engagement.survey.rows[column]) == list(ANSWERS)


def ends_right(remedy: str, case: Case, root: Path, monkeypatch: Any) -> None:
    """Fails where the folder does not give the remedy, or where obeying it does not end right."""
    known = {str(each): each for each in remedies()}
    assert remedy in known, "nobody says this any more"
    matches = known[remedy].said_by
    for name, limit in case.limits.items():
        monkeypatch.setattr(f"cxlib.engagement.{name}", limit)
    broken = case.folder(root)
    before = broken.problems()
    found = [problem for problem in before if matches(problem.remedy)]
    assert found, "the remedy is not given; but: " + " | ".join(map(str, before))
    for step in case.obey if isinstance(case.obey, tuple) else (case.obey,):
        step(broken, found[0])
    after = broken.problems()
    assert not errors(after), f"obeyed: {found[0]} -- {broken.text or broken.settings} -- refused: {' | '.join(map(str, errors(after)))}"
    assert not [each for each in after if each.rule == found[0].rule and each.column == found[0].column], f"still said: {found[0]}"
    engagement = open_client(broken.folder.name)
    assert case.right(engagement), f"obeyed, and wrong: {found[0]}"


# ---------------------------------------------------------------- ways to obey
def yaml_of(text: str) -> Any:
    """A piece of client.yml as a message gives it."""
    return yaml.safe_load(f"{{{text}}}" if re.match(r"[\"'\w][^\[{]*: ", text) else text)


def in_backticks(problem: Problem) -> list[str]:
    return re.findall(r"`([^`]+)`", problem.remedy)


def said(at: str, which: int = 0) -> Obey:
    """What stands in backticks is written at a path of client.yml."""
    return lambda broken, problem: broken.put(at, yaml_of(in_backticks(problem)[which]))


def instead(old: str) -> Obey:
    """The name that the message asks about is written for `old`, wherever that stands."""

    def obey(broken: Broken, problem: Problem) -> None:
        found = re.search(r'(?:mean|[Ii]s it) [`"]?(.+?)[`"]?(?: here)?\?', problem.remedy)
        assert found, problem.remedy
        broken.replace(old, found[1])

    return obey


def chosen(old: str, which: int = 0) -> Obey:
    """One of those that the message lists is written for `old`."""
    return lambda broken, problem: broken.replace(old, listed(problem)[which])


def listed(problem: Problem) -> list[str]:
    names = problem.remedy.rpartition(": ")[2] if ": " in problem.remedy else re.split(r"(?:one of|name) ", problem.remedy, maxsplit=1)[-1]
    return [name.strip(' ".`') for name in re.split(r", (?:or )?", names) if name.strip(' ."')]


def example(at: str, which: int = 0) -> Obey:
    """The value that the message gives as [..], {..} or ".." is written at a path."""

    def obey(broken: Broken, problem: Problem) -> None:
        found = re.findall(r"\[[^\[\]]*\]|\{.*\}|\"[^\"]+\"", problem.remedy)
        broken.put(at, yaml.safe_load(found[which]))

    return obey


def put(at: str, value: Any) -> Obey:
    """What the message asks for in words, as a person would write it."""
    return lambda broken, problem: broken.put(at, deepcopy(value))


def remove(at: str) -> Obey:
    return lambda broken, problem: broken.take_out(at)


def file(name: str, content: str | bytes | None) -> Obey:
    """The file as the message asks for it."""
    return lambda broken, problem: broken.put_files({name: content})


def text(old: str, new: str) -> Obey:
    """Characters of a client.yml that is no YAML yet."""

    def obey(broken: Broken, problem: Problem) -> None:
        assert old in broken.text
        broken.text = broken.text.replace(old, new)

    return obey


def saved_as_utf8(broken: Broken, problem: Problem) -> None:
    broken.encoding = "utf-8"


def column(name: str, total: float, rows: int | None = None) -> Right:
    """The sum of a column of the survey, and its rows."""
    return lambda engagement: (abs(engagement.survey.rows[name].sum() - total) < 1e-6
                               and (rows is None or len(engagement.survey.rows) == rows))  # fmt: skip


def groups(name: str, *expected: str) -> Right:
    """The groups of a column of the survey."""
    return lambda engagement: set(engagement.survey.rows[name].dropna().astype(str)) == set(expected)


def first_of(pattern: str, at: str, *, alone: bool = False) -> Obey:
    """What the message names where the pattern stands, as a list or alone."""

    def obey(broken: Broken, problem: Problem) -> None:
        found = re.search(pattern, problem.remedy)
        assert found, problem.remedy
        name = found[1].strip('"')
        broken.put(at, name if alone else [name])

    return obey


@dataclass(frozen=True)
class Call:
    """A call outside of a client's check that is refused, and the call that the remedy asks for.

    wrong, right : take the remedy ("" before it is given) in a `World`; only `wrong` may raise DataError
    """

    wrong: Callable[["World"], Any]
    right: Callable[["World", str], Any]


@dataclass
class World:
    """What a call finds: the directory of the clients, an empty directory that is the working folder, and the environment."""

    clients: Path
    here: Path
    monkeypatch: Any

    def client(self, name: str = "acme", **settings: Any) -> Path:
        Broken(self.clients / name, {**deepcopy(BASE), "client": name, **settings}, {"s.csv": CSV}).problems()
        return self.clients / name

    def write(self, name: str, content: str) -> Path:
        path = self.here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path
