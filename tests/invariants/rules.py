"""What must hold of sentences, as data: what a summary promises of the rows it sums up, and which sentences exclude each other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from tests.invariants.held import table

ALPHA = 0.05
Results = Mapping[str, Mapping]  # name: result, of one page
Rule = Callable[[Mapping, Mapping, Results], bool]  # values of the finding, its result, the page


# ---------------------------------------------------------------- a summary holds for each row that it sums up


def _none(name: str, column: str, *verdicts: str) -> Rule:
    """No row of the table has one of the verdicts."""
    return lambda _, result, page: not _rows(result, name, column, *verdicts).any()


def _count(slot: str, name: str, column: str, *verdicts: str) -> Rule:
    """The slot counts the rows with one of the verdicts."""
    return lambda values, result, page: values[slot] == _rows(result, name, column, *verdicts).sum()


def _rows(result: Mapping, name: str, column: str, *verdicts: str) -> pd.Series:
    frame = table(result, name)
    return frame[column].isin(verdicts) if column in frame else pd.Series(dtype=bool)


def _both(*rules: Rule) -> Rule:
    return lambda values, result, page: all(rule(values, result, page) for rule in rules)


def _extreme(name: str, text: str, number: str, slot: str, *, most: bool) -> Rule:
    """The slot names the row with the highest (or lowest) number."""

    def holds(values, result, page) -> bool:
        frame = table(result, name).dropna(subset=number)
        numbers = frame[number].astype(float)
        best = numbers.max() if most else numbers.min()
        return values[slot] in set(frame[text][numbers == best])

    return holds


def _clear(frame: pd.DataFrame, stem: str) -> pd.Series:
    """Rows whose interval leaves zero out."""
    if f"{stem}_low" not in frame:
        return pd.Series(False, frame.index)
    return frame[f"{stem}_low"].astype(float) * frame[f"{stem}_high"].astype(float) > 0


def _figure_moved(sign: int) -> Rule:
    def holds(_, result, page) -> bool:
        change = table(result, "figure").change.astype(float).iloc[0]
        return change * sign > 0

    return holds


def _target(inside: bool) -> Rule:
    """Whether the target lies in the interval of the figure."""

    def holds(values, result, page) -> bool:
        row = table(result, "figure").iloc[0]
        return (row.low < values["target"] <= row.high or row.low == values["target"]) == inside or row.high == row.low

    return holds


def _nobody_smaller(values, result, page) -> bool:
    """No table shows a figure of a group of fewer people than the sentence promises."""
    frames = (table(result, name) for name in result["tables"])
    numbers = (frame.n.dropna() for frame in frames if "n" in frame and ("group" in frame or "fewest" not in result["settings"]))
    return all((n >= values["minimum"]).all() for n in numbers)


def _compared(values, result, page) -> bool:
    frame = table(result, "segments")
    return 0 < values["groups"] == frame.p_holm.notna().sum()


def _tests_can_find(_, result, page) -> bool:
    """Permutations are so many that the smallest p possible survives the correction for everything compared."""
    rows = table(result, "groups")
    return not len(rows) or len(rows) / (result["settings"]["permutations"] + 1) < ALPHA


MATTERS_OTHERWISE = ("best in the middle", "worst in the middle", "bent, direction not shown")


def _no_total(values, result, page) -> bool:
    """None of the areas moves the outcome, through others included, once it is allowed for that all were looked at."""
    totals = table(result, "totals")
    mine = totals[totals.cause.isin(values.get("blocks", totals.cause)) & (totals.effect.str.lower() == values["outcome"].lower())]
    return not (mine.p_holm < ALPHA).any()


def _ranked_first(values, result, page) -> bool:
    """The first of the ranking is the one, and it matters: by its total effect, or by a bend or turn that is tested apart."""
    first = table(result, "ranking").iloc[0]
    return first.block == values["block"] and (first.p_holm < ALPHA or first.verdict in MATTERS_OTHERWISE)


def _tied(values, result, page) -> bool:
    ranking = table(result, "ranking")
    return set(values["blocks"]) == set(ranking.block[: len(values["blocks"])])


def _silent(values, result, page) -> bool:
    ranking = table(result, "ranking")
    return set(values["blocks"]) == set(ranking.block[ranking.verdict == "no effect shown"])


def _of_areas(values, result, page) -> bool:
    """Both are areas, not the outcome."""
    outcome = result["settings"]["outcome"]
    return outcome.lower() not in (values["first"].lower(), values["second"].lower())


def _alike_slopes(_, result, page) -> bool:
    """What a point costs below the middle, it brings above: no area is sided for sure or bent."""
    frame = table(result, "areas")
    sided = frame.kind.isin(["must", "delighter"]) & (frame.kind_chance >= 0.8) & (frame.p_holm < ALPHA)
    return not sided.any() and (frame.curve == "straight").all()


def _most_to_give(values, result, page) -> bool:
    frame = table(result, "priorities")
    return values["block"] == frame.block[frame.potential > 0].iloc[0] and values["low"] > 0


def _placed(verdict: str) -> Rule:
    def holds(values, result, page) -> bool:
        frame = table(result, "priorities")
        return verdict in set(frame.verdict[frame.block == values["block"]])

    return holds


def _no_area(_, result, page) -> bool:
    return (table(result, "areas").verdict == "effect not shown").all()


def _no_lift(_, result, page) -> bool:
    frame = table(result, "areas")
    return set(frame.verdict) <= {"no effect shown", "sign turns"}


def _lifts_alike(_, result, page) -> bool:
    return set(table(result, "areas").verdict) <= {"both ends alike", "shown at one end", "no effect shown", "sign turns"}


def _nothing_missing(values, result, page) -> bool:
    base = result["base"]
    return base["read"] == base["used"] == values["used"] and not len(table(result, "missing"))


def _explained_little(values, result, page) -> bool:
    ranking = table(result, "ranking")
    return values["r2"] < 0.02 or not (ranking.verdict == "driver").any()


# service levels: a verdict in words, and what it may mean
POINT = ("kink", "loss that ends", "step", "leap", "zone of tolerance", "cliff", "two bends")
STORIES = dict.fromkeys(POINT, "point") | {"even change": "even", "no effect": "none"}


def _of_service(frame: pd.DataFrame, values: Mapping) -> pd.DataFrame:
    return frame[frame.service == values["service"]] if "service" in frame else frame


def _same_story(values, result, page) -> bool:
    """Every way of counting was examined and gives the same verdict."""
    verdicts = list(_of_service(table(result, "outcomes"), values).verdict)
    stories = {STORIES.get(verdict, verdict) for verdict in verdicts}
    return len(verdicts) > 1 and len(stories) == 1


def _all_counted(values, result, page) -> bool:
    """Mean, share of satisfied and extremes, which the sentence names, were all computed."""
    return len(_of_service(table(result, "outcomes"), values)) == 3


def _effect_stays(values, result, page) -> bool:
    """With controls the effect is not another than without."""
    verdicts = list(_of_service(table(result, "controls"), values).verdict)
    return len({STORIES.get(verdict, verdict) for verdict in verdicts}) == 1


def _evenly(values, result, page) -> bool:
    """The level moves the outcome evenly: its verdict is an even change."""
    verdicts = _of_service(table(page["tipping_points"], "verdicts"), values)
    return set(verdicts.verdict) <= {"even change"}


def _fades(values, result, page) -> bool:
    """The halves do not clearly go opposite ways, and the one that is nearer to bad service has the weaker slope."""
    return _one_way(values) and abs(values["late"]) < abs(values["early"])


def _grows(values, result, page) -> bool:
    return _one_way(values) and abs(values["late"]) > abs(values["early"])


def _one_way(values) -> bool:
    """Whether the slopes of the halves have one sign, or the one of the other sign is small beside it."""
    slopes = sorted((abs(values["early"]), abs(values["late"])))
    return values["early"] * values["late"] >= 0 or slopes[0] <= 0.25 * slopes[1]


def _holds_zero(values, result, page) -> bool:
    return values["low"] <= 0 <= values["high"]


def _without_zero(values, result, page) -> bool:
    return values["low"] * values["high"] > 0


def _loss_before(values, result, page) -> bool:
    """Service loses customers before the point, and more than after it."""
    return abs(values["before"]) > abs(values["after"])


def _reads(better: bool) -> Rule:
    """The change that the sentence names is for the better, or for the worse, on the outcome's own scale."""

    def holds(values, result, page) -> bool:
        level = next(each for each in result["settings"]["levels"].values() if each["label"] == values["service"])
        good = 1 if level["best"] == "high" else -1
        return (values["step"] * good > 0) == better

    return holds


