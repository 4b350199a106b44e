"""Remedies for what was begun where and when: {remedy: case}."""

from collections.abc import Mapping
from typing import Any

from tests.engagement.remedies.cases import CSV, Case, Files, Obey, Right, chosen, file, instead, put, remove, said
from tests.engagement.remedies.of_journey import written_for

QUARTERS = [f"{year}-Q{quarter}" for year in (2024, 2025) for quarter in (1, 2, 3, 4)]
UNITS = ("North", "South", "East", "West", "Hill", "Mill")
HEADING = "team,when,score,answers\n"
LINES = [f"{unit},{quarter},{60 + i + j},{20 + i}\n" for i, unit in enumerate(UNITS) for j, quarter in enumerate(QUARTERS)]
LEVELS = HEADING + "".join(LINES)
STARTS = "what,team,from\nReply sooner,North,2025-01-20\nReply sooner,South,2025-04-02\n"
FIGURES = {"file": "f.csv", "unit": "team", "period": "when", "value": "score", "answers": "answers", "label": "Score"}
BEGUN = {"file": "b.csv", "initiative": "what", "unit": "team", "start": "from"}
ROLLOUT = {"rollout": {"starts": BEGUN, "figures": FIGURES}}
FILES = {"s.csv": CSV, "f.csv": LEVELS, "b.csv": STARTS}
PLAN = "name,from,to,began,cost,low,mode,high\nReply sooner,2025-01-01,2025-06-01,,900,1,2,3\nOne bill,2025-01-01,2025-06-01,2025-02-01,900,1,2,3\n"
PLANNED = {"initiatives": {"file": "i.csv", "name": "name", "start": "from", "end": "to", "started": "began", "cost_once": "cost", "effect": {"columns": ["low", "mode", "high"], "of": "satisfaction"}}}
TRIED = "got,score\n" + "".join(f"{'yes' if i % 2 else 'no'},{i % 11}\n" for i in range(40))
TRIAL = {"file": "t.csv", "initiative": "Call back", "offered": {"column": "got", "says": "yes"}, "outcome": {"column": "score", "scale": [0, 10]}}
SURVEY = "id,q,team,day\n" + "".join(f"{i},{i % 11},{UNITS[i % 6]},202{4 + i // 120}-{1 + i // 10 % 12:02d}-03\n" for i in range(240))
ASKED = {"survey.unit": "team", "survey.date": "day"}


def begun(*starts: str | None, units: tuple[str, ...] = ("North", "South")) -> Right:
    """These units have it, from these periods on."""
    return lambda engagement: engagement.rollout.starts["unit"].tolist() == list(units) and (
        engagement.rollout.starts["start"].astype(object).where(engagement.rollout.starts["start"].notna(), None).tolist() == list(starts))  # fmt: skip


IN_TIME = begun("2025-Q1", "2025-Q2")


def rows(number: int = 48) -> Right:
    """So many figures."""
    return lambda engagement: len(engagement.rollout.figures) == number


def tried(number: int = 40) -> Right:
    """A trial of so many customers, half of whom were drawn."""
    return lambda engagement: [(len(each), each["offered"].sum()) for each in engagement.rollout.trials.values()] == [(number, number / 2)]


def rollout(changes: Mapping[str, Any] | None = None, *, obey: Obey | tuple[Obey, ...], right: Right = IN_TIME, **files: str) -> Case:
    """The rollout of above, with other settings or files (named without their ending)."""
    return Case({**ROLLOUT, **(changes or {})}, obey, right, _files(files))


def _files(changed: Mapping[str, str]) -> Files:
    return {**FILES, **{f"{name}.csv": content for name, content in changed.items()}}


