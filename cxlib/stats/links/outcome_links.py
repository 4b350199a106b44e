"""How an outcome goes with predictors, by the kind of outcome: an event, a share, an amount."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.links.link_fit import LinkFit, fitted_link


@dataclass(frozen=True)
class TwoPartFit:
    """An amount that is often nothing: `any` (logit of more than zero), `size` (gamma, log, of those above zero)."""

    any: LinkFit
    size: LinkFit


def event_link(
    event: ArrayLike,
    design: pd.DataFrame,
    *,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    confidence: float = 0.95,
) -> LinkFit:
    """Log odds of an event in a window, by predictor.

    event     (n,) 1 when it happened, 0 when not
    design    DataFrame (n, terms) of numbers, without a constant
    weights, clusters, confidence   as in `fitted_link`
    returns   LinkFit; warnings say separation, few events (under 10 for each term) and non-convergence
    errors    ValueError when the event is not 0/1, or always or never happened, and as fitted_link
    source    statsmodels Logit: same numbers; events per parameter: Peduzzi et al. 1996
    """
    event = np.asarray(event, float)
    known = event[~np.isnan(event)]
    if not np.isin(known, (0, 1)).all():
        wrong = known[~np.isin(known, (0, 1))][0]
        raise ValueError(f"event holds {wrong:g}; it must be 1 when it happened and 0 when not")
    if known.min(initial=1) == known.max(initial=0):
        raise ValueError("the event happened to all or to none; there is nothing to explain")
    return fitted_link(event, design, family="binomial", weights=weights, clusters=clusters, confidence=confidence)


def share_link(
    share: ArrayLike,
    design: pd.DataFrame,
    *,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    confidence: float = 0.95,
) -> LinkFit:
    """Log odds of a share, by predictor, zeros and ones included (fractional logit, robust errors).

    share     (n,) fractions 0-1
    design, weights, clusters, confidence   as in `event_link`
    errors    ValueError for a value outside 0-1, with the remedy when it looks like percent, and as fitted_link
    source    Papke & Wooldridge 1996; statsmodels GLM Binomial with HC1
    """
    share = np.asarray(share, float)
    known = share[~np.isnan(share)]
    if (known < 0).any() or (known > 1).any():
        guess = "in percent?" if (known > 1).mean() > 0.9 else "percent and fractions mixed?"
        raise ValueError(
            f"share goes from {known.min():g} to {known.max():g} ({guess}); it must be a fraction 0-1 in all rows")
    return fitted_link(
        share, design, family="binomial", weights=weights, clusters=clusters, robust=True, confidence=confidence)


def amount_link(
    amount: ArrayLike,
    design: pd.DataFrame,
    *,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    confidence: float = 0.95,
) -> LinkFit:
    """Log of the mean of an amount above zero, by predictor (gamma with log link, robust errors).

    amount    (n,) above 0;  design, weights, clusters, confidence  as in `event_link`
    errors    ValueError for zero or negative amounts (use `two_part_link` when zeros are meant), and as fitted_link
    source    statsmodels GLM Gamma(Log) with HC1; consistent whenever the mean is right (Gourieroux et al. 1984)
    """
    amount = np.asarray(amount, float)
    lowest = np.nanmin(amount)
    if lowest <= 0:
        raise ValueError(f"amount holds {lowest:g}; it must be above 0. Use the two-part link when zeros are meant")
    return fitted_link(
        amount, design, family="gamma", weights=weights, clusters=clusters, robust=True, confidence=confidence)


def two_part_link(
    amount: ArrayLike,
    design: pd.DataFrame,
    *,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    confidence: float = 0.95,
) -> TwoPartFit:
    """An amount of zero or more, by predictor: the chance of any, and the size where there is any.

    returns   TwoPartFit; the mean is the product of the two parts
    errors    ValueError for negative amounts, when none or all are above 0, and as fitted_link
    source    Duan et al. 1983
    """
    spent = pd.Series(np.asarray(amount, float))
    if (spent < 0).any():
        raise ValueError(f"amount holds {spent.min():g}; it must be 0 or more")
    design = pd.DataFrame(design).set_axis(spent.index)
    positive = (spent > 0).to_numpy()
    chosen = {"weights": weights, "clusters": clusters}
    above = {key: None if value is None else np.asarray(value)[positive] for key, value in chosen.items()}
    happened = spent.where(spent.isna(), positive.astype(float))
    return TwoPartFit(
        event_link(happened, design, confidence=confidence, **chosen),
        amount_link(spent[positive], design[positive], confidence=confidence, **above))
