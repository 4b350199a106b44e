"""Where the company stands among those in the consultant's own file, which is a pool and no sample of any market."""

import numpy as np
import pandas as pd

from cxlib.analyses.maturity.ratings import Ratings
from cxlib.analyses.maturity.scores import ends, scored, too_few
from cxlib.analyses.result import Base, Finding, Named, Result, Sentences, Term

PERCENTILES_FROM = 40  # companies; a pool of fewer is too coarse for more than quarters

SAYS = Sentences(
    {
        "benchmark.one_quarter": ("neutral", "Over all criteria the company is in {place} of the {companies:count} companies in the comparison group."),
        "benchmark.between": ("unclear", "Over all criteria the company is in {place} or {upper_place} of the {companies:count} companies in the comparison group; the uncertainty of its own score allows both."),
        "benchmark.percentile": ("neutral", "Over all criteria the company is ahead of {share:percent} of the {companies:count} companies in the comparison group ({low:percent} to {high:percent})."),
        "benchmark.highest": ("good", "Criteria certainly in the highest quarter: {criteria:count}; furthest ahead is {criterion}."),
        "benchmark.lowest": ("bad", "Criteria certainly in the lowest quarter: {criteria:count}; furthest behind is {criterion}."),
        "benchmark.pool": ("neutral", "The companies in the comparison group are not a representative sample of an industry or a country."),
        "benchmark.too_few": ("unclear", "The comparison group has {companies:count} companies; a comparison requires at least {fewest:count}, so none is made."),
        "absent.benchmark": ("absent", "Other companies: there is no comparison group."),
    },
    named={
        "fewest": Named(Term("Companies needed")),
        "companies": Named(Term("Companies")),
    },
)  # fmt: skip

QUARTERS = (Term("the lowest quarter"), Term("the second lowest quarter"),
            Term("the second highest quarter"), Term("the highest quarter"))  # fmt: skip
PLACES = (
    Term("lowest quarter"),
    Term("second lowest"),
    Term("second highest"),
    Term("highest quarter"),
)
BETWEEN = Term("cannot tell")


def benchmark(ratings: Ratings | None, *, confidence=0.95) -> Result:
    """Place of every criterion among the companies of a file: the quarter, from 40 companies on the percentile.

    returns   table "criteria": criterion, score100, low, high, companies (that answered), median, half_low, half_high (quartiles),
              place (the quarter; "cannot tell" when the interval of the score reaches into another), and share (0-1, of
              companies with a lower score100, ties half) from 40 companies on. Criteria that fewer than the model's least
              number of companies answered are left out; table "clear": those whose quarter is certain
    assumes   quartiles by linear interpolation (R type 7); the pool's own sampling error is not part of the interval

    >>> page.show(maturity.benchmark(ratings))
    Over all criteria the company is in the second highest quarter or the highest quarter of the 24...
    """
    if ratings is None or ratings.benchmark is None:
        return Result.missing("benchmark", SAYS.finding("absent.benchmark"))
    ratings, pool = ratings.latest, ratings.benchmark[ratings.items.index]
    if short := too_few(ratings):
        return Result("benchmark", {}, (short,), ratings.base())
    companies, fewest = len(pool.dropna(how="all")), ratings.policy.fewest_companies
    base = Base(len(pool), companies, {"not answered": len(pool) - companies} if companies < len(pool) else {})
    settings = {"percentiles_from": PERCENTILES_FROM, "fewest": fewest, "confidence": confidence}
    if companies < fewest:
        finding = SAYS.finding("benchmark.too_few", companies=companies, fewest=fewest)
        return Result("benchmark", {}, (finding,), base, settings)
    own = scored(ratings, ratings.points, confidence).dropna(subset="score100")
    kept = [item for item in own.index if pool[item].notna().sum() >= fewest]
    own["low"], own["high"] = ends(ratings, own)
    rows = [{"criterion": ratings.label(item)} | _place(own.loc[item], pool[item].dropna()) for item in kept]
    overall = scored(ratings, ratings.points.mean(axis=1).to_frame("all"), confidence)
    overall["low"], overall["high"] = ends(ratings, overall)
    table = pd.DataFrame(rows)
    findings = [
        _overall(overall.loc["all"], pool.mean(axis=1).dropna()),
        *_certain(table),
        SAYS.finding("benchmark.pool"),
    ]
    if "share" in table and table.share.isna().all():
        table = table.drop(columns="share")
    tables = {"clear": table[table.place != BETWEEN], "criteria": table} if len(table) else {}
    return Result("benchmark", tables, tuple(findings), base, settings)


def _place(own: pd.Series, others: pd.Series) -> dict:
    p25, p50, p75 = np.quantile(others, [0.25, 0.5, 0.75])
    lower, upper = (_quarter(end, others) for end in (own.low, own.high))
    share = _ahead(own.score100, others) if len(others) >= PERCENTILES_FROM else np.nan
    return {
        **{name: own[name] for name in ("score100", "low", "high")},
        **{"companies": len(others), "median": p50, "half_low": p25, "half_high": p75},
        "place": PLACES[lower] if lower == upper else BETWEEN,
        "share": share,
    }


def _quarter(score: float, others: pd.Series) -> int:
    return int(np.searchsorted(np.quantile(others, [0.25, 0.5, 0.75]), score, side="right"))


def _ahead(score: float, others: pd.Series) -> float:
    return float(((others < score) + 0.5 * (others == score)).mean())


def _overall(own: pd.Series, others: pd.Series) -> Finding:
    lower, upper = (_quarter(end, others) for end in (own.low, own.high))
    if len(others) >= PERCENTILES_FROM:
        low, high = (_ahead(end, others) for end in (own.low, own.high))
        share = _ahead(own.score100, others)
        return SAYS.finding("benchmark.percentile", share=share, low=low, high=high, companies=len(others))
    if lower == upper:
        return SAYS.finding("benchmark.one_quarter", place=QUARTERS[lower], companies=len(others))
    places = {"place": QUARTERS[lower], "upper_place": QUARTERS[upper]}
    return SAYS.finding("benchmark.between", **places, companies=len(others))


def _certain(table: pd.DataFrame) -> list[Finding]:
    found = []
    if table.empty:
        return found
    gap = table.score100 - table["median"]
    for key, quarter, ordered in (("highest", 3, gap.sort_values(ascending=False)), ("lowest", 0, gap.sort_values())):
        inside = [place for place in ordered.index if table.place[place] == PLACES[quarter]]
        if inside:
            values = {"criteria": len(inside), "criterion": table.criterion[inside[0]]}
            found.append(SAYS.finding(f"benchmark.{key}", **values))
    return found
