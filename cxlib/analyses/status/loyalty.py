"""Behind the NPS: how many answer 0-6, 7-8 and 9-10, and how many of the 7-8 stand one point from 9."""

import pandas as pd

from cxlib.analyses.measures import net_promoter
from cxlib.analyses.result import Result, Sentences, Term
from cxlib.analyses.rows import answered, base_of, needed, weights_of
from cxlib.stats.proportions import share

SAYS = Sentences(
    {
        "passives.near": (
            "neutral",
            "{share:percent} of the customers answer 7 or 8; {near:percent} of these gave 8, one point from 9 ({low:percent} to {high:percent}).",
        ),
        "passives.none": ("neutral", "No customer answers 7 or 8."),
        "passives.too_few": ("unclear", "Fewer than {minimum:count} customers answer 7 or 8, so how many are one point from 9 is not shown."),
        "absent.recommendation_groups": ("absent", "The groups 0–6, 7–8 and 9–10: customers were not asked whether they would recommend the company."),
    }
)  # fmt: skip

METHOD = Term("Shares of all who answered, with Wilson's interval; the last row is a share of those who answer 7 or 8.")
GROUPS = {"0–6": (0, 6), "7–8": (7, 8), "9–10": (9, 10)}


def recommendation_groups(
    responses: pd.DataFrame,
    *,
    score: str | None,
    scale=(0, 10),
    weight: str | None = None,
    population: float | None = None,
    unanswered=None,
    minimum: int = 5,
    confidence: float = 0.95,
    target=None,
    period=None,
) -> Result:
    """Shares 0-1 of respondents who answer 0-6, 7-8 and 9-10, and the share of the 7-8 who gave 8.

    responses  one row per respondent; `score` is the column, None when it was not asked; target and period are not used
    returns    table "groups": answer, n, share, low, high (Wilson), last row the 8s among the 7-8;
               table "scores": score, share, for the whole scale
    """
    if score is None:
        return Result.missing(
            "recommendation_groups", SAYS.finding("absent.recommendation_groups"), read=len(responses)
        )
    needed(responses, [score, weight])
    measure = net_promoter(score, scale)
    base = base_of(measure.values(responses), weights_of(responses, weight), unanswered, weighted=bool(weight))
    _, values, weights = answered(responses, measure, weight)
    options = {"population": population, "confidence": confidence}
    rows = [
        {"answer": Term(name)} | _shown(share((low <= values) & (values <= high), weights, **options))
        for name, (low, high) in GROUPS.items()
    ]
    passive = (values >= 7) & (values <= 8)
    settings = {"scale": scale, "weight": weight, "confidence": confidence}
    if passive.sum() < minimum:
        key = "passives.too_few" if passive.any() else "passives.none"
        finding = SAYS.finding(key, minimum=minimum) if passive.any() else SAYS.finding(key)
        return Result("recommendation_groups", {"groups": pd.DataFrame(rows)}, (finding,), base, settings)
    near = share(values[passive] == 8, weights[passive], confidence=confidence)
    table = pd.DataFrame([*rows, {"answer": Term("8 among those who answer 7–8")} | _shown(near)])
    table["n"] = [int(((low <= values) & (values <= high)).sum()) for low, high in GROUPS.values()] + [near.n]
    finding = SAYS.finding("passives.near", share=rows[1]["share"], near=near.estimate, low=near.low, high=near.high)
    return Result("recommendation_groups", {"groups": table}, (finding,), base, settings, METHOD)


def _shown(estimate) -> dict:
    return {"n": estimate.n, "share": estimate.estimate, "low": estimate.low, "high": estimate.high}
