"""Do the people who took part agree, and can they say? Agreement against chance, and "don't know" as a finding."""

import numpy as np
import pandas as pd

from cxlib.analyses.maturity.groups import role_gap
from cxlib.analyses.maturity.ratings import Ratings
from cxlib.analyses.maturity.scores import too_few
from cxlib.analyses.result import Finding, Named, Result, Says, Sentences, Term
from cxlib.stats.survey.agreement import rater_agreement
from cxlib.stats.survey.disclosure import hidden_segments
from cxlib.stats.survey.intraclass import rater_correlation
from cxlib.stats.survey.proportions import share

NAMED = 3  # criteria that are named in sentences; the table has all
OF_ONE_MIND = 0.7  # r_wg from which agreement is strong (LeBreton and Senter 2008, table 3)

SAYS = Sentences(
    {
        "agreement.counts": ("neutral", "Agreement is shown on {agree:count} of {all:count} criteria (r_wg of at least {limit:number}, even allowing for chance). Criteria on which answers lie closer together than random ones without agreement being shown: {partly:count}; on which people disagree: {disagree:count}; for which it cannot be determined: {unclear:count}."),
        "agreement.roles": ("neutral", "Criteria that {first} and {second} see differently, so that the overall score represents neither: {criteria:count}."),
        "agreement.all": ("neutral", "Agreement is shown on all {all:count} criteria (r_wg of at least {limit:number}, even allowing for chance)."),
        "agreement.split": Says("bad", "People disagree about {criterion}: on average an answer is {distance:count} points from the overall score.", stake="distance"),
        "agreement.order": ("neutral", "How far people rank the criteria alike: {icc:number}, where 1 is fully and 0 not at all ({people:count} people, {criteria:count} criteria)."),
        "agreement.alone": ("unclear", "Agreement requires at least two answers to a criterion."),
        "unknown.criterion": ("bad", "{share:percent} cannot say how the company is doing on {criterion} ({unknown:count} of {asked:count})."),
        "unknown.group": ("bad", "{group}: {share:percent} cannot say how the company is doing on {criterion} ({unknown:count} of {asked:count})."),
        "unknown.few": ("neutral", "Nowhere do as many as one in three answer “don't know”; such answers are left out of the scores, never counted as zero."),
        "unknown.none": ("neutral", "Nobody answered “don't know”."),
        "absent.agreement": ("absent", "Agreement: no self-assessment by criteria was made."),
        "absent.unknown": ("absent", "“Don't know”: no self-assessment by criteria was made."),
    },
    named={
        "icc": Named(Term("Agreement on the ranking (ICC)")),
        "people": Named(Term("People ranked")),
        "agreement.order.criteria": Named(Term("Criteria ranked")),
    },
)  # fmt: skip

VERDICTS = {"agree": Term("agree"), "partly": Term("closer than chance, agreement not shown"), "roles": Term("the roles differ"),
            "disagree": Term("disagree"), "cannot_tell": Term("cannot tell")}  # fmt: skip


