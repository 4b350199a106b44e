"""Which level of the staircase: by the answers, by what can be shown, by what people believed; and where to aim.

A level counts only when every level below it is attained; the rule and its thresholds are the model's.
"""

import numpy as np
import pandas as pd

from cxlib.analyses.maturity.groups import shown_groups
from cxlib.analyses.maturity.ratings import Ratings
from cxlib.analyses.maturity.scores import _too_few
from cxlib.analyses.result import Finding, Result, Sentences, Term
from cxlib.stats import cumulative_scale
from cxlib.stats.indices import mean

FIRM = 0.8  # share of bootstrap draws that must agree before a level, or a move, is announced
READY = 3.0  # mean of the maturity questions, 1-5, below which only the next level is within reach

SAYS = Sentences(
    {
        "placed.firm": ("neutral", "The answers place the company on level {level:count} of {levels:count}, {name}; {share:percent} of random draws among the same people give that level."),
        "placed.loose": ("unclear", "The answers point to level {level:count} of {levels:count}, {name}, but loosely: {share:percent} of random draws among the same people give that level."),
        "placed.below": ("bad", "The answers do not reach level 1. {advice}."),
        "placed.next": ("neutral", "The next level, {name}, is fulfilled to {progress:percent}; a level is reached only as a whole."),
        "placed.dont_know": ("neutral", "Whatever those who answered “don't know” had said, the level would be the same."),
        "placed.dont_know_matters": ("unclear", "Had those who answered “don't know” known, the level might be anything from {lowest:count} to {highest:count}."),
        "placed.islands": ("neutral", "Statements of higher levels that are fulfilled already: {statements:count}. They are strengths that still lack their foundation."),
        "placed.sign": ("neutral", "On this level it is common to say: “{sign}” If nobody recognises that, look at the answers again."),
        "too_few": ("unclear", "Only {people:count} took part. Placing a company takes at least {fewest:count}."),
        "belief.ahead": ("bad", "Before answering, people believed in level {guess:points} on average ({low:points} to {high:points}); their own answers give level {level:count}. Belief runs ahead of practice."),
        "belief.behind": ("neutral", "Before answering, people believed in level {guess:points} on average ({low:points} to {high:points}); their own answers give level {level:count}. The company does more than it believes."),
        "belief.in_line": ("good", "Before answering, people believed in level {guess:points} on average; that is in line with level {level:count}, which their answers give."),
        "belief.group_ahead": ("bad", "{group} believed in level {guess:points} on average, above the level that the answers give."),
        "belief.group_behind": ("neutral", "{group} believed in level {guess:points} on average, below the level that the answers give."),
        "belief.not_asked": ("unclear", "Which level people believed in before answering was not asked."),
        "evidence.less": ("bad", "What can be shown carries level {evidenced:count} only; beyond that the level rests on what people say."),
        "evidence.same": ("good", "What can be shown carries the same level as the answers."),
        "evidence.not_asked": ("unclear", "Nobody wrote what could be shown, so the level rests on answers alone."),
        "aim.stay": ("good", "Staying on level {level:count} is the sound choice: what the company needs to know of its customers asks for no more."),
        "aim.up": ("neutral", "Level {target:count}, {name}, is a sensible aim."),
        "aim.unsure": ("unclear", "A sensible aim lies between level {lowest:count} and level {highest:count}; the answers do not say which."),
        "aim.next": ("neutral", "What the company needs asks for level {wanted:count}, but not more than level {target:count} is within reach for now."),
        "aim.model": ("neutral", "{advice}"),
        "aim.axes": ("neutral", "Need to focus on customer relations {focus:points} of 5, maturity for more {maturity:points} of 5."),
        "move.up": ("good", "The company has moved up from level {before:count} to level {level:count} since {period:period}."),
        "move.down": ("bad", "The company has moved down from level {before:count} to level {level:count} since {period:period}."),
        "move.none": ("neutral", "The company stands on level {level:count}, as in {period:period}."),
        "move.unsure": ("unclear", "The answers now point to level {level:count}, to level {before:count} in {period:period}. That is no sure move: companies swing, and fewer than four draws in five agree."),
        "absent.placement": ("absent", "Staircase: no self-assessment by levels was made."),
        "absent.belief": ("absent", "Belief and proof: no self-assessment by levels was made."),
        "absent.aim": ("absent", "Target level: the questions that set it were not asked."),
        "absent.moves": ("absent", "Moves on the staircase: there is only one self-assessment by levels."),
    }
)  # fmt: skip

ATTAINED = {True: Term("yes"), False: Term("no")}


