"""Texts of a million rows, reckoned with as codes of categories."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cxlib.engagement.contact_logs import throughout


def renamed(texts: pd.Series, names: Mapping[str, str | None] | pd.Series) -> pd.Series:
    """Each text of a category as it is called; missing where it is not among the names."""
    codes, called = pd.factorize(pd.Series(texts.cat.categories, dtype=object).map(names), sort=True)
    found = np.append(codes, -1)[texts.cat.codes]
    return pd.Series(pd.Categorical.from_codes(found, pd.Index(called, dtype="str")), texts.index)


def as_texts(texts: pd.Series) -> pd.Series:
    """A category as texts."""
    said = texts.cat.categories.astype("str").array
    return pd.Series(said.take(texts.cat.codes.to_numpy(np.int64), allow_fill=True), texts.index)


def codes_of(texts: pd.Series, *, last: bool = False) -> np.ndarray:
    """The place of each text in the alphabet; of a missing one -1, or the last."""
    codes = texts.cat.codes.to_numpy(np.int64)
    return np.where(codes < 0, len(texts.cat.categories), codes) if last else codes


def one_below_the_other(parts: list[pd.Series]) -> pd.Categorical:
    """Categories of several logs as one, in the alphabet's order; a log that lacks the column has none."""
    known = [part.cat if isinstance(part.dtype, pd.CategoricalDtype) else throughout(None, len(part)) for part in parts]
    sizes = np.cumsum([0, *(len(each.categories) for each in known)])
    texts = [each.categories.to_series() for each in known if len(each.categories)]
    codes, names = pd.factorize(pd.concat(texts, ignore_index=True) if texts else pd.Series(dtype="str"), sort=True)
    found = [np.append(codes[low:high], -1)[np.asarray(each.codes)] for each, low, high in zip(known, sizes, sizes[1:], strict=False)]
    return pd.Categorical.from_codes(np.concatenate(found) if found else [], pd.Index(names, dtype="str"))
