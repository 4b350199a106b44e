"""The charts of the maturity notebook: steps, heat map, roles, change, other companies, and the staircase."""

from functools import partial

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from cxlib.analyses.maturity.change import VERDICTS as CHANGE
from cxlib.analyses.maturity.groups import VERDICTS as GAP
from cxlib.analyses.result import Term
from cxlib.report.captions import BARS, COMPANIES, rests_on
from cxlib.report.charts.canvas import (
    ABOVE,
    BAD,
    BEHIND,
    BELOW,
    BETWEEN,
    GOOD,
    GRID,
    INK,
    MIDDLE,
    NEUTRAL,
    ON_LIGHT,
    PAPER,
    SOFT,
    column_heads,
    key,
    row_of_dots,
    rows_sheet,
    sheet,
    telling_most,
    ticks,
    wrapped,
)

__all__ = ["benchmark", "change", "heat_map", "role_gap", "staircase", "steps"]

CELL = 0.31  # inches for one row of the heat map
MOST_GROUPS = 7  # that the heat map has room for
POOR, FAIR, STRONG = "#efc3b5", "#f4eedd", "#7fc3ae"  # light enough for ink in every shade, apart in grey by the hatches
HATCHES = ("////", "//", "", "")


@rests_on("maturity", title=Term("The steps"), interval=BARS)
def steps(result, page) -> tuple[Figure, str]:
    """Score 0-100 of every step with its interval and its word.

    >>> page.draw(charts.steps, maturity.steps(ratings))
    1 Leadership commitment: 53 Uneven (42 to 64); 2 Organizational mobilization: 53 Uneven (47 to 60); 3...
    """
    table = result.tables["steps"]
    drawing = rows_sheet(page, table.stage)
    for place, row in drawing.of(table):
        drawing.ax.plot([0, 100], [place, place], color=GRID, lw=0.8, zorder=0)
        row_of_dots(drawing.ax, place, row["low"], row["score100"], row["high"], page.colour)
        drawing.value(place, _scored(page, row), bold=True)
    _scale(drawing.ax, page)
    return drawing.figure, "; ".join(_spoken(page, row["stage"], row) for row in table.to_dict("records")) + "."


@rests_on("maturity", title=Term("The criteria by group"), wide=True)
def heat_map(result, page) -> tuple[Figure, str]:
    """Criteria x groups: the number, the band's word for all, and for every cell its shade and hatch.

    >>> page.draw(charts.heat_map, maturity.criteria(ratings))
    1.1 Strong backing: 59 Uneven (43 to 75); 1.2 Shared business case: 47 Uneven (39 to 55); 1.3 Managers...
    """
    table = result.tables["criteria"]
    groups = result.tables.get("groups", pd.DataFrame(columns=["segment", "group", "criterion", "score100", "band"]))
    everyone = list(dict.fromkeys(zip(groups.segment, groups.group, strict=True)))
    columns = everyone[:MOST_GROUPS]
    bands = [word for _, word in result.settings["bands"]]
    wordy = len(columns) < 4 and not page.paper.above  # room for the word in every cell
    cells = {(row.segment, row.group, row.criterion): row for row in groups.itertuples()}
    drawing = rows_sheet(page, table.criterion, row=CELL, rest=1.0)
    ax, thick = drawing.ax, 0.2 if drawing.above else CELL - 0.03
    for place, row in drawing.of(table):
        _cell(ax, page, 0, place, row["score100"], row["band"], bands, width=1.2, height=thick)
        for at, (segment, group) in enumerate(columns):
            cell = cells.get((segment, group, row["criterion"]))
            score, band = (cell.score100, cell.band) if cell else (None, None)
            _cell(ax, page, 1.3 + at, place, score, band, bands, width=1.0, height=thick, word=wordy)
    heads = [page.word("All"), *[str(group) for _, group in columns]]
    middles = [0.6, *[1.8 + at for at in range(len(columns))]]
    if len(columns) < len(everyone):
        drawn = {"drawn": len(columns), "groups": len(everyone)}
        ax.set_xlabel(page.word("Groups drawn: {drawn:count} of {groups:count}", **drawn), loc="left")
        ax.xaxis.set_label_position("bottom")
    ax.set_xlim(-0.02, 1.35 + max(len(columns), 2))
    column_heads(ax, middles, heads, page, 0.95 if drawing.above else 0.7)
    sns.despine(ax=ax, left=True, bottom=True)
    if bands:
        _bands_key(drawing.figure, result.settings["bands"], page)
    return drawing.figure, "; ".join(_spoken(page, row["criterion"], row) for row in table.to_dict("records")) + "."


