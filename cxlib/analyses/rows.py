"""The rows that an analysis rests on: missing answers leave once, before any n is taken, and are counted by reason."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cxlib.analyses.measures import Measure
from cxlib.analyses.result import Base, DataError, Term
from cxlib.stats.survey.weighting import effective_n

REASONS = {"dont_know": Term("don't know"), "not_applicable": Term("not applicable"), "blank": Term("not answered")}


def needed(rows: pd.DataFrame, columns: list[str | None]) -> pd.DataFrame:
    """The rows, unless a column is not among them: then a DataError that names it and those there are."""
    lacking = [column for column in columns if column and column not in rows]
    if lacking:
        raise DataError(f"column {lacking[0]!r} is not in the table; it has {', '.join(map(str, rows.columns))}.")
    return rows


def weights_of(rows: pd.DataFrame, weight: str | None) -> np.ndarray:
    """The survey weight of each row; 1 where there is none."""
    return rows[weight].to_numpy(float) if weight else np.ones(len(rows))


def base_of(values: np.ndarray, weights: np.ndarray, unanswered: Mapping[str, int] | None, *, weighted: bool) -> Base:
    """The base of a figure: rows read, used, and dropped by reason; what no reason explains counts as not answered."""
    used = ~np.isnan(values)
    counts = {REASONS[reason]: int(n) for reason, n in (unanswered or {}).items() if n}
    rest = int((~used).sum()) - sum(counts.values())
    if rest > 0 or not counts:
        counts[REASONS["blank"]] = counts.get(REASONS["blank"], 0) + max(rest, 0)
    effective = float(effective_n(weights[used])) if weighted and used.any() else None
    return Base(len(values), int(used.sum()), {k: v for k, v in counts.items() if v}, effective)


def answered(rows: pd.DataFrame, measure: Measure, weight: str | None) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Rows that count in a figure, what each adds, and their weights."""
    values = measure.values(rows)
    used = ~np.isnan(values)
    return rows[used], values[used], weights_of(rows, weight)[used]
