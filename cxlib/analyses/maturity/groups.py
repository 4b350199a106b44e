"""Who sees the company how: criteria by role and unit with small groups hidden, and two roles held against each other."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlib.analyses.groups import in_their_order
from cxlib.analyses.maturity.ratings import Ratings
from cxlib.analyses.maturity.scores import extremes, scored, too_few
from cxlib.analyses.result import Named, Result, Says, Sentences, Term
from cxlib.stats.survey.comparison import holm, mean_difference
from cxlib.stats.survey.disclosure import hidden_segments

NAMED = 4  # gaps that are named in sentences; the table has all
HEADINGS = {"role": Term("Role"), "unit": Term("Unit")}

SAYS = Sentences(
    {
        "groups.hidden": Says("unclear", "Groups not shown: {hidden:count} of {groups:count}. A group of fewer than {minimum:count} people is not shown, nor one from which it could be worked out.", about="data"),
        "gap.higher": Says("bad", "{criterion} is rated {gap:count} points higher by {first} than by {second} ({low:whole_change} to {high:whole_change}).", stake="gap", advises="roles"),
        "gap.lower": Says("bad", "{criterion} is rated {gap:count} points lower by {first} than by {second} ({low:whole_change} to {high:whole_change}).", stake="gap", advises="roles"),
        "gap.others": ("neutral", "Criteria on which {first} and {second} are no further apart than chance can explain: {criteria:count}."),
        "gap.hidden": Says("unclear", "The views of the roles cannot be compared: a role has fewer than {minimum:count} people, or another could be worked out from it.", about="data"),
        "absent.criteria": ("absent", "Criteria: no self-assessment by criteria was made."),
        "absent.role_gap": ("absent", "Views of the roles: the data do not say who answered in which role."),
    },
    named={
        "hidden": Named(Term("Groups not shown")),
        "groups": Named(Term("Groups")),
    },
)  # fmt: skip

VERDICTS = {"higher": Term("rates it higher"), "lower": Term("rates it lower"), "unclear": Term("no clear difference")}


def criteria(
    ratings: Ratings | None, *, by: Sequence[str] = ("role", "unit"), minimum: int = 5, confidence=0.95
) -> Result:
    """Score 0-100 of every criterion, for all and for every group that may be shown.

    by        columns of people that divide them;  minimum: people in the smallest group shown, raised by the model's own
    returns   table "criteria": criterion, n, score100, low, high, band; table "groups": criterion, segment, group, n, score100,
              band, one row for each pair that may be shown
    assumes   hidden are groups whose answers to a criterion are too few, those from which they could be worked out, and
              a division of which one group alone would be left

    >>> page.show(maturity.criteria(ratings))
    5.3 Concrete for each employee is furthest behind (25), 4.1 Fixed cadence furthest ahead...
    """
    if ratings is None:
        return Result.missing("criteria", SAYS.finding("absent.criteria"))
    ratings = ratings.latest
    if short := too_few(ratings):
        return Result("criteria", {}, (short,), ratings.base())
    minimum = max(minimum, ratings.policy.smallest_group)
    table = scored(ratings, ratings.points, confidence)
    table.insert(0, "criterion", [ratings.label(item) for item in table.index])
    shown, hidden = shown_groups(ratings, by, minimum)
    rows = [_cell(ratings, table, item, *group) for item in table.index for group in shown[item]]
    tables = {"criteria": table.reset_index(drop=True)} | ({"groups": pd.DataFrame(rows)} if rows else {})
    findings = extremes(ratings, table)
    if hidden:
        findings.append(SAYS.finding("groups.hidden", hidden=hidden, groups=_count(ratings, by), minimum=minimum))
    settings = {"by": list(by), "minimum": minimum, "fewest": ratings.policy.fewest, "confidence": confidence,
                "bands": ratings.bands}  # fmt: skip
    return Result("criteria", tables, tuple(findings), ratings.base(), settings)


def role_gap(ratings: Ratings | None, *, first="", second="", minimum: int = 5, confidence=0.95) -> Result:
    """Score of one role less that of another, per criterion, in points; management against front line.

    first, second  the roles; empty: the one of fewest people and the one of most, as management and front line; of
                   as many people the one that scores higher comes first
    returns   table "gaps", widest first: criterion, n (answers compared), first_score, second_score, apart, low, high,
              p_holm (over the criteria), verdict; table "clear": those that differ; settings hold the two roles
    assumes   different people in the two roles (Welch); when each is of one mind there is no test, and they differ when
              they lie more than one option apart

    >>> page.show(maturity.role_gap(ratings, first="Topledelse", second="Medarbejder"))
    1.3 Managers lead by example is rated 69 points higher by Topledelse than by Medarbejder (+52 to...
    """
    if ratings is None or "role" not in ratings.people or ratings.people.role.nunique() < 2:
        return Result.missing("role_gap", SAYS.finding("absent.role_gap"))
    ratings = ratings.latest
    role, score = ratings.people.role.dropna(), ratings.points.mean(axis=1)
    roles = sorted(role.unique(), key=lambda each: ((role == each).sum(), -score[role.index[role == each]].mean(), each))
    first, second = first or roles[0], second or roles[-1]
    for role in (first, second):
        if role not in roles:
            raise ValueError(f"role == {role!r} took no part; the roles are {', '.join(map(str, roles))}.")
    minimum = max(minimum, ratings.policy.smallest_group)
    shown = shown_groups(ratings, ("role", "unit"), minimum)[0]
    both = [i for i, groups in shown.items() if {("role", first), ("role", second)} <= set(groups)]
    settings = {"first": first, "second": second, "minimum": minimum, "confidence": confidence}
    if not both:
        finding = SAYS.finding("gap.hidden", minimum=minimum)
        return Result("role_gap", {}, (finding,), ratings.base(), settings)
    table = _gaps(ratings, both, first, second, confidence)
    tables = {"clear": table[table.verdict != VERDICTS["unclear"]], "gaps": table}
    return Result("role_gap", tables, _gap_findings(table, first, second), ratings.base(), settings)


def shown_groups(ratings: Ratings, by: Sequence[str], minimum: int) -> tuple[dict[str, list[tuple[str, str]]], int]:
    """{item: (division, group) pairs that may be shown}, in the order of groups.in_their_order, and how many are never shown."""
    divisions = [each for each in by if each in ratings.people and ratings.people[each].notna().any()]
    people = ratings.people[divisions]
    order = [(d, group) for d in divisions for group in in_their_order(people[d].dropna())]
    safe = _safe(people, order, minimum)
    alone = [d for d in divisions if sum(division == d for division, _ in safe) == 1]
    safe = [group for group in safe if group[0] not in alone]
    people = people[list(dict.fromkeys(division for division, _ in safe))]
    answered = {item: ratings.points[item].notna().to_numpy() for item in ratings.items.index}
    patterns = {a.tobytes(): _safe(people[a], safe, minimum) for a in answered.values()}
    shown = {item: patterns[a.tobytes()] for item, a in answered.items()}
    seen = {group for groups in shown.values() for group in groups}
    return shown, len(order) - len(seen)


def _safe(people: pd.DataFrame, groups: list, minimum: int) -> list[tuple[str, str]]:
    """Those of the groups that may be shown when these people answered."""
    if people.empty or not groups:
        return []
    found = hidden_segments(people.astype(object), threshold=minimum).dropna(subset="group")
    safe = set(zip(found.division[~found.hidden], found.group[~found.hidden], strict=True))
    return [group for group in groups if group in safe]


def _cell(ratings: Ratings, table: pd.DataFrame, item: str, division: str, group: str) -> dict:
    points = ratings.points.loc[(ratings.people[division] == group).to_numpy(), item].dropna()
    score = float(points.mean())
    return {"criterion": table.criterion[item], "segment": HEADINGS.get(division, division), "group": str(group),
            "n": len(points), "score100": score, "band": ratings.band(score)}  # fmt: skip


def _count(ratings: Ratings, by: Sequence[str]) -> int:
    return sum(ratings.people[each].nunique() for each in by if each in ratings.people)


def _gaps(ratings: Ratings, items: list[str], first: str, second: str, confidence: float) -> pd.DataFrame:
    rows = []
    for item in items:
        ours, theirs = (ratings.points.loc[(ratings.people.role == role).to_numpy(), item] for role in (first, second))
        gap = mean_difference(theirs, ours, confidence=confidence)
        rows.append({"criterion": ratings.label(item), "n": gap.n_before + gap.n_after, "first_score": ours.mean(),
                     "second_score": theirs.mean(), "apart": gap.estimate, **interval_and_p(ratings, gap)})  # fmt: skip
    table = judged(pd.DataFrame(rows), confidence)
    clear = table.pop("clear")
    verdict = np.select([clear & (table.apart > 0), clear & (table.apart < 0)], ["higher", "lower"], "unclear")
    table["verdict"] = [VERDICTS[each] for each in verdict]
    order = table.apart.abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def interval_and_p(ratings: Ratings, found) -> dict[str, float]:
    """Interval within -100 to 100 and p of a difference. Answers that are all alike have no p; each stands for half an
    option either way."""
    option = 100 / (len(ratings.values) - 1)
    low, high = (found.estimate - option, found.estimate + option) if found.p is None else (found.low, found.high)
    return {"low": max(low, -100.0), "high": min(high, 100.0), "p": np.nan if found.p is None else found.p}


def judged(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """The differences with `p` adjusted by Holm to `p_holm`, and `clear`: beyond chance, and the interval without 0."""
    p = table.p.astype(float)
    adjusted = pd.Series(holm(p.dropna()), p.index[p.notna()]).reindex(p.index)
    clear = (adjusted.isna() | (adjusted < 1 - confidence)) & (table.low * table.high > 0)
    return table.drop(columns="p").assign(p_holm=adjusted, clear=clear)


def _gap_findings(table: pd.DataFrame, first: str, second: str) -> tuple:
    clear = table[table.verdict != VERDICTS["unclear"]]
    found = []
    for row in clear.head(NAMED).itertuples():
        key = "gap.higher" if row.apart > 0 else "gap.lower"
        values = {"gap": abs(row.apart), "low": row.low, "high": row.high}
        found.append(SAYS.finding(key, first=first, second=second, criterion=row.criterion, **values))
    others = len(table) - len(clear)
    if others:
        found.append(SAYS.finding("gap.others", criteria=others, first=first, second=second))
    return tuple(found)
