"""What to do next: at most five steps, each written from the findings that ask for it and silent where one speaks against."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from cxlib.analyses.result import Finding, Result, Sentences
from cxlib.report.front_page.planned import OF_ALL, Planned, planned_of
from cxlib.report.front_page.priority import CUSTOMERS, UNKNOWN, Worth, worth

MOST, OF_ONE_PAGE = 5, 2
# fmt: off
STEPS = Sentences({
    "step.start": ("neutral", "Start with {names}: worth {expected:money_short} after costs, if satisfaction rises as planned and {cause:percent} of the link is cause and effect. Give each initiative an owner and a date."),
    "step.settle": ("neutral", "Find out more about “{input}” before money goes into these: {names}. Whether they pay turns at {value}; {now} is assumed."),
    "step.try": ("neutral", "Try {names} on a small scale and measure the result: the chance that it pays is {share:percent}, even if satisfaction rises as planned and {cause:percent} of the link is cause and effect."),
    "step.stop": ("neutral", "Drop, or make far cheaper: {names}. Even on the assumptions of the business case the cost is higher than the benefit."),
    "step.go_on": ("neutral", "Give “{name}” to everybody who can have it, and keep measuring: it works, by {effect} more than without it."),
    "step.widen": ("neutral", "Give “{name}” to more units, drawn at random, and keep measuring: it works, and it pays with a chance of {chance:percent}."),
    "step.end": ("neutral", "End, or do otherwise, what has begun without an effect that matters or pays: {names}."),
    "step.limit": ("neutral", "Make {place} {units} the limit for “{service}”: {share:percent} of the answers come from the wrong side of it."),
    "step.try_limit": ("neutral", "Try {place} {units} as the limit for “{service}” in one place first: {share:percent} of the answers come from the wrong side of it, but the conclusion depends on how answers are counted."),
    "step.lift": ("neutral", "Lift “{block}”: it is rated low (index {index:index}) and offers the largest gain: up to {potential:points} points of {outcome}, if the link is cause and effect."),
    "step.lift_low": ("neutral", "Lift “{block}”: it matters and is rated below the average of the areas (index {index:index})."),
    "step.lift_more": ("neutral", "Lift “{block}”: it offers the largest gain, up to {potential:points} points of {outcome}, if the link is cause and effect."),
    "step.lift_tied": ("neutral", "Improve {blocks}: they offer the largest gains, if the link is cause and effect. If there is room for one of them only, ask more customers first: which offers more cannot be determined yet."),
    "step.gap": ("neutral", "Close the gap in “{block}”: customers expect {gap:gap_index} more than they get. Do better, or promise less."),
    "step.gap_keep": ("neutral", "Keep the level of “{block}” and promise no more than that: it is rated above the other areas, yet customers expect {gap:gap_index} more than they get."),
    "step.group": ("neutral", "Find out what goes wrong for {group} ({segment}): {figure} is {change} below the other customers."),
    "step.unit": ("neutral", "Find out what goes wrong in {group}: it is {gap} below what its customers lead to expect."),
    "step.touchpoint": ("neutral", "Improve {touchpoint}: it is met by {reach:percent} of customers, and no other touchpoint offers as much."),
    "step.behaviour": ("neutral", "Try “{behaviour}” at {touchpoint} in some teams first and compare with the others: where it is done, the share of top scores is {lift} higher."),
    "step.criterion": ("neutral", "Give “{criterion}” an owner and a plan: {score:count} against a target of {target:count}."),
    "step.weakness": ("neutral", "Give “{criterion}” an owner and a plan: it scores {score:count} out of 100."),
    "step.roles": ("neutral", "Bring {first} and {second} together to compare their views of “{criterion}”: they are {gap:count} points apart."),
    "step.hand_over": ("neutral", "Let one person follow each case that {giver} hands over to {receiver} until {receiver} has acted: the next contact scores {points:gap_points} lower in the same case."),
    "step.tell_apart": ("neutral", "Ask more customers before choosing between {blocks}: which of them offers the largest gain cannot be determined yet."),
    "step.ask": ("neutral", "Ask more customers: {figure} – whether the target of {target} has been met cannot be determined yet."),
    "step.list": ("neutral", "List the initiatives with what each costs and how much it raises satisfaction, so that they can be weighed against what a point is worth ({expected:money_short}, if {cause:percent} of the link is cause and effect)."),
    "step.record": ("neutral", "Record which customers leave and how much the others spend after they have answered: then a point of satisfaction can be priced on the company's own data."),
    "step.contacts": ("neutral", "Link waiting times and other service levels to the answers: then the limit that customers accept can be found."),
    "step.assess": ("neutral", "Let more people answer the self-assessment: so far no criterion is low by more than chance can explain."),
})
# fmt: on
UNSIZED = Worth(CUSTOMERS, 0.0)  # of what customers feel, yet of no one figure
COLLECTS = ("step.record", "step.list", "step.tell_apart", "step.assess", "step.ask")


class NextStep(NamedTuple):
    """A step as a finding, the page it comes from, what the finding behind it is worth, what the plan does about it, whom
    it is about, and what speaks against it."""

    finding: Finding
    page: Mapping
    worth: Worth
    planned: Finding | None = None
    about: object = None
    against: Finding | None = None


class _Said(NamedTuple):
    finding: Finding
    result: Result
    page: Mapping

    @property
    def values(self) -> Mapping:
        return self.finding.values

    @property
    def worth(self) -> Worth:
        return worth(self.finding, self.result)


def next_steps(pages: Sequence[Mapping], missing: Mapping[str, Mapping] = MappingProxyType({})) -> list[NextStep]:
    """Up to five steps, worth most first and two of one page at most; what to collect comes last.

    A step about an area or a service level says what the plan does about it; that there is no plan is said once.

    pages    {"name", "file", "title", "results"} of each page
    missing  name of each page that the client folder cannot feed: {"file", "title"} of where that is said
    """
    said = [
        _Said(finding, result, page) for page in pages for result in page["results"] for finding in result.findings
    ]
    results = [result for page in pages for result in page["results"]]
    found = sorted(_asked_for(_Findings(said, results), missing), key=lambda step: step.worth)
    kept: list[NextStep] = []
    for step in found:
        if sum(step.page is other.page for other in kept) < OF_ONE_PAGE:
            kept.append(step)
    return [step._replace(against=_against(step, said)) for step in _said_once(kept[:MOST])]


def _against(step: NextStep, said: Sequence[_Said]) -> Finding | None:
    """What is said to be unclear of the area, service level or criterion that the step is about."""
    unclear = (each.finding for each in said if each.finding.tone == "unclear" and each.finding.says.about != "data")
    return next((finding for finding in unclear if step.about is not None and finding.subject == step.about), None)


def _said_once(steps: Sequence[NextStep]) -> Iterator[NextStep]:
    """The steps, of which only the first says that there is no plan, or that the plan names nothing."""
    general = set()
    for step in steps:
        key = step.planned.key if step.planned else ""
        yield step._replace(planned=None) if key in general else step
        general |= {key} & set(OF_ALL)


class _Findings:
    """All that a report says, looked up by the advice that a sentence is declared to give."""

    def __init__(self, said: Sequence[_Said], results: Sequence[Result]):
        self.said, self.results = said, results

    def advising(self, *advice: str) -> list[_Said]:
        return [each for each in self.said if each.finding.says.advises in advice]

    def first(self, *advice: str) -> _Said | None:
        return next(iter(self.advising(*advice)), None)

    def dearest(self, *advice: str) -> _Said | None:
        return min(self.advising(*advice), key=lambda each: each.worth, default=None)

    def of(self, subject: object, advice: str) -> _Said | None:
        return next((each for each in self.advising(advice) if each.finding.subject == subject), None)

    def sound(self, advice: str) -> list[_Said]:
        """The findings that give the advice and that no finding speaks against, worth most first."""
        return sorted((each for each in self.advising(advice) if not self.doubted(each)), key=lambda each: each.worth)

    def plan(self) -> Planned:
        chosen = self.first("start")
        return planned_of(self.results, chosen.values["names"] if chosen else ())

    def doubted(self, said: _Said, advice: str = "") -> bool:
        """Whether any finding speaks against its advice, or against this advice of its subject."""
        return any(each.finding.speaks_against(said.finding, advice) for each in self.said)

    def doubted_area(self, *blocks: str) -> bool:
        """Whether any finding speaks against lifting one of these areas."""
        against = [each.finding for each in self.said if "lift_more" in each.finding.says.doubts]
        return any(not finding.names or set(blocks) & set(finding.names) for finding in against)


def _asked_for(found: _Findings, missing: Mapping[str, Mapping]) -> Iterator[NextStep]:
    yield from _initiatives(found)
    yield from _begun(found)
    yield from _limits(found)
    yield from _areas(found)
    yield from _company_and_customers(found)
    yield from _to_collect(found, missing)


def _initiatives(found: _Findings) -> Iterator[NextStep]:
    begun = {each.values["name"] for each in found.advising("end", "go_on", "widen")}  # known better than planned
    chosen, over = found.first("start"), [each for each in found.advising("stop") if each.values["name"] not in begun]
    pays, open_, turns = (found.first(role) for role in ("pays", "open", "settle"))
    if chosen and pays and not found.doubted(chosen):
        yield _priced(found, _step("step.start", pays, chosen))
    elif chosen and open_ and turns:
        yield _priced(found, _step("step.settle", open_, turns, chosen))
    elif chosen and open_:
        yield _priced(found, _step("step.try", open_, chosen))
    if over:
        names = [each.values["name"] for each in over]
        yield _priced(found, _step("step.stop", min(over, key=lambda each: each.worth), names=names))


def _begun(found: _Findings) -> Iterator[NextStep]:
    """What has begun: to everybody, to more, or an end of it."""
    for advice in ("go_on", "widen"):
        for going in [each for each in found.sound(advice) if {"effect", "chance"} & set(each.values)][:1]:
            yield _step(f"step.{advice}", going)
    ended = list(dict.fromkeys(each.values["name"] for each in found.advising("end")))
    if ended:
        yield _step("step.end", found.dearest("end"), names=ended)


def _limits(found: _Findings) -> Iterator[NextStep]:
    """One step: the limit that costs most, unless its place or its cause is in doubt."""
    for point in found.sound("limit"):
        if reach := found.of(point.finding.subject, "reach"):
            at_once = not found.doubted(point, "limit_at_once")
            yield _planned(found, "step.limit" if at_once else "step.try_limit", point, reach)
            return


def _areas(found: _Findings) -> Iterator[NextStep]:
    """One step: the area that has most to give, one that matters and is rated low, or those that cannot be told apart; silent where it is in doubt."""
    most, lows = next(iter(found.sound("lift_more")), None), found.sound("lift_low")
    low = next((low for low in lows if most and low.finding.subject == most.finding.subject), None)
    if most and low:
        yield _planned(found, "step.lift", most, low)
    elif most:
        yield _planned(found, "step.lift_more", most)
    elif lows:
        yield _planned(found, "step.lift_low", lows[0])
    elif (tied := found.first("tell_apart")) and not found.doubted_area(*tied.values["blocks"]):
        yield _step("step.lift_tied", tied)._replace(worth=UNSIZED)


def _company_and_customers(found: _Findings) -> Iterator[NextStep]:
    """Steps that one finding asks for, under the name of its advice."""
    for gap in found.sound("gap")[:1]:
        kept = found.of(gap.finding.subject, "keep")
        yield _planned(found, "step.gap_keep" if kept else "step.gap", gap)
    for advice in ("group", "unit", "hand_over", "touchpoint", "behaviour", "criterion", "weakness", "roles"):
        asked = found.sound(advice)
        if asked and not (advice == "weakness" and found.first("criterion")):
            yield _step(f"step.{advice}", asked[0])


def _to_collect(found: _Findings, missing: Mapping[str, Mapping]) -> Iterator[NextStep]:
    price = found.first("price")
    if price and found.first("list"):
        yield _step("step.list", price)
    if (tied := found.first("tell_apart")) and found.doubted_area(*tied.values["blocks"]):
        yield _step("step.tell_apart", tied)
    for advice in ("record", "assess"):
        if asks := found.first(advice):
            yield _step(f"step.{advice}", asks)
    if where := missing.get("tipping_points"):
        yield NextStep(STEPS.finding("step.contacts"), where, UNKNOWN)
    if unclear := found.first("ask"):
        yield _step("step.ask", unclear)


def _priced(found: _Findings, step: NextStep) -> NextStep:
    """A step about initiatives, with what they cost and bring in together."""
    return step._replace(planned=found.plan().balance(step.finding.values["names"]))


def _planned(found: _Findings, key: str, *sources: _Said) -> NextStep:
    """A step about an area or a service level, with what the plan does about it."""
    return _step(key, *sources)._replace(planned=found.plan().about(sources[0].finding.subject))


def _step(key: str, *sources: _Said, **values: object) -> NextStep:
    """A step with the figures of its sources; page and worth are those of the first, and what to collect has no worth."""
    collects = key in COLLECTS
    figures = {slot: value for source in sources for slot, value in source.values.items()}
    finding = STEPS.finding(key, **figures | values)
    return NextStep(finding, sources[0].page, UNKNOWN if collects else sources[0].worth, about=sources[0].finding.subject)
