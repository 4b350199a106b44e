"""The demo clients: the generator repeats itself to the byte, and the planted truth is in the files."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlib.engagement import open_client

DATA = Path(__file__).parents[2] / "data"
TRUTH = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))
NORDLYS = TRUTH["nordlys"]


def table(name: str, encoding: str = "cp1252") -> pd.DataFrame:
    return pd.read_csv(DATA / "clients/nordlys" / name, sep=";", decimal=",", encoding=encoding)


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    rows = table("survey.csv")
    quarter = pd.PeriodIndex(pd.to_datetime(rows["besvaret"], format="%d-%m-%Y"), freq="Q")
    return rows.assign(quarter=quarter.strftime("%Y-Q%q"))


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return table("customers.csv", "utf-8-sig").dropna(subset="score")


def nps_with_error(rows: pd.DataFrame) -> tuple[float, float]:
    """Weighted NPS and its standard error by the effective number of answers."""
    rows = rows[rows["anbefaling"] <= 10]
    weight = rows["vægt"] / rows["vægt"].sum()
    value = 100.0 * ((rows["anbefaling"] >= 9).astype(int) - (rows["anbefaling"] <= 6))
    level = (weight * value).sum()
    return level, float(np.sqrt((weight**2 * (value - level) ** 2).sum()))


def item_correlations(rows: pd.DataFrame, items: list) -> np.ndarray:
    return rows[items].where(rows[items] <= 10).corr().to_numpy()


def test_a_second_run_writes_the_same_bytes(tmp_path):
    subprocess.run([sys.executable, DATA / "make_demo.py", "--out", tmp_path], check=True)
    written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 23
    for path in written:
        assert content(tmp_path / path) == content(DATA / path), f"{path} differs from the committed file"


def content(path: Path) -> bytes:
    """The bytes of a file; of a packed one those in it, because zlib packs otherwise on other machines."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_the_tables_are_small():
    assert sum(path.stat().st_size for ending in ("*.csv", "*.gz") for path in (DATA / "clients").rglob(ending)) < 1_500_000


def test_every_file_is_described():
    text = (DATA / "README.md").read_text(encoding="utf-8")
    for path in (DATA / "clients").glob("*/*"):
        assert path.name in text, f"data/README.md says nothing about {path.name}"
    for path in (DATA / "clients/nordlys").glob("c*.csv"):
        for column in table(path.name, "utf-8-sig" if path.name == "customers.csv" else "cp1252"):
            assert f"`{column}`" in text, f"data/README.md says nothing about column {column} of {path.name}"


def test_nps_is_quiet_and_then_rises(survey):
    """Each quarter lies within 3 standard errors of the truth, all quarters within a chi-square of 99.9 %."""
    found = {quarter: nps_with_error(rows) for quarter, rows in survey.groupby("quarter")}
    z = np.array([(level - NORDLYS["nps"][quarter]) / error for quarter, (level, error) in found.items()])
    assert len(z) == 8 and np.abs(z).max() < 3 and (z**2).sum() < 26.1
    (before, error_before), (after, error_after) = found["2025-Q3"], found["2025-Q4"]
    assert after - before > 2 * np.hypot(error_before, error_after)


def test_small_regions(survey):
    assert survey["region"].value_counts().nsmallest(2).to_dict() == {"Bornholm": 4, "Småøerne": 26}


def test_service_and_product_are_collinear(survey):
    r = item_correlations(survey, [f"service_{n}" for n in range(1, 5)] + [f"produkt_{n}" for n in range(1, 4)])
    within = r[:4, :4][np.triu_indices(4, 1)].mean() * r[4:, 4:][np.triu_indices(3, 1)].mean()
    assert r[:4, 4:].mean() / np.sqrt(within) == pytest.approx(NORDLYS["htmt_service_produkt"], abs=0.03)


def test_sponsorships_are_noise(survey):
    r = item_correlations(survey, ["sponsorat_1", "nki_1", "nki_2", "nki_3", "service_1", "pris_1", "anbefaling"])
    assert np.abs(r[0, 1:]).max() < 3 / np.sqrt(1700)


