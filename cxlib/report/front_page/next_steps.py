"""What to do next: at most five steps, each written from the findings that ask for it and silent where one speaks against."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from cxlib.analyses.result import Finding, Result, Sentences
from cxlib.report.front_page.priority import UNKNOWN, Worth, worth

MOST, OF_ONE_PAGE = 5, 2
# fmt: off
STEPS = Sentences({
    "step.start": ("neutral", "Start with {names}: worth {p50:money_short} after its cost, on today's knowledge. Give each initiative an owner and a date."),
    "step.settle": ("neutral", "Before money goes into {names}: find out “{input}”. At {value} instead of {now} the decision turns."),
    "step.try": ("neutral", "Try {names} on a small scale and measure what comes of it: the chance that it pays is {share:percent}."),
    "step.stop": ("neutral", "Drop, or make far cheaper: {names}. It costs more than it brings."),
    "step.limit": ("neutral", "Make {place} {units} the limit for “{service}”: {share:percent} of the answers come from the wrong side of it."),
    "step.try_limit": ("neutral", "Try {place} {units} as the limit for “{service}” in one place first: {share:percent} of the answers come from the wrong side of it, but the verdict depends on how answers are counted."),
    "step.lift": ("neutral", "Lift “{block}”: it is rated low (index {index:index}) and has most to give, up to {potential:points} points of {outcome}."),
    "step.lift_low": ("neutral", "Lift “{block}”: it matters and is rated below the average of the areas (index {index:index})."),
    "step.lift_more": ("neutral", "Lift “{block}”: it has most to give, up to {potential:points} points of {outcome}."),
    "step.gap": ("neutral", "Close the gap in “{block}”: customers expect {gap:gap_index} more than they get. Do better, or promise less."),
    "step.group": ("neutral", "Find out what goes wrong for {group} ({segment}): {figure} lies {change} below the other customers."),
    "step.criterion": ("neutral", "Give “{criterion}” an owner and a plan: {score:count} against a target of {target:count}."),
    "step.weakness": ("neutral", "Give “{criterion}” an owner and a plan: it scores {score:count} of 100."),
    "step.roles": ("neutral", "Let {first} and {second} compare what they see in “{criterion}”: they lie {gap:count} points apart."),
    "step.tell_apart": ("neutral", "Ask more customers before choosing between {blocks}: which of them has most to give cannot be told yet."),
    "step.ask": ("neutral", "Ask more customers: whether {figure} has met the target of {target} cannot be told yet."),
    "step.list": ("neutral", "List the initiatives with what each costs and moves, so that they can be held against what a point is worth ({p50:money_short})."),
    "step.record": ("neutral", "Record which customers leave and what they bring after they have answered: then a point of satisfaction can be priced on own data."),
    "step.contacts": ("neutral", "Put waiting times and other service levels beside the answers: then the limit that customers accept can be found."),
    "step.assess": ("neutral", "Let more people answer the self-assessment: so far no criterion is low by more than chance can give."),
})
# fmt: on
COLLECTS = ("step.record", "step.tell_apart", "step.assess", "step.ask")
DOUBTS_OF_A_LIMIT = ("controls.vanished", "controls.moved", "heaps.gone", "heaps.differ", "groups.differ")
DOUBTS_OF_AN_AREA = ("importance.suppressed", "effect.negative", "effect.none", "importance.no_more", "quality.same")


class Step(NamedTuple):
    """A step as a finding, the page it comes from, and what the finding behind it is worth."""

    finding: Finding
    page: Mapping
    worth: Worth


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


def next_steps(pages: Sequence[Mapping], missing: Mapping[str, Mapping] = MappingProxyType({})) -> list[Step]:
    """Up to five steps, worth most first and two of one page at most; what to collect comes last.

    pages    {"name", "file", "title", "results"} of each page
    missing  name of each page that the client folder cannot feed: {"file", "title"} of where that is said
    """
    said = [
        _Said(finding, result, page) for page in pages for result in page["results"] for finding in result.findings
    ]
    found = sorted(_asked_for(_Findings(said), missing), key=lambda step: step.worth)
    kept: list[Step] = []
    for step in found:
        if sum(step.page is other.page for other in kept) < OF_ONE_PAGE:
            kept.append(step)
    return kept[:MOST]


class _Findings:
    """All that a report says, looked up by key."""

    def __init__(self, said: Sequence[_Said]):
        self.said = said

    def all(self, *keys: str) -> list[_Said]:
        return [each for each in self.said if each.finding.key in keys]

    def first(self, *keys: str) -> _Said | None:
        return next(iter(self.all(*keys)), None)

    def has(self, *keys: str) -> bool:
        return bool(self.all(*keys))

    def of(self, slot: str, value: object, *keys: str) -> _Said | None:
        """The first with one of the keys that speaks of the value, alone or in a list of names."""
        return next((each for each in self.all(*keys) if _speaks_of(each.values, slot, value)), None)


def _speaks_of(values: Mapping, slot: str, value: object) -> bool:
    """Whether the slot itself, either of two, or a list of names is the value."""
    alone = value in (values.get(slot), values.get("first"), values.get("second"))
    return alone or value in values.get(f"{slot}s", ())


def _asked_for(found: _Findings, missing: Mapping[str, Mapping]) -> Iterator[Step]:
    yield from _initiatives(found)
    yield from _limits(found)
    yield from _areas(found)
    yield from _customers(found)
    yield from _company(found)
    yield from _to_collect(found, missing)


def _initiatives(found: _Findings) -> Iterator[Step]:
    chosen, over = found.first("choice.chosen"), found.all("choice.over")
    pays, open_ = found.first("board.pays"), found.first("board.open")
    turns = found.first("decision.changes", "decision.changes_effect")
    if chosen and pays and not found.has("choice.unproved"):
        yield _step("step.start", pays, chosen)
    elif chosen and open_ and turns and turns.finding.key == "decision.changes":
        yield _step("step.settle", open_, turns, chosen)
    elif chosen and open_:
        yield _step("step.try", open_, chosen)
    if over:
        dearest = min(over, key=lambda each: each.worth)
        yield _step("step.stop", dearest, names=[each.values["name"] for each in over])


def _limits(found: _Findings) -> Iterator[Step]:
    """One step: the limit that costs most, unless its place or its cause is in doubt."""
    for point in sorted(found.all("tipping_point.step", "tipping_point.kink"), key=lambda each: each.worth):
        service = point.values["service"]
        beyond = found.of("service", service, "beyond.share", "below.share")
        if beyond and not found.of("service", service, *DOUBTS_OF_A_LIMIT):
            doubtful = found.of("service", service, "outcomes.disagree")
            yield _step("step.try_limit" if doubtful else "step.limit", point, beyond)
            return


def _areas(found: _Findings) -> Iterator[Step]:
    """One step: the area that has most to give, or one that matters and is rated low; silent where it is in doubt."""
    most, lows = found.first("act.most"), found.all("act.low")
    lows = [low for low in lows if not found.of("block", low.values["block"], *DOUBTS_OF_AN_AREA)]
    block = most.values["block"] if most else None
    low = next((low for low in lows if low.values["block"] == block), None)
    if most and low:
        yield _step("step.lift", most, low)
    elif most and not found.of("block", block, "act.keep", *DOUBTS_OF_AN_AREA):
        yield _step("step.lift_more", most)
    elif lows:
        yield _step("step.lift_low", min(lows, key=lambda each: each.worth))


def _customers(found: _Findings) -> Iterator[Step]:
    for key, step in (("parity.worse", "step.gap"), ("segment.below", "step.group")):
        if widest := min(found.all(key), key=lambda each: each.worth, default=None):
            yield _step(step, widest)


def _company(found: _Findings) -> Iterator[Step]:
    if widest := found.first("target.widest"):
        yield _step("step.criterion", widest)
    elif weakness := found.first("criteria.weakness"):
        yield _step("step.weakness", weakness)
    if apart := min(found.all("gap.higher", "gap.lower"), key=lambda each: each.worth, default=None):
        yield _step("step.roles", apart)


def _to_collect(found: _Findings, missing: Mapping[str, Mapping]) -> Iterator[Step]:
    point = found.first("point.worth")
    if point and found.has("absent.case"):
        yield _step("step.list", point)
    if none := found.first("absent.links"):
        yield _step("step.record", none)
    if tied := found.first("act.tied"):
        yield _step("step.tell_apart", tied)
    if unsure := found.first("low.unsure"):
        yield _step("step.assess", unsure)
    if where := missing.get("tipping_points"):
        yield Step(STEPS.finding("step.contacts"), where, UNKNOWN)
    if unclear := found.first("target.unclear"):
        yield _step("step.ask", unclear)


def _step(key: str, *sources: _Said, **values: object) -> Step:
    """A step with the figures of its sources; page and worth are those of the first, and what to collect has no worth."""
    collects = key in COLLECTS
    figures = {slot: value for source in sources for slot, value in source.values.items()}
    finding = STEPS.finding(key, **figures | values)
    return Step(finding, sources[0].page, UNKNOWN if collects else sources[0].worth)
