"""Groups: who may be shown, who can be worked out, who sees it differently, who agrees, who cannot say."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import maturity
from tests.analyses.maturity_cases import people, ratings

ROLES = ["Top"] * 5 + ["Middle"] * 5 + ["Front"] * 6


def shown(result) -> set[tuple[str, str]]:
    groups = result.tables.get("groups", pd.DataFrame(columns=["criterion", "group"]))
    return set(zip(groups.criterion.str[:3], groups.group, strict=True))


def test_groups_counted_by_hand():
    answers = [[5]] * 5 + [[3]] * 5 + [[1]] * 3 + [[2]] * 3
    groups = maturity.criteria(ratings(answers, people=people(ROLES))).tables["groups"]
    assert groups[["group", "n", "score100", "band"]].to_numpy().tolist() == [
        ["Front", 6, 12.5, "Weak"], ["Middle", 5, 50, "Uneven"], ["Top", 5, 100, "Strong"]  # the largest first
    ]  # fmt: skip


@pytest.mark.parametrize("small", range(1, 5))
def test_a_small_group_takes_another_with_it(small):
    roles = ["Top"] * 6 + ["Middle"] * 9 + ["Front"] * small
    result = maturity.criteria(ratings(np.full((len(roles), 1), 3.0), people=people(roles)))
    assert shown(result) <= {("1.1", "Middle")}


def test_who_cannot_answer_can_make_a_group_too_small_for_one_criterion_alone():
    # 2 of the middle answer 1.2: they are hidden there, and so is another role from which they follow; 1.1 is untouched
    answers = np.full((16, 2), 3.0)
    answers[5:8, 1] = np.nan
    result = maturity.criteria(ratings(answers, people=people(ROLES)))
    assert {("1.1", role) for role in set(ROLES)} <= shown(result)
    assert ("1.2", "Middle") not in shown(result) and len(shown(result)) == 4


def test_no_group_below_the_limit_follows_from_what_is_shown():
    """Random companies: no shown group, and no rest of a division, is smaller than the limit."""
    rng = np.random.default_rng(8)
    for _ in range(60):
        count = int(rng.integers(3, 26))
        table = people(rng.choice(["A", "B", "C", "D"], count, p=[0.4, 0.3, 0.2, 0.1]))
        table["unit"] = rng.choice(["X", "Y", "Z"], count, p=[0.5, 0.4, 0.1])
        answers = rng.integers(1, 6, (count, 2)).astype(float)
        answers[rng.random(answers.shape) < 0.15] = np.nan
        given = ratings(answers, people=table)
        if given.base().used < 3:
            continue
        visible = shown(maturity.criteria(given))
        for item, division in product(("1.1", "1.2"), ("role", "unit")):
            sizes = table[~np.isnan(given.answers[item].to_numpy())].groupby(division).size()
            seen = [group for group in sizes.index if (item, group) in visible]
            rest = sizes.drop(seen).sum()
            assert all(sizes[group] >= 5 for group in seen)
            assert not seen or rest == 0 or rest >= 5


def test_the_limit_can_be_raised_and_not_lowered():
    given = ratings(np.full((16, 1), 3.0), people=people(ROLES))
    assert len(shown(maturity.criteria(given, minimum=6))) <= 1
    assert shown(maturity.criteria(given, minimum=1)) == shown(maturity.criteria(given, minimum=5))


def test_gap_between_roles_by_hand_and_its_mirror():
    # Top 5, 5, 5, 5, 4 -> 95; Front 1, 1, 1, 2, 2, 1 -> 8.33: 86.67 points
    answers = [[5, 3]] * 4 + [[4, 4]] + [[3, 2]] * 5 + [[1, 3], [1, 4], [1, 2], [2, 3], [2, 3], [1, 4]]
    given = ratings(answers, people=people(ROLES))
    one = maturity.role_gap(given)
    assert one.settings["first"] == "Top" and one.settings["second"] == "Front"
    assert one.tables["gaps"].apart[0] == pytest.approx(95 - 100 / 12)
    assert [finding.key for finding in one.findings] == ["gap.higher", "gap.others"]
    other = maturity.role_gap(given, first="Front", second="Top")
    assert other.tables["gaps"].apart[0] == -one.tables["gaps"].apart[0]
    assert other.findings[0].key == "gap.lower"


@pytest.mark.parametrize("front, expected", [(1, ["gap.higher"]), (4, ["gap.others"]), (5, ["gap.others"])])
def test_roles_that_are_each_of_one_mind(front, expected):
    # no spread, no test: apart when more than the half option either way that an answer stands for
    given = ratings([[5]] * 5 + [[front]] * 6, people=people(["Top"] * 5 + ["Front"] * 6))
    assert [finding.key for finding in maturity.role_gap(given).findings] == expected


def test_a_role_that_took_no_part_is_named():
    given = ratings(np.full((16, 1), 3.0), people=people(ROLES))
    with pytest.raises(ValueError, match="role == 'Topp' took no part; the roles are Middle, Top, Front"):
        maturity.role_gap(given, first="Topp")


def test_roles_too_small_to_show_give_a_sentence_alone():
    result = maturity.role_gap(ratings(np.full((6, 1), 3.0), people=people(["Top"] * 2 + ["Front"] * 4)))
    assert result.tables == {} and [f.key for f in result.findings] == ["gap.hidden"]


def test_agreement_is_judged_against_chance_for_that_many():
    # three of five options by three people: within reach of chance; ten who all say 4: not; two camps of five: disagree
    few = maturity.agreement(ratings([[3], [4], [4]]))
    assert few.tables["criteria"].verdict.tolist() == ["cannot tell"]
    many = maturity.agreement(ratings([[4, 1]] * 5 + [[4, 5]] * 5))
    verdicts = dict(zip(many.tables["criteria"].criterion.str[:3], many.tables["criteria"].verdict, strict=True))
    assert verdicts == {"1.1": "agree", "1.2": "disagree"}
    assert many.tables["criteria"].distance.tolist() == [50, 0]  # answers 1 and 5 lie 2 of 4 options from their mean
    assert [f.key for f in many.findings][:2] == ["agreement.counts", "agreement.split"]


def test_agreement_on_a_scale_of_coverage_counts_options():
    given = ratings([[1], [2], [2]])
    coverage = maturity.Ratings(given.answers.replace({1: 0.0, 2: 0.33}), given.items, (0, 0.33, 0.67, 1))
    four = maturity.Ratings(given.answers, given.items, (1, 2, 3, 4))
    assert maturity.agreement(coverage).findings == maturity.agreement(four).findings


def test_dont_know_is_a_share_of_those_who_answered_at_all():
    # 1.1: 4 of 12 who were asked; 1.2: one not relevant, nobody unsure
    answers = np.full((12, 2), 4.0)
    unsure, unrelated = np.zeros((12, 2), bool), np.zeros((12, 2), bool)
    answers[:4, 0], unsure[:4, 0] = np.nan, True
    answers[5, 1], unrelated[5, 1] = np.nan, True
    result = maturity.unknown(ratings(answers, dont_know=unsure, not_relevant=unrelated))
    table = result.tables["unknown"]
    assert table[["asked", "dont_know", "not_applicable"]].to_numpy().tolist() == [[12, 4, 0], [11, 0, 1]]
    assert table.share[0] == pytest.approx(1 / 3)
    assert [f.key for f in result.findings] == ["unknown.criterion"]


def test_dont_know_within_a_role_is_a_finding():
    answers, unsure = np.full((16, 1), 4.0), np.zeros((16, 1), bool)
    answers[5:8], unsure[5:8] = np.nan, True  # 3 of 5 in the middle, 3 of 16 in all
    result = maturity.unknown(ratings(answers, dont_know=unsure, people=people(ROLES)))
    assert [(f.key, f.values["group"]) for f in result.findings] == [("unknown.group", "Middle")]


def test_nobody_unsure():
    assert [f.key for f in maturity.unknown(ratings(np.full((5, 1), 3.0))).findings] == ["unknown.none"]


# What agreement is, whichever way the file is sorted


def _seen(*columns, roles=None):
    """Ratings of one criterion for each column of answers 1-5."""
    answers = pd.DataFrame({f"1.{j}": column for j, column in enumerate(columns, 1)}, dtype=float)
    items = pd.DataFrame({"name": "Criterion", "group": "1", "group_name": "Step"}, index=answers.columns)
    people = None if roles is None else pd.DataFrame({"role": roles})
    return maturity.Ratings(answers, items, values=(1, 2, 3, 4, 5), people=people)


@pytest.mark.parametrize("people", [8, 16])
def test_agreement_is_seldom_said_of_people_who_do_not_agree(people):
    """r_wg of .6 in truth (variance .8 of 2): more alike than chance, and not agreement."""
    rng = np.random.default_rng(people)
    columns = rng.choice([1, 2, 3, 4, 5], (200, people), p=[0.02, 0.23, 0.5, 0.23, 0.02])
    columns[:, : people // 4] += rng.choice([-1, 0, 1], (200, people // 4))
    table = maturity.agreement(_seen(*columns.clip(1, 5))).tables["criteria"]
    assert (table.verdict == "agree").mean() <= 0.07
    assert (table.verdict == "closer than chance, agreement not shown").mean() > 0.3


def test_agreement_is_said_of_people_who_agree():
    table = maturity.agreement(_seen([4] * 14 + [3, 5], [4] * 12 + [3, 5, 3, 5])).tables["criteria"]
    assert (table.verdict == "agree").all() and (table.r_wg_least >= 0.7).all()


def test_roles_that_see_it_differently_do_not_agree_however_close_the_answers():
    roles = ["Management"] * 6 + ["Front line"] * 12
    result = maturity.agreement(_seen([4, 4, 4, 4, 4, 5, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2], roles=roles))
    assert result.tables["criteria"].verdict.tolist() == ["the roles differ"]
    assert [each.values["first"] for each in result.findings if each.key == "agreement.roles"] == ["Management"]


@pytest.mark.parametrize("seed", range(10))
def test_roles_are_held_against_each_other_the_same_way_in_any_order_of_the_file(seed):
    rng = np.random.default_rng(seed)
    roles = np.array(["Management"] * 6 + ["Front line"] * 14)
    answers = np.where(roles == "Management", rng.integers(3, 6, 20), rng.integers(1, 4, 20))
    order = rng.permutation(20)
    if seed % 2:  # as many of either
        roles[6:10] = "Management"
    one, other = (maturity.role_gap(_seen(answers[rows], roles=roles[rows])) for rows in (np.arange(20), order))
    assert (one.settings["first"], one.settings["second"]) == ("Management", "Front line")
    pd.testing.assert_frame_equal(one.tables["gaps"], other.tables["gaps"])


@pytest.mark.parametrize("seed", range(20))
def test_a_difference_of_scores_stays_within_the_scale(seed):
    rng = np.random.default_rng(seed)
    roles = ["A"] * 5 + ["B"] * 5
    table = maturity.role_gap(_seen(np.r_[rng.integers(4, 6, 5), rng.integers(1, 3, 5)], roles=roles)).tables["gaps"]
    assert (table.low >= -100).all() and (table.high <= 100).all()
