"""Partial least squares path models, fitted to a whole stack of correlation matrices at once (draws last)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import numpy as np

from cxlib.stats.drivers.stacks import inverted, solved

MODES = ("A", "B", "sum")
SCHEMES = ("path", "factorial", "centroid")


@dataclass(frozen=True)
class PathStructure:
    """Blocks of items and the arrows between them, checked (see path_structure).

    constructs  names in causal order;  items in block order;  spans the slice of items of each construct
    arrows      (constructs, constructs) booleans: row is the target, column the source
    modes       of each construct;  scheme, consistent, tolerance, iterations: settings of the fit
    controls    constructs that are only held equal: one item each, which may be constant in a draw, and in no table
    """

    constructs: tuple[str, ...]
    items: tuple[str, ...]
    spans: tuple[slice, ...]
    arrows: np.ndarray
    modes: tuple[str, ...]
    scheme: str
    consistent: bool
    tolerance: float
    iterations: int
    controls: tuple[str, ...] = ()

    @property
    def may_be_constant(self) -> np.ndarray:
        """Whether each item is that of a control."""
        sizes = [span.stop - span.start for span in self.spans]
        return np.repeat([name in self.controls for name in self.constructs], sizes)

    def sources(self, target: int) -> np.ndarray:
        """Numbers of the constructs with an arrow into the target."""
        return np.flatnonzero(self.arrows[target])


@dataclass(frozen=True)
class PathFits:
    """Fits of a path model to a stack of correlation matrices; the last axis is the draw.

    weights, loadings (items, draws);  correlations (constructs, constructs, draws), corrected if consistent
    paths, total (constructs, constructs, draws): row is the target, column the source;  r2 (constructs, draws)
    reliability (constructs, draws) rho_A, 1 for single items;  converged, admissible (draws,) booleans
    """

    weights: np.ndarray
    loadings: np.ndarray
    correlations: np.ndarray
    paths: np.ndarray
    total: np.ndarray
    r2: np.ndarray
    reliability: np.ndarray
    converged: np.ndarray
    admissible: np.ndarray


def path_structure(
    blocks: Mapping[str, Sequence[str]], paths: Iterable[tuple[str, str]], *, modes: str | Mapping[str, str] = "A",
    scheme: str = "path", consistent: bool = False, tolerance: float = 1e-10, iterations: int = 300,
    controls: Sequence[str] = (),
) -> PathStructure:
    """The checked structure of a path model.

    blocks      {construct: [items]};  paths [(source, target)]; a path given twice counts once
    modes       "A" (correlation weights), "B" (regression weights), "sum" (equal weights of standardised items), or
                {construct: mode}
    scheme      "path", "factorial" or "centroid";  consistent: correct for unreliability (PLSc, mode A blocks)
    controls    names of blocks of one item that are only held equal, such as whether a touchpoint was used
    errors      ValueError for an unknown block, an item in two blocks, an empty block, a block without a path, a cycle,
                a control of several items or with an arrow into it, another scheme or mode
    """
    _check_blocks(blocks)
    paths = _checked_paths(paths, blocks)
    _check_controls(controls, blocks, paths)
    if scheme not in SCHEMES:
        raise ValueError(f"scheme is {scheme!r}; one of {', '.join(SCHEMES)}")
    modes = dict.fromkeys(blocks, modes) if isinstance(modes, str) else {**dict.fromkeys(blocks, "A"), **modes}
    modes |= dict.fromkeys(controls, "sum")
    for name, mode in modes.items():
        if mode not in MODES:
            raise ValueError(f"mode of {name!r} is {mode!r}; one of {', '.join(MODES)}")
    order = _causal_order(blocks, paths)
    ends = np.cumsum([len(blocks[name]) for name in order])
    spans = tuple(slice(end - len(blocks[name]), end) for name, end in zip(order, ends, strict=True))
    arrows = np.zeros((len(order), len(order)), bool)
    for source, target in paths:
        arrows[order.index(target), order.index(source)] = True
    items = tuple(item for name in order for item in blocks[name])
    return PathStructure(tuple(order), items, spans, arrows, tuple(modes[name] for name in order), scheme,
                         consistent, tolerance, iterations, tuple(controls))


def path_fits(correlations: np.ndarray, structure: PathStructure, *, reference: np.ndarray | None = None) -> PathFits:
    """Weights, loadings, paths and R2 of every matrix in a stack of item correlations (items, items, draws).

    reference  weights (items,) of the whole sample: each draw's scores get the sign that agrees with them; without
               it the largest loading of each block is positive
    source     Wold 1982; Lohmoeller 1989; PLSc: Dijkstra and Henseler 2015. Agrees with seminr and cSEM
    """
    weights, converged = _outer_weights(correlations, structure)
    weights *= _signs(correlations, weights, structure, reference)
    among = _construct_correlations(correlations, weights, structure)
    loadings = np.concatenate([_times(correlations[span, span], weights[span]) for span in structure.spans])
    reliability = np.array([
        _rho_a(correlations[span, span], weights[span]) if mode == "A" else np.ones(weights.shape[1])
        for span, mode in zip(structure.spans, structure.modes, strict=True)
    ])
    admissible = np.ones(weights.shape[1], bool)
    if structure.consistent:
        among, loadings, admissible = _corrected(among, loadings, weights, reliability, structure)
    paths, r2 = _inner_paths(among, structure)
    if structure.consistent:
        admissible &= (r2 <= 1).all(axis=0)
    return PathFits(weights, loadings, among, paths, total_effects(paths), r2, reliability, converged, admissible)


def total_effects(paths: np.ndarray) -> np.ndarray:
    """Direct plus all indirect effects: B + B^2 + ... (constructs, constructs, draws).

    paths       (constructs, constructs, draws) without a cycle: row is the target, column the source
    """
    total = paths.copy()
    for _ in range(len(paths) - 2):
        total = paths + np.einsum("ijd,jkd->ikd", paths, total)
    return total


def _times(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    return np.einsum("ijd,jd->id", matrices, vectors)


def _outer_weights(correlations: np.ndarray, structure: PathStructure) -> tuple[np.ndarray, np.ndarray]:
    """Outer weights (items, draws) with scores of variance 1, and which draws converged."""
    result: np.ndarray = np.ones(correlations.shape[1:])
    for span in structure.spans:
        result[span] /= _norm(correlations[span, span], result[span])
    inverses = {j: inverted(correlations[span, span])
                for j, span in enumerate(structure.spans) if structure.modes[j] == "B"}
    active, converged = np.arange(result.shape[1]), np.zeros(result.shape[1], bool)
    for _ in range(structure.iterations):
        old = result[:, active]
        new = _updated(correlations, old, inverses, structure)
        result[:, active] = new
        done = np.abs(new - old).sum(axis=0) < structure.tolerance
        converged[active[done]] = True
        if done.all():
            break
        active = active[~done]  # only the slow draws go on
        if done.any():
            correlations = correlations[:, :, ~done]
            inverses = {j: inverse[:, :, ~done] for j, inverse in inverses.items()}
    return result, converged


def _updated(
    correlations: np.ndarray, weights: np.ndarray, inverses: dict[int, np.ndarray], structure: PathStructure
) -> np.ndarray:
    """One round: construct correlations, inner weights, new outer weights with the sign of the old ones."""
    links = [_times(correlations[:, span], weights[span]) for span in structure.spans]  # item-score correlations
    among = np.array([[(weights[span] * link[span]).sum(axis=0) for link in links] for span in structure.spans])
    inner = _inner_weights(among, structure)
    new = np.empty_like(weights)
    for j, span in enumerate(structure.spans):
        neighbours = np.flatnonzero(structure.arrows[j] | structure.arrows[:, j])
        if structure.modes[j] == "sum" or not len(neighbours):
            new[span] = weights[span]
            continue
        target = sum(inner[j, i] * links[i][span] for i in neighbours)
        target = _times(inverses[j], target) if structure.modes[j] == "B" else target
        target = target / _norm(correlations[span, span], target)
        new[span] = target * np.where((target * links[j][span]).sum(axis=0) < 0, -1, 1)
    return new


def _inner_weights(among: np.ndarray, structure: PathStructure) -> np.ndarray:
    adjacent = (structure.arrows | structure.arrows.T)[:, :, None]
    if structure.scheme == "centroid":
        return np.sign(among) * adjacent
    inner = among * adjacent
    if structure.scheme == "path":
        for target in range(len(inner)):
            sources = structure.sources(target)
            if len(sources):
                inner[target, sources] = solved(among[np.ix_(sources, sources)], among[sources, target])
    return inner


def _norm(correlations: np.ndarray, weights: np.ndarray) -> np.ndarray:
    variance = (weights * _times(correlations, weights)).sum(axis=0)
    return np.sqrt(np.where(variance > 1e-12 * (weights**2).sum(axis=0), variance, np.nan))


def _signs(
    correlations: np.ndarray, weights: np.ndarray, structure: PathStructure, reference: np.ndarray | None
) -> np.ndarray:
    signs = np.empty_like(weights)
    for span in structure.spans:
        loadings = _times(correlations[span, span], weights[span])
        if reference is None:
            leading = np.take_along_axis(loadings, np.abs(loadings).argmax(axis=0)[None], axis=0)[0]
        else:
            leading = reference[span] @ loadings
        signs[span] = np.where(leading < 0, -1, 1)
    return signs


def _construct_correlations(correlations: np.ndarray, weights: np.ndarray, structure: PathStructure) -> np.ndarray:
    links = [_times(correlations[:, span], weights[span]) for span in structure.spans]
    among = np.array([[(weights[span] * link[span]).sum(axis=0) for link in links] for span in structure.spans])
    among[np.arange(len(among)), np.arange(len(among))] = 1
    return among


def _inner_paths(among: np.ndarray, structure: PathStructure) -> tuple[np.ndarray, np.ndarray]:
    paths = np.zeros_like(among)
    r2 = np.zeros(among.shape[1:])
    for target in range(len(among)):
        sources = structure.sources(target)
        if len(sources):
            paths[target, sources] = solved(among[np.ix_(sources, sources)], among[sources, target])
            r2[target] = (paths[target, sources] * among[sources, target]).sum(axis=0)
    return paths, r2


def _rho_a(correlations: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Dijkstra and Henseler's reliability of a block (draws,); 1 for a single item."""
    if len(weights) == 1:
        return np.ones(weights.shape[1])
    off = 1 - np.eye(len(weights))[:, :, None]
    outer = weights[:, None] * weights
    observed = (weights * _times(correlations * off, weights)).sum(axis=0)
    expected = (weights * _times(outer * off, weights)).sum(axis=0)
    return (weights**2).sum(axis=0) ** 2 * observed / expected


