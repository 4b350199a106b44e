"""What stands on the overview: the findings of a page that a board needs first, each said once."""

from collections.abc import Iterable, Mapping

from cxlib.report.html import was_not_asked
from cxlib.report.page import finding_html

MOST = 5  # findings of one page on the overview
VERDICTS = ("good", "bad")


def main_findings(results: Iterable[Mapping], language: str, currency: str | None = None) -> list[dict]:
    """Up to five findings of a page as {"text", "tone"}, text escaped: the headline, then verdicts, then levels.

    results   read back from JSON, in the order of the page; the first finding of the first is the headline. Of each
              result one verdict comes before any second one, so that no single figure fills the list
    """
    shown = [result["findings"] for result in results if result["findings"] and not was_not_asked(result)]
    verdicts = [[finding for finding in findings if finding["tone"] in VERDICTS] for findings in shown]
    rest = [findings[:1] for findings in shown]
    ranked = [*(shown[0][:1] if shown else []), *_in_turn(verdicts), *_in_turn(rest)]
    said: dict[str, str] = {}
    for finding in ranked:
        said.setdefault(finding_html(finding, language, currency), finding["tone"])
    return [{"text": text, "tone": tone} for text, tone in list(said.items())[:MOST]]


def _in_turn(lists: list[list]) -> list:
    longest = max(map(len, lists), default=0)
    return [each[place] for place in range(longest) for each in lists if place < len(each)]