@rests_on("maturity", title=Term("Two roles side by side"))
def role_gap(result, page) -> tuple[Figure, str]:
    """The two roles' scores of every criterion, joined; dark where they differ by more than chance.

    >>> page.draw(charts.role_gap, maturity.role_gap(ratings))
    1.3 Managers lead by example: Topledelse 90, Medarbejder 21; 1.1 Strong backing: Topledelse 90,...
    """
    table = result.tables["gaps"]
    first, second = result.settings["first"], result.settings["second"]
    drawn, of_all = telling_most(table, table.apart, page)
    drawing = rows_sheet(page, drawn.criterion, rest=0.8)
    ax, number = drawing.ax, partial(page.number, style="count")
    for place, row in drawing.of(drawn):
        clear = row["verdict"] != GAP["unclear"]
        colour = BAD if clear else NEUTRAL
        ends = [row["second_score"], row["first_score"]]
        ax.plot([0, 100], [place, place], color=GRID, lw=0.8, zorder=0)
        ax.plot(ends, [place, place], color=colour, lw=2.5 if clear else 1, zorder=1)
        ax.plot(row["first_score"], place, "o", ms=8, color=colour, zorder=3)
        ax.plot(row["second_score"], place, "s", ms=7, mfc=PAPER, mec=colour, mew=1.6, zorder=2)
        drawing.value(place, page.number(row["apart"], "whole_change"), bold=clear)
    _scale(ax, page)
    key(drawing.figure, page,
        page.word("Filled dot: {first}. Hollow square: {second}. Right: the difference.", first=first, second=second), of_all)  # fmt: skip
    scores = table[["criterion", "first_score", "second_score"]].itertuples(index=False)
    spoken = [f"{name}: {first} {number(one)}, {second} {number(other)}" for name, one, other in scores]
    return drawing.figure, "; ".join(spoken) + "."


@rests_on("maturity", title=Term("Change since last time"), interval=BARS)
def change(result, page) -> tuple[Figure, str]:
    """Change of every criterion since last time with its interval, around zero.

    >>> page.draw(charts.change, maturity.change(ratings))
    3.2 Fast follow-up of unhappy customers: +40 points (+31 to +50, n 13); 4.1 Fixed cadence: +40 points...
    """
    table = result.tables["change"]
    drawn, of_all = telling_most(table, table.moved, page)
    drawing = rows_sheet(page, drawn.criterion, rest=0.8)
    ax = drawing.ax
    marks = {CHANGE["rose"]: (GOOD, ABOVE), CHANGE["fell"]: (BAD, BELOW)}
    for place, row in drawing.of(drawn):
        colour, mark = marks.get(row["verdict"], (NEUTRAL, BETWEEN))
        row_of_dots(ax, place, row["low"], row["moved"], row["high"], colour, mark=mark)
        told = f"{page.number(row['moved'], 'whole_change')}   n {page.number(row['n'], 'count')}"
        drawing.value(place, told, bold=mark != BETWEEN)
    ax.axvline(0, color=SOFT, lw=0.8)
    ends = drawn[["moved", "low", "high"]].to_numpy(float)
    low, high = min(np.nanmin(ends), -10), max(np.nanmax(ends), 10)
    ax.set_xlim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    ax.xaxis.set_major_locator(ticks(page))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "whole_change"))
    ax.xaxis.grid(True)
    moved = page.word("Triangle: has risen or fallen.") if set(marks) & set(drawn.verdict) else ""
    key(drawing.figure, page, page.word("Change in points since {before:period}.", **result.settings), moved, of_all)
    spoken = [
        page.word("{criterion}: {change:whole_change} points ({low:whole_change} to {high:whole_change}, n {n:count})",
                  change=row["moved"], **row)
        for row in table.to_dict("records")
    ]  # fmt: skip
    return drawing.figure, "; ".join(spoken) + "."


