"""The rows that an analysis rests on: missing answers leave once, before any n is taken, and are counted by reason."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from cxlib.analyses.design import Design
from cxlib.analyses.measures import Measure
from cxlib.analyses.result import Base, CannotAnswer, Term
from cxlib.stats.survey.disclosure import hidden_groups
from cxlib.stats.survey.weighting import effective_n

REASONS = {"dont_know": Term("don't know"), "not_applicable": Term("not applicable"), "blank": Term("not answered")}
OTHER_PERIODS = Term("other periods")


def needed(rows: pd.DataFrame, columns: list[str | None]) -> pd.DataFrame:
    """The rows, unless a column is not among them: then a CannotAnswer that names it and those there are."""
    lacking = [column for column in columns if column and column not in rows]
    if lacking:
        raise CannotAnswer(f"column {lacking[0]!r} is not in the table; it has {', '.join(map(str, rows.columns))}.")
    return rows


def in_content_order(rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows in an order that follows from what they hold (`content_order`), numbered anew."""
    return rows.iloc[content_order(rows)].reset_index(drop=True)


def content_order(rows: pd.DataFrame) -> np.ndarray:
    """The places of the rows, in an order that follows from what they hold.

    Chance then draws the same rows from the same seed however a file is sorted. Rows of equal content are exchangeable; what
    a column is called, a column of which nothing changes and a number's unit (weights four times as large) move no row.
    """
    varied = [column for column in rows if rows[column].nunique(dropna=False) > 1]
    if not varied:
        return np.arange(len(rows))
    ranks = {place: rows[column].rank(method="dense") if is_numeric_dtype(rows[column]) else rows[column].astype(str)
             for place, column in enumerate(varied)}  # fmt: skip
    return np.argsort(pd.util.hash_pandas_object(pd.DataFrame(ranks), index=False).to_numpy(), kind="stable")


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


def in_order(labels: pd.Series) -> list:
    """The periods that there are, oldest first: as the category has them, else by the alphabet."""
    known = labels.cat.categories if isinstance(labels.dtype, pd.CategoricalDtype) else sorted(labels.dropna().unique())
    return [label for label in known if (labels == label).any()]


def shown_periods(labels: pd.Series, minimum: int) -> list:
    """The periods of which a figure may be shown, oldest first: none with fewer rows, nor one that would give it away."""
    order = in_order(labels)
    if not order:
        return []
    hidden = hidden_groups(labels.value_counts().reindex(order), threshold=minimum)
    return [label for label in order if not hidden[label]]


def in_basis(rows: pd.DataFrame, design: Design, counted: np.ndarray | None = None) -> np.ndarray:
    """(rows,) True for those of the periods that groups, distributions and drivers rest on, by `design.basis`.

    counted  (rows,) which rows count in the figure; None: all. A period of which too few do to be shown is none of the
             latest, so that groups rest on the period of the headline. Without a period that may be shown: every row
    """
    most = design.most_periods
    if design.period is None or most is None:
        return np.ones(len(rows), bool)
    labels = needed(rows, [design.period])[design.period]
    latest = shown_periods(labels if counted is None else labels[counted], design.minimum)[-most:]
    return labels.isin(latest).to_numpy() if latest else np.ones(len(rows), bool)


def span(rows: pd.DataFrame, design: Design) -> tuple[str, ...]:
    """The first and last period of the rows, for their base; one where that is all, none without periods."""
    order = [str(label) for label in in_order(rows[design.period])] if design.period else []
    return tuple(dict.fromkeys([order[0], order[-1]])) if order else ()


def within(base: Base, rows: pd.DataFrame, kept: np.ndarray, design: Design) -> Base:
    """The base of a figure that rests on some of the rows that count: `kept` of them, the others being of other periods."""
    left, used = int((~kept).sum()), rows[kept]
    effective = float(effective_n(weights_of(used, design.weight))) if design.weight and len(used) else None
    dropped = dict(base.dropped) | ({OTHER_PERIODS: left} if left else {})
    return replace(base, used=len(used), dropped=dropped, effective=effective, periods=span(used, design))
