"""The charts of the journey notebook: who meets customers where, where they fall between departments, where their time goes, and
who is contacted."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from cxlib.analyses.journey.call_list import RULES
from cxlib.analyses.journey.hand_overs import PARTS as TIME
from cxlib.analyses.journey.hand_overs import VERDICTS as HAND_OVER
from cxlib.analyses.journey.importance import VERDICTS as IMPORTANCE
from cxlib.analyses.journey.moments import VERDICTS as MOMENT
from cxlib.analyses.journey.paths import VERDICTS as PATH
from cxlib.analyses.journey.units import VERDICTS as UNIT
from cxlib.analyses.result import Term
from cxlib.analyses.units import Unit
from cxlib.report.captions import BAND, BARS, UNITS, rests_on
from cxlib.report.charts.canvas import (
    ABOVE,
    BAD,
    BELOW,
    BETWEEN,
    GOOD,
    INK,
    MIDDLE,
    NEUTRAL,
    SOFT,
    UNCLEAR,
    column_heads,
    key,
    row_of_dots,
    rows_sheet,
    sheet,
    telling_most,
    ticks,
)

__all__ = ["call_list", "channel_shift", "follow_up_clock", "hand_overs", "moments_of_truth", "paths", "touchpoint_importance", "units_compared", "view", "where_time_goes"]

FLOWS, LANES = 5, 8  # arrows and lanes that are drawn: the widest, those with most contacts
GAP = 0.2  # of the width of a touchpoint, between arrows
LANE, LETTER = 0.62, 0.075  # inches: a lane up, a letter of its name across
WORST, BEST = 0.6, 0.8  # of the scale: scores up to the one are low, from the other on high
MOST_OWNERS = 8  # rows and columns of the table of hand-overs
NAMED = 4  # hand-overs that are named below the time between departments
LEAST = 0.01  # of the time: what is named is at least as much
REACH = 0.14  # inches from the middle of a row down to the line of its reach


@rests_on("journey", title=Term("Who meets customers where"))
def view(result, page) -> tuple[Figure, str] | None:
    """Lanes of departments over touchpoints in the customer's order: a dot as large as its reach, coloured by its score, and
    arrows as wide as the hand-overs between lanes.

    >>> page.draw(charts.view, journey.view(log))
    Flytning: Salg 26%, mean 6.6, Kundeservice 2%, mean 6.1; Måler og aflæsning: Måling 58%, mean 7.0...
    """
    table = result.tables.get("places")
    if table is None:
        return None
    table = table.dropna(subset=["customers"])
    owners = list(table.groupby("owner", sort=False).n.sum().sort_values(ascending=False, kind="stable").index[:LANES])
    places = list(dict.fromkeys(table.touchpoint))
    drawing = rows_sheet(page, [page.word(owner) for owner in owners], row=LANE, rest=2.4 if page.paper.above else 1.3)
    ax, rows = drawing.ax, dict(zip(owners, drawing.places, strict=True))
    low, high = result.settings["scale"]
    largest = (230 if page.paper.above else 480) / max(table.reach.max(), 1e-9)
    for row in table[table.owner.isin(owners)].to_dict("records"):
        at, y, score = places.index(row["touchpoint"]), rows[row["owner"]], row["mean"]
        share = (score - low) / (high - low)
        colour = MIDDLE if score != score else BAD if share <= WORST else GOOD if share >= BEST else NEUTRAL
        ax.scatter(at, y, s=max(largest * row["reach"], 12), color=colour, zorder=3, lw=0)
        if score == score:
            ax.annotate(page.number(score, "points"), (at, y), xytext=(0, -(np.sqrt(largest * row["reach"] / np.pi) + 3)), textcoords="offset points",
                        ha="center", va="top", fontsize=8.5, color=INK, zorder=4)  # fmt: skip
    for y in drawing.places:
        ax.axhline(y, color=SOFT, lw=0.5, alpha=0.5, zorder=1)
    flows = result.tables.get("flows", pd.DataFrame(columns=["giver", "receiver", "hand_overs"]))
    flows = flows[flows.giver.isin(owners) & flows.receiver.isin(owners)].head(FLOWS)
    edge = len(places) - 0.45
    ax.set_xlim(-0.6, edge + (GAP * (FLOWS + 2.5) if len(flows) else 0.1))
    for number, row in enumerate(flows.to_dict("records")):
        start, stop = rows[row["giver"]], rows[row["receiver"]]
        x = edge + GAP * number
        bend = (0.1 if page.paper.above else 0.3) * LANE / (stop - start)  # all bulge alike, however far they reach
        ax.add_patch(FancyArrowPatch((x, start), (x, stop), arrowstyle="-|>", mutation_scale=9, color=page.colour, alpha=0.75, zorder=2,
                                     lw=0.6 + 2.4 * row["hand_overs"] / flows.hand_overs.max(), connectionstyle=f"arc3,rad={bend}", shrinkA=2, shrinkB=2))  # fmt: skip
    ax.set_ylim(ax.get_ylim()[0] - 0.1, ax.get_ylim()[1])
    names = 0 if drawing.above else max(map(len, owners)) * LETTER
    column_heads(ax, range(len(places)), places, page, 1 - names / page.paper.width)
    sns.despine(ax=ax, left=True, bottom=True)
    marks = page.word("Dots: the more customers, the larger; green: scores from {best:general} on, red: up to {worst:general}.", best=low + BEST * (high - low),
                      worst=low + WORST * (high - low))  # fmt: skip
    most = "; ".join(_counted(row, page) for row in flows.to_dict("records"))
    arrows = page.word("Arrows: the most frequent hand-overs, {flows}.", flows=most) if most else ""
    key(drawing.figure, page, marks, arrows)
    spoken = [f"{place}: {', '.join(_met(row, page) for row in table[table.touchpoint == place].to_dict('records'))}" for place in places]
    return drawing.figure, " ".join([f"{'; '.join(spoken)}.", arrows]).strip()


def _met(row, page) -> str:
    if row["mean"] == row["mean"]:
        return page.word("{owner} {reach:percent}, mean {mean:points}", owner=page.word(row["owner"]), reach=row["reach"], mean=row["mean"])
    return f"{page.word(row['owner'])} {page.number(row['reach'], 'percent')}"


def _counted(row, page) -> str:
    return f"{row['giver']} → {row['receiver']} {page.number(row['hand_overs'], 'count')}"


@rests_on("journey", title=Term("Where customers fall between departments"))
def hand_overs(result, page) -> tuple[Figure, str] | None:
    """From each department to each: points of the next contact in the same case, and the share of the time waited below it.

    >>> page.draw(charts.hand_overs, journey.hand_overs(log))
    Afregning → Teknik: −0.7, 21% of the time; Afregning → Måling: −0.3, 0% of the time...
    """
    table = result.tables.get("pairs")
    if table is None or not len(table):
        return None
    weight = table.groupby("giver").hand_overs.sum().add(table.groupby("receiver").hand_overs.sum(), fill_value=0)
    owners = list(weight.sort_values(ascending=False, kind="stable").index[:MOST_OWNERS])
    drawn = table[table.giver.isin(owners) & table.receiver.isin(owners)]
    givers, receivers = ([owner for owner in owners if drawn[side].eq(owner).any()] for side in ("giver", "receiver"))
    drawing = rows_sheet(page, [page.word("From {giver}", giver=owner) for owner in givers], row=0.5, rest=2.1 if page.paper.above else 1.1)
    ax, thick = drawing.ax, 0.2 if drawing.above else 0.42
    rows = dict(zip(givers, drawing.places, strict=True))
    most = max(drawn.effect.abs().max(), 1e-9)
    for row in drawn.to_dict("records"):
        at, y, effect = receivers.index(row["receiver"]), rows[row["giver"]], row["effect"]
        shown = row["verdict"] in (HAND_OVER["falls"], HAND_OVER["rises"])
        colour = (BAD if effect < 0 else GOOD) if shown else UNCLEAR
        shade = 0.25 + 0.6 * abs(effect) / most if shown else 0.25
        ax.add_artist(Rectangle((at + 0.02, y - thick / 2), 0.96, thick, fc=colour, alpha=float(shade), lw=0))
        waited = row["wait_share"] == row["wait_share"]
        texts = [page.number(effect, "change") if effect == effect else "–", page.number(row["wait_share"], "percent") if waited else ""]
        text = (" · " if drawing.above else "\n").join(filter(None, texts))
        ax.text(at + 0.5, y, text, ha="center", va="center", fontsize=8.5 if drawing.above else 9.5, linespacing=1.2, color=INK,
                fontweight="bold" if shown else "normal")  # fmt: skip
    ax.set_xlim(0, len(receivers))
    column_heads(ax, np.arange(len(receivers)) + 0.5, [page.word("to {receiver}", receiver=owner) for owner in receivers], page, 0.95 if drawing.above else 0.75)
    sns.despine(ax=ax, left=True, bottom=True)
    key(drawing.figure, page, page.word("Points by which the next contact scores higher or lower in the same case, and the share of the time until cases are solved that is waited after the hand-over."),
        page.word("Coloured: shown to differ from 0."))  # fmt: skip
    spoken = [page.word("{giver} → {receiver}: {effect}, {share:percent} of the time", giver=row["giver"], receiver=row["receiver"],
                        effect=page.number(row["effect"], "change"), share=row["wait_share"])
              for row in table.dropna(subset=["effect", "wait_share"]).head(2 * NAMED).to_dict("records")]  # fmt: skip
    spoken = spoken or [_counted(row, page) for row in table.head(2 * NAMED).to_dict("records")]
    return drawing.figure, "; ".join(spoken) + "."


@rests_on("journey", title=Term("Where the time goes"), interval=BARS)
def where_time_goes(result, page) -> tuple[Figure, str] | None:
    """A bar for each part of the time until cases are solved; below that between departments the longest waits of all.

    >>> page.draw(charts.where_time_goes, journey.where_time_goes(log))
    Between departments: 30% (28% to 32%); Afregning → Teknik: 21% (19% to 24%); Afregning → Kundeservice...
    """
    parts = result.tables.get("parts")
    if parts is None:
        return None
    waits = result.tables.get("waits")
    entries = []
    for row in parts.to_dict("records"):
        between = row["part"] == TIME["hand_over"]
        entries.append((page.word(row["part"]), row["share"], row["low"], row["high"], BAD if between else NEUTRAL, True))
        if between and waits is not None:
            entries += [(wait["pair"], wait["wait_share"], wait["wait_share_low"], wait["wait_share_high"], BAD, False)
                        for wait in waits[waits.wait_share >= LEAST].head(NAMED).to_dict("records")]  # fmt: skip
    drawing = rows_sheet(page, [label if whole else f"   {label}" for label, *_, whole in entries], row=0.34, rest=0.55)
    for place, (_, share, low, high, colour, whole) in zip(drawing.places, entries, strict=True):
        drawing.ax.barh(place, share, height=0.17 if whole else 0.1, color=colour, alpha=1 if whole else 0.55, zorder=2)
        if low == low:
            drawing.ax.plot([low, high], [place, place], color=INK, lw=3, alpha=0.35, solid_capstyle="butt", zorder=3)
        drawing.value(place, page.number(share, "percent"), bold=whole)
    drawing.ax.set_xlim(0, max(max(share for _, share, *_ in entries) * 1.05, 0.05))
    drawing.ax.xaxis.set_major_locator(ticks(page))
    drawing.ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "percent"))
    spoken = [f"{label}: {page.number(share, 'percent')}" if low != low else
              page.word("{label}: {share:percent} ({low:percent} to {high:percent})", label=label, share=share, low=low, high=high)
              for label, share, low, high, *_ in entries]  # fmt: skip
    return drawing.figure, "; ".join(spoken) + "."


@rests_on("journey", title=Term("Paths and how they end"))
def paths(result, page) -> tuple[Figure, str] | None:
    """The share of bad ends of each path that is told of: filled, beside that of cases as long, hollow.

    >>> page.draw(charts.paths, journey.paths(log))
    Måler og aflæsning → Regningen → Klage: 26% end badly, 17% of cases as long.
    """
    table = result.tables.get("paths")
    if table is None:
        return None
    table = table[table.verdict.isin((PATH["bad"], PATH["good"]))]
    if not len(table):
        return None
    drawing = rows_sheet(page, table.path, row=0.4, rest=0.8)
    for place, row in drawing.of(table):
        colour = BAD if row["verdict"] == PATH["bad"] else GOOD
        drawing.ax.plot([row["expected"], row["share"]], [place, place], color=colour, lw=2, alpha=0.5, zorder=2)
        row_of_dots(drawing.ax, place, None, row["expected"], None, NEUTRAL, hollow=True)
        row_of_dots(drawing.ax, place, None, row["share"], None, colour)
        drawing.value(place, page.number(row["share"], "percent"), bold=True)
    drawing.ax.set_xlim(0, min(1.15 * table[["share", "expected"]].to_numpy().max(), 1.02))
    drawing.ax.xaxis.set_major_locator(ticks(page))
    drawing.ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "percent"))
    drawing.ax.xaxis.grid(True)
    key(drawing.figure, page, page.word("Filled: cases with the path that end badly; hollow: cases as long and of the same kind."))
    spoken = [page.word("{path}: {share:percent} end badly, {expected:percent} of cases as long", path=row["path"], share=row["share"], expected=row["expected"])
              for row in table.to_dict("records")]  # fmt: skip
    return drawing.figure, "; ".join(spoken) + "."


@rests_on("closed_loop", title=Term("How long customers wait to be contacted"), interval=BAND)
def follow_up_clock(result, page) -> tuple[Figure, str] | None:
    """Share of the customers contacted after so many days, with its interval and the day that was promised.

    >>> page.draw(charts.follow_up_clock, journey.follow_up_clock(engagement.follow_up))
    Contacted after so many days: 1: 21%; 2: 38%; 3: 49%...
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
    Expected loss: 43%; Only the chance of leaving: 28%...
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


