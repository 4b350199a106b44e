"""Result, Finding and Sentences: what every analysis hands on."""

import json
import math
import random

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses.result import TONES, Base, Finding, Named, Quantity, Result, Sentences, Term, slots

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


def generated(seed: int) -> Result:
    """A result of anything that a result may hold."""
    chance = random.Random(seed)
    text = lambda: "".join(chance.choices("aå{} <\u00a0", k=chance.randint(0, 4)))  # noqa: E731
    number = lambda: chance.choice([0.0, math.nan, 1e-9, 123456789.5, chance.gauss(0, 99)])  # noqa: E731
    whole = lambda: chance.randint(-(2**53), 2**53)  # noqa: E731
    truth = lambda: chance.random() < 0.5  # noqa: E731
    value = lambda: chance.choice([text, number, whole, truth, lambda: None])()  # noqa: E731
    ours = [lambda: Term(text()), lambda: Quantity(number(), "percent"), lambda: [text(), text()], value]
    slots_of = lambda: {f"s{n}": chance.choice(ours)() for n in range(chance.randint(0, 4))}  # noqa: E731
    columns = [text, number, whole, truth, value, lambda: chance.choice([None, number()]), lambda: chance.choice([None, whole()])]
    tables = {}
    for name in range(chance.randint(0, 2)):
        rows, made = chance.randint(0, 3), chance.sample(columns, chance.randint(1, 4))
        tables[f"t{name}"] = pd.DataFrame({f"c{n}": [make() for _ in range(rows)] for n, make in enumerate(made)})
    findings = [Finding(f"k{n}", text(), slots_of(), chance.choice(TONES)) for n in range(chance.randint(0, 3))]
    base = Base(chance.randint(0, 9), chance.randint(0, 9), {text(): 1}, chance.choice([None, 3.3333333333]))
    return Result("r", tables, tuple(findings), base, {"a": value(), "b": slots_of(), "c": (1, 2.5)}, text())


@pytest.mark.parametrize("seed", range(200))
def test_a_result_read_back_from_json_is_the_same(seed):
    result = generated(seed)
    told = result.to_json()
    again = Result.from_json(json.loads(json.dumps(told, allow_nan=False)))
    assert json.dumps(again.to_json(), sort_keys=True) == json.dumps(told, sort_keys=True)
    assert again.absent == result.absent
    for new, old in zip(again.findings, result.findings, strict=True):
        assert {slot: type(value) for slot, value in new.values.items() if isinstance(value, (Term, Quantity))} == {
            slot: type(value) for slot, value in old.values.items() if isinstance(value, (Term, Quantity))
        }


def test_a_table_read_back_has_numbers_where_it_had_numbers():
    table = pd.DataFrame({"n": [3, 4], "share": [0.1, None], "group": ["a", None], "certain": [True, False], "mixed": [1, 2.5]})
    table["mixed"] = pd.Series([1, None], dtype=object)
    again = Result.from_json(Result("r", {"t": table, "none": table.iloc[:0]}, (), Base(1, 1)).to_json()).tables
    assert list(again["t"].dtypes.astype(str)) == ["int64", "float64", "object", "bool", "object"]
    assert again["t"]["group"].tolist() == ["a", None] and again["t"]["mixed"].tolist() == [1, None]
    assert list(again["none"].columns) == list(table) and not len(again["none"])


def test_json_without_a_part_is_refused():
    told = Result("r", {}, (), Base(1, 1)).to_json()
    with pytest.raises(KeyError, match="base"):
        Result.from_json({part: value for part, value in told.items() if part != "base"})


def test_figures_of_sentences_that_no_table_holds_are_told_with_what_they_are():
    says = Sentences(
        {"found": ("neutral", "{block}: {early:signed} before, {share:percent} ({low:percent} to {high:percent}) of {n:count}.")},
        named={"early": Named(Term("Before")), "found.share": Named(Term("Share"), "low", "high"), "other": Named(Term("Other"))},
    )
    finding = says.finding("found", block="Price", early=Quantity(-0.5, "signed_gap_fine"), share=0.25, low=0.2, high=0.3, n=40)
    told = Result("r", {}, (finding,), Base(40, 40)).told
    assert told.replace(np.nan, None).to_dict("records") == [
        {"subject": "Price", "figure": "Before", "estimate": -0.5, "low": None, "high": None, "unit": "signed_gap_fine"},
        {"subject": "Price", "figure": "Share", "estimate": 0.25, "low": 0.2, "high": 0.3, "unit": "percent"},
    ]
    assert Result.from_json(Result("r", {}, (finding,), Base(40, 40)).to_json()).told.estimate.tolist() == [-0.5, 0.25]
