import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxlib.stats.journey.moments_of_truth import behaviour_effects, feelings


def contacts(rng, n, effects=(0.25, 0.0), places=("desk", "phone")):
    """Contacts of n / 3 customers; each behaviour lifts the chance of success by its effect, at every touchpoint."""
    customer = np.arange(n) // 3
    mood = rng.normal(0, 0.1, n)[customer]
    did = pd.DataFrame((rng.random((n, len(effects))) < 0.5).astype(float), columns=[f"b{i}" for i in range(len(effects))])
    success = (rng.random(n) < 0.4 + did.to_numpy() @ effects + mood).astype(float)
    return success, did, rng.choice(list(places), n), customer


def test_one_behaviour_by_hand():
    # 20 with it, 15 of them 9-10; 20 without, 5: half of the contacts more.
    y = np.repeat([1, 0, 1, 0], [15, 5, 5, 15])
    did = pd.DataFrame({"b1": np.repeat([1, 0], 20)})
    row = behaviour_effects(y, did, ["desk"] * 40, asked={"desk": ["b1"]}).loc[0]
    assert (row.touchpoint, row.behaviour, row.n) == ("desk", "b1", 40)
    assert (row.with_it, row.estimate) == pytest.approx((0.5, 0.5)) and row.p == pytest.approx(row.p_holm)


def test_it_agrees_with_statsmodels():
    rng = np.random.default_rng(1)
    y, did, place, customer = contacts(rng, 600)
    weights, held = rng.uniform(0.5, 2, 600), pd.DataFrame({"relation": rng.normal(7, 2, 600)})
    found = behaviour_effects(y, did, place, asked={"phone": ["b0", "b1"]}, controls=held, weights=weights, clusters=customer)
    here = place == "phone"
    design = sm.add_constant(pd.concat([did, held], axis=1)[here])
    known = sm.WLS(y[here], design, weights=weights[here]).fit(cov_type="cluster", cov_kwds={"groups": customer[here]}, use_t=True)
    assert found.estimate.tolist() == pytest.approx(known.params[["b0", "b1"]].tolist())
    assert found[["low", "high"]].to_numpy() == pytest.approx(known.conf_int().loc[["b0", "b1"]].to_numpy(), rel=1e-6)
    assert found.p.tolist() == pytest.approx(known.pvalues[["b0", "b1"]].tolist(), rel=1e-5)


def test_a_behaviour_turned_round_turns_and_blank_contacts_do_not_count():
    y, did, place, customer = contacts(np.random.default_rng(2), 600)
    asked = {"desk": ["b0", "b1"]}
    one = behaviour_effects(y, did, place, asked=asked, clusters=customer)
    turned = behaviour_effects(y, 1 - did, place, asked=asked, clusters=customer)
    assert turned.estimate.tolist() == pytest.approx((-one.estimate).tolist())
    blank = behaviour_effects(np.append(y, [np.nan, 1]), pd.concat([did, pd.DataFrame({"b0": [1, 1], "b1": [0, np.nan]})], ignore_index=True),
                              np.append(place, ["desk", "desk"]), asked=asked, clusters=np.append(customer, [900, 901]))  # fmt: skip
    pd.testing.assert_frame_equal(blank, one)


def test_nine_contacts_tell_nothing_and_are_not_searched():
    y, did, place, customer = contacts(np.random.default_rng(3), 300, places=("desk",))
    did["b1"] = (np.arange(300) < 9).astype(float)
    table = behaviour_effects(y, did, place, asked={"desk": ["b0", "b1"], "shop": ["b0"]}, clusters=customer).set_index(["touchpoint", "behaviour"])
    assert table.loc[("desk", "b1"), ["estimate", "p", "p_holm"]].isna().all() and table.loc[("desk", "b1"), "n"] == 300
    assert table.loc[("shop", "b0"), "n"] == 0 and np.isnan(table.loc[("shop", "b0"), "with_it"])
    assert table.loc[("desk", "b0"), "p_holm"] == pytest.approx(table.loc[("desk", "b0"), "p"])  # one test alone was made
    twice = did.assign(b1=did.b0)
    assert behaviour_effects(y, twice, place, asked={"desk": ["b0", "b1"]}).estimate.isna().all()


def test_noise_is_seldom_a_behaviour_and_the_true_one_is_found():
    false, found = 0, 0
    for seed in range(40):
        y, did, place, customer = contacts(np.random.default_rng(seed), 500, effects=(0.3, 0, 0, 0))
        table = behaviour_effects(y, did, place, asked={each: list(did) for each in ("desk", "phone")}, clusters=customer)
        clear = table.p_holm < 0.05
        false += clear[table.behaviour != "b0"].any()
        found += clear[table.behaviour == "b0"].all()
    assert false <= 5 and found >= 36  # 2 and 40 expected


def test_feelings_by_hand():
    # At the desk 3 of 4 name a good one and 1 a bad one; one was not asked.
    table = feelings([1, 1, 1, 0, np.nan, 0], [0, 0, 1, 0, 1, 1], [*["desk"] * 5, "phone"], order=["phone", "desk", "shop"])
    assert table.touchpoint.tolist() == ["phone", "desk"] and table.n.tolist() == [1, 4]
    assert table.loc[1, ["good", "bad", "net"]].tolist() == pytest.approx([0.75, 0.25, 0.5])
    assert (table.loc[1, "good_low"], table.loc[1, "good_high"]) == pytest.approx((0.3006, 0.9544), abs=1e-4)  # Wilson, 3 of 4
    assert feelings([], [], [], order=["desk"]).empty


def test_bad_input_says_what_to_do():
    with pytest.raises(ValueError, match="say for each contact whether it succeeded"):
        behaviour_effects([9, 7], pd.DataFrame({"b": [1, 0]}), ["desk"] * 2, asked={"desk": ["b"]})
    with pytest.raises(ValueError, match="give 1 for a hit"):
        feelings([2], [0], ["desk"], order=["desk"])
