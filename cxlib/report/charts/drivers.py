"""The charts of the drivers notebook: importance, the path model, where to act, and what lifts or loses customers."""

import textwrap

import numpy as np
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from cxlib.analyses.drivers.contrasts import BORDERS
from cxlib.analyses.drivers.effects import ARROWS
from cxlib.analyses.drivers.effects import VERDICTS as PRIORITY
from cxlib.analyses.drivers.importance import VERDICTS as IMPORTANCE
from cxlib.analyses.drivers.standing import SHOWN
from cxlib.analyses.result import Term
from cxlib.report.captions import BARS, rests_on
from cxlib.report.charts.canvas import (
    BAD,
    GOOD,
    GRID,
    INK,
    NEUTRAL,
    PAPER,
    SOFT,
    UNCLEAR,
    beside_the_points,
    column_heads,
    key,
    row_of_dots,
    rows_sheet,
    sheet,
    ticks,
    wrapped,
)

__all__ = ["cause_and_effect", "driver_importance", "effects_by_segment", "lift_and_loss", "where_to_act"]

MATTERS = [IMPORTANCE[standing] for standing in SHOWN]
UNSHOWN = (BORDERS["none"], BORDERS["turned"])
MOST_GROUPS = 24


@rests_on("survey", title=Term("Importance of the areas"), interval=BARS)
def driver_importance(result, page) -> tuple[Figure, str]:
    """Share of what is explained, most important first, with intervals; hollow where no effect is shown.

    >>> page.draw(charts.driver_importance, drivers.driver_importance(model))
    Kundeservice: 28% (25% to 30%); Produkt: 27% (23% to 30%); Pris: 24% (22% to 28%); Regning og breve:...
    """
    table = result.tables["drivers"]
    drawing = rows_sheet(page, table.block, rest=0.85)
    for place, row in drawing.of(table):
        own = row["verdict"] in MATTERS
        row_of_dots(drawing.ax, place, row["low"], row["importance"], row["high"], page.colour if own else NEUTRAL, hollow=not own)
        drawing.value(place, page.number(row["importance"], "percent"), bold=own)
    most = max(table.high.max() * 1.05, 0.05)
    drawing.ax.set_xlim(-0.02 * most, most)
    drawing.ax.xaxis.set_major_locator(ticks(page))
    drawing.ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "percent"))
    drawing.ax.xaxis.grid(True)
    hollow = page.word("Hollow: no effect shown.") if (~table.verdict.isin(MATTERS)).any() else ""
    key(drawing.figure, page, page.word("Share of what the areas explain together."), hollow)
    spoken = [_spoken(page, row["block"], row["importance"], row["low"], row["high"], "percent")
              for row in table.to_dict("records")]  # fmt: skip
    return drawing.figure, "; ".join(spoken) + "."


@rests_on("survey", title=Term("What acts on what"), wide=True)
def cause_and_effect(result, page) -> tuple[Figure, str]:
    """The path model: what acts on what, each arrow as wide as its effect, which stands where it begins; pale: not shown.

    >>> page.draw(charts.cause_and_effect, drivers.cause_and_effect(model))
    Kundeservice → Satisfaction: +0.24 (+0.19 to +0.29); Produkt → Satisfaction: +0.22 (+0.16 to +0.28);...
    """
    nodes, arrows = result.tables["nodes"], result.tables["arrows"]
    figure = (_list_of_arrows if page.paper.above else _path_model)(nodes, arrows, page)
    pale = page.word("Pale: no effect shown.") if (arrows.verdict != ARROWS[True]).any() else ""
    key(figure, page, page.word("Beside an arrow: the points that go with one point."), pale)
    spoken = [f"{page.word(row['cause'])} → {page.word(row['effect'])}: "
              + _ends(page, row["impact"], row["impact_low"], row["impact_high"], "signed")
              for row in arrows.to_dict("records")]  # fmt: skip
    return figure, "; ".join(spoken) + "."


