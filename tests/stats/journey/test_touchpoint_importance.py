import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlib.stats.journey.importance import general_opinion, touchpoint_importance, unit_aims, upper_quartiles
from cxlib.stats.refusal import Refusal
from tests.conftest import shared_data
from tests.simulations.journey import visits


def test_slope_among_users_and_gap_to_the_others_by_hand():
    # Among users y = 4 + x, give or take .5; those who did not use it say 5. At the mean rating of users, 3, users say 7: 2 more.
    ratings = pd.DataFrame({"desk": [1, 2, 3, 4, 5, *[np.nan] * 5]})
    found = touchpoint_importance(ratings, [5.5, 5.5, 7, 7.5, 9.5, 5, 5, 5, 5, 5], aims=pd.Series({"desk": 4.5}), resamples=50)
    row = found.table.loc["desk"]
    assert (row.users, row.rated, row.reach, row["mean"], row.slope, row.use) == pytest.approx((5, 5, 0.5, 3, 1, 2))
    assert row.potential == pytest.approx(0.5 * 1 * (4.5 - 3)) and row.correlation == pytest.approx(10 / 110**0.5)
    assert found.r2 == pytest.approx(1 - 1 / 21) and found.n == 10


def test_it_agrees_with_statsmodels_with_weights_clusters_and_controls():
    rng = np.random.default_rng(2)
    ratings, y = visits(rng, 400)
    weights, shop, held = rng.uniform(0.5, 2, 400), rng.integers(0, 40, 400), pd.DataFrame({"new": rng.integers(0, 2, 400)})
    found = touchpoint_importance(ratings, y, weights=weights, clusters=shop, controls=held, resamples=20).table
    met = ratings.notna().astype(float).add_prefix("met ")
    means = (ratings * weights[:, None]).sum() / (ratings.notna() * weights[:, None]).sum()
    design = sm.add_constant(pd.concat([(ratings - means).fillna(0), met, held], axis=1))
    known = sm.WLS(y, design, weights=weights).fit(cov_type="cluster", cov_kwds={"groups": shop}, use_t=True)
    own = list(ratings)
    assert found.slope.tolist() == pytest.approx(known.params[own].tolist(), abs=1e-9)
    assert found.se.tolist() == pytest.approx(known.bse[own].tolist(), rel=1e-6)
    assert found.p.tolist() == pytest.approx(known.pvalues[own].tolist(), rel=1e-6)
    assert found[["low", "high"]].to_numpy() == pytest.approx(known.conf_int().loc[own].to_numpy(), rel=1e-6)
    assert found.use.tolist() == pytest.approx(known.params[list(met)].tolist(), abs=1e-9)


@pytest.mark.parametrize("year", [2015, 2016, 2017])
def test_an_airport_by_its_published_answers(year):
    truth = json.loads(shared_data("journey/truth.json").read_text())[f"sfo_{year}"]
    rows = pd.read_csv(shared_data("journey/sfo_touchpoints_2015_2017.csv.gz"), dtype=str)
    rows = rows[rows.year == str(year)].drop(columns=["LANG", "Q2PURP1", "Q5FIRSTTIME"]).apply(pd.to_numeric, errors="coerce")
    slopes = pd.DataFrame(truth["slope_per_point_among_users"], index=["slope", "se"]).T
    ratings = rows[[f"Q7{name}" for name in slopes.index]].set_axis(slopes.index, axis=1)
    ratings = ratings.where((ratings >= 1) & (ratings <= 5))  # 6: never used, 0: blank
    whole = rows.Q7ALL.where(rows.Q7ALL.between(1, 5))
    found = touchpoint_importance(ratings, whole, used=ratings.notna().astype(float), weights=rows.WEIGHT, everybody=1, resamples=100)
    assert (found.n, found.halo) == (truth["n"], False)
    assert (found.table[["slope", "se"]] - slopes).abs().to_numpy().max() <= 5.1e-5  # as many digits as are stored
    assert found.r2 == pytest.approx(truth["r2"], abs=5.1e-5)
    assert (found.table.reach - pd.Series(truth["share_who_used_it"])).abs().max() <= 5.1e-5
    silent = found.table.loc[truth["interval_includes_0"]]
    assert (silent.low < 0).all() and not (silent.p_holm < 0.05).any()
    among = found.table.potential.nlargest(3).index
    assert {"FOOD", "SIGN"} <= set(among) or year == 2016
    assert found.table.correlation.drop(["INFODOWN", "INFOUP", "LTPARKING", "PARK"]).max() < found.table.correlation.max()