@rests_on("survey", title=Term("What a point more at each touchpoint goes with"), interval=BARS, n="touchpoints")
def touchpoint_importance(result, page) -> tuple[Figure, str] | None:
    """Points of the answer for each point of a touchpoint's rating with their interval, most to gain first, beside who meets it.

    >>> page.draw(charts.touchpoint_importance, journey.touchpoint_importance(responses, log, asked, of_survey))
    Regningen: +0.40 (+0.37 to +0.44); Besøg af tekniker: +0.25 (+0.20 to +0.29);...
    """
    if "touchpoints" not in result.tables:
        return None
    table = result.tables["touchpoints"]
    unit = Unit(table.unit[0])
    drawing = rows_sheet(page, table.touchpoint, row=0.42, rest=0.85)
    ax = drawing.ax
    for place, row in drawing.of(table):
        told = row["verdict"] == IMPORTANCE["matters"]
        ax.plot([0, row["reach"]], [place - (REACH / 2 if drawing.above else REACH)] * 2, transform=ax.get_yaxis_transform(), color=MIDDLE, lw=3, solid_capstyle="butt", zorder=0)
        row_of_dots(ax, place, row["slope_low"], row["slope"], row["slope_high"], page.colour if told else NEUTRAL, hollow=not told)
        drawing.value(place, page.word("met by {reach}", reach=page.number(row["reach"], "percent")))
    _zero(ax)
    ax.xaxis.set_major_locator(ticks(page, 5))
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, unit.axis))
    hollow = page.word("Hollow: cannot be determined, or no sign of an effect.") if (table.verdict != IMPORTANCE["matters"]).any() else ""
    key(drawing.figure, page, page.word("Points of the answer for each point of the rating."), hollow, page.word("Grey line: how many meet it."))
    return drawing.figure, "; ".join(_with_ends(page, row["touchpoint"], row, "slope", unit) for row in table.to_dict("records")) + "."


