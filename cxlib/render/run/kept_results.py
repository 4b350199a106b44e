"""What the analyses of a report gave, kept beside it: in another language, or asked otherwise, they are not computed again.

A notebook calls an analysis and gets a Result. In the process of its notebook the functions of the rooms first look whether the
very same was asked before: of the same client, by the same cells, with the same workbook and versions, and with arguments
that are equal to the last bit. Only Results are kept, which hold what may be shown and nobody's answers; they never leave the
folder of the client's builds. An entry begins with the hash of what was asked and of itself, so one that was damaged or
comes from elsewhere is computed anew, and it is read by an unpickler that makes results and tables and nothing else.
"""

import hashlib
import inspect
import io
import json
import os
import pickle
import pkgutil
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property, wraps
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.extensions import ExtensionArray
from pandas.arrays import ArrowStringArray, DatetimeArray, PeriodArray, TimedeltaArray

import cxlib.analyses
from cxlib.analyses.result import Base, Finding, Quantity, Result, Term
from cxlib.analyses.units import Unit

USED, STATE = "used", "state"
HASHED = hashlib.sha256().digest_size
OF_TIME = (DatetimeArray, PeriodArray, TimedeltaArray)
CANNOT_PICKLE = (pickle.PicklingError, TypeError, AttributeError, RecursionError)
MADE_OF = {  # a result, besides our own classes; one of anything else is computed each time
    "builtins": {"slice"},
    "numpy": {"dtype", "ndarray"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
    "pandas": {"DataFrame", "Index", "RangeIndex", "StringDtype"},
    "pandas.arrays": {"ArrowStringArray"},
    "pandas._libs.internals": {"_unpickle_block"},
    "pandas.core.indexes.base": {"_new_Index"},
    "pandas.core.internals.managers": {"BlockManager"},
    "pyarrow.lib": {"_restore_array", "py_buffer", "type_for_alias"},
    Unit.__module__: {Unit.__name__},
    Result.__module__: {each.__name__ for each in (Result, Finding, Base, Term, Quantity)},
}


class Unknown(RuntimeError):
    """What cannot be told apart for certain is not kept."""


@dataclass(frozen=True)
class KeptResults:
    """The results of one notebook of a client.

    folder     where they lie
    rests_on   all that shapes them besides their arguments: client, cells, parameters, workbook, versions
    """

    folder: Path
    rests_on: Mapping[str, object]

    def take_over(self) -> None:
        """From here on the rooms of this process give what was kept, and keep what they give; for the process of one notebook."""
        for room in pkgutil.iter_modules(cxlib.analyses.__path__, "cxlib.analyses."):
            if room.ispkg:
                module = import_module(room.name)
                for name in module.__all__:
                    function = getattr(module, name)
                    if inspect.isfunction(function) and function.__annotations__.get("return") is Result:
                        setattr(module, name, self.keeping(function))

    def keeping(self, function: Callable[..., Result]) -> Callable[..., Result]:
        """The function, which looks first whether it was asked the very same before."""

        @wraps(function)
        def kept(*given, **named):
            try:
                key = self._key(function, given, named)
            except (Unknown, *CANNOT_PICKLE):
                return function(*given, **named)
            with suppress(OSError):
                _noted(self.folder / USED, key)
            return self._read(key) or self._written(key, function(*given, **named))

        return kept

    @cached_property
    def _prefix(self) -> bytes:
        return json.dumps(dict(self.rests_on), sort_keys=True, default=str).encode()

    def _key(self, function: Callable, given: tuple, named: Mapping) -> str:
        asked = inspect.signature(function).bind(*given, **named)
        asked.apply_defaults()
        told = _Hash(self._prefix, f"\0{function.__module__}.{function.__qualname__}\0".encode())
        pickler = _QuestionWriter(told, protocol=5)
        pickler.fast = True  # what is equal reads equal, whether it is one object or two
        pickler.dump(asked.arguments)
        return told.so_far.hexdigest()

    def _read(self, key: str) -> Result | None:
        try:
            entry = (self.folder / key).read_bytes()
            value = _ResultReader(io.BytesIO(entry[HASHED:])).load() if entry[:HASHED] == _seal(key, entry[HASHED:]) else None
        except Exception:  # whatever is wrong with an entry, it is computed anew
            return None
        return value if isinstance(value, Result) else None

    def _written(self, key: str, value: Result) -> Result:
        """The result as it will be read the next time, so that the first report shows the same."""
        try:
            told = pickle.dumps(value, protocol=5)
            again = _ResultReader(io.BytesIO(told)).load()
        except (Unknown, *CANNOT_PICKLE):
            return value
        with suppress(OSError):  # a disk that is full: it is computed the next time, too
            draft = self.folder / f".{key}.{os.getpid()}"
            draft.write_bytes(_seal(key, told) + told)
            os.replace(draft, self.folder / key)
        return again

    def opened(self) -> None:
        """Makes the folder, for nobody else to read."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            (self.folder / USED).unlink(missing_ok=True)

    def swept(self, inputs: Mapping[str, str]) -> None:
        """After a run: where tables, settings, cells or workbook are others than before, what this run did not use goes."""
        state = hashlib.sha256(self._prefix + json.dumps(dict(inputs), sort_keys=True).encode()).hexdigest()
        with suppress(OSError):
            if not (self.folder / STATE).exists() or (self.folder / STATE).read_text() != state:
                used = set((self.folder / USED).read_text().split()) if (self.folder / USED).exists() else set()
                for entry in self.folder.iterdir():
                    if entry.name not in used:
                        entry.unlink()
                (self.folder / STATE).write_text(state)
            (self.folder / USED).unlink(missing_ok=True)


def forgotten(folder: Path) -> None:
    """Nothing is kept any more."""
    shutil.rmtree(folder, ignore_errors=True)


def _seal(key: str, told: bytes) -> bytes:
    return hashlib.sha256(key.encode() + told).digest()


def _noted(file: Path, key: str) -> None:
    with file.open("a", encoding="ascii") as log:
        log.write(f"{key}\n")


class _Hash:
    """A file of which nothing but the hash is kept: a question may hold a million rows."""

    def __init__(self, *begins: bytes) -> None:
        self.so_far = hashlib.sha256(b"".join(begins))

    def write(self, piece: bytes) -> None:
        self.so_far.update(piece)


class _QuestionWriter(pickle.Pickler):
    """Arguments as bytes: of a dataclass its fields, without what it has computed since; nothing that a notebook itself defines."""

    def reducer_override(self, value):
        if getattr(value, "__module__", None) == "__main__" or type(value).__module__ == "__main__":
            raise Unknown
        if is_dataclass(value) and not isinstance(value, type):
            return _same, (type(value), *(getattr(value, field.name) for field in fields(value)))
        if isinstance(value, ArrowStringArray):
            return _same, (str(value.dtype), *_texts(pa.array(value)))
        if isinstance(value, OF_TIME):  # thousands of points of time are one array of whole numbers
            return _same, (str(value.dtype), value.asi8)
        if isinstance(value, ExtensionArray):  # its buffers end in whatever lay in memory
            return _same, (str(value.dtype), value.tolist())
        if isinstance(value, MappingProxyType):
            return _same, tuple(value.items())
        return NotImplemented


def _texts(texts: pa.Array | pa.ChunkedArray) -> tuple[np.ndarray, bytes]:
    """(the length of each text, -1 where there is none; all of them in a row), without what else lies in memory beside them."""
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    lengths = [pc.fill_null(pc.binary_length(chunk), -1).to_numpy().astype(np.int64) for chunk in chunks]
    said = []
    for chunk in (pc.drop_null(chunk).cast(pa.large_string()) for chunk in chunks):
        _, places, letters = chunk.buffers()
        if len(chunk):
            first, last = np.frombuffer(places, np.int64)[[chunk.offset, chunk.offset + len(chunk)]]
            said.append(memoryview(letters or b"")[first:last])
    return np.concatenate([np.empty(0, np.int64), *lengths]), b"".join(said)


def _same(*parts: object) -> None:
    """Stands for a dataclass in a pickle that nobody reads."""


class _ResultReader(pickle.Unpickler):
    """Reads results, tables, numbers and words; anything else is none of ours."""

    def find_class(self, module, name):
        if name not in MADE_OF.get(module, ()):
            raise Unknown(f"{module}.{name}")
        return super().find_class(module, name)