@rests_on("maturity", "benchmark", title=Term("Beside other companies"), interval=BARS, counted=COMPANIES)
def benchmark(result, page) -> tuple[Figure, str]:
    """Score of every criterion over the middle half of the companies and their middle one.

    >>> page.draw(charts.benchmark, maturity.benchmark(ratings))
    1.1 Strong backing: 59, median company 38; 1.2 Shared business case: 47, median company 38; 1.3...
    """
    table = result.tables["criteria"]
    drawn, of_all = telling_most(table, table.score100 - table["median"], page)
    drawing = rows_sheet(page, drawn.criterion, rest=0.85)
    ax, thick = drawing.ax, 0.16
    for place, row in drawing.of(drawn):
        ax.plot([0, 100], [place, place], color=GRID, lw=0.8, zorder=0)
        ax.barh(place, row["half_high"] - row["half_low"], left=row["half_low"], height=thick, color=MIDDLE, zorder=1)
        ax.plot([row["median"]] * 2, [place - thick / 2, place + thick / 2], color=SOFT, lw=1.4, zorder=2)
        row_of_dots(ax, place, row["low"], row["score100"], row["high"], page.colour)
        drawing.value(place, page.number(row["score100"], "count"), bold=True)
    _scale(ax, page)
    key(drawing.figure, page,
        page.word("Dot: the company. Grey: the middle half of the comparison group. Vertical line: its median."), of_all)  # fmt: skip
    spoken = [
        page.word("{criterion}: {score:count}, median company {median:count}", criterion=row["criterion"],
                  score=row["score100"], median=row["median"])
        for row in table.to_dict("records")
    ]  # fmt: skip
    return drawing.figure, "; ".join(spoken) + "."


@rests_on("maturity", title=Term("The levels"))
def staircase(result, page) -> tuple[Figure, str]:
    """The levels as stairs, filled as far as their statements are fulfilled; the level reached is framed.

    >>> page.draw(charts.staircase, maturity.placement(stairs))
    Level reached: 3; level 1, Customer-aware: 88% fulfilled, reached in full: yes; level 2...
    """
    table, level = result.tables["levels"], result.settings["level"]
    figure = (_rungs if page.paper.above else _stairs)(table, level, page)
    key(figure, page, page.word("Filled: how far the statements of the level are fulfilled. A level counts only with all below it."))
    spoken = [
        page.word("level {level:count}, {name}: {share:percent} fulfilled, reached in full: {attained}", level=row["stair"],
                  name=row["level_name"], share=row["coverage"], attained=page.word(row["attained"]))
        for row in table.to_dict("records")
    ]  # fmt: skip
    return figure, page.word("Level reached: {level:count}", level=level) + "; " + "; ".join(spoken) + "."


def _stairs(table, level: int, page) -> Figure:
    """The levels as stairs, from the left."""
    most = max(wrapped(f"{row.stair} {row.level_name}", 17).count("\n") + 1 for row in table.itertuples())
    figure, ax = sheet(page, 3.3)
    for row in table.to_dict("records"):
        at, height = row["stair"] - 1, 0.8 + 0.55 * row["stair"]
        ax.add_patch(Rectangle((at, 0), 0.94, height, fc=GRID, alpha=0.5, ec="none"))
        ax.add_patch(Rectangle((at, 0), 0.94, height * _known(row["coverage"]), **_filling(row["stair"] <= level, page)))
        name = wrapped(f"{row['stair']} {row['level_name']}", 17)
        if row["stair"] == level:
            ax.add_patch(Rectangle((at, 0), 0.94, height, fc="none", ec=INK, lw=2.2))
            over = height + 0.16 + 0.25 * (name.count("\n") + 1)
            ax.text(at + 0.47, over, page.word("Reached"), ha="center", fontweight="bold", fontsize=10)
        ax.text(at + 0.47, height + 0.08, name, ha="center", va="bottom", fontsize=9.5)
        shade = PAPER if row["stair"] <= level and _known(row["coverage"]) > 0.3 else INK
        share = page.number(row["coverage"], "percent")
        ax.text(at + 0.47, 0.12, share, ha="center", va="bottom", fontsize=10.5, fontweight="bold", color=shade,
                bbox=None if row["stair"] <= level else BEHIND)
    ax.set_xlim(-0.03, len(table))
    ax.set_ylim(0, 0.8 + 0.55 * len(table) + 0.4 + 0.25 * most)
    ax.axis("off")
    return figure


