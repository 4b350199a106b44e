"""What the business case takes from a client: tables of customers, employees and initiatives, and what money rests on.

A table stands with the names of its columns; None for a column is one that the client does not have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from cxlib.analyses.result import OneScreen

Range = tuple[float, float, float]  # lowest, most likely, highest


@dataclass(frozen=True, repr=False)
class Customers(OneScreen):
    """One row per customer; numbers are floats (NaN: not known), the event and the shares are 0-1, groups are texts.

    score         column on `scale`, missing for those who did not answer; steps: last score of the low and middle group
    event         1 when the customer left within `months` after the score, 0 when not; or
    watched       {"entry", "exit", "left"}: columns of ages in years, when it is known when customers left
    revenue, margin, service_cost   money a year; share: share of wallet, 0-1
    rank, suppliers                 rank among the suppliers used (1: preferred), and how many they are
    tenure, controls                years as a customer, and groups: both are held constant
    known_before  {column: what it is}: further numbers that were known when the score was given
    respondent    the customer's id in the survey and the contacts;  customer: its own id in this table
    notes         what is worth a look and no error
    """

    rows: pd.DataFrame
    score: str | None = None
    scale: tuple[float, float] = (0, 10)
    steps: tuple[float, float] = (6, 8)
    event: str | None = None
    months: int | None = 12
    watched: Mapping[str, str] | None = None
    revenue: str | None = None
    margin: str | None = None
    service_cost: str | None = None
    share: str | None = None
    rank: str | None = None
    suppliers: str | None = None
    tenure: str | None = None
    controls: Sequence[str] = ()
    known_before: Mapping[str, str] = field(default_factory=dict)
    respondent: str | None = None
    customer: str | None = None
    notes: tuple[object, ...] = ()


@dataclass(frozen=True, repr=False)
class Staff(OneScreen):
    """One row per employee, or per unit with `count` employees behind it.

    unit    column, named as the customers' unit; items {column: question} on `scale`
    period  column of the survey's period
    """

    rows: pd.DataFrame
    unit: str
    items: Mapping[str, str]
    scale: tuple[float, float] = (1, 10)
    period: str | None = None
    count: str | None = None
    notes: tuple[object, ...] = ()


@dataclass(frozen=True, repr=False)
class Answers(OneScreen):
    """What links take from the customer survey: one row per respondent.

    score   column of the recommend question; items, scale: questions of the satisfaction index
    unit, period, weight   columns
    """

    rows: pd.DataFrame
    score: str | None = None
    items: Sequence[str] = ()
    scale: tuple[float, float] = (1, 10)
    unit: str | None = None
    period: str | None = None
    weight: str | None = None


@dataclass(frozen=True, repr=False)
class Plan(OneScreen):
    """One row per initiative, and the resources that are limited.

    rows    initiative, battle, owner, start, full (planned dates), started (when it began for everybody), spent (cost so far), measure, about (label of the block or service level that
            it works on), before, after, cost_once, cost_yearly, low, mode, high (points of an index), of ("satisfaction"
            or "employees")
    limits  {column of rows: most that all chosen initiatives may use}
    """

    rows: pd.DataFrame
    limits: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[object, ...] = ()


@dataclass(frozen=True)
class Money:
    """What turns customers into money; rates and shares are fractions, amounts in `currency`.

    discount_rate, horizon_years   a year; years of flows that count
    start                  date that is now; None: the first initiative's start
    customers              all customers; None: those in the table
    causal_share           lowest, most likely and highest share of the link that is cause, and what that rests on
    cost_factor            real cost as a multiple of the planned one, as a range
    effect_lasts_years     until an initiative stops (None: horizon); fade: share of the effect lost a year after that
    replaced, acquisition_cost   share of lost customers that are replaced, and what one costs
    tax                    share of the gain
    budget, loss_limit     most that may be spent in the first year, most that may be lost at the P10 of the chosen set
    revenue, margin_share, selling_cost   of the client, a year, for a case without customer data
    published              {id of a published effect: False leaves it out, True counts it, a range replaces its own}
    leakage_override       why money may rest on a link that looks like leakage
    """

    discount_rate: float
    horizon_years: int = 5
    start: date | None = None
    customers: int | None = None
    causal_share: Range = (0.2, 0.5, 0.8)
    causal_share_rests_on: str = "judgement"
    cost_factor: Range = (1.0, 1.0, 1.0)
    effect_lasts_years: float | None = None
    fade: float = 0.0
    replaced: float = 0.0
    acquisition_cost: float = 0.0
    tax: float = 0.0
    budget: float | None = None
    loss_limit: float | None = None
    revenue: float | None = None
    margin_share: float | None = None
    selling_cost: float | None = None
    published: Mapping[str, bool | Range] = field(default_factory=dict)
    leakage_override: str | None = None
    currency: str | None = None
