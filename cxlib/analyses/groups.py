"""The order in which groups of customers are shown: the one that is declared, that of their numbers, or by size.

Never that of the alphabet, in which "10+ years" comes before "5-9 years" and "under 1 year" last.
"""

import re

import pandas as pd

_NUMBER = re.compile(r"\d{1,3}(?:[., \u00a0]\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
_BELOW = re.compile(r"<|≤|\b(under|below|less|fewer|up to|until|younger|at most|mindre|færre|op til|yngre|højst|färre|upp till|högst)\b", re.I)
_ABOVE = re.compile(r"\+|>|≥|\b(over|above|more|older|at least|mere|flere|ældre|mindst|över|mer|fler|äldre|minst)\b", re.I)
_OF_A_YEAR = {  # a time in another unit, as a part of a year
    re.compile(r"\b(days?|dage?|dagar)\b", re.I): 1 / 365,
    re.compile(r"\b(weeks?|uger?|veck(a|or))\b", re.I): 7 / 365,
    re.compile(r"\b(months?|måned(er)?|mdr|månad(er)?|mån)\b", re.I): 1 / 12,
}


def in_their_order(groups: pd.Series) -> list:
    """The groups that there are, in the order in which a reader looks for them.

    groups   the group of each row; missing where it has none
    returns  as an ordered category has them; by their numbers where at most one has none ("under 1 year", "1-4", "5-9",
             "10+", "unknown"); else the largest first. The order of the rows plays no part

    >>> in_their_order(pd.Series(["10+", "1-4", "under 1", "5-9"]))
    ['under 1', '1-4', '5-9', '10+']
    """
    counts = groups.value_counts()
    present = [group for group in counts.index if counts[group]]
    if isinstance(groups.dtype, pd.CategoricalDtype) and groups.cat.ordered:
        return [group for group in groups.cat.categories if group in present]
    numbered = {group: place for group in present if (place := _place(str(group))) is not None}
    if len(numbered) > 1 and len(present) - len(numbered) <= 1:
        return sorted(present, key=lambda group: (*numbered.get(group, (float("inf"), 0)), str(group)))
    return sorted(present, key=lambda group: (-counts[group], str(group)))


def _place(label: str) -> tuple[float, int] | None:
    """The first number of a label, and whether it means what is below (-1) or above it (1); None without a number."""
    numbers = [_number(found) for found in _NUMBER.findall(label)]
    if not numbers:
        return None
    factor = next((part for unit, part in _OF_A_YEAR.items() if unit.search(label)), 1)
    side = 0 if len(numbers) > 1 else -1 if _BELOW.search(label) else int(bool(_ABOVE.search(label)))
    return numbers[0] * factor, side


def _number(written: str) -> float:
    thousands = re.fullmatch(r"\d{1,3}([., \u00a0]\d{3})+", written)
    return float(re.sub(r"\D", "", written) if thousands else written.replace(",", "."))
