"""How sure the place and the size of a break are: wild bootstrap draws of the whole fit, place included."""

from dataclasses import dataclass

import numpy as np

from cxlib.stats.breaks import break_support as bs
from cxlib.stats.breaks import breakpoints as bp

GRID_BOOTSTRAP_BELOW = 500


@dataclass(frozen=True)
class BreakDraws:
    """Fits to draws from the fitted break, one row a draw: places and levels (draws, k), slopes (draws, k + 1) and step
    (draws,) as in `Break`; ratio (draws, k): how much better the draw's own best place fits than the true one, in units
    of the variance."""

    places: np.ndarray
    slopes: np.ndarray
    levels: np.ndarray
    step: np.ndarray
    ratio: np.ndarray


@dataclass(frozen=True)
class PlaceInterval:
    """intervals: for each place of the break the hull of the places that the data do not reject, in units of x;
    connected: False when a place inside a hull is rejected; percentiles: the percentile intervals beside them;
    method: "wild" or "grid" bootstrap; sample: the refits behind them."""

    intervals: tuple[tuple[float, float], ...]
    connected: bool
    percentiles: tuple[tuple[float, float], ...]
    method: str
    sample: BreakDraws

    @property
    def low(self) -> float:
        """Lower end for the first place."""
        return self.intervals[0][0]

    @property
    def high(self) -> float:
        """Upper end for the first place."""
        return self.intervals[0][1]


def place_interval(
    support: bs.Support, found: bp.Break, *, side_share: float = 0.05, side_rows: int = 30, draws: int = 999,
    seed: int = 0, confidence: float = 0.95,
) -> PlaceInterval:
    """Interval for the place of a break: the places whose likelihood ratio against the best is not too large.

    support  from `break_support`; found: the Break fitted to it
    returns  PlaceInterval, in units of x
    errors   ValueError where no place has enough rows on either side
    assumes  the target is the best-fitting break of the mean of y; independent rows or clusters
    source   inverted likelihood ratio with a wild bootstrap critical value; below 500 rows the critical value is
             drawn at each place (grid bootstrap: Hidalgo, Lee and Seo 2019, J. Econometrics 210). The delta
             method of other software holds 80-91 % instead of 95 %. Of a step the critical value is never below
             Hansen's (2000, Econometrica 68), as the bootstrap alone holds 83 %: the interval holds at least its share
    """
    search = _Search(support, found, side_share, side_rows, draws, np.random.default_rng(seed))
    r, base = search.sample(search.knot, search.delta)
    sample = search.refit(r, base, search.true_gain(r, search.knot, search.delta))
    grid = support.n < GRID_BOOTSTRAP_BELOW
    critical = search.grid_critical(confidence) if grid else np.quantile(sample.ratio[:, 0], confidence)
    if found.shape != "kink":
        critical = np.maximum(critical, step_critical(confidence))
    low, high, connected = _accepted(support, found, critical, side_share, side_rows)
    return PlaceInterval(((low, high),), connected, percentiles(sample.places, confidence), "grid" if grid else "wild", sample)


