"""The charts of the status notebook: figures with intervals, their course, segments, and areas of experience."""

import textwrap

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from cxlib.analyses.design import YEAR_ON_YEAR
from cxlib.analyses.result import Term
from cxlib.analyses.status.experience import VERDICTS as PARITY
from cxlib.analyses.status.segments import VERDICTS as SEGMENT
from cxlib.analyses.units import Unit
from cxlib.report.captions import BAND, BARS, rests_on
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

__all__ = [
    "answers",
    "by_segment",
    "expectation_gaps",
    "experience_areas",
    "key_figures",
    "over_time",
    "recommendation_groups",
]

ROW = 0.36  # inches for one row of a dot plot
MOST_GROUPS = 30
MOST_LETTERS = 95  # of all labels below an axis, side by side
LABEL = 34  # letters of a line of a label
FEW = 30  # answers below which a group is drawn hollow
ROUND = (1, 2, 5, 10)  # steps of an axis: no 2.5, which would be written as 3
MIDDLE = "#d5dadf"  # neither good nor bad


@rests_on("survey", title=Term("Key figures"), interval=BARS, n="figures")
def key_figures(result, page) -> tuple[Figure, str]:
    """Every headline figure on its own whole scale: dot, interval, hollow dot of the period before, target.

    >>> page.draw(charts.key_figures, status.key_figures(nps, satisfied))
    NPS: 34.8 (27.2 to 41.9); Share of satisfied customers: 73.4% (68.7% to 77.6%).
    """
    table = result.tables["figures"]
    figure, axes = sheet(page, 0.62 * len(table) + 0.5, rows=len(table), squeeze=False)
    spoken = []
    for ax, row in zip(axes[:, 0], table.to_dict("records"), strict=True):
        _scale_line(ax, row["lowest"], row["highest"])
        row_of_dots(ax, 0, row["low"], row["estimate"], row["high"], page.colour)
        if _known(row.get("change")):
            ax.plot(row["estimate"] - row["change"], 0, "o", ms=7, mfc="white", mec=SOFT, mew=1.2, zorder=3)
        if _known(row.get("target")):
            ax.plot([row["target"]] * 2, [-0.42, 0.42], color=INK, lw=1.6, zorder=4)
        value = page.number(row["estimate"], row["unit"])
        ax.set_yticks([0], [f"{page.word(row['figure'])}  {value}"])
        ends = [
            page.number(row[end], Unit(row["unit"]).axis) for end in ("lowest", "highest")
        ]
        ax.set_xticks([row["lowest"], row["highest"]], ends)
        spoken.append(_spoken(page, page.word(row["figure"]), row, row["unit"]))
    before = _hollow(result, page) if "change" in table else ""
    aim = page.word("Upright line: target.") if "target" in table else ""
    key(figure, page, page.word("Filled dot: now.") if before or aim else "", before, aim)
    return figure, "; ".join(spoken) + "."


def _hollow(result, page) -> str:
    """What the hollow dot of a key figure is."""
    if result.settings.get("basis") == YEAR_ON_YEAR:
        return page.word("Hollow dot: the same period a year before.")
    return page.word("Hollow dot: the period before.")


@rests_on("survey", title=Term("Period by period"), interval=BAND, n="periods")
def over_time(result, page) -> tuple[Figure, str] | None:
    """One figure period by period with its interval; None for a single period.

    >>> page.draw(charts.over_time, index)
    Satisfaction index by period: Q1 2024: 63.7 (61.5 to 65.8) … Q4 2025: 69.2 (67.6 to 70.7).
    """
    table = result.tables["periods"]
    if len(table) < 2:
        return None
    unit = table.unit[0]
    figure, ax = sheet(page, 2.5)
    labels = [page.number(label, "period") for label in table.period]
    told = [textwrap.fill(label, 12) for label in labels]
    middle, low, high = (table[name].to_numpy(float) for name in ("estimate", "low", "high"))
    ax.fill_between(range(len(table)), low, high, color=page.colour, alpha=0.16, lw=0)
    ax.plot(range(len(table)), middle, "o-", color=page.colour, ms=5, lw=1.6)
    crowded = len(table) * max(len(line) for label in told for line in label.split("\n")) > MOST_LETTERS
    ax.set_xticks(range(len(table)), told, rotation=30 if crowded else 0, ha="right" if crowded else "center")
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=ROUND))
    ax.yaxis.set_major_formatter(lambda value, _: page.number(value, Unit(unit).axis))
    ax.yaxis.grid(True)
    ax.margins(y=0.25)
    for place in (0, len(table) - 1):
        ax.annotate(
            page.number(middle[place], unit),
            (place, middle[place]),
            xytext=(0, 8),
            textcoords="offset points",
            ha="center",
            fontweight="bold",
        )
    _wide_enough(ax, unit)
    first, last = (_spoken(page, labels[i], table.iloc[i], unit) for i in (0, -1))
    name = page.word(result.findings[0].values["figure"])
    return figure, page.word("{figure} by period: {first} … {last}.", figure=name, first=first, last=last)


