"""What was begun, judged: each initiative by the design that its start allows. Computed once; the results only read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from cxlib.analyses.design import EVERYBODY, Design, Questionnaire
from cxlib.analyses.effect.panel import Panel, panel_of
from cxlib.analyses.result import OneScreen
from cxlib.analyses.rollout import Rollout
from cxlib.analyses.units import Unit
from cxlib.stats.rollout.adjusted import AdjustedEffect, adjusted_effect
from cxlib.stats.rollout.customers import RandomEffect, random_effect
from cxlib.stats.rollout.group_time import RolloutEffect, rollout_effect
from cxlib.stats.rollout.imputed import ImputedEffect, imputed_effect
from cxlib.stats.rollout.placebo import PlaceboRank, placebo_rank
from cxlib.stats.rollout.power import LEAST_UNITS, ChangeSpread, periods_until_seen, spread_of_change
from cxlib.stats.rollout.series import RateShift, SeriesShift, count_shift, level_shift
from cxlib.stats.rollout.verdict import rollout_verdict

BEFORE, AFTER = 12, 4  # periods that a series without comparison needs before and after the start
MOST_PERIODS = 36  # further periods that are looked ahead
LEAST_COUNTED = 5  # events that are counted on either side of the start


@dataclass(frozen=True)
class Judged:
    """One initiative.

    rollout    changes compared;  adjusted: held against what was to be expected of each unit; both of `random`, `score` and `other`
    design     "random", "score", "other", "one_unit", "series", "customers", or what stands in the way: "late" (begins after the last
               figures), "no_figure", "no_before" (no earlier period), "few_units", "shared" (all units with it have another one too),
               "short" (nobody to compare with, and too few periods for a series), "no_answers" (and nobody says how many answers are behind
               each figure), "few_events" (and hardly any was counted), "few_answers" (of fewer people than may be shown), "one_by_one" (each
               unit starts at a time of its own), "nobody_alike" (no unit without it scored as they did)
    verdict    as stats.rollout.rollout_verdict; "little" where an effect is clear and smaller than what matters; "cannot_tell" where
               something stands in the way
    unit, smallest   what the effect is measured in, and how much of it matters
    estimate, low, high   points by which what has it has improved more than what it is compared with; NaN where nothing can be computed
    raw        points by which what has it has improved, from the period before its start to the periods after it
    units, others   units with it, and units that never got it, or, where all do in the end, that got it later (of customers: people)
    left_out   units that had begun another initiative before, so that they say nothing of this one
    before, after   periods before its first start, and since
    seen       smallest effect that would have been seen in 80 of 100 cases
    further    periods after the last one until the smallest effect that matters would be seen; None: not within MOST_PERIODS
    """

    initiative: str
    design: str
    verdict: str = "cannot_tell"
    unit: Unit = Unit.INDEX
    smallest: float = np.nan
    estimate: float = np.nan
    low: float = np.nan
    high: float = np.nan
    raw: float = np.nan
    units: int = 0
    others: int = 0
    left_out: int = 0
    before: int = 0
    after: int = 0
    seen: float = np.nan
    further: int | None = None
    rollout: RolloutEffect | None = None
    adjusted: AdjustedEffect | ImputedEffect | None = None
    rank: PlaceboRank | None = None
    series: SeriesShift | None = None
    rate: RateShift | None = None
    trial: RandomEffect | None = None
    spread: ChangeSpread | None = None
    gains: pd.DataFrame | None = None

    @property
    def interval(self) -> RolloutEffect | AdjustedEffect | ImputedEffect | None:
        """What the estimate is taken from, where units are compared: picked by score what was to be expected of them, else their changes."""
        return self.adjusted if self.design == "score" else self.rollout

    @property
    def told(self) -> bool:
        """Whether there is an estimate."""
        return bool(np.isfinite(self.estimate))


@dataclass(frozen=True, repr=False)
class Judgement(OneScreen):
    """All that was begun.

    each      Judged, in the order in which they were begun
    panel     the figure by unit and period; None where there is none
    rollout, design   as they were given
    """

    each: tuple[Judged, ...]
    panel: Panel | None
    rollout: Rollout
    design: Design = field(default=EVERYBODY)

    @property
    def unit(self) -> Unit:
        """What the figure of the units is measured in."""
        return self.panel.unit if self.panel is not None else Unit.INDEX

    @property
    def smallest(self) -> float:
        """Points that matter, in the unit of the panel's values."""
        return self.rollout.smallest / self.unit.factor


