"""How far the company has come: score of every step and criterion, strengths and weaknesses, what to do, targets."""

from itertools import combinations

import numpy as np
import pandas as pd

from cxlib.analyses.maturity.ratings import Ratings, printed
from cxlib.analyses.result import Finding, Named, Result, Says, Sentences, Term
from cxlib.stats.survey.comparison import holm, paired_mean_difference
from cxlib.stats.survey.indices import mean

NAMED = 3  # criteria that are named in sentences; the table has all

SAYS = Sentences(
    {
        "overall.level": ("neutral", "Overall, participants score the company {score:count} out of 100 ({low:count} to {high:count})."),
        "overall.no_interval": ("unclear", "Overall, participants score the company {score:count} out of 100; all say the same, so the margin of error is unknown."),
        "took_part.of_invited": ("neutral", "{people:count} of the {invited:count} people invited took part. They are participants, not a sample of all employees."),
        "took_part.count": ("neutral", "{people:count} people took part. They are participants, not a sample of all employees."),
        "steps.apart": ("neutral", "{best} is strongest ({best_score:count}), {worst} weakest ({worst_score:count})."),
        "steps.alike": ("neutral", "The steps lie so close together that their order may be due to chance."),
        "too_few": ("unclear", "Only {people:count} took part. A score requires at least {fewest:count}, so none is shown."),
        "nobody": ("unclear", "Nobody has answered the self-assessment, so there is no score."),
        "criteria.span": ("bad", "{worst} is furthest behind ({worst_score:count}), {best} furthest ahead ({best_score:count})."),
        "criteria.strength": ("good", "A strength: {criterion}, {score:count} ({low:count} to {high:count})."),
        "criteria.strength_alike": ("good", "A strength: {criterion}, {score:count}; everybody says the same."),
        "criteria.weakness_alike": ("bad", "A weakness: {criterion}, {score:count}; everybody says the same."),
        "criteria.weakness": Says("bad", "A weakness: {criterion}, {score:count} ({low:count} to {high:count}).", advises="weakness"),
        "criteria.no_strength": ("neutral", "No criterion is above {limit:count} by more than chance can explain."),
        "criteria.no_weakness": ("neutral", "No criterion is below {limit:count} by more than chance can explain."),
        "criteria.unanswered": ("unclear", "Criteria without a score, because they have fewer than {fewest:count} answers: {criteria:count}."),
        "criteria.own_reading": ("neutral", "The steps are those of the model. How they divide into {criteria:count} criteria is our own reading of it, and so is the wording."),
        "low.some": ("bad", "Criteria that score below {limit:count}: {low:count} of {all:count}, and {sure:count} of them with certainty."),
        "low.unsure": Says("unclear", "Criteria that score below {limit:count}: {low:count} of {all:count}, but none of them with certainty.", advises="assess"),
        "low.none": ("good", "No criterion scores below {limit:count}."),
        "low.rule": ("neutral", "{rule}"),
        "target.counts": ("neutral", "Targets certainly reached: {reached:count} of {all:count}; certainly not reached: {missed:count}; cannot be determined: {unclear:count}."),
        "target.widest": Says("bad", "{criterion} is furthest from its target: {score:count} against {target:count}.", stake=("target", "score"), advises="criterion"),
        "source.of_invited": ("neutral", "{source}. Answered by {people:count} of the {invited:count} people invited, on a scale of {options:count} answers."),
        "source.count": ("neutral", "{source}. People who answered: {people:count}, on a scale of {options:count} answers."),
        "absent.sources": ("absent", "Models: no self-assessment was made."),
        "absent.steps": ("absent", "Score by step: no self-assessment by criteria was made."),
        "absent.criteria": ("absent", "Criteria: no self-assessment by criteria was made."),
        "absent.priorities": ("absent", "What to do about low scores: no self-assessment by criteria was made."),
        "absent.targets": ("absent", "Gap to target: no targets have been set for the self-assessment."),
    },
    named={
        "overall.score": Named(Term("Score over all criteria"), "low", "high"),
        "options": Named(Term("Answers on the scale")),
        "invited": Named(Term("People invited")),
        "people": Named(Term("People who took part")),
        "fewest": Named(Term("People needed")),
        "low.all": Named(Term("Criteria")),
    },
)  # fmt: skip