@rests_on("survey", title=Term("By customer group"), interval=BARS, n="segments")
def by_segment(result, page) -> tuple[Figure, str]:
    """Dot plot with intervals and n of the groups that may be shown on one scale; triangles where a group is apart.

    >>> page.draw(charts.by_segment, status.satisfied_by_segment(responses, survey.rating, survey.segments))
    Hovedstaden: 58.1% (54.3% to 61.8%); Midt- og Nordjylland: 66.0% (61.6% to 70.2%); Syddanmark: 65.9%...
    """
    table = result.tables["segments"]
    table = table[table.n.notna()].iloc[::-1].reset_index(drop=True)
    if len(table) > MOST_GROUPS:  # the ends of the order; the table has all
        ordered = table.sort_values("estimate", kind="stable", ignore_index=True)
        table = pd.concat([ordered.head(MOST_GROUPS // 2), ordered.tail(MOST_GROUPS // 2)], ignore_index=True)
    unit = table.unit[0]
    figure, ax = sheet(page, ROW * len(table) + 0.9)
    marks = {SEGMENT["above"]: (GOOD, ABOVE), SEGMENT["below"]: (BAD, BELOW)}
    for place, row in enumerate(table.to_dict("records")):
        colour, mark = marks.get(row["verdict"], (NEUTRAL, BETWEEN))
        few = mark == BETWEEN and row["n"] < FEW
        row_of_dots(ax, place, row["low"], row["estimate"], row["high"], colour, mark=mark, hollow=few)
        ax.annotate(
            f"n {page.number(row['n'], 'count')}",
            (1.0, place),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=9,
            color=SOFT,
        )
    ax.set_yticks(range(len(table)), [_wrapped(f"{row.segment}: {row.group}") for row in table.itertuples()])
    apart, few = set(marks) & set(table.verdict), (table.n < FEW).any()
    told = [page.word("Triangle: above (upwards) or below (downwards) the other customers.")] if apart else []
    key(figure, page, *told, page.word("Hollow: fewer than {few:count} answers.", few=FEW) if few else "")
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=ROUND))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, Unit(unit).axis))
    ax.xaxis.grid(True)
    ax.set_ylim(-0.7, len(table) - 0.3)
    sns.despine(ax=ax, left=True)
    spoken = [_spoken(page, row["group"], row, unit) for row in table.iloc[::-1].head(12).to_dict("records")]
    return figure, "; ".join(spoken) + "."


@rests_on("survey", title=Term("Those who recommend, and the others"))
def recommendation_groups(result, page) -> tuple[Figure, str]:
    """One bar of the whole: 0-6, 7-8 (split at 8) and 9-10.

    >>> page.draw(charts.recommendation_groups, status.recommendation_groups(responses, survey.recommend))
    0–6: 24%; 7–8: 40%; 9–10: 36%; 8 among those who answer 7–8: 53%.
    """
    table = result.tables["groups"].set_index("answer")
    figure, ax = sheet(page, 1.25)
    start = 0.0
    for (answer, row), colour in zip(table.head(3).iterrows(), (BAD, MIDDLE, GOOD), strict=True):
        ax.barh(0, row["share"], left=start, color=colour, height=0.6, edgecolor="white")
        if row["share"] >= 0.05:
            ax.text(start + row["share"] / 2, 0, page.number(row["share"], "percent"), ha="center", va="center",
                    color=INK if colour == MIDDLE else "white", fontweight="bold")  # fmt: skip
        ax.text(start, 0.42, page.word(answer), ha="left", va="bottom", color=SOFT, fontsize=9.5)
        start += row["share"]
    ax.set_xlim(0, 1)
    ax.axis("off")
    spoken = [f"{page.word(answer)}: {page.number(row['share'], 'percent')}" for answer, row in table.iterrows()]
    return figure, "; ".join(spoken) + "."


