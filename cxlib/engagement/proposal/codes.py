"""Whether the end of an unusual scale is an answer or a code: whoever gives a true best answer rates other things well, too."""

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlib.engagement.proposal.scales import AskedScale

_DOUBTED = {(0, 5): (0,), (0, 6): (0, 6), (1, 6): (6,), (1, 11): (11,), (0, 11): (0, 11), (0, 4): (0,), (0, 7): (0,)}  # ends that may be codes
_LEAST = 20  # rows that gave the code, and rows of each answer beside it
_CODE, _ANSWER = 0.25, 0.05  # how far inside the other answers a code lies, and an answer at most
_APART = 0.25  # points that the others' means must span for this to tell anything


def without_codes(scales: dict[str, AskedScale], answers: pd.DataFrame) -> dict[str, AskedScale]:
    """The scales, ends taken away that are codes; certain where the answers tell that they are answers.

    answers : numbers on the scales, ends included
    """
    found = dict(scales)
    for ends, doubted in _DOUBTED.items():
        names = [name for name, scale in scales.items() if scale.ends == ends and scale.doubt and not scale.values]
        if len(names) < 2:
            continue
        core = answers[names].where(~answers[names].isin(doubted))
        places = {code: _place(answers[names], core, code) for code in doubted}
        for name in names:
            found[name] = _decided(scales[name], places, answers[name])
    return found


def _place(answers: pd.DataFrame, core: pd.DataFrame, code: int) -> float:
    """Where those who gave the code stand in their other answers: 0 at the nearest end of the true answers, 1 at the far one."""
    low, high = core.min().min(), core.max().max()
    near, far = (high, low) if code > high else (low, high)
    total, count = core.sum(axis=1, min_count=1), core.notna().sum(axis=1)
    gaps, weights = [], []
    for name in answers:
        own = core[name]
        others = (total - own.fillna(0)) / (count - own.notna()).where(lambda n: n > 0)
        means = others.groupby(answers[name]).agg(["mean", "count"])
        if not {code, near, far} <= set(means.index):
            continue
        of = means.loc[[code, near, far]]
        if (of["count"] < _LEAST).any() or abs(of["mean"][near] - of["mean"][far]) < _APART:
            continue
        gaps.append((of["mean"][code] - of["mean"][near]) / (of["mean"][far] - of["mean"][near]))
        weights.append(of["count"][code])
    return float(np.average(gaps, weights=weights)) if gaps else float("nan")


def _decided(scale: AskedScale, places: dict[int, float], answers: pd.Series) -> AskedScale:
    codes = [code for code, place in places.items() if place > _CODE]
    unknown = [code for code, place in places.items() if not place > _CODE and not place <= _ANSWER and (answers == code).any()]
    core = answers.dropna()[~answers.dropna().isin(codes)]
    if not codes or core.empty:
        return replace(scale, doubt=scale.doubt if unknown else "")
    low = scale.low + (scale.low in codes)
    high = scale.high - (scale.high in codes)
    low = 1 if scale.low in codes or (low == 0 and not (core == 0).any()) else low
    said = " and ".join(f"{code:g} ({(answers == code).sum():,} rows)" for code in codes)
    words = f"{low:g}-{high:g}, {core.between(low, high).sum():,} answers; {said} taken for no answer: it does not go with the other answers as an end of the scale would"
    doubt = f"{unknown[0]:g} may be a code for no answer" if unknown and not low <= unknown[0] <= high else ""
    not_applicable = tuple(dict.fromkeys([*scale.not_applicable, *(f"{code:g}" for code in codes), *(f"{code:g}" for code in unknown if not low <= code <= high)]))
    return replace(scale, low=low, high=high, not_applicable=not_applicable, evidence=words, doubt=doubt)
