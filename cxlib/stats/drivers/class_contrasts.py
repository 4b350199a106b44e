"""Which drivers keep people out of the lowest class, and which lift them into the highest? Partial proportional odds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import f as f_distribution

from cxlib.stats.bootstrap import percentile_interval, wald_p
from cxlib.stats.drivers.asymmetry import concerned
from cxlib.stats.drivers.cumulative_logit import class_probabilities, cumulative_logit
from cxlib.stats.moments import checked_weights, effective_n, finite, one_blas_thread, row_counts
from cxlib.stats.refusal import Refusal
from cxlib.stats.survey.comparison import holm

EVENTS = 10  # people on the smaller side of a cut, for each driver


@dataclass(frozen=True)
class ClassContrasts:
    """Effect of each driver on being above the lower and above the upper cut.

    table    one row per driver: keep, keep_low, keep_high (change of the share above the lower cut per `step`, 0-1
             scale), win, win_low, win_high (the same for the upper cut), odds_keep, odds_win (odds ratios per step),
             p, p_holm (of equal odds ratios), proportional (no sign that they differ: one odds ratio is then used),
             p_keep, p_win (of no effect), p_keep_holm, p_win_holm (over the drivers and both cuts)
    n, n_low, n_middle, n_high, draws (used), failed
    """

    table: pd.DataFrame
    n: int
    n_low: int
    n_middle: int
    n_high: int
    draws: int
    failed: int


@one_blas_thread
def class_contrasts(
    x: pd.DataFrame, score: ArrayLike, *, cuts: tuple[float, float] = (7, 9), step: float = 10,
    controls: ArrayLike | None = None, weights: ArrayLike | None = None, strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None, resamples: int = 500, confidence: float = 0.95, seed: int = 0,
) -> ClassContrasts:
    """The two cuts of an ordered score side by side: below the first, in between, from the second up.

    x        DataFrame (rows, drivers), none missing, on one scale (0-100);  score (rows,), as 0-10
    controls DataFrame of columns that are held equal, the same at both cuts; x then has gaps in rows that it does not
             concern, which a control says
    cuts     first score of the middle and of the upper class;  step: the change in x that the effects are given for
    errors   Refusal (a ValueError) below 10 people per column on the smaller side of a cut, for a constant driver, and where the
             classes can be told apart without error; ValueError for missing values and faulty weights
    source   Peterson and Harrell 1990; Brant 1990: logits at both cuts with a joint bootstrap; drivers whose odds
             ratios do not differ share one. Effects are mean marginal effects over the sample
    """
    x = pd.DataFrame(x).astype(float)
    held = np.empty((len(x), 0)) if controls is None else np.asarray(controls, float)
    values, score = finite(concerned(x, controls)), finite(score)
    weights = checked_weights(weights, len(values))
    above = np.stack([score >= cuts[0], score >= cuts[1]]).astype(int)
    _check(above, x, held.shape[1])
    counts = row_counts(len(values), resamples, strata=strata, clusters=clusters, seed=seed)
    drawn = np.column_stack([weights, weights[:, None] * counts.T])
    design, own = np.column_stack([values / step, held]), slice(x.shape[1])
    common = np.arange(design.shape[1]) >= x.shape[1]
    separate = _slopes(design, above, drawn, common)
    p = _equal_slopes(separate, effective_n(weights))[own]
    corrected = holm(p)
    slopes = _slopes(design, above, drawn, np.append(corrected >= 1 - confidence, common[x.shape[1] :]))
    effects = _effects(design, slopes, drawn)[:, own]
    used = slopes["used"][1:]
    limits = {"n": effective_n(weights), "fitted": design.shape[1]}
    draws = effects[:, :, 1:][:, :, used]
    low, high = percentile_interval(draws, confidence=confidence, **limits)
    moved = wald_p(effects[:, :, 0], draws, **limits)
    adjusted = holm(moved.ravel()).reshape(moved.shape)
    columns: dict[str, np.ndarray] = {}
    for cut, name in enumerate(("keep", "win")):
        columns |= {name: effects[cut, :, 0], f"{name}_low": low[cut], f"{name}_high": high[cut],
                    f"p_{name}": moved[cut], f"p_{name}_holm": adjusted[cut]}
    odds = np.exp(slopes["slopes"][:, own, 0])
    table = pd.DataFrame({**columns, "odds_keep": odds[0], "odds_win": odds[1], "p": p, "p_holm": corrected,
                          "proportional": corrected >= 1 - confidence}, index=pd.Index(x.columns, name="driver"))
    below, between, beyond = (int(size) for size in np.bincount(above.sum(axis=0), minlength=3))
    return ClassContrasts(table, len(values), below, between, beyond, int(used.sum()), int((~used).sum()))


def _slopes(x: np.ndarray, above: np.ndarray, weights: np.ndarray, common: np.ndarray) -> dict[str, np.ndarray]:
    """Slopes at both cuts (2, drivers, draws); common drivers have the same at both. The rows are stacked, one per cut."""
    n, p = x.shape
    zero = np.zeros((n, p - common.sum()))
    design = np.block([[np.ones((n, 1)), x[:, common], x[:, ~common], zero],
                       [np.zeros((n, 1)), x[:, common], zero, x[:, ~common]]])
    spread = np.where(design.std(axis=0) > 0, design.std(axis=0), 1)
    doubled = np.concatenate([weights, weights])
    fit = cumulative_logit(design / spread, above.ravel(), doubled[:, :1])
    if not fit.converged[0]:
        raise Refusal("the classes can be told apart without error by the drivers: one of them is the outcome asked "
                      "again; leave it out", "separable")
    start = np.concatenate([fit.cuts, fit.slopes])[:, 0]
    fit = cumulative_logit(design / spread, above.ravel(), doubled, start=start, tolerance=1e-6)
    raw = fit.slopes / spread[:, None]
    shared, own = raw[1 : 1 + common.sum()], raw[1 + common.sum() :].reshape(2, -1, raw.shape[1])
    slopes = np.empty((2, p, raw.shape[1]))
    slopes[:, common], slopes[:, ~common] = shared, own
    cuts = np.stack([fit.cuts[0] - raw[0], fit.cuts[0]])
    return {"slopes": slopes, "cuts": cuts, "used": fit.converged}


def _equal_slopes(separate: dict[str, np.ndarray], base: float) -> np.ndarray:
    """p-value that a driver has the same slope at both cuts, with the variance of the draws."""
    used = separate["used"]
    difference = separate["slopes"][0] - separate["slopes"][1]
    spread = difference[:, 1:][:, used[1:]].std(axis=1, ddof=1)
    with np.errstate(invalid="ignore"):  # of columns that are common
        return f_distribution.sf((difference[:, 0] / spread) ** 2, 1, max(base - 2 * len(spread) - 2, 1))


def _effects(x: np.ndarray, fitted: dict[str, np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Mean marginal effect of each driver on the share above each cut: (2, drivers, draws)."""
    effects = []
    for cut in range(2):
        below = class_probabilities(x, fitted["cuts"][cut][None], fitted["slopes"][cut])[0]
        density = (weights * below * (1 - below)).sum(axis=0) / weights.sum(axis=0)
        effects.append(fitted["slopes"][cut] * density)
    return np.array(effects)


def _check(above: np.ndarray, x: pd.DataFrame, held: int) -> None:
    needed = EVENTS * (x.shape[1] + held)
    for cut, name in zip(above, ("lower", "upper"), strict=True):
        smaller = int(min(cut.sum(), (1 - cut).sum()))
        if smaller < needed:
            raise Refusal(f"{smaller} people are on the smaller side of the {name} cut; at least {needed} are needed "
                          f"for {x.shape[1] + held} columns: leave drivers out", "few")
    for name in x.columns:
        if x[name].std() == 0:
            raise Refusal(f"{name!r} is constant: everybody gave the same answer; leave it out", "constant", name)
