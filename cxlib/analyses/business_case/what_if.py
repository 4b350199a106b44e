"""What the board would be told if an input were otherwise: the whole case again, and the set chosen anew."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from cxlib.analyses.business_case.answers import board_answer
from cxlib.analyses.business_case.case import Case, case_on
from cxlib.analyses.money import Money
from cxlib.analyses.result import Result

NONE: Mapping[str, float] = MappingProxyType({})
PLAIN = {"cause": None, "cost": 1.0, "effect": 1.0}  # what is supposed when nothing is


def answer_if(case: Case | None, supposed: Mapping[str, float] = NONE) -> Result:
    """`board_answer` of a case in which the middle of an input is another one; its range moves along.

    supposed  {name: value}, of any of these:
              cause   middle of the causal share, 0-1
              cost    real costs against those now expected, 1.2: a fifth more
              effect  effects of all initiatives against those now expected
              and fields of Money such as horizon_years
    errors    TypeError for a name that is none of these

    >>> page.show(business_case.answer_if(case, {"cause": 0.3}))
    None of the initiatives is worth its cost, judging by what is known today...
    """
    if case is None:
        return board_answer(None)
    premises = case.premises
    cause, cost, effect = (supposed.get(name, now) for name, now in PLAIN.items())
    money = replace(premises.money, **{name: value for name, value in supposed.items() if name not in PLAIN})
    shift = 0.0 if cause is None else cause - money.causal_share[1]
    money = replace(money, causal_share=tuple(min(max(share + shift, 0.0), 1.0) for share in money.causal_share),
                    cost_factor=tuple(factor * cost for factor in money.cost_factor))  # fmt: skip
    plan = premises.plan
    if plan is not None:
        plan = replace(plan, rows=plan.rows.assign(**{end: plan.rows[end] * effect for end in ("low", "mode", "high")}))
    return board_answer(case_on(replace(premises, plan=plan, money=money)))


def levers(money: Money) -> dict[str, tuple[float, float, float]]:
    """The ranges to try, {name for `answer_if`: (least, now, most)}.

    >>> business_case.levers(business_case.Money(discount_rate=0.08))
    {'cause': (0.0, 0.5, 1.0), 'effect': (0.0, 1.0, 2.0), 'cost': (0.5, 1.0, 2.0), 'horizon_years': (1, 5,...
    """
    return {
        "cause": (0.0, money.causal_share[1], 1.0),
        "effect": (0.0, 1.0, 2.0),
        "cost": (0.5, 1.0, 2.0),
        "horizon_years": (1, money.horizon_years, max(15, money.horizon_years)),
        "discount_rate": (0.0, money.discount_rate, max(0.2, money.discount_rate)),
    }