CASES: dict[str, Case] = {
    # ------------------------------------------------------------ settings
    "settings/client: Describe the survey, or a table under `rollout: figures`": Case(
        {"rollout": {"starts": BEGUN}}, put("rollout.figures", FIGURES), IN_TIME, FILES, whole=True),
    "settings/client: Name it as `survey: unit`, or give `rollout: figures`": Case(
        {"rollout": {"starts": BEGUN}, "survey.date": "day"}, put("survey.unit", "team"), IN_TIME, {**FILES, "s.csv": SURVEY}),
    "settings/client: Describe the survey": Case(
        {"rollout": {"outcome": "recommend"}}, put("survey", {"file": "s.csv", "unit": "team", "date": "day", "recommend": {"column": "q", "scale": [0, 10]}}),
        lambda engagement: engagement.rollout.outcome == "recommend", {"s.csv": SURVEY}, whole=True),
    "settings/client: Did you mean {}?": Case(
        {**ASKED, "rollout": {"starts": BEGUN, "outcome": "recomend"}}, instead("recomend"), lambda engagement: engagement.rollout.outcome == "recommend", {**FILES, "s.csv": SURVEY}),
    "settings/client: Name one of: {}": Case(
        {**ASKED, "rollout": {"starts": BEGUN, "outcome": "zzzz"}}, chosen("zzzz"), lambda engagement: engagement.rollout.outcome == "recommend", {**FILES, "s.csv": SURVEY}),
    "settings/rollout: Give one of them": rollout({"rollout.outcome": "recommend"}, obey=remove("rollout.outcome")),
    "settings/rollout: Name the column as `period`, or as `date`": rollout(
        {"rollout": {"starts": BEGUN, "figures": {key: value for key, value in FIGURES.items() if key != "period"}}}, obey=put("rollout.figures.period", "when")),
    "settings/rollout: Take `is` out, or write the figures on that scale": rollout(
        {"rollout.figures.is": "satisfaction", "rollout.figures.scale": [0, 200]}, obey=remove("rollout.figures.is")),
    "settings/rollout: Give each initiative one": Case(
        {"rollout": {"trials": {"call": TRIAL, "again": {**TRIAL, "offered": {"column": "got", "says": "yes"}, "outcome": {"column": "score", "scale": [0, 10]}}}}}, remove("rollout.trials.again"), tried(), {"s.csv": CSV, "t.csv": TRIED}),
    # ------------------------------------------------------------ figures
    'rollout: Name it; or leave such rows out: `drop: {{}: [""]}`': rollout(obey=said("rollout.figures"), right=rows(), f=LEVELS + ",2025-Q4,65,900\n"),
    "rollout: Correct the rows, or leave them out by `drop`": rollout(
        {"rollout.figures.of": "answers"}, obey=put("rollout.figures.drop", {"answers": ["0"]}), right=rows(), f=LEVELS + "North,2026-Q1,3,0\n"),
    "rollout: Correct the rows, or write the scale, as `scale: [0, 10]`": rollout(obey=put("rollout.figures.scale", [0, 500]), right=rows(49), f=LEVELS + "North,2026-Q1,450,9\n"),
    "rollout: Leave such rows out, or correct the number": rollout(obey=put("rollout.figures.drop", {"answers": ["0"]}), right=rows(), f=LEVELS + "North,2026-Q1,50,0\n"),
    "rollout: Say which row counts: `one_row: {of: [{}, {}]}` beside `file`": rollout(obey=said("rollout.figures"), right=rows(), f=LEVELS + LINES[0]),
    "rollout: Give a unit one row in each period; or take shorter periods, as `every: week`": Case(
        {"rollout": {"figures": {"file": "f.csv", "unit": "team", "date": "when", "value": "score", "label": "Score"}}}, put("rollout.figures.every", "week"), rows(12),
        {"s.csv": CSV, "f.csv": "team,when,score\n" + "".join(f"{unit},2025-03-{day},50\n" for unit in UNITS for day in ("04", "12"))}),
    "rollout: Do they still serve the same customers? If not, leave them out by `drop`": rollout(
        obey=put("rollout.figures.drop", {"team": ["Mill"]}), right=rows(40), f=HEADING + "".join(line if "Mill,2025" not in line else line.replace(",25\n", ",90\n") for line in LINES)),
    # ------------------------------------------------------------ starts
    "rollout: Name its `date` or `period` under `survey`, or describe a table under `rollout: figures`": Case(
        {"survey.unit": "team", "rollout": {"starts": BEGUN}}, (put("survey.date", "day"), put("survey.every", "quarter")), IN_TIME, {**FILES, "s.csv": SURVEY}),
    "rollout: Write one of: {}; or dates in every row": rollout(
        obey=lambda broken, problem: broken.put_files({"b.csv": STARTS.replace("2025-01-20", "Easter").replace("2025-04-02", "2025-Q2").replace("Easter", problem.remedy.split(": ")[1].split(", ")[2])}),
        right=begun("2025-Q1", "2025-Q2"), b=STARTS.replace("2025-01-20", "Easter").replace("2025-04-02", "2025-Q2")),
    "rollout: Write the period from which on the unit has it, as {}": rollout(
        obey=lambda broken, problem: broken.put_files({"b.csv": STARTS.replace("2025-01-20", "Wave 5").replace("2025-04-02", problem.remedy.split("as ")[-1])}),
        right=begun("Wave 5", "Wave 8"), f=LEVELS.replace("2024-Q", "Wave ").replace("2025-Q1", "Wave 5").replace("2025-Q2", "Wave 6").replace("2025-Q3", "Wave 7").replace("2025-Q4", "Wave 8")),
    "rollout: Say which row counts: `one_row: {of: [{}, {}], which: first}` beside `file`": rollout(
        obey=said("rollout.starts"), b=STARTS + "Reply sooner,North,2025-08-01\n"),
    "rollout: Write `recode: {{}: {match: loose}}` under `rollout: starts`, and the same for the unit of the {}": rollout(
        obey=(said("rollout.starts"), said("rollout.figures")), right=begun("2025-Q1", "2025-Q2", units=("1", "2")),
        f=LEVELS.replace("North", "1.0").replace("South", "2.0"), b=STARTS.replace("North", "01").replace("South", "02")),
    'rollout: Is "{}" the unit "{}"? Then write `recode: {{}: {labels: {{}: {}}}}` under `rollout: starts`': rollout(obey=said("rollout.starts"), b=STARTS.replace("North", "Nort")),
    "rollout: Write units as the {} does, such as: {}": rollout(
        obey=lambda broken, problem: broken.put_files({"b.csv": STARTS.replace("North", problem.remedy.split(": ")[1].split(", ")[1])}),
        right=begun("2025-Q1", "2025-Q2", units=("Hill", "South")), b=STARTS.replace("North", "Unit 17")),
    # ------------------------------------------------------------ what can be told of them
    "rollout: Nothing can be told of them yet: supply newer figures, or wait": rollout(
        obey=file("f.csv", LEVELS + "".join(f"{unit},2026-Q{quarter},70,20\n" for unit in UNITS for quarter in (1, 2))), right=begun("2025-Q1", "2026-Q1"),
        b=STARTS.replace("2025-04-02", "2026-01-07")),
    "rollout: Supply earlier figures: two periods before the start are the least, six or more are better": rollout(
        obey=file("f.csv", LEVELS + "".join(f"{unit},2023-Q{quarter},70,20\n" for unit in UNITS for quarter in (3, 4))), right=begun("2024-Q2", "2025-Q2"),
        b=STARTS.replace("2025-01-20", "2024-04-01")),
    "rollout: Describe the survey with its `date` or `period`, or a table under `rollout: figures`": Case(
        PLANNED, put("rollout", {"figures": FIGURES}), begun("2025-Q1", units=(None,)), {**FILES, "i.csv": PLAN}),
    "rollout: Name periods by their time, as `labels: {{}: 2025-Q1}` under `recode`": Case(
        {**PLANNED, "rollout": {"figures": FIGURES}}, put("rollout.figures.recode", {"when": {"labels": {f"Wave {i}": quarter for i, quarter in enumerate(QUARTERS, 1)}}}),
        begun("2025-Q1", units=(None,)),
        {**FILES, "i.csv": PLAN, "f.csv": HEADING + "".join(line.replace(quarter, f"Wave {i}") for i, quarter in enumerate(QUARTERS, 1) for line in LINES if quarter in line)}),
    # ------------------------------------------------------------ names of initiatives
    'rollout: Is it "{}"? Write it alike in both': Case(
        {**ROLLOUT, **PLANNED}, lambda broken, problem: broken.put_files({"b.csv": STARTS}), lambda engagement: set(engagement.rollout.starts["initiative"]) <= set(engagement.rollout.planned),
        {**FILES, "i.csv": PLAN, "b.csv": STARTS.replace("Reply sooner", "Reply soner")}),
    "rollout: Add it there, if it is to be held against a plan and turned into money": Case(
        {**ROLLOUT, **PLANNED}, file("i.csv", PLAN + "Free visits,2025-01-01,2025-06-01,,900,1,2,3\n"), lambda engagement: "Free visits" in engagement.rollout.planned,
        {**FILES, "i.csv": PLAN, "b.csv": STARTS.replace("Reply sooner,South", "Free visits,South")}),
    'rollout: Did you mean "{}"?': rollout({"rollout.chosen_by": {"Reply soner": "score"}}, obey=instead("Reply soner"), right=lambda engagement: engagement.rollout.chosen_by == {"Reply sooner": "score"}),
    "rollout: Begun are: {}": rollout({"rollout.chosen_by": {"Free visits": "score"}}, obey=chosen("Free visits"), right=lambda engagement: engagement.rollout.chosen_by == {"Reply sooner": "score"}),
    "rollout: Nothing was begun yet: take it out": Case(
        {"rollout": {"figures": FIGURES, "chosen_by": {"Reply sooner": "score"}}}, remove("rollout.chosen_by"), rows(), FILES),
    # ------------------------------------------------------------ trials
    "rollout: The column holds: {}": Case(
        {"rollout": {"trials": {"call": {**TRIAL, "offered": {"column": "got", "says": "Drawn"}}}}}, written_for("rollout.trials.call.offered.says", r"holds: no, (\w+)"), tried(),
        {"s.csv": CSV, "t.csv": TRIED.replace("yes", "offered")}),
    "rollout: Supply those who were not drawn, too": Case(
        {"rollout": {"trials": {"call": TRIAL}}}, file("t.csv", TRIED), tried(), {"s.csv": CSV, "t.csv": TRIED.replace("no", "yes")}),
}
