"""csv in every dress: which encoding, which delimiter, and where a line is broken."""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from cxlib.engagement.problems import DataError, Problem, stop_on_errors
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.no_answers import TAIL, Line, is_total, more_headings, totals_and_footers
from cxlib.engagement.tables.raw import Raw, ReadOtherwise, kept, named, position, top_of

_CHUNK = 4_000  # rows; more at once are slower
_SAMPLE = 200_000  # characters that tell the delimiter
_LARGE = 1_000_000  # characters from which pyarrow cuts the text, where it cuts it as strictly
BELOW_A_TITLE = 3  # cells of a row from which on a single text above it is a title
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
    encoding = read.encoding or encoding_of(data, file, read)
    csv.field_size_limit(1_000_000)
    content = _text(data, file, encoding)
    told = re.match(r"sep=(.)\r?\n", content)  # Excel's first line, which is no row of the table
    start = told.end() if told else 0
    delimiter = read.delimiter or (told.group(1) if told else delimiter_of(content[start : start + _SAMPLE], read, wanted))
    lines = io.StringIO(content, newline="")
    lines.seek(start)
    opening = _opening(csv.reader(lines, delimiter=delimiter, strict=True), file, read)
    top, below = top_of(opening, read, file)
    notes = []
    if problem := more_headings(top, below, read, file):
        stop_on_errors([problem])
        notes.append(problem)
    without = {*read.headings, *read.skip, *range(1, top.row + 1)}
    keep = kept(top.names, wanted)
    table = _cut_at_once(content[start:], delimiter, without, keep) if len(content) > _LARGE else None
    if table is None:
        lines.seek(start)
        table = _cut_by_rows(csv.reader(lines, delimiter=delimiter, strict=True), file, without, keep)
    how = f"csv, {encoding}, delimiter {_NAMES.get(delimiter, delimiter)}"
    raw = Raw(top.names, table.columns, table.rows, how, notes=notes, repeated=top.repeated, row=top.row)
    stop_on_errors(totals_and_footers(raw, table.totals, table.tail, read, file))
    return raw


def _text(data: bytes, file: str, encoding: str) -> str:
    """The text. Refuses a text that cannot be read to its end."""
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
    return content.removeprefix("\ufeff")


def encoding_of(data: bytes, file: str, read: Read) -> str:
    """The encoding that the bytes of a csv are in. Raises: DataError where it cannot be told, with the one that fits."""
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


def delimiter_of(sample: str, read: Read, wanted: Collection[str] | None) -> str:
    """The delimiter that finds most wanted columns, then the one that cuts every line into equally many cells."""
    first = read.headings[0] - 1
    named_by_text = [name for name in wanted or () if not re.fullmatch(r"column \d+", name)]

    def merit(delimiter: str) -> tuple:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            lines = [line for line in islice(reader, first, first + 200) if line]
        except csv.Error:
            return (0, 0.0, 0)
        widths = [len(line) for line in lines]
        width = widths[0] if widths else 0
        if width == 1:  # a title may stand above
            width = max(set(widths), key=widths.count)
        if width < 2 or (widths[0] == 1 and width < BELOW_A_TITLE):
            return (0, 0.0, 0)
        header = named(lines[0])[0]
        found = sum(bool(position(name, header)) for name in named_by_text)
        return (found, sum(len(line) == width for line in lines) / len(lines), width)

    return max(_DELIMITERS, key=merit)


def _opening(reader: Iterator[list[str]], file: str, read: Read) -> list[Line]:
    """The first rows that are not blank, well beyond the headings."""
    first = _chunk(reader, file, 1, read.headings[-1] + len(read.skip) + 60)
    while len(first) < 5_000 and not any(map(str.strip, first[-1] if first else ())):
        more = _chunk(reader, file, 1 + len(first), 60)
        if not more:
            break
        first += more
    return [(row, cells) for row, cells in enumerate(first, start=1) if any(cell.strip() for cell in cells)]


def _chunk(reader: Iterator[list[str]], file: str, first: int, count: int) -> list[list[str]]:
    """The next records; `first` is the row of the first of them."""
    chunk: list[list[str]] = []
    try:
        for record in islice(reader, count):
            chunk.append(record)
    except csv.Error as error:
        rule = f"the row cannot be cut into cells ({error})"
        remedy = 'A text holds a quotation mark that is not doubled (""), or one is never closed'
        raise DataError([Problem(file, rule, remedy, first + len(chunk))]) from None
    return chunk


@dataclass
class _Cut:
    """The rows below the headings: the kept columns (None for others), their rows, and what may be no answer."""

    columns: list[pd.Series | None]
    rows: np.ndarray
    totals: list[Line]
    tail: list[Line]


