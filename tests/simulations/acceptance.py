"""What 05_journey and 07_effect promise, row by row: the figure, what it has to be, where it is computed, and the tests that hold it.

`python -m tests.simulations.acceptance` writes acceptance.csv beside it, from the kept tables.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tests.simulations import follow_up, hand_overs, journey, real_journeys, rollout, units

TABLE = Path(__file__).with_suffix(".csv")
STATS, ROOM = "tests/stats", "tests/analyses"
REPORTS, CALLS, LEAKS = "tests/test_real_journey_reports.py", "tests/render/test_calls.py", "tests/render/test_customer_leaks.py"
REFUSED = "tests/render/test_journey_refusals.py"


@dataclass(frozen=True)
class Promise:
    """A figure of a kept table that has to lie between two ends; or, where `found` is None, what the tests alone hold."""

    row: int
    what: str
    tests: tuple[str, ...]
    found: Callable[[], float] | None = None
    low: float = float("-inf")
    high: float = float("inf")


def _of(module, **where) -> pd.DataFrame:
    """The rows of a kept table where the columns have these values."""
    table = pd.read_csv(getattr(module, "TABLE", None) or module.KEPT)
    for column, value in where.items():
        table = table[table[column].isin(value) if isinstance(value, (list, tuple)) else table[column] == value]
    if table.empty:
        raise LookupError(f"{module.__name__} keeps no row of {where}")
    return table


def _least(module, column="value", **where) -> Callable[[], float]:
    return lambda: float(_of(module, **where)[column].min())


def _most(module, column="value", **where) -> Callable[[], float]:
    return lambda: float(_of(module, **where)[column].max())


def _real(figure) -> Callable[[], float]:
    return _least(real_journeys, figure=figure)


HONEST, HALO = ["everybody alike", "who is content meets more"], "half a spread of general opinion"
SIMULATED = f"{STATS}/journey/test_simulations.py::test_touchpoints_keep_the_promise"
RULES = f"{STATS}/journey/test_simulations.py::test_rules_keep_the_promise"
HAND_OVERS = f"{STATS}/journey/test_hand_overs.py::test_the_kept_table_keeps_the_promise"
PATHS = f"{STATS}/journey/test_paths.py::test_the_kept_table_keeps_the_promise"
REPEATS = f"{STATS}/journey/test_repeats.py::test_the_kept_table_keeps_the_promise"
CALLING = f"{STATS}/test_follow_up_simulations.py::test_what_is_said_of_calling_is_right"
AIRPORT = (f"{STATS}/journey/test_touchpoint_importance.py::test_an_airport_by_its_published_answers", f"{REPORTS}::test_at_the_airport_the_shuttle_never_matters")
INCIDENTS = (f"{STATS}/journey/test_steps.py::test_volvo_it_as_it_was_counted_elsewhere", f"{STATS}/journey/test_waits.py::test_volvo_it_as_it_was_counted_elsewhere",
             f"{REPORTS}::test_volvo_it_waits_between_its_groups")  # fmt: skip
HELPDESK = (f"{STATS}/journey/test_waits.py::test_helpdesk_is_solved_long_before_it_is_closed", f"{REPORTS}::test_helpdesk_customers_come_back_beyond_chance",
            f"{REPORTS}::test_helpdesk_customers_come_back_after_the_last_solution_as_often_as_others_counted")
CHURN = (f"{STATS}/follow_up/test_list_value.py::test_iranian_churn", f"{REPORTS}::test_lost_value_stands_at_the_top_and_nobody_is_said_to_be_helped")
UNITS = f"{STATS}/units/test_shrinkage.py::test_the_kept_table_keeps_the_promise"
CENTRES = (f"{STATS}/units/test_unit_comparison.py::test_surgery_centres_by_their_published_shares", f"{REPORTS}::test_surgery_centres_differ_and_few_stand_apart")
ROLLOUT, BEGUN = f"{STATS}/test_rollout_simulations.py", "tests/test_real_rollout.py"
STARTED = [f"{units} units, {treated} of them" for units, treated in ((48, 24), (24, 12), (24, 6), (12, 6), (12, 2))]
BY_SCORE = ["score, plain", "score, drift", "score, autocorrelated", "score, unequal sizes", "score, three starts", "score, three starts, drift", "score, anew before each start"]
COMPARED = [*BY_SCORE, *(f"{how}, {what}" for how in ("random", "other") for what in ("plain", "drift", "autocorrelated", "unequal sizes", "three starts"))]
NOISES = ["series, white", "series, drift", "series, autocorrelated", "series, a fifth more", "series, a fifth less"]
SCORED = [f"{rule}, 100% of contacts scored" for rule in journey.CANDIDATES]

PROMISES = (
    Promise(1, "touchpoints: largest bias of a slope", (SIMULATED,), _most(journey, "bias", what="touchpoints", design=HONEST), high=0.02),
    Promise(1, "touchpoints: least coverage", (SIMULATED,), _least(journey, "covered", what="touchpoints", design=HONEST), 0.935, 0.965),
    Promise(1, "touchpoints: most coverage", (SIMULATED,), _most(journey, "covered", what="touchpoints", design=HONEST), 0.935, 0.965),
    Promise(1, "touchpoints: most false drivers", (SIMULATED,), _most(journey, "false", what="touchpoints", design=HONEST), high=0.06),
    Promise(2, "touchpoints with halo: most false drivers", (SIMULATED,), _most(journey, "false", what="touchpoints", design=HALO), high=0.1),
    Promise(3, "airport: slopes and errors off by (digits stored: 4)", AIRPORT, _real("airport: slopes and errors off by"), high=5.1e-5),
    Promise(3, "slopes and errors to 1e-6, against statsmodels", (f"{STATS}/journey/test_touchpoint_importance.py::test_it_agrees_with_statsmodels_with_weights_clusters_and_controls",)),
    Promise(3, "airport: shuttle or booths matter", AIRPORT, _real("airport: shuttle or booths matter"), high=0),
    Promise(3, "airport: years with restaurants and signs in front", AIRPORT, _real("airport: years with restaurants and signs in front"), low=2),
    Promise(4, "rules: least often clear and right", (RULES,), _least(journey, "right", what="rules", design=SCORED), low=0.95),
    Promise(4, "rules: most often clear and wrong", (RULES,), _most(journey, "wrong", what="rules"), high=0.01),
    Promise(4, "airline: peak and end fits worse than the best", (f"{STATS}/journey/test_summary_rule.py::test_no_peak_and_end_rule_among_airline_passengers",),
            _real("airline: peak and end fits worse than the best"), low=1),
    Promise(5, "hand-over: least coverage", (HAND_OVERS,), _least(hand_overs, figure="interval holds the hand-over's effect"), 0.935, 0.965),
    Promise(5, "hand-over: most coverage", (HAND_OVERS,), _most(hand_overs, figure="interval holds the hand-over's effect"), 0.935, 0.965),
    Promise(5, "hand-over: most often clear without effect", (HAND_OVERS,), _most(hand_overs, figure="hand-over clear", truth=0.0), high=0.06),
    Promise(5, "hand-over: least often found", (HAND_OVERS,), _least(hand_overs, figure="hand-over clear", truth=-0.8), low=0.9),
    Promise(5, "lead test: most often clear without trouble", (HAND_OVERS,), _most(hand_overs, figure="lead clear without trouble"), high=0.07),
    Promise(5, "lead test: found at 2,000 cases", (HAND_OVERS,), _least(hand_overs, figure="lead clear with trouble before", n=2000), low=0.9),
    Promise(6, "incidents: hand-overs miscounted", INCIDENTS, _real("incidents: hand-overs miscounted"), 0, 0),
    Promise(6, "incidents: share of time between departments", INCIDENTS, _real("incidents: share of time between departments"), 0.1655, 0.1665),
    Promise(6, "applications: share of time to another person and group", (f"{STATS}/journey/test_steps.py::test_receipt_whose_group_belongs_to_the_activity",
            f"{REPORTS}::test_applications_pass_between_persons_and_nobody_wrote_down_their_end",
            f"{REPORTS}::test_applications_wait_between_persons_once_their_end_is_known"),
            _real("applications: share of time to another person and group"), 0.645, 0.655),
    Promise(6, "helpdesk: median days to solved", HELPDESK, _real("helpdesk: median days to solved"), 6.65, 6.75),
    Promise(6, "helpdesk: median days to closed", HELPDESK, _real("helpdesk: median days to closed"), 39.7, 40.0),
    Promise(6, "a million contacts: CPU seconds to hand-overs", (f"{STATS}/journey/test_waits.py::test_a_million_contacts_take_under_five_seconds",),
            _real("a million contacts: seconds to hand-overs"), high=5),
    Promise(7, "paths: any false one, none planted", (PATHS,), _most(hand_overs, figure="any other than BDE", truth=0.0), high=0.05),
    Promise(7, "paths: planted one found", (PATHS,), _least(hand_overs, figure=["path BDE shown", "path BD shown"], truth=1.2), low=0.9),
    Promise(7, "paths: others a run", (PATHS,), _most(hand_overs, figure=["others than BDE a run", "others than BD a run"], truth=1.2), high=0.1),
    Promise(8, "repeats: excess of those who come by chance", (REPEATS,), _most(hand_overs, figure="excess of repeats"), -0.01, 0.01),
    Promise(8, "repeats: least coverage of 0", (REPEATS,), _least(hand_overs, figure="interval of repeats covers 0"), 0.93, 0.97),
    Promise(8, "repeats: most coverage of 0", (REPEATS,), _most(hand_overs, figure="interval of repeats covers 0"), 0.93, 0.97),
    Promise(9, "'helps' of a comparison drawn at random alone", (f"{STATS}/follow_up/test_effect.py::test_helps_is_only_said_of_a_random_comparison",
            f"{ROOM}/test_follow_up.py::test_only_a_random_comparison_may_say_that_contact_helps")),
    Promise(9, "recovery: least coverage of the covariance", (CALLING,), _least(follow_up, "covered", what="called and not"), 0.93, 0.97),
    Promise(9, "recovery: rise left by the expected return, true 0", (CALLING,), _least(follow_up, "estimate", what="only called", truth=0.0), -0.1, 0.1),
    Promise(10, "immortal time: hazard ratio, true 1", (CALLING,), _least(follow_up, "estimate", what="immortal time", truth=1.0), 0.97, 1.03),
    Promise(10, "immortal time: hazard ratio, true 0.7", (CALLING,), _least(follow_up, "estimate", what="immortal time", truth=0.7), 0.68, 0.73),
    Promise(10, "immortal time: least coverage", (CALLING,), _least(follow_up, "covered", what="immortal time"), low=0.92),
    Promise(10, "the naive ratio is nowhere printed", (f"{ROOM}/test_follow_up.py::test_who_leaves_early_cannot_be_contacted_and_that_is_no_effect",)),
    Promise(11, "clock: median of 7.0 days, a quarter open", (CALLING,), _least(follow_up, "estimate", what="clock"), 6.7, 7.3),
    Promise(12, "churn: lost value in the first tenth", CHURN, _real("churn: lost value in the first tenth"), low=0.6),
    Promise(12, "churn: gain over the complaint rule, lower end", CHURN, _real("churn: gain over the complaint rule, lower end"), low=0),
    Promise(12, "churn: slope of the calibration", CHURN, _real("churn: slope of the calibration"), 0.9, 1.1),
    Promise(12, "churn: duplicates not found", CHURN, _real("churn: duplicates not found"), 0, 0),
    Promise(13, "mails: effects off by", (f"{STATS}/follow_up/test_effect.py::test_hillstrom_counts_the_effect_of_a_random_comparison",
            f"{REPORTS}::test_a_mail_to_those_drawn_by_lot_has_its_effect"), _real("mails: effects off by"), high=1e-5),
    Promise(13, "mails: by risk, the first are helped more", (f"{STATS}/follow_up/test_list_value.py::test_hillstrom_highest_risk_is_not_the_best_to_write_to",),
            _real("mails: by risk, the first are helped more"), high=0),
    Promise(14, "40 ids, names and telephones in no file of the report, cache, log and notebook", (f"{CALLS}::test_no_person_is_in_any_file_of_the_report_in_the_log_or_what_the_command_prints",
            f"{CALLS}::test_a_page_that_names_a_customer_is_not_published")),
    Promise(14, "no list without consent", (f"{CALLS}::test_without_what_it_takes_no_list_is_made_and_the_reason_is_said", f"{ROOM}/test_call_list.py::test_each_refusal_is_one_sentence_with_its_remedy")),
    Promise(15, "started units: least coverage, 48/24 to 12/2", (f"{ROLLOUT}::test_intervals_hold_the_truth_down_to_twelve_units_with_two",), _least(rollout, "covered", what=STARTED), 0.935, 0.97),
    Promise(15, "started units: most coverage", (f"{ROLLOUT}::test_intervals_hold_the_truth_down_to_twelve_units_with_two",), _most(rollout, "covered", what=STARTED), 0.935, 0.97),
    Promise(15, "24 units, one of them: share refused", (f"{ROLLOUT}::test_intervals_hold_the_truth_down_to_twelve_units_with_two",), _least(rollout, "refused", what="24 units, one of them"), low=1),
    Promise(16, "picked by score: least coverage, effect 0 and 3", (f"{ROLLOUT}::test_units_picked_for_their_score_are_held_against_what_was_to_be_expected",), _least(rollout, "covered", what=[each for each in BY_SCORE if "drift" not in each]), low=0.935),
    Promise(16, "picked by score, units that drift: least coverage (.935 was aimed at)", (f"{ROLLOUT}::test_units_picked_for_their_score_are_held_against_what_was_to_be_expected",), _least(rollout, "covered", what=[each for each in BY_SCORE if "drift" in each]), low=0.93),
    Promise(16, "a difference of changes alone is never said to work", ("tests/stats/rollout/test_verdict.py::test_picked_for_the_score",)),
    Promise(16, "most often said to work, effect 0, every cell", (f"{ROLLOUT}::test_nothing_that_did_nothing_is_said_to_have_worked",), _most(rollout, "worked", what=COMPARED, truth=0.0), high=0.05),
    Promise(17, "counties: effect and error to 1e-4", (f"{BEGUN}::test_counties_with_a_minimum_wage", "tests/test_real_effect.py::test_counties_that_raised_the_minimum_wage")),
    Promise(17, "houses: to 1e-4 of the estimate", (f"{BEGUN}::test_houses_near_an_incinerator_are_two_units",)),
    Promise(17, "heart attacks: rate ratio to 1e-4", (f"{BEGUN}::test_heart_attacks_after_a_smoking_ban", "tests/test_real_effect.py::test_heart_attacks_fell_when_smoking_was_banned_and_no_more_is_said")),
    Promise(18, "growing effect: bias, some never start", (f"{ROLLOUT}::test_an_effect_that_grows_is_told_whoever_starts_in_the_end",), _least(rollout, "estimate", what="growing, some never"), -0.1, 0.1),
    Promise(18, "growing effect: bias, everybody starts", (f"{ROLLOUT}::test_an_effect_that_grows_is_told_whoever_starts_in_the_end",), _least(rollout, "estimate", what="growing, everybody in the end"), -0.1, 0.1),
    Promise(19, "series: most often clear, effect 0", (f"{ROLLOUT}::test_nothing_that_did_nothing_is_said_to_have_worked",), _most(rollout, "clear", what=NOISES, truth=0.0), high=0.06),
    Promise(20, "units: least coverage of the level", (UNITS,), _least(units, figure="interval holds the level"), low=0.94),
    Promise(20, "units: any equal one named", (UNITS,), _most(units, figure="any equal unit named"), high=0.05),
    Promise(20, "surgery centres: SD between them", CENTRES, _real("surgery centres: SD between them"), 4.625, 4.635),
    Promise(20, "surgery centres: share outside the limits", CENTRES, _real("surgery centres: share outside the limits"), 0.0425, 0.0435),
    Promise(20, "surgery centres: named", CENTRES, _real("surgery centres: named"), 5, 5),
    Promise(20, "call centre: agents named", (f"{STATS}/units/test_unit_comparison.py::test_no_agent_of_the_call_centre_may_be_named",), _real("call centre: agents named"), high=0),
    Promise(21, "the worst tenth of hospitals rose as expected without", (f"{BEGUN}::test_the_worst_tenth_of_hospitals_rose_as_it_would_have_without",
            "tests/test_real_effect.py::test_the_worst_tenth_of_hospitals_is_not_said_to_have_been_helped")),
    Promise(22, "mix and within make up the change to 1e-12", (f"{STATS}/journey/test_channel_shift.py::test_the_parts_are_the_whole_change",)),
    Promise(22, "every channel up and the whole down is said to hide", (f"{STATS}/journey/test_channel_shift.py::test_two_channels_by_hand",
            f"{ROOM}/test_journey_matters.py::test_what_changed_is_told_apart_from_who_came")),
    Promise(23, "no effect of one earlier period, a start after the last one, or one unit", (f"{ROOM}/test_what_came.py::test_what_stands_in_the_way_is_said", f"{ROOM}/test_what_came.py::test_few_units_and_one_unit",
            f"{ROOM}/test_what_came.py::test_one_earlier_period_never_works")),
    Promise(23, "each refused case is one sentence with its remedy, in three languages", (f"{REFUSED}::test_each_refusal_is_one_sentence_with_its_remedy_in_every_language",)),
)  # fmt: skip


def table() -> pd.DataFrame:
    """A row a promise: row, what, at_least, at_most, found (blank: the tests hold it and no figure), tests."""
    rows = [{"row": each.row, "what": each.what, "at_least": each.low, "at_most": each.high, "found": None if each.found is None else each.found(),
             "tests": " ".join(each.tests)} for each in PROMISES]  # fmt: skip
    return pd.DataFrame(rows).replace([float("inf"), float("-inf")], None).astype(dict.fromkeys(("at_least", "at_most", "found"), float))


if __name__ == "__main__":
    table().to_csv(TABLE, index=False, float_format="%.6g")
    print(TABLE.read_text())
