"""Net Promoter Score: the share of promoters minus the share of detractors, in points from -100 to 100.

Intervals are adjusted Wald: three answers are added, 3/4 promoter, 3/4 detractor, 3/2 passive. Plain Wald covers too
little below n = 100 and has no width when everybody gives the same answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.moments import effective_n
from cxlib.stats.survey.estimates import (
    Difference,
    Estimate,
    answers,
    interval_n,
    normal_quantile,
    on_scale,
    pairs,
    population_factor,
)

PSEUDO_ANSWERS = 3  # of which a quarter promoters and a quarter detractors


@dataclass(frozen=True)
class NetPromoterScore(Estimate):
    """An NPS in points with its interval, and what it is made of.

    promoters, passives, detractors  shares 0-1, None when nobody answered
    adjusted, se  middle and standard error of the interval, in points: what differences and trends are tested with
    """

    promoters: float | None
    passives: float | None
    detractors: float | None
    adjusted: float | None
    se: float | None


def net_promoter_score(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    scale: Sequence[float] = (0, 10),
    detractor_max: int = 6,
    promoter_min: int = 9,
    population: int | None = None,
    confidence: float = 0.95,
) -> NetPromoterScore:
    """Net Promoter Score in points, -100 to 100: 100 (share of promoters - share of detractors).

    scores      (respondents,) answers on `scale`; None and NaN are left out
    weights     (respondents,) positive survey weights; the interval then uses Kish's effective n
    detractor_max, promoter_min  highest score of a detractor, lowest of a promoter
    population  people who could have answered, if few: narrows the interval (none is left at a census)
    returns     NetPromoterScore; all but n and n_eff None when nobody answered. The interval is clipped to
                [-100, 100] and always holds the estimate
    errors      ValueError for scores off the scale, faulty weights, thresholds in the wrong order, a population below
                the answers, and a confidence outside 0-1
    source      Reichheld 2003, HBR 81(12); Rocks 2016, Am. Statistician 70(4): adjusted Wald
    """
    category, weights = _categories(scores, weights, scale, detractor_max, promoter_min)
    if len(category) == 0:
        return NetPromoterScore(None, None, None, 0, 0.0, None, None, None, None, None)
    promoters, detractors = (float(np.average(category == sign, weights=weights)) for sign in (1, -1))
    n = interval_n(weights, population)
    adjusted, se = _adjusted(promoters, detractors, n, PSEUDO_ANSWERS)
    low, high = net_promoter_interval(promoters, detractors, n, confidence=confidence)
    return NetPromoterScore(
        100 * (promoters - detractors), float(low), float(high), len(category), effective_n(weights),
        promoters, float(np.average(category == 0, weights=weights)), detractors, float(adjusted), float(se),
    )  # fmt: skip


def net_promoter_interval(
    promoters: ArrayLike,
    detractors: ArrayLike,
    n: ArrayLike,
    *,
    confidence: float = 0.95,
    pseudo_answers: int = PSEUDO_ANSWERS,
    clipped: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """Interval of an NPS in points from its shares: low and high, each of their shape (numbers for numbers).

    promoters, detractors  shares 0-1 (any shape);  n: effective number of answers, above 0
    pseudo_answers  3 is adjusted Wald; 0 is plain Wald, for comparison only
    clipped    False leaves bounds beyond -100 and 100, and does not widen the interval to hold the estimate
    errors     ValueError for a confidence outside 0-1
    source     Rocks 2016; measuringu.com/nps-confidence-intervals
    """
    middle, se = _adjusted(promoters, detractors, n, pseudo_answers)
    margin = normal_quantile(confidence) * se
    if not clipped:
        return middle - margin, middle + margin
    estimate = 100 * (np.asarray(promoters) - detractors)
    return np.clip(np.minimum(middle - margin, estimate), -100, 100), np.clip(
        np.maximum(middle + margin, estimate), -100, 100
    )


def net_promoter_difference(
    before: NetPromoterScore, after: NetPromoterScore, *, confidence: float = 0.95
) -> Difference:
    """NPS after minus NPS before in points, -200 to 200, of two independent samples.

    assumes   different respondents; the same ones twice: paired_net_promoter_difference
    returns   Difference: p is two-sided, of z = difference of the adjusted scores / sqrt(se1^2 + se2^2)
    errors    ValueError for a confidence outside 0-1
    source    measuringu.com/nps-significance-test, adjusted Wald on both sides
    """
    first, last = _figures(before), _figures(after)
    if first is None or last is None:
        return Difference(None, None, None, None, before.n, after.n)
    se = float(np.hypot(first[2], last[2]))
    return _difference(last[0] - first[0], last[1] - first[1], se, before.n, after.n, confidence)


def paired_net_promoter_difference(
    before: ArrayLike,
    after: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    scale: Sequence[float] = (0, 10),
    detractor_max: int = 6,
    promoter_min: int = 9,
    population: int | None = None,
    confidence: float = 0.95,
) -> Difference:
    """NPS after minus NPS before in points, -200 to 200, when the same respondents answered twice.

    before, after  (respondents,) scores in the same order; rows that lack one of them are left out
    returns   Difference from the mean change of the categories -1, 0, 1, adjusted by two pseudo-respondents of whom
              half move up by one and half down, so that it has a width when nobody changed
    errors    ValueError for sides of different length, and as net_promoter_score
    source    the paired form of adjusted Wald: Agresti and Min 2005, Statistics in Medicine 24, for -1/0/1
    """
    before, after, weights = pairs(before, after, weights)
    first, last = (_categories(scores, weights, scale, detractor_max, promoter_min)[0] for scores in (before, after))
    if len(first) == 0:
        return Difference(None, None, None, None, 0, 0)
    change, squares = (
        np.average(last - first, weights=weights),
        np.average((last - first) ** 2, weights=weights),
    )
    n = interval_n(weights, population)
    kept = 1 / (1 + 2 / n)
    adjusted = kept * change
    variance = kept * squares + (1 - kept) - adjusted**2
    se = 100 * np.sqrt(variance * kept / n)
    return _difference(100 * float(change), 100 * adjusted, se, len(first), len(first), confidence)


def net_promoter_sample_size(
    margin: float,
    *,
    variance: float = 0.62,
    design_effect: float = 1.0,
    population: int | None = None,
    confidence: float = 0.95,
) -> int:
    """Answers needed for an NPS interval of +- margin points.

    margin    points, above 0;  variance: of one answer as -1/0/1; .62 is common, 1 the worst case
    design_effect  of the weights, 1 without;  population: people who could answer, if few
    returns   whole number, at least 1
    errors    ValueError for a margin of 0 or below, a variance outside 0-1, a design effect or population below 1
    source    n = variance z^2 / margin^2 - 3; measuringu.com/nps-ci-sample-size
    """
    if not margin > 0 or not 0 < variance <= 1 or not design_effect >= 1:
        raise ValueError(
            f"margin == {margin}, variance == {variance}, design_effect == {design_effect}; "
            "needed: margin above 0, variance above 0 and up to 1, design_effect at least 1"
        )
    n = design_effect * (variance * (100 * normal_quantile(confidence) / margin) ** 2 - PSEUDO_ANSWERS)
    if population is not None:
        population_factor(1, population)
        n = n * population / (population - 1 + n)
    return max(1, int(np.ceil(n - 1e-9)))


def _categories(
    scores: ArrayLike, weights: ArrayLike | None, scale: Sequence[float], detractor_max: int, promoter_min: int
) -> tuple[np.ndarray, np.ndarray]:
    """Each answer as 1 (promoter), 0 or -1 (detractor), and the weights."""
    if not scale[0] <= detractor_max < promoter_min <= scale[1]:
        raise ValueError(
            f"detractor_max == {detractor_max}, promoter_min == {promoter_min} on the scale {scale}; "
            "detractors lie below promoters and both on the scale"
        )
    scores, weights = answers(scores, weights)
    on_scale(scores, scale)
    return (scores >= promoter_min) * 1.0 - (scores <= detractor_max), weights


def _figures(score: NetPromoterScore) -> tuple[float, float, float] | None:
    """Estimate, middle of the interval and standard error; None when nobody answered."""
    if score.estimate is None or score.adjusted is None or score.se is None:
        return None
    return score.estimate, score.adjusted, score.se


def _adjusted(
    promoters: ArrayLike, detractors: ArrayLike, n: ArrayLike, pseudo_answers: int
) -> tuple[np.ndarray, np.ndarray]:
    """Middle and standard error of the interval, in points."""
    promoters, detractors, n = (np.asarray(a, float) for a in (promoters, detractors, n))
    kept = 1 / (1 + pseudo_answers / n)  # share of the real answers; written so that n may be infinite
    up, down = (kept * share + (1 - kept) / 4 for share in (promoters, detractors))
    variance = np.maximum(up + down - (up - down) ** 2, 0)
    return 100 * (up - down), 100 * np.sqrt(variance * kept / n)


def _difference(
    estimate: float, adjusted: float, se: float, n_before: int, n_after: int, confidence: float
) -> Difference:
    """A difference in points around the adjusted one; without p when both sides are a census."""
    margin = normal_quantile(confidence) * float(se)
    p = float(2 * stats.norm.sf(abs(adjusted) / se)) if se > 0 else None
    low, high = min(adjusted - margin, estimate), max(adjusted + margin, estimate)
    return Difference(estimate, max(float(low), -200.0), min(float(high), 200.0), p, n_before, n_after)
