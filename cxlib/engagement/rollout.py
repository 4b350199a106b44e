"""The rollout of a client folder: which unit got which initiative when, and the figure that should have moved."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from cxlib.analyses.money import Plan
from cxlib.analyses.rollout import Rollout
from cxlib.engagement.contact_logs import coding_of
from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import Problem, at_rows, misspelt, nearest, stop_on_errors, written
from cxlib.engagement.settings.client import answerable
from cxlib.engagement.settings.rollout import FiguresSettings, RolloutSettings, StartsSettings, TrialSettings
from cxlib.engagement.survey import Survey
from cxlib.engagement.tables.answers import read_answers
from cxlib.engagement.tables.cells import plain
from cxlib.engagement.tables.columns import TableColumns, in_alphabet, spans
from cxlib.engagement.tables.matches import keys
from cxlib.engagement.tables.moments import forms_of, moment
from cxlib.engagement.tables.periods import days_of
from cxlib.engagement.tables.shaping import loosely
from cxlib.engagement.tables.source import read_source

SHIFT = 2.0  # a unit whose answers halve or double has other customers than before
MANY = 10  # answers a period from which on that is no chance
SMALLEST = 2.0  # points of 0-100 that matter
NAMED = 5  # units that a message names


def read_rollout(folder: Folder, asked: RolloutSettings | None, survey: Survey | None, plan: Plan | None) -> Rollout:
    """Read and check what was begun where and when. Raises: DataError with everything that is wrong with it."""
    asked = asked or RolloutSettings()
    problems: list[Problem] = []
    figures = _figures(folder, asked.figures, problems) if asked.figures is not None else None
    periods = _periods(figures, survey)
    if asked.starts is not None and figures is None and not periods:
        remedy = "Name its `date` or `period` under `survey`, or describe a table under `rollout: figures`"
        stop_on_errors([folder.setting("rollout.starts", "nothing says when customers answered the survey", remedy)])
    ends = {name: days[1] - timedelta(days=1) for name in periods if (days := days_of(name)) is not None}
    starts = _starts(folder, asked.starts, periods, problems) if asked.starts is not None else _no_starts()
    units = _units(figures, survey)
    problems += _unknown_units(folder, asked, starts, units)
    planned = {} if plan is None else plan.rows.set_index("initiative")
    apart = {*starts["initiative"], *(each.initiative for each in asked.trials.values())}
    starts = pd.concat([starts, _for_everybody(planned, apart, periods)], ignore_index=True)
    trials = {each.initiative: _trial(folder, f"rollout.trials.{name}", each, problems) for name, each in asked.trials.items()}
    begun = [*dict.fromkeys([*starts["initiative"], *trials])]
    problems += _unknown_initiatives(folder, asked, begun, list(planned.index) if len(planned) else [])
    problems += _too_late(folder, starts, periods)
    problems += _other_size(folder, figures, survey)
    stop_on_errors(problems)
    told = [f"initiatives begun: {len(begun)}", *([f"{starts.loc[starts['start'].notna(), 'unit'].nunique()} of {len(units)} units have one"] if asked.starts else [])]
    folder.told["rollout"] = (*folder.told.get("rollout", ()), f"rollout: {', '.join(told)}")
    of = asked.figures
    return Rollout(
        starts=starts, figures=figures, label=of.label if of else None,
        outcome=(of.is_ or "") if of else asked.outcome or next(iter(answerable(survey.settings) if survey else []), ""),
        higher_is_better=of is None or of.better == "higher",
        unit=survey.settings.unit if survey is not None and figures is None else None,
        chosen_by=_chosen(asked, begun), smallest=_smallest(asked, figures), planned=_effects(planned), battles=_battles(planned), trials=trials,
        trial_scales={each.initiative: each.outcome.scale for each in asked.trials.values()}, ends=ends, notes=tuple(problems),
    )  # fmt: skip


# ---------------------------------------------------------------- tables
def _figures(folder: Folder, asked: FiguresSettings, problems: list[Problem]) -> pd.DataFrame:
    """unit, period, value, answers: one row a unit and period."""
    wanted = {asked.unit: "rollout.figures.unit", asked.value: "rollout.figures.value"}
    for role in ("client", "answers", "of", "period", "date"):
        if (column := getattr(asked, role)) is not None:
            wanted[column] = f"rollout.figures.{role}"
    table = read_source(folder, asked, "rollout.figures", wanted=wanted)
    columns = TableColumns(table, decimal=asked.read.decimal, dates=asked.read.dates)
    if asked.client is not None:
        columns.all_equal(asked.client, folder.client)
    rows = pd.DataFrame({"unit": columns.texts(asked.unit)}, table.cells.index)
    when = asked.period or asked.date or ""
    rows["period"] = (columns.periods(asked.period, asked.periods, key="rollout.figures.periods", fold=asked.fold) if asked.period is not None
                      else in_alphabet(columns.folded(spans(columns.moments(asked.date), asked.every or "month"), asked.fold)))  # fmt: skip
    rows["value"] = columns.numbers(asked.value)
    rows["answers"] = columns.numbers(asked.answers) if asked.answers else np.nan
    for column, what in ((asked.unit, "unit"), (when, "period")):
        columns.need(keys(table.cells[column]).rename(column), f"the row names no {what}", f"Name it; or leave such rows out: `drop: {{{written(column)}: [\"\"]}}`")
    if asked.of is not None:
        rows["exposure"] = columns.numbers(asked.of)
        wrong = rows.index[(rows["value"] < 0) | (rows["exposure"] <= 0)]
        if len(wrong):
            rule = f"{rows.loc[wrong[0], 'value']:g} of {rows.loc[wrong[0], 'exposure']:g} cannot be counted"
            columns.problems.append(at_rows(wrong, file=table.file, column=asked.value, rule=rule, remedy="Correct the rows, or leave them out by `drop`"))
    low, high = asked.scale if asked.of is None else (-np.inf, np.inf)
    outside = rows.index[(rows["value"] < low) | (rows["value"] > high)]
    if len(outside):
        rule = f"{rows.loc[outside[0], 'value']:g} lies outside {low:g}-{high:g}, the scale of the figure"
        columns.problems.append(at_rows(outside, file=table.file, column=asked.value, rule=rule, remedy="Correct the rows, or write the scale, as `scale: [0, 10]`"))
    if (few := rows.index[(rows["answers"] < 1) & rows["value"].notna()]).size:
        columns.problems.append(at_rows(few, file=table.file, column=asked.answers, rule="no answer is behind this figure", remedy="Leave such rows out, or correct the number"))
    again = rows.index[rows.duplicated(["unit", "period"]) & rows["unit"].notna() & rows["period"].notna()]
    if len(again):
        remedy = (f"Say which row counts: `one_row: {{of: [{written(asked.unit)}, {written(when)}]}}` beside `file`" if asked.period is not None
                  else "Give a unit one row in each period; or take shorter periods, as `every: week`")  # fmt: skip
        columns.problems.append(at_rows(again, file=table.file, column=asked.unit, rule="the unit has this period in an earlier row", remedy=remedy))
    problems += [*table.notes, *columns.problems]
    return rows.dropna(subset=["unit", "period", "value", *(["exposure"] if asked.of else [])]).sort_values(["unit", "period"], ignore_index=True)


def _starts(folder: Folder, asked: StartsSettings, periods: list[str], problems: list[Problem]) -> pd.DataFrame:
    """initiative, unit, start (the first period with it), of all rows that name an initiative and a unit."""
    wanted = {getattr(asked, role): f"rollout.starts.{role}" for role in ("client", "initiative", "unit", "start") if getattr(asked, role)}
    table = read_source(folder, asked, "rollout.starts", wanted=wanted)
    columns = TableColumns(table, decimal=asked.read.decimal, dates=asked.read.dates)
    if asked.client is not None:
        columns.all_equal(asked.client, folder.client)
    rows = pd.DataFrame({"initiative": columns.texts(asked.initiative), "unit": columns.texts(asked.unit)}, table.cells.index)
    said = _as_named(columns.texts(asked.start), periods)
    named = said.isin(periods)
    rows["start"] = said.where(named)
    rows["date"] = pd.NaT
    others = said.index[said.notna() & ~named]
    if len(others) and (named.any() or not _are_dates(table.cells.loc[others, asked.start], asked.read.dates)):
        rule = f'"{said[others[0]]}" is no period of the figure{", as other rows have" if named.any() else ", and no date"}'
        remedy = f"Write one of: {', '.join(periods[-6:])}; or dates in every row"
        columns.problems.append(at_rows(others, file=table.file, column=asked.start, rule=rule, remedy=remedy))
    elif len(others):
        rows["date"] = columns.moments(asked.start)
        rows["start"] = [_first_with(day, periods) for day in rows["date"]]
        if not _tell_days(periods):
            remedy = f"Write the period from which on the unit has it, as {periods[-1]}"
            problems.append(Problem(table.file, "a date cannot be placed among periods whose names tell no dates", remedy, column=asked.start))
    for role in ("initiative", "unit"):
        column = getattr(asked, role)
        columns.need(rows[role].rename(column), f"the row names no {role}", f"Name it; or leave such rows out: `drop: {{{written(column)}: [\"\"]}}`")
    again = rows.index[rows.duplicated(["initiative", "unit"]) & rows[["initiative", "unit"]].notna().all(axis=1)]
    if len(again):
        remedy = f"Say which row counts: `one_row: {{of: [{written(asked.initiative)}, {written(asked.unit)}], which: first}}` beside `file`"
        columns.problems.append(at_rows(again, file=table.file, column=asked.unit, rule="the unit began the same initiative in an earlier row", remedy=remedy))
    problems += [*table.notes, *columns.problems]
    return rows.dropna(subset=["initiative", "unit"]).reset_index(drop=True)


def _trial(folder: Folder, key: str, asked: TrialSettings, problems: list[Problem]) -> pd.DataFrame:
    """offered (1 or 0), outcome: one row a customer."""
    table = read_source(folder, asked, key, wanted={asked.offered.column: f"{key}.offered", asked.outcome.column: f"{key}.outcome"})
    columns = TableColumns(table, decimal=asked.read.decimal, dates=asked.read.dates)
    offered = columns.says(asked.offered.column, asked.offered.says)
    answers = read_answers(table, asked.outcome.column, coding_of(asked.outcome, f"{key}.outcome"), decimal=asked.read.decimal)
    yes = offered == 1
    if not yes.any():
        found = ", ".join(sorted(columns.texts(asked.offered.column).dropna().unique())[:NAMED])
        rule = f'no row says "{asked.offered.says}", so that nobody was drawn'
        columns.problems.append(Problem(table.file, rule, f"The column holds: {found}", column=asked.offered.column))
    elif yes.all():
        rule = f'every row says "{asked.offered.says}", so that nobody is left to compare with'
        columns.problems.append(Problem(table.file, rule, "Supply those who were not drawn, too", column=asked.offered.column))
    problems += [*table.notes, *columns.problems, *answers.problems]
    return pd.DataFrame({"offered": yes.astype(float), "outcome": answers.numbers}).reset_index(drop=True)


def _no_starts() -> pd.DataFrame:
    return pd.DataFrame({"initiative": pd.Series(dtype="str"), "unit": pd.Series(dtype="str"), "start": pd.Series(dtype="str"), "date": pd.Series(dtype="datetime64[ns]")})


def _for_everybody(planned, apart: set[str], periods: list[str]) -> pd.DataFrame:
    """Initiatives that began for everybody on one date, as `initiatives` says; of those `apart` their own table says more."""
    if not len(planned) or "started" not in planned:
        return _no_starts()
    began = planned["started"].dropna()
    began = began[~began.index.isin(apart)]
    return pd.DataFrame({"initiative": began.index.astype("str"), "unit": None, "start": [_first_with(day, periods) for day in began], "date": began.to_numpy()})


# ---------------------------------------------------------------- time and units
def _periods(figures: pd.DataFrame | None, survey: Survey | None) -> list[str]:
    """The periods of the figure, in their order."""
    if figures is not None:
        return [str(each) for each in figures["period"].cat.categories]
    if survey is None or survey.period is None:
        return []
    return [str(each) for each in survey.rows[survey.period].cat.categories]


def _tell_days(periods: list[str]) -> bool:
    """Whether the names of periods tell when they were."""
    return any(days_of(name) is not None for name in periods)


def _as_named(said: pd.Series, periods: list[str]) -> pd.Series:
    """Periods as the figure names them, where they are written otherwise: q1 2025, or 2025-Q1, for Q1 2025."""
    spelled = {plain(name, ignore_case=True): name for name in periods}
    same = {days: name for name in periods if (days := days_of(name)) is not None}
    known = {each: spelled.get(plain(each, ignore_case=True)) or same.get(days_of(each)) or each for each in said.dropna().unique()}
    return said.map(known).astype("str")


def _are_dates(cells: pd.Series, dates) -> bool:
    """Whether some of the cells are dates, or all would be ones in a form that `read: dates` can take."""
    return any(moment(each, dates) is not None for each in cells) or bool(forms_of(cells))


def _first_with(day: pd.Timestamp | None, periods: list[str]) -> str | None:
    """The first period that counts as one with it: the one in whose first half it begins, else the next."""
    if day is None or pd.isna(day):
        return None
    for name in periods:
        days = days_of(name)
        if days is not None and day.date() <= days[0] + (days[1] - days[0]) / 2:
            return name
    return None


def _units(figures: pd.DataFrame | None, survey: Survey | None) -> list[str]:
    if figures is not None:
        return sorted(figures["unit"].unique())
    if survey is None or survey.settings.unit is None:
        return []
    return sorted(map(str, survey.rows[survey.settings.unit].dropna().unique()))


def _unknown_units(folder: Folder, asked: RolloutSettings, starts: pd.DataFrame, units: list[str]) -> list[Problem]:
    if asked.starts is None:
        return []
    unknown = [each for each in dict.fromkeys(starts["unit"]) if each not in units]
    if not unknown:
        return []
    named = ", ".join(f'"{each}"' for each in unknown[:NAMED]) + ", ..." * (len(unknown) > NAMED)
    where = "survey" if asked.figures is None else "table of figures"
    if {loosely(each) for each in unknown} <= {loosely(each) for each in units}:
        remedy = f"Write `recode: {{{written(asked.starts.unit)}: {{match: loose}}}}` under `rollout: starts`, and the same for the unit of the {where}"
    elif near := misspelt(unknown[0], units):
        remedy = f'Is "{unknown[0]}" the unit "{near}"? Then write `recode: {{{written(asked.starts.unit)}: {{labels: {{{written(unknown[0])}: {written(near)}}}}}}}` under `rollout: starts`'
    else:
        remedy = f"Write units as the {where} does, such as: {', '.join(units[:3])}"
    problem = folder.setting("rollout.starts.unit", f"the {where} knows nothing of {len(unknown)} of the units: {named}", remedy)
    known = starts["unit"].isin(units)
    return [problem if not known.any() else replace(problem, severity="warning")]


def _unknown_initiatives(folder: Folder, asked: RolloutSettings, begun: list[str], planned: list[str]) -> list[Problem]:
    found = []
    for name in begun if planned else ():
        if name not in planned:
            near = nearest(name, planned)
            remedy = f'Is it "{near}"? Write it alike in both' if near else "Add it there, if it is to be held against a plan and turned into money"
            found.append(replace(folder.setting("rollout", f'the table of initiatives has no "{name}"', remedy), severity="warning"))
    for name in asked.chosen_by if isinstance(asked.chosen_by, dict) else ():
        if name not in begun:
            near = nearest(name, begun)
            remedy = f'Did you mean "{near}"?' if near else f"Begun are: {', '.join(begun)}" if begun else "Nothing was begun yet: take it out"
            found.append(folder.setting("rollout.chosen_by", f'"{name}" was not begun', remedy))
    return found


def _too_late(folder: Folder, starts: pd.DataFrame, periods: list[str]) -> list[Problem]:
    """Starts that no period can be told of yet, and such as leave one period before them."""
    found = []
    late = starts[starts["start"].isna() & starts["date"].notna()]
    if len(late) and not periods:
        remedy = "Describe the survey with its `date` or `period`, or a table under `rollout: figures`"
        found.append(folder.setting("rollout", f"{_number(late)} known, and no figure over time that could have moved", remedy))
    elif len(late) and not _tell_days(periods):
        remedy = f"Name periods by their time, as `labels: {{{written(periods[-1])}: 2025-Q1}}` under `recode`"
        found.append(folder.setting("rollout", f"{_number(late)} known by date, and the names of periods tell no dates", remedy))
    elif len(late):
        rule = f"{_number(late)} after the last period of the figure, {periods[-1]}"
        found.append(folder.setting("rollout", rule, "Nothing can be told of them yet: supply newer figures, or wait"))
    for name, first in starts.dropna(subset=["start"]).groupby("initiative", sort=False)["start"]:
        places = first.map(periods.index)
        if (places < 2).any():
            rule = f'"{name}" began in {periods[int(places.min())]}, and there {"is one period" if places.min() == 1 else "is no period"} before it'
            found.append(folder.setting("rollout", rule, "Supply earlier figures: two periods before the start are the least, six or more are better"))
    return [replace(each, severity="warning") for each in found]


def _number(starts: pd.DataFrame) -> str:
    return f"{len(starts)} {'start is' if len(starts) == 1 else 'starts are'}"


def _other_size(folder: Folder, figures: pd.DataFrame | None, survey: Survey | None) -> list[Problem]:
    """Units whose answers halve or double between the first and the second half of the time: they may serve other customers now."""
    counts = _counts(figures, survey)
    if counts is None or counts.shape[1] < 2:
        return []
    half = counts.shape[1] // 2
    before, after = counts.iloc[:, :half].mean(axis=1), counts.iloc[:, -half:].mean(axis=1)
    change = (after / before)[before >= MANY]
    usual = change.median()  # a survey may grow or shrink as a whole
    names = [str(each) for each in change.index[(change >= SHIFT * usual) | (SHIFT * change <= usual)]]
    if not names:
        return []
    listed = ", ".join(names[:NAMED]) + ", ..." * (len(names) > NAMED)
    rule = f"the answers of {len(names)} {'unit' if len(names) == 1 else 'units'} have halved or doubled, compared with the other units: {listed}"
    return [replace(folder.setting("rollout", rule, "Do they still serve the same customers? If not, leave them out by `drop`"), severity="warning")]


def _counts(figures: pd.DataFrame | None, survey: Survey | None) -> pd.DataFrame | None:
    """Answers by unit and period."""
    if figures is not None:
        behind = "exposure" if "exposure" in figures else "answers"
        return None if figures[behind].isna().all() else figures.pivot_table(index="unit", columns="period", values=behind, observed=False).fillna(0)
    if survey is None or survey.period is None or survey.settings.unit is None:
        return None
    return pd.crosstab(survey.rows[survey.settings.unit], survey.rows[survey.period])


# ---------------------------------------------------------------- what is said of initiatives
def _smallest(asked: RolloutSettings, figures: pd.DataFrame | None) -> float:
    """The effect that matters where nobody says: two of a hundred parts of the scale, or a tenth of a share that is counted."""
    if asked.smallest is not None or asked.figures is None or figures is None:
        return asked.smallest or SMALLEST
    if asked.figures.of is not None:
        return 10 * float(figures["value"].sum() / figures["exposure"].sum()) or SMALLEST  # in percentage points
    low, high = asked.figures.scale
    return SMALLEST * (high - low) / 100


def _chosen(asked: RolloutSettings, begun: list[str]) -> Mapping:
    said = asked.chosen_by
    return {name: said.get(name, "other") if isinstance(said, dict) else said for name in begun}


def _effects(planned) -> dict[str, tuple[float, float, float]]:
    if not len(planned):
        return {}
    of = planned[planned["of"] == "satisfaction"]
    return {str(name): (float(row["low"]), float(row["mode"]), float(row["high"])) for name, row in of.iterrows()}


def _battles(planned) -> dict[str, str]:
    return {str(name): str(each) for name, each in planned["battle"].dropna().items()} if len(planned) and "battle" in planned else {}
