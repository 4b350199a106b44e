"""Does the break lie at the same place in every group?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxlib.stats.breaks import break_support as bs
from cxlib.stats.breaks import breakpoints as bp


@dataclass(frozen=True)
class SamePlace:
    """statistic: likelihood ratio of one place for all groups against one for each; p; place: the common one;
    places: each group's own; groups: their number."""

    statistic: float
    p: float
    place: float
    places: tuple[float, ...]
    groups: int
    draws: int


def same_place(
    supports: Sequence[bs.Support], shape: str = "kink", *, side_share: float = 0.05, side_rows: int = 30,
    values: int = 150, draws: int = 999, seed: int = 0,
) -> SamePlace:
    """Probability of places so far apart if the break were at the same place in all groups.

    supports  list of Support, one for each group: every group keeps its own line, size of break and variance
    shape     "kink" or "step"
    values    most places that are looked at
    returns   SamePlace
    errors    ValueError: under 2 groups, or no place that leaves enough rows in every group
    assumes   independent rows or clusters; wild bootstrap under the common place
    """
    if len(supports) < 2:
        raise ValueError(f"supports holds {len(supports)} group, needs at least 2 to compare.")
    places = _common_places(supports, shape, side_share, side_rows, values)
    groups = [_Profile(support, shape, places) for support in supports]
    gains = [group.gain(group.support.r[:, None])[:, 0] for group in groups]
    scales = [(g.support.rss - gain.max()) / (g.support.n - g.support.parameters - 2)
              for g, gain in zip(groups, gains, strict=True)]
    together = sum(gain / scale for gain, scale in zip(gains, scales, strict=True))
    best = int(np.argmax(together))
    observed = sum(gain.max() / scale for gain, scale in zip(gains, scales, strict=True)) - together[best]
    rng = np.random.default_rng(seed)
    drawn = [group.gain(group.draw(best, draws, rng)) / scale for group, scale in zip(groups, scales, strict=True)]
    null = sum(gain.max(axis=0) for gain in drawn) - sum(drawn).max(axis=0)
    return SamePlace(float(observed), float((1 + (null >= observed - 1e-9).sum()) / (draws + 1)),
                     float(places[best]), tuple(float(places[gain.argmax()]) for gain in gains), len(groups), draws)


def _common_places(
    supports: Sequence[bs.Support], shape: str, side_share: float, side_rows: int, values: int
) -> np.ndarray:
    open_ = [s.x[bp.candidates(s, shape, side_share, side_rows)[0]] for s in supports]
    low, high = max(x.min() for x in open_), min(x.max() for x in open_)
    places = np.unique(np.concatenate(open_))
    places = places[(places >= low) & (places <= high)]
    if len(places) == 0:
        raise ValueError("the groups share no place with enough rows on either side in each; leave out the "
                         "smallest group.")
    return places[np.unique(np.linspace(0, len(places) - 1, values).astype(int))]


class _Profile:
    """Fall of one group's RSS at each of the common places."""

    def __init__(self, support: bs.Support, shape: str, places: np.ndarray) -> None:
        self.support = bs.merged(support, 1000)[0]
        x = self.support.x[:, None]
        self.terms = np.clip(x - places, 0, None) if shape == "kink" else (x > places).astype(float)
        weighted = self.support.weight[:, None] * self.terms
        taken = self.support.q.T @ self.terms
        self.left = weighted - self.support.q @ taken
        self.size = (self.terms * weighted).sum(axis=0) - (taken**2).sum(axis=0)

    def gain(self, r: np.ndarray) -> np.ndarray:
        return (self.terms.T @ r) ** 2 / self.size[:, None]

    def draw(self, place: int, draws: int, rng: np.random.Generator) -> np.ndarray:
        """Sums r (m, draws) when the break lies at this place."""
        term = self.terms[:, [place]]
        beta = term.T @ self.support.r / self.size[place]
        residual = bs.residual_at(self.support, term, beta)
        return (self.left[:, place] * beta)[:, None] + bs.wild_noise(self.support, residual, draws, rng)[0]
