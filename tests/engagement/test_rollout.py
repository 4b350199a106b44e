"""rollout of client.yml: what is read of it, and what is told when it is wrong."""

from datetime import date, timedelta

import pandas as pd
import pytest

from cxlib.engagement import DataError, open_client, problems
from cxlib.engagement.problems import errors

MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
UNITS = ("North", "South", "East", "West")
FIGURES = "rollout:\n  figures: {file: f.csv, unit: team, period: when, value: score, answers: n, label: Score}\n"
STARTS = "  starts: {file: b.csv, initiative: what, unit: team, start: from}\n"
SURVEY = "survey:\n  file: s.csv\n  unit: team\n  date: day\n  every: quarter\n  recommend: {column: q, scale: [0, 10]}\n  effort: {column: e, scale: [1, 7], definition: mean}\n"
PLAN = """initiatives: {file: i.csv, name: name, battle: battle, start: planned, end: full, started: began, spent: spent, cost_once: cost,
  effect: {columns: [low, mode, high], of: satisfaction}}
"""
PLANNED = "name,battle,planned,full,began,spent,cost,low,mode,high\nSooner,Speed,2025-01-01,2025-06-01,,,900,1,2,3\nSimpler,Clarity,2025-01-01,2025-06-01,2025-03-20,1200,900,0,1,2\n"
TRIAL = "  trials:\n    call: {file: t.csv, initiative: Call back, offered: {column: got, says: \"yes\"}, outcome: {column: score, scale: [1, 5]}}\n"
TRIED = "got,score\nyes,5\nYES,4\nno,2\nno,\n,3\n"


def levels(periods=MONTHS, units=UNITS, *, n=20):
    return "team,when,score,n\n" + "".join(f"{unit},{period},{50 + 3 * i + j % 7},{n}\n" for i, unit in enumerate(units) for j, period in enumerate(periods))


def begun(*starts):
    """Rows of initiative, unit and start."""
    return "what,team,from\n" + "".join(",".join(row) + "\n" for row in starts)


def survey(units=UNITS, years=(2024, 2025), *, times=1):
    """Every unit answers every month, so many times."""
    days = [(unit, f"{year}-{month:02d}-10") for year in years for month in range(1, 13) for unit in units for _ in range(times)]
    return "id,q,e,team,day\n" + "".join(f"r{i},{i % 11},{1 + i % 7},{unit},{day}\n" for i, (unit, day) in enumerate(days))


def told(found, rule):
    """The one problem with these words."""
    [problem] = [each for each in found if rule in each.rule]
    return problem


# ---------------------------------------------------------------- what is read
def test_figures_and_starts_by_date(make):
    make(FIGURES + STARTS, {"f.csv": levels(), "b.csv": begun(("Sooner", "North", "2025-03-01"), ("Sooner", "South", ""), ("Simpler", "East", "2025-04-30"))})
    found = open_client("acme").rollout
    assert found.starts[["initiative", "unit"]].to_numpy().tolist() == [["Sooner", "North"], ["Sooner", "South"], ["Simpler", "East"]]
    assert found.starts["start"].fillna("not yet").tolist() == ["2025-03", "not yet", "2025-05"]
    assert (found.label, found.outcome, found.unit, found.higher_is_better, found.smallest) == ("Score", "", None, True, 2)
    assert len(found.figures) == 96 and found.figures["period"].cat.ordered and list(found.figures["period"].cat.categories) == MONTHS
    assert found.figures.loc[0, ["unit", "period", "value", "answers"]].tolist() == ["East", "2024-01", 56, 20]
    assert found.ends["2024-02"] == date(2024, 2, 29) and found.chosen_by == {"Sooner": "other", "Simpler": "other"}
    assert problems("acme") == [] and found.planned == found.battles == found.trials == {}


