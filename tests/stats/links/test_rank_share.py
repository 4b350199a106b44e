import json
from pathlib import Path

import numpy as np
import pytest

from cxlib.stats.links.rank_share import share_at_rank

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference/business_case/wallet_allocation_rule.json").read_text())


@pytest.mark.parametrize("n", range(1, 7))
def test_shares_agree_with_the_published_table_and_add_to_one(n):
    shares = share_at_rank(np.arange(1, n + 1), n)
    assert shares.tolist() == pytest.approx(list(REFERENCE["table"][str(n)].values()), abs=1e-6)
    assert shares.sum() == pytest.approx(1)


def test_share_at_a_rank_counted_by_hand():
    assert share_at_rank([1, 2, 2], [3, 3, 4]).tolist() == pytest.approx([0.5, 1 / 3, 0.3])
    assert np.isnan(share_at_rank([np.nan], [3.0])[0])
    with pytest.raises(ValueError, match="rank == 4 is not among the 3 rivals"):
        share_at_rank([4], [3])
