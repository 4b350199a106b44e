"""What a contact scores after a hand-over, against other contacts of the same case, and whether the trouble came first.

Cases with hand-overs are harder from the start, and hand-overs come late in a case: the plain difference of means shows an
effect where there is none. So a contact is held against others of its own case, at its place in the case. The number of
contacts is never held: a hand-over makes more of them, so it is a consequence.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from cxlib.stats.journey.steps import Steps, numbered
from cxlib.stats.moments import checked_weights, one_blas_thread
from cxlib.stats.refusal import Refusal
from cxlib.stats.survey.comparison import holm
from cxlib.stats.survey.estimates import checked_confidence
from cxlib.stats.units.shrinkage import shrunken_levels

LAST_PLACE = 5  # places in a case from which on they are one
MOST_LEVELS = 40  # groups of a held column; the rarer ones are one
FEWEST_CASES = 20  # cases with a hand-over that is scored, below which nothing is estimated


@dataclass(frozen=True)
class HandOverEffect:
    """Points that a contact after a hand-over scores higher (below 0: lower).

    terms    DataFrame with estimate, se, low, high, p: "inside" the same case; "across" all cases, with what is held; "lead":
             of the contact before a hand-over, beside the effect of each pair of owners (clear: it went wrong earlier)
    raw      mean after hand-overs less mean of the others, for comparison only
    n, cases, hand_overs  scored contacts of cases with two or more of them, those cases, hand-overs to those contacts
    n_across, hand_overs_across  the same of all cases
    """

    terms: pd.DataFrame
    raw: float
    n: int
    cases: int
    hand_overs: int
    n_across: int
    hand_overs_across: int


@one_blas_thread
def hand_over_effect(
    score: ArrayLike, steps: Steps, held: pd.DataFrame, *, weights: ArrayLike | None = None, confidence: float = 0.95
) -> HandOverEffect:
    """Score of a contact after a hand-over against that of other contacts, inside cases and across them.

    score    (contacts,) points in the order in which the steps were given, NaN where not scored
    held     DataFrame (contacts, columns) of groups that are held constant, as touchpoint, channel and type of the case; the
             place in the case (1 to 5 and later) is always held
    weights  (contacts,) positive, default 1
    returns  HandOverEffect; contacts without a known owner, or after one, leave the models
    errors   Refusal ("few") below 20 cases with two scored contacts and a hand-over to one; ValueError for sides of
             different length, infinite scores, faulty weights and a confidence outside 0-1
    assumes  a hand-over does not follow from how the contact before it went; "lead" tests that
    source   fixed effects of the case, errors clustered by case (CR1), t with cases - 1: Cameron and Miller 2015, J. Human
             Resources 50; lead test: Granger 1969; statsmodels OLS(cov_type="cluster") with dummies of the cases
    """
    scored = _scored(score, steps, held, weights)
    inside = scored.inside()
    _enough(inside)
    own = _slopes(inside, inside.handed[:, None], confidence).iloc[0]
    wide = _slopes(scored.without_cases(), scored.handed[:, None], confidence).iloc[0]
    lead = _slopes(inside, np.column_stack([_next_is_handed(steps)[inside.at], _dummies(_pair(steps)[inside.at])]), confidence).iloc[0]
    terms = pd.DataFrame([own, wide, lead], index=pd.Index(["inside", "across", "lead"], name="term"))
    handed = scored.handed == 1
    raw = float(np.average(scored.score[handed], weights=scored.weight[handed]) - np.average(scored.score[~handed], weights=scored.weight[~handed]))
    counts = (len(inside.score), inside.cases, int(inside.handed.sum()), len(scored.score), int(handed.sum()))
    return HandOverEffect(terms, raw, *counts)


@one_blas_thread
def hand_over_pairs(
    score: ArrayLike, steps: Steps, held: pd.DataFrame, *, fewest: int = 30, fewest_cases: int = 10,
    weights: ArrayLike | None = None, confidence: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """The same inside cases for each pair of owners, from whom and to whom.

    fewest, fewest_cases  scored contacts after such a hand-over, and cases with one, below which a pair has no estimate
    returns  DataFrame, a row for each pair with a hand-over, the most frequent first: giver, receiver, hand_overs, n (scored
             contacts after it), cases (with one), raw (their mean less that of all others, for comparison only), estimate,
             low, high, p, p_holm (over the pairs with an estimate), and level, level_low, level_high: the estimate
             drawn towards that of the other pairs, from 10 pairs on
    assumes  of `level`: no pair stands apart from the others; one that does is drawn in too far, so that what is clear after
             Holm is better told by its own estimate (with one of twelve pairs at -0.8 its interval holds the truth in 75 %
             of samples, that of the estimate in 97 %)
    errors   Refusal, ValueError as hand_over_effect
    source   as hand_over_effect, with cases - 1 degrees of freedom of the pair; Holm 1979; Morris 1983
    """
    scored = _scored(score, steps, held, weights)
    inside = scored.inside()
    _enough(inside)
    pairs = _all_pairs(steps)
    own = pairs.set_index("pair").place.reindex(_pair(steps)[inside.at]).to_numpy(float)  # NaN: no hand-over
    met = own == own
    pairs["raw"] = _raw_of_pairs(scored, pairs.set_index("pair").place.reindex(_pair(steps)[scored.at]).to_numpy(float), len(pairs))
    pairs["n"] = np.bincount(own[met].astype(int), minlength=len(pairs))
    both = np.unique(np.column_stack([own[met].astype(int), inside.group[met]]), axis=0)
    pairs["cases"] = np.bincount(both[:, 0], minlength=len(pairs))
    shown = np.flatnonzero((pairs.n >= fewest) & (pairs.cases >= fewest_cases))
    design = np.column_stack([*(own == place for place in shown), met & ~np.isin(own, shown)]).astype(float)
    terms = _slopes(inside, design, confidence, pairs.cases.to_numpy()[shown]).iloc[: len(shown)]
    found = pd.DataFrame(index=pairs.index, columns=["estimate", "low", "high", "p", "p_holm", "level", "level_low", "level_high"], dtype=float)
    found.loc[shown, ["estimate", "low", "high", "p"]] = terms[["estimate", "low", "high", "p"]].to_numpy()
    found.loc[shown, "p_holm"] = holm(terms.p)
    if len(shown) > 1:
        drawn = shrunken_levels(terms.estimate, terms.se**2, confidence=confidence)
        found.loc[shown, ["level", "level_low", "level_high"]] = drawn[["level", "low", "high"]].to_numpy()
    return pd.concat([pairs.drop(columns=["pair", "place"]), found], axis=1)


@dataclass(frozen=True)
class _Scored:
    """Scored contacts whose hand-over is known; `at`: their places in the steps; `group`: what is taken out; groups and clusters
    are numbers from 0 without a gap."""

    at: np.ndarray
    score: np.ndarray
    handed: np.ndarray
    weight: np.ndarray
    held: np.ndarray
    group: np.ndarray
    cluster: np.ndarray

    @property
    def cases(self) -> int:
        return int(self.cluster.max(initial=-1)) + 1

    def repeated(self) -> np.ndarray:
        """(contacts,) whether the case has another scored contact."""
        return (np.bincount(self.cluster)[self.cluster] > 1) if len(self.cluster) else np.zeros(0, bool)

    def inside(self) -> "_Scored":
        """Those of cases with two scored contacts or more, to be compared inside these."""
        kept = self.repeated()
        cluster = np.unique(self.cluster[kept], return_inverse=True)[1]
        return _Scored(self.at[kept], self.score[kept], self.handed[kept], self.weight[kept], self.held[kept], cluster, cluster)

    def without_cases(self) -> "_Scored":
        """All of them, compared with each other."""
        return _Scored(self.at, self.score, self.handed, self.weight, self.held, np.zeros(len(self.at), int), self.cluster)


def _scored(score: ArrayLike, steps: Steps, held: pd.DataFrame, weights: ArrayLike | None) -> _Scored:
    given, weight = np.asarray(score, float), checked_weights(weights, len(steps.rows))
    if given.shape != steps.rows.shape or len(held) != len(given):
        raise ValueError(f"{len(steps.rows)} contacts, {given.shape} scores and {len(held)} held rows; give one of each for every contact")
    if np.isinf(given).any():
        raise ValueError(f"{int(np.isinf(given).sum())} scores are infinite; correct them or make them missing")
    given = given[steps.rows]
    at = np.flatnonzero(~np.isnan(given) & ~np.isnan(steps.handed))
    places = np.minimum(steps.position[at], LAST_PLACE)
    rows = steps.rows[at]
    columns = [_dummies(places), *(_dummies(held[name].array[rows]) for name in held)]
    cluster = np.unique(steps.case[at], return_inverse=True)[1]
    return _Scored(at, given[at], steps.handed[at], weight[rows], np.column_stack(columns), cluster, cluster)


def _dummies(values: ArrayLike) -> np.ndarray:
    """(contacts, groups - 1) indicators; the rarest beyond 40 are one group, and so are those that are not known."""
    number = numbered(values, use_na_sentinel=False)
    rank = np.argsort(np.argsort(-np.bincount(number, minlength=1), kind="stable"))
    number = np.minimum(rank[number], MOST_LEVELS) if len(number) else number
    return (number[:, None] == np.arange(1, number.max(initial=0) + 1)).astype(float)


def _next_is_handed(steps: Steps) -> np.ndarray:
    """(contacts,) 1 where the next contact of the case comes after a hand-over."""
    return np.where(steps.last, 0.0, np.nan_to_num(np.roll(steps.handed, -1)))


def _pair(steps: Steps) -> np.ndarray:
    """(contacts,) the pair of owners of the hand-over to a contact as one number, -1 without one."""
    return np.where(steps.handed == 1, steps.giver * len(steps.owners) + steps.owner, -1)


def _all_pairs(steps: Steps) -> pd.DataFrame:
    """Every pair with a hand-over, the most frequent first: pair (number), place, giver, receiver, hand_overs."""
    pair = _pair(steps)
    numbers, counts = np.unique(pair[pair >= 0], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    numbers, counts = numbers[order], counts[order]
    owners = max(len(steps.owners), 1)
    return pd.DataFrame({"pair": numbers, "place": np.arange(len(numbers)), "giver": steps.owners[numbers // owners],
                         "receiver": steps.owners[numbers % owners], "hand_overs": counts})  # fmt: skip


def _raw_of_pairs(scored: _Scored, own: np.ndarray, pairs: int) -> np.ndarray:
    """Mean score after each pair's hand-overs less that of all other scored contacts; NaN without any."""
    met = own == own
    place, weight = own[met].astype(int), scored.weight[met]
    size, total = np.bincount(place, weight, pairs), np.bincount(place, weight * scored.score[met], pairs)
    with np.errstate(divide="ignore", invalid="ignore"):
        return total / size - ((scored.weight * scored.score).sum() - total) / (scored.weight.sum() - size)


