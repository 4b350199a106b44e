"""The charts of the drivers notebook: importance, the path model, where to act, and what lifts or loses customers."""

import textwrap

import numpy as np
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

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
    key,
    row_of_dots,
    sheet,
)

__all__ = ["cause_and_effect", "driver_importance", "effects_by_segment", "lift_and_loss", "where_to_act"]

ROW = 0.36  # inches for one row of a dot plot
LABEL = 34  # letters of a line of a label
BEHIND = {"boxstyle": "round,pad=0.1", "fc": PAPER, "ec": "none", "alpha": 0.75}  # a label over a line can be read
MATTERS = [IMPORTANCE[standing] for standing in SHOWN]
UNSHOWN = (BORDERS["none"], BORDERS["turned"])
MOST_GROUPS = 24


@rests_on("survey", title=Term("Importance of the areas"), interval=BARS)
def driver_importance(result, page) -> tuple[Figure, str]:
    """Share of what is explained, most important first, with intervals; hollow where no effect is shown.

    >>> page.draw(charts.driver_importance, drivers.driver_importance(model))
    Kundeservice: 28% (25% to 30%); Produkt: 27% (23% to 30%); Pris: 24% (22% to 28%); Regning og breve:...
    """
    table = result.tables["drivers"].iloc[::-1].reset_index(drop=True)
    figure, ax = sheet(page, ROW * len(table) + 1.0)
    for place, row in enumerate(table.to_dict("records")):
        own = row["verdict"] in MATTERS
        row_of_dots(ax, place, row["low"], row["importance"], row["high"], page.colour if own else NEUTRAL, hollow=not own)
        ax.annotate(page.number(row["importance"], "percent"), (row["high"], place), xytext=(6, 0),
                    textcoords="offset points", va="center", fontsize=9.5, color=INK)  # fmt: skip
    _rows(ax, table.block)
    ax.set_xlim(0, max(table.high.max() * 1.12, 0.05))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "percent"))
    hollow = page.word("Hollow: no effect shown.") if (~table.verdict.isin(MATTERS)).any() else ""
    key(figure, page, page.word("Share of what the areas explain together."), hollow)
    spoken = [_spoken(page, row["block"], row["importance"], row["low"], row["high"], "percent")
              for row in table.iloc[::-1].to_dict("records")]  # fmt: skip
    return figure, "; ".join(spoken) + "."


@rests_on("survey", title=Term("What acts on what"), wide=True)
def cause_and_effect(result, page) -> tuple[Figure, str]:
    """The path model drawn: nodes with their index, arrows with the points that go with a point; thin: not shown.

    >>> page.draw(charts.cause_and_effect, drivers.cause_and_effect(model))
    Kundeservice → Satisfaction: +0.24 (+0.19 to +0.29); Produkt → Satisfaction: +0.22 (+0.16 to +0.28);...
    """
    nodes, arrows = result.tables["nodes"], result.tables["arrows"]
    places = _layers(nodes.construct.tolist(), arrows)
    height = 0.62 * max(np.unique([x for x, _ in places.values()], return_counts=True)[1]) + 0.6
    figure, ax = sheet(page, max(height, 2.4))
    last = max(x for x, _ in places.values())
    scale = page.paper.width / (last + 0.84), max(height, 2.4) / 1.16
    for row in nodes.to_dict("records"):
        x, y = places[row["construct"]]
        _node(ax, page, row, x, y, scale[1])
    strongest = arrows.impact.abs().max() or 1
    for row in arrows.sort_values("impact", kind="stable").to_dict("records"):
        _arrow(ax, page, row, places, strongest, scale)
    ax.set_xlim(-0.42, last + 0.42)
    ax.set_ylim(-0.08, 1.08)
    ax.axis("off")
    spoken = [f"{page.word(row['cause'])} → {page.word(row['effect'])}: "
              + _ends(page, row["impact"], row["impact_low"], row["impact_high"], "signed")
              for row in arrows.to_dict("records")]  # fmt: skip
    return figure, "; ".join(spoken) + "."


