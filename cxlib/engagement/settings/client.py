"""client.yml as pydantic models, and the JSON Schema that editors use (`write_json_schema`).

Each topic has a module of its own (`survey`, `maturity`); a new one adds one line to `Client`.
"""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cxlib.engagement.problems import nearest
from cxlib.engagement.settings.contacts import ContactsSettings, ServiceLevelSettings
from cxlib.engagement.settings.for_each import ForEach
from cxlib.engagement.settings.journey import (
    BlueprintSettings,
    ClosedLoopSettings,
    ComplaintsSettings,
    JourneySettings,
    UnitsSettings,
)
from cxlib.engagement.settings.maturity import Maturity
from cxlib.engagement.settings.money import CustomersSettings, Employees, Initiatives, MoneySettings
from cxlib.engagement.settings.reading import Text
from cxlib.engagement.settings.rollout import RolloutSettings
from cxlib.engagement.settings.survey import PartId, SurveySettings
from cxlib.engagement.settings.validation import Part, broken
from cxlib.engagement.settings.words import WordsSettings
from cxlib.languages import LANGUAGES

ID_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,40}$"
SCHEMA_FILE = Path(__file__).parents[3] / "templates" / "client" / "client.schema.json"


class Anonymity(Part):
    """Smallest group that is shown"""

    respondents: int = Field(5, ge=3, description="Customers; never under 3")
    employees: int = Field(10, ge=5, description="Employees and comments; never under 5")


