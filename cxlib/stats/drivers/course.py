"""The course of a driver's effect along its values: a straight line, a bend, or a turn in the middle."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import f as f_distribution

from cxlib.stats.bootstrap import Sample, percentile_interval, wald_p
from cxlib.stats.drivers.asymmetry import concerned, held_equal, least_squares
from cxlib.stats.moments import finite
from cxlib.stats.survey.comparison import holm

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)  # nodes of a driver with many values
ANSWERS = 7  # up to so many different values, each is a node
FEWEST = 10  # rows at a node of few values, and on either side of one of many
TURNS = 0.25  # the smaller side of a turn, as a share of the larger
NOTICED = 0.1  # SDs of the outcome that the smaller side moves at least


def nonlinear_drivers(
    x: pd.DataFrame, y: ArrayLike, *, controls: ArrayLike | None = None, weights: ArrayLike | None = None,
    strata: ArrayLike | None = None, clusters: ArrayLike | None = None, resamples: int = 1000, confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Is the effect of each driver a straight line, given the others, and does it turn?

    x, controls  as in `asymmetry.kano_kinds`
    returns    one row per driver: p, p_holm (of a straight line), f2 (size of the bend: what it explains over what is
               left unexplained; .02 is small), slope_low, slope_middle, slope_high (units of y per unit, in the lower,
               middle and upper part of its values), shape: "linear", "levels_off", "accelerates", "non_monotone", "other";
               p_turn, p_turn_holm, turn: "best", "worst" or "" (where the outcome is highest, or lowest, in the middle),
               turn_from, turn_to (the values between which that is), rise, fall (units of y from the lower end to there,
               and from there to the upper end); to_top, to_top_low, to_top_high (units of y that all would gain on
               average at the highest value seen)
    assumes    at least three different values; else p is 1 and the shape "linear". The others may bend as well where
               there are 20 rows for each coefficient; with fewer they are straight lines
    errors     Refusal (a ValueError) for drivers that are collinear or constant; ValueError for missing answers without controls, a
               missing outcome, and faulty weights
    source     linear spline with knots at the quartiles of the values (at every inner answer of a short scale); F test
               with bootstrap covariance, Holm corrected. A turn: an inner knot lies above both ends, or below both, each
               by more than chance can give (intersection-union, as Lind and Mehlum 2010 test a quadratic), corrected for
               knots and drivers, and the smaller side is a quarter of the larger
    """
    x = pd.DataFrame(x).astype(float)
    y = finite(y)
    nodes = {name: _nodes(x[name].dropna().to_numpy()) for name in x.columns}
    bent = {name: concerned(_spline(x[name].to_numpy(), nodes[name]), controls) for name in x.columns}
    held = held_equal(controls)
    flexible = len(x) >= 20 * sum(columns.shape[1] for columns in (*bent.values(), *held))
    rows = []
    for name in x.columns:
        others = [bent[other] if flexible else bent[other][:, :1] for other in x.columns if other != name]
        columns, values = np.column_stack([bent[name], *others, *held]), x[name].dropna().to_numpy()
        estimate, draws, base = least_squares(columns, y, weights, strata, clusters, resamples, seed)
        course = _Course(nodes[name], _answers(values) is not None, estimate, draws, base, confidence)
        rows.append(course.bend() | course.turn() | course.to_top(values))
    return _judged(pd.DataFrame(rows, index=pd.Index(x.columns, name="driver")), y.std(), 1 - confidence)


def _judged(table: pd.DataFrame, spread: float, level: float) -> pd.DataFrame:
    """Adjusted for the number of drivers; a shape is named where it holds."""
    table.insert(1, "p_holm", holm(table["p"]))
    table.insert(list(table.columns).index("p_turn") + 1, "p_turn_holm", holm(table["p_turn"]))
    sides = table[["rise", "fall"]].abs()
    large = sides.min(axis=1) >= np.maximum(TURNS * sides.max(axis=1), NOTICED * spread)
    turns = (table["p_turn_holm"] < level) & large
    table["shape"] = table["shape"].where(table["p_holm"] < level, "linear").mask(turns, "non_monotone")
    table["turn"] = table["turn"].where(turns, "")
    table.loc[~turns, ["turn_from", "turn_to", "rise", "fall"]] = np.nan
    return table


