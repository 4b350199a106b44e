"""What is said of a roll-out is right where the truth is known (table: tests/simulations/rollout.csv)."""

import pandas as pd
import pytest

from tests.simulations import rollout as simulated


@pytest.fixture(scope="module")
def kept():
    return pd.read_csv(simulated.TABLE).set_index(["what", "truth"])


@pytest.mark.slow
def test_the_table_is_made_anew_as_it_is_kept():
    pd.testing.assert_frame_equal(simulated.table(), pd.read_csv(simulated.TABLE), rtol=1e-4, check_dtype=False)


def test_intervals_hold_the_truth_down_to_twelve_units_with_two(kept):
    for what in ("48 units, 24 of them", "24 units, 12 of them", "24 units, 6 of them", "12 units, 6 of them", "12 units, 2 of them"):
        assert 0.935 <= kept.covered[what, 2.0] <= 0.97
        assert kept.estimate[what, 2.0] == pytest.approx(2, abs=0.1)
    assert kept.refused["24 units, one of them", 0.0] == 1


def test_units_picked_for_their_score_are_held_against_what_was_to_be_expected(kept):
    cells = [cell for cell in kept.index if cell[0].startswith("score, ")]
    assert len(cells) == 26
    for cell in cells:  # a walk cannot be told from a long memory in twelve periods: there it is 93 to 94 of 100
        assert kept.covered[cell] >= (0.93 if "drift" in cell[0] else 0.935), cell
    for what in ("plain", "three starts", "anew before each start, plain"):
        for truth in (0.0, 3.0):
            cell = f"score, {what}", truth
            assert kept.estimate[cell] == pytest.approx(truth, abs=0.1)
            assert kept.covered_beside[cell] < 0.92  # the difference of changes takes the return to the mean for an effect
    for kind in ("plain", "unequal sizes"):  # the regression is wrong where later units are picked by later scores
        assert kept.regressed[f"score, anew before each start, {kind}", 0.0] < -0.4


def test_doubt_about_how_long_scores_linger_costs_less_than_half_a_standard_error(kept):
    """Too much of a low score is expected to return, which hides effects and makes none."""
    for what in ("drift", "three starts, drift", "anew before each start, drift"):
        for truth in (0.0, 3.0):
            assert -0.35 < kept.estimate[f"score, {what}", truth] - truth < 0.05
        assert kept.worked[f"score, {what}", 0.0] <= 0.025


def test_units_picked_by_what_no_score_shows_are_told_by_their_changes(kept):
    for kind in simulated.KINDS:
        assert 0.935 <= kept.covered[f"other, {kind}", 0.0] <= 0.97
        assert kept.covered_beside[f"other, {kind}", 0.0] < 0.93  # their past does not say why they were picked
    assert kept.covered["other taken for score", 0.0] < 0.9 and kept.worked["other taken for score", 0.0] <= 0.05


def test_nothing_that_did_nothing_is_said_to_have_worked(kept):
    nothing = kept[kept.index.get_level_values("truth") == 0].dropna(subset="worked")
    wrong = nothing.index.get_level_values("what") == "the best by other taken for score"
    assert (nothing.worked[wrong] > 0.05).all()  # the limit that `imputed_effect` names: said to be picked by score, and was not
    nothing = nothing[~wrong]
    assert wrong.sum() == 1 and len(nothing) >= 36 and (nothing.worked <= 0.05).all()
    series = nothing[nothing.index.get_level_values("what").str.contains("series")]
    assert len(series) == 8 and (series.clear <= 0.06).all()


def test_an_effect_that_grows_is_told_whoever_starts_in_the_end(kept):
    for what in ("growing, some never", "growing, everybody in the end"):
        assert abs(kept.estimate[what, 0.6]) < 0.1 and 0.935 <= kept.covered[what, 0.6] <= 0.97
        assert kept.beside[what, 0.6] < -0.4  # two-way fixed effects


def test_what_worked_is_found(kept):
    assert kept.worked["score, three starts", 3.0] >= 0.9 and kept.worked["other, plain", 3.0] >= 0.75
    assert kept.worked["series, white", 3.0] >= 0.9
