"""Small self-assessments for tests: two steps of criteria, and a staircase of three levels."""

import numpy as np
import pandas as pd

from cxlib.analyses.maturity import Ratings, Staircase

BANDS = ((0, "Weak"), (40, "Uneven"), (60, "Sound"), (80, "Strong"))


def ratings(answers, **options) -> Ratings:
    """People x criteria on 1-5; the criteria are 1.1, 1.2, ... in steps of two."""
    answers = np.asarray(answers, float)
    ids = [f"{1 + at // 2}.{1 + at % 2}" for at in range(answers.shape[1])]
    items = pd.DataFrame(
        {
            "name": [f"Criterion {i}" for i in ids],
            "group": [i[0] for i in ids],
            "group_name": [f"Step {i[0]}" for i in ids],
        },
        index=ids,
    ).assign(advice=[f"Do {i}." for i in ids])
    frames = {
        name: pd.DataFrame(options.pop(name), columns=ids) for name in ("dont_know", "not_relevant") if name in options
    }
    items = items.assign(**options.pop("columns", {}))
    table = pd.DataFrame(answers, columns=ids)
    return Ratings(table, items, (1, 2, 3, 4, 5), **frames, **{"bands": BANDS} | options)


def people(roles, period=None) -> pd.DataFrame:
    """P1, P2, ... in these roles."""
    table = pd.DataFrame({"respondent": [f"P{n}" for n in range(1, len(roles) + 1)], "role": roles})
    return table.assign(period=period) if period is not None else table


def stairs(answers, **options) -> Ratings:
    """People x six statements on 0-1, two a level, the first of each level its core."""
    ids = ["S11", "S12", "S21", "S22", "S31", "S32"]
    items = pd.DataFrame(
        {"name": ids, "group": [i[1] for i in ids], "group_name": [f"Level {i[1]}" for i in ids]}, index=ids
    )
    items["core"] = [i[2] == "1" for i in ids]
    names = ["Aware", "Oriented", "Focused"]
    levels = pd.DataFrame(
        {"name": names, "limit_sign": "A sign.", "assessment": "Fine.", "recommendation": "Stay."}, index=[1, 2, 3]
    )
    focus = ((2.5, 2), (5.01, 3))
    rules = Staircase(
        levels, draws=500, below="Begin with one figure", focus_levels=focus, axes={"F": "focus", "M": "maturity"}
    )
    frames = {
        name: pd.DataFrame(options.pop(name), columns=ids) for name in ("evidence", "dont_know") if name in options
    }
    table = pd.DataFrame(np.asarray(answers, float), columns=ids)
    return Ratings(table, items, (0, 1 / 3, 2 / 3, 1), staircase=rules, **frames, **options)
