"""Which ending of a file is read by whom; gz and zip are unpacked on the way. The one place that knows the endings."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Collection
from pathlib import PurePath

from cxlib.engagement.problems import DataError, Problem
from cxlib.engagement.settings.reading import FORMATS, Read
from cxlib.engagement.tables import csv_files, office_files, old_sheets, statistics_files
from cxlib.engagement.tables.no_answers import tests_and_unfinished
from cxlib.engagement.tables.raw import Raw

_READERS = csv_files.READERS | office_files.READERS | old_sheets.READERS | statistics_files.READERS
_GZ, _ZIP = ".gz", ".zip"
ENDINGS = (*_READERS, *(ending + _GZ for ending in _READERS), _ZIP)
UNPACKED = 2 * 1024**3  # bytes


def is_table(name: str) -> bool:
    """Whether a file of this name is a table that can be read."""
    return name.lower().endswith(ENDINGS) and PurePath(name).name.lower() not in ENDINGS


def read_raw(load: Callable[[], bytes], name: str, file: str, read: Read, wanted: Collection[str] | None) -> Raw:
    """The table in the file `name`, whose bytes `load` gives; `file` is what problems call it.

    Raises: DataError with what is wrong with the file.
    """
    if not is_table(name):
        rule = "this ending stands for no table that the workbook reads"
        raise DataError([Problem(file, rule, f"Save the table as {FORMATS}")])
    data = load()
    if not data:
        raise DataError([Problem(file, "the file is empty", "Put the table's export there")])
    packed = ""
    if name.lower().endswith(_GZ):
        data, name, packed = _gunzipped(data, file), name[: -len(_GZ)], "gz, "
    elif name.lower().endswith(_ZIP):
        data, name, read = _unzipped(data, file, read)
        packed = f"zip, {PurePath(name).name}, "
    if not data:
        raise DataError([Problem(file, "the file in it is empty", "Pack the table's export again")])
    raw = _READERS[PurePath(name).suffix.lower()](data, file, read, wanted)
    raw.how = packed + raw.how
    raw.notes += tests_and_unfinished(raw, wanted, file)
    return raw


def sheet_sizes(data: bytes, name: str) -> dict[str, int]:
    """{visible sheet of a workbook that holds something: its rows}; none for other files, and for what cannot be read."""
    if PurePath(name).suffix.lower() not in {".xlsx", ".xlsm", *old_sheets.READERS}:
        return {}
    try:
        return old_sheets.sizes(data)
    except Exception:  # what is wrong with it is told by whoever reads it
        return {}


def _gunzipped(data: bytes, file: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            content = packed.read(UNPACKED + 1)
    except (OSError, EOFError, zlib.error):
        raise DataError([Problem(file, "this is not a gz, or it is damaged", "Pack the table again")]) from None
    if len(content) > UNPACKED:
        raise DataError([_too_large(file)])
    return content


def _unzipped(data: bytes, file: str, read: Read) -> tuple[bytes, str, Read]:
    """The one table in a zip, or the one that `read: sheet` names; its name, and how it is read itself."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise DataError([Problem(file, "this is not a zip, or it is damaged", "Pack the table again")]) from None
    with archive:
        tables = {part.filename: part for part in archive.infolist() if _is_packed_table(part)}
        if read.sheet in tables:
            tables, read = {read.sheet: tables[read.sheet]}, read.model_copy(update={"sheet": None})
        names = ", ".join(tables)
        if not tables:
            raise DataError([Problem(file, "no table lies in the zip", f"Pack one of these: {FORMATS}")])
        if len(tables) > 1:
            rule = f"there are {len(tables)} tables in the zip: {names}"
            raise DataError([Problem(file, rule, "Name the right one under `read: sheet`")])
        ((name, part),) = tables.items()
        if part.file_size > UNPACKED:
            raise DataError([_too_large(file)])
        try:
            with archive.open(part) as packed:
                content = packed.read(UNPACKED + 1)
        except RuntimeError:  # a password
            raise DataError(
                [Problem(file, "the zip is locked with a password", "Pack the table without one")]
            ) from None
        except (zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error):
            raise DataError([Problem(file, "the zip is damaged", "Pack the table again")]) from None
        if len(content) > UNPACKED:  # a zip may lie about its size
            raise DataError([_too_large(file)])
        return content, name, read


def _is_packed_table(part: zipfile.ZipInfo) -> bool:
    path = PurePath(part.filename)
    return path.suffix.lower() in _READERS and not path.name.startswith(".") and "__MACOSX" not in path.parts


def _too_large(file: str) -> Problem:
    return Problem(file, f"the table is larger than {UNPACKED // 1024**3} GB unpacked", "Split or thin it out")
