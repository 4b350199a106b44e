"""Rows that an analysis rests on: in an order that no file decides."""

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses.rows import in_content_order


@pytest.mark.parametrize("seed", range(5))
def test_rows_stand_in_the_order_of_their_content(seed):
    """However a file is sorted, whatever its columns are called, with a constant column and weights four times as large."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"a": rng.integers(0, 4, 60), "b": rng.choice(["x", "y", None], 60), "w": rng.uniform(1, 2, 60),
                         "c": np.where(rng.random(60) < 0.2, np.nan, rng.integers(1, 6, 60))})  # fmt: skip
    told = rows.sample(frac=1, random_state=seed).assign(w=rows.w * 4).rename(columns={"a": "A", "c": "C"}).assign(client="acme")
    ours, theirs = in_content_order(rows), in_content_order(told)
    assert ours.a.tolist() == theirs.A.tolist() and ours.b.tolist() == theirs.b.tolist()
    assert theirs.w.to_numpy() == pytest.approx(4 * ours.w.to_numpy())
    assert sorted(ours.w) == sorted(rows.w) and ours.index.tolist() == list(range(60))
