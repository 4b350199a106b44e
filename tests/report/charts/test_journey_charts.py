import pandas as pd

from cxlib.analyses.journey.hand_overs import VERDICTS
from cxlib.analyses.result import Base, Result
from cxlib.report import Page
from cxlib.report.charts import journey as charts


def between(*pairs):
    rows = [{"pair": f"{giver} → {receiver}", "giver": giver, "receiver": receiver, "hand_overs": 50 + at, "effect": -0.1 * at, "effect_low": -0.5,
             "effect_high": 0.5, "wait_share": 0.01, "verdict": next(iter(VERDICTS.values()))} for at, (giver, receiver) in enumerate(pairs)]  # fmt: skip
    return Result("hand_overs", {"pairs": pd.DataFrame(rows)}, (), Base(90, 90))


def test_a_department_to_which_nobody_hands_over_has_no_column_and_one_that_hands_nothing_over_no_row():
    figure, _ = charts.hand_overs(between(("Sales", "Billing"), ("Billing", "Field"), ("Sales", "Field")), Page(client="A", language="en"))
    written = [text.get_text() for text in figure.findobj(lambda part: hasattr(part, "get_text"))]
    assert {"From Sales", "From Billing", "to Billing", "to Field"} <= set(written)
    assert not {"to Sales", "From Field"} & set(written)