def test_figures_by_date_are_cut_into_months_or_what_is_asked(make):
    by_date = FIGURES.replace("period: when", "date: when")
    rows = levels([f"{each}-07" for each in MONTHS])
    make(by_date, {"f.csv": rows})
    assert list(open_client("acme").rollout.figures["period"].cat.categories) == MONTHS
    make(by_date.replace("date: when", "date: when, every: week"), {"f.csv": rows})
    assert open_client("acme").rollout.figures["period"].cat.categories[0] == "2024-W01"
    make(by_date.replace("date: when", "date: when, every: quarter"), {"f.csv": rows})
    problem = told(problems("acme"), "the unit has this period in an earlier row")
    assert problem.count == 4 * 16 and "`every: week`" in problem.remedy


def test_the_survey_is_the_figure_where_no_table_is(make):
    make(SURVEY + "rollout:\n" + STARTS, {"s.csv": survey(), "b.csv": begun(("Sooner", "North", "2025-02-15"), ("Sooner", "South", "2025-Q3"))})
    assert told(problems("acme"), "is no period of the figure").row == 2  # not a date here and a period there
    make(SURVEY + "rollout:\n  outcome: effort\n" + STARTS, {"s.csv": survey(), "b.csv": begun(("Sooner", "North", "2025-02-15"), ("Sooner", "South", "2025-02-16"))})
    found = open_client("acme").rollout
    assert (found.figures, found.label, found.outcome, found.unit, found.higher_is_better) == (None, None, "effort", "team", True)
    assert found.starts["start"].tolist() == ["2025-Q1", "2025-Q2"]  # 15 February is the middle of the quarter
    make(SURVEY + "rollout:\n" + STARTS, {"s.csv": survey(), "b.csv": begun(("Sooner", "North", "2025-02-15"))})
    assert open_client("acme").rollout.outcome == "recommend"  # the first that is asked


@pytest.mark.parametrize("every", ["week", "month", "quarter", "half", "year"])
def test_a_start_in_the_first_half_of_a_period_counts_from_it_and_later_from_the_next(make, every):
    """Whatever the length of the periods: for every day of two months, by counting the days of its period."""
    first = {"week": date(2024, 1, 1), "month": date(2024, 1, 1), "quarter": date(2024, 1, 1), "half": date(2023, 1, 1), "year": date(2021, 1, 1)}[every]
    rows = "".join(f"{unit},{first + timedelta(days=i)},50,9\n" for unit in UNITS for i in range(0, (date(2027, 1, 1) - first).days))
    days = [date(2024, 12, 1) + timedelta(days=i) for i in range(62)]
    starts = [("Sooner", f"U{i}", str(day)) for i, day in enumerate(days)]
    settings = FIGURES.replace("period: when", f"date: when, every: {every}").replace("answers: n, ", "") + STARTS
    make(settings.replace("file: f.csv,", "file: f.csv, one_row: {of: [team, span]}, recode: {span: {from: when, every: " + every + "}},").replace("date: when, every: " + every, "period: span"),
         {"f.csv": "team,when,score,n\n" + _one_a_period(rows, every), "b.csv": begun(*starts, ("Simpler", "North", str(days[0])))})  # fmt: skip
    found = open_client("acme").rollout.starts.set_index("unit")["start"]
    cut = {"week": "W-SUN", "month": "M", "quarter": "Q", "half": None, "year": "Y"}[every]
    for i, day in enumerate(days):
        begins, ends = _half(day) if cut is None else (each.date() for each in (pd.Period(day, cut).start_time, pd.Period(day, cut).end_time))
        in_first_half = (day - begins).days <= (ends - day).days + 1
        expected = day if in_first_half else ends + timedelta(days=1)
        assert found[f"U{i}"] == _name(expected, every), day


def _half(day):
    return (date(day.year, 1, 1), date(day.year, 6, 30)) if day.month <= 6 else (date(day.year, 7, 1), date(day.year, 12, 31))


