"""The line below a chart: what it rests on, how many, and the interval that it draws, all read from its Result."""

from collections.abc import Callable
from dataclasses import dataclass

from cxlib.analyses.result import Result, Term
from cxlib.report.lines import periods_line

PARTS = {
    "survey": Term("customer survey"),
    "maturity": Term("self-assessment"),
    "benchmark": Term("companies compared with"),
    "contacts": Term("service contacts"),
    "tipping_points": Term("service levels to examine"),
    "closed_loop": Term("follow-up of answers"),
    "customers": Term("customer data"),
    "employees": Term("employee survey"),
    "initiatives": Term("initiatives"),
    "rollout": Term("what was begun where and when"),
    "money": Term("financial assumptions"),
    "journey": Term("contact logs"),
}
BARS = Term("The pale bars show the {confidence:percent} interval.")
BAND = Term("The pale band shows the {confidence:percent} interval.")
LINES = Term("The thin lines show the {confidence:percent} interval.")
RANGE_BARS = Term("The pale bars show the {confidence:percent} range.")
RANGE_BAND = Term("The pale band shows the {confidence:percent} range.")
TITLE = Term("Chart")
MOST_FILES = 2  # that a line names beside their parts
ANSWERS = Term("n = {n:count}.")
COMPANIES = Term("n = {n:count} companies.")
UNITS = Term("n = {n:count} units.")
BETWEEN = Term("n = {fewest:count} to {most:count}.")


@dataclass(frozen=True)
class Note:
    """What a chart says of itself beside its figures.

    parts     of the client folder that its figures come from, keys of PARTS
    title     what it shows, in a few words
    interval  BARS, BAND, LINES, RANGE_BARS or RANGE_BAND: how the chart draws its intervals; "" when it draws none
    n         table whose column `n` counts the answers, or else whose rows are counted; "" for the rows used
    counted   the message that says n
    wide      whether it needs the whole width of a printed page
    """

    parts: tuple[str, ...] = ()
    title: str = TITLE
    interval: str = ""
    n: str = ""
    counted: str = ANSWERS
    wide: bool = False


def rests_on(*parts: str, title: str = TITLE, interval: str = "", n: str = "", counted: str = ANSWERS, wide: bool = False) -> Callable:
    """Gives a chart its note."""

    def noted(chart: Callable) -> Callable:
        chart.note = Note(parts, title, interval, n, counted, wide)
        return chart

    return noted


def note(chart: Callable) -> Note:
    """The note of a chart; a consultant's own need not have one."""
    return getattr(chart, "note", Note())


def caption(chart: Callable, result: Result, page) -> str:
    """Source, n, periods and interval of a chart in the reader's language: "Source: customer survey. n = 812. …"."""
    noted = note(chart)
    parts = [part for part in noted.parts if part in page.sources]
    named = [_source(part, page, with_file=len(parts) <= MOST_FILES) for part in parts]
    told = [page.word("Source: {sources}.", sources=", ".join(named))] if named else []
    told.append(_counted(result, noted.n, noted.counted, page))
    if periods := periods_line(result.base, page.language):
        told.append(f"{periods[0].upper()}{periods[1:]}.")
    if noted.interval:
        told.append(page.word(noted.interval, confidence=_confidence(result)))
    return " ".join(told)


def _source(part: str, page, with_file: bool) -> str:
    file = page.sources[part] if with_file else ""
    return f"{page.word(PARTS[part])} ({file})" if file else page.word(PARTS[part])


def _counted(result: Result, table: str, message: str, page) -> str:
    if not table:
        return page.word(message, n=result.base.used)
    rows = result.tables[table]
    if "n" not in rows:
        return page.word(message, n=len(rows))
    fewest, most = int(rows["n"].min()), int(rows["n"].max())
    return page.word(message, n=most) if fewest == most else page.word(BETWEEN, fewest=fewest, most=most)


def _confidence(result: Result) -> float:
    """What the result was computed with, or what lies between its columns p10 and p90."""
    if "confidence" in result.settings:
        return result.settings["confidence"]
    ends = [int(name[1:]) for table in result.tables.values() for name in table if name in ("p10", "p90")]
    return (max(ends) - min(ends)) / 100