@rests_on("survey", title=Term("Where to act"), interval=BARS)
def where_to_act(result, page) -> tuple[Figure, str]:
    """Index against impact, with both intervals; right of the line: rated above the mean, above it: matters more.

    >>> page.draw(charts.where_to_act, drivers.where_to_act(model))
    Pris: index 58.3, +0.26 for a point, act here; Kundeservice: index 68.6, +0.24 for a point, keep it...
    """
    table = result.tables["areas"]
    figure, ax = sheet(page, 4.2)
    ax.axvline(result.settings["cut_index"], color=GRID, lw=1, zorder=0)
    ax.axhline(result.settings["cut_impact"], color=GRID, lw=1, zorder=0)
    ax.axhline(0, color=SOFT, lw=0.6, zorder=0)
    for row in table.to_dict("records"):
        colour = {PRIORITY["act"]: BAD, PRIORITY["keep"]: GOOD}.get(row["verdict"], NEUTRAL)
        ax.plot([row["low"], row["high"]], [row["impact"]] * 2, color=colour, lw=3, alpha=0.35)
        ax.plot([row["index"]] * 2, [row["impact_low"], row["impact_high"]], color=colour, lw=3, alpha=0.35)
        ax.plot(row["index"], row["impact"], "o", color=colour, ms=8)
        ax.annotate(row["block"], (row["index"], row["impact"]), xytext=(8, 6), textcoords="offset points",
                    fontsize=9.5, zorder=6, bbox=BEHIND)  # fmt: skip
    left, right = table.low.min(), table.high.max()
    spare = max(12 - (right - left), 0) / 2 + 0.06 * (right - left)
    ax.set_xlim(max(left - spare, 0), min(right + spare + 0.12 * (right - left) + 3, 103))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "count"))
    ax.yaxis.set_major_formatter(lambda value, _: page.number(value, "number"))
    ax.tick_params(axis="y", labelsize=9.5, colors=SOFT)
    ax.set_xlabel(page.word("Index now (0–100)"), loc="left")
    ax.set_ylabel(page.word("Points that go with a point"), loc="bottom")
    for across, side, word in ((0.01, "left", page.word(PRIORITY["act"])), (0.99, "right", page.word(PRIORITY["keep"]))):
        ax.text(across, 0.985, word, transform=ax.transAxes, ha=side, va="top", fontsize=9.5, color=SOFT, fontstyle="italic")
    ax.margins(y=0.12)
    spoken = [page.word("{block}: index {index:index}, {impact:signed} for a point, {verdict}", block=row["block"],
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
    figure, ax = sheet(page, 0.3 * len(groups) + 1.1)
    shades = sns.blend_palette(["#ffffff", page.colour], as_cmap=True)
    ax.imshow(values, cmap=shades, vmin=0, vmax=max(1.3 * np.nanmax(values), 0.1), aspect="auto")
    for (i, j), value in np.ndenumerate(values):
        ax.text(j, i, page.number(value, "signed"), ha="center", va="center", fontsize=9,
                color="white" if value > 0.85 * np.nanmax(values) else INK)  # fmt: skip
    ax.set_yticks(range(len(groups)), [textwrap.fill(f"{segment}: {group}", LABEL) for segment, group in groups])
    ax.set_xticks(range(len(blocks)), [_wrapped(block, 13) for block in blocks])
    ax.xaxis.tick_top()
    ax.tick_params(axis="both", length=0, colors=INK)
    sns.despine(ax=ax, left=True, bottom=True)
    spoken = [page.word("{group}: {block} {impact:signed}", group=group, block=blocks[int(np.nanargmax(row))],
                        impact=float(np.nanmax(row))) for (_, group), row in zip(groups, values, strict=True)]  # fmt: skip
    return figure, page.word("Strongest effect in each group: {effects}.", effects="; ".join(spoken))


@rests_on("survey", title=Term("What keeps customers, and what lifts them"), interval=BARS)
def lift_and_loss(result, page) -> tuple[Figure, str]:
    """Two panels side by side: what 10 points of an area do to the share that is not 0-6, and to the share of 9-10.

    >>> page.draw(charts.lift_and_loss, drivers.lift_and_loss(model))
    Pris: share of 7–10 +6.0 percentage points, share of 9–10 +7.6 percentage points; Kundeservice: share...
    """
    table = result.tables["areas"].iloc[::-1].reset_index(drop=True)
    figure, axes = sheet(page, ROW * len(table) + 1.2, columns=2, sharey=True, sharex=True)
    titles = (page.word("Keeps customers out of 0–6"), page.word("Lifts customers to 9–10"))
    unsure = False
    for ax, name, title in zip(axes, ("keep", "win"), titles, strict=True):
        for place, row in enumerate(table.to_dict("records")):
            low, middle, high = (row[column] for column in (f"{name}_low", name, f"{name}_high"))
            shown = (low > 0 or high < 0) and row["verdict"] not in UNSHOWN
            row_of_dots(ax, place, low, middle, high, page.colour if shown else NEUTRAL, hollow=not shown)
            unsure |= not shown
        ax.axvline(0, color=SOFT, lw=0.6)
        ax.set_title(title)
        ax.xaxis.set_major_formatter(lambda value, _: page.number(100 * value, "count"))
        _rows(ax, table.block)
    hollow = page.word("Hollow: no effect shown.") if unsure else ""
    key(figure, page, page.word("Percentage points for 10 index points."), hollow)
    spoken = [page.word("{block}: share of 7–10 {keep:signed_gap_percent1}, share of 9–10 {win:signed_gap_percent1}",
                        block=row["block"], keep=row["keep"], win=row["win"])
              for row in table.iloc[::-1].to_dict("records")]  # fmt: skip
    return figure, "; ".join(spoken) + "."


def _layers(blocks, arrows) -> dict:
    """Place of each node: column by the longest way that leads to it, spread evenly within the column."""
    depth = dict.fromkeys(blocks, 0)
    for _ in blocks:
        for cause, effect in zip(arrows.cause, arrows.effect, strict=True):
            depth[effect] = max(depth[effect], depth[cause] + 1)
    places = {}
    for column in range(max(depth.values()) + 1):
        members = [name for name in blocks if depth[name] == column]
        for i, name in enumerate(members):
            places[name] = (column, 1 - (i + 0.5) / len(members))
    return places


def _node(ax, page, row, x, y, inch) -> None:
    name = _wrapped(page.word(row["construct"]), 20)
    height = (0.36 if "\n" not in name else 0.5) / inch
    text = f"{name}\n{page.number(row['index'], 'index')}"
    explained = row["r2"] == row["r2"] and row["r2"] is not None
    if explained:
        text += page.word(" · explained {r2:percent}", r2=row["r2"])
    box = FancyBboxPatch((x - 0.3, y - height / 2), 0.6, height, boxstyle="round,pad=0.0,rounding_size=0.02", lw=1,
                         fc="white" if not explained else "#f4f6f8", ec=page.colour, zorder=3)  # fmt: skip
    ax.add_patch(box)
    ax.text(x, y, text, ha="center", va="center", fontsize=9, linespacing=1.15, zorder=4)


def _arrow(ax, page, row, places, strongest, scale) -> None:
    (x1, y1), (x2, y2) = places[row["cause"]], places[row["effect"]]
    shown = row["verdict"] == ARROWS[True]
    colour = (GOOD if row["impact"] > 0 else BAD) if shown else UNCLEAR
    skips = x2 - x1 > 1
    bend = 0.0 if not skips else (-0.35 if y1 >= 0.5 else 0.35)  # round the nodes between, above or below
    ax.add_patch(FancyArrowPatch((x1 + 0.3, y1), (x2 - 0.3, y2), arrowstyle="-|>", mutation_scale=9, color=colour,
                                 lw=0.6 + 2.6 * abs(row["impact"]) / strongest if shown else 0.6, shrinkA=0, shrinkB=1,
                                 ls="-" if shown else (0, (3, 3)), zorder=1,
                                 connectionstyle=f"arc3,rad={bend}"))  # fmt: skip
    share = 0.5 if skips else 0.3
    width, height = scale  # inches for a unit
    x = x1 + 0.3 + share * (x2 - x1 - 0.6) + 0.5 * bend * (y2 - y1) * height / width
    y = y1 + share * (y2 - y1) - 0.5 * bend * (x2 - x1 - 0.6) * width / height
    ax.text(x, y, page.number(row["impact"], "signed"), fontsize=8.5, ha="center", va="center", color=INK, zorder=5,
            bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.9})  # fmt: skip


def _rows(ax, names) -> None:
    ax.set_yticks(range(len(names)), [textwrap.fill(str(name), LABEL) for name in names])
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.xaxis.grid(True)
    sns.despine(ax=ax, left=True)


def _wrapped(text, width) -> str:
    return "\n".join(textwrap.wrap(str(text), width)[:2])


def _spoken(page, name, middle, low, high, style) -> str:
    return f"{name}: {_ends(page, middle, low, high, style)}"


def _ends(page, middle, low, high, style) -> str:
    middle, low, high = (page.number(value, style) for value in (middle, low, high))
    return page.word("{estimate} ({low} to {high})", estimate=middle, low=low, high=high)


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
