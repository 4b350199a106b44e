"""The `journey`, `complaints`, `closed_loop`, `units` and `blueprint` parts of client.yml."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from cxlib.engagement.problems import nearest
from cxlib.engagement.settings.reading import Codes, ColumnName, Label, Scale, Stored, Text
from cxlib.engagement.settings.source import Cells, Source
from cxlib.engagement.settings.survey import PartId
from cxlib.engagement.settings.validation import Part, broken

Days = Annotated[float, Field(gt=0)]
Role = Literal["touchpoint", "channel", "owner", "type"]
SURVEY, CUSTOMERS = "survey", "customers"  # names of ids that other parts of client.yml hold


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise broken(f'"{name}" is no time zone', 'Write it as "Europe/Copenhagen", "Europe/Stockholm" or "UTC"') from None
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class IdsSettings(Source):
    """Who is who: one row per customer, a column for the id in each system"""

    columns: Annotated[dict[Text, ColumnName], Field(min_length=1)] = Field(
        description="name of a system: the column of its ids. `survey` is the survey's respondent, `customers` the customer "
        "of the table of customers; the others are those that `known_as` names"
    )


class Status(Part):
    """What the states of an event log say"""

    column: ColumnName
    solved: Codes = Field((), description="States in which the customer's matter is solved; not those of closing it")
    queued: Codes = Field((), description="States in which nobody has begun yet: the next other event of the case is the first act")
    waits_for_customer: Codes = Field((), description="States in which the customer is waited for")
    waits_for_supplier: Codes = Field((), description="States in which a supplier is waited for")


class ScoreSettings(Stored):
    """A score, stored as a survey question is"""

    column: ColumnName


class Emotions(Part):
    """The feelings that a customer named"""

    column: ColumnName
    separator: Annotated[str, Field(min_length=1, max_length=3)] = Field(";", description="What stands between several in one cell")
    good: Codes
    bad: Codes


class YesColumn(Part):
    """A column that says yes or no"""

    column: ColumnName
    says: Text = Field(description="How the column says yes")


class LogSettings(Source):
    """The log of one department or system: each row a contact, or an event of a case"""

    label: Label | None = Field(None, description="What sentences call it; default: its key")
    client: ColumnName | None = Field(None, description="Column that holds this client's id in every row")
    customer: ColumnName = Field(description="Column: the customer's id in this system")
    known_as: Text | None = Field(None, description="Which of the ids of `ids` that is")
    case: ColumnName | None = Field(None, description="Column: the case, the same in all logs that name one")
    time: ColumnName = Field(description="Column: when the contact began")
    zone: Zone | None = Field(None, description="Zone of times that name none, where it is another than the journey's")
    until: Text | None = Field(None, description="Last day that the log covers, as 2025-12-31; default: that of its last contact")
    accepted: ColumnName | None = Field(None, description="Column: when somebody began to work on it")
    solved: ColumnName | None = Field(None, description="Column: when it was solved; not when it was closed")
    touchpoint: ColumnName | None = None
    channel: ColumnName | None = None
    owner: ColumnName | None = Field(None, description="Column: the department or unit that acted")
    type: ColumnName | None = Field(None, description="Column: what the case is about")
    always: dict[Role, Text] = Field({}, description="What is the same in every row: {channel: Phone, owner: Customer service}")
    status: Status | None = None
    score: ScoreSettings | None = None
    emotions: Emotions | None = None

    @model_validator(mode="after")
    def _said_once(self):
        for role in self.always:
            if getattr(self, role) is not None:
                raise broken(f"`{role}` is given as a column too", "Give one of them", key=f"always/{role}")
        if self.solved is not None and self.status is not None and self.status.solved:
            raise broken("`status` says when a case is solved, and so does a column", "Give one of them", key="solved")
        return self


class RatingsSettings(Part):
    """How the survey's questions about touchpoints are stored"""

    scale: Scale = (1, 5)
    not_used: Codes = Field((), description="Codes that mean: did not use it")
    dont_know: Codes = ()
    values: dict[Text, float] = Field({}, description="Stored text or code: the answer it stands for")
    shift: float = Field(0, description="Added to every answer, after `values`")


class TouchpointSettings(Part):
    """A place where customers meet the company"""

    label: Label
    is_: Cells | None = Field(None, alias="is", description="How the logs call it; default: its key or its label")
    owner: Text | None = Field(None, description="The department that answers for it, as the logs write it")
    moment_of_truth: bool = Field(False, description="Whether the client holds it to be one")
    promise: Label | None = Field(None, description="What customers are promised here")
    survey: ColumnName | None = Field(None, description="Column of the survey: how customers rate it")
    behaviours: dict[ColumnName, Label] = Field({}, description="column of the logs, 1 or 0: what was done")


class BadEnd(Part):
    """What makes a case end badly; one of them is enough"""

    churned: bool = Field(False, description="The customer left, as `customers` says")
    complaint: bool = Field(False, description="The customer complained, as `complaints` says")
    score_at_most: float | None = Field(None, description="The last score of the case is no higher")
    within_days: Days = Field(30, description="Days after its last contact within which a complaint belongs to a case")


