"""The charts of the journey notebook: who meets customers where, where they fall between departments, and who is contacted."""

import numpy as np
from matplotlib.figure import Figure

from cxlib.analyses.journey.call_list import RULES
from cxlib.analyses.result import Term
from cxlib.report.captions import BAND, BARS, rests_on
from cxlib.report.charts.canvas import MIDDLE, NEUTRAL, SOFT, key, row_of_dots, rows_sheet, sheet, ticks

__all__ = ["call_list", "follow_up_clock"]


@rests_on("closed_loop", title=Term("How long customers wait to be contacted"), interval=BAND)
def follow_up_clock(result, page) -> tuple[Figure, str] | None:
    """Share of the customers contacted after so many days, with its interval and the day that was promised.

    >>> page.draw(charts.follow_up_clock, journey.follow_up_clock(engagement.follow_up))
    Contacted after 1 day: ...
    """
    course = result.tables.get("course")
    if course is None or course.empty:
        return None
    figure, ax = sheet(page, 2.7)
    day, promise = np.r_[0, course.day], result.settings["promise_days"]
    done, low, high = (np.r_[0, 1 - course[name]] for name in ("share", "high", "low"))
    ax.fill_between(day, low, high, color=page.colour, alpha=0.18, lw=0)
    ax.plot(day, done, color=page.colour, lw=1.8)
    ax.axvline(promise, color=SOFT, lw=1, ls=(0, (4, 3)))
    ax.set_ylim(0, 1)
    ax.set_xlim(0, max(day.max(), promise) * 1.02)
    ax.yaxis.grid(True)
    ax.yaxis.set_major_formatter(lambda value, _: page.number(value, "percent"))
    ax.xaxis.set_major_locator(ticks(page, 8))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "general"))
    ax.set_xlabel(page.word("Days after the answer"))
    key(figure, page, page.word("Share of the customers who have been contacted. Broken line: the days promised."))
    told = [f"{page.number(at, 'general')}: {page.number(share, 'percent')}" for at, share in zip(day, done, strict=True) if at in (1, 2, 3, 5, 7, 14, 30)]
    return figure, page.word("Contacted after so many days: {shares}.", shares="; ".join(told))


@rests_on("customers", "closed_loop", title=Term("How much of what is lost each order of the list holds"), interval=BARS)
def call_list(result, page) -> tuple[Figure, str] | None:
    """Share of the value lost later that stands in the first tenth, by what orders the list, beside chance and the most that can be.

    >>> page.draw(charts.call_list, journey.call_list(engagement.customers, engagement.follow_up))
    Expected loss: ...
    """
    table = result.tables.get("captured")
    if table is None:
        return None
    bounds = RULES["random"], RULES["perfect"]
    told = table[~table.rule.isin(bounds)].reset_index(drop=True)
    drawing = rows_sheet(page, [page.word(rule) for rule in told.rule], rest=0.85)
    for place, row in drawing.of(told):
        first = row["rule"] == RULES["loss"]
        row_of_dots(drawing.ax, place, row["low"], row["share"], row["high"], page.colour if first else NEUTRAL)
        drawing.value(place, page.number(row["share"], "percent"), bold=first)
    for rule in bounds:
        drawing.ax.axvline(float(table.share[table.rule == rule].iloc[0]), color=MIDDLE, lw=1.2, ls=(0, (4, 3)), zorder=0)
    drawing.ax.set_xlim(0, float(np.nanmax([*told.high, *table.share])) * 1.05)
    drawing.ax.xaxis.grid(True)
    drawing.ax.xaxis.set_major_locator(ticks(page))
    drawing.ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "percent"))
    key(drawing.figure, page, page.word("Broken lines: chance, and the most that any list can hold."))
    parts = [f"{page.word(row.rule)}: {page.number(row.share, 'percent')}" for row in told.itertuples()]
    return drawing.figure, "; ".join(parts) + "."


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
