"""Contacts as cases: which belong together, when somebody began, when it was solved, and how it ended."""

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlib.analyses.money import Customers
from cxlib.engagement.folder import Folder
from cxlib.engagement.journey.coded import as_texts, codes_of
from cxlib.engagement.journey.joined import in_order
from cxlib.engagement.journey.who_is_who import Ids, customer_of
from cxlib.engagement.problems import Problem
from cxlib.engagement.settings.journey import CUSTOMERS, SURVEY, JourneySettings
from cxlib.engagement.tables.matches import keys

TWO_CUSTOMERS = 0.05  # of the cases that have two of them, where the column is hardly that of the case


def two_customers(folder: Folder, cases: int, pairs: np.ndarray) -> list[Problem]:
    """Cases of two customers; each customer's contacts are then a case of their own."""
    shared = int((np.bincount(pairs[:, 0], minlength=1) > 1).sum())
    if not shared:
        return []
    rule = f"{shared:,} of {cases:,} cases have two customers, and are taken for a case of each"
    if shared <= TWO_CUSTOMERS * cases:
        return [replace(folder.setting("journey.logs", rule, "Look at them; nothing is to be done where it is a few"), severity="warning")]
    remedy = "Is `case` the column of the case? Where each log numbers its own, take `case` out there: contacts of a customer within `new_case_after_days` are then a case"
    return [folder.setting("journey.logs", f"{shared:,} of {cases:,} cases have two customers", remedy)]


def case_customers(contacts: pd.DataFrame) -> np.ndarray:
    """Each case and known customer of it, by their codes: by case, then customer."""
    case, customer = codes_of(contacts["case"]), codes_of(contacts["customer"])
    many = max(len(contacts["customer"].cat.categories), 1)
    both = np.sort((case * many + customer)[(case >= 0) & (customer >= 0)])
    both = both[np.diff(both, prepend=-1) > 0]
    return np.column_stack([both // many, both % many])


def in_cases(contacts: pd.DataFrame, pairs: np.ndarray, days: float) -> pd.DataFrame:
    """The contacts with a case each: as the logs name it, one for each customer; else those of a customer that lie close together.
    A contact that names a case and nobody known is of the case's customer."""
    case, customer = codes_of(contacts["case"]), codes_of(contacts["customer"])
    first = np.full(len(contacts["case"].cat.categories) + 1, -1)  # the last is that of contacts without a case
    first[pairs[::-1, 0]] = pairs[::-1, 1]
    customer = np.where(customer < 0, first[case], customer)
    contacts["customer"] = pd.Categorical.from_codes(customer, dtype=contacts["customer"].dtype)
    contacts = in_order(contacts)
    names, codes = contacts["case"].cat.categories, codes_of(contacts["case"])
    added, codes = _parted(pairs, codes, codes_of(contacts["customer"]), names)
    without = np.flatnonzero(codes < 0)
    later = contacts["customer"].cat.codes.to_numpy()[without]
    apart = np.diff(contacts["time"].to_numpy()[without]) > pd.Timedelta(days=days).to_numpy()
    begins = np.concatenate([[True] * bool(len(without)), (np.diff(later) != 0) | (later[1:] < 0) | apart]).astype(int)
    codes[without] = len(names) + len(added) + begins.cumsum() - 1
    numbered = [f"~{i + 1}" for i in range(int(begins.sum()))]
    return contacts.assign(case=pd.Categorical.from_codes(codes, names.append(pd.Index([*added, *numbered], dtype="str"))))


def _parted(pairs: np.ndarray, case: np.ndarray, customer: np.ndarray, names: pd.Index) -> tuple[list[str], np.ndarray]:
    """(names of the cases that a second or third customer of a case gets, the case of each contact)."""
    again = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1) == 0)
    added: list[str] = []
    case, taken = case.copy(), set(names) if len(again) else set()
    for at in again:
        old, whose = pairs[at]
        number = 2
        while (name := f"{names[old]} ({number})") in taken:
            number += 1
        taken.add(name)
        case[(case == old) & (customer == whose)] = len(names) + len(added)
        added.append(name)
    return added, case