def test_slopes_of_the_satisfaction_index(survey):
    """Within 3 standard errors; service and product are compared by their sum, which is all that can be known."""
    items = {name: [c for c in survey if c.startswith(f"{name}_") and not c.endswith("ventet")]
             for name in NORDLYS["block_index"]}
    asked = [c for names in items.values() for c in names] + ["nki_1", "nki_2", "nki_3", "tilfreds"]
    rows = survey[(survey[asked] <= 10).all(axis=1)]
    blocks = np.column_stack([rows[names].mean(axis=1) for names in items.values()])
    x = np.column_stack([np.ones(len(rows)), blocks[:, 0] + blocks[:, 1], blocks[:, 1], blocks[:, 2:]])
    y, w = rows[["nki_1", "nki_2", "nki_3"]].mean(axis=1).to_numpy(), rows["vægt"].to_numpy()
    bread = np.linalg.inv(x.T * w @ x)
    b = bread @ (x.T * w @ y)
    error = np.sqrt(np.diag(bread @ (x.T * (w * (y - x @ b)) ** 2 @ x) @ bread))
    true = np.array(list(NORDLYS["index_slopes"]["satisfaction"].values()))
    assert np.abs((b[3:] - true[2:]) / error[3:]).max() < 3
    assert b[1] + (b[2] + b[1]) == pytest.approx(true[0] + true[1], abs=0.08)
    assert error[2] > 3 * error[3]


@pytest.mark.parametrize("block, verdict", [("service", "worse"), ("regning", "on par"), ("digital", "cannot tell")])
def test_expectations(survey, block, verdict):
    pair = survey[[f"{block}_1", f"{block}_1_ventet", "vægt"]].dropna()
    pair = pair[(pair.iloc[:, :2] <= 10).all(axis=1)]
    gap, w = (pair.iloc[:, 0] - pair.iloc[:, 1]) * 100 / 9, pair["vægt"] / pair["vægt"].sum()
    mean = (w * gap).sum()
    error = np.sqrt((w**2 * (gap - mean) ** 2).sum())
    assert abs(mean - NORDLYS["expectation_gap"][block]) < 3 * error
    low, high = mean - 1.645 * error, mean + 1.645 * error
    seen = "worse" if high < -5 else "on par" if low > -5 and high < 5 else "cannot tell"
    assert seen == verdict


def test_phone_breaks_after_8_minutes_and_nowhere_else():
    calls = table("contacts.csv").query("kanal == 'Telefon'")
    score, minutes = calls["kontakt_tilfredshed"], calls["ventetid_min"]
    means = score.groupby(minutes > 8).mean()
    assert means.tolist() == pytest.approx([NORDLYS["phone"]["mean_to_8"], NORDLYS["phone"]["mean_over_8"]], abs=0.15)
    assert score[minutes.between(7, 8)].mean() - score[minutes.between(9, 10)].mean() > 0.9
    within = [score[minutes.between(1, 4)].mean() - score[minutes.between(5, 8)].mean(),
              score[minutes.between(9, 12)].mean() - score[minutes > 12].mean()]
    assert np.abs(within).max() < 0.5          # what case types alone do
    assert (minutes % 5 == 0).mean() > 0.45


def test_email_declines_evenly():
    """Least squares with the case type: the planted slope, and no bend at any of the quartiles of the wait."""
    mails = table("contacts.csv").query("kanal == 'E-mail'")
    hours, y = mails["svartid_timer"].to_numpy(), mails["kontakt_tilfredshed"].to_numpy()
    base = np.column_stack([np.ones(len(y)), mails["sagstype"].isin(["Driftsstop", "Klage"]), hours])
    for place in np.quantile(hours, [0.25, 0.5, 0.75]):
        x = np.column_stack([base, np.maximum(hours - place, 0)])
        b, rss = np.linalg.lstsq(x, y, rcond=None)[:2]
        error = np.sqrt(rss[0] / (len(y) - 4) * np.diag(np.linalg.inv(x.T @ x)))
        assert abs(b[3]) < 3 * error[3]
    slope = np.linalg.lstsq(base, y, rcond=None)[0][2]
    assert slope == pytest.approx(NORDLYS["email"]["slope_per_hour"], abs=0.02)


