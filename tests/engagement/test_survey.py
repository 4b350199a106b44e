import pandas as pd
import pytest

from cxlib.analyses.design import Block, Design, Effort, Index, Question, Questionnaire, Rating, Weighting
from cxlib.engagement import DataError, open_client, problems

CSV = """id;date;region;w;q1;q2;q3;s1;s2;a1;a2;e1
r1;2025-02-01;Nord;0,5;9;4;6;8;9;10;1;9
r2;2025-05-01;Syd;1,5;99;5;7;10;;98;2;8
r3;2024-11-30;;1;0;1;1;1;1;5;3;99
"""
SETTINGS = """survey:
  file: survey.csv
  respondent: id
  date: date
  weight: w
  population: 500
  segments: {region: Region}
  dont_know: [99]
  not_applicable: [98]
  recommend: {column: q1, scale: [0, 10], target: 30}
  rating: {column: q2, scale: [1, 5], target: 0.8}
  effort: {column: q3, scale: [1, 7], definition: mean, target: 5}
  satisfaction: {items: {s1: Overall, s2: Ideal}, scale: [1, 10], weights: {s1: 0.6, s2: 0.4}, target: 70}
  blocks:
    price: {label: Price, items: {a1: Value, a2: Clear}, scale: [1, 10], expectation: {a1: e1}, margin: 4}
  funnel: {invited: 50, completed: 3}
"""


@pytest.fixture
def survey(make):
    make(SETTINGS, {"survey.csv": CSV})
    return open_client("acme").survey


def fails(make, settings, csv, *, id="acme"):
    """The lines of the DataError of a survey."""
    make(f"survey:\n  file: survey.csv\n{settings}", {"survey.csv": csv}, id=id)
    with pytest.raises(DataError) as raised:
        _ = open_client(id).survey
    assert set(raised.value.problems) <= set(problems(id))
    return str(raised.value).splitlines()


def test_rows(survey):
    rows = survey.rows
    assert list(rows.index) == [0, 1, 2]
    assert list(rows["id"]) == ["r1", "r2", "r3"]
    assert list(rows["w"]) == [0.5, 1.5, 1.0]
    assert list(rows["q1"].fillna(-1)) == [9, -1, 0]
    assert list(rows["a1"].fillna(-1)) == [10, -1, 5]
    assert list(rows["region"].fillna("")) == ["Nord", "Syd", ""]
    assert rows["date"].dt.year.tolist() == [2025, 2025, 2024]
    assert rows[["q1", "q2", "q3", "s1", "s2", "a1", "a2", "e1", "w"]].dtypes.eq(float).all()


def test_quarters_are_in_time_order(survey):
    period = survey.rows["period"]
    assert list(period) == ["2025-Q1", "2025-Q2", "2024-Q4"]
    assert list(period.cat.categories) == ["2024-Q4", "2025-Q1", "2025-Q2"]
    assert period.cat.ordered


def test_questions_as_analyses_take_them(survey):
    none = {"dont_know": 0, "not_applicable": 0, "blank": 0}
    assert survey.recommend == Question("q1", (0, 10), 30, {"dont_know": 1, "not_applicable": 0, "blank": 0})
    assert survey.rating == Rating("q2", (1, 5), 0.8, none, top=2)
    assert survey.effort == Effort("q3", (1, 7), 5, none, definition="mean", easy="high")
    weights, blank = {"s1": 0.6, "s2": 0.4}, {"dont_know": 0, "not_applicable": 0, "blank": 1}
    assert survey.satisfaction == Index({"s1": "Overall", "s2": "Ideal"}, (1, 10), 1, weights, 70, blank)
    price = Block("Price", {"a1": "Value", "a2": "Clear"}, (1, 10), {"a1": "e1"}, 4, none | {"not_applicable": 1})
    assert survey.blocks == {"price": price}
    assert survey.unanswered["e1"] == {"dont_know": 1, "not_applicable": 0, "blank": 0}
    assert survey.design == Design("period", "w", 500, minimum=5)
    assert survey.weighting == Weighting(start="w", labels={"region": "Region"})
    assert survey.segments == {"region": "Region"}
    assert survey.funnel == {"invited": 50, "completed": 3}


def test_what_was_not_asked(make):
    make("survey:\n  file: survey.csv\n  segments: {region: R}\n", {"survey.csv": CSV})
    survey = open_client("acme").survey
    assert survey.asked == Questionnaire(paths={})
    assert survey.recommend is survey.rating is survey.effort is survey.satisfaction is survey.loyalty is None
    assert survey.blocks == survey.paths == survey.funnel == {}
    assert survey.design == Design()
    assert list(survey.rows) == ["region"]


