"""Real roll-outs as client folders: what the notebook says of data whose true answers are known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from cxlib.analyses import effect
from cxlib.engagement import open_client
from tests.conftest import shared_data

HEAD = {"client": "acme", "name": "A Company", "language": "en"}
FIGURES = {"file": "f.csv", "unit": "unit", "period": "period", "value": "value", "label": "The figure"}
STARTS = {"file": "s.csv", "initiative": "initiative", "unit": "unit", "start": "start"}


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """The only initiative of a folder with these tables, and the key of its sentence."""

    def of(rollout: dict, **tables: pd.DataFrame):
        folder = tmp_path / "acme"
        folder.mkdir()
        for name, table in tables.items():
            table.to_csv(folder / f"{name}.csv", index=False)
        Path(folder, "client.yml").write_text(yaml.safe_dump(HEAD | {"rollout": rollout}, sort_keys=False))
        monkeypatch.setenv("CX_CLIENTS", str(tmp_path))
        found = effect.judge(open_client("acme").rollout, seed=1)
        return found.each[0], [finding.key for finding in effect.what_came(found).findings]

    return of


def long(wide: pd.DataFrame) -> pd.DataFrame:
    """A row a unit and period."""
    rows = wide.rename_axis(index="unit", columns="period").stack().rename("value").reset_index()
    return rows


def test_the_worst_tenth_of_hospitals_is_not_said_to_have_been_helped(judged):
    rows = pd.read_csv(shared_data("journey/hvbp_two_periods.csv.gz"))
    rating = rows.filter(like="Overall Rating").dropna().set_axis(["2016", "2017"], axis=1)
    worst = rating.index[rating["2016"] <= rating["2016"].quantile(0.1)]
    begun = pd.DataFrame({"initiative": "Programme", "unit": worst, "start": "2017"})
    each, keys = judged({"starts": STARTS, "figures": FIGURES, "chosen_by": "score", "smallest": 2}, f=long(rating), s=begun)
    assert each.verdict == "as_expected_without" and each.raw < 0 and keys[0] == "came.no_effect"  # all fell, the worst tenth less


def test_organ_donors_in_one_state_cannot_be_told_from_chance(judged):
    rows = pd.read_csv(shared_data("journey/organ_donations.csv"))
    rows = rows.assign(period=rows.Quarter.str[2:] + "-" + rows.Quarter.str[:2], value=100 * rows.Rate, unit=rows.State)
    begun = pd.DataFrame({"initiative": ["Question"], "unit": ["California"], "start": ["2011-Q3"]})
    each, keys = judged({"starts": STARTS, "figures": FIGURES, "smallest": 1}, f=rows[["unit", "period", "value"]], s=begun)
    assert keys == ["came.one_unit"] and each.rank.p == pytest.approx(0.185, abs=0.001) and each.estimate == pytest.approx(-2.246, abs=0.001)


def test_heart_attacks_fell_when_smoking_was_banned_and_no_more_is_said(judged):
    rows = pd.read_csv(shared_data("journey/sicily.csv"))
    months = pd.period_range(f"{int(rows.year.iloc[0])}-{int(rows.month.iloc[0]):02d}", periods=len(rows), freq="M").astype(str)
    table = pd.DataFrame({"unit": "Sicily", "period": months, "value": rows.aces, "people": rows.stdpop})
    plan = pd.DataFrame({"name": ["Ban"], "start": ["2005-01-10"], "end": ["2005-01-10"], "began": ["2005-01-10"], "once": [0], "low": [0], "mode": [1], "high": [2]})
    initiatives = {"file": "i.csv", "name": "name", "start": "start", "end": "end", "started": "began", "cost_once": "once", "effect": {"columns": ["low", "mode", "high"], "of": "satisfaction"}}
    figures = FIGURES | {"of": "people", "better": "lower"}
    folder_keys = {"figures": figures, "smallest": 0.001}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(HEAD, "initiatives", initiatives)
        each, keys = judged(folder_keys, f=table, i=plan)
    assert keys == ["came.rate_fell"] and each.rate.ratio == pytest.approx(0.8851, abs=1e-4)
    assert (each.rate.low, each.rate.high) == pytest.approx((0.8394, 0.9332), abs=1e-4)
    before = table.value[:36].sum() / table.people[:36].sum()
    assert each.estimate == pytest.approx((1 - 0.8851) * before, rel=1e-3) and each.low > 0


def test_a_mail_to_customers_drawn_at_random(judged):
    rows = pd.read_csv(shared_data("journey/hillstrom.csv.gz"))
    rows = rows[rows.segment != "Mens E-Mail"][["segment", "visit"]]
    trial = {"file": "t.csv", "initiative": "Mail", "offered": {"column": "segment", "says": "Womens E-Mail"}, "outcome": {"column": "visit", "scale": [0, 1]}}
    each, keys = judged({"trials": {"mail": trial}, "smallest": 1}, t=rows)
    assert keys == ["came.worked_random"] and each.estimate == pytest.approx(4.523, abs=0.001)


def test_counties_that_raised_the_minimum_wage(judged):
    rows = pd.read_csv(shared_data("journey/mpdta.csv"))
    wide = rows.pivot(index="countyreal", columns="year", values="lemp")
    first = rows.groupby("countyreal")["first.treat"].first()
    begun = pd.DataFrame({"initiative": "Wage", "unit": first[first > 0].index, "start": first[first > 0].astype(int).astype(str)})
    each, _ = judged({"starts": STARTS, "figures": FIGURES | {"scale": [0, 20]}, "smallest": 0.01}, f=long(wide), s=begun)
    left_out = int((first == wide.columns[0]).sum())  # counties without an earlier year
    assert each.units == int((first > 0).sum()) - left_out and each.others == int((first == 0).sum())
    assert each.rollout.estimate == pytest.approx(-0.04, abs=0.015) and each.verdict in ("harmed", "cannot_tell")
    assert not np.isnan(each.low)
