"""The pictures of the tipping-point notebook: the course of an answer over a service level, and what-if gains."""

from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure

from cxlib.analyses.result import Term
from cxlib.report.captions import BARS, LINES, rests_on
from cxlib.report.charts.canvas import BAD, GRID, INK, NEUTRAL, SOFT, UNCLEAR, key, row_of_dots, sheet, ticks, wrapped

__all__ = ["tipping_points", "what_if"]

PANEL, STRIP = 2.7, 0.75  # inches


@rests_on("contacts", title=Term("Answers by service level"), interval=LINES)
def tipping_points(result, page) -> tuple[Figure, str] | None:
    """One panel a service level: means with intervals (larger with more answers), the fitted course, the interval of the
    place shaded; below it the share of the best answer and, where known, of those who gave up.

    >>> page.draw(charts.tipping_points, verdicts)
    Ventetid i telefonen (step): 1–2 minutes: 7.71 (n 132); 3–4 minutes: 7.72 (n 145); 5–5 minutes: 7.55...
    """
    bins, curve = result.tables["bins"], result.tables["curve"]
    verdicts = [row for row in result.tables["verdicts"].to_dict("records") if (bins.service == row["service"]).any()]
    if not verdicts:
        return None
    figure, axes = sheet(
        page,
        (PANEL + STRIP) * len(verdicts),
        rows=2 * len(verdicts),
        gridspec_kw={"height_ratios": [PANEL, STRIP] * len(verdicts)},
    )
    spoken = []
    for number, row in enumerate(verdicts):
        these = bins[bins.service == row["service"]]
        course = curve[curve.service == row["service"]]
        main, strip = axes[2 * number], axes[2 * number + 1]
        _course(main, row, these, course, page)
        _strip(strip, these, page)
        strip.set_xlim(main.get_xlim())
        strip.xaxis.set_major_locator(ticks(page, 7))
        strip.xaxis.set_major_formatter(lambda value, _: _amount(page, value))
        strip.set_xlabel(page.word(row["measured_in"]))
        spoken.append(_spoken(page, row, these))
    if any(_known(row["point"]) for row in verdicts):
        sure = result.settings["confidence"]
        key(figure, page, page.word("Shaded: where the point lies, with {confidence:percent} confidence.", confidence=sure))
    return figure, " ".join(spoken)


def _course(ax, row, bins, course, page) -> None:
    if _known(row["point"]):
        ax.axvspan(row["low"], row["high"], color=BAD, alpha=0.13, lw=0)
        for place in filter(_known, (row["point"], row.get("second_point"))):
            ax.axvline(place, color=BAD, lw=1, ls=(0, (4, 3)))
    ax.errorbar(bins.middle, bins["mean"], [bins["mean"] - bins.low, bins.high - bins["mean"]], fmt="none",
                ecolor=NEUTRAL, elinewidth=1.1, zorder=2)  # fmt: skip
    ax.scatter(bins.middle, bins["mean"], s=14 + 70 * bins.n / bins.n.max(), color=page.colour, zorder=3, lw=0)
    for piece in _pieces(course):
        ax.plot(piece.x, piece.fitted, color=INK, lw=1.8, zorder=4)
    share = bins["mean"].between(0, 1).all()
    ax.yaxis.set_major_formatter(lambda value, _: page.number(value, "percent" if share else "points"))
    ax.yaxis.grid(True)
    ax.set_xlim(bins.lowest.min(), _far(bins))
    ax.tick_params(labelbottom=False)
    ax.set_title(wrapped(row["service"], page.paper.title))


def _far(bins) -> float:
    """The right end of the picture: a little beyond the last mean, so that a few extreme values do not squeeze it."""
    return float(bins.middle.max() + 0.06 * np.ptp(bins.middle)) if len(bins) > 1 else float(bins.highest.max() + 1)


