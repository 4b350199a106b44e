"""The `customers`, `employees`, `initiatives` and `money` parts of client.yml."""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cxlib.engagement.settings.reading import ColumnName, Text
from cxlib.engagement.settings.source import Source, TimedSource
from cxlib.engagement.settings.survey import Questions
from cxlib.engagement.settings.validation import Part, broken

Amount = Annotated[float, Field(ge=0)]
Spell = Literal["year", "quarter", "month", "week", "day"]
Portion = Annotated[float, Field(ge=0, le=1)]
Range = Annotated[tuple[float, float, float], Field(description="Lowest, most likely and highest value")]


class Score(Part):
    """The score that is linked to money"""

    column: ColumnName
    scale: tuple[float, float] = Field((0, 10), description="Lowest and highest score")
    steps: tuple[float, float] = Field((6, 8), description="Last score of the low and of the middle group: [6, 8]")

    @model_validator(mode="after")
    def _steps_lie_on_the_scale(self):
        if not self.scale[0] <= self.steps[0] < self.steps[1] < self.scale[1]:
            low, high = self.scale
            rule = f"the steps must rise and lie between {low:g} and {high:g}"
            raise broken(rule, "Write the last score of the low and of the middle group, as [6, 8]", key="steps")
        if self.scale not in ((0, 10), (1, 10)) and "steps" not in self.model_fields_set:
            low, high = self.scale
            rule = f"the groups 0-6, 7-8 and 9-10 are made for answers 0 to 10, not for {low:g} to {high:g}"
            remedy = "Write the last score of the low and of the middle group, as `steps: [60, 80]` on 0 to 100"
            raise broken(rule, remedy, key="steps")
        return self


class Churned(Part):
    """Who left within a number of months after the score"""

    column: ColumnName
    left: Text = Field(description="How the column says that a customer left")
    months: int = Field(12, ge=1, le=60, description="Months after the score")


class Watched(Part):
    """Who left when: ages in years, counted from the start of the customer's own relation"""

    entry: ColumnName = Field(description="Age of the relation at the score: from then on it is known who leaves")
    exit: ColumnName = Field(description="Age at which the customer left, or was last seen")
    left: ColumnName = Field(description="1: left at that age, 0: still there")


class WalletShare(Part):
    """Share of wallet"""

    column: ColumnName
    unit: Literal["fraction", "percent"] = Field(description="fraction: 0-1; percent: 0-100")


class CustomerUnits(Part):
    """In what amounts and tenure are stored; they are brought to years"""

    tenure: Literal["years", "months", "weeks", "days"] = "years"
    revenue: Spell = "year"
    margin: Spell = "year"
    service_cost: Spell = "year"


class CustomersSettings(Source):
    """One row per customer, with or without an answer"""

    client: ColumnName | None = Field(None, description="Column that holds this client's id in every row")
    customer: ColumnName | None = Field(None, description="Column; each id once")
    respondent: ColumnName | None = Field(
        None, description="Column: the customer's id in the survey and the contacts, where there is one"
    )
    score: Score | None = None
    churned: Churned | None = None
    watched: Watched | None = None
    revenue: ColumnName | None = Field(None, description="Column: revenue a year")
    margin: ColumnName | None = Field(None, description="Column: contribution margin a year, not revenue")
    service_cost: ColumnName | None = Field(None, description="Column: cost to serve a year")
    share_of_wallet: WalletShare | None = None
    rank: ColumnName | None = Field(None, description="Column: rank among the suppliers used, 1 is preferred")
    suppliers: ColumnName | None = Field(None, description="Column: number of suppliers used")
    tenure: ColumnName | None = Field(None, description="Column: years as a customer")
    units: CustomerUnits = CustomerUnits()
    controls: tuple[ColumnName, ...] = Field((), description="Columns of groups to be held constant, as product")
    known_before: dict[ColumnName, Text] = Field(
        {}, description="column: what it is; numbers known when the score was given, on which the forecast of who leaves may rest, too"
    )

    @model_validator(mode="after")
    def _columns_differ(self):
        if self.margin is not None and self.margin == self.revenue:
            raise broken(
                "margin and revenue are the same column", "Margin is revenue less variable costs", key="margin"
            )
        taken = {*self.controls, *([self.churned.column] if self.churned else [])}
        for column in self.known_before:
            if column in taken:
                what = "a group of `controls`" if column in self.controls else "what is to be foretold"
                raise broken(f"{column} is {what}", "Name other columns under `known_before`: numbers known when the score was given", key="known_before")
        return self


