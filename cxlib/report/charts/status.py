"""The charts of the status notebook: figures with intervals, their course, segments, and areas of experience."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from cxlib.report.charts.canvas import BAD, GOOD, GRID, INK, NEUTRAL, SOFT, UNCLEAR, sheet

ROW = 0.36  # inches for one row of a dot plot
MOST_GROUPS = 30


def key_figures(result, page) -> tuple[Figure, str]:
    """Every headline figure on its own whole scale: dot, interval, hollow dot of the period before, target."""
    table = result.tables["figures"]
    figure, axes = sheet(0.62 * len(table) + 0.5, rows=len(table), squeeze=False)
    spoken = []
    for ax, row in zip(axes[:, 0], table.to_dict("records"), strict=True):
        _scale_line(ax, row["lowest"], row["highest"])
        _dot(ax, row, 0, page.colour)
        if _known(row.get("change")):
            ax.plot(row["estimate"] - row["change"], 0, "o", ms=7, mfc="white", mec=SOFT, mew=1.2, zorder=3)
        if _known(row.get("target")):
            ax.plot([row["target"]] * 2, [-0.42, 0.42], color=INK, lw=1.6, zorder=4)
        value = page.number(row["estimate"], row["unit"])
        ax.set_yticks([0], [f"{page.word(row['figure'])}  {value}"])
        ends = [
            page.number(row[end], "percent" if row["unit"] == "percent1" else "count") for end in ("lowest", "highest")
        ]
        ax.set_xticks([row["lowest"], row["highest"]], ends)
        spoken.append(_spoken(page, page.word(row["figure"]), row, row["unit"]))
    key = [page.word("Filled dot: now, with 95% interval.")]
    key += [page.word("Hollow dot: the period before.")] if "change" in table else []
    key += [page.word("Line: target.")] if "target" in table else []
    figure.supxlabel(" ".join(key), fontsize=9, color=SOFT, x=0.01, ha="left")
    return figure, "; ".join(spoken) + "."


def over_time(result, page) -> tuple[Figure, str] | None:
    """One figure period by period with its interval; None for a single period."""
    table = result.tables["periods"]
    if len(table) < 2:
        return None
    unit = table.unit[0]
    figure, ax = sheet(2.5)
    labels = [page.number(label, "period") for label in table.period]
    middle, low, high = (table[name].to_numpy(float) for name in ("estimate", "low", "high"))
    ax.fill_between(range(len(table)), low, high, color=page.colour, alpha=0.16, lw=0)
    ax.plot(range(len(table)), middle, "o-", color=page.colour, ms=5, lw=1.6)
    ax.set_xticks(
        range(len(table)), labels, rotation=0 if len(table) < 7 else 30, ha="center" if len(table) < 7 else "right"
    )
    ax.yaxis.set_major_formatter(lambda value, _: page.number(value, "percent" if unit == "percent1" else "count"))
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


def by_segment(result, page) -> tuple[Figure, str]:
    """Dot plot with intervals and n of the groups that may be shown, one panel of one shared scale; darker where apart."""
    table = result.tables["segments"]
    table = table[table.n.notna()].iloc[::-1].reset_index(drop=True)
    if len(table) > MOST_GROUPS:  # the ends of the order; the table has all
        ordered = table.sort_values("estimate", kind="stable", ignore_index=True)
        table = pd.concat([ordered.head(MOST_GROUPS // 2), ordered.tail(MOST_GROUPS // 2)], ignore_index=True)
    unit = table.unit[0]
    figure, ax = sheet(ROW * len(table) + 0.9)
    colours = {"above the others": GOOD, "below the others": BAD}
    for place, row in enumerate(table.to_dict("records")):
        _dot(ax, row, place, colours.get(row["verdict"], NEUTRAL if row["n"] >= 30 else UNCLEAR))
        ax.annotate(
            f"n {page.number(row['n'], 'count')}",
            (1.0, place),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=9,
            color=SOFT,
        )
    ax.set_yticks(range(len(table)), [f"{row.segment}: {row.group}" for row in table.itertuples()])
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "percent" if unit == "percent1" else "count"))
    ax.xaxis.grid(True)
    ax.set_ylim(-0.7, len(table) - 0.3)
    sns.despine(ax=ax, left=True)
    spoken = [_spoken(page, row["group"], row, unit) for row in table.iloc[::-1].head(12).to_dict("records")]
    return figure, "; ".join(spoken) + "."


def recommendation_groups(result, page) -> tuple[Figure, str]:
    """One bar of the whole: 0-6, 7-8 (split at 8) and 9-10."""
    table = result.tables["groups"].set_index("answer")
    figure, ax = sheet(1.25)
    start = 0.0
    for (answer, row), colour in zip(table.head(3).iterrows(), (BAD, UNCLEAR, GOOD), strict=True):
        ax.barh(0, row["share"], left=start, color=colour, height=0.6, edgecolor="white")
        light = colour != UNCLEAR
        if row["share"] >= 0.05:
            ax.text(start + row["share"] / 2, 0, page.number(row["share"], "percent"), ha="center", va="center",
                    color="white" if light else INK, fontweight="bold")  # fmt: skip
        ax.text(start, 0.42, page.word(answer), ha="left", va="bottom", color=SOFT, fontsize=9.5)
        start += row["share"]
    ax.set_xlim(0, 1)
    ax.axis("off")
    spoken = [f"{page.word(answer)}: {page.number(row['share'], 'percent')}" for answer, row in table.iterrows()]
    return figure, "; ".join(spoken) + "."


def experience_areas(result, page) -> tuple[Figure, str]:
    """Index 0-100 of every area with its interval, best first."""
    table = result.tables["areas"].iloc[::-1].reset_index(drop=True)
    figure, ax = sheet(ROW * len(table) + 0.8)
    for place, row in enumerate(table.to_dict("records")):
        ax.plot([0, 100], [place, place], color=GRID, lw=0.8, zorder=0)
        _dot(ax, row | {"estimate": row["index"]}, place, page.colour)
        ax.annotate(
            page.number(row["index"], "index"),
            (row["index"], place),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=9.5,
        )
    ax.set_yticks(range(len(table)), table.block)
    ax.set_xlim(0, 100)
    ax.set_ylim(-0.6, len(table) - 0.3)
    sns.despine(ax=ax, left=True)
    spoken = [
        _spoken(page, row["block"], row | {"estimate": row["index"]}, "index")
        for row in table.iloc[::-1].to_dict("records")
    ]
    return figure, "; ".join(spoken) + "."


def answers(result, page) -> tuple[Figure, str]:
    """Diverging bars of the answers to every question: low answers to the left of the middle, high ones to the right."""
    table = result.tables["answers"]
    questions = list(dict.fromkeys(zip(table.block, table.question, strict=True)))[::-1]
    figure, ax = sheet(ROW * len(questions) + 0.9)
    spoken = []
    for place, (block, question) in enumerate(questions):
        rows = table[(table.block == block) & (table.question == question)]
        shades = sns.color_palette(sns.blend_palette([BAD, "#efece6", GOOD], len(rows)), len(rows))
        ax.barh(place, rows.right - rows.left, left=rows.left, color=shades, height=0.7, edgecolor="white", lw=0.5)
        for row in rows.itertuples():
            if row.share >= 0.07:
                edge = row.answer in (rows.answer.iloc[0], rows.answer.iloc[-1])
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
    ax.axvline(0, color=SOFT, lw=0.8)
    ax.set_yticks(range(len(questions)), [question for _, question in questions])
    ax.set_xticks([])
    sns.despine(ax=ax, left=True, bottom=True)
    ax.set_ylim(-0.6, len(questions) - 0.4)
    return figure, "; ".join(spoken[::-1]) + "."


def expectation_gaps(result, page) -> tuple[Figure, str]:
    """Gap of experience to expectation per area, its 90% interval, and the band in which a gap does not matter."""
    table = result.tables["gaps"].iloc[::-1].reset_index(drop=True)
    figure, ax = sheet(ROW * len(table) + 1.0)
    colours = {"better than expected": GOOD, "worse than expected": BAD, "on par": page.colour}
    for place, row in enumerate(table.to_dict("records")):
        ax.fill_betweenx([place - 0.4, place + 0.4], -row["margin"], row["margin"], color=GRID, lw=0)
        _dot(ax, row | {"estimate": row["gap"], "low": row["gap_low"], "high": row["gap_high"]}, place, colours.get(row["verdict"], NEUTRAL))
    ax.axvline(0, color=SOFT, lw=0.8)
    ax.set_yticks(range(len(table)), [f"{row.block}: {page.word(row.verdict)}" for row in table.itertuples()])
    reach = 1.15 * max(np.nanmax(np.abs(table[["gap_low", "gap_high"]].to_numpy(float))), table.margin.max())
    ax.set_xlim(-reach, reach)
    ax.xaxis.set_major_formatter(lambda value, _: page.number(value, "count"))
    ax.set_xlabel(
        page.word("Experience less expectation, index points, with 90% interval; grey: too small to matter"), loc="left"
    )
    sns.despine(ax=ax, left=True)
    spoken = [
        f"{row['block']}: {page.number(row['gap'], 'signed_gap_index')}, {page.word(row['verdict'])}"
        for row in table.iloc[::-1].to_dict("records")
    ]
    return figure, "; ".join(spoken) + "."


def _dot(ax, row, place, colour) -> None:
    if _known(row["low"]):
        ax.plot(
            [row["low"], row["high"]], [place, place], color=colour, lw=4, alpha=0.35, solid_capstyle="butt", zorder=2
        )
    ax.plot(row["estimate"], place, "o", color=colour, ms=8, zorder=5)


def _scale_line(ax, lowest, highest) -> None:
    ax.plot([lowest, highest], [0, 0], color=GRID, lw=1, zorder=0)
    ax.set_xlim(lowest, highest)
    ax.set_ylim(-0.8, 0.8)
    sns.despine(ax=ax, left=True, bottom=True)


def _wide_enough(ax, unit) -> None:
    """No axis so narrow that noise fills it: at least a tenth of the figure's scale."""
    least = {"points": 30, "percent1": 0.15, "index": 15, "mean": 0.8}[unit]
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
