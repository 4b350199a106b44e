"""Each case in which nothing can be said of a journey ends in one sentence that says what would help, in every language, and shows no figure.

The cases of a start, a treated unit and earlier periods are those of what was realised, and not of the journey.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
import yaml

from cxlib.analyses import journey
from cxlib.engagement import open_client
from cxlib.languages import LANGUAGES
from cxlib.render.calls import NoList, write_calls
from cxlib.render.unit_pages import write_unit_pages
from cxlib.report.language.words import sentence

N = 400
LOG = {"customer": "customer", "case": "case", "time": "time", "solved": "solved", "touchpoint": "what", "owner": "who", "score": {"column": "score", "scale": [0, 10]}}
SETTINGS = {
    "client": "acme", "name": "A Company", "language": "en",
    "survey": {"file": "s.csv", "respondent": "id", "anonymous": False, "unit": "team", "recommend": {"column": "q", "scale": [0, 10]}},
    "journey": {"touchpoints": {"order": {"label": "Order"}, "visit": {"label": "Visit"}}, "bad_end": {"churned": True},
                "logs": {name: {"file": f"{name}.csv", **LOG} for name in ("phone", "field")}},
    "customers": {"file": "k.csv", "respondent": "id", "score": {"column": "score", "scale": [0, 10]}, "churned": {"column": "left", "left": "1"},
                  "margin": "margin"},
    "closed_loop": {"file": "f.csv", "respondent": "id", "answered": "on", "contacted": "called", "owner": "team", "severity": "severity", "left": "gone",
                    "promise_days": 2, "score_again": {"column": "again", "scale": [0, 10]}, "may_contact": {"column": "consent", "says": "yes"},
                    "until": "2025-12-31"},
    "units": {"column": "team", "minimum": 10, "pages": True},
}  # fmt: skip


def day(days) -> pd.Series:
    return pd.Series(pd.Timestamp("2025-06-01") + pd.to_timedelta(np.asarray(days), "D")).dt.strftime("%Y-%m-%d %H:%M:%S")


def tables() -> dict[str, pd.DataFrame]:
    """A survey, two logs of four contacts a customer, customers of whom some left, and critics who should be called."""
    rng = np.random.default_rng(1)
    ids = pd.Series([f"R{place:05d}" for place in range(N)])
    q = rng.integers(0, 11, N)
    left = rng.random(N) < 1 / (1 + np.exp(0.4 + 0.4 * (q - 4)))
    who = np.repeat(np.arange(N), 4)
    start = rng.uniform(0, 150, N)[who] + np.tile(np.arange(4) * 2.0, N)
    contacts = pd.DataFrame({"customer": ids[who].to_numpy(), "case": [f"S{each}" for each in who], "time": day(start), "solved": day(start + 1),
                             "what": rng.choice(["Order", "Visit"], 4 * N), "who": rng.choice(["Sales", "Field"], 4 * N), "score": rng.integers(0, 11, 4 * N)})  # fmt: skip
    low = np.flatnonzero(q <= 6)
    called = rng.random(len(low)) < 0.6
    answered = 190 + rng.uniform(0, 20, len(low))
    gone = np.where(left[low], day(answered + 30), "")
    return {
        "s.csv": pd.DataFrame({"id": ids, "q": q, "team": rng.choice(["North", "South", "East"], N)}),
        "phone.csv": contacts[::2], "field.csv": contacts[1::2],
        "k.csv": pd.DataFrame({"id": ids, "score": q, "left": left.astype(int), "margin": rng.lognormal(6, 0.6, N).round(2)}),
        "f.csv": pd.DataFrame({"id": ids[low].to_numpy(), "on": day(answered), "called": np.where(called, day(answered + 1), ""), "team": "Care",
                               "severity": rng.integers(1, 4, len(low)), "gone": gone, "again": rng.integers(0, 11, len(low)), "consent": "yes"}),
    }  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """What the client lacks, the analysis that then refuses, and what it says would help."""

    key: str
    asked: Callable
    remedies: tuple[str, str, str]  # in en, da, sv
    settings: Callable = lambda settings: None
    files: Callable = lambda files: None
    kept: frozenset = field(default=frozenset())  # tables that may stand, for they hold nothing of what is refused


def view(engagement):
    return journey.view(engagement.journey)


def between(engagement):
    return journey.hand_overs(engagement.journey)


def waits(engagement):
    return journey.where_time_goes(engagement.journey)


def back(engagement):
    return journey.repeats(engagement.journey)


def paths(engagement):
    return journey.paths(engagement.journey)


def listed(engagement):
    return journey.call_list(engagement.customers, engagement.follow_up, journey=engagement.journey)


def helps(engagement):
    return journey.effect_of_contact(engagement.follow_up)


def speed(engagement):
    return journey.speed_of_contact(engagement.follow_up)


def rule(engagement):
    return journey.summary_rule(engagement.survey.rows, engagement.journey, engagement.survey.asked)


def fair(engagement):
    return journey.units_compared(engagement.survey.rows, engagement.units, engagement.survey.asked, engagement.survey.design)


def half_known(files):
    """Who is who, of half of the customers: under 80 % of the contacts can be followed."""
    files["ids.csv"] = files["s.csv"][["id"]].iloc[::2].assign(crm=lambda rows: rows.id)


def with_ids(settings):
    settings["journey"]["ids"] = {"file": "ids.csv", "columns": {"survey": "id", "crm": "crm"}}
    for log in settings["journey"]["logs"].values():
        log["known_as"] = "crm"


def one_owner(files):
    for name in ("phone.csv", "field.csv"):
        files[name] = files[name].assign(who="Sales")


def few_scored(files):
    for name in ("phone.csv", "field.csv"):
        files[name] = files[name].assign(score=files[name].score.where(files[name].index < 300).astype("Int64"))


def change(file, **columns):
    def changed(files):
        files[file] = files[file].assign(**columns)

    return changed


def take(*path):
    def taken(settings):
        for step in path[:-1]:
            settings = settings[step]
        del settings[path[-1]]

    return taken


def anonymous(settings):
    settings["survey"]["anonymous"] = True


def small_team(files):
    files["s.csv"] = files["s.csv"].assign(team=np.where(np.arange(N) < 4, "Tiny", files["s.csv"].team))


WHO = ("who is who", "hvem der er hvem", "vem som är vem")
CONSENT = ("Ask for consent", "Bed om samtykke", "Be om samtycke")
REFUSALS = [
    Refused("hand_over.one_owner", between, ("Name the department", "Angiv", "Ange"), files=one_owner),
    *(Refused(key, asked, WHO, with_ids, half_known, kept=frozenset(kept)) for key, asked, kept in
      [("view.poor_join", view, {"silos"}), ("hand_over.poor_join", between, ()), ("hand_over.poor_join", waits, ()), ("repeats.poor_join", back, ()), ("paths.poor_join", paths, ())]),
    Refused("list.no_consent", listed, CONSENT, take("closed_loop", "may_contact"), kept=frozenset({"captured", "calibration"})),
    Refused("list.anonymous", listed, CONSENT, anonymous),
    Refused("list.score_later", listed, ("Use the last score", "Brug den sidste karakter", "Använd det sista betyget"),
            files=lambda files: change("f.csv", gone=files["f.csv"].on)(files)),
    Refused("list.leak", listed, ("Leave it out", "Udelad", "Utelämna"), files=lambda files: change("k.csv", score=np.where(files["k.csv"].left == 1, 2, 8))(files)),
    Refused("contact.called_only", helps, ("Leave one in ten out at random", "Udelad hver tiende", "Lotta bort var tionde"),
            files=lambda files: change("f.csv", called=files["f.csv"].on)(files)),
    Refused("speed.no_severity", speed, ("Record it", "Registrér det", "Registrera det"), take("closed_loop", "severity")),
    Refused("paths.too_few", paths, ("logs of a longer time", "længere periode", "längre period")),
    Refused("summary.too_few", rule, ("Ask for a score", "Bed om en karakter", "Be om ett betyg"), files=few_scored),
    Refused("units.hidden", fair, ("Join small units", "Slå små enheder sammen", "Slå ihop små enheter"), files=small_team, kept=frozenset({"units"})),
]  # fmt: skip
NAMES = [f"{each.key} of {each.asked.__name__}" for each in REFUSALS]


@pytest.fixture
def acme(tmp_path, monkeypatch):
    """acme(refused) writes the client that lacks what the case is about, and returns its folder."""
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path))

    def written(case: Refused | None = None):
        settings, files = json.loads(json.dumps(SETTINGS)), tables()
        if case is not None:
            case.settings(settings)
            case.files(files)
        folder = tmp_path / "acme"
        folder.mkdir(exist_ok=True)
        (folder / "client.yml").write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")
        for name, rows in files.items():
            rows.to_csv(folder / name, index=False)
        return folder

    return written


@pytest.mark.parametrize("case", REFUSALS, ids=NAMES)
def test_each_refusal_is_one_sentence_with_its_remedy_in_every_language(case, acme):
    acme(case)
    for language, remedy in zip(LANGUAGES, case.remedies, strict=True):
        result = case.asked(open_client("acme", language))
        assert set(result.tables) <= case.kept
        refused = [finding for finding in result.findings if finding.key == case.key]
        assert len(refused) == 1 and (len(result.findings) == 1 or case.kept)
        said = sentence(refused[0].message, refused[0].values, language)
        assert remedy in said and "{" not in said and refused[0].tone == "unclear"
        assert language == "en" or said != sentence(refused[0].message, refused[0].values, "en")


@pytest.mark.parametrize("case", [each for each in REFUSALS if each.asked is listed], ids=[each.key for each in REFUSALS if each.asked is listed])
def test_where_a_list_is_refused_none_is_written(case, acme):
    folder = acme(case)
    with pytest.raises(NoList, match=case.remedies[0]):
        write_calls("acme")
    assert not (folder / "internal").exists()


def test_a_small_unit_has_no_page_and_no_number(acme):
    folder = acme(next(case for case in REFUSALS if case.key == "units.hidden"))
    table = fair(open_client("acme")).tables["units"].set_index("group")
    assert table.loc["Tiny"].drop(["verdict", "unit"]).isna().all()
    assert {file.stem.lower() for file in write_unit_pages("acme")} <= {"north", "south", "east"}
    assert not [file for file in (folder / "internal").rglob("*") if "tiny" in file.name.lower()]


def test_the_client_that_lacks_nothing_is_answered(acme):
    acme()
    engagement = open_client("acme")
    refused = {case.key for case in REFUSALS} - {"paths.too_few"}  # 400 cases
    said = {finding.key for asked in {case.asked for case in REFUSALS} for finding in asked(engagement).findings}
    assert not said & refused