class Employees(Questions, TimedSource):
    """The employee survey: one row per employee, or per unit"""

    client: ColumnName | None = Field(None, description="Column that holds this client's id in every row")
    unit: ColumnName = Field(description="Column: the unit, named as in the customer survey's `unit`")
    count: ColumnName | None = Field(None, description="Column: employees behind a row that is a unit's mean")


class Effect(Part):
    """How far satisfaction moves when the initiative works in full"""

    columns: tuple[ColumnName, ColumnName, ColumnName] = Field(description="Lowest, most likely, highest")
    of: Literal["satisfaction", "employees"] = Field(
        "satisfaction", description="Whose index, in points of 0-100: that of the customers or of the employees"
    )


class Initiatives(Source):
    """One row per initiative, from x to y"""

    client: ColumnName | None = Field(None, description="Column that holds this client's id in every row")
    name: ColumnName
    battle: ColumnName | None = Field(None, description="Column: the must-win battle it belongs to, one of at most 5")
    owner: ColumnName | None = None
    start: ColumnName = Field(description="Column: date it begins")
    end: ColumnName = Field(description="Column: date from which it works in full")
    started: ColumnName | None = Field(None, description="Column: date on which it began for everybody; blank: it has not")
    spent: ColumnName | None = Field(None, description="Column: what it has cost so far")
    measure: ColumnName | None = Field(None, description="Column: what is moved from x to y")
    about: ColumnName | None = Field(
        None, description="Column: the block or the service level that it works on, by its key or its label; blank: none"
    )
    from_: ColumnName | None = Field(None, alias="from", description="Column: x")
    to: ColumnName | None = Field(None, description="Column: y")
    cost_once: ColumnName
    cost_yearly: ColumnName | None = None
    effect: Effect
    resources: dict[ColumnName, Amount] = Field(
        {}, description="column: most that all chosen initiatives may use of it"
    )


class MoneySettings(Part):
    """What turns customers into money"""

    discount_rate: float = Field(description="A year, as 0.08")
    horizon_years: int = Field(5, ge=1, le=20)
    start: Text | None = Field(
        None, description="Date that is now, as 2026-01-01; default: the first initiative's start"
    )
    customers: int | None = Field(None, ge=1, description="All customers, not only those in the table")
    causal_share: Range = Field((0.2, 0.5, 0.8), description="Share of the link that is cause, 0-1")
    causal_share_rests_on: Literal["judgement", "experiment"] = "judgement"
    cost_factor: Range = Field((1.0, 1.0, 1.0), description="Real cost as a multiple of the planned one")
    effect_lasts_years: float | None = Field(
        None, gt=0, description="Years until the initiative stops; default: horizon"
    )
    fade: Portion = Field(0.0, description="Share of the effect lost a year after it stops")
    replaced: Portion = Field(0.0, description="Share of lost customers that are replaced by new ones at a cost")
    acquisition_cost: Amount = Field(0.0, description="Cost of winning one customer")
    tax: Portion = 0.0
    budget: Amount | None = Field(None, description="Most that may be spent in the first year")
    loss_limit: Amount | None = Field(None, description="Most that may be lost at the P10 of the chosen set")
    revenue: Amount | None = Field(None, description="Revenue a year, for a case without customer data")
    margin_share: Portion | None = Field(None, description="Contribution margin as a share of revenue")
    selling_cost: Amount | None = Field(None, description="Cost of selling a year")
    published: dict[Text, bool | Range] = Field(
        {}, description="id of a published effect: false leaves it out, true counts it, [low, mode, high] replaces it"
    )
    leakage_override: Text | None = Field(
        None, description="Why money may rest on a link that looks like leakage; printed in the report"
    )

    @model_validator(mode="after")
    def _figures_make_sense(self):
        if not -0.05 <= self.discount_rate <= 0.5:
            rule = f"a discount rate of {self.discount_rate:.0%} a year cannot be meant"
            raise broken(rule, "8 % a year is written 0.08", key="discount_rate")
        if self.start is not None and not re.fullmatch(r"\d{4}-[01]\d-[0-3]\d", self.start):
            raise broken(f'"{self.start}" is not a date', 'Write it as "2026-01-01"', key="start")
        for key in ("causal_share", "cost_factor"):
            low, mode, high = getattr(self, key)
            if not low <= mode <= high:
                raise broken("the range must rise", "Write lowest, most likely, highest", key=key)
        if not 0 <= self.causal_share[0] <= self.causal_share[2] <= 1:
            raise broken("the causal share lies between 0 and 1", "50 % is written 0.5", key="causal_share")
        return self
