"""What customers experience, area by area: index, spread of answers, and experience held against expectation."""

from collections.abc import Iterable, Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from cxlib.analyses.design import EVERYBODY, Block, Design
from cxlib.analyses.measures import on_hundred
from cxlib.analyses.result import Base, Place, Result, Says, Sentences, Term
from cxlib.analyses.rows import base_of, in_basis, needed, weights_of, within
from cxlib.stats.survey.comparison import holm, paired_mean_difference
from cxlib.stats.survey.equivalence import parity
from cxlib.stats.survey.indices import mean, respondent_index
from cxlib.stats.survey.proportions import diverging_edges

SAYS = Sentences(
    {
        "areas.apart": Says(
            "neutral",
            "Customers rate {best} highest (index {best_index:index}) and {worst} lowest ({worst_index:index}).", shown_in=(Place("areas"),)),
        "areas.highest": Says("neutral", "Customers rate {best} highest (index {best_index:index}); which area they rate lowest cannot be determined.", shown_in=(Place("areas"),)),
        "areas.lowest": Says("neutral", "Customers rate {worst} lowest (index {worst_index:index}); which area they rate highest cannot be determined.", shown_in=(Place("areas"),)),
        "areas.pair": Says("neutral", "{best} is rated higher than {worst} (index {best_index:index} against {worst_index:index}); which areas are highest and lowest of all cannot be determined.", shown_in=(Place("areas"),)),
        "areas.alike": ("neutral", "The areas lie so close together that their order may be due to chance."),
        "areas.untested": ("unclear", "{best} has the highest index ({best_index:index}) and {worst} the lowest ({worst_index:index}); whether the order is due to chance cannot be determined from these answers."),
        "areas.one_alike": ("unclear", "{best} has an index of {best_index:index}; all answers are alike, so the margin of error is unknown."),
        "areas.one": ("neutral", "{best} has an index of {best_index:index} ({low:index} to {high:index})."),
        "areas.too_few": ("unclear", "No area has enough answers for a figure to be shown."),
        "absent.experience_areas": ("absent", "What customers experience: the survey does not ask about single areas."),
        "parity.better": Says("good", "{block}: the experience is {gap:gap_index} better than expected ({confidence:percent} interval {low:signed_ends_index} to {high:signed_ends_index}).", stake="gap"),
        "parity.on_par": ("good", "{block}: the experience matches what customers expected (difference {gap:signed_gap_index})."),
        "parity.worse": Says("bad", "{block}: the experience is {gap:gap_index} worse than expected ({confidence:percent} interval {low:signed_ends_index} to {high:signed_ends_index}).", stake="gap", advises="gap", doubts=("keep",)),
        "parity.cannot_tell": ("unclear", "{block}: whether the experience matches what customers expected cannot be determined from these answers."),
        "absent.expectation_gaps": ("absent", "Experience against expectation: customers were not asked what they expected."),
    }
)  # fmt: skip

AREAS = Term("Each respondent's answers are converted to a scale from 0 to 100 by the ends of the scale that was offered. The highest and the lowest area are named only when the same respondents rate them differently from every other area, with Holm's correction for all pairs.")
PARITY = Term("Two one-sided tests at the 5% level: “as expected” means that a gap that matters can be ruled out, not merely that none was found. Schuirmann 1987.")
VERDICTS = {
    "better": Term("better than expected"),
    "on_par": Term("as expected"),
    "worse": Term("worse than expected"),
    "cannot_tell": Term("cannot tell"),
}


