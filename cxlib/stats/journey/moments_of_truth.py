"""What makes a contact that passed one that delights: behaviours at each touchpoint, and the feelings named there."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.journey.steps import labelled
from cxlib.stats.links.link_fit import fitted_link
from cxlib.stats.moments import checked_weights
from cxlib.stats.survey.comparison import holm
from cxlib.stats.survey.proportions import share

LEAST = 10  # contacts with a behaviour, without it, above and below the cut: fewer tell nothing
COLUMNS = ("n", "with_it", "estimate", "low", "high", "p")


def behaviour_effects(
    outcome: ArrayLike, behaviours: pd.DataFrame, touchpoints: ArrayLike, *, asked: Mapping[str, Sequence[str]],
    controls: pd.DataFrame | None = None, weights: ArrayLike | None = None, clusters: ArrayLike | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """How much more of the contacts succeed where somebody behaved so, the other behaviours of the touchpoint held equal.

    outcome     (contacts,) 1 or 0, NaN rows are left out, as 9-10 among those at 7-10;  touchpoints: (contacts,) label
    behaviours  DataFrame (contacts, behaviours) 1 or 0, NaN where nobody looked
    asked       {touchpoint: its behaviours}, each in a model of its own
    controls    DataFrame (contacts, columns) that are held equal, none missing, as what the customer thinks of the company anyway
    clusters    (contacts,) label of the customer
    returns     DataFrame, a row for each behaviour of a touchpoint: touchpoint, behaviour, n (contacts used), with_it (share of them,
                0-1), estimate, low, high (share more, -1 to 1), p, p_holm (over all rows); NaN where fewer than ten contacts are with
                it, without it, or on either side of the outcome
    errors      ValueError for an outcome that is not 1 or 0, and faulty weights
    assumes     a behaviour goes with success and need not cause it: who is easily content may also call forth good behaviour
    source      linear probability model with cluster-robust errors (CR1, t with clusters - 1): statsmodels OLS; Holm 1979
    """
    y = np.asarray(outcome, float)
    if not np.isin(y[np.isfinite(y)], (0, 1)).all():
        raise ValueError("the outcome holds other values than 1 and 0; say for each contact whether it succeeded")
    weights, place = checked_weights(weights, len(y)), np.asarray(touchpoints)
    whose = np.arange(len(y)) if clusters is None else np.asarray(clusters)
    held = pd.DataFrame(index=behaviours.index) if controls is None else controls
    rows = []
    for touchpoint, names in asked.items():
        chosen = behaviours[list(names)]
        here = (place == touchpoint) & np.isfinite(y) & chosen.notna().all(axis=1).to_numpy()
        found = _effects(y[here], chosen[here].astype(float), held[here].astype(float), weights[here], whose[here], confidence)
        rows += [{"touchpoint": touchpoint, "behaviour": name, **dict(zip(COLUMNS, found[name], strict=True))} for name in names]
    table = pd.DataFrame(rows, columns=["touchpoint", "behaviour", *COLUMNS])
    adjusted = np.full(len(table), np.nan)
    known = table.p.notna().to_numpy()
    adjusted[known] = holm(table.p.to_numpy()[known])
    return table.assign(p_holm=adjusted)


def feelings(
    good: ArrayLike, bad: ArrayLike, touchpoints: ArrayLike, *, order: Sequence[str], weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Shares of contacts at which a good and a bad feeling was named, with Wilson's intervals, and the net of both.

    good, bad    (contacts,) 1 or 0, NaN where nobody was asked;  touchpoints: (contacts,) label
    order        touchpoints to tell of
    returns      DataFrame, a row a touchpoint with answers: touchpoint, n, good, good_low, good_high, bad, bad_low, bad_high (0-1), net
                 (good - bad, -1 to 1)
    errors       ValueError for other values than 1 and 0, faulty weights and a confidence outside 0-1
    source       Wilson 1927; net of good and bad feelings: Shaw 2007
    """
    good, bad = np.asarray(good, float), np.asarray(bad, float)
    place, labels = pd.factorize(labelled(touchpoints))
    number = {label: at for at, label in enumerate(labels)}
    weights = checked_weights(weights, len(good))
    rows = []
    for touchpoint in order:
        here = (place == number.get(touchpoint, -2)) & np.isfinite(good) & np.isfinite(bad)
        if not here.any():
            continue
        row: dict[str, object] = {"touchpoint": touchpoint, "n": int(here.sum())}
        for name, values in (("good", good), ("bad", bad)):
            found = share(values[here], weights[here], confidence=confidence)
            row |= {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}
        rows.append(row)
    columns = ["touchpoint", "n", *(f"{name}{end}" for name in ("good", "bad") for end in ("", "_low", "_high"))]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(net=table.good - table.bad)


def _effects(
    y: np.ndarray, chosen: pd.DataFrame, held: pd.DataFrame, weights: np.ndarray, whose: np.ndarray, confidence: float
) -> dict[str, tuple[float, ...]]:
    """n, share with it, estimate, low, high and p of each behaviour of one touchpoint; NaN where too few tell it."""
    names = [str(name) for name in chosen]
    counts = {name: (chosen[name].sum(), (1 - chosen[name]).sum()) for name in names}
    told = [name for name, (did, did_not) in counts.items() if min(did, did_not, y.sum(), (1 - y).sum()) >= LEAST]
    share_of = {name: float(np.average(chosen[name], weights=weights)) if len(y) else np.nan for name in names}
    nothing: dict[str, tuple[float, ...]] = {name: (len(y), share_of[name], np.nan, np.nan, np.nan, np.nan) for name in names}
    if not told:
        return nothing
    held = held.loc[:, held.nunique() > 1]
    design = pd.concat([chosen[told], held.add_prefix("held ")], axis=1)
    try:
        terms = fitted_link(y, design, family="gaussian", weights=weights, clusters=whose).terms.loc[told]
    except ValueError:  # two behaviours that always come together, or too few contacts for all of them
        return nothing
    freedom = len(np.unique(whose)) - 1
    margin = stats.t.ppf((1 + confidence) / 2, freedom) * terms.se
    p = 2 * stats.t.sf(np.abs(terms.estimate / terms.se), freedom)
    fitted = zip(told, terms.estimate, terms.estimate - margin, terms.estimate + margin, p, strict=True)
    return nothing | {name: (len(y), share_of[name], float(each), float(low), float(high), float(at)) for name, each, low, high, at in fitted}
