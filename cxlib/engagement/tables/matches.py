"""How many ids of one table are found in another, and what keeps the others apart. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from cxlib.engagement.tables.cells import text
from cxlib.engagement.tables.shaping import distinct, loosely

FEW, TOO_FEW = 0.8, 0.5  # shares matched below which a join is doubtful, and wrong


@dataclass(frozen=True)
class Matches:
    """How the ids of one table are found among those of another.

    found, of : rows, or ids, that were found, and how many there are
    loose : how many are found once case, spaces, leading zeros and a .0 are left aside; counted where few are found
    """

    found: int
    of: int
    loose: int

    @property
    def share(self) -> float:
        """Share found; 1 where there is nothing to find."""
        return self.found / self.of if self.of else 1.0

    @property
    def spelled_otherwise(self) -> bool:
        """Whether ids that were not found are there in another spelling."""
        return self.loose > self.found and self.share < FEW


def keys(cells: pd.Series, *, loose: bool = False) -> pd.Series:
    """The ids as texts that can be compared; missing where blank."""
    if isinstance(cells.dtype, pd.StringDtype) and not loose:
        said = cells.str.strip()
        odd = ~said.fillna("").str.isascii().to_numpy(bool)
        if odd.any():
            said = said.where(~odd, pd.Series([text(cell) for cell in said[odd]], said.index[odd], dtype="str").reindex(said.index))
        return said.where(said != "", None)
    ids, stored = distinct(cells)
    read = [(loosely(said) if loose else said) or None for said in map(text, stored)]
    return pd.Series(pd.Series(read, dtype=object).to_numpy()[ids], index=cells.index, dtype=object)


def matches(ours: pd.Series, theirs: Iterable, *, loose: bool = False) -> Matches:
    """How many rows of `ours` that have an id find it in `theirs`."""
    theirs = pd.Series(list(theirs), dtype=object)
    found, of = _found(ours, theirs, loose=loose)
    again = not loose and found < FEW * of
    return Matches(found, of, _found(ours, theirs, loose=True)[0] if again else found)


def _found(ours: pd.Series, theirs: pd.Series, *, loose: bool) -> tuple[int, int]:
    ids = keys(ours, loose=loose).dropna()
    return int(ids.isin(set(keys(theirs, loose=loose).dropna())).sum()), len(ids)
