"""csv in every dress: which encoding, which delimiter, and where a line is broken."""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

import numpy as np
import pandas as pd

from cxlib.engagement.problems import DataError, Problem, stop_on_errors
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.no_answers import TAIL, Line, is_total, more_headings, totals_and_footers
from cxlib.engagement.tables.raw import Raw, ReadOtherwise, kept, named, position, top_of

_CHUNK = 50_000  # rows
_DELIMITERS = ";,\t|"
_NAMES = {"\t": "tab"}
_BOMS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


_LETTERS, _CAPITALS, _FOREIGN = set("æøåäöéüß"), set("ÆØÅÄÖÉÜ"), set("èáóíñç")
_SIGNS = set("’‘“”„–—…·•«»°§£€´©®™½²\u00a0")
_EIGHT_BIT = ("cp1252", "mac_roman", "cp850")  # the first of equals


def read_csv(data: bytes, file: str, read: Read, wanted: Collection[str] | None) -> Raw:
    """The csv in `data`; only the `wanted` columns are kept in memory where they are given."""
    if data.startswith(b"PK\x03\x04"):
        raise DataError(
            [Problem(file, "this is no text but a workbook or a zip", "Give it its own ending: .xlsx or .zip")]
        )
    encoding = read.encoding or _encoding(data, file, read)
    sample = _sample(data, file, encoding)
    told = re.match(r"sep=(.)\r?\n", sample)  # Excel's first line, which is no row of the table
    start = told.end() if told else 0
    delimiter = read.delimiter or (told.group(1) if told else _sniff(sample[start:], read, wanted))
    reader = _reader(data, encoding, delimiter, bool(told))
    first, chunk = 1, _chunk(reader, file, 1)
    opening = [(row, cells) for row, cells in enumerate(chunk, start=1) if any(cell.strip() for cell in cells)]
    ahead = read.headings[-1] + len(read.skip) + 60
    top, below = top_of(opening[:ahead], read, file)
    notes = []
    if problem := more_headings(top, below, read, file):
        stop_on_errors([problem])
        notes.append(problem)
    table = _Table(file, top.row, {*read.headings, *read.skip}, kept(top.names, wanted))
    while chunk:
        table.add(first, chunk)
        first += len(chunk)
        chunk = _chunk(reader, file, first)
    how = f"csv, {encoding}, delimiter {_NAMES.get(delimiter, delimiter)}"
    raw = Raw(top.names, table.columns, table.rows, how, notes=notes, repeated=top.repeated, row=top.row)
    stop_on_errors(totals_and_footers(raw, table.totals, table.tail, read, file))
    return raw


def _sample(data: bytes, file: str, encoding: str) -> str:
    """The first part of the text. Refuses a text that cannot be read to its end."""
    try:
        content = data.decode(encoding)
    except (LookupError, UnicodeError) as error:
        start = getattr(error, "start", None)
        row = None if start is None else data[:start].count(b"\n") + 1
        rule = f"the text cannot be read as {encoding}"
        remedy = "Declare its encoding under `read: encoding`, for example cp1252, mac_roman, cp850 or utf-16"
        raise DataError([Problem(file, rule, remedy, row)]) from None
    if "\0" in content:
        row = content[: content.index("\0")].count("\n") + 1
        raise DataError([Problem(file, "a NUL character stands in the text", "Export the file again", row)])
    return content[:200_000].removeprefix("\ufeff")


def _encoding(data: bytes, file: str, read: Read) -> str:
    for mark, name in _BOMS.items():
        if data.startswith(mark):
            return name
    head = data[:2000]
    if head.count(0) > len(head) / 4:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if re.search(rb"\xc3[\x80-\xbf]", data):  # Ã followed by a sign: UTF-8 that is broken somewhere
            row = data[: error.start].count(b"\n") + 1
            rule = "most of the text is UTF-8, but not all of it"
            remedy = "Export the file again, or declare `read: encoding`"
            raise DataError([Problem(file, rule, remedy, row)]) from None
        return _eight_bit(data, file, read)
    return "utf-8"


def _eight_bit(data: bytes, file: str, read: Read) -> str:
    """cp1252, unless the letters make words in another encoding alone: then that one is named, never guessed."""
    words = Counter(re.findall(rb"([A-Za-z]?)([\x80-\xff]+)([A-Za-z]?)", data[:50_000_000]))

    def merit(encoding: str) -> int:
        return sum(count * _letters(before, run, after, encoding) for (before, run, after), count in words.items())

    best = max(_EIGHT_BIT, key=merit)
    if best == "cp1252":
        return best
    row = data[: re.search(rb"[\x80-\xff]", data).start()].count(b"\n") + 1
    rule = f"the text is not UTF-8, and its letters make words when it is read as {best}, not as cp1252"
    other = read.model_copy(update={"encoding": best})
    raise DataError([ReadOtherwise(file, rule, f"Say `encoding: {best}` under `read`", row, read=other)])


