"""The charts of the effect notebook: what came of what was begun, how it went over time, what each battle costs and brings."""

import numpy as np
from matplotlib.figure import Figure

from cxlib.analyses.effect.effects import VERDICTS
from cxlib.analyses.effect.returns import INVESTED
from cxlib.analyses.result import Term
from cxlib.analyses.units import Unit
from cxlib.report.captions import BAND, BARS, RANGE_BARS, rests_on
from cxlib.report.charts.canvas import (
    BAD,
    GOOD,
    MIDDLE,
    NEUTRAL,
    SOFT,
    UNCLEAR,
    key,
    money_axis,
    row_of_dots,
    rows_sheet,
    sheet,
    ticks,
    wrapped,
)

__all__ = ["battles", "course", "needed", "what_came"]

GOOD_ONES = (VERDICTS["worked"],)
BAD_ONES = (VERDICTS["harmed"], VERDICTS["no_effect"], VERDICTS["as_expected_without"])
FIGURES = Term("n = {n:count} figures of a unit in a period.")
MOST = 4  # courses that are drawn
ASIDE = 0.35  # of the height of a row: where the line of the cost lies below that of the gain


@rests_on("rollout", title=Term("What came of each initiative"), interval=BARS, counted=FIGURES)
def what_came(result, page) -> tuple[Figure, str] | None:
    """Each initiative: its effect with the interval, beside the plain improvement, hollow, which is no effect.

    >>> page.draw(charts.what_came, effect.what_came(found))
    Svar på telefonen inden 8 minutter: +3.2 (+2.2 to +4.1), works;...
    """
    table = result.tables.get("begun")
    table = None if table is None else table.dropna(subset=["estimate"]).reset_index(drop=True)
    if table is None or table.empty:
        return None
    drawing = rows_sheet(page, table.initiative, row=0.46, rest=0.95)
    for place, row in drawing.of(table):
        colour = GOOD if row["verdict"] in GOOD_ONES else BAD if row["verdict"] in BAD_ONES else NEUTRAL
        if row["raw"] == row["raw"]:
            row_of_dots(drawing.ax, place, None, row["raw"], None, MIDDLE, hollow=True)
        ends = (row["low"], row["high"]) if np.isfinite(row["low"]) else (None, None)
        row_of_dots(drawing.ax, place, ends[0], row["estimate"], ends[1], colour)
        drawing.value(place, page.word(row["verdict"]), bold=row["verdict"] in GOOD_ONES)
    _zero(drawing.ax)
    _axis(drawing.ax, page, _of(table))
    key(drawing.figure, page, page.word("Filled: by how much more those with it improved than those without. Hollow: the plain improvement since the period before, which is no effect."))
    return drawing.figure, "; ".join(f"{_with_ends(page, row)}, {page.word(row['verdict'])}" for row in table.to_dict("records")) + "."


@rests_on("rollout", title=Term("Before and after the start"), interval=BAND, counted=FIGURES)
def course(result, page) -> tuple[Figure, str] | None:
    """The difference to those without it by periods since the start, one panel an initiative.

    >>> page.draw(charts.course, effect.course(found))
    Svar på telefonen inden 8 minutter: before the start 0.0 on average, after it +3.4...
    """
    table = result.tables.get("course")
    if table is None:
        return None
    names = list(dict.fromkeys(table.initiative))[:MOST]
    unit = _of(table)
    figure, axes = sheet(page, 1.9 * len(names) + 0.4, rows=len(names), squeeze=False, sharex=True, sharey=True)
    spoken = []
    for ax, name in zip(axes.flat, names, strict=True):
        rows = table[table.initiative == name].astype({"low": float, "high": float})
        ax.fill_between(rows.since, rows.low, rows.high, color=page.colour, alpha=0.18, lw=0)
        ax.plot(rows.since, rows.estimate, color=page.colour, lw=1.6, marker="o", ms=3.5)
        ax.axvline(-0.5, color=SOFT, lw=1, ls=(0, (4, 3)))
        ax.axhline(0, color=SOFT, lw=0.8)
        ax.set_title(wrapped(name, page.paper.letters), fontsize=10)
        ax.yaxis.set_major_formatter(lambda value, _: page.number(value, unit.axis))
        ax.yaxis.grid(True)
        before, after = (float(np.average(part.estimate, weights=part.units)) if len(part) else np.nan for part in (rows[rows.since < 0], rows[rows.since >= 0]))
        spoken.append(page.word("{name}: before the start {before} on average, after it {after}", name=name, before=page.number(before, unit.signed_ends), after=page.number(after, unit.signed_ends)))
    spread = table[table.initiative.isin(names)]
    far = 1.15 * float(np.nanmax(np.abs(spread[["estimate"]].to_numpy()))) + float(np.nanmedian((spread.high - spread.low).replace(np.inf, np.nan))) / 2
    axes.flat[0].set_ylim(-far, far)
    axes.flat[-1].xaxis.set_major_locator(ticks(page, 10))
    axes.flat[-1].xaxis.set_major_formatter(lambda value, _: page.number(value, "general"))
    axes.flat[-1].set_xlabel(page.word("Periods since the start"))
    key(figure, page, page.word("Points by which those with it stand further above those without it than in the other periods before the start. Broken line: the start."))
    return figure, "; ".join(spoken) + "."