def test_order_and_scale_do_not_matter_and_blank_people_change_nothing():
    ratings, y = visits(np.random.default_rng(3), 300)
    one = touchpoint_importance(ratings, y, resamples=20)
    turned = touchpoint_importance(ratings[ratings.columns[::-1]] * 10, y, resamples=20).table.loc[one.table.index]
    assert turned.slope.tolist() == pytest.approx((one.table.slope / 10).tolist())
    assert turned.potential.tolist() == pytest.approx(one.table.potential.tolist())
    more = pd.concat([ratings, ratings[:5]], ignore_index=True)
    blank = touchpoint_importance(more, np.append(y, [np.nan] * 5), resamples=20)
    assert blank.n == 300 and blank.table.slope.tolist() == pytest.approx(one.table.slope.tolist())


def test_who_met_it_and_does_not_rate_it_counts_as_having_met_it():
    ratings, y = visits(np.random.default_rng(4), 300)
    used = ratings.notna().astype(float)
    used.loc[ratings["a"].isna(), "a"] = 1.0
    used.loc[:9, "b"] = np.where(ratings.loc[:9, "b"].notna(), 1, np.nan)
    table = touchpoint_importance(ratings, y, used=used, resamples=20).table
    assert table.reach["a"] == 1 and np.isnan(table.use["a"]) and table.users["a"] == 300 > table.rated["a"]


def test_one_opinion_in_all_ratings_is_seen_and_no_touchpoint_below_it_matters():
    rng = np.random.default_rng(5)
    mood = rng.standard_normal(500)
    ratings = pd.DataFrame(mood[:, None] + 0.6 * rng.standard_normal((500, 5)), columns=list("abcde"))
    found = touchpoint_importance(ratings, mood + rng.standard_normal(500), resamples=20)
    assert found.halo and found.opinion == pytest.approx(1 / 1.36, abs=0.04)
    assert found.opinion == pytest.approx((np.linalg.eigvalsh(ratings.corr())[-1] - 1) / 4)
    assert (found.table.opinion * ratings.std()).tolist() == pytest.approx([((found.table.slope + found.table.se) * ratings.std()).min()] * 5)
    assert (found.table.opinion > 0).all()
    independent, y = visits(rng, 500)
    assert (touchpoint_importance(independent, y, resamples=20).table.opinion == 0).all()
    assert np.isnan(general_opinion(ratings[["a"]]))
    rare = ratings.where(rng.random(ratings.shape) < 0.2)
    assert touchpoint_importance(rare, mood, resamples=20).halo and touchpoint_importance(rare, mood, resamples=20).rated < 2


def test_aims_are_ratings_that_some_reach():
    ratings = pd.DataFrame({"a": [1, 2, 3, 4], "b": [5, 5, 5, np.nan]})
    assert upper_quartiles(ratings).tolist() == [3.5, 5]  # 1 to 4: .125, .375, .625, .875 lie below their middles
    assert upper_quartiles(ratings, [1, 1, 1, 2])["a"] == pytest.approx(3 + (0.75 - 0.5) / (0.8 - 0.5))
    units = np.repeat(np.arange(11), 10)
    means = pd.DataFrame({"a": units.astype(float)})
    assert unit_aims(means, units)["a"] == 9
    assert unit_aims(means[units < 9], units[units < 9]) is None


@pytest.mark.parametrize("change, message", [
    (lambda x: x.assign(b=x["a"]), "met by the same people"),
    (lambda x: x.assign(b=3.0), "'b' is rated by .* all alike"),
    (lambda x: x.assign(b=np.nan), "'b' is rated by 0 people"),
    (lambda x: x[:8], "at least two people a column"),
])  # fmt: skip
def test_what_cannot_be_told_is_refused(change, message):
    ratings, y = visits(np.random.default_rng(6), 200)
    changed = change(ratings[["a", "b"]])
    with pytest.raises(Refusal, match=message):
        touchpoint_importance(changed, y[: len(changed)], resamples=5)
