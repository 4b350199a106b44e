"""What analyses of a journey take: touchpoints in the customer's order, one log of contacts over all silos, who was
followed up, and the units that are compared.

A client folder gives them ready made (`engagement.journey`, `.follow_up`); in a blank notebook they are made of tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from cxlib.analyses.design import Scale
from cxlib.analyses.result import OneScreen


@dataclass(frozen=True)
class Touchpoint:
    """A place where customers meet the company.

    label            what sentences call it;  owner: the department that answers for it, or None
    moment_of_truth  whether the client holds it to be one;  promise: what customers are promised, in the client's words
    behaviours       {column of the contacts, 0 or 1: what was done}, as "took responsibility"
    """

    label: str
    owner: str | None = None
    moment_of_truth: bool = False
    promise: str | None = None
    behaviours: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class Journey(OneScreen):
    """One log of all contacts, whoever wrote it down, and what customers said of the touchpoints.

    touchpoints  {id: Touchpoint} in the customer's order
    contacts     one row a contact, by customer and time: silo, customer (id known across silos; None where it is not known),
                 case, time, accepted, solved (datetime64, one clock; NaT), touchpoint (an id; None: at none of them), channel,
                 owner, type (texts; None), score on `scale`, good, bad (0 or 1: an emotion of that kind was named; NaN), the columns of
                 behaviours (0 or 1), waits (who is waited for, "customer" or "supplier"; None)
    cases        index: case; customer, type, start, solved, bad_end (0 or 1; NaN: not known)
    silos        one row a log: silo, contacts, customers, known (contacts whose customer is known across silos), begins, ends
    ratings      one row a respondent, indexed as the rows of the survey, a column a touchpoint: the answer on
                 `rating_scale`, NaN where not used or not answered; None where the survey does not ask
    used         the same shape: 1 used it, 0 did not, NaN is not known
    answers      one row a respondent, indexed as the rows of the survey: customer, as the contacts call them (None), time_answer (datetime64:
                 contacts before it can have shaped the answer; NaT: not known); None where nobody ties the two
    smallest     points of the score that matter
    hold_constant  columns of the contacts whose groups are held constant
    complaints   one row a complaint: customer, received, closed (datetime64; NaT), touchpoint (an id; None), owner, severity; or None
    blueprint    index: touchpoint (an id); customer, front_line, behind, support, evidence, fails: texts, those that are given; or None
    """

    touchpoints: Mapping[str, Touchpoint]
    contacts: pd.DataFrame
    cases: pd.DataFrame
    silos: pd.DataFrame
    scale: Scale = (0, 10)
    ratings: pd.DataFrame | None = None
    used: pd.DataFrame | None = None
    rating_scale: Scale = (1, 5)
    answers: pd.DataFrame | None = None
    smallest: float = 0.5
    repeat_within_days: float = 7
    hold_constant: Sequence[str] = ("type",)
    complaints: pd.DataFrame | None = None
    blueprint: pd.DataFrame | None = None
    notes: tuple[object, ...] = ()


@dataclass(frozen=True)
class CallList:
    """How the list of whom to call is made: how many can be called, days after the answer within which a customer is still
    called about it, months whose margin is at risk, the share that is left out at random, and columns of the follow-up's rows
    that it shows beside its own."""

    capacity: int = 40
    within_days: float = 30
    horizon_months: int = 12
    comparison_share: float = 0.1
    columns: Sequence[str] = ()


@dataclass(frozen=True, repr=False)
class FollowUp(OneScreen):
    """Answers that somebody should have called about: one row an answer.

    rows          respondent, answered, contacted, closed (datetime64; NaT: not yet), owner, type (texts; None), severity
                  (number; NaN), may_contact (True, False), left_out (True: left out at random, to learn the effect): both are
                  None in every row where the table does not say; duty (True: has to be contacted by law), score, score_again on
                  `scale` (NaN), churned (0 or 1; NaN),
                  left (datetime64 when it is known; NaT); the columns of `listed`
    promise_days  days within which a call was promised
    until         the last moment that the table knows of
    smallest      points of the score that matter
    """

    rows: pd.DataFrame
    promise_days: float
    until: pd.Timestamp
    scale: Scale = (0, 10)
    smallest: float = 0.5
    listed: CallList = CallList()
    anonymous: bool = False
    notes: tuple[object, ...] = ()


@dataclass(frozen=True)
class ComparedUnits:
    """Which column of the survey's rows names the unit, what is held constant, answers below which none is shown, and whether
    each has a page of its own."""

    column: str
    minimum: int = 10
    hold_constant: Sequence[str] = ()
    pages: bool = False
