import numpy as np
import pandas as pd
import pytest

from cxlib.engagement import DataError, open_client, problems

SMALL = """model: {id: small, version: "1", source: Own, minutes: 1}
languages: [en, da, sv]
scales: {three: {values: [1, 2, 3], labels: {en: [No, Some, Yes], da: [Nej, Delvis, Ja], sv: [Nej, Delvis, Ja]}}}
dont_know: {code: DK, en: Don't know, da: Ved ikke, sv: Vet ej}
steps:
- id: "1"
  name: {en: One, da: Et, sv: Ett}
  criteria:
  - {id: "1.1", key: a, name: {en: A, da: A, sv: A}, q: {en: a, da: a, sv: a}}
  - {id: "1.2", key: b, name: {en: B, da: B, sv: B}, q: {en: b, da: b, sv: b}}
"""
HEAD = "maturity:\n  small:\n    file: m.csv\n    respondent: who\n"
FULL = """    role: role
    unit: unit
    period: year
    dont_know: [dunno]
    not_relevant: [NR]
    invited: 5
    target: 70
    targets: {"1.2": 80}
"""
CSV = """who;role;unit;year;1.1;1.1 evidence;1.2
p1;Boss;A;2025;3;The minutes of 4 March;2
p2;;B;2025;DK; ;NR
p1;Boss;A;2024;Ja;;dunno
p3;Front;B;2025;;x;Ved ikke
"""


def assessment(make, settings=FULL, csv=CSV, **files):
    make(HEAD + settings, {"m.csv": csv, "models/small.yml": SMALL, **files})
    return open_client("acme").maturity("small")


def fails(make, settings=FULL, csv=CSV, **files):
    with pytest.raises(DataError) as raised:
        assessment(make, settings, csv, **files)
    assert set(raised.value.problems) <= set(problems("acme"))
    return str(raised.value).splitlines()


def test_answers(make):
    found = assessment(make)
    assert np.array_equal(found.answers, [[3, 2], [np.nan, np.nan], [3, np.nan], [np.nan, np.nan]], equal_nan=True)
    assert found.dont_know.to_numpy().tolist() == [[False, False], [True, False], [False, True], [False, True]]
    assert found.not_relevant.to_numpy().tolist() == [[False, False], [False, True], [False, False], [False, False]]
    assert list(found.answers) == list(found.dont_know) == ["1.1", "1.2"]
    assert (found.scale.low, found.scale.high) == (1, 3)
    assert found.invited == 5
    assert found.targets == {"1.1": 70, "1.2": 80}
    assert found.context.shape == (4, 0)
    assert found.benchmark is None


def test_evidence_is_known_and_its_text_forgotten(make):
    found = assessment(make)
    assert found.evidence.dtypes.eq(bool).all()
    assert found.evidence["1.1"].tolist() == [True, False, False, True]
    assert found.evidence["1.2"].tolist() == [False] * 4
    assert found.evidence_asked
    assert "4 March" not in repr(found)


def test_people_and_periods(make):
    found = assessment(make)
    assert list(found.people) == ["respondent", "role", "unit", "period", "guess"]
    assert found.people["respondent"].tolist() == ["p1", "p2", "p1", "p3"]
    assert found.people["role"].isna().tolist() == [False, True, False, False]
    assert found.periods == ["2024", "2025"]
    latest = found.in_period("2025")
    assert latest.people["respondent"].tolist() == ["p1", "p2", "p3"]
    assert latest.answers.index.tolist() == [0, 1, 2]


def test_one_assessment_has_no_periods(make):
    found = assessment(make, "", "who;1.1;1.2\na;1;2\n")
    assert found.periods == []
    assert found.people[["role", "unit", "period", "guess"]].isna().all().all()
    assert found.targets == {}