@rests_on("survey", title=Term("Where to act"), interval=BARS)
def where_to_act(result, page) -> tuple[Figure, str]:
    """Index against impact, with both intervals; right of the line: rated above the mean, above it: matters more.

    >>> page.draw(charts.where_to_act, drivers.where_to_act(model))
    Pris: index 58.3, +0.26 per point, act here; Kundeservice: index 68.6, +0.24 per point, keep the...
    """
    table = result.tables["areas"]
    height = 3.6 if page.paper.above else 4.2
    figure, ax = sheet(page, height)
    cut_index, cut_impact = result.settings["cut_index"], result.settings["cut_impact"]
    ax.axhline(0, color=SOFT, lw=0.6, zorder=0)
    left, right = table.low.min(), table.high.max()
    spare = max(12 - (right - left), 0) / 2 + 0.12 * (right - left)
    ax.set_xlim(max(left - spare, 0), min(right + spare, 103))
    low, high = min(table.impact_low.min(), 0), table.impact_high.max()
    ax.set_ylim(low - 0.1 * (high - low), high + 0.16 * (high - low))
    for row in table.to_dict("records"):
        colour = {PRIORITY["act"]: BAD, PRIORITY["keep"]: GOOD}.get(row["verdict"], NEUTRAL)
        ax.plot([row["low"], row["high"]], [row["impact"]] * 2, color=colour, lw=3, alpha=0.35)
        ax.plot([row["index"]] * 2, [row["impact_low"], row["impact_high"]], color=colour, lw=3, alpha=0.35)
        ax.plot(row["index"], row["impact"], "o", color=colour, ms=8)
    for line, place in ((ax.axvline, cut_index), (ax.axhline, cut_impact)):
        line(place, color=SOFT, lw=0.9, ls=(0, (4, 3)), zorder=0)
    ax.annotate(page.word("middle {value}", value=page.number(cut_index, "index")), (cut_index, 1), xycoords=("data", "axes fraction"),
                xytext=(0, 2), textcoords="offset points", fontsize=9, color=SOFT, va="bottom", ha="center")  # fmt: skip
    ax.annotate(page.word("middle {value}", value=page.number(cut_impact, "mean")), (1, cut_impact), xycoords=("axes fraction", "data"),
                xytext=(4, 0), textcoords="offset points", fontsize=9, color=SOFT, va="center")  # fmt: skip
    letters = 18 if page.paper.above else 30
    names = [wrapped(textwrap.shorten(str(name), 2 * letters - 4, placeholder="…"), letters) for name in table.block]
    beside_the_points(ax, list(zip(table["index"], table.impact, strict=True)), names, (page.paper.width - 0.7, height - 0.6))
    ax.xaxis.set_major_locator(ticks(page))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "count"))
    ax.yaxis.set_major_formatter(lambda value, _: page.number(value, "number"))
    ax.tick_params(axis="y", labelsize=9.5, colors=SOFT)
    ax.set_xlabel(page.word("Index now (0–100)"), loc="left")
    ax.set_ylabel(page.word("Points per point"), loc="bottom")
    for across, side, verdict, colour in ((0.01, "left", "act", BAD), (0.99, "right", "keep", GOOD)):
        ax.text(across, 0.985, page.word(PRIORITY[verdict]), transform=ax.transAxes, ha=side, va="top", fontsize=10,
                color=colour, fontweight="bold")  # fmt: skip
    spoken = [page.word("{block}: index {index:index}, {impact:signed} per point, {verdict}", block=row["block"],
                        index=row["index"], impact=row["impact"], verdict=page.word(row["verdict"]))
              for row in table.to_dict("records")]  # fmt: skip
    return figure, "; ".join(spoken) + "."


@rests_on("survey", title=Term("Effects by customer group"), wide=True)
def effects_by_segment(result, page) -> tuple[Figure, str]:
    """What a point of each area is worth in each group: shade and number.

    >>> page.draw(charts.effects_by_segment, drivers.effects_by_segment(model, segments={"kundetype": "Customers"}))
    Strongest effect in each group: Privat: Pris +0.25; Erhverv: Pris +0.27; Offentlig: Pris +0.43.
    """
    table = result.tables["groups"]
    blocks = list(dict.fromkeys(table.block))
    groups = list(dict.fromkeys(zip(table.segment, table.group, strict=True)))[:MOST_GROUPS]
    cells = table.set_index(["segment", "group", "block"]).impact
    values = np.array([[cells.get((*group, block), np.nan) for block in blocks] for group in groups])
    entries: list[tuple[str, int | None]] = []
    for number, (segment, group) in enumerate(groups):
        if not number or groups[number - 1][0] != segment:
            entries.append((segment, None))
        entries.append((str(group), number))
    heads = [place for place, (_, number) in enumerate(entries) if number is None]
    drawing = rows_sheet(page, [label for label, _ in entries], row=0.28, rest=0.75, heads=heads)
    ax, thick, most = drawing.ax, 0.2 if drawing.above else 0.25, max(2.2 * np.nanmax(values), 0.1)  # pale enough for ink
    for place, (_, number) in zip(drawing.places, entries, strict=True):
        for column, value in enumerate(values[number] if number is not None else ()):
            if value == value:
                shade = float(np.clip(value / most, 0, 1))
                ax.add_artist(Rectangle((column + 0.02, place - thick / 2), 0.96, thick, fc=page.colour, alpha=shade, lw=0))
                ax.text(column + 0.5, place, page.number(value, "signed"), ha="center", va="center", fontsize=9, color=INK)
    ax.set_xlim(0, len(blocks))
    column_heads(ax, np.arange(len(blocks)) + 0.5, blocks, page, 0.95 if drawing.above else 0.7)
    sns.despine(ax=ax, left=True, bottom=True)
    spoken = [page.word("{group}: {block} {impact:signed}", group=group, block=blocks[int(np.nanargmax(row))],
                        impact=float(np.nanmax(row))) for (_, group), row in zip(groups, values, strict=True)]  # fmt: skip
    return drawing.figure, page.word("Strongest effect in each group: {effects}.", effects="; ".join(spoken))


