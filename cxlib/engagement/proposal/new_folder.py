"""A new client folder from files: copied, described, checked."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cxlib.engagement.folder import SETTINGS, new_folder
from cxlib.engagement.problems import Problem, as_told, errors
from cxlib.engagement.proposal.draft import open_draft
from cxlib.engagement.proposal.parts.roles import AskedChoice
from cxlib.engagement.proposal.proposal import nothing_certain

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
    new_folder(client)
    draft = open_draft(client, files, language=language)
    if ask is not None:
        draft.correct(ask(draft.questions))
    draft.save()
    problems, read = draft.checked()
    return MadeFolder(draft.folder, draft.told, read, problems, draft.doubtful, nothing_certain(draft.proposal, draft.sources, draft.doubtful))
