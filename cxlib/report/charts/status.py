"""The charts of the status notebook: figures with intervals, their course, segments, and areas of experience."""

import textwrap

import numpy as np
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
    MIDDLE,
    NEUTRAL,
    ON_LIGHT,
    PAPER,
    SOFT,
    key,
    row_of_dots,
    rows_sheet,
    sheet,
    ticks,
    wrapped,
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

MOST_GROUPS = 30
LETTERS = 13.2  # of labels below an axis, side by side, in an inch
FEW = 30  # answers below which a group is drawn hollow
LOWEST, HIGHEST = "#c95a36", "#0a6150"  # ends of the shades of the answers, the same on a dark page
BETWEEN_THEM = "#d6dbe0"
LEAST = {Unit.POINTS: 30, Unit.PERCENT: 0.15, Unit.INDEX: 15, Unit.MEAN: 0.8}  # of a scale: a tenth of it, or noise would fill it


@rests_on("survey", title=Term("Key figures"), interval=BARS, n="figures")
def key_figures(result, page) -> tuple[Figure, str]:
    """Every headline figure on a scale where it moves: dot, interval, hollow dot of the period before, target.

    >>> page.draw(charts.key_figures, status.key_figures(nps, satisfied))
    NPS: 34.8 (27.2 to 41.9); Share of satisfied customers: 73.4% (68.7% to 77.6%).
    """
    table = result.tables["figures"]
    figure, axes = sheet(page, (1.08 if page.paper.above else 0.78) * len(table) + 0.35, rows=len(table), squeeze=False)
    spoken = []
    for ax, row in zip(axes[:, 0], table.to_dict("records"), strict=True):
        before = row["estimate"] - row["change"] if _known(row.get("change")) else None
        _own_scale(ax, row, before, page)
        row_of_dots(ax, 0, row["low"], row["estimate"], row["high"], page.colour)
        if before is not None:
            ax.plot(before, 0, "o", ms=7, mfc=PAPER, mec=SOFT, mew=1.2, zorder=3)
        if _known(row.get("target")):
            ax.plot([row["target"]] * 2, [-0.5, 0.5], color=INK, lw=1.6, zorder=4)
            ax.annotate(page.word("target {target}", target=page.number(row["target"], Unit(row["unit"]).axis)), (row["target"], 0.5),
                        xytext=(0, 2), textcoords="offset points", ha="center", va="bottom", fontsize=9, color=SOFT)  # fmt: skip
        _named(ax, row, page)
        spoken.append(_spoken(page, page.word(row["figure"]), row, row["unit"]))
    before = _hollow(result, page) if "change" in table else ""
    key(figure, page, page.word("Filled dot: now.") if before else "", before)
    return figure, "; ".join(spoken) + "."


def _own_scale(ax, row, before, page) -> None:
    """The part of the scale in which the figure moves, no narrower than noise needs, with its ends named."""
    unit = Unit(row["unit"])
    told = [row[name] for name in ("low", "estimate", "high", "target") if _known(row.get(name))]
    told += [before] if before is not None else []
    spare = max(LEAST[unit] - (max(told) - min(told)), 0.24 * (max(told) - min(told))) / 2
    low, high = max(row["lowest"], min(told) - spare), min(row["highest"], max(told) + spare)
    ax.plot([low, high], [0, 0], color=GRID, lw=1, zorder=0)
    ax.set_xlim(low, high)
    ax.set_ylim(-0.9, 1.25)
    ax.set_yticks([])
    ax.xaxis.set_major_locator(ticks(page, 4))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, unit.axis))
    ax.tick_params(axis="x", labelsize=9, length=2, pad=1)
    sns.despine(ax=ax, left=True, bottom=True)


def _named(ax, row, page) -> None:
    """Name, value and change of a key figure: beside its scale, or above it on narrow paper."""
    unit = Unit(row["unit"])
    name, value = page.word(row["figure"]), page.number(row["estimate"], unit)
    moved = page.number(row["change"], unit.signed_difference) if _known(row.get("change")) else ""
    if page.paper.above:
        texts = [((0, 1.15), "left", wrapped(name, 22), {}), ((1, 1.15), "right", f"{value}   {moved}".rstrip(), {"fontweight": "bold"})]
    else:
        texts = [((-0.16, 0), "right", wrapped(name, 26), {}), ((-0.015, 0), "right", value, {"fontweight": "bold"}), ((1.015, 0), "left", moved, {})]  # fmt: skip
    for place, side, text, look in texts:
        ax.annotate(text, place, xycoords=("axes fraction", "data"), ha=side, fontsize=9.5 if page.paper.above else 10,
                    va="bottom" if page.paper.above else "center", **look)  # fmt: skip


