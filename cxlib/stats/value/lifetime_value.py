"""Worth of a relation that goes on from period to period with a constant chance."""

import numpy as np
from numpy.typing import ArrayLike


def margin_multiplier(
    retention: ArrayLike, rate: ArrayLike, growth: ArrayLike = 0.0, *, periods: int | None = None, paid_now: bool = False
) -> np.ndarray | float:
    """Present value of one unit of margin a period for as long as the relation lasts.

    retention  share that goes on from one period to the next, 0-1
    rate       discount rate a period; `growth` of the margin a period, fractions
    periods    None for no end, or the number of periods counted
    paid_now   True adds the margin of this moment, certain and undiscounted; otherwise the first comes in a period
    returns    float or array; retention / (1 + rate - retention * (1 + growth)) without end
    errors     ValueError when retention * (1 + growth) >= 1 + rate without an end: the sum is infinite
    source     Gupta & Lehmann 2003; Gupta, Lehmann & Stuart 2004, JMR 41(1)
    """
    retention, rate, growth = (np.asarray(x, float) for x in (retention, rate, growth))
    if not ((retention >= 0) & (retention <= 1)).all():
        raise ValueError(f"retention == {retention}, must be a share from 0 to 1; 85 % is written 0.85")
    kept = retention * (1 + growth)
    if periods is None and (kept >= 1 + rate).any():
        raise ValueError("retention * (1 + growth) must be below 1 + rate, or the worth is infinite; give `periods`")
    ratio = kept / (1 + rate)
    if periods is None:
        worth = retention / (1 + rate - kept)
    else:
        worth = (ratio[..., None] ** np.arange(1, periods + 1)).sum(-1) / (1 + growth)
    return worth[()] + (1.0 if paid_now else 0.0)


def retention_elasticity(retention: float, rate: float) -> float:
    """Percent by which the margin multiplier rises when retention rises by one percent of itself.

    source  (1 + rate) / (1 + rate - retention), Gupta, Lehmann & Stuart 2004
    """
    if not 0 <= retention < 1 + rate:
        raise ValueError(f"retention == {retention}, must be from 0 up to 1 + rate")
    return (1 + rate) / (1 + rate - retention)


def expected_lifetime(retention: float) -> float:
    """Mean number of periods until the end, 1 / (1 - retention); assumes a constant chance."""
    if not 0 <= retention < 1:
        raise ValueError(f"retention == {retention}, must be from 0 to below 1")
    return 1 / (1 - retention)


def periodic(rate: ArrayLike, periods_per_year: int) -> np.ndarray:
    """Rate a period that compounds to the yearly `rate`; for retention give (retention - 1) and add 1.

    source  (1 + rate) ** (1 / periods) - 1: a monthly and a yearly run then agree at the year's end
    """
    if periods_per_year <= 0:
        raise ValueError(f"periods_per_year == {periods_per_year}, must be positive: 1 by year, 12 by month")
    return (1 + np.asarray(rate, float)) ** (1 / periods_per_year) - 1
