"""What a service level's picture shows: means of the outcome over bins of the level, and the fitted course."""

import numpy as np
import pandas as pd

from cxlib.analyses.service_level import ServiceLevel
from cxlib.analyses.tipping_points.question import LevelQuestion
from cxlib.stats.survey.indices import mean
from cxlib.stats.survey.proportions import share

MOST_BINS = 16


def binned_means(
    asked: LevelQuestion, contacts: pd.DataFrame, level: ServiceLevel, minimum: int, confidence: float, cuts=()
) -> pd.DataFrame:
    """One row a bin of x: from, to, middle (mean x), n, mean with interval, ceiling (share of the best answer) and,
    where it is known, abandoned (share who gave up). Bins hold about equally many answers, none under `minimum`; none
    lies on both sides of one of the `cuts`."""
    columns = ["service", "lowest", "highest", "middle", "n", "mean", "low", "high", "ceiling", "abandoned"]
    if asked.n < minimum:
        return pd.DataFrame(columns=columns)
    edges = _edges(asked.x, max(minimum, asked.n // MOST_BINS), minimum, cuts)
    place = np.searchsorted(edges, asked.x, side="right") - 1
    best = asked.bounds[1] if asked.best == "high" else asked.bounds[0]
    rows = []
    for number in range(len(edges)):
        inside = place == number
        x, y = asked.x[inside], asked.y[inside]
        weights = None if asked.weights is None else asked.weights[inside]
        middle = share(y == 1, weights, confidence=confidence) if asked.is_event else \
            mean(y, weights, scale=asked.bounds, confidence=confidence)  # fmt: skip
        rows.append({"service": asked.label, "lowest": x.min(), "highest": x.max(), "middle": x.mean(), "n": len(x),
                     "mean": middle.estimate, "low": middle.low, "high": middle.high,
                     "ceiling": float(np.average(y == best, weights=weights)), "abandoned": None})  # fmt: skip
    table = pd.DataFrame(rows)[columns]
    if level.abandoned:
        known = contacts[[level.column, level.abandoned]].dropna().to_numpy(float)
        bins = np.searchsorted(edges, known[:, 0], side="right") - 1
        shares = pd.Series(known[:, 1]).groupby(bins).agg(["mean", "size"])
        table["abandoned"] = shares["mean"].where(shares["size"] >= minimum).reindex(range(len(edges))).to_numpy()
    return table


def _edges(x: np.ndarray, least: int, minimum: int, cuts) -> np.ndarray:
    """Lower ends of bins of at least `least` rows each, `minimum` before a cut; a bin begins at a value that occurs."""
    values, counts = np.unique(x, return_counts=True)
    firsts = {values[np.searchsorted(values, cut, side="right")] for cut in cuts if values[0] <= cut < values[-1]}
    edges, inside = [values[0]], 0
    for value, count in zip(values, counts, strict=True):
        if inside >= least or (value in firsts and inside >= minimum):
            edges.append(value)
            inside = 0
        inside += count
    return np.array(edges[:-1] if inside < minimum and len(edges) > 1 else edges)


def fitted_curve(each) -> pd.DataFrame:
    """The fitted course: service, x, fitted, at 200 values and on either side of each break."""
    if each.found is None:
        return pd.DataFrame(columns=["service", "x", "fitted"])
    found, x = each.found.found, each.question.x
    after = [] if len(found.places) > 1 else [np.nextafter(found.places[0], np.inf)]
    corners = [*found.places, *after]
    grid = np.unique(np.concatenate([np.linspace(x.min(), x.max(), 200), corners]))
    return pd.DataFrame({"service": each.question.label, "x": grid, "fitted": each.mean_at(grid)})