@rests_on("survey", title=Term("What keeps customers, and what lifts them"), interval=BARS)
def lift_and_loss(result, page) -> tuple[Figure, str]:
    """Two panels side by side: what 10 points of an area do to the share that is not 0-6, and to the share of 9-10.

    >>> page.draw(charts.lift_and_loss, drivers.lift_and_loss(model))
    Pris: share of 7–10 +6.0 percentage points, share of 9–10 +7.6 percentage points; Kundeservice: share...
    """
    table = result.tables["areas"]
    drawing = rows_sheet(page, table.block, rest=0.85, columns=2)
    titles = (page.word("Keeps customers out of 0–6"), page.word("Lifts customers to 9–10"))
    unsure = False
    for ax, name, title in zip(drawing.axes, ("keep", "win"), titles, strict=True):
        for place, row in drawing.of(table):
            low, middle, high = (row[column] for column in (f"{name}_low", name, f"{name}_high"))
            shown = (low > 0 or high < 0) and row["verdict"] not in UNSHOWN
            row_of_dots(ax, place, low, middle, high, page.colour if shown else NEUTRAL, hollow=not shown)
            drawing.value(place, page.number(100 * middle, "number"), bold=shown, ax=ax)
            unsure |= not shown
        ax.axvline(0, color=SOFT, lw=0.6)
        ax.set_title(textwrap.fill(title, PANEL_TITLE))
        ax.xaxis.set_major_locator(ticks(page, 4))
        ax.xaxis.set_major_formatter(lambda value, _: page.number(100 * value, "count"))
        ax.xaxis.grid(True)
    hollow = page.word("Hollow: no effect shown.") if unsure else ""
    key(drawing.figure, page, page.word("Percentage points per 10 index points."), hollow)
    spoken = [page.word("{block}: share of 7–10 {keep:signed_gap_percent1}, share of 9–10 {win:signed_gap_percent1}",
                        block=row["block"], keep=row["keep"], win=row["win"])
              for row in table.to_dict("records")]  # fmt: skip
    return drawing.figure, "; ".join(spoken) + "."


PANEL_TITLE = 30  # letters of a line above a panel
WIDE_NODE, NUMBER, HIGH_LINE = 1.55, 0.5, 0.17  # inches: a box, the figure where an arrow begins, a line in a box


def _layers(blocks, arrows) -> dict[str, int]:
    """The column of each node: by the longest way that leads to it."""
    depth = dict.fromkeys(blocks, 0)
    for _ in blocks:
        for cause, effect in zip(arrows.cause, arrows.effect, strict=True):
            depth[effect] = max(depth[effect], depth[cause] + 1)
    return depth


def _path_model(nodes, arrows, page) -> Figure:
    """Causes on the left, what they act on to the right; all in inches."""
    depth = _layers(nodes.construct.tolist(), arrows)
    last = max(depth.values()) or 1
    out = arrows.groupby("cause").size()
    texts = {row["construct"]: _node_text(row, page) for row in nodes.to_dict("records")}
    tall = {name: max(HIGH_LINE * (text.count("\n") + 1) + 0.1, 0.2 * out.get(name, 1) + 0.1) for name, text in texts.items()}
    strength = arrows.groupby("cause").impact.max()
    columns = [sorted((name for name in depth if depth[name] == at), key=lambda name: -strength.get(name, 0)) for at in range(last + 1)]
    height = max(sum(tall[name] + 0.14 for name in column) for column in columns) + 0.1
    step, places = (page.paper.width - 0.1 - WIDE_NODE) / last, {}
    for at, column in enumerate(columns):
        free = (height - sum(tall[name] for name in column)) / len(column)
        top = height - free / 2
        for name in column:
            places[name] = (at * step, top - tall[name] / 2)
            top -= tall[name] + free
    figure, ax = sheet(page, height + 0.35)
    for name, (x, y) in places.items():
        ends = depth[name] > 0
        ax.add_patch(FancyBboxPatch((x, y - tall[name] / 2), WIDE_NODE, tall[name], boxstyle="round,pad=0,rounding_size=0.05", lw=1.1,
                                    fc=GRID if ends else PAPER, ec=page.colour, zorder=3))  # fmt: skip
        ax.text(x + WIDE_NODE / 2, y, texts[name], ha="center", va="center", fontsize=9.5, linespacing=1.15, zorder=4)
    _draw_arrows(ax, arrows, places, page)
    ax.set_xlim(-0.03, page.paper.width - 0.05)
    ax.set_ylim(0, height)
    ax.axis("off")
    return figure