def _name(day, every):
    if every == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return {"month": f"{day:%Y-%m}", "quarter": f"{day.year}-Q{(day.month + 2) // 3}", "half": f"{day.year}-H{1 + (day.month > 6)}", "year": f"{day.year}"}[every]


def _one_a_period(rows, every):
    kept = {}
    for line in rows.splitlines():
        unit, day = line.split(",")[:2]
        kept.setdefault((unit, _name(date.fromisoformat(day), every)), line)
    return "\n".join(kept.values()) + "\n"


SPELLINGS = {
    "quarters as Q1 2024": ([f"Q{q} {year}" for year in (2024, 2025) for q in (1, 2, 3, 4)], ["Q2 2025", "q2 2025", "2025-Q2", "2025K2", "2. kvartal 2025"]),
    "quarters as 2024K1": ([f"{year}K{q}" for year in (2024, 2025) for q in (1, 2, 3, 4)], ["2025K2", "2025k2", "Q2 2025"]),
    "months in words": ([f"{name} {year}" for year in (2024, 2025) for name in ("januar", "februar", "marts", "april", "maj", "juni")], ["april 2025", "April 2025", "2025-04", "apr 2025"]),
    "half-years": (["H1 2023", "H2 2023", "H1 2024", "H2 2024", "H1 2025"], ["H1 2025", "2025-H1", "1. halvår 2025"]),
    "weeks": ([f"2025-W{week:02d}" for week in range(1, 31)], ["2025-W14", "week 14 2025", "uge 14 2025"]),
    "waves without dates": (["Wave 1", "Wave 2", "Wave 3", "Wave 4"], ["Wave 3", "wave 3"]),
    "years": (["2021", "2022", "2023", "2024", "2025"], ["2025"]),
}  # fmt: skip


@pytest.mark.parametrize(("periods", "spellings"), SPELLINGS.values(), ids=SPELLINGS)
def test_a_start_may_name_its_period_as_the_figures_do_or_otherwise(make, periods, spellings):
    """The first of the spellings is that of the figures; the order of the rows says nothing."""
    for said in spellings:
        make(FIGURES + STARTS, {"f.csv": levels(periods[::-1]), "b.csv": begun(("Sooner", "North", said), ("Sooner", "South", periods[-1]))})
        assert errors(problems("acme")) == []
        found = open_client("acme").rollout
        assert list(found.figures["period"].cat.categories) == periods
        assert found.starts["start"].tolist() == [spellings[0], periods[-1]], said


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"])
def test_dates_are_read_as_client_yml_says(make, form):
    rows = begun(("Sooner", "North", date(2025, 3, 14).strftime(form)), ("Sooner", "South", date(2025, 4, 2).strftime(form)))
    make(FIGURES + STARTS.replace("b.csv", f'b.csv, read: {{dates: "{form}"}}'), {"f.csv": levels(), "b.csv": rows})
    assert open_client("acme").rollout.starts["start"].tolist() == ["2025-03", "2025-04"]


def test_days_that_are_not_declared_are_told_with_the_form(make):
    make(FIGURES + STARTS, {"f.csv": levels(), "b.csv": begun(("Sooner", "North", "14-03-2025"), ("Sooner", "South", "02-04-2025"))})
    assert '`read: {dates: "%d-%m-%Y"}`' in told(problems("acme"), "not a date").remedy


def test_what_began_for_everybody(make):
    make(FIGURES + STARTS + PLAN, {"f.csv": levels(), "i.csv": PLANNED, "b.csv": begun(("Sooner", "North", "2025-02-01"))})
    found = open_client("acme").rollout
    assert found.starts[["initiative", "unit", "start"]].astype(object).where(found.starts.notna(), None).to_numpy().tolist() == [["Sooner", "North", "2025-02"], ["Simpler", None, "2025-04"]]
    assert found.planned == {"Sooner": (1, 2, 3), "Simpler": (0, 1, 2)} and found.battles == {"Sooner": "Speed", "Simpler": "Clarity"}
    assert open_client("acme").initiatives.rows["spent"].tolist()[1] == 1200