@dataclass(frozen=True)
class _Course:
    """One driver's effect as slopes between its nodes, the first coefficients of a fit, with their draws."""

    nodes: np.ndarray
    every_answer: bool  # the nodes are all there is, nothing lies between them
    estimate: np.ndarray
    draws: np.ndarray
    base: float
    confidence: float

    @property
    def own(self) -> slice:
        return slice(max(len(self.nodes) - 1, 1))

    @property
    def limits(self) -> Sample:
        return {"n": self.base, "fitted": len(self.estimate)}

    def bend(self) -> dict[str, float | str]:
        """Test and size of the bend, and which way the slope changes from the lower to the upper end."""
        slopes, draws = np.cumsum(self.estimate[self.own]), np.cumsum(self.draws[self.own], axis=0)
        df, hinges = max(self.base - len(self.estimate) - 1, 1), slice(1, len(slopes))
        p, f2, shape = 1.0, 0.0, "other"
        if len(slopes) > 1:
            covariance = np.atleast_2d(np.cov(self.draws[hinges])) * _inverse_bias(self.draws.shape[1], len(slopes) - 1)
            bent = self.estimate[hinges] @ np.linalg.solve(covariance, self.estimate[hinges])
            p, f2 = float(f_distribution.sf(bent / (len(slopes) - 1), len(slopes) - 1, df)), float(bent / df)
            low, high = percentile_interval(np.sign(slopes.sum()) * (draws[-1] - draws[0]), confidence=self.confidence)
            shape = "levels_off" if high < 0 else "accelerates" if low > 0 else "other"
            if slopes[0] * slopes[-1] < 0 and min(abs(slopes[[0, -1]])) > TURNS * max(abs(slopes[[0, -1]])):
                shape = "other"  # up at one end and down at the other is neither
        return {"p": p, "f2": f2, "slope_low": slopes[0], "slope_middle": slopes[len(slopes) // 2],
                "slope_high": slopes[-1], "shape": shape}

    def turn(self) -> dict[str, float | str]:
        """The inner node that lies above both ends, or below both, most clearly, and what cannot be told from it."""
        none: dict[str, float | str] = {"p_turn": 1.0, "turn": ""}
        none |= dict.fromkeys(("turn_from", "turn_to", "rise", "fall"), np.nan)
        if len(self.nodes) < 3:
            return none
        heights, draws = self._heights(self.estimate[self.own, None])[:, 0], self._heights(self.draws[self.own])
        ends = [(heights[1:-1] - heights[end], draws[1:-1] - draws[end]) for end in (0, -1)]
        p = np.maximum(*(wald_p(apart, of, **self.limits) / 2 for apart, of in ends))
        p = np.where(np.sign(ends[0][0]) == np.sign(ends[1][0]), p, 1.0)
        if p.min() == 1:
            return none
        side = np.sign(ends[0][0][p.argmin()])
        place = 1 + int((side * heights[1:-1]).argmax())
        start, end = self._not_told_apart(side * heights, side * draws, place)
        return {"p_turn": min(1.0, 2 * len(p) * p.min()), "turn": "best" if side > 0 else "worst", "turn_from": start,
                "turn_to": end, "rise": heights[place] - heights[0], "fall": heights[-1] - heights[place]}

    def to_top(self, values: np.ndarray) -> dict[str, float | str]:
        """What all would gain on average at the highest value seen."""
        change = _spline(values.max(keepdims=True), self.nodes)[0] - _spline(values, self.nodes).mean(axis=0)
        low, high = percentile_interval(change @ self.draws[self.own], confidence=self.confidence, **self.limits)
        return {"to_top": change @ self.estimate[self.own], "to_top_low": float(low), "to_top_high": float(high)}

    def _heights(self, coefficients: np.ndarray) -> np.ndarray:
        """The effect at each node, above that at the first one: (nodes, draws)."""
        rises = np.cumsum(coefficients, axis=0) * np.diff(self.nodes)[:, None]
        return np.vstack([np.zeros_like(rises[:1]), np.cumsum(rises, axis=0)])

    def _not_told_apart(self, heights: np.ndarray, draws: np.ndarray, place: int) -> tuple[float, float]:
        """First and last value of the stretch round the top that cannot be told from it; up to the next nodes on either
        side, where the top may lie between nodes."""
        lower = wald_p(heights[place] - heights, draws[place] - draws, **self.limits) / 2 < 1 - self.confidence
        start, end = place, place
        while start > 0 and not lower[start - 1]:
            start -= 1
        while end < len(self.nodes) - 1 and not lower[end + 1]:
            end += 1
        if not self.every_answer:
            start, end = max(start - 1, 0), min(end + 1, len(self.nodes) - 1)
        return self.nodes[start], self.nodes[end]


def _nodes(values: np.ndarray) -> np.ndarray:
    """Where the slope may change, with both ends: every answer of a short scale that is often given, else quantiles."""
    if (answers := _answers(values)) is not None:
        return answers
    low, *knots, high = np.quantile(values, QUANTILES)
    inner = [knot for knot in np.unique(knots) if low < knot < high
             and min((values < knot).sum(), (values > knot).sum()) >= FEWEST]  # fmt: skip
    return np.array([low, *inner, high])


def _answers(values: np.ndarray) -> np.ndarray | None:
    """The often given answers of a short scale, None of a long one."""
    distinct, counts = np.unique(values, return_counts=True)
    return distinct[counts >= FEWEST] if len(distinct) <= ANSWERS else None


def _spline(values: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """A driver as a linear spline: itself and one hinge for each inner node."""
    return np.column_stack([values, *(np.maximum(values - node, 0) for node in nodes[1:-1])])


def _inverse_bias(draws: int, columns: int) -> float:
    """How much too large the inverse of a covariance of few draws is on average: Hartlap et al. 2007, A&A 464."""
    return max(draws - 1, 1) / max(draws - columns - 2, 1)