def test_paths(survey, make):
    assert survey.paths == {"satisfaction": ["price"]}
    more = "  loyalty: {items: {q2: Again}, scale: [1, 5]}\n"
    make(SETTINGS + more, {"survey.csv": CSV}, id="two")
    assert open_client("two").survey.paths == {"satisfaction": ["price"], "loyalty": ["satisfaction"]}
    make(SETTINGS + more + "  paths: {loyalty: [price, satisfaction]}\n", {"survey.csv": CSV}, id="three")
    assert open_client("three").survey.paths == {"loyalty": ["price", "satisfaction"]}


def test_row_order_changes_no_row(make):
    make(SETTINGS, {"survey.csv": CSV})
    head, *lines = CSV.splitlines()
    make(SETTINGS, {"survey.csv": "\n".join([head, *reversed(lines)])}, id="turned")
    one, two = (open_client(id).survey.rows.set_index("id").sort_index() for id in ("acme", "turned"))
    pd.testing.assert_frame_equal(one, two)


def test_every_format_gives_the_same_survey_F06_F07(make):
    """cp1252 with ; and decimal comma, UTF-16 with tabs, UTF-8 with , and point, xlsx, parquet: one and the same."""
    import io

    frames = []
    plain = pd.read_csv(io.StringIO(CSV), sep=";", decimal=",")
    excel, parquet = io.BytesIO(), io.BytesIO()
    plain.to_excel(excel, index=False)
    plain.to_parquet(parquet)
    for number, (name, data) in enumerate(
        [
            ("survey.csv", CSV.encode("cp1252")),
            ("survey.csv", CSV.replace(";", "\t").encode("utf-16")),
            ("survey.csv", CSV.replace(",", ".").replace(";", ",").encode("utf-8-sig")),
            ("survey.xlsx", excel.getvalue()),
            ("survey.parquet", parquet.getvalue()),
        ]
    ):
        make(SETTINGS.replace("survey.csv", name), {name: data}, id=f"c{number}")
        frames.append(open_client(f"c{number}").survey.rows)
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0])


# ---------------------------------------------------------------- whose answers, and how often
def test_another_clients_file_is_refused_A06(make):
    (line,) = fails(make, "  client: c\n", "c;q1\nacme;1\nbeta;2\nbeta;3\n")
    assert line.startswith('acme/survey.csv, rows 3, 4, column "c": must be acme in every row. ')
    assert "another client's file" in line


def test_row_without_a_client_is_refused_A06(make):
    (line,) = fails(make, "  client: c\n", "c;q1\nacme;1\n;2\n")
    assert "row 3" in line


def test_right_client_in_every_row_A06(make):
    make("survey:\n  file: survey.csv\n  client: c\n  segments: {q1: Q}\n", {"survey.csv": "c;q1\nacme;1\n acme ;2\n"})
    assert list(open_client("acme").survey.rows) == ["q1"]


def test_file_of_another_folder_is_refused_A08(make):
    make(id="beta", files={"survey.csv": CSV})
    make("survey:\n  file: ../beta/survey.csv\n")
    assert "leaves the client's folder" in str(problems("acme")[0])


def test_respondent_twice_F05(make):
    (line,) = fails(make, "  respondent: id\n", "id;q1\na;1\nb;2\na;3\na ;4\n")
    assert line.startswith('acme/survey.csv, rows 4, 5, column "id": the same value stands in an earlier row.')


def test_respondent_missing_F05(make):
    (line,) = fails(make, "  respondent: id\n", "id;q1\na;1\n;2\n")
    assert "the id is missing" in line


@pytest.mark.parametrize(
    ("weight", "told"),
    [("0", "more than 0"), ("-1", "more than 0"), ("", "the weight is missing"), ("nan", "not a number"),
     ("inf", "not a number"), ("1e308", "at most 1,000,000"), ("x", "not a number"), ("-0.0", "more than 0")],
)  # fmt: skip
def test_weight_F13(make, weight, told):
    (line,) = fails(make, "  weight: w\n", f"w;q1\n1.5;1\n{weight};2\n")
    assert told in line
    assert 'row 3, column "w"' in line


def test_frequency_repeats_rows(make):
    settings = (
        "survey:\n  file: survey.csv\n  frequency: n\n  dont_know: [9]\n  rating: {column: q, scale: [1, 3], top: 1}\n"
    )
    make(settings, {"survey.csv": "q,n\n1,2\n3,1\n9,4\n"})
    survey = open_client("acme").survey
    assert list(survey.rows["q"].fillna(0)) == [1, 1, 3, 0, 0, 0, 0]
    assert list(survey.rows.index) == list(range(7))
    assert survey.rating.unanswered["dont_know"] == 4
    assert "n" not in survey.rows