def placement(ratings: Ratings | None, *, seed: int = 0) -> Result:
    """The highest level reached with every level below it, and the share of draws of the people on each.

    returns   table "levels": stair (level), level_name, n (answers), coverage (mean of its statements, 0-1), core (lowest core
              statement), attained, draws (share, 0-1); table "islands": stair, statement, coverage (fulfilled above the
              level reached)
    source    cxlib.stats.cumulative_scale.placement
    """
    if ratings is None:
        return Result.missing("placement", SAYS.finding("absent.placement"))
    ratings = ratings.latest
    if short := _few(ratings):
        return Result("placement", {}, (short,), ratings.base())
    placed, stairs = _placed(ratings, seed), ratings.staircase
    levels = placed.levels.rename(columns={"level": "stair", "mean": "coverage"}).assign(
        draws=placed.shares[1:].to_numpy()
    )
    levels.insert(1, "level_name", stairs.levels.name[levels.stair].to_numpy())
    levels["attained"] = levels.attained.map(ATTAINED)
    names = ["stair", "level_name", "n", "coverage", "core", "attained", "draws"]
    tables = {"levels": levels[names]}
    if placed.islands:
        tables["islands"] = _islands(ratings, placed.islands)
    settings = {"mean_at_least": stairs.mean_at_least, "core_at_least": stairs.core_at_least, "draws": stairs.draws,
                "level": placed.level, "seed": seed}  # fmt: skip
    return Result("placement", tables, tuple(_placed_findings(ratings, placed)), ratings.base(), settings)


def belief(ratings: Ratings | None, *, minimum: int = 5, confidence=0.95, seed: int = 0) -> Result:
    """The level people guessed before answering, the level their answers give, and the level that can be shown.

    minimum   people in the smallest group shown, raised by the model's own
    returns   table "levels": meaning, estimate (a level; of guesses the mean), low, high; table "groups", when guesses
              were given: group (role), n, guessed, low, high
    assumes   a statement is shown when anybody wrote what proves it; without proof it counts as at most the second
              lowest answer
    """
    if ratings is None:
        return Result.missing("belief", SAYS.finding("absent.belief"))
    ratings = ratings.latest
    if short := _few(ratings):
        return Result("belief", {}, (short,), ratings.base())
    level, shown = _placed(ratings, seed).level, _evidenced_level(ratings, seed)
    guesses = ratings.people.guess.dropna() if "guess" in ratings.people else pd.Series(dtype=float)
    guess = mean(guesses, scale=(1, len(ratings.staircase.levels)), confidence=confidence)
    guessed = guess.n >= ratings.policy.fewest
    rows = [{"meaning": Term("Believed before answering"), "estimate": guess.estimate, "low": guess.low,
             "high": guess.high}] if guessed else []  # fmt: skip
    rows.append({"meaning": Term("By the answers"), "estimate": float(level), "low": None, "high": None})
    if shown is not None:
        rows.append({"meaning": Term("By what can be shown"), "estimate": float(shown), "low": None, "high": None})
    table = pd.DataFrame(rows).astype({"estimate": float, "low": float, "high": float})
    groups = _guesses_by_role(ratings, max(minimum, ratings.policy.smallest_group), confidence) if guessed else None
    tables = {"levels": table} | ({"groups": groups} if groups is not None and len(groups) else {})
    findings = [_belief(guess, level) if guessed else SAYS.finding("belief.not_asked"), _evidence(level, shown)]
    findings += _group_beliefs(groups, level) if "groups" in tables else []
    return Result("belief", tables, tuple(findings), ratings.base(), {"seed": seed, "confidence": confidence})


def aim(ratings: Ratings | None, *, confidence=0.95, seed: int = 0) -> Result:
    """The level to aim at, from how much the company depends on customer relations and how ready it is for more.

    returns   table "aim": stair, target_level, focus, maturity (means 1-5); settings: lowest and highest target at the ends of
              the two intervals
    assumes   the level that the need asks for, at most one above the present below a maturity of 3, else two; never
              below the present: staying is an aim
    """
    if ratings is None or ratings.context is None or ratings.context.notna().sum().sum() == 0:
        return Result.missing("aim", SAYS.finding("absent.aim"))
    ratings = ratings.latest
    if short := _few(ratings):
        return Result("aim", {}, (short,), ratings.base())
    level, top = _placed(ratings, seed).level, len(ratings.staircase.levels)
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