def _letters(before: bytes, run: bytes, after: bytes, encoding: str) -> int:
    """How many letters of Danish, Swedish or English words the bytes are in this encoding, less what is none."""
    found = run.decode(encoding, errors="replace")
    signs = _SIGNS if not (before and after) else {"’", "–", "\u00a0"}
    letters = _LETTERS if before.islower() else _LETTERS | _CAPITALS
    in_word = bool(before or after or len(run) > 1)
    return sum(in_word if sign in letters else 0 if sign in signs | _FOREIGN else -1 for sign in found)


def _sniff(sample: str, read: Read, wanted: Collection[str] | None) -> str:
    """The delimiter that finds most wanted columns, then the one that cuts every line into equally many cells."""
    first = read.headings[0] - 1
    named_by_text = [name for name in wanted or () if not re.fullmatch(r"column \d+", name)]

    def merit(delimiter: str) -> tuple:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            lines = [line for line in islice(reader, first, first + 200) if line]
        except csv.Error:
            return (0, 0.0, 0)
        width = len(lines[0]) if lines else 0
        if width < 2:
            return (0, 0.0, 0)
        header = named(lines[0])[0]
        found = sum(bool(position(name, header)) for name in named_by_text)
        return (found, sum(len(line) == width for line in lines) / len(lines), width)

    return max(_DELIMITERS, key=merit)


def _reader(data: bytes, encoding: str, delimiter: str, told: bool):
    """The records of the text; `told`: its first line tells the delimiter."""
    csv.field_size_limit(1_000_000)
    lines = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    if lines.read(1) != "\ufeff":
        lines.seek(0)
    if told:
        next(lines)
    return csv.reader(lines, delimiter=delimiter, strict=True)


def _chunk(reader: Iterator[list[str]], file: str, first: int) -> list[list[str]]:
    """The next records; `first` is the row of the first of them."""
    chunk: list[list[str]] = []
    try:
        for record in islice(reader, _CHUNK):
            chunk.append(record)
    except csv.Error as error:
        rule = f"the row cannot be cut into cells ({error})"
        remedy = 'A text holds a quotation mark that is not doubled (""), or one is never closed'
        raise DataError([Problem(file, rule, remedy, first + len(chunk))]) from None
    return chunk


class _Table:
    """The rows below the headings, gathered chunk by chunk: the kept columns, their rows, and what may be no answer."""

    def __init__(self, file: str, top: int, without: set[int], keep: list[bool]):
        self.file, self.top, self.without, self.keep = file, top, without, keep
        self.totals: list[Line] = []
        self.tail: deque[Line] = deque(maxlen=TAIL)
        self._parts: list[list[pd.Series]] = [[] for _ in keep]
        self._rows: list[np.ndarray] = [np.array([], dtype=np.int64)]

    @property
    def columns(self) -> list[pd.Series | None]:
        return [_joined(part) if keep else None for part, keep in zip(self._parts, self.keep, strict=True)]

    @property
    def rows(self) -> np.ndarray:
        return np.concatenate(self._rows)

    def add(self, first: int, chunk: list[list[str]]) -> None:
        """Takes over the rows of a chunk, blank ones and those that are never read left out."""
        rows = np.arange(first, first + len(chunk))
        out = {i for i, cells in enumerate(chunk) if not cells or (not cells[0] and not any(map(str.strip, cells)))}
        out |= {row - first for row in self.without if first <= row < first + len(chunk)}
        out |= set(range(self.top + 1 - first)) if first <= self.top else set()
        if out:
            chunk = [cells for i, cells in enumerate(chunk) if i not in out]
            rows = np.delete(rows, sorted(out & set(range(len(rows)))))
        self._check_widths(rows, chunk)
        self._rows.append(rows)
        self.totals += [(int(row), cells) for row, cells in zip(rows, chunk, strict=True) if _may_be_total(cells)]
        self.tail += [(int(row), cells) for row, cells in zip(rows[-TAIL:], chunk[-TAIL:], strict=True)]
        for i, cells in enumerate(islice(zip(*chunk, strict=False), len(self.keep))):
            if self.keep[i]:
                self._parts[i].append(pd.Series(cells, dtype="str"))

    def _check_widths(self, rows: Sequence[int], chunk: list[list[str]]) -> None:
        width = len(self.keep)
        if set(map(len, chunk)) <= {width}:
            return
        for i, cells in enumerate(chunk):
            if len(cells) < width or any(cell.strip() for cell in cells[width:]):
                rule = f"the row has {len(cells)} cells, the header {width}"
                remedy = "Check the delimiter, and put texts that contain it in quotation marks"
                raise DataError([Problem(self.file, rule, remedy, int(rows[i]))])


def _may_be_total(cells: list[str]) -> bool:
    first = cells[0] or next(filter(str.strip, cells))
    return first[0] in "tsgamidTSGAMID" and is_total(first)


def _joined(parts: list[pd.Series]) -> pd.Series:
    return pd.concat(parts, ignore_index=True) if parts else pd.Series([], dtype="str")


READERS = dict.fromkeys((".csv", ".tsv", ".txt"), read_csv)  # by the ending of the file