def judge(
    rollout: Rollout | None, responses: pd.DataFrame | None = None, asked: Questionnaire | None = None, design: Design = EVERYBODY, *, seed: int = 0
) -> Judgement | None:
    """Each initiative that was begun, judged by the design that its start allows; None without a rollout.

    rollout    what was begun, and the figure that should have moved
    responses, asked   the survey, where the figure is one of its answers

    >>> found = effect.judge(engagement.rollout, responses, asked, design, seed=seed)
    >>> [(each.initiative, each.verdict) for each in found.each][0]
    ('Prisaftale uden bindinger', 'no_effect')
    """
    if rollout is None:
        return None
    panel = panel_of(rollout, responses, asked, design)
    found = Judgement((), panel, rollout, design)
    names = [name for name in dict.fromkeys(rollout.starts["initiative"]) if name not in rollout.trials]
    judged = [replace(_judged(name, found, seed), unit=found.unit, smallest=found.smallest) for name in names]
    tried = [replace(_of_trial(name, rows, rollout, design), smallest=rollout.smallest) for name, rows in rollout.trials.items()]
    return replace(found, each=tuple(map(_sized, (*tried, *judged))))


def _sized(each: Judged) -> Judged:
    """A clear effect that is smaller than what matters is a little one."""
    clear = each.verdict in ("worked", "harmed") and np.isfinite(each.low)
    return replace(each, verdict="little") if clear and max(abs(each.low), abs(each.high)) < each.smallest else each


def _judged(name: str, asked: Judgement, seed: int) -> Judged:
    rollout, panel, smallest, confidence = asked.rollout, asked.panel, asked.smallest, asked.design.confidence
    own = rollout.starts[rollout.starts["initiative"] == name]
    begun = own.dropna(subset=["start"])
    if panel is None or not len(panel.everybody):
        return Judged(name, "no_figure")
    if begun.empty:
        return Judged(name, "late", units=int(own["unit"].notna().sum()))
    if begun["unit"].isna().any():
        return _of_series(name, _place(begun["start"].iloc[0], panel, list(panel.everybody.index)), panel, smallest, confidence)
    first = _places(name, rollout, panel)
    values, start, until = _compared(name, first, rollout, panel)
    if values.empty:
        return Judged(name, "no_before" if (first == 0).any() else "no_figure")
    periods = values.shape[1]
    had, apart = start < periods, until < periods
    first_of_all = start[had].min(initial=periods)
    later = start > first_of_all  # with whom the first can be compared, even where everybody starts in the end
    known = {"units": int(had.sum()), "others": int((~had).sum() or later.sum()), "left_out": int((first.reindex(values.index).notna().to_numpy() & ~had).sum())}
    if not had.any():
        return Judged(name, "shared" if known["left_out"] else "no_before" if (first == 0).any() else "late", **known)
    before, after = int(start.min()), periods - int(start.min())
    if not later.any():
        return _of_series(name, before, panel, smallest, confidence, units=known["units"])
    known |= {"before": before, "after": after}
    if len(start) < LEAST_UNITS:
        return Judged(name, "few_units", **known)
    if _too_few_answers(panel, values, start, asked.design.minimum):
        return Judged(name, "few_answers", **known)
    if len(np.unique(start)) == len(start):
        return Judged(name, "one_by_one", **known)
    table = values.to_numpy()
    raw, spread = _raw_rise(table, start, until), spread_of_change(table, start, _variance(panel, values))
    if had.sum() == 1:
        rank = placebo_rank(table, start)
        verdict = rollout_verdict("one_unit", rank=rank, smallest=smallest, confidence=confidence)
        return Judged(name, "one_unit", verdict, estimate=rank.estimate, raw=raw, rank=rank, spread=spread, **known)
    if not (had & ~apart).any() or len(np.unique(start[~apart])) < 2:
        return Judged(name, "shared", **known)
    chosen = rollout.chosen_by.get(name, "other")
    plain = values[~apart]
    found = rollout_effect(plain.to_numpy(), start[~apart], seed=seed, confidence=confidence)
    expected = _expected(table, start, until, confidence)
    verdict = rollout_verdict(chosen, effect=found, adjusted=expected, smallest=smallest, confidence=confidence)
    told = expected if chosen == "score" else found
    if not np.isfinite(told.estimate):
        return Judged(name, "nobody_alike", **known)
    return Judged(
        name, chosen, verdict, estimate=told.estimate, low=told.low, high=told.high, raw=raw, seen=told.detectable, further=_further(verdict, smallest, spread, known, confidence),
        rollout=found, adjusted=expected, spread=spread, gains=_gains(plain, start[~apart]) if (~had & ~apart).sum() > 1 else None, **known,
    )  # fmt: skip


