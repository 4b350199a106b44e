"""How fast an event comes, by predictor, for members who enter late and leave early."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.links.link_fit import LinkFit, link_fit


def hazard_link(
    exit: ArrayLike,
    event: ArrayLike,
    design: pd.DataFrame,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    confidence: float = 0.95,
) -> LinkFit:
    """Log hazard ratio of an event, by predictor (Cox regression with late entry).

    exit      (n,) age at the event or at the end of watching, counted from the member's own start, not from entry
    event     (n,) 1 when the event ended the watching, 0 when not
    design    DataFrame (n, terms) of numbers
    entry     (n,) age at which watching began; the member is at risk from then (entry < age <= exit). None: from 0
    weights, clusters   survey weights and labels of groups; either makes the covariance robust
    returns   LinkFit with family "hazard", no constant
    errors    ValueError when a member enters at or after its exit, without any event, for another event than 0 and 1,
              weights of 0 or below, and a confidence outside 0-1
    assumes   hazards stay proportional; watching ends independently of the event
    source    Cox 1972, ties by Efron; statsmodels PHReg: same numbers (R's rule for late entry). Robust: Lin & Wei 1989
    """
    rows, matrix, names, groups = _rows(exit, event, design, entry, weights, clusters)
    sizes = _tied(rows)
    centre = matrix.mean(axis=0)
    matrix, coefficients, settled = matrix - centre, np.zeros(matrix.shape[1]), False
    for _ in range(40):
        gradient, information, means, jumps = _efron(rows, matrix, coefficients, sizes)
        step = np.linalg.solve(information, gradient)
        coefficients = coefficients + step * min(1.0, 5.0 / max(np.abs(step * matrix.std(axis=0)).max(), 1e-300))
        if gradient @ step < 1e-12:
            settled = True
            break
    covariance = np.linalg.inv(information)
    if groups is not None or rows["weight"].std() > 0:
        covariance = _robust(rows, matrix, coefficients, means, jumps, covariance, groups)
    events = int(rows["event"].sum())
    wide = np.sqrt(np.diag(np.linalg.inv(information))) * matrix.std(axis=0) > 25
    flags = [*(["separation"] if wide.any() else [] if settled else ["not_converged"]),
             *(["few_events"] if events < 10 * len(names) else [])]
    return link_fit(names, coefficients, covariance, "hazard", len(rows), events, flags, confidence)


def _rows(
    exit: ArrayLike,
    event: ArrayLike,
    design: pd.DataFrame,
    entry: ArrayLike | None,
    weights: ArrayLike | None,
    clusters: ArrayLike | None,
) -> tuple[pd.DataFrame, np.ndarray, list[str], np.ndarray | None]:
    design = pd.DataFrame(design).astype(float)
    length = len(design)
    rows = pd.DataFrame({
        "exit": np.asarray(exit, float), "event": np.asarray(event, float),
        "entry": np.zeros(length) if entry is None else np.asarray(entry, float),
        "weight": np.ones(length) if weights is None else np.asarray(weights, float),
        "cluster": 0.0 if clusters is None else pd.factorize(np.asarray(clusters))[0]})
    complete = rows.notna().all(axis=1).to_numpy() & design.notna().all(axis=1).to_numpy()
    rows, matrix = rows[complete].reset_index(drop=True), design.to_numpy()[complete]
    late = rows.entry >= rows.exit
    if late.any():
        at = int(late.to_numpy().argmax())
        raise ValueError(f"entry {rows.entry[at]:g} is not before exit {rows.exit[at]:g}; "
                         "both count from the member's own start")
    if not rows.event.isin((0, 1)).all() or rows.event.sum() == 0:
        raise ValueError("event must be 1 when it happened and 0 when not, and happen at least once")
    if (rows.weight <= 0).any():
        raise ValueError("weights must be positive; drop the rows that should not count")
    rows["weight"] /= rows.weight.mean()
    labels = None if clusters is None else rows.cluster.to_numpy().astype(int)
    return rows, matrix, list(map(str, design.columns)), labels


def _tied(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Where each row enters and leaves the list of event ages, and the size of the ties there."""
    happened = rows.event.to_numpy() == 1
    ages = np.unique(rows.exit[happened])
    last = np.searchsorted(ages, rows.exit, side="right") - 1
    first = np.searchsorted(ages, rows.entry, side="right")
    ties = np.bincount(last[happened], minlength=len(ages))
    return {"ages": ages, "first": first, "last": last, "ties": ties, "happened": happened,
            "tied_weight": np.bincount(last[happened], rows.weight[happened], len(ages)) / ties}


def _at_risk(values: np.ndarray, sizes: dict[str, np.ndarray]) -> np.ndarray:
    """Sum of a row's value over all members at risk at each event age."""
    length = len(sizes["ages"])
    present = sizes["last"] >= sizes["first"]
    begin = np.bincount(sizes["first"][present], values[present], length + 1)
    stop = np.bincount(sizes["last"][present] + 1, values[present], length + 1)
    return (begin - stop).cumsum()[:length]


def _efron(
    rows: pd.DataFrame, matrix: np.ndarray, coefficients: np.ndarray, sizes: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Gradient and information of the Efron likelihood, with the mean predictor and hazard jump at each age."""
    risk = rows.weight.to_numpy() * np.exp(np.clip(matrix @ coefficients, -500, 500))
    length, terms = len(sizes["ages"]), matrix.shape[1]
    age = np.repeat(np.arange(length), sizes["ties"])
    place = np.arange(len(age)) - np.repeat(np.cumsum(sizes["ties"]) - sizes["ties"], sizes["ties"])
    part = place / sizes["ties"][age]
    happened, last = sizes["happened"], sizes["last"]

    def thinned(values: np.ndarray) -> np.ndarray:
        tied = np.bincount(last[happened], values[happened], length)
        return _at_risk(values, sizes)[age] - part * tied[age]

    total = thinned(risk)
    mean = np.column_stack([thinned(risk * column) for column in matrix.T]) / total[:, None]
    share = sizes["tied_weight"][age]
    gradient = (matrix[happened] * rows.weight.to_numpy()[happened, None]).sum(axis=0) - share @ mean
    information = np.empty((terms, terms))
    for i in range(terms):
        for j in range(i, terms):
            second = thinned(risk * matrix[:, i] * matrix[:, j]) / total
            information[i, j] = information[j, i] = share @ (second - mean[:, i] * mean[:, j])
    jumps = np.bincount(age, share / total, length)
    means = np.column_stack([np.bincount(age, share / total * column, length) for column in mean.T])
    return gradient, information, means, jumps


def _robust(
    rows: pd.DataFrame,
    matrix: np.ndarray,
    coefficients: np.ndarray,
    means: np.ndarray,
    jumps: np.ndarray,
    bread: np.ndarray,
    clusters: np.ndarray | None,
) -> np.ndarray:
    sizes = _tied(rows)
    risk = np.exp(matrix @ coefficients)
    hazard, drift = np.append(0.0, jumps.cumsum()), np.vstack([np.zeros(means.shape[1]), means.cumsum(axis=0)])
    first, last = sizes["first"], np.maximum(sizes["last"], -1)
    span = np.maximum(hazard[last + 1] - hazard[np.minimum(first, last + 1)], 0.0)
    drifted = drift[last + 1] - drift[np.minimum(first, last + 1)]
    score = -risk[:, None] * (matrix * span[:, None] - drifted)
    happened = sizes["happened"]
    at = last[happened]
    score[happened] += matrix[happened] - means[at] / jumps[at, None]
    score = score * rows.weight.to_numpy()[:, None]
    if clusters is not None:
        score = np.column_stack([np.bincount(clusters, column) for column in score.T])
    return bread @ score.T @ score @ bread