@rests_on("journey", title=Term("Which behaviours go with top scores"), interval=BARS, n="behaviours")
def moments_of_truth(result, page) -> tuple[Figure, str] | None:
    """Each behaviour of each touchpoint: how many more of the good scores are top scores with it, with its interval.

    >>> page.draw(charts.moments_of_truth, journey.moments_of_truth(log, design))
    Henvendelse: Tog ansvar for sagen: +11.6 (+6.6 to +16.5); Henvendelse: Brugte kundens navn:...
    """
    table = result.tables.get("behaviours")
    if table is None or not table.lift.notna().any():
        return None
    known = table.dropna(subset="lift").reset_index(drop=True)
    table, rest = telling_most(known, known.lift, page)
    drawing = rows_sheet(page, [f"{row['touchpoint']}: {row['behaviour']}" for row in table.to_dict("records")], rest=0.85)
    marks = {MOMENT["lifts"]: (GOOD, ABOVE), MOMENT["lowers"]: (BAD, BELOW)}
    for place, row in drawing.of(table):
        colour, mark = marks.get(row["verdict"], (NEUTRAL, BETWEEN))
        row_of_dots(drawing.ax, place, row["lift_low"], row["lift"], row["lift_high"], colour, mark=mark)
        drawing.value(place, page.number(row["lift"], Unit.PERCENT.signed_difference), bold=mark != BETWEEN)
    _zero(drawing.ax)
    drawing.ax.xaxis.set_major_locator(ticks(page, 5))
    drawing.ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "percent"))
    key(drawing.figure, page, page.word("Triangle: clearly more (upwards) or fewer (downwards) top scores."), rest)
    said = [_with_ends(page, f"{row['touchpoint']}: {row['behaviour']}", row, "lift", Unit.PERCENT) for row in table.to_dict("records")]
    return drawing.figure, "; ".join(said) + "."


