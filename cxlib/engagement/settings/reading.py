"""How a table is read and how answers are stored in it: what all parts of client.yml share."""

from typing import Annotated, Any, Literal, Protocol

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from cxlib.engagement.settings.validation import HEADING, Part, broken

# An editor reads `99` and `1.1` as numbers; here every text stays as it was written.
_AS_WRITTEN = WithJsonSchema({"type": ["string", "number", "boolean"]})
Text = Annotated[str, Field(min_length=1, max_length=500), _AS_WRITTEN]
_IN_LANGUAGES = {"type": "object", "additionalProperties": {"type": "string"}, "description": "language: text"}
Label = Annotated[  # `labels.py` has put one text in the place of several languages before it is read
    str,
    Field(min_length=1, max_length=500),
    WithJsonSchema({"anyOf": [{"type": ["string", "number", "boolean"]}, _IN_LANGUAGES]}),
]
FORMATS = "csv (also as .gz or .zip), xlsx, xlsm, xls, xlsb, ods, parquet, sav, zsav or dta"
TableFile = Annotated[str, Field(description=f"{FORMATS}, in this folder")]
ColumnName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=HEADING,
        description="A column's heading in the file; a beginning of it (20 characters or more) that is ended by ...; or "
        'its number, as "column 12"; the second of two equal headings is "Heading (2)"',
    ),
    _AS_WRITTEN,
]
Codes = Annotated[tuple[Text, ...], Field(description="Codes as stored in the file")]


def _rising(scale: tuple[float, float]) -> tuple[float, float]:
    if not scale[0] < scale[1]:
        turned = f"Write it as [{scale[1]:g}, {scale[0]:g}]; where a low answer is the good one, turn the answers with `values`"
        raise broken("the scale must go from its lowest to its highest answer", turned)
    return scale


Scale = Annotated[
    tuple[float, float],
    AfterValidator(_rising),
    Field(description="Lowest and highest answer, after `values` and `shift`"),
]


def _listed(given: Any) -> Any:
    return (given,) if isinstance(given, str | int | float) else given


def _headings(rows: tuple[int, ...]) -> tuple[int, ...]:
    if not rows or list(rows) != sorted(set(rows)):
        raise broken("the rows of the headings must rise", "Write one row, or several as [1, 2]")
    return rows


FileRow = Annotated[int, Field(ge=1, le=5_000_000)]
_ROW = {"type": "integer", "minimum": 1}
_ROWS = WithJsonSchema({"anyOf": [_ROW, {"type": "array", "items": _ROW}]})
HeadingRows = Annotated[
    tuple[Annotated[int, Field(ge=1, le=100)], ...], BeforeValidator(_listed), AfterValidator(_headings), _ROWS
]
FileRows = Annotated[tuple[FileRow, ...], BeforeValidator(_listed), _ROWS]


_IN_FORMS = {  # as spreadsheets write forms, the longest first
    "yyyy": "%Y", "YYYY": "%Y", "åååå": "%Y", "ÅÅÅÅ": "%Y", "yy": "%y", "YY": "%y", "hh:mm": "%H:%M", "HH:mm": "%H:%M", "HH:MM": "%H:%M",
    "ss": "%S", "SS": "%S", "mm": "%m", "MM": "%m", "dd": "%d", "DD": "%d",
}  # fmt: skip


def _forms(forms: tuple[str, ...]) -> tuple[str, ...]:
    for form in forms:
        if "%" not in form and form not in ("serial", "swapped"):
            written = form
            for part, sign in _IN_FORMS.items():
                written = written.replace(part, sign)
            example = written if "%" in written else "%d-%m-%Y"
            raise broken(f'"{form}" is no form of dates', f'Write it as "{example}", with %Y, %m, %d, %H, %M and %S')
    return forms


DateForms = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=60)], ...],
    BeforeValidator(_listed),
    AfterValidator(_forms),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class Read(Part):
    """How a file is read; only where it is not read right by itself."""

    encoding: str | None = Field(None, description="utf-8, utf-8-sig, cp1252, utf-16, ...")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        None, description="What separates the columns of a csv"
    )
    decimal: Literal[",", "."] | None = Field(None, description="Decimal sign of the numbers")
    sheet: Text | None = Field(None, description="Sheet of a workbook, or table of a zip")
    headings: HeadingRows = Field(
        (1,), description='Row of the headings, or several as [1, 2]: they are joined as "question - item"'
    )
    skip: FileRows = Field((), description="Rows of the file that are never read: more headings, totals, footers")
    layout: Text | None = Field(
        None,
        description="The survey program that wrote the file, as qualtrics: `headings`, `skip`, `missing` and rows that are no "
        "answers are then as templates/layouts/ says, where they are not given here",
    )
    hidden: Literal["keep", "drop"] | None = Field(
        None, description="Rows of an xlsx that are hidden, as by a filter: keep or drop; default: they count, with a warning"
    )
    dates: DateForms | None = Field(
        None,
        description="How dates are written, as %d-%m-%Y, or several forms in a list; `serial`: day numbers of Excel; `swapped`: Excel "
        "took the day for the month in what it made a date; default 2025-12-31, and what can be read in one way alone",
    )
    durations: Literal["mm:ss", "hh:mm"] | None = Field(
        None, description="What 7:12 is, where the column does not tell it: mm:ss or hh:mm"
    )
    missing: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = Field(
        (), description="Cells that say nothing, in any column, as NA: read as blank, and not as don't know"
    )
    case: Literal["ignore"] | None = Field(None, description="ignore: large and small letters are the same in texts and codes")


class Stored(Part):
    """How the answers to a question are stored."""

    scale: Scale
    shift: float = Field(0, description="Added to every answer, after `values`: -1 when 0-10 is stored as 1-11")
    values: dict[Text, float] = Field({}, description="Stored text or code: the answer it stands for")
    dont_know: Codes | None = Field(None, description="Codes of this question alone; they replace the survey's list")
    not_applicable: Codes | None = Field(
        None, description="Codes of this question alone, as stored; they replace the survey's list"
    )


class Coded(Protocol):
    """A part of client.yml that lists codes for all its questions."""

    dont_know: Codes
    not_applicable: Codes
