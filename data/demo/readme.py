"""The table of planted truth in data/README.md, written from the same numbers as truth.json."""

from pathlib import Path

START, END = "<!-- written by make_demo.py: start -->", "<!-- end -->"


def listed(values: dict, digits: int = 2) -> str:
    return ", ".join(f"{name} {value:.{digits}f}" for name, value in values.items())


def truth_rows(truth: dict) -> list[tuple[str, str, str]]:
    """Client, what is planted, its value."""
    n, f, h = (truth[client] for client in ("nordlys", "fjordbanken", "harbour"))
    return [
        ("nordlys", "NPS, weighted: nothing happens from 2024-Q1 to 2025-Q2", f"{n['nps_quiet']}"),
        ("", "... a little in 2025-Q3, a real rise in 2025-Q4",
         ", then ".join(str(n["nps"][quarter]) for quarter in ("2025-Q3", "2025-Q4"))),
        ("", "NPS of all quarters; satisfied (4-5 of 5); mean effort (1-7)",
         f"{n['nps_all']}; {100 * n['satisfied_share']:.1f} %; {n['effort_mean']}"),
        ("", "Satisfaction and loyalty index, 0-100", f"{n['satisfaction_index']}, {n['loyalty_index']}"),
        ("", "Block indices", listed(n["block_index"], 1)),
        ("", "Paths to satisfaction between latent variables (SD 1)", listed(n["latent_paths"]["satisfaction"])),
        ("", "Paths to loyalty", listed(n["latent_paths"]["loyalty"])),
        ("", "Points of satisfaction for a point of each block (regression on plain item means)",
         listed(n["index_slopes"]["satisfaction"], 3)),
        ("", "The same for loyalty", listed(n["index_slopes"]["loyalty"], 3)),
        ("", "Service and product cannot be told apart: HTMT", f"{n['htmt_service_produkt']}"),
        ("", "Experience less expectation, index points (margin 5; digital asked of about 60: cannot tell)",
         listed(n["expectation_gap"], 1)),
        ("", f"Phone: step after {n['phone']['minutes']} minutes, flat on both sides; a hard case",
         f"{n['phone']['step']} points of 10; {n['phone']['hard_case']}"),
        ("", "... plain means up to and after 8 recorded minutes; share after",
         f"{n['phone']['mean_to_8']}, {n['phone']['mean_over_8']}; {100 * n['phone']['share_over_8']:.1f} %"),
        ("", "E-mail: a straight line, no tipping point", f"{n['email']['slope_per_hour']} points an hour"),
        ("", "Churn, log odds against 7-8 (with years as a customer and product)", listed(n["steps"]["churn"])),
        ("", "... churn in 12 months by score", listed(n["churn_by_score"], 3)),
        ("", "... of those who answered, and who did not", f"{n['churn_answered']}, {n['churn_not_answered']}"),
        ("", "Share of wallet, log odds against 7-8 (with years and rank)", listed(n["steps"]["wallet"])),
        ("", "... mean share by score", listed(n["wallet_by_score"], 3)),
        ("", "Revenue and cost to serve, log, against 7-8",
         f"{listed(n['steps']['revenue'])}; {listed(n['steps']['service_cost'])}"),
        ("", "Customer points for a point of employee index, between units; correlation of the true levels",
         f"{n['employee_slope']}; {n['employee_r']}"),
        ("", "Maturity: criteria that rose in 2025 (points of 100); the rest stood still",
         listed(n["maturity_rose"], 1)),
        ("", "... criteria where top management and employees disagree (points of 100)",
         listed(n["maturity_disputed"], 0)),
        ("", "... share below top management that does not know", listed(n["maturity_unknown"])),
        ("", "Staircase: level by answers, by top management's guess, with proof",
         ", ".join(map(str, n["staircase"].values()))),
        *journey_rows(n["journey"]),
        *rollout_rows(n["rollout"]),
        ("fjordbanken", "NPS raked by age, and as answered; no change between waves",
         f"{f['nps_raked']}, {f['nps_raw']}"),
        ("", "Satisfied (raked); satisfaction index (plain mean of the items, raked)",
         f"{100 * f['satisfied_share']:.1f} %, {f['satisfaction_index']}"),
        ("", "Paths to satisfaction between latent variables", listed(f["latent_paths"])),
        ("", "Churn by score: 9-10 leaves as often as 7-8", listed(f["churn_by_score"], 3)),
        ("harbour", "NPS; satisfied; satisfaction index",
         f"{h['nps']}; {100 * h['satisfied_share']:.1f} %; {h['satisfaction_index']}"),
    ]


def journey_rows(j: dict) -> list[tuple[str, str, str]]:
    """What is planted in the journey."""
    over, again, called = j["hand_over"], j["repeats"], j["follow_up"]
    return [
        ("", "Touchpoints: points of the recommend answer for a point of the rating, among users", listed(j["touchpoint_slopes"])),
        ("", "... share of respondents who used them (complaints have the highest plain correlation)", listed(j["touchpoint_reach"])),
        ("", f"Hand-over from {over['from']} to {over['to']}, in the same case; every other one 0", f"{over['drop']} points of 10"),
        ("", "... plain difference to all other contacts; share of the time to solved that is waiting for it, and for all hand-overs",
         f"{over['raw']}; {100 * over['share_of_time']:.0f} %, {100 * over['share_of_time_all']:.0f} %"),
        ("", f"Path {' > '.join(j['path']['steps'])}: log odds of leaving at equal length", f"{j['path']['log_odds']}"),
        ("", "Cases that the customer comes back after within 7 days, about the same; planted beside chance",
         f"{100 * again['raw']:.0f} %; {100 * again['beside_chance']:.0f} %"),
        ("", "Behaviours at a call, points of 10", listed(j["behaviours"], 1)),
        ("", "Last quarter: every channel; the whole (chat grew)", f"+{j['channel_shift']['within']}; {j['channel_shift']['total']}"),
        ("", "Contacts whose customer is known; cases with several owners", f"{100 * j['known']:.0f} %; {100 * j['several_owners']:.0f} %"),
        ("", f"Follow-up: called, not yet, within {called['promise_days']} days, median days (of those called alone)",
         f"{100 * called['called']:.0f} %, {100 * called['open']:.0f} %, {100 * called['kept']:.0f} %, {called['median_days']} ({called['median_of_called']})"),
        ("", "... effect of a call on the score; what it rose by", f"{called['effect']}; {called['raw_rise']}"),
    ]  # fmt: skip


def rollout_rows(r: dict) -> list[tuple[str, str, str]]:
    """What is planted in the teams' monthly figures."""
    return [
        ("", f"Begun in teams ({', '.join(map(str, r['teams'].values()))} of 48): effect, index points", listed(r["effect"], 1)),
        ("", "... what the figure rose by, from the month before the start to the months after it", listed(r["raw_rise"], 1)),
        ("", f"... of {r['best_team']} alone; of all teams a month", f"{r['best_gain']}; {r['trend_a_month']}"),
    ]


def write_table(source: Path, target: Path, truth: dict) -> None:
    """Copy the README with the table between its two marks replaced."""
    before, rest = source.read_text(encoding="utf-8").split(START)
    after = rest.split(END)[1]
    rows = "\n".join(f"| {client} | {what} | {value} |" for client, what, value in truth_rows(truth))
    table = f"| Client | Planted | Truth |\n|---|---|---|\n{rows}"
    target.write_text(f"{before}{START}\n{table}\n{END}{after}", encoding="utf-8")
