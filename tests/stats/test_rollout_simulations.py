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


def test_units_picked_for_their_score_are_held_against_units_that_scored_the_same(kept):
    for truth in (0.0, 3.0):
        for what in ("score, plain", "score, three starts"):
            assert 0.935 <= kept.covered[what, truth] <= 0.97 and kept.estimate[what, truth] == pytest.approx(truth, abs=0.1)
            assert kept.covered_beside[what, truth] < 0.92  # the difference of changes takes the return to the mean for an effect
    for kind in simulated.KINDS:
        assert 0.93 <= kept.covered[f"score, {kind}", 0.0] <= 0.97
    assert kept.estimate["score, anew before each start", 3.0] < 2.7  # the limit that `adjusted_effect` names


def test_nothing_that_did_nothing_is_said_to_have_worked(kept):
    nothing = kept[kept.index.get_level_values("truth") == 0].dropna(subset="worked")
    assert len(nothing) >= 26 and (nothing.worked <= 0.05).all()
    series = nothing[nothing.index.get_level_values("what").str.contains("series")]
    assert len(series) == 8 and (series.clear <= 0.06).all()


def test_an_effect_that_grows_is_told_whoever_starts_in_the_end(kept):
    for what in ("growing, some never", "growing, everybody in the end"):
        assert abs(kept.estimate[what, 0.6]) < 0.1 and 0.935 <= kept.covered[what, 0.6] <= 0.97
        assert kept.beside[what, 0.6] < -0.4  # two-way fixed effects


def test_what_worked_is_found(kept):
    assert kept.worked["score, three starts", 3.0] >= 0.9 and kept.worked["other, plain", 3.0] >= 0.75
    assert kept.worked["series, white", 3.0] >= 0.9