@pytest.mark.parametrize(
    ("count", "told"),
    [("-2", "at least 0"), ("1.5", "whole number"), ("", "missing"), ("9999999", "more than 5,000,000"),
     ("inf", "not a number"), ("1e300", "more than 5,000,000")],
)  # fmt: skip
def test_frequency_wrong(make, count, told):
    (line,) = fails(make, "  frequency: n\n", f"q,n\n1,2\n1,{count}\n")
    assert told in line


# ---------------------------------------------------------------- when
def test_periods_in_their_own_order(make):
    settings = "survey:\n  file: survey.csv\n  period: wave\n  periods: [Vår, Höst, Vinter]\n"
    make(settings, {"survey.csv": "wave;q\nHöst;1\nVår;2\n"})
    survey = open_client("acme").survey
    assert list(survey.rows["wave"].cat.categories) == ["Vår", "Höst"]
    assert survey.design.period == "wave"


def test_periods_in_the_alphabets_or_the_numbers_order(make):
    make("survey:\n  file: survey.csv\n  period: wave\n", {"survey.csv": "wave;q\n10;1\n9;2\n10;3\n"})
    assert list(open_client("acme").survey.rows["wave"].cat.categories) == ["9", "10"]


def test_unknown_period_F17(make):
    (line,) = fails(make, "  period: wave\n  periods: [Spring, Autumn]\n", "wave;q\nSpring;1\nAutum;2\nAutum;3\n")
    assert 'rows 3, 4, column "wave": is not one of `periods`: "Autum". Is it "Autumn"?' in line


def test_1700_unknown_periods_are_one_line(make):
    csv = "wave;q\n" + "".join(f"a private remark number {i};1\n" for i in range(1700))
    (line,) = fails(make, "  period: wave\n  periods: [Spring]\n", csv)
    assert "private" not in line
    assert "1,696 more" in line


def test_dates_as_declared(make):
    settings = 'survey:\n  file: survey.csv\n  read: {dates: "%d-%m-%Y"}\n  date: d\n'
    make(settings, {"survey.csv": "d;period\n31-03-2025;x\n01-04-2025;y\n"})
    rows = open_client("acme").survey.rows
    assert list(rows["period"]) == ["2025-Q1", "2025-Q2"]  # a column `period` that is not described is not read


def test_name_of_the_quarter_when_the_file_has_a_period(make):
    settings = "survey:\n  file: survey.csv\n  date: d\n  segments: {period: Wave}\n"
    make(settings, {"survey.csv": "d;period\n2025-03-31;x\n"})
    survey = open_client("acme").survey
    assert survey.design.period == "period (quarter)"
    assert list(survey.rows["period"]) == ["x"]


@pytest.mark.parametrize(
    ("date", "told"), [("31-03-2025", "read: {dates: "), ("45000", "not a date"), ("1025-03-01", "1990")]
)
def test_wrong_date(make, date, told):
    (line,) = fails(make, "  date: d\n", f"d;q\n2025-01-01;1\n{date};2\n")
    assert told in line
    assert "row 3" in line


def test_missing_date_is_a_warning(make):
    make("survey:\n  file: survey.csv\n  date: d\n", {"survey.csv": "d;q\n2025-01-01;1\n;2\n"})
    survey = open_client("acme").survey
    assert survey.rows["period"].isna().tolist() == [False, True]
    assert "the date is missing" in str(survey.notes)


# ---------------------------------------------------------------- weighting to known shares
MARGINS = "  margins: {region: {Nord: 0.4, Syd: 0.6}}\n  trim: [0.3, 3]\n"


def test_margins(make):
    make(f"survey:\n  file: survey.csv\n{MARGINS}", {"survey.csv": "region;q\nNord;1\nSyd ;2\n"})
    survey = open_client("acme").survey
    margins = {"region": {"Nord": 0.4, "Syd": 0.6}}
    assert survey.weighting == Weighting(margins, (0.3, 3))
    assert list(survey.rows["region"]) == ["Nord", "Syd"]


@pytest.mark.parametrize(
    ("csv", "told"),
    [
        ("region;q\nNord;1\nSyd;2\n;3\n", "row 4, column \"region\": the group is missing"),
        ("region;q\nNord;1\nSyd;2\nsyd;3\nsyd;3\n", 'has no share under `margins`: "syd". Is it "Syd"?'),
        ("region;q\nNord;1\nNord;2\n", 'nobody is in the group "Syd"'),
    ],
)  # fmt: skip
def test_margins_that_do_not_fit_F13(make, csv, told):
    (line,) = fails(make, MARGINS, csv)
    assert told in line


