"""What the check says to a proposal: a line that it refuses becomes a doubtful one, with its reason."""

from pathlib import Path

from cxlib.engagement.checking import checked
from cxlib.engagement.folder import SETTINGS
from cxlib.engagement.problems import Problem, errors
from cxlib.engagement.proposal.lines import Line, one_line
from cxlib.engagement.proposal.proposal import Proposal
from cxlib.engagement.proposal.settings_file import text_of, tidied
from cxlib.engagement.survey import ThinPeriod

_ROUNDS = 15
_FIXED = ("client", "name", "language")


def settled(proposal: Proposal, client: str, home: Path) -> str:
    """The text of client.yml in which the check finds no error that a proposed line makes. The lines of the proposal change.

    home : the folder in which the files lie
    """
    for _ in range(_ROUNDS):
        tidied(proposal.lines)
        text, shown = text_of(proposal.lines)
        found, _ = checked(client, home, text)
        doubted = {id(line): (line, why) for problem in errors(found) for line, why in _doubtful(problem, proposal.lines, shown)}
        for line, why in doubted.values():
            line.sure, line.why = False, "; ".join(each for each in (why, line.why) if each)
        if not doubted and not _with_basis(proposal.lines, found):
            break
    return text


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