def _expected(values: np.ndarray, start: np.ndarray, until: np.ndarray, confidence: float) -> AdjustedEffect | ImputedEffect:
    """Held against what was to be expected of each unit; one earlier period does not tell how units stray by themselves."""
    if start.min() >= 2:
        return imputed_effect(values, start, until=until, confidence=confidence)
    kept = until == values.shape[1]
    return adjusted_effect(values[kept], start[kept], confidence=confidence)


def _of_series(name: str, at: int, panel: Panel, smallest: float, confidence: float, units: int = 0) -> Judged:
    """What everybody got at once: the figure of all before and after it."""
    series = panel.everybody["value"].to_numpy(float)
    after = len(series) - at
    known = {"units": units, "before": at, "after": after}
    if at < BEFORE or after < AFTER:
        return Judged(name, "late" if after < 1 else "short", **known)
    season = _season(panel.periods) if len(series) >= 24 else 0
    if "count" in panel.everybody:
        return _of_counts(name, at, panel, smallest, season, confidence, known)
    if panel.everybody["error"].isna().any():
        return Judged(name, "no_answers", **known)
    found = level_shift(series, panel.everybody["error"].to_numpy(float) ** 2, at, season=season, confidence=confidence)
    verdict = rollout_verdict("series", shift=found, smallest=smallest, confidence=confidence)
    raw = float(series[at:].mean() - series[:at].mean())
    return Judged(name, "series", verdict, estimate=found.estimate, low=found.low, high=found.high, raw=raw, series=found, seen=found.detectable, **known)


def _of_counts(name: str, at: int, panel: Panel, smallest: float, season: int, confidence: float, known: Mapping[str, int]) -> Judged:
    """The same where events are counted: the change of their rate, in points of the rate before; up is what is wanted."""
    count, exposure = (panel.everybody[name].to_numpy(float) for name in ("count", "exposure"))
    if min(count[:at].sum(), count[at:].sum()) < LEAST_COUNTED:
        return Judged(name, "few_events", **known)
    found = count_shift(count, exposure, at, harmonics=2 if season == 12 else 0, confidence=confidence)
    points = (-1 if panel.turned else 1) * count[:at].sum() / exposure[:at].sum()
    low, high = sorted(points * (ratio - 1) for ratio in (found.low, found.high))
    verdict = rollout_verdict("series", shift=_Ends(low, high), smallest=smallest, confidence=confidence)
    return Judged(name, "series", verdict, estimate=points * (found.ratio - 1), low=low, high=high, rate=found, **known)


@dataclass(frozen=True)
class _Ends:
    """The ends of an interval."""

    low: float
    high: float


def _of_trial(name: str, rows: pd.DataFrame, rollout: Rollout, design: Design) -> Judged:
    """Customers of whom some were drawn at random, their outcome on 0-100."""
    low, high = rollout.trial_scales.get(name, (0.0, 1.0))
    offered, outcome = rows["offered"].to_numpy(float) == 1, rows["outcome"].to_numpy(float)
    known = {"units": int(offered.sum()), "others": int((~offered).sum())}
    if min(np.isfinite(outcome[side]).sum() for side in (offered, ~offered)) < max(design.minimum, 2):
        return Judged(name, "few_answers", **known)
    scale = 100 / (high - low)
    found = random_effect(outcome, offered, confidence=design.confidence)
    verdict = rollout_verdict("customers", difference=found, smallest=rollout.smallest / scale, confidence=design.confidence)
    ends = {"estimate": scale * found.estimate, "low": scale * found.low, "high": scale * found.high}
    return Judged(name, "customers", verdict, raw=scale * found.estimate, trial=found, seen=scale * found.detectable, **ends, **known)


