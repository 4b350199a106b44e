"""Margins: percents, rounded shares, groups without a share, combinations of columns. What is weighted to is what was given."""

import re

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import status
from cxlib.engagement import open_client, problems
from cxlib.engagement.problems import errors

NPS = "  recommend: {column: q1, scale: [0, 10]}\n"


def rows(seed=1, n=400, unknown=0.1):
    rng = np.random.default_rng(seed)
    sex = rng.choice(["Women", "Men"], n, p=[0.7, 0.3]).astype(object)
    sex[rng.random(n) < unknown / 2], sex[rng.random(n) < unknown / 2] = "Prefer not to say", ""
    return pd.DataFrame({"sex": sex, "age": rng.choice(["18-34", "35-54", "55+"], n, p=[0.5, 0.3, 0.2]), "q1": rng.integers(0, 11, n)})


def told(make, settings, frame):
    make("survey:\n  file: s.csv\n" + settings + NPS, {"s.csv": frame.to_csv(index=False)})
    return problems("acme")


def weighted():
    survey = open_client("acme").survey
    return status.weighted(survey.rows, survey.weighting, survey.design)[0]


def shares(of):
    found = weighted()
    return (found.groupby(of).raked_weight.sum() / found.raked_weight.sum()).to_dict()


@pytest.mark.parametrize("given", ["{18-34: 0.3, 35-54: 0.36, 55+: 0.34}", "{18-34: 30, 35-54: 36, 55+: 34}"])
def test_shares_and_percents_are_the_same(make, given):
    assert not errors(told(make, f"  margins: {{age: {given}}}\n", rows()))
    assert shares("age") == pytest.approx({"18-34": 0.3, "35-54": 0.36, "55+": 0.34})


@pytest.mark.parametrize(("given", "sum_"), [("{18-34: 0.33, 35-54: 0.33, 55+: 0.33}", 99), ("{18-34: 33, 35-54: 34, 55+: 34}", 101)])
def test_rounded_shares_are_told(make, given, sum_):
    (problem,) = [each for each in told(make, f"  margins: {{age: {given}}}\n", rows()) if "rounded" in each.rule]
    assert problem.severity == "warning" and f"sum to {sum_} %" in problem.rule
    assert sum(shares("age").values()) == pytest.approx(1)


@pytest.mark.parametrize("given", ["{18-34: 0.3, 35-54: 0.3, 55+: 0.3}", "{18-34: 30, 35-54: 30, 55+: 30}", "{18-34: 0.3, 35-54: 35, 55+: 35}"])
def test_shares_that_do_not_add_up(make, given):
    assert "sum" in errors(told(make, f"  margins: {{age: {given}}}\n", rows()))[0].rule


def test_unknown_groups_are_named_and_keep_their_share(make):
    """The remedy is obeyed: known groups meet their shares among themselves, and who said nothing counts as much as before."""
    frame = rows()
    margins = "  margins:\n    sex: {Women: 50, Men: 50}\n    age: {18-34: 30, 35-54: 36, 55+: 34}\n"
    found = errors(told(make, margins, frame))
    remedies = {re.search(r"`(unknown: .*?)`", each.remedy)[1] for each in found}
    assert len(found) == 2 and len(remedies) == 1
    assert not errors(told(make, f"{margins}  {remedies.pop()}\n", frame))
    by_sex = shares("sex")
    known = frame.sex.isin(["Women", "Men"]).mean()
    assert by_sex == pytest.approx({"Women": known / 2, "Men": known / 2, "–": 1 - known})
    assert shares("age") == pytest.approx({"18-34": 0.3, "35-54": 0.36, "55+": 0.34})


def test_unknown_groups_of_a_segment_stay_as_they_are_there(make):
    frame = rows()
    assert not errors(told(make, '  segments: {sex: Sex}\n  margins: {sex: {Women: 50, Men: 50}}\n  unknown: [Prefer not to say, ""]\n', frame))
    survey = open_client("acme").survey
    assert set(survey.rows.sex.dropna()) == {"Women", "Men", "Prefer not to say"}
    result = status.weighted(survey.rows, survey.weighting, survey.design)[2]
    assert set(result.tables["margins"].segment) == {"Sex"}


@pytest.mark.parametrize("between", [" x ", ", ", " ", " / ", "/"])
def test_a_margin_over_combinations(make, between):
    frame = rows(unknown=0)
    cells = {f"{sex}{between}{age}": share for (sex, age), share in zip([(s, a) for s in ("Women", "Men") for a in ("18-34", "35-54", "55+")],
                                                                     (20, 18, 15, 17, 16, 14), strict=True)}  # fmt: skip
    listed = ", ".join(f'"{name}": {share}' for name, share in cells.items())
    assert not errors(told(make, f'  margins: {{"sex x age": {{{listed}}}}}\n', frame))
    assert shares("sex x age") == pytest.approx({name: share / 100 for name, share in cells.items()})
    found = weighted()
    women = found[found.sex == "Women"].raked_weight.sum() if "sex" in found else found[found["sex x age"].str.startswith("Women")].raked_weight.sum()
    assert women / found.raked_weight.sum() == pytest.approx(0.53)


def test_a_list_of_columns_is_told_how_to_write_it(make):
    (problem,) = errors(told(make, "  margins: {[sex, age]: {Women 18-34: 1}}\n", rows()))
    assert '"region x age"' in problem.remedy


def test_misspelt_group_is_named(make):
    frame = rows(unknown=0)
    found = errors(told(make, "  margins: {sex: {Woman: 50, Men: 50}}\n", frame))
    assert found[0].remedy == 'Is it "Woman"?' or "Woman" in found[0].remedy


def test_unknown_without_margins(make):
    assert errors(told(make, "  unknown: [x]\n", rows()))


def test_frequencies_and_start_weights_count_for_the_unknown(make):
    frame = rows().assign(times=lambda each: np.where(each.sex.isin(["Women", "Men"]), 1, 3))
    assert not errors(told(make, '  frequency: times\n  margins: {sex: {Women: 50, Men: 50}}\n  unknown: [Prefer not to say, ""]\n', frame))
    unknown = ~frame.sex.isin(["Women", "Men"])
    assert shares("sex")["–"] == pytest.approx(3 * unknown.sum() / (3 * unknown.sum() + (~unknown).sum()))
