"""`cx check --fix`: a folder is checked and what is safe is corrected, again and again until nothing is left to correct."""

from collections.abc import Callable
from pathlib import Path

from cxlib.engagement.checking import checked
from cxlib.engagement.fixes import Fixed, fixed, write
from cxlib.engagement.folder import SETTINGS, client_folder
from cxlib.engagement.problems import DataError, Problem, as_told, errors


def mended(client: str, *, say: Callable[[str], None], agreed: Callable[[], bool]) -> bool:
    """Whether the folder is without an error, after all that can be corrected safely was shown, agreed and written.

    say : takes each line of what is found and done
    agreed : asks whether the change that was shown last is to be made

    Raises: DataError when client.yml cannot be written.
    """
    made: list[Fixed] = []
    while True:
        found, read = checked(client)
        for line in as_told(client, found, read):
            say(line)
        right = not errors(found)
        try:
            path = client_folder(client) / SETTINGS
            change = fixed(path.read_bytes(), f"{client}/{SETTINGS}", found, [each for fix in made for each in fix.fixes])
        except (DataError, OSError, UnicodeDecodeError):  # the check has told
            return False
        if not change.fixes:
            if not right:
                say(f"nothing {'more ' * bool(made)}of this can be corrected safely: what is meant is for you to say")
            return right
        say(change.diff)
        if not agreed():
            say(f"{path} is as it was")
            return right
        _write(path, change)
        made.append(change)
        say(f"{path} is corrected; checked again:")


def _write(path: Path, change: Fixed) -> None:
    try:
        write(path, change)
    except OSError as error:
        raise DataError([Problem(str(path), f"it cannot be written ({error.strerror})", "Check its rights")]) from None
