"""The list of whom to contact: in the client's own folder, for its owner alone, and nothing of it anywhere else."""

import shutil
import stat
from datetime import date

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from cxlib.cli import main
from cxlib.engagement import open_client
from cxlib.render.calls import NoList, write_calls
from cxlib.render.leaks import pieces
from cxlib.render.report import render_client

TODAY = date(2025, 12, 31)
SETTINGS = """\
client: {client}
name: {name}
language: en
survey:
  file: survey.csv
  respondent: id
  anonymous: false
  segments: {{place: Place}}
  recommend: {{column: q1, scale: [0, 10]}}
customers:
  file: customers.csv
  customer: number
  respondent: id
  score: {{column: score, scale: [0, 10]}}
  churned: {{column: left, left: "1", months: 12}}
  margin: margin
  controls: [place]
closed_loop:
  file: calls.csv
  respondent: id
  answered: answered
  contacted: called
  owner: team
  severity: severity
  promise_days: 2
  may_contact: {{column: consent, says: "yes"}}
  until: "2025-12-31"
  list: {{capacity: 30, comparison_share: 0.2}}
"""
SHOWS = """\
from cxlib.analyses import journey, status
from cxlib.engagement import open_client
from cxlib.report import Page

engagement = open_client(client, language=language)
page = Page(**engagement.look)
survey, follow_up = engagement.survey, engagement.follow_up
page.show(status.net_promoter_score(survey.rows, survey.recommend, survey.design))
page.show(journey.follow_up_clock(follow_up, survey.design))
page.show(journey.effect_of_contact(follow_up, survey.rows, survey.recommend, survey.design))
page.show(journey.call_list(engagement.customers, follow_up, survey.design))
"""


@pytest.fixture
def client(make_client):
    """A client of 600 customers, of whom 120 answered badly in the last days; their names and telephones lie in its tables."""
    rng = np.random.default_rng(1)
    ids = [f"R{place:05d}" for place in range(600)]
    score = rng.integers(0, 11, 600)
    score[:120] = rng.integers(0, 7, 120)
    names, phones = [f"Givenname{place} Surname{place}" for place in range(600)], [f"+45 20 {place:06d}" for place in range(600)]
    rows = list(zip(ids, rng.choice(["North", "South"], 600), score, strict=True))
    folder = make_client(settings=SETTINGS, rows=rows)
    chance = 1 / (1 + np.exp(0.2 + 0.5 * (score - 4)))
    left = (rng.random(600) < chance).astype(int)
    left[:120] = np.where(rng.random(120) < 0.1, 1, left[:120] * (rng.random(120) < 0.3))
    pd.DataFrame({"number": [f"K{place:06d}" for place in range(600)], "id": ids, "score": score, "left": left.astype(str),
                  "margin": rng.lognormal(6, 0.6, 600).round(2), "place": [row[1] for row in rows], "name": names,
                  "phone": phones}).to_csv(folder / "customers.csv", index=False)  # fmt: skip
    days = rng.integers(1, 9, 120)
    called = [f"2025-12-{31 - max(day - 2, 0):02d}" if place % 3 == 0 else "" for place, day in enumerate(days)]
    pd.DataFrame({"id": ids[:120], "answered": [f"2025-12-{31 - day:02d}" for day in days], "called": called,
                  "team": rng.choice(["Sales", "Service"], 120), "severity": rng.integers(1, 4, 120),
                  "consent": np.where(rng.random(120) < 0.9, "yes", "no"), "name": names[:120],
                  "phone": phones[:120]}).to_csv(folder / "calls.csv", index=False)  # fmt: skip
    return folder


def sheet(file, name="Contact"):
    table = pd.read_excel(file, sheet_name=name, header=None, dtype=str, engine="openpyxl")
    top = table.index[table[0] == "Customer"][0]
    return table.iloc[:top, 0].dropna().tolist(), table.iloc[top + 1 :].set_axis(table.iloc[top], axis=1)


def test_the_file_holds_ids_purpose_basis_and_day_of_deletion_and_is_its_owners_alone(client):
    made = write_calls("acme", today=TODAY)
    assert made.file == client / "internal" / "acme_calls_2025-12-31.xlsx"
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.file.parent.stat().st_mode) == 0o700
    assert (made.file.parent / ".gitignore").read_text() == "*\n"
    top, rows = sheet(made.file)
    assert [line.split(":")[0] for line in top[:2]] == ["Purpose", "Basis"] and "30 January 2026" in top[3]
    assert top[2] == "Listed are answers of the 30 days up to 31 December 2025." and not made.stale and not made.too_old
    assert list(rows) == ["Customer", "Department", "Case", "Answered", "Contact by", "Group", "Comparison group"]
    assert len(rows) == made.contact <= 30 and set(rows["Comparison group"]) == {"no"}
    _, out = sheet(made.file, "Do not contact")
    assert len(out) == made.left_out > 0 and set(out["Comparison group"]) == {"yes"}
    raw = b"".join(pieces(made.file))
    assert b"Surname" not in raw and b"+45" not in raw and b"K0000" not in raw


