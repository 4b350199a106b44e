"""Where the company stands in a sentence or two: counted from the verdicts of the figures, each of which has its own."""

import re
from itertools import product

import pandas as pd
import pytest

from cxlib.analyses import status
from cxlib.analyses.result import Base, Finding, Result
from cxlib.analyses.status.figures import SAYS
from cxlib.languages import LANGUAGES
from cxlib.report.language.words import sentence

CHANGES = {"change.rose": "good", "change.fell_better": "good", "ease.rose": "good", "change.fell": "bad", "change.unclear": "unclear"}
TARGETS = {"target.reached": "good", "target.missed": "bad", "target.unclear": "unclear"}


def figure(name: str, change: str = "", target: str = "", before: str = "2025-Q1") -> Result:
    said = [Finding("level.only", "l", {"figure": name, "estimate": 1.0, "low": 0.5, "high": 1.5}, "neutral")]
    said += [Finding(target, "t", {"figure": name, "target": 3.0}, TARGETS[target])] if target else []
    said += [Finding(change, "c", {"figure": name, "before": before, "change": 1.0}, CHANGES[change])] if change else []
    said += [Finding("trend.rose", "r", {"figure": name, "change": 1.0}, "good")]
    table = pd.DataFrame({"figure": [name], "n": [9], "estimate": [1.0], "definition": ["d"]})
    return Result(name, {"figure": table}, tuple(said), Base(9, 9))


def standing(*figures: Result) -> list[Finding]:
    return [finding for finding in status.key_figures(*figures).findings if finding.key.startswith("standing")]


@pytest.mark.parametrize(("changes", "targets"), [*product(product(CHANGES, repeat=2), product(TARGETS, repeat=2))][::7])
def test_what_is_counted_are_the_verdicts(changes, targets):
    found = standing(*(figure(f"f{n}", change, target) for n, (change, target) in enumerate(zip(changes, targets, strict=True))))
    moved, aims = (next(f for f in found if f.key.startswith(f"standing_{part}.")) for part in ("moved", "targets"))
    for finding, tones, names in ((moved, [*map(CHANGES.get, changes)], ("better", "worse")), (aims, [*map(TARGETS.get, targets)], ("met", "missed"))):
        assert tuple(map(finding.values.get, names)) == tuple(map(tones.count, ("good", "bad")))
        assert finding.tone == ("bad" if "bad" in tones else "good" if "good" in tones else "unclear")
    assert [f.tone for f in found] == sorted((f.tone for f in found), key=("bad", "good", "unclear").index)


@pytest.mark.parametrize(("changes", "targets"), [*product(product(CHANGES, repeat=3), product(TARGETS, repeat=3))][::113])
def test_no_sentence_counts_nobody(changes, targets):
    """A count of zero is said in words: none of them."""
    for finding in standing(*(figure(f"f{n}", c, t) for n, (c, t) in enumerate(zip(changes, targets, strict=True)))):
        for language in LANGUAGES:
            assert not re.search(r"(?<!\d)0(?!\d)", sentence(finding.message, finding.values, language)), finding.key


def test_by_hand_three_figures_of_which_one_rose_and_one_target_was_missed():
    targets, moved = standing(figure("a", "change.rose", "target.missed"), figure("b", "change.unclear"), figure("c", "change.unclear", "target.reached"))
    assert moved.key == "standing_moved.better" and dict(moved.values) == {"before": "2025-Q1", "figures": 3, "better": 1, "worse": 0}
    assert targets.key == "standing_targets.both" and dict(targets.values) == {"targets": 2, "met": 1, "missed": 1}


def test_one_of_either_is_not_counted_and_periods_are_not_mixed():
    assert standing(figure("a", "change.rose"), figure("b")) == []
    assert standing(figure("a", "change.rose"), figure("b", "change.fell", before="2024-Q4")) == []
    (mixed,) = standing(figure("a", "change.rose", "target.missed"), figure("b", "change.fell", "target.reached", before="2024-Q4"))
    assert mixed.key == "standing_targets.both"


def test_every_kind_has_its_sentence():
    cases = [[(change, "") for change in changes] for changes in product(CHANGES, repeat=3)]
    cases += [[("", target) for target in targets] for targets in product(TARGETS, repeat=3)]
    told = [standing(*(figure(f"f{n}", *case) for n, case in enumerate(cases_))) for cases_ in cases]
    told += [standing(figure("f", target=target)) for target in TARGETS]
    assert {finding.key for findings in told for finding in findings} == {key for key in SAYS if key.startswith("standing")}


@pytest.mark.parametrize(("target", "key"), [("target.reached", "met"), ("target.missed", "missed"), ("target.unclear", "open")])
def test_a_lone_target_is_told_with_its_figure(target, key):
    (told,) = standing(figure("a", "change.rose"), figure("b", target=target))
    assert told.key == f"standing_target.{key}" and told.tone == TARGETS[target]
    assert dict(told.values) == {"figure": "b", "estimate": 1.0, "low": 0.5, "high": 1.5, "target": 3.0}


def test_a_lone_target_of_answers_all_alike_is_not_told():
    alike = figure("a", target="target.unclear")
    level = Finding("level.no_interval", "l", {"figure": "a", "estimate": 1.0}, "unclear")
    assert standing(Result("a", dict(alike.tables), (level, *alike.findings[1:]), Base(9, 9)), figure("b")) == []
