"""A path model of a survey with an interval for every figure: measurement, paths, effects in index points, fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import EllipsisType
from typing import TypedDict

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.bootstrap import joint_p, percentile_interval, wald_p
from cxlib.stats.drivers.impact import Scale, construct_indices, index_weights, rescaled, unstandardised
from cxlib.stats.drivers.measurement import (
    average_variance_extracted,
    composite_reliability,
    heterotrait_monotrait,
    negative_pairs,
    standardised_alpha,
    variance_inflation,
)
from cxlib.stats.drivers.missing import resampling_units
from cxlib.stats.drivers.path_model import PathFits, PathStructure, path_fits
from cxlib.stats.moments import (
    Units,
    bootstrap_stacks,
    checked_weights,
    correlation_stack,
    covariance_stack,
    effective_n,
    one_blas_thread,
)
from cxlib.stats.refusal import Refusal

Where = tuple[np.ndarray, ...] | EllipsisType  # constructs, or pairs of them, of a figure


class _Counts(TypedDict):
    """Draws that could not be used, and those that could though a loading is out of range."""

    failed: dict[str, int]
    not_converged: int
    inadmissible: int


@dataclass(frozen=True)
class PathModel:
    """Estimates of a path model; low and high are there when resamples > 0.

    items       construct, item, weight, weight_low, weight_high, loading, low, high (of the loading), index_weight, vif (of the item
                among those of its block)
    constructs  estimate (index 0-100), low, high, r2, r2_low, r2_high, r2_adjusted, sources (arrows in), aic,
                bic, alpha, rho_a, rho_c, ave (each with _low and _high)
    paths       source, target, estimate (standardised), low, high, p, impact (index points per point), impact_low,
                impact_high, f2 (of taking the path out), vif
    total       source, target, estimate, low, high, p, impact, impact_low, impact_high, indirect
    parts       the total effects of each construct of `together`: as `total`, and of (whose part it is)
    pairs       first, second, htmt, low, high, correlation, fornell_larcker (root of the smaller AVE exceeds it)
    n, effective_n, draws (used), failed {item: draws in which it was constant}, not_converged, inadmissible (draws)
    negative    pairs of items that correlate negatively;  repaired: see missing.AnswerUnits
    """

    items: pd.DataFrame
    constructs: pd.DataFrame
    paths: pd.DataFrame
    total: pd.DataFrame
    parts: pd.DataFrame
    pairs: pd.DataFrame
    n: int
    effective_n: float
    draws: int
    failed: dict[str, int]
    not_converged: int
    inadmissible: int
    negative: list[tuple[str, str]]
    structure: PathStructure
    repaired: bool


@one_blas_thread
def path_model(
    items: pd.DataFrame, structure: PathStructure, *, scale: Scale, weights: ArrayLike | None = None,
    strata: ArrayLike | None = None, clusters: ArrayLike | None = None, missing: str = "error", resamples: int = 1000,
    confidence: float = 0.95, seed: int = 0, together: Mapping[str, Sequence[str]] | None = None,
) -> PathModel:
    """The path model fitted to the answers, with bootstrap intervals for every figure.

    items    DataFrame, one row per respondent;  scale (low, high) of the answers, or {item: (low, high)}
    missing  "error", "casewise", "pairwise" or "imputation" (see missing.resampling_units)
    together {name: constructs that are one thing to the reader, as the questions that make up an area}: in `paths` and `total`
             they are one row, its impact that of a point more in each of them (as a target: their mean), its p that all are 0
    errors   Refusal (a ValueError) that names a constant item, or says that answers are too few, that the model did not
             converge or that no resample could be fitted; ValueError for an item that is no column or has answers off its
             scale, missing answers under "error", and faulty weights
    source   see path_fits; intervals are percentiles of sign-aligned resamples; a resample with a constant item, or
             one that did not converge, is left out and counted. p: the estimate against the spread of the draws (t); a
             share of draws could not fall below 1 / draws
    """
    names = list(structure.items)
    unknown = [name for name in names if name not in items]
    if unknown:
        raise ValueError(f"item {unknown[0]!r} is not a column of the answers")
    values = rescaled(items[names].to_numpy(float), scale, names=names)
    answers = resampling_units(values, missing=missing, weights=weights, strata=strata, clusters=clusters, seed=seed)
    units, n = answers.units, int(answers.used.sum())
    sources, block = structure.arrows.sum(axis=1).max(), max(span.stop - span.start for span in structure.spans)
    if n <= max(sources, block) + 1:
        raise Refusal(f"{n} answers are too few for {len(names)} items; collect more or take items out", "few")
    for name, deviation in zip(names, units.scale, strict=True):
        if deviation == 0:
            raise Refusal(f"{name!r} is constant: everybody gave the same answer; leave it out", "constant", name)
    means, covariances = covariance_stack(units)
    correlations = correlation_stack(covariances)[0]
    point, kept = _figures(means, covariances, units, structure, None)
    if not kept["used"].all():
        raise Refusal("the path model did not converge; check for items that are copies of each other, use more "
                      "iterations, or the factorial scheme", "not_converged")
    draws, counts = _bootstrap(units, structure, point["weight"][:, 0], resamples, seed)
    base = effective_n(checked_weights(weights, len(values))[answers.used])
    read = _Reader(point, draws, confidence, base, int(sources + block))
    items, constructs, paths, total, pairs = (_without_controls(table, structure) for table in (
        _item_table(read, structure, correlations), _construct_table(read, structure, n),
        _path_table(read, structure, correlations), _total_table(read, structure), _pair_table(read, structure)))
    owner = {part: name for name, members in (together or {}).items() for part in members}
    parts = total[total.source.isin(owner)]
    parts = parts.assign(of=parts.source.map(owner)).reset_index(drop=True)
    if owner:
        paths, total = (_as_one(read, structure, owner, table, figure) for table, figure in ((paths, "impact"), (total, "total_impact")))
    return PathModel(
        items, constructs, paths, total, parts, pairs, n, base, 0 if draws is None else draws["r2"].shape[-1], **counts, structure=structure,
        negative=negative_pairs(correlations[:, :, 0], names), repaired=answers.repaired)


def _without_controls(table: pd.DataFrame, structure: PathStructure) -> pd.DataFrame:
    """The rows that speak of no control."""
    ends = [column for column in ("construct", "source", "target", "first", "second") if column in table]
    if not ends:
        return table[~table.index.isin(structure.controls)]
    return table[~table[ends].isin(structure.controls).any(axis=1)].reset_index(drop=True)


def _figures(
    means: np.ndarray, covariances: np.ndarray, units: Units, structure: PathStructure, reference: np.ndarray | None
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Every figure of every draw, as arrays with draws last, and which draws can be used."""
    with np.errstate(divide="ignore", invalid="ignore"):  # in draws with a constant item, which are not used
        return _figures_of(means, covariances, units, structure, reference)


