"""The customers, employees and initiatives of a client folder: read as the business case takes them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxlib.analyses.money import Customers, Money, Plan, Staff
from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import Problem, stop_on_errors, written
from cxlib.engagement.settings.money import Churned, CustomersSettings, Employees, Initiatives, MoneySettings
from cxlib.engagement.settings.strict_yaml import read_yaml
from cxlib.engagement.settings.validation import as_asked
from cxlib.engagement.tables.answers import Coding, read_answers
from cxlib.engagement.tables.columns import TableColumns, spans
from cxlib.engagement.tables.source import read_source

PUBLISHED = Path(__file__).parents[2] / "templates" / "models" / "published_effects.yml"
AMOUNTS = ("revenue", "margin", "service_cost")
PER_YEAR = {"year": 1, "quarter": 4, "month": 12, "week": 52, "day": 365}  # how many of them make a year
LONGEST = 25  # years as a customer that half of them hardly have passed
_NEAR = 0.1  # of revenue that is margin times tenure
_MOSTLY = 0.98  # a margin this near to the revenue is revenue


def read_customers(folder: Folder, settings: CustomersSettings) -> Customers:
    """Read and check the customer table. Raises: DataError with everything that is wrong with it."""
    table = _table(folder, settings, "customers", _customer_columns(settings))
    columns = TableColumns(table, decimal=settings.read.decimal, dates=settings.read.dates)
    rows: dict[str, pd.Series] = {}
    if settings.client is not None:
        columns.all_equal(settings.client, folder.client)
    if settings.customer is not None:
        rows[settings.customer] = columns.ids(settings.customer, remedy=_one_row(settings))
    if settings.respondent is not None:
        rows[settings.respondent] = columns.texts(settings.respondent)
    for column in settings.controls:
        rows[column] = columns.texts(column)
    numeric = [settings.score.column] if settings.score else []
    numeric += [name for name in (settings.rank, settings.suppliers, settings.tenure) if name]
    numeric += list(dict(settings.watched).values()) if settings.watched else []
    numeric += [name for name in settings.known_before if name not in numeric]
    for column in numeric:
        rows[column] = columns.numbers(column)
    for column in [getattr(settings, role) for role in AMOUNTS if getattr(settings, role)]:
        rows[column] = columns.money(column)
    if (share := settings.share_of_wallet) is not None:
        rows[share.column] = columns.share(share.column, share.unit)
    in_years(folder, settings, rows)
    if settings.churned is not None:
        rows[settings.churned.column] = _event(columns, settings.churned)
    problems = [*table.notes, *columns.problems, *_unlikely(folder, table.file, settings, rows),
                *_other_units(folder, settings, rows)]  # fmt: skip
    stop_on_errors(problems)
    if settings.share_of_wallet is not None and settings.share_of_wallet.unit == "percent":
        rows[settings.share_of_wallet.column] = rows[settings.share_of_wallet.column] / 100
    return _customers(pd.DataFrame(rows).reset_index(drop=True), settings, tuple(problems))


def read_staff(folder: Folder, settings: Employees) -> Staff:
    """Read and check the employee survey. Raises: DataError with everything that is wrong with it."""
    wanted = {settings.unit: "employees.unit"} | dict.fromkeys(settings.items, "employees.items")
    wanted |= {column: f"employees.{role}" for role in ("client", "period", "count")
               if (column := getattr(settings, role))}  # fmt: skip
    wanted |= {settings.date: "employees.date"} if settings.date else {}
    table = _table(folder, settings, "employees", wanted)
    columns = TableColumns(table, decimal=settings.read.decimal, dates=settings.read.dates)
    if settings.client is not None:
        columns.all_equal(settings.client, folder.client)
    rows = {settings.unit: columns.texts(settings.unit)}
    period = settings.period or settings.date
    if settings.period is not None:
        rows[settings.period] = columns.folded(columns.texts(settings.period), settings.fold)
    elif settings.date is not None:
        rows[settings.date] = columns.folded(spans(columns.moments(settings.date), settings.every or "quarter"), settings.fold)
    if settings.count is not None:
        rows[settings.count] = columns.numbers(settings.count)
    problems = [*table.notes]
    coding = Coding(settings.scale, shift=settings.shift, values=tuple(settings.values.items()), key="employees.items",
                    dont_know=settings.dont_know or (), not_applicable=settings.not_applicable or ())  # fmt: skip
    for column in settings.items:
        answers = read_answers(table, column, coding, decimal=settings.read.decimal)
        rows[column] = answers.numbers
        problems += answers.problems
    problems += columns.problems
    stop_on_errors(problems)
    return as_asked(Staff, settings, period=period, rows=pd.DataFrame(rows).reset_index(drop=True), notes=tuple(problems))


def read_plan(folder: Folder, settings: Initiatives, works_on: Mapping[str, str]) -> Plan:
    """Read and check the initiatives. Raises: DataError with everything that is wrong with them.

    works_on : {key: label} of the blocks and service levels that an initiative may name
    """
    texts = {
        "initiative": settings.name,
        "battle": settings.battle,
        "owner": settings.owner,
        "measure": settings.measure,
        "about": settings.about,
    }
    numeric = {"before": settings.from_, "after": settings.to, "cost_once": settings.cost_once,
               "cost_yearly": settings.cost_yearly, "spent": settings.spent, **dict(zip(("low", "mode", "high"), settings.effect.columns,
                                                               strict=True))}  # fmt: skip
    dates = {"start": settings.start, "full": settings.end, "started": settings.started}
    named = {role: column for role, column in (texts | numeric | dates).items() if column}
    wanted = {column: f"initiatives.{role}" for role, column in named.items()}
    table = _table(folder, settings, "initiatives", wanted | dict.fromkeys(settings.resources, "initiatives.resources"))
    columns = TableColumns(table, decimal=settings.read.decimal, dates=settings.read.dates)
    if settings.client is not None:
        columns.all_equal(settings.client, folder.client)
    rows = {role: columns.texts(column) for role, column in texts.items() if column}
    rows |= {role: columns.numbers(column) for role, column in numeric.items() if column}
    rows |= {role: columns.moments(column) for role, column in dates.items() if column}
    rows |= {column: columns.numbers(column) for column in settings.resources}
    frame = pd.DataFrame(rows).assign(of=settings.effect.of)
    frame["cost_yearly"] = frame["cost_yearly"].fillna(0.0) if "cost_yearly" in frame else 0.0
    problems = [*table.notes, *columns.problems, *_impossible(table, frame, settings)]
    if "about" in frame:
        labels = {name.casefold(): label for key, label in works_on.items() for name in (key, label)}
        frame["about"], unknown = _named(frame["about"], labels)
        problems += [_works_on_nothing(table, settings, row, frame["about"][row], works_on) for row in unknown]
    stop_on_errors(problems)
    return Plan(frame.reset_index(drop=True), dict(settings.resources), tuple(problems))


def _named(about, labels):
    """What each initiative works on by its label, and the rows that name something else."""
    found = about.str.strip().str.casefold().map(labels)
    return found.where(found.notna(), about), list(about.index[about.notna() & found.isna()])


def _works_on_nothing(table, settings, row, given, works_on):
    rule = f"the initiative works on {given!r}, which is no block and no service level of client.yml"
    remedy = f"Name one of {', '.join(works_on)}, or leave it blank" if works_on else "Leave it blank"
    return Problem(table.file, rule, remedy, int(row), settings.about, severity="warning")


def money_of(settings: MoneySettings, currency: str | None) -> Money:
    """The part `money` as the business case takes it."""
    start = None if settings.start is None else date.fromisoformat(settings.start)
    return as_asked(Money, settings, start=start, currency=currency)


def _table(folder, settings, part, wanted):
    if settings.client is not None:
        wanted = {settings.client: f"{part}.client"} | wanted
    return read_source(folder, settings, part, wanted=wanted)


def _customer_columns(settings) -> dict[str, str]:
    single = ("customer", "respondent", "revenue", "margin", "service_cost", "rank", "suppliers", "tenure")
    wanted = {getattr(settings, role): f"customers.{role}" for role in single if getattr(settings, role)}
    for role in ("score", "churned", "share_of_wallet"):
        if (part := getattr(settings, role)) is not None:
            wanted[part.column] = f"customers.{role}"
    if settings.watched is not None:
        wanted |= {column: f"customers.watched.{role}" for role, column in settings.watched}
    return dict.fromkeys(settings.known_before, "customers.known_before") | wanted | dict.fromkeys(settings.controls, "customers.controls")


def _one_row(settings: CustomersSettings) -> str:
    """What to write where a customer has several rows."""
    id, money = written(settings.customer or ""), [settings.revenue, settings.margin, settings.service_cost]
    added = ", ".join(written(column) for column in money if column)
    amounts = f"; or, where they are transactions, add them up: `per: {{id: {id}, sum: [{added}]}}`" if added else ""
    return f"Say which row counts: `one_row: {{of: {id}}}`{amounts}"


def _event(columns: TableColumns, churned: Churned) -> pd.Series:
    said, left = columns.texts(churned.column), columns.says(churned.column, churned.left)
    if not (left == 1).any():
        found = ", ".join(sorted(said.dropna().unique())[:5])
        rule = f'nobody has "{churned.left}", which says that a customer left'
        columns.problems.append(Problem(columns.table.file, rule, f"The column holds: {found}", column=churned.column))
    elif (left.dropna() == 1).all():
        rule = f'everybody whose row is filled has "{churned.left}", and a blank row says neither that a customer left nor stayed'
        remedy = f'Where a blank row says that the customer stayed, write `recode: {{{written(churned.column)}: {{labels: {{"": stayed}}}}}}`'
        columns.problems.append(Problem(columns.table.file, rule, remedy, column=churned.column))
    return left


def in_years(folder: Folder, settings: CustomersSettings, rows: dict[str, pd.Series]) -> None:
    """Brings amounts to a year and tenure to years, where `units` says in what they are stored; that is told."""
    told = []
    for role in AMOUNTS:
        column, unit = getattr(settings, role), getattr(settings.units, role)
        if column and unit != "year":
            rows[column] = rows[column] * PER_YEAR[unit]
            told.append(f"{role.replace('_', ' ')} times {PER_YEAR[unit]}, from a {unit} to a year")
    if settings.tenure and settings.units.tenure != "years":
        unit = settings.units.tenure.removesuffix("s")
        rows[settings.tenure] = rows[settings.tenure] / PER_YEAR[unit]
        told.append(f"tenure from {settings.units.tenure} to years")
    if told:
        folder.told["customers"] = (*folder.told.get("customers", ()), f"customers: {', '.join(told)}")


def _other_units(folder: Folder, settings: CustomersSettings, rows: dict[str, pd.Series]) -> list[Problem]:
    """Tenure that can hardly be years, and amounts that can hardly be of a year."""
    given = settings.units.model_fields_set
    tenure = rows[settings.tenure].dropna() if settings.tenure else pd.Series(dtype=float)
    in_months = len(tenure) >= 10 and "tenure" not in given and (
        tenure.median() > LONGEST or (bool((tenure == tenure.round()).mean() > 0.95) and tenure.max() >= 60))  # fmt: skip
    total = False
    if settings.tenure and settings.margin and settings.revenue and "margin" not in given:
        ratio = rows[settings.revenue] / (rows[settings.margin] * rows[settings.tenure])
        ratio = ratio[np.isfinite(ratio)]
        total = len(ratio) >= 10 and bool(((ratio - 1).abs() < _NEAR).mean() > 0.8)
    units = {"tenure": "months"} if in_months else {}
    units |= {"margin": "month"} if in_months and total else {}
    remedy = f"If they are, write `units: {{{', '.join(f'{role}: {unit}' for role, unit in units.items())}}}`"
    problems = []
    if in_months:
        rule = f"half of the customers have stayed for {tenure.median():g} and one for {tenure.max():g}: that looks like months, and is read as years"
        problems.append(folder.setting("customers.tenure", rule, remedy))
    if total:
        rule = "the revenue is the margin times the tenure: it looks like all that a customer has paid"
        more = f"Remove `revenue`, which is that of a year. {remedy}" if units else "Give that of a year, or remove `revenue`"
        problems.append(folder.setting("customers.revenue", rule, more))
    return [replace(problem, severity="warning") for problem in problems]


def _unlikely(folder, file, settings, rows) -> list[Problem]:
    """Amounts and shares that cannot be what their key says."""
    problems = []
    if settings.margin and settings.revenue:
        known = rows[settings.margin].notna() & (rows[settings.revenue] > 0)
        ratio = (rows[settings.margin] / rows[settings.revenue])[known]
        if len(ratio) and ratio.median() >= _MOSTLY:
            rule = "the margin is as large as the revenue"
            remedy = "Give the contribution margin: revenue less variable costs"
            problems.append(folder.setting("customers.margin", rule, remedy))
    for role in ("margin", "service_cost"):
        column = getattr(settings, role)
        if column and (losing := int((rows[column] < 0).sum())):
            rule = f"{losing:,} customers have a negative {role.replace('_', ' ')}"
            problems.append(Problem(file, rule, "Check the sign; a cost is written as a positive "
                                    "number", column=column, severity="warning"))  # fmt: skip
    if (share := settings.share_of_wallet) is not None:
        problems += _wrong_shares(file, share, rows[share.column])
    if settings.score is not None:
        low, high = settings.score.scale
        outside = rows[settings.score.column].dropna()
        outside = outside[(outside < low) | (outside > high)]
        if len(outside):
            rule = f"the score {outside.iloc[0]:g} lies outside the scale {low:g}-{high:g}"
            problems.append(folder.setting("customers.score", rule, "Correct the scale, or leave the code blank"))
    return problems


def _wrong_shares(file, share, values) -> list[Problem]:
    values, most = values.dropna(), 1 if share.unit == "fraction" else 100
    if ((values < 0) | (values > most)).any():
        remedy = "Write every row in the same unit: percent and fractions seem to be mixed, or `unit` is wrong"
        rule = (
            f"share of wallet goes from {values.min():g} to {values.max():g}; as {share.unit} it lies from 0 to {most}"
        )
    elif share.unit == "percent" and len(values) and values.max() <= 1:
        rule, remedy = "no share of wallet is above 1 percent", "Write `unit: fraction`"
    elif share.unit == "percent" and values.between(0, 1, inclusive="neither").mean() > 0.2:
        rule, remedy = "many shares of wallet lie below 1 percent", "Are fractions mixed in? Write all in percent"
    else:
        return []
    return [Problem(file, rule, remedy, column=share.column)]


def _impossible(table, frame, settings) -> list[Problem]:
    named = {"full": settings.end, "start": settings.start, "low": settings.effect.columns[0]}
    wrong = {
        ("full", "it ends before it starts"): frame["full"] < frame["start"],
        ("low", "the effect must rise from lowest to highest"): ~(
            (frame["low"] <= frame["mode"]) & (frame["mode"] <= frame["high"])),
        ("start", "the start is missing"): frame["start"].isna(),
        ("full", "the end is missing"): frame["full"].isna(),
    }  # fmt: skip
    problems = [Problem(table.file, rule, "Correct the row", int(row), named[role])
                for (role, rule), rows in wrong.items() for row in frame.index[np.asarray(rows)]]  # fmt: skip
    if (frame["cost_once"].fillna(0) < 0).any() or (frame["cost_yearly"] < 0).any():
        problems.append(Problem(table.file, "a cost is negative", "Write costs as positive numbers"))
    if settings.battle and frame["battle"].nunique() > 5:
        rule = f"there are {frame['battle'].nunique()} must-win battles; more than five are no choice"
        problems.append(Problem(table.file, rule, "Join some of them", column=settings.battle, severity="warning"))
    return problems


def _customers(rows: pd.DataFrame, settings: CustomersSettings, notes: tuple[Problem, ...]) -> Customers:
    score = {} if settings.score is None else {"score": settings.score.column, "scale": settings.score.scale,
                                               "steps": settings.score.steps}  # fmt: skip
    return as_asked(
        Customers, settings, rows=rows, **score,
        event=settings.churned.column if settings.churned else None,
        months=settings.churned.months if settings.churned else None,
        watched=dict(settings.watched) if settings.watched else None,
        share=settings.share_of_wallet.column if settings.share_of_wallet else None, notes=notes,
    )  # fmt: skip


def read_published() -> list[dict[str, Any]]:
    """The published effects: id, link, effect, unit, source, caution, status, use and, where it may count, range."""
    document = read_yaml(PUBLISHED.read_bytes(), PUBLISHED.name)
    stop_on_errors(document.problems)
    number = ("value", "range")
    return [{key: _numbers(value) if key in number else value for key, value in effect.items()}
            for effect in document.value["effects"]]  # fmt: skip


def _numbers(value):
    return [float(each) for each in value] if isinstance(value, list) else float(value)
