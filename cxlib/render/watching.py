"""A client's folder is looked at again and again: what changed in it, once it has come to rest.

The folder is asked, a few dozen entries a second, and not the operating system: so a folder on a network drive or in a synchronised
one is watched like any other, and nothing has to be installed.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from cxlib.engagement.folder import INTERNAL
from cxlib.render.run.working_copies import WORK

Seen = Mapping[str, tuple[int, int]]  # {file: when it was written, its size}
EVERY = 0.5  # seconds
_PASSING = re.compile(r"[.~].*|.*(~|\.tmp|\.part|\.crdownload)", re.IGNORECASE)  # locks, checkpoints and drafts of other programs


def changes(look: Callable[[], Seen], pause: Callable[[], None], seen: Seen) -> Iterator[list[str]]:
    """The names of the files that changed since `seen`, as soon as a second look finds nothing new.

    What changes while the reader of these works on the last is in the next; a file that is written in pieces is one change.
    """
    while True:
        pause()
        now = look()
        if now == seen:
            continue
        before = seen
        while now != before:
            pause()
            before, now = now, look()
        changed = sorted(name for name in {*seen, *now} if seen.get(name) != now.get(name))
        seen = now
        if changed:  # not one that was written and taken away
            yield changed


def seen_in(folder: Path, leave_out: Path | None = None) -> Seen:
    """The files of a client's folder that its report can rest on: not the working copies, no list of `cx calls`, nothing hidden or
    passing.

    leave_out : where the reports are written, which may be in the folder
    """
    seen: dict[str, tuple[int, int]] = {}
    inside = [folder]
    while inside:
        with suppress(OSError):  # it goes away while we look; the next look will tell
            for path in inside.pop().iterdir():
                if _PASSING.fullmatch(path.name) or path in (folder / WORK, folder / INTERNAL, leave_out):
                    continue
                if path.is_dir() and not path.is_symlink():
                    inside.append(path)
                    continue
                with suppress(OSError):
                    state = path.stat()
                    seen[path.relative_to(folder).as_posix()] = (state.st_mtime_ns, state.st_size)
    return seen


def rest() -> None:
    """The time between two looks."""
    time.sleep(EVERY)
