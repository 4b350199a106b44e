"""What people believed, what they can show, and where to aim, beside the level that the answers give."""

import numpy as np
import pandas as pd

from cxlib.analyses.maturity.groups import shown_groups
from cxlib.analyses.maturity.ratings import Ratings
from cxlib.analyses.maturity.staircase import few_people, placed_by
from cxlib.analyses.result import Finding, Named, Result, Sentences, Term
from cxlib.stats.survey.indices import mean

READY = 3.0  # mean of the maturity questions, 1-5, below which only the next level is within reach

SAYS = Sentences(
    {
        "belief.ahead": ("bad", "Before answering, people placed the company on level {guess:points} on average ({low:points} to {high:points}); their own answers give level {level:count}. They think the company has come further than their answers show."),
        "belief.behind": ("neutral", "Before answering, people placed the company on level {guess:points} on average ({low:points} to {high:points}); their own answers give level {level:count}. The company does more than they think."),
        "belief.in_line": ("neutral", "Before answering, people placed the company on level {guess:points} on average; that is in line with level {level:count}, which their answers give."),
        "belief.group_ahead": ("bad", "{group} placed the company on level {guess:points} on average, above the level that the answers give."),
        "belief.group_behind": ("neutral", "{group} placed the company on level {guess:points} on average, below the level that the answers give."),
        "belief.not_asked": ("unclear", "People were not asked which level they believed in before they answered."),
        "evidence.less": ("bad", "What can be documented supports level {evidenced:count} only; above that the level rests on what people say."),
        "evidence.same": ("good", "What can be documented supports the same level as the answers."),
        "evidence.not_asked": ("unclear", "Nobody stated any proof, so the level rests on the answers alone."),
        "aim.stay": ("good", "Staying on level {level:count} is the sensible choice: what the company needs to know about its customers requires no more."),
        "aim.up": ("neutral", "Level {target:count}, {name}, is a sensible aim."),
        "aim.unsure": ("unclear", "A sensible aim lies between level {lowest:count} and level {highest:count}; the answers do not settle which."),
        "aim.next": ("neutral", "The company needs level {wanted:count}, but no more than level {target:count} is within reach for now."),
        "aim.model": ("neutral", "{advice}"),
        "aim.axes": ("neutral", "Need to focus on customer relations: {focus:points} out of 5; readiness for more: {maturity:points} out of 5."),
        "absent.belief": ("absent", "Belief and proof: no self-assessment by levels was made."),
        "absent.aim": ("absent", "Target level: the questions that set it were not asked."),
    },
    named={
        "wanted": Named(Term("Level that is needed")),
    },
)  # fmt: skip


def belief(ratings: Ratings | None, *, minimum: int = 5, confidence=0.95, seed: int = 0) -> Result:
    """The level people guessed before answering, the level their answers give, and the level that can be shown.

    minimum   people in the smallest group shown, raised by the model's own
    returns   table "levels": meaning, stair (level); table "groups", when guesses were given: group (role), n, guessed
              (mean level), low, high; settings: the mean guess of all with its interval
    assumes   a statement is shown when anybody wrote what proves it; without proof it counts as at most the second
              lowest answer

    >>> page.show(maturity.belief(stairs))
    Before answering, people placed the company on level 3.3 on average; that is in line with level 3...
    """
    if ratings is None:
        return Result.missing("belief", SAYS.finding("absent.belief"))
    ratings = ratings.latest
    if short := few_people(ratings):
        return Result("belief", {}, (short,), ratings.base())
    level, shown = placed_by(ratings, seed).level, _evidenced_level(ratings, seed)
    guesses = ratings.people.guess.dropna() if "guess" in ratings.people else pd.Series(dtype=float)
    guess = mean(guesses, scale=(1, len(ratings.staircase.levels)), confidence=confidence)
    guessed = guess.n >= ratings.policy.fewest
    rows = [{"meaning": Term("By the answers"), "stair": level}]
    if shown is not None:
        rows.append({"meaning": Term("By what can be documented"), "stair": shown})
    least = max(minimum, ratings.policy.smallest_group)
    groups = _guesses_by_role(ratings, least, confidence) if guessed else None
    tables = {"levels": pd.DataFrame(rows)} | ({"groups": groups} if groups is not None and len(groups) else {})
    findings = [_belief(guess, level) if guessed else SAYS.finding("belief.not_asked"), _evidence(level, shown)]
    findings += _group_beliefs(groups, level) if "groups" in tables else []
    settings = {"guess": guess.estimate, "guess_low": guess.low, "guess_high": guess.high, "guesses": guess.n}
    settings = (settings if guessed else {}) | {"seed": seed, "confidence": confidence, "minimum": least}
    return Result("belief", tables, tuple(findings), ratings.base(), settings)


