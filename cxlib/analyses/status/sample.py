"""Who answered: the response funnel, and the weights that make the answers stand for all customers."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from cxlib.analyses.design import EVERYBODY, Design, Weighting
from cxlib.analyses.result import Base, CannotAnswer, Result, Sentences, Term
from cxlib.analyses.rows import needed
from cxlib.stats.survey.disclosure import hidden_groups
from cxlib.stats.survey.response_rates import response_funnel as funnel_rates
from cxlib.stats.survey.weighting import design_effect, effective_n, raked_weights

RAKED = "raked_weight"
LEFT_OUT = Term("left out by choice")

SAYS = Sentences(
    {
        "funnel.rate": ("neutral", "{share:percent} of those invited answered ({completed:count} of {invited:count})."),
        "rows.left_out": ("neutral", "Of the {rows:count} rows in the survey's file, {left_out:count} are left out by choice and count nowhere in this report."),
        "absent.response_funnel": ("absent", "Response rate: how many were invited is not known."),
        "weighting.raked": ("neutral", "The answers are weighted to the known make-up of the customers; weighting costs {lost:percent} of the precision (design effect {effect:number})."),
        "weighting.given": ("neutral", "The answers are weighted with the weights supplied with them; weighting costs {lost:percent} of the precision (design effect {effect:number})."),
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


def response_funnel(funnel: Mapping[str, int] | None, *, rows: int = 0, left_out: int = 0) -> Result:
    """Share of people who go on at each step from invited to completed, 0-1, and how many rows of the file count.

    funnel   {step: people} with steps of invited, delivered, opened, started, completed; None or {} when not known
    rows     answers that count;  left_out: rows of the file that were left out before
    returns  table "funnel": step, people, step_share (of the step before), share (of the invited)
    errors   ValueError for a step with more people than the one before

    >>> page.show(status.response_funnel({"invited": 4000, "opened": 2000, "completed": 1000}))
    25% of those invited answered (1,000 of 4,000).
    """
    said = [SAYS.finding("rows.left_out", rows=rows + left_out, left_out=left_out)] if left_out else []
    if not funnel or len(funnel) < 2:
        base = Base(rows + left_out, rows, {LEFT_OUT: left_out})
        return Result("response_funnel", {}, tuple(said), base, {}) if said else Result.missing("response_funnel", SAYS.finding("absent.response_funnel"))
    table = funnel_rates({step: funnel[step] for step in STEPS if funnel.get(step) is not None})
    first, last = table.iloc[0], table.iloc[-1]
    finding = SAYS.finding("funnel.rate", share=last.share, completed=int(last.n), invited=int(first.n))
    table = table.rename(columns={"n": "people"}).reset_index(names="step")
    table["step"] = table.step.map(STEPS)
    settings = {"rows": rows + left_out, "left_out": left_out} if said else {}
    return Result("response_funnel", {"funnel": table}, (finding, *said), Base(int(first.n), int(last.n)), settings)


def weighted(
    responses: pd.DataFrame, weighting: Weighting, design: Design = EVERYBODY
) -> tuple[pd.DataFrame, Design, Result]:
    """The responses with their weights, and what weighting did.

    weighting  with margins the answers are raked to them, from the weights in `start` if there are any; without margins
               the weights in `start` are used as they are
    design     its minimum is the smallest group whose answers are counted in the table
    returns    the responses, with the column `raked_weight` when there are margins; the design, which names the column
               that counts; and a Result with table "margins": segment, group, n, share_before (share 0-1 among
               answers), share (0-1, after weighting), n and share_before missing where a group is small or would give a
               small one away
    errors     CannotAnswer that names the margin which cannot be met, and why

    >>> ten = pd.DataFrame({"region": ["North"] * 8 + ["South"] * 2})
    >>> rows, _, weighting = status.weighted(ten, Weighting({"region": {"North": 0.5, "South": 0.5}}))
    >>> rows.groupby("region").raked_weight.sum().to_dict()
    {'North': 5.0, 'South': 5.0}
    """
    margins, start = weighting.margins, weighting.start
    if not margins:
        return responses, replace(design, weight=start), _given(responses, start)
    needed(responses, [*margins, start])
    try:
        raked = raked_weights(
            responses[list(margins)].astype(object), margins, responses[start] if start else None, limits=weighting.trim
        )
    except ValueError as error:
        raise CannotAnswer(f"weighting to the given margins: {error}") from error
    weighted_rows = responses.assign(**{RAKED: raked.weights.to_numpy()})
    named = {column: weighting.labels.get(column, column) for column in margins}
    parts = [_margin(responses[column].rename(named[column]), margins[column], design.minimum) for column in margins]
    table = pd.concat(parts, ignore_index=True)
    effect = raked.design_effect
    finding = SAYS.finding("weighting.raked", lost=1 - 1 / effect, effect=effect)
    base = Base(len(responses), len(responses), {}, raked.n_eff)
    settings = {"weight": RAKED, "trim": weighting.trim, "start": start, "lost": 1 - 1 / effect, "effect": effect}
    return weighted_rows, replace(design, weight=RAKED), Result("weighting", {"margins": table}, (finding,), base, settings)


def _margin(groups: pd.Series, shares: Mapping[str, float], minimum: int) -> pd.DataFrame:
    """The groups of one margin before and after weighting; counts that may not be shown are missing."""
    counts = groups.value_counts().reindex(shares)
    counts = counts.mask(hidden_groups(counts, threshold=minimum)).to_numpy()
    before = {"segment": groups.name, "group": list(shares), "n": counts, "share_before": counts / len(groups)}
    return pd.DataFrame(before | {"share": list(shares.values())})


def _given(responses: pd.DataFrame, start: str | None) -> Result:
    if start is None:
        return Result("weighting", {}, (SAYS.finding("absent.weighting"),), Base(len(responses), 0), {"weight": None})
    weights = needed(responses, [start])[start].to_numpy(float)
    effect = design_effect(weights)
    finding = SAYS.finding("weighting.given", lost=1 - 1 / effect, effect=effect)
    base = Base(len(responses), len(responses), {}, effective_n(weights))
    return Result("weighting", {}, (finding,), base, {"weight": start, "lost": 1 - 1 / effect, "effect": effect})