@rests_on("survey", title=Term("Areas of experience"), interval=BARS, n="areas")
def experience_areas(result, page) -> tuple[Figure, str]:
    """Index 0-100 of every area with its interval, best first.

    >>> page.draw(charts.experience_areas, status.experience_areas(responses, survey.blocks))
    Produkt: 70.3 (69.6 to 71.0); Kundeservice: 68.5 (67.8 to 69.2); Selvbetjening: 66.7 (65.9 to 67.5);...
    """
    table = result.tables["areas"].iloc[::-1].reset_index(drop=True)
    figure, ax = sheet(page, ROW * len(table) + 0.8)
    for place, row in enumerate(table.to_dict("records")):
        ax.plot([0, 100], [place, place], color=GRID, lw=0.8, zorder=0)
        row_of_dots(ax, place, row["low"], row["index"], row["high"], page.colour)
        ax.annotate(page.number(row["index"], "index"), (row["index"], place), xytext=(0, 8),
                    textcoords="offset points", ha="center", fontsize=9.5)  # fmt: skip
    ax.set_yticks(range(len(table)), map(_wrapped, table.block))
    ax.set_xlim(0, 100)
    ax.set_ylim(-0.6, len(table) - 0.3)
    sns.despine(ax=ax, left=True)
    spoken = [
        _spoken(page, row["block"], row | {"estimate": row["index"]}, "index")
        for row in table.iloc[::-1].to_dict("records")
    ]
    return figure, "; ".join(spoken) + "."


@rests_on("survey", title=Term("All answers"), n="questions")
def answers(result, page) -> tuple[Figure, str]:
    """Diverging bars of the answers to every question: low answers to the left of the middle, high ones to the right.

    >>> page.draw(charts.answers, status.experience_areas(responses, survey.blocks))
    Let at få fat i: 15% give 9–10; Venlig: 18% give 9–10; Kompetent: 25% give 9–10; Løser opgaven første...
    """
    table = result.tables["answers"]
    questions = list(dict.fromkeys(zip(table.block, table.question, strict=True)))[::-1]
    figure, ax = sheet(page, ROW * len(questions) + 0.9)
    spoken = []
    for place, (block, question) in enumerate(questions):
        rows = table[(table.block == block) & (table.question == question)]
        shades = _shades(len(rows))
        ax.barh(place, rows.right - rows.left, left=rows.left, color=shades, height=0.7, edgecolor="white", lw=0.5)
        for row in rows.itertuples():
            if row.share >= 0.07:
                edge = row.answer == rows.answer.iloc[-1]
                ax.text(
                    (row.left + row.right) / 2,
                    place,
                    page.number(row.share, "percent"),
                    ha="center",
                    va="center",
                    fontsize=8.5,
                    color="white" if edge else INK,
                )
        best = page.number(rows.share.iloc[-1], "percent")
        spoken.append(
            page.word("{question}: {best} give {answer}", question=question, best=best, answer=rows.answer.iloc[-1])
        )
    ax.axvline(0, color=SOFT, lw=0.8, zorder=0)
    ax.set_yticks(range(len(questions)), [_wrapped(question) for _, question in questions])
    ax.set_xticks([])
    sns.despine(ax=ax, left=True, bottom=True)
    _answers_key(figure, table, page)
    ax.set_ylim(-0.6, len(questions) - 0.4)
    return figure, "; ".join(spoken[::-1]) + "."