def _groups_apart(values, result, page) -> bool:
    """Two groups at least have a point that could differ."""
    groups = _of_service(table(result, "groups"), values)
    return groups.point.notna().sum() >= 2


# self-assessment


def _below(values, result, page) -> bool:
    frame = table(result, "priorities")
    sure = (frame.sure == "yes").sum() if len(frame) else 0
    return values["low"] == len(frame) and values.get("sure", 0) == sure


def _target_counts(values, result, page) -> bool:
    verdicts = table(result, "targets").verdict
    words = {"reached": "reached", "missed": "not reached", "unclear": "cannot tell"}
    return all(values[slot] == (verdicts == word).sum() for slot, word in words.items())


def _agreed(values, result, page) -> bool:
    """Whoever agrees is not clearly apart by role."""
    frame = table(result, "criteria")
    agreed = set(frame.criterion[frame.verdict == "agree"])
    apart = set(table(page["role_gap"], "clear").get("criterion", ())) if "role_gap" in page else set()
    return not agreed & apart


def _agree_counts(values, result, page) -> bool:
    verdicts = table(result, "criteria").verdict
    words = {"agree": "agree", "disagree": "disagree", "unclear": "cannot tell"}
    return all(values[slot] == (verdicts == word).sum() for slot, word in words.items())