SURE = {True: Term("yes"), False: Term("cannot tell")}
TARGET = {
    "reached": Term("reached"),
    "missed": Term("not reached"),
    "unclear": Term("cannot tell"),
    "unknown": Term("no score"),
}


def steps(ratings: Ratings | None, *, confidence=0.95) -> Result:
    """Score 0-100 of every step: mean over people of each one's mean of the criteria answered.

    returns   table "steps": stage, n (people), score100, low, high (t interval, clipped to 0-100), band
    assumes   the people stand for the colleagues who could have been asked; no correction for a small company

    >>> page.show(maturity.steps(ratings))
    Overall, participants score the company 55 out of 100 (51 to...
    """
    if ratings is None:
        return Result.missing("steps", SAYS.finding("absent.steps"))
    ratings = ratings.latest
    if short := too_few(ratings):
        return Result("steps", {}, (short,), ratings.base())
    means = pd.DataFrame({name: ratings.points[items].mean(axis=1) for name, items in ratings.steps.items()})
    table = scored(ratings, means, confidence).rename_axis("stage").reset_index()
    overall = mean(ratings.points.mean(axis=1), scale=(0, 100), confidence=confidence)
    findings = (_overall(overall), _order(means, table, confidence), _took_part(ratings))
    return Result(
        "steps", {"steps": table}, tuple(f for f in findings if f), ratings.base(), {"confidence": confidence}
    )


def scored(ratings: Ratings, points: pd.DataFrame, confidence=0.95) -> pd.DataFrame:
    """Mean of every column of 0-100 points: n, score, low, high, band; no score below the model's fewest answers."""
    rows = {}
    for name in points:
        found = mean(points[name], scale=(0, 100), confidence=confidence)
        shown = found.n >= ratings.policy.fewest
        score, low, high = (found.estimate, found.low, found.high) if shown else (None,) * 3
        rows[name] = {"n": found.n, "score100": score, "low": low, "high": high, "band": ratings.band(score)}
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.astype({"score100": float, "low": float, "high": float})


def ends(ratings: Ratings, table: pd.DataFrame, confidence=0.95) -> tuple[pd.Series, pd.Series]:
    """Lower and upper end of every score that a verdict rests on: those of its interval, and never nearer than the largest
    share that may have said one option more, or less, though none of the n did. So that all agree is no surer than that one does not."""
    unseen = 1 - ((1 - confidence) / 2) ** (1 / table.n)
    reach = 100 / (len(ratings.values) - 1) * unseen
    low, high = table.low.fillna(table.score100), table.high.fillna(table.score100)
    return np.minimum(low, table.score100 - reach).clip(lower=0), np.maximum(high, table.score100 + reach).clip(upper=100)


def _took_part(ratings: Ratings) -> Finding:
    """How many of those invited took part."""
    people = ratings.base().used
    if ratings.invited:
        return SAYS.finding("took_part.of_invited", people=people, invited=max(ratings.invited, people))
    return SAYS.finding("took_part.count", people=people)