@rests_on("journey", title=Term("What changed the mean score"), interval=BARS)
def channel_shift(result, page) -> tuple[Figure, str] | None:
    """The change of the mean score, and its two parts, with their intervals.

    >>> page.draw(charts.channel_shift, journey.channel_shift(log, design))
    whole change: −0.17 (−0.27 to −0.07); customers moved between channels:...
    """
    table = result.tables.get("changes")
    if table is None:
        return None
    drawing = rows_sheet(page, [page.word(part) for part in table.part], rest=0.6)
    for place, row in drawing.of(table):
        clear = row["change_low"] > 0 or row["change_high"] < 0
        colour = NEUTRAL if not clear else GOOD if row["change"] > 0 else BAD
        row_of_dots(drawing.ax, place, row["change_low"], row["change"], row["change_high"], colour, hollow=not clear)
        drawing.value(place, page.number(row["change"], Unit.FINE.signed_difference), bold=clear)
    _zero(drawing.ax)
    drawing.ax.xaxis.set_major_locator(ticks(page, 5))
    drawing.ax.xaxis.set_major_formatter(lambda value, _: page.number(value, Unit.FINE.axis))
    key(drawing.figure, page, page.word("Hollow: no more than chance can explain.") if (table.change_low.le(0) & table.change_high.ge(0)).any() else "")
    return drawing.figure, "; ".join(_with_ends(page, page.word(row["part"]), row, "change", Unit.FINE) for row in table.to_dict("records")) + "."


