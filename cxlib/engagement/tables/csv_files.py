"""csv in every dress: which encoding, which delimiter, and where a line is broken."""

import csv
import io
import re
from collections.abc import Iterable
from itertools import chain, dropwhile, islice

import numpy as np
import pandas as pd

from cxlib.engagement.problems import DataError, Problem
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.cells import text
from cxlib.engagement.tables.raw import Raw, check_headings

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


def read_csv(data: bytes, file: str, read: Read, wanted: set[str] | None) -> Raw:
    """The csv in `data`; only the `wanted` columns are kept in memory where they are given."""
    encoding = read.encoding or _encoding(data, file)
    sample = _sample(data, file, encoding)
    named = re.match(r"sep=(.)\r?\n", sample)  # Excel's first line, which is no row of the table
    table = "".join(sample.splitlines(keepends=True)[read.headings - 1 :])
    delimiter = read.delimiter or (named.group(1) if named else _sniff(table, wanted or set()))
    lines = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    first = next(lines, "").removeprefix("\ufeff")
    records = _records(lines if named else chain([first], lines), delimiter, file)
    records = dropwhile(lambda record: record[0] < read.headings, records)
    opening = list(islice(records, 50))
    header = [text(cell) for cell in opening[0][1]] if opening else []
    check_headings(opening, file)
    records = chain(opening[1:], records)
    kept = [not heading or wanted is None or heading in wanted for heading in header]
    columns, rows = _columns(records, kept, file)
    return Raw(header, columns, rows, f"csv, {encoding}, delimiter {_NAMES.get(delimiter, delimiter)}")


def _sample(data: bytes, file: str, encoding: str) -> str:
    """The first part of the text. Refuses a text that cannot be read to its end."""
    try:
        content = data.decode(encoding)
    except (LookupError, UnicodeError) as error:
        start = getattr(error, "start", None)
        row = None if start is None else data[:start].count(b"\n") + 1
        rule = f"the text cannot be read as {encoding}"
        remedy = "Declare its encoding under `read: encoding`, for example cp1252, utf-8 or utf-16"
        raise DataError([Problem(file, rule, remedy, row)]) from None
    if "\0" in content:
        row = content[: content.index("\0")].count("\n") + 1
        raise DataError([Problem(file, "a NUL character stands in the text", "Export the file again", row)])
    return content[:200_000].removeprefix("\ufeff")


def _encoding(data: bytes, file: str) -> str:
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
        return "cp1252"
    return "utf-8"


def _sniff(sample: str, wanted: set[str]) -> str:
    """The delimiter that finds most wanted columns, then the one that cuts every line into equally many cells."""

    def merit(delimiter: str) -> tuple:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            lines = list(islice(reader, 200))
        except csv.Error:
            return (0, 0.0, 0)
        lines = [line for line in lines if line]
        width = len(lines[0]) if lines else 0
        if width < 2:
            return (0, 0.0, 0)
        found = len(wanted & {text(cell) for cell in lines[0]})
        return (found, sum(len(line) == width for line in lines) / len(lines), width)

    return max(_DELIMITERS, key=merit)


def _records(lines: Iterable[str], delimiter: str, file: str):
    """Yields (spreadsheet row, cells) of every line that is not blank."""
    csv.field_size_limit(1_000_000)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            rule = f"the row cannot be cut into cells ({error})"
            remedy = 'A text holds a quotation mark that is not doubled (""), or one is never closed'
            raise DataError([Problem(file, rule, remedy, row)]) from None
        if any(cell.strip() for cell in cells):
            yield row, cells


def _columns(records, kept: list[bool], file: str) -> tuple[list[pd.Series | None], np.ndarray]:
    """The cells of the kept columns, and their spreadsheet rows."""
    width = len(kept)
    parts: list[list[pd.Series]] = [[] for _ in kept]
    rows: list[np.ndarray] = [np.array([], dtype=np.int64)]
    while chunk := list(islice(records, _CHUNK)):
        for row, cells in chunk:
            if len(cells) < width or any(cell.strip() for cell in cells[width:]):
                rule = f"the row has {len(cells)} cells, the header {width}"
                remedy = "Check the delimiter, and put texts that contain it in quotation marks"
                raise DataError([Problem(file, rule, remedy, row)])
        rows.append(np.array([row for row, _ in chunk]))
        for i in range(width):
            if kept[i]:
                parts[i].append(pd.Series([cells[i] for _, cells in chunk], dtype="str"))
    columns = [_joined(part) if keep else None for part, keep in zip(parts, kept, strict=True)]
    return columns, np.concatenate(rows)


def _joined(parts: list[pd.Series]) -> pd.Series:
    return pd.concat(parts, ignore_index=True) if parts else pd.Series([], dtype="str")


READERS = dict.fromkeys((".csv", ".tsv", ".txt"), read_csv)  # by the ending of the file
