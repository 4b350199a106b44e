"""One view across departments: who meets whom, where, and how much of it can be followed from one log to the next."""

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import Journey
from cxlib.analyses.design import EVERYBODY, Design
from cxlib.analyses.journey.across import (
    JOINED,
    NO_OWNER,
    NO_TOUCHPOINT,
    base_of_contacts,
    is_torn,
    joined_share,
    names_of,
    steps_of,
)
from cxlib.analyses.result import Finding, Named, Place, Result, Says, Sentences, Term
from cxlib.stats.journey.steps import pairs_of_owners
from cxlib.stats.survey.disclosure import hidden_cells

LOW = 0.6  # of the scale, from its low end: 6 on 0-10
MOST_OWNERS = 12  # departments that are shown, those with most contacts; the others are one

# fmt: off
SAYS = Sentences(
    {
        "view.joined": ("neutral", "{share:percent} of the contacts belong to a customer who is known in every log ({contacts:count} contacts, {logs:count} logs)."),
        "view.poor_join": Says("unclear", "Only {share:percent} of the contacts belong to a customer who is known in every log, so nothing is said across departments; at least {least:percent} are needed. Give a table of who is who.", about="data"),
        "view.one_silo": Says("unclear", "There is one log, so what other departments do with the same customers is not seen. Add their logs.", about="data"),
        "view.several": Says("neutral", "{share:percent} of the customers meet several departments, {most:percent} at least three.", named={"most": Named(Term("Customers who meet at least three departments"))}),
        "view.one_owner": ("neutral", "Every customer meets one department."),
        "view.lowest": Says("bad", "Contacts with {owner} at the touchpoint {touchpoint} are scored lowest: {mean:number} on average, and {share:percent} are scored {low:general} or lower.", subject="touchpoint", shown_in=(Place("places", "mean"),)),
        "view.too_few": Says("unclear", "Fewer than {minimum:count} customers have contacts, so none are shown.", about="data"),
        "absent.view": ("absent", "One view across departments: the logs of contacts were not supplied."),
    },
)
# fmt: on

OTHERS = Term("Other departments")
METHOD = Term("Each contact is counted where the log puts it. A customer is known where the same id, or the table of who is who, leads from each log to one person. Cells of few customers are withheld, with others so that none can be computed.")


def view(journey: Journey | None, design: Design = EVERYBODY) -> Result:
    """Contacts by touchpoint and department, how many departments customers meet, and how much can be followed across logs.

    journey    None where no logs were supplied
    design     its minimum: customers below which a cell is withheld
    returns    tables "places": touchpoint (label), owner, n (contacts), customers, reach (of the customers), mean (score), poor
               (share of the scores in the lower 60% of the scale); "owners": met (departments a customer meets), customers, share;
               "silos": silo, contacts, customers, known, share; "flows": pair, hand_overs (for the picture). Where too few contacts can be followed, "silos" alone

    >>> page.show(journey.view(log))
    96% of the contacts belong to a customer who is known in every log (13,976 contacts, 3 logs).
    89% of the customers meet several departments, 66% at least three...
    """
    if journey is None or journey.contacts.empty:
        return Result.missing("view", SAYS.finding("absent.view"))
    settings = {"minimum": design.minimum, "confidence": design.confidence, "scale": journey.scale}
    silos = journey.silos[["silo", "contacts", "customers", "known"]].assign(share=lambda frame: frame.known / frame.contacts.clip(lower=1))
    contacts, names = journey.contacts, names_of(journey)
    if journey.contacts.customer.nunique() < design.minimum:
        return Result("view", {}, (SAYS.finding("view.too_few", minimum=design.minimum),), base_of_contacts(contacts, {}), settings)
    share = joined_share(journey)
    if is_torn(journey):
        return Result("view", {"silos": silos}, (SAYS.finding("view.poor_join", share=share, least=JOINED),), base_of_contacts(contacts, {}), settings, METHOD)
    dropped = {NO_TOUCHPOINT: int(contacts.touchpoint.isna().sum()), NO_OWNER: int((contacts.touchpoint.notna() & contacts.owner.isna()).sum())}
    seen = contacts[contacts.touchpoint.isin(names.keys()) & contacts.owner.notna()].copy()
    leading = seen.owner.value_counts().index[:MOST_OWNERS]
    if seen.owner.nunique() > MOST_OWNERS:
        seen["owner"] = seen.owner.where(seen.owner.isin(leading), OTHERS)
    places = _places(seen, journey, design.minimum)
    met = seen[seen.customer.notna()].groupby("customer").owner.nunique()
    owners = pd.DataFrame({"met": sorted(met.unique())})
    owners["customers"] = [int((met == number).sum()) for number in owners.met]
    owners["share"] = owners.customers / max(len(met), 1)
    flows = _flows(seen, leading, design.minimum)
    tables = {"places": places, "owners": owners, "silos": silos} | ({"flows": flows} if len(flows) else {})
    first = SAYS.finding("view.one_silo") if len(silos) < 2 else SAYS.finding("view.joined", share=share, contacts=len(contacts), logs=len(silos))
    found = [*_met(met), *_lowest(places, journey), first] if len(silos) < 2 else [first, *_met(met), *_lowest(places, journey)]
    return Result("view", tables, tuple(found), base_of_contacts(contacts, dropped), settings, METHOD)


