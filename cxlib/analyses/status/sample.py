"""Who answered: the response funnel, and the weights that make the answers stand for all customers."""

from collections.abc import Mapping

import pandas as pd

from cxlib.analyses.result import Base, DataError, Result, Sentences, Term
from cxlib.analyses.rows import needed
from cxlib.stats.response_rates import response_funnel as funnel_rates
from cxlib.stats.weighting import design_effect, effective_n, raked_weights

RAKED = "raked_weight"

SAYS = Sentences(
    {
        "funnel.rate": ("neutral", "{share:percent} of those invited answered ({completed:count} of {invited:count})."),
        "absent.response_funnel": ("absent", "Response: how many were invited is not in the client folder."),
        "weighting.raked": ("neutral", "The answers are weighted to the customers' known shares; weighting costs {lost:percent} of the precision (design effect {effect:number})."),
        "weighting.given": ("neutral", "The answers carry the weights of the client folder; weighting costs {lost:percent} of the precision (design effect {effect:number})."),
        "absent.weighting": ("absent", "Weighting: the answers are not weighted; every answer counts the same."),
    }
)  # fmt: skip

STEPS = {
    "invited": Term("Invited"),
    "delivered": Term("Delivered"),
    "opened": Term("Opened"),
    "started": Term("Started"),
    "completed": Term("Completed"),
}


def response_funnel(funnel: Mapping[str, int] | None) -> Result:
    """Share of people who go on at each step from invited to completed, 0-1.

    funnel   {step: people} with steps of invited, delivered, opened, started, completed; None or {} when not known
    returns  table "funnel": step, n, step_share (of the step before), share (of the invited)
    errors   ValueError for a step with more people than the one before
    """
    if not funnel or len(funnel) < 2:
        return Result.missing("response_funnel", SAYS.finding("absent.response_funnel"))
    table = funnel_rates({step: funnel[step] for step in STEPS if funnel.get(step) is not None})
    first, last = table.iloc[0], table.iloc[-1]
    finding = SAYS.finding("funnel.rate", share=last.share, completed=int(last.n), invited=int(first.n))
    table = table.reset_index(names="step").assign(step=[STEPS[step] for step in table.index])
    return Result("response_funnel", {"funnel": table}, (finding,), Base(int(first.n), int(last.n)), {})


def weighted(
    responses: pd.DataFrame, *, margins: Mapping[str, Mapping[str, float]] | None = None, trim=None, start=None
) -> tuple[pd.DataFrame, Result]:
    """The responses with their weights, and what weighting did.

    margins  {column: {group: share of the population, 0-1}}: the answers are raked to them, from the weights in the
             column `start` if there is one. Without margins the weights in `start` are used as they are
    trim     (smallest, largest) weight after raking, as multiples of the mean
    returns  the responses, with the column `raked_weight` when margins are given; and a Result with table "margins":
             segment, group, n, share_before (share among answers), share (after weighting); settings["weight"] names the column that counts
    errors   DataError that names the margin which cannot be met, and why
    """
    if not margins:
        return responses, _given(responses, start)
    needed(responses, [*margins, start])
    try:
        raked = raked_weights(
            responses[list(margins)].astype(object), margins, responses[start] if start else None, limits=trim
        )
    except ValueError as error:
        raise DataError(f"weighting to the given margins: {error}") from error
    weighted_rows = responses.assign(**{RAKED: raked.weights.to_numpy()})
    table = pd.DataFrame(
        [
            {"segment": column, "group": group, "n": int((responses[column] == group).sum()),
             "share_before": float((responses[column] == group).mean()), "share": share}
            for column, shares in margins.items()
            for group, share in shares.items()
        ]
    )  # fmt: skip
    effect = raked.design_effect
    finding = SAYS.finding("weighting.raked", lost=1 - 1 / effect, effect=effect)
    base = Base(len(responses), len(responses), {}, raked.n_eff)
    return weighted_rows, Result(
        "weighting", {"margins": table}, (finding,), base, {"weight": RAKED, "trim": trim, "start": start}
    )


def _given(responses: pd.DataFrame, start: str | None) -> Result:
    if start is None:
        return Result("weighting", {}, (SAYS.finding("absent.weighting"),), Base(len(responses), 0), {"weight": None})
    weights = needed(responses, [start])[start].to_numpy(float)
    effect = design_effect(weights)
    finding = SAYS.finding("weighting.given", lost=1 - 1 / effect, effect=effect)
    base = Base(len(responses), len(responses), {}, effective_n(weights))
    return Result("weighting", {}, (finding,), base, {"weight": start})
