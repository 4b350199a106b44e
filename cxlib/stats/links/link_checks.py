"""Signs that a link is too good, too thin or could be explained by something else."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Determinism:
    """How nearly a predictor alone fixes an event.

    table     DataFrame by level: n, events, share (of events)
    extreme   share of the rows that stand at levels with (almost) only or (almost) no events
    area      chance that the predictor ranks an event and a non-event rightly, 0.5-1
    certain   True when it is too good to be an honest forecast
    """

    table: pd.DataFrame
    extreme: float
    area: float
    certain: bool


def determinism(
    event: ArrayLike, values: ArrayLike, *, weights: ArrayLike | None = None, minimum: int = 30
) -> Determinism:
    """Does the predictor give the event away? Looks for levels where it always or never happens.

    event    (n,) 1 or 0; values (n,) the predictor with few levels, such as a score
    minimum  rows that a level needs before "always" or "never" is believed (rule of three: below 10 % at 30 rows)
    returns  Determinism; `certain` when both kinds of extreme level occur and hold over half of the rows, or when the
             area is above 0.95
    errors   ValueError when the event happened to all or to none
    source   area: the share of rightly ranked pairs, Mann and Whitney 1947, on unweighted rows
    """
    frame = pd.DataFrame({"event": np.asarray(event, float), "value": np.asarray(values, float)})
    frame["weight"] = 1.0 if weights is None else np.asarray(weights, float)
    frame = frame.dropna()
    grouped = frame.assign(weighted=frame.event * frame.weight).groupby("value")
    table = pd.DataFrame({"n": grouped.size(), "events": grouped.event.sum().astype(int)})
    table["share"] = grouped.weighted.sum() / grouped.weight.sum()
    enough = table.n >= minimum
    always, never = enough & (table.share >= 0.99), enough & (table.share <= 0.01)
    extreme = float(table.n[always | never].sum() / table.n.sum())
    area = _area(table)
    both = bool(always.any() and never.any() and extreme > 0.5)
    return Determinism(table, extreme, area, both or area > 0.95)


def backwards(event: ArrayLike, values: ArrayLike) -> tuple[float, float]:
    """Signs of an event coded the other way round: (rank correlation with the predictor, share of events).

    A positive correlation where the event should become rarer as the predictor rises, or more than half events,
    calls for a look at the coding.
    """
    frame = pd.DataFrame({"event": np.asarray(event, float), "value": np.asarray(values, float)}).dropna()
    return float(frame.rank().corr().to_numpy()[0, 1]), float(frame.event.mean())


def e_value(ratio: float) -> float:
    """How strongly a hidden cause would have to go with both sides (as a risk ratio) to explain a risk ratio away.

    ratio    risk ratio, above 0
    returns  1 or more; 1 means that nothing is needed
    errors   ValueError for a ratio of 0 or below
    source   VanderWeele & Ding 2017; for a common event give the square root of the odds ratio
    """
    if ratio <= 0:
        raise ValueError(f"ratio == {ratio}, must be positive; 1 means no effect")
    ratio = max(ratio, 1 / ratio)
    return float(ratio + np.sqrt(ratio * (ratio - 1)))


def _area(table: pd.DataFrame) -> float:
    events, others = table.events.to_numpy(float), (table.n - table.events).to_numpy(float)
    if events.sum() == 0 or others.sum() == 0:
        raise ValueError("the event happened to all or to none; there is nothing to check")
    below = np.cumsum(others) - others
    area = (events * (below + others / 2)).sum() / (events.sum() * others.sum())
    return float(max(area, 1 - area))
