"""How far a score moves by sampling alone, and how many answers keep that from being taken for a change."""

import numpy as np
from scipy import special


def se_of_change(variance: float, n_before: float, n_after: float, *, base_known: bool = False) -> float:
    """Standard error of a change between two periods, in points.

    variance    of one answer in squared points, above 0: 10 000 times that of an NPS answer as -1/0/1, 400 where the SD is 20 points
    n_before, n_after   (effective) answers of each period, above 0;  base_known: the level before is a number without error
    errors      ValueError for a variance or a number of answers that is not above 0
    source      variance of a difference of two independent means
    """
    if not variance > 0 or not n_after > 0 or not (base_known or n_before > 0):
        raise ValueError(f"variance {variance}, {n_before} answers before and {n_after} after; all must be above 0")
    return float(np.sqrt(variance * (1 / n_after + (0 if base_known else 1 / n_before))))


def chance_by_luck(target_change: float, variance: float, n_before: float, n_after: float, *, base_known: bool = False) -> float:
    """Chance, 0-1, that a score in which nothing happened is seen to rise by at least this much.

    target_change   points;  variance, n_before, n_after, base_known: as `se_of_change`
    errors          as `se_of_change`
    assumes         means that are close to normal: some 30 answers or more
    source          normal approximation of two independent samples
    """
    return float(special.ndtr(-target_change / se_of_change(variance, n_before, n_after, base_known=base_known)))


def sample_for_target(change: float, variance: float, *, false_pay: float = 0.05, power: float = 0.8, base_known: bool = False) -> int:
    """Answers in each period by which a true change is told from none, as a rise above `false_pay`'s limit.

    change      points, above 0;  variance: of one answer in squared points, above 0 (see `se_of_change`)
    false_pay   chance, 0-1, that no change is taken for one;  power: chance, 0-1, that a change of this size is
    returns     whole number, at least 1
    errors      ValueError for a change or variance that is not above 0, and chances outside 0-1 or of which the change is no better
    source      n = 2 variance (z_false + z_power)^2 / change^2, half of it where the base is known; one-sided
    """
    if not change > 0 or not variance > 0 or not 0 < false_pay < power < 1:
        raise ValueError(
            f"change {change} and variance {variance} must be above 0, false_pay {false_pay} below power {power}, both between 0 and 1")
    reach = special.ndtri(1 - false_pay) + special.ndtri(power)
    return _whole((1 if base_known else 2) * variance * (reach / change) ** 2)


def sample_for_luck(change: float, variance: float, *, luck: float = 0.05, base_known: bool = False) -> int:
    """Answers in each period by which luck alone reaches a change with a chance of at most `luck`.

    change, variance   as `sample_for_target`;  luck: 0-0.5
    returns     whole number, at least 1
    errors      ValueError for a change or variance that is not above 0, and luck outside 0-0.5
    source      n = 2 variance z_luck^2 / change^2, half of it where the base is known
    """
    if not change > 0 or not variance > 0 or not 0 < luck < 0.5:
        raise ValueError(f"change {change} and variance {variance} must be above 0, and luck {luck} between 0 and one half")
    return _whole((1 if base_known else 2) * variance * (special.ndtri(1 - luck) / change) ** 2)


def _whole(n: float) -> int:
    return max(1, int(np.ceil(n - 1e-9)))
