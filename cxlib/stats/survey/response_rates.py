"""How many answered: the outcome rates of the AAPOR Standard Definitions, and the funnel from invited to completed."""

from collections.abc import Mapping

import pandas as pd


def outcome_rates(
    complete: int,
    partial: int = 0,
    *,
    refused: int = 0,
    no_contact: int = 0,
    other: int = 0,
    unknown_household: int = 0,
    unknown_other: int = 0,
    eligible_share: float = 1.0,
) -> pd.Series:
    """Response rates RR1-RR6, cooperation COOP1, refusal REF1 and contact CON1 of a survey, all shares 0-1.

    complete, partial  interviews (I, P);  refused, no_contact, other: eligible, no interview (R, NC, O)
    unknown_household, unknown_other  people of whom it is unknown whether they belong to the survey (UH, UO)
    eligible_share  estimated share of the unknown who belong to it (e), used in RR3 and RR4
    returns   Series with the nine rates; COOP1 and CON1 are NaN where nobody was reached
    errors    ValueError for negative counts, a share outside 0-1, and when no case is known to be eligible
    source    AAPOR Standard Definitions, 10th edition 2023. For e-mail invitations: RR2 with bounced as unknown_other
    """
    counts = (complete, partial, refused, no_contact, other, unknown_household, unknown_other)
    if not all(count >= 0 for count in counts) or not 0 <= eligible_share <= 1:
        raise ValueError(f"counts {counts} and eligible_share == {eligible_share}; none below 0, the share from 0 to 1")
    interviews, unknown = complete + partial, unknown_household + unknown_other
    eligible = interviews + refused + no_contact + other
    if eligible == 0:
        raise ValueError("no case is known to belong to the survey, so it has no response rate; check the counts")
    everyone, likely = eligible + unknown, eligible + eligible_share * unknown
    reached = interviews + refused + other
    return pd.Series(
        {
            "RR1": complete / everyone,
            "RR2": interviews / everyone,
            "RR3": complete / likely,
            "RR4": interviews / likely,
            "RR5": complete / eligible,
            "RR6": interviews / eligible,
            "COOP1": complete / reached if reached else float("nan"),
            "REF1": refused / everyone,
            "CON1": reached / everyone,
        }
    )


def response_funnel(counts: Mapping[str, int]) -> pd.DataFrame:
    """What share of people goes on at each step of a survey, 0-1.

    counts    {step: people} in order, such as invited, delivered, opened, started, completed; steps not known are
              left out
    returns   DataFrame, one row per step: n, step_share (of the step before; 1 at the first), share (of the first)
    errors    ValueError for fewer than two steps, an empty first step, and a step with more people than the one before
    """
    n = pd.Series(counts, dtype=float)
    if len(n) < 2 or not (n >= 0).all() or n.iloc[0] == 0:
        raise ValueError(f"{dict(counts)} is no funnel; give at least two counts, none negative, the first above 0")
    for before, after in zip(n.index, n.index[1:], strict=False):
        if n[after] > n[before]:
            raise ValueError(f"{after} == {n[after]:g} is more than {before} == {n[before]:g}; correct the counts")
    before = n.shift(fill_value=n.iloc[0])
    return pd.DataFrame({"n": n.astype(int), "step_share": (n / before).where(before > 0, 0.0), "share": n / n.iloc[0]})