def test_units_say_more_than_one_date_for_everybody(make):
    make(FIGURES + STARTS + PLAN, {"f.csv": levels(), "i.csv": PLANNED, "b.csv": begun(("Simpler", "North", "2025-02-01"))})
    assert open_client("acme").rollout.starts["unit"].tolist() == ["North"]


def test_a_plan_alone_is_no_rollout_and_its_starts_are_one(make):
    make(SURVEY + PLAN.replace("started: began, spent: spent, ", ""), {"s.csv": survey(), "i.csv": PLANNED})
    assert open_client("acme").rollout is None
    assert open_client("acme").rollout_so_far.unit == "team"  # what `cx plan` draws from
    make(SURVEY + PLAN, {"s.csv": survey(), "i.csv": PLANNED})
    assert open_client("acme").rollout.starts["initiative"].tolist() == ["Simpler"]


def test_without_figures_over_time_nothing_is_told_of_a_start_but_that(make):
    make(PLAN, {"i.csv": PLANNED})
    assert told(problems("acme"), "no figure over time").severity == "warning"
    make(PLAN + FIGURES, {"i.csv": PLANNED, "f.csv": levels(["Wave 1", "Wave 2", "Wave 3"])})
    problem = told(problems("acme"), "the names of periods tell no dates")
    assert problem.severity == "warning" and "Wave 3" in problem.remedy


def test_customers_drawn_at_random(make):
    make(SURVEY + "rollout:\n" + TRIAL, {"s.csv": survey(), "t.csv": TRIED})
    found = open_client("acme").rollout
    trial = found.trials["Call back"]
    assert trial["offered"].tolist() == [1, 0, 0, 0, 0]  # "YES" is another text, and a blank is not drawn
    assert trial["outcome"].fillna(-1).tolist() == [5, 4, 2, -1, 3] and found.trial_scales == {"Call back": (1, 5)} and found.starts.empty
    make(SURVEY + "rollout:\n" + TRIAL.replace("t.csv", "t.csv, read: {case: ignore}"), {"s.csv": survey(), "t.csv": TRIED})
    assert open_client("acme").rollout.trials["Call back"]["offered"].sum() == 2


def test_how_units_were_picked(make):
    files = {"f.csv": levels(), "b.csv": begun(("Sooner", "North", "2025-02"), ("Simpler", "South", "2025-02"))}
    make(FIGURES + STARTS + "  chosen_by: random\n", files)
    assert open_client("acme").rollout.chosen_by == {"Sooner": "random", "Simpler": "random"}
    make(FIGURES + STARTS + "  chosen_by: {Simpler: score}\n  smallest: 0.5\n", files)
    assert open_client("acme").rollout.chosen_by == {"Sooner": "other", "Simpler": "score"} and open_client("acme").rollout.smallest == 0.5
    make(FIGURES + STARTS + "  chosen_by: {Simplr: score}\n", files)
    assert 'Did you mean "Simpler"?' in told(problems("acme"), '"Simplr" was not begun').remedy
    make(FIGURES + STARTS + "  chosen_by: lottery\n", files)
    assert errors(problems("acme"))


def test_counts_among_so_many(make):
    rows = "team,when,score,n\n" + "".join(f"{unit},{month},{i + 1},200\n" for i, unit in enumerate(UNITS) for month in MONTHS)
    make(FIGURES.replace("answers: n", "of: n, better: lower"), {"f.csv": rows})
    found = open_client("acme").rollout
    assert found.figures["exposure"].eq(200).all() and found.figures["value"].max() == 4 and not found.higher_is_better
    make(FIGURES.replace("answers: n", "of: n"), {"f.csv": rows.replace("North,2024-01,1,", "North,2024-01,-1,")})
    assert "-1 of 200 cannot be counted" in str(problems("acme"))