@rests_on("rollout", "customers", "initiatives", "money", title=Term("What each battle costs and brings"), interval=RANGE_BARS, counted=FIGURES)
def battles(result, page) -> tuple[Figure, str] | None:
    """Each battle: the gain with its range, over the cost as a line below it.

    >>> page.draw(charts.battles, effect.battles(found, case))
    Let at få fat i: benefit...
    """
    table = result.tables.get("battles")
    if table is None:
        return None
    drawing = rows_sheet(page, table.battle, row=0.46, rest=0.9)
    colours = {INVESTED["under"]: GOOD, INVESTED["over"]: BAD}
    for place, row in drawing.of(table):
        row_of_dots(drawing.ax, place, row["p10"], row["gain"], row["p90"], colours.get(row["invested"], NEUTRAL))
        low = place - (0.07 if drawing.above else 0.46 * ASIDE)
        drawing.ax.plot([0, row["cost"]], [low, low], color=UNCLEAR, lw=4, solid_capstyle="butt", zorder=1)
        drawing.value(place, page.word(row["invested"]), bold=row["invested"] in colours)
    _zero(drawing.ax)
    money_axis(drawing.ax, page)
    key(drawing.figure, page, page.word("Dot: present value of what the battle brings, with its 80% range; grey line below: what it costs."))
    spoken = [page.word("{battle}: benefit {gain:money_short} ({p10:money_short} to {p90:money_short}), cost {cost:money_short}",
                        **{name: row[name] for name in ("battle", "gain", "p10", "p90", "cost")}) for row in table.to_dict("records")]  # fmt: skip
    return drawing.figure, "; ".join(spoken) + "."


@rests_on("rollout", title=Term("What it takes to see an effect"), counted=FIGURES)
def needed(result, page) -> tuple[Figure, str] | None:
    """The smallest effect that would be seen, by periods since the start, a line for each number of units.

    >>> page.draw(charts.needed, effect.needed(found))
    12 units: ...
    """
    table = result.tables.get("needed")
    if table is None:
        return None
    unit, smallest = _of(table), result.settings["smallest"]
    figure, ax = sheet(page, 3.0)
    sizes = list(dict.fromkeys(table.units))
    for number, units in enumerate(sizes):
        rows = table[table.units == units]
        ax.plot(rows.after, rows.seen, color=page.colour, alpha=0.35 + 0.65 * (number + 1) / len(sizes), lw=1.6, marker="o", ms=4)
        ax.annotate(page.word("{units:count} units", units=units), (rows.after.iloc[-1], rows.seen.iloc[-1]), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9.5)
    ax.axhline(smallest, color=SOFT, lw=1, ls=(0, (4, 3)))
    ax.set_ylim(0, min(float(table.seen.max()) * 1.05, 6 * smallest))
    ax.set_xlim(0, float(table.after.max()) * 1.18)
    ax.yaxis.grid(True)
    ax.xaxis.set_major_locator(ticks(page, 8))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "general"))
    ax.yaxis.set_major_formatter(lambda value, _: page.number(value, unit.axis))
    ax.set_xlabel(page.word("Periods since the start"))
    key(figure, page, page.word("The smallest effect that shows in 80 of 100 cases, half of the units with it. Broken line: the smallest that matters."))
    last = table[table.after == table.after.max()]
    spoken = [page.word("{units:count} units: {seen} after {after:count} periods", units=row["units"], seen=page.number(row["seen"], unit.difference), after=row["after"]) for row in last.to_dict("records")]
    return figure, "; ".join(spoken) + "."


def _of(table) -> Unit:
    """The unit of a table's differences."""
    return next(unit for unit in Unit if unit.difference == table.unit.iloc[0])


def _zero(ax) -> None:
    """A line where nothing differs."""
    ax.axvline(0, color=SOFT, lw=1, ls=(0, (4, 3)), zorder=1)
    ax.xaxis.grid(True)


def _axis(ax, page, unit: Unit) -> None:
    ax.xaxis.set_major_locator(ticks(page, 6))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, unit.axis))


def _with_ends(page, row: dict) -> str:
    """An effect with its interval, as it is spoken."""
    style = next(unit for unit in Unit if unit.difference == row["unit"]).signed_ends
    estimate, low, high = (page.number(row[name], style) for name in ("estimate", "low", "high"))
    return page.word("{name}: {estimate} ({low} to {high})", name=row["initiative"], estimate=estimate, low=low, high=high)


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