def aim(ratings: Ratings | None, *, confidence=0.95, seed: int = 0) -> Result:
    """The level to aim at, from how much the company depends on customer relations and how ready it is for more.

    returns   table "aim": stair, target_level, focus, maturity (means 1-5); settings: lowest and highest target at the ends of
              the two intervals
    assumes   the level that the need asks for, at most one above the present below a maturity of 3, else two; never
              below the present: staying is an aim

    >>> page.show(maturity.aim(stairs))
    Level 4, Customer-driven, is a sensible aim...
    """
    if ratings is None or ratings.context is None or ratings.context.notna().sum().sum() == 0:
        return Result.missing("aim", SAYS.finding("absent.aim"))
    ratings = ratings.latest
    if short := few_people(ratings):
        return Result("aim", {}, (short,), ratings.base())
    level, top = placed_by(ratings, seed).level, len(ratings.staircase.levels)
    axes = {axis: _axis(ratings, axis, confidence) for axis in ("focus", "maturity")}
    if any(found.n < ratings.policy.fewest for found in axes.values()):
        return Result("aim", {}, (SAYS.finding("absent.aim"),), ratings.base())
    focus, maturity = axes["focus"], axes["maturity"]
    wanted = [_wanted(ratings, end) for end in (focus.estimate, *_interval(focus))]
    reach = [level + (1 if end < READY else 2) for end in (maturity.estimate, *_interval(maturity))]
    target, lowest, highest = (int(np.clip(min(w, r), level, top)) for w, r in zip(wanted, reach, strict=True))
    row = {"stair": level, "target_level": target, "focus": focus.estimate, "maturity": maturity.estimate}
    findings = _aim_findings(ratings, row, wanted[0], (lowest, highest))
    settings = {"ready": READY, "lowest": lowest, "highest": highest, "seed": seed}
    return Result("aim", {"aim": pd.DataFrame([row])}, tuple(findings), ratings.base(), settings)


def _evidenced_level(ratings: Ratings, seed: int) -> int | None:
    """The level when statements without proof count as at most the second lowest answer; None when none was written."""
    evidence = ratings.evidence[ratings.items.index].to_numpy(bool).any(axis=0)
    if not evidence.any():
        return None
    given = ratings.answers[ratings.items.index].to_numpy(float)
    capped = np.where(evidence, given, np.fmin(given, ratings.values[1]))
    return placed_by(ratings, seed, np.where(np.isnan(given), np.nan, capped)).level


def _guesses_by_role(ratings: Ratings, minimum: int, confidence: float) -> pd.DataFrame:
    """Guesses of the roles that may be shown."""
    if "role" not in ratings.people or ratings.people.role.isna().all():
        return pd.DataFrame()
    guess = ratings.people[["guess"]]
    only = Ratings(guess, pd.DataFrame({"name": ["guess"]}, index=["guess"]),
                   tuple(range(1, len(ratings.staircase.levels) + 1)), people=ratings.people)  # fmt: skip
    shown, _ = shown_groups(only, ("role",), minimum)
    rows = []
    for _, group in shown["guess"]:
        inside = (ratings.people.role == group).to_numpy()
        found = mean(guess.guess[inside], scale=(1, max(only.values)), confidence=confidence)
        rows.append({"group": group, "n": found.n, "guessed": found.estimate, "low": found.low, "high": found.high})
    return pd.DataFrame(rows)


def _belief(guess, level: int) -> Finding:
    low, high = _interval(guess)
    key = "ahead" if low > level else "behind" if high < level else "in_line"
    return SAYS.finding(f"belief.{key}", guess=guess.estimate, low=low, high=high, level=level)


def _group_beliefs(groups: pd.DataFrame, level: int) -> list[Finding]:
    """The roles whose belief lies off the level by more than chance can give."""
    low, high = groups.low.fillna(groups.guessed), groups.high.fillna(groups.guessed)
    verdict = np.select([low > level, high < level], ["ahead", "behind"], "")
    told = zip(verdict, groups.group, groups.guessed, strict=True)
    return [SAYS.finding(f"belief.group_{way}", group=group, guess=guess) for way, group, guess in told if way]


def _evidence(level: int, shown: int | None) -> Finding:
    if shown is None:
        return SAYS.finding("evidence.not_asked")
    return SAYS.finding("evidence.less", evidenced=shown) if shown < level else SAYS.finding("evidence.same")


def _interval(found) -> tuple[float, float]:
    return (found.estimate, found.estimate) if found.low is None else (found.low, found.high)


def _axis(ratings: Ratings, axis: str, confidence: float):
    items = [item for item, of in ratings.staircase.axes.items() if of == axis and item in ratings.context]
    return mean(ratings.context[items].mean(axis=1), scale=(1, 5), confidence=confidence)


def _wanted(ratings: Ratings, focus: float) -> int:
    """The level that a mean of the focus questions asks for."""
    return next(level for below, level in ratings.staircase.focus_levels if focus < below)


def _aim_findings(ratings: Ratings, row: dict, wanted: int, ends: tuple[int, int]) -> list[Finding]:
    levels, level, target = ratings.staircase.levels, row["stair"], row["target_level"]
    found = []
    if ends[0] < ends[1]:
        found.append(SAYS.finding("aim.unsure", lowest=ends[0], highest=ends[1]))
    elif target == level:
        found.append(SAYS.finding("aim.stay", level=level))
    else:
        found.append(SAYS.finding("aim.up", target=target, name=levels.name[target]))
    if wanted > target:
        found.append(SAYS.finding("aim.next", wanted=wanted, target=target))
    found.append(SAYS.finding("aim.axes", focus=row["focus"], maturity=row["maturity"]))
    texts = [levels.assessment[level], levels.recommendation[level]] if level else []
    found += [SAYS.finding("aim.model", advice=text) for text in (*texts, ratings.staircase.advice) if text]
    return found
