"""Which target can be reached, how surely it is met, and which one is not met by luck."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from cxlib.stats.steering.forecast import ScoreForecast, chance_above
from cxlib.stats.steering.luck import sample_for_luck, sample_for_target, se_of_change


@dataclass(frozen=True)
class HonestTarget:
    """The smallest change worth promising, in points.

    change     that an unchanged company is seen to make with a chance of at most `luck`
    seen       true change that meets it with the power asked
    n_for_luck, n_for_power   answers a period by which the wanted change is as hard to meet by luck, and by which it is met with the power
               asked, too, where it is true; None where no change was asked
    """

    change: float
    seen: float
    luck: float
    n_for_luck: int | None
    n_for_power: int | None


def reliability(spread: float, variance: float, n: float) -> float:
    """Share, 0-1, of the differences between observed scores that is true: the rest is sampling.

    spread     SD of the true levels, points, 0 or more
    variance   of one answer in squared points;  n: answers behind each score; both above 0
    errors     ValueError for a spread below 0, and a variance or n that is not above 0
    source     intraclass reliability of a mean: spread^2 / (spread^2 + variance / n)
    """
    if not spread >= 0 or not variance > 0 or not n > 0:
        raise ValueError(f"spread {spread}, variance {variance}, n {n}; a spread of 0 or more, and a variance and n above 0 are needed")
    return float(spread**2 / (spread**2 + variance / n))


def reachable_target(own: float, benchmark: ArrayLike, reliability: float) -> float:
    """What the better quarter of comparable companies truly reaches, in points; the own level where that is higher.

    own           level of the company
    benchmark     (companies,) observed scores, four or more; NaN is left out
    reliability   0-1, as `reliability`: so far is the upper quartile drawn away from the mean
    errors        ValueError for fewer than four scores, a level that is missing, and a reliability outside 0-1
    assumes       companies of which the own one could be one
    source        regression to the mean (Kelley 1947): mean + reliability (quartile - mean)
    """
    values = np.asarray(benchmark, float)
    values = values[np.isfinite(values)]
    if len(values) < 4 or not np.isfinite(own) or not 0 <= reliability <= 1:
        raise ValueError(
            f"{len(values)} scores, own level {own}, reliability {reliability}; four scores, a level, and a reliability of 0 to 1 are needed")
    mean = values.mean()
    return float(max(own, mean + reliability * (np.quantile(values, 0.75) - mean)))


def chance_met(foretold: ScoreForecast | tuple[float, float], target: float, *, ahead: int | None = None, variance: float = 0.0) -> float:
    """Chance, 0-1, that a score lies at or above its target.

    foretold   a forecast, or (level, standard error) in points
    ahead      period of the forecast, the last one when None
    variance   sampling variance of the score that will be seen, in squared points; 0 asks for the level itself
    errors     as `chance_above`, and ValueError for a standard error that is not above 0 while the variance is 0
    source     mixture of the forecast, or one normal distribution
    """
    if isinstance(foretold, ScoreForecast):
        return chance_above(foretold, target, len(foretold.course) if ahead is None else ahead, variance=variance)
    level, se = foretold
    if not np.isfinite([level, target]).all() or not se >= 0 or not variance >= 0 or not se + variance > 0:
        raise ValueError(f"level {level}, standard error {se}, target {target}, variance {variance}; points, and a spread above 0 are needed")
    return float(special.ndtr((level - target) / np.hypot(se, np.sqrt(variance))))


def honest_target(
    variance: float, n_before: float, n_after: float, *, base_known: bool = False, luck: float = 0.05, power: float = 0.8,
    wanted: float | None = None,
) -> HonestTarget:  # fmt: skip
    """The smallest change that an unchanged company meets with a chance of at most `luck`, and the answers that a wanted one takes.

    variance, n_before, n_after, base_known   as `se_of_change`
    luck       0-0.5;  power: above luck, below 1;  wanted: points, above 0, or None
    errors     as `se_of_change`, `sample_for_luck` and `sample_for_target`, and ValueError for a luck or power outside their ranges
    source     normal approximation of two independent samples, one-sided
    """
    if not 0 < luck < 0.5 or not luck < power < 1:
        raise ValueError(f"luck == {luck}, power == {power}; luck below one half, and power between luck and 1 are needed")
    se, limit = se_of_change(variance, n_before, n_after, base_known=base_known), special.ndtri(1 - luck)
    for_luck = for_power = None
    if wanted is not None:
        for_luck = sample_for_luck(wanted, variance, luck=luck, base_known=base_known)
        for_power = sample_for_target(wanted, variance, false_pay=luck, power=power, base_known=base_known)
    return HonestTarget(float(limit * se), float((limit + special.ndtri(power)) * se), luck, for_luck, for_power)