def _rungs(table, level: int, page) -> Figure:
    """The levels as rungs, the highest on top."""
    rows = table.iloc[::-1]
    drawing = rows_sheet(page, [f"{row.stair} {row.level_name}" for row in rows.itertuples()], rest=0.55)
    thick = 0.14
    for place, row in drawing.of(rows):
        reached = row["stair"] == level
        box = {"xy": (0, place - thick / 2), "height": thick}
        drawing.ax.add_patch(Rectangle(width=1, fc=GRID, alpha=0.5, ec="none", **box))
        drawing.ax.add_patch(Rectangle(width=_known(row["coverage"]), **_filling(row["stair"] <= level, page), **box))
        if reached:
            drawing.ax.add_patch(Rectangle(width=1, fc="none", ec=INK, lw=1.6, **box))
        share = page.number(row["coverage"], "percent")
        drawing.value(place, f"{page.word('Reached')}   {share}" if reached else share, bold=reached)
    drawing.ax.set_xlim(0, 1.002)
    drawing.ax.set_xticks([])
    sns.despine(ax=drawing.ax, left=True, bottom=True)
    return drawing.figure


def _filling(reached: bool, page) -> dict:
    return {"fc": page.colour if reached else NEUTRAL, "alpha": 0.9 if reached else 0.45, "ec": "none", "lw": 0,
            "hatch": None if reached else "//"}  # fmt: skip


def _known(share: float) -> float:
    return share if share == share else 0.0


def _scale(ax, page) -> None:
    """The whole scale, never the part of it that was used."""
    ax.set_xlim(0, 100)
    ax.xaxis.set_major_locator(ticks(page))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "count"))


def _scored(page, row) -> str:
    score = page.number(row["score100"], "count")
    return f"{score} {row['band']}" if row["band"] else score


def _cell(ax, page, left, place, score, band, bands, *, width, height, word=True) -> None:
    """One cell of the heat map: shade, hatched edge, number and word; a dash where nothing may be shown."""
    if score is None or score != score:
        ax.text(left + width / 2, place, "–", ha="center", va="center", fontsize=9.5, color=SOFT)
        return
    colour, hatch = _shade(band, score, bands)
    ax.add_artist(Rectangle((left, place - height / 2), width - 0.04, height, lw=0, fc=colour))
    if hatch:
        ax.add_artist(Rectangle((left + width - 0.2, place - height / 2), 0.16, height, lw=0, fc=colour, ec=ON_LIGHT, hatch=hatch))
    number = page.number(score, "count")
    text = f"{number} {band}" if word and band else number
    ax.text(left + 0.08, place, text, va="center", fontsize=9 if page.paper.above else 9.5, color=ON_LIGHT)


def _bands_key(figure, bands, page) -> None:
    """The words, their shades and hatches, and where each begins."""
    words = [word for _, word in bands]
    keys = []
    for (start, word), end in zip(bands, [*(start - 1 for start, _ in bands[1:]), 100], strict=True):
        colour, hatch = _shade(word, start, words)
        keys.append(Patch(fc=colour, ec=ON_LIGHT, lw=0, hatch=hatch, label=f"{word} {start:g}–{end:g}"))
    rows = -(-sum(len(patch.get_label()) + 7 for patch in keys) // page.paper.key)
    figure.legend(handles=keys, loc="outside lower left", ncols=-(-len(keys) // rows), handlelength=2.2, fontsize=9)


def _shade(band, score, bands) -> tuple[object, str]:
    """Shade and hatch of a score: by the rank of its band, or without bands by the score itself."""
    share = bands.index(band) / max(len(bands) - 1, 1) if band in bands else score / 100
    return _mixed(share), HATCHES[min(int(share * (len(HATCHES) - 1) + 0.5), len(HATCHES) - 1)]


def _mixed(share: float) -> tuple[float, ...]:
    ends = (POOR, FAIR, 2 * share) if share < 0.5 else (FAIR, STRONG, 2 * share - 1)
    one, other = np.array(to_rgb(ends[0])), np.array(to_rgb(ends[1]))
    return tuple(one + (other - one) * ends[2])


def _spoken(page, name, row) -> str:
    if row["low"] != row["low"]:
        return f"{name}: {_scored(page, row)}"
    return page.word("{name}: {estimate} ({low} to {high})", name=name, estimate=_scored(page, row),
                     low=page.number(row["low"], "count"), high=page.number(row["high"], "count"))  # fmt: skip


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
