"""Result, Finding and Sentences: what every analysis hands on."""

import pandas as pd
import pytest

from cxlib.analyses.result import Base, Finding, Result, Sentences, slots

SAYS = Sentences({"nps.level": ("neutral", "NPS is {nps:points} ({n:count} answers)."), "absent.nps": ("absent", "No NPS.")})


def test_a_finding_carries_key_message_values_and_tone():
    finding = SAYS.finding("nps.level", nps=12.5, n=40)
    assert (finding.key, finding.tone, finding.values) == ("nps.level", "neutral", {"nps": 12.5, "n": 40})
    assert finding.message == "NPS is {nps:points} ({n:count} answers)."


def test_an_empty_slot_and_an_unknown_verdict_are_refused():
    with pytest.raises(ValueError, match=r"'nps.level' lacks the value of n"):
        SAYS.finding("nps.level", nps=1)
    with pytest.raises(KeyError):
        SAYS.finding("nps.great")


def test_an_unknown_tone_is_refused():
    with pytest.raises(ValueError, match="tone of 'a' is 'happy'; it must be one of good, bad"):
        Sentences({"a": ("happy", "A.")})


def test_absent_means_every_finding_is_absent():
    assert Result.missing("nps", SAYS.finding("absent.nps")).absent
    assert not Result("nps", {}, (), None).absent


def test_slots_are_named_once_whatever_their_style():
    assert slots("{a:points} of {b} and {a}") == {"a", "b"}


def test_a_result_fits_one_screen_in_plain_python():
    wide = pd.DataFrame([[0.0] * 60] * 500, columns=[f"column_{n}" for n in range(60)])
    finding = Finding("level.latest", "Not printed.", {}, "neutral")
    said = repr(Result("index", {"periods": wide}, (finding,), Base(510, 500)))
    lines = said.splitlines()
    assert lines[:2] == ["Result 'index': 500 of 510 rows used", "  finding level.latest"]
    assert lines[2].startswith("  table 'periods', 500 x 60: column_0, column_1") and len(lines[2]) < 120