def _hollow(result, page) -> str:
    """What the hollow dot of a key figure is, and from where its change is counted."""
    if result.settings.get("basis") == YEAR_ON_YEAR:
        return page.word("Hollow dot: the same period a year earlier.")
    return page.word("Hollow dot: the period before.")


@rests_on("survey", title=Term("Period by period"), interval=BAND, n="periods")
def over_time(result, page) -> tuple[Figure, str] | None:
    """One figure period by period with its interval and its target; None for a single period.

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
    longest = max(len(line) for label in told for line in label.split("\n"))
    every = -(-len(table) * (longest + 1) // int(LETTERS * page.paper.width))  # labels that there is room for, the last among them
    ax.set_xticks(range(len(table)), [text if (len(told) - 1 - place) % every == 0 else "" for place, text in enumerate(told)])
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=(1, 2, 5, 10)))
    ax.yaxis.set_major_formatter(lambda value, _: page.number(value, Unit(unit).axis))
    ax.yaxis.grid(True)
    ax.margins(y=0.25)
    target = result.tables["figure"].target[0] if "target" in result.tables.get("figure", ()) else None
    if _known(target):
        ax.axhline(target, color=INK, lw=1, ls=(0, (4, 3)), zorder=1)
        ax.annotate(page.word("target {target}", target=page.number(target, Unit(unit).axis)), (1, target), fontsize=9, color=SOFT,
                    xycoords=("axes fraction", "data"), xytext=(4, 0), textcoords="offset points", va="center")  # fmt: skip
    for place in (0, len(table) - 1):
        ax.annotate(page.number(middle[place], unit), (place, max(middle[place], high[place])), xytext=(0, 3),
                    textcoords="offset points", ha="center", va="bottom", fontweight="bold")  # fmt: skip
    _wide_enough(ax, unit)
    first, last = (_spoken(page, labels[i], table.iloc[i], unit) for i in (0, -1))
    name = page.word(result.findings[0].values["figure"])
    return figure, page.word("{figure} by period: {first} … {last}.", figure=name, first=first, last=last)


@rests_on("survey", title=Term("By customer group"), interval=BARS, n="segments")
def by_segment(result, page) -> tuple[Figure, str]:
    """The groups that may be shown, in their own order, with intervals, n and the line of all; triangles where one is apart.

    >>> page.draw(charts.by_segment, status.satisfied_by_segment(responses, survey.rating, survey.segments))
    Hovedstaden: 58.1% (54.3% to 61.8%); Midt- og Nordjylland: 66.0% (61.6% to 70.2%); Syddanmark: 65.9%...
    """
    table = result.tables["segments"]
    table = table[table.n.notna()].reset_index(drop=True)
    if len(table) > MOST_GROUPS:  # the ends of the order; the table has all
        ends = table.sort_values("estimate", kind="stable").index
        table = table.loc[sorted([*ends[: MOST_GROUPS // 2], *ends[-MOST_GROUPS // 2 :]])].reset_index(drop=True)
    unit = table.unit[0]
    entries = []
    for segment, rows in table.groupby("segment", sort=False):
        entries += [(segment, None), *((row["group"], row) for row in rows.to_dict("records"))]
    heads = [place for place, (_, row) in enumerate(entries) if row is None]
    drawing = rows_sheet(page, [label for label, _ in entries], row=0.3, rest=0.75, heads=heads)
    figure, ax = drawing.figure, drawing.ax
    marks = {SEGMENT["above"]: (GOOD, ABOVE), SEGMENT["below"]: (BAD, BELOW)}
    for place, (_, row) in zip(drawing.places, entries, strict=True):
        if row is None:
            continue
        colour, mark = marks.get(row["verdict"], (NEUTRAL, BETWEEN))
        few = mark == BETWEEN and row["n"] < FEW
        row_of_dots(ax, place, row["low"], row["estimate"], row["high"], colour, mark=mark, hollow=few)
        told = f"{page.number(row['estimate'], unit)}   n {page.number(row['n'], 'count')}"
        drawing.value(place, told, bold=mark != BETWEEN)
    if _known(everyone := result.settings.get("everyone")):
        ax.axvline(everyone, color=SOFT, lw=1, ls=(0, (4, 3)), zorder=1)
        ax.annotate(page.word("all {estimate}", estimate=page.number(everyone, unit)), (everyone, 1), xycoords=("data", "axes fraction"),
                    xytext=(0, 2), textcoords="offset points", ha="center", va="bottom", fontsize=9, color=SOFT)  # fmt: skip
    apart, few = set(marks) & set(table.verdict), (table.n < FEW).any()
    told = [page.word("Triangle: above (upwards) or below (downwards) the other customers.")] if apart else []
    key(figure, page, *told, page.word("Hollow: fewer than {few:count} answers.", few=FEW) if few else "")
    ax.xaxis.set_major_locator(ticks(page))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, Unit(unit).axis))
    ax.xaxis.grid(True)
    spoken = [_spoken(page, row["group"], row, unit) for row in table.head(12).to_dict("records")]
    return figure, "; ".join(spoken) + "."


@rests_on("survey", title=Term("Those who recommend, and the others"))
def recommendation_groups(result, page) -> tuple[Figure, str]:
    """One bar of the whole: 0-6, 7-8 (split at 8) and 9-10.

    >>> page.draw(charts.recommendation_groups, status.recommendation_groups(responses, survey.recommend))
    0–6: 24%; 7–8: 40%; 9–10: 36%; 8 among those who answer 7–8: 53%.
    """
    table = result.tables["groups"].set_index("answer")
    figure, ax = sheet(page, 1.0)
    start = 0.0
    for (answer, row), colour in zip(table.head(3).iterrows(), (BAD, MIDDLE, GOOD), strict=True):
        ax.barh(0, row["share"], left=start, color=colour, height=0.6, edgecolor=PAPER)
        if row["share"] >= 0.05:
            ax.text(start + row["share"] / 2, 0, page.number(row["share"], "percent"), ha="center", va="center",
                    color=INK if colour == MIDDLE else PAPER, fontweight="bold")  # fmt: skip
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
    table = result.tables["areas"]
    drawing = rows_sheet(page, table.block)
    for place, row in drawing.of(table):
        drawing.ax.plot([0, 100], [place, place], color=GRID, lw=0.8, zorder=0)
        row_of_dots(drawing.ax, place, row["low"], row["index"], row["high"], page.colour)
        drawing.value(place, page.number(row["index"], "index"), bold=True)
    drawing.ax.set_xlim(0, 100)
    drawing.ax.xaxis.set_major_locator(ticks(page))
    spoken = [_spoken(page, row["block"], row | {"estimate": row["index"]}, "index") for row in table.to_dict("records")]
    return drawing.figure, "; ".join(spoken) + "."


@rests_on("survey", title=Term("All answers"), n="questions")
def answers(result, page) -> tuple[Figure, str]:
    """Diverging bars of the answers to every question: low answers to the left of the middle, high ones to the right.

    >>> page.draw(charts.answers, status.experience_areas(responses, survey.blocks))
    Let at få fat i: 15% give 9–10; Venlig: 18% give 9–10; Kompetent: 25% give 9–10; Løser opgaven første...
    """
    table = result.tables["answers"]
    questions = list(dict.fromkeys(zip(table.block, table.question, strict=True)))
    drawing = rows_sheet(page, [question for _, question in questions], row=0.33, rest=0.75)
    ax, spoken = drawing.ax, []
    thick, room = 0.16 if drawing.above else 0.23, 0.07 * 7.2 / page.paper.width
    if drawing.above:
        room *= 0.7  # no label beside the bars takes of the width
    for place, (block, question) in zip(drawing.places, questions, strict=True):
        rows = table[(table.block == block) & (table.question == question)]
        ax.barh(place, rows.right - rows.left, left=rows.left, color=_shades(len(rows)), height=thick, edgecolor=PAPER, lw=0.5)
        ends = (rows.answer.iloc[0], rows.answer.iloc[-1])
        for row in rows[rows.share >= room].itertuples():
            ax.text((row.left + row.right) / 2, place, page.number(row.share, "percent"), ha="center", va="center", fontsize=8.5,
                    color="#fefefe" if row.answer in ends else ON_LIGHT)  # fmt: skip
        best = page.number(rows.share.iloc[-1], "percent")
        spoken.append(page.word("{question}: {best} give {answer}", question=question, best=best, answer=rows.answer.iloc[-1]))
    ax.axvline(0, color=SOFT, lw=0.8, zorder=0)
    ax.set_xticks([])
    sns.despine(ax=ax, left=True, bottom=True)
    _answers_key(drawing.figure, table, page)
    return drawing.figure, "; ".join(spoken) + "."


@rests_on("survey", title=Term("Experience beside expectation"), interval=BARS, n="gaps")
def expectation_gaps(result, page) -> tuple[Figure, str]:
    """Gap of experience to expectation per area, its 90% interval, and the band in which a gap does not matter.

    >>> page.draw(charts.expectation_gaps, status.expectation_gaps(responses, survey.blocks))
    Kundeservice: −9.2 points, worse than expected; Regning og breve: +0.2 points, as expected...
    """
    table = result.tables["gaps"]
    drawing = rows_sheet(page, [f"{row.block}: {page.word(row.verdict)}" for row in table.itertuples()], rest=0.85)
    ax, thick = drawing.ax, 0.22
    colours = {PARITY["better"]: GOOD, PARITY["worse"]: BAD, PARITY["on_par"]: page.colour}
    for place, row in drawing.of(table):
        ax.fill_betweenx([place - thick / 2, place + thick / 2], -row["margin"], row["margin"], color=GRID, lw=0)
        row_of_dots(ax, place, row["gap_low"], row["gap"], row["gap_high"], colours.get(row["verdict"], NEUTRAL))
        drawing.value(place, page.number(row["gap"], Unit.INDEX.signed_difference), bold=True)
    ax.axvline(0, color=SOFT, lw=0.8)
    reach = 1.15 * max(np.nanmax(np.abs(table[["gap_low", "gap_high"]].to_numpy(float))), table.margin.max())
    ax.set_xlim(-reach, reach)
    ax.xaxis.set_major_locator(ticks(page))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "whole_change"))
    key(drawing.figure, page, page.word("Experience minus expectation, in index points. Grey field: too small to matter."))
    spoken = [
        f"{row['block']}: {page.number(row['gap'], Unit.INDEX.signed_difference)}, {page.word(row['verdict'])}"
        for row in table.to_dict("records")
    ]
    return drawing.figure, "; ".join(spoken) + "."


def _shades(answers: int) -> list:
    """From the worst answer to the best; light in the middle."""
    return list(sns.blend_palette([LOWEST, BETWEEN_THEM, HIGHEST], answers))


def _answers_key(figure, table, page) -> None:
    """The answers and their shades, where all questions were answered on the same scale; else only the two ends."""
    scales = {tuple(rows.answer) for _, rows in table.groupby(["block", "question"], sort=False)}
    if len(scales) == 1:
        names = [str(answer) for answer in scales.pop()]
        patches = [Patch(fc=shade, label=name) for name, shade in zip(names, _shades(len(names)), strict=True)]
    else:
        ends = (LOWEST, page.word("lowest answer")), (HIGHEST, page.word("highest answer"))
        patches = [Patch(fc=shade, label=name) for shade, name in ends]
    letters = sum(len(patch.get_label()) + 5 for patch in patches)
    rows = -(-letters // page.paper.key)
    figure.legend(handles=patches, loc="outside lower left", ncols=-(-len(patches) // rows), handlelength=1.2, fontsize=9,
                  columnspacing=1.2, title=page.word("Answer, from the lowest to the highest"), alignment="left",
                  title_fontsize=9)  # fmt: skip


def _wide_enough(ax, unit) -> None:
    """No axis so narrow that noise fills it."""
    low, high = ax.get_ylim()
    spare = max(LEAST[unit] - (high - low), 0) / 2
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