def extremes(ratings: Ratings, table: pd.DataFrame) -> list[Finding]:
    """The strengths and weaknesses among scored criteria, at most three of each, and what has no score."""
    limit, fewest = ratings.policy.recommend_below, ratings.policy.fewest
    low, high = ends(ratings, table)
    above, below = low >= limit, high < limit
    ordered = table.sort_values("score100", ascending=False, kind="stable")
    strong, weak = ordered[above[ordered.index]].head(NAMED), ordered[below[ordered.index]].iloc[::-1].head(NAMED)
    found = [_extreme("criteria.strength", row) for row in strong.itertuples()]
    found = found or [SAYS.finding("criteria.no_strength", limit=limit)]
    if len(strong) and len(weak):
        worst, best = weak.iloc[0], strong.iloc[0]
        scores = {"worst_score": worst.score100, "best_score": best.score100}
        found.insert(0, SAYS.finding("criteria.span", worst=worst.criterion, best=best.criterion, **scores))
    found += [_extreme("criteria.weakness", row) for row in weak.itertuples()]
    found += [SAYS.finding("criteria.no_weakness", limit=limit)] if weak.empty else []
    unanswered = int(table.score100.isna().sum())
    if unanswered:
        found.append(SAYS.finding("criteria.unanswered", criteria=unanswered, fewest=fewest))
    if "own_reading" in ratings.items and ratings.items.own_reading.any():
        found.append(SAYS.finding("criteria.own_reading", criteria=len(ratings.items)))
    return found


def priorities(ratings: Ratings | None, *, confidence=0.95) -> Result:
    """The low criteria, lowest first, with the model's advice and a strong criterion that can pull each.

    returns   table "priorities": criterion, score100, sure (low by more than chance), advice, catalyst: the strongest sound
              criterion of the same step, else the strongest of all that has the fewest to pull; a missing value where
              no criterion is sound

    >>> page.show(maturity.priorities(ratings))
    Criteria that score below 60: 13 of 21, and 8 of them with...
    """
    if ratings is None:
        return Result.missing("priorities", SAYS.finding("absent.priorities"))
    ratings = ratings.latest
    if short := too_few(ratings):
        return Result("priorities", {}, (short,), ratings.base())
    table, limit = scored(ratings, ratings.points, confidence), ratings.policy.recommend_below
    low = table[table.score100.map(lambda score: printed(score) < limit, na_action="ignore").eq(True)]
    low = low.sort_values("score100", kind="stable")
    sure = ends(ratings, low)[1] < limit
    rows = pd.DataFrame(
        {
            "criterion": [ratings.label(item) for item in low.index],
            "score100": low.score100.to_numpy(),
            "sure": [SURE[bool(each)] for each in sure],
            "advice": ratings.items.advice[low.index].to_numpy() if "advice" in ratings.items else None,
            "catalyst": _catalysts(ratings, table, low.index),
        }
    )
    counts = {"low": len(low), "all": int(table.score100.notna().sum()), "sure": int(sure.sum())}
    verdict = "some" if counts["sure"] else "unsure" if len(low) else "none"
    findings = [SAYS.finding(f"low.{verdict}", limit=limit, **counts)]
    if ratings.rule and len(low):
        findings.append(SAYS.finding("low.rule", rule=ratings.rule))
    tables = {"priorities": rows} if len(low) else {}
    return Result("priorities", tables, tuple(findings), ratings.base(), {"limit": limit, "confidence": confidence})


def targets(ratings: Ratings | None, *, confidence=0.95) -> Result:
    """Score less target of every criterion that has one, furthest below first.

    returns   table "targets": criterion, score100, aim, shortfall (score less target), verdict: reached, not reached,
              or cannot tell when the interval holds the target

    >>> page.show(maturity.targets(ratings))
    Targets certainly reached: 1 of 21; certainly not reached: 13; cannot be determined...
    """
    goals = ratings.items.target.dropna() if ratings is not None and "target" in ratings.items else ()
    if not len(goals):
        return Result.missing("targets", SAYS.finding("absent.targets"))
    ratings = ratings.latest
    if short := too_few(ratings):
        return Result("targets", {}, (short,), ratings.base())
    table = scored(ratings, ratings.points[goals.index], confidence)
    low, high = ends(ratings, table)
    reached, missed = low >= goals, high < goals
    verdict = np.select([table.score100.isna(), reached, missed], ["unknown", "reached", "missed"], "unclear")
    table = table.assign(aim=goals, shortfall=table.score100 - goals, verdict=[TARGET[each] for each in verdict])
    table.insert(0, "criterion", [ratings.label(item) for item in table.index])
    table = table.drop(columns=["n", "low", "high", "band"]).sort_values("shortfall", kind="stable", ignore_index=True)
    counts = {each: int((verdict == each).sum()) for each in TARGET}
    findings = [SAYS.finding("target.counts", all=len(table), **counts)]
    widest = table.iloc[0]
    if widest.verdict == TARGET["missed"]:
        values = {"criterion": widest.criterion, "score": widest.score100, "target": widest.aim}
        findings.append(SAYS.finding("target.widest", **values))
    return Result("targets", {"targets": table}, tuple(findings), ratings.base(), {"confidence": confidence})


