"""Cells in the dress they come in, through a client folder: durations, dates, money, missing, case. Each remedy is obeyed and ends right."""

import datetime as dt
import io
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cxlib.engagement import open_client, problems
from cxlib.engagement.checking import checked
from cxlib.engagement.problems import errors

RECOMMEND = "  recommend: {column: q1, scale: [0, 10]}\n"
CONTACTS = "contacts:\n  file: c.{kind}\n{read}tipping_points:\n  w: {{label: Wait, column: wait, unit: {unit}, outcome: {{column: score, scale: [1, 10]}}}}\n"
CUSTOMERS = "currency: DKK\nmoney: {{discount_rate: 0.08}}\ncustomers:\n  file: k.csv\n  customer: k\n{more}"


def sheet(head, rows):
    book = openpyxl.Workbook()
    book.active.append(head)
    for row in rows:
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def told(make, settings, files):
    make(settings, files)
    return problems("acme")


def written(remedy, key="read"):
    """What a remedy says to write under a key."""
    return re.search(rf"`({key}: .*?)`", remedy)[1]


# ---------------------------------------------------------------- durations
def waits(make, cells, unit, read=""):
    rows = [[cell, 1 + i % 10] for i, cell in enumerate(cells)]
    return told(make, CONTACTS.format(kind="xlsx", unit=unit, read=read), {"c.xlsx": sheet(["wait", "score"], rows)})


@pytest.mark.parametrize("unit", ["seconds", "minutes", "hours", "days"])
def test_a_service_level_is_read_into_its_unit(make, unit):
    seconds = np.random.default_rng(1).integers(1, 80_000, 90)
    size = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}[unit]
    cells = [[str(dt.timedelta(seconds=int(s))), dt.timedelta(seconds=int(s)), f"{s} s"][i % 3] for i, s in enumerate(seconds)]
    assert not errors(waits(make, cells, unit))
    assert open_client("acme").contacts.rows.wait.to_numpy() == pytest.approx(seconds / size)
    assert [line for line in checked("acme")[1] if f'"wait" read as {unit}' in line]


def test_plain_numbers_stay_as_they_are(make):
    assert not waits(make, [1, 2.5, "3", "4,5"], "minutes")
    assert list(open_client("acme").contacts.rows.wait) == [1, 2.5, 3, 4.5]
    assert not [line for line in checked("acme")[1] if "read as" in line]


def test_a_clock_of_two_parts_is_asked_for_and_either_answer_is_obeyed(make):
    (problem,) = errors(waits(make, ["7:12", "3:05"] * 6, "minutes"))
    assert '"mm:ss"' in problem.remedy and '"hh:mm"' in problem.remedy
    for which, first in (("mm:ss", 7.2), ("hh:mm", 432)):
        assert not errors(waits(make, ["7:12", "3:05"] * 6, "minutes", read=f'  read: {{durations: "{which}"}}\n'))
        assert open_client("acme").contacts.rows.wait[0] == pytest.approx(first)


def test_a_sentinel_is_named_and_taken_out(make):
    (problem,) = errors(waits(make, [5, 7, -1, 9, -1], "seconds"))
    assert not errors(waits(make, [5, 7, -1, 9, -1], "seconds", read=f"  {written(problem.remedy, 'recode')}\n"))
    assert open_client("acme").contacts.rows.wait.isna().sum() == 2


# ---------------------------------------------------------------- dates
def dates(make, cells, read=""):
    rows = [[cell, i % 11] for i, cell in enumerate(cells)]
    return told(make, f"survey:\n  file: s.xlsx\n{read}  date: day\n" + RECOMMEND, {"s.xlsx": sheet(["day", "q1"], rows)})


TRUTH = [dt.datetime(2025, 1, 1) + dt.timedelta(int(day)) for day in np.random.default_rng(8).integers(0, 180, 120)]
WRITTEN = {
    "days first": [day.strftime("%d/%m/%Y") for day in TRUTH],
    "serial": [(day - dt.datetime(1899, 12, 30)).days for day in TRUTH],
    "serial text": [f"{(day - dt.datetime(1899, 12, 30)).days}.25" for day in TRUTH],
    "two forms": [day.strftime("%d-%m-%Y" if i % 2 else "%Y-%m-%d") for i, day in enumerate(TRUTH)],
    "am pm": [day.strftime("%m/%d/%Y %I:%M %p") for day in TRUTH],
    "eaten": [day.replace(day=day.month, month=day.day) if day.day <= 12 else day.strftime("%m/%d/%Y") for day in TRUTH],
    "with NA": [day.strftime("%Y-%m-%d") for day in TRUTH[:-1]] + ["NA"],
    "other form with NA": [day.strftime("%d.%m.%Y") for day in TRUTH[:-1]] + ["NA"],
}