def _corrected(
    among: np.ndarray, loadings: np.ndarray, weights: np.ndarray, reliability: np.ndarray, structure: PathStructure
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Construct correlations and loadings freed of measurement error, and which draws are admissible."""
    root = np.sqrt(np.where(reliability > 0, reliability, np.nan))
    among = among / (root[:, None] * root)
    diagonal = np.arange(len(among))
    among[diagonal, diagonal] = 1
    loadings = loadings.copy()
    for j, span in enumerate(structure.spans):
        if structure.modes[j] == "A" and span.stop - span.start > 1:
            loadings[span] = weights[span] * root[j] / (weights[span] ** 2).sum(axis=0)
    smallest = np.linalg.eigvalsh(np.moveaxis(np.nan_to_num(among), 2, 0))[:, 0]
    return among, loadings, (smallest > 0) & np.isfinite(root).all(axis=0) & (reliability <= 1).all(axis=0)


def _check_blocks(blocks: Mapping[str, Sequence[str]]) -> None:
    owner: dict[str, str] = {}
    for name, items in blocks.items():
        if isinstance(items, str) or not len(items):
            raise ValueError(f"block {name!r} is {items!r}; a list of at least one item is needed")
        for item in items:
            if item in owner:
                raise ValueError(f"item {item!r} is in the blocks {owner[item]!r} and {name!r}; keep it in one")
            owner[item] = name


def _check_controls(
    controls: Sequence[str], blocks: Mapping[str, Sequence[str]], paths: Iterable[tuple[str, str]]
) -> None:
    for name in controls:
        if len(blocks.get(name, ())) != 1 or any(target == name for _, target in paths):
            raise ValueError(f"the control {name!r} must be a block of one item with no arrow into it")


def _checked_paths(paths: Iterable[tuple[str, str]], blocks: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    paths = list(dict.fromkeys((source, target) for source, target in paths))
    for name in (name for path in paths for name in path):
        if name not in blocks:
            raise ValueError(f"a path names {name!r}, which is not a block; blocks: {', '.join(map(str, blocks))}")
    lonely = [name for name in blocks if not any(name in path for path in paths)]
    if lonely:
        raise ValueError(f"block {lonely[0]!r} is in no path; add one or leave the block out")
    return paths


def _causal_order(blocks: Mapping[str, Sequence[str]], paths: Iterable[tuple[str, str]]) -> list[str]:
    graph: dict[str, list[str]] = {name: [] for name in blocks}
    for source, target in paths:
        graph[target].append(source)
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        cycle = " -> ".join(map(str, reversed(error.args[1])))
        raise ValueError(f"the paths go in a circle: {cycle}; take one of these paths out") from None
