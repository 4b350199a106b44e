"""One service level and the answer that may break at some point of it: its rows, checked, and its words."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.analyses.result import Base, CannotAnswer, Quantity, Term
from cxlib.analyses.rows import needed
from cxlib.analyses.service_level import ServiceLevel
from cxlib.analyses.units import Unit
from cxlib.stats.breaks.break_support import break_support, open_places

ROWS_ON_A_SIDE = 30
SHARE_ON_A_SIDE = 0.05
FEWEST_VALUES = 4
NEVER_NEGATIVE = ("seconds", "minutes", "hours", "contacts")
# unit: one of it, several, what slopes are given per, and how many of the unit that is
UNITS = {
    "seconds": (Term("second"), Term("seconds"), Term("minute"), 60),
    "minutes": (Term("minute"), Term("minutes"), Term("minute"), 1),
    "hours": (Term("hour"), Term("hours"), Term("hour"), 1),
    "days": (Term("day"), Term("days"), Term("day"), 1),
    "contacts": (Term("contact"), Term("contacts"), Term("contact"), 1),
    "points": (Term("point"), Term("points"), Term("point"), 1),
}


@dataclass(frozen=True)
class LevelQuestion:
    """A service level with complete rows: x the level, y the outcome.

    x, y, weights   (n,); clusters, covariates, by   (n,) or (n, p), or None
    bounds, best    the ends of the outcome's scale, and which is good
    sign            1 where more x is worse for the customer, -1 where it is better
    read            rows in which the level was measured
    """

    label: str
    unit: str
    outcome: str
    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None
    clusters: np.ndarray | None
    covariates: np.ndarray | None
    groups: np.ndarray | None
    bounds: tuple[float, float]
    best: str
    top: int
    sign: int
    smallest: float
    read: int
    rows: pd.DataFrame

    @property
    def n(self) -> int:
        return len(self.x)

    @property
    def is_event(self) -> bool:
        """Whether the outcome is 0 or 1, so that its mean is a share."""
        return self.bounds == (0, 1)

    @property
    def trouble(self) -> str | None:
        """Why no tipping point can be looked for, as the end of a key; None when it can."""
        if self.n < 2 * ROWS_ON_A_SIDE:
            return "too_few"
        if len(np.unique(self.x)) < FEWEST_VALUES:
            return "too_coarse"
        if np.ptp(self.y) == 0:
            return "alike"
        support, _ = self.supports()
        return None if open_places(support, side_share=SHARE_ON_A_SIDE, side_rows=ROWS_ON_A_SIDE, inside=1).any() else "uneven"

    def supports(self, *, controlled: bool = False):
        """Collapsed data with and without x in the base."""
        data = {"weights": self.weights, "clusters": self.clusters}
        data["covariates"] = self.covariates if controlled else None
        return break_support(self.x, self.y, **data), break_support(self.x, self.y, **data, flat_before=True)

    @property
    def is_measured(self) -> bool:
        """Whether the level is a time, which people round; ratings and counts are not rounded."""
        return self.unit in ("seconds", "minutes", "hours", "days")

    def place(self, value: float) -> Quantity:
        """A value of x as a sentence writes it: whole numbers without decimals."""
        return Quantity(value, "count" if abs(value - round(value)) < 1e-9 else "points")

    def units(self, value: float) -> Term:
        one, several, _, _ = UNITS[self.unit]
        return one if abs(value) == 1 else several

    @property
    def per(self) -> Term:
        return UNITS[self.unit][2]

    @property
    def step(self) -> float:
        """How many units of x a slope is given per."""
        return UNITS[self.unit][3]

    @property
    def unit_of_difference(self) -> Unit:
        """Shares differ by percentage points, means by points of which hundredths count."""
        return Unit.PERCENT if self.is_event else Unit.FINE

    def gap(self, value: float) -> Quantity:
        """A difference in the outcome with its sign and unit."""
        return Quantity(value, self.unit_of_difference.signed_difference)

    def ends(self, value: float) -> Quantity:
        return Quantity(value, Unit.PERCENT.signed_ends if self.is_event else "signed")

    def size(self, value: float) -> Quantity:
        """The size of a difference without its sign."""
        return Quantity(abs(value), self.unit_of_difference.difference)

    @property
    def style(self) -> str:
        """Number style of the outcome's mean."""
        return Unit.PERCENT if self.is_event else Unit.MEAN


