"""Does a break describe the data better than every smooth shape and the ceiling of the scale?

A test against a straight line alone is the wrong question: diminishing returns and a full scale bend every line.
All shapes are compared by BIC on the mean of y, on the rows' effective number.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.stats.breaks import break_support as bs
from cxlib.stats.breaks import breakpoints as bp
from cxlib.stats.breaks import two_breaks as tb
from cxlib.stats.breaks.bounded_shapes import BOUNDED, bounded_fit

SMOOTH = ("flat", "line", "square root", "log", "shifted log", "quadratic", "spline")
BREAKS = ("kink", "step", "jump", "two kinks", "flat step")
STEPS = ("step", "flat step")  # all that answers on a few whole numbers can tell: the place lies between two of them
FEW_VALUES = 11  # whole numbers, as on a scale of 0-10
LOG_SHIFTS = 2.0 ** np.arange(-5, 3)  # of the median distance from the smallest x


def shape_contest(
    x: ArrayLike, y: ArrayLike, *, bounds: Sequence[float] | None = None, weights: ArrayLike | None = None,
    covariates: ArrayLike | None = None, design_effect: float = 1.0, side_share: float = 0.05, side_rows: int = 30,
) -> pd.DataFrame:
    """How well each shape describes the mean of y over x, best first; BIC, lower is better.

    x, y           (n,) numbers; weights (n,); covariates (n, p)
    bounds         (low, high) ends of the answer scale: adds the censored-normal and logistic mean curves, unless
                   they are so steep that they are a break by another name
    design_effect  rows count as n / design_effect (see `line_test`)
    returns        DataFrame: shape, kind (smooth, bounded, break), parameters, rss, bic, behind (BIC above best)
    errors         ValueError: y outside bounds; see `break_support`. A break that no place has rows for is left out
    assumes        the variance of y is near enough to constant, or design_effect carries the difference
    source         Schwarz 1978; censored normal mean: Tobin 1958
    """
    support = bs.break_support(x, y, weights=weights, covariates=covariates)
    free = bs.break_support(x, y, weights=weights, covariates=covariates, flat_before=True)
    return contest(support, free, bounds=bounds, design_effect=design_effect, side_share=side_share,
                   side_rows=side_rows)


def contest(
    support: bs.Support, free: bs.Support, *, bounds: Sequence[float] | None = None, design_effect: float = 1.0,
    side_share: float = 0.05, side_rows: int = 30,
) -> pd.DataFrame:
    """`shape_contest` for collapsed data: `support` with x in the base, `free` without.

    errors         ValueError: y outside bounds
    source         as `shape_contest`
    """
    sides: bs.Sides = {"side_share": side_share, "side_rows": side_rows}
    rows: list[tuple[str, str, float, float]] = [(shape, "smooth", *_smooth(free, shape)) for shape in SMOOTH]
    if bounds is not None:
        fits = [bounded_fit(free, shape, bounds) for shape in BOUNDED]
        rows += [(fit.shape, "bounded", fit.rss, fit.parameters) for fit in fits if not fit.steep]
    breaks = [(shape, "break", *_break(support, free, shape, sides)) for shape in BREAKS]
    between = [row for row in breaks if row[0] in STEPS and not np.isnan(row[2])] if is_coarse(support.x) else []
    rows += between or breaks
    table = pd.DataFrame(rows, columns=["shape", "kind", "rss", "parameters"]).dropna()
    effective = support.n / max(design_effect, 1.0)
    exact = 1e-12 * max(free.rss, 1e-300)  # a fit without residuals has no finite BIC
    table["bic"] = effective * np.log(table.rss.clip(lower=exact) / support.n) + np.log(effective) * table.parameters
    table["behind"] = table.bic - table.bic.min()
    order = ["shape", "kind", "parameters", "rss", "bic", "behind"]
    return table.sort_values("bic", kind="stable")[order].reset_index(drop=True)


def is_coarse(x: np.ndarray) -> bool:
    """Whether the distinct x (m,) are so few whole numbers that a bend cannot be placed between them."""
    return len(x) <= FEW_VALUES and bool((x == np.round(x)).all())


def best_of_shape(
    support: bs.Support, free: bs.Support, shape: str, *, side_share: float = 0.05, side_rows: int = 30
) -> bp.Break:
    """The best break of one of BREAKS; "flat step" is a step between two levels, without a slope on either side.

    errors         ValueError for an unknown shape, and where no place has enough rows on either side (of two kinks: before, between and after)
    """
    sides: bs.Sides = {"side_share": side_share, "side_rows": side_rows}
    if shape == "two kinks":
        return tb.best_pair(support, **sides)
    return bp.best_break(free, "step", **sides) if shape == "flat step" else bp.best_break(support, shape, **sides)


def smooth_columns(x: np.ndarray, shape: str, weight: np.ndarray) -> np.ndarray:
    """Columns (m, k) that a smooth shape puts in place of the straight line."""
    start = x - x.min() if x.min() < 0 else x
    if shape == "flat":
        return np.empty((len(x), 0))
    if shape == "quadratic":
        return np.column_stack([x, (x - x.mean()) ** 2])
    if shape == "spline":
        return _natural_spline(x, weight)
    return {"line": x, "square root": np.sqrt(start), "log": np.log1p(start)}[shape][:, None]


def _smooth(free: bs.Support, shape: str) -> tuple[float, int]:
    if shape == "shifted log":
        start = free.x - free.x.min()
        middle = _weighted_quantile(start, free.weight, 0.5) or start[1]
        fits = [explained(free, np.log(start + middle * shift)[:, None]) for shift in LOG_SHIFTS]
        return free.rss - max(fits), free.parameters + 2
    columns = smooth_columns(free.x, shape, free.weight)
    return free.rss - explained(free, columns), free.parameters + columns.shape[1]


def smooth_curve(free: bs.Support, shape: str, bounds: Sequence[float] | None = None) -> np.ndarray:
    """The fitted mean (m,) of a smooth or bounded shape at the distinct x, covariates at their mean.

    errors         ValueError for a shape that the scale bends without bounds, and y outside them
    """
    if shape in BOUNDED:
        if bounds is None:
            raise ValueError(f"{shape} is bent by the ends of the scale; give them as bounds.")
        return bounded_fit(free, shape, bounds).curve
    if shape == "shifted log":
        start = free.x - free.x.min()
        middle = _weighted_quantile(start, free.weight, 0.5) or start[1]
        columns = max((np.log(start + middle * shift)[:, None] for shift in LOG_SHIFTS),
                      key=lambda column: explained(free, column))
    else:
        columns = smooth_columns(free.x, shape, free.weight)
    y_mean = free.root @ (free.basis @ free.projection) / free.weight.sum()
    taken = free.q.T @ columns
    gram = columns.T @ (free.weight[:, None] * columns) - taken.T @ taken
    curve = columns @ np.linalg.lstsq(gram, columns.T @ free.r, rcond=1e-12)[0]
    return y_mean + curve - free.weight @ curve / free.weight.sum()


def explained(support: bs.Support, columns: np.ndarray) -> float:
    """Fall of the RSS when functions of x (m, k) join the base; inf-safe: repeated columns add nothing."""
    if columns.shape[1] == 0:
        return 0.0
    taken = support.q.T @ columns
    gram = columns.T @ (support.weight[:, None] * columns) - taken.T @ taken
    right = columns.T @ support.r
    size = np.sqrt(np.diag(gram).clip(1e-300))
    value, vector = np.linalg.eigh(gram / np.outer(size, size))
    part = vector.T @ (right / size)
    return float((part[value > 1e-9] ** 2 / value[value > 1e-9]).sum())


def _natural_spline(x: np.ndarray, weight: np.ndarray, inner: Sequence[float] = (1 / 3, 2 / 3)) -> np.ndarray:
    """Natural cubic spline with 3 degrees of freedom: knots at the ends and thirds of the answers."""
    knots = np.array([x.min(), *(_weighted_quantile(x, weight, share) for share in inner), x.max()])
    knots, x = (knots - knots[0]) / np.ptp(x), (x - x.min()) / np.ptp(x)
    knots = np.unique(knots)
    if len(knots) < 3:
        return x[:, None]

    def curve(k: int) -> np.ndarray:
        return (np.clip(x - knots[k], 0, None) ** 3 - np.clip(x - knots[-1], 0, None) ** 3) / (knots[-1] - knots[k])

    return np.column_stack([x, *(curve(k) - curve(len(knots) - 2) for k in range(len(knots) - 2))])


def _weighted_quantile(x: np.ndarray, weight: np.ndarray, share: float) -> float:
    return x[np.searchsorted(np.cumsum(weight), share * weight.sum())]


def _break(support: bs.Support, free: bs.Support, shape: str, sides: bs.Sides) -> tuple[float, float]:
    """RSS and parameters of the best break of this shape; missing when no place leaves enough rows."""
    try:
        best = best_of_shape(support, free, shape, **sides)
    except ValueError:
        return np.nan, np.nan
    return best.rss, best.parameters
