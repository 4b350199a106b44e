"""What figures rest on: one choice of periods for groups, distributions and areas, and what changes are counted from."""

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import drivers, status
from cxlib.analyses.design import Block, Design, Effort, Index, Question, Questionnaire, Rating, Weighting, year_before
from cxlib.analyses.rows import in_basis, shown_periods

QUARTERS = [f"{year}-Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]
ASKED = Question("q")
BLOCKS = {"a": Block("Service", {"a": "Friendly"}, scale=(0, 10), expectation={"a": "e"})}
SEGMENTS = {"region": "Region"}


def survey(seed: int, periods: int, *, n: int = 40) -> pd.DataFrame:
    """Answers that rise from period to period, a twentieth of them missing, each question's by itself."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(QUARTERS[-periods:], rng.integers(n, 2 * n, periods))
    place = np.unique(labels, return_inverse=True)[1]
    answers = {name: np.clip(np.round(rng.normal(4 + place / 3, 2.5)), 0, 10) for name in "qae"}
    rows = pd.DataFrame(answers | {"region": rng.choice(["North", "South", "West"], len(labels)), "wave": labels})
    rows[list("qae")] = rows[list("qae")].mask(rng.random((len(rows), 3)) < 0.05)
    return rows.astype({"wave": pd.CategoricalDtype(QUARTERS, ordered=True)}).sample(frac=1, random_state=seed, ignore_index=True)


def resting(rows: pd.DataFrame, basis: str | None) -> dict:
    """Every result that a choice of periods decides; without a choice there are no periods."""
    design = Design(period="wave", basis=basis) if basis else Design()
    return {
        "segments": status.net_promoter_by_segment(rows, ASKED, SEGMENTS, design),
        "satisfied": status.satisfied_by_segment(rows, Rating("q", (0, 10)), SEGMENTS, design),
        "index": status.satisfaction_by_segment(rows, Index({"q": "Q"}, (0, 10)), SEGMENTS, design),
        "groups": status.recommendation_groups(rows, ASKED, design),
        "areas": status.experience_areas(rows, BLOCKS, design),
        "gaps": status.expectation_gaps(rows, BLOCKS, design),
    }


@pytest.mark.parametrize(("basis", "most"), [("latest", 1), ("year on year", 1), ("last 2", 2), ("last 4", 4), ("last 99", 5), ("all", 5)])
def test_groups_areas_and_distributions_rest_on_the_same_periods(basis, most):
    rows, kept = survey(most, 5), QUARTERS[-5:][-most:]
    alone = resting(rows[rows.wave.isin(kept)].drop(columns="wave"), None)  # those periods, as a file without periods
    for name, result in resting(rows, basis).items():
        assert result.base.periods == tuple(dict.fromkeys([kept[0], kept[-1]])), name
        assert result.base.read == len(rows)
        assert result.base.used + sum(result.base.dropped.values()) == len(rows)
        assert result.base.used == alone[name].base.used
        for table in result.tables:
            pd.testing.assert_frame_equal(result.tables[table], alone[name].tables[table])


@pytest.mark.parametrize("seed", range(2))
def test_without_a_choice_groups_add_up_to_the_headline(seed):
    rows, design = survey(seed, 6), Design(period="wave")
    headline = status.net_promoter_score(rows, ASKED, design).tables["figure"].iloc[0]
    groups = status.recommendation_groups(rows, ASKED, design).tables["groups"]
    segments = status.net_promoter_by_segment(rows, ASKED, SEGMENTS, design).tables["segments"]
    assert headline.period == QUARTERS[-1]
    assert 100 * (groups.share[2] - groups.share[0]) == pytest.approx(headline.estimate)
    assert segments.n.sum() == headline.n
    assert np.average(segments.estimate, weights=segments.n) == pytest.approx(headline.estimate)


def test_stragglers_of_a_new_period_do_not_take_the_groups_with_them():
    rows = survey(1, 4)
    late = rows.head(2).assign(wave="2025-Q4", q=[3.0, 9.0])
    rows = pd.concat([rows[rows.wave != "2025-Q4"], late], ignore_index=True).astype({"wave": rows.wave.dtype})
    headline = status.net_promoter_score(rows, ASKED, Design(period="wave"))
    groups = status.recommendation_groups(rows, ASKED, Design(period="wave"))
    assert groups.base.periods == (headline.tables["figure"].period[0],) != ("2025-Q4",)


def test_a_latest_period_too_small_for_groups_says_so():
    rows = pd.concat([survey(2, 2), pd.DataFrame({"q": [5.0] * 6, "region": list("abcdef"), "wave": "2026-Q1"})])
    rows["wave"] = rows.wave.astype(str)
    result = status.net_promoter_by_segment(rows, ASKED, SEGMENTS, Design(period="wave"))
    assert [finding.key for finding in result.findings] == ["segments.too_few_in_period"]
    assert result.findings[0].values["period"] == "2026-Q1" and not result.tables


def test_rows_without_a_period_count_in_all_and_in_no_other():
    rows = survey(3, 3)
    rows.loc[:9, "wave"] = None
    assert in_basis(rows, Design(period="wave", basis="all")).all()
    assert not in_basis(rows, Design(period="wave", basis="last 3"))[:10].any()
    assert in_basis(rows.assign(wave=None), Design(period="wave")).all()


@pytest.mark.parametrize("seed", range(2))
def test_the_figure_of_all_periods_together_stands_beside_them(seed):
    rows = survey(seed, 5)
    result = status.net_promoter_score(rows, ASKED, Design(period="wave"))
    whole, alone = result.tables["all_periods"], status.net_promoter_score(rows, ASKED).tables["figure"].iloc[0]
    assert list(whole.period) == ["2024-Q4 – 2025-Q4"]
    assert whole[["n", "estimate", "low", "high"]].iloc[0].tolist() == pytest.approx(alone[["n", "estimate", "low", "high"]].tolist())
    assert whole.n[0] == result.tables["periods"].n.sum()
    assert status.net_promoter_score(rows, ASKED).tables["all_periods"].empty


@pytest.mark.parametrize("seed", range(3))
def test_a_year_on_year_change_is_counted_from_the_same_quarter_a_year_before(seed):
    rows = survey(seed, 6)
    result = status.net_promoter_score(rows, ASKED, Design(period="wave", basis="year on year"))
    periods, change = result.tables["periods"].set_index("period").estimate, result.tables["figure"].change[0]
    assert change == pytest.approx(periods["2025-Q4"] - periods["2024-Q4"])
    assert result.findings[1].values["before"] == "2024-Q4"
    against_the_last = status.net_promoter_score(rows, ASKED, Design(period="wave")).findings[1]
    assert against_the_last.values["before"] == "2025-Q3"


@pytest.mark.parametrize(
    ("now", "before"),
    [("Spring 2025", "Spring 2024"), ("Winter 2024/25", "Winter 2023/24"), ("2024-05", "2023-05"), ("2025-W07", "2024-W07"), ("jan 25", "jan 24"),
     ("Q4'25", "Q4'24"), ("FY25", "FY24"), ("1Q25", "1Q24"), ("2023/2024", "2022/2023"), ("Wave 12", None), ("uge 07", None)],
)  # fmt: skip
def test_the_same_period_a_year_before(now, before):
    names = [before or "Wave 11", "uge 06", now]
    assert year_before(now, names) == before


def test_no_year_before_is_said():
    result = status.net_promoter_score(survey(1, 3), ASKED, Design(period="wave", basis="year on year"))
    assert [finding.key for finding in result.findings] == ["level.latest", "change.no_year"]


@pytest.mark.parametrize("seed", range(3))
def test_key_figures_rest_on_the_period_of_their_figures(seed):
    rows, design = survey(seed, 4), Design(period="wave")
    nps, index = status.net_promoter_score(rows, ASKED, design), status.satisfaction_index(rows, Index({"a": "A"}, (0, 10)), design)
    together = status.key_figures(nps, index)
    assert together.base.periods == ("2025-Q4",) and together.base.used == together.tables["figures"].n.max()


@pytest.mark.parametrize("basis", ["lastest", "last", "last 0", "last x", "", "ALL"])
def test_another_basis_is_refused(basis):
    with pytest.raises(ValueError, match="give latest, last 4"):
        Design(basis=basis)


def test_periods_that_would_give_a_small_one_away_are_not_the_latest():
    labels = pd.Series(["1"] * 50 + ["2"] * 9 + ["3"] * 3)
    assert shown_periods(labels, 5) == ["1"]


@pytest.mark.parametrize(("basis", "most"), [("latest", 1), ("last 3", 3), ("all", 5)])
def test_drivers_rest_on_the_periods_of_the_groups(basis, most):
    rows = survey(5, 5, n=60)
    asked = Questionnaire(recommend=ASKED, blocks={name: Block(name, {name: name}, (0, 10)) for name in "ae"})
    model = drivers.survey_model(rows, asked, Design(period="wave", basis=basis), resamples=100)
    alone = rows[rows.wave.isin(QUARTERS[-most:])].reset_index(drop=True)
    expected = drivers.survey_model(alone, asked, Design(), resamples=100)
    assert model.base().periods == tuple(dict.fromkeys([QUARTERS[-most], QUARTERS[-1]]))
    assert model.read == len(alone)
    np.testing.assert_array_equal(model.answers, expected.answers)
    found, again = drivers.driver_importance(model), drivers.driver_importance(expected)
    assert found.tables and found.findings == again.findings
    for table in found.tables:
        pd.testing.assert_frame_equal(found.tables[table], again.tables[table])


@pytest.mark.parametrize("easy", ["high", "low"])
@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("definition", ["mean", "agree", "index"])
def test_a_change_of_effort_is_told_as_easier_or_harder(easy, way, definition):
    rng = np.random.default_rng(4)
    ease = np.clip(np.round(rng.normal(4 + way * np.repeat([-1.5, 0, 1.5], 150), 1)), 1, 7)  # three periods, ever easier or harder
    rows = pd.DataFrame({"q": ease if easy == "high" else 8 - ease, "wave": np.repeat(QUARTERS[-3:], 150)})
    result = status.effort_score(rows, Effort("q", definition=definition, easy=easy), Design(period="wave"))
    told = [finding for finding in result.findings if finding.key.startswith("ease")]
    assert told[0] == result.findings[1]  # the change; the trend follows where it is even
    for finding in told:
        assert ("easier" in finding.message, "harder" in finding.message) == (way > 0, way < 0)
        assert finding.tone == ("good" if way > 0 else "bad")
        rises = ("has risen" in finding.message) or ("rises" in finding.message)
        assert rises == (result.tables["figure"].change[0] > 0)


@pytest.mark.parametrize("seed", range(3))
def test_what_a_sentence_names_stands_in_a_table_or_the_settings(seed):
    rows = pd.concat([survey(seed, 5), pd.DataFrame({"q": [4.0] * 3, "wave": "2023-Q1", "region": "North"})], ignore_index=True)
    rows["wave"] = rows.wave.astype(str)
    design = Design(period="wave")
    results = [
        status.net_promoter_score(rows, ASKED, design),
        status.net_promoter_by_segment(rows.assign(q=np.where(rows.region == "North", rows.q, 10.0)), ASKED, SEGMENTS, design),
        status.acsi_index(rows.head(3), Index({"q": "Q", "a": "A"}, (0, 10)), design),
        status.weighted(rows.assign(w=np.linspace(1, 2, len(rows))), Weighting(start="w"), design)[2],
    ]
    for result in results:
        known = {round(abs(float(value)), 9) for value in result.settings.values() if isinstance(value, float | int)}
        for table in result.tables.values():
            known |= {round(abs(value), 9) for value in table.select_dtypes("number").to_numpy(float).ravel() if value == value}
            known |= {round(abs(float(value)), 9) for value in table.to_numpy(object).ravel() if isinstance(value, float)}
            known.add(len(table))
        known.add(len(result.tables["segments"]) - result.tables["segments"].n.count() if "segments" in result.tables else 0)
        for finding in result.findings:
            for slot, value in finding.values.items():
                assert not isinstance(value, float | int) or round(abs(float(value)), 9) in known, (finding.key, slot, value)
