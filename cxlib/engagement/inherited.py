"""Settings that a client takes from another one (`same_as`), as the stores of a chain do from its head office."""

from dataclasses import dataclass, field
from typing import Any

from cxlib.engagement.folder import SETTINGS, Folder, client_folder, master_input
from cxlib.engagement.problems import DataError, Problem
from cxlib.engagement.settings.strict_yaml import Document, dotted, read_yaml

OWN = ("client", "name", "same_as")  # keys that nobody inherits


@dataclass
class Inherited:
    """A document with what it takes from others in it: `places` says where each key stands that its own file has not."""

    document: Document
    places: dict[str, tuple[str, int]] = field(default_factory=dict)

    def placed(self, problem: Problem) -> Problem:
        """The problem at the file and line where its key stands. One of another client's file is not mended from here."""
        if problem.column not in self.places:
            return problem
        file, line = self.places[problem.column]
        return Problem(file, problem.rule, problem.remedy, line, problem.column, problem.severity)


def with_inherited(folder: Folder, document: Document, path: tuple[str, ...] = ()) -> Inherited:
    """The document of a client, over that of the client that it names under `same_as`, and so on.

    A key that is given replaces the same one of the other client: a mapping key by key, anything else as a whole. Raises:
    DataError for a client that is not there, and for one that comes back to itself.
    """
    named = document.value.get("same_as")
    if not isinstance(named, str):
        return Inherited(document)
    line = document.line(("same_as",))
    path = (*path, folder.client)
    if named in path:
        rule = f"the settings lead back to {named}: {', '.join((*path, named))}"
        raise DataError([Problem(document.file, rule, "One of them has to stand by itself", line, "same_as")])
    try:
        home = client_folder(named)
        if home.name != named:
            raise DataError([Problem("clients", f"{named} is a report of {home.name}", f"Write `same_as: {home.name}`")])
    except DataError as failure:
        raise DataError([Problem(document.file, p.rule, p.remedy, line, "same_as") for p in failure.problems]) from None
    other = Folder(named, home)
    read = read_yaml(other.unnoted(SETTINGS), other.display_name(SETTINGS))
    folder.has_read(master_input(named), other.inputs[SETTINGS])
    above = with_inherited(Folder(named, home, folder.inputs, origin=folder.origin or folder.client), read, path)
    taken = {key: value for key, value in above.document.value.items() if key not in OWN}
    merged = Document(document.file, _over(taken, document.value), dict(document.lines), [*document.problems, *read.problems])
    places = dict(above.places)
    for at, row in read.lines.items():
        places.setdefault(dotted(at), (read.file, row))
    merged.lines.update({at: row for at, row in above.document.lines.items() if at not in document.lines})
    own = {dotted(at) for at in document.lines}
    return Inherited(merged, {key: place for key, place in places.items() if key not in own})


def _over(below: Any, above: Any) -> Any:
    """One value over another: mappings key by key."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: _over(below[key], value) if key in below else value for key, value in above.items()}}