def _cut_at_once(content: str, delimiter: str, without: set[int], keep: list[bool]) -> _Cut | None:
    """The text cut by pyarrow; None where it has lines that are cut otherwise row by row, as broken or blank ones."""
    import pyarrow as pa
    from pyarrow import compute
    from pyarrow import csv as arrow_csv

    records = _records(content, delimiter) if content.count("\r") == content.count("\r\n") else None
    if records is None:
        return None
    names = [str(i) for i in range(len(keep))]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(content.encode()),
            read_options=arrow_csv.ReadOptions(column_names=names),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, ignore_empty_lines=False, newlines_in_values=True
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowException, UnicodeError):
        return None
    if table.num_rows != records:
        return None
    counts = np.ones(table.num_rows, dtype=bool)
    counts[[row - 1 for row in without if row <= len(counts)]] = False
    blank = np.ones(table.num_rows, dtype=bool)
    for column in table.columns:
        if not blank.any():
            break
        blank &= np.asarray(compute.equal(compute.utf8_trim_whitespace(column), ""))
    counts &= ~blank
    table = table.filter(pa.array(counts))
    rows = np.flatnonzero(counts) + 1
    first = compute.utf8_trim_whitespace(table.column(0))
    may_be = np.asarray(compute.match_substring_regex(first, r"^$|^[tsgamidTSGAMID][\pL. ]{2,}:?$"))
    lines = table.take(np.flatnonzero(may_be)[:100_000])
    totals = [line for line in _lines_of(lines, rows[may_be]) if _may_be_total(line[1])]
    tail = _lines_of(table.slice(max(0, table.num_rows - TAIL)), rows[-TAIL:])
    kept_ = [pd.Series(column, dtype="str") if keep[i] else None for i, column in enumerate(table.columns)]
    return _Cut(kept_, rows, totals, tail)


def _records(content: str, delimiter: str) -> int | None:
    """How many records the text has; None where one is not quoted as it should be."""
    lines = content.split("\n")
    quoted = [line for line in lines if '"' in line]
    try:
        if sum(1 for _ in csv.reader(quoted, delimiter=delimiter, strict=True)) == len(quoted):
            return len(lines) - (lines[-1] == "")
    except csv.Error:
        pass
    try:  # a cell may hold several lines
        return sum(1 for _ in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _lines_of(table, rows: np.ndarray) -> list[Line]:
    cells = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return [(int(row), list(line)) for row, line in zip(rows, cells, strict=False)]


def _cut_by_rows(reader: Iterator[list[str]], file: str, without: set[int], keep: list[bool]) -> _Cut:
    """The text cut row by row. Refuses one that is broken, or that has fewer or more cells than the headings."""
    parts: list[list[pd.Series]] = [[] for _ in keep]
    rows, totals, tail = [np.array([], dtype=np.int64)], [], deque(maxlen=TAIL)
    first = 1
    while chunk := _chunk(reader, file, first, _CHUNK):
        lines = [
            (row, cells)
            for row, cells in enumerate(chunk, start=first)
            if row not in without and cells and (cells[0].strip() or any(map(str.strip, cells)))
        ]
        first += len(chunk)
        _check_widths(lines, len(keep), file)
        rows.append(np.array([row for row, _ in lines], dtype=np.int64))
        totals += [line for line in lines if _may_be_total(line[1])]
        tail += lines[-TAIL:]
        for i, cells in enumerate(islice(zip(*(cells for _, cells in lines), strict=False), len(keep))):
            if keep[i]:
                parts[i].append(pd.Series(cells, dtype="str"))
    columns = [_joined(part) if keep[i] else None for i, part in enumerate(parts)]
    return _Cut(columns, np.concatenate(rows), totals, list(tail))


def _check_widths(lines: list[Line], width: int, file: str) -> None:
    for row, cells in lines:
        if len(cells) != width and (len(cells) < width or any(cell.strip() for cell in cells[width:])):
            rule = f"the row has {len(cells)} cells, the header {width}"
            remedy = "Check the delimiter, and put texts that contain it in quotation marks"
            raise DataError([Problem(file, rule, remedy, row)])


def _may_be_total(cells: list[str]) -> bool:
    first = cells[0].lstrip() or next(filter(str.strip, cells)).lstrip()
    return first[0] in "tsgamidTSGAMID" and is_total(first)


def _joined(parts: list[pd.Series]) -> pd.Series:
    return pd.concat(parts, ignore_index=True) if parts else pd.Series([], dtype="str")


READERS = dict.fromkeys((".csv", ".tsv", ".txt"), read_csv)  # by the ending of the file
