"""What has moved since the last assessment, by the same people where they took part in both."""

import numpy as np
import pandas as pd

from cxlib.analyses.maturity.groups import interval_and_p, judged
from cxlib.analyses.maturity.ratings import Ratings
from cxlib.analyses.result import Finding, Named, Result, Says, Sentences, Term
from cxlib.stats.survey.comparison import mean_difference, paired_mean_difference

SAYS = Sentences(
    {
        "change.rose": Says("good", "{criterion} has risen by {change:count} points since {before:period} ({low:whole_change} to {high:whole_change}; {n:count} answers).", stake="change"),
        "change.fell": Says("bad", "{criterion} has fallen by {change:count} points since {before:period} ({low:whole_change} to {high:whole_change}; {n:count} answers).", stake="change"),
        "change.others": ("neutral", "Criteria that have not moved by more than chance can explain: {criteria:count}."),
        "change.none": ("neutral", "None of the {criteria:count} criteria has moved since {before:period} by more than chance can explain."),
        "change.paired": ("neutral", "The change concerns the {people:count} people who took part both times."),
        "change.apart": ("neutral", "Other people took part in {before:period}, so a change may also be due to the people."),
        "change.too_few": ("unclear", "Fewer than {fewest:count} people took part in one of the two periods, so no change is shown."),
        "absent.change": ("absent", "Change since last time: there is only one self-assessment by criteria."),
    },
    named={
        "fewest": Named(Term("People needed")),
    },
)  # fmt: skip

VERDICTS = {"rose": Term("has risen"), "fell": Term("has fallen"), "unclear": Term("no clear change")}


def change(ratings: Ratings | None, *, confidence=0.95) -> Result:
    """Score now less score in the period before, per criterion, in points of 100.

    returns   table "change", largest first: criterion, n, moved, low, high, p_holm (over all criteria, so that noise
              alone is announced in at most 5% of assessments), verdict; table "clear": those that have risen or fallen
    assumes   at least half of the smaller group took part both times: then those alone, paired; else all, as different
              people (Welch). The earlier level is not shown: beside the change of the same people it would give away
              those who joined or left

    >>> page.show(maturity.change(ratings))
    3.2 Fast follow-up of unhappy customers has risen by 40 points since 2024 (+31 to +50; 13...
    """
    if ratings is None or len(ratings.periods) < 2:
        return Result.missing("change", SAYS.finding("absent.change"))
    earlier = ratings.periods[-2]
    before, now, paired = _compared(ratings.of(earlier), ratings.latest)
    fewest, settings = ratings.policy.fewest, {"before": str(earlier), "paired": paired, "confidence": confidence}
    if min(len(before.answers), len(now.answers)) < fewest:
        return Result("change", {}, (SAYS.finding("change.too_few", fewest=fewest),), now.base(), settings)
    rows = [_moved(before, now, item, paired, confidence) for item in ratings.items.index]
    table = pd.DataFrame([row for row in rows if row["n"] >= fewest])
    if table.empty:
        return Result("change", {}, (SAYS.finding("change.too_few", fewest=fewest),), now.base(), settings)
    table = judged(table, confidence)
    clear = table.pop("clear")
    verdict = np.select([clear & (table.moved > 0), clear & (table.moved < 0)], ["rose", "fell"], "unclear")
    table["verdict"] = [VERDICTS[each] for each in verdict]
    table = table.sort_values("moved", ascending=False, kind="stable", ignore_index=True)
    findings = _findings(table, earlier, len(now.answers) if paired else None)
    tables = {"clear": table[table.verdict != VERDICTS["unclear"]], "change": table}
    return Result("change", tables, findings, now.base(), settings)


def _compared(before: Ratings, now: Ratings) -> tuple[Ratings, Ratings, bool]:
    """The answers to hold against each other, in one order of people when they are the same."""
    both = set(before.people.get("respondent", ())) & set(now.people.get("respondent", ()))
    if not both or len(both) < min(len(before.answers), len(now.answers)) / 2:
        return before, now, False
    kept = (each.rows(each.people.respondent.isin(both)) for each in (before, now))
    return *kept, True


def _moved(before: Ratings, now: Ratings, item: str, paired: bool, confidence: float) -> dict:
    if paired:
        earlier = before.points[item].set_axis(before.people.respondent).reindex(now.people.respondent)
        found = paired_mean_difference(earlier.to_numpy(), now.points[item].to_numpy(), confidence=confidence)
        n = found.n_after
    else:
        found = mean_difference(before.points[item], now.points[item], confidence=confidence)
        n = min(found.n_before, found.n_after)
    return {"criterion": now.label(item), "n": n, "moved": found.estimate, **_interval(now, found)}


def _interval(now: Ratings, found) -> dict:
    return dict.fromkeys(("low", "high", "p")) if found.estimate is None else interval_and_p(now, found)


def _findings(table: pd.DataFrame, before: str, pairs: int | None) -> tuple[Finding, ...]:
    clear, found = table[table.verdict != VERDICTS["unclear"]], []
    for row in clear.itertuples():
        values = {"change": abs(row.moved), "low": row.low, "high": row.high, "n": row.n, "before": before}
        key = "change.rose" if row.moved > 0 else "change.fell"
        found.append(SAYS.finding(key, criterion=row.criterion, **values))
    others = len(table) - len(clear)
    if clear.empty:
        found.append(SAYS.finding("change.none", criteria=others, before=before))
    elif others:
        found.append(SAYS.finding("change.others", criteria=others))
    found.append(SAYS.finding("change.paired", people=pairs) if pairs else SAYS.finding("change.apart", before=before))
    return tuple(found)
