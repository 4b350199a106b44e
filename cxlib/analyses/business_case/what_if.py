"""What the board would be told if an input were otherwise: the whole case again, and the set chosen anew."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from cxlib.analyses.business_case.answers import board_answer
from cxlib.analyses.business_case.case import build_case
from cxlib.analyses.business_case.links import Links
from cxlib.analyses.result import Result

NONE: Mapping = MappingProxyType({})
PLAIN = {"cause": None, "cost": 1.0, "effect": 1.0}  # what is supposed when nothing is


def answer_if(
    links: Links | None,
    plan: pd.DataFrame | None,
    supposed: Mapping[str, float] = NONE,
    *,
    causal_share=(0.2, 0.5, 0.8),
    cost_factor=(1.0, 1.0, 1.0),
    **others: object,
) -> Result:
    """`board_answer` of a case in which the middle of an input is another one; its range moves along.

    supposed  {name: value}, of any of these:
              cause   middle of the causal share, 0-1
              cost    real costs against those now expected, 1.2: a fifth more
              effect  effects of all initiatives against those now expected
              and keywords of `build_case` such as horizon_years
    others    as for `build_case`

    >>> page.show(business_case.answer_if(links, plan.rows, {"cause": 0.3}, **moves, **money, draws=1000))
    None of the initiatives is worth its cost, on what is known today...
    """
    cause, cost, effect = (supposed.get(name, now) for name, now in PLAIN.items())
    others |= {name: value for name, value in supposed.items() if name not in PLAIN}
    if plan is not None:
        plan = plan.assign(**{end: plan[end] * effect for end in ("low", "mode", "high")})
    shift = 0.0 if cause is None else cause - causal_share[1]
    shares = tuple(min(max(share + shift, 0.0), 1.0) for share in causal_share)
    costs = tuple(factor * cost for factor in cost_factor)
    return board_answer(build_case(links, plan, causal_share=shares, cost_factor=costs, **others))


def levers(*, causal_share=(0.2, 0.5, 0.8), horizon_years: int = 5, discount_rate: float, **_unused: object) -> dict:
    """The ranges to try, {name for `answer_if`: (least, now, most)}, from the keywords of `build_case`.

    >>> business_case.levers(discount_rate=0.08)
    {'cause': (0.0, 0.5, 1.0), 'effect': (0.0, 1.0, 2.0), 'cost': (0.5, 1.0, 2.0), 'horizon_years': (1, 5,...
    """
    return {
        "cause": (0.0, causal_share[1], 1.0),
        "effect": (0.0, 1.0, 2.0),
        "cost": (0.5, 1.0, 2.0),
        "horizon_years": (1, horizon_years, max(15, horizon_years)),
        "discount_rate": (0.0, discount_rate, max(0.2, discount_rate)),
    }