def test_reports_about_one_value_have_no_rollout(make):
    make("for_each: team\n" + SURVEY + "rollout:\n" + STARTS, {"s.csv": survey(times=5), "b.csv": begun(("Sooner", "North", "2025-02-01"))})
    assert open_client("acme").rollout is not None and open_client("acme--north").rollout is None


# ---------------------------------------------------------------- strangers' data
def test_blank_rows_and_units_as_numbers(make):
    """A spreadsheet's export: units as 101.0, rows of nothing, and a unit that has no figure yet."""
    units = ("101", "102", "103", "104")
    rows = levels(units=units).replace("101,2024-01,50,20\n", "101,2024-01,50,20\n,,,\n,,,\n102,2024-01,,\n", 1).replace("102,2024-01,53,20\n", "")
    make(FIGURES + STARTS, {"f.csv": rows, "b.csv": begun(("Sooner", "101.0", "2025-02-01"), ("Sooner", "102.0", "2025-02-01")) + ",,\n"})
    problem = told(problems("acme"), "knows nothing of 2 of the units")
    assert problem.severity == "error" and "`recode: {team: {match: loose}}`" in problem.remedy
    make(FIGURES + STARTS.replace("b.csv", "b.csv, recode: {team: {match: loose}}"), {})
    assert errors(problems("acme")) == []
    found = open_client("acme").rollout
    assert found.starts["unit"].tolist() == ["101", "102"] and len(found.figures) == 95


def test_units_as_numbers_of_a_workbook(make, tmp_path):
    folder = make(FIGURES.replace("f.csv", "f.xlsx") + STARTS.replace("b.csv", "b.xlsx"))
    months = pd.period_range("2024-01", periods=12, freq="M").to_timestamp()
    rows = pd.DataFrame([(unit, f"{month:%Y-%m}", 50.0 + unit % 5, 12.0) for unit in (101, 102, 103) for month in months], columns=["team", "when", "score", "n"])
    rows.astype({"team": float}).to_excel(folder / "f.xlsx", index=False)
    pd.DataFrame({"what": "Sooner", "team": [101, 103], "from": months[[4, 8]]}).to_excel(folder / "b.xlsx", index=False)
    assert problems("acme") == []
    found = open_client("acme").rollout.starts
    assert found["unit"].tolist() == ["101", "103"] and found["start"].tolist() == ["2024-05", "2024-09"]


def test_names_that_look_the_same_are_the_same(make):
    make(FIGURES + STARTS, {"f.csv": levels().replace("North,2025-05", "North\u00a0,2025-05"), "b.csv": begun((" Sooner", "North ", "2025-02-01"), ("Sooner", " South", "2025-02-01"))})
    assert errors(problems("acme")) == []
    found = open_client("acme").rollout
    assert found.starts[["initiative", "unit"]].to_numpy().tolist() == [["Sooner", "North"], ["Sooner", "South"]] and found.figures["unit"].nunique() == 4


def test_recoded_units_are_those_that_the_labels_name(make):
    make(FIGURES + STARTS.replace("b.csv", "b.csv, recode: {team: {labels: {1: North, 2: South}}}"), {"f.csv": levels(), "b.csv": begun(("Sooner", "1", "2025-02-01"), ("Sooner", "2", "2025-02-01"))})
    assert problems("acme") == [] and open_client("acme").rollout.starts["unit"].tolist() == ["North", "South"]


# ---------------------------------------------------------------- what is wrong
def test_units_that_nobody_knows(make):
    files = {"f.csv": levels(), "b.csv": begun(("Sooner", "North", "2025-02-01"), ("Sooner", "Suoth", "2025-02-01"))}
    make(FIGURES + STARTS, files)
    problem = told(problems("acme"), 'the table of figures knows nothing of 1 of the units: "Suoth"')
    assert problem.severity == "warning" and 'Is "Suoth" the unit "South"?' in problem.remedy
    make(SURVEY + "rollout:\n" + STARTS, {"s.csv": survey(), "b.csv": begun(*(("Sooner", f"Team {i}", "2025-02-01") for i in range(8)))})
    problem = told(problems("acme"), "the survey knows nothing of 8 of the units")
    assert problem.severity == "error" and problem.rule.endswith('"Team 4", ...') and "such as: East, North, South" in problem.remedy


