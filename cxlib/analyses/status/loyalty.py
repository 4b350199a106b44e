"""Behind the NPS: how many answer 0-6, 7-8 and 9-10, and how many of the 7-8 stand one point from 9."""

import pandas as pd

from cxlib.analyses.design import EVERYBODY, Design, Question
from cxlib.analyses.measures import net_promoter
from cxlib.analyses.result import Result, Sentences, Term
from cxlib.analyses.rows import answered, base_of, in_basis, needed, weights_of, within
from cxlib.stats.survey.proportions import share

SAYS = Sentences(
    {
        "passives.near": (
            "neutral",
            "{share:percent} of the customers answer 7 or 8; {near:percent} of these gave 8, one point from 9 ({low:percent} to {high:percent}).",
        ),
        "groups.too_few": ("unclear", "{figure}: fewer than {minimum:count} answers, so no figure is shown."),
        "passives.none": ("neutral", "No customers answer 7 or 8."),
        "passives.too_few": ("unclear", "Fewer than {minimum:count} customers answer 7 or 8, so how many are one point from 9 is not shown."),
        "absent.recommendation_groups": ("absent", "The groups 0–6, 7–8 and 9–10: customers were not asked whether they would recommend the company."),
    }
)  # fmt: skip

METHOD = Term("Shares of all who answered, with Wilson's interval; the last row is a share of those who answer 7 or 8.")


def recommendation_groups(responses: pd.DataFrame, asked: Question | None, design: Design = EVERYBODY) -> Result:
    """Shares 0-1 of respondents who answer 0-6, 7-8 and 9-10, and the share of the 7-8 who gave 8.

    responses  one row per respondent
    asked      the question, on 0-10, or on 1-10 with the same groups; None when it was not asked
    design     its minimum: answers below which no share is shown; its basis: the periods that count
    returns    table "groups": answer, n (answers in the group), share, low, high (Wilson); the last row is the share of
               8 among the answers 7-8, of which n is the number, and is left out below `minimum`
    errors     CannotAnswer for a column that is not there, ValueError for answers off the scale

    >>> ten = pd.DataFrame({"answer": [10, 9, 9, 10, 8, 7, 8, 3, 6, 5]})
    >>> page.show(status.recommendation_groups(ten, Question("answer"), Design(minimum=3)))
    30% of the customers answer 7 or 8; 67% of these gave 8, one point from 9 (21% to 94%).
    """
    if asked is None:
        return Result.missing(
            "recommendation_groups", SAYS.finding("absent.recommendation_groups"), read=len(responses)
        )
    scale, weight, minimum, confidence = asked.scale, design.weight, design.minimum, design.confidence
    needed(responses, [asked.score, weight, design.period])
    measure = net_promoter(asked.score, scale)
    base = base_of(measure.values(responses), weights_of(responses, weight), asked.unanswered, weighted=bool(weight))
    rows, values, weights = answered(responses, measure, weight)
    kept = in_basis(rows, design)
    base, values, weights = within(base, rows, kept, design), values[kept], weights[kept]
    settings = {"scale": scale, "weight": weight, "population": design.population, "minimum": minimum, "confidence": confidence}
    if len(values) < minimum:
        finding = SAYS.finding("groups.too_few", figure=measure.name, minimum=minimum)
        return Result("recommendation_groups", {}, (finding,), base, settings)
    groups = {f"{scale[0]:.0f}–6": values <= 6, "7–8": (values > 6) & (values < 9), "9–10": values >= 9}
    options = {"population": design.population, "confidence": confidence}
    rows = [_row(Term(name), int(inside.sum()), share(inside, weights, **options)) for name, inside in groups.items()]
    passive = groups["7–8"]
    if passive.sum() >= minimum:
        near = share(values[passive] == 8, weights[passive], confidence=confidence)
        rows.append(_row(Term("8 among those who answer 7–8"), near.n, near))
        finding = SAYS.finding("passives.near", share=rows[1]["share"], near=near.estimate, low=near.low, high=near.high)
    elif passive.any():
        finding = SAYS.finding("passives.too_few", minimum=minimum)
    else:
        finding = SAYS.finding("passives.none")
    return Result("recommendation_groups", {"groups": pd.DataFrame(rows)}, (finding,), base, settings, METHOD)


def _row(answer: Term, n: int, found) -> dict:
    return {"answer": answer, "n": n, "share": found.estimate, "low": found.low, "high": found.high}