@rests_on("survey", title=Term("Experience beside expectation"), interval=BARS, n="gaps")
def expectation_gaps(result, page) -> tuple[Figure, str]:
    """Gap of experience to expectation per area, its 90% interval, and the band in which a gap does not matter.

    >>> page.draw(charts.expectation_gaps, status.expectation_gaps(responses, survey.blocks))
    Kundeservice: −9.2 points, worse than expected; Regning og breve: +0.2 points, on par; Selvbetjening:...
    """
    table = result.tables["gaps"].iloc[::-1].reset_index(drop=True)
    figure, ax = sheet(page, ROW * len(table) + 1.0)
    colours = {PARITY["better"]: GOOD, PARITY["worse"]: BAD, PARITY["on_par"]: page.colour}
    for place, row in enumerate(table.to_dict("records")):
        ax.fill_betweenx([place - 0.4, place + 0.4], -row["margin"], row["margin"], color=GRID, lw=0)
        colour = colours.get(row["verdict"], NEUTRAL)
        row_of_dots(ax, place, row["gap_low"], row["gap"], row["gap_high"], colour)
    ax.axvline(0, color=SOFT, lw=0.8)
    ax.set_yticks(range(len(table)), [_wrapped(f"{row.block}: {page.word(row.verdict)}") for row in table.itertuples()])
    reach = 1.15 * max(np.nanmax(np.abs(table[["gap_low", "gap_high"]].to_numpy(float))), table.margin.max())
    ax.set_xlim(-reach, reach)
    ax.xaxis.set_major_locator(MaxNLocator(7, integer=True, steps=ROUND))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "whole_change"))
    key(figure, page, page.word("Experience less expectation, in index points. Grey field: too small to matter."))
    sns.despine(ax=ax, left=True)
    spoken = [
        f"{row['block']}: {page.number(row['gap'], Unit.INDEX.signed_difference)}, {page.word(row['verdict'])}"
        for row in table.iloc[::-1].to_dict("records")
    ]
    return figure, "; ".join(spoken) + "."


def _shades(answers: int) -> list:
    """From the worst answer to the best; light in the middle."""
    return list(sns.blend_palette([BAD, MIDDLE, GOOD], answers))


def _answers_key(figure, table, page) -> None:
    """The answers and their shades, where all questions were answered on the same scale; else only the two ends."""
    scales = {tuple(rows.answer) for _, rows in table.groupby(["block", "question"], sort=False)}
    if len(scales) == 1:
        names = [str(answer) for answer in scales.pop()]
        patches = [Patch(fc=shade, label=name) for name, shade in zip(names, _shades(len(names)), strict=True)]
    else:
        ends = (BAD, page.word("lowest answer")), (GOOD, page.word("highest answer"))
        patches = [Patch(fc=shade, label=name) for shade, name in ends]
    figure.legend(handles=patches, loc="outside lower left", ncols=len(patches), handlelength=1.2, fontsize=9,
                  columnspacing=1.2, title=page.word("Answer, from the lowest to the highest"), alignment="left",
                  title_fontsize=9)  # fmt: skip


def _wrapped(label) -> str:
    return textwrap.fill(str(label), LABEL)


def _scale_line(ax, lowest, highest) -> None:
    ax.plot([lowest, highest], [0, 0], color=GRID, lw=1, zorder=0)
    ax.set_xlim(lowest, highest)
    ax.set_ylim(-0.8, 0.8)
    sns.despine(ax=ax, left=True, bottom=True)


def _wide_enough(ax, unit) -> None:
    """No axis so narrow that noise fills it: at least a tenth of the figure's scale."""
    least = {Unit.POINTS: 30, Unit.PERCENT: 0.15, Unit.INDEX: 15, Unit.MEAN: 0.8}[unit]
    low, high = ax.get_ylim()
    spare = max(least - (high - low), 0) / 2
    ax.set_ylim(low - spare, high + spare)


def _spoken(page, name, row, unit) -> str:
    if not _known(row["low"]):
        return f"{name}: {page.number(row['estimate'], unit)}"
    ends = [page.number(row[end], unit) for end in ("estimate", "low", "high")]
    return page.word("{name}: {estimate} ({low} to {high})", name=name, estimate=ends[0], low=ends[1], high=ends[2])


def _known(value) -> bool:
    return value is not None and value == value


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
