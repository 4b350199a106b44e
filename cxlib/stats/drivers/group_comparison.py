"""Do groups of respondents differ in what a point is worth to them? Permutation tests, after a check of the measurement."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from cxlib.stats.drivers.impact import Scale, rescaled, unstandardised
from cxlib.stats.drivers.path_model import PathStructure, path_fits
from cxlib.stats.moments import BLOCK, Units, correlation_stack, covariance_stack, finite, one_blas_thread, row_units
from cxlib.stats.refusal import Refusal
from cxlib.stats.survey.comparison import holm

LABELS = 5_000_000  # rows x permutations held at a time
FIRST = 500  # permutations that are always drawn
CLEAR = 10  # exceedances after which more permutations cannot make a difference of it (Besag and Clifford 1991)
SAME_SCORES = 0.98  # correlation of the scores by either weights from which a construct means the same
POWER = 0.8


@dataclass(frozen=True)
class GroupComparison:
    """Total effects on one construct in each of several groups.

    effects      one row per source and group: source, group, estimate (index points for a point), others (mean of the
                 other groups, by their size), p (that chance makes one group differ so much, all groups of the division
                 allowed for), findable (difference that is found with four chances in five)
    sources      one row per source: p (of no difference between any groups)
    measurement  one row per construct: estimate (lowest correlation, over the groups, of the scores made with the group's
                 weights and with everybody's; 1 is the same), group (whose it is), p, p_holm, same
    sizes        {group: rows};  permutations (used), failed (a constant item, or not converged)
    """

    effects: pd.DataFrame
    sources: pd.DataFrame
    measurement: pd.DataFrame
    sizes: dict[str, int]
    permutations: int
    failed: int


@one_blas_thread
def effect_differences(
    items: pd.DataFrame, groups: ArrayLike, structure: PathStructure, target: str, *, scale: Scale,
    weights: ArrayLike | None = None, tests: int = 1, confidence: float = 0.95, seed: int = 0,
) -> GroupComparison:
    """Compares the total effects on `target` between the groups of one division; two groups are one comparison.

    items    DataFrame of answers, none missing;  groups (rows,) labels;  scale as in `path_estimates.path_model`
    tests    comparisons in the whole family that the p-values will be adjusted for: so many permutations are drawn that
             a p-value can survive it, except where it is plain before that it will not
    errors   Refusal (a ValueError) for a group of fewer than 10 answers per arrow into a construct, an item that is constant in a
             group, and where hardly any permutation can be fitted; ValueError for missing answers and those off the scale
    assumes  rows are exchangeable between the groups when nothing differs (no clusters)
    source   permutation of path differences (Chin and Dibbern 2010), the largest standardised difference over the groups
             (Westfall and Young 1993); compositional invariance, step 2 of MICOM (Henseler, Ringle and Sarstedt 2016)
    """
    labels, codes = np.unique(np.asarray(groups, object).astype(str), return_inverse=True)
    labels = labels.astype(object)
    _check_sizes(labels, codes, structure)
    values = rescaled(finite(items[list(structure.items)].to_numpy(float)), scale, names=list(structure.items))
    fit = _Fit(row_units(values, weights=weights), structure, structure.constructs.index(target), len(labels))
    observed = fit.of(codes[None])
    if not observed["used"].all():
        raise Refusal("an item is constant in one of the groups; leave it out or merge groups", "constant")
    draws = _permuted(fit, codes, observed, enough=int(2 * tests / (1 - confidence)), seed=seed)
    used = draws["used"]
    if used.sum() < 2 * CLEAR:
        raise Refusal("hardly any permutation could be fitted; merge groups", "not_converged")
    sizes = dict(zip(labels.tolist(), np.bincount(codes).tolist(), strict=True))
    judged = _Judged(observed["effects"][..., 0], draws["effects"][..., used], np.bincount(codes))
    names = [structure.constructs[j] for j in fit.sources]
    return GroupComparison(judged.table(names, labels, tests, 1 - confidence), judged.any_group(names),
                           _measurement(observed, draws, used, structure, labels, confidence), sizes, int(used.sum()),
                           int((~used).sum()))


@dataclass(frozen=True)
class _Fit:
    """Fits of all groups for rows of group codes."""

    units: Units
    structure: PathStructure
    target: int
    groups: int

    @property
    def pooled(self) -> np.ndarray:
        return correlation_stack(covariance_stack(self.units)[1])[0]

    @property
    def sources(self) -> np.ndarray:
        reach, arrows = self.structure.arrows[self.target], self.structure.arrows
        for _ in arrows:
            reach = reach | arrows[reach].any(axis=0)
        held = np.isin(self.structure.constructs, self.structure.controls)
        return np.flatnonzero(reach & ~held)

    def of(self, codes: np.ndarray) -> dict[str, np.ndarray]:
        """Total effects (sources, groups, draws), agreement of the scores (constructs, groups, draws), usable draws."""
        pooled = self.pooled
        reference = path_fits(pooled, self.structure).weights[:, 0]
        effects, agreement, used = [], [], np.ones(len(codes), bool)
        for group in range(self.groups):
            covariances = covariance_stack(self.units, (codes == group).astype(float))[1]
            correlations, constant = correlation_stack(covariances)
            fits = path_fits(correlations, self.structure, reference=reference)
            deviations = self.units.scale[:, None] * np.sqrt(np.einsum("iid->id", np.maximum(covariances, 1e-300)))
            with np.errstate(divide="ignore", invalid="ignore"):  # a constant control
                impact = unstandardised(fits.total, fits.weights, deviations, self.structure)
            effects.append(impact[self.target, self.sources])
            agreement.append([_score_correlation(pooled[span, span, 0], fits.weights[span], reference[span][:, None])
                              for span in self.structure.spans])
            fitted = fits.converged & np.isfinite(effects[-1]).all(axis=0)
            used &= fitted & ~(constant & ~self.structure.may_be_constant).any(axis=1)
        return {"effects": np.stack(effects, axis=1), "agreement": np.array(agreement).swapaxes(0, 1), "used": used}


@dataclass(frozen=True)
class _Judged:
    """How far each group lies from the others, against what dealing the rows at random gives."""

    effects: np.ndarray  # (sources, groups)
    null: np.ndarray  # (sources, groups, draws)
    sizes: np.ndarray

    @property
    def spread(self) -> np.ndarray:
        return np.maximum(_apart(self.null, self.sizes).std(axis=-1, ddof=1), 1e-12)

    @property
    def largest(self) -> np.ndarray:
        """Largest standardised difference of any group, in each draw: (sources, draws)."""
        return (np.abs(_apart(self.null, self.sizes)) / self.spread[..., None]).max(axis=1)

    @property
    def observed(self) -> np.ndarray:
        return np.abs(_apart(self.effects, self.sizes)) / self.spread

    @property
    def exceeding(self) -> np.ndarray:
        """Draws in which the largest difference is at least that of each source and group."""
        return (self.largest[:, None] >= self.observed[..., None] - 1e-9).sum(axis=-1)

    def any_group(self, names: Sequence[str]) -> pd.DataFrame:
        p = (1 + self.exceeding.min(axis=1)) / (self.null.shape[-1] + 1)
        return pd.DataFrame({"p": p}, index=pd.Index(names, name="source"))

    def table(self, names: Sequence[str], labels: np.ndarray, tests: int, level: float) -> pd.DataFrame:
        others = self.effects - _apart(self.effects, self.sizes)
        limit = norm.isf(level / (2 * tests * (len(labels) if len(labels) > 2 else 1))) + norm.ppf(POWER)
        return pd.DataFrame({
            "source": np.repeat(names, len(labels)), "group": np.tile(labels, len(names)),
            "estimate": self.effects.ravel(), "others": others.ravel(),
            "p": ((1 + self.exceeding) / (self.null.shape[-1] + 1)).ravel(), "findable": (limit * self.spread).ravel(),
        })  # fmt: skip


def _permuted(
    fit: _Fit, codes: np.ndarray, observed: dict[str, np.ndarray], *, enough: int, seed: int
) -> dict[str, np.ndarray]:
    """Figures of the groups when rows are dealt at random, as many times as the verdict needs."""
    rng = np.random.default_rng(seed)
    blocks, done, sizes = [], 0, np.bincount(codes)
    step = max(10, min(BLOCK, LABELS // len(codes)))
    while done < FIRST or done < enough:
        dealt = np.array([rng.permutation(codes) for _ in range(step)])
        blocks.append(fit.of(dealt))
        done += step
        draws = {name: np.concatenate([block[name] for block in blocks], axis=-1) for name in observed}
        if done >= FIRST:
            judged = _Judged(observed["effects"][..., 0], draws["effects"][..., draws["used"]], sizes)
            if judged.exceeding.min(initial=CLEAR) >= CLEAR:
                break
    return draws


def _apart(effects: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Each group's effect less the mean of the others, by their size: (sources, groups, ...)."""
    weights = sizes / sizes.sum()
    shape = (1, -1) + (1,) * (effects.ndim - 2)
    own = weights.reshape(shape)
    mean = (own * effects).sum(axis=1, keepdims=True)
    return (effects - mean) / (1 - own)


def _score_correlation(pooled: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    cross = np.einsum("id,ij,jd->d", one, pooled, np.broadcast_to(other, one.shape))
    return cross / np.sqrt(np.einsum("id,ij,jd->d", one, pooled, one) * np.einsum("id,ij,jd->d", other, pooled, other))


def _measurement(
    observed: dict[str, np.ndarray], draws: dict[str, np.ndarray], used: np.ndarray, structure: PathStructure,
    labels: np.ndarray, confidence: float,
) -> pd.DataFrame:
    """How far each group's weights make another score than everybody's, against random groups of the same sizes."""
    far, null = 1 - observed["agreement"][..., 0], 1 - draws["agreement"][..., used]
    usual = np.maximum(null.mean(axis=-1), 1e-12)
    worst, largest = far / usual, (null / usual[..., None]).max(axis=1)
    p = (1 + (largest >= worst.max(axis=1, keepdims=True) - 1e-9).sum(axis=-1)) / (largest.shape[-1] + 1)
    corrected, estimate = holm(p), 1 - far.max(axis=1)
    table = pd.DataFrame({"estimate": estimate, "group": labels[worst.argmax(axis=1)], "p": p, "p_holm": corrected,
                          "same": (corrected >= 1 - confidence) | (estimate >= SAME_SCORES)},
                         index=pd.Index(structure.constructs, name="construct"))  # fmt: skip
    return table[~table.index.isin(structure.controls)]


def _check_sizes(labels: np.ndarray, codes: np.ndarray, structure: PathStructure) -> None:
    needed = 10 * max(1, int(structure.arrows.sum(axis=1).max()))
    smallest = int(np.bincount(codes).min())
    if len(labels) < 2:
        raise Refusal(f"there is one group, {labels[0]!r}; at least two are compared", "few", labels[0])
    if smallest < needed:
        raise Refusal(f"the smallest group has {smallest} answers; at least {needed} are needed (10 per arrow into a "
                      "construct): merge groups", "few", labels[np.bincount(codes).argmin()])