def question(contacts: pd.DataFrame, level: ServiceLevel, *, respondent=None, weight=None) -> LevelQuestion:
    """The question of one service level, on the rows where all that it needs is known.

    errors  CannotAnswer: a column that is not there or holds no numbers, an unknown unit, negative time, an outcome that
            is also the level
    """
    x, y, unit = level.column, level.outcome, level.unit
    controls, by = list(level.controls), level.by
    needed(contacts, [x, y, respondent, weight, by, *controls])
    if x == y:
        raise CannotAnswer(f"column {x!r} is the service level and its own outcome; name the answer that may break.")
    if unit not in UNITS:
        raise CannotAnswer(f"unit of {level.label!r} is {unit!r}; it must be one of {', '.join(UNITS)}.")
    values = _numbers(contacts, x)
    answers = _numbers(contacts, y)
    if unit in NEVER_NEGATIVE and (values < 0).any():
        row = int(np.flatnonzero(values < 0)[0])
        raise CannotAnswer(f"column {x!r} holds {values[row]:g} in row {row}; {unit} cannot be negative. Correct it.")
    low, high = map(float, level.scale)
    if ((answers < low) | (answers > high)).any():
        raise CannotAnswer(f"column {y!r} runs from {np.nanmin(answers):g} to {np.nanmax(answers):g}, outside the scale "
                        f"{low:g} to {high:g}; correct the scale or the answers.")  # fmt: skip
    groups = [contacts[name] for name in (*controls, *([by] if by else []), *([respondent] if respondent else []))]
    measured = ~np.isnan(values)
    keep = measured & ~np.isnan(answers) & ~np.array([g.isna() for g in groups]).any(axis=0) if groups else \
        measured & ~np.isnan(answers)  # fmt: skip
    rows = contacts[keep]
    return LevelQuestion(
        label=level.label, unit=unit, outcome=level.outcome_label or Term("customer satisfaction"), x=values[keep],
        y=answers[keep], weights=rows[weight].to_numpy(float) if weight else None,
        clusters=_repeated(rows[respondent]) if respondent else None, covariates=_dummies(rows, controls),
        groups=rows[by].to_numpy() if by else None, bounds=(low, high), best=level.best,
        top=level.top, sign=1 if level.direction == "lower" else -1,
        smallest=level.smallest or 0.02 * (high - low), read=int(measured.sum()), rows=rows)  # fmt: skip


def base(contacts: pd.DataFrame, questions: list[LevelQuestion]) -> Base:
    """Rows that counted for at least one service level; the others had none measured, or no answer."""
    used, measured = set(), 0
    for each in questions:
        used |= set(each.rows.index)
        measured += each.read - each.n
    rest = len(contacts) - len(used)
    without = min(measured, rest)
    dropped = {Term("no answer"): without, Term("not measured"): rest - without}
    return Base(len(contacts), len(used), {reason: n for reason, n in dropped.items() if n})


def _numbers(rows: pd.DataFrame, column: str) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(rows[column]):
        kind = "dates" if pd.api.types.is_datetime64_any_dtype(rows[column]) else "text"
        raise CannotAnswer(f"column {column!r} holds {kind}, not numbers; turn it into a number of the declared unit.")
    return rows[column].to_numpy(float, na_value=np.nan)


def _repeated(labels: pd.Series) -> np.ndarray | None:
    """Codes of the units, None when none occurs twice."""
    return pd.factorize(labels)[0] if labels.duplicated().any() else None


def _dummies(rows: pd.DataFrame, controls: list[str]) -> np.ndarray | None:
    """Indicator columns of the groups held constant, the most frequent group left out; None without any."""
    columns = []
    for name in controls:
        groups = rows[name].value_counts()
        columns += [(rows[name] == group).to_numpy(float) for group in groups.index[1:]]
    return np.column_stack(columns) if columns else None