# ---------------------------------------------------------------- one column, one meaning
def test_two_questions_on_one_column_agree(make):
    settings = """survey:
  file: survey.csv
  recommend: {column: q, scale: [0, 10]}
  loyalty: {items: {q: Would recommend}, scale: [0, 10]}
"""
    make(settings, {"survey.csv": "q;x\n7;1\n"})
    survey = open_client("acme").survey
    assert survey.recommend.score == "q"
    assert list(survey.loyalty.items) == ["q"]


def test_two_questions_on_one_column_disagree(make):
    settings = "  recommend: {column: q, scale: [0, 10]}\n  loyalty: {items: {q: Q}, scale: [1, 10]}\n"
    (line,) = fails(make, settings, "q;x\n7;1\n")
    assert line.startswith("acme/client.yml, line 7, key survey.loyalty.items: ")
    assert "read in another way by survey.recommend.column" in line


@pytest.mark.parametrize(
    "settings",
    ["  respondent: q\n  recommend: {column: q, scale: [0, 10]}\n", "  date: q\n  segments: {q: Q}\n",
     "  weight: q\n  frequency: q\n"],
)  # fmt: skip
def test_column_with_two_parts(make, settings):
    assert any('the column "q" is also survey.' in line for line in fails(make, settings, "q;x\n1;2\n"))


def test_period_may_be_a_segment(make):
    make("survey:\n  file: survey.csv\n  period: p\n  segments: {p: P}\n", {"survey.csv": "p;x\n1;2\n"})
    assert open_client("acme").survey.rows["p"].cat.ordered


# ---------------------------------------------------------------- everything at once
def test_all_problems_come_at_once(make):
    csv = (
        CSV.replace("r2;2025-05-01", "r1;2025-02-03")
        .replace("1,5;99", "0;77")
        .replace("2024-11-30", "30/11/2024")
        .replace(";5;7;", ";x;7;")
    )
    make(SETTINGS, {"survey.csv": csv})
    with pytest.raises(DataError) as raised:
        _ = open_client("acme").survey
    assert {problem.column for problem in raised.value.problems} == {"id", "w", "q1", "q2", "date"}
    assert all(problem.file == "acme/survey.csv" for problem in raised.value.problems)
    assert problems("acme") == list(raised.value.problems)


def test_all_missing_column_is_no_error_F04(make):
    make("survey:\n  file: survey.csv\n  recommend: {column: q, scale: [0, 10]}\n", {"survey.csv": "q;x\n;1\n;2\n"})
    survey = open_client("acme").survey
    assert survey.recommend.unanswered["blank"] == 2
    assert survey.rows["q"].isna().all()


def test_one_answer_F02(make):
    make("survey:\n  file: survey.csv\n  recommend: {column: q, scale: [0, 10]}\n", {"survey.csv": "q;x\n7;1\n"})
    assert open_client("acme").survey.rows["q"].tolist() == [7.0]


def test_sav_survey_F09(make, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat is an extra: cxlib[spss]")
    frame = pd.DataFrame({"q1": [9.0, 99.0, 11.0, 3.0], "region": [1.0, 2.0, 1.0, 9.0]})
    pyreadstat.write_sav(
        frame,
        tmp_path / "a.sav",
        variable_value_labels={"region": {1: "Nord", 2: "Øst", 9: "?"}, "q1": {11: "Vet ikke"}},
        missing_ranges={"q1": [{"lo": 99, "hi": 99}], "region": [{"lo": 9, "hi": 9}]},
    )
    settings = """survey:
  file: a.sav
  segments: {region: Region}
  dont_know: [Vet ikke]
  recommend: {column: q1, scale: [0, 10]}
"""
    make(settings, {"a.sav": (tmp_path / "a.sav").read_bytes()})
    survey = open_client("acme").survey
    assert list(survey.rows["region"].fillna("")) == ["Nord", "Øst", "Nord", ""]
    assert list(survey.rows["q1"].fillna(-1)) == [9, -1, -1, 3]
    assert survey.recommend.unanswered == {"dont_know": 1, "not_applicable": 0, "blank": 1}


def test_more_answers_than_customers_are_refused(make):
    settings = "survey:\n  file: survey.csv\n  population: 2\n  recommend: {column: q1, scale: [0, 10]}\n"
    make(settings, {"survey.csv": "q1\n9\n8\n7\n"})
    with pytest.raises(DataError, match="3 answered, more than the population of 2"):
        open_client("acme").survey  # noqa: B018
