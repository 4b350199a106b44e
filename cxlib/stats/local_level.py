"""A score in time: a level that drifts, seen with sampling noise of known size; how much it drifts is integrated over a grid.

How much a level drifts is not fixed at one best guess: all that the series bears are held, each as heavy as it is likely, so that
an interval is as wide as the doubt about the drift makes it.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

WALKS = np.r_[0, np.geomspace(0.03, 3, 13)]  # SD of the drift in a period, in spreads of the series
HALVINGS = 50


@dataclass(frozen=True)
class LevelFits:
    """What is asked of a level, under each drift of a grid: a mixture of normal distributions for each.

    weight     (grid,) how likely each drift is, sums to 1;  drift: (grid,) its SD in a period
    estimate, variance   (grid, asked)
    """

    weight: np.ndarray
    drift: np.ndarray
    estimate: np.ndarray
    variance: np.ndarray

    def only(self, asked: int) -> "LevelFits":
        """The same of one that was asked."""
        return replace(self, estimate=self.estimate[:, [asked]], variance=self.variance[:, [asked]])

    def mean(self) -> np.ndarray:
        """(asked,) what is expected."""
        return self.weight @ self.estimate

    def sd(self) -> np.ndarray:
        """(asked,) how far off that may be: within a drift and between drifts."""
        return np.sqrt(self.weight @ (self.variance + (self.estimate - self.mean()) ** 2))

    def below(self, point: float | np.ndarray, noise: float = 0.0) -> np.ndarray:
        """(asked,) chance that each lies below its point, a number or (asked,); noise: variance that is added to each."""
        return self.weight @ special.ndtr((point - self.estimate) / np.sqrt(self.variance + noise))

    def quantile(self, share: float) -> np.ndarray:
        """(asked,) the point below which each lies with a chance of `share`, 0-1: halved until it stands."""
        reach = special.ndtri(share) * np.sqrt(self.variance)
        low, high = (self.estimate + reach).min(axis=0), (self.estimate + reach).max(axis=0)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            under = self.below(middle) < share
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        return (low + high) / 2


def level_fits(
    value: np.ndarray, variance: np.ndarray, design: np.ndarray, asked: np.ndarray, at: np.ndarray,
    *, walks: np.ndarray = WALKS, slopes: np.ndarray | None = None,
) -> LevelFits:  # fmt: skip
    """What the level of a series is, or a regressor's part in it, under each drift that the series bears.

    value      (periods,) scores, NaN where there is none;  variance: (periods,) sampling variance of each, above 0
    design     (periods, k) regressors, a column of ones among them
    asked      (asked, k) the regressors of what is asked;  at: (asked,) its period, whose drift is then in it; 0 for a regressor alone
    walks, slopes   grids of the SD of a period's drift, and of a rise or fall along the whole series, in spreads of the series
    returns    LevelFits, (walks x slopes) cells
    assumes    score = design + random walk + slope + sampling, all normal; SDs as likely anywhere on their grid
    source     local level model: Harvey 1989; restricted likelihood: Patterson & Thompson 1971; best linear unbiased prediction: Robinson 1991
    """
    there, along = np.isfinite(value), max(len(value) - 1, 1)
    seen, own, known = np.flatnonzero(there).astype(float), value[there], variance[there]
    spread = _spread(own, seen, known)
    slopes = np.zeros(1) if slopes is None else slopes
    drift, slope = (spread * side.ravel() for side in np.meshgrid(walks, slopes, indexing="ij"))
    room = np.outer(_rooms(walks), _rooms(slopes)).ravel()

    def moved(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        return drift[:, None, None] ** 2 * np.minimum.outer(first, second) + (slope[:, None, None] / along) ** 2 * np.outer(first, second)

    root = np.linalg.cholesky(moved(seen, seen) + np.diag(known))
    k, grid = design.shape[1], len(drift)
    sides = np.concatenate([np.broadcast_to(np.column_stack([own, design[there]]), (grid, len(own), k + 1)), moved(seen, at)], axis=2)
    white = np.linalg.solve(root, sides)
    score, regressors, shared = white[..., :1], white[..., 1 : k + 1], white[..., k + 1 :]
    inner = np.linalg.inv(_turned(regressors) @ regressors)
    told = inner @ _turned(regressors) @ score
    left = score - regressors @ told
    estimate = (asked @ told + _turned(shared) @ left)[..., 0]
    beyond = asked - _turned(shared) @ regressors
    own_drift = drift[:, None] ** 2 * at + (slope[:, None] / along * at) ** 2
    spared = own_drift - (shared**2).sum(axis=1) + ((beyond @ inner) * beyond).sum(axis=2)
    likelihood = np.linalg.slogdet(inner)[1] / 2 - np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1) - (left**2).sum(axis=(1, 2)) / 2
    weight = np.exp(likelihood - likelihood.max()) * room
    return LevelFits(weight / weight.sum(), drift, estimate, spared)


def season_waves(time: np.ndarray, season: int) -> np.ndarray:
    """Waves of a season at the times, (times, waves): two pairs, or as many as tell its periods apart; none for a season of 0."""
    return waves(time, season, min(2, season // 2)) if season else np.empty((len(time), 0))


def waves(time: np.ndarray, season: int, pairs: int) -> np.ndarray:
    """That many pairs of sine and cosine at the times, (times, waves); the wave of two periods has no sine."""
    turns = [2 * np.pi * time * pair / season for pair in range(1, pairs + 1)]
    columns = [wave for pair, turn in enumerate(turns, 1) for wave in ([np.cos(turn)] if 2 * pair == season else [np.sin(turn), np.cos(turn)])]
    return np.column_stack(columns) if columns else np.empty((len(time), 0))


def _spread(own: np.ndarray, seen: np.ndarray, known: np.ndarray) -> float:
    """The SD that scores stray by from one to the next; a step is one change among many, which the median does not see."""
    changes = np.diff(own) ** 2 / np.diff(seen)
    return float(np.sqrt(max(known.mean(), np.median(changes) / 0.455 / 2)))


def _rooms(grid: np.ndarray) -> np.ndarray:
    """The room that each point of a grid stands for."""
    return np.gradient(grid) if len(grid) > 1 else np.ones(1)


def _turned(stack: np.ndarray) -> np.ndarray:
    return np.swapaxes(stack, -1, -2)
