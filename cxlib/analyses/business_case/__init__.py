"""What is a point of satisfaction worth to us, and which initiatives pay? Links, money, initiatives and what they rest on.

Examples go on where the first cells of the notebook end, and speak of what those have made.
"""

from cxlib.analyses.business_case.answers import (
    board_answer,
    sanity,
    value_by_year,
    value_parts,
    what_matters,
    worth_of_steps,
)
from cxlib.analyses.business_case.case import build_case
from cxlib.analyses.business_case.choices import initiatives, spend_and_return
from cxlib.analyses.business_case.employee import employee_link, index_to_score, nps_per_point, usable_slope
from cxlib.analyses.business_case.links import customer_links
from cxlib.analyses.business_case.outcomes import outcome
from cxlib.analyses.business_case.published import published_effects
from cxlib.analyses.business_case.spreadsheet import middle_case
from cxlib.analyses.business_case.what_if import answer_if, levers
from cxlib.analyses.money import Answers, Customers, Money, Plan, Staff

__all__ = [
    "Answers",
    "Customers",
    "Money",
    "Plan",
    "Staff",
    "answer_if",
    "board_answer",
    "build_case",
    "customer_links",
    "employee_link",
    "index_to_score",
    "initiatives",
    "levers",
    "middle_case",
    "nps_per_point",
    "outcome",
    "published_effects",
    "sanity",
    "spend_and_return",
    "usable_slope",
    "value_by_year",
    "value_parts",
    "what_matters",
    "worth_of_steps",
]


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
