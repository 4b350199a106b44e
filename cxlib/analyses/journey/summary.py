"""Does one bad contact outweigh the rest? Which rule sums contacts up to what customers think of the company."""

import pandas as pd

from cxlib.analyses.contact_log import Journey
from cxlib.analyses.design import EVERYBODY, Design, Questionnaire
from cxlib.analyses.journey.opinion import contacts_before_answers, opinion_of
from cxlib.analyses.result import Base, Named, Result, Says, Sentences, Term
from cxlib.analyses.rows import OTHER_PERIODS, in_basis, needed, weights_of
from cxlib.stats.journey.summary_rule import LEAST, contact_summaries, summary_contest

SAYS = Sentences(
    {
        "summary.mean": ("neutral", "Contacts add up by their mean: {outcome} follows the average contact, and no single bad one outweighs the rest."),
        "summary.worst": ("bad", "One bad contact outweighs the rest: {outcome} follows the worst contact better than the mean of all."),
        "summary.last": ("neutral", "The last contact decides: {outcome} follows it better than the mean of all contacts."),
        "summary.peak_end": ("neutral", "The worst and the last contact together decide: {outcome} follows them better than the mean of all contacts."),
        "summary.low_count": ("bad", "Bad contacts add up: {outcome} follows the number of them better than the mean of all contacts."),
        "summary.shortfall": ("bad", "What falls short adds up: {outcome} follows how far contacts fall short of a good one better than their mean."),
        "summary.cannot_tell": Says("unclear", "Whether {outcome} follows {first} or {second} of the contacts cannot be determined: of the rules compared, {apart:count} fit clearly worse.", about="data"),
        "summary.nothing": Says("unclear", "No rule of summing up contacts foretells {outcome}.", about="data"),
        "summary.explained": ("neutral", "Summed up so, the contacts account for {explained:percent} of the differences in {outcome}."),
        "summary.too_few": Says("unclear", "Whether one bad contact outweighs the rest cannot be said: {needed:count} customers who answered the survey need two scored contacts or more, and {n:count} have them. Ask for a score after more contacts.", about="data"),
        "absent.summary_rule": ("absent", "Whether one bad contact outweighs the rest: the logs hold no scores of contacts, or nobody in them is known from the survey."),
    },
    named={"needed": Named(Term("Customers needed")), "summary.too_few.n": Named(Term("Customers with two scored contacts"))},
)  # fmt: skip

METHOD = Term("Each rule foretells the answers of customers that it was not fitted to (ten folds); a rule is named only where its squared error is smaller than every other's by more than two standard errors. Contacts after the answer do not count. Diebold and Mariano 1995.")
RULES = {
    "mean": Term("the mean"),
    "worst": Term("the worst"),
    "last": Term("the last"),
    "peak_end": Term("the worst and the last"),
    "low_count": Term("the number of bad ones"),
    "shortfall": Term("the shortfall"),
}


def summary_rule(
    responses: pd.DataFrame | None, journey: Journey | None, asked: Questionnaire | None, design: Design = EVERYBODY, *, seed: int = 0
) -> Result:
    """Which of six rules sums a customer's scored contacts up to what the customer answers: mean, worst, last and so on.

    responses  one row per respondent, None without a survey;  journey: its answers tie them to the contacts
    asked      the answer: recommend, else rating, else the satisfaction index
    returns    table "rules", the best first: rule, error (relative to the best rule, 1 being its own), explained (share of the differences among
               customers left out of the fit), verdict
    assumes    as stats.journey.summary_rule; the answer goes up or down in a straight line with the summary
    errors     CannotAnswer for a column that is not there

    >>> page.show(journey.summary_rule(responses, log, asked, of_survey))
    Whether one bad contact outweighs the rest cannot be said: 200 customers who answered the survey need...
    """
    if responses is None or asked is None:
        return Result.missing("summary_rule", SAYS.finding("absent.summary_rule"))
    needed(responses, [design.weight, design.period])
    opinion = opinion_of(responses, asked)
    scored = journey is not None and opinion is not None and journey.answers is not None and journey.contacts.score.notna().any()
    if journey is None or opinion is None or not scored:
        return Result.missing("summary_rule", SAYS.finding("absent.summary_rule"), read=len(responses))
    inside = in_basis(responses, design)
    rows = contacts_before_answers(responses[inside], journey)
    summaries = contact_summaries(rows.row.to_numpy(), rows.score.to_numpy(), scale=journey.scale)
    outcome = pd.Series(opinion.values[inside]).reindex(summaries.index)
    summaries, outcome = summaries[outcome.notna()], outcome.dropna()
    dropped = {OTHER_PERIODS: int((~inside).sum()), Term("fewer than two scored contacts"): int(inside.sum()) - len(summaries)}
    base = Base(len(responses), len(summaries), {why: n for why, n in dropped.items() if n})
    settings = {"confidence": design.confidence, "minimum": design.minimum, "needed": LEAST}
    varied = summaries.loc[:, summaries.nunique() > 1]
    if len(summaries) < LEAST or varied.shape[1] < 2:
        return Result("summary_rule", {}, (SAYS.finding("summary.too_few", needed=LEAST, n=len(summaries)),), base, settings)
    weights = weights_of(responses[inside], design.weight)[summaries.index]
    found = summary_contest(varied, outcome.to_numpy(), weights=weights, seed=seed)
    table = pd.DataFrame({
        "rule": [RULES[str(name)] for name in found.table.index], "error": (found.table.error / found.table.error.min()).to_numpy(),
        "explained": found.table.explained.clip(lower=0).to_numpy(), "verdict": [VERDICTS[bool(each)] for each in found.table.apart],
    })  # fmt: skip
    explained = float(found.table.explained.iloc[0])
    if explained <= 0:
        finding = [SAYS.finding("summary.nothing", outcome=opinion.name)]
    elif found.clear:
        finding = [SAYS.finding(f"summary.{found.best}", outcome=opinion.name), SAYS.finding("summary.explained", explained=explained, outcome=opinion.name)]
    else:
        first, second = (RULES[name] for name in (*found.not_apart, *found.table.index[1:])[:2])
        finding = [SAYS.finding("summary.cannot_tell", outcome=opinion.name, first=first, second=second, apart=int(found.table.apart.sum()))]
    return Result("summary_rule", {"rules": table}, tuple(finding), base, settings, METHOD)


VERDICTS = {False: Term("among the best"), True: Term("fits worse")}