def test_another_number_is_another_unit(make):
    make(FIGURES + STARTS, {"f.csv": levels(units=("Team 1", "Team 2")), "b.csv": begun(("Sooner", "Team 1", "2025-02-01"), ("Sooner", "Team 9", "2025-02-01"))})
    assert "Is " not in told(problems("acme"), 'knows nothing of 1 of the units: "Team 9"').remedy


def test_starts_that_nothing_can_be_told_of(make):
    make(FIGURES + STARTS, {"f.csv": levels(), "b.csv": begun(("Sooner", "North", "2026-02-01"), ("Sooner", "South", "2025-12-28"), ("Simpler", "East", "2024-02-01"), ("Bolder", "West", "2020-01-01"))})
    found = problems("acme")
    assert errors(found) == [] and "2 starts are after the last period of the figure, 2025-12" in str(found)
    assert '"Simpler" began in 2024-02, and there is one period before it' in str(found) and '"Bolder" began in 2024-01, and there is no period before it' in str(found)
    assert open_client("acme").rollout.starts["start"].isna().tolist() == [True, True, False, False]


def test_units_that_halve_or_double(make):
    later = [month for month in MONTHS if month > "2025"]
    first = levels(MONTHS[:12])
    grown = [levels(later, [unit], n=45 if unit == "North" else 20).partition("\n")[2] for unit in UNITS]
    make(FIGURES, {"f.csv": first + "".join(grown)})
    problem = told(problems("acme"), "have halved or doubled")
    assert problem.severity == "warning" and "the answers of 1 unit have" in problem.rule and problem.rule.endswith(": North")
    make(FIGURES, {"f.csv": first + levels(later, n=45).partition("\n")[2]})
    assert problems("acme") == []  # the survey has grown, and no unit
    make(FIGURES, {"f.csv": first + levels(later, UNITS[:3]).partition("\n")[2]})
    assert told(problems("acme"), "have halved or doubled").rule.endswith(": West")
    make(SURVEY + "rollout: {outcome: recommend}\n", {"s.csv": "\n".join(line for line in survey().splitlines() if "West,2025" not in line)})
    assert not [each for each in problems("acme") if "halved" in each.rule]  # 3 answers of a unit in a quarter are too few to say
    make(SURVEY + "rollout: {outcome: recommend}\n", {"s.csv": "\n".join(line for line in survey(times=5).splitlines() if "West,2025" not in line)})
    assert told(problems("acme"), "have halved or doubled").rule.endswith(": West")


