"""How a table is read and how answers are stored in it: what all parts of client.yml share."""

from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, Field, WithJsonSchema

from cxlib.engagement.settings.validation import Part, broken

# An editor reads `99` and `1.1` as numbers; here every text stays as it was written.
_AS_WRITTEN = WithJsonSchema({"type": ["string", "number", "boolean"]})
Text = Annotated[str, Field(min_length=1, max_length=500), _AS_WRITTEN]
FORMATS = "csv, xlsx, parquet or sav"
TableFile = Annotated[str, Field(description=f"{FORMATS}, in this folder")]
ColumnName = Annotated[Text, Field(description="A column's heading in the file")]
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


class Read(Part):
    """How a file is read; only where it is not read right by itself."""

    encoding: str | None = Field(None, description="utf-8, utf-8-sig, cp1252, utf-16, ...")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        None, description="What separates the columns of a csv"
    )
    decimal: Literal[",", "."] | None = Field(None, description="Decimal sign of the numbers")
    sheet: Text | None = Field(None, description="Sheet of an xlsx")
    headings: int = Field(1, ge=1, le=100, description="Row of the headings, when a title stands above them")
    dates: str | None = Field(None, description="How dates are written, as %d-%m-%Y; default 2025-12-31")


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
