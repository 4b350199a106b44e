"""What charts share: which rows of a long list are drawn."""

import numpy as np
import pandas as pd
import pytest

from cxlib.report.charts.canvas import telling_most
from cxlib.report.page import Page


@pytest.mark.parametrize("rows", [1, 11, 12, 13, 40])
def test_of_a_long_list_the_rows_farthest_from_zero_are_drawn_in_their_order(rows):
    table = pd.DataFrame({"moved": np.random.default_rng(rows).integers(-20, 20, rows)})
    drawn, told = telling_most(table, table.moved, Page())
    left = table.drop(drawn.index)
    assert len(drawn) == min(rows, 12) and list(drawn.index) == sorted(drawn.index)
    assert left.empty or left.moved.abs().max() <= drawn.moved.abs().min()
    assert told == ("" if left.empty else f"Drawn are the 12 largest of {rows}; the rest is in the figures.")