def experience_areas(responses: pd.DataFrame, blocks: Mapping[str, Block], design: Design = EVERYBODY) -> Result:
    """Index 0-100 of every block of questions and of every question, by the theoretical scale.

    responses  one row per respondent;  blocks {id: Block}
    design     questions with fewer answers than its minimum are left out, and so are blocks without any question left;
               no table where none is. Its basis: the periods that count
    returns    table "areas": block, n, index, low, high; table "questions": block, question, n, index, low, high;
               best first; table "answers": block, question, answer, share, left, right (see answer_shares)
    errors     CannotAnswer for a column that is not there, ValueError for answers off the scale

    >>> page.show(status.experience_areas(responses, survey.blocks, design))
    Customers rate Produkt highest (index 70.4) and Sponsorater lowest (51.3).
    """
    if not blocks:
        return Result.missing("experience_areas", SAYS.finding("absent.experience_areas"), read=len(responses))
    weight, minimum = design.weight, design.minimum
    items = [item for block in blocks.values() for item in block.items]
    needed(responses, [*items, weight, design.period])
    base, responses = _rested(responses, responses[items].notna().any(axis=1).to_numpy(), design)
    weights = weights_of(responses, weight)
    areas, questions, answers = [], [], []
    values = [_index_of(responses, block, block.items) for block in blocks.values()]
    for block, each in zip(blocks.values(), values, strict=True):
        shown = [item for item in block.items if responses[item].notna().sum() >= minimum]
        if shown:
            areas.append({"block": block.label, "values": each, **_estimate(each, weights, design)})
        for item in shown:
            about = {"block": block.label, "question": block.items[item]}
            one = _index_of(responses, block, [item])
            questions.append(about | _estimate(one, weights, design))
            spread = answer_shares(responses[item].to_numpy(float), weights, block.scale_of(item))
            answers.append(pd.DataFrame(about, spread.index).join(spread))
    settings = {"weight": weight, "population": design.population, "minimum": minimum, "confidence": design.confidence}
    if not areas:
        return Result("experience_areas", {}, (SAYS.finding("areas.too_few"),), base, settings)
    areas = _ranked(areas)
    finding = _spread(areas, weights, design.confidence)
    tables = {"areas": areas.drop(columns="values"), "questions": _ranked(questions)}
    tables["answers"] = pd.concat(answers, ignore_index=True)
    return Result("experience_areas", tables, (finding,), base, settings, AREAS)


def answer_shares(values: np.ndarray, weights: np.ndarray, scale: tuple[float, float]) -> pd.DataFrame:
    """How the answers to one question spread: answer ("1", or bands such as "1–2" on scales of more than 7), share.

    values    (respondents,) whole answers on `scale`, NaN for none; at least one answer
    weights   (respondents,) survey weights
    returns   DataFrame, lowest answer first: answer, share 0-1, left, right: the edges of a bar that diverges from the
              middle of the scale, in shares from -1 to 1
    """
    starts, names = answer_bands(scale)
    kept = ~np.isnan(values)
    band = np.searchsorted(starts, values[kept], side="right") - 1
    shares = np.bincount(band, weights[kept], len(starts)) / weights[kept].sum()
    return diverging_edges(pd.Series(shares, names)).reset_index(names="answer")


def answer_bands(scale: tuple[float, float]) -> tuple[np.ndarray, list[str]]:
    """The answers of a scale: the lowest of each, and its name; bands such as "1–2" on scales of more than 7."""
    low, high = int(scale[0]), int(scale[1])
    options = high - low + 1
    step = 1 if options <= 7 else options // 5
    starts = (
        np.arange(low, high + 1)
        if step == 1
        else np.array([low, low + step, low + 2 * step, high - 2 * step + 1, high - step + 1])
    )
    ends = np.append(starts[1:] - 1, high)
    return starts, [str(a) if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True)]


def expectation_gaps(responses: pd.DataFrame, blocks: Mapping[str, Block], design: Design = EVERYBODY) -> Result:
    """Experience less expectation per block in index points, with an equivalence verdict (two one-sided tests).

    blocks     as for experience_areas; those without an expectation are left aside
    design     its minimum: respondents with both answers below which a block is not shown; 1 - confidence is the level
               of each one-sided test. Its basis: the periods that count
    returns    table "gaps": block, n, experience, expectation (index 0-100), gap, gap_low, gap_high (points, -100 to 100;
               90 % interval at level .05), margin, verdict: better, on_par, worse or cannot_tell. Blocks without an
               interval have a finding and no row
    errors     CannotAnswer for a column that is not there, ValueError for answers off the scale
    assumes    the same respondents answered both
    source     Schuirmann 1987; two one-sided tests

    >>> page.show(status.expectation_gaps(responses, survey.blocks, design))
    Kundeservice: the experience is 9.1 points worse than expected (90% interval...
    """
    asked = [block for block in blocks.values() if block.expectation]
    if not asked:
        return Result.missing("expectation_gaps", SAYS.finding("absent.expectation_gaps"), read=len(responses))
    weight, minimum, level = design.weight, design.minimum, 1 - design.confidence
    pairs = [pair for block in asked for pair in block.expectation.items()]
    needed(responses, [column for pair in pairs for column in pair] + [weight, design.period])
    base, responses = _rested(responses, _both(responses, asked), design)
    rows, findings = [], []
    weights = weights_of(responses, weight)
    for block in asked:
        experience = _index_of(responses, block, block.expectation)
        expectation = _index_of(responses, block, block.expectation.values(), of=block.expectation)
        both = ~np.isnan(experience - expectation)
        found = parity(experience, expectation, weights, margin=block.margin, level=level)
        if found.n < minimum or found.low is None:
            findings.append(SAYS.finding("parity.cannot_tell", block=block.label))
            continue
        rows.append({"block": block.label, "n": found.n, "experience": np.average(experience[both], weights=weights[both]),
                     "expectation": np.average(expectation[both], weights=weights[both]), "gap": found.estimate,
                     "gap_low": found.low, "gap_high": found.high, "margin": block.margin, "verdict": VERDICTS[found.verdict]})  # fmt: skip
        findings.append(_parity(block.label, found, confidence=1 - 2 * level))
    tables = {"gaps": pd.DataFrame(rows)} if rows else {}
    settings = {"level": level, "confidence": 1 - 2 * level, "weight": weight, "minimum": minimum}
    return Result("expectation_gaps", tables, tuple(findings), base, settings, PARITY)


