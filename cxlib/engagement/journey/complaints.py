"""The complaints of a client folder, each of a customer that the journey knows."""

import numpy as np
import pandas as pd

from cxlib.engagement.folder import Folder
from cxlib.engagement.journey.alike import touchpoints_by_name
from cxlib.engagement.journey.coded import as_texts
from cxlib.engagement.journey.who_is_who import Ids, customer_of
from cxlib.engagement.problems import Problem, written
from cxlib.engagement.settings.journey import ComplaintsSettings, JourneySettings
from cxlib.engagement.tables.columns import TableColumns
from cxlib.engagement.tables.matches import keys
from cxlib.engagement.tables.source import read_source
from cxlib.engagement.tables.texts import plain


def read_complaints(folder: Folder, settings: ComplaintsSettings, asked: JourneySettings, ids: Ids | None, problems: list[Problem]) -> pd.DataFrame:
    roles = ("client", "customer", "received", "closed", "touchpoint", "owner", "severity")
    wanted = {column: f"complaints.{role}" for role in roles if (column := getattr(settings, role))}
    table = read_source(folder, settings, "complaints", wanted=wanted)
    columns = TableColumns(table, decimal=settings.read.decimal, dates=settings.read.dates)
    if settings.client is not None:
        columns.all_equal(settings.client, folder.client)
    received, _ = columns.on_one_clock(settings.received, zone=None, clock=asked.zone)
    columns.need(received, "the complaint has no date", f"Give it; or leave such rows out: `drop: {{{written(settings.received)}: [\"\"]}}`")
    closed = pd.Series(pd.NaT, received.index)
    if settings.closed is not None:
        closed = columns.not_before(received, columns.on_one_clock(settings.closed, zone=None, clock=asked.zone)[0])
    theirs = keys(table.cells[settings.customer])
    customer = as_texts(customer_of(ids, settings.known_as, theirs))
    rows = {"customer": customer, "received": received, "closed": closed, "touchpoint": None, "owner": None, "severity": np.nan}
    if settings.touchpoint is not None:
        known = touchpoints_by_name(asked)
        said = columns.texts(settings.touchpoint)
        rows["touchpoint"] = said.map({each: known.get(plain(each, ignore_case=True)) for each in said.dropna().unique()}).astype("str")
    if settings.owner is not None:
        rows["owner"] = columns.texts(settings.owner)
    if settings.severity is not None:
        rows["severity"] = columns.numbers(settings.severity)
    problems += [*table.notes, *columns.problems]
    folder.told["complaints"] = (*folder.told["complaints"], f"complaints: the customer of {customer.notna().sum():,} of {len(customer):,} is known")
    return pd.DataFrame(rows).sort_values(["received", "customer"], kind="stable", ignore_index=True)