def moves(ratings: Ratings | None, *, seed: int = 0) -> Result:
    """The level of every period, and a move only when it is sure.

    returns   table "periods": period, people, stair, draws (share on that level), announced (level that is announced)
    assumes   a move is announced when at least 80% of draws lie on its side, or two assessments in a row show it
    """
    if ratings is None or len(ratings.periods) < 2:
        return Result.missing("moves", SAYS.finding("absent.moves"))
    rows, announced = [], None
    for period in ratings.periods:
        part = ratings.of(period)
        if _few(part):
            continue
        placed = _placed(part, seed)
        previous = rows[-1]["stair"] if rows else None
        announced = placed.level if announced is None else _announced(announced, placed, previous)
        rows.append({"period": str(period), "people": placed.n, "stair": placed.level,
                     "draws": float(placed.shares[placed.level]), "announced": announced})  # fmt: skip
    table = pd.DataFrame(rows)
    if len(table) < 2:
        return Result("moves", {}, (_few(ratings.latest) or SAYS.finding("absent.moves"),), ratings.latest.base())
    return Result("moves", {"periods": table}, (_move(table),), ratings.latest.base(), {"firm": FIRM, "seed": seed})


def _few(ratings: Ratings) -> Finding | None:
    people, fewest = ratings.base().used, ratings.policy.fewest
    return SAYS.finding("too_few", people=people, fewest=fewest) if 0 < people < fewest else _too_few(ratings)


def _placed(ratings: Ratings, seed: int, answers: np.ndarray | None = None) -> cumulative_scale.Placement:
    stairs, items = ratings.staircase, ratings.items
    given = ratings.answers[items.index].to_numpy(float) if answers is None else answers
    low, high = ratings.values[0], ratings.values[-1]
    return cumulative_scale.placement(
        (given - low) / (high - low), items.group.astype(int).to_numpy(), items.core.astype(bool).to_numpy(),
        mean_at_least=stairs.mean_at_least, core_at_least=stairs.core_at_least, draws=stairs.draws, seed=seed,
    )  # fmt: skip


def _evidenced_level(ratings: Ratings, seed: int) -> int | None:
    """The level when statements without proof count as at most the second lowest answer; None when none was written."""
    evidence = ratings.evidence[ratings.items.index].to_numpy(bool).any(axis=0)
    if not evidence.any():
        return None
    given = ratings.answers[ratings.items.index].to_numpy(float)
    capped = np.where(evidence, given, np.fmin(given, ratings.values[1]))
    return _placed(ratings, seed, np.where(np.isnan(given), np.nan, capped)).level


def _placed_findings(ratings: Ratings, placed) -> list[Finding]:
    stairs, share = ratings.staircase, float(placed.shares[placed.level])
    if placed.level:
        values = {"level": placed.level, "levels": len(stairs.levels), "name": stairs.levels.name[placed.level]}
        found = [SAYS.finding("placed.firm" if share >= FIRM else "placed.loose", share=share, **values)]
    else:
        found = [SAYS.finding("placed.below", advice=stairs.below)]
    if placed.progress is not None:
        following = stairs.levels.name[placed.level + 1]
        found.append(SAYS.finding("placed.next", name=following, progress=placed.progress))
    if ratings.answers[ratings.items.index].isna().any(axis=None):
        moved = placed.lowest < placed.highest
        values = {"lowest": placed.lowest, "highest": placed.highest}
        found.append(SAYS.finding("placed.dont_know_matters" if moved else "placed.dont_know", **values))
    if placed.islands:
        found.append(SAYS.finding("placed.islands", statements=len(placed.islands)))
    if placed.level and (sign := stairs.levels.limit_sign[placed.level]):
        found.append(SAYS.finding("placed.sign", sign=sign))
    return found


def _islands(ratings: Ratings, places: tuple[int, ...]) -> pd.DataFrame:
    items, low, high = ratings.items.iloc[list(places)], ratings.values[0], ratings.values[-1]
    coverage = (ratings.answers[items.index].mean() - low) / (high - low)
    columns = {"stair": items.group.astype(int), "statement": items.name, "coverage": coverage}
    return pd.DataFrame(columns).reset_index(drop=True)


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


def _announced(announced: int, placed, previous: int) -> int:
    """The level announced after one more period."""
    up = placed.level > announced
    beyond = placed.shares[announced + 1 :] if up else placed.shares[:announced]
    twice = previous > announced if up else previous < announced
    if placed.level == announced:
        return announced
    return placed.level if beyond.sum() >= FIRM or twice else announced


def _move(table: pd.DataFrame) -> Finding:
    before, now = table.iloc[-2], table.iloc[-1]
    values = {"level": int(now.announced), "before": int(before.announced), "period": before.period}
    if now.announced != before.announced:
        return SAYS.finding("move.up" if now.announced > before.announced else "move.down", **values)
    if now.stair != now.announced:
        return SAYS.finding("move.unsure", level=int(now.stair), before=int(now.announced), period=before.period)
    return SAYS.finding("move.none", level=values["level"], period=before.period)
