"""Where the company stands in one sentence: counted from the verdicts of the figures, each of which has its own."""

from itertools import product

import pandas as pd
import pytest

from cxlib.analyses import status
from cxlib.analyses.result import Base, Finding, Result
from cxlib.analyses.status.figures import SAYS

CHANGES = {"change.rose": "good", "change.fell_better": "good", "ease.rose": "good", "change.fell": "bad", "change.unclear": "unclear"}
TARGETS = {"target.reached": "good", "target.missed": "bad", "target.unclear": "unclear"}


def figure(name: str, change: str = "", target: str = "", before: str = "2025-Q1") -> Result:
    said = [Finding("level.only", "l", {"figure": name}, "neutral")]
    said += [Finding(target, "t", {"figure": name, "target": 3.0}, TARGETS[target])] if target else []
    said += [Finding(change, "c", {"figure": name, "before": before, "change": 1.0}, CHANGES[change])] if change else []
    said += [Finding("trend.rose", "r", {"figure": name, "change": 1.0}, "good")]
    table = pd.DataFrame({"figure": [name], "n": [9], "estimate": [1.0], "definition": ["d"]})
    return Result(name, {"figure": table}, tuple(said), Base(9, 9))


def standing(*figures: Result) -> Finding | None:
    first = status.key_figures(*figures).findings[0]
    return first if first.key.startswith("standing") else None


@pytest.mark.parametrize(("changes", "targets"), [*product(product(CHANGES, repeat=2), product(TARGETS, repeat=2))][::7])
def test_what_is_counted_are_the_verdicts(changes, targets):
    found = standing(*(figure(f"f{n}", change, target) for n, (change, target) in enumerate(zip(changes, targets, strict=True))))
    tones = [CHANGES[change] for change in changes]
    aims = [TARGETS[target] for target in targets]
    assert found.values["better"] == tones.count("good") and found.values["worse"] == tones.count("bad")
    assert (found.values["met"], found.values["missed"], found.values["open"]) == tuple(map(aims.count, ("good", "bad", "unclear")))
    every = {*tones, *aims}
    assert found.tone == ("bad" if "bad" in every else "good" if "good" in every else "unclear")


def test_by_hand_three_figures_of_which_one_rose_and_one_target_was_missed():
    found = standing(figure("a", "change.rose", "target.missed"), figure("b", "change.unclear"), figure("c", "change.unclear", "target.reached"))
    assert found.key == "standing.bad" and dict(found.values) == {
        "before": "2025-Q1", "figures": 3, "better": 1, "worse": 0, "targets": 2, "met": 1, "missed": 1, "open": 0
    }  # fmt: skip


def test_one_of_either_is_not_counted_and_periods_are_not_mixed():
    assert standing(figure("a", "change.rose", "target.missed"), figure("b")) is None
    assert standing(figure("a", "change.rose"), figure("b", "change.fell", before="2024-Q4")) is None
    mixed = standing(figure("a", "change.rose", "target.missed"), figure("b", "change.fell", "target.reached", before="2024-Q4"))
    assert mixed.key == "standing_targets.bad" and "better" not in mixed.values


def test_every_kind_has_its_sentence():
    assert {key for key in SAYS if key.startswith("standing")} == {
        f"{kind}.{tone}" for kind in ("standing", "standing_moved", "standing_targets") for tone in ("good", "bad", "unclear")
    }