@pytest.mark.parametrize(
    ("csv", "told"),
    [
        ("who;1.1\na;1\n", 'column "1.2": there is no such column (the model small)'),
        ("who;1.1;1.2\na;1;2\na;2;2\n", 'row 3, column "who": the same value stands in an earlier row'),
        ("who;1.1;1.2\n;1;2\n", "the id is missing"),
        ("who;1.1;1.2\na;4;2\n", 'column "1.1": outside the scale 1-3: "4"'),
        ("who;1.1;1.2\na;1.5;2\n", "not one of the scale's answers (1, 2, 3)"),
        ("who;1.1;1.2\na;ja;2\nb;ja;2\n", 'Codes must match exactly: is it "Ja"?'),
        ("who;1.1;1.2\n", "a header and no rows"),
    ],
)
def test_wrong_answers(make, csv, told):
    assert any(told in line for line in fails(make, "", csv))


def test_the_same_person_twice_in_a_period_F05(make):
    (line,) = fails(make, "    period: year\n", "who;year;1.1;1.2\na;2024;1;1\na;2025;1;1\na;2025;2;2\n")
    assert 'row 4, column "who"' in line


def test_missing_period(make):
    (line,) = fails(make, "    period: year\n", "who;year;1.1;1.2\na;2024;1;1\nb;;1;1\n")
    assert "the period is missing" in line


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ('    targets: {"1.9": 50}\n', "acme/client.yml, line 8, key maturity.small.targets: 1.9 is not in the model"),
        ("    guess: who\n", "named twice"),
        ("    guess: g\n", "this model has no levels to guess"),
        ("    scale: four\n", "no scale four"),
        ("    target: 101\n", "at most 100"),
        ("    role: rolle\n", 'Did you mean "role"?'),
    ],
)
def test_wrong_settings(make, settings, told):
    assert any(told in line for line in fails(make, settings))


def test_more_answers_than_invited_is_a_warning(make):
    found = assessment(make, FULL.replace("invited: 5", "invited: 2"))
    assert "3 people answered, more than the 2 invited" in str(found.notes[-1])


# ---------------------------------------------------------------- benchmark
BENCHMARK = "    benchmark: {file: b.csv, company: company}\n"


def test_benchmark(make):
    found = assessment(make, BENCHMARK, "who;1.1;1.2\na;1;2\n", **{"b.csv": "company;1.1;1.2\nX;50,5;60\nY;;70\n"})
    assert found.benchmark.index.tolist() == ["X", "Y"]
    assert found.benchmark["1.1"].fillna(-1).tolist() == [50.5, -1]


@pytest.mark.parametrize(
    ("csv", "told"),
    [("company;1.1;1.2\nX;101;60\n", "outside the scale 0-100"), ("company;1.1;1.2\nX;1;6\nX;2;6\n", "the same value"),
     ("company;1.1\nX;1\n", "there is no such column")],
)  # fmt: skip
def test_wrong_benchmark(make, csv, told):
    assert any(told in line and "b.csv" in line for line in fails(make, BENCHMARK, **{"b.csv": csv}))


# ---------------------------------------------------------------- the staircase
IDS = [*(f"S1{n}" for n in range(1, 4)), *(f"S{k}{n}" for k in range(2, 6) for n in range(1, 5))]
CONTEXT = ["F1", "F2", "F3", "M1", "M2", "M3"]


def staircase(make, rows, columns=IDS, settings=""):
    csv = "\n".join(";".join(["who", "guess", *columns]) if i == 0 else row for i, row in enumerate(["", *rows]))
    make(f"maturity:\n  staircase:\n    file: s.csv\n    respondent: who\n    guess: guess\n{settings}", {"s.csv": csv})
    return open_client("acme").maturity("staircase")


@pytest.mark.parametrize("spelling", ["no partly mostly fully", "0 0,33 0.67 1", "Nej|Nogle steder|For det meste|Fuldt ud",
                                      "Nej|På vissa håll|Till största delen|Fullt ut", "No|In places|Mostly|Fully"])  # fmt: skip
