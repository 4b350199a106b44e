"""Which paths lead to a bad end, and which away from it, among cases that are as long?

Long cases hold more of every pattern and end worse, so that plain shares find paths where none matters. Patterns are tested
among cases of one length and kind, with all that were looked at counted, and with the clearer ones held.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import gammaln

from cxlib.stats.journey.steps import Steps
from cxlib.stats.refusal import Refusal
from cxlib.stats.survey.comparison import holm

LONGEST = 10  # contacts from which on cases count as equally long
FEWEST_CASES, FEWEST_ENDS = 500, 50  # cases, and ends of either kind, below which no path is looked at
EXPECTED = 5  # bad and good ends that chance must give a pattern for it to be tested: fewer could never be clear
EXACT = 2_500  # variance up to which a test counts every table; beyond, the normal distribution is as good
UNDOUBTED = 0.3  # p of the normal distribution above which nothing is counted: no pattern would be clear

Pattern = tuple[int, ...]


@dataclass(frozen=True)
class PathEnds:
    """Patterns of two and three contacts in a row, against cases without them that are as long and of one kind.

    table    DataFrame, a row a pattern that was tested, the clearest first: steps (a tuple of labels), cases (that hold it),
             bad (that end badly), share, expected (share that chance gives cases as long), odds (Mantel-Haenszel odds ratio),
             p, p_holm (over all patterns), shown (clear; clear inside each of its shorter parts, too; and clear with the
             clearer patterns and contacts held)
    searched  patterns that were tested;  cases, bad: all cases with a known end, and those that end badly
    """

    table: pd.DataFrame
    searched: int
    cases: int
    bad: int


def path_ends(
    step: ArrayLike, steps: Steps, bad: ArrayLike, *, kind: ArrayLike | None = None, fewest: int = 30, fewest_ends: int = 10,
    level: float = 0.05,
) -> PathEnds:  # fmt: skip
    """Patterns after which more, or fewer, cases end badly than chance gives cases that are as long and of one kind.

    step     (contacts,) label, as the touchpoint, in the order in which the steps were given; None breaks a path
    bad      (cases,) 1 ended badly, 0 did not, NaN not known, in the order of steps.cases;  kind: (cases,) label, likewise
    fewest   cases with a pattern below which it is not tested;  fewest_ends: bad ends among them below which it is not shown
             as one that leads to these (good ends: as one that leads away)
    level    chance that any pattern is shown where none matters
    returns  PathEnds
    errors   Refusal ("few") below 500 cases or 50 ends of either kind; ValueError for sides of different length and ends
             other than 0 and 1
    source   Mantel and Haenszel 1959, J. Natl Cancer Inst. 22, over strata of length (1 to 9, 10 and more) and kind, exact (Mehta,
             Patel and Gray 1985, JASA 80) where ends are few: R mantelhaen.test; statsmodels StratifiedTable; Holm 1979
    """
    label, ends = np.asarray(step), np.asarray(bad, float)
    if label.shape != steps.rows.shape or ends.shape != steps.cases.shape:
        raise ValueError(f"{len(steps.rows)} contacts, {label.shape} steps, {len(steps.cases)} cases, {ends.shape} ends; give one of each")
    known = ~np.isnan(ends)
    if not np.isin(ends[known], (0, 1)).all():
        raise ValueError("an end is neither 0 nor 1; give 1 for a bad end, 0 for another, NaN where it is not known")
    cases, n_bad = int(known.sum()), int(np.nansum(ends))
    if cases < FEWEST_CASES or min(n_bad, cases - n_bad) < FEWEST_ENDS:
        raise Refusal(f"{cases} cases have a known end, {n_bad} of them a bad one; at least {FEWEST_CASES} and {FEWEST_ENDS} of either are needed", "few")
    number, labels = pd.factorize(label[steps.rows], sort=True)
    length = np.minimum(np.bincount(steps.case), LONGEST)
    sort = np.zeros(len(ends), int) if kind is None else pd.factorize(np.asarray(kind), use_na_sentinel=False)[0]
    strata = np.unique((sort * (LONGEST + 1) + length)[known], return_inverse=True)[1]
    held = _Alike(strata, ends[known])
    found: dict[Pattern, np.ndarray] = {}
    for size in (1, 2, 3):
        found |= _patterns(number, steps, size, len(labels), known)
    every = {pattern: held.test(inside) for pattern, inside in found.items() if len(inside) >= fewest}
    every = {pattern: test for pattern, test in every.items() if test.enough}
    tested = {pattern: test for pattern, test in every.items() if len(pattern) > 1}
    rows = [{"steps": tuple(labels[list(pattern)].tolist()), **test.figures} for pattern, test in tested.items()]
    table = pd.DataFrame(rows, columns=["steps", "cases", "bad", "share", "expected", "odds", "p"])
    table["p_holm"] = holm(table.p)
    clear = {pattern: test for (pattern, test), p in zip(tested.items(), table.p_holm, strict=True) if p < level}
    strict = level / max(len(tested), 1)
    clear |= {pattern: test for pattern, test in every.items() if len(pattern) == 1 and test.p < strict}
    shown = _shown(clear, found, held, strict, fewest_ends, level)
    table["shown"] = [pattern in shown for pattern in tested]
    return PathEnds(table.sort_values("p", kind="stable", ignore_index=True), len(table), cases, n_bad)


@dataclass(frozen=True)
class _Test:
    """cases, bad, share, expected, odds and p of those with a pattern, and whether chance gives enough ends of either kind."""

    figures: dict[str, float]
    enough: bool

    @property
    def worse(self) -> bool:
        return self.figures["share"] > self.figures["expected"]

    @property
    def p(self) -> float:
        return self.figures["p"]


@dataclass(frozen=True)
class _Alike:
    """Cases with their stratum (as long, of one kind) and their end."""

    strata: np.ndarray
    bad: np.ndarray

    def apart(self, inside: np.ndarray) -> "_Alike":
        """The same cases, those inside in strata of their own."""
        both = 2 * self.strata
        both[inside] += 1
        return _Alike(np.unique(both, return_inverse=True)[1], self.bad)

    def test(self, inside: np.ndarray, among: np.ndarray | None = None) -> _Test:
        """The cases inside against the others among those given, all by default."""
        rest = slice(None) if among is None else among
        size = int(self.strata.max()) + 1
        n, a = (np.bincount(self.strata[inside], weights, size) for weights in (None, self.bad[inside]))
        total, t = (np.bincount(self.strata[rest], weights, size) for weights in (None, self.bad[rest]))
        use = total > 1
        n, a, total, t = n[use], a[use], total[use], t[use]
        expected = n * t / total
        variance = float((n * (total - n) * t * (total - t) / (total**2 * (total - 1.0))).sum())
        good, against = a * (total - n - t + a) / total, (n - a) * (t - a) / total
        held = max(float(n.sum()), 1.0)
        figures = {
            "cases": len(inside), "bad": int(self.bad[inside].sum()), "share": float(a.sum() / held), "expected": float(expected.sum() / held),
            "odds": float(good.sum() / against.sum()) if against.sum() > 0 else float("inf"),
            "p": _p(n, a, total, t, expected, variance),
        }  # fmt: skip
        return _Test(figures, bool(min(expected.sum(), (n - expected).sum()) >= EXPECTED and variance > 0))


def _p(n: np.ndarray, a: np.ndarray, total: np.ndarray, t: np.ndarray, expected: np.ndarray, variance: float) -> float:
    """Two-sided p of as many bad ends among those with a pattern, given the margins of every stratum."""
    if not variance > 0:
        return 1.0
    p = float(2 * stats.norm.sf(abs((a - expected).sum()) / np.sqrt(variance)))
    if variance > EXACT or p > UNDOUBTED:
        return p
    chances, least = np.ones(1), 0
    for with_it, ends, all_of in zip(n.astype(int), t.astype(int), total.astype(int), strict=True):
        low, high = max(0, with_it + ends - all_of), min(with_it, ends)
        least += low
        if high > low:
            chances = np.convolve(chances, _hypergeometric(np.arange(low, high + 1), with_it, ends, all_of))
    at = round(float(a.sum())) - least
    return float(min(1.0, 2 * min(chances[: at + 1].sum(), chances[at:].sum())))


def _hypergeometric(k: np.ndarray, drawn: int, marked: int, total: int) -> np.ndarray:
    """The chance of k marked ones among those drawn."""

    def ways(of: ArrayLike, taken: ArrayLike) -> np.ndarray:
        of, taken = np.asarray(of, float), np.asarray(taken, float)
        return gammaln(of + 1) - gammaln(taken + 1) - gammaln(of - taken + 1)

    return np.exp(ways(marked, k) + ways(total - marked, drawn - k) - ways(total, drawn))


def _patterns(number: np.ndarray, steps: Steps, size: int, labels: int, known: np.ndarray) -> dict[Pattern, np.ndarray]:
    """Every pattern of that many contacts in a row, and which of the cases with a known end hold it."""
    count = len(number) - size + 1
    if count < 1:
        return {}
    windows = np.stack([number[at : at + count] for at in range(size)])
    case = steps.case[:count]
    whole = (case == steps.case[size - 1 :]) & (windows >= 0).all(axis=0) & known[case]
    code = np.ravel_multi_index(tuple(windows[:, whole]), (max(labels, 1),) * size)
    both = np.unique(code * len(known) + case[whole])
    pattern, case = both // len(known), (np.cumsum(known) - 1)[both % len(known)]
    codes, begins = np.unique(pattern, return_index=True)
    names = np.column_stack(np.unravel_index(codes, (max(labels, 1),) * size)).tolist()
    return {tuple(name): held for name, held in zip(names, np.split(case, begins[1:]), strict=False)}


def _shown(clear: dict[Pattern, _Test], found: dict[Pattern, np.ndarray], alike: _Alike, strict: float, fewest_ends: int, level: float) -> set[Pattern]:
    """Those of the clear patterns that neither a shorter part nor the clearer patterns explain.

    clear    patterns, and single contacts, which are held as patterns are but are no path
    strict   level of the test beside the clearer patterns, which counts all that were looked at
    """
    shown: set[Pattern] = set()
    for pattern, test in sorted(clear.items(), key=lambda item: item[1].p):
        inside = found[pattern]
        ends = test.figures["bad"] if test.worse else test.figures["cases"] - test.figures["bad"]
        parts = [alike.test(inside, found[part]) for part in {pattern[:-1], pattern[1:]} - {()}]
        if ends >= fewest_ends and _still(test, parts, level) and _still(test, [alike.test(inside)], strict):
            shown |= {pattern} if len(pattern) > 1 else set()
            alike = alike.apart(inside)
    return shown


def _still(test: _Test, others: Iterable[_Test], level: float) -> bool:
    """Whether every other test is clear, too, and the same way."""
    return all(other.p < level and other.worse == test.worse for other in others)