@rests_on("survey", title=Term("Each unit against what its customers lead to expect"), interval=BARS, n="units", counted=UNITS)
def units_compared(result, page) -> tuple[Figure, str] | None:
    """The likely gap of each unit with its interval, those that stand apart as triangles; no ranks.

    >>> page.draw(charts.units_compared, journey.units_compared(responses, engagement.units, asked, of_survey))
    Aalborg 2: +14.0 (−3.7 to +31.6); Aalborg 3: ...
    """
    table = result.tables.get("units")
    if table is None:
        return None
    table = table.dropna(subset="likely").reset_index(drop=True).astype({"likely": float, "likely_low": float, "likely_high": float, "gap": float})
    table, rest = telling_most(table, table.likely, page)
    unit = Unit(table.unit.iloc[0])
    drawing = rows_sheet(page, table.group, row=0.27, rest=0.85)
    marks = {UNIT["above"]: (GOOD, ABOVE), UNIT["below"]: (BAD, BELOW)}
    for place, row in drawing.of(table):
        colour, mark = marks.get(row["verdict"], (NEUTRAL, BETWEEN))
        row_of_dots(drawing.ax, place, row["likely_low"], row["likely"], row["likely_high"], colour, mark=mark)
        drawing.value(place, f"n {page.number(row['n'], 'count')}", bold=mark != BETWEEN)
    _zero(drawing.ax)
    drawing.ax.xaxis.set_major_locator(ticks(page, 5))
    drawing.ax.xaxis.set_major_formatter(lambda value, _: page.number(value, unit.axis))
    told = page.word("Triangle: clearly above (upwards) or below (downwards) the other units.") if set(marks) & set(table.verdict) else ""
    key(drawing.figure, page, page.word("The gap to what is expected, drawn towards the others, the more the fewer the answers."), told, rest)
    return drawing.figure, "; ".join(_with_ends(page, row["group"], row, "likely", unit) for row in table.head(12).to_dict("records")) + "."


def _zero(ax) -> None:
    """A line where nothing differs."""
    ax.axvline(0, color=SOFT, lw=1, ls=(0, (4, 3)), zorder=1)
    ax.xaxis.grid(True)


def _with_ends(page, name: str, row: dict, figure: str, unit: Unit) -> str:
    """A figure with its interval, as it is spoken."""
    numbers = [page.number(row[each], unit.signed_ends) for each in (figure, f"{figure}_low", f"{figure}_high")]
    return page.word("{name}: {estimate} ({low} to {high})", name=name, estimate=numbers[0], low=numbers[1], high=numbers[2])


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
