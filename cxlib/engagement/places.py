"""Where the folders of clients lie: in the directories of CX_CLIENTS, or in the one that a workbook.yml names; and the demos."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from platformdirs import user_config_path
from pydantic import Field

from cxlib.engagement.problems import DataError, Problem, written
from cxlib.engagement.settings.strict_yaml import read_yaml
from cxlib.engagement.settings.validation import Part, read_settings

WORKBOOK = "workbook.yml"
REPOSITORY = Path(__file__).parents[2]
DEMOS = REPOSITORY / "data" / "clients"
USUAL = "~/cx-clients"
_WRITTEN = "# Where the CX workbook makes and finds the folders of your clients. CX_CLIENTS, where it is set, comes before it.\n"


class Workbook(Part):
    """workbook.yml: what holds for a consultant and all of his clients."""

    clients: str = Field(min_length=1, description="The directory of the client folders; ~ is your home, else it is told from this file")


def client_roots() -> list[Path]:
    """The directories of this machine that hold client folders: those of CX_CLIENTS or workbook.yml, then that of the demos.

    Raises: DataError for a workbook.yml that is wrong.
    """
    return [*own_roots(), DEMOS.resolve()]


def own_roots() -> list[Path]:
    """Those of `client_roots` that are the consultant's own."""
    return [_path(root) for root in named_roots() if not is_address(root)]


def named_roots() -> list[str]:
    """What CX_CLIENTS names: directories of this machine, and addresses of stores, as in s3://bucket/clients. Where it
    names nothing, the directory of workbook.yml.

    Raises: DataError for a workbook.yml that is wrong.
    """
    between = r"(?<!:):(?!:|//|\d+/)" if os.pathsep == ":" else os.pathsep  # the colons of an address part nothing
    if named := [part for part in re.split(between, os.environ.get("CX_CLIENTS", "")) if part]:
        return named
    file = workbook_file()
    return [] if file is None else [str(_directory(file))]


def is_address(root: str) -> bool:
    """Whether a root is in a store, and no directory of this machine."""
    return "://" in root and not root.startswith("file://")


def hold_roots(first: tuple[str, ...] | list[str] = ()) -> None:
    """Writes down in CX_CLIENTS where the clients lie, `first` before all: processes that work elsewhere find the same.

    Raises: DataError for a workbook.yml that is wrong.
    """
    roots = [root if "://" in root else str(_path(root)) for root in named_roots()]
    os.environ["CX_CLIENTS"] = os.pathsep.join([*first, *roots])


def workbook_file() -> Path | None:
    """The workbook.yml that counts: in this folder or the nearest above it, else the user's own."""
    with suppress(OSError):  # the folder was taken away
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / WORKBOOK).is_file():
                return folder / WORKBOOK
    return user_file() if user_file().is_file() else None


def user_file() -> Path:
    """The user's own workbook.yml, in the folder for settings of this platform, whether it is there or not."""
    return user_config_path("cx-workbook", appauthor=False) / WORKBOOK


def keep_directory(directory: str) -> Path:
    """Writes a directory of client folders into the user's workbook.yml; that file.

    Raises: DataError where the directory lies in the workbook's repository, is a file, or the file cannot be written.
    """
    path = _path(directory)
    if path.is_relative_to(REPOSITORY.resolve()):
        raise _refusal(str(path), "it lies in the workbook's repository", "Choose a directory outside of it")
    if path.exists() and not path.is_dir():
        raise _refusal(str(path), "this is a file", "Choose a directory")
    file, said = user_file(), directory if directory.startswith("~") else str(path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f".{WORKBOOK}.{os.getpid()}")
        fresh.write_text(f"{_WRITTEN}clients: {written(said)}\n", encoding="utf-8")
        os.replace(fresh, file)
    except OSError as error:
        raise _refusal(str(file), f"it cannot be written ({error.strerror})", "Set CX_CLIENTS instead") from None
    return file


def ask_for_directory(prompt: Callable[[], str], say: Callable[[str], None]) -> None:
    """Asks where the clients lie until an answer can be kept; not where something says it already."""
    while not named_roots():
        say("The folders of your clients lie outside of the workbook, so that nothing of theirs gets into its repository.")
        try:
            say(f"{keep_directory(prompt())} says so from now on")
        except DataError as error:
            say(str(error))


def nowhere() -> DataError:
    """The error of a new client where nothing says where the clients are to lie."""
    remedy = (f"Set CX_CLIENTS to a directory outside of the workbook's repository, or write `clients: {USUAL}` into a {WORKBOOK} "
              f"in this folder, in one above it, or as {user_file()}")  # fmt: skip
    return _refusal("clients", "nothing says where the folders of your clients are to lie", remedy)


def _directory(file: Path) -> Path:
    """The directory that a workbook.yml names."""
    try:
        document = read_yaml(file.read_bytes(), str(file))
    except OSError as error:
        raise _refusal(str(file), f"it cannot be read ({error.strerror})", "Check its rights") from None
    settings, problems = read_settings(document, Workbook)
    if settings is None:
        raise DataError(problems)
    if is_address(settings.clients):
        raise _refusal(str(file), "`clients` is a directory of this machine", "Name a store in CX_CLIENTS")
    return _path(settings.clients, file.parent)


def _path(directory: str, base: Path | None = None) -> Path:
    path = Path(directory.removeprefix("file://")).expanduser()
    return (path if base is None else base / path).resolve()


def _refusal(place: str, rule: str, remedy: str) -> DataError:
    return DataError([Problem(place, rule, remedy)])