class JourneySettings(Part):
    """What customers meet, in their order, and the logs of those who meet them"""

    touchpoints: Annotated[dict[PartId, TouchpointSettings], Field(min_length=1)] = Field(
        description="id: a touchpoint, in the customer's order"
    )
    ratings: RatingsSettings = RatingsSettings()
    logs: dict[PartId, LogSettings] = Field({}, description="name: the log of a department or system")
    ids: IdsSettings | None = None
    zone: Zone | None = Field(None, description='The zone of all times, as "Europe/Copenhagen"; needed where only some name theirs')
    new_case_after_days: Days = Field(30, description="Days without a contact after which a new case begins, where a log names none")
    repeat_within_days: Days = Field(7, description="Days within which a customer who comes back comes back for the same")
    smallest: float = Field(0.5, gt=0, description="Smallest difference that matters, in points of the score")
    bad_end: BadEnd | None = None
    hold_constant: tuple[Literal["type", "channel", "silo"], ...] = Field(
        ("type",), description="What is held constant: type, channel, silo"
    )

    @model_validator(mode="after")
    def _names_of_logs_are_told_apart(self):
        first: dict[str, str] = {}
        for key, touchpoint in self.touchpoints.items():
            for name in dict.fromkeys(each.casefold() for each in names_of(key, touchpoint)):
                if name in first:
                    rule, remedy = f'"{name}" stands for {first[name]} too', "Each name stands for one touchpoint"
                    raise broken(rule, remedy, key=f"touchpoints/{key}")
                first[name] = key
        return self

    @model_validator(mode="after")
    def _ids_are_known(self):
        for key, log in self.logs.items():
            self.check_ids(log.known_as, f"logs/{key}")
        return self

    def check_ids(self, known_as: str | None, key: str) -> None:
        """Refuses a table whose `known_as` is none of `ids`, or is not given where there are any."""
        known = list(self.ids.columns) if self.ids else []
        if known_as is None and known:
            raise broken("it is not said which of `ids` its customers have", f"Write `known_as: {known[0]}`, or another of them", key=key)
        if known_as is not None and known_as not in known:
            near = nearest(known_as, known)
            remedy = f"Did you mean {near}?" if near else f"Name one of: {', '.join(known)}" if known else "Describe them under `ids`"
            raise broken(f'"{known_as}" is none of `ids`', remedy, key=f"{key}/known_as")


def names_of(key: str, touchpoint: TouchpointSettings) -> tuple[str, ...]:
    """How logs call a touchpoint."""
    return touchpoint.is_ or (key, touchpoint.label)


class ComplaintsSettings(Source):
    """One row per complaint"""

    client: ColumnName | None = Field(None, description="Column that holds this client's id in every row")
    customer: ColumnName
    known_as: Text | None = Field(None, description="Which of the ids of `journey` that is")
    received: ColumnName = Field(description="Column: when it was received")
    closed: ColumnName | None = Field(None, description="Column: when it was answered")
    touchpoint: ColumnName | None = None
    owner: ColumnName | None = None
    severity: ColumnName | None = Field(None, description="Column: a number, the more the worse")


class ListSettings(Part):
    """The list of whom to call today (`cx calls`)"""

    capacity: int = Field(40, ge=1, description="How many can be called")
    within_days: float = Field(30, gt=0, description="Days after the answer within which a customer is still called about it")
    horizon_months: int = Field(12, ge=1, le=120, description="Months whose margin is at risk")
    comparison_share: float = Field(0.1, ge=0, le=0.5, description="Share that is left out at random, to learn whether calling helps")
    columns: tuple[ColumnName, ...] = Field((), description="Columns that the list shows beside its own; nobody's name")


class ClosedLoopSettings(Source):
    """One row per answer that somebody should follow up"""

    client: ColumnName | None = Field(None, description="Column that holds this client's id in every row")
    respondent: ColumnName = Field(description="Column: the respondent, as in the survey")
    answered: ColumnName = Field(description="Column: when the customer answered")
    contacted: ColumnName | None = Field(None, description="Column: when the customer was called; blank: not yet")
    closed: ColumnName | None = Field(None, description="Column: when it was closed")
    owner: ColumnName | None = Field(None, description="Column: who has to call")
    type: ColumnName | None = Field(None, description="Column: what it is about")
    severity: ColumnName | None = Field(None, description="Column: a number, the more the worse")
    promise_days: Days = Field(description="Days within which customers are called")
    may_contact: YesColumn | None = Field(None, description="Who agreed to be contacted; without it no person is listed")
    comparison: YesColumn | None = Field(None, description="Who was left out at random, to learn whether calling helps; beside those that `cx calls` has drawn")
    duty: YesColumn | None = Field(None, description="Who has to be contacted by law: listed first and never left out at random")
    score: ScoreSettings | None = Field(None, description="The score that began it; default: the survey's recommend question")
    score_again: ScoreSettings | None = Field(None, description="The score afterwards")
    left: ColumnName | None = Field(None, description="Column: when the customer left; blank: has not")
    until: Text | None = Field(None, description="Day of the export, as 2025-12-31; default: the last moment in the table")
    smallest: float = Field(0.5, gt=0, description="Smallest difference that matters, in points of the score")
    list_: ListSettings = Field(ListSettings(), alias="list")


class UnitsSettings(Part):
    """Units that are compared as if they had the same customers"""

    column: ColumnName | None = Field(None, description="Column of the survey; default: its `unit`")
    minimum: int = Field(10, ge=5, description="Answers below which a unit is not shown")
    hold_constant: tuple[ColumnName, ...] = Field((), description="Columns of the survey: groups that units cannot choose")
    pages: bool = Field(False, description="Whether `cx render --units` makes a page for each unit")


class BlueprintSettings(Source):
    """What is done at each touchpoint, in the client's words: one row per touchpoint"""

    touchpoint: ColumnName = Field(description="Column: the touchpoint's key, label or name in the logs")
    customer: ColumnName | None = Field(None, description="Column: what the customer does")
    front_line: ColumnName | None = Field(None, description="Column: what the front line does")
    behind: ColumnName | None = Field(None, description="Column: what is done behind the scenes")
    support: ColumnName | None = Field(None, description="Column: what supports it, as systems")
    evidence: ColumnName | None = Field(None, description="Column: what the customer sees of it")
    fails: ColumnName | None = Field(None, description="Column: how it fails")
