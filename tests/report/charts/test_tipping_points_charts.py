"""The tipping-point charts say in words what they show, in every language, and survive what is missing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import tipping_points as tp
from cxlib.report import Page
from cxlib.report.charts import tipping_points as charts
from cxlib.report.charts.canvas import picture

LEVEL = tp.ServiceLevel("Wait $x$", column="minutes", unit="minutes", outcome="answer", scale=(0, 10))


def contacts(n=1500):
    rng = np.random.default_rng(0)
    x = np.ceil(rng.gamma(1.8, 6, n)).clip(max=40)
    gone = rng.random(n) < 0.02 * x
    answer = np.clip(np.round(8 - 2.0 * (x > 8) + rng.normal(0, 1, n)), 0, 10)
    return pd.DataFrame({"minutes": x, "answer": np.where(gone, np.nan, answer), "gone": gone * 1.0})


def drawn(chart, result, language="en"):
    return picture(chart, result, Page(language=language))


@pytest.mark.parametrize(("language", "words"), [("en", "minutes: "), ("da", "minutter: "), ("sv", "minuter: ")])
def test_picture_names_verdict_means_and_n(language, words):
    result = tp.verdicts(tp.examine(contacts(), {"wait": LEVEL}, draws=99))
    alt = drawn(charts.tipping_points, result, language).alt
    assert alt.startswith("Wait $x$ (") and words in alt
    first = result.tables["bins"].iloc[0]
    assert f"{Page(language=language).number(first['mean'], 'mean')} (n {first.n})" in alt


def test_those_who_gave_up_are_counted_in_each_stretch():
    frame = contacts()
    result = tp.verdicts(tp.examine(frame, {"wait": replace(LEVEL, abandoned="gone")}, draws=99))
    bins = result.tables["bins"]
    first = frame[frame.minutes.between(bins.lowest[0], bins.highest[0])]
    assert bins.abandoned[0] == pytest.approx(first.gone.mean())
    assert drawn(charts.tipping_points, result) is not None


def test_no_stretch_holds_fewer_than_the_minimum_or_lies_on_both_sides_of_the_point():
    result = tp.verdicts(tp.examine(contacts(), {"wait": LEVEL}, draws=99, minimum=40))
    bins, point = result.tables["bins"], result.tables["verdicts"].point[0]
    assert bins.n.min() >= 40
    assert bins.n.sum() == result.base.used
    assert not ((bins.lowest <= point) & (bins.highest > point)).any()


def test_what_if_names_every_gain():
    result = tp.what_if(tp.examine(contacts(), {"wait": LEVEL}, draws=99))
    alt = drawn(charts.what_if, result).alt
    assert "8 minutes: +" in alt


def test_nothing_is_drawn_where_nothing_could_be_looked_for():
    result = tp.verdicts(tp.examine(contacts(3), {"wait": LEVEL}, draws=99))
    assert drawn(charts.tipping_points, result) is None