def _places(name: str, rollout: Rollout, panel: Panel) -> pd.Series:
    """The place of the first period with it, for each unit of the panel that has begun it."""
    own = rollout.starts[(rollout.starts["initiative"] == name) & rollout.starts["start"].notna()]
    own = own[own["unit"].isin(panel.values.index)].set_index("unit")["start"]
    return own.map(lambda start: _place(start, panel, list(panel.values.columns))).astype(int)


def _place(start: str, panel: Panel, periods: list) -> int:
    """The place of a period, or of the next that is left, among the periods of the panel."""
    at = panel.order.index(start)
    return next((periods.index(each) for each in panel.order[at:] if each in periods), len(periods))


def _compared(name: str, first: pd.Series, rollout: Rollout, panel: Panel) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Values, and by unit the first period with it and the first with another initiative (the number of periods: never).

    A unit without an earlier period is left out; one that has begun another before it counts as one without it until then.
    """
    periods = panel.values.shape[1]
    names = [each for each in dict.fromkeys(rollout.starts["initiative"]) if each != name]
    others = pd.concat([_places(each, rollout, panel) for each in names]) if names else pd.Series(dtype=int)
    until = others.groupby(level=0).min().reindex(panel.values.index).fillna(periods).astype(int)
    start = first.reindex(panel.values.index).fillna(periods).astype(int)
    start = start.where(start < until, periods)
    kept = ((start > 0) & (until > 0)).to_numpy()
    return panel.values[kept], start[kept].to_numpy(), until[kept].to_numpy()


def _too_few_answers(panel: Panel, values: pd.DataFrame, start: np.ndarray, minimum: int) -> bool:
    """Whether fewer people than may be shown are behind a figure of those that started together; where nobody says how many, it is the client's own."""
    answers = panel.answers.loc[values.index].groupby(start).sum(min_count=1)
    return bool((answers < minimum).any(axis=None))


def _variance(panel: Panel, values: pd.DataFrame) -> np.ndarray | None:
    errors = panel.errors.loc[values.index].to_numpy(float)
    return None if np.isnan(errors).any() else errors**2


def _raw_rise(values: np.ndarray, start: np.ndarray, until: np.ndarray) -> float:
    """What somebody sees who compares the period before the start with those after it."""
    begun = np.flatnonzero(start < values.shape[1])
    return float(np.mean([values[unit, start[unit] : until[unit]].mean() - values[unit, start[unit] - 1] for unit in begun]))


def _gains(values: pd.DataFrame, start: np.ndarray) -> pd.DataFrame:
    """By unit with it: gain (points more than the units that never began anything), error, df."""
    periods = values.shape[1]
    never = values.to_numpy()[start == periods]
    rows = []
    for unit, at in zip(values.index[start < periods], start[start < periods], strict=True):
        change = never[:, at:].mean(axis=1) - never[:, :at].mean(axis=1)
        own = values.loc[unit].to_numpy()
        spread = float(change.std(ddof=1)) if len(change) > 1 else np.nan
        rows.append((unit, own[at:].mean() - own[:at].mean() - change.mean(), spread * np.sqrt(1 + 1 / max(len(change), 1)), len(change) - 1))
    return pd.DataFrame(rows, columns=["group", "gain", "error", "df"])


def _further(verdict: str, smallest: float, spread: ChangeSpread, counts: Mapping[str, int], confidence: float) -> int | None:
    """Further periods until the smallest effect that matters would be seen, where it cannot be told yet."""
    if verdict != "cannot_tell":
        return None
    needed = periods_until_seen(smallest, spread.noise, spread.drift, counts["before"], counts["units"], counts["others"], confidence, most=MOST_PERIODS + counts["after"])
    return None if needed is None else max(needed - counts["after"], 1)


def _season(periods: list[str]) -> int:
    """Periods that make a year, where their names tell it."""
    if all("-Q" in name for name in periods):
        return 4
    months = [name for name in periods if len(name) == 7 and name[4] == "-" and name[5:].isdigit()]
    return 12 if len(months) == len(periods) else 0
