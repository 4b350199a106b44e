"""What all statements across departments rest on: whose contacts can be followed from one log to the next."""

import numpy as np
import pandas as pd

from cxlib.analyses.contact_log import Journey
from cxlib.analyses.result import Base, Term
from cxlib.stats.journey.steps import Steps, ordered_steps

JOINED = 0.8  # share of contacts whose customer is known, below which nothing is said across logs
NO_OWNER, NO_TOUCHPOINT, NO_CUSTOMER = Term("without a department"), Term("at no touchpoint"), Term("without a known customer")


def joined_share(journey: Journey) -> float:
    """Share of all contacts whose customer is known across the logs."""
    return float(journey.silos.known.sum() / max(journey.silos.contacts.sum(), 1))


def is_torn(journey: Journey) -> bool:
    """Whether there are several logs and too few contacts whose customer is known in all of them."""
    return len(journey.silos) > 1 and joined_share(journey) < JOINED


def steps_of(contacts: pd.DataFrame) -> Steps:
    """The contacts by case and time."""
    return ordered_steps(contacts["case"].array, contacts.time.to_numpy("datetime64[ns]"), contacts.owner.array)


def days_of(times: pd.Series, contacts: pd.DataFrame) -> np.ndarray:
    """Times as days from the first contact, as the steps count them; NaN for none."""
    first = contacts.time.min()
    return ((times - first) / pd.Timedelta(days=1)).to_numpy(float)


def of_cases(cases: pd.DataFrame, column: str, steps: Steps) -> pd.Series:
    """A column of the cases, in the order in which the steps number them."""
    return cases[column].reindex(steps.cases)


def base_of_contacts(contacts: pd.DataFrame, dropped: dict[str, int]) -> Base:
    """The contacts used, of all."""
    return Base(len(contacts), len(contacts) - sum(dropped.values()), {why: n for why, n in dropped.items() if n})


def names_of(journey: Journey) -> dict[str, str]:
    """What each touchpoint is called."""
    return {key: touchpoint.label for key, touchpoint in journey.touchpoints.items()}
