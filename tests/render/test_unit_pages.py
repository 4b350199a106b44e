"""`cx render CLIENT --units`: a page for each unit that may be shown, for its own meeting, and nothing of it in a report."""

import re
import stat

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from cxlib.cli import main
from cxlib.engagement import open_client
from cxlib.render.unit_pages import NoPages, write_unit_pages

SETTINGS = """client: acme
name: A Company
language: {language}
survey:
  file: s.csv
  respondent: id
  unit: team
  recommend: {{column: q, scale: [0, 10]}}
journey:
  ratings: {{scale: [0, 10], not_used: [11]}}
  touchpoints: {{call: {{label: The call, owner: Care, survey: t1}}, bill: {{label: The bill, owner: Billing, survey: t2}}, visit: {{label: The visit, owner: Field, survey: t3}}}}
  logs: {{all: {{file: log.csv, customer: id, case: case, time: at, accepted: taken, solved: done, touchpoint: what, owner: who, score: {{column: s, scale: [0, 10]}}}}}}
closed_loop: {{file: f.csv, respondent: id, answered: at, contacted: called, owner: team, promise_days: 2, until: "2025-05-20"}}
units: {{minimum: 20, pages: true}}
"""
UNITS = {"Care": 200, "Billing": 200, "Field": 200, "Small": 12, "Tiny": 11}


@pytest.fixture(scope="module")
def tables():
    """Three departments and two small ones; the call matters, Billing hands over badly to Field, and hardly calls."""
    rng = np.random.default_rng(4)
    team = np.repeat(list(UNITS), list(UNITS.values()))
    n = len(team)
    rating = {name: np.clip(np.rint(rng.normal(6, 2, n)), 0, 10) for name in ("t1", "t2", "t3")}
    score = np.clip(np.rint(4 + 0.5 * rating["t1"] + rng.normal(0, 1.2, n)), 0, 10)
    survey = pd.DataFrame({"id": [f"r{i:04d}" for i in range(n)], "team": team, "q": score.astype(int), **{name: each.astype(int) for name, each in rating.items()}})
    starts = pd.Timestamp("2025-03-01") + pd.to_timedelta(rng.uniform(0, 90, 500), unit="D")
    log = []
    for case, start in enumerate(starts):
        level = rng.normal(7, 1)
        for place, who in enumerate(["Care", "Billing", "Field"][: rng.integers(2, 4)]):
            begun = start + pd.Timedelta(days=2 * place)
            taken = begun + pd.Timedelta(days=1.5 if who == "Field" else 0.1)
            given = level - 2 * (who == "Field") + rng.normal(0, 0.7)
            log.append((f"r{case % n:04d}", f"c{case}", begun, taken, taken + pd.Timedelta(hours=2), {"Care": "call", "Billing": "bill", "Field": "visit"}[who], who, int(np.clip(round(given), 0, 10))))
    contacts = pd.DataFrame(log, columns=["id", "case", "at", "taken", "done", "what", "who", "s"])
    critics = survey[survey["q"] <= 6].assign(at="2025-05-01")
    critics["called"] = np.where(critics["team"] == "Care", "2025-05-02", "")
    return {"s.csv": survey, "log.csv": contacts, "f.csv": critics[["id", "team", "at", "called"]]}


@pytest.fixture
def acme(tmp_path, monkeypatch, tables):
    folder = tmp_path / "clients/acme"
    folder.mkdir(parents=True)
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path / "clients"))
    for name, table in tables.items():
        table.to_csv(folder / name, index=False, date_format="%Y-%m-%d %H:%M")
    (folder / "client.yml").write_text(SETTINGS.format(language="en"))
    return folder


def text(file):
    return re.sub(r"\s+", " ", re.sub(r"<(style|svg|footer).*?</\1>|<[^>]+>", " ", file.read_text(), flags=re.DOTALL))


def test_each_unit_of_enough_answers_has_a_page_for_its_meeting(acme):
    files = write_unit_pages("acme")
    assert [file.name for file in files] == ["billing.html", "care.html", "field.html"]  # not those of 12 and 11 answers
    said = {file.stem: text(file) for file in files}
    assert "The call" in said["care"] and "The bill" not in said["care"].split("Our touchpoints")[1].split("receive from")[0]
    assert "We work most for Field" in said["billing"] and "wait 1.5 days there" in said["billing"]
    assert "We receive most from Billing" in said["field"] and "scores" in said["field"] and "lower, in the same case" in said["field"]
    assert "contacted within 2 days: 0% now" in said["billing"] and "contacted within 2 days" not in said["care"].split("One number to move")[1].split("Our touchpoints")[0]
    assert all("With customers like ours" in each and "What do we do from tomorrow" in each for each in said.values())


def test_pages_are_for_their_owner_alone_name_no_customer_and_replace_those_before(acme, tables):
    old = acme / "internal/units/gone.html"
    old.parent.mkdir(parents=True)
    old.write_text("x")
    files = write_unit_pages("acme")
    assert not old.exists() and all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert (acme / "internal/.gitignore").read_text() == "*\n"
    ids = set(tables["s.csv"]["id"]) | set(tables["log.csv"]["case"])
    assert not [name for file in files for name in ids if re.search(rf"\b{name}\b", text(file))]


@pytest.mark.parametrize("language", ["da", "sv"])
def test_pages_speak_the_clients_language(acme, language):
    (acme / "client.yml").write_text(SETTINGS.format(language=language))
    english = ("we", "our", "customers", "hand", "the")
    for file in write_unit_pages("acme"):
        words = text(file).replace("The call", "").replace("The bill", "").replace("The visit", "").split()
        assert not [word for word in words if word.lower().strip(".,:") in english], words


def test_why_there_is_no_page(acme):
    (acme / "client.yml").write_text(SETTINGS.format(language="en").replace("pages: true", "pages: false"))
    with pytest.raises(NoPages, match="write `pages: true`"):
        write_unit_pages("acme")
    (acme / "client.yml").write_text(SETTINGS.format(language="en").replace("minimum: 20", "minimum: 500"))
    with pytest.raises(NoPages, match="lower `minimum`"):
        write_unit_pages("acme")
    assert not (acme / "internal").exists()


def test_the_command_says_where_they_are(acme, tmp_path, monkeypatch):
    monkeypatch.setattr("cxlib.render.batch.rendered_clients", lambda *args, **options: iter(()))
    done = CliRunner().invoke(main, ["render", "acme", "--units", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "acme: 3 pages of units in" in done.output and not list((tmp_path).glob("out/**/care.html"))
    assert open_client("acme").units.pages
