"""What can be said of each area, decided once: every sentence on the page about an area keeps to it."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxlib.stats.drivers.influence import slopes_without_one
from cxlib.stats.moments import effective_n

CARRIED = 0.5  # share of a slope that one customer may make before nothing is built on it
BENT_ENOUGH = 0.004  # size of a bend (f2) that is worth a sentence
ALONE = 0.5  # share of its slope that an area shows by itself, unless what it shows by itself is no more than chance
# Of an area: more of it goes with more of the outcome, or with less; the outcome is highest or lowest in the middle;
# the sign turns when the others are held equal; one customer carries the figure; the effect is bent and shows no one
# direction; a question of it works against the others; no effect is shown.
LIFTS, LOWERS, BEST, WORST, TURNED, CARRIED_BY_ONE, BENT, OPPOSED, UNCLEAR = (
    "lifts", "lowers", "best", "worst", "turned", "carried", "bent", "opposed", "unclear",
)  # fmt: skip
SHIFTS = "shifts"  # of a category: its groups differ in the outcome
TURNING = (BEST, WORST)
SHOWN = (LIFTS, LOWERS, *TURNING, BENT, OPPOSED)  # whatever it is that matters, it is more than chance can give
NO_GAIN = (*TURNING, TURNED, CARRIED_BY_ONE, BENT, OPPOSED)  # a figure for more of it would mean nothing


def standings(total, direct, courses, plain, influence, *, opposed=(), confidence) -> pd.DataFrame:
    """One row per area: what can be said of it.

    total         impact and p_holm of each area's total effect on the outcome, between plain indices
    direct        p of its own arrow, nan without one
    courses       see `course.nonlinear_drivers`; areas that are not in it count as straight
    plain         r, low, high, slope: each area with the outcome by itself, see `plain_correlations`
    influence     see `influence.slopes_without_one`
    opposed       formative areas of which a question works against the others
    returns       standing, p_holm (of the total effect, over the areas), impact, shown (p_holm is below 1 - confidence),
                  alone (its own arrow is shown too), turn_from, turn_to (index points, of a turn), without (slope without
                  the customer who carries it)
    """
    level = 1 - confidence
    table = pd.DataFrame({"impact": total.impact, "p_holm": total.p_holm}, index=total.index)
    table["shown"] = table.p_holm < level
    table["alone"] = direct.reindex(table.index) < level
    table[["turn", "turn_from", "turn_to"]] = courses.reindex(table.index)[["turn", "turn_from", "turn_to"]]
    table["without"] = influence.without
    bent = pd.Series(table.index.isin(bends(courses).index), table.index)
    parted = table.index.isin(list(opposed))
    sign, along = np.sign(table.impact), goes_along(table.impact, plain)
    moved = (influence.slope - influence.without).abs() > CARRIED * influence.slope.abs()
    table["standing"] = np.select(
        [table.turn == "best", table.turn == "worst", table.shown & parted, table.shown & moved, table.shown & ~along,
         table.shown & (sign > 0), table.shown, bent], [BEST, WORST, OPPOSED, CARRIED_BY_ONE, TURNED, LIFTS, LOWERS, BENT], UNCLEAR)  # fmt: skip
    return table.drop(columns="turn")


def bends(courses: pd.DataFrame) -> pd.DataFrame:
    """The courses that bend, or turn, by more than chance and by enough for a sentence."""
    return courses[(courses["shape"] != "linear") & (courses.f2 >= BENT_ENOUGH)]


def goes_along(slopes, plain) -> np.ndarray:
    """Whether each area goes the same way by itself as with the others held equal; a suppressed one does not."""
    same = np.sign(slopes) == np.sign(plain.r)
    shown = (plain.low > 0) | (plain.high < 0)
    return (same & (shown | (plain.slope.abs() >= ALONE * slopes.abs()))).to_numpy()


def plain_correlations(x: pd.DataFrame, y, weights, *, confidence) -> pd.DataFrame:
    """Each column with y by itself, over the rows that have both: r, low, high (Fisher's z, effective n), slope."""
    rows = {}
    for name in x:
        both = (x[name].notna() & y.notna()).to_numpy()
        w = weights[both]
        covariance = np.cov(x[name][both], y[both], aweights=w)
        r = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]) if covariance[0, 0] > 0 else 0.0
        margin = norm.ppf((1 + confidence) / 2) / np.sqrt(max(effective_n(w) - 3, 1))
        low, high = np.tanh(np.arctanh(np.clip(r, -0.999999, 0.999999)) + np.array([-margin, margin]))
        slope = covariance[0, 1] / covariance[0, 0] if covariance[0, 0] > 0 else 0.0
        rows[name] = {"r": r, "low": low, "high": high, "slope": slope}
    return pd.DataFrame.from_dict(rows, orient="index")


def influence_of_one(x, y, controls, weights) -> pd.DataFrame:
    """See `slopes_without_one`; rows with a gap are left out."""
    kept = (x.notna().all(axis=1) & y.notna()).to_numpy()
    return slopes_without_one(x[kept], y[kept], controls=None if controls is None else controls[kept], weights=weights[kept])