def test_staircase_answers_in_every_spelling(make, spelling):
    answers = spelling.split("|") if "|" in spelling else spelling.split()
    found = staircase(make, [f"a;4;{';'.join((answers * 5)[:19])}", f"b;;{';'.join(['DK'] * 19)}"])
    assert found.answers.iloc[0, :4].tolist() == [0, 0.33, 0.67, 1]
    assert found.dont_know.iloc[1].all()
    assert found.people["guess"].fillna(0).tolist() == [4, 0]


def test_staircase_context(make):
    found = staircase(make, [f"a;1;{';'.join(['1'] * 19)};1;2;3;4;5;DK"], [*IDS, *CONTEXT])
    assert found.context.iloc[0].fillna(0).tolist() == [1, 2, 3, 4, 5, 0]
    assert list(found.answers) == IDS


@pytest.mark.parametrize(
    ("guess", "told"), [("6", "outside the scale 1-5"), ("0", "outside"), ("2.5", "whole"), ("x", "number")]
)
def test_wrong_guess(make, guess, told):
    with pytest.raises(DataError, match=told):
        staircase(make, [f"a;{guess};{';'.join(['1'] * 19)}"])


def test_context_is_asked_whole_or_not_at_all(make):
    with pytest.raises(DataError, match="the context questions F3, M1, M2, M3 are missing"):
        staircase(make, [f"a;1;{';'.join(['1'] * 21)}"], [*IDS, "F1", "F2"])


def test_heading_that_excel_made_a_number(make):
    """1.1 is a number in an xlsx; it is the same heading."""
    import io

    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["who", 1.1, 1.2])
    book.active.append(["a", 2, 3])
    file = io.BytesIO()
    book.save(file)
    make(HEAD.replace("m.csv", "m.xlsx"), {"m.xlsx": file.getvalue(), "models/small.yml": SMALL})
    assert open_client("acme").maturity("small").answers.iloc[0].tolist() == [2, 3]


# ---------------------------------------------------------------- columns by other names
def test_questions_of_the_model_are_found_by_their_words_and_others_by_columns(make):
    from cxlib.engagement import checked
    from cxlib.engagement.folder import Folder
    from cxlib.engagement.maturity_models import read_model

    model = read_model(Folder("acme", make("", {})), "loyalty")
    items = [item.id for item in model.items]
    rows = [[f"p{i}", *[str((i + j) % 5 + 1) for j in range(len(items))]] for i in range(6)]
    plain = pd.DataFrame(rows, columns=["person", *items])
    settings = "maturity:\n  loyalty: {{file: m.csv, respondent: person, scale: agree5{}}}\n"
    make(settings.format(""), {"m.csv": plain.to_csv(index=False)})
    expected = open_client("acme").maturity("loyalty").answers
    for language in ("en", "da", "sv"):
        asked = plain.rename(columns={item.id: item.question[language] for item in model.items})
        make(settings.format(""), {"m.csv": asked.to_csv(index=False)})
        pd.testing.assert_frame_equal(open_client("acme").maturity("loyalty").answers, expected)
        assert f"{len(items)} columns found by the heading of its question" in checked("acme")[1][1]
    own = asked.rename(columns={model.items[0].question["sv"]: "Ledningen"})
    make(settings.format(""), {"m.csv": own.to_csv(index=False)})
    with pytest.raises(DataError, match="there is no such column"):
        _ = open_client("acme").maturity("loyalty")
    make(settings.format(f', columns: {{"{items[0]}": Ledningen}}'), {"m.csv": own.to_csv(index=False)})
    pd.testing.assert_frame_equal(open_client("acme").maturity("loyalty").answers, expected)
    make(settings.format(', columns: {"1.99": Ledningen}'), {"m.csv": own.to_csv(index=False)})
    with pytest.raises(DataError, match=r"1\.99 is not in the model"):
        _ = open_client("acme").maturity("loyalty")
