"""What a board reads first: one answer to each question, strengths beside weaknesses, and what cannot be told."""

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from cxlib.report.page import finding_html, was_not_asked

MOST = 5  # findings in a list of the overview
VERDICTS = ("good", "bad")


def overview(pages: Sequence[Mapping], language: str, currency: str | None = None) -> dict[str, list[dict]]:
    """The lists of the overview, each entry {"text", "tone", "file", "title"} with escaped text, nothing said twice.

    pages     {"file", "title", "results", "answer"} of each page, in reading order; results read back from JSON,
              "answer" the name of the result whose first finding answers the page's question
    returns   "answers": that finding of each page; "weaknesses", "strengths", "unclear": up to five others each,
              of every page one before a second
    """
    answers = [_entry(page, finding, language, currency) for page in pages if (finding := _answer(page)) is not None]
    said = {entry["text"] for entry in answers}
    lists = {"answers": answers}
    for name, tone in (("weaknesses", "bad"), ("strengths", "good"), ("unclear", "unclear")):
        found = [[(page, finding) for finding in _in_turn(_of_tone(page["results"], tone))] for page in pages]
        entries = [_entry(page, finding, language, currency) for page, finding in _in_turn(found)]
        lists[name] = [e for e in {e["text"]: e for e in entries}.values() if e["text"] not in said][:MOST]
    return lists


def main_findings(results: Iterable[Mapping], language: str, currency: str | None = None) -> list[dict]:
    """Up to five findings of one page as {"text", "tone"}, text escaped: the headline, then verdicts, then levels.

    results   read back from JSON, in the order of the page; the first finding of the first is the headline. Of each
              result one verdict comes before any second one, so that no single figure fills the list
    """
    results = list(results)
    verdicts = _in_turn(_of_tone(results, *VERDICTS))
    said: dict[Markup, str] = {}
    for finding in [*_leading(results)[:1], *verdicts, *_leading(results)]:
        said.setdefault(finding_html(finding, language, currency), finding["tone"])
    return [{"text": text, "tone": tone} for text, tone in list(said.items())[:MOST]]


def headline(results: Iterable[Mapping]) -> Mapping | None:
    """The finding that heads a section: the first of its first result, or, where that is a mere level, its first verdict."""
    found = _findings(results)
    if not found:
        return None
    first = found[0][0]
    verdicts = [finding for finding in found[0] if finding["tone"] in VERDICTS]
    return verdicts[0] if first["tone"] == "neutral" and verdicts else first


def _answer(page: Mapping) -> Mapping | None:
    """The finding that answers the page's question: the first of the result that the notebook names, or of any."""
    named = [result for result in page["results"] if result["name"] == page.get("answer")]
    leading = _leading(named) or _leading(page["results"])
    return leading[0] if leading else None


def _of_tone(results: Iterable[Mapping], *tones: str) -> list[list[Mapping]]:
    return [[finding for finding in findings if finding["tone"] in tones] for findings in _findings(results)]


def _findings(results: Iterable[Mapping]) -> list[list[Mapping]]:
    return [result["findings"] for result in results if result["findings"] and not was_not_asked(result)]


def _leading(results: Iterable[Mapping]) -> list[Mapping]:
    return [findings[0] for findings in _findings(results)]


def _in_turn(lists: Sequence[Sequence]) -> list:
    """The first of each list, then the second of each, and so on."""
    longest = max(map(len, lists), default=0)
    return [each[place] for place in range(longest) for each in lists if place < len(each)]


def _entry(page: Mapping, finding: Mapping, language: str, currency: str | None) -> dict:
    text = finding_html(finding, language, currency)
    return {"text": text, "tone": finding["tone"], "file": page["file"], "title": page["title"]}
