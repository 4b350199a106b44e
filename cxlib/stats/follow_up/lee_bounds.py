"""The least and the most that an effect can be where not everybody answered again: who answers may be the effect."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from cxlib.stats.moments import row_counts


@dataclass(frozen=True)
class LeeBounds:
    """An effect on those who would answer again either way.

    lower, upper   the least and the most that it can be, in points
    low, high      interval of the effect itself, wherever it lies between the bounds
    trimmed        share of the answers cut from the side of which more answered, 0-1;  side: "treated" or "untreated"
    answered_treated, answered_untreated   shares who answered again, 0-1
    n_treated, n_untreated                 people, with and without an answer
    """

    lower: float
    upper: float
    low: float
    high: float
    trimmed: float
    side: str
    answered_treated: float
    answered_untreated: float
    n_treated: int
    n_untreated: int


def lee_bounds(
    treated: ArrayLike, again: ArrayLike, *, resamples: int = 2000, seed: int = 0, confidence: float = 0.95
) -> LeeBounds:
    """Bounds of the effect on a later answer that some of both sides did not give.

    treated    (n,) True for the side that was treated, drawn at random
    again      (n,) the later answer, NaN where there is none
    returns    LeeBounds; the interval is for the effect, not for the two ends, from a bootstrap within each side
    errors     ValueError for fewer than two later answers on a side, and a confidence outside 0-1
    assumes    sides drawn at random; treatment makes nobody more and somebody else less likely to answer again
    source     Lee 2009, Rev. Econ. Stud. 76, proposition 1a; interval: Imbens & Manski 2004, Econometrica 72
    """
    treated, again = np.asarray(treated, bool), np.asarray(again, float)
    if not 0 < confidence < 1:
        raise ValueError(f"confidence == {confidence}, must be between 0 and 1, such as 0.95")
    sides = [again[treated], again[~treated]]
    if min((~np.isnan(side)).sum() for side in sides) < 2:
        raise ValueError("fewer than two later answers on a side; nothing can be said of an effect")
    drawn = [_Side(side, row_counts(len(side), resamples, seed=2 * seed + place)) for place, side in enumerate(sides)]
    lower, upper, trimmed = _bounds(*drawn)
    se_lower, se_upper = lower[1:].std(ddof=1), upper[1:].std(ddof=1)
    reach = _reach(upper[0] - lower[0], max(se_lower, se_upper), confidence)
    return LeeBounds(
        float(lower[0]), float(upper[0]), float(lower[0] - reach * se_lower), float(upper[0] + reach * se_upper),
        abs(float(trimmed[0])), "treated" if trimmed[0] >= 0 else "untreated",
        float(drawn[0].answered[0]), float(drawn[1].answered[0]), len(sides[0]), len(sides[1]),
    )  # fmt: skip


class _Side:
    """The sorted answers of a side and how often each counts: in the sample (draw 0) and in each resample."""

    def __init__(self, values: np.ndarray, counts: np.ndarray):
        self.values = np.sort(values[np.isfinite(values)])
        answered = counts[:, : len(self.values)]  # rows are alike to a draw: the first ones are those who answered
        self.counts = np.vstack([np.ones(len(self.values)), answered])
        self.answered = self.counts.sum(axis=1) / len(values)

    def mean(self, keep: np.ndarray, upper: bool) -> np.ndarray:
        """Mean of the share `keep` (draws,) of the answers, the highest or the lowest ones, in each draw."""
        values, counts = (self.values[::-1], self.counts[:, ::-1]) if upper else (self.values, self.counts)
        room = (keep * counts.sum(axis=1))[:, None]
        before = counts.cumsum(axis=1) - counts
        kept = np.clip(room - before, 0, counts)
        return (kept @ values) / np.maximum(kept.sum(axis=1), 1e-12)


def _bounds(treated: _Side, untreated: _Side) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lower and upper bound in each draw, and the share trimmed: above 0 of the treated, below 0 of the untreated."""
    first, second = treated.answered, untreated.answered
    larger = np.maximum(np.maximum(first, second), 1e-12)
    share = (first - second) / larger
    keep_treated, keep_untreated = 1 - np.clip(share, 0, None), 1 + np.clip(share, None, 0)
    lower = treated.mean(keep_treated, False) - untreated.mean(keep_untreated, True)
    upper = treated.mean(keep_treated, True) - untreated.mean(keep_untreated, False)
    return lower, upper, share


def _reach(width: float, error: float, confidence: float) -> float:
    """Standard errors that the interval reaches beyond each bound: fewer, the further the bounds lie apart."""
    if error <= 0:
        return 0.0
    two_sided = float(stats.norm.ppf((1 + confidence) / 2))
    return float(optimize.brentq(
        lambda c: stats.norm.cdf(c + width / error) - stats.norm.cdf(-c) - confidence, 0.0, two_sided + 1e-9))
