"""How sure two kinks are: wild bootstrap draws of the pair, on at most 120 values of x."""

from collections.abc import Sequence

import numpy as np

from cxlib.stats.breaks import break_support as bs
from cxlib.stats.breaks import two_breaks as tb
from cxlib.stats.breaks.break_interval import BreakDraws, PlaceInterval, percentiles
from cxlib.stats.breaks.breakpoints import Break

VALUES = 120


def pair_interval(
    support: bs.Support, found: Break, *, side_share: float = 0.05, side_rows: int = 30, draws: int = 999,
    seed: int = 0, confidence: float = 0.95,
) -> PlaceInterval:
    """Intervals for two places: for each those through which the best pair is not too much worse than the best of all.

    support  from `break_support`; found: the Break of two kinks fitted to it
    returns  PlaceInterval, in units of x
    errors   ValueError when no pair of the merged values leaves enough rows before, between and after
    source   inverted likelihood ratio with a wild bootstrap critical value, as `place_interval`
    assumes  independent rows or clusters; places are looked for on at most 120 merged values of x
    """
    coarse, _ = bs.merged(support, VALUES)
    mom = bs.moments(coarse)
    first, second = tb.open_pairs(coarse, side_share=side_share, side_rows=side_rows)
    inner = _Pairs(coarse, mom, first, second)
    truth = inner.nearest(found.places)
    signal, residual = inner.signal(truth, coarse)
    noise, base_noise = bs.wild_noise(coarse, residual, draws, np.random.default_rng(seed))
    r = signal[:, None] + noise
    scale = max(found.rss, 1e-12 * support.rss) / (support.n - found.parameters)
    observed = inner.gains(coarse.r[:, None])[:, 0]
    best, ratio = inner.search(r, truth)
    intervals, connected = [], True
    for side, knots in enumerate((first, second)):
        critical = np.quantile(ratio[side] / scale, confidence)
        kept = np.unique(knots[observed >= observed.max() - critical * scale])
        place, ends = found.places[side], coarse.x[kept[[0, -1]]]
        connected &= len(kept) == np.isin(np.unique(knots), np.arange(kept[0], kept[-1] + 1)).sum()
        intervals.append((float(min(ends[0], place)), float(max(ends[1], place))))
    places, slopes, levels = inner.described(r, coarse.projection[:, None] + base_noise, best)
    sample = BreakDraws(places, slopes, levels, np.zeros(len(places)), ratio.T / scale)
    return PlaceInterval(tuple(intervals), bool(connected), percentiles(places, confidence), "wild", sample)


class _Pairs:
    """All pairs of kinks on the values of x, with the inverse of their Gram matrices."""

    def __init__(self, support: bs.Support, mom: bs.Moments, first: np.ndarray, second: np.ndarray) -> None:
        self.support, self.mom, self.first, self.second = support, mom, first, second
        gram, _ = tb.pair_gram(support, mom, first, second)
        self.a, self.b, self.c = gram[0, 0], gram[0, 2], gram[2, 2]
        det = self.a * self.c - self.b**2
        self.det = np.where(np.isfinite(det) & (det > 1e-11 * self.a * self.c), det, np.inf)

    def nearest(self, places: Sequence[float]) -> int:
        x = self.support.x
        return int(np.argmin((x[self.first] - places[0]) ** 2 + (x[self.second] - places[1]) ** 2))

    def hinges(self, pair: int) -> np.ndarray:
        knots = np.array([self.first[pair], self.second[pair]])
        return np.clip(self.support.x[:, None] - self.support.x[knots], 0, None)

    def beta(self, ramp_r: np.ndarray, pairs: np.ndarray, columns: np.ndarray) -> np.ndarray:
        A, B = ramp_r[self.first[pairs], columns], ramp_r[self.second[pairs], columns]
        a, b, c, det = (v[pairs] for v in (self.a, self.b, self.c, self.det))
        return np.array([(c * A - b * B) / det, (a * B - b * A) / det])

    def signal(self, pair: int, support: bs.Support) -> tuple[np.ndarray, np.ndarray]:
        ramp_r = bs.ramp(support.x, support.r)
        beta = self.beta(ramp_r[:, None], np.array([pair]), np.array([0]))[:, 0]
        fitted = self.hinges(pair) @ beta
        signal = support.weight * fitted - support.q @ (support.q.T @ fitted)
        return signal, bs.residual_at(support, self.hinges(pair), beta)

    def gains(self, r: np.ndarray) -> np.ndarray:
        ramp_r = bs.ramp(self.support.x, r)
        A, B = ramp_r[self.first], ramp_r[self.second]
        weight = [(v / self.det)[:, None] for v in (self.a, self.b, self.c)]
        return weight[2] * A**2 - 2 * weight[1] * A * B + weight[0] * B**2

    def search(self, r: np.ndarray, truth: int, chunk: int = 100) -> tuple[np.ndarray, np.ndarray]:
        """Best pair (draws,) and, for either place, the gain lost when that place is held at the truth."""
        best, lost = [], []
        same = [np.flatnonzero(k == k[truth]) for k in (self.first, self.second)]
        for start in range(0, r.shape[1], chunk):
            gain = self.gains(r[:, start:start + chunk])
            best.append(gain.argmax(axis=0))
            top = gain.max(axis=0)
            lost.append(np.stack([top - gain[rows].max(axis=0) for rows in same]))
        return np.concatenate(best), np.concatenate(lost, axis=1)

    def described(
        self, r: np.ndarray, projection: np.ndarray, best: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Places, slopes and levels of each draw's best pair."""
        support, columns = self.support, np.arange(r.shape[1])
        beta = self.beta(bs.ramp(support.x, r), best, columns)
        knots = np.stack([self.first[best], self.second[best]])
        taken = sum(beta[k] * self.mom.ah[knots[k]].T for k in (0, 1))
        line = np.linalg.solve(support.triangle, projection - taken)
        places = support.x[knots]
        total = support.weight.sum()
        mean = support.root @ support.basis @ projection / total
        level = mean - (line[1] * (support.weight @ support.x)
                        + sum(beta[k] * self.mom.H[knots[k]] for k in (0, 1))) / total
        first = level + line[1] * places[0]
        second = first + (line[1] + beta[0]) * (places[1] - places[0])
        slopes = np.column_stack([line[1], line[1] + beta[0], line[1] + beta.sum(axis=0)])
        return places.T, slopes, np.column_stack([first, second])
