"""What is held equal while areas are ranked: groups and numbers of the customers as columns, and what cannot be."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from cxlib.analyses.drivers.model import HELD, SurveyModel
from cxlib.analyses.groups import in_their_order
from cxlib.analyses.result import Finding, Named, Says, Sentences, Term

FEWEST = 10  # customers in a group that is held equal
FEW_VALUES = 10  # different numbers up to which they are taken as groups

SAYS = Sentences(
    {
        "held.few_in_group": Says("unclear", "{heading}: groups with fewer than {needed:count} answers: {groups:count}. It is not taken into account; join its small groups.", about="data"),
        "held.one_group": Says("unclear", "{heading}: all customers are alike in it, so there is nothing to take into account.", about="data"),
        "held.outcome": ("bad", "{heading} was made from the answers themselves: its groups do not overlap in {outcome}. It is not taken into account."),
        "held.same": Says("unclear", "{heading} follows from what is taken into account already, so it adds nothing and is left out.", about="data"),
        "held.unknown": ("neutral", "{heading} is unknown for {n:count} customers; they count as a group of their own."),
        "held.few_unknown": ("neutral", "{heading} is unknown for {n:count} customers; they count as average ones."),
    },
    named={
        "held.few_in_group.groups": Named(Term("Groups with too few answers")),
        "held.few_in_group.needed": Named(Term("Answers needed")),
        "n": Named(Term("Customers for whom it is unknown")),
    },
)  # fmt: skip


def with_held_equal(model: SurveyModel, controls: Mapping[str, str], categories: Mapping[str, str], minimum: int) -> SurveyModel:
    """The model with columns of the responses held equal, and those of categories ranked beside the areas; why others are not.

    controls, categories  {column: heading};  minimum: smallest group that may be shown
    """
    if model.absent or not len(model.answers):
        return model
    outcome, found, columns = model.indices[model.outcome], [], []
    ranked: dict[str, list[str]] = {}
    held: dict[str, str] = {}
    usual: dict[str, str] = {}
    labels = dict(model.labels)
    for column, heading in {**controls, **categories}.items():
        values = model.responses[column]
        if column in categories or not _is_number(values):
            values = values.map(_named, na_action="ignore") if pd.api.types.is_numeric_dtype(values) else values
        made, said = _columns(values, column, heading, outcome, model, max(FEWEST, minimum))
        if made is not None and columns and _follows(made, pd.concat(columns, axis=1)):
            made, said = None, [SAYS.finding("held.same", heading=heading)]
        found += said
        if made is None:
            continue
        columns.append(made)
        if column in categories:
            ranked[f"{HELD}{column}"] = list(made)
            labels[f"{HELD}{column}"] = heading
            usual[f"{HELD}{column}"] = str(_usual(values))
        else:
            held[column] = heading
    return replace(model, adjusted=pd.concat(columns, axis=1) if columns else None, categories=ranked, usual=usual,
                   held_equal=held, labels=labels, findings=(*model.findings, *found))  # fmt: skip


def _columns(values, column, heading, outcome, model, least) -> tuple[pd.DataFrame | None, list[Finding]]:
    """0-1 columns that hold a column equal, or None with the reason; of numbers one, of groups one for each but the largest."""
    blank = values.isna()
    is_number = _is_number(values)
    if values.nunique() < 2:
        return None, [SAYS.finding("held.one_group", heading=heading)]
    if is_number:
        scaled = (values - values.min()) / (values.max() - values.min())
        made = {f"{HELD}{column}": scaled.fillna(scaled.mean())}
    else:
        counts = values.value_counts()
        few = int((counts[counts > 0] < least).sum())
        if few:
            return None, [SAYS.finding("held.few_in_group", heading=heading, groups=few, needed=least)]
        if _made_of(outcome, values):
            return None, [SAYS.finding("held.outcome", heading=heading, outcome=model.word(model.outcome))]
        usual = _usual(values)
        made = {f"{HELD}{column}: {group}": (values == group).astype(float) for group in in_their_order(values) if group != usual}
    said = []
    if blank.any():
        own = blank.sum() >= least
        said = [SAYS.finding("held.unknown" if own else "held.few_unknown", heading=heading, n=int(blank.sum()))]
        if own:
            made[f"{HELD}{column}: "] = blank.astype(float)
        elif not is_number:  # the mean of each column among those of whom it is known
            made = {name: each.where(~blank, each[~blank].mean()) for name, each in made.items()}
    return pd.DataFrame(made, model.answers.index), said


def _is_number(values) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values) and values.nunique() > FEW_VALUES)


def _named(number) -> str:
    return f"{number:g}"


def _usual(groups):
    """The group with most customers, which the others are held against."""
    counts = groups.value_counts()
    return max(counts.index, key=lambda group: (counts[group], str(group)))


def _made_of(outcome, groups) -> bool:
    """Whether the outcome alone tells the group: no two groups overlap in it, though answers within a group differ."""
    spans = outcome.groupby(groups, observed=True).agg(["min", "max"]).dropna().sort_values("min")
    apart = all(before[1] < after[0] for before, after in pairwise(spans.itertuples(index=False, name=None)))
    return bool(apart and (spans["min"] < spans["max"]).any())


def _follows(made, known) -> bool:
    """Whether columns say nothing that the known ones do not say."""
    both = pd.concat([known, made], axis=1).to_numpy(float)
    both = both - both.mean(axis=0)
    return bool(np.linalg.matrix_rank(both) == np.linalg.matrix_rank(both[:, : known.shape[1]]))