def _seldom_unknown(_, result, page) -> bool:
    frame = table(result, "unknown")
    return not len(frame) or not (frame.share >= result["settings"]["limit"]).any()


def _no_unknown(_, result, page) -> bool:
    frame = table(result, "unknown")
    return not len(frame) or not (frame.dont_know > 0).any()


def _limit(side: str) -> Rule:
    """No criterion lies on that side of the limit with its whole interval."""

    def holds(values, result, page) -> bool:
        frame = table(result, "criteria")
        low, high = frame.low.astype(float), frame.high.astype(float)
        return not ((low >= values["limit"]) if side == "above" else (high < values["limit"])).any()

    return holds


# money


def _chosen(word: str) -> Rule:
    def holds(values, result, page) -> bool:
        frame = table(result, "initiatives")
        return set(values["names"]) == set(frame.initiative[frame.chosen == word])

    return holds


def _stands(_, result, page) -> bool:
    frame = table(result, "inputs")
    turns = frame.turns_at.astype(float)
    return not ((turns >= frame.level_low.astype(float)) & (turns <= frame.level_high.astype(float))).any()


def _sign(slot: str, sign: int) -> Rule:
    return lambda values, result, page: values[slot] * sign > 0


def _largest_part(values, result, page) -> bool:
    frame = table(result, "parts")
    benefits = frame[~frame.part.isin(["Net present value", "Cost", "Costs"])]
    return values["part"] == benefits.part[benefits.expected.astype(float).idxmax()]


class Promise(NamedTuple):
    """What a summary sentence promises of the tables that it sums up."""

    page: str
    keys: tuple[str, ...]
    says: str
    holds: Rule