def accepted(contacts: pd.DataFrame) -> pd.DataFrame:
    """What waits in a queue is accepted by the next event of its case that does not."""
    if not contacts["queued"].any():
        return contacts
    rows = contacts.assign(of=codes_of(contacts["case"])).sort_values(["of", "time"], kind="stable")
    first = rows["time"].where(~rows["queued"]).groupby(rows["of"], sort=False).bfill().reindex(contacts.index)
    return contacts.assign(accepted=contacts["accepted"].where(contacts["accepted"].notna() | ~contacts["queued"], first))


def cases_of(asked: JourneySettings, contacts: pd.DataFrame, complaints: pd.DataFrame | None, left: pd.Series) -> pd.DataFrame:
    """One row a case: customer, type, start, solved (by a state at first, else at last), and whether it ends badly."""
    case = pd.Series(codes_of(contacts["case"]), contacts.index)
    times = contacts["time"].groupby(case)
    cases = pd.DataFrame({"start": times.min(), "end": times.max()})
    for column in ("customer", "type"):
        first = contacts[column].notna() & ~case.where(contacts[column].notna()).duplicated()
        cases[column] = pd.Series(as_texts(contacts[column][first]).to_numpy(), case[first]).reindex(cases.index)
    states, ends = (contacts["solved"].where(which).groupby(case) for which in (contacts["ended"], ~contacts["ended"]))
    cases["solved"] = pd.concat([states.min(), ends.max()], axis=1).max(axis=1)
    asked_end, bad = asked.bad_end, []
    if asked_end is not None and asked_end.churned:
        bad.append(cases["customer"].map(left).astype(float))
    if asked_end is not None and asked_end.complaint and complaints is not None:
        bad.append(_complained(cases, cases["end"] + pd.Timedelta(days=asked_end.within_days), complaints))
    if asked_end is not None and asked_end.score_at_most is not None:
        scored = contacts.assign(of=case)[contacts["score"].notna()].sort_values("time", kind="stable")
        last = scored.groupby("of")["score"].last().reindex(cases.index)
        bad.append((last <= asked_end.score_at_most).astype(float).where(last.notna()))
    cases["bad_end"] = pd.concat(bad, axis=1).max(axis=1) if bad else np.nan
    cases.index = pd.Index(contacts["case"].cat.categories[cases.index], dtype="str", name="case")
    return cases[["customer", "type", "start", "solved", "bad_end"]].sort_index()


def _complained(cases: pd.DataFrame, until: pd.Series, complaints: pd.DataFrame) -> pd.Series:
    """Whether the customer of each case complained from its start until then; missing where the customer is not known."""
    known = cases[["customer", "start"]].assign(case=cases.index, until=until).dropna(subset=["customer"])
    met = known.merge(complaints[["customer", "received"]].dropna(), on="customer")
    within = met[(met["received"] >= met["start"]) & (met["received"] <= met["until"])]
    return pd.Series(cases.index.isin(within["case"]).astype(float), cases.index).where(cases["customer"].notna())


def who_left(customers: Customers | None, ids: Ids | None) -> pd.Series:
    """Whether each customer left, by the customer's name in the journey."""
    if customers is None or customers.event is None:
        return pd.Series(dtype=float)
    column, system = _column_of_customers(customers, ids)
    if column is None:
        return pd.Series(dtype=float)
    named = as_texts(customer_of(ids, system, keys(customers.rows[column]))).to_numpy()
    left = pd.Series(customers.rows[customers.event].to_numpy(float), index=named)
    return left[left.index.notna()].groupby(level=0).max()


def _column_of_customers(customers: Customers, ids: Ids | None) -> tuple[str | None, str]:
    """The column of the table of customers that holds ids which the journey knows, and which those are."""
    if ids is not None and CUSTOMERS in ids:
        return customers.customer, CUSTOMERS
    if ids is None and customers.customer is not None and customers.respondent is None:
        return customers.customer, ""
    return customers.respondent, SURVEY
