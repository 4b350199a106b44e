"""What `cx lab` opens: copies of the shipped notebooks in the client's folder, so that no autosave reaches a tracked file."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cxlib.render.run.notebooks import NOTEBOOKS, PATTERN, copy_for, read_notebook

if TYPE_CHECKING:
    from nbformat import NotebookNode

WORK = "work"


@dataclass(frozen=True)
class WorkingCopies:
    """The folder of a client's working copies; those that somebody changed while the shipped one changed, too; its own notebooks."""

    folder: Path
    behind: tuple[str, ...]
    own: tuple[str, ...]


def working_copies(client: str, client_folder: Path) -> WorkingCopies:
    """Copies of the shipped notebooks in `client_folder`/work, without outputs and opening on the client.

    A copy that was changed is kept, and so are the outputs of one that is of today; one of an older version that nobody
    changed is renewed. A notebook that the client has of its own gets none: that one is rendered, and opened by `cx edit`.
    raises OSError where the folder cannot be written
    """
    folder = client_folder / WORK
    own = {file.name for file in (client_folder / "notebooks").glob(PATTERN)}
    folder.mkdir(exist_ok=True)
    behind = [file.stem for file in sorted(NOTEBOOKS.glob(PATTERN)) if file.name not in own and not _renewed(file, client, folder)]
    return WorkingCopies(folder, tuple(behind), tuple(sorted(name.removesuffix(".ipynb") for name in own)))


def _renewed(shipped: Path, client: str, folder: Path) -> bool:
    """Whether the copy is of today's notebook, where it can be made so."""
    import nbformat

    copy, fresh = folder / shipped.name, copy_for(shipped, client)
    of_today = _fingerprint(fresh)
    if copy.exists():
        try:
            there = read_notebook(copy)
            copied_from, is_now = there.metadata.get("cx", {}).get("copied"), _fingerprint(there)
        except Exception:  # whatever it is by now, it is not ours to write over
            return False
        if copied_from == of_today:
            return True
        if copied_from != is_now:
            return False
    fresh.metadata.setdefault("cx", {})["copied"] = of_today
    draft = copy.with_name(f".{copy.name}.{os.getpid()}")
    nbformat.write(fresh, draft)
    os.replace(draft, copy)
    return True


def _fingerprint(notebook: "NotebookNode") -> str:
    """A hash of what stands in the cells; outputs are no part of it."""
    cells = [[cell.cell_type, cell.source] for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()