def _figures_of(
    means: np.ndarray, covariances: np.ndarray, units: Units, structure: PathStructure, reference: np.ndarray | None
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    correlations, constant = correlation_stack(covariances)
    constant = constant & ~structure.may_be_constant
    fits = path_fits(correlations, structure, reference=reference)
    used = fits.converged & ~constant.any(axis=1) & np.isfinite(fits.paths).all(axis=(0, 1))
    deviations = units.scale[:, None] * np.sqrt(np.einsum("iid->id", np.maximum(covariances, 1e-300)))
    shares = index_weights(fits.weights, deviations, structure)
    raw_means = units.center[:, None] + units.scale[:, None] * means
    blocks = [(correlations[span, span], fits.loadings[span]) for span in structure.spans]
    figures = {
        "weight": fits.weights, "loading": fits.loadings, "index_weight": shares, "r2": fits.r2,
        "index": construct_indices(shares, raw_means, structure),
        "path": fits.paths, "total": fits.total, "correlation": fits.correlations, "vif": _inflation(fits, structure),
        "impact": unstandardised(fits.paths, fits.weights, deviations, structure),
        "total_impact": unstandardised(fits.total, fits.weights, deviations, structure),
        "alpha": np.array([standardised_alpha(block) for block, _ in blocks]), "rho_a": fits.reliability,
        "rho_c": np.array([composite_reliability(loadings) for _, loadings in blocks]),
        "ave": np.array([average_variance_extracted(loadings) for _, loadings in blocks]),
        "htmt": heterotrait_monotrait(correlations, structure.spans),
    }
    return figures, {"used": used, "constant": constant, "converged": fits.converged, "admissible": fits.admissible}


def _inflation(fits: PathFits, structure: PathStructure) -> np.ndarray:
    """VIF of each source of each target: (targets, sources, draws)."""
    vif = np.ones_like(fits.paths)
    for target in range(len(vif)):
        sources = structure.sources(target)
        if len(sources):
            vif[target, sources] = variance_inflation(fits.correlations[np.ix_(sources, sources)])
    return vif


def _bootstrap(
    units: Units, structure: PathStructure, reference: np.ndarray | None, resamples: int, seed: int
) -> tuple[dict[str, np.ndarray] | None, _Counts]:
    """Figures of the usable draws, {name: array}, and the counts of the others."""
    blocks = []
    constant, not_converged, inadmissible = np.zeros(len(structure.items), int), 0, 0
    for means, covariances in bootstrap_stacks(units, resamples, seed=seed):
        figures, kept = _figures(means, covariances, units, structure, reference)
        blocks.append({name: values[..., kept["used"]] for name, values in figures.items()})
        constant += kept["constant"].sum(axis=0)
        not_converged += int((~kept["used"] & ~kept["constant"].any(axis=1)).sum())
        inadmissible += int((kept["used"] & ~kept["admissible"]).sum())
    draws = {name: np.concatenate([block[name] for block in blocks], axis=-1) for name in blocks[0]} if blocks else None
    failed = {item: int(count) for item, count in zip(structure.items, constant, strict=True) if count}
    if draws is not None and draws["r2"].shape[-1] < 2:
        raise Refusal(f"no resample could be fitted; constant items: {failed or 'none'}; take those items out", "constant")
    return draws, {"failed": failed, "not_converged": not_converged, "inadmissible": inadmissible}


@dataclass(frozen=True)
class _Reader:
    """Columns of a table: an estimate with its limits, from the figures of the sample and of the draws."""

    point: dict[str, np.ndarray]
    draws: dict[str, np.ndarray] | None
    confidence: float
    n: float
    fitted: int

    def columns(
        self, figure: str, where: Where = ..., name: str = "estimate", prefix: str = ""
    ) -> dict[str, np.ndarray]:
        """{name: estimate, prefix + low, prefix + high}; `where` picks pairs of constructs, for instance."""
        estimate = self.point[figure][where][..., 0]
        if self.draws is None:
            return {name: estimate}
        low, high = percentile_interval(self.draws[figure][where], confidence=self.confidence, n=self.n, fitted=self.fitted)
        # of figures that cannot fall below 0, the draws of a small one may all lie above it
        return {name: estimate, f"{prefix}low": np.minimum(low, estimate), f"{prefix}high": np.maximum(high, estimate)}


    def p(self, figure: str, where: Where) -> dict[str, np.ndarray]:
        """{"p": ...} that a figure is 0, from its spread over the draws; nothing without draws."""
        if self.draws is None:
            return {}
        return {"p": wald_p(self.point[figure][where][..., 0], self.draws[figure][where], n=self.n, fitted=self.fitted)}

    def joint(self, figure: str, ends: tuple[np.ndarray, ...]) -> dict[str, float]:
        """{impact, its limits, p} of several sources together, on the mean of several targets."""
        each = self.point[figure][ends][..., 0].mean(axis=0)
        if self.draws is None:
            return {"impact": float(each.sum())}
        draws = self.draws[figure][ends].mean(axis=0)
        low, high = percentile_interval(draws.sum(axis=0)[None], confidence=self.confidence, n=self.n, fitted=self.fitted)
        return {"impact": float(each.sum()), "impact_low": min(float(low[0]), float(each.sum())),
                "impact_high": max(float(high[0]), float(each.sum())), "p": joint_p(each, draws, n=self.n, fitted=self.fitted)}


def _as_one(read: _Reader, structure: PathStructure, owner: Mapping[str, str], table: pd.DataFrame, figure: str) -> pd.DataFrame:
    """The effects of `table` with one row for the constructs of one owner; of theirs only impact and p are told."""
    names = {construct: owner.get(construct, construct) for construct in structure.constructs}
    members: dict[str, list[int]] = {}
    for j, construct in enumerate(structure.constructs):
        members.setdefault(names[construct], []).append(j)
    rows = []
    for row in table.assign(source=table.source.map(names), target=table.target.map(names)).drop_duplicates(["source", "target"]).to_dict("records"):
        ends = np.ix_(members[row["target"]], members[row["source"]])
        several = max(len(members[row["source"]]), len(members[row["target"]])) > 1
        rows.append({"source": row["source"], "target": row["target"]} | read.joint(figure, ends) if several else row)
    return pd.DataFrame(rows, columns=table.columns)


def _item_table(read: _Reader, structure: PathStructure, correlations: np.ndarray) -> pd.DataFrame:
    owner = np.repeat(structure.constructs, [span.stop - span.start for span in structure.spans])
    vif = np.concatenate([variance_inflation(correlations[span, span])[:, 0] for span in structure.spans])
    return pd.DataFrame({"construct": owner, "item": structure.items, **read.columns("weight", name="weight", prefix="weight_"),
                         **read.columns("loading", name="loading"), "index_weight": read.point["index_weight"][:, 0], "vif": vif})


def _construct_table(read: _Reader, structure: PathStructure, n: int) -> pd.DataFrame:
    sources = structure.arrows.sum(axis=1)
    r2 = read.columns("r2", name="r2", prefix="r2_")
    adjusted = np.where(sources > 0, 1 - (1 - r2["r2"]) * (n - 1) / (n - sources - 1), 0)
    with np.errstate(divide="ignore"):  # where all is explained the deviance is -inf
        deviance = n * np.log((1 - r2["r2"]) * (n - 1) / n)
    quality: dict[str, np.ndarray] = {}
    for name in ("alpha", "rho_a", "rho_c", "ave"):
        quality |= read.columns(name, name=name, prefix=f"{name}_")
    return pd.DataFrame({**read.columns("index"), **r2, "r2_adjusted": adjusted, "sources": sources,
                         "aic": deviance + 2 * (sources + 1), "bic": deviance + np.log(n) * (sources + 1), **quality},
                        index=pd.Index(structure.constructs, name="construct"))


def _path_table(read: _Reader, structure: PathStructure, correlations: np.ndarray) -> pd.DataFrame:
    arrow = np.nonzero(structure.arrows)
    return pd.DataFrame({**_ends(structure, arrow), **read.columns("path", arrow), **read.p("path", arrow),
                         **read.columns("impact", arrow, "impact", "impact_"),
                         "f2": _effect_sizes(correlations, structure, read.point["r2"][:, 0], arrow),
                         "vif": read.point["vif"][arrow][:, 0]})


def _effect_sizes(
    correlations: np.ndarray, structure: PathStructure, r2: np.ndarray, arrow: tuple[np.ndarray, ...]
) -> list[float]:
    """f2 of each path: R2 lost when the model is fitted without it, over 1 - R2 (as seminr, which refits); inf where all is explained."""
    sizes = []
    for target, source in zip(*arrow, strict=True):
        arrows = structure.arrows.copy()
        arrows[target, source] = False
        without = path_fits(correlations, replace(structure, arrows=arrows)).r2[target, 0]
        sizes.append((r2[target] - without) / (1 - r2[target]) if r2[target] < 1 else np.inf)
    return sizes


def _total_table(read: _Reader, structure: PathStructure) -> pd.DataFrame:
    reach = structure.arrows
    for _ in range(len(reach)):
        reach = reach | (reach.astype(int) @ structure.arrows.astype(int) > 0)
    where = np.nonzero(reach)
    indirect = (read.point["total"] - read.point["path"])[where][:, 0]
    return pd.DataFrame({**_ends(structure, where), **read.columns("total", where), **read.p("total", where),
                         **read.columns("total_impact", where, "impact", "impact_"), "indirect": indirect})


def _pair_table(read: _Reader, structure: PathStructure) -> pd.DataFrame:
    later, earlier = np.tril_indices(len(structure.constructs), -1)
    correlation = read.point["correlation"][later, earlier, 0]
    root = np.sqrt(read.point["ave"][:, 0])
    ends = _ends(structure, (later, earlier))
    return pd.DataFrame({"first": ends["source"], "second": ends["target"],
                         **read.columns("htmt", (later, earlier), "htmt"), "correlation": correlation,
                         "fornell_larcker": np.minimum(root[later], root[earlier]) > np.abs(correlation)})


def _ends(structure: PathStructure, where: tuple[np.ndarray, ...]) -> dict[str, np.ndarray]:
    names = np.array(structure.constructs, object)
    return {"source": names[where[1]], "target": names[where[0]]}