def test_whom_the_lot_left_out_stays_out_and_the_analysis_knows_them(client):
    made = write_calls("acme", today=TODAY)
    again = write_calls("acme", today=TODAY)
    assert (made.contact, made.left_out) == (again.contact, again.left_out)  # of one day the later list is the same
    drawn = set(sheet(made.file, "Do not contact")[1].Customer)
    rows = open_client("acme").follow_up.rows
    assert set(rows.respondent[rows.left_out == True]) == drawn  # noqa: E712
    later = write_calls("acme", today=date(2026, 1, 1))
    _, listed = sheet(later.file)
    assert not set(listed.Customer) & drawn
    lots = open_client("acme").drawn
    assert lots.respondent.is_unique and set(lots.day) <= {"2025-12-31", "2026-01-01"}


def test_old_answers_are_counted_and_an_old_list_says_so(client):
    file = client / "calls.csv"
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    waits = rows.index[(rows.called == "") & (rows.consent == "yes")][:7]
    rows.loc[waits, "answered"] = "2024-05-01"
    rows.to_csv(file, index=False)
    made = write_calls("acme", today=date(2026, 1, 9))
    top, listed = sheet(made.file)
    customers = pd.read_csv(client / "customers.csv", dtype=str).set_index("id")
    old = int((customers.left[rows.id[waits]] == "0").sum())  # who has left does not wait
    assert made.too_old == old > 0 and not set(rows.id[waits]) & set(listed.Customer) and f"not listed: {old}" in top[2]
    assert made.stale and made.until == TODAY and top[3].startswith("The list of those who should be contacted ends on 31 December 2025")
    said = CliRunner().invoke(main, ["calls", "acme"]).output
    assert f"{old} more still wait" in said and "ends on 2025-12-31" in said
    rows.loc[rows.called == "", "answered"] = "2024-05-01"
    rows.to_csv(file, index=False)
    with pytest.raises(NoList, match="the last one on 1 May 2024"):
        write_calls("acme", today=TODAY)


@pytest.mark.parametrize("old, new, reason", [
    ('  may_contact: {column: consent, says: "yes"}\n', "", "who may be contacted"),
    ('says: "yes"', 'says: "agreed"', "who may be contacted"),
    ("anonymous: false", "anonymous: true", "promised anonymity"),
    ("  margin: margin\n", "", "what they are worth"),
])  # fmt: skip
def test_without_what_it_takes_no_list_is_made_and_the_reason_is_said(old, new, reason, client):
    settings = client / "client.yml"
    text = settings.read_text()
    assert old in text
    settings.write_text(text.replace(old, new))
    with pytest.raises(NoList, match=reason):
        write_calls("acme", today=TODAY)
    assert not (client / "internal").exists()
    said = CliRunner().invoke(main, ["calls", "acme"])
    assert said.exit_code == 1 and reason in said.output


def test_no_person_is_in_any_file_of_the_report_in_the_log_or_what_the_command_prints(client, make_notebook, tmp_path):
    make_notebook("05_journey", SHOWS, needs=["survey", "customers", "closed_loop"])
    said = CliRunner().invoke(main, ["calls", "acme"])
    assert said.exit_code == 0, said.output
    out = tmp_path / "out"
    report = render_client("acme", out)
    told = CliRunner().invoke(main, ["render", "acme", "--out", str(out), "--force"]).output
    planted = [f"{kind}{place:05d}" for kind in ("R", "K0") for place in range(40)] + [f"Surname{place}" for place in range(40)]
    planted += [f"20 {place:06d}" for place in range(40)]
    texts = {file.name: b"".join(pieces(file)).decode("utf-8", "replace") for file in out.rglob("*") if file.is_file()}
    assert {"05_journey.html", "05_journey.ipynb", "results.json", "acme.xlsx"} <= set(texts)
    texts |= {"said": said.output, "told": told}
    assert [(name, each) for name, text in texts.items() for each in planted if each in text] == []
    shutil.rmtree(report.parent)


def test_a_page_that_names_a_customer_is_not_published(client, make_notebook, tmp_path):
    from cxlib.render.leaks import Leak

    make_notebook("02_status", SHOWS.splitlines()[1] + "\nprint(open_client(client).survey.rows.id[3])", needs=["survey"])
    with pytest.raises(Leak, match="names a customer by id") as leak:
        render_client("acme", tmp_path / "out")
    assert "R00003" not in str(leak.value) and not (tmp_path / "out" / "acme").exists()
