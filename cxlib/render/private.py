"""Files for the client's own people: nobody but their owner reads them, and git does not see them."""

import os
from pathlib import Path


def private_folder(folder: Path) -> Path:
    """The folder, made where it is not there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    kept_private(folder / ".gitignore", b"*\n")
    return folder


def kept_private(file: Path, data: bytes) -> None:
    """Writes a file whole that nobody but its owner reads, at no moment."""
    draft = file.with_name(f".{file.name}.tmp")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(data)
    draft.replace(file)
