"""Money of one closed group, period by period, on two courses: as it is, and as it would be."""

from dataclasses import dataclass

import numpy as np

PARTS = ("retention", "spend", "cost_to_serve", "referral", "acquisition_saved")


@dataclass(frozen=True)
class Terms:
    """What one member does in one period; each a number or one number for each draw.

    retention      share that stays from one period to the next, 0-1
    margin         contribution a period before the cost of serving (margin, not revenue)
    cost_to_serve  cost a period of serving one member
    referrals      new members that one member brings a period
    """

    retention: np.ndarray | float
    margin: np.ndarray | float
    cost_to_serve: np.ndarray | float = 0.0
    referrals: np.ndarray | float = 0.0


def cohort_gain(
    size: np.ndarray | float,
    before: Terms,
    after: Terms,
    *,
    intensity: np.ndarray,
    referral_value: np.ndarray | float = 0.0,
    replaced: np.ndarray | float = 0.0,
    acquisition_cost: np.ndarray | float = 0.0,
    timing: str = "end",
) -> dict[str, np.ndarray]:
    """Extra money a period when `size` members move from the terms `before` to the terms `after`.

    size              members at the start, a number or one for each draw
    before, after     Terms a period
    intensity         (periods,) how much of the way from before to after is gone in each period, 0-1
    referral_value    worth of one new member at the time it joins
    replaced          share of lost members that would have been replaced: these save `acquisition_cost`
                      when they stay, and their margin is not counted a second time
    timing            who pays in a period: those left at its "end", those present at its "start", or their "mean"
    returns           dict part -> (periods + 1, draws) or (periods + 1,); period 0 is now and is zero.
                      The parts are PARTS and add up to the whole gain
    errors            ValueError for a retention or `replaced` outside 0-1, and another timing
    assumes           nobody joins later; the chance to stay is the same for all members of the group
    """
    _check_terms(before, replaced, timing)
    _check_terms(after, replaced, timing)
    shape = np.broadcast_shapes(
        *(
            np.shape(x)
            for x in (size, *vars(before).values(), *vars(after).values(), referral_value, replaced, acquisition_cost)
        )
    )
    gain = {part: np.zeros((len(intensity) + 1, *shape)) for part in PARTS}
    alone = moved = np.asarray(size, float)
    net = np.asarray(before.margin) - before.cost_to_serve
    for period, share in enumerate(np.asarray(intensity, float), start=1):
        stay = before.retention + share * (np.asarray(after.retention) - before.retention)
        alone_left, moved_left = alone * before.retention, moved * stay
        paying = _paying(alone, alone_left, timing), _paying(moved, moved_left, timing)
        more, there = paying[1] - paying[0], share * paying[1]
        gain["retention"][period] = more * net * (1 - replaced)
        gain["spend"][period] = there * (np.asarray(after.margin) - before.margin)
        gain["cost_to_serve"][period] = there * (before.cost_to_serve - np.asarray(after.cost_to_serve))
        if np.any(referral_value):
            gain["referral"][period] = referral_value * (
                more * (1 - replaced) * before.referrals + there * (np.asarray(after.referrals) - before.referrals)
            )
        if np.any(replaced):
            gain["acquisition_saved"][period] = (
                replaced * acquisition_cost * ((alone - alone_left) - (moved - moved_left))
            )
        alone, moved = alone_left, moved_left
    return gain


def cohort_value(
    size: np.ndarray | float, terms: Terms, rate: np.ndarray | float, periods: int, *, timing: str = "end"
) -> np.ndarray | float:
    """Present value of a closed group on one course: margin less cost of serving, over `periods`.

    rate     discount rate a period; money of a period is discounted from its end
    returns  float, or one value for each draw
    errors   ValueError for a retention outside 0-1, and another timing than cohort_gain knows
    source   without an end, at timing "end": margin r / (1 + i - r), Gupta and Lehmann 2003
    """
    _check_terms(terms, 0.0, timing)
    left: np.ndarray = np.asarray(size, float)
    worth: np.ndarray | float = 0.0
    for period in range(1, periods + 1):
        following = left * terms.retention
        paid = _paying(left, following, timing) * (np.asarray(terms.margin) - terms.cost_to_serve)
        worth = worth + paid / (1 + rate) ** period
        left = following
    return worth


def intensity(periods: int, *, start: int = 0, ramp: int = 0, end: int | None = None, fade: float = 0.0) -> np.ndarray:
    """Share of an effect that works in each period, 0-1.

    start    periods before it begins; ramp: periods of even growth from nothing to full
    end      period after which nothing is done any more, None for the whole horizon
    fade     share of the effect lost in each period after the end, 0-1
    returns  (periods,) for the periods 1, 2, ...
    errors   ValueError when it ends before it starts, for a negative start or ramp, and a fade outside 0-1
    """
    end = periods if end is None else end
    if start < 0 or ramp < 0 or not 0 <= fade <= 1:
        raise ValueError(f"start == {start}, ramp == {ramp}, fade == {fade}; start and ramp from 0, fade 0 to 1")
    if end <= start:
        raise ValueError(f"end == {end} is not after start == {start}; give an end after the start, in periods")
    at = np.arange(1, periods + 1)
    grown = np.clip((np.minimum(at, end) - start) / max(ramp, 1), 0, 1)
    return grown * (1 - fade) ** np.clip(at - end, 0, None)


def _paying(present: np.ndarray | float, left: np.ndarray | float, timing: str) -> np.ndarray | float:
    return {"end": left, "start": present, "mean": (present + left) / 2}[timing]


def _check_terms(terms: Terms, replaced: np.ndarray | float, timing: str) -> None:
    retention = np.asarray(terms.retention, float)
    if not ((retention >= 0) & (retention <= 1)).all():
        raise ValueError(f"retention == {terms.retention}, must be a share from 0 to 1; 85 % is written 0.85")
    if not ((np.asarray(replaced) >= 0) & (np.asarray(replaced) <= 1)).all():
        raise ValueError(f"replaced == {replaced}, must be a share from 0 to 1")
    if timing not in ("end", "start", "mean"):
        raise ValueError(f"timing == {timing!r}, must be 'end', 'start' or 'mean'")
