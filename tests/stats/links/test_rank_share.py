import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlib.stats.links.rank_share import rank_gain, rank_shares, several_rivals, share_at_rank

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference/business_case/wallet_allocation_rule.json").read_text())


def test_shares_counted_by_hand():
    # Two rivals: (1 - 1/3) * 2/2 and (1 - 2/3) * 2/2.
    assert rank_shares(pd.DataFrame([[9, 4]])).to_numpy() == pytest.approx(np.array([[2 / 3, 1 / 3]]))


@pytest.mark.parametrize("n", range(1, 7))
def test_shares_agree_with_the_published_table_and_add_to_one(n):
    shares = rank_shares(pd.DataFrame([list(range(10, 10 - n, -1))])).iloc[0]
    assert shares.tolist() == pytest.approx(list(REFERENCE["table"][str(n)].values()), abs=1e-6)
    assert shares.sum() == pytest.approx(1)


def test_ties_share_their_rank_and_rivals_not_used_stay_missing():
    tie = REFERENCE["tie_example"]
    shares = rank_shares(pd.DataFrame([{**tie["ratings"], "D": np.nan}])).iloc[0]
    assert shares[["A", "B", "C"]].to_dict() == pytest.approx(tie["expected"], abs=1e-6)
    assert np.isnan(shares["D"])


def test_money_of_a_higher_rank():
    case = REFERENCE["money_example_formula"]
    gain = case["wallet_per_customer"] * rank_gain(case["n"], case["from_rank"], case["to_rank"])
    assert gain == pytest.approx(case["delta_revenue"], abs=1e-6)
    assert rank_gain(4, 1, 3) == -rank_gain(4, 3, 1)
    with pytest.raises(ValueError, match="from 1 to the 3 rivals"):
        rank_gain(3, 4, 1)


def test_share_at_a_rank_is_that_of_the_ratings():
    assert share_at_rank([1, 2, 2], [3, 3, 4]).tolist() == pytest.approx([0.5, 1 / 3, 0.3])
    assert np.isnan(share_at_rank([np.nan], [3.0])[0])
    with pytest.raises(ValueError, match="rank == 4 is not among the 3 rivals"):
        share_at_rank([4], [3])


def test_one_sided_markets_are_seen():
    # Three of four rate one rival only: share .25, mean (1 + 1 + 1 + 2) / 4.
    ratings = pd.DataFrame({"A": [9, 8, 7, 6], "B": [np.nan, np.nan, np.nan, 5]})
    assert several_rivals(ratings) == pytest.approx((0.25, 1.25))
    with pytest.raises(ValueError, match="row 1 rates no rival"):
        rank_shares(pd.DataFrame([[1, 2], [np.nan, np.nan]]))
    with pytest.raises(ValueError, match="nobody rates a rival"):
        several_rivals(pd.DataFrame({"A": [np.nan]}))