def test_churn_and_share_of_wallet_go_in_steps(customers):
    groups = customers.groupby(np.select([customers["score"] <= 6, customers["score"] >= 9], ["0-6", "9-10"], "7-8"))
    for name, column in [("churn_by_score", "opsagt_12_mdr"), ("wallet_by_score", "andel_af_forbrug")]:
        error = groups[column].std() / np.sqrt(groups[column].size())
        assert ((groups[column].mean() - pd.Series(NORDLYS[name])).abs() < 3 * error).all()
    churn = groups["opsagt_12_mdr"].mean()
    assert churn["0-6"] > churn["7-8"] > churn["9-10"]


def test_money_is_plausible():
    money = table("customers.csv", "utf-8-sig")
    assert len(money) == 5000 and money["svar_id"].notna().sum() == 2000
    assert (money["dækningsbidrag"] > 0).all() and (money["dækningsbidrag"] < money["omsætning"]).all()
    assert money["andel_af_forbrug"].dropna().between(0, 1).all()


def test_employee_link_between_units(survey):
    staff = table("employees.csv", "utf-8-sig").drop(columns=["medarbejder", "år"])
    level = staff.groupby("enhed").mean().mean(axis=1)
    nki = survey[["nki_1", "nki_2", "nki_3"]].mean(axis=1).groupby(survey["enhed"]).mean()
    assert len(level) == 48 and set(level.index) == set(nki.index)
    r = np.corrcoef(level.sort_index(), nki.sort_index())[0, 1]
    assert 0.3 < r < NORDLYS["employee_r"]     # the sample of each unit dilutes it


def test_maturity_rose_where_planted():
    rows = pd.read_csv(DATA / "clients/nordlys/maturity.csv", dtype=str)
    answers = rows[list(NORDLYS["maturity_2025"])].apply(pd.to_numeric, errors="coerce")
    change = 25 * answers.groupby(rows["år"]).mean().diff().loc["2025"]
    for name, moved in change.items():
        assert moved == pytest.approx(NORDLYS["maturity_rose"].get(name, 0), abs=13), name
    gap = 25 * answers[rows["år"] == "2025"].groupby(rows["rolle"]).mean().T.eval("Topledelse - Medarbejder")
    assert (gap[list(NORDLYS["maturity_disputed"])] > 40).all()
    assert (gap.drop(list(NORDLYS["maturity_disputed"])).abs() < 25).all()


def test_staircase_levels():
    rows = pd.read_csv(DATA / "clients/nordlys/staircase.csv", dtype=str)
    cover = {"no": 0, "partly": 0.33, "mostly": 0.67, "fully": 1}
    statements = [column for column in rows if column[0] == "S" and len(column) == 3]
    mean = rows[statements].apply(lambda column: column.map(cover)).mean()
    levels = mean.groupby(mean.index.str[1]).mean()
    assert (levels >= 0.6).tolist() == [True, True, True, False, False]
    assert (mean[["S11", "S21", "S31"]] >= 0.5).all()
    assert rows.loc[rows["rolle"] == "Topledelse", "gæt"].eq("4").all()
    assert {column[1] for column in rows if column.endswith("evidence")} == {"1", "2"}


@pytest.fixture(scope="module")
def journey():
    return open_client("nordlys").journey


def test_touchpoints_have_the_planted_slopes_and_complaints_the_highest_correlation(journey, survey):
    """Within 3 standard errors; used and rated are two columns each."""
    score = survey["anbefaling"].where(survey["anbefaling"] <= 10).to_numpy()
    used, rated = journey.used, journey.ratings
    parts = [np.ones(len(score))]
    for name in rated:
        parts += [used[name], (rated[name] - rated[name].mean()).fillna(0)]
    x = np.column_stack(parts)
    known = ~np.isnan(x).any(axis=1) & ~np.isnan(score)
    x, y = x[known], score[known]
    b = np.linalg.lstsq(x, y, rcond=None)[0]
    error = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * (y - x @ b).var())
    true = np.array([NORDLYS["journey"]["touchpoint_slopes"][name] for name in rated])
    assert np.abs((b[2::2] - true) / error[2::2]).max() < 3
    assert used.mean().to_numpy() == pytest.approx([NORDLYS["journey"]["touchpoint_reach"][name] for name in rated], abs=0.03)
    assert rated.corrwith(pd.Series(score)).idxmax() == "klage" and NORDLYS["journey"]["touchpoint_slopes"]["klage"] == 0


