"""What the statistics of a journey answer of open data sets whose answers others know; nothing of the sets but sums is kept.

`python -m tests.simulations.real_journeys` writes real_journeys.csv (a minute), where the sets lie in ../shared/data.
"""

import json
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

from cxlib.stats.follow_up.list_value import calibration, captured_value, crossfitted_chance, effect_at_the_top
from cxlib.stats.journey.hand_overs import hand_over_effect
from cxlib.stats.journey.importance import touchpoint_importance
from cxlib.stats.journey.repeats import repeats_beyond_chance
from cxlib.stats.journey.steps import counted_cases, in_days, ordered_steps
from cxlib.stats.journey.summary_rule import contact_summaries, summary_contest
from cxlib.stats.journey.waits import time_split
from cxlib.stats.survey.proportions import share, share_difference
from cxlib.stats.units.between_units import between_units
from cxlib.stats.units.unit_comparison import named_units, unit_comparison
from tests.conftest import shared_data

TABLE = Path(__file__).with_suffix(".csv")
TRUTH = "journey/truth.json"
AIRLINE = ("Ease of Online Booking", "Check-in Service", "Online Boarding", "Gate Location", "On-board Service", "Seat Comfort", "Leg Room Service",
           "Cleanliness", "Food and Drink", "In-flight Service", "In-flight Wifi Service", "In-flight Entertainment", "Baggage Handling")  # fmt: skip


def truth(name):
    return json.loads(shared_data(TRUTH).read_text())[name]


def log_of(name, owner):
    """A log, its times in days, and its steps by owner."""
    log = pd.read_csv(shared_data(f"journey/{name}.csv.gz"))
    time = in_days(pd.to_datetime(log["time:timestamp"], utc=True, format="mixed").dt.tz_localize(None).to_numpy())
    return log, time - time.min(), ordered_steps(log["case:concept:name"], time, log[owner])


def airport():
    """Largest distance of slopes and errors from the known ones, touchpoints without effect that matter, and years in which
    restaurants and signs are among the first three."""
    rows = pd.read_csv(shared_data("journey/sfo_touchpoints_2015_2017.csv.gz"), dtype=str)
    apart, wrong, leading = 0.0, 0, 0
    for year in (2015, 2016, 2017):
        known = pd.DataFrame(truth(f"sfo_{year}")["slope_per_point_among_users"], index=["slope", "se"]).T
        own = rows[rows.year == str(year)]
        ratings = own[[f"Q7{name}" for name in known.index]].set_axis(known.index, axis=1).apply(pd.to_numeric, errors="coerce")
        ratings, whole = ratings.where((ratings >= 1) & (ratings <= 5)), pd.to_numeric(own.Q7ALL, errors="coerce")
        table = touchpoint_importance(ratings, whole.where(whole.between(1, 5)), used=ratings.notna().astype(float), weights=pd.to_numeric(own.WEIGHT),
                                      everybody=1, resamples=50).table  # fmt: skip
        apart = max(apart, float((table[["slope", "se"]] - known).abs().to_numpy().max()))
        wrong += int((table.p_holm[["LTPARKING", "INFODOWN", "INFOUP"]] < 0.05).sum())
        leading += {"FOOD", "SIGN"} <= set(table.potential.nlargest(3).index)
    return {"airport: slopes and errors off by": apart, "airport: shuttle or booths matter": wrong, "airport: years with restaurants and signs in front": leading}


def airline():
    rows = pd.read_csv(shared_data("airline/airline_passenger_satisfaction.csv.gz"))[:20_000]
    long = rows[list(AIRLINE)].where(lambda answer: answer > 0).stack()
    summaries = contact_summaries(long.index.get_level_values(0), long.to_numpy(), scale=(1, 5))
    found = summary_contest(summaries, (rows.Satisfaction == "Satisfied").astype(float)[summaries.index])
    return {"airline: peak and end fits worse than the best": float(found.table.apart["peak_end"])}


