"""Is there any departure from a straight line, at any place?

The p-value comes from wild bootstrap draws, so it holds when the spread of the answers changes with x; with
clusters one multiple is drawn for each unit, so it holds when a unit answers more than once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from cxlib.stats.breaks import break_support as bs
from cxlib.stats.breaks import breakpoints as bp


@dataclass(frozen=True)
class LineTest:
    """A test of the straight line.

    statistic      largest robust score over all kinks and steps, chi-square scale
    p              probability of so large a score if the line were true
    critical       the score at 1 - confidence under the line
    place          x of the largest score
    design_effect  robust over plain variance of that score: 1 for independent answers with one spread
    """

    statistic: float
    p: float
    critical: float
    place: float
    design_effect: float
    draws: int


@dataclass(frozen=True)
class Slope:
    """Slope of the straight line, points per unit of x, with robust interval and p."""

    estimate: float
    low: float
    high: float
    p: float
    n: int


def line_test(
    x: ArrayLike, y: ArrayLike, *, weights: ArrayLike | None = None, covariates: ArrayLike | None = None,
    clusters: ArrayLike | None = None, side_share: float = 0.05, side_rows: int = 30, draws: int = 999, seed: int = 0,
    confidence: float = 0.95,
) -> LineTest:
    """Probability of so large a departure from a straight line, at any place, if the line were true.

    x, y      (n,) numbers; weights (n,); covariates (n, p); clusters (n,) labels of units that repeat
    side_share, side_rows   least share and number of rows on either side of a place
    returns   LineTest
    errors    ValueError, see `break_support` and `one_break`
    assumes   independent rows or clusters; the spread may change with x
    source    robust sup-score (Hansen 1996, Econometrica 64) with Gaussian multipliers, over kinks and steps;
              the usual F test finds a break in 23-31 % of straight lines whose spread grows with x
    """
    support = bs.break_support(x, y, weights=weights, covariates=covariates, clusters=clusters)
    return departure(support, side_share=side_share, side_rows=side_rows, draws=draws, seed=seed,
                     confidence=confidence)


def departure(
    support: bs.Support, *, side_share: float = 0.05, side_rows: int = 30, draws: int = 999, seed: int = 0,
    confidence: float = 0.95,
) -> LineTest:
    """`line_test` for data already collapsed to their support.

    errors    ValueError where no place has enough rows on either side
    source    as `line_test`; at most 200 places on 1,000 merged values of x
    """
    support, _ = bs.merged(support, 1000)
    knots = np.flatnonzero(bp.candidates(support, "kink", side_share, side_rows)[0])
    knots = knots[np.unique(np.linspace(0, len(knots) - 1, 200).astype(int))]
    mom = bs.moments(support)
    robust = score_variances(support, mom, knots)
    plain = np.stack([mom.C[knots], mom.E[knots]]) * support.rss / (support.n - support.parameters)
    noise, _ = bs.wild_noise(support, support.residual, draws, np.random.default_rng(seed))
    score = _scores(support, support.r, knots) ** 2 / robust
    drawn = (_scores(support, noise, knots) ** 2 / robust[..., None]).max(axis=(0, 1))
    kind, at = np.unravel_index(np.argmax(score), score.shape)
    return LineTest(
        statistic=float(score[kind, at]), p=float((1 + (drawn >= score[kind, at]).sum()) / (draws + 1)),
        critical=float(np.quantile(drawn, confidence)), place=float(support.x[knots[at]]),
        design_effect=float(robust[kind, at] / plain[kind, at]), draws=draws)


def line_slope(support: bs.Support, *, confidence: float = 0.95) -> Slope:
    """Slope of the straight line with its robust (or cluster-robust) interval; see `Slope`.

    source    sandwich variance times n / (n - p): statsmodels OLS cov_type="HC1" without clusters
    """
    inverse = np.linalg.inv(support.triangle)
    line = inverse @ support.projection
    if support.cluster is None:
        meat = bs.score_variance(support, support.residual)[2]
    else:
        scores = bs.cluster_scores(support, support.residual)[1]
        meat = scores @ scores.T
    inflate = support.n / (support.n - support.parameters)
    error = np.sqrt(inflate * (inverse @ meat @ inverse.T)[1, 1])
    margin = norm.ppf((1 + confidence) / 2) * error
    return Slope(estimate=float(line[1]), low=float(line[1] - margin), high=float(line[1] + margin),
                 p=float(2 * norm.sf(abs(line[1]) / error)), n=support.n)


def _scores(support: bs.Support, r: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Scores (2, knots, ...) of a kink and of a step."""
    return np.stack([bs.ramp(support.x, r)[knots], bs.tail(r)[knots]])


def score_variances(support: bs.Support, mom: bs.Moments, knots: np.ndarray) -> np.ndarray:
    """Variance (2, knots) of the scores of a kink and of a step, from the squared residuals."""
    inflate = support.n / (support.n - support.parameters)
    if support.cluster is not None:
        return inflate * _cluster_variances(support, mom, knots)
    at_x, cross, base = bs.score_variance(support, support.residual)
    terms = [(bs.ramp_squared(support.x, at_x), bs.ramp(support.x, cross), mom.ah),
             (bs.tail(at_x), bs.tail(cross), mom.at)]
    return inflate * np.stack([
        (square - 2 * (part * taken).sum(1) + ((taken @ base) * taken).sum(1))[knots]
        for square, part, taken in terms])


def _cluster_variances(support: bs.Support, mom: bs.Moments, knots: np.ndarray) -> np.ndarray:
    at_x, base = bs.cluster_scores(support, support.residual)
    hinge = np.clip(support.x - support.x[knots, None], 0, None)
    step = (support.x > support.x[knots, None]).astype(float)
    by_unit = [(at_x.T @ term.T).T - taken[knots] @ base
               for term, taken in ((hinge, mom.ah), (step, mom.at))]
    return np.stack([(score**2).sum(1) for score in by_unit])