@pytest.mark.parametrize(("settings", "files", "rule"), [
    (FIGURES, {"f.csv": levels() + "North,2025-12,50,20\n"}, "the unit has this period in an earlier row"),
    (FIGURES, {"f.csv": levels() + "North,2026-01,101,20\n"}, "101 lies outside 0-100"),
    (FIGURES.replace("label", "scale: [1, 5], label"), {"f.csv": levels()}, "lies outside 1-5"),
    (FIGURES, {"f.csv": levels() + "North,2026-01,50,0\n"}, "no answer is behind this figure"),
    (FIGURES, {"f.csv": levels() + "North,2026-01,high,9\n"}, "not a number"),
    (FIGURES, {"f.csv": levels() + "North,,50,20\n"}, "the row names no period"),
    (FIGURES, {"f.csv": levels() + ",2026-01,50,20\n"}, "the row names no unit"),
    (FIGURES.replace("value: score", "value: scor"), {"f.csv": levels()}, "scor"),
    (FIGURES.replace("period: when, ", ""), {"f.csv": levels()}, "it is not said when"),
    (FIGURES.replace("label: Score", "client: whose, label: Score"), {"f.csv": levels().replace("\n", ",other\n").replace("n,other", "n,whose")}, "must be acme"),
    (FIGURES.replace("label: Score", "label: Score, is: satisfaction, scale: [0, 10]"), {"f.csv": levels()}, "the satisfaction index is a mean from 0"),
    (FIGURES + "  outcome: recommend\n", {"f.csv": levels()}, "are what should move"),
    (FIGURES + STARTS, {"f.csv": levels(), "b.csv": begun(("Sooner", "North", "at Easter"))}, '"at Easter" is no period of the figure, and no date'),
    (FIGURES + STARTS, {"f.csv": levels(), "b.csv": begun(("Sooner", "North", "2025-13-01"))}, "2025-13-01"),
    (FIGURES + STARTS, {"f.csv": levels(["Wave 1", "Wave 2"]), "b.csv": begun(("Sooner", "North", "2025-01-01"))}, "a date cannot be placed"),
    (FIGURES + STARTS, {"f.csv": levels(), "b.csv": begun(("Sooner", "North", "2025-02"), ("Sooner", "North", "2025-03"))}, "the unit began the same initiative in an earlier row"),
    (FIGURES + STARTS, {"f.csv": levels(), "b.csv": begun(("", "North", "2025-02"))}, "the row names no initiative"),
    (FIGURES + STARTS.replace("start: from", "start: form"), {"f.csv": levels(), "b.csv": begun(("Sooner", "North", "2025-02"))}, "form"),
    (FIGURES + STARTS.replace("start: from", "start: from, client: what"), {"f.csv": levels(), "b.csv": begun(("Sooner", "North", "2025-02"))}, "must be acme"),
    (SURVEY + "rollout:\n" + TRIAL, {"s.csv": survey(), "t.csv": TRIED.replace("yes", "ja")}, "nobody was drawn"),
    (SURVEY + "rollout:\n" + TRIAL, {"s.csv": survey(), "t.csv": "got,score\nyes,1\nyes,2\n"}, "nobody is left to compare with"),
    (SURVEY + "rollout:\n" + TRIAL, {"s.csv": survey(), "t.csv": TRIED.replace("yes,5", "yes,7")}, "7"),
    (SURVEY + "rollout:\n" + TRIAL + TRIAL.replace("  trials:\n", "").replace("call:", "again:"), {"s.csv": survey(), "t.csv": TRIED}, "has several trials"),
    (SURVEY.replace("  date: day\n  every: quarter\n", "") + "rollout:\n" + STARTS, {"s.csv": survey(), "b.csv": begun(("Sooner", "North", "2025-02"))}, "nothing says when customers answered"),
    (SURVEY.replace("  unit: team\n", "") + "rollout:\n" + STARTS, {"s.csv": survey(), "b.csv": begun(("Sooner", "North", "2025-02"))}, "which unit served the customer"),
    ("rollout:\n" + STARTS, {"b.csv": begun(("Sooner", "North", "2025-02"))}, "no figure that could have moved"),
    (SURVEY + "rollout: {outcome: satisfaction}\n", {"s.csv": survey()}, 'does not ask "satisfaction"'),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_read(make, settings, files, rule):
    make(settings, files)
    assert [each for each in errors(problems("acme")) if rule in str(each)], problems("acme")
    with pytest.raises(DataError):
        assert open_client("acme").rollout is None


def test_an_initiative_that_the_plan_does_not_know_is_asked_about(make):
    make(FIGURES + STARTS + PLAN, {"f.csv": levels(), "i.csv": PLANNED, "b.csv": begun(("Soner", "North", "2025-02"), ("Visits", "South", "2025-02"))})
    found = problems("acme")
    assert 'Is it "Sooner"' in told(found, 'the table of initiatives has no "Soner"').remedy
    problem = told(found, 'the table of initiatives has no "Visits"')
    assert problem.severity == "warning" and "Add it there" in problem.remedy