@pytest.mark.parametrize("dress", WRITTEN)
def test_the_remedy_reads_the_dates_that_went_in(make, dress):
    (problem,) = errors(dates(make, WRITTEN[dress]))
    found = [re.sub(r"^read: \{(.*)\}$", r"\1", each) for each in re.findall(r"`(read: .*?)`", problem.remedy)]
    assert not errors(dates(make, WRITTEN[dress], read=f"  read: {{{', '.join(found)}}}\n"))
    days = open_client("acme").survey.rows.day.dt.normalize()
    assert (days[: -1 if "NA" in dress else None] == pd.Series(TRUTH[: len(days) - ("NA" in dress)])).all()


def test_day_or_month_first_is_never_guessed(make):
    few = [day.replace(day=day.day % 12 + 1) for day in TRUTH]
    (problem,) = errors(dates(make, [day.strftime("%d/%m/%Y") for day in few]))
    assert "several ways" in problem.remedy and "%d/%m/%Y" in problem.remedy and "%m/%d/%Y" in problem.remedy
    assert not errors(dates(make, [day.strftime("%d/%m/%Y") for day in few], read='  read: {dates: "%d/%m/%Y"}\n'))
    assert list(open_client("acme").survey.rows.day) == few


def test_a_form_as_spreadsheets_write_it_is_named_in_ours(make):
    cells = [day.strftime("%d-%m-%Y") for day in TRUTH]
    (problem,) = errors(dates(make, cells, read="  read: {dates: dd-mm-yyyy}\n"))
    form = re.search(r'Write it as ("[^"]*")', problem.remedy)[1]
    assert not errors(dates(make, cells, read=f"  read: {{dates: {form}}}\n"))


# ---------------------------------------------------------------- missing and case
def answers(make, cells, more="", read=""):
    body = "seg,q1,sat\n" + "".join(f"{cell},{i % 11},{cell}\n" for i, cell in enumerate(cells))
    values = "  rating: {column: sat, scale: [1, 3], top: 1, values: {Very good: 3, \"Don't mind\": 2, Bad: 1}}\n"
    return told(make, "survey:\n  file: s.csv\n" + read + "  segments: {seg: Group}\n" + more + RECOMMEND + values, {"s.csv": body})


LOOKALIKE = ["Very good", "Very\u00a0good", " Very  good ", "Bad", "Don't mind", "Don\u2019t mind", "Don\u00b4t mind"] * 6


def test_texts_that_look_the_same_are_the_same(make):
    found = answers(make, LOOKALIKE)
    assert not errors(found) and "are read as" in found[-1].rule
    rows = open_client("acme").survey.rows
    assert set(rows.seg) == {"Very good", "Bad", "Don't mind"} and dict(rows.sat.value_counts()) == {3: 18, 2: 18, 1: 6}


def test_generated_disguises_change_nothing(make):
    """Whatever spaces, quotes and dashes the texts come with, groups and answers are those of the plain file."""
    rng = np.random.default_rng(2)
    spaces, quotes = [" ", "\u00a0", "\u202f", "  ", " \u200b"], ["'", "\u2019", "\u2018", "\u00b4", "`"]
    truth = rng.choice(["Very good", "Don't mind", "Bad"], 200, p=[0.5, 0.3, 0.2])
    answers(make, truth)
    plain = open_client("acme").survey.rows
    disguised = ["".join(rng.choice(spaces) if c == " " else rng.choice(quotes) if c == "'" else c for c in each) for each in truth]
    answers(make, disguised)
    rows = open_client("acme").survey.rows
    assert rows.sat.equals(plain.sat) and [rows.seg.value_counts().tolist()] == [plain.seg.value_counts().tolist()]


def test_large_letters_are_asked_for(make):
    found = answers(make, ["Very good", "very good", "Bad"] * 6)
    (problem,) = errors(found)
    assert "large letters do not count" in problem.remedy
    (warning,) = [each for each in found if "large letters alone" in each.rule]
    assert written(warning.remedy) == written(problem.remedy)
    assert not errors(answers(make, ["Very good", "very good", "Bad"] * 6, read=f"  {written(problem.remedy)}\n"))
    assert dict(open_client("acme").survey.rows.seg.value_counts()) == {"Very good": 12, "Bad": 6}


@pytest.mark.parametrize("nothing", ["NA", "#N/A", "null", "NaN"])
def test_na_is_blank_in_every_column(make, nothing):
    cells = ["Very good", nothing, "Bad"] * 6
    found = answers(make, cells)
    (problem,) = errors(found)
    assert [each for each in found if "a group is called" in each.rule]
    assert not answers(make, cells, read=f"  {written(problem.remedy)}\n")
    survey = open_client("acme").survey
    assert survey.unanswered["sat"] == {"dont_know": 0, "not_applicable": 0, "blank": 6} and survey.rows.seg.isna().sum() == 6


