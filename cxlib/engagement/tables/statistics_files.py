"""sav, zsav and dta, as pyreadstat reads them: codes as stored, with their labels and what the file calls missing."""

import io
from collections.abc import Collection

import numpy as np

from cxlib.engagement.problems import DataError, Problem
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.raw import Raw, named, without_rows


def read_statistics(kind: str):
    """The reader of one of these formats."""

    def reader(data: bytes, file: str, read: Read, wanted: Collection[str] | None) -> Raw:
        frame, meta, encoding = _frame(kind, data, file, read)
        columns = [frame.iloc[:, i].astype(object).where(frame.iloc[:, i].notna(), None) for i in range(frame.shape[1])]
        missing = dict(meta.missing_ranges)
        for column, codes in meta.missing_user_values.items():  # Stata's .a to .z
            missing[column] = [*missing.get(column, ()), *({"lo": code, "hi": code} for code in codes)]
        header, repeated = named(list(frame.columns))
        texts = {name: text for name, text in zip(meta.column_names, meta.column_labels, strict=True) if text}
        how = f"{kind}, {encoding or meta.file_encoding or 'utf-8'}"
        rows = np.arange(2, len(frame) + 2)
        labels = dict(meta.variable_value_labels)
        return without_rows(Raw(header, columns, rows, how, labels, missing, repeated=repeated, texts=texts), read.skip)

    return reader


def _frame(kind: str, data: bytes, file: str, read: Read):
    """The table, what the file says of it, and its encoding where another than its own was needed."""
    try:
        import pyreadstat
    except ImportError:
        rule = f"{kind} files need the package pyreadstat"
        raise DataError([Problem(file, rule, 'pip install pyreadstat, or "cxlib[spss]"')]) from None
    reading = pyreadstat.read_dta if kind == "dta" else pyreadstat.read_sav
    for encoding in [read.encoding] if read.encoding else [None, "cp1252"]:
        try:
            return *reading(io.BytesIO(data), user_missing=True, encoding=encoding), encoding
        except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeError, LookupError, ValueError) as error:
            failure = error
    rule = f"the {kind} file cannot be read ({failure})"
    remedy = "Declare its encoding under `read: encoding`, or save it as csv"
    raise DataError([Problem(file, rule, remedy)])


READERS = {f".{kind}": read_statistics(kind) for kind in ("sav", "zsav", "dta")}  # by the ending of the file