def agreement(ratings: Ratings | None, *, minimum: int = 5, confidence: float = 0.95, seed: int = 0) -> Result:
    """How far people agree on every criterion and step, judged against random answers of as many on that scale.

    Closer than random answers is not agreement: people agree where r_wg is strong as well, at the lower end of its
    interval, and no two roles that may be shown see the criterion differently (see `role_gap`; minimum, confidence there).

    returns   table "criteria", least agreed first: criterion, n, distance (mean distance of an answer from the mean, in
              points of 100), r_wg, r_wg_least (lower 95% limit), chance_95 (what 95% of random answers stay below), verdict; table "apart": those on
              which people disagree; table "steps": stage, n, r_wg (of the step's criteria together), chance_95, verdict
    source    James, Demaree and Wolf 1984; LeBreton and Senter 2008, Organizational Research Methods 11; ICC(A,1): McGraw
              and Wong 1996

    >>> page.show(maturity.agreement(ratings))
    Agreement is shown on 4 of 21 criteria (r_wg of at least 0.70, even allowing for chance). Criteria on...
    """
    if ratings is None:
        return Result.missing("agreement", SAYS.finding("absent.agreement"))
    ratings = ratings.latest
    if short := too_few(ratings):
        return Result("agreement", {}, (short,), ratings.base())
    options = _options(ratings)
    gaps = role_gap(ratings, minimum=minimum, confidence=confidence)
    apart = set(gaps.tables["clear"].criterion) if gaps.tables else set()
    rows = [_agreed("criterion", ratings.label(i), ratings, options[[i]], seed, apart) for i in options]
    rows = [row for row in rows if row]
    if not rows:
        return Result("agreement", {}, (SAYS.finding("agreement.alone"),), ratings.base())
    table = pd.DataFrame(rows).sort_values("distance", ascending=False, kind="stable", ignore_index=True)
    steps = [_agreed("stage", name, ratings, options[items], seed, set()) for name, items in ratings.steps.items()]
    steps = pd.DataFrame([row for row in steps if row]).drop(columns="distance", errors="ignore")
    tables = {"apart": table[table.verdict == VERDICTS["disagree"]], "criteria": table, "steps": steps}
    settings = {"seed": seed, "confidence": confidence, "minimum": minimum, "fewest": ratings.policy.fewest, "limit": OF_ONE_MIND}
    return Result("agreement", tables, _agreement_findings(table, options, gaps), ratings.base(), settings)


def unknown(ratings: Ratings | None, *, minimum: int = 5, confidence=0.95) -> Result:
    """Share, 0-1, that answered "don't know" among those who answered at all, by criterion; it is never a zero.

    minimum   people in the smallest group shown, raised by the model's own
    returns   table "unknown", criteria with any, most first: criterion, asked, dont_know, share, low, high (Wilson),
              not_applicable; table "groups": group, criterion, asked, dont_know, share, for the roles in which the share
              reaches the model's limit

    >>> page.show(maturity.unknown(ratings))
    Mellemledelse: 60% cannot say how the company is doing on 7.1 Measured financial effect (3 of...
    """
    if ratings is None:
        return Result.missing("unknown", SAYS.finding("absent.unknown"))
    ratings = ratings.latest
    if short := too_few(ratings):
        return Result("unknown", {}, (short,), ratings.base())
    table = pd.DataFrame([_unknown_row(ratings, item, confidence) for item in ratings.items.index])
    table = table[(table.dont_know > 0) | (table.not_applicable > 0)]
    table = table.sort_values("share", ascending=False, kind="stable", ignore_index=True)
    groups = _unknown_groups(ratings, max(minimum, ratings.policy.smallest_group))
    tables = {"unknown": table, "groups": groups}
    settings = {"limit": ratings.policy.dont_know_flag, "confidence": confidence}
    findings = _unknown_findings(table, groups, ratings.policy.dont_know_flag)
    return Result("unknown", {k: v for k, v in tables.items() if len(v)}, findings, ratings.base(), settings)


def _options(ratings: Ratings) -> pd.DataFrame:
    """The answers as 0, 1, 2, ... in the order of the scale."""
    given = ratings.answers[ratings.items.index]
    ranks = np.searchsorted(np.asarray(ratings.values, float), given.to_numpy(float)).astype(float)
    return pd.DataFrame(np.where(given.isna(), np.nan, ranks), given.index, given.columns)


def _agreed(kind: str, name: str, ratings: Ratings, options: pd.DataFrame, seed: int, apart: set[str]) -> dict | None:
    last = len(ratings.values) - 1
    fewest = options.notna().sum().min()
    found = rater_agreement(options.to_numpy(), scale=(0, last), seed=seed) if fewest >= ratings.policy.fewest else None
    if found is None:
        return None
    verdict = found.verdict
    if verdict == "agree":
        verdict = "roles" if name in apart else "agree" if found.r_wg_low >= OF_ONE_MIND else "partly"
    distance = 100 * found.average_deviation / last
    return {kind: name, "n": found.n, "distance": distance, "r_wg": found.r_wg, "r_wg_least": found.r_wg_low, "chance_95": found.chance_95,
            "verdict": VERDICTS[verdict]}  # fmt: skip


