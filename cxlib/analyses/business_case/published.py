"""Published effects as labelled defaults: what they would give, and how much of a case they carry without own data."""

from collections.abc import Iterable, Mapping

import pandas as pd

from cxlib.analyses.business_case.choices import CHOSEN
from cxlib.analyses.business_case.wording import SAYS
from cxlib.analyses.money import Money
from cxlib.analyses.result import Base, CannotAnswer, Result, Term

# Effects that can be turned into yearly money: what a percent of it is a percent of.
ROUTES = {"cfi_nki_rev": "margin", "marsden": "margin", "lim_cos": "selling"}
STATUS = {"verified": Term("Checked in the source"), "recalled": Term("Not checked in the source yet")}


def published_effects(
    effects: Iterable[Mapping[str, object]],
    money: Money,
    *,
    own_data: bool,
    nps_per_point: float = 1.0,
) -> Result:
    """What published effects say, and what one index point would be worth a year by them.

    effects        as in templates/models/published_effects.yml
    money          revenue, margin_share and selling_cost a year, and which effects count (`published`)
    nps_per_point  points of NPS for a point of the index
    own_data       True: nothing is counted, since own links carry the case
    returns        tables "effects" (claim, low, mode, high, source, caution, evidence, counted) and "worth" (yearly money)
    errors         CannotAnswer for an unknown id, for one that may not be used, and for two routes to the same money

    >>> page.show(business_case.published_effects(engagement.published, money, own_data=True))
    The business case rests on the company's own data; published effects are shown for comparison...
    """
    effects = {effect["id"]: effect for effect in effects}
    chosen = _chosen(effects, money.published)
    margin = None if money.revenue is None or money.margin_share is None else money.revenue * money.margin_share
    bases = {"margin": margin, "selling": money.selling_cost}
    rows = []
    for key, effect in effects.items():
        span = chosen.get(key) or effect.get("range")
        if key not in chosen and effect["use"] not in ("claim", "limit", "default"):
            continue
        rows.append({"claim": effect["effect"], "study": effect["source"], "caution": effect["caution"],
                     "evidence": STATUS[effect["status"]], "low": span[0], "mode": span[1], "high": span[2],
                     "measure_unit": effect["unit"], "counted": CHOSEN[not own_data and key in chosen and key in ROUTES],
                     "id": key})  # fmt: skip
    table = pd.DataFrame(rows)
    worth = _worth(effects, chosen, bases, nps_per_point) if not own_data else pd.DataFrame()
    tables = {"effects": table[["claim", "study", "caution", "evidence", "counted"]]}
    if len(worth):
        tables["worth"] = worth.drop(columns="id")
    return Result("published_effects", tables, tuple(_findings(effects, chosen, worth, own_data)),
                  Base(len(effects), len(table)))  # fmt: skip


def _chosen(effects, published) -> dict[str, tuple[float, float, float]]:
    """Effects that count, with their range: the defaults, and what the client switched on."""
    for key in published:
        if key not in effects:
            raise CannotAnswer(f"there is no published effect {key!r}; there are {', '.join(effects)}.")
    chosen = {}
    for key, effect in effects.items():
        said = published.get(key, effect["use"] == "default" and key in ROUTES)
        if said is False:
            continue
        if effect["use"] == "banned":
            raise CannotAnswer(f"{key!r} ({effect['effect']}) may not be used: {effect['caution']}. Source: {effect['source']}.")
        if key not in ROUTES and key in published:
            raise CannotAnswer(f"{key!r} is context and cannot be turned into money: {effect['caution']}.")
        chosen[key] = tuple(effect["range"]) if said is True else tuple(said)
    margins = [key for key in chosen if ROUTES[key] == "margin"]
    if len(margins) > 1 and "marsden" in margins and "marsden" not in published:
        del chosen["marsden"]  # a claim switched on takes the place of the default on the same route
    elif len(margins) > 1:
        raise CannotAnswer(f"{' and '.join(margins)} are two routes to the same money; count one of them.")
    return chosen


def _worth(effects, chosen, bases, nps_per_point) -> pd.DataFrame:
    """Yearly money of one index point by effect; a fall of a cost is a gain."""
    rows = []
    for key, (low, mode, high) in chosen.items():
        base = bases[ROUTES[key]]
        if base is None:
            continue
        unit = base / 100 * (nps_per_point if key == "marsden" else 1.0)
        ends = sorted((abs(low) * unit, abs(high) * unit))
        rows.append({"claim": effects[key]["effect"], "yearly_least": ends[0], "yearly_mode": abs(mode) * unit,
                     "yearly_most": ends[1], "id": key})  # fmt: skip
    return pd.DataFrame(rows)


def _findings(effects, chosen, worth, own_data) -> list:
    found = []
    if own_data:
        found.append(SAYS.finding("published.replaced"))
    elif not len(worth):
        found.append(SAYS.finding("published.nothing"))
    else:
        total = worth[["yearly_least", "yearly_mode", "yearly_most"]].sum()
        first = worth.loc[worth.yearly_mode.idxmax()]
        share = first.yearly_mode / total.yearly_mode if total.yearly_mode else 0.0
        found.append(SAYS.finding("published.carry", low=total.yearly_least, mode=total.yearly_mode, high=total.yearly_most))
        found.append(SAYS.finding("published.largest", name=Term(first.claim), share=share))
        claims = [key for key in chosen if effects[key]["use"] == "claim" and key in set(worth.id)]
        if claims:
            part = worth.yearly_mode[worth.id.isin(claims)].sum() / total.yearly_mode
            found.append(SAYS.finding("published.claims_on", share=part, names=Term(effects[claims[0]]["effect"])))
    off = [Term(e["effect"]) for key, e in effects.items() if e["use"] == "claim" and key not in chosen]
    if off:
        found.append(SAYS.finding("published.claims", names=off[0]))
    return [*found, SAYS.finding("published.limit")]
