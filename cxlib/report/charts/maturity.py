"""The charts of the maturity notebook: steps, heat map, roles, change, other companies, and the staircase."""

import textwrap

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
    BELOW,
    BETWEEN,
    GOOD,
    GRID,
    INK,
    NEUTRAL,
    SOFT,
    key,
    row_of_dots,
    sheet,
)

__all__ = ["benchmark", "change", "heat_map", "role_gap", "staircase", "steps"]

ROW = 0.33  # inches for one row of a dot plot
CELL = 0.31  # inches for one row of the heat map
MOST_GROUPS = 7  # that the heat map has room for
LOW, MIDDLE, HIGH = "#efc3b5", "#f4eedd", "#7fc3ae"  # light enough for ink in every shade, apart in grey by the hatches
HATCHES = ("////", "//", "", "")


@rests_on("maturity", title=Term("The steps"), interval=BARS)
def steps(result, page) -> tuple[Figure, str]:
    """Score 0-100 of every step with its interval and its word.

    >>> page.draw(charts.steps, maturity.steps(ratings))
    1 Leadership commitment: 53 Uneven (42 to 64); 2 Organizational mobilization: 53 Uneven (47 to 60); 3...
    """
    table = result.tables["steps"].iloc[::-1].reset_index(drop=True)
    figure, ax = sheet(page, ROW * len(table) + 0.7)
    for place, row in enumerate(table.to_dict("records")):
        ax.plot([0, 100], [place, place], color=GRID, lw=0.8, zorder=0)
        row_of_dots(ax, place, row["low"], row["score100"], row["high"], page.colour)
        ax.text(103, place, _scored(page, row), va="center", fontsize=9.5)
    _scale(ax, page, table.stage)
    return figure, "; ".join(_spoken(page, row["stage"], row) for row in table.iloc[::-1].to_dict("records")) + "."


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
    wordy = len(columns) < 4  # room for the word in every cell
    figure, ax = sheet(page, CELL * len(table) + 1.0)
    for place, row in enumerate(table.to_dict("records")):
        _cell(ax, page, 0, place, row, bands, width=1.2)
        for at, (segment, group) in enumerate(columns):
            own = (groups.segment == segment) & (groups.group == group) & (groups.criterion == row["criterion"])
            cell = groups[own].iloc[0].to_dict() if own.any() else {"score100": None, "band": None}
            _cell(ax, page, 1.3 + at, place, cell, bands, width=1.0, word=wordy)
    heads = [page.word("All"), *[str(group) for _, group in columns]]
    middles = [0.6, *[1.8 + at for at in range(len(columns))]]
    ax.set_xticks(middles, [textwrap.fill(head, 14) for head in heads], fontsize=9)
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", length=0)
    if len(columns) < len(everyone):
        drawn = {"drawn": len(columns), "groups": len(everyone)}
        ax.set_xlabel(page.word("Groups drawn: {drawn:count} of {groups:count}", **drawn), loc="left")
        ax.xaxis.set_label_position("bottom")
    ax.set_yticks(np.arange(len(table)) + 0.5, table.criterion, fontsize=9)
    ax.set_xlim(-0.05, 1.35 + max(len(columns), 2))
    ax.set_ylim(len(table), 0)
    sns.despine(ax=ax, left=True, bottom=True)
    if bands:
        _bands_key(figure, result.settings["bands"])
    return figure, "; ".join(_spoken(page, row["criterion"], row) for row in table.to_dict("records")) + "."


@rests_on("maturity", title=Term("Two roles side by side"))
def role_gap(result, page) -> tuple[Figure, str]:
    """The two roles' scores of every criterion, joined; dark where they differ by more than chance.

    >>> page.draw(charts.role_gap, maturity.role_gap(ratings))
    1.3 Managers lead by example: Topledelse 90, Medarbejder 21; 1.1 Strong backing: Topledelse 90,...
    """
    table = result.tables["gaps"].iloc[::-1].reset_index(drop=True)
    first, second = result.settings["first"], result.settings["second"]
    figure, ax = sheet(page, ROW * len(table) + 0.9)
    for place, row in enumerate(table.to_dict("records")):
        clear = row["verdict"] != GAP["unclear"]
        colour = BAD if clear else NEUTRAL
        ax.plot(
            [row["second_score"], row["first_score"]], [place, place], color=colour, lw=2.5 if clear else 1, zorder=1
        )
        ax.plot(row["first_score"], place, "o", ms=8, color=colour, zorder=3)
        ax.plot(row["second_score"], place, "s", ms=7, mfc="white", mec=colour, mew=1.6, zorder=2)
        label = page.number(row["apart"], "whole_change")
        ax.text(103, place, label, va="center", fontsize=9.5, fontweight="bold" if clear else "normal")
    _scale(ax, page, table.criterion)
    key(
        figure, page, page.word("Filled dot: {first}. Hollow square: {second}. Right: the difference.", first=first, second=second)
    )
    scores = table.iloc[::-1][["criterion", "first_score", "second_score"]].itertuples(index=False)
    number = lambda value: page.number(value, "count")  # noqa: E731
    spoken = [f"{name}: {first} {number(one)}, {second} {number(other)}" for name, one, other in scores]
    return figure, "; ".join(spoken) + "."