def sources(*ratings: Ratings | None) -> Result:
    """Whose the models are, and on how many answers the report rests; no table.

    >>> page.show(maturity.sources(ratings))
    The LOYALTY model (Jesper Krogh Jørgensen, Customer Experience Office, in Børsen Ledelse, 26 April 2019...
    """
    used = [each.latest for each in ratings if each is not None]
    if not used:
        return Result.missing("sources", SAYS.finding("absent.sources"))
    return Result("sources", {}, tuple(map(_source, used)), used[0].base())


def _source(ratings: Ratings) -> Finding:
    people = ratings.base().used
    values = {"source": ratings.source, "people": people, "options": len(ratings.values)}
    if ratings.invited:
        return SAYS.finding("source.of_invited", invited=max(ratings.invited, people), **values)
    return SAYS.finding("source.count", **values)


def too_few(ratings: Ratings) -> Finding | None:
    people = ratings.base().used
    if people >= ratings.policy.fewest:
        return None
    return SAYS.finding("too_few", people=people, fewest=ratings.policy.fewest) if people else SAYS.finding("nobody")


def _overall(found) -> Finding:
    if found.low is None:
        return SAYS.finding("overall.no_interval", score=found.estimate)
    return SAYS.finding("overall.level", score=found.estimate, low=found.low, high=found.high)


def _order(means: pd.DataFrame, table: pd.DataFrame, confidence: float) -> Finding | None:
    """Strongest and weakest step, if the same people rate them apart by more than chance among all pairs searched."""
    ordered = table.dropna(subset="score100").sort_values("score100", ascending=False, kind="stable")
    if len(ordered) < 2:
        return None
    pairs = list(combinations(ordered.stage, 2))
    p = [paired_mean_difference(means[one], means[other]).p for one, other in pairs]
    best, worst = ordered.iloc[0], ordered.iloc[-1]
    apart = holm([1.0 if each is None else each for each in p])[pairs.index((best.stage, worst.stage))] < 1 - confidence
    if not apart:
        return SAYS.finding("steps.alike")
    return SAYS.finding(
        "steps.apart", best=best.stage, best_score=best.score100, worst=worst.stage, worst_score=worst.score100
    )


def _extreme(key: str, row) -> Finding:
    if row.low != row.low:
        return SAYS.finding(f"{key}_alike", criterion=row.criterion, score=row.score100)
    return SAYS.finding(key, criterion=row.criterion, score=row.score100, low=row.low, high=row.high)


def _catalysts(ratings: Ratings, table: pd.DataFrame, low: pd.Index) -> list[str | None]:
    """For each low criterion the strong one that can pull it."""
    limit = ratings.policy.recommend_below
    sound = table.score100[table.score100.map(lambda score: printed(score) >= limit, na_action="ignore").eq(True)]
    sound = sound.sort_values(ascending=False, kind="stable")
    pulls, chosen = pd.Series(0, sound.index), []
    for item in low:
        near = [each for each in sound.index if ratings.items.group[each] == ratings.items.group[item]]
        free = near or list(pulls.sort_values(kind="stable").index)
        if free:
            pulls[free[0]] += 1
        chosen.append(ratings.label(free[0]) if free else None)
    return chosen
