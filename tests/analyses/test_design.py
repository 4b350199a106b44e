"""Settings refuse what no survey can mean, with the value met and the rule."""

import re

import pytest

from cxlib.analyses.design import Block, Design, Effort, Index, Question, Rating

ITEMS = {"a": "A", "b": "B"}


@pytest.mark.parametrize("make, met", [
    (lambda: Design(confidence=95), "confidence is 95"),
    (lambda: Design(confidence=0), "confidence is 0"),
    (lambda: Design(minimum=0), "minimum is 0"),
    (lambda: Design(population=-3), "population is -3"),
    (lambda: Question("q", (10, 0)), "scale is (10, 0)"),
    (lambda: Question("q", (5, 5)), "scale is (5, 5)"),
    (lambda: Question("q", (0, float("nan"))), "scale is (0, nan)"),
    (lambda: Rating("q", (1, 5), top=5), "top is 5"),
    (lambda: Rating("q", (1, 5), top=0), "top is 0"),
    (lambda: Effort("q", definition="average"), "definition is 'average'"),
    (lambda: Effort("q", easy="up"), "easy is 'up'"),
    (lambda: Index({}), "items is empty"),
    (lambda: Index(ITEMS, (7, 1)), "scale is (7, 1)"),
    (lambda: Index(ITEMS, at_least=3), "at_least is 3"),
    (lambda: Index(ITEMS, item_weights={"a": 1.0}), "item_weights name a"),
    (lambda: Index(ITEMS, item_weights={"a": 0.6, "b": 0.6}), "item_weights are {'a': 0.6, 'b': 0.6}"),
    (lambda: Index(ITEMS, item_weights={"a": 1.5, "b": -0.5}), "item_weights are"),
    (lambda: Block("L", {}), "items is empty"),
    (lambda: Block("L", ITEMS, (1, 1)), "scale is (1, 1)"),
    (lambda: Block("L", ITEMS, expectation={"c": "d"}), "expectation names c"),
    (lambda: Block("L", ITEMS, margin=-1), "margin is -1"),
])  # fmt: skip
def test_what_cannot_be_is_refused(make, met):
    with pytest.raises(ValueError, match=re.escape(met)):
        make()


@pytest.mark.parametrize("make", [
    lambda: Rating("q", (1, 5), top=4), lambda: Index({"a": "A"}), lambda: Index(ITEMS, (-10, 10), at_least=2),
    lambda: Index(ITEMS, item_weights={"a": 1 / 3, "b": 2 / 3}), lambda: Block("L", ITEMS, (0, 1), margin=0),
])  # fmt: skip
def test_what_can_be_is_taken(make):
    assert make() == make()