@rests_on("maturity", title=Term("Change since last time"), interval=BARS)
def change(result, page) -> tuple[Figure, str]:
    """Change of every criterion since last time with its interval, around zero.

    >>> page.draw(charts.change, maturity.change(ratings))
    3.2 Fast follow-up of unhappy customers: +40 points (+31 to +50, n 13); 4.1 Fixed cadence: +40 points...
    """
    table = result.tables["change"].iloc[::-1].reset_index(drop=True)
    figure, ax = sheet(page, ROW * len(table) + 0.9)
    marks = {CHANGE["rose"]: (GOOD, ABOVE), CHANGE["fell"]: (BAD, BELOW)}
    for place, row in enumerate(table.to_dict("records")):
        colour, mark = marks.get(row["verdict"], (NEUTRAL, BETWEEN))
        row_of_dots(ax, place, row["low"], row["moved"], row["high"], colour, mark=mark)
        answers = f"n {page.number(row['n'], 'count')}"
        ax.annotate(answers, (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=9, color=SOFT)
    ax.axvline(0, color=SOFT, lw=0.8)
    reach = 1.1 * max(np.nanmax(np.abs(table[["moved", "low", "high"]].to_numpy(float))), 10)
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-0.7, len(table) - 0.3)
    ax.set_yticks(range(len(table)), table.criterion, fontsize=9.5)
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "whole_change"))
    ax.xaxis.grid(True)
    moved = page.word("Triangle: has risen or fallen.") if set(marks) & set(table.verdict) else ""
    key(figure, page, page.word("Change in points since {before:period}.", **result.settings), moved)
    sns.despine(ax=ax, left=True)
    spoken = [
        page.word("{criterion}: {change:whole_change} points ({low:whole_change} to {high:whole_change}, n {n:count})",
                  change=row["moved"], **row)
        for row in table.iloc[::-1].to_dict("records")
    ]  # fmt: skip
    return figure, "; ".join(spoken) + "."


@rests_on("maturity", "benchmark", title=Term("Beside other companies"), interval=BARS, counted=COMPANIES)
def benchmark(result, page) -> tuple[Figure, str]:
    """Score of every criterion over the middle half of the companies and their middle one.

    >>> page.draw(charts.benchmark, maturity.benchmark(ratings))
    1.1 Strong backing: 59, middle company 38; 1.2 Shared business case: 47, middle company 38; 1.3...
    """
    table = result.tables["criteria"].iloc[::-1].reset_index(drop=True)
    figure, ax = sheet(page, ROW * len(table) + 0.9)
    for place, row in enumerate(table.to_dict("records")):
        ax.plot([0, 100], [place, place], color=GRID, lw=0.8, zorder=0)
        ax.barh(place, row["half_high"] - row["half_low"], left=row["half_low"], height=0.5, color="#cfd6dc", zorder=1)
        ax.plot([row["median"]] * 2, [place - 0.25, place + 0.25], color=SOFT, lw=1.4, zorder=2)
        row_of_dots(ax, place, row["low"], row["score100"], row["high"], page.colour)
    _scale(ax, page, table.criterion)
    key(
        figure, page,
        page.word("Dot: the company. Grey: the middle half of the companies in the file. Upright line: the middle one."),
    )
    spoken = [
        page.word("{criterion}: {score:count}, middle company {median:count}", criterion=row["criterion"],
                  score=row["score100"], median=row["median"])
        for row in table.iloc[::-1].to_dict("records")
    ]  # fmt: skip
    return figure, "; ".join(spoken) + "."


