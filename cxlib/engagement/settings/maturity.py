"""The `maturity` part of client.yml."""

from typing import Annotated

from pydantic import Field, model_validator

from cxlib.engagement.settings.reading import Codes, ColumnName, Text
from cxlib.engagement.settings.source import Source, TimedSource
from cxlib.engagement.settings.validation import broken

ModelId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
Points = Annotated[float, Field(ge=0, le=100)]

_COLUMNS = (
    'id of the model: its column, as {"1.1": Our own heading}; headings that are the model\'s own questions, in any of its '
    "languages, are found by themselves"
)


class Benchmark(Source):
    """Other companies' answers: one row per company, a column for each criterion, 0-100"""

    columns: dict[Text, ColumnName] = Field({}, description=_COLUMNS)
    company: ColumnName = Field(description="Column: the company's name or number; each once")


class AssessmentSettings(TimedSource):
    """A self-assessment: one row per person (and period), columns named by the model's ids"""

    columns: dict[Text, ColumnName] = Field({}, description=_COLUMNS)
    respondent: ColumnName = Field(description="Column; each person once in a period")
    role: ColumnName | None = Field(None, description="Column: management, front line, ...")
    unit: ColumnName | None = Field(None, description="Column: department")
    guess: ColumnName | None = Field(None, description="Column: the level each person believed in before answering")
    scale: Text | None = Field(None, description="Which of the model's scales was used")
    dont_know: Codes = Field((), description="Codes that mean don't know, besides the model's own")
    not_relevant: Codes = Field((), description="Codes that mean does not concern us")
    invited: int | None = Field(None, ge=1, description="People asked")
    target: Points | None = Field(None, description="0-100, for all criteria")
    targets: dict[Text, Points] = Field({}, description="criterion: its own target, 0-100")
    benchmark: Benchmark | None = None

    @model_validator(mode="after")
    def _one_role_per_column(self):
        roles = ("respondent", "role", "unit", "date", "period", "guess")
        named = [getattr(self, role) for role in roles if getattr(self, role) is not None]
        for column in named:
            if named.count(column) > 1:
                raise broken(f'the column "{column}" is named twice', "Each column has one part to play")
        return self


Maturity = Annotated[
    dict[ModelId, AssessmentSettings],
    Field(
        min_length=1,
        description="model id: its answers; a model in templates/models/ or this folder's models/",
    ),
]
