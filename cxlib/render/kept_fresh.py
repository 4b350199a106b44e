"""`cx watch`: a client's report follows its folder, checked and rendered again whenever a file changes."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from cxlib.engagement import checked, client_folder
from cxlib.engagement.problems import as_told, errors
from cxlib.render import watching
from cxlib.render.batch import rendered_clients
from cxlib.render.request import Request


class Say(Protocol):
    """Takes a line of what happens; `err` for what went wrong."""

    def __call__(self, text: str, *, err: bool = False) -> object: ...


def kept_fresh(client: str, out: Path, request: Request, say: Say) -> None:
    """Checks and renders at once and after each change, for ever.

    Raises: DataError when there is no such client.
    """
    folder = client_folder(client)
    look = partial(watching.seen_in, folder, out.resolve())
    seen = look()
    say(f"{folder} is watched; Ctrl-C ends it")
    _checked_and_rendered(client, out, request, say)
    for changed in watching.changes(look, watching.rest, seen):
        say(f"\n{datetime.now():%H:%M:%S} changed: {', '.join(changed)}")
        _checked_and_rendered(client, out, request, say)


def _checked_and_rendered(client: str, out: Path, request: Request, say: Say) -> None:
    """One run: whatever goes wrong in it is told, and the next can mend it."""
    try:
        found, read = checked(client)
        for line in as_told(client, found, read):
            say(line)
        if errors(found):
            say(f"{client}: not rendered; an earlier report, if any, is untouched")
            return
        [outcome] = rendered_clients([client], out, request)
    except Exception as error:
        say(f"{client}: {type(error).__name__}: {error}", err=True)
        return
    if outcome.error:
        say(f"{client}: {outcome.error}", err=True)
        return
    for page, why in outcome.refused.items():
        say(f"{client}: without {page}: {why}", err=True)
    state = "rendered" if outcome.made else "fresh"
    say(f"{client}: {state}: {(Path(outcome.report).absolute() / 'index.html').as_uri()}")
