"""Which level of the staircase the answers give, and when a move on it is announced.

A level counts only when every level below it is attained; the rule and its thresholds are the model's.
"""

import numpy as np
import pandas as pd

from cxlib.analyses.maturity.ratings import Ratings
from cxlib.analyses.result import Finding, Named, Result, Sentences, Term
from cxlib.analyses.rows import in_content_order
from cxlib.stats.survey import cumulative_scale

FIRM = 0.8  # share of bootstrap draws that must agree before a level, or a move, is announced

SAYS = Sentences(
    {
        "placed.firm": ("neutral", "The company is on level {level:count} of {levels:count}, {name}. The result is stable: {share:percent} of random samples of the participants give the same level."),
        "placed.known": ("unclear", "By those who could answer, the company is on level {level:count} of {levels:count}, {name}; {share:percent} of random samples of the participants give the same level."),
        "placed.loose": ("unclear", "The answers point to level {level:count} of {levels:count}, {name}, but not firmly: only {share:percent} of random samples of the participants give that level."),
        "placed.below": ("bad", "The answers do not reach level 1. {advice}."),
        "placed.next": ("neutral", "The next level, {name}, is {progress:percent} fulfilled; a level is only reached as a whole."),
        "placed.dont_know": ("neutral", "Whatever those who answered “don't know” had said, the level would be the same."),
        "placed.dont_know_matters": ("unclear", "Had those who answered “don't know” known, the level could be anything from {lowest:count} to {highest:count}."),
        "placed.islands": ("neutral", "Statements of higher levels that are already fulfilled: {statements:count}. They are strengths that still lack a foundation."),
        "placed.sign": ("neutral", "On this level people often say: “{sign}” If nobody recognises that, look at the answers again."),
        "too_few": ("unclear", "{people:count} took part. Placing a company requires at least {fewest:count}."),
        "move.up": ("good", "The company has moved up from level {before:count} to level {level:count} since {period:period}."),
        "move.down": ("bad", "The company has moved down from level {before:count} to level {level:count} since {period:period}."),
        "move.none": ("neutral", "The company is on level {level:count}, as in {period:period}."),
        "move.unsure": ("unclear", "The answers now point to level {level:count}; in {period:period} it was level {before:count}. The move is not certain: fewer than four in five random samples show it."),
        "absent.placement": ("absent", "Staircase: no self-assessment by levels was made."),
        "absent.moves": ("absent", "Moves on the staircase: there is only one self-assessment by levels."),
    },
    named={
        "fewest": Named(Term("People needed")),
        "people": Named(Term("People who took part")),
    },
)  # fmt: skip

ATTAINED = {True: Term("yes"), False: Term("no")}


def placement(ratings: Ratings | None, *, seed: int = 0) -> Result:
    """The highest level reached with every level below it, and the share of draws of the people on each.

    returns   table "levels": stair (level), level_name, n (answers), coverage (mean of its statements, 0-1),
              core (lowest core statement), attained, draws (share, 0-1); table "islands": stair, statement,
              coverage (fulfilled above the level reached)
    source    cxlib.stats.survey.cumulative_scale.placement

    >>> page.show(maturity.placement(stairs))
    The company is on level 3 of 5, Customer-focused. The result is stable: 100% of random samples of the...
    """
    if ratings is None:
        return Result.missing("placement", SAYS.finding("absent.placement"))
    ratings = ratings.latest
    if short := few_people(ratings):
        return Result("placement", {}, (short,), ratings.base())
    placed, stairs = placed_by(ratings, seed), ratings.staircase
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


def moves(ratings: Ratings | None, *, seed: int = 0) -> Result:
    """The level of every period, and a move only when it is sure.

    returns   table "periods": period, people, stair, draws (share on that level), announced (level that is announced)
    assumes   a move is announced when at least 80% of draws lie on its side, or two assessments in a row show it

    >>> page.show(maturity.moves(stairs))
    Moves on the staircase: there is only one self-assessment by levels.
    """
    if ratings is None or len(ratings.periods) < 2:
        return Result.missing("moves", SAYS.finding("absent.moves"))
    rows, announced = [], None
    for period in ratings.periods:
        part = ratings.of(period)
        if few_people(part):
            continue
        placed = placed_by(part, seed)
        previous = rows[-1]["stair"] if rows else None
        announced = placed.level if announced is None else _announced(announced, placed, previous)
        rows.append({"period": str(period), "people": placed.n, "stair": placed.level,
                     "draws": float(placed.shares[placed.level]), "announced": announced})  # fmt: skip
    table = pd.DataFrame(rows)
    if len(table) < 2:
        return Result("moves", {}, (few_people(ratings.latest) or SAYS.finding("absent.moves"),), ratings.latest.base())
    return Result("moves", {"periods": table}, (_move(table),), ratings.latest.base(), {"firm": FIRM, "seed": seed})


def few_people(ratings: Ratings) -> Finding | None:
    """What is said when too few took part to place a company."""
    people, fewest = ratings.base().used, ratings.policy.fewest
    return SAYS.finding("too_few", people=people, fewest=fewest) if people < fewest else None


def placed_by(ratings: Ratings, seed: int, answers: np.ndarray | None = None) -> cumulative_scale.Placement:
    """The level that the answers give by the model's rule."""
    stairs, items = ratings.staircase, ratings.items
    given = ratings.answers[items.index].to_numpy(float) if answers is None else answers
    given = in_content_order(pd.DataFrame(given)).to_numpy()
    low, high = ratings.values[0], ratings.values[-1]
    return cumulative_scale.placement(
        (given - low) / (high - low), items.group.astype(int).to_numpy(), items.core.astype(bool).to_numpy(),
        mean_at_least=stairs.mean_at_least, core_at_least=stairs.core_at_least, draws=stairs.draws, seed=seed,
    )  # fmt: skip


def _placed_findings(ratings: Ratings, placed) -> list[Finding]:
    stairs, share = ratings.staircase, float(placed.shares[placed.level])
    if placed.level:
        values = {"level": placed.level, "levels": len(stairs.levels), "name": stairs.levels.name[placed.level]}
        key = "placed.loose" if share < FIRM else "placed.known" if placed.lowest < placed.highest else "placed.firm"
        found = [SAYS.finding(key, share=share, **values)]
    else:
        found = [SAYS.finding("placed.below", advice=stairs.below)]
    if placed.progress is not None:
        following = stairs.levels.name[placed.level + 1]
        found.append(SAYS.finding("placed.next", name=following, progress=placed.progress))
    if ratings.dont_know[ratings.items.index].any(axis=None):
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