def test_the_journey_is_what_is_said_of_it(journey):
    contacts, true = journey.contacts, NORDLYS["journey"]
    assert contacts["customer"].notna().mean() == pytest.approx(true["known"], abs=0.01)
    assert (contacts.groupby("case")["owner"].nunique() > 1).mean() == pytest.approx(true["several_owners"], abs=0.02)
    before = contacts.groupby("case")["owner"].shift()
    over = (before == true["hand_over"]["from"]) & (contacts["owner"] == true["hand_over"]["to"])
    assert contacts["score"][over].mean() - contacts["score"][~over].mean() == pytest.approx(true["hand_over"]["raw"], abs=0.25)
    solved = journey.cases["solved"].dropna()
    whole = (solved - journey.cases["start"][solved.index]).sum()
    waits = (contacts["accepted"] - contacts["time"])[over & contacts["case"].isin(solved.index)].sum()
    assert waits / whole == pytest.approx(true["hand_over"]["share_of_time"], abs=0.03)
    calls = contacts[contacts["touchpoint"] == "opkald"]
    for name, lift in true["behaviours"].items():
        by = calls.groupby(name)["score"]
        assert by.mean()[1] - by.mean()[0] == pytest.approx(lift, abs=3 * np.hypot(*by.sem()))


def test_the_planted_path_ends_badly_at_equal_length(journey):
    steps = journey.contacts.sort_values(["case", "time"]).groupby("case")["touchpoint"].agg(tuple)
    three = [">".join(walk) for walk in steps]
    rows = pd.DataFrame({"on": [">".join(NORDLYS["journey"]["path"]["steps"]) in walk for walk in three], "length": steps.map(len).clip(upper=8).to_numpy(),
                         "bad": journey.cases["bad_end"].reindex(steps.index).to_numpy()}).dropna()  # fmt: skip
    tables = [pd.crosstab(part["on"], part["bad"]).to_numpy() for _, part in rows[rows["length"] >= 3].groupby("length") if part["on"].nunique() == 2]
    odds = sum(t[0, 0] * t[1, 1] / t.sum() for t in tables) / sum(t[0, 1] * t[1, 0] / t.sum() for t in tables)
    assert np.log(odds) == pytest.approx(NORDLYS["journey"]["path"]["log_odds"], abs=0.35)


def test_the_follow_up_is_what_is_said_of_it():
    rows, true = open_client("nordlys").follow_up.rows, NORDLYS["journey"]["follow_up"]
    due = rows["left_out"] == False  # noqa: E712
    took = (rows["contacted"] - rows["answered"]).dt.total_seconds() / 86_400
    assert len(rows) == 620 and rows["contacted"].notna().mean() == pytest.approx(true["called"], abs=0.06)
    assert (took[due].fillna(np.inf) <= true["promise_days"]).mean() == pytest.approx(true["kept"], abs=0.06)
    assert not rows["contacted"][~due].notna().any() and rows["churned"].notna().all()
    called = rows["contacted"].notna()
    assert (rows["score_again"] - rows["score"])[called].mean() == pytest.approx(true["raw_rise"], abs=0.3)


def test_copenhagen_is_the_published_table():
    rows = pd.read_csv(DATA / "clients/copenhagen/housing.csv")
    assert (len(rows), rows["Freq"].sum()) == (72, 1681)
    high = rows[rows["Sat"] == "High"].groupby("Infl")["Freq"].sum() / rows.groupby("Infl")["Freq"].sum()
    assert high[["Low", "Medium", "High"]].round(2).tolist() == [0.28, 0.40, 0.58]
