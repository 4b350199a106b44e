"""A new client folder from files: copied, described, checked; what the check refuses becomes a doubtful line."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cxlib.engagement.engagement import checked
from cxlib.engagement.folder import SETTINGS, Folder, new_folder, pointing_to_schema
from cxlib.engagement.problems import DataError, Problem, as_told, errors
from cxlib.engagement.proposal.lines import Line, one_line
from cxlib.engagement.proposal.parts.roles import AskedChoice
from cxlib.engagement.proposal.proposal import Proposal, nothing_certain, proposed, read_sources, summary
from cxlib.engagement.proposal.settings_file import text_of, tidied
from cxlib.engagement.proposal.sources import SourceFile
from cxlib.engagement.survey import ThinPeriod

_ROUNDS = 15
_FIXED = ("client", "name", "language")
Ask = Callable[[list[AskedChoice]], dict[str, str]]


@dataclass(frozen=True)
class MadeFolder:
    """A folder that was made: where, what was found in the files, what the check read and says, what is left to decide."""

    folder: Path
    found: list[str]
    read: list[str]
    problems: list[Problem]
    doubtful: int
    empty: Problem | None = None  # why the report would show nothing

    @property
    def errors(self) -> list[Problem]:
        """What is left that stops a report, or leaves it empty."""
        return errors([*([self.empty] if self.empty else []), *self.problems])

    def told(self) -> list[str]:
        """What was found and checked, and what comes next, as lines."""
        client = self.folder.name
        ends = [f"{self.folder / SETTINGS}: read it through; {self.doubtful} line{'s begin' if self.doubtful != 1 else ' begins'} with `# ?`, where something is to be decided",
                f"then: cx check {client}" + f", cx render {client}" * (not self.empty)]  # fmt: skip
        return [*self.found, *self.read, *as_told(client, self.errors if self.empty else self.problems), *ends]


def folder_from(client: str, files: list[Path], *, language: str = "", ask: Ask | None = None) -> MadeFolder:
    """Make the folder of a new client from copies of files, with a client.yml that describes them.

    ask : puts the proposal's questions to somebody and returns the answers, {key: answer}

    Raises: DataError when the id is not allowed or taken, a file is missing, or none of them can be read; nothing is left
    behind then.
    """
    folder = new_folder(client)
    names = _names(files)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    try:
        for file, name in zip(files, names, strict=True):
            shutil.copyfile(file, staging / name)
        sources = read_sources(Folder(client, staging), names)
        if not any(source.facts for source in sources):
            raise DataError([problem for source in sources for problem in source.problems])
        answers = {"language": language} if language else {}
        proposal = proposed(sources, client, answers)
        if ask is not None:
            answers |= ask(proposal.questions)
            proposal = proposed(sources, client, answers)
        found, read, doubtful = _checked(proposal, client, staging)
        told, empty = summary(proposal, sources), nothing_certain(proposal, sources, doubtful)
        (staging / SETTINGS).write_text(pointing_to_schema((staging / SETTINGS).read_text(encoding="utf-8"), folder), encoding="utf-8")
        staging.chmod(0o755)
        staging.rename(folder)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return MadeFolder(folder, [*told, *_unread(sources)], read, found, doubtful, empty)


def _names(files: list[Path]) -> list[str]:
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise DataError([Problem(str(file), "there is no such file", "Name a table of the client") for file in missing])
    names = [file.name for file in files]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DataError([Problem(name, "two files have this name", "Rename one of them") for name in twice])
    if SETTINGS in names:
        raise DataError([Problem(SETTINGS, "this is written anew", "Name the tables alone")])
    return names


def _checked(proposal: Proposal, client: str, staging: Path) -> tuple[list[Problem], list[str], int]:
    """Writes client.yml until the check finds no error that a proposed line makes; what is left, what was read, the doubtful lines."""
    for _ in range(_ROUNDS):
        tidied(proposal.lines)
        text, shown = text_of(proposal.lines)
        (staging / SETTINGS).write_text(text, encoding="utf-8")
        found, read = checked(client, staging)
        doubted = {id(line): (line, why) for problem in errors(found) for line, why in _doubtful(problem, proposal.lines, shown)}
        for line, why in doubted.values():
            line.sure, line.why = False, "; ".join(each for each in (why, line.why) if each)
        if not doubted and not _with_basis(proposal.lines, found):
            break
    return found, read, text.count("\n# ? ")


def _with_basis(lines: list[Line], found: list[Problem]) -> bool:
    """Whether the survey was given a `basis`, because its latest period has too few answers; the reason is its evidence."""
    thin = next((problem for problem in found if isinstance(problem, ThinPeriod)), None)
    survey = next((line for line in lines if line.key == "survey" and line.sure), None)
    if thin is None or survey is None or any(line.key == "basis" for line in survey.below):
        return False
    after = max(i for i, line in enumerate(survey.below) if line.key in ("file", "read", "date", "period"))
    survey.value.insert(after + 1, Line("basis", thin.basis, one_line(thin.rule)))
    return True


def _doubtful(problem: Problem, lines: list[Line], shown: dict[int, tuple[Line, ...]]) -> list[tuple[Line, str]]:
    """The lines that a problem is about, each with its reason."""
    why = f"the check says: {one_line(problem.rule)}"
    if problem.file.endswith(SETTINGS):
        paths = [shown.get(problem.row or 0, ())]
    else:
        name = problem.file.partition("/")[2]
        tables = [path for path in _with_file(lines, ()) if name in _files_of(path[-1])]
        paths = [path for part in tables for path in _paths(part[-2].below, part[:-1]) if problem.column and problem.column in path[-1].columns and path[-1].sure]
        paths += [path for path in _paths(lines, ()) if problem.column in path[-1].columns and path[0].key == "tipping_points"]
        paths += [path for path in _paths(lines, ()) if path[-1].key == "join" and any(each["file"] == name for each in path[-1].value)]
        paths = paths or [part[:-1] for part in tables]
    return [(part, why) for path in paths if (part := _part(path)) is not None]


def _part(path: tuple[Line, ...]) -> Line | None:
    """The deepest line that stands or falls as a whole and still stands."""
    return next((line for line in reversed(path) if line.part and line.sure and line.key not in _FIXED), None)


def _paths(lines: list[Line], above: tuple[Line, ...]) -> list[tuple[Line, ...]]:
    return [path for line in lines for path in [(*above, line), *_paths(line.below, (*above, line))]]


def _with_file(lines: list[Line], above: tuple[Line, ...]) -> list[tuple[Line, ...]]:
    return [path for path in _paths(lines, above) if path[-1].key == "file"]


def _files_of(line: Line) -> list[str]:
    """The files that a line `file` names."""
    return list(line.value.values()) if isinstance(line.value, dict) else [line.value]


def _unread(sources: list[SourceFile]) -> list[str]:
    return [f"{source.name} cannot be read: {problem}" for source in sources for problem in source.problems[:2] if not source.facts]
