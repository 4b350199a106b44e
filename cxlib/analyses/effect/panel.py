"""The figure of each unit in each period, of which it is asked whether what was begun has moved it."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlib.analyses import measures
from cxlib.analyses.design import EVERYBODY, Design, Questionnaire
from cxlib.analyses.measures import Measure
from cxlib.analyses.result import Base, OneScreen, Term
from cxlib.analyses.rollout import Rollout
from cxlib.analyses.rows import answered, base_of, in_order, needed, weights_of
from cxlib.analyses.units import Unit
from cxlib.stats.moments import effective_n

ENOUGH = 0.8  # of the units must have a figure in a period, or the period is left out
LACKS_PERIODS = Term("units that lack a period")


@dataclass(frozen=True, repr=False)
class Panel(OneScreen):
    """One figure of all units over all periods.

    values     DataFrame, a row a unit and a column a period, without gaps; a rise is what is wanted
    errors     DataFrame of the same shape: the standard error of each figure; NaN where it is not known
    answers    the same: answers behind it; NaN where nobody says
    everybody  DataFrame by period: value, error (the figure of all, whatever their unit), n; and count, exposure, where events are counted
    name       what sentences call the figure;  unit: of a value;  turned: whether low figures are wanted, so that values are negative
    base       rows read, used, dropped and why
    order      every period, in order, with or without a figure
    """

    values: pd.DataFrame
    errors: pd.DataFrame
    answers: pd.DataFrame
    everybody: pd.DataFrame
    name: str
    unit: Unit
    turned: bool
    base: Base
    order: tuple[str, ...] = ()

    @property
    def periods(self) -> list[str]:
        """Names of the periods, in their order."""
        return [str(each) for each in self.values.columns]


def panel_of(rollout: Rollout, responses: pd.DataFrame | None, asked: Questionnaire | None, design: Design = EVERYBODY) -> Panel | None:
    """The figure that should have moved, by unit and period; None where the survey does not ask it or names no periods.

    rollout    its `figures`, or else `outcome` of the survey
    responses  one row a respondent, with `rollout.unit` and `design.period`
    """
    if rollout.figures is not None:
        return _of_table(rollout)
    measure = measure_of(rollout.outcome, asked) if asked is not None else None
    if responses is None or measure is None or design.period is None:
        return None
    return _of_survey(rollout, measure, needed(responses, [rollout.unit, design.period]), design)


def measure_of(outcome: str, asked: Questionnaire) -> Measure | None:
    """How a question of the survey becomes a figure; None where it is not asked."""
    if outcome == "recommend" and asked.recommend is not None and tuple(asked.recommend.scale) in measures.NPS_SCALES:
        return measures.net_promoter(asked.recommend.score, asked.recommend.scale)
    if outcome == "rating" and asked.rating is not None:
        return measures.satisfied(asked.rating.score, asked.rating.scale, asked.rating.top)
    if outcome == "effort" and asked.effort is not None:
        return measures.effort(asked.effort.score, asked.effort.scale, asked.effort.definition, asked.effort.easy)
    if outcome == "satisfaction" and asked.satisfaction is not None:
        return measures.index(Term("Satisfaction index"), asked.satisfaction)
    if outcome == "loyalty" and asked.loyalty is not None:
        return measures.index(Term("Loyalty index"), asked.loyalty)
    block = asked.blocks.get(outcome)
    if block is None:
        return None
    items = list(block.items)
    return Measure(block.label, Unit.INDEX, Term("Mean of the questions, from 0 (worst possible answer) to 100 (best)"),
                   lambda rows: np.nanmean(measures.on_hundred(rows, block, items), axis=1), (0, 100))  # fmt: skip


def _of_table(rollout: Rollout) -> Panel:
    rows = rollout.figures
    counted = "exposure" in rows
    if counted:
        rows = rows.assign(count=rows["value"], value=rows["value"] / rows["exposure"], answers=rows["exposure"])
    sign = 1.0 if rollout.higher_is_better else -1.0
    wide = {name: rows.pivot(index="unit", columns="period", values=name).reindex(columns=in_order(rows["period"])) for name in ("value", "answers")}
    values = _without_gaps(sign * wide["value"])
    answers = wide["answers"].loc[values.index, values.columns]
    one = _spread_of_one(values, answers)
    weights = answers.fillna(1.0)
    n = answers.sum() if answers.notna().all(axis=None) else pd.Series(np.nan, values.columns)
    everybody = pd.DataFrame({"value": (values * weights).sum() / weights.sum(), "error": one / np.sqrt(weights.sum()) if one else np.nan, "n": n})
    if counted:
        kept = rows[rows["unit"].isin(values.index)]
        everybody = everybody.join(kept.groupby("period", observed=True)[["count", "exposure"]].sum())
    base = Base(len(rows), int(values.size), {LACKS_PERIODS: len(rows) - int(values.size)} if len(rows) > values.size else {},
                periods=tuple(dict.fromkeys(map(str, (values.columns[0], values.columns[-1])))) if values.shape[1] else ())  # fmt: skip
    return Panel(values, one / np.sqrt(answers), answers, everybody, rollout.label or "", Unit.PERCENT if counted else Unit.INDEX, not rollout.higher_is_better, base, _order(rollout.figures["period"]))


def _spread_of_one(values: pd.DataFrame, answers: pd.DataFrame) -> float:
    """SD of one answer, from how much more units with few answers waver from period to period; NaN where nobody says how many they are."""
    if values.empty or answers.isna().any(axis=None) or values.shape[1] < 3:
        return float("nan")
    second = values.to_numpy()[:, 2:] - 2 * values.to_numpy()[:, 1:-1] + values.to_numpy()[:, :-2]
    second = second - second.mean(axis=0)
    noise = 1 / answers.to_numpy(float)
    return float(np.sqrt((second**2).sum() / (noise[:, 2:] + 4 * noise[:, 1:-1] + noise[:, :-2]).sum()))


def _of_survey(rollout: Rollout, measure: Measure, responses: pd.DataFrame, design: Design) -> Panel:
    base = base_of(measure.values(responses), weights_of(responses, design.weight), None, weighted=bool(design.weight))
    rows, values, weights = answered(responses, measure, design.weight)
    sign = 1.0 if measure.high_is_good else -1.0
    scores = sign * _each(measure, values)
    order = in_order(rows[design.period])
    frame = pd.DataFrame({"score": scores, "weight": weights, "period": rows[design.period].to_numpy(), "unit": None})
    if rollout.unit is not None:
        frame["unit"] = rows[rollout.unit].astype(object).to_numpy()
    spread = float(np.sqrt(np.cov(scores, aweights=weights))) if len(scores) > 1 else float("nan")
    everybody = pd.DataFrame([_mean(frame[frame["period"] == period], spread) for period in order], index=order)
    cells = frame.dropna(subset=["unit"]).groupby(["unit", "period"], observed=True).apply(lambda part: pd.Series(_mean(part, spread)), include_groups=False)
    wide = {name: cells[name].unstack("period").reindex(columns=order) if len(cells) else pd.DataFrame(columns=order) for name in ("value", "error", "n")}
    complete = _without_gaps(wide["value"])
    parts = {name: wide[name].loc[complete.index, complete.columns] for name in ("error", "n")}
    periods = tuple(dict.fromkeys(map(str, (order[0], order[-1])))) if order else ()
    return Panel(complete, parts["error"], parts["n"], everybody, measure.name, measure.unit, not measure.high_is_good, replace(base, periods=periods), _order(responses[design.period]))


def _each(measure: Measure, values: np.ndarray) -> np.ndarray:
    """What each answer adds to the figure: -100, 0 or 100 of a net score, else itself."""
    if isinstance(measure, measures.NetMeasure):
        return 100.0 * (values >= measure.best_from) - 100.0 * (values <= measure.worst_up_to)
    return values.astype(float)


def _mean(rows: pd.DataFrame, spread: float) -> dict[str, float]:
    weights = rows["weight"].to_numpy(float)
    return {"value": float(np.average(rows["score"], weights=weights)), "error": spread / float(np.sqrt(effective_n(weights))), "n": float(len(rows))}


def _without_gaps(wide: pd.DataFrame) -> pd.DataFrame:
    """The units that have every period; a period that many units lack is left out first."""
    return wide.loc[:, wide.notna().mean() >= ENOUGH].dropna() if wide.size else wide


def _order(labels: pd.Series) -> tuple[str, ...]:
    """Every period that a column can hold, in order."""
    return tuple(labels.cat.categories if isinstance(labels.dtype, pd.CategoricalDtype) else in_order(labels))