def _pieces(course):
    """The fitted course cut where it leaps."""
    leap = np.abs(np.diff(course.fitted)) > 1e-9
    near = np.diff(course.x) < 1e-9 * max(float(np.ptp(course.x)), 1e-9)
    ends = [0, *(np.flatnonzero(leap & near) + 1), len(course)]
    return [course.iloc[a:b] for a, b in pairwise(ends)]


def _strip(ax, bins, page) -> None:
    ax.fill_between(bins.middle, 0, bins.ceiling, color=UNCLEAR, lw=0)
    ax.text(0, 1.04, page.word("Share of the best answer"), transform=ax.transAxes, fontsize=8.5, color=SOFT)
    top = float(bins.ceiling.max())
    if bins.abandoned.notna().any():
        ax.plot(bins.middle, bins.abandoned.astype(float), color=BAD, lw=1.6)
        ax.text(
            1, 1.04, page.word("Line: share who gave up"), transform=ax.transAxes, fontsize=8.5, color=SOFT, ha="right"
        )
        top = max(top, float(bins.abandoned.astype(float).max()))
    ax.set_ylim(0, max(top, 0.05) * 1.15)
    ax.set_yticks([0, top], [page.number(0, "percent"), page.number(top, "percent")])
    ax.yaxis.grid(True, color=GRID)


@rests_on("contacts", title=Term("The gain of each promise"), interval=BARS)
def what_if(result, page) -> tuple[Figure, str] | None:
    """The gain on average when no one goes beyond each service level, with its interval.

    >>> page.draw(charts.what_if, tipping_points.what_if(examined))
    Ventetid i telefonen: 5 minutes: +0.66; 7 minutes: +0.66; 8 minutes: +0.66; 11 minutes: 0.00; 16...
    """
    table = result.tables["promises"]
    names = list(dict.fromkeys(table.service))
    figure, axes = sheet(page, 0.55 + sum(0.32 * (table.service == name).sum() + 0.55 for name in names), rows=len(names),
                         squeeze=False, sharex=True, gridspec_kw={"height_ratios": [(table.service == n).sum() + 1 for n in names]})  # fmt: skip
    spoken = []
    for ax, name in zip(axes[:, 0], names, strict=True):
        these = table[table.service == name].reset_index(drop=True)
        place = np.arange(len(these))[::-1]
        for at, row in zip(place, these.itertuples(), strict=True):
            row_of_dots(ax, at, row.low, row.mean_gain, row.high, page.colour)
            ax.annotate(page.number(row.mean_gain, "signed"), (1.012, at), xycoords=("axes fraction", "data"), va="center", fontsize=9.5)
        labels = [
            f"{_amount(page, row['promise'])} {page.word(row['measured_in'])}" for row in these.to_dict("records")
        ]
        ax.set_yticks(place, labels)
        ax.axvline(0, color=SOFT, lw=0.8)
        ax.set_ylim(-0.6, len(these) - 0.4)
        ax.xaxis.grid(True)
        ax.xaxis.set_major_locator(ticks(page))
        ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "signed"))
        ax.tick_params(labelbottom=True)
        ax.set_title(wrapped(name, page.paper.title))
        parts = [f"{label}: {page.number(gain, 'signed')}" for label, gain in zip(labels, these.mean_gain, strict=True)]
        spoken.append(f"{name}: {'; '.join(parts)}.")
    key(figure, page, page.word("Gain in the average answer if nobody had to go beyond the service level."))
    return figure, " ".join(spoken)


def _spoken(page, row, bins) -> str:
    style = "percent" if bins["mean"].between(0, 1).all() else "mean"
    unit = page.word(row["measured_in"])
    parts = [f"{_amount(page, a)}–{_amount(page, b)} {unit}: {page.number(m, style)} (n {page.number(n, 'count')})"
             for a, b, m, n in bins[["lowest", "highest", "mean", "n"]].itertuples(index=False)]  # fmt: skip
    return f"{row['service']} ({page.word(row['verdict'])}): {'; '.join(parts)}."


def _amount(page, value: float) -> str:
    return page.number(value, "count" if float(value).is_integer() else "points")


def _known(value) -> bool:
    return value is not None and value == value


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
