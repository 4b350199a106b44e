"""What a bonus scheme on a score pays for: true changes, or the luck of the draw."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special, stats

from cxlib.stats.steering.luck import sample_for_target, se_of_change


@dataclass(frozen=True)
class Scheme:
    """A bonus on the change of a score from a base period to the next, for each of `units` units.

    variance     of one answer in squared points (see `se_of_change`);  n: answers a unit and period
    target       points that the score is to rise
    base_known   the base is a number agreed upon, not last period's score
    ramp         (from, to) points: paid in proportion between them, in full from the second on; None: a cliff at the target
    cap          highest share of the full bonus: above 1 the ramp goes on beyond `to`
    limit        "point": the measured change is paid; "lower": what it is at least, one-sided with a confidence of `sure`
    rolling      periods averaged before and after
    """

    variance: float
    n: float
    target: float
    base_known: bool = False
    ramp: tuple[float, float] | None = None
    cap: float = 1.0
    units: int = 1
    limit: str = "point"
    rolling: int = 1
    sure: float = 0.95

    def __post_init__(self) -> None:
        if not np.isfinite(self.target) or (self.ramp is not None and not self.ramp[0] < self.ramp[1]):
            raise ValueError(f"target == {self.target}, ramp == {self.ramp}; give points, and a ramp whose second end is above its first")
        if not self.variance > 0 or not self.n > 0 or self.units < 1 or self.rolling < 1 or not self.cap > 0 or not 0.5 < self.sure < 1:
            raise ValueError(
                f"variance {self.variance}, n {self.n}, units {self.units}, rolling {self.rolling}, cap {self.cap}, sure {self.sure}; variance, n and "
                "cap must be above 0, units and rolling 1 or more, sure between one half and 1")
        if self.limit not in ("point", "lower"):
            raise ValueError(f'limit == {self.limit!r}; give "point" or "lower"')

    @property
    def se(self) -> float:
        """Standard error of the measured change, points.

        errors   none: the scheme was checked as it was made
        """
        answers = self.n * self.rolling
        return se_of_change(self.variance, answers, answers, base_known=self.base_known)

    @property
    def deducted(self) -> float:
        """Points by which what is paid lies below the measured change.

        errors   none: the scheme was checked as it was made
        """
        return float(special.ndtri(self.sure)) * self.se if self.limit == "lower" else 0.0


@dataclass(frozen=True)
class Payout:
    """What a unit gets: chance of any pay, 0-1, and expected share of the full bonus, 0 to the cap."""

    chance: float
    share: float


@dataclass(frozen=True)
class Repaired:
    """A scheme that tells a rise from none, and what each repair does.

    scheme   with all repairs
    steps    DataFrame, a row a scheme, each with the repairs above it: step ("as_it_stands", "rolling", "larger_n", "lower_limit", "ramp"),
             n, rolling, se (points), unchanged_paid, any_unchanged_paid, missed (chances, 0-1, the last of a unit that truly rises by the
             target), unchanged_share, target_share (expected shares of the full bonus)
    """

    scheme: Scheme
    steps: pd.DataFrame


def payout(scheme: Scheme, true_change: float) -> Payout:
    """What a unit gets whose customers truly changed by so many points.

    true_change   points
    errors        ValueError for a change that is missing
    assumes       scores so fine that none lies on the threshold: an NPS of 60 answers moves in steps of 1.7 points, which pays 1 to 4
                  unchanged units of 100 more than is told here
    source        normal approximation; expected value of a clipped normal variable in closed form
    """
    if not np.isfinite(true_change):
        raise ValueError(f"true_change == {true_change}; give points")
    row = pay_curve(scheme, [true_change]).iloc[0]
    return Payout(float(row.chance), float(row.share))


def pay_curve(scheme: Scheme, true_changes: ArrayLike) -> pd.DataFrame:
    """Payout along true changes: DataFrame with true_change (points), chance and share as in Payout.

    true_changes   (changes,) points
    source         as `payout`
    """
    change = np.asarray(true_changes, float)
    counted, se = change - scheme.deducted, scheme.se
    if scheme.ramp is None:
        chance = special.ndtr((counted - scheme.target) / se)
        return pd.DataFrame({"true_change": change, "chance": chance, "share": min(scheme.cap, 1.0) * chance})
    start, full = scheme.ramp
    end = start + scheme.cap * (full - start)
    share = (_mean_above(counted, se, start) - _mean_above(counted, se, end)) / (full - start)
    return pd.DataFrame({"true_change": change, "chance": special.ndtr((counted - start) / se), "share": share})


def chance_any(scheme: Scheme) -> float:
    """Chance, 0-1, that at least one of the scheme's units is paid although none changed.

    assumes   units with customers of their own
    errors    as `payout`
    source    1 - (1 - p)^units
    """
    return 1 - (1 - payout(scheme, 0.0).chance) ** scheme.units


def paid_for_noise(scheme: Scheme, full_bonus: float) -> float:
    """Expected pay of all units although none changed, in the money of `full_bonus`: the full bonus of one unit, 0 or more.

    errors    ValueError for a full bonus below 0
    source    units x full bonus x expected share
    """
    if not full_bonus >= 0:
        raise ValueError(f"full_bonus == {full_bonus}; give money, 0 or more")
    return scheme.units * full_bonus * payout(scheme, 0.0).share


def missed(scheme: Scheme, true_change: float | None = None) -> float:
    """Chance, 0-1, that a unit with a true change of so many points gets nothing; of the target when None.

    errors    as `payout`
    source    as `payout`
    """
    return 1 - payout(scheme, scheme.target if true_change is None else true_change).chance


def repaired(scheme: Scheme, *, false_pay: float = 0.05, power: float = 0.8, rolling: int = 4) -> Repaired:
    """The scheme with enough answers, paid for what is proven: any rise beyond doubt, in full where the target is measured.

    false_pay, power   chance that an unchanged unit is paid, and that one which truly rises by the target is, 0-1
    rolling    periods that may be averaged, before more answers are asked for
    returns    Repaired; periods and answers stay as they are where they suffice
    errors     ValueError for a target that is not above 0, chances out of order, a power of one half or below, and rolling below 1
    assumes    levels that last over the periods averaged: the longer, the later a change is paid
    source     own; a rise is proven where its one-sided lower limit lies above 0; answers by `sample_for_target`
    """
    if rolling < 1 or not power > 0.5:
        raise ValueError(f"rolling == {rolling}, power == {power}; give one period or more, and a power above one half")
    needed = sample_for_target(scheme.target, scheme.variance, false_pay=false_pay, power=power, base_known=scheme.base_known)
    averaged = replace(scheme, rolling=max(scheme.rolling, min(rolling, int(np.ceil(needed / scheme.n)))))
    larger = replace(averaged, n=max(scheme.n, int(np.ceil(needed / averaged.rolling))))
    proven = replace(larger, target=0.0, ramp=None, limit="lower", sure=1 - false_pay)
    ramped = replace(proven, target=scheme.target, ramp=(0.0, scheme.target - proven.deducted))
    steps = {"as_it_stands": scheme, "rolling": averaged, "larger_n": larger, "lower_limit": proven, "ramp": ramped}
    return Repaired(ramped, pd.DataFrame([{"step": step, **_figures(each, scheme.target)} for step, each in steps.items()]))


def _figures(scheme: Scheme, rise: float) -> dict[str, float]:
    unchanged, risen = payout(scheme, 0.0), payout(scheme, rise)
    return {
        "n": scheme.n, "rolling": scheme.rolling, "se": scheme.se, "unchanged_paid": unchanged.chance, "any_unchanged_paid": chance_any(scheme),
        "missed": 1 - risen.chance, "unchanged_share": unchanged.share, "target_share": risen.share,
    }  # fmt: skip


def _mean_above(mean: np.ndarray, sd: float, point: float) -> np.ndarray:
    """Expected excess of a normal variable over a point, 0 where it lies below."""
    beyond = (mean - point) / sd
    return sd * (stats.norm.pdf(beyond) + beyond * special.ndtr(beyond))
