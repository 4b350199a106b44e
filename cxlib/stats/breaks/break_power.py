"""How small a break could these data have found? The three gates, run on breaks planted in the data's own noise."""

from dataclasses import dataclass

import numpy as np

from cxlib.stats.breaks import break_support as bs
from cxlib.stats.breaks import break_tests as bt
from cxlib.stats.breaks import breakpoints as bp
from cxlib.stats.breaks import shape_contest as sc
from cxlib.stats.breaks.break_verdict import MARGIN, upper_x

SHAPES = ("line", "square root", "log", "quadratic", "spline")


@dataclass(frozen=True)
class FindableBreak:
    """The smallest break of one shape that is found with the wanted power.

    loss          points of y: of a kink at the 95 % quantile of x, against the line going on, of a step the step
                  itself; None when none is found
    slope_change  of a kink, points per unit of x; None for a step
    place         where it was planted
    power         share of draws in which all gates were passed (0-1)
    """

    loss: float | None
    slope_change: float | None
    place: float
    power: float
    draws: int


def smallest_findable_break(
    support: bs.Support, free: bs.Support, shape: str = "kink", *, line: bt.LineTest | None = None,
    smallest_loss: float = 0.0, margin: float = MARGIN, place: float = 0.5, power: float = 0.8,
    side_share: float = 0.05, side_rows: int = 30, draws: int = 300, seed: int = 0,
) -> FindableBreak:
    """The smallest break that these x, this noise and all gates find in a given share of samples; FindableBreak.

    support, free  from `break_support`, with and without x in the base; line: LineTest already made
    shape          "kink" or "step"
    smallest_loss  gate 3, points of y
    place          quantile of x at which the break is planted (0-1)
    power          wanted share of samples (0-1)
    errors         ValueError where no place has enough rows on either side
    assumes        noise as round the fitted straight line; the ceiling of the scale is left out, so the answer is
                   a little too good near a full scale
    """
    line = line or bt.departure(support, side_share=side_share, side_rows=side_rows, seed=seed)
    trial = _Trial(support, free, shape, line, smallest_loss, margin, place, side_share, side_rows, draws, seed)
    unit = np.sqrt(line.critical * trial.robust) / trial.spread
    low, high = 0.0, None
    for size in unit * np.array([1, 2, 4, 8, 16, 32]):
        if trial.power(size) >= power:
            high = size
            break
        low = size
    if high is None:
        return FindableBreak(None, None, trial.at, trial.power(low), draws)
    for _ in range(6):
        middle = (low + high) / 2
        low, high = (low, middle) if trial.power(middle) >= power else (middle, high)
    slope = float(high) if shape == "kink" else None
    return FindableBreak(float(high * trial.reach), slope, trial.at, trial.power(high), draws)


class _Trial:
    """Draws of noise once; a kink of any size can then be planted in them and looked for."""

    def __init__(
        self, support: bs.Support, free: bs.Support, shape: str, line: bt.LineTest, smallest_loss: float, margin: float,
        place: float, side_share: float, side_rows: int, draws: int, seed: int,
    ) -> None:
        support, free = (bs.merged(s, 200)[0] for s in (support, free))
        self.support, self.free, self.line, self.smallest, self.margin = support, free, line, smallest_loss, margin
        self.shape = shape
        self.mom = bs.moments(support)
        self.knots, self.gaps = bp.candidates(support, "kink", side_share, side_rows)
        wanted = upper_x(support, place)
        self.knot = int(min(np.flatnonzero(self.knots), key=lambda k: abs(support.x[k] - wanted)))
        self.at = float(support.x[self.knot])
        self.reach = max(upper_x(support) - self.at, np.diff(support.x).min()) if shape == "kink" else 1.0
        self.noise, _ = bs.wild_noise(free, support.residual, draws, np.random.default_rng(seed))
        kind = int(shape == "step")
        self.spread = (self.mom.C, self.mom.E)[kind][self.knot]
        self.robust = bt.score_variances(support, self.mom, np.array([self.knot]))[kind, 0]
        self.planted = np.clip(support.x - self.at, 0, None) if shape == "kink" else (support.x > self.at) * 1.0
        self.slope = np.linalg.solve(support.triangle, support.projection)[1]
        self.all_robust = bt.score_variances(support, self.mom, np.flatnonzero(self.knots))

    def power(self, size: float) -> float:
        """Share of draws in which a break of this size (change of slope, or step) passes all gates."""
        free, support, x = self.free, self.support, self.support.x
        fitted = self.slope * x + np.sign(self.slope or -1) * size * self.planted
        r_free = (free.weight * fitted - free.q @ (free.q.T @ fitted))[:, None] + self.noise
        along = free.weight * x - free.q @ (free.q.T @ x)
        r = r_free - np.outer(along, x @ r_free) / (x @ along)
        line_gain = (x @ r_free) ** 2 / (x @ along)
        ramp_r, tail_r = bs.ramp(x, r), bs.tail(r)
        score = np.stack([ramp_r, tail_r])[:, self.knots] ** 2 / self.all_robust[..., None]
        passed = score.max(axis=(0, 1)) > self.line.critical
        kink = bp.kink_gains(x, self.mom, ramp_r, tail_r, self.knots, self.gaps)[0].max(axis=0)
        step = bp.step_gains(self.mom, ramp_r, tail_r, self.gaps)
        total = support.rss + line_gain + np.maximum(kink, step.max(axis=0))
        effective = support.n / max(self.line.design_effect, 1.0)
        best = self._bic(line_gain + np.maximum(kink, step.max(axis=0)), total, effective, 2)
        smooth = np.min([self._bic(self._explained(shape, r_free), total, effective, extra)
                         for shape, extra in zip(SHAPES, (0, 0, 0, 1, 2), strict=True)], axis=0)
        clear = np.where(kink >= step.max(axis=0), self._clear(0, ramp_r), self._clear(1, tail_r))
        return float((passed & (best + self.margin <= smooth) & clear).mean())

    def _bic(self, gain: np.ndarray, total: np.ndarray, effective: float, extra: int) -> np.ndarray:
        return effective * np.log1p(-gain / (total + self.support.rss * 1e-9)) + extra * np.log(effective)

    def _explained(self, shape: str, r_free: np.ndarray) -> np.ndarray:
        columns = sc.smooth_columns(self.free.x, shape, self.free.weight)
        taken = self.free.q.T @ columns
        gram = columns.T @ (self.free.weight[:, None] * columns) - taken.T @ taken
        right = columns.T @ r_free
        return (right * np.linalg.lstsq(gram, right, rcond=1e-12)[0]).sum(axis=0)

    def _clear(self, kind: int, sums: np.ndarray) -> np.ndarray:
        """Gate 3: the best kink (0) or step (1) of each draw is clear of the smallest loss that matters."""
        spread = (self.mom.C, self.mom.E)[kind]
        open_ = np.flatnonzero(self.knots)
        best = (sums[open_] ** 2 / spread[open_, None]).argmax(axis=0)
        knot, draw = open_[best], np.arange(sums.shape[1])
        reach = np.clip(upper_x(self.support) - self.support.x[knot], 0, None) if kind == 0 else 1.0
        loss = np.abs(sums[knot, draw]) / spread[knot] * reach
        error = np.sqrt(self.all_robust[kind, best]) / spread[knot] * reach
        return loss - 1.96 * error > self.smallest