def _agreement_findings(table: pd.DataFrame, options: pd.DataFrame, gaps: Result) -> tuple[Finding, ...]:
    count = {key: int((table.verdict == word).sum()) for key, word in VERDICTS.items()}
    limit = OF_ONE_MIND
    if count["agree"] == len(table):
        found = [SAYS.finding("agreement.all", all=len(table), limit=limit)]
    else:
        counts = {"agree": count["agree"], "partly": count["partly"], "disagree": count["disagree"] + count["roles"],
                  "unclear": count["cannot_tell"], "limit": limit}  # fmt: skip
        found = [SAYS.finding("agreement.counts", all=len(table), **counts)]
    if count["roles"]:
        roles = {name: gaps.settings[name] for name in ("first", "second")}
        found.append(SAYS.finding("agreement.roles", criteria=count["roles"], **roles))
    for row in table[table.verdict == VERDICTS["disagree"]].head(NAMED).itertuples():
        found.append(SAYS.finding("agreement.split", criterion=row.criterion, distance=row.distance))
    order = rater_correlation(options.to_numpy())
    if order is not None:
        people, criteria = order.raters, order.criteria
        found.append(SAYS.finding("agreement.order", icc=max(order.icc_a1, 0.0), people=people, criteria=criteria))
    return tuple(found)


def _unknown_row(ratings: Ratings, item: str, confidence: float) -> dict:
    said = ratings.dont_know[item].to_numpy()
    asked = said | ratings.answers[item].notna().to_numpy()
    found = share(said[asked].astype(float), confidence=confidence)
    return {"criterion": ratings.label(item), "asked": int(asked.sum()), "dont_know": int(said.sum()),
            "share": found.estimate, "low": found.low, "high": found.high,
            "not_applicable": int(ratings.not_relevant[item].sum())}  # fmt: skip


def _unknown_groups(ratings: Ratings, minimum: int) -> pd.DataFrame:
    """Roles that may be shown in which "don't know" reaches the model's limit, most first."""
    columns = ["group", "criterion", "asked", "dont_know", "share"]
    if "role" not in ratings.people or ratings.people.role.isna().all():
        return pd.DataFrame(columns=columns)
    role, rows = ratings.people.role, []
    for item in ratings.items.index[ratings.dont_know[ratings.items.index].any()]:
        said = ratings.dont_know[item].to_numpy()
        asked = said | ratings.answers[item].notna().to_numpy()
        found = hidden_segments(role[asked].to_frame().astype(object), threshold=minimum)
        for group in found.group[~found.hidden & found.group.notna()]:
            inside = asked & (role == group).to_numpy()
            values = [str(group), ratings.label(item), int(inside.sum()), int(said[inside].sum()), said[inside].mean()]
            rows.append(values)
    table = pd.DataFrame(rows, columns=columns)
    table = table[table.share >= ratings.policy.dont_know_flag]
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def _unknown_findings(table: pd.DataFrame, groups: pd.DataFrame, limit: float) -> tuple[Finding, ...]:
    if not (table.dont_know > 0).any():
        return (SAYS.finding("unknown.none"),)
    found = [
        SAYS.finding("unknown.criterion", criterion=r.criterion, share=r.share, unknown=r.dont_know, asked=r.asked)
        for r in table[table.share >= limit].itertuples()
    ]
    for row in groups.head(NAMED).itertuples():
        values = {"share": row.share, "unknown": row.dont_know, "asked": row.asked}
        found.append(SAYS.finding("unknown.group", group=row.group, criterion=row.criterion, **values))
    return tuple(found) or (SAYS.finding("unknown.few"),)