def _index_of(responses: pd.DataFrame, block: Block, columns: Iterable[str], *, of: Iterable[str] = ()) -> np.ndarray:
    return respondent_index(on_hundred(responses, block, columns, of=of), scale=(0, 100))


def _estimate(values, weights, design: Design) -> dict:
    found = mean(values, weights, scale=(0, 100), population=design.population, confidence=design.confidence)
    return {"n": found.n, "index": found.estimate, "low": found.low, "high": found.high}


def _both(responses: pd.DataFrame, asked: list[Block]) -> np.ndarray:
    """(rows,) True where an experience and what was expected of it are known of at least one area."""
    known = [responses[list(block.expectation)].notna().any(axis=1) for block in asked]
    expected = [responses[list(block.expectation.values())].notna().any(axis=1) for block in asked]
    return (np.array(known) & np.array(expected)).any(axis=0)


def _rested(responses: pd.DataFrame, counted: np.ndarray, design: Design) -> tuple[Base, pd.DataFrame]:
    """What the figures rest on, and those rows: `counted` (rows,) True where at least one answer counts."""
    weights = weights_of(responses, design.weight)
    base = base_of(np.where(counted, 0.0, np.nan), weights, None, weighted=bool(design.weight))
    rows = responses[counted]
    kept = in_basis(rows, design)
    return within(base, rows, kept, design), rows[kept]


def _ranked(rows: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(rows).sort_values("index", ascending=False, kind="stable", ignore_index=True)


def _spread(areas: pd.DataFrame, weights: np.ndarray, confidence: float):
    """The areas that the same respondents rate apart from every other by more than chance among all pairs searched: the
    highest, the lowest, or else the two that lie most clearly apart."""
    best, worst = areas.iloc[0], areas.iloc[-1]
    if len(areas) == 1 and best.low is None:
        return SAYS.finding("areas.one_alike", best=best.block, best_index=best["index"])
    if len(areas) == 1:
        return SAYS.finding("areas.one", best=best.block, best_index=best["index"], low=best.low, high=best.high)
    ends = {"best": best.block, "best_index": best["index"], "worst": worst.block, "worst_index": worst["index"]}
    pairs, last = list(combinations(range(len(areas)), 2)), len(areas) - 1
    p = [paired_mean_difference(areas["values"][one], areas["values"][other], weights).p for one, other in pairs]
    if p[pairs.index((0, last))] is None:
        return SAYS.finding("areas.untested", **ends)
    adjusted = holm([1.0 if value is None else value for value in p])
    apart = [pair for pair, each in zip(pairs, adjusted, strict=True) if each < 1 - confidence]
    highest, lowest = (sum(place in pair for pair in apart) == last for place in (0, last))
    if highest or lowest:
        return SAYS.finding("areas.apart" if highest and lowest else "areas.highest" if highest else "areas.lowest", **ends)
    if not apart:
        return SAYS.finding("areas.untested", **ends) if None in p else SAYS.finding("areas.alike")
    best, worst = (areas.iloc[place] for place in pairs[adjusted.argmin()])
    return SAYS.finding("areas.pair", best=best.block, best_index=best["index"], worst=worst.block, worst_index=worst["index"])


def _parity(label: str, found, confidence: float):
    if found.verdict == "cannot_tell":
        return SAYS.finding("parity.cannot_tell", block=label)
    if found.verdict == "on_par":
        return SAYS.finding("parity.on_par", block=label, gap=found.estimate)
    ends = {"low": found.low, "high": found.high, "confidence": confidence}
    return SAYS.finding(f"parity.{found.verdict}", block=label, gap=abs(found.estimate), **ends)
