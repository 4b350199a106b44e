"""Departments between which customers fall, the time that is lost there, who comes back, and paths that end badly."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import journey
from cxlib.analyses.contact_log import Journey, Touchpoint
from cxlib.analyses.design import Design
from tests.analyses.contact_logs import contact_log, without_customers

LOG = contact_log()


def keys(result) -> list[str]:
    return [finding.key for finding in result.findings]


def said(result, key) -> dict:
    return next(finding.values for finding in result.findings if finding.key == key)


def by_hand() -> Journey:
    """Six customers with a case each in two logs; three go from billing to field."""
    rows = [(f"c{n}", f"k{n}", day, owner, place, score)
            for n in range(6) for day, owner, place, score in ((n, "billing", "bill", 8), (n + 2, "field" if n < 3 else "billing", "visit", 5 if n < 3 else 7))]  # fmt: skip
    contacts = pd.DataFrame(rows, columns=["customer", "case", "day", "owner", "touchpoint", "score"])
    time = pd.Timestamp("2026-01-01") + pd.to_timedelta(contacts.day, unit="D")
    contacts = contacts.assign(silo="one", time=time, accepted=pd.NaT, channel="phone", type="a", waits=None).drop(columns="day")
    cases = contacts.groupby("case").agg(customer=("customer", "first"), type=("type", "first"), start=("time", "min"), solved=("time", "max"))
    silos = pd.DataFrame({"silo": ["one", "two"], "contacts": [6, 6], "customers": [6, 6], "known": [6, 6], "ends": [time.max()] * 2})
    return Journey({"visit": Touchpoint("Visit"), "bill": Touchpoint("Bill")}, contacts, cases.assign(bad_end=np.nan), silos)


def test_one_view_counted_by_hand():
    result = journey.view(by_hand(), Design(minimum=3))
    places = result.tables["places"]
    assert places.touchpoint.tolist() == ["Visit", "Visit", "Bill"]  # in the customer's order
    rows = places.set_index(["touchpoint", "owner"])
    assert rows.loc[("Visit", "field")].tolist() == [3, 3, 0.5, 5, 1.0]
    assert rows.loc[("Bill", "billing")].tolist() == [6, 6, 1.0, 8, 0.0]
    assert result.tables["owners"].set_index("met").customers.to_dict() == {1: 3, 2: 3}
    assert result.tables["flows"].to_dict("records") == [{"pair": "billing → field", "hand_overs": 3, "giver": "billing", "receiver": "field"}]
    assert keys(result) == ["view.joined", "view.several", "view.lowest"]
    assert said(result, "view.several") == {"share": 0.5, "most": 0.0}
    assert said(result, "view.lowest")["touchpoint"] == "Visit"


def test_cells_of_few_customers_are_withheld_and_cannot_be_computed():
    places = journey.view(by_hand(), Design(minimum=4)).tables["places"].set_index(["touchpoint", "owner"])
    assert places.loc[["Visit"]].isna().all().all()  # the three at field, and the three at billing that tell of them
    assert places.n["Bill", "billing"] == 6


def test_where_customers_fall_and_what_it_costs_in_points_and_time():
    result = journey.hand_overs(LOG)
    assert keys(result)[:2] == ["hand_over.falls_and_waits", "hand_over.others"]
    told = said(result, "hand_over.falls_and_waits")
    assert (told["giver"], told["receiver"]) == ("billing", "field")
    assert told["low"] < -1.0 < told["high"] and told["low"] < -told["points"] < told["high"]
    pairs = result.tables["pairs"]
    assert len(pairs) == 12 and pairs.effect[0] == -told["points"] and pairs.wait_share[0] == told["share"]
    assert pairs.wait_share.idxmax() == 0 and pairs.wait_days[0] == pytest.approx(2, rel=0.15)
    assert result.tables["effect"].what.nunique() == 3


def test_without_an_effect_nobody_is_named():
    result = journey.hand_overs(contact_log(effect=0.0, seed=3))
    assert not {"hand_over.falls", "hand_over.falls_and_waits"} & set(keys(result))
    assert {"hand_over.no_drop", "hand_over.cannot_tell"} & set(keys(result))
    assert said(result, "hand_over.raw_all")["raw"] > 0.35 > abs(said(result, "hand_over.raw_all")["inside"])


def test_trouble_before_the_hand_over_names_nobody():
    result = journey.hand_overs(contact_log(effect=-0.8, pair=None, trouble=True))
    assert keys(result)[0] == "hand_over.trouble_before"
    assert not {"hand_over.falls", "hand_over.falls_and_waits", "hand_over.falls_all"} & set(keys(result))


def test_a_fall_after_every_hand_over_is_told_of_all():
    result = journey.hand_overs(contact_log(500, effect=-0.8, pair=None, seed=5))
    assert {"hand_over.falls_all", "hand_over.falls_and_waits", "hand_over.falls"} & set(keys(result))


def test_the_time_is_split_into_what_it_goes_to():
    result = journey.where_time_goes(LOG)
    parts = result.tables["parts"]
    assert parts.share.sum() == pytest.approx(1)
    assert keys(result)[0] in ("hand_over.takes_time", "hand_over.little_time")
    waits = result.tables["waits"]
    assert (waits.giver[0], waits.receiver[0]) == ("billing", "field")
    assert waits.wait_share.sum() == pytest.approx(parts.share[0], abs=1e-9)
    unknown = replace(LOG, contacts=LOG.contacts.assign(accepted=pd.NaT))
    assert journey.where_time_goes(unknown).settings["basis"] == "gap"
    assert keys(journey.where_time_goes(unknown))[0] == "hand_over.takes_time_at_most"


def test_customers_who_come_back():
    quiet = journey.repeats(LOG)
    assert keys(quiet)[0] == "repeats.chance"
    again = LOG.cases.sample(frac=0.15, random_state=1)
    back = again.assign(start=again.solved + pd.Timedelta(days=2), solved=again.solved + pd.Timedelta(days=3))
    cases = pd.concat([LOG.cases, back.set_axis(back.index + "x")])
    result = journey.repeats(replace(LOG, cases=cases, silos=LOG.silos.assign(ends=cases.solved.max())))
    told = said(result, "repeats.excess")
    assert told["low"] < 0.15 / 1.15 < told["high"] and told["solved"] == pytest.approx(1 - told["excess"])
    table = result.tables["windows"]
    assert table.days.tolist() == [7, 14, 28]
    assert (table.raw - table.expected).to_numpy() == pytest.approx(table.excess)
    assert result.base.used == table.n[0]


def test_a_handful_that_comes_back_is_not_weighed():
    calm = LOG.cases.drop_duplicates("customer")
    result = journey.repeats(replace(LOG, cases=calm))
    assert keys(result) == ["repeats.few"] and not result.tables


def test_a_path_that_ends_badly_is_named_alone():
    result = journey.paths(contact_log(3000))
    told = [finding for finding in result.findings if finding.key == "paths.bad"]
    assert [finding.values["path"] for finding in told] == ["Meter → Bill → Complaint"]
    assert result.tables["paths"].path[0] == "Meter → Bill → Complaint"
    assert keys(journey.paths(contact_log(3000, path=0.0))) == ["paths.none"]


REFUSED = {
    "view": {"none": "absent.view", "no logs": "absent.view", "torn": "view.poor_join"},
    "hand_overs": {"none": "absent.hand_overs", "no logs": "absent.hand_overs", "torn": "hand_over.poor_join", "one owner": "hand_over.one_owner", "few": "hand_over.too_few"},
    "where_time_goes": {"none": "absent.where_time_goes", "no logs": "absent.where_time_goes", "torn": "hand_over.poor_join", "one owner": "hand_over.one_owner", "unsolved": "time.unsolved"},
    "repeats": {"none": "absent.repeats", "no logs": "absent.repeats", "torn": "repeats.poor_join", "unsolved": "repeats.too_few", "short": "repeats.window_open"},
    "paths": {"none": "absent.paths", "no logs": "absent.paths", "torn": "paths.poor_join", "few": "paths.too_few", "no end": "paths.no_end"},
}
GIVEN = {
    "none": None,
    "no logs": replace(LOG, contacts=LOG.contacts.head(0), cases=LOG.cases.head(0), silos=LOG.silos.head(0)),
    "torn": without_customers(LOG, 0.3),
    "one owner": replace(LOG, contacts=LOG.contacts.assign(owner="billing")),
    "few": contact_log(60),
    "unsolved": replace(LOG, cases=LOG.cases.assign(solved=pd.NaT)),
    "short": replace(LOG, repeat_within_days=900),
    "no end": replace(LOG, cases=LOG.cases.assign(bad_end=np.nan)),
}


@pytest.mark.parametrize(("result", "given"), [(result, given) for result, each in REFUSED.items() for given in each])
def test_what_cannot_be_told_is_one_sentence(result, given):
    found = getattr(journey, result)(GIVEN[given])
    assert keys(found)[0] == REFUSED[result][given]
    assert found.findings[0].tone in ("absent", "unclear")
    if given in ("none", "no logs", "torn", "one owner", "unsolved", "short", "no end"):
        assert not {"pairs", "parts", "windows", "paths", "places"} & found.tables.keys()


def test_one_log_is_said_to_be_one():
    alone = replace(LOG, silos=LOG.silos.head(1))
    assert "view.one_silo" in keys(journey.view(alone))
    assert journey.hand_overs(alone).tables["pairs"].size  # departments within one log hand over, too


@pytest.mark.parametrize("name", ["view", "hand_overs", "where_time_goes", "repeats", "paths"])
def test_the_order_of_the_rows_does_not_matter(name):
    log = contact_log(1200)
    mixed = replace(log, contacts=log.contacts.sample(frac=1, random_state=1, ignore_index=True), cases=log.cases.sample(frac=1, random_state=2))
    assert getattr(journey, name)(log).to_json() == getattr(journey, name)(mixed).to_json()
