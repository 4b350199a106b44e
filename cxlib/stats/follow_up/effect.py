"""Does calling help? How the data came about decides what may be said of it.

Who is called for a low score scores higher next time in any case; who leaves early cannot be called; easy cases are called
first. So "it helps" is only ever said of a comparison group drawn at random.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.bootstrap import percentile_interval
from cxlib.stats.follow_up.lee_bounds import LeeBounds
from cxlib.stats.links.hazard_link import hazard_link
from cxlib.stats.links.link_fit import LinkFit, fitted_link
from cxlib.stats.links.selection_effects import regression_to_the_mean
from cxlib.stats.moments import row_counts

LEAST = 10  # people on a side, or of a group that is held constant
ALLOWED: Mapping[str, frozenset[str]] = {
    "random": frozenset({"helps", "no_help", "harms", "cannot_tell"}),
    "adjusted": frozenset({"goes_with", "goes_against", "no_link", "cannot_tell"}),
    "called_only": frozenset({"more_than_expected", "as_expected_without", "less_than_expected"}),
    "unadjusted": frozenset(),
    "nobody": frozenset(),
}


@dataclass(frozen=True)
class CallEffect:
    """Points that one side stands above the other (or a doubling of the wait adds), with its interval; n of either side."""

    estimate: float
    low: float
    high: float
    n: int
    n_others: int


@dataclass(frozen=True)
class MeanReturn:
    """A group picked for its low scores, asked again.

    first, again   mean then and now;  rise, rise_low, rise_high: now less then, of those who answered both times
    expected       rise to expect if nothing is done, with expected_low and expected_high
    beyond, low, high   rise less what is expected
    reliability    share of a score that lasts, 0-1, used for what is expected
    """

    n: int
    first: float
    again: float
    rise: float
    rise_low: float
    rise_high: float
    expected: float
    expected_low: float
    expected_high: float
    beyond: float
    low: float
    high: float
    reliability: float


def calling_design(called: ArrayLike, left_out: ArrayLike, severity: ArrayLike) -> str:
    """How the data came about, which decides what may be said (`ALLOWED`).

    called, left_out   (n,) True for who was called, and for who was left out at random
    severity           (n,) numbers, NaN where it is not known
    returns   "random": some were left out at random; "adjusted": some were not called, and how severe each case was is
              known of nine in ten; "unadjusted": the same without severity, so nothing may be said; "called_only":
              nobody to compare with; "nobody": too few were called
    source    rule of this workbook
    """
    called, left_out = np.asarray(called, bool), np.asarray(left_out, bool)
    if called.sum() < LEAST:
        return "nobody"
    if min(left_out.sum(), (~left_out).sum()) >= LEAST:
        return "random"
    if (~called).sum() < LEAST:
        return "called_only"
    return "adjusted" if np.isfinite(np.asarray(severity, float)).mean() >= 0.9 else "unadjusted"


def effect_verdict(design: str, low: float, high: float, *, smallest: float, bounds: LeeBounds | None = None) -> str:
    """What an interval of an effect allows to be said under a design: one of `ALLOWED[design]`.

    low, high   ends of the interval, above 0 where those called stand better
    smallest    points that matter: an interval inside of them shows that there is no effect worth it
    bounds      where not everybody answered again: the verdict must hold for them too
    errors      ValueError for a design that allows no verdict, and a `smallest` of 0 or below
    source      rule of this workbook
    """
    if not ALLOWED.get(design):
        raise ValueError(f"{design!r} allows no verdict on an effect; it must be one of {[d for d in ALLOWED if ALLOWED[d]]}")
    if not smallest > 0:
        raise ValueError(f"smallest == {smallest}; give the points that matter, above 0")
    if bounds is not None:
        low, high = min(low, bounds.low), max(high, bounds.high)
    above, below, within = {
        "random": ("helps", "harms", "no_help"),
        "adjusted": ("goes_with", "goes_against", "no_link"),
        "called_only": ("more_than_expected", "less_than_expected", "as_expected_without"),
    }[design]
    if low > 0 or high < 0:
        return above if low > 0 else below
    if design == "called_only" or (-smallest < low and high < smallest):
        return within
    return "cannot_tell"


def score_effect(
    called: ArrayLike, first: ArrayLike, again: ArrayLike, held: pd.DataFrame | None = None, *, confidence: float = 0.95
) -> CallEffect:
    """How much higher those called score again than those not called who scored the same at first, in points.

    called       (n,) True for those called (or due, where some were left out at random)
    first, again (n,) the scores then and now; rows that lack one are left out
    held         (n, columns) held constant, as `held_constant` makes them
    returns      CallEffect; heteroscedasticity-robust interval with t
    errors       ValueError for too few rows, nobody or everybody called, and a confidence outside 0-1
    assumes      no effect of anything else that both calls and scores go with; drawn at random it holds by itself
    source       analysis of covariance with HC1: statsmodels OLS; unlike gain scores it is right when people were picked
                 by their first score (Van Breukelen 2006)
    """
    design = pd.DataFrame({"called": np.asarray(called, float), "first": np.asarray(first, float)})
    if held is not None:
        design = pd.concat([design, held.reset_index(drop=True)], axis=1)
    return _first_term(np.asarray(again, float), design, confidence)


def speed_effect(
    waits: ArrayLike, score: ArrayLike, held: pd.DataFrame, *, plus: float = 0.0, confidence: float = 0.95
) -> CallEffect:
    """Points of the later score that go with a doubling of the wait, among cases that are equally severe.

    waits     (n,) wait of those who were called, in any unit;  plus: added to each, so that a wait of 0 has a logarithm
    score     (n,) the later score
    held      (n, columns) severity first of all, as `held_constant` makes them: urgent cases are called first
    returns   CallEffect (n rows; n_others 0); robust interval
    errors    ValueError for waits that are 0 or below after `plus`, too few rows, and a confidence outside 0-1
    source    OLS of the score on log2 of the wait with HC1: statsmodels
    """
    waited = np.asarray(waits, float) + plus
    if (waited <= 0).any():
        raise ValueError(f"{int((waited <= 0).sum())} waits are 0 or below; give `plus`, such as an hour")
    design = pd.concat([pd.DataFrame({"doubled": np.log2(waited)}), held.reset_index(drop=True)], axis=1)
    return _first_term(np.asarray(score, float), design, confidence)


def held_constant(*columns: ArrayLike) -> pd.DataFrame:
    """Columns (n, groups) of 0 and 1 that hold groups constant; numbers of more than ten values as they are.

    columns   (n,) numbers or labels each; a missing number makes its row incomplete, a missing label is a group; groups
              of fewer than ten rows are one
    source    rule of this workbook
    """
    parts: list[pd.DataFrame] = []
    for place, column in enumerate(columns):
        values = pd.Series(np.asarray(column)).infer_objects()
        if pd.api.types.is_numeric_dtype(values) and values.nunique() > 10:
            parts.append(values.astype(float).to_frame(f"held_{place}"))
            continue
        gone = values.isna() if pd.api.types.is_numeric_dtype(values) else pd.Series(False, index=values.index)
        labels = values.astype(object).where(values.notna(), "").astype(str)
        labels = labels.mask(gone, labels[~gone].mode().get(0, ""))
        labels = labels.where(labels.map(labels.value_counts()) >= LEAST, "\uffff rare")
        dummies = pd.get_dummies(labels, drop_first=True, dtype=float).add_prefix(f"held_{place}_")
        parts.append(dummies.where(~gone))
    return pd.concat(parts, axis=1) if parts else pd.DataFrame()


def return_to_the_mean(
    everybody: ArrayLike,
    first: ArrayLike,
    again: ArrayLike,
    *,
    reliability: float | None = None,
    drift: float = 0.0,
    resamples: int = 2000,
    seed: int = 0,
    confidence: float = 0.95,
) -> MeanReturn:
    """The rise of a group picked for its low scores, beside the rise to expect if nothing is done.

    everybody     (m,) scores of all who were asked, those picked among them
    first, again  (n,) scores of the picked, then and now; rows that lack one are left out
    reliability   share of a score that lasts, 0-1 (test-retest correlation); None: the slope of again on first among
                  the picked, which picking by the first score leaves as it is
    drift         change of everybody in between, in points
    returns       MeanReturn; intervals from the bootstrap
    errors        ValueError below ten pairs, when all picked scored the same and no reliability is given, and for a
                  reliability outside 0-1
    assumes       a straight line between first and again; what was done adds the same to everybody
    source        Galton 1886; Barnett, van der Pols & Dobson 2005 (`regression_to_the_mean`)
    """
    every = np.asarray(everybody, float)
    every = every[np.isfinite(every)]
    pairs = pd.DataFrame({"first": np.asarray(first, float), "again": np.asarray(again, float)}).dropna()
    pairs = pairs.sort_values(["first", "again"])  # so that the draws do not depend on the order of rows
    if len(pairs) < LEAST:
        raise ValueError(f"{len(pairs)} people with both scores; at least {LEAST} are needed")
    if reliability is None and pairs["first"].nunique() < 2:
        raise ValueError("all scored the same at first; give the reliability of the score")
    counts = np.vstack([np.ones(len(pairs)), row_counts(len(pairs), resamples, seed=seed)])
    before, now, slopes = _moments(pairs, counts)
    lasting = np.full(len(counts), reliability) if reliability is not None else np.clip(slopes, 0, 1)
    everywhere = np.full(len(counts), every.mean())
    everywhere[1:] += np.random.default_rng(seed + 1).normal(0, every.std(ddof=1) / np.sqrt(len(every)), resamples)
    scores, picked = np.r_[pairs["first"], every], np.arange(len(pairs) + len(every)) < len(pairs)
    regression_to_the_mean(scores, picked, float(lasting[0]))  # refuses a reliability outside 0-1
    expected = (1 - lasting) * (everywhere - before) + drift
    lines = {"rise": now - before, "expected": expected, "beyond": now - before - expected}
    ends = {name: percentile_interval(line[1:], n=len(pairs), fitted=1, confidence=confidence) for name, line in lines.items()}
    low, high = ({name: float(end[side]) for name, end in ends.items()} for side in (0, 1))
    return MeanReturn(
        len(pairs), float(before[0]), float(now[0]), float(lines["rise"][0]), low["rise"], high["rise"],
        float(expected[0]), low["expected"], high["expected"], float(lines["beyond"][0]), low["beyond"], high["beyond"],
        float(lasting[0]),
    )  # fmt: skip


def call_hazard(
    called_after: ArrayLike, watched: ArrayLike, left: ArrayLike, held: pd.DataFrame | None = None, *, confidence: float = 0.95
) -> LinkFit:
    """Log of how many times faster people leave once they have been called, with the time before the call as not called.

    called_after  (n,) days from the answer to the call; NaN or past the end of watching: not called
    watched       (n,) days from the answer until the customer left or the data end, above 0
    left          (n,) 1 where the customer left
    held          (n, columns) held constant, as `held_constant` makes them
    returns       LinkFit of family "hazard" with the term "called" first; below 0 those called leave more slowly
    errors        ValueError as `hazard_link`; rows that lack a value are left out
    assumes       hazards stay proportional; calls do not go to those about to stay, given what is held constant
    source        Cox 1972 with the call as it varies in time: van Walraven et al. 2004 (immortal time); PHReg on split rows
    """
    rows = pd.DataFrame({"call": np.asarray(called_after, float), "end": np.asarray(watched, float), "left": np.asarray(left, float)})
    rows = rows if held is None else pd.concat([rows, held.reset_index(drop=True)], axis=1)
    rows = rows[rows.drop(columns="call").notna().all(axis=1)]
    split = rows.call < rows.end
    before = rows.assign(entry=0.0, exit=rows.end.where(~split, rows.call), called=0.0)
    before["event"] = before.left.where(~split, 0.0)
    after = rows[split].assign(entry=rows.call, exit=rows.end, called=1.0, event=rows.left)
    pieces = pd.concat([before[before.exit > before.entry], after], ignore_index=True)
    terms = pieces.drop(columns=["call", "end", "left", "entry", "exit", "event"])
    terms = terms[["called", *terms.columns.drop("called")]]
    terms = terms.loc[:, terms.nunique() > 1]
    return hazard_link(pieces.exit, pieces.event, terms, entry=pieces.entry, confidence=confidence)


def people_needed(churn: float, effect: float, *, others: float = 1.0, power: float = 0.8, level: float = 0.05) -> int:
    """How large the comparison group has to be to show an effect on a share.

    churn     share that leaves without a call, 0-1;  effect: share that a call saves, between 0 and `churn`
    others    people called for each one in the comparison group
    errors    ValueError for an effect that is not between 0 and the churn
    source    two shares, normal approximation without pooling; statsmodels samplesize_proportions_2indep_onetail
    """
    if not 0 < effect <= churn < 1:
        raise ValueError(f"effect == {effect}, churn == {churn}; the effect must be above 0 and not above the churn")
    reach = stats.norm.ppf(1 - level / 2) + stats.norm.ppf(power)
    after = churn - effect
    return int(np.ceil(reach**2 * (churn * (1 - churn) + after * (1 - after) / others) / effect**2))


def _first_term(outcome: np.ndarray, design: pd.DataFrame, confidence: float) -> CallEffect:
    """The coefficient of the first column, over the rows that hold everything."""
    whole = design.notna().all(axis=1).to_numpy() & np.isfinite(outcome)
    design, name = design[whole], design.columns[0]
    told = design.columns[(design.nunique() > 1) | (design.columns == name)]
    fit = fitted_link(outcome[whole], design[told], family="gaussian", robust=True, confidence=confidence)
    at, error = float(fit.terms["estimate"][name]), float(fit.terms["se"][name])
    reach = float(stats.t.ppf((1 + confidence) / 2, max(fit.n - len(fit.terms), 1))) * error
    on = int((design[name] > 0).sum()) if design[name].isin((0, 1)).all() else fit.n
    return CallEffect(at, at - reach, at + reach, on, fit.n - on)


def _moments(pairs: pd.DataFrame, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means of first and again and the slope of again on first, in each draw."""
    first, again = pairs["first"].to_numpy(), pairs["again"].to_numpy()
    sums = counts @ np.column_stack([np.ones(len(pairs)), first, again, first**2, first * again])
    total, a, b, aa, ab = sums.T
    before, now = a / total, b / total
    spread = aa / total - before**2
    return before, now, np.where(spread > 1e-12, (ab / total - before * now) / np.maximum(spread, 1e-12), 1.0)