def _enough(inside: _Scored) -> None:
    cases = len(np.unique(inside.cluster[inside.handed == 1]))
    if cases < FEWEST_CASES:
        raise Refusal(f"{cases} cases have two scored contacts and a hand-over to one; at least {FEWEST_CASES} are needed", "few")


def _slopes(scored: _Scored, asked: np.ndarray, confidence: float, cases: np.ndarray | None = None) -> pd.DataFrame:
    """Slopes of the columns asked, beside what is held, with what is common to a group taken out.

    cases     of each column, where its degrees of freedom are its own
    """
    level = checked_confidence(confidence)
    matrix = _inside(np.column_stack([scored.score, asked, scored.held]), scored.group, scored.weight)
    y, x = matrix[:, 0], matrix[:, 1:]
    weighted = x * scored.weight[:, None]
    bread = np.linalg.pinv(weighted.T @ x, rcond=1e-10, hermitian=True)
    slopes = bread @ weighted.T @ y
    groups = scored.cases
    sums = np.column_stack([np.bincount(scored.cluster, column) for column in (weighted * (y - x @ slopes)[:, None]).T])
    own = len(y) - (int(scored.group.max(initial=-1)) + 1)  # deviations that are free to vary before anything is fitted
    free = max(own - int(np.linalg.matrix_rank(bread, hermitian=True)), 1)
    covariance = bread @ sums.T @ sums @ bread * groups / (groups - 1) * own / free
    k = asked.shape[1]
    estimate, se = slopes[:k], np.sqrt(np.diag(covariance)[:k])
    freedom = np.full(k, groups - 1)
    if cases is not None:
        freedom[: len(cases)] = cases - 1
        se[: len(cases)] *= np.sqrt(cases / (cases - 1))
    margin = stats.t.ppf((1 + level) / 2, freedom) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stats.t.sf(np.abs(estimate) / se, freedom)
    return pd.DataFrame({"estimate": estimate, "se": se, "low": estimate - margin, "high": estimate + margin, "p": p})


def _inside(values: np.ndarray, group: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Deviations from the weighted means of the groups."""
    size = np.bincount(group, weight)
    means = np.column_stack([np.bincount(group, weight * column) / size for column in values.T])
    return values - means[group]
