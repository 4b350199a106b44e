"""What a report of `for_each` goes without, in the reader's words: questions, groups and periods by what they are, never by a value."""

from cxlib.analyses.result import Term
from cxlib.engagement import Engagement
from cxlib.report.captions import PARTS
from cxlib.report.language.trade import Language
from cxlib.report.language.words import sentence

WITHHELD = Term("Withheld here, because too few answered or because the reports together would tell what a few people answered: {what}.")
QUESTIONS = {
    "recommend": Term("the question on recommendation"),
    "rating": Term("the question on overall satisfaction"),
    "effort": Term("the question on how easy it is to be a customer"),
    "satisfaction": Term("the satisfaction index"),
    "loyalty": Term("the loyalty index"),
}
BLOCK, GROUPS = Term("the questions on {block}"), Term("the groups by {heading}")
PERIOD, PERIODS = Term("one period"), Term("{count:count} periods")


def withheld_here(engagement: Engagement, language: Language) -> str:
    """The sentence that names what the report is without; "" where it is without nothing."""
    one = engagement.one
    if one is None or not one.withholds:
        return ""
    asked = engagement.each.survey.settings if engagement.each is not None else None
    what: list[str] = [QUESTIONS[each] for each in QUESTIONS if each in one.withheld]
    for key, block in (asked.blocks if asked is not None else {}).items():
        what += [sentence(BLOCK, {"block": block.label}, language)] if f"blocks.{key}" in one.withheld else []
    for column, heading in (asked.segments if asked is not None else {}).items():
        what += [sentence(GROUPS, {"heading": heading}, language)] if f"segments.{column}" in one.withheld else []
    what += [PARTS[part] for part in PARTS if part in one.withheld]
    if periods := len(one.cut.periods):
        what.append(PERIOD if periods == 1 else sentence(PERIODS, {"count": periods}, language))
    return sentence(WITHHELD, {"what": what}, language)
