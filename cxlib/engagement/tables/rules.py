"""Rules for rows, checked by pandera: every broken row is found at once."""

import pandas as pd
import pandera.pandas as pa


def on_scale(low: float, high: float, *, whole: bool = False, step: float = 0, among: tuple[float, ...] = ()) -> list[pa.Check]:
    """The answers lie on the scale, and are whole numbers, or so many steps from its end, or `among` its answers, where it has only those."""
    checks = [pa.Check.in_range(low, high, error=f"outside the scale {low:g}-{high:g}")]
    if step:
        steps = f"not a whole number of steps of {step:g} from {low:g}"
        checks.append(pa.Check(lambda answers: ((answers - low) / step - ((answers - low) / step).round()).abs() < 1e-9, error=steps))
    elif whole:
        checks.append(pa.Check(lambda answers: answers == answers.round(), error="not a whole number"))
    if among:
        known = ", ".join(f"{value:g}" for value in among)
        checks.append(pa.Check.isin([*among], error=f"not one of the scale's answers ({known})"))
    return checks


def each_once() -> list[pa.Check]:
    """No value stands twice."""
    return [pa.Check(lambda values: ~values.duplicated(keep="first"), error="the same value stands in an earlier row")]


def positive(most: float) -> list[pa.Check]:
    """Finite numbers above 0, none absurdly large."""
    return [
        pa.Check.gt(0, error="must be more than 0"),
        pa.Check.le(most, error=f"must be at most {most:,.0f}"),
    ]


def whole_from_zero() -> list[pa.Check]:
    """0, 1, 2, 3, ..."""
    return [
        pa.Check.ge(0, error="must be at least 0"),
        pa.Check(lambda numbers: numbers == numbers.round(), error="must be a whole number"),
    ]


def equal_to(expected: str) -> list[pa.Check]:
    """Every row says the same."""
    return [pa.Check.eq(expected, error=f"must be {expected} in every row")]


def broken_rows(values: pd.Series, checks: list[pa.Check], *, blank: str = "") -> dict[str, list[int]]:
    """The rows that break a rule.

    Parameters: `values` with the spreadsheet's row numbers as index; `blank` is the rule that forbids missing values.
    Returns: {rule: [row, ...]} for the broken rules, rows rising.
    """
    broken: dict[str, list[int]] = {}
    if blank and values.isna().any():
        broken[blank] = list(values.index[values.isna()])
    schema = pa.SeriesSchema(checks=checks, nullable=True, name=values.name)
    try:
        schema.validate(values.dropna(), lazy=True)
    except pa.errors.SchemaErrors as failure:
        cases = failure.failure_cases
        for rule, rows in cases.groupby("check", sort=False)["index"]:
            broken[str(rule)] = sorted(int(row) for row in rows)
    return broken