def _node_text(row, page) -> str:
    text = f"{wrapped(page.word(row['construct']), 22)}\n{page.number(row['index'], 'index')}"
    explained = row["r2"] is not None and row["r2"] == row["r2"]
    return text + page.word(" · explained {r2:percent}", r2=row["r2"]) if explained else text


def _draw_arrows(ax, arrows, places, page) -> None:
    """Each arrow begins behind its figure and ends at what it acts on, evenly along its side."""
    strongest = arrows.impact.abs().max() or 1
    for cause, own in arrows.groupby("cause", sort=False):
        begins = places[cause][1]
        falls = {name: (-y, -x if begins >= y else x) for name, (x, y) in places.items()}  # so that its own do not cross
        for number, row in enumerate(sorted(own.to_dict("records"), key=lambda row: falls[row["effect"]])):
            x, y = places[cause]
            skips = places[row["effect"]][0] - x > 1.5 * min(place for place, _ in places.values() if place)
            bend = (-0.12 if y >= places[row["effect"]][1] else 0.12) if skips else 0.0  # round the nodes between
            y += 0.2 * ((len(own) - 1) / 2 - number)
            others = arrows[arrows.effect == row["effect"]]
            order = sorted(others.cause, key=lambda name: -places[name][1])
            to_x, to_y = places[row["effect"]]
            to_y += 0.09 * ((len(order) - 1) / 2 - order.index(cause))
            shown = row["verdict"] == ARROWS[True]
            colour = (GOOD if row["impact"] > 0 else BAD) if shown else UNCLEAR
            ax.text(x + WIDE_NODE + 0.06, y, page.number(row["impact"], "signed"), fontsize=9.5, va="center", zorder=5,
                    color=INK if shown else SOFT, fontweight="bold" if shown else "normal")  # fmt: skip
            ax.add_patch(FancyArrowPatch((x + WIDE_NODE + NUMBER, y), (to_x, to_y), arrowstyle="-|>", mutation_scale=10, color=colour,
                                         lw=0.8 + 3.4 * abs(row["impact"]) / strongest if shown else 0.8, shrinkA=0, shrinkB=2,
                                         connectionstyle=f"arc3,rad={bend}", zorder=1))  # fmt: skip


def _list_of_arrows(nodes, arrows, page) -> Figure:
    """For narrow paper: what acts on each node, the strongest first, each as an arrow as long as its effect."""
    told = {row["construct"]: _node_text(row, page).replace("\n", " ") for row in nodes.to_dict("records")}
    entries: list[tuple[str, dict | None]] = []
    for effect, own in arrows.groupby("effect", sort=False):
        entries.append((f"→ {told[effect]}", None))
        ordered = own.sort_values("impact", ascending=False, kind="stable").to_dict("records")
        entries += [(page.word(row["cause"]), row) for row in ordered]
    heads = [number for number, (_, row) in enumerate(entries) if row is None]
    drawing = rows_sheet(page, [label for label, _ in entries], row=0.28, rest=0.45, heads=heads)
    strongest = arrows.impact.abs().max() or 1
    for place, (_, row) in zip(drawing.places, entries, strict=True):
        if row is None:
            continue
        shown = row["verdict"] == ARROWS[True]
        colour = (GOOD if row["impact"] > 0 else BAD) if shown else UNCLEAR
        drawing.ax.annotate("", (max(abs(row["impact"]) / strongest, 0.04), place), (0, place),
                            arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 3 if shown else 1, "shrinkA": 0, "shrinkB": 0})  # fmt: skip
        drawing.value(place, page.number(row["impact"], "signed"), bold=shown)
    drawing.ax.set_xlim(0, 1.02)
    drawing.ax.set_xticks([])
    sns.despine(ax=drawing.ax, left=True, bottom=True)
    return drawing.figure


def _spoken(page, name, middle, low, high, style) -> str:
    return f"{name}: {_ends(page, middle, low, high, style)}"


def _ends(page, middle, low, high, style) -> str:
    middle, low, high = (page.number(value, style) for value in (middle, low, high))
    return page.word("{estimate} ({low} to {high})", estimate=middle, low=low, high=high)


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