# ---------------------------------------------------------------- half points, weights, ids
def test_half_stars(make):
    body = "q1,sat\n" + "".join(f"{i % 11},{1 + i % 9 / 2}\n" for i in range(90))
    settings = "survey:\n  file: s.csv\n" + RECOMMEND + "  rating: {column: sat, scale: [1, 5]MORE}\n"
    (problem,) = errors(told(make, settings.replace("MORE", ""), {"s.csv": body}))
    more = ", ".join(re.findall(r"`(step: .*?|top: .*?)`", problem.remedy))
    assert not errors(told(make, settings.replace("MORE", f", {more}"), {"s.csv": body}))
    rating, rows = open_client("acme").survey.rating, open_client("acme").survey.rows
    assert set(rows.sat[rows.sat > rating.scale[1] - rating.top]) == {4, 4.5, 5}
    assert errors(told(make, settings.replace("MORE", ", step: 0.5"), {"s.csv": body}))[0].column == "survey.rating.top"
    assert errors(told(make, settings.replace("MORE", ", step: 0.5, top: 3"), {"s.csv": body.replace("4.5", "4.3")}))


def test_weights_of_nothing_are_dropped(make):
    body = "q1,w\n" + "".join(f"{i % 11},{['1', '0', '', '2,5', '-3'][i % 5]}\n".replace("2,5", '"2,5"') for i in range(50))
    (first, *_) = errors(told(make, "survey:\n  file: s.csv\n  weight: w\n" + RECOMMEND, {"s.csv": body}))
    assert not errors(told(make, f"survey:\n  file: s.csv\n  {written(first.remedy, 'drop')}\n  weight: w\n" + RECOMMEND, {"s.csv": body}))
    assert len(open_client("acme").survey.rows) == 20


def test_ids_that_a_spreadsheet_cut(make):
    body = "id;q1\n" + "".join(f"1,18E+11;{i}\n" for i in range(9))
    (problem,) = errors(told(make, "survey:\n  file: s.csv\n  respondent: id\n" + RECOMMEND, {"s.csv": body}))
    assert "1,18E+11" in problem.remedy


# ---------------------------------------------------------------- money
def customers(make, body, more):
    return told(make, CUSTOMERS.format(more=more), {"k.csv": body})


def test_money_and_percent_as_text(make):
    rng = np.random.default_rng(1)
    revenue, margin, share = rng.uniform(500, 9000, 60).round(2), rng.integers(1000, 3000, 60), rng.integers(1, 100, 60)
    danish = str.maketrans(",.", ".,")
    body = "k;oms;db;andel\n" + "".join(f"{i};kr. {f'{r:,.2f}'.translate(danish)};{f'{m:,}'.translate(danish)} kr.;{s} %\n"
                                        for i, (r, m, s) in enumerate(zip(revenue, margin, share, strict=True)))  # fmt: skip
    for unit in ("percent", "fraction"):
        assert not errors(customers(make, body, f"  revenue: oms\n  margin: db\n  share_of_wallet: {{column: andel, unit: {unit}}}\n"))
        rows = open_client("acme").customers.rows
        assert rows.oms.to_numpy() == pytest.approx(revenue) and list(rows.db) == list(margin) and rows.andel.to_numpy() == pytest.approx(share / 100)


def test_two_currencies_are_refused(make):
    assert "several currencies" in errors(customers(make, "k;db\n1;5 DKK\n2;€7\n", "  margin: db\n"))[0].rule
    assert not errors(customers(make, "k;db\n1;5 DKK\n2;7 kr.\n", "  margin: db\n"))


def telco(months=True, total=True):
    rng = np.random.default_rng(4)
    tenure, charge = rng.integers(1, 73, 300), rng.uniform(20, 110, 300).round(2)
    rows = zip(tenure, charge, tenure * charge if total else charge * 30, strict=True)
    return "k,tenure,charge,total\n" + "".join(f"{i},{t if months else round(t / 12, 3)},{c},{paid:.2f}\n" for i, (t, c, paid) in enumerate(rows))


def test_months_and_monthly_charges_are_pointed_out_and_brought_to_years(make):
    roles = "  tenure: tenure\n  margin: charge\n"
    found = [each for each in customers(make, telco(), roles + "  revenue: total\n") if each.column.startswith("customers.")]
    assert len(found) == 2 and not errors(found)
    units = written(found[0].remedy, "units")
    assert "Remove `revenue`" in found[1].remedy and written(found[1].remedy, "units") == units
    assert not customers(make, telco().replace(",total", ",other"), roles + f"  {units}\n")[1:]
    rows, plain = open_client("acme").customers.rows, pd.read_csv(io.StringIO(telco()))
    assert rows.tenure.to_numpy() == pytest.approx(plain.tenure / 12) and rows.charge.to_numpy() == pytest.approx(plain.charge * 12)
    assert [line for line in checked("acme")[1] if "tenure from months to years" in line]


def test_years_are_not_doubted(make):
    assert not customers(make, telco(months=False, total=False), "  tenure: tenure\n  margin: charge\n  revenue: total\n")
