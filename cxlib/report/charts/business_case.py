"""The charts of the business case: links by score group, the value and its parts, what matters, initiatives."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cxlib.analyses.business_case.choices import CHOSEN
from cxlib.analyses.result import Term
from cxlib.analyses.units import Unit
from cxlib.report.captions import LINES, RANGE_BAND, RANGE_BARS, UNITS, rests_on
from cxlib.report.charts.canvas import (
    BAD,
    BEHIND,
    GOOD,
    GRID,
    INK,
    NEUTRAL,
    PAPER,
    SOFT,
    key,
    money_axis,
    row_of_dots,
    rows_sheet,
    sheet,
    short_money,
)

__all__ = [
    "board_answer",
    "employee_link",
    "initiatives",
    "outcome_levels",
    "spend_and_return",
    "value_by_year",
    "value_parts",
    "what_matters",
]

ROW = 0.42  # inches for one row
CASE = ("customers", "survey", "employees", "initiatives", "money")  # what a case rests on, as far as it is there


@rests_on("customers", title=Term("By score group"), interval=LINES)
def outcome_levels(result, page) -> tuple[Figure, str]:
    """One outcome by score group: dot, interval, value.

    >>> page.draw(charts.outcome_levels, business_case.outcome(links, "margin"))
    0–6: 4,858 DKK (4,647 DKK to 5,078 DKK); 7–8: 5,442 DKK (5,256 DKK to 5,636 DKK); 9–10: 5,938 DKK...
    """
    table = result.tables["levels"]
    unit = table.unit[0]
    figure, ax = sheet(page, 2.3)
    at = np.arange(len(table))
    ax.plot(at, table.estimate, color=page.colour, lw=1.2, alpha=0.5, zorder=1)
    ax.vlines(at, table.low, table.high, color=page.colour, lw=2, zorder=3)
    ax.plot(at, table.estimate, "o", color=page.colour, ms=8, zorder=4)
    for place, row in zip(at, table.itertuples(), strict=True):
        ax.annotate(page.number(row.estimate, unit), (place, max(row.high, row.estimate)), xytext=(0, 7),
                    textcoords="offset points", ha="center", va="bottom", fontweight="bold", bbox=BEHIND)  # fmt: skip
    counts = [page.number(n, "count") for n in table.customers]
    ax.set_xticks(at, [f"{group}\nn {n}" for group, n in zip(table.group, counts, strict=True)])
    ax.set_xlim(-0.4, len(table) - 0.4)
    ax.set_ylim(0, max(table.high.max(), 1e-9) * 1.25)
    ax.yaxis.set_major_formatter(lambda value, _: page.number(value, Unit(unit).axis))
    ax.yaxis.grid(True, color=GRID)
    ax.set_axisbelow(True)
    spoken = [f"{row.group}: {page.number(row.estimate, unit)} ({page.number(row.low, unit)} {page.word('to')} "
              f"{page.number(row.high, unit)})" for row in table.itertuples()]  # fmt: skip
    return figure, "; ".join(spoken) + "."


@rests_on(*CASE, title=Term("What it is worth"), interval=RANGE_BARS)
def board_answer(result, page) -> tuple[Figure, str]:
    """What the chosen set, all initiatives and one point are worth: expected value and 80 % range on one scale.

    >>> page.draw(charts.board_answer, business_case.board_answer(case))
    The chosen initiatives: 1.4 million DKK (−0.96 million DKK to 4.3 million DKK); All initiatives:...
    """
    table = result.tables["answer"]
    drawing = rows_sheet(page, map(page.word, table.figure), row=ROW)
    for place, row in drawing.of(table):
        colour = GOOD if row["p10"] > 0 else BAD if row["p90"] < 0 else NEUTRAL
        row_of_dots(drawing.ax, place, row["p10"], row["expected"], row["p90"], colour)
        drawing.value(place, short_money(page, row["expected"], table.expected), bold=True)
    drawing.ax.margins(x=0.08)
    money_axis(drawing.ax, page)
    return drawing.figure, "; ".join(_spoken(page, page.word(row.figure), row) for row in table.itertuples()) + "."


@rests_on(*CASE, title=Term("The parts of the value"))
def value_parts(result, page) -> tuple[Figure, str]:
    """Waterfall of the expected value: each part begins where the one before ends, the last bar is their sum.

    >>> page.draw(charts.value_parts, business_case.value_parts(case))
    Customers stay longer 3.8 million DKK; Customers bring in more margin 1.8 million DKK; Customers cost...
    """
    table = result.tables["parts"]
    drawing = rows_sheet(page, map(page.word, table.part), row=ROW)
    ax, thick, start = drawing.ax, 0.14 if drawing.above else 0.25, 0.0
    for number, (place, row) in enumerate(drawing.of(table)):
        whole, width = number == len(table) - 1, row["expected"]
        left = 0.0 if whole else start
        ax.barh(place, width, left=left, height=thick, color=page.colour if whole else GOOD if width > 0 else BAD)
        drawing.value(place, short_money(page, width, table.expected), bold=whole)
        if not whole:
            ax.plot([left + width] * 2, [place, drawing.places[number + 1]], color=SOFT, lw=0.8, zorder=0)
            start += width
    ax.margins(x=0.06)
    money_axis(ax, page)
    spoken = [f"{page.word(row.part)} {page.number(row.expected, 'money_short')}" for row in table.itertuples()]
    return drawing.figure, "; ".join(spoken) + "."


@rests_on(*CASE, title=Term("The value year by year"), interval=RANGE_BAND)
def value_by_year(result, page) -> tuple[Figure, str]:
    """Fan of the running sum: mean and 80 % range by year.

    >>> page.draw(charts.value_by_year, business_case.value_by_year(case))
    After 5 years 1.4 million DKK, from −0.96 million DKK to 4.3 million DKK (80% range).
    """
    table = result.tables["years"]
    figure, ax = sheet(page, 2.7)
    ax.axhline(0, color=INK, lw=0.8)
    ax.fill_between(table.year, table.p10, table.p90, color=page.colour, alpha=0.18, lw=0)
    ax.plot(table.year, table.expected, "o-", color=page.colour, ms=5, lw=1.8)
    last = table.iloc[-1]
    for name in ("p10", "expected", "p90"):
        ax.annotate(short_money(page, last[name], table.p90), (last.year, last[name]), xytext=(8, 0), va="center",
                    textcoords="offset points", fontsize=9.5, fontweight="bold" if name == "expected" else "normal")  # fmt: skip
    told = [page.word("now") if year == 0 else page.word("year {n:count}", n=year) for year in table.year]
    every = -(-len(told) // (4 if page.paper.above else 12))
    ax.set_xticks(table.year, [text if place % every == 0 else "" for place, text in enumerate(told)])
    ax.set_xlim(-0.2, last.year * (1.45 if page.paper.above else 1.22))
    ax.yaxis.set_major_formatter(lambda value, _: short_money(page, value, ax.get_ylim()))
    ax.yaxis.grid(True, color=GRID)
    row = table.iloc[-1]
    ends = [page.number(row[name], "money_short") for name in ("expected", "p10", "p90")]
    return figure, page.word("After {n:count} years {middle}, from {low} to {high} (80% range).", n=row.year,
                             middle=ends[0], low=ends[1], high=ends[2])  # fmt: skip


@rests_on(*CASE, title=Term("What the value depends on"))
def what_matters(result, page) -> tuple[Figure, str]:
    """Tornado: how far the value goes when one input goes through its 80 % range, the others at their means.

    >>> page.draw(charts.what_matters, business_case.what_matters(case))
    Share of the link that is cause and effect: −0.36 million DKK to 3.5 million DKK; Ledere på medlyt hver måned:...
    """
    table = result.tables["inputs"].head(8)
    drawing = rows_sheet(page, map(page.word, table.input), row=ROW, rest=0.8)
    ax, thick = drawing.ax, 0.13 if drawing.above else 0.25
    for place, row in drawing.of(table):
        low, high = sorted((row["left"], row["right"]))
        ax.barh(place, high - low, left=low, height=thick, color=page.colour, alpha=0.85)
        for value, end in ((row["left"], row["level_low"]), (row["right"], row["level_high"])):
            lower = value == low
            ax.annotate(page.number(end, row["unit"]), (value, place), xytext=(-4 if lower else 4, 0), va="center",
                        textcoords="offset points", ha="right" if lower else "left", fontsize=8.5, color=SOFT)  # fmt: skip
    key(drawing.figure, page, page.word("Ends of a bar: the value when the input is low or high, the others at their mean."))
    lowest, highest = min(0, table[["left", "right"]].min(axis=None)), max(0, table[["left", "right"]].max(axis=None))
    spare = (0.24 if page.paper.above else 0.14) * (highest - lowest)
    ax.set_xlim(lowest - spare, highest + spare)
    money_axis(ax, page)
    spoken = [f"{page.word(row.input)}: {page.number(row.left, 'money_short')} {page.word('to')} "
              f"{page.number(row.right, 'money_short')}" for row in table.head(5).itertuples()]  # fmt: skip
    return drawing.figure, "; ".join(spoken) + "."


@rests_on(*CASE, title=Term("The initiatives one by one"), interval=RANGE_BARS)
def initiatives(result, page) -> tuple[Figure, str]:
    """Net present value of each initiative alone: expected value and 80 % range, filled for the chosen ones.

    >>> page.draw(charts.initiatives, business_case.initiatives(case))
    Ledere på medlyt hver måned: 0.86 million DKK (−0.76 million DKK to 2.8 million DKK); Regning på...
    """
    table = result.tables["initiatives"]
    drawing = rows_sheet(page, table.initiative, row=ROW, rest=0.8)
    for place, row in drawing.of(table):
        chosen = row["chosen"] == CHOSEN[True]
        row_of_dots(drawing.ax, place, row["p10"], row["expected"], row["p90"], page.colour if chosen else NEUTRAL, hollow=not chosen)
        drawing.value(place, short_money(page, row["expected"], table.expected), bold=chosen)
    key(drawing.figure, page, page.word("Net present value of each initiative alone. Filled: chosen. Hollow: not chosen."))
    money_axis(drawing.ax, page)
    return drawing.figure, "; ".join(_spoken(page, row.initiative, row) for row in table.itertuples()) + "."


@rests_on(*CASE, title=Term("Cost and benefit"))
def spend_and_return(result, page) -> tuple[Figure, str]:
    """Net value against what is spent, the best initiative first: where the curve turns down, more costs than it brings.

    >>> page.draw(charts.spend_and_return, business_case.spend_and_return(case))
    Benefit to cost, on top of those above: 1 Ledere på medlyt hver måned: 1.44; 2...
    """
    table = result.tables["spend"]
    spent, net = np.append(0, table.spent), np.append(0, table.net)
    figure, ax = sheet(page, 2.9)
    ax.axhline(0, color=INK, lw=0.8)
    ax.plot(spent, net, "-", color=SOFT, lw=1.2, zorder=1)
    chosen = table.chosen == CHOSEN[True]
    ax.scatter(table.spent[~chosen], table.net[~chosen], edgecolors=NEUTRAL, facecolors=PAPER, s=45, zorder=2)
    ax.scatter(table.spent[chosen], table.net[chosen], color=page.colour, s=60, zorder=3)
    for place, row in enumerate(table.itertuples()):
        ax.annotate(
            str(place + 1), (row.spent, row.net), xytext=(0, 8), textcoords="offset points", ha="center", fontsize=9
        )
    named = ". ".join(f"{place + 1} {name}" for place, name in enumerate(table.initiative))
    key(figure, page, page.word("Filled: chosen. Hollow: not chosen."), f"{named}.")
    ax.set_xlabel(page.word("Spent in all, present value"))
    ax.set_ylabel(page.word("Net present value"))
    ax.xaxis.set_major_locator(MaxNLocator(2 if page.paper.above else 5))
    ax.xaxis.set_major_formatter(lambda value, _: short_money(page, value, ax.get_xlim()))
    ax.yaxis.set_major_formatter(lambda value, _: short_money(page, value, ax.get_ylim()))
    ax.margins(0.08)
    ax.grid(True, color=GRID)
    ax.set_axisbelow(True)
    spoken = [f"{place + 1} {row.initiative}: {page.number(row.marginal_return, 'mean')}" for place, row in
              enumerate(table.itertuples())]  # fmt: skip
    return figure, page.word("Benefit to cost, on top of those above") + ": " + "; ".join(spoken) + "."


@rests_on("employees", "survey", title=Term("Employees and customers"), n="units", counted=UNITS)
def employee_link(result, page) -> tuple[Figure, str] | None:
    """Units that may be shown: the employees' index against the customers'; None under five units.

    >>> page.draw(charts.employee_link, employees)
    48 units: correlation 0.69 (0.51 to 0.82).
    """
    table = result.tables.get("units")
    if table is None or len(table) < 5:
        return None
    figure, ax = sheet(page, 3.4)
    ax.scatter(table.employees, table.customer_index, s=26, color=page.colour, alpha=0.55, linewidths=0)
    ax.set_xlabel(page.word("Employees' index (0–100)"))
    ax.set_ylabel(page.word("Customers' index (0–100)"))
    ax.grid(True, color=GRID)
    ax.set_axisbelow(True)
    row = result.tables["link"].iloc[0]
    return figure, page.word("{n:count} units: correlation {r:mean} ({low:mean} to {high:mean}).", n=row.units,
                             r=row.correlation, low=row.correlation_low, high=row.correlation_high)  # fmt: skip


def _spoken(page, name, row) -> str:
    return (f"{name}: {page.number(row.expected, 'money_short')} ({page.number(row.p10, 'money_short')} {page.word('to')} "
            f"{page.number(row.p90, 'money_short')})")  # fmt: skip


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