class Client(Part):
    """What a client's folder holds"""

    client: Annotated[str, Field(pattern=ID_PATTERN)] = Field(
        description="Id: a-z, 0-9, - and _; the same as the folder's name"
    )
    name: Text = Field(description="As the report prints it")
    same_as: Annotated[str, Field(pattern=ID_PATTERN)] | None = Field(
        None, description="Id of another client whose settings hold where this file gives no others; never its id and name"
    )
    language: Literal[LANGUAGES] = Field(description="Language of the report")
    period: Text | None = Field(None, description="As the report prints it")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = Field(None, description="Three letters (ISO 4217)")
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = Field(
        None, description='The client\'s colour in charts and headings, as "#0b6e6e"'
    )
    logo: Annotated[str, Field(pattern=r"(?i)\.(png|jpe?g|svg)$")] | None = Field(
        None, description="png, jpg or svg in this folder, up to 200 kB"
    )
    template: Annotated[str, Field(pattern=r"(?i)\.(potx|pptx)$")] | None = Field(
        None, description="The client's own PowerPoint master in this folder, for the slides of `cx render --pptx`"
    )
    anonymity: Anonymity = Anonymity()
    words: WordsSettings | None = None
    for_each: ForEach | None = None
    survey: SurveySettings | None = None
    maturity: Maturity | None = None
    contacts: ContactsSettings | None = None
    tipping_points: (
        Annotated[
            dict[PartId, ServiceLevelSettings], Field(min_length=1, description="id: a service level in the table of contacts")
        ]
        | None
    ) = None
    customers: CustomersSettings | None = None
    employees: Employees | None = None
    initiatives: Initiatives | None = None
    money: MoneySettings | None = None
    rollout: RolloutSettings | None = None
    journey: JourneySettings | None = None
    complaints: ComplaintsSettings | None = None
    blueprint: BlueprintSettings | None = None
    closed_loop: ClosedLoopSettings | None = None
    units: UnitsSettings | None = None

    @model_validator(mode="after")
    def _words_have_the_forms_of_the_language(self):
        for part, rule, remedy in self.words.faults(self.language) if self.words else ():
            raise broken(rule, remedy, key=f"words/{part}")
        return self

    @model_validator(mode="after")
    def _service_levels_have_a_table(self):
        if self.tipping_points is not None and self.contacts is None:
            rule = "there are service levels and no table of contacts"
            raise broken(rule, "Describe the table under `contacts`", key="tipping_points")
        return self

    @model_validator(mode="after")
    def _a_journey_has_what_it_rests_on(self):
        journey = self.journey
        for part in ("complaints", "blueprint"):
            if getattr(self, part) is not None and journey is None:
                raise broken("there is no journey that it could belong to", "Describe its touchpoints under `journey`", key=part)
        if journey is not None:
            rated = [key for key, each in journey.touchpoints.items() if each.survey is not None]
            if rated and self.survey is None:
                rule = "there is no survey in which it could be rated"
                raise broken(rule, "Describe it under `survey`, or take this out", key=f"journey/touchpoints/{rated[0]}/survey")
            end = journey.bad_end
            if end is not None and end.churned and (self.customers is None or self.customers.churned is None):
                raise broken("it is not known which customers left", "Say so under `customers: churned`, or take this out", key="journey/bad_end/churned")
            if end is not None and end.complaint and self.complaints is None:
                raise broken("there is no table of complaints", "Describe it under `complaints`, or take this out", key="journey/bad_end/complaint")
            if self.complaints is not None:
                journey.check_ids(self.complaints.known_as, "complaints")
        return self

    @model_validator(mode="after")
    def _units_are_of_the_survey(self):
        if self.units is not None and self.survey is None:
            raise broken("there is no survey that could tell of units", "Describe it under `survey`", key="units")
        if self.units is not None and self.survey is not None and self.units.column is None and self.survey.unit is None:
            raise broken("no column says which unit served the customer", "Name it under `column`, or under `survey: unit`", key="units")
        return self

    @model_validator(mode="after")
    def _a_rollout_has_a_figure(self):
        rollout = self.rollout
        if rollout is None:
            return self
        if rollout.figures is None and rollout.starts is not None:
            if self.survey is None:
                raise broken("there is no figure that could have moved", "Describe the survey, or a table under `rollout: figures`", key="rollout")
            if self.survey.unit is None:
                raise broken("no column of the survey says which unit served the customer", "Name it as `survey: unit`, or give `rollout: figures`", key="rollout/starts")
        if rollout.outcome is not None:
            asked = answerable(self.survey) if self.survey else []
            if rollout.outcome not in asked:
                near = nearest(rollout.outcome, asked)
                remedy = f"Did you mean {near}?" if near else f"Name one of: {', '.join(asked)}" if asked else "Describe the survey"
                raise broken(f'the survey does not ask "{rollout.outcome}"', remedy, key="rollout/outcome")
        return self

    @model_validator(mode="after")
    def _values_are_of_the_survey(self):
        asked = self.for_each
        if asked is None:
            return self
        if self.survey is None:
            raise broken("there is no survey whose column it could be", "Describe it under `survey`", key="for_each")
        if asked.parts is not None and "survey" not in asked.parts:
            raise broken("the survey is always cut", f"Write [{', '.join(('survey', *asked.parts))}]", key="for_each/parts")
        for part in asked.parts or ():
            if getattr(self, part) is None:
                raise broken(f"there is no part `{part}`", "Describe its table, or take it out of the list", key="for_each/parts")
            if part in asked.without:
                raise broken(f"`{part}` is cut and left out", "Name it once", key="for_each/without")
        return self

    @model_validator(mode="after")
    def _money_has_a_currency(self):
        if self.money is not None and self.currency is None:
            raise broken(
                "there is money but no currency", "Add `currency: DKK`, or another three letters", key="currency"
            )
        return self


def answerable(survey: SurveySettings) -> list[str]:
    """What the survey asks that an initiative may move: questions by their part of client.yml, and areas by their id."""
    asked = [part for part in ("satisfaction", "recommend", "rating", "loyalty", "effort") if getattr(survey, part) is not None]
    return [*asked, *(survey.blocks or {})]


def json_schema() -> str:
    """The JSON Schema of client.yml, as its file holds it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Client.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_json_schema() -> None:
    """Write it to templates/client/client.schema.json."""
    SCHEMA_FILE.write_text(json_schema(), encoding="utf-8")
