"""Before it begins: how many units and how long it takes to see an effect that matters."""

import numpy as np
import pandas as pd

from cxlib.analyses.effect.effects import base_of_effects, figure_of, unit_of
from cxlib.analyses.effect.judged import Judgement
from cxlib.analyses.result import Named, Place, Quantity, Result, Says, Sentences, Term
from cxlib.stats.rollout.power import (
    LEAST_UNITS,
    ChangeSpread,
    periods_until_seen,
    smallest_seen,
    spread_of_change,
    units_needed,
)

SHOWN = (1, 2, 4, 8, 12)  # periods after the start
MOST_BEFORE = 12  # earlier periods that are counted on

# fmt: off
SAYS = Sentences(
    {
        "needed.both": Says("neutral", "To see an effect of {smallest} in “{figure}”, begin in half of {units:count} units, drawn at random, and wait {periods:count} periods; with half of all {every:count} units, it takes {sooner:count}.", about="data"),
        "needed.all": Says("neutral", "To see an effect of {smallest} in “{figure}”, begin in half of the {every:count} units, drawn at random, and wait {sooner:count} periods.", about="data"),
        "needed.never": Says("unclear", "An effect of {smallest} in “{figure}” will not be seen in {every:count} units within {most:count} periods: the units vary too much. Ask more customers in each, or look for a larger effect.", about="data"),
        "needed.few_units": Says("unclear", "There are {units:count} units with a figure in all periods; {least:count} are needed to compare units with each other.", about="data"),
        "absent.needed": ("absent", "What it takes to see an effect: there is no figure by unit and period."),
    },
    shown_in=(Place("needed", "seen"),),
    named={"units": Named(Term("Units needed for the smallest effect")), "periods": Named(Term("Periods needed with so many units")),
           "sooner": Named(Term("Periods needed with all units")), "every": Named(Term("Units with a figure in all periods")), "most": Named(Term("Periods looked ahead"))},
)
# fmt: on

METHOD = Term("From how much the units' own figures have varied so far: noise, which more answers and more periods make smaller, and drift, which they do not. Chance of 80% to see the effect with the interval of this page, half of the units with it; by lot, so that nothing else goes with it.")


def needed(found: Judgement | None) -> Result:
    """The smallest effect that would be seen, by number of units and periods, from how the units' figures stray by themselves.

    found    as `judge` gives it
    returns  table "needed": units (half of them with it), after (periods since the start), seen (smallest effect that shows in 80 of 100
             cases)

    >>> page.show(effect.needed(found))
    To see an effect of...
    """
    panel = None if found is None else found.panel
    if panel is None or panel.values.shape[1] < 3:
        return Result.missing("needed", SAYS.finding("absent.needed"))
    every, periods = panel.values.shape
    settings = {"smallest": found.smallest, "confidence": found.design.confidence, "figure": figure_of(found)}
    base = base_of_effects(found)
    if every < LEAST_UNITS:
        return Result("needed", {}, (SAYS.finding("needed.few_units", units=every, least=LEAST_UNITS),), base, settings | {"least": LEAST_UNITS})
    spread, before = strays(found), min(periods, MOST_BEFORE)
    sizes = [each for each in (12, 24, 48, 96) if 1.5 * each <= every] + [every]
    rows = [(units, after, smallest_seen(spread.noise, spread.drift, before, after, units // 2, units - units // 2, found.design.confidence)) for units in sizes for after in SHOWN]
    unit = unit_of(found)
    table = pd.DataFrame(rows, columns=["units", "after", "seen"]).assign(unit=unit.difference)
    settings |= {"noise": spread.noise, "drift": spread.drift, "before": before}
    return Result("needed", {"needed": table}, (_said(found, spread, before, every),), base, settings, METHOD)


def strays(found: Judgement) -> ChangeSpread:
    """Noise and drift of the units' figures, whatever was begun in them taken out by those who began together."""
    values, errors = found.panel.values, found.panel.errors.to_numpy(float)
    begun = found.rollout.starts.dropna(subset=["start", "unit"]).drop_duplicates("unit").set_index("unit")
    cohort = (begun["initiative"] + begun["start"]).reindex(values.index).fillna("")
    alone = ~cohort.duplicated(keep=False)
    known = None if np.isnan(errors).any() else errors**2
    return spread_of_change(values.to_numpy(), pd.factorize(cohort.mask(alone, "\uffff"))[0] + 1, known)


def _said(found: Judgement, spread: ChangeSpread, before: int, every: int):
    unit, level = unit_of(found), found.design.confidence
    smallest, half = Quantity(found.smallest, unit.difference), every // 2
    sooner = periods_until_seen(found.smallest, spread.noise, spread.drift, before, half, every - half, level, most=SHOWN[-1])
    common = {"smallest": smallest, "figure": figure_of(found), "every": every}
    if sooner is None:
        return SAYS.finding("needed.never", most=SHOWN[-1], **common)
    wait = next(after for after in SHOWN if after >= min(2 * sooner, SHOWN[-1]))
    units = units_needed(found.smallest, spread.noise, spread.drift, before, wait, 0.5, level, most=every)
    if units is None or units >= every:
        return SAYS.finding("needed.all", sooner=sooner, **common)
    return SAYS.finding("needed.both", units=units, periods=wait, sooner=sooner, **common)
