"""What is done at each touchpoint, in the client's own words."""

import pandas as pd

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import Problem, at_rows, errors
from cxlib.engagement.settings.journey import BlueprintSettings, JourneySettings, names_of
from cxlib.engagement.tables.columns import TableColumns
from cxlib.engagement.tables.source import read_source
from cxlib.engagement.tables.texts import plain

PARTS = ("customer", "front_line", "behind", "support", "evidence", "fails")  # of a service blueprint


def read_blueprint(folder: Folder, settings: BlueprintSettings, asked: JourneySettings, problems: list[Problem]) -> pd.DataFrame:
    given = {role: column for role in PARTS if (column := getattr(settings, role))}
    wanted = {settings.touchpoint: "blueprint.touchpoint"} | {column: f"blueprint.{role}" for role, column in given.items()}
    table = read_source(folder, settings, "blueprint", wanted=wanted)
    columns = TableColumns(table)
    known = {plain(name, ignore_case=True): key for key, each in asked.touchpoints.items() for name in (key, each.label, *names_of(key, each))}
    said = columns.texts(settings.touchpoint)
    found = said.map({each: known.get(plain(each, ignore_case=True)) for each in said.dropna().unique()})
    problems += [*table.notes, *columns.problems]
    lost = found.index[found.isna()]
    if len(lost):
        remedy = f"Name one of: {', '.join(asked.touchpoints)}"
        problems.append(at_rows(lost, file=table.file, column=settings.touchpoint, rule="this is no touchpoint of `journey`", remedy=remedy))
    again = found.notna() & found.duplicated()
    if again.any():
        rule, remedy = "the touchpoint stands in an earlier row", "Give each touchpoint one row"
        problems.append(at_rows(found.index[again], file=table.file, column=settings.touchpoint, rule=rule, remedy=remedy))
    rows = pd.DataFrame({role: columns.texts(column) for role, column in given.items()}, table.cells.index).set_axis(found.to_numpy(), axis=0)
    return rows if errors(problems) else rows.reindex([key for key in asked.touchpoints if key in rows.index]).rename_axis("touchpoint")