def _promises() -> Iterator[Promise]:
    def of(page: str, keys: str, says: str, holds: Rule) -> Promise:
        return Promise(page, tuple(keys.split()), says, holds)

    yield of("status", "areas.apart", "the best area is the highest of the table, the worst the lowest",
             _both(_extreme("areas", "block", "index", "best", most=True), _extreme("areas", "block", "index", "worst", most=False)))
    yield of("status", "change.rose change.rose_worse", "the table's change is a rise", _figure_moved(1))
    yield of("status", "change.fell change.fell_better", "the table's change is a fall", _figure_moved(-1))
    yield of("status", "target.reached target.missed", "the target lies outside the interval", _target(False))
    yield of("status", "target.unclear", "the target lies within the interval", _target(True))
    yield of("status", "segments.alike", "groups were compared, and none of them differs",
             _both(_none("segments", "verdict", "above the others", "below the others"), _compared))
    yield of("status", "segments.hidden", "as many groups are hidden as the table hides", _count("hidden", "segments", "verdict", "not shown"))
    yield of("status", "segments.hidden periods.hidden", "no figure is one of fewer people", _nobody_smaller)

    yield of("drivers", "answers.complete", "every row is used and no question lacks an answer", _nothing_missing)
    yield of("drivers", "importance.first", "it is ranked first, and adds to the others", _ranked_first)
    yield of("drivers", "importance.tied", "the tied areas head the ranking", _tied)
    yield of("drivers", "importance.no_more", "these are the areas without an effect of their own", _silent)
    yield of("drivers", "importance.all_add", "every area is a driver in the table", _none("ranking", "verdict", "no effect shown"))
    yield of("drivers", "importance.nothing", "no area is a driver in the table", _explained_little)
    yield of("drivers", "quality.same effect.shared importance.same", "an area is never merged with the outcome", _of_areas)
    yield of("drivers", "quality.good", "no area is weak and no pair the same",
             _both(_none("areas", "verdict", "hang together weakly"), _none("pairs", "verdict", "cannot be told apart")))
    yield of("drivers", "effect.none effect.nothing", "neither directly nor through others is there an effect", _no_total)
    yield of("drivers", "act.most", "of the areas with a gain for sure it heads the priorities", _most_to_give)
    yield of("drivers", "act.low", "the table says: act here", _placed("act here"))
    yield of("drivers", "act.keep", "the table says: keep it up", _placed("keep the level"))
    yield of("drivers", "act.nothing", "no area has an effect for sure", _no_area)
    yield of("drivers", "groups.alike", "no row differs, and a difference could have been found",
             _both(_none("groups", "verdict", "more than for the others", "less than for the others"), _tests_can_find))
    yield of("drivers", "lift.nothing", "no area moves either share for sure", _no_lift)
    yield of("drivers", "lift.same", "every row says: both alike", _lifts_alike)
    yield of("drivers", "kind.straight", "no area is one-sided or bent", _alike_slopes)

    yield of("tipping_points", "outcomes.agree", "every way of counting gives the same verdict", _same_story)
    yield of("tipping_points", "outcomes.agree", "all the ways of counting that it names were computed", _all_counted)
    yield of("tipping_points", "controls.still_none controls.same", "the effect is the same with and without controls", _effect_stays)
    yield of("tipping_points", "whatif.none", "the verdict is an even change", _evenly)
    yield of("tipping_points", "tipping_point.diminishing", "the effect keeps its sign and is weaker in the upper half", _fades)
    yield of("tipping_points", "tipping_point.growing", "the effect keeps its sign and is stronger in the upper half", _grows)
    yield of("tipping_points", "tipping_point.none", "the interval holds zero", _holds_zero)
    yield of("tipping_points", "tipping_point.straight", "the interval leaves zero out", _without_zero)
    yield of("tipping_points", "tipping_point.eases", "more is lost before the point than after it", _loss_before)
    yield of("tipping_points", "tipping_point.leap", "the change that it names is for the better", _reads(True))
    yield of("tipping_points", "tipping_point.step", "the change that it names is for the worse", _reads(False))
    yield of("tipping_points", "groups.differ", "two groups at least have a point", _groups_apart)

    yield of("maturity", "low.some low.unsure low.none", "the counts are those of the table", _below)
    yield of("maturity", "steps.apart", "the strongest step is the highest of the table, the weakest the lowest",
             _both(_extreme("steps", "stage", "score100", "best", most=True), _extreme("steps", "stage", "score100", "worst", most=False)))
    yield of("maturity", "target.counts", "the counts are those of the table", _target_counts)
    yield of("maturity", "target.widest", "no criterion is further from its target", _extreme("targets", "criterion", "shortfall", "criterion", most=False))
    yield of("maturity", "agreement.counts", "the counts are those of the table", _agree_counts)
    yield of("maturity", "agreement.all", "every criterion is agreed on", _none("criteria", "verdict", "disagree", "cannot tell"))
    yield of("maturity", "agreement.counts agreement.all", "no criterion is agreed on that two roles see clearly apart", _agreed)
    yield of("maturity", "unknown.few unknown.none", "no criterion is unknown to a third", _seldom_unknown)
    yield of("maturity", "unknown.none", "nobody said don't know", _no_unknown)
    yield of("maturity", "criteria.no_strength", "no criterion lies above the limit for sure", _limit("above"))
    yield of("maturity", "criteria.no_weakness", "no criterion lies below the limit for sure", _limit("below"))
    yield of("maturity", "groups.hidden", "no figure is one of fewer people", _nobody_smaller)
    yield of("maturity", "change.none", "no criterion has moved", _none("change", "verdict", "has risen", "has fallen"))
    yield of("maturity", "change.none change.others", "the count is that of the table", _count("criteria", "change", "verdict", "no clear change"))
    yield of("maturity", "gap.others", "the count is that of the table", _count("criteria", "gaps", "verdict", "no clear difference"))

    yield of("business_case", "choice.chosen", "these are the chosen ones of the table", _chosen("Yes"))
    yield of("business_case", "choice.left_out", "these are the others of the table", _chosen("No"))
    yield of("business_case", "decision.stands", "no input turns the decision within its range", _stands)
    yield of("business_case", "point.worth board.pays board.all lifted.worth", "the range is above zero", _sign("p10", 1))
    yield of("business_case", "point.unclear board.open board.all_open lifted.unclear", "the range reaches zero", lambda v, r, p: v["p10"] <= 0)
    yield of("business_case", "board.all_loses", "a loss is named without a sign", _sign("least", 1))
    yield of("business_case", "parts.largest", "no part of the table brings more", _largest_part)
    yield of("business_case", "employees.follows employees.inside", "the interval is above zero", _sign("low", 1))
    yield of("business_case", "employees.against", "the interval is below zero", _sign("high", -1))
    yield of("business_case", "employees.unclear employees.inside_unclear", "the interval holds zero", _holds_zero)


