"""Every closed question by every group of every segment, for the analyst: n, shares, mean and index, with marks."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from cxlib.analyses.design import EVERYBODY, Block, Design, Index, Questionnaire, Scale
from cxlib.analyses.result import Base, Result, Says, Sentences, Term
from cxlib.analyses.rows import base_of, in_basis, needed, weights_of, within
from cxlib.analyses.status.experience import answer_bands
from cxlib.analyses.status.segments import SAYS as SEGMENTS
from cxlib.analyses.status.segments import divided
from cxlib.stats.survey.comparison import holm
from cxlib.stats.survey.crosstab import crosstab
from cxlib.stats.survey.disclosure import dominated, hidden_segments

ALARM = 0.05  # share of surveys without differences in which a mark is made all the same, over the whole table
MARKS = {-1: "-", 0: ".", 1: "+"}
MOST_ANSWERS = 7  # shares of a question; longer scales are shown in bands

SAYS = Sentences(
    {
        "banner.clear": Says("neutral", "Shares and means of groups that differ from those of all other customers by more than chance can explain: {clear:count} of the {tests:count} compared.", about="method"),
        "banner.none": Says("neutral", "No share or mean of a group differs from that of all other customers by more than chance can explain (compared: {tests:count}).", about="method"),
    }
)  # fmt: skip

METHOD = Term("Every share and mean is compared with that of all other customers by an exact test, with Holm's correction over the whole table: where nothing differs, even one mark comes in at most one survey of twenty. Groups are hidden by linear programming, so that none under the limit can be worked out; one that is hidden among all answers is hidden for every question. Holm 1979; Kelly, Golden and Assad 1992.")


class ClosedQuestion(NamedTuple):
    """A closed question: the part of the survey (ours) or area (the client's) it belongs to, and how it is read."""

    column: str
    question: str
    scale: Scale
    part: str = ""
    block: str = ""
    top: int = 0
    nps: bool = False


def banner(responses: pd.DataFrame, asked: Questionnaire, segments: Mapping[str, str], design: Design = EVERYBODY) -> Result:
    """All closed questions by all groups of all segments, as a book of tables.

    responses  one row per respondent;  segments {column: heading}
    asked      the questions; one that stands in two parts is shown in the first. What was expected is not among them
    design     weight and minimum (smallest group shown) count; its basis: the periods that count, of those who answered the question
    returns    tables "groups": segment, group, hidden (hidden for all questions), the row of all first, without either; "questions":
               question, part or block, low and high (ends of the scale), answer_1 to answer_7 (names of answers or bands,
               lowest first); "figures", a row for each of both, in their order: question (its number), segment, group, n, effective, share_1 to
               share_7, top (share of the best answers that count as satisfied), nps, mean, index, marks: a sign for each
               share and one for the mean, "+" above all other customers, "-" below, "." neither. A hidden group keeps its
               row without any number. No table where every group is hidden
    errors     CannotAnswer for a column that is not there, ValueError for answers below the scale
    source     Holm 1979; Kelly, Golden and Assad 1992 (hiding)

    >>> page.show(status.banner(responses, survey.asked, survey.segments, design))
    Shares and means of groups that differ from those of all other customers by more than chance can explain:...
    """
    questions = list(closed_questions(asked))
    if not questions or not segments:
        return Result.missing("banner", SEGMENTS.finding("absent.segments"), read=len(responses))
    needed(responses, [*(each.column for each in questions), design.weight, design.period, *segments])
    any_answer = responses[[each.column for each in questions]].notna().any(axis=1).to_numpy()
    base, rows = _based(responses, any_answer, design)
    settings = {"minimum": design.minimum, "weight": design.weight}
    groups = divided(rows[list(segments)], weights_of(rows, design.weight), design.minimum)
    if groups.hidden.all():
        return Result("banner", {}, (SEGMENTS.finding("segments.too_few", figure=Term("Every question by every group")),), base, settings)
    codes = np.column_stack([_codes(responses[name], of) for name, of in groups.groupby("division", sort=False)])
    found = [_figures(each, responses, codes, groups, design) for each in questions]
    p = np.stack([each.p for each in found])
    clear = _clear(p, np.stack([each.mirrored for each in found]))
    settings |= {"tests": int(np.isfinite(p).sum()), "clear": int(clear.sum())}
    told = {"tests": settings["tests"], **({"clear": settings["clear"]} if settings["clear"] else {})}
    finding = SAYS.finding("banner.clear" if settings["clear"] else "banner.none", **told)
    columns = pd.DataFrame({"segment": ["", *groups.division.map(segments)], "group": ["", *groups.group.map(str)], "hidden": [False, *groups.hidden]})
    tables = {"groups": columns, "questions": pd.DataFrame(map(_described, questions)), "figures": _table(found, columns, clear)}
    return Result("banner", tables, (finding,), base, settings, METHOD)


def closed_questions(asked: Questionnaire) -> Iterator[ClosedQuestion]:
    """Each question once, in the order of the survey's parts."""
    parts: list[ClosedQuestion] = []
    if asked.recommend:
        parts.append(ClosedQuestion(asked.recommend.score, asked.recommend.score, asked.recommend.scale, part=Term("Recommendation"), nps=True))
    if asked.rating:
        parts.append(ClosedQuestion(asked.rating.score, asked.rating.score, asked.rating.scale, part=Term("Overall satisfaction"), top=asked.rating.top))
    if asked.effort:
        parts.append(ClosedQuestion(asked.effort.score, asked.effort.score, asked.effort.scale, part=Term("How easy it is to be a customer (CES)")))
    indices: list[tuple[str, Index | None]] = [(Term("Satisfaction index"), asked.satisfaction), (Term("Loyalty index"), asked.loyalty)]
    parts += [ClosedQuestion(column, text, index.scale_of(column), part=name) for name, index in indices if index for column, text in index.items.items()]
    blocks: list[Block] = list(asked.blocks.values())
    parts += [ClosedQuestion(column, text, block.scale_of(column), block=block.label) for block in blocks for column, text in block.items.items()]
    first: dict[str, ClosedQuestion] = {}
    for each in parts:
        first.setdefault(each.column, each)
    yield from first.values()


def _based(responses: pd.DataFrame, counted: np.ndarray, design: Design) -> tuple[Base, pd.DataFrame]:
    weights = weights_of(responses, design.weight)
    base = base_of(np.where(counted, 0.0, np.nan), weights, None, weighted=bool(design.weight))
    rows = responses[counted]
    kept = in_basis(rows, design)
    return within(base, rows, kept, design), rows[kept]


def _bands(asked: ClosedQuestion) -> tuple[np.ndarray, list[str]]:
    if asked.nps:
        return np.array([asked.scale[0], 7, 9]), [f"{asked.scale[0]:.0f}–6", "7–8", "9–10"]
    return answer_bands(asked.scale)


def _described(asked: ClosedQuestion) -> dict[str, object]:
    names = _bands(asked)[1]
    answers = {f"answer_{place}": names[place - 1] if place <= len(names) else None for place in range(1, MOST_ANSWERS + 1)}
    return {"question": asked.question, "part": str(asked.part), "block": asked.block, "low": asked.scale[0], "high": asked.scale[1], **answers}


class QuestionFigures(NamedTuple):
    """Of one question: all customers, then every group (groups + 1,); shares and p (the mean's last) have a column an answer."""

    asked: ClosedQuestion
    n: np.ndarray
    effective: np.ndarray
    shares: np.ndarray
    means: np.ndarray
    p: np.ndarray
    mirrored: np.ndarray  # the second of two groups that are each other's rest: one test


def _codes(division: pd.Series, groups: pd.DataFrame) -> np.ndarray:
    """(rows,) the place of each row's group among those of its division; -1 for none."""
    return pd.Categorical(division.astype(object), list(groups.group)).codes.astype(int)


def _figures(asked: ClosedQuestion, responses: pd.DataFrame, codes: np.ndarray, groups: pd.DataFrame, design: Design) -> QuestionFigures:
    """The figures of one question; what may not be shown is NaN, and not tested. codes: (rows, divisions) of `_codes`."""
    responses = responses[list(dict.fromkeys(filter(None, (asked.column, design.period, design.weight))))]
    kept = np.flatnonzero(responses[asked.column].notna())
    kept = kept[in_basis(responses.iloc[kept], design)]
    rows, codes, sizes = responses.iloc[kept], codes[kept], list(groups.groupby("division", sort=False).size())
    values, weights, starts = rows[asked.column].to_numpy(float), weights_of(rows, design.weight), _bands(asked)[0]
    counted = [crosstab(values, np.zeros(len(rows), int), weights, starts=starts, count=1)]
    counted += [crosstab(values, code, weights, starts=starts, count=size) for code, size in zip(codes.T, sizes, strict=True)]
    hidden = np.append(len(rows) < design.minimum, groups.hidden.to_numpy(bool) | _hidden_here(codes, sizes, weights, design.minimum))
    hidden |= np.concatenate([each.n for each in counted]) == 0
    n, effective, means, p_means = (np.where(hidden, np.nan, np.concatenate([getattr(each, name) for each in counted])) for name in ("n", "n_eff", "means", "p_means"))
    shares, p_shares = (np.where(hidden[:, None], np.nan, np.vstack([getattr(each, name) for each in counted])) for name in ("shares", "p_shares"))
    lacking = ((0, 0), (0, MOST_ANSWERS - shares.shape[1]))
    shares, p_shares = (np.pad(each, lacking, constant_values=np.nan) for each in (shares, p_shares))
    second = [False] + [place == 1 and size == 2 and bool((code >= 0).all()) for code, size in zip(codes.T, sizes, strict=True) for place in range(size)]
    mirrored = np.array(second) & ~np.append(True, hidden[:-1])  # the first is shown, too
    p = np.where(mirrored[:, None], np.nan, np.column_stack([p_shares, p_means]))
    return QuestionFigures(asked, n, effective, shares, means, p, mirrored)


def _hidden_here(codes: np.ndarray, sizes: list[int], weights: np.ndarray, minimum: int) -> np.ndarray:
    """(groups,) which may not be shown of one question; asked of the linear program only where a group is small or unequal."""
    if len(codes) < minimum:
        return np.ones(sum(sizes), bool)
    counts = [np.bincount(code + 1, minlength=size + 1) for code, size in zip(codes.T, sizes, strict=True)]
    small = any(((count > 0) & (count < minimum)).any() for count in counts)
    unequal = weights.max() >= 4 * (minimum - 1) * weights.min()  # else nobody carries 80 % of a group that is large enough
    if not small and not unequal:
        return np.zeros(sum(sizes), bool)
    divisions = pd.DataFrame(codes).astype(float).where(codes >= 0)
    large = [(place, group) for place, count in enumerate(counts) for group in np.flatnonzero(count[1:] >= minimum)]
    heavy = {(place, group) for place in divisions for group in (dominated(weights, divisions[place]) if unequal else ())}
    found = hidden_segments(divisions, threshold=minimum, sensitive=[pair for pair in large if pair in heavy]).dropna(subset="group")
    places = np.concatenate([[0], np.cumsum(sizes)])
    hidden = np.zeros(sum(sizes), bool)
    hidden[[places[int(division)] + int(group) for division, group in zip(found.division, found.group, strict=True)]] = found.hidden
    return hidden


def _clear(p: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
    """Which tests are clear after Holm's correction for all that were made; of two groups that are one test, both."""
    made = np.isfinite(p)
    clear = np.zeros(p.shape, bool)
    clear[made] = holm(p[made]) < ALARM
    return clear | (mirrored[:, :, None] & np.roll(clear, 1, axis=1))


def _table(found: list[QuestionFigures], columns: pd.DataFrame, clear: np.ndarray) -> pd.DataFrame:
    """A row for each question and group, all customers first, with a sign for each figure that is clear."""
    shares, means = np.stack([each.shares for each in found]), np.stack([each.means for each in found])
    ends = np.array([each.asked.scale for each in found], float)
    kinds = [(len(_bands(each.asked)[1]), each.asked.top) for each in found]
    top = [share[:, answers - best : answers].sum(axis=1) if best else mean * np.nan for (answers, best), share, mean in zip(kinds, shares, means, strict=True)]
    nps = [100 * (each.shares[:, 2] - each.shares[:, 0]) if each.asked.nps else each.means * np.nan for each in found]
    every = np.concatenate([shares, means[:, :, None]], axis=2)
    signs = np.where(clear, np.sign(np.nan_to_num(every - every[:, :1])), 0).astype(int)
    letters = np.array([MARKS[-1], MARKS[0], MARKS[1]])[signs + 1]
    marks = ["".join(row[[*range(answers), MOST_ANSWERS]]) for (answers, _), rows in zip(kinds, letters, strict=True) for row in rows]
    numbers = {
        "n": np.concatenate([each.n for each in found]),
        "effective": np.concatenate([each.effective for each in found]),
        **{f"share_{place + 1}": shares[:, :, place].ravel() for place in range(MOST_ANSWERS)},
        "top": np.concatenate(top),
        "nps": np.concatenate(nps),
        "mean": means.ravel(),
        "index": (100 * (means - ends[:, :1]) / (ends[:, 1:] - ends[:, :1])).ravel(),
    }
    table = pd.DataFrame({"question": np.repeat(np.arange(1, len(found) + 1), len(columns)), "segment": np.tile(columns.segment, len(found)),
                          "group": np.tile(columns.group, len(found)), **numbers, "marks": marks})  # fmt: skip
    return table.astype({"n": "Int64"}).astype(object).where(table.notna(), None)