def low_score(journey: Journey) -> float:
    """The score up to which one is low: 6 on 0-10."""
    low, high = journey.scale
    return low + LOW * (high - low)


def _places(seen: pd.DataFrame, journey: Journey, minimum: int) -> pd.DataFrame:
    """Touchpoints in the customer's order by department; cells of few customers withheld."""
    people = max(seen.customer.nunique(), 1)
    grouped = seen.assign(poor=(seen.score <= low_score(journey)).astype(float).where(seen.score.notna())).groupby(["touchpoint", "owner"], sort=False)
    table = pd.DataFrame({"n": grouped.size(), "customers": grouped.customer.nunique(), "mean": grouped.score.mean(), "poor": grouped.poor.mean(),
                          "scored": grouped.score.count()}).reset_index()  # fmt: skip
    counts = table.pivot_table(index="touchpoint", columns="owner", values="customers", fill_value=0).astype(int)
    hidden = hidden_cells(counts, threshold=minimum).stack()
    withheld = hidden.reindex(pd.MultiIndex.from_frame(table[["touchpoint", "owner"]])).to_numpy(bool)
    table.loc[withheld, ["n", "customers", "mean", "poor"]] = np.nan
    table.loc[table.scored < minimum, ["mean", "poor"]] = np.nan
    table["reach"] = table.customers / people
    order = {key: place for place, key in enumerate(journey.touchpoints)}
    table = table.sort_values("owner").sort_values(["touchpoint", "n"], key=lambda column: column.map(order) if column.name == "touchpoint" else -column, kind="stable")
    table["touchpoint"] = table.touchpoint.map(names_of(journey))
    return table[["touchpoint", "owner", "n", "customers", "reach", "mean", "poor"]].reset_index(drop=True)


def _flows(seen: pd.DataFrame, leading: pd.Index, minimum: int) -> pd.DataFrame:
    """Hand-overs between the departments shown, of at least `minimum` cases."""
    table = pairs_of_owners(steps_of(seen))
    table = table[table.giver.isin(leading) & table.receiver.isin(leading) & (table.cases >= minimum)]
    table = table.sort_values(["hand_overs", "giver", "receiver"], ascending=[False, True, True], ignore_index=True)
    table["pair"] = [f"{row.giver} → {row.receiver}" for row in table.itertuples()]
    return table[["pair", "hand_overs", "giver", "receiver"]]


def _met(met: pd.Series) -> list[Finding]:
    if not len(met) or met.max() < 2:
        return [SAYS.finding("view.one_owner")] if len(met) else []
    return [SAYS.finding("view.several", share=float((met > 1).mean()), most=float((met > 2).mean()))]


def _lowest(places: pd.DataFrame, journey: Journey) -> list[Finding]:
    scored = places.dropna(subset=["mean"])
    if len(scored) < 2:
        return []
    row = scored.loc[scored["mean"].idxmin()]
    return [SAYS.finding("view.lowest", owner=row.owner, touchpoint=row.touchpoint, mean=row["mean"], share=row.poor, low=low_score(journey))]