PROMISES = tuple(_promises())


def broken_promises(page: str, results: Sequence[Mapping]) -> Iterator[tuple[Mapping, Mapping, str]]:
    """(result, finding, what does not hold) of the summaries of one page."""
    named = {result["name"]: result for result in results}
    for result in results:
        for finding in result["findings"]:
            for promise in PROMISES:
                if promise.page == page and finding["key"] in promise.keys and not promise.holds(finding["values"], result, named):
                    yield result, finding, promise.says


# ---------------------------------------------------------------- two sentences of one report that exclude each other

FRONT = "front"  # the next steps, as a page of their own


class Clash(NamedTuple):
    """Two sentences of which one report may say one, of the same subject: "page:key", and the slot that names it."""

    why: str
    one: tuple[str, ...]
    other: tuple[str, ...]
    about: str = ""


def _keys(page: str, keys: str) -> tuple[str, ...]:
    return tuple(f"{page}:{key}" for key in keys.split())


ADVISED = _keys("drivers", "act.most act.low") + _keys(FRONT, "step.lift step.lift_low step.lift_more")
EFFECTIVE = _keys("drivers", "effect.point act.most act.low act.keep")
WITH_POINT = tuple(f"tipping_points:tipping_point.{end}" for end in ("kink", "eases", "step", "leap", "zone", "cliff", "two"))
LIMIT = _keys(FRONT, "step.limit step.try_limit")
CLASHES = (
    Clash("an area is to be lifted, or to be kept where it is", ADVISED, _keys("drivers", "act.keep"), "block"),
    Clash("nobody lifts an area of which more is not always better", ADVISED, _keys("drivers", "shape.non_monotone"), "block"),
    Clash("nobody lifts an area of which more satisfies less", ADVISED, _keys("drivers", "effect.negative importance.suppressed"), "block"),
    Clash("an area has an effect, or none can be shown", EFFECTIVE, _keys("drivers", "importance.no_more effect.none"), "block"),
    Clash("an area matters most, or has no effect", _keys("drivers", "importance.first importance.one_area importance.tied"),
          _keys("drivers", "effect.none effect.nothing importance.no_more"), "block"),
    Clash("every area adds something, or some have no effect", _keys("drivers", "importance.all_add"), _keys("drivers", "effect.none effect.nothing importance.nothing")),
    Clash("no driver stands out, or one has most to give", _keys("drivers", "importance.nothing"), _keys("drivers", "act.most act.low act.keep effect.point")),
    Clash("an area that turns when others are held equal is no cause", _keys("drivers", "importance.suppressed"), _keys("drivers", "effect.negative effect.point act.most act.low act.keep"), "block"),
    Clash("areas that cannot be told apart have no order among them", _keys("drivers", "quality.same"), _keys("drivers", "importance.first act.most"), "block"),
    Clash("the effect of no area is one-sided, or it fades or grows", _keys("drivers", "kind.straight"), _keys("drivers", "shape.levels_off shape.accelerates shape.non_monotone shape.other")),
    Clash("the first points are worth most, or the last", _keys("drivers", "kind.delighter"), _keys("drivers", "shape.levels_off"), "block"),
    Clash("the last points are worth most, or the first", _keys("drivers", "kind.must_be"), _keys("drivers", "shape.accelerates"), "block"),
    Clash("an area does most, or no area does", _keys("drivers", "lift.nothing"), _keys("drivers", "lift.explained")),
    Clash("an area is kept, or it falls short of what was expected", _keys("drivers", "act.keep"), _keys(FRONT, "step.gap"), "block"),
    Clash("there is a point, or the level moves the answer evenly", WITH_POINT, _keys("tipping_points", "whatif.none"), "service"),
    Clash("the point vanished with cases held constant, so nobody keeps a limit", LIMIT, _keys("tipping_points", "controls.vanished controls.moved heaps.gone"), "service"),
    Clash("a level without effect has no course", _keys("tipping_points", "tipping_point.none"), _keys("tipping_points", "whatif.gain whatif.gain_below"), "service"),
    Clash("made together, so no limit to keep", _keys("tipping_points", "tipping_point.leakage"), LIMIT, "service"),
    Clash("no initiative is worth its cost, or some are", _keys("business_case", "board.none"), _keys("business_case", "choice.chosen board.pays board.open") + _keys(FRONT, "step.start step.try")),
    Clash("an initiative is started, or dropped", _keys(FRONT, "step.start step.settle step.try"), _keys(FRONT, "step.stop"), "name"),
    Clash("a point is worth something, or cannot be priced", _keys("business_case", "point.worth"), _keys("business_case", "absent.worth")),
    Clash("no link over the years, or one that goes before the other", _keys("business_case", "employees.inside_unclear employees.neither"),
          _keys("business_case", "employees.forward employees.backward employees.both")),
    Clash("no figure is unbelievable, or one is", _keys("business_case", "limit.none"), _keys("business_case", "limit.causal limit.retention limit.payback limit.benefit limit.revenue leakage turned")),
    Clash("a strength, or a weakness", _keys("maturity", "criteria.strength criteria.strength_alike"), _keys("maturity", "criteria.weakness criteria.weakness_alike"), "criterion"),
    Clash("people agree on all, or two roles see it apart", _keys("maturity", "agreement.all"), _keys("maturity", "gap.higher gap.lower agreement.split")),
    Clash("what the client is to do is asked of a group that stands above the others", _keys(FRONT, "step.group"), _keys("status", "segment.above"), "group"),
    Clash("nothing differs, or a group does", _keys("status", "segments.alike"), _keys("status", "segment.above segment.below"), "figure"),
)  # fmt: skip

NAMES_OF = {"block": ("block", "blocks", "first", "second"), "name": ("name", "names")}  # slots that name one subject


class Told(NamedTuple):
    """A sentence of a report: the page and the key of its finding, and what fills it."""

    key: str
    values: Mapping
    sentence: str


def clashes(told: Sequence[Told]) -> Iterator[tuple[Clash, Told, Told]]:
    """Pairs of sentences of one report that exclude each other."""
    for clash in CLASHES:
        for one in (each for each in told if each.key in clash.one):
            for other in (each for each in told if each.key in clash.other):
                if not clash.about or _subjects(one, clash.about) & _subjects(other, clash.about):
                    yield clash, one, other


def _subjects(told: Told, about: str) -> set[str]:
    found: set[str] = set()
    for slot in NAMES_OF.get(about, (about,)):
        value = told.values.get(slot)
        value = f"{value} ({told.values.get('segment')})" if slot == "group" else value
        found |= set(value) if isinstance(value, (list, tuple)) else {value} if isinstance(value, str) else set()
    return found