@rests_on("maturity", title=Term("The levels"))
def staircase(result, page) -> tuple[Figure, str]:
    """The levels as stairs, filled as far as their statements are fulfilled; the level reached is framed.

    >>> page.draw(charts.staircase, maturity.placement(stairs))
    Level reached: 3; level 1, Customer-aware: 88% fulfilled, attained: yes; level 2, Customer-oriented:...
    """
    table, level = result.tables["levels"], result.settings["level"]
    figure, ax = sheet(page, 3.3)
    for row in table.to_dict("records"):
        at, height = row["stair"] - 1, 0.8 + 0.55 * row["stair"]
        reached = row["stair"] <= level
        ax.add_patch(Rectangle((at, 0), 0.94, height, fc="#eef1f3", ec="none"))
        fill = to_rgb(page.colour) if reached else to_rgb(NEUTRAL)
        covered = row["coverage"] if row["coverage"] == row["coverage"] else 0.0
        bar = {"fc": (*fill, 0.85 if reached else 0.45), "ec": "white", "lw": 0, "hatch": None if reached else "//"}
        ax.add_patch(Rectangle((at, 0), 0.94, height * covered, **bar))
        if row["stair"] == level:
            ax.add_patch(Rectangle((at, 0), 0.94, height, fc="none", ec=INK, lw=2.2))
            ax.text(at + 0.47, height + 0.62, page.word("Reached"), ha="center", fontweight="bold", fontsize=10)
        name = textwrap.fill(f"{row['stair']} {row['level_name']}", 17)
        ax.text(at + 0.47, height + 0.08, name, ha="center", va="bottom", fontsize=9.5)
        shade = "white" if reached and covered > 0.3 else INK
        share = page.number(row["coverage"], "percent")
        ax.text(at + 0.47, 0.12, share, ha="center", va="bottom", fontsize=10.5, fontweight="bold", color=shade)
    ax.set_xlim(-0.03, len(table))
    ax.set_ylim(0, 0.8 + 0.55 * len(table) + 1.0)
    ax.axis("off")
    key(figure, page, page.word("Filled: how far the statements of the level are fulfilled. A level counts only with all below it."))
    spoken = [
        page.word("level {level:count}, {name}: {share:percent} fulfilled, attained: {attained}", level=row["stair"],
                  name=row["level_name"], share=row["coverage"], attained=page.word(row["attained"]))
        for row in table.to_dict("records")
    ]  # fmt: skip
    return figure, page.word("Level reached: {level:count}", level=level) + "; " + "; ".join(spoken) + "."


def _scale(ax, page, labels) -> None:
    """The whole scale, never the part of it that was used."""
    ax.set_xlim(0, 100)
    ax.set_ylim(-0.7, len(labels) - 0.3)
    ax.set_yticks(range(len(labels)), labels, fontsize=9.5)
    ax.set_xticks([0, 20, 40, 60, 80, 100], [page.number(tick, "count") for tick in (0, 20, 40, 60, 80, 100)])
    sns.despine(ax=ax, left=True)


def _scored(page, row) -> str:
    score = page.number(row["score100"], "count")
    return f"{score} {row['band']}" if row["band"] else score


def _cell(ax, page, left, place, row, bands, *, width, word=True) -> None:
    """One cell of the heat map: shade, hatched edge, number and word; a dash where nothing may be shown."""
    known = row["score100"] is not None and row["score100"] == row["score100"]
    if not known:
        ax.text(left + 0.09, place + 0.5, "–", va="center", fontsize=9.5)
        return
    colour, hatch = _shade(row["band"], row["score100"], bands)
    ax.add_patch(Rectangle((left, place + 0.04), width - 0.04, 0.92, lw=0, fc=colour))
    edge = Rectangle((left + width - 0.2, place + 0.04), 0.16, 0.92, lw=0, fc=colour, ec=SOFT, hatch=hatch)
    ax.add_patch(edge)
    text = _scored(page, row) if word else page.number(row["score100"], "count")
    ax.text(left + 0.08, place + 0.5, text, va="center", fontsize=9.5)


def _bands_key(figure, bands) -> None:
    """The words, their shades and hatches, and where each begins."""
    words = [word for _, word in bands]
    keys = []
    for (start, word), end in zip(bands, [*(start - 1 for start, _ in bands[1:]), 100], strict=True):
        colour, hatch = _shade(word, start, words)
        keys.append(Patch(fc=colour, ec=SOFT, lw=0, hatch=hatch, label=f"{word} {start:g}–{end:g}"))
    figure.legend(handles=keys, loc="outside lower left", ncols=len(keys), handlelength=2.2, fontsize=9)


def _shade(band, score, bands) -> tuple[object, str]:
    """Shade and hatch of a score: by the rank of its band, or without bands by the score itself."""
    share = bands.index(band) / max(len(bands) - 1, 1) if band in bands else score / 100
    return _mixed(share), HATCHES[min(int(share * (len(HATCHES) - 1) + 0.5), len(HATCHES) - 1)]


def _mixed(share: float) -> tuple[float, ...]:
    ends = (LOW, MIDDLE, 2 * share) if share < 0.5 else (MIDDLE, HIGH, 2 * share - 1)
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
