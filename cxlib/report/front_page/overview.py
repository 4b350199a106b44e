"""What a board reads first: an answer to each question, the findings worth most, strengths beside weaknesses, what next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from markupsafe import Markup, escape

from cxlib.analyses.result import Finding, Result, Term
from cxlib.report.front_page.exhibits import Exhibit, exhibit_of, sparkline
from cxlib.report.front_page.next_steps import next_steps
from cxlib.report.front_page.priority import NOTHING, Worth, worth
from cxlib.report.front_page.tiles import LISTED, Tile, figure_tiles
from cxlib.report.language.numbers import styled
from cxlib.report.language.words import sentence, translated
from cxlib.report.lines import finding_line

MOST, FEWEST = 5, 3  # findings in a list of the overview
VERDICTS = ("good", "bad")
DECISIONS = 3  # of the steps, that page one puts before the board
WHO = Term("{n:count} answers")
WHO_LATEST = Term("{n:count} answers, {latest:count} of them in {period:period}")
BRACKETS = Term("Ranges under the figures and in brackets hold the value for all customers with {confidence:percent} certainty; where another share is used, it is named.")


class Said(NamedTuple):
    """A finding of a page, and where it stands among the others."""

    page: Mapping
    finding: Finding
    worth: Worth

    @property
    def subject(self) -> tuple[str, str]:
        """Whom or what it speaks of; one list speaks of it once."""
        named = self.finding.subject
        return self.page["file"], self.finding.key if named is None else named

    @property
    def kind(self) -> tuple[str, str]:
        """What it says of its subject; one list says it once of a page, of the subject that it is worth most of."""
        return self.page["file"], self.finding.key


def overview(
    pages: Sequence[Mapping],
    language: str,
    currency: str | None = None,
    missing: Mapping[str, Mapping] = MappingProxyType({}),
) -> dict:
    """The lists of the overview, each entry {"text", "tone", "file", "title"} with escaped text, nothing said twice.

    pages     {"name", "file", "title", "results", "answer"} of each page, in reading order, "answer" the
              name of the result whose first finding answers the page's question
    missing   as in `report.next_steps.next_steps`
    returns   "answers": that finding of each page, with its picture; "main": three to five others, worth most first;
              "weaknesses", "strengths", "unclear": up to five of the rest, of every page one before a second, worth
              most first; "steps": what to do next, of which "decisions" are the first three; "tiles": the headline
              figures; "who" and "brackets": lines that say how many answered and what brackets hold, "" without any
    """
    lists = front_findings(pages)
    lists["steps"] = next_steps(pages, missing)
    texts: set[Markup] = set()
    shown: dict = {}
    for name, found in lists.items():
        entries = {entry["text"]: entry for entry in (_entry(each, language, currency) for each in found)}
        shown[name] = [entry for text, entry in entries.items() if text not in texts]
        texts |= entries.keys()
    results = [result for page in pages for result in page["results"]]
    pictures = {page["file"]: exhibit_of(page["results"], page.get("answer", "")) for page in pages}
    shown["answers"] = [entry | _pictured(pictures[entry["file"]], language, currency) for entry in shown["answers"]]
    shown["decisions"] = [_decision(step, entry, language, currency) for step, entry in zip(lists["steps"], shown["steps"][:DECISIONS], strict=False)]
    shown["tiles"] = [_tile(tile, language, currency) for tile in figure_tiles(results)]
    return shown | _about(results, language)


def front_findings(pages: Sequence[Mapping]) -> dict[str, list[Said]]:
    """The findings of the overview by list, without the steps."""
    answers = [Said(page, finding, Worth(NOTHING, 0)) for page in pages if (finding := _answer(page)) is not None]
    told = [(each.subject, each.kind) for each in answers]
    left = [each for each in _all(pages) if (each.subject, each.kind) not in told]
    on_tiles = [finding for tile in figure_tiles([result for page in pages for result in page["results"]]) for finding in tile.told]
    lists = {"answers": answers, "main": _main(left)}
    subjects = {each.subject for each in lists["main"]}
    left = [each for each in left if each.subject not in subjects]
    lists["weaknesses"] = _best(each for each in left if each.finding.tone == "bad")
    lists["strengths"] = _best(each for each in left if each.finding.tone == "good")
    unclear = [each for each in left if each.finding.tone == "unclear" and not any(each.finding is told for told in on_tiles)]
    lists["unclear"] = _best(unclear, _data_last)
    return lists


def page_findings(page: Mapping) -> list[Finding]:
    """Up to five findings of one page: the answer to its question, then what is worth most, nothing of it twice.

    page    {"file", "results", "answer"}
    """
    answer = _answer(page)
    left = [each for each in _all([page]) if each.finding.tone in VERDICTS or each.worth.kind < NOTHING]
    best = [each.finding for each in _best(left) if each.finding is not answer]
    return [*([answer] if answer else []), *best][:MOST]


def headline(results: Iterable[Result]) -> Finding | None:
    """The finding that heads a section: the first of its first result, or, where that is a mere level, its first verdict."""
    found = _findings(results)
    if not found:
        return None
    first = found[0][0]
    verdicts = [finding for finding in found[0] if finding.tone in VERDICTS]
    return verdicts[0] if first.tone == "neutral" and verdicts else first


def _all(pages: Sequence[Mapping]) -> list[Said]:
    found = [
        Said(page, finding, worth(finding, result))
        for page in pages
        for result in page["results"]
        if not result.absent
        for finding in result.findings
    ]
    return [each for each in found if not _silenced(each, found)]


def _main(found: Sequence[Said]) -> list[Said]:
    """What has a worth; where that is too little, verdicts without one and then what opens a result."""
    priced = _best(each for each in found if each.worth.kind < NOTHING)
    verdicts = [each for each in found if each.finding.tone in VERDICTS]
    further = [each for each in _best([*verdicts, *found]) if each not in priced]
    return [*priced, *further[: max(0, FEWEST - len(priced))]]


def _best(found: Iterable[Said], rank: Callable[[Said], tuple] = lambda each: each.worth) -> list[Said]:
    """Up to five, by rank: of every page the best one before its second, nobody and nothing told twice."""
    pages: dict[str, list[Said]] = {}
    told: set[tuple] = set()
    for each in sorted(found, key=rank):
        if not told & {each.subject, each.kind}:
            told |= {each.subject, each.kind}
            pages.setdefault(each.page["file"], []).append(each)
    return sorted(_in_turn(list(pages.values()))[:MOST], key=rank)


def _data_last(each: Said) -> tuple:
    return each.finding.says.about == "data", *each.worth


def _silenced(said: Said, others: Iterable[Said]) -> bool:
    """Whether it is good news of the method, or advice that another finding doubts: its page gives the reason for both."""
    finding = said.finding
    doubted = any(other.finding.speaks_against(finding) for other in others)
    return doubted or finding.says.about == "method"


def _answer(page: Mapping) -> Finding | None:
    """The finding that answers the page's question: the first of the result that the notebook names, or of any; not one
    that another finding of the page speaks against, where there is a further one."""
    named = [result for result in page["results"] if result.name == page.get("answer") and result.findings]
    leading = [finding for result in named if not result.absent for finding in result.findings] or _leading(page["results"])
    against = [finding for result in page["results"] for finding in result.findings]
    sound = [each for each in leading if not (each.says.advises and any(other.speaks_against(each) for other in against))]
    return next(iter([*sound, *leading]), None)


def _findings(results: Iterable[Result]) -> list[tuple[Finding, ...]]:
    return [result.findings for result in results if result.findings and not result.absent]


def _leading(results: Iterable[Result]) -> list[Finding]:
    return [findings[0] for findings in _findings(results)]


def _in_turn(lists: Sequence[Sequence]) -> list:
    """The first of each list, then the second of each, and so on."""
    longest = max(map(len, lists), default=0)
    return [each[place] for place in range(longest) for each in lists if place < len(each)]


def _entry(said, language: str, currency: str | None) -> dict:
    told = [said.finding, *([said.planned] if getattr(said, "planned", None) else [])]
    text = escape(" ".join(finding_line(each, language, currency) for each in told))
    return {"text": text, "tone": said.finding.tone, "file": said.page["file"], "title": said.page["title"]}


def _pictured(exhibit: Exhibit | None, language: str, currency: str | None) -> dict:
    """A picture and the line below it, "" without one."""
    message, values = (exhibit and exhibit.about) or ("", {})
    return {"exhibit": exhibit, "caption": message and sentence(message, values, language, currency)}


def _decision(step, entry: dict, language: str, currency: str | None) -> dict:
    """A step as page one puts it before the board: what to do, what the plan does about it and at what cost, what speaks against it."""
    told = {"does": step.finding, "planned": step.planned, "against": step.against}
    return entry | {name: finding and finding_line(finding, language, currency) for name, finding in told.items()}


def _tile(tile: Tile, language: str, currency: str | None) -> dict:
    return {
        "figure": translated(tile.figure, language),
        "value": styled(tile.value, tile.value.style, language, currency),
        "lines": [{"tone": line.tone, "text": finding_line(line, language, currency)} for line in tile.lines],
        "spark": sparkline(tile),
    }


def _about(results: Iterable[Result], language: str) -> dict[str, str]:
    """How many answered, in all and in the period of the headline figures, and which share of certainty the brackets of the headline figures have."""
    listed = next((result for result in results if result.name == LISTED and result.tables), None)
    if listed is None:
        return {"who": "", "brackets": ""}
    confidence = listed.settings.get("confidence")
    base = listed.base
    one_of_several = len(base.periods) == 1 and base.used < base.read
    latest = {"latest": base.used, "period": base.periods[0]} if one_of_several else {}
    return {
        "who": sentence(WHO_LATEST if latest else WHO, {"n": base.read} | latest, language),
        "brackets": sentence(BRACKETS, {"confidence": confidence}, language) if confidence else "",
    }
