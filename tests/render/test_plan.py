"""Who begins, drawn at random: in the client's own folder, for its owner alone, and in no report."""

import stat
from datetime import date

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner

from cxlib.cli import main
from cxlib.engagement import DataError
from cxlib.render.leaks import pieces
from cxlib.render.plan import NoPlan, write_plan
from cxlib.render.report import render_client

TODAY = date(2026, 1, 7)
SETTINGS = """\
client: {client}
name: {name}
language: en
rollout:
  figures: {{file: teams.csv, unit: team, period: when, value: score, answers: n, label: Score}}
"""
SURVEY = """\
client: {client}
name: {name}
language: en
survey:
  file: survey.csv
  respondent: id
  unit: place
  date: day
  every: quarter
  recommend: {{column: q1, scale: [0, 10]}}
"""
SHOWS = """\
from cxlib.analyses import effect
from cxlib.engagement import open_client
from cxlib.report import Page

engagement = open_client(client, language=language)
page = Page(**engagement.look)
page.show(effect.needed(effect.judge(engagement.rollout)))
"""
UNITS = [f"Branch {place:03d}" for place in range(24)]
MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]


def levels(units=UNITS, months=MONTHS, noise=1.0):
    """Lines of figures of units that differ in level and size."""
    rng = np.random.default_rng(3)
    return [f"{unit},{month},{55 + place + rng.normal(0, noise):.2f},{20 + 5 * (place % 7)}" for place, unit in enumerate(units) for month in months]


def table(lines):
    return "\n".join(["team,when,score,n", *lines]) + "\n"


@pytest.fixture
def client(make_client):
    """A client with 24 branches and two years of monthly figures."""
    folder = make_client(settings=SETTINGS)
    (folder / "survey.csv").unlink()
    (folder / "teams.csv").write_text(table(levels()))
    return folder


def sheets(file):
    """(lines above the units, {unit: begins}, {periods: smallest effect}) of the file."""
    book = openpyxl.load_workbook(file)
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    top = next(at for at, row in enumerate(rows) if row[0] == "Unit")
    drawn = {row[0]: row[1] for row in rows[top + 1 :]}
    return rows[:top], drawn, {row[0].value: row[1].value for row in list(book.worksheets[1].iter_rows())[1:]}


def begins(file):
    return {unit for unit, side in sheets(file)[1].items() if side == "yes"}


def test_the_file_says_who_begins_and_what_can_be_seen_and_is_its_owners_alone(client):
    made = write_plan("acme", today=TODAY)
    assert made.file == client / "internal" / "acme_plan_2026-01-07.xlsx"
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600 and stat.S_IMODE(made.file.parent.stat().st_mode) == 0o700
    assert (made.file.parent / ".gitignore").read_text() == "*\n" and sorted(each.name for each in made.file.parent.iterdir()) == [".gitignore", made.file.name]
    top, drawn, seen = sheets(made.file)
    assert sorted(drawn) == UNITS and len(begins(made.file)) == made.begin and len(drawn) == made.begin + made.wait
    assert top[0][0].startswith(f"Who begins first: {made.begin} of 24 units, drawn at random on 7 January 2026 (number of the draw: 20260107)")
    assert any("recorded as drawn at random" in str(row[0]) for row in top)
    assert list(seen) == sorted(seen) and list(seen.values()) == sorted(seen.values(), reverse=True)  # who waits longer sees less


def test_both_sides_are_alike_in_level_and_size(client):
    """Closer than the means of units drawn plainly, whichever the draw."""
    def apart(seed):
        rows = [row for row in sheets(write_plan("acme", begin=12, seed=seed, today=TODAY).file)[0] if row[0] in ("Begin first", "Wait")]
        assert [row[:2] for row in rows] == [["Begin first", 12], ["Wait", 12]]
        return [abs(rows[0][at] - rows[1][at]) for at in (2, 3)]

    level, size = np.mean([apart(seed) for seed in range(5)], axis=0)
    rng = np.random.default_rng(0)
    values = np.array([np.arange(24.0), 6 * (20.0 + 5 * (np.arange(24) % 7))])
    plain = np.mean([np.abs(values[:, order[:12]].mean(axis=1) - values[:, order[12:]].mean(axis=1)) for order in (rng.permutation(24) for _ in range(200))], axis=0)
    assert level < plain[0] / 2 and size < plain[1] / 2


def test_a_number_of_the_draw_gives_the_same_units_for_files_in_any_order(client):
    first = begins(write_plan("acme", begin=10, seed=4, today=TODAY).file)
    assert first == begins(write_plan("acme", begin=10, seed=4, today=date(2026, 2, 1)).file)
    lines = levels()
    np.random.default_rng(1).shuffle(lines)
    (client / "teams.csv").write_text(table(lines))
    assert first == begins(write_plan("acme", begin=10, seed=4, today=TODAY).file)
    others = [begins(write_plan("acme", begin=10, seed=seed, today=TODAY).file) for seed in range(5, 9)]
    assert all(len(each) == 10 for each in others) and any(each != first for each in others)