def logs():
    """Hand-overs and waits of the three logs."""
    log, time, steps = log_of("bpic2013_incidents", "org:group")
    done = pd.Series(np.where(log["concept:name"] == "Completed", time, np.nan)).groupby(log["case:concept:name"].to_numpy()).min()
    split = time_split(steps, done.reindex(steps.cases).to_numpy(), queued=log["concept:name"] == "Queued", resamples=50)
    right = truth("bpic2013_incidents")
    told = {"incidents: hand-overs miscounted": counted_cases(steps).hand_overs.sum() - right["hand_overs"],
            "incidents: share of time between departments": split.parts.share["hand_over"]}  # fmt: skip
    log, time, group = log_of("receipt", "org:group")
    person = ordered_steps(log["case:concept:name"], time, log["org:resource"])
    gap, later = np.diff(person.days, prepend=0.0), ~person.first
    moved = later & (person.handed == 1) & (group.handed == 1)
    told |= {"applications: share of time to another person and group": gap[moved].sum() / gap[later].sum()}
    log, time, steps = log_of("helpdesk", "org:resource")
    ends = {what: pd.Series(np.where(log["concept:name"] == what, time, np.nan)).groupby(log["case:concept:name"].to_numpy()).max().reindex(steps.cases)
            for what in ("Resolve ticket", "Closed")}  # fmt: skip
    took = {what: float(np.nanmedian(end.to_numpy() - steps.days[steps.first])) for what, end in ends.items()}
    case = log.assign(day=time).groupby("case:concept:name")
    back = repeats_beyond_chance(case.customer.first(), case.day.min(), ends["Resolve ticket"].reindex(case.day.min().index), window=7, end=time.max())
    return told | {"helpdesk: median days to solved": took["Resolve ticket"], "helpdesk: median days to closed": took["Closed"],
                   "helpdesk: excess of repeats in 7 days": back.excess}  # fmt: skip


def million():
    """CPU seconds from a million contacts to the effect of hand-overs."""
    rng = np.random.default_rng(1)
    case = rng.integers(0, 300_000, 1_000_000)
    time, owner = rng.random(len(case)) * 700, rng.choice(list("abcde"), len(case))
    score = np.where(rng.random(len(case)) < 0.3, rng.integers(0, 11, len(case)), np.nan)
    held = pd.DataFrame({"touchpoint": rng.integers(0, 8, len(case)), "channel": rng.integers(0, 4, len(case))})
    began = process_time()
    hand_over_effect(score, ordered_steps(case, time, owner), held)
    return {"a million contacts: seconds to hand-overs": process_time() - began}


def churn():
    rows = pd.read_csv(shared_data("journey/iranian_churn.csv"))
    chance, worth = crossfitted_chance(rows.Churn, rows.drop(columns=["Churn", "Customer Value"]), rows.index, seed=1), rows["Customer Value"]
    table = captured_value(rows.Churn * worth, {"loss": chance * worth, "complaint": rows.Complains * 1e6 + worth}, against=("complaint",))
    return {"churn: lost value in the first tenth": table.captured["loss"], "churn: gain over the complaint rule, lower end": table.complaint_gain_low["loss"],
            "churn: slope of the calibration": calibration(rows.Churn, chance).slope, "churn: duplicates not found": truth("iranian_churn")["duplicated_rows"] - rows.duplicated().sum()}  # fmt: skip


def mails():
    rows, right = pd.read_csv(shared_data("journey/hillstrom.csv.gz")), truth("hillstrom")["effect_on_visit"]
    visits = {name: share(rows.visit[rows.segment == name]) for name in rows.segment.unique()}
    apart = max(abs(share_difference(visits["No E-Mail"], visits[f"{arm.title()} E-Mail"]).estimate - right[arm][0]) for arm in ("mens", "womens"))
    rows = rows[rows.segment.isin(["Womens E-Mail", "No E-Mail"])].reset_index(drop=True)
    design, written = pd.get_dummies(rows[["recency", "history", "mens", "womens", "newbie", "zip_code", "channel"]], drop_first=True), rows.segment == "Womens E-Mail"
    stays = crossfitted_chance(np.where(written, np.nan, rows.visit), design, rows.index, seed=1)
    top = effect_at_the_top(written, rows.visit, 1 - stays).loc["top - others"]
    return {"mails: effects off by": apart, "mails: by risk, the first are helped more": float(top.low > 0)}


def units():
    centres, right = pd.read_csv(shared_data("journey/oas_units.csv")), truth("oas_units")
    levels, variances = centres.pro - centres.det, right["sd_of_one_answer"] ** 2 / centres.n
    table = named_units(levels, variances)
    calls = pd.read_excel(shared_data("callcentre/Call-Center-Dataset.xlsx"), engine="openpyxl").dropna(subset="Satisfaction rating")
    agents = unit_comparison(calls["Satisfaction rating"], calls.Agent).table
    return {"surgery centres: SD between them": between_units(levels, variances).spread, "surgery centres: share outside the limits": (table.z.abs() > 1.959964).mean(),
            "surgery centres: named": (table.verdict != "as_others").sum(), "call centre: agents named": (agents.verdict != "as_others").sum()}  # fmt: skip


def table() -> pd.DataFrame:
    found = {}
    for of in (airport, airline, logs, million, churn, mails, units):
        found |= of()
    return pd.DataFrame({"figure": list(found), "value": [float(f"{float(value):.4g}") for value in found.values()]})


if __name__ == "__main__":
    table().to_csv(TABLE, index=False)
    print(TABLE.read_text())