def step_critical(confidence: float) -> float:
    """Hansen's critical value of the likelihood ratio for the place of a step that is small beside the noise, 7.35 at .95.

    errors   ValueError for a confidence outside 0-1
    source   Hansen 2000, Econometrica 68, p. 582
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; give a share between 0 and 1.")
    return float(-2 * np.log(1 - np.sqrt(confidence)))


def percentiles(places: np.ndarray, confidence: float) -> tuple[tuple[float, float], ...]:
    """Percentile interval of each column of places (draws, k): ((low, high), ...), in units of x."""
    tails = np.quantile(places, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return tuple((float(low), float(high)) for low, high in tails.T)


class _Search:
    """One break searched in all draws at once, on at most 1,000 values of x."""

    def __init__(
        self, support: bs.Support, found: bp.Break, side_share: float, side_rows: int, draws: int,
        rng: np.random.Generator,
    ) -> None:
        self.support, _ = bs.merged(support, 1000)
        self.shape, self.mom = found.shape, bs.moments(self.support)
        self.knots, self.gaps = bp.candidates(self.support, found.shape, side_share, side_rows)
        self.scale = max(found.rss, 1e-12 * support.rss) / (support.n - found.parameters)
        self.knot = int(np.clip(np.searchsorted(self.support.x, found.places[0], "right") - 1, 0, len(self.knots) - 2))
        self.delta = max(found.places[0] - self.support.x[self.knot], 0.0) if found.shape == "kink" else 0.0
        sums = self._sums(self.support.r)
        beta = bp.break_coefficients(self.mom, self.shape, self.knot, self.delta, [s[self.knot] for s in sums])
        residual = bs.residual_at(self.support, bp.terms(self.support, self.shape, self.knot, self.delta), beta)
        self.noise, self.base_noise = bs.wild_noise(self.support, residual, draws, rng)

    def _sums(self, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return bs.ramp(self.support.x, r), bs.tail(r)

    def sample(self, knot: int, delta: float) -> tuple[np.ndarray, np.ndarray]:
        """Sums r (m, draws) and projection (p, draws) when the best fit at this place is the truth."""
        own = [s[knot] for s in self._sums(self.support.r)]
        beta = bp.break_coefficients(self.mom, self.shape, knot, delta, own)
        fitted = bp.terms(self.support, self.shape, knot, delta) @ beta
        signal = self.support.weight * fitted - self.support.q @ (self.support.q.T @ fitted)
        return signal[:, None] + self.noise, self.support.projection[:, None] + self.base_noise

    def true_gain(self, r: np.ndarray, knot: int, delta: float) -> np.ndarray:
        """Fall of the RSS (draws,) at the true place."""
        ramp_r, tail_r = (s[knot] for s in self._sums(r))
        return np.array(_gain_at(self.mom, self.shape, knot, delta, ramp_r, tail_r))

    def gains(self, r: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        ramp_r, tail_r = self._sums(r)
        if self.shape == "kink":
            gain, delta = bp.kink_gains(self.support.x, self.mom, ramp_r, tail_r, self.knots, self.gaps)
            return gain, delta, ramp_r, tail_r
        best = bp.step_gains if self.shape == "step" else bp.jump_gains
        gain = best(self.mom, ramp_r, tail_r, self.gaps)
        return gain, np.zeros_like(gain), ramp_r, tail_r

    def refit(self, r: np.ndarray, projection: np.ndarray, true_gain: np.ndarray) -> BreakDraws:
        gain, delta, ramp_r, tail_r = self.gains(r)
        knot, draw = gain.argmax(axis=0), np.arange(r.shape[1])
        d, A, B = delta[knot, draw], ramp_r[knot, draw], tail_r[knot, draw]
        hinge, step = _coefficients(self.mom, self.shape, knot, d, A, B)
        taken = (hinge * (self.mom.ah[knot] - d[:, None] * self.mom.at[knot]).T + step * self.mom.at[knot].T)
        line = np.linalg.solve(self.support.triangle, projection - taken)
        slope = np.zeros_like(d) if self.support.flat_before else line[1]
        x = self.support.x
        place = x[knot] + d
        mean = self.support.root @ self.support.basis @ projection / self.support.weight.sum()
        fitted = (slope * (self.support.weight @ x) + hinge * (self.mom.H[knot] - d * self.mom.T[knot])
                  + step * self.mom.T[knot]) / self.support.weight.sum()
        if self.shape == "jump":
            step = step + hinge * (x[np.minimum(knot + 1, len(x) - 1)] - x[knot]) / 2
        ratio = (gain.max(axis=0) - true_gain) / self.scale
        return BreakDraws(place[:, None], np.column_stack([slope, slope + hinge]), (mean - fitted + slope * place)[:, None],
                          step, ratio[:, None])

    def grid_critical(self, confidence: float) -> np.ndarray:
        """Critical ratio (m,) at each place, drawn at up to 40 of them and interpolated."""
        places = np.flatnonzero(self.knots)
        places = places[np.unique(np.linspace(0, len(places) - 1, 40).astype(int))]
        drawn = []
        for knot in places:
            r, _ = self.sample(knot, 0.0)
            ratio = (self.gains(r)[0].max(axis=0) - self.true_gain(r, knot, 0.0)) / self.scale
            drawn.append(np.quantile(ratio, confidence))
        return np.interp(self.support.x, self.support.x[places], drawn)


def _gain_at(mom: bs.Moments, shape: str, knot: int, delta: float, A: np.ndarray, B: np.ndarray) -> np.ndarray:
    C, D, E = mom.C[knot], mom.D[knot], mom.E[knot]
    if shape == "kink":
        return (A - delta * B) ** 2 / (C - 2 * delta * D + delta**2 * E)
    return B**2 / E if shape == "step" else (E * A**2 - 2 * D * A * B + C * B**2) / (C * E - D**2)


def _coefficients(
    mom: bs.Moments, shape: str, knot: np.ndarray, delta: np.ndarray, A: np.ndarray, B: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (draws,) of hinge and step at each draw's own place."""
    C, D, E = mom.C[knot], mom.D[knot], mom.E[knot]
    if shape == "kink":
        return (A - delta * B) / (C - 2 * delta * D + delta**2 * E), np.zeros_like(A)
    if shape == "step":
        return np.zeros_like(A), B / E
    det = C * E - D**2
    return (E * A - D * B) / det, (C * B - D * A) / det


def _accepted(
    support: bs.Support, found: bp.Break, critical: np.ndarray | float, side_share: float, side_rows: int
) -> tuple[float, float, bool]:
    """Hull of the places with (gain at best - gain) / variance <= critical, and whether all inside are accepted."""
    mom, x = bs.moments(support), support.x
    knots, gaps = bp.candidates(support, found.shape, side_share, side_rows)
    scale = max(found.rss, 1e-12 * support.rss) / (support.n - found.parameters)
    least = found.gain - np.broadcast_to(_on(support, critical), x.shape) * scale
    A, B = bs.ramp(x, support.r), bs.tail(support.r)
    if found.shape != "kink":
        gain = (bp.step_gains if found.shape == "step" else bp.jump_gains)(mom, A, B, gaps)
        kept = np.flatnonzero((gain >= least) | (gain == gain.max()))
        return float(x[kept[0]]), float(x[kept[-1] + 1]), bool(len(kept) == np.ptp(kept) + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        kept = knots & (least <= A**2 / mom.C)
        square, cross, free = B**2 - least * mom.E, A * B - least * mom.D, A**2 - least * mom.C
        root = np.sqrt(cross**2 - square * free)
        ends = np.stack([(cross - root) / square, (cross + root) / square])
        width = np.append(np.diff(x), 0.0)
        inside = gaps & np.isfinite(mom.C) & (ends > 0) & (ends < width)
    places = np.concatenate([x[kept], (x + ends)[inside], found.places])
    low, high = float(places.min()), float(places.max())
    between = knots & (x > low) & (x < high)
    return low, high, bool(kept[between].all())


def _on(support: bs.Support, critical: np.ndarray | float) -> np.ndarray | float:
    """Critical values drawn on merged x are read at the full x."""
    if not isinstance(critical, np.ndarray) or len(critical) == len(support.x):
        return critical
    coarse, _ = bs.merged(support, 1000)
    return np.interp(support.x, coarse.x, critical)