def test_of_one_day_the_later_plan_replaces_the_earlier_and_repeats_byte_for_byte(client):
    first = write_plan("acme", begin=6, today=TODAY).file.read_bytes()
    write_plan("acme", begin=8, today=TODAY)
    made = write_plan("acme", begin=6, today=TODAY)
    assert made.file.read_bytes() == first and len(list(made.file.parent.glob("*.xlsx"))) == 1


def test_units_that_have_begun_something_take_no_part(client):
    settings = client / "client.yml"
    settings.write_text(settings.read_text() + "  starts: {file: begun.csv, initiative: what, unit: team, start: from}\n")
    (client / "begun.csv").write_text("what,team,from\n" + "".join(f"Sooner,{unit},2025-03\n" for unit in UNITS[:4]) + f"Sooner,{UNITS[5]},\n")
    top, drawn, _ = sheets(write_plan("acme", today=TODAY).file)
    assert sorted(drawn) == UNITS[4:] and any("take no part: 4." in str(row[0]) for row in top)


def test_the_survey_is_enough_where_it_names_units_and_days(make_client):
    folder = make_client(settings=SURVEY)
    days = [f"{year}-{month:02d}-05" for year in (2024, 2025) for month in (2, 5, 8, 11)]
    rows = [(unit, day) for unit in UNITS[:8] for day in days for _ in range(6)]
    (folder / "survey.csv").write_text("id,place,q1,day\n" + "".join(f"r{i},{unit},{(7 * i) % 11},{day}\n" for i, (unit, day) in enumerate(rows)))
    made = write_plan("acme", today=TODAY)
    assert made.begin + made.wait == 8 and sorted(sheets(made.file)[1]) == UNITS[:8]


@pytest.mark.parametrize(("lines", "options", "reason"), [
    (levels(months=MONTHS[:2]), {}, "no figure by unit over three periods"),
    (levels(UNITS[:5]), {}, "5 units have a figure in every period, and 6 are needed"),
    (levels(), {"begin": 24}, "24 of 24 free units are to begin"),
    (levels(), {"begin": 30}, "30 of 24 free units are to begin"),
])  # fmt: skip
def test_where_nothing_can_be_drawn_the_reason_is_said_and_nothing_is_written(client, lines, options, reason):
    (client / "teams.csv").write_text(table(lines))
    with pytest.raises(NoPlan, match=reason):
        write_plan("acme", today=TODAY, **options)
    said = CliRunner().invoke(main, ["plan", "acme", *(part for name, value in options.items() for part in (f"--{name}", str(value)))])
    assert said.exit_code == 1 and reason in said.output
    assert not (client / "internal").exists()


def test_where_all_have_begun_nobody_is_left_to_draw(client):
    settings = client / "client.yml"
    settings.write_text(settings.read_text() + "  starts: {file: begun.csv, initiative: what, unit: team, start: from}\n")
    (client / "begun.csv").write_text("what,team,from\n" + "".join(f"Sooner,{unit},2025-03\n" for unit in UNITS[:20]))
    with pytest.raises(NoPlan, match="4 units have begun nothing yet, and 6 are needed"):
        write_plan("acme", today=TODAY)
    assert not (client / "internal").exists()


def test_without_figures_over_time_or_with_wrong_ones_nothing_is_written(make_client):
    folder = make_client()
    with pytest.raises(NoPlan, match="Name `unit` and a date or period under `survey`"):
        write_plan("acme", today=TODAY)
    make_client(settings=SETTINGS)
    (folder / "teams.csv").write_text(table(levels()) + f"{UNITS[0]},2026-01,700,20\n")
    with pytest.raises(DataError, match="700 lies outside 0-100"):
        write_plan("acme", today=TODAY)
    assert not (folder / "internal").exists()


def test_the_command_says_where_it_lies_and_in_which_language(client):
    said = CliRunner().invoke(main, ["plan", "acme", "--begin", "9", "--seed", "2"])
    assert said.exit_code == 0 and said.output.startswith("9 units begin, 15 wait: ") and "internal" in said.output
    assert CliRunner().invoke(main, ["plan", "acme", "--begin", "0"]).exit_code == 2
    assert CliRunner().invoke(main, ["plan", "acme", "--seed", "-1"]).exit_code == 2
    assert CliRunner().invoke(main, ["plan", "nobody"]).exit_code == 1


def test_who_begins_is_in_no_file_of_the_report(client, make_notebook, tmp_path):
    make_notebook("07_effect", SHOWS, needs=["rollout"])
    made = write_plan("acme", begin=10, today=TODAY)
    out = tmp_path / "out"
    render_client("acme", out)
    texts = {file.name: b"".join(pieces(file)).decode("utf-8", "replace") for file in out.rglob("*") if file.is_file()}
    assert {"07_effect.html", "results.json", "acme.xlsx"} <= set(texts) and not [name for name in texts if "plan" in name]
    assert [(name, unit) for name, text in texts.items() for unit in begins(made.file) if unit in text] == []
