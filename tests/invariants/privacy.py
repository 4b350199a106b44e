"""Which small groups a reader of a result could work out: from totals, and from the groups that are shown."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from tests.invariants.held import all_tables, table


class Division(NamedTuple):
    """A division of people of which groups are shown with their numbers and figures that add up, and the number of all; the
    places of tipping points in groups do not."""

    page: str
    result: str
    table: str
    each: tuple[str, ...]  # the columns that name one division
    total: tuple[str, str] | str | None = None  # the table with the totals and what ties its rows, a setting; None: the base


DIVISIONS = (
    *(Division("status", f"{name}_by_segment", "segments", ("segment",)) for name in ("net_promoter", "satisfaction", "satisfied")),
    *(Division("status", name, "periods", ()) for name in ("net_promoter_score", "satisfied_share", "effort_score",
                                                           "satisfaction_index", "loyalty_index", "acsi_index")),
    Division("journey", "units_compared", "units", ()),
    Division("status", "banner", "figures", ("question", "segment"), ("figures", "question")),
    Division("journey", "follow_up_clock", "owners", ()),
    Division("journey", "call_list", "groups", ("segment",)),
    Division("maturity", "criteria", "groups", ("criterion", "segment"), ("criteria", "criterion")),
    Division("maturity", "belief", "groups", (), "guesses"),
)  # fmt: skip
COUNTS_OF_ANSWERS = ("recommendation_groups",)  # whose rows are answers, and no groups of people
NOTHING_ADDS_UP = {  # tables of groups from which no figure of a group that is not shown follows, and why
    ("drivers", "effects_by_segment", "groups"): "effects of models do not add up; no mean or share is shown",
    ("tipping_points", "by_group", "groups"): "places do not add up; no mean or share is shown",
}


def worked_out(page: str, result: Mapping) -> Iterator[str]:
    """What is left of a division when the groups that are shown are taken away, where that is a group under the limit."""
    least = result["settings"].get("minimum", 0)
    for division in DIVISIONS:
        frame = table(result, division.table)
        if (division.page, division.result) != (page, result["name"]) or not len(frame) or "n" not in frame:
            continue
        for named, rows in frame.groupby(list(division.each)) if division.each else [((), frame)]:
            left = _total(result, division, named) - rows.n.fillna(0).sum()
            if 0 < left < least:
                yield f"{division.table} {' '.join(map(str, named))}: {left:g} of {least:g} are left"


def too_small(result: Mapping) -> Iterator[str]:
    """Rows that show a figure of fewer people than the result promises: of a group its minimum; of all who took part in a
    self-assessment, who are no group of others, the model's own `fewest`."""
    minimum, settings = result["settings"].get("minimum", 0), result["settings"]
    for name, frame in all_tables(result).items() if result["name"] not in COUNTS_OF_ANSWERS else ():
        least = minimum if "group" in frame else settings.get("fewest", minimum)
        small = frame[(frame.n.astype(float) < least) & _says_something(frame)] if "n" in frame else frame[:0]
        yield from (f"{name}: {row}" for row in small.to_dict("records"))


def _says_something(frame: pd.DataFrame) -> pd.Series:
    """Rows with any number beside that of the people."""
    return frame.drop(columns="n").select_dtypes("number").notna().any(axis=1)


def _total(result: Mapping, division: Division, named) -> float:
    if division.total is None:
        return result["base"]["used"]
    if isinstance(division.total, str):
        return result["settings"][division.total]
    name, column = division.total
    totals: pd.DataFrame = table(result, name)
    of = totals[totals[column] == named[0]]
    return of.n[of.group == ""].sum() if "group" in of else of.n.sum()  # beside groups, the row of all has no name
